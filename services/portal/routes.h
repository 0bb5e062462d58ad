// Which RPC a request over HTTP means: every google.api.http option of the contracts.
#ifndef THIDUA_SERVICES_PORTAL_ROUTES_H_
#define THIDUA_SERVICES_PORTAL_ROUTES_H_

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/portal/contracts.h"
#include "services/portal/path_template.h"

namespace thidua::portal {

struct Route {
  const google::protobuf::MethodDescriptor* method = nullptr;
  HttpBinding binding;
  PathTemplate path;
  std::string grpc_path;  // "/thidua.scoring.v1.ScoringService/GetRanking"
};

// Immutable; thread-safe.
class Routes {
 public:
  // INVALID_ARGUMENT for an option that cannot be served: a template that is none, a variable or
  // body that is no field of the request, two RPCs for the same request, an RPC to which a stream
  // is sent.
  static absl::StatusOr<Routes> Of(const Contracts& contracts);

  struct Found {
    const Route* route = nullptr;
    std::vector<std::string> values;  // Of route->path.variables().
  };
  // nullopt: nothing is there for this verb; VerbsAt tells whether there is for others.
  std::optional<Found> Find(absl::string_view verb, const AskedPath& path) const;
  // "GET", "POST": sorted.
  std::vector<std::string> VerbsAt(const AskedPath& path) const;

  const std::vector<Route>& all() const { return routes_; }

 private:
  std::vector<Route> routes_;
  // By number of segments and verb of the path, so that few templates are looked at for each
  // request.
  absl::flat_hash_map<std::pair<size_t, std::string>, std::vector<size_t>> by_shape_;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_ROUTES_H_
