// Tables of cells out of the files that offices send: XLSX workbooks and CSV texts, read as a
// stream.
//
//   ASSIGN_OR_RETURN(const auto table, OpenTable(TableSource::File("bao-cao.xlsx")));
//   Row row;
//   while (true) {
//     ASSIGN_OR_RETURN(const bool read, table->Next(row));
//     if (!read) break;
//     … row.cells[1].text …  CellReference(table->sheet(), row.number, 1)   // "Kết quả!B17"
//   }
//
// Memory stays flat however long the table is: one row, and of a workbook its shared strings. What
// a hostile or broken file can cost is bounded by the limits below, and told as a domain::Fault at
// its place ("Kết quả!B17", "dòng 12"). Reasons, INVALID_ARGUMENT unless said otherwise:
//   any file  FILE_NOT_FOUND (NOT_FOUND), FILE_UNREADABLE, FORMAT_UNKNOWN, TOO_MANY_ROWS,
//             TOO_MANY_COLUMNS, CELL_TOO_LONG
//   CSV       ENCODING_WINDOWS_1258, ENCODING_VNI, ENCODING_TCVN3, ENCODING_UTF16,
//   ENCODING_NOT_UTF8,
//             NUL_BYTE, QUOTE_UNCLOSED, QUOTE_MISPLACED
//   workbook  FORMAT_XLS, FORMAT_XLSB, FORMAT_ODS, FORMAT_HTML, WORKBOOK_ENCRYPTED,
//   WORKBOOK_DAMAGED,
//             WORKBOOK_TOO_LARGE, COMPRESSION_SUSPICIOUS, TOO_MANY_PARTS, XML_DOCTYPE,
//             XML_TOO_DEEP, XML_TOKEN_TOO_LARGE, STRINGS_TOO_LARGE, SHEET_UNKNOWN,
//             FORMULA_WITHOUT_VALUE
// After a fault or the end a reader answers nothing more of use. Not thread-safe; a reader each.
#ifndef THIDUA_SERVICES_SHEETS_TABLE_H_
#define THIDUA_SERVICES_SHEETS_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace thidua::sheets {

// As Excel has it, but for columns: no report is 256 columns wide, and a row is held whole.
inline constexpr int64_t kRowsMax = 1'048'576;
inline constexpr int kColumnsMax = 256;
inline constexpr size_t kCellBytesMax = 32'767 * 4;
// Of a workbook's shared strings, together.
inline constexpr size_t kStringsBytesMax = size_t{128} << 20;

enum class CellKind {
  kEmpty,
  kText,     // As typed: a figure in it is written the Vietnamese way ("17.893").
  kNumber,   // Machine form ("17893.5"): exact, or the 15 significant digits that Excel shows.
  kPercent,  // As displayed, the Vietnamese way: 0.5112 under the format 0.00% is "51,12%".
  kDate,     // "30/06/2019"; with a time of day "30/06/2019 14:05"; a time alone "14:05".
  kBoolean,  // "TRUE", "FALSE"
  kError,    // "#N/A", "#REF!"
};

struct Cell {
  CellKind kind = CellKind::kEmpty;
  std::string text;  // UTF-8, as it stands in the file: not trimmed, not normalised.

  bool empty() const { return kind == CellKind::kEmpty; }
  friend bool operator==(const Cell&, const Cell&) = default;
};

struct Row {
  int64_t number = 0;       // Counted from 1 as a spreadsheet numbers its rows.
  std::vector<Cell> cells;  // By column, counted from 0; the last is not empty.
};

// Where the file is.
class TableSource {
 public:
  static TableSource File(std::string path) { return TableSource(std::move(path), absl::nullopt); }
  // The bytes must outlive the reader.
  static TableSource Bytes(absl::string_view bytes) { return TableSource("", bytes); }

  const std::string& path() const { return path_; }
  const absl::optional<absl::string_view>& bytes() const { return bytes_; }

 private:
  TableSource(std::string path, absl::optional<absl::string_view> bytes)
      : path_(std::move(path)), bytes_(bytes) {}

  std::string path_;
  absl::optional<absl::string_view> bytes_;
};

inline constexpr size_t kPieceBytes = size_t{64} << 10;

struct ReadOptions {
  // A workbook's sheet by its name, capitals and spaces aside; empty: the first that is not hidden.
  std::string sheet;
  // Of a CSV file: ',', ';' or '\t'; '\0': found out from its first lines.
  char delimiter = '\0';
  // How much is taken from the file, or from a part of a workbook, at a time. What is read does not
  // depend on it.
  size_t piece_bytes = kPieceBytes;
};

class TableReader {
 public:
  virtual ~TableReader() = default;

  // The next row that has anything in it; false at the end.
  virtual absl::StatusOr<bool> Next(Row& row) = 0;

  // Of a workbook; "" of a CSV file.
  virtual const std::string& sheet() const = 0;
  // How far it has come, 0 to 1, by bytes.
  virtual double progress() const = 0;
};

// By what the bytes are, whatever the file is called.
absl::StatusOr<std::unique_ptr<TableReader>> OpenTable(const TableSource& source,
                                                       const ReadOptions& options = {});

// "B" for 1, "AA" for 26.
std::string ColumnLetters(int column);
// The column that such letters name, or nothing.
absl::optional<int> ReadColumnLetters(absl::string_view letters);
// "Kết quả!B17"; without a sheet "B17".
std::string CellReference(absl::string_view sheet, int64_t row, int column);

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_TABLE_H_
