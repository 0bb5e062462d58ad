#include "services/result_files/result_table.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"
#include "services/domain/folded_text.h"
#include "services/domain/return_if_error.h"
#include "services/result_files/file_fault.h"

namespace thidua::result_files {
namespace {

using domain::Fault;
using results::v1::ImportRow;
using results::v1::ResultRow;
using sheets::Cell;
using sheets::CellKind;
using type::v1::Quantity;

constexpr size_t kHeaderWithin = 20;
// A single one stands in titles too: "Đơn vị: Sở Y tế" does not, but a lone "Đơn vị" may.
constexpr int kHeadersMin = 2;

bool IsBlank(absl::string_view text) { return absl::StripAsciiWhitespace(text).empty(); }

// The row of "(1) (2) (3)" or "A B 1 2" under the header of an official form: letters and then
// numbers, each one after the other.
bool NumbersItsColumns(const sheets::Row& row) {
  constexpr int kCellsMin = 3;
  char letter = 'a';
  int number = 1;
  int cells = 0;
  for (const Cell& cell : row.cells) {
    if (IsBlank(cell.text)) continue;
    const std::string word = domain::FoldedWords(cell.text);
    if (word == absl::StrCat(number)) {
      ++number;
    } else if (number == 1 && word == std::string(1, letter)) {
      ++letter;
    } else {
      return false;
    }
    ++cells;
  }
  return cells >= kCellsMin;
}

// "blocs/khoi-4/pacts/2019" of a period's name, "" of anything else.
absl::string_view PactOf(absl::string_view period) {
  const size_t end = period.find("/periods/");
  return end == absl::string_view::npos ? absl::string_view() : period.substr(0, end);
}

// A full resource name as it is, an id with what goes before it.
std::string Completed(absl::string_view id, absl::string_view pact, absl::string_view collection) {
  id = absl::StripAsciiWhitespace(id);
  if (absl::StrContains(id, "/")) return std::string(id);
  return absl::StrCat(pact, "/", collection, "/", id);
}

void SetFigure(const Cell& cell, Quantity& quantity) {
  if (cell.kind == CellKind::kNumber) {
    quantity.set_value(cell.text);
  } else {
    quantity.set_text(std::string(absl::StripAsciiWhitespace(cell.text)));
  }
}

Quantity::State StateInWords(absl::string_view text) {
  const std::string folded = domain::FoldedWords(text);
  if (folded == "chưa báo cáo") return Quantity::STATE_NOT_REPORTED;
  if (folded == "không được giao") return Quantity::STATE_NOT_ASSIGNED;
  if (folded == "không tính được") return Quantity::STATE_NOT_COMPUTABLE;
  return Quantity::STATE_UNSPECIFIED;
}

bool IsMarked(absl::string_view text) {
  const std::string folded = domain::FoldedWords(text);
  return folded == "x" || folded == "có";
}

std::vector<absl::string_view> Separated(absl::string_view text) {
  return absl::StrSplit(text, absl::ByAnyChar("; \t\r\n"), absl::SkipEmpty());
}

}  // namespace

absl::StatusOr<std::unique_ptr<ResultTable>> ResultTable::Open(const ResultFile& file) {
  sheets::ReadOptions options;
  options.sheet = file.sheet;
  auto reader = sheets::OpenTable(file.bytes.has_value() ? sheets::TableSource::Bytes(*file.bytes)
                                                         : sheets::TableSource::File(file.path),
                                  options);
  if (!reader.ok()) return AboutTheFile(reader.status());
  std::unique_ptr<ResultTable> table(new ResultTable(file, *std::move(reader)));
  RETURN_IF_ERROR(AboutTheFile(table->FindHeader()));
  return table;
}

absl::Status ResultTable::FindHeader() {
  size_t best = 0;
  int most = 0;
  while (ahead_.size() < kHeaderWithin) {
    sheets::Row row;
    ASSIGN_OR_RETURN(const bool read, reader_->Next(row));
    if (!read) break;
    if (const int headers = CountHeaders(row); headers > most) {
      most = headers;
      best = ahead_.size();
    }
    ahead_.push_back(std::move(row));
  }
  sheets::Row header;
  if (most >= kHeadersMin || (most > 0 && !file_.columns.empty())) {
    header = std::move(ahead_[best]);
    ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  } else if (file_.columns.empty()) {
    return Fault{"", "HEADER_MISSING",
                 absl::StrCat("Không thấy dòng tiêu đề (Đơn vị, Chỉ tiêu, Kết quả…) trong ",
                              kHeaderWithin, " dòng đầu của bảng.")}
        .ToStatus();
  }
  ASSIGN_OR_RETURN(columns_, ReadHeader(header, file_.columns));
  for (const Cell& cell : header.cells) titles_.push_back(cell.text);
  widest_ = static_cast<int>(titles_.size());
  if (file_.period.empty() && !columns_.Find(ResultField::kPeriod).has_value()) {
    return Fault{"period", "PERIOD_REQUIRED",
                 "Bảng không có cột “Kỳ”: phải ghi rõ các dòng của kỳ nào."}
        .ToStatus();
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ResultTable::ReadRow(sheets::Row& row) {
  if (ahead_.empty()) {
    const absl::StatusOr<bool> read = reader_->Next(row);
    if (!read.ok()) return AboutTheFile(read.status());
    if (!*read) return false;
  } else {
    row = std::move(ahead_.front());
    ahead_.pop_front();
  }
  widest_ = std::max(widest_, static_cast<int>(row.cells.size()));
  return true;
}

absl::StatusOr<bool> ResultTable::NextRaw(sheets::Row& raw, std::optional<ImportRow>& row) {
  ASSIGN_OR_RETURN(const bool read, ReadRow(raw));
  if (!read) return false;
  const bool numbers_columns = std::exchange(at_first_, false) && NumbersItsColumns(raw);
  row = numbers_columns ? std::nullopt : Report(raw);
  return true;
}

absl::StatusOr<bool> ResultTable::Next(ImportRow& row) {
  while (true) {
    sheets::Row raw;
    std::optional<ImportRow> reported;
    ASSIGN_OR_RETURN(const bool read, NextRaw(raw, reported));
    if (!read) return false;
    if (!reported.has_value()) continue;
    row = *std::move(reported);
    return true;
  }
}

const std::string& ResultTable::Text(const sheets::Row& row, ResultField field) const {
  static const auto* const nothing = new std::string;
  const auto column = columns_.Find(field);
  if (!column.has_value() || static_cast<size_t>(*column) >= row.cells.size()) return *nothing;
  const std::string& text = row.cells[static_cast<size_t>(*column)].text;
  return IsBlank(text) ? *nothing : text;
}

std::optional<ImportRow> ResultTable::Report(const sheets::Row& raw) {
  const std::string& unit = Text(raw, ResultField::kUnit);
  if (!unit.empty()) unit_ = std::string(absl::StripAsciiWhitespace(unit));
  const std::string& code = Text(raw, ResultField::kTargetCode);
  const std::string& target = Text(raw, ResultField::kTarget);
  const std::string& actual = Text(raw, ResultField::kActual);
  const std::string& percent = Text(raw, ResultField::kPercent);
  const Quantity::State state = StateInWords(actual);
  if (code.empty() && target.empty() && actual.empty() && percent.empty()) return std::nullopt;
  if ((actual.empty() || state == Quantity::STATE_NOT_REPORTED) && percent.empty()) {
    ++passed_over_.without_figure;
    return std::nullopt;
  }
  if (columns_.Find(ResultField::kConfirmed).has_value() &&
      !IsMarked(Text(raw, ResultField::kConfirmed))) {
    ++passed_over_.not_confirmed;
    return std::nullopt;
  }

  ImportRow imported;
  ResultRow& row = *imported.mutable_row();
  const std::string& period = Text(raw, ResultField::kPeriod);
  if (!period.empty()) {
    imported.set_period(Completed(period, PactOf(file_.period), "periods"));
  }
  const std::string pact(PactOf(period.empty() ? file_.period : imported.period()));
  if (code.empty()) {
    row.set_unit_text(unit_);
    row.set_target_text(std::string(absl::StripAsciiWhitespace(target)));
  } else {
    row.set_target(Completed(code, pact, "targets"));
  }
  if (state == Quantity::STATE_UNSPECIFIED && !actual.empty()) {
    const auto column = static_cast<size_t>(*columns_.Find(ResultField::kActual));
    SetFigure(raw.cells[column], *row.mutable_actual());
  } else if (state != Quantity::STATE_NOT_REPORTED && !actual.empty()) {
    row.mutable_actual()->set_state(state);
  }
  // An empty figure has no measure of its own.
  if (row.has_actual()) {
    row.mutable_actual()->set_measure(
        std::string(absl::StripAsciiWhitespace(Text(raw, ResultField::kMeasure))));
  }
  if (!percent.empty()) {
    const auto column = static_cast<size_t>(*columns_.Find(ResultField::kPercent));
    SetFigure(raw.cells[column], *row.mutable_stated_percent());
  }
  row.set_note(Text(raw, ResultField::kNote));
  row.set_correction_reason(Text(raw, ResultField::kCorrectionReason));
  row.set_explanation(Text(raw, ResultField::kExplanation));
  for (const absl::string_view name : Separated(Text(raw, ResultField::kEvidence))) {
    row.add_evidence(Completed(name, pact, "evidence"));
  }
  for (const absl::string_view reason : Separated(Text(raw, ResultField::kAcknowledged))) {
    row.add_acknowledged_warnings(std::string(reason));
  }
  const int place =
      columns_.Find(actual.empty() ? ResultField::kPercent : ResultField::kActual).value_or(0);
  imported.set_place(sheets::CellReference(sheet(), raw.number, place));
  return imported;
}

}  // namespace thidua::result_files
