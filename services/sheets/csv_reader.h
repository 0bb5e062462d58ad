// Comma-separated values, RFC 4180: quotes, new lines within them, CRLF, LF or CR. The delimiter is
// found out from the first lines when it is not said (a first line "sep=;" says it too).
//
// A cell is text. One that spreadsheets would take for a formula carries an apostrophe in a file
// that CsvWriter wrote ("'=1+1", "'-5"): it is taken off again.
//
// Faults besides those of the encoding: QUOTE_UNCLOSED, QUOTE_MISPLACED, TOO_MANY_COLUMNS,
// TOO_MANY_ROWS, CELL_TOO_LONG, at "dòng 12": lines of the file.
#ifndef THIDUA_SERVICES_SHEETS_CSV_READER_H_
#define THIDUA_SERVICES_SHEETS_CSV_READER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "services/sheets/source_file.h"
#include "services/sheets/table.h"

namespace thidua::sheets {

absl::StatusOr<std::unique_ptr<TableReader>> OpenCsv(std::unique_ptr<SourceFile> file,
                                                     const ReadOptions& options);

// The delimiter of text that begins so: the one that most of the first lines agree on.
char GuessDelimiter(absl::string_view text);

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_CSV_READER_H_
