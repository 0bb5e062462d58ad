// The commands by which it is put on record that a unit is not considered for awards, and lifted.
#ifndef THIDUA_SERVICES_CLI_INELIGIBLE_H_
#define THIDUA_SERVICES_CLI_INELIGIBLE_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/platform/caller.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::cli {

// What `ineligible record` and `ineligible lift` are asked.
struct IneligibilityWish {
  std::string pact, unit;  // To record; or…
  std::string name;        // …what is lifted.
  std::string reason;
  std::string authority;
  bool validate_only = false;
};

// The same wish has the same request id: given again after a lost answer, it tells the first one;
// once that was lifted, it is recorded anew.
absl::StatusOr<scoring::v1::RecordIneligibilityResponse> RecordIneligibility(
    const IneligibilityWish& wish, platform::Caller& caller);
absl::StatusOr<scoring::v1::LiftIneligibilityResponse> LiftIneligibility(
    const IneligibilityWish& wish, platform::Caller& caller);
// All pages in one. `unit`: of all when empty.
absl::StatusOr<scoring::v1::ListIneligibilitiesResponse> ListIneligibilities(
    const std::string& pact, const std::string& unit, platform::Caller& caller);

std::string IneligibilityPage(const scoring::v1::Ineligibility& one,
                              const std::string& freshness_token, int width);
std::string IneligibilitiesPage(const std::string& pact,
                                const scoring::v1::ListIneligibilitiesResponse& list, int width);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_INELIGIBLE_H_
