// A period's results and its ranking as tables to be saved.
#ifndef THIDUA_SERVICES_PORTAL_RESULT_DOWNLOADS_H_
#define THIDUA_SERVICES_PORTAL_RESULT_DOWNLOADS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/caller.h"
#include "services/portal/file_exchange.h"

namespace thidua::portal {

// `ending`: "xlsx" or "csv". INVALID_ARGUMENT for what is no period's name; RESOURCE_EXHAUSTED
// (DISK_UNWRITABLE): a table is written on the disk before it is sent.

// Taken back by an upload, which it changes nothing by. Parameters: freshness_token. Faults: those
// of GetPeriodInputs.
absl::StatusOr<FileReply> DownloadResults(const FileRequest& request, const std::string& period,
                                          absl::string_view ending, platform::Caller& caller);

// Parameters: freshness_token, revision. Faults: those of GetRanking.
absl::StatusOr<FileReply> DownloadRanking(const FileRequest& request, const std::string& period,
                                          absl::string_view ending, platform::Caller& caller);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_RESULT_DOWNLOADS_H_
