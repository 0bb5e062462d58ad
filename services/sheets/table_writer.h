// Writes a table of cells as an XLSX workbook or a CSV text, in constant memory.
//
//   ASSIGN_OR_RETURN(auto writer, CreateTable("ket-qua.xlsx", {"Kết quả", {{"Đơn vị", 40}, …}}));
//   RETURN_IF_ERROR(writer->Add({{CellKind::kText, "Sở Y tế"}, {CellKind::kNumber, "17893.5"}}));
//   RETURN_IF_ERROR(writer->Close());
//
// The file's ending decides: ".xlsx" or ".csv". It appears whole, under its name, with Close; until
// then, and when it is given up, an older file of that name stays as it was.
//
// No text is ever a formula: XLSX holds it as a string, CSV with an apostrophe before = + - @ TAB
// CR (which CsvReader takes off again). A number is one in XLSX when a double holds it exactly, at
// most 15 digits; otherwise, and in CSV, it is text written the Vietnamese way. CSV is UTF-8 with
// BOM, CRLF, commas.
//
// Faults: FILE_UNWRITABLE, FORMAT_UNKNOWN, TOO_MANY_ROWS (XLSX holds 1,048,576), CELL_TOO_LONG
// (XLSX: 32,767 characters). Not thread-safe.
#ifndef THIDUA_SERVICES_SHEETS_TABLE_WRITER_H_
#define THIDUA_SERVICES_SHEETS_TABLE_WRITER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/sheets/table.h"

namespace thidua::sheets {

struct TableLayout {
  struct Column {
    std::string title;
    double width = 12;  // In characters; XLSX only.
  };
  std::string sheet;  // At most 31 characters; XLSX only.
  // Written as the first row, bold, and kept in sight while scrolling.
  std::vector<Column> columns;
  // What the table is, a row each before that row; the first of them bold.
  std::vector<std::string> headings = {};
};

// How a cell stands out. XLSX only.
enum class Mark { kNone, kWarned, kFaulty };

struct MarkedCell {
  Cell cell;
  Mark mark = Mark::kNone;  // Yellow, red.
  std::string comment =
      {};  // Shown beside the cell; of the first 10,000 in a file, for each is kept.
};

class TableWriter {
 public:
  virtual ~TableWriter() = default;
  virtual absl::Status Add(absl::Span<const MarkedCell> row) = 0;
  virtual absl::Status Close() = 0;
};

absl::StatusOr<std::unique_ptr<TableWriter>> CreateTable(const std::string& path,
                                                         const TableLayout& layout);

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_TABLE_WRITER_H_
