#include "services/platform/caller.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/platform/channel.h"
#include "services/platform/contracts.h"
#include "services/platform/errors.h"
#include "services/platform/patience.h"
#include "services/platform/trace.h"

namespace thidua::platform {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kCallDeadline = absl::Seconds(10);

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

// A mutation without an id might have been done although its answer was lost.
bool MayBeAskedTwice(const Message& request) {
  return TextField(request, "request_id") == nullptr || !GetText(request, "request_id").empty();
}

// Between two streams nobody would look after the connection, and the service be found again only
// seconds after it is there: whoever waits at a queue does.
void PauseConnecting(absl::Duration pause) {
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  queue.AsyncNext(&tag, &ok, absl::ToChronoTime(absl::Now() + pause));
}

// By gRPC's own threads, which look after the connections between calls too: a queue of ours that
// is read only during a call leaves a dead line unnoticed for seconds.
grpc::Status CallOnce(grpc::ClientContext& context, grpc::GenericStub&& stub,
                      const std::string& path, const Message& request, grpc::ByteBuffer& answer) {
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

// A line is made when it is first needed: not every caller has the address of every service.
struct Caller::Lines {
  explicit Lines(Addresses all) : addresses(std::move(all)) {}

  std::shared_ptr<grpc::Channel> To(std::shared_ptr<grpc::Channel>& line,
                                    const std::string& address) ABSL_LOCKS_EXCLUDED(mutex) {
    const absl::MutexLock lock(&mutex);
    if (line == nullptr) line = ChannelTo(address);
    return line;
  }

  const Addresses addresses;
  absl::Mutex mutex;
  std::shared_ptr<grpc::Channel> registry, results, scoring;
};

Caller::Caller(Addresses addresses, absl::Duration patience, Authorization authorization)
    : lines_(std::make_shared<Lines>(std::move(addresses))),
      patience_(patience),
      authorization_(std::move(authorization)) {}

Caller Caller::For(absl::Time deadline, std::string traceparent, std::string authorization) const {
  Caller caller = *this;
  caller.deadline_ = deadline;
  caller.traceparent_ = std::move(traceparent);
  caller.authorization_ = nullptr;
  if (!authorization.empty()) {
    caller.authorization_ = [said = std::move(authorization)] { return said; };
  }
  return caller;
}

Caller Caller::At(std::string service) const {
  Caller caller = *this;
  caller.service_ = std::move(service);
  return caller;
}

std::string Caller::ServiceOf(const MethodDescriptor& method) const {
  const std::string& package = method.file()->package();
  if (absl::StrContains(package, "registry")) return "registry";
  if (absl::StrContains(package, "results")) return "results-ingest";
  if (absl::StrContains(package, "audit")) return service_;
  return "scoring";
}

absl::Status Caller::CheckLine(const std::string& address) const {
  return authorization_ == nullptr ? absl::OkStatus() : CheckMayCarryTokens(address);
}

absl::Status Caller::CheckLines() const {
  const Addresses& addresses = lines_->addresses;
  for (const auto* address : {&addresses.registry, &addresses.results, &addresses.scoring}) {
    if (!address->empty()) RETURN_IF_ERROR(CheckLine(*address));
  }
  return absl::OkStatus();
}

grpc::ClientContext* Caller::MakeReady(grpc::ClientContext& context) const {
  Prepare(context, CheckLine(lines_->addresses.results).ok());
  return &context;
}

void Caller::Prepare(grpc::ClientContext& context, bool says_who) const {
  if (deadline_ != absl::InfiniteFuture()) context.set_deadline(absl::ToChronoTime(deadline_));
  if (!traceparent_.empty()) context.AddMetadata(kTraceparent, traceparent_);
  if (!says_who || authorization_ == nullptr) return;
  const std::string authorization = authorization_();
  if (!authorization.empty()) context.AddMetadata("authorization", authorization);
}

std::unique_ptr<results::v1::ResultsService::Stub> Caller::NewResultsStub() const {
  return results::v1::ResultsService::NewStub(
      lines_->To(lines_->results, lines_->addresses.results));
}

const std::string& Caller::AddressOf(const MethodDescriptor& method) const {
  const std::string service = ServiceOf(method);
  if (service == "registry") return lines_->addresses.registry;
  if (service == "results-ingest") return lines_->addresses.results;
  return lines_->addresses.scoring;
}

std::shared_ptr<grpc::Channel> Caller::LineOf(const MethodDescriptor& method) const {
  const std::string service = ServiceOf(method);
  if (service == "registry") return lines_->To(lines_->registry, lines_->addresses.registry);
  if (service == "results-ingest") return lines_->To(lines_->results, lines_->addresses.results);
  return lines_->To(lines_->scoring, lines_->addresses.scoring);
}

absl::StatusOr<std::unique_ptr<Message>> Caller::Call(
    const MethodDescriptor& method, const Message& request,
    const std::function<void(const std::string&)>& on_wait) const {
  RETURN_IF_ERROR(CheckLine(AddressOf(method)));
  Patience patience = NewPatience();
  while (true) {
    grpc::ClientContext context;
    Prepare(context, /*says_who=*/true);
    context.set_deadline(absl::ToChronoTime(std::min(absl::Now() + kCallDeadline, deadline_)));
    grpc::ByteBuffer answer;
    const grpc::Status status =
        CallOnce(context, grpc::GenericStub(LineOf(method)), PathOf(method), request, answer);
    if (status.ok()) {
      std::unique_ptr<Message> response = NewMessage(*method.output_type());
      if (absl::Status read = ReadBuffer(answer, *response); !read.ok()) return read;
      return response;
    }
    if (!IsAway(status)) return FromGrpcStatus(status);
    const std::optional<absl::Duration> pause =
        MayBeAskedTwice(request) ? patience.Pause(status) : std::nullopt;
    if (!pause.has_value()) return Unreached(ServiceOf(method), status);
    on_wait(ServiceOf(method));
    absl::SleepFor(*pause);
  }
}

absl::StatusOr<std::unique_ptr<Message>> Caller::Call(const Message& request) const {
  ASSIGN_OR_RETURN(const MethodDescriptor* method,
                   MethodTaking(request.GetDescriptor()->full_name()));
  return Call(*method, request);
}

absl::Status Caller::Stream(const MethodDescriptor& method, const Message& request,
                            const std::function<bool(const Message&)>& each) const {
  absl::Status read;
  const grpc::Status status = StreamOnce(method, request, each, read);
  if (!read.ok()) return read;
  if (status.error_code() == grpc::StatusCode::CANCELLED) return absl::OkStatus();
  return FromGrpcStatus(status);
}

absl::Status Caller::Follow(const Message& request, const Following& following) const {
  ASSIGN_OR_RETURN(const MethodDescriptor* const method,
                   MethodTaking(request.GetDescriptor()->full_name()));
  const std::unique_ptr<Message> asked(request.New());
  asked->CopyFrom(request);
  Patience patience = NewPatience();
  while (true) {
    bool wanted = true;
    absl::Status read;
    const grpc::Status status = StreamOnce(
        *method, *asked,
        [&](const Message& event) {
          patience.Renew();
          SetText(*asked, "resume_token", GetText(event, "resume_token"));
          wanted = following.each(event);
          return wanted;
        },
        read);
    if (!read.ok()) return read;
    if (!wanted) return absl::OkStatus();
    if (status.error_code() == grpc::StatusCode::OUT_OF_RANGE &&
        !GetText(*asked, "resume_token").empty()) {
      SetText(*asked, "resume_token", "");
      following.start_over();
      continue;
    }
    if (!status.ok() && !IsAway(status)) return FromGrpcStatus(status);
    const std::optional<absl::Duration> pause = patience.Pause(status);
    if (!pause.has_value()) return Unreached(ServiceOf(*method), status);
    following.on_wait();
    PauseConnecting(*pause);
  }
}

grpc::Status Caller::StreamOnce(const MethodDescriptor& method, const Message& request,
                                const std::function<bool(const Message&)>& each,
                                absl::Status& read) const {
  read = CheckLine(AddressOf(method));
  if (!read.ok()) return grpc::Status();
  grpc::ClientContext context;
  Prepare(context, /*says_who=*/true);
  grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  grpc::GenericStub stub(LineOf(method));
  const auto call = stub.PrepareCall(&context, PathOf(method), &queue);
  call->StartCall(nullptr);
  bool open = next();
  if (open) {
    call->WriteLast(BufferOf(request), grpc::WriteOptions(), nullptr);
    open = next();
  }
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
  return status;
}

}  // namespace thidua::platform
