#include "services/audit/log.h"

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"

namespace thidua::audit {
namespace {

using storage::Parameter;
using storage::Row;

template <typename Message>
absl::StatusOr<Message> ReadHashed(const std::string& bytes, const std::string& hash) {
  Message message;
  if (!message.ParseFromString(bytes)) return absl::DataLossError("a stored message is unreadable");
  message.set_hash(hash);
  return message;
}

}  // namespace

absl::StatusOr<v1::AuditEntry> StoredEntry::Read() const {
  return ReadHashed<v1::AuditEntry>(message, hash);
}

absl::StatusOr<v1::AuditCheckpoint> StoredCheckpoint::Read() const {
  return ReadHashed<v1::AuditCheckpoint>(message, hash);
}

// How many of the rows may be read at once, asked before their bytes are.
absl::StatusOr<int64_t> Log::Fitting(absl::string_view from, std::vector<Parameter> parameters,
                                     Limit limit) {
  parameters.emplace_back(limit.count);
  int64_t count = 0;
  size_t bytes = 0;
  RETURN_IF_ERROR(transaction_.Query(
      absl::StrCat("SELECT LENGTH(message) FROM ", from, " LIMIT $", parameters.size()), parameters,
      [&](const Row& row) {
        if (bytes < limit.bytes) ++count;
        bytes += static_cast<size_t>(row.Integer(0));
        return absl::OkStatus();
      }));
  return count;
}

absl::StatusOr<std::vector<StoredEntry>> Log::Entries(absl::string_view tail,
                                                      std::vector<Parameter> parameters,
                                                      Limit limit) {
  const std::string from = absl::StrCat("audit_entries ", tail);
  std::vector<StoredEntry> entries;
  ASSIGN_OR_RETURN(const int64_t count, Fitting(from, parameters, limit));
  if (count == 0) return entries;
  parameters.emplace_back(count);
  RETURN_IF_ERROR(transaction_.Query(
      absl::StrCat("SELECT root, number, hash, message FROM ", from, " LIMIT $", parameters.size()),
      parameters, [&](const Row& row) {
        entries.push_back({{row.Text(0), row.Integer(1)}, row.Text(2), row.Text(3)});
        return absl::OkStatus();
      }));
  return entries;
}

absl::StatusOr<std::vector<StoredEntry>> Log::EntriesAfter(absl::string_view root,
                                                           const Place& after, Limit limit) {
  if (root.empty()) {
    return Entries("WHERE (root, number) > ($1, $2) ORDER BY root, number",
                   {absl::string_view(after.root), after.number}, limit);
  }
  return Entries("WHERE root = $1 AND number > $2 ORDER BY number", {root, after.number}, limit);
}

absl::StatusOr<std::vector<StoredEntry>> Log::EntriesBefore(const std::optional<Place>& before,
                                                            Limit limit) {
  if (!before.has_value()) return Entries("ORDER BY root DESC, number DESC", {}, limit);
  return Entries("WHERE (root, number) < ($1, $2) ORDER BY root DESC, number DESC",
                 {absl::string_view(before->root), before->number}, limit);
}

absl::StatusOr<std::optional<std::string>> Log::HashAt(const Place& place) {
  std::optional<std::string> hash;
  RETURN_IF_ERROR(
      transaction_.Query("SELECT hash FROM audit_entries WHERE root = $1 AND number = $2",
                         {place.root, place.number}, [&](const Row& row) {
                           hash = row.Text(0);
                           return absl::OkStatus();
                         }));
  return hash;
}

absl::StatusOr<absl::flat_hash_map<std::string, Head>> Log::Heads(
    absl::Span<const std::string> roots) {
  absl::flat_hash_map<std::string, Head> heads;
  RETURN_IF_ERROR(transaction_.QueryKeys("SELECT root, number, hash FROM audit_heads WHERE root",
                                         {}, roots, [&](const Row& row) {
                                           heads[row.Text(0)] = {row.Integer(1), row.Text(2)};
                                           return absl::OkStatus();
                                         }));
  return heads;
}

absl::StatusOr<std::vector<Place>> Log::HeadsWithoutEntries(absl::string_view after,
                                                            int64_t limit) {
  std::vector<Place> heads;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT root, number FROM audit_heads AS h WHERE root > $1 AND NOT EXISTS (SELECT 1 FROM "
      "audit_entries AS e WHERE e.root = h.root) ORDER BY root LIMIT $2",
      {after, limit}, [&](const Row& row) {
        heads.push_back({row.Text(0), row.Integer(1)});
        return absl::OkStatus();
      }));
  return heads;
}

absl::StatusOr<std::vector<std::string>> Log::WithoutChain(absl::Span<const std::string> roots) {
  std::vector<std::string> without;
  ASSIGN_OR_RETURN(const auto heads, Heads(roots));
  for (const std::string& root : roots) {
    if (heads.contains(root)) continue;
    ASSIGN_OR_RETURN(const auto entries, EntriesAfter(root, {root, 0}, {1, 1}));
    if (entries.empty()) without.push_back(root);
  }
  return without;
}

absl::StatusOr<Log::Totals> Log::HeadTotals() {
  Totals totals;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT COUNT(*), CAST(COALESCE(SUM(number), 0) AS BIGINT), "
      "CAST(COALESCE(SUM(CASE WHEN bound > 0 THEN 1 ELSE 0 END), 0) AS BIGINT), "
      "CAST(COALESCE(SUM(bound), 0) AS BIGINT) FROM audit_heads",
      {}, [&](const Row& row) {
        totals = {row.Integer(0), row.Integer(1), row.Integer(2), row.Integer(3)};
        return absl::OkStatus();
      }));
  return totals;
}

absl::StatusOr<std::vector<StoredCheckpoint>> Log::CheckpointsAfter(int64_t number, Limit limit) {
  constexpr absl::string_view kFrom = "audit_checkpoints WHERE number > $1 ORDER BY number";
  std::vector<StoredCheckpoint> checkpoints;
  ASSIGN_OR_RETURN(const int64_t count, Fitting(kFrom, {number}, limit));
  RETURN_IF_ERROR(
      transaction_.Query(absl::StrCat("SELECT number, hash, message FROM ", kFrom, " LIMIT $2"),
                         {number, count}, [&](const Row& row) {
                           checkpoints.push_back({row.Integer(0), row.Text(1), row.Text(2)});
                           return absl::OkStatus();
                         }));
  return checkpoints;
}

}  // namespace thidua::audit
