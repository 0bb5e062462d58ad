#include "services/portal/upstream.h"

#include <grpcpp/client_context.h>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/channel.h"

namespace thidua::portal {
namespace {

namespace asio = boost::asio;

// What gRPC hands back when an operation is done; `ok` as gRPC means it.
class Completion {
 public:
  virtual ~Completion() = default;
  virtual void Done(bool ok) = 0;
};

template <typename Handler>
class HandlerCompletion : public Completion {
 public:
  explicit HandlerCompletion(Handler handler)
      : handler_(std::move(handler)), work_(asio::get_associated_executor(handler_)) {}

  // The coroutine goes on where it belongs, not on the thread of the queue.
  void Done(bool ok) override {
    asio::post(work_.get_executor(),
               [handler = std::move(handler_), ok]() mutable { std::move(handler)(ok); });
  }

 private:
  Handler handler_;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> work_;
};

// Starts an operation of gRPC with its tag, and waits for it.
template <typename Start>
asio::awaitable<bool> Awaiting(Start start) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(
      [](auto handler, Start begin) {
        begin(static_cast<void*>(static_cast<Completion*>(
            new HandlerCompletion<decltype(handler)>(std::move(handler)))));
      },
      asio::use_awaitable, std::move(start));
}

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

void AddMetadata(const PassedOn& passed_on, grpc::ClientContext& context) {
  context.AddMetadata("traceparent", passed_on.traceparent);
  if (!passed_on.authorization.empty()) {
    context.AddMetadata("authorization", passed_on.authorization);
  }
}

void AppendTo(std::string& bytes, const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
}

}  // namespace

Upstream::Upstream(const std::map<std::string, std::string>& address_by_package) {
  for (const auto& [package, address] : address_by_package) {
    stubs_[package] = std::make_unique<grpc::GenericStub>(platform::ChannelTo(address));
  }
  completions_ = std::thread([this] {
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
      const std::unique_ptr<Completion> completion(static_cast<Completion*>(tag));
      completion->Done(ok);
    }
  });
}

void Upstream::Stop() {
  if (!completions_.joinable()) return;
  queue_.Shutdown();
  completions_.join();
}

grpc::GenericStub* Upstream::StubOf(const Route& route) const {
  const std::string& service = route.method->service()->full_name();
  for (const auto& [package, stub] : stubs_) {
    if (absl::StartsWith(service, absl::StrCat(package, "."))) return stub.get();
  }
  return nullptr;
}

bool Upstream::Serves(const Route& route) const { return StubOf(route) != nullptr; }

asio::awaitable<UpstreamReply> Upstream::Call(const Route& route, const std::string& request,
                                              const PassedOn& passed_on, absl::Time deadline) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  AddMetadata(passed_on, context);
  const auto call =
      StubOf(route)->PrepareUnaryCall(&context, route.grpc_path, BufferOf(request), &queue_);
  call->StartCall();
  UpstreamReply reply;
  grpc::ByteBuffer answer;
  co_await Awaiting([&](void* tag) { call->Finish(&answer, &reply.status, tag); });
  if (reply.status.ok()) AppendTo(reply.bytes, answer);
  co_return reply;
}

asio::awaitable<std::shared_ptr<UpstreamStream>> Upstream::Open(const Route& route,
                                                                const std::string& request,
                                                                const PassedOn& passed_on) {
  auto stream = std::make_shared<UpstreamStream>();
  AddMetadata(passed_on, stream->context_);
  stream->call_ = StubOf(route)->PrepareCall(&stream->context_, route.grpc_path, &queue_);
  auto& call = *stream->call_;
  const grpc::ByteBuffer message = BufferOf(request);
  if (co_await Awaiting([&](void* tag) { call.StartCall(tag); })) {
    // A write that fails is told by the first read, with its reason.
    co_await Awaiting([&](void* tag) { call.WriteLast(message, grpc::WriteOptions(), tag); });
  }
  co_return stream;
}

asio::awaitable<bool> UpstreamStream::Next(std::string& bytes) {
  grpc::ByteBuffer message;
  if (co_await Awaiting([&](void* tag) { call_->Read(&message, tag); })) {
    bytes.clear();
    AppendTo(bytes, message);
    co_return true;
  }
  co_await Awaiting([&](void* tag) { call_->Finish(&status_, tag); });
  co_return false;
}

}  // namespace thidua::portal
