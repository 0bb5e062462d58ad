#include "services/audit/checkpoint.h"

#include <string>
#include <vector>

#include "services/audit/log.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/platform/digest.h"

namespace thidua::audit {
namespace {

using storage::Row;
using storage::Transaction;

constexpr int64_t kHeadsMax = 10'000;

absl::StatusOr<bool> HasGrown(Transaction& transaction) {
  bool grown = false;
  RETURN_IF_ERROR(transaction.Query("SELECT 1 FROM audit_heads WHERE number > bound LIMIT 1", {},
                                    [&](const Row&) {
                                      grown = true;
                                      return absl::OkStatus();
                                    }));
  return grown;
}

absl::StatusOr<v1::AuditCheckpoint> Last(Transaction& transaction) {
  StoredCheckpoint last;
  RETURN_IF_ERROR(transaction.Query(
      "SELECT number, hash, message FROM audit_checkpoints ORDER BY number DESC LIMIT 1", {},
      [&](const Row& row) {
        last = {row.Integer(0), row.Text(1), row.Text(2)};
        return absl::OkStatus();
      }));
  return last.Read();
}

absl::StatusOr<std::optional<v1::AuditCheckpoint>> Make(Transaction& transaction, absl::Time now) {
  ASSIGN_OR_RETURN(const v1::AuditCheckpoint last, Last(transaction));
  v1::AuditCheckpoint made;
  int64_t chains = last.chains(), entries = last.entries();
  RETURN_IF_ERROR(transaction.Query(
      "SELECT root, number, hash, bound FROM audit_heads WHERE number > bound ORDER BY root "
      "LIMIT $1",
      {kHeadsMax}, [&](const Row& row) {
        v1::AuditCheckpoint::Head& head = *made.add_heads();
        head.set_root(row.Text(0));
        head.set_number(row.Integer(1));
        head.set_hash(row.Text(2));
        if (row.Integer(3) == 0) ++chains;
        entries += row.Integer(1) - row.Integer(3);
        return absl::OkStatus();
      }));
  if (made.heads().empty()) return std::nullopt;  // Another process was quicker.
  made.set_number(last.number() + 1);
  *made.mutable_time() = messages::InstantMessage(now);
  made.set_chains(chains);
  made.set_entries(entries);
  made.set_previous_hash(last.hash());
  const std::string message = platform::DeterministicBytes(made);
  made.set_hash(platform::Sha256Hex(message));
  RETURN_IF_ERROR(transaction.Execute(
      "INSERT INTO audit_checkpoints (number, hash, message) VALUES ($1, $2, $3)",
      {made.number(), made.hash(), storage::Bytes{message}}));
  if (made.heads_size() < kHeadsMax) {
    RETURN_IF_ERROR(
        transaction.Execute("UPDATE audit_heads SET bound = number WHERE number > bound", {}));
    return made;
  }
  for (const v1::AuditCheckpoint::Head& head : made.heads()) {
    RETURN_IF_ERROR(transaction.Execute("UPDATE audit_heads SET bound = number WHERE root = $1",
                                        {head.root()}));
  }
  return made;
}

}  // namespace

absl::StatusOr<std::optional<v1::AuditCheckpoint>> MakeCheckpoint(storage::Database& database,
                                                                  absl::Time now) {
  // Asked beside the writer, since most of the time nothing has been written.
  bool grown = false;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(grown, HasGrown(transaction));
    return absl::OkStatus();
  }));
  std::optional<v1::AuditCheckpoint> made;
  if (!grown) return made;
  RETURN_IF_ERROR(database.Write([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(made, Make(transaction, now));
    return absl::OkStatus();
  }));
  return made;
}

}  // namespace thidua::audit
