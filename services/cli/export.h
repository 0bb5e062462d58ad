// `thidua export`: the results of a period as a table that `thidua import` takes back. Imported
// unchanged it changes nothing.
#ifndef THIDUA_SERVICES_CLI_EXPORT_H_
#define THIDUA_SERVICES_CLI_EXPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/cli/caller.h"
#include "services/cli/progress.h"

namespace thidua::cli {

struct Exported {
  int targets = 0;  // Rows.
  int results = 0;  // Of them, those with a result.
};

// A row for each target of the pact that takes results, in its order; without a result "chưa báo
// cáo", which an import passes over. The file's ending says which: ".xlsx", ".csv". Faults: those
// of GetPeriodInputs; FILE_EXISTS, for what is there may have been worked on, and those of
// sheets::CreateTable (IsAboutTheFile).
absl::StatusOr<Exported> ExportPeriod(const std::string& period, const std::string& path,
                                      const std::string& freshness_token, Caller& caller,
                                      Progress& progress);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_EXPORT_H_
