#include "services/sheets/xlsx_reader.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "services/domain/date.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/sheets/container.h"
#include "services/sheets/workbook.h"
#include "services/sheets/xml_stream.h"

namespace thidua::sheets {
namespace {

using domain::Fault;

constexpr int kExcelColumnsMax = 16'384;

// "B17": the column and the row; -1 for what is no reference.
std::pair<int, int64_t> ReadReference(absl::string_view reference) {
  size_t letters = 0;
  while (letters < reference.size() &&
         absl::ascii_isalpha(static_cast<unsigned char>(reference[letters]))) {
    ++letters;
  }
  const absl::optional<int> column = ReadColumnLetters(reference.substr(0, letters));
  int64_t row = 0;
  if (!column.has_value() || !absl::SimpleAtoi(reference.substr(letters), &row)) return {-1, -1};
  return {*column, row};
}

// "2019-06-30T00:00:00": how strict workbooks may write a date.
absl::optional<std::string> ReadIsoDate(absl::string_view text) {
  const auto date = domain::ParseDate(text.substr(0, text.find('T')));
  if (!date.ok()) return absl::nullopt;
  return absl::StrFormat("%02d/%02d/%04d", date->day(), date->month(), date->year());
}

// Puts together one row at a time.
class RowHandler : public XmlHandler {
 public:
  RowHandler(std::string sheet, Workbook workbook)
      : sheet_(std::move(sheet)), workbook_(std::move(workbook)) {}

  absl::Status Begin(absl::string_view element, const XmlAttributes& attributes) override {
    if (element == "row") return BeginRow(attributes);
    if (!in_row_) return absl::OkStatus();
    if (element == "c") return BeginCell(attributes);
    if (!in_cell_) return absl::OkStatus();
    if (element == "f") has_formula_ = true;
    if (element == "v" && std::exchange(has_value_, true)) return DamagedHere("ô có hai giá trị");
    if (element == "rPh") in_phonetic_ = true;
    in_text_ = element == "v" || (element == "t" && !in_phonetic_);
    return absl::OkStatus();
  }

  absl::StatusOr<bool> End(absl::string_view element) override {
    in_text_ = false;
    if (element == "rPh") in_phonetic_ = false;
    if (element == "c" && in_cell_) RETURN_IF_ERROR(EndCell());
    if (element != "row") return false;
    in_row_ = false;
    return !row_.cells.empty();
  }

  absl::Status Text(absl::string_view text) override {
    if (!in_text_) return absl::OkStatus();
    absl::StrAppend(&text_, text);
    if (text_.size() <= kCellBytesMax) return absl::OkStatus();
    return FaultHere("CELL_TOO_LONG", absl::StrCat("Ô dài quá ", kCellBytesMax, " byte."));
  }

  Row& row() { return row_; }
  const std::string& sheet() const { return sheet_; }

 private:
  absl::Status FaultHere(const char* reason, std::string message) const {
    return Fault{CellReference(sheet_, row_.number, column_), reason, std::move(message)}
        .ToStatus();
  }
  absl::Status DamagedHere(absl::string_view why) const {
    return domain::UnderPath(CellReference(sheet_, row_.number, column_), Damaged(why));
  }

  absl::Status BeginRow(const XmlAttributes& attributes) {
    // No table has that, and what the outer one holds would be lost, or told twice.
    if (in_row_) return Damaged(absl::StrCat("dòng ", row_.number, " có dòng khác bên trong"));
    int64_t number = row_.number + 1;
    if (const auto given = attributes.Find("r"); given.has_value()) {
      if (!absl::SimpleAtoi(*given, &number)) return Damaged("số dòng");
      if (number <= row_.number) return Damaged(absl::StrCat("dòng ", number, " sai thứ tự"));
    }
    if (number > kRowsMax) {
      return Fault{absl::StrCat(sheet_, "!", number), "TOO_MANY_ROWS",
                   absl::StrCat("Trang tính có quá ", kRowsMax, " dòng.")}
          .ToStatus();
    }
    row_.number = number;
    row_.cells.clear();
    column_ = -1;
    in_row_ = true;
    return absl::OkStatus();
  }

  absl::Status BeginCell(const XmlAttributes& attributes) {
    if (in_cell_) return DamagedHere("ô có ô khác bên trong");
    in_cell_ = true;
    const int least = ++column_;
    if (const auto reference = attributes.Find("r"); reference.has_value()) {
      const auto [given, row] = ReadReference(*reference);
      if (given < least || row != row_.number) return DamagedHere("ô sai thứ tự");
      column_ = given;
    }
    if (column_ >= kExcelColumnsMax) return DamagedHere("quá nhiều cột");
    type_ = std::string(attributes.Find("t").value_or("n"));
    size_t style = 0;
    if (const auto given = attributes.Find("s"); given.has_value()) {
      if (!absl::SimpleAtoi(*given, &style)) return DamagedHere("định dạng");
    }
    format_ = style < workbook_.formats.size() ? workbook_.formats[style] : NumberFormat();
    text_.clear();
    has_formula_ = has_value_ = in_phonetic_ = false;
    return absl::OkStatus();
  }

  absl::Status EndCell() {
    in_cell_ = false;
    if (has_formula_ && !has_value_) {
      return FaultHere(
          "FORMULA_WITHOUT_VALUE",
          "Ô có công thức chưa được tính; hãy mở bằng Excel, lưu lại rồi gửi lại tệp.");
    }
    Cell cell;
    RETURN_IF_ERROR(ReadCell(cell));
    if (cell.empty() || cell.text.empty()) return absl::OkStatus();
    if (column_ >= kColumnsMax) {
      return FaultHere("TOO_MANY_COLUMNS",
                       absl::StrCat("Trang tính có quá ", kColumnsMax, " cột."));
    }
    row_.cells.resize(static_cast<size_t>(column_) + 1);
    row_.cells.back() = std::move(cell);
    return absl::OkStatus();
  }

  absl::Status ReadCell(Cell& cell) {
    const absl::string_view value = absl::StripAsciiWhitespace(text_);
    if (type_ == "inlineStr" || type_ == "str") {
      cell = {CellKind::kText, Unescaped(text_)};
    } else if (value.empty()) {
      return absl::OkStatus();
    } else if (type_ == "s") {
      size_t number = 0;
      if (!absl::SimpleAtoi(value, &number)) return DamagedHere("số hiệu chuỗi");
      const auto text = workbook_.strings.Find(number);
      if (!text.has_value()) return DamagedHere("thiếu chuỗi");
      cell = {CellKind::kText, std::string(*text)};
    } else if (type_ == "b") {
      cell = {CellKind::kBoolean, value == "1" || value == "true" ? "TRUE" : "FALSE"};
    } else if (type_ == "e") {
      cell = {CellKind::kError, std::string(value)};
    } else if (type_ == "d") {
      const auto date = ReadIsoDate(value);
      if (!date.has_value()) return DamagedHere("ngày");
      cell = {CellKind::kDate, *date};
    } else if (type_ == "n") {
      return ReadNumber(value, cell);
    } else {
      return DamagedHere("kiểu ô");
    }
    return absl::OkStatus();
  }

  absl::Status ReadNumber(absl::string_view value, Cell& cell) {
    absl::optional<std::string> machine = MachineDecimal(value);
    if (!machine.has_value()) return DamagedHere("số");
    switch (format_.kind) {
      case NumberFormat::Kind::kPercent:
        cell = {CellKind::kPercent, DisplayedPercent(*machine, format_)};
        return absl::OkStatus();
      case NumberFormat::Kind::kDate:
      case NumberFormat::Kind::kTime:
        // What is no day of Excel's calendar shows as "####"; the number is told instead.
        if (const auto date = DisplayedDate(*machine, format_, workbook_.since_1904);
            date.has_value()) {
          cell = {CellKind::kDate, *date};
          return absl::OkStatus();
        }
        break;
      case NumberFormat::Kind::kNumber:
        break;
    }
    cell = {CellKind::kNumber, *std::move(machine)};
    return absl::OkStatus();
  }

  const std::string sheet_;
  const Workbook workbook_;
  Row row_;
  bool in_row_ = false, in_cell_ = false;
  // Of the cell being read.
  int column_ = -1;
  std::string type_;
  NumberFormat format_;
  std::string text_;
  bool has_formula_ = false, has_value_ = false, in_text_ = false, in_phonetic_ = false;
};

class XlsxReader : public TableReader {
 public:
  XlsxReader(std::unique_ptr<Container> container, std::string sheet, Workbook workbook,
             std::unique_ptr<Part> part)
      : container_(std::move(container)),
        handler_(std::move(sheet), std::move(workbook)),
        stream_(std::move(part), handler_) {}

  absl::StatusOr<bool> Next(Row& row) override {
    ASSIGN_OR_RETURN(const bool read, stream_.Run());
    if (!read) return false;
    row.number = handler_.row().number;
    std::swap(row.cells, handler_.row().cells);
    return true;
  }
  const std::string& sheet() const override { return handler_.sheet(); }
  double progress() const override { return stream_.progress(); }

 private:
  const std::unique_ptr<Container> container_;
  RowHandler handler_;
  XmlStream stream_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TableReader>> OpenXlsx(const TableSource& source,
                                                      const ReadOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Container> container,
                   Container::Open(source, options.piece_bytes));
  ASSIGN_OR_RETURN(Workbook workbook, ReadWorkbook(*container));
  ASSIGN_OR_RETURN(const Workbook::Sheet* sheet, workbook.FindSheet(options.sheet));
  ASSIGN_OR_RETURN(std::unique_ptr<Part> part, container->OpenPart(sheet->part));
  std::string name = sheet->name;
  return std::make_unique<XlsxReader>(std::move(container), std::move(name), std::move(workbook),
                                      std::move(part));
}

}  // namespace thidua::sheets
