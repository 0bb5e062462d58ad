// What became of an import's rows, read from the service page by page in the order of rows.
#ifndef THIDUA_SERVICES_RESULT_FILES_IMPORT_OUTCOMES_H_
#define THIDUA_SERVICES_RESULT_FILES_IMPORT_OUTCOMES_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/caller.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::result_files {

// The rows that one question answers. Holds one page. Not thread-safe.
class OutcomePages {
 public:
  OutcomePages(platform::Caller& caller, results::v1::ListImportOutcomesRequest request)
      : caller_(&caller), request_(std::move(request)) {}

  // The next one, which stays it until Pop; null at the end.
  absl::StatusOr<const results::v1::ImportOutcome*> Peek();
  void Pop() { ++at_; }

 private:
  platform::Caller* caller_;
  results::v1::ListImportOutcomesRequest request_;
  results::v1::ListImportOutcomesResponse page_;
  int at_ = 0;
  bool last_ = false;
};

// The rows of these kinds, and those with a warning, each once.
class OutcomesOfNote {
 public:
  OutcomesOfNote(platform::Caller& caller, const std::string& import,
                 const std::vector<results::v1::RowOutcome::Kind>& kinds, int page_size);

  // As OutcomePages.
  absl::StatusOr<const results::v1::ImportOutcome*> Peek();
  absl::Status Pop();

 private:
  OutcomePages of_kinds_;
  OutcomePages warned_;
};

// Where the caller had these rows from.
absl::StatusOr<std::map<int64_t, std::string>> PlacesOf(platform::Caller& caller,
                                                        const std::string& import,
                                                        const std::set<int64_t>& rows);

}  // namespace thidua::result_files

#endif  // THIDUA_SERVICES_RESULT_FILES_IMPORT_OUTCOMES_H_
