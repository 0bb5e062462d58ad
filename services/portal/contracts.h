// The contracts as descriptors, comments included: what the gateway's routes and the OpenAPI
// document are made of. They are compiled into the binary as protoc wrote them, so that a new RPC
// needs no code here.
#ifndef THIDUA_SERVICES_PORTAL_CONTRACTS_H_
#define THIDUA_SERVICES_PORTAL_CONTRACTS_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/type_resolver.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::portal {

// Immutable; thread-safe.
class Contracts {
 public:
  // Of a serialised google.protobuf.FileDescriptorSet, files before those that import them.
  // INVALID_ARGUMENT says what is wrong with it.
  static absl::StatusOr<std::unique_ptr<Contracts>> Read(absl::string_view descriptor_set);
  // Those of this binary.
  static const Contracts& Embedded();

  const google::protobuf::DescriptorPool& pool() const { return *pool_; }
  // In the order of the set.
  const std::vector<const google::protobuf::ServiceDescriptor*>& services() const {
    return services_;
  }

  // For google::protobuf::util, between bytes and JSON.
  google::protobuf::util::TypeResolver& resolver() const { return *resolver_; }
  static std::string TypeUrlOf(const google::protobuf::Descriptor& message);

 private:
  Contracts() = default;
  std::unique_ptr<google::protobuf::DescriptorPool> pool_;
  std::unique_ptr<google::protobuf::util::TypeResolver> resolver_;
  std::vector<const google::protobuf::ServiceDescriptor*> services_;
};

// One google.api.http option of an RPC.
struct HttpBinding {
  std::string verb;  // "GET"
  std::string path;  // "/v1/{name=units/*}"
  std::string body;  // "": none; "*": the whole request; else the field that the body is.
};

// Its own and the additional ones; none: the RPC is not asked over HTTP.
std::vector<HttpBinding> BindingsOf(const google::protobuf::MethodDescriptor& method);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_CONTRACTS_H_
