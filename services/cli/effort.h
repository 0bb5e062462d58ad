// The command that says what a unit needs to get somewhere.
#ifndef THIDUA_SERVICES_CLI_EFFORT_H_
#define THIDUA_SERVICES_CLI_EFFORT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::cli {

// `words`: the period, the unit, the goal ("target", "rank=2", "percent=95,5", "points=600") and
// perhaps a target's id. INVALID_ARGUMENT for a goal that is none of these.
absl::StatusOr<scoring::v1::GetRequiredEffortRequest> ReadEffort(
    const std::vector<std::string>& words);

std::string EffortPage(const scoring::v1::GetRequiredEffortResponse& response, int width);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_EFFORT_H_
