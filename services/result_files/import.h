// Sends a table of results as a stream, and goes on where a cut line left it.
#ifndef THIDUA_SERVICES_RESULT_FILES_IMPORT_H_
#define THIDUA_SERVICES_RESULT_FILES_IMPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/caller.h"
#include "services/result_files/how_far.h"
#include "services/result_files/result_table.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::result_files {

struct ImportJob {
  ResultFile file;
  std::string import;  // "imports/{import}"
  results::v1::Import::Mode mode = results::v1::Import::MODE_PLAN;
  std::string freshness_token;
};

// "imports/tep-3f79bb7b435b0532", of what the file holds and how it is read: the same command once
// more is the same import, and not a second one. NOT_FOUND when the file cannot be read.
absl::StatusOr<std::string> ImportNameOf(const ResultFile& file, results::v1::Import::Mode mode);

struct SentImport {
  results::v1::Import import;
  std::string freshness_token;
  ResultColumns columns;
  std::vector<std::string> titles;  // Of all columns of the table.
  PassedOver passed_over;
  int widest = 0;  // Cells of the widest row of the table.
  // Rows that the service had under this name before: they stay as they came then.
  int64_t known_rows = 0;
};

// Until every row is there and judged. At most 8 chunks, each of 1,000 rows or 1 MiB, are on their
// way unacknowledged. A cut line is taken up by another stream, from the row that the service
// tells; the caller's patience begins anew with each chunk that arrived. Faults: those of the file
// (IsAboutTheFile); FILE_CHANGED when it has fewer rows than were sent before under this name, or
// more than a finished import has; those of ImportResults; UNAVAILABLE.
absl::StatusOr<SentImport> SendTable(const ImportJob& job, platform::Caller& caller,
                                     const HowFar& how_far = Untold);

struct CommittedImport {
  results::v1::Import import;
  std::string freshness_token;
};

// Stores a plan. The same faults as CommitImport; asked again while the service is away, which it
// may be: committing again says the same again.
absl::StatusOr<CommittedImport> CommitPlan(const std::string& import, bool skip_rejected,
                                           platform::Caller& caller,
                                           const HowFar& how_far = Untold);

}  // namespace thidua::result_files

#endif  // THIDUA_SERVICES_RESULT_FILES_IMPORT_H_
