#include "services/audit/genesis.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "services/audit/log.h"
#include "services/audit/trail.h"
#include "services/domain/return_if_error.h"

namespace thidua::audit {
namespace {

using storage::Transaction;

constexpr char kActor[] = "migration";
constexpr int64_t kRowsAtOnce = 1000;

absl::StatusOr<bool> AnythingOnRecord(Transaction& transaction) {
  Log log(transaction);
  ASSIGN_OR_RETURN(const Log::Totals totals, log.HeadTotals());
  ASSIGN_OR_RETURN(const auto entries, log.EntriesBefore(std::nullopt, {1, 1}));
  ASSIGN_OR_RETURN(const auto checkpoints, log.CheckpointsAfter(0, {1, 1}));
  return totals.chains > 0 || !entries.empty() || !checkpoints.empty();
}

// Every revision as a change after the one before; one that nothing has followed and that stands no
// longer was removed.
absl::Status RecordRoot(Transaction& transaction, const Resources& resources,
                        const std::string& root, Trail& trail) {
  const std::vector<Rows> list = resources.OfRoot(root);
  std::optional<StoredRow> before;
  const auto follow = [&](StoredRow* row) -> absl::Status {
    const bool same = row != nullptr && before.has_value() && before->resource == row->resource;
    std::optional<std::string> was;
    if (same) was = before->bytes;
    if (before.has_value() && !same && !before->standing) {
      RETURN_IF_ERROR(trail.Changed(std::string(before->type), before->resource,
                                    std::move(before->bytes), std::nullopt));
    }
    if (row == nullptr) return absl::OkStatus();
    before = *row;
    return trail.Changed(std::string(row->type), std::move(row->resource), std::move(was),
                         std::move(row->bytes));
  };
  RowCursor cursor;
  while (true) {
    ASSIGN_OR_RETURN(std::vector<StoredRow> rows, NextRows(transaction, list, cursor, kRowsAtOnce));
    if (rows.empty()) return follow(nullptr);
    RETURN_IF_ERROR(resources.Complete(transaction, rows));
    for (StoredRow& row : rows) RETURN_IF_ERROR(follow(&row));
  }
}

}  // namespace

absl::Status RecordWhatStood(storage::Database& database, const Resources& resources) {
  return database.Write([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const bool begun, AnythingOnRecord(transaction));
    if (begun) return absl::OkStatus();
    Trail trail(transaction, {kActor, "", ""}, "");
    absl::flat_hash_set<std::string> recorded;
    const std::vector<Rows> list = resources.OfAllRoots();
    RowCursor cursor;
    while (true) {
      ASSIGN_OR_RETURN(const std::vector<StoredRow> rows,
                       NextRows(transaction, list, cursor, kRowsAtOnce));
      if (rows.empty()) return trail.Close();
      for (const StoredRow& row : rows) {
        const std::string root = RootOf(row.resource);
        if (!recorded.insert(root).second) continue;
        RETURN_IF_ERROR(RecordRoot(transaction, resources, root, trail));
      }
    }
  });
}

}  // namespace thidua::audit
