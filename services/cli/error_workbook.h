// A copy of an imported table that shows what is to be mended, for its author: each faulty or odd
// cell is marked and says why, and so does a last column "Lỗi / Gợi ý". Imported again, that column
// says nothing.
#ifndef THIDUA_SERVICES_CLI_ERROR_WORKBOOK_H_
#define THIDUA_SERVICES_CLI_ERROR_WORKBOOK_H_

#include <string>

#include "absl/status/status.h"
#include "services/platform/caller.h"
#include "services/result_files/import.h"

namespace thidua::cli {

// Of a job that was sent. The file is read again beside the service's answers, page by page, so
// that memory does not grow with either. `path` ends with ".xlsx", or with ".csv", which has no
// marks.
absl::Status WriteErrorWorkbook(const std::string& path, const result_files::ImportJob& job,
                                const result_files::SentImport& sent, platform::Caller& caller);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_ERROR_WORKBOOK_H_
