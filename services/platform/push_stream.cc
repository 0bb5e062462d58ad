#include "services/platform/push_stream.h"

#include <utility>

#include "absl/time/clock.h"
#include "services/platform/errors.h"

namespace thidua::platform {

// What gRPC holds of a stream, and frees itself when the call is done with. gRPC calls it on
// threads of its own, never from within a call of ours: a stream may be locked while it calls gRPC.
class PushStream::Reactor : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit Reactor(std::shared_ptr<PushStream> stream) : stream_(std::move(stream)) {}

  void OnWriteDone(bool sent) override { stream_->OnSent(sent); }
  void OnCancel() override { stream_->OnCallerGone(); }
  void OnDone() override {
    stream_->OnDone();
    delete this;
  }

 private:
  const std::shared_ptr<PushStream> stream_;
};

std::shared_ptr<PushStream> PushStream::Open(grpc::CallbackServerContext& context) {
  std::shared_ptr<PushStream> stream(new PushStream(context));
  stream->reactor_ = new Reactor(stream);
  return stream;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PushStream::reactor() const { return reactor_; }

PushStream::State PushStream::state() const {
  const absl::MutexLock lock(&mutex_);
  if (done_) return State::kOver;
  return sending_ || ending_ ? State::kSending : State::kIdle;
}

void PushStream::Keep(CallerLimits::Hold hold) {
  const absl::MutexLock lock(&mutex_);
  hold_ = std::move(hold);
}

void PushStream::CountIn(CallMetrics& metrics) {
  metrics.CountStarted();
  const absl::MutexLock lock(&mutex_);
  metrics_ = &metrics;
  began_ = absl::Now();
}

void PushStream::Start(std::function<void(bool over)> moved) {
  const absl::MutexLock lock(&mutex_);
  moved_ = std::move(moved);
}

void PushStream::Send(grpc::ByteBuffer message) {
  const absl::MutexLock lock(&mutex_);
  if (ending_) return;
  sending_ = true;
  message_ = std::move(message);
  reactor_->StartWrite(&message_);
}

void PushStream::End(const absl::Status& status) {
  const absl::MutexLock lock(&mutex_);
  if (!ending_) EndLocked(ToGrpcStatus(status));
}

void PushStream::BreakOff() {
  const absl::MutexLock lock(&mutex_);
  if (!done_) context_.TryCancel();  // OnCallerGone follows, and the message on its way fails.
}

void PushStream::EndLocked(grpc::Status status) {
  ending_ = true;
  status_ = std::move(status);
  if (!sending_) reactor_->Finish(status_);  // Otherwise OnSent does, which comes in any case.
}

void PushStream::OnSent(bool sent) {
  std::function<void(bool over)> moved;
  {
    const absl::MutexLock lock(&mutex_);
    sending_ = false;
    message_.Clear();
    if (ending_) {
      reactor_->Finish(status_);
    } else if (!sent) {
      EndLocked(grpc::Status::CANCELLED);
    } else {
      moved = moved_;
    }
  }
  if (moved != nullptr) moved(/*over=*/false);
}

void PushStream::OnCallerGone() {
  const absl::MutexLock lock(&mutex_);
  if (!ending_) EndLocked(grpc::Status::CANCELLED);
}

void PushStream::OnDone() {
  std::function<void(bool over)> moved;
  {
    const absl::MutexLock lock(&mutex_);
    done_ = true;
    hold_ = CallerLimits::Hold();
    if (metrics_ != nullptr) metrics_->CountEnded(status_.error_code(), absl::Now() - began_);
    moved.swap(moved_);
  }
  if (moved != nullptr) moved(/*over=*/true);
}

}  // namespace thidua::platform
