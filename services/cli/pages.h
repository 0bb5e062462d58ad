// What the command prints of a review, a ranking and a scorecard, in Vietnamese.
#ifndef THIDUA_SERVICES_CLI_PAGES_H_
#define THIDUA_SERVICES_CLI_PAGES_H_

#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "absl/strings/string_view.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::cli {

std::string ReviewPage(const scoring::v1::GetMidYearReviewResponse& response, int width);
std::string RankingPage(const scoring::v1::GetRankingResponse& response, int width);
std::string ScorecardPage(const scoring::v1::GetScorecardResponse& response, int width);

// Below the title of what may have been overtaken.
inline constexpr char kStaleNote[] =
    "CÓ THỂ CHƯA CẬP NHẬT: dịch vụ chấm điểm đang mất kết nối với dịch vụ tiếp nhận kết quả.\n";

// "332.3000" as officials read it: "332,3"; what is no number as it is.
std::string VietnameseNumber(absl::string_view machine);

// "23/11/2026 15:04:05": in Vietnam's time.
std::string PrintInstant(const google::protobuf::Timestamp& instant);

// What a department calls itself does not steer the terminal of whoever reads it: control
// characters (below U+0020 but new lines, U+007F, U+0080 to U+009F) are shown as U+FFFD.
std::string Shown(const std::string& page);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_PAGES_H_
