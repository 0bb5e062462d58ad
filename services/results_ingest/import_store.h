// The rows of imports inside one transaction: what was brought in, and what became, or would
// become, of each row. Decides nothing. Errors are the storage library's.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_IMPORT_STORE_H_
#define THIDUA_SERVICES_RESULTS_INGEST_IMPORT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/platform/call.h"
#include "services/storage/database.h"
#include "thidua/results/v1/import.pb.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::results_ingest {

namespace v1 = results::v1;

struct StoredImport {
  v1::Import message;
  // Counts the streams that brought it rows: the last to begin is the one that may go on.
  int64_t stream = 0;
  std::string freshness_token;  // Of the commit; "" before it.
  std::string caller;           // Who began it.
};

struct StoredImportRow {
  v1::ImportRow row;  // Empty in mode STORE.
  v1::ImportOutcome outcome;
  // "{period}/results/{target}" of a planned row that is not rejected; "" otherwise. Each once in
  // an import.
  std::string result;
};

// One message tells outcomes of at most about so many bytes, whatever rows say: readers take 4 MiB.
inline constexpr size_t kOutcomeBytesAtOnce = 1024 * 1024;

class ImportStore {
 public:
  explicit ImportStore(storage::Transaction& transaction) : transaction_(transaction) {}

  absl::StatusOr<std::optional<StoredImport>> Find(absl::string_view import);
  // Keeps it until message.expire_time.
  absl::Status Put(absl::string_view import, const StoredImport& stored);
  absl::Status AppendRows(absl::string_view import, absl::Span<const StoredImportRow> rows);
  // Which of these results the import has rows for already.
  absl::StatusOr<absl::flat_hash_set<std::string>> KnownResults(
      absl::string_view import, absl::Span<const std::string> results);

  // In the order of rows: those from `first` on, and before `end`.
  absl::StatusOr<std::vector<StoredImportRow>> Rows(absl::string_view import, int64_t first,
                                                    int64_t limit);
  struct OutcomeFilter {
    absl::flat_hash_set<int> kinds;  // Of v1::RowOutcome::Kind; empty: any.
    bool only_warned = false;
  };
  absl::StatusOr<std::vector<v1::ImportOutcome>> Outcomes(absl::string_view import, int64_t first,
                                                          int64_t end, const OutcomeFilter& filter,
                                                          int64_t limit);

  // Removes an import with all its rows.
  absl::Status Remove(absl::string_view import);
  // Removes what has expired, at most `limit` rows at a time, so that no write pays for all of it.
  absl::Status RemoveExpired(absl::Time now, int64_t limit);

 private:
  storage::Transaction& transaction_;
};

// An import that has not received a row yet.
StoredImport NewImport(const std::string& import, v1::Import::Mode mode, const std::string& period,
                       const platform::Call& call, absl::Time now);
bool Expired(const StoredImport& stored, absl::Time now);
// NOT_FOUND (IMPORT_UNKNOWN) at `path` for one that is not, or has expired.
absl::StatusOr<StoredImport> FindImport(ImportStore& imports, absl::string_view path,
                                        const std::string& import, absl::Time now);
// The same for whoever asks: one that somebody else has begun is not there for a caller who is let
// in to their own only.
absl::StatusOr<StoredImport> FindImportOf(const platform::Call& call, ImportStore& imports,
                                          absl::string_view path, const std::string& import,
                                          absl::Time now);
// Keeps it for another 30 days.
absl::Status KeepImport(ImportStore& imports, const std::string& import, StoredImport& stored,
                        absl::Time now);

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_IMPORT_STORE_H_
