#include "services/cli/watch.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "services/cli/pages.h"
#include "services/cli/rankings.h"
#include "services/messages/instant.h"

namespace thidua::cli {

using scoring::v1::Ranking;
using scoring::v1::WatchRankingsResponse;

std::string RankingNews::LinesOf(const WatchRankingsResponse& event, absl::Time now) {
  const std::string time = PrintInstant(messages::InstantMessage(now));
  std::string lines;
  const auto add = [&](const std::string& text) {
    absl::StrAppend(&lines, time, "  ", text, "\n");
  };
  if (event.stale() != stale_) {
    stale_ = event.stale();
    add(stale_ ? "CÓ THỂ CHƯA CẬP NHẬT từ lúc này: dịch vụ chấm điểm mất kết nối với dịch vụ tiếp "
                 "nhận kết quả."
               : "Đã kết nối lại với dịch vụ tiếp nhận kết quả: số liệu cập nhật.");
  }
  switch (event.event_case()) {
    case WatchRankingsResponse::kRanking: {
      const Ranking& ranking = event.ranking().ranking();
      Known& known = known_[PeriodOf(ranking)];
      known.shown_again = true;
      known.title = TitleOf(ranking);
      if (known.revision == ranking.revision()) break;
      known.revision = ranking.revision();
      add(absl::StrCat(known.title, " · ", StandText(ranking), " · phiên bản ", known.revision));
      break;
    }
    case WatchRankingsResponse::kRemoved:
      lines += Gone(event.removed(), time);
      break;
    case WatchRankingsResponse::kSnapshotEnd: {
      std::vector<std::string> gone;
      for (const auto& [period, known] : known_) {
        if (!known.shown_again) gone.push_back(period);
      }
      for (const std::string& period : gone) lines += Gone(period, time);
      if (begun_) break;
      begun_ = true;
      add(absl::StrCat("Đang theo dõi ", known_.size(), " bảng xếp hạng; chờ thay đổi."));
      break;
    }
    default:
      break;
  }
  return Shown(lines);
}

std::string RankingNews::Gone(const std::string& period, absl::string_view time) {
  const auto known = known_.find(period);
  if (known == known_.end()) return "";
  const std::string title = known->second.title;
  known_.erase(known);
  return absl::StrCat(time, "  ", title, " · KHÔNG CÒN HIỂN THỊ (", period, ")\n");
}

void RankingNews::StartOver() {
  for (auto& [period, known] : known_) known.shown_again = false;
}

}  // namespace thidua::cli
