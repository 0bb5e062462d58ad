#include "services/platform/endpoint.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/impl/codegen/method_handler.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/support/sync_stream.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/platform/errors.h"
#include "services/platform/log.h"
#include "services/platform/trace.h"

namespace thidua::platform {
namespace {

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// The bytes of a request, which mostly came in one piece and are then not copied.
class RequestBytes {
 public:
  explicit RequestBytes(const grpc::ByteBuffer& buffer) {
    if (buffer.TrySingleSlice(&piece_).ok()) {
      bytes_ = {reinterpret_cast<const char*>(piece_.begin()), piece_.size()};
    } else {
      bytes_ = joined_ = BytesOf(buffer);
    }
  }
  RequestBytes(const RequestBytes&) = delete;
  RequestBytes& operator=(const RequestBytes&) = delete;

  absl::string_view bytes() const { return bytes_; }

 private:
  grpc::Slice piece_;
  std::string joined_;
  absl::string_view bytes_;
};

// "uri:…" and "dns:…" of the client certificate, which the line's handshake has verified.
std::vector<std::string> CertificateNames(const grpc::ServerContextBase& context) {
  std::vector<std::string> names;
  const std::shared_ptr<const grpc::AuthContext> line = context.auth_context();
  if (line == nullptr || !line->IsPeerAuthenticated()) return names;
  for (const auto& [property, prefix] : {std::pair(GRPC_PEER_URI_PROPERTY_NAME, "uri:"),
                                         std::pair(GRPC_PEER_DNS_PROPERTY_NAME, "dns:")}) {
    for (const grpc::string_ref& value : line->FindPropertyValues(property)) {
      names.push_back(absl::StrCat(prefix, absl::string_view(value.data(), value.size())));
    }
  }
  return names;
}

absl::string_view TraceparentOf(const grpc::ServerContextBase& context) {
  const auto found = context.client_metadata().find(kTraceparent);
  if (found == context.client_metadata().end()) return "";
  return {found->second.data(), found->second.size()};
}

// Reads the caller's messages one by one.
template <typename Stream>
Receive<std::string> ReceiveFrom(Stream* stream, const grpc::ServerContext* context) {
  return [stream, context]() -> absl::StatusOr<std::optional<std::string>> {
    grpc::ByteBuffer buffer;
    if (stream->Read(&buffer)) return BytesOf(buffer);
    if (context->IsCancelled()) return absl::CancelledError("caller gone");
    return std::nullopt;
  };
}

}  // namespace

std::string EncodedFieldHeader(int number, size_t size) {
  std::string header;
  google::protobuf::io::StringOutputStream stream(&header);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.WriteTag(google::protobuf::internal::WireFormatLite::MakeTag(
      number, google::protobuf::internal::WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
  out.WriteVarint32(static_cast<uint32_t>(size));
  out.Trim();
  return header;
}

Endpoint::Endpoint(const google::protobuf::ServiceDescriptor& descriptor)
    : descriptor_(descriptor) {}

grpc::ByteBuffer Endpoint::ToBuffer(const google::protobuf::Message& message) {
  const size_t size = message.ByteSizeLong();
  grpc::Slice slice(size);
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

grpc::Slice Endpoint::SliceOf(std::shared_ptr<const void> owner, absl::string_view bytes) {
  const auto release = [](void* kept) { delete static_cast<std::shared_ptr<const void>*>(kept); };
  return grpc::Slice(const_cast<char*>(bytes.data()), bytes.size(), release,
                     new std::shared_ptr<const void>(std::move(owner)));
}

absl::Status Endpoint::CheckComplete() const {
  for (int i = 0; i < descriptor_.method_count(); ++i) {
    const std::string& method = descriptor_.method(i)->name();
    const auto handled = handled_.find(method);
    if (handled == handled_.end()) {
      return absl::FailedPreconditionError(
          absl::StrCat(descriptor_.full_name(), "/", method, " has no handler"));
    }
    RETURN_IF_ERROR(handled->second->requirement.status());
  }
  return absl::OkStatus();
}

const Endpoint::Method& Endpoint::Handle(absl::string_view name) {
  const google::protobuf::MethodDescriptor* const descriptor =
      descriptor_.FindMethodByName(std::string(name));
  const std::string full_name = absl::StrCat(descriptor_.full_name(), "/", name);
  auto method = std::make_unique<Method>(
      Method{full_name, absl::StrCat("/", full_name), absl::NotFoundError("no such RPC"), nullptr});
  if (descriptor != nullptr) {
    method->requirement = access::Requirement::Of(*descriptor);
    method->metrics = std::make_unique<CallMetrics>(*descriptor);
  }
  // gRPC keeps the path for as long as the service lives.
  return *handled_.insert_or_assign(std::string(name), std::move(method)).first->second;
}

absl::StatusOr<std::shared_ptr<const access::Principal>> Endpoint::Identify(
    const grpc::ServerContextBase& context, access::Callers::MayWait may_wait) const {
  const std::vector<std::string> line = CertificateNames(context);
  const auto [first, end] = context.client_metadata().equal_range("authorization");
  if (first == end) return callers_->Identify(line, "");
  // Two that say who calls are none: as one text they are what a header of HTTP would be.
  absl::string_view token(first->second.data(), first->second.size());
  std::string joined;
  for (auto other = std::next(first); other != end; ++other) {
    token = joined =
        absl::StrCat(token, ",", absl::string_view(other->second.data(), other->second.size()));
  }
  if (limits_ == nullptr) return callers_->Identify(line, token, may_wait);

  const auto address = [&] { return AddressOfPeer(context.peer()); };
  // Who has shown a certificate that the policy knows may pass on what others sent it, as the
  // portal does, and must not be shut out for them.
  const auto passes_on = [&] {
    const auto by_certificate = callers_->Identify(line, "");
    return by_certificate.ok() && (*by_certificate)->listed();
  };
  const absl::Status listened_to = limits_->CheckCredentials(address);
  if (!listened_to.ok() && !passes_on()) return listened_to;
  auto principal = callers_->Identify(line, token, may_wait);
  // Who may not wait and names a key that is not known is told to come back, as often as it is.
  const bool refused =
      absl::IsUnauthenticated(principal.status()) ||
      (absl::IsUnavailable(principal.status()) && may_wait == access::Callers::MayWait::kNo);
  if (refused && !passes_on()) {
    limits_->CountRefusal(address());
  }
  return principal;
}

// Counted, and named in the log by its trace. A call whose trace is sampled leaves a line.
class Endpoint::UnderWay {
 public:
  UnderWay(const grpc::ServerContextBase& context, const Method& method)
      : method_(method), began_(absl::Now()), traced_(TraceparentOf(context)) {
    if (method.metrics != nullptr) method.metrics->CountStarted();
  }

  // As it ends; `caller`: null when it is not known who calls.
  grpc::Status Ended(grpc::Status status, const access::Principal* caller) const {
    const absl::Duration took = absl::Now() - began_;
    if (method_.metrics != nullptr) method_.metrics->CountEnded(status.error_code(), took);
    // Strangers decide nothing about what is logged.
    const std::string& trace = Traced::Traceparent();
    if (caller != nullptr && !trace.empty() && IsSampled(trace)) {
      LogOfCaller(
          CallersLine::kTrace, Severity::kInfo, "call",
          {{"method", method_.full_name},
           {"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code()))},
           {"ms", absl::StrCat(absl::ToInt64Milliseconds(took))},
           {"caller", caller->name()}});
    }
    return status;
  }

 private:
  const Method& method_;
  const absl::Time began_;
  const Traced traced_;
};

CallerLimits::Kind Endpoint::KindOf(Shape shape) {
  switch (shape) {
    case Shape::kUnary:
    case Shape::kStream:
      return CallerLimits::kCall;
    case Shape::kUpload:
      return CallerLimits::kUpload;
    case Shape::kPush:
      return CallerLimits::kStream;
  }
  return CallerLimits::kCall;
}

absl::Status Endpoint::Enter(grpc::ServerContextBase& context, const Method& method, Shape shape,
                             Call& call) const {
  call.method_ = &method.full_name;
  const absl::string_view traceparent = TraceparentOf(context);
  if (IsTraceparent(traceparent)) call.trace_ = std::string(TraceIdIn(traceparent));
  if (shape == Shape::kUnary) call.deadline_max_ = absl::Now() + call_time_max_;
  if (callers_ == nullptr) return absl::OkStatus();
  call.unknown_ = true;
  RETURN_IF_ERROR(method.requirement.status());
  ASSIGN_OR_RETURN(call.principal_,
                   Identify(context, shape == Shape::kPush ? access::Callers::MayWait::kNo
                                                           : access::Callers::MayWait::kYes));
  const access::Principal& caller = *call.principal_;
  call.unknown_ = !caller.known();
  const bool is_service = caller.HoldsSomewhere(access::v1::ROLE_SERVICE);
  if (limits_ != nullptr && !is_service) {
    ASSIGN_OR_RETURN(call.hold_,
                     limits_->Enter(caller.known() ? caller.name() : AddressOfPeer(context.peer()),
                                    KindOf(shape)));
  }
  call.requirement_ = &*method.requirement;
  ASSIGN_OR_RETURN(call.admission_, method.requirement->Begin(caller));
  if (is_service) {
    const auto other = context.client_metadata().find(kOnBehalfOf);
    if (other != context.client_metadata().end()) {
      call.on_behalf_of_.assign(other->second.data(), other->second.size());
      // It goes on record, which is to be readable for ever.
      if (!IsUtf8(call.on_behalf_of_)) {
        return Refusal(absl::StatusCode::kInvalidArgument, "", "TEXT_NOT_UTF8",
                       "Tên người được thay mặt không phải UTF-8.");
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Endpoint::Admit(absl::string_view bytes, const Call& call,
                             google::protobuf::Message& request) {
  RETURN_IF_ERROR(AdmitRequest(bytes, request));
  return call.Admit(request);
}

grpc::Status Endpoint::Answered(grpc::ServerContextBase& context, const Method& method, Shape shape,
                                absl::FunctionRef<absl::Status(const Call&)> answer) const {
  const UnderWay under_way(context, method);
  Call call(context);
  const absl::Status entered = Enter(context, method, shape, call);
  const absl::Status answered = entered.ok() ? answer(call) : entered;
  return under_way.Ended(ToGrpcStatus(answered), call.identified() ? &call.caller() : nullptr);
}

void Endpoint::AddUnary(absl::string_view method, UnaryBytes handler) {
  using Handler = grpc::internal::RpcMethodHandler<Endpoint, grpc::ByteBuffer, grpc::ByteBuffer,
                                                   grpc::ByteBuffer, grpc::ByteBuffer>;
  const Method& handled = Handle(method);
  AddMethod(new grpc::internal::RpcServiceMethod(
      handled.path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC,
      new Handler(
          [this, &handled, handler = std::move(handler)](
              Endpoint*, grpc::ServerContext* context, const grpc::ByteBuffer* request,
              grpc::ByteBuffer* response) -> grpc::Status {
            return Answered(*context, handled, Shape::kUnary, [&](const Call& call) {
              absl::StatusOr<grpc::ByteBuffer> answer =
                  handler(RequestBytes(*request).bytes(), call);
              if (answer.ok()) response->Swap(&*answer);
              return answer.status();
            });
          },
          this)));
}

void Endpoint::AddServerStream(absl::string_view method, StreamBytes handler) {
  using Handler =
      grpc::internal::ServerStreamingHandler<Endpoint, grpc::ByteBuffer, grpc::ByteBuffer>;
  const Method& handled = Handle(method);
  AddMethod(new grpc::internal::RpcServiceMethod(
      handled.path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING,
      new Handler(
          [this, &handled, handler = std::move(handler)](
              Endpoint*, grpc::ServerContext* context, const grpc::ByteBuffer* request,
              grpc::ServerWriter<grpc::ByteBuffer>* writer) -> grpc::Status {
            return Answered(*context, handled, Shape::kStream, [&](const Call& call) {
              return handler(BytesOf(*request), call, [writer](const grpc::ByteBuffer& event) {
                return writer->Write(event);
              });
            });
          },
          this)));
}

void Endpoint::AddServerPush(absl::string_view method, PushBytes handler) {
  using Handler =
      grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  const Method& handled = Handle(method);
  auto* const added = new grpc::internal::RpcServiceMethod(
      handled.path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING,
      new Handler([this, &handled, handler = std::move(handler)](
                      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
        const std::shared_ptr<PushStream> stream = PushStream::Open(*context);
        const Traced traced(TraceparentOf(*context));
        if (handled.metrics != nullptr) stream->CountIn(*handled.metrics);
        Call call(*context);
        absl::Status taken = Enter(*context, handled, Shape::kPush, call);
        // What is held is given back when the stream ends, which may be at once.
        stream->Keep(std::move(call.hold_));
        if (taken.ok()) taken = handler(RequestBytes(*request).bytes(), call, stream);
        if (!taken.ok()) stream->End(taken);
        return stream->reactor();
      }));
  added->SetServerApiType(grpc::internal::RpcServiceMethod::ApiType::RAW_CALL_BACK);
  AddMethod(added);
}

void Endpoint::AddClientStream(absl::string_view method, ReceivingBytes handler) {
  using Handler =
      grpc::internal::ClientStreamingHandler<Endpoint, grpc::ByteBuffer, grpc::ByteBuffer>;
  const Method& handled = Handle(method);
  AddMethod(new grpc::internal::RpcServiceMethod(
      handled.path.c_str(), grpc::internal::RpcMethod::CLIENT_STREAMING,
      new Handler(
          [this, &handled, handler = std::move(handler)](
              Endpoint*, grpc::ServerContext* context, grpc::ServerReader<grpc::ByteBuffer>* reader,
              grpc::ByteBuffer* response) -> grpc::Status {
            return Answered(*context, handled, Shape::kUpload, [&](const Call& call) {
              absl::StatusOr<grpc::ByteBuffer> answer = handler(ReceiveFrom(reader, context), call);
              if (answer.ok()) response->Swap(&*answer);
              return answer.status();
            });
          },
          this)));
}

void Endpoint::AddBidiStream(absl::string_view method, BothBytes handler) {
  using Stream = grpc::ServerReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  using Handler =
      grpc::internal::BidiStreamingHandler<Endpoint, grpc::ByteBuffer, grpc::ByteBuffer>;
  const Method& handled = Handle(method);
  AddMethod(new grpc::internal::RpcServiceMethod(
      handled.path.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING,
      new Handler(
          [this, &handled, handler = std::move(handler)](Endpoint*, grpc::ServerContext* context,
                                                         Stream* stream) -> grpc::Status {
            return Answered(*context, handled, Shape::kUpload, [&](const Call& call) {
              return handler(
                  ReceiveFrom(stream, context), call,
                  [stream](const grpc::ByteBuffer& event) { return stream->Write(event); });
            });
          },
          this)));
}

}  // namespace thidua::platform
