// `thidua extract FILE`: what a report's prose may say, as rows for a person to confirm. Nothing is
// sent and nothing stored (docs/decisions/0018).
#ifndef THIDUA_SERVICES_CLI_EXTRACT_H_
#define THIDUA_SERVICES_CLI_EXTRACT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/domain/report_text.h"

namespace thidua::cli {

// The proposals of a text file, or of stdin ("-"). NOT_FOUND when the file cannot be read; the
// faults of ReadReport.
absl::StatusOr<domain::ReportReading> ReadReportFile(const std::string& file);

// The proposals, where each comes from, and what is doubtful, in Vietnamese.
std::string ExtractPage(const domain::ReportReading& reading, int width);

// The same as JSON; a row's fields are named as in thidua.results.v1.ReportedRow, numbers are in
// the machine form.
std::string ExtractJson(const domain::ReportReading& reading);

// A table to import: UTF-8 with a byte order mark, lines end with CR LF, one row a proposal. The
// column "Xác nhận" is empty: a person marks with "x" what is to be taken. A cell that a
// spreadsheet would take for a formula begins with an apostrophe.
std::string ExtractCsv(const domain::ReportReading& reading);

// Writes a new file. ALREADY_EXISTS: the one that is there may hold a person's marks, and stays as
// it is. INVALID_ARGUMENT: it cannot be written.
absl::Status WriteCsvFile(const std::string& file, const std::string& csv);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_EXTRACT_H_
