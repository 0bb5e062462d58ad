#include "services/cli/rankings.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/cli/pages.h"
#include "services/cli/table.h"
#include "services/domain/return_if_error.h"

namespace thidua::cli {
namespace {

using scoring::v1::ListRankingsRequest;
using scoring::v1::ListRankingsResponse;
using scoring::v1::Ranking;
using scoring::v1::RankingRow;

// "Sở Y tế (332,3 điểm)"; of equals all of them.
std::string LeadersOf(const Ranking& ranking) {
  std::string leaders;
  for (const RankingRow& row : ranking.rows()) {
    if (row.rank() != 1) continue;
    absl::StrAppend(&leaders, leaders.empty() ? "" : ", ", row.unit_display_name(), " (",
                    VietnameseNumber(row.total()), " điểm)");
  }
  return leaders;
}

}  // namespace

absl::StatusOr<ListRankingsResponse> ListRankings(const std::string& periods,
                                                  platform::Caller& caller) {
  ListRankingsResponse whole;
  ListRankingsRequest request;
  request.set_periods(periods);
  request.set_with_rows(true);
  do {
    ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
    const auto& page = dynamic_cast<const ListRankingsResponse&>(*answer);
    whole.mutable_rankings()->MergeFrom(page.rankings());
    whole.set_stale(whole.stale() || page.stale());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return whole;
}

std::string TitleOf(const Ranking& ranking) {
  return absl::StrCat(ranking.bloc_display_name(), " · ", ranking.period_display_name());
}

std::string StandText(const Ranking& ranking) {
  const std::string leaders = LeadersOf(ranking);
  return absl::StrCat(
      ranking.state() == Ranking::STATE_FINAL ? "CHÍNH THỨC" : "TẠM TÍNH", " · ",
      leaders.empty() ? "chưa xếp hạng đơn vị nào" : absl::StrCat("dẫn đầu: ", leaders));
}

std::string PeriodOf(const Ranking& ranking) {
  return std::string(absl::StripSuffix(ranking.name(), "/ranking"));
}

std::string RankingsPage(const std::string& periods, const ListRankingsResponse& list, int width) {
  std::string page = absl::StrCat("CÁC BẢNG XẾP HẠNG · ", periods.empty() ? "tất cả" : periods,
                                  ": ", list.rankings_size(), "\n", list.stale() ? kStaleNote : "");
  for (const Ranking& ranking : list.rankings()) {
    absl::StrAppend(&page, "\n");
    for (const std::string& line :
         Wrap(absl::StrCat(TitleOf(ranking), " · ", StandText(ranking)), width)) {
      absl::StrAppend(&page, line, "\n");
    }
    absl::StrAppend(&page, Indented(absl::StrCat("Số liệu lúc ", PrintInstant(ranking.data_time()),
                                                 ", phiên bản ", ranking.revision()),
                                    width));
    absl::StrAppend(&page, Indented(PeriodOf(ranking), width));
  }
  return Shown(page);
}

}  // namespace thidua::cli
