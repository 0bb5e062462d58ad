#include "services/cli/import_page.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/pages.h"
#include "services/cli/table.h"
#include "services/sheets/table.h"

namespace thidua::cli {
namespace {

using result_files::FieldOfFault;
using result_files::HeaderOf;
using result_files::PassedOver;
using result_files::ResultColumns;
using result_files::ResultField;
using results::v1::Import;
using results::v1::ImportOutcome;
using results::v1::RowFault;
using results::v1::RowOutcome;

absl::string_view TitleOf(const Import& import) {
  if (import.state() == Import::STATE_RECEIVING) return "ĐANG NHẬN";
  return import.state() == Import::STATE_STORED ? "ĐÃ LƯU" : "DỰ KIẾN NHẬP · chưa lưu gì";
}

// The cell of the fault, in the row of `place`: "Kết quả!B17" and column 3 are "Kết quả!D17".
std::string CellOf(const std::string& place, std::optional<int> column) {
  size_t digits = place.size();
  while (digits > 0 && absl::ascii_isdigit(place[digits - 1])) --digits;
  int64_t row = 0;
  if (!column.has_value() || !absl::SimpleAtoi(place.substr(digits), &row)) return place;
  const size_t mark = place.rfind('!');
  const std::string sheet = mark == std::string::npos ? "" : place.substr(0, mark);
  return absl::StrCat(sheet, sheet.empty() ? "" : "!", sheets::ColumnLetters(*column), row);
}

std::string FieldInWords(const std::string& path) {
  const std::optional<ResultField> field = FieldOfFault(path);
  // A row that names its target in words has no code to mend.
  if (field == ResultField::kTargetCode) return std::string(HeaderOf(ResultField::kTarget));
  return field.has_value() ? std::string(HeaderOf(*field)) : path;
}

// The figure that was there before.
std::string FigureOf(const results::v1::Result& result) {
  if (!result.actual().text().empty()) return result.actual().text();
  if (!result.actual().value().empty()) return VietnameseNumber(result.actual().value());
  if (!result.stated_percent().value().empty()) {
    return absl::StrCat(VietnameseNumber(result.stated_percent().value()), "%");
  }
  return "không có số";
}

std::string Counted(const std::vector<std::pair<int64_t, absl::string_view>>& counts) {
  std::vector<std::string> told;
  for (const auto& [count, what] : counts) {
    if (count > 0) told.push_back(absl::StrCat(count, " ", what));
  }
  return absl::StrJoin(told, ", ");
}

}  // namespace

std::string ImportSummary(const Import& import, const PassedOver& passed_over,
                          const std::vector<std::string>& unknown_columns, int width) {
  Table table({{"Số dòng", Align::kRight}, {"Thành"}});
  const results::v1::ImportCounts& counts = import.counts();
  const std::pair<int64_t, const char*> lines[] = {
      {counts.created(), "thêm mới"},    {counts.updated(), "sửa"},
      {counts.unchanged(), "không đổi"}, {counts.rejected(), "bị từ chối"},
      {counts.warned(), "có cảnh báo"},  {counts.ambiguous(), "có số dễ đọc nhầm"},
  };
  for (const auto& [count, what] : lines) table.Add({absl::StrCat(count), what});
  std::string page = absl::StrCat(TitleOf(import), " · ", import.name(), "\n",
                                  import.period().empty() ? "Kỳ ghi ở từng dòng" : import.period(),
                                  "\n\n", table.Print(width));
  const std::string passed = Counted({{passed_over.without_figure, "dòng chưa có số liệu"},
                                      {passed_over.not_confirmed, "dòng chưa xác nhận"}});
  if (!passed.empty()) absl::StrAppend(&page, "\nKhông gửi: ", passed, ".\n");
  if (!unknown_columns.empty()) {
    absl::StrAppend(&page, "\nCột không đọc: “", absl::StrJoin(unknown_columns, "”, “"), "”.\n");
  }
  return page;
}

std::string OutcomesPage(const std::vector<ImportOutcome>& outcomes, const ResultColumns& columns,
                         int width) {
  Table table({{"Chỗ"}, {"Cột"}, {"Điều cần xem"}, {"Có thể là"}});
  for (const ImportOutcome& outcome : outcomes) {
    const RowOutcome& row = outcome.outcome();
    if (row.kind() == RowOutcome::KIND_UPDATED) {
      table.Add({outcome.place(), std::string(HeaderOf(ResultField::kActual)),
                 absl::StrCat("Sửa số đã báo cáo, trước đây là ", FigureOf(row.before()), "."),
                 ""});
    }
    const auto add = [&](absl::string_view kind, const RowFault& fault) {
      table.Add({CellOf(outcome.place(), columns.OfFault(fault.field())),
                 FieldInWords(fault.field()), absl::StrCat(kind, fault.message()),
                 fault.suggestion()});
    };
    for (const RowFault& fault : row.faults()) add("TỪ CHỐI: ", fault);
    for (const RowFault& warning : row.warnings()) add("", warning);
  }
  return table.empty() ? "" : table.Print(width);
}

std::string Sentences(const google::protobuf::RepeatedPtrField<RowFault>& faults) {
  return absl::StrJoin(faults, " ", [](std::string* out, const RowFault& fault) {
    absl::StrAppend(out, fault.message());
    if (!fault.suggestion().empty()) {
      absl::StrAppend(out, " (Có thể là: ", fault.suggestion(), ")");
    }
  });
}

}  // namespace thidua::cli
