// What the readers of tables are held to, whatever the file: rows within their limits, or a refusal
// that says why; and the same of one file however it is read.
#ifndef THIDUA_TESTS_FUZZ_TABLE_ROWS_H_
#define THIDUA_TESTS_FUZZ_TABLE_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/domain/fault.h"
#include "services/platform/admission.h"
#include "services/sheets/table.h"
#include "tests/fuzz/hold.h"

namespace thidua::tests {

// Small primes: what is made of several bytes, and what is told by the next one, comes to stand
// across two pieces of an input, which none is long enough for otherwise. Of a workbook's parts the
// larger, for Expat reads again with each piece what it has no end of.
inline constexpr size_t kSmallPiece = 7;
inline constexpr size_t kSmallPieceOfPart = 61;

struct TableRows {
  std::vector<sheets::Row> rows;
  absl::Status status;  // Why there are no more; OK at the end.
};

inline TableRows ReadTable(absl::string_view bytes, const sheets::ReadOptions& options = {}) {
  TableRows told;
  const auto table = sheets::OpenTable(sheets::TableSource::Bytes(bytes), options);
  told.status = table.status();
  sheets::Row row;
  while (told.status.ok()) {
    const auto read = (*table)->Next(row);
    told.status = read.status();
    if (!read.ok() || !*read) break;
    told.rows.push_back(row);
  }
  return told;
}

inline void CheckRows(const TableRows& told) {
  int64_t last = 0;
  for (const sheets::Row& row : told.rows) {
    Hold(row.number > last && row.number <= sheets::kRowsMax, "rows come in order");
    Hold(!row.cells.empty() && !row.cells.back().empty(), "a row ends with something");
    Hold(row.cells.size() <= static_cast<size_t>(sheets::kColumnsMax),
         "no more columns than there may be");
    for (const sheets::Cell& cell : row.cells) {
      Hold(cell.text.size() <= sheets::kCellBytesMax, "no text beyond its limit");
      Hold(platform::IsUtf8(cell.text), "a cell is text");
    }
    last = row.number;
  }
  Hold(told.status.ok() || !domain::FaultsOf(told.status).empty(), "what is refused has a fault");
}

// `again`: by a reader that was given nothing of the first one's.
inline void CheckSame(const TableRows& told, const TableRows& again) {
  Hold(again.status == told.status && again.rows.size() == told.rows.size(), "it is read again");
  for (size_t i = 0; i < told.rows.size(); ++i) {
    Hold(again.rows[i].number == told.rows[i].number && again.rows[i].cells == told.rows[i].cells,
         "and is the same rows");
  }
}

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FUZZ_TABLE_ROWS_H_
