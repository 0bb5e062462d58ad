#include "services/result_files/result_columns.h"

#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"
#include "services/domain/folded_text.h"
#include "services/domain/identifier.h"

namespace thidua::result_files {
namespace {

using domain::Fault;

struct Header {
  ResultField field;
  absl::string_view title;
  std::vector<absl::string_view> folded;  // It and its synonyms, as FoldedWords answers them.
};

const std::vector<Header>& Headers() {
  static const auto* const headers = new std::vector<Header>{
      {ResultField::kTargetCode, "Mã chỉ tiêu", {"mã chỉ tiêu"}},
      {ResultField::kUnit, "Đơn vị", {"đơn vị", "tên đơn vị", "cơ quan", "cơ quan đơn vị"}},
      {ResultField::kTarget,
       "Chỉ tiêu",
       {"chỉ tiêu", "tên chỉ tiêu", "nội dung chỉ tiêu", "chỉ tiêu thi đua"}},
      {ResultField::kActual, "Kết quả", {"kết quả", "thực hiện", "kết quả thực hiện"}},
      {ResultField::kPercent,
       "Tỷ lệ",
       {"tỷ lệ", "tỉ lệ", "đạt tỷ lệ", "đạt tỉ lệ", "đạt", "tỷ lệ đạt", "tỉ lệ đạt"}},
      {ResultField::kMeasure, "Đơn vị tính", {"đơn vị tính", "đvt"}},
      {ResultField::kNote, "Ghi chú", {"ghi chú"}},
      {ResultField::kExplanation, "Giải trình", {"giải trình"}},
      {ResultField::kEvidence, "Minh chứng", {"minh chứng"}},
      {ResultField::kAcknowledged, "Cảnh báo đã xem", {"cảnh báo đã xem"}},
      {ResultField::kCorrectionReason,
       "Lý do sửa",
       {"lý do sửa", "lí do sửa", "lý do điều chỉnh", "lí do điều chỉnh"}},
      {ResultField::kPeriod, "Kỳ", {"kỳ", "kỳ báo cáo"}},
      {ResultField::kConfirmed, "Xác nhận", {"xác nhận"}},
  };
  return *headers;
}

std::optional<ResultField> FieldOf(absl::string_view title) {
  const std::string folded = domain::FoldedWords(title);
  for (const Header& header : Headers()) {
    for (const absl::string_view known : header.folded) {
      if (known == folded) return header.field;
    }
  }
  return std::nullopt;
}

// Known, and not read: they help people, and say nothing that is reported.
bool IsPassedOver(absl::string_view title) {
  static const auto* const titles =
      new std::set<std::string>{"",
                                "stt",
                                "tt",
                                "nguồn",
                                domain::FoldedWords(kRemarksHeader),
                                domain::FoldedWords(kYearTargetHeader)};
  return titles->contains(domain::FoldedWords(title));
}

std::string PlaceOf(const sheets::Row& row) { return absl::StrCat("dòng ", row.number); }

std::string Found(const sheets::Row& header) {
  std::vector<std::string> titles;
  for (size_t i = 0; i < header.cells.size(); ++i) {
    if (header.cells[i].empty()) continue;
    titles.push_back(absl::StrCat(sheets::ColumnLetters(static_cast<int>(i)), " “",
                                  domain::Excerpt(header.cells[i].text), "”"));
  }
  return titles.empty() ? "không có cột nào" : absl::StrJoin(titles, ", ");
}

Fault ColumnsInvalid(std::string message) {
  return {"columns", "COLUMNS_INVALID", std::move(message)};
}

std::vector<Fault> MissingOf(const ColumnsByField& columns, const sheets::Row& header) {
  std::vector<absl::string_view> missing;
  const bool named =
      columns.contains(ResultField::kTargetCode) ||
      (columns.contains(ResultField::kUnit) && columns.contains(ResultField::kTarget));
  if (!named && !columns.contains(ResultField::kUnit)) missing.push_back("“Đơn vị”");
  if (!named && !columns.contains(ResultField::kTarget)) missing.push_back("“Chỉ tiêu”");
  if (!columns.contains(ResultField::kActual) && !columns.contains(ResultField::kPercent)) {
    missing.push_back("“Kết quả” hoặc “Tỷ lệ”");
  }
  if (missing.empty()) return {};
  return {{PlaceOf(header), "COLUMN_MISSING",
           absl::StrCat("Bảng thiếu cột ", absl::StrJoin(missing, ", "),
                        "; đã tìm thấy: ", Found(header), ".")}};
}

}  // namespace

absl::string_view HeaderOf(ResultField field) {
  for (const Header& header : Headers()) {
    if (header.field == field) return header.title;
  }
  return "";
}

absl::StatusOr<ColumnsByField> ReadColumnsFlag(absl::string_view text) {
  ColumnsByField columns;
  std::vector<Fault> faults;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    const std::pair<absl::string_view, absl::string_view> told =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    const std::optional<ResultField> field = FieldOf(told.first);
    const auto column = sheets::ReadColumnLetters(absl::StripAsciiWhitespace(told.second));
    if (!field.has_value()) {
      faults.push_back(ColumnsInvalid(absl::StrCat(
          "Không biết cột “", domain::Excerpt(told.first), "”; các cột: ",
          absl::StrJoin(
              Headers(), ", ",
              [](std::string* out, const Header& header) { absl::StrAppend(out, header.title); }),
          ".")));
    } else if (!column.has_value()) {
      faults.push_back(ColumnsInvalid(absl::StrCat("Sau “", domain::Excerpt(told.first),
                                                   "=” phải là chữ cái của cột như D, không phải “",
                                                   domain::Excerpt(told.second), "”.")));
    } else if (!columns.emplace(*field, *column).second) {
      faults.push_back(ColumnsInvalid(absl::StrCat("Cột “", HeaderOf(*field), "” ghi hai lần.")));
    }
  }
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return columns;
}

std::optional<int> ResultColumns::Find(ResultField field) const {
  const auto found = columns.find(field);
  return found == columns.end() ? std::nullopt : std::optional<int>(found->second);
}

std::optional<ResultField> FieldOfFault(absl::string_view path) {
  static constexpr std::pair<absl::string_view, ResultField> kFields[] = {
      {"row.actual.measure", ResultField::kMeasure},
      {"row.actual", ResultField::kActual},
      {"row.stated_percent", ResultField::kPercent},
      {"row.unit_text", ResultField::kUnit},
      {"row.target_text", ResultField::kTarget},
      {"row.target", ResultField::kTargetCode},
      {"row.note", ResultField::kNote},
      {"row.correction_reason", ResultField::kCorrectionReason},
      {"row.explanation", ResultField::kExplanation},
      {"row.evidence", ResultField::kEvidence},
      {"row.acknowledged_warnings", ResultField::kAcknowledged},
      {"period", ResultField::kPeriod},
  };
  for (const auto& [prefix, field] : kFields) {
    if (absl::StartsWith(path, prefix)) return field;
  }
  return std::nullopt;
}

std::optional<int> ResultColumns::OfFault(absl::string_view path) const {
  const std::optional<ResultField> field = FieldOfFault(path);
  if (!field.has_value()) return std::nullopt;
  // A target that was told in words is at fault where its words stand.
  if (*field == ResultField::kTargetCode && !columns.contains(*field)) {
    return Find(ResultField::kTarget);
  }
  return Find(*field);
}

int CountHeaders(const sheets::Row& row) {
  std::set<ResultField> fields;
  for (const sheets::Cell& cell : row.cells) {
    if (const auto field = FieldOf(cell.text)) fields.insert(*field);
  }
  return static_cast<int>(fields.size());
}

absl::StatusOr<ResultColumns> ReadHeader(const sheets::Row& header, const ColumnsByField& told) {
  ResultColumns read;
  read.columns = told;
  std::set<int> taken;
  for (const auto& [field, column] : told) taken.insert(column);
  std::vector<Fault> faults;
  for (size_t i = 0; i < header.cells.size(); ++i) {
    const int column = static_cast<int>(i);
    const std::string& title = header.cells[i].text;
    if (taken.contains(column)) continue;
    const std::optional<ResultField> field = FieldOf(title);
    if (!field.has_value()) {
      if (!IsPassedOver(title)) read.unknown.push_back(title);
    } else if (told.contains(*field)) {
      read.unknown.push_back(title);  // Another column was told to be it.
    } else if (const auto [known, added] = read.columns.emplace(*field, column); !added) {
      faults.push_back({PlaceOf(header), "COLUMN_DOUBLED",
                        absl::StrCat("Cột ", sheets::ColumnLetters(known->second), " và cột ",
                                     sheets::ColumnLetters(column), " đều là “", HeaderOf(*field),
                                     "”: phải chỉ rõ nhập cột nào.")});
    }
  }
  for (Fault& fault : MissingOf(read.columns, header)) faults.push_back(std::move(fault));
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return read;
}

}  // namespace thidua::result_files
