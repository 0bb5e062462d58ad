// What the audit's entries of the registry are about, and how it is stored: units, blocs, schemes,
// drafts of schemes, pacts without their targets, targets, reorganisations.
#ifndef THIDUA_SERVICES_REGISTRY_AUDITED_RESOURCES_H_
#define THIDUA_SERVICES_REGISTRY_AUDITED_RESOURCES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/audit/stored_rows.h"

namespace thidua::registry {

// Every revision is held; of a draft there is one row.
class AuditedResources : public audit::Resources {
 public:
  std::vector<audit::Rows> OfRoot(const std::string& root) const override;
  std::vector<audit::Rows> OfAllRoots() const override;
  audit::Kept KeptOf(absl::string_view resource) const override;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_AUDITED_RESOURCES_H_
