#include "services/cli/pages.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "services/cli/table.h"
#include "services/domain/date.h"
#include "services/domain/decimal.h"
#include "services/domain/vietnamese_number.h"
#include "services/messages/instant.h"

namespace thidua::cli {
namespace {

using scoring::v1::RankingRow;
using scoring::v1::ReviewLine;

constexpr std::pair<ReviewLine::Standing, const char*> kGroups[] = {
    {ReviewLine::STANDING_REACHED, "ĐẠT CHỈ TIÊU NĂM"},
    {ReviewLine::STANDING_ON_PACE, "ĐÚNG TIẾN ĐỘ"},
    {ReviewLine::STANDING_BEHIND, "CHẬM TIẾN ĐỘ"},
    {ReviewLine::STANDING_NOT_REPORTED, "CHƯA BÁO CÁO"},
    {ReviewLine::STANDING_NOT_COMPUTABLE,
     "KHÔNG TÍNH ĐƯỢC (không có chỉ tiêu đăng ký để đối chiếu)"},
    {ReviewLine::STANDING_INFORMATIONAL, "THÔNG TIN (không tính điểm)"},
    {ReviewLine::STANDING_NOT_ASSIGNED, "KHÔNG ĐƯỢC GIAO"},
    {ReviewLine::STANDING_VOIDED, "ĐÃ ĐƯA RA KHỎI GIAO ƯỚC"},
};

std::string AsStated(ReviewLine::Standing standing) {
  switch (standing) {
    case ReviewLine::STANDING_REACHED:
      return "đạt chỉ tiêu năm";
    case ReviewLine::STANDING_ON_PACE:
      return "đúng tiến độ";
    case ReviewLine::STANDING_BEHIND:
      return "chậm tiến độ";
    default:
      return "–";
  }
}

bool AnyMissing(const scoring::v1::MidYearReview& review, ReviewLine::Standing standing) {
  return std::any_of(review.lines().begin(), review.lines().end(), [&](const ReviewLine& line) {
    return line.standing() == standing && !line.missing_sentence().empty();
  });
}

std::string StaleNote(bool stale) { return stale ? kStaleNote : ""; }

std::string RankText(int rank, bool shared) {
  if (rank == 0) return "–";
  return absl::StrCat(rank, shared ? "=" : "");
}

// A line within the width; what does not fit goes on below its words, not below its mark.
std::string Hanging(absl::string_view line, int width) {
  const size_t indent = std::min(line.find_first_not_of(' '), line.size());
  absl::string_view words = line.substr(indent);
  absl::string_view mark;
  for (const absl::string_view one : {"- ", "• "}) {
    if (absl::StartsWith(words, one)) mark = one;
  }
  words.remove_prefix(mark.size());
  const std::string margin(indent, ' ');
  std::string hanging, before = margin + std::string(mark);
  for (const std::string& part : Wrap(words, width - static_cast<int>(indent) - 2)) {
    absl::StrAppend(&hanging, before, part, "\n");
    before = margin + "  ";
  }
  return hanging;
}

}  // namespace

std::string PrintInstant(const google::protobuf::Timestamp& instant) {
  const absl::Time time = messages::ReadInstant(instant);
  const absl::TimeZone vietnam = domain::VietnamTime();
  return absl::StrCat(domain::PrintDate(absl::ToCivilDay(time, vietnam)), " ",
                      absl::FormatTime("%H:%M:%S", time, vietnam));
}

std::string Shown(const std::string& page) {
  std::string shown;
  for (size_t i = 0; i < page.size(); ++i) {
    const auto byte = static_cast<unsigned char>(page[i]);
    const bool c1 =
        byte == 0xC2 && i + 1 < page.size() && static_cast<unsigned char>(page[i + 1]) < 0xA0;
    if ((byte < 0x20 && byte != '\n') || byte == 0x7F || c1) {
      shown += "\uFFFD";
      i += c1 ? 1 : 0;
    } else {
      shown += page[i];
    }
  }
  return shown;
}

std::string VietnameseNumber(absl::string_view machine) {
  const size_t mark = machine.find('.');
  if (mark != absl::string_view::npos) {
    machine = machine.substr(0, machine.find_last_not_of('0') + 1);
    if (machine.size() == mark + 1) machine = machine.substr(0, mark);
  }
  const absl::StatusOr<domain::Decimal> decimal = domain::Decimal::Parse(machine);
  return decimal.ok() ? domain::PrintNumber(*decimal) : std::string(machine);
}

std::string ReviewPage(const scoring::v1::GetMidYearReviewResponse& response, int width) {
  const scoring::v1::MidYearReview& review = response.review();
  std::string page = absl::StrCat(
      "SƠ KẾT · ", review.bloc_display_name(), " · ", review.period_display_name(),
      "\nMốc tiến độ: ", VietnameseNumber(review.pace_percent()), "% chỉ tiêu năm. Số liệu lúc ",
      PrintInstant(review.data_time()), ".\n", StaleNote(response.stale()));
  for (const auto& [standing, title] : kGroups) {
    const bool stated = standing == ReviewLine::STANDING_NOT_COMPUTABLE;
    const bool missing = AnyMissing(review, standing);
    std::vector<Column> columns = {{"Đơn vị"}, {"Chỉ tiêu"}, {"Kết quả"}};
    if (stated) columns.push_back({"Theo số đơn vị nêu"});
    if (missing) columns.push_back({"Còn thiếu"});
    Table table(columns);
    int lines = 0;
    for (const ReviewLine& line : review.lines()) {
      if (line.standing() != standing) continue;
      std::vector<std::string> cells = {line.unit_display_name(), line.target().display_name(),
                                        line.sentence()};
      if (stated) cells.push_back(AsStated(line.standing_as_stated()));
      if (missing) cells.push_back(line.missing_sentence());
      table.Add(std::move(cells));
      ++lines;
    }
    if (lines > 0) absl::StrAppend(&page, "\n", title, ": ", lines, "\n\n", table.Print(width));
  }
  return Shown(page);
}

std::string RankingPage(const scoring::v1::GetRankingResponse& response, int width) {
  const scoring::v1::Ranking& ranking = response.ranking();
  const bool is_final = ranking.state() == scoring::v1::Ranking::STATE_FINAL;
  const bool is_revoked = response.record().state() == scoring::v1::FinalRecord::STATE_REVOKED;
  const char* state = is_revoked ? "ĐÃ THU HỒI" : is_final ? "CHÍNH THỨC" : "TẠM TÍNH";
  std::string page =
      absl::StrCat("XẾP HẠNG ", state, " · ", ranking.bloc_display_name(), " · ",
                   ranking.period_display_name(), "\n", StaleNote(response.stale()), "\n");
  const bool has_classes =
      std::any_of(ranking.rows().begin(), ranking.rows().end(),
                  [](const RankingRow& row) { return !row.class_id().empty(); });
  std::vector<Column> columns = {{"Hạng", Align::kRight},           {"Đơn vị"},
                                 {"Điểm", Align::kRight},           {"Thưởng", Align::kRight},
                                 {"Điểm được giao", Align::kRight}, {"% đạt", Align::kRight}};
  if (has_classes) columns.push_back({"Xếp loại"});
  Table table(columns);
  Table reasons({{"Hạng", Align::kRight}, {"Đơn vị"}, {"Vì sao"}});
  for (const RankingRow& row : ranking.rows()) {
    std::vector<std::string> cells = {
        RankText(row.rank(), row.shared()),      row.unit_display_name(),
        VietnameseNumber(row.points()),          VietnameseNumber(row.bonus()),
        VietnameseNumber(row.assigned_points()), VietnameseNumber(row.percent_of_assigned())};
    if (has_classes) cells.push_back(row.class_id().empty() ? "–" : row.class_display_name());
    table.Add(std::move(cells));
    reasons.Add({RankText(row.rank(), row.shared()), row.unit_display_name(), row.reason()});
  }
  absl::StrAppend(&page, table.Print(width), "\n", reasons.Print(width), "\n");
  for (const std::string& note : ranking.notes()) {
    page += Hanging(absl::StrCat("• ", note), width);
  }
  absl::StrAppend(&page, "\nPhiên bản ", ranking.revision(), ", số liệu lúc ",
                  PrintInstant(ranking.data_time()), "\n");
  return Shown(page);
}

std::string ScorecardPage(const scoring::v1::GetScorecardResponse& response, int width) {
  std::string page = StaleNote(response.stale());
  const absl::string_view text = absl::StripSuffix(response.scorecard().text(), "\n");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) page += Hanging(line, width);
  return Shown(page);
}

}  // namespace thidua::cli
