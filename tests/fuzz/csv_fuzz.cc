// Any bytes as a CSV file: the reader answers rows within its limits or refuses, never crashes; and
// what it has read, written out as CSV, it reads again as the same rows.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/domain/fault.h"
#include "services/platform/admission.h"
#include "services/sheets/formula_guard.h"
#include "services/sheets/table.h"
#include "tests/fuzz/hold.h"

namespace {

using namespace thidua::sheets;
using thidua::tests::Goal;
using thidua::tests::Hold;

Goal read_again("rows that are read again");

absl::Status Read(absl::string_view bytes, const ReadOptions& options, std::vector<Row>& rows) {
  const auto table = OpenTable(TableSource::Bytes(bytes), options);
  if (!table.ok()) return table.status();
  Row row;
  while (true) {
    const auto read = (*table)->Next(row);
    if (!read.ok()) return read.status();
    if (!*read) return absl::OkStatus();
    rows.push_back(row);
  }
}

// Every cell between quotes, a line a row, as CsvWriter guards what looks like a formula.
std::string Written(const std::vector<Row>& rows) {
  std::string csv;
  int64_t line = 1;
  for (const Row& row : rows) {
    for (; line < row.number; ++line) csv += "\r\n";
    for (const Cell& cell : row.cells) {
      if (&cell != &row.cells.front()) csv += ';';
      absl::StrAppend(&csv, "\"", absl::StrReplaceAll(GuardFormula(cell.text), {{"\"", "\"\""}}),
                      "\"");
    }
  }
  return csv;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const thidua::tests::InputTime time;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (absl::StartsWith(bytes, "PK")) return 0;  // A workbook: xlsx_fuzz.
  std::vector<Row> rows;
  const absl::Status read = Read(bytes, {}, rows);
  int64_t last = 0;
  for (const Row& row : rows) {
    Hold(row.number > last, "rows come in order");
    Hold(!row.cells.empty() && !row.cells.back().empty(), "a row ends with something");
    Hold(row.cells.size() <= static_cast<size_t>(kColumnsMax), "no more columns than there may be");
    for (const Cell& cell : row.cells) {
      Hold(cell.text.size() <= kCellBytesMax && thidua::platform::IsUtf8(cell.text),
           "a cell is text within its limit");
    }
    last = row.number;
  }
  if (!read.ok()) {
    Hold(!thidua::domain::FaultsOf(read).empty(), "what is refused has a fault");
    return 0;
  }
  std::vector<Row> again;
  const absl::Status reread = Read(Written(rows), {"", ';'}, again);
  Hold(reread.ok() && again.size() == rows.size(), "what is written is read again");
  for (size_t i = 0; i < rows.size(); ++i) {
    Hold(again[i].number == rows[i].number && again[i].cells == rows[i].cells,
         "and is the same rows");
  }
  if (!rows.empty()) read_again.Reach();
  return 0;
}
