// `thidua import FILE` and `thidua import commit ID`: what is done, and what the caller is told.
#ifndef THIDUA_SERVICES_CLI_IMPORT_COMMAND_H_
#define THIDUA_SERVICES_CLI_IMPORT_COMMAND_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/cli/progress.h"
#include "services/platform/caller.h"
#include "services/result_files/result_table.h"

namespace thidua::cli {

struct ImportWish {
  result_files::ResultFile file;
  std::string import;          // An id; empty: made from the file and how it is read.
  bool store = false;          // At once, without a plan.
  bool commit = false;         // The plan, when nothing is rejected.
  bool skip_rejected = false;  // With `commit`: also when rows are.
  std::string errors;          // A file for what is to be mended; empty: none.
  std::string freshness_token;
};

struct ImportAnswer {
  std::string page;
  std::string json;  // The import.
  bool has_rejected = false;
};

// The faults of SendTable and CommitPlan; of PLAN_MOVED the paths are places of the file.
absl::StatusOr<ImportAnswer> ImportFile(const ImportWish& wish, platform::Caller& caller,
                                        Progress& progress, int width);

// `import`: an id, or "imports/{id}".
absl::StatusOr<ImportAnswer> CommitImport(absl::string_view import, bool skip_rejected,
                                          platform::Caller& caller, Progress& progress, int width);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_IMPORT_COMMAND_H_
