// The command that asks what the ranking would be, were something otherwise.
#ifndef THIDUA_SERVICES_CLI_SIMULATE_H_
#define THIDUA_SERVICES_CLI_SIMULATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::cli {

// What is supposed, a word each:
//
//   chi-tieu-1=36.000           a figure, read the Vietnamese way
//   target:chi-tieu-1=30.000    what would have been registered
//   scheme=TỆP                  a scheme file in the place of the pact's
//   TỆP.json                    a whole thidua.scoring.v1.RankingOverlay; the others come on top
//
// INVALID_ARGUMENT or NOT_FOUND (IsAboutTheFile) for a word or a file that cannot be read.
absl::StatusOr<scoring::v1::SimulateRankingRequest> ReadSimulation(
    const std::string& period, const std::vector<std::string>& words);

std::string SimulationPage(const scoring::v1::SimulateRankingResponse& response, int width);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_SIMULATE_H_
