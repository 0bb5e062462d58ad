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
// Around each handler stands, in one place, what all RPCs share: admission.h before it, errors.h
// after it. Handlers receive bytes from gRPC rather than messages, because gRPC answers a message
// that it cannot read without saying which field is at fault (docs/decisions/0008).
#ifndef THIDUA_SERVICES_PLATFORM_ENDPOINT_H_
#define THIDUA_SERVICES_PLATFORM_ENDPOINT_H_

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/codegen/service_type.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/platform/admission.h"

namespace thidua::platform {

// What a handler may know of the call it answers. Thread-safe.
class Call {
 public:
  explicit Call(const grpc::ServerContext& context) : context_(context) {}
  // InfiniteFuture when the caller set none.
  absl::Time deadline() const;
  // Whether the caller has gone, or the server is going.
  bool cancelled() const { return context_.IsCancelled(); }

 private:
  const grpc::ServerContext& context_;
};

// Sends one event of a watch; false when the caller has gone.
template <typename Event>
using Send = std::function<bool(const Event&)>;

class Endpoint : public grpc::Service {
 public:
  // "thidua.registry.v1.RegistryService"
  const std::string& full_name() const { return descriptor_.full_name(); }
  // FAILED_PRECONDITION when an RPC of the contract has no handler.
  absl::Status CheckComplete() const;

 protected:
  explicit Endpoint(const google::protobuf::ServiceDescriptor& descriptor);

  template <typename Self, typename Request, typename Response>
  void Unary(absl::string_view method, Self* self,
             absl::StatusOr<Response> (Self::*handler)(const Request&, const Call&)) {
    AddUnary(
        method,
        [self, handler](absl::string_view bytes, const Call& call) -> absl::StatusOr<std::string> {
          Request request;
          if (absl::Status admitted = AdmitRequest(bytes, request); !admitted.ok()) return admitted;
          absl::StatusOr<Response> response = (self->*handler)(request, call);
          if (!response.ok()) return response.status();
          return response->SerializeAsString();
        });
  }

  template <typename Self, typename Request, typename Event>
  void ServerStream(absl::string_view method, Self* self,
                    absl::Status (Self::*handler)(const Request&, const Call&,
                                                  const Send<Event>&)) {
    AddServerStream(method,
                    [self, handler](absl::string_view bytes, const Call& call,
                                    const Send<std::string>& send) -> absl::Status {
                      Request request;
                      if (absl::Status admitted = AdmitRequest(bytes, request); !admitted.ok())
                        return admitted;
                      return (self->*handler)(request, call, [&send](const Event& event) {
                        return send(event.SerializeAsString());
                      });
                    });
  }

 private:
  using UnaryBytes =
      std::function<absl::StatusOr<std::string>(absl::string_view request, const Call& call)>;
  using StreamBytes = std::function<absl::Status(absl::string_view request, const Call& call,
                                                 const Send<std::string>& send)>;
  void AddUnary(absl::string_view method, UnaryBytes handler);
  void AddServerStream(absl::string_view method, StreamBytes handler);
  const char* PathOf(absl::string_view method);

  const google::protobuf::ServiceDescriptor& descriptor_;
  absl::flat_hash_set<std::string> handled_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_ENDPOINT_H_
