// A report's document.
#ifndef THIDUA_SERVICES_PORTAL_REPORT_FILES_H_
#define THIDUA_SERVICES_PORTAL_REPORT_FILES_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/caller.h"
#include "services/portal/file_exchange.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::portal {

// Of "docx", "html", "txt".
std::optional<scoring::v1::ReportFormat> ReportFormatOf(absl::string_view ending);

// HTML may be shown in a frame: it has a style of its own and no script. No parameters. Faults:
// those of GetReport; DATA_LOSS (DIGEST_DISAGREES) when other bytes came than were sent.
absl::StatusOr<FileReply> DownloadReport(const FileRequest& request, const std::string& report,
                                         scoring::v1::ReportFormat format,
                                         platform::Caller& caller);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_REPORT_FILES_H_
