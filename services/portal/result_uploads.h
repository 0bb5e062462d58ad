// A table of results that an office sends, as a plan of an import: looked at first, stored by
// CommitImport.
#ifndef THIDUA_SERVICES_PORTAL_RESULT_UPLOADS_H_
#define THIDUA_SERVICES_PORTAL_RESULT_UPLOADS_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/caller.h"
#include "services/portal/file_exchange.h"

namespace thidua::portal {

// Of a workbook or a CSV text: some hundred thousand rows.
inline constexpr size_t kTableBytesMax = size_t{32} << 20;

// Plans an import of the body, XLSX or CSV whatever it is called, and stores no result. It is read
// where it is, in memory. Parameters: file_name; import ("imports/{import}" or its id; made of the
// bytes where it is not given, so that the same upload twice is the same import); sheet; columns
// ("Kết quả=D,Đơn vị=A"); freshness_token. Answers JSON:
//
//   {"import": {…}, "freshnessToken": "", "knownRows": "0",
//    "passedOver": {"withoutFigure": "0", "notConfirmed": "0"}, "unknownColumns": [],
//    "columns": [{"field": "ACTUAL", "letter": "D", "title": "Kết quả"}]}
//
// INVALID_ARGUMENT: FILE_EMPTY and FILE_TOO_LARGE at "body"; what is wrong with the file at its
// place ("Kết quả!B17", "dòng 4"), as result_files::ResultTable says; COLUMNS_INVALID at "columns".
// Those of ImportResults and result_files::SendTable.
absl::StatusOr<FileReply> PlanUpload(const FileRequest& request, const std::string& period,
                                     platform::Caller& caller);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_RESULT_UPLOADS_H_
