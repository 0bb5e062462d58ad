// A change of a pact that was signed (điều chỉnh giao ước). Pure; the pact that results is another
// edition, and the one before stays as it was.
#ifndef THIDUA_SERVICES_DOMAIN_AMENDMENT_H_
#define THIDUA_SERVICES_DOMAIN_AMENDMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/domain/pact.h"

namespace thidua::domain {

struct Amendment {
  std::string reason;
  std::string document;
  std::vector<Target> put_targets;         // Added, or in the place of the one of the same id.
  std::vector<std::string> void_targets;   // Ids.
  std::vector<std::string> void_criteria;  // Of the scheme, at any depth.
  std::vector<Member> add_members;
  std::vector<std::string> remove_members;
  std::optional<Scheme> scheme;     // Another version.
  std::vector<Period> put_periods;  // Added, or in the place of the one of the same id.
};

// The pact as it would be. Faults with the contract's paths ("put_targets[2].value",
// "void_targets[0]", "add_members[0].unit"): those of a pact and of its targets, REQUIRED (no
// reason, no document), AMENDMENT_EMPTY (also when all that it puts is there as it is),
// TARGET_UNKNOWN, TARGET_VOIDED (put or voided again), CRITERION_UNKNOWN, UNIT_UNKNOWN (a member to
// be removed that is none), MEMBER_HAS_TARGETS (one to be removed that still has targets not
// voided), DUPLICATE. A unit that is a member already and is added gets its new role in its old
// place; a period's new id adds a period. With another scheme every target that is not voided must
// find its criterion there (CRITERION_UNKNOWN at "scheme"), and so must voided criteria, which are
// forgotten when they do not.
absl::StatusOr<Pact> Amend(const Pact& pact, const Amendment& amendment);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_AMENDMENT_H_
