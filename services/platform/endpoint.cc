#include "services/platform/endpoint.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/impl/codegen/method_handler.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <list>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/errors.h"

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

absl::Time Call::deadline() const {
  const std::chrono::system_clock::time_point deadline = context_.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return absl::FromChrono(deadline);
}

absl::Status Call::StillAwaited() const {
  if (absl::Now() >= deadline()) return absl::DeadlineExceededError("the caller's time is over");
  if (cancelled()) return absl::CancelledError("caller gone");
  return absl::OkStatus();
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
    if (!handled_.contains(method)) {
      return absl::FailedPreconditionError(
          absl::StrCat(descriptor_.full_name(), "/", method, " has no handler"));
    }
  }
  return absl::OkStatus();
}

const char* Endpoint::PathOf(absl::string_view method) {
  // gRPC keeps the pointer for as long as the process lives.
  static auto& paths = *new std::list<std::string>();
  handled_.insert(std::string(method));
  return paths.emplace_back(absl::StrCat("/", descriptor_.full_name(), "/", method)).c_str();
}

void Endpoint::AddUnary(absl::string_view method, UnaryBytes handler) {
  using Handler = grpc::internal::RpcMethodHandler<Endpoint, grpc::ByteBuffer, grpc::ByteBuffer,
                                                   grpc::ByteBuffer, grpc::ByteBuffer>;
  AddMethod(new grpc::internal::RpcServiceMethod(
      PathOf(method), grpc::internal::RpcMethod::NORMAL_RPC,
      new Handler(
          [handler = std::move(handler)](Endpoint*, grpc::ServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) -> grpc::Status {
            absl::StatusOr<grpc::ByteBuffer> answer =
                handler(RequestBytes(*request).bytes(), Call(*context));
            if (!answer.ok()) return ToGrpcStatus(answer.status());
            response->Swap(&*answer);
            return grpc::Status::OK;
          },
          this)));
}

void Endpoint::AddServerStream(absl::string_view method, StreamBytes handler) {
  using Handler =
      grpc::internal::ServerStreamingHandler<Endpoint, grpc::ByteBuffer, grpc::ByteBuffer>;
  AddMethod(new grpc::internal::RpcServiceMethod(
      PathOf(method), grpc::internal::RpcMethod::SERVER_STREAMING,
      new Handler(
          [handler = std::move(handler)](
              Endpoint*, grpc::ServerContext* context, const grpc::ByteBuffer* request,
              grpc::ServerWriter<grpc::ByteBuffer>* writer) -> grpc::Status {
            return ToGrpcStatus(
                handler(BytesOf(*request), Call(*context),
                        [writer](const grpc::ByteBuffer& event) { return writer->Write(event); }));
          },
          this)));
}

void Endpoint::AddServerPush(absl::string_view method, PushBytes handler) {
  using Handler =
      grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  auto* const added = new grpc::internal::RpcServiceMethod(
      PathOf(method), grpc::internal::RpcMethod::SERVER_STREAMING,
      new Handler([handler = std::move(handler)](grpc::CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request) {
        const std::shared_ptr<PushStream> stream = PushStream::Open(*context);
        if (absl::Status taken = handler(RequestBytes(*request).bytes(), stream); !taken.ok()) {
          stream->End(taken);
        }
        return stream->reactor();
      }));
  added->SetServerApiType(grpc::internal::RpcServiceMethod::ApiType::RAW_CALL_BACK);
  AddMethod(added);
}

void Endpoint::AddClientStream(absl::string_view method, ReceivingBytes handler) {
  using Handler =
      grpc::internal::ClientStreamingHandler<Endpoint, grpc::ByteBuffer, grpc::ByteBuffer>;
  AddMethod(new grpc::internal::RpcServiceMethod(
      PathOf(method), grpc::internal::RpcMethod::CLIENT_STREAMING,
      new Handler(
          [handler = std::move(handler)](Endpoint*, grpc::ServerContext* context,
                                         grpc::ServerReader<grpc::ByteBuffer>* reader,
                                         grpc::ByteBuffer* response) -> grpc::Status {
            absl::StatusOr<grpc::ByteBuffer> answer =
                handler(ReceiveFrom(reader, context), Call(*context));
            if (!answer.ok()) return ToGrpcStatus(answer.status());
            response->Swap(&*answer);
            return grpc::Status::OK;
          },
          this)));
}

void Endpoint::AddBidiStream(absl::string_view method, BothBytes handler) {
  using Stream = grpc::ServerReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  using Handler =
      grpc::internal::BidiStreamingHandler<Endpoint, grpc::ByteBuffer, grpc::ByteBuffer>;
  AddMethod(new grpc::internal::RpcServiceMethod(
      PathOf(method), grpc::internal::RpcMethod::BIDI_STREAMING,
      new Handler(
          [handler = std::move(handler)](Endpoint*, grpc::ServerContext* context,
                                         Stream* stream) -> grpc::Status {
            return ToGrpcStatus(
                handler(ReceiveFrom(stream, context), Call(*context),
                        [stream](const grpc::ByteBuffer& event) { return stream->Write(event); }));
          },
          this)));
}

}  // namespace thidua::platform
