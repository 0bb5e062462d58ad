// A gRPC service whose handlers are functions from a request to an answer.
//
//   class RegistryService : public platform::Endpoint {
//    public:
//     RegistryService(...) : Endpoint(*….descriptor()) {
//       Unary("CreateUnit", this, &RegistryService::CreateUnit);
//     }
//    private:
//     absl::StatusOr<v1::CreateUnitResponse> CreateUnit(const v1::CreateUnitRequest& request,
//                                                       const platform::Call& call);
//
// Around each handler stands, in one place, what all RPCs share: who calls and whether they may
// (services/access), how much (caller_limits.h) and admission.h before it, errors.h after it.
// Handlers receive bytes from gRPC rather than messages, because gRPC answers a message that it
// cannot read without saying which field is at fault (docs/decisions/0008).
#ifndef THIDUA_SERVICES_PLATFORM_ENDPOINT_H_
#define THIDUA_SERVICES_PLATFORM_ENDPOINT_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/impl/codegen/service_type.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/access/callers.h"
#include "services/access/requirement.h"
#include "services/platform/admission.h"
#include "services/platform/call.h"
#include "services/platform/call_metrics.h"
#include "services/platform/caller_limits.h"
#include "services/platform/push_stream.h"

namespace thidua::platform {

// What stands before a field that is a message of so many bytes.
std::string EncodedFieldHeader(int number, size_t size);

// A message that is encoded already: bytes that something else keeps are sent without a copy. A
// value; the bytes live as long as it does.
template <typename Message>
class Encoded {
 public:
  struct Piece {
    std::shared_ptr<const void> owner;
    absl::string_view bytes;
  };

  Encoded() = default;  // An empty message.
  explicit Encoded(const Message& message) { Merge(message); }
  // `bytes` are kept by `owner`.
  Encoded(std::shared_ptr<const void> owner, absl::string_view bytes) {
    pieces_.push_back({std::move(owner), bytes});
  }

  // As Message::MergeFrom: encoded messages that follow one another are their own merger.
  void Merge(const Message& more) { Append(more.SerializeAsString()); }
  // The same of one of its fields, which is encoded already.
  template <typename Field>
  void MergeField(int number, const Encoded<Field>& field) {
    size_t size = 0;
    for (const auto& piece : field.pieces()) size += piece.bytes.size();
    Append(EncodedFieldHeader(number, size));
    for (const auto& piece : field.pieces()) pieces_.push_back({piece.owner, piece.bytes});
  }

  absl::Span<const Piece> pieces() const { return pieces_; }

 private:
  void Append(std::string bytes) {
    const auto kept = std::make_shared<const std::string>(std::move(bytes));
    pieces_.push_back({kept, *kept});
  }

  absl::InlinedVector<Piece, 2> pieces_;
};

// Sends one event of a watch; false when the caller has gone.
template <typename Event>
using Send = std::function<bool(const Event&)>;

// The next message of a stream of requests; nothing when the caller has said all. CANCELLED when it
// has gone instead: what it sent is then not to be taken for the whole. Errors as admission.h. The
// next message is read from the line only when it is asked for.
template <typename Request>
using Receive = std::function<absl::StatusOr<std::optional<Request>>()>;

class Endpoint : public grpc::Service {
 public:
  // "thidua.registry.v1.RegistryService"
  const std::string& full_name() const { return descriptor_.full_name(); }
  // FAILED_PRECONDITION when an RPC of the contract has no handler, or does not say what it
  // requires of its caller.
  absl::Status CheckComplete() const;
  // Before it serves: who calls is asked of these; null: everybody may do everything.
  void SetCallers(access::Callers* callers) { callers_ = callers; }
  // Before it serves: what who calls may take, where it is known who calls and they are no service
  // of the suite; and how long a call that is no stream may go on, whatever its own deadline.
  void SetLimits(CallerLimits* limits, absl::Duration call_time_max) {
    limits_ = limits;
    call_time_max_ = call_time_max;
  }

  // As it is sent.
  static grpc::ByteBuffer ToBuffer(const google::protobuf::Message& message);
  template <typename Message>
  static grpc::ByteBuffer ToBuffer(const Encoded<Message>& message) {
    absl::InlinedVector<grpc::Slice, 4> slices;
    for (const auto& piece : message.pieces()) slices.push_back(SliceOf(piece.owner, piece.bytes));
    return grpc::ByteBuffer(slices.data(), slices.size());
  }

 protected:
  explicit Endpoint(const google::protobuf::ServiceDescriptor& descriptor);

  template <typename Self, typename Request, typename Response>
  void Unary(absl::string_view method, Self* self,
             absl::StatusOr<Response> (Self::*handler)(const Request&, const Call&)) {
    AddUnary(method,
             [self, handler](absl::string_view bytes,
                             const Call& call) -> absl::StatusOr<grpc::ByteBuffer> {
               Request request;
               if (absl::Status admitted = Admit(bytes, call, request); !admitted.ok())
                 return admitted;
               absl::StatusOr<Response> response = (self->*handler)(request, call);
               if (!response.ok()) return response.status();
               return ToBuffer(*response);
             });
  }

  template <typename Self, typename Request, typename Event>
  void ServerStream(absl::string_view method, Self* self,
                    absl::Status (Self::*handler)(const Request&, const Call&,
                                                  const Send<Event>&)) {
    AddServerStream(method,
                    [self, handler](absl::string_view bytes, const Call& call,
                                    const Send<grpc::ByteBuffer>& send) -> absl::Status {
                      Request request;
                      if (absl::Status admitted = Admit(bytes, call, request); !admitted.ok())
                        return admitted;
                      return (self->*handler)(request, call, [&send](const Event& event) {
                        return send(ToBuffer(event));
                      });
                    });
  }

  // A server stream that takes no thread (push_stream.h): the handler takes it and returns, on a
  // thread of gRPC, which must not wait. An error ends the call; otherwise whoever has the stream
  // ends it.
  template <typename Self, typename Request>
  void ServerPush(absl::string_view method, Self* self,
                  absl::Status (Self::*handler)(const Request&, const Call&,
                                                std::shared_ptr<PushStream>)) {
    AddServerPush(method,
                  [self, handler](absl::string_view bytes, const Call& call,
                                  std::shared_ptr<PushStream> stream) -> absl::Status {
                    Request request;
                    if (absl::Status admitted = Admit(bytes, call, request); !admitted.ok())
                      return admitted;
                    return (self->*handler)(request, call, std::move(stream));
                  });
  }

  // The handler's answer comes after what it has received, and ends the call.
  template <typename Self, typename Request, typename Response>
  void ClientStream(absl::string_view method, Self* self,
                    absl::StatusOr<Response> (Self::*handler)(const Receive<Request>&,
                                                              const Call&)) {
    AddClientStream(method,
                    [self, handler](const Receive<std::string>& receive,
                                    const Call& call) -> absl::StatusOr<grpc::ByteBuffer> {
                      absl::StatusOr<Response> response =
                          (self->*handler)(Admitting<Request>(receive, call), call);
                      if (!response.ok()) return response.status();
                      return ToBuffer(*response);
                    });
  }

  // Both sides speak as the handler wants; messages go through one thread at a time each way.
  template <typename Self, typename Request, typename Event>
  void BidiStream(absl::string_view method, Self* self,
                  absl::Status (Self::*handler)(const Receive<Request>&, const Call&,
                                                const Send<Event>&)) {
    AddBidiStream(method,
                  [self, handler](const Receive<std::string>& receive, const Call& call,
                                  const Send<grpc::ByteBuffer>& send) -> absl::Status {
                    return (self->*handler)(
                        Admitting<Request>(receive, call), call,
                        [&send](const Event& event) { return send(ToBuffer(event)); });
                  });
  }

 private:
  using UnaryBytes =
      std::function<absl::StatusOr<grpc::ByteBuffer>(absl::string_view request, const Call& call)>;
  using StreamBytes = std::function<absl::Status(absl::string_view request, const Call& call,
                                                 const Send<grpc::ByteBuffer>& send)>;
  using PushBytes = std::function<absl::Status(absl::string_view request, const Call& call,
                                               std::shared_ptr<PushStream> stream)>;
  using ReceivingBytes = std::function<absl::StatusOr<grpc::ByteBuffer>(
      const Receive<std::string>& receive, const Call&)>;
  using BothBytes = std::function<absl::Status(const Receive<std::string>& receive, const Call&,
                                               const Send<grpc::ByteBuffer>& send)>;

  // An RPC of the contract; stays where it is.
  struct Method {
    std::string full_name;  // "thidua.registry.v1.RegistryService/GetUnit"
    std::string path;       // The same after a "/".
    absl::StatusOr<access::Requirement> requirement;
    std::unique_ptr<CallMetrics> metrics;  // Null: the contract has no such RPC.
  };
  // A call that a thread is answering.
  class UnderWay;

  static grpc::Slice SliceOf(std::shared_ptr<const void> owner, absl::string_view bytes);

  template <typename Request>
  static Receive<Request> Admitting(const Receive<std::string>& receive, const Call& call) {
    return [&receive, &call]() -> absl::StatusOr<std::optional<Request>> {
      absl::StatusOr<std::optional<std::string>> bytes = receive();
      if (!bytes.ok()) return bytes.status();
      std::optional<Request> request;
      if (!bytes->has_value()) return request;
      if (absl::Status admitted = Admit(**bytes, call, request.emplace()); !admitted.ok()) {
        return admitted;
      }
      return request;
    };
  }

  void AddUnary(absl::string_view method, UnaryBytes handler);
  void AddServerStream(absl::string_view method, StreamBytes handler);
  void AddServerPush(absl::string_view method, PushBytes handler);
  void AddClientStream(absl::string_view method, ReceivingBytes handler);
  void AddBidiStream(absl::string_view method, BothBytes handler);
  const Method& Handle(absl::string_view method);
  // kPush is answered on a thread of gRPC's own, which others wait for.
  enum class Shape { kUnary, kStream, kUpload, kPush };
  static CallerLimits::Kind KindOf(Shape shape);
  // What `answer` answers to the call, if it is let in.
  grpc::Status Answered(grpc::ServerContextBase& context, const Method& method, Shape shape,
                        absl::FunctionRef<absl::Status(const Call&)> answer) const;
  // The call, by whom it is made, who has a role that the method asks for and takes no more than
  // they may.
  absl::Status Enter(grpc::ServerContextBase& context, const Method& method, Shape shape,
                     Call& call) const;
  absl::StatusOr<std::shared_ptr<const access::Principal>> Identify(
      const grpc::ServerContextBase& context, access::Callers::MayWait may_wait) const;
  // Whether what is asked may be asked by that caller.
  static absl::Status Admit(absl::string_view bytes, const Call& call,
                            google::protobuf::Message& request);

  const google::protobuf::ServiceDescriptor& descriptor_;
  access::Callers* callers_ = nullptr;
  CallerLimits* limits_ = nullptr;
  absl::Duration call_time_max_ = absl::InfiniteDuration();
  absl::flat_hash_map<std::string, std::unique_ptr<Method>> handled_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_ENDPOINT_H_
