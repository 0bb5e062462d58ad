// The results of a period as a table that an import takes back. Imported unchanged it changes
// nothing.
#ifndef THIDUA_SERVICES_RESULT_FILES_EXPORT_H_
#define THIDUA_SERVICES_RESULT_FILES_EXPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/platform/caller.h"
#include "services/result_files/how_far.h"

namespace thidua::result_files {

struct Exported {
  int targets = 0;  // Rows.
  int results = 0;  // Of them, those with a result.
};

// A row for each target of the pact that takes results, in its order; without a result "chưa báo
// cáo", which an import passes over. The file's ending says which: ".xlsx", ".csv". Faults: those
// of GetPeriodInputs; FILE_EXISTS, for what is there may have been worked on, and those of
// sheets::CreateTable (IsAboutTheFile).
absl::StatusOr<Exported> ExportPeriod(const std::string& period, const std::string& path,
                                      const std::string& freshness_token, platform::Caller& caller,
                                      const HowFar& how_far = Untold);

}  // namespace thidua::result_files

#endif  // THIDUA_SERVICES_RESULT_FILES_EXPORT_H_
