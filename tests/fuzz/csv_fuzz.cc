// Any bytes as a CSV file: the reader answers rows within its limits or refuses, never crashes, and
// does the same in whatever pieces it reads; and what it has read, written out as CSV, it reads
// again as the same rows.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/sheets/formula_guard.h"
#include "services/sheets/table.h"
#include "tests/fuzz/hold.h"
#include "tests/fuzz/table_rows.h"

namespace {

using namespace thidua::sheets;
using namespace thidua::tests;

Goal read_again("rows that are read again");

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
  const InputTime time;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (absl::StartsWith(bytes, "PK")) return 0;  // A workbook: xlsx_fuzz.
  const TableRows told = ReadTable(bytes);
  CheckRows(told);
  CheckSame(told, ReadTable(bytes, {.sheet = "", .piece_bytes = kSmallPiece}));
  if (!told.status.ok()) return 0;
  CheckSame(told, ReadTable(Written(told.rows), {"", ';', kSmallPiece}));
  if (!told.rows.empty()) read_again.Reach();
  return 0;
}
