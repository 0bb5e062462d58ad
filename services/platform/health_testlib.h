// Asks for health as a kubelet does. Debian has no code of grpc.health.v1's messages, which are one
// field each: they are written and read as bytes.
#ifndef THIDUA_SERVICES_PLATFORM_HEALTH_TESTLIB_H_
#define THIDUA_SERVICES_PLATFORM_HEALTH_TESTLIB_H_

#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace thidua::platform {

// HealthCheckResponse.status, or that there was no answer.
inline constexpr int kNoHealth = -1, kServing = 1, kNotServing = 2;

inline grpc::ByteBuffer HealthRequest(const std::string& service) {
  const grpc::Slice slice(
      absl::StrCat("\x0a", std::string(1, static_cast<char>(service.size())), service));
  return grpc::ByteBuffer(&slice, 1);
}

inline int HealthIn(const grpc::ByteBuffer& answer) {
  grpc::Slice bytes;
  if (!answer.DumpToSingleSlice(&bytes).ok() || bytes.size() != 2) return kNoHealth;
  return bytes.begin()[1];
}

inline int HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
  grpc::GenericStub stub(channel);
  const grpc::ByteBuffer request = HealthRequest(service);
  grpc::ByteBuffer answer;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  grpc::Status status;
  absl::Notification answered;
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", grpc::StubOptions(), &request, &answer,
                 [&](grpc::Status ended) {
                   status = std::move(ended);
                   answered.Notify();
                 });
  answered.WaitForNotification();
  return status.ok() ? HealthIn(answer) : kNoHealth;
}

// What a service says of itself from now on. For one thread.
class HealthWatch {
 public:
  HealthWatch(const std::shared_ptr<grpc::Channel>& channel, const std::string& service)
      : stub_(channel),
        stream_(stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue_)) {
    stream_->StartCall(this);
    Await();
    stream_->Write(HealthRequest(service), this);
    Await();
    stream_->WritesDone(this);
    Await();
  }
  ~HealthWatch() {
    context_.TryCancel();
    grpc::Status status;
    stream_->Finish(&status, this);
    Await();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }
  HealthWatch(const HealthWatch&) = delete;
  HealthWatch& operator=(const HealthWatch&) = delete;

  // kNoHealth at its end, or after ten seconds.
  int Next() {
    grpc::ByteBuffer answer;
    stream_->Read(&answer, this);
    return Await() ? HealthIn(answer) : kNoHealth;
  }

 private:
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    const auto until = absl::ToChronoTime(absl::Now() + absl::Seconds(10));
    if (queue_.AsyncNext(&tag, &ok, until) == grpc::CompletionQueue::GOT_EVENT) return ok;
    context_.TryCancel();  // What was begun is then over.
    queue_.Next(&tag, &ok);
    return false;
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_HEALTH_TESTLIB_H_
