#include "services/portal/ranking_table.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/domain/date.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/sheets/table_writer.h"

namespace thidua::portal {
namespace {

using scoring::v1::ContentScore;
using scoring::v1::Ranking;
using scoring::v1::RankingRow;
using sheets::Cell;
using sheets::CellKind;
using sheets::MarkedCell;

constexpr double kNumberWidth = 12;
constexpr double kNameWidth = 36;
constexpr double kSentenceWidth = 80;
// Not assigned, or not assessed yet: no number, and no zero either.
constexpr char kNothing[] = "–";

Cell TextCell(absl::string_view text) {
  return {text.empty() ? CellKind::kEmpty : CellKind::kText, std::string(text)};
}

// "332.3000" is 332.3.
Cell NumberCell(absl::string_view machine) {
  if (machine.empty()) return TextCell(kNothing);
  if (absl::StrContains(machine, '.')) {
    machine = machine.substr(0, machine.find_last_not_of('0') + 1);
    if (absl::EndsWith(machine, ".")) machine.remove_suffix(1);
  }
  return {CellKind::kNumber, std::string(machine)};
}

// A column of the scheme's contents: points, or bonus.
struct ContentColumn {
  std::string criterion;
  std::string title;
  bool is_bonus = false;
};

bool AnyBonus(const Ranking& ranking, const std::string& criterion) {
  for (const RankingRow& row : ranking.rows()) {
    for (const ContentScore& content : row.contents()) {
      if (content.criterion_id() == criterion &&
          content.bonus().find_first_not_of("0.") != std::string::npos) {
        return true;
      }
    }
  }
  return false;
}

// In the scheme's order, which every row keeps; bonuses where there are any.
std::vector<ContentColumn> ContentColumns(const Ranking& ranking) {
  std::vector<ContentColumn> columns;
  for (const RankingRow& row : ranking.rows()) {
    for (const ContentScore& content : row.contents()) {
      const std::string& criterion = content.criterion_id();
      if (std::any_of(columns.begin(), columns.end(),
                      [&](const ContentColumn& column) { return column.criterion == criterion; })) {
        continue;
      }
      columns.push_back({criterion, content.display_name()});
      if (AnyBonus(ranking, criterion)) {
        columns.push_back({criterion, absl::StrCat(content.display_name(), " (thưởng)"), true});
      }
    }
  }
  return columns;
}

Cell ContentCell(const RankingRow& row, const ContentColumn& column) {
  for (const ContentScore& content : row.contents()) {
    if (content.criterion_id() != column.criterion) continue;
    if (!content.assigned()) break;
    return NumberCell(column.is_bonus ? content.bonus() : content.points());
  }
  return TextCell(kNothing);
}

std::string TitleOf(const scoring::v1::GetRankingResponse& response) {
  const Ranking& ranking = response.ranking();
  const bool revoked = response.record().state() == scoring::v1::FinalRecord::STATE_REVOKED;
  const bool is_final = ranking.state() == Ranking::STATE_FINAL;
  return absl::StrCat("XẾP HẠNG ",
                      revoked    ? "ĐÃ THU HỒI"
                      : is_final ? "CHÍNH THỨC"
                                 : "TẠM TÍNH",
                      " · ", ranking.bloc_display_name(), " · ", ranking.period_display_name());
}

std::vector<std::string> HeadingsOf(const scoring::v1::GetRankingResponse& response) {
  const Ranking& ranking = response.ranking();
  std::vector<std::string> headings = {TitleOf(response)};
  if (response.stale()) {
    headings.push_back(
        "CÓ THỂ CHƯA CẬP NHẬT: dịch vụ chấm điểm đang mất kết nối với dịch vụ tiếp nhận kết quả.");
  }
  headings.insert(headings.end(), ranking.notes().begin(), ranking.notes().end());
  const absl::Time data = messages::ReadInstant(ranking.data_time());
  const absl::TimeZone vietnam = domain::VietnamTime();
  headings.push_back(absl::StrCat("Phiên bản ", ranking.revision(), ", số liệu lúc ",
                                  absl::FormatTime("%H:%M:%S", data, vietnam), " ngày ",
                                  domain::PrintDate(absl::ToCivilDay(data, vietnam))));
  return headings;
}

}  // namespace

absl::Status WriteRankingTable(const scoring::v1::GetRankingResponse& response,
                               const std::string& path) {
  const Ranking& ranking = response.ranking();
  const std::vector<ContentColumn> contents = ContentColumns(ranking);
  const bool by_formula = ranking.key() == registry::v1::RankingRule::KEY_FORMULA;
  const bool has_classes =
      std::any_of(ranking.rows().begin(), ranking.rows().end(),
                  [](const RankingRow& row) { return !row.class_id().empty(); });

  sheets::TableLayout layout = {"Xếp hạng",
                                {{"Hạng", 8},
                                 {"Đơn vị", kNameWidth},
                                 {"Tổng điểm", kNumberWidth},
                                 {"Điểm", kNumberWidth},
                                 {"Điểm thưởng", kNumberWidth},
                                 {"Điểm được giao", kNumberWidth},
                                 {"% đạt", kNumberWidth}},
                                HeadingsOf(response)};
  if (by_formula) layout.columns.push_back({"Số để xếp hạng", kNumberWidth});
  for (const ContentColumn& content : contents) layout.columns.push_back({content.title, 18});
  if (has_classes) layout.columns.push_back({"Xếp loại", 24});
  layout.columns.push_back({"Vì sao", kSentenceWidth});

  ASSIGN_OR_RETURN(const auto writer, sheets::CreateTable(path, layout));
  for (const RankingRow& row : ranking.rows()) {
    std::vector<MarkedCell> cells;
    const auto add = [&cells](Cell cell) { cells.push_back({std::move(cell)}); };
    add(NumberCell(row.rank() == 0 ? "" : absl::StrCat(row.rank())));
    add(TextCell(row.unit_display_name()));
    add(NumberCell(row.total()));
    add(NumberCell(row.points()));
    add(NumberCell(row.bonus()));
    add(NumberCell(row.assigned_points()));
    add(NumberCell(row.percent_of_assigned()));
    if (by_formula) add(NumberCell(row.ranked_by()));
    for (const ContentColumn& content : contents) add(ContentCell(row, content));
    if (has_classes) add(TextCell(row.class_id().empty() ? kNothing : row.class_display_name()));
    add(TextCell(row.reason()));
    RETURN_IF_ERROR(writer->Add(cells));
  }
  return writer->Close();
}

}  // namespace thidua::portal
