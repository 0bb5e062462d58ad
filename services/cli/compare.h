// The command that says why points and ranks moved between two states of a bloc.
#ifndef THIDUA_SERVICES_CLI_COMPARE_H_
#define THIDUA_SERVICES_CLI_COMPARE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::cli {

// "blocs/…/periods/nam" as it is now; "…@12" at that version of its data; "…@0001…-0001" as the
// final of that revision.
scoring::v1::RankingMoment ReadMoment(absl::string_view word);

std::string ComparisonPage(const scoring::v1::CompareRankingsResponse& response, int width);

// The part of it that a simulation has too: who stands where, what moved, and why.
std::string MovesText(const scoring::v1::RankingComparison& comparison, int width);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_COMPARE_H_
