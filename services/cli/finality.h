// The commands by which a ranking becomes official, stops being so, and shows what it ever was.
#ifndef THIDUA_SERVICES_CLI_FINALITY_H_
#define THIDUA_SERVICES_CLI_FINALITY_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/platform/caller.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::cli {

// What `finalise` and `revoke` are asked.
struct FinalityWish {
  std::string period;
  std::string revision;  // Empty: of the ranking that is shown now.
  std::string reason;
  std::string authority;
  bool validate_only = false;
};

// The same wish has the same request id: given again after a lost answer, it tells the first one.
absl::StatusOr<scoring::v1::FinaliseRankingResponse> FinaliseRanking(const FinalityWish& wish,
                                                                     platform::Caller& caller);
absl::StatusOr<scoring::v1::RevokeFinalResponse> RevokeFinal(const FinalityWish& wish,
                                                             platform::Caller& caller);
// All pages in one.
absl::StatusOr<scoring::v1::GetRankingHistoryResponse> RankingHistory(const std::string& period,
                                                                      platform::Caller& caller);

std::string FinalisedPage(const scoring::v1::FinaliseRankingResponse& response, int width);
std::string RevokedPage(const scoring::v1::RevokeFinalResponse& response, int width);
std::string HistoryPage(const std::string& period,
                        const scoring::v1::GetRankingHistoryResponse& history, int width);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_FINALITY_H_
