// Which target of a pact a document means when it names the unit and the target in words:
// "Sở Lao động – TB&XH", "giải quyết việc làm". Without I/O; for one thread at a time.
#ifndef THIDUA_SERVICES_DOMAIN_TARGET_NAME_H_
#define THIDUA_SERVICES_DOMAIN_TARGET_NAME_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/date.h"
#include "services/domain/pact.h"
#include "services/domain/unit.h"

namespace thidua::domain {

// Finds targets by names, many in one pact: what was worked out for one row serves the next.
class TargetNames {
 public:
  // `units`: of the pact's members, those whose names the registry knows. `day`: of which day the
  // registry's names count; a member's name in the pact always does. The pact must live as long as
  // this.
  TargetNames(const Pact& pact, std::vector<Unit> units, Date day);

  // The one target that both texts mean: by the words of its name, or else by their letters without
  // marks, when they leave one only. Faults: "unit_text" REQUIRED, UNIT_UNKNOWN,
  // UNIT_AMBIGUOUS; "target_text" REQUIRED, TARGET_UNKNOWN (the suggestion is the name that comes
  // nearest), TARGET_AMBIGUOUS.
  absl::StatusOr<const Target*> Find(absl::string_view unit_text, absl::string_view target_text);

 private:
  using Targets = std::vector<const Target*>;
  // The targets of one unit by what their names say.
  struct OfUnit {
    absl::flat_hash_map<std::string, Targets> by_folded;
    absl::flat_hash_map<std::string, Targets> by_unmarked;
  };

  absl::StatusOr<std::string> FindUnit(absl::string_view text);
  std::string NearestName(const OfUnit& targets, absl::string_view text) const;

  const Date day_;
  std::vector<Unit> units_;
  absl::flat_hash_map<std::string, OfUnit> targets_;                        // By unit.
  absl::flat_hash_map<std::string, absl::StatusOr<std::string>> resolved_;  // Texts of units.
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_TARGET_NAME_H_
