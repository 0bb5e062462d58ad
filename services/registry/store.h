// The registry's rows: units, blocs, schemes and pacts by name, inside one transaction. Decides
// nothing. Errors are the storage library's; what is not there is nothing.
#ifndef THIDUA_SERVICES_REGISTRY_STORE_H_
#define THIDUA_SERVICES_REGISTRY_STORE_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/messages/resource_names.h"
#include "services/storage/database.h"
#include "thidua/registry/v1/bloc.pb.h"
#include "thidua/registry/v1/pact.pb.h"
#include "thidua/registry/v1/scheme.pb.h"
#include "thidua/registry/v1/unit.pb.h"

namespace thidua::registry {

class Store {
 public:
  explicit Store(storage::Transaction& transaction) : transaction_(transaction) {}

  absl::StatusOr<std::optional<v1::Unit>> FindUnit(absl::string_view unit);
  // In the order of their ids, from the first after `after`.
  absl::StatusOr<std::vector<v1::Unit>> ListUnits(absl::string_view after, int64_t limit);
  absl::Status InsertUnit(absl::string_view unit, const v1::Unit& message);

  absl::StatusOr<std::optional<v1::Bloc>> FindBloc(absl::string_view bloc);
  absl::Status InsertBloc(absl::string_view bloc, const v1::Bloc& message);

  absl::StatusOr<std::optional<v1::Scheme>> FindScheme(const messages::SchemeName& name);
  // The newest version of a scheme; 0 when there is none.
  absl::StatusOr<int64_t> NewestSchemeVersion(absl::string_view scheme);
  absl::Status InsertScheme(const messages::SchemeName& name, const v1::Scheme& message);

  // Whole, with its targets.
  absl::StatusOr<std::optional<v1::Pact>> FindPact(const messages::PactName& name);
  // Stores everything of the pact but its targets, as the store's next change.
  absl::Status PutPact(const messages::PactName& name, const v1::Pact& pact);
  // After those that the pact has.
  absl::Status AppendTargets(const messages::PactName& name, int64_t first_position,
                             const std::vector<v1::Target>& targets);
  // Pacts last changed after `after`, in that order, each with its number.
  absl::StatusOr<std::vector<std::pair<int64_t, v1::Pact>>> PactsChangedAfter(int64_t after,
                                                                              int64_t limit);

 private:
  storage::Transaction& transaction_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_STORE_H_
