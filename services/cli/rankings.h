// The command that lists rankings, and how one is told in a line.
#ifndef THIDUA_SERVICES_CLI_RANKINGS_H_
#define THIDUA_SERVICES_CLI_RANKINGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/platform/caller.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::cli {

// All pages. `periods`: "blocs/-/pacts/2019/periods/nam"; empty: all there are.
absl::StatusOr<scoring::v1::ListRankingsResponse> ListRankings(const std::string& periods,
                                                               platform::Caller& caller);

std::string RankingsPage(const std::string& periods, const scoring::v1::ListRankingsResponse& list,
                         int width);

// "Khối thi đua 4 · Năm 2019"
std::string TitleOf(const scoring::v1::Ranking& ranking);
// "TẠM TÍNH · dẫn đầu: Sở Y tế (332,3 điểm)"
std::string StandText(const scoring::v1::Ranking& ranking);
// "blocs/khoi-4/pacts/2019/periods/nam"
std::string PeriodOf(const scoring::v1::Ranking& ranking);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_RANKINGS_H_
