// `thidua report`: the newest report of a period, drafted when there is none.
#ifndef THIDUA_SERVICES_CLI_REPORT_H_
#define THIDUA_SERVICES_CLI_REPORT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/caller.h"
#include "thidua/scoring/v1/report.pb.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::cli {

// Without figures. `drafted`, if not null, is set when there was none.
absl::StatusOr<scoring::v1::Report> NewestReport(const std::string& period,
                                                 const std::string& freshness_token,
                                                 platform::Caller& caller, bool* drafted = nullptr);

absl::StatusOr<scoring::v1::GetReportResponse> FetchReport(const std::string& name,
                                                           scoring::v1::ReportFormat format,
                                                           platform::Caller& caller);

// Writes it in that form. Faults: FILE_EXISTS, for what is there may have been worked on;
// FILE_UNWRITABLE; DIGEST_DISAGREES, when what arrived is not what was sent.
absl::Status WriteReportFile(const std::string& name, scoring::v1::ReportFormat format,
                             const std::string& path, platform::Caller& caller);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_REPORT_H_
