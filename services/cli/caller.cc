#include "services/cli/caller.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/cli/contracts.h"
#include "services/domain/return_if_error.h"
#include "services/platform/channel.h"
#include "services/platform/errors.h"

namespace thidua::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kCallDeadline = absl::Seconds(10);
constexpr absl::Duration kPauseFirst = absl::Milliseconds(50);
constexpr absl::Duration kPauseMax = absl::Seconds(1);

grpc::ByteBuffer BufferOf(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

absl::Status ReadBuffer(const grpc::ByteBuffer& buffer, Message& message) {
  grpc::Slice slice;
  if (buffer.DumpToSingleSlice(&slice).ok() &&
      message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return absl::OkStatus();
  }
  return absl::InternalError("không đọc được trả lời của dịch vụ");
}

std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

std::string ServiceOf(const MethodDescriptor& method) {
  const std::string& package = method.file()->package();
  if (absl::StrContains(package, "registry")) return "registry";
  if (absl::StrContains(package, "results")) return "results-ingest";
  return "scoring";
}

// Whether nobody answered, or one who could not. A line that breaks in the middle of an answer
// shows as other codes too, without the details that an answer of the suite has.
bool IsAway(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return true;
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::CANCELLED:
      return status.error_details().empty();
    default:
      return false;
  }
}

// A mutation without an id might have been done although its answer was lost.
bool MayBeAskedTwice(const Message& request) {
  return TextField(request, "request_id") == nullptr || !GetText(request, "request_id").empty();
}

// By gRPC's own threads, which look after the connections between calls too: a queue of ours that
// is read only during a call leaves a dead line unnoticed for seconds.
grpc::Status CallOnce(grpc::GenericStub& stub, const std::string& path, const Message& request,
                      grpc::ByteBuffer& answer) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kCallDeadline));
  const grpc::ByteBuffer bytes = BufferOf(request);
  grpc::Status status;
  absl::Notification answered;
  stub.UnaryCall(&context, path, grpc::StubOptions(), &bytes, &answer, [&](grpc::Status ended) {
    status = std::move(ended);
    answered.Notify();
  });
  answered.WaitForNotification();
  return status;
}

}  // namespace

Caller::Caller(Addresses addresses, absl::Duration patience)
    : addresses_(std::move(addresses)), patience_(patience) {}

grpc::GenericStub& Caller::StubOf(const MethodDescriptor& method) {
  const std::string service = ServiceOf(method);
  const std::string& address = service == "registry"         ? addresses_.registry
                               : service == "results-ingest" ? addresses_.results
                                                             : addresses_.scoring;
  std::unique_ptr<grpc::GenericStub>& stub = stubs_[address];
  if (stub == nullptr) {
    stub = std::make_unique<grpc::GenericStub>(platform::ChannelTo(address));
  }
  return *stub;
}

absl::StatusOr<std::unique_ptr<Message>> Caller::Call(
    const MethodDescriptor& method, const Message& request,
    const std::function<void(const std::string&)>& on_wait) {
  absl::BitGen random;
  const absl::Time until = absl::Now() + patience_;
  absl::Duration pause = kPauseFirst;
  while (true) {
    grpc::ByteBuffer answer;
    const grpc::Status status = CallOnce(StubOf(method), PathOf(method), request, answer);
    if (status.ok()) {
      std::unique_ptr<Message> response = NewMessage(*method.output_type());
      if (absl::Status read = ReadBuffer(answer, *response); !read.ok()) return read;
      return response;
    }
    if (!IsAway(status)) return platform::FromGrpcStatus(status);
    // Callers that were cut off together do not come back together.
    const absl::Duration wait =
        std::max(pause * absl::Uniform(random, 0.5, 1.0), platform::RetryDelayOf(status));
    if (!MayBeAskedTwice(request) || absl::Now() + wait > until) {
      return absl::UnavailableError(absl::StrCat("không liên lạc được với dịch vụ ",
                                                 ServiceOf(method), ": ", status.error_message()));
    }
    on_wait(ServiceOf(method));
    absl::SleepFor(wait);
    pause = std::min(pause * 2, kPauseMax);
  }
}

absl::StatusOr<std::unique_ptr<Message>> Caller::Call(const Message& request) {
  ASSIGN_OR_RETURN(const MethodDescriptor* method,
                   MethodTaking(request.GetDescriptor()->full_name()));
  return Call(*method, request);
}

absl::Status Caller::Stream(const MethodDescriptor& method, const Message& request,
                            const std::function<bool(const Message&)>& each) {
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto call = StubOf(method).PrepareCall(&context, PathOf(method), &queue);
  call->StartCall(nullptr);
  bool open = next();
  if (open) {
    call->WriteLast(BufferOf(request), grpc::WriteOptions(), nullptr);
    open = next();
  }
  absl::Status read;
  while (open) {
    grpc::ByteBuffer bytes;
    call->Read(&bytes, nullptr);
    if (!next()) break;
    const std::unique_ptr<Message> event = NewMessage(*method.output_type());
    read = ReadBuffer(bytes, *event);
    if (!read.ok() || !each(*event)) {
      context.TryCancel();
      break;
    }
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  next();
  if (!read.ok()) return read;
  if (status.error_code() == grpc::StatusCode::CANCELLED) return absl::OkStatus();
  return platform::FromGrpcStatus(status);
}

}  // namespace thidua::cli
