#include "services/cli/effort.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "services/cli/pages.h"
#include "services/cli/table.h"

namespace thidua::cli {
namespace {

using scoring::v1::ComparedPlace;
using scoring::v1::RequiredEffort;
using scoring::v1::RequiredFigure;

bool ReadGoal(absl::string_view goal, scoring::v1::GetRequiredEffortRequest& request) {
  if (goal == "target") {
    request.set_targets_met(true);
    return true;
  }
  if (absl::ConsumePrefix(&goal, "rank=")) {
    int rank = 0;
    if (!absl::SimpleAtoi(goal, &rank)) return false;
    request.set_rank(rank);
    return true;
  }
  if (absl::ConsumePrefix(&goal, "percent=")) {
    request.set_percent_of_assigned(absl::StrReplaceAll(goal, {{",", "."}}));
    return true;
  }
  if (absl::ConsumePrefix(&goal, "points=")) {
    request.set_total(absl::StrReplaceAll(goal, {{",", "."}}));
    return true;
  }
  return false;
}

std::vector<std::string> PlaceCells(const char* when, const ComparedPlace& place) {
  return {when, place.rank() == 0 ? "–" : absl::StrCat(place.rank()),
          VietnameseNumber(place.total()), VietnameseNumber(place.assigned_points()),
          VietnameseNumber(place.percent_of_assigned())};
}

}  // namespace

absl::StatusOr<scoring::v1::GetRequiredEffortRequest> ReadEffort(
    const std::vector<std::string>& words) {
  scoring::v1::GetRequiredEffortRequest request;
  request.set_period(words.at(0));
  request.set_unit(words.at(1));
  if (!ReadGoal(words.at(2), request)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "không hiểu “", words[2], "”: cần target, rank=HẠNG, percent=TỶ-LỆ hoặc points=ĐIỂM"));
  }
  if (words.size() > 3) {
    const std::string& period = words[0];
    request.set_target(
        absl::StrCat(period.substr(0, period.find("/periods/")), "/targets/", words[3]));
  }
  return request;
}

std::string EffortPage(const scoring::v1::GetRequiredEffortResponse& response, int width) {
  const RequiredEffort& effort = response.effort();
  std::string page = absl::StrCat("CẦN THÊM GÌ · ", effort.unit_display_name(), "\n",
                                  response.stale() ? kStaleNote : "", "\n");
  for (const std::string& line : Wrap(effort.sentence(), width)) {
    absl::StrAppend(&page, line, "\n");
  }
  Table figures({{"Chỉ tiêu"},
                 {"Hiện có", Align::kRight},
                 {"Cần đạt", Align::kRight},
                 {"Còn thiếu", Align::kRight},
                 {"Mỗi tháng", Align::kRight}});
  for (const RequiredFigure& figure : effort.figures()) {
    figures.Add(
        {figure.display_name(), figure.has_now() ? VietnameseNumber(figure.now().value()) : "–",
         VietnameseNumber(figure.needed().value()),
         figure.missing().empty() ? "–" : VietnameseNumber(figure.missing()),
         figure.missing_per_month().empty() ? "–" : VietnameseNumber(figure.missing_per_month())});
  }
  if (!figures.empty()) absl::StrAppend(&page, "\n", figures.Print(width));
  Table places({{""},
                {"Hạng", Align::kRight},
                {"Điểm", Align::kRight},
                {"Điểm được giao", Align::kRight},
                {"% đạt", Align::kRight}});
  places.Add(PlaceCells("Hiện nay", effort.now()));
  if (effort.has_then()) places.Add(PlaceCells("Khi đó", effort.then()));
  if (effort.has_with_step_less()) {
    places.Add(PlaceCells("Thiếu một bậc", effort.with_step_less()));
  }
  absl::StrAppend(&page, "\n", places.Print(width), "\n");
  for (const std::string& note : effort.notes()) {
    bool first = true;
    for (const std::string& line : Wrap(note, width - 2)) {
      absl::StrAppend(&page, first ? "• " : "  ", line, "\n");
      first = false;
    }
  }
  return Shown(page);
}

}  // namespace thidua::cli
