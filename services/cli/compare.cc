#include "services/cli/compare.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/cli/pages.h"
#include "services/cli/table.h"

namespace thidua::cli {
namespace {

using scoring::v1::ComparedPlace;
using scoring::v1::ComparedState;
using scoring::v1::RankingMoment;
using scoring::v1::UnitComparison;

const char* CauseName(scoring::v1::MoveCause cause) {
  switch (cause) {
    case scoring::v1::MOVE_CAUSE_SCHEME:
      return "Thang điểm";
    case scoring::v1::MOVE_CAUSE_PACT:
      return "Điều chỉnh giao ước";
    case scoring::v1::MOVE_CAUSE_OWN_RESULT:
      return "Kết quả của đơn vị";
    case scoring::v1::MOVE_CAUSE_CORRECTION:
      return "Sửa số liệu";
    case scoring::v1::MOVE_CAUSE_ASSESSMENT:
      return "Điểm chấm";
    case scoring::v1::MOVE_CAUSE_OTHERS:
      return "Điểm của đơn vị khác";
    case scoring::v1::MOVE_CAUSE_BLOC_BEST:
      return "Mức so sánh của khối";
    default:
      return "Nguyên nhân khác";
  }
}

// "+12,5", "-3", "0".
std::string Signed(const std::string& machine) {
  const std::string number = VietnameseNumber(machine);
  return number == "0" || absl::StartsWith(number, "-") ? number : absl::StrCat("+", number);
}

std::string RankOf(bool is_there, const ComparedPlace& place) {
  return !is_there || place.rank() == 0 ? "–" : absl::StrCat(place.rank());
}

std::string TotalOf(bool is_there, const ComparedPlace& place) {
  return is_there ? VietnameseNumber(place.total()) : "–";
}

std::string StateText(const ComparedState& state) {
  return absl::StrCat(
      state.period_display_name(), ", số liệu phiên bản ", state.period_version(), ", lúc ",
      PrintInstant(state.data_time()),
      state.revision().empty() ? "" : absl::StrCat(", kết quả chính thức ", state.revision()));
}

void AddWrapped(const std::string& text, int width, std::string& page) {
  bool first = true;
  for (const std::string& line : Wrap(text, width - 2)) {
    absl::StrAppend(&page, first ? "• " : "  ", line, "\n");
    first = false;
  }
}

}  // namespace

RankingMoment ReadMoment(absl::string_view word) {
  RankingMoment moment;
  const size_t at = word.find('@');
  moment.set_period(std::string(word.substr(0, at)));
  if (at == absl::string_view::npos) return moment;
  const absl::string_view when = word.substr(at + 1);
  if (int64_t version = 0; absl::SimpleAtoi(when, &version)) {
    moment.set_period_version(version);
  } else {
    moment.set_revision(std::string(when));
  }
  return moment;
}

std::string MovesText(const scoring::v1::RankingComparison& comparison, int width) {
  Table places({{"Đơn vị"},
                {"Hạng trước", Align::kRight},
                {"Hạng sau", Align::kRight},
                {"Điểm trước", Align::kRight},
                {"Điểm sau", Align::kRight},
                {"Thay đổi", Align::kRight}});
  Table reasons({{"Đơn vị"}, {"Vì sao"}});
  Table moves({{"Đơn vị"}, {"Nguyên nhân"}, {"Nội dung"}, {"Điểm", Align::kRight}});
  for (const UnitComparison& unit : comparison.units()) {
    places.Add({unit.unit_display_name(), RankOf(unit.has_before(), unit.before()),
                RankOf(unit.has_after(), unit.after()), TotalOf(unit.has_before(), unit.before()),
                TotalOf(unit.has_after(), unit.after()), Signed(unit.change())});
    reasons.Add({unit.unit_display_name(), unit.sentence()});
    for (const scoring::v1::PointsMove& move : unit.points_moves()) {
      moves.Add({unit.unit_display_name(), CauseName(move.cause()), move.display_name(),
                 Signed(move.points())});
    }
  }
  std::string text = absl::StrCat(places.Print(width), "\n", reasons.Print(width));
  if (!moves.empty()) absl::StrAppend(&text, "\n", moves.Print(width));
  if (comparison.best_moves_size() > 0) absl::StrAppend(&text, "\n");
  for (const scoring::v1::BestMove& move : comparison.best_moves()) {
    AddWrapped(move.sentence(), width, text);
  }
  absl::StrAppend(&text, "\n");
  for (const std::string& note : comparison.notes()) AddWrapped(note, width, text);
  return text;
}

std::string ComparisonPage(const scoring::v1::CompareRankingsResponse& response, int width) {
  const scoring::v1::RankingComparison& comparison = response.comparison();
  return Shown(absl::StrCat("SO SÁNH XẾP HẠNG\nTrước: ", StateText(comparison.before()),
                            "\nSau:   ", StateText(comparison.after()), "\n",
                            response.stale() ? kStaleNote : "", "\n",
                            MovesText(comparison, width)));
}

}  // namespace thidua::cli
