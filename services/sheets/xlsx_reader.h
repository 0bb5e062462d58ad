// A sheet of an XLSX workbook (ISO 29500, transitional or strict) as a stream of rows.
//
// A formula is the value that was last calculated; one that never was is FORMULA_WITHOUT_VALUE at
// its cell. Merged cells have their value in the first one; hidden rows and columns are read.
// Faults as table.h lists them, of a cell at "Kết quả!B17".
#ifndef THIDUA_SERVICES_SHEETS_XLSX_READER_H_
#define THIDUA_SERVICES_SHEETS_XLSX_READER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "services/sheets/table.h"

namespace thidua::sheets {

// Of what begins as a ZIP.
absl::StatusOr<std::unique_ptr<TableReader>> OpenXlsx(const TableSource& source,
                                                      const ReadOptions& options);

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_XLSX_READER_H_
