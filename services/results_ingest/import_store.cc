#include "services/results_ingest/import_store.h"

#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/messages/resource_names.h"
#include "services/platform/errors.h"
#include "services/platform/stored_message.h"

namespace thidua::results_ingest {
namespace {

using platform::ReadStored;
using storage::Bytes;
using storage::Parameter;
using storage::Row;

constexpr int64_t kAnyKind = -1;
constexpr absl::Duration kKept = absl::Hours(24 * 30);

int64_t BitOf(int kind) { return int64_t{1} << kind; }

absl::Status ImportUnknown(absl::string_view path) {
  return platform::Refusal(absl::StatusCode::kNotFound, path, "IMPORT_UNKNOWN",
                           "Không có lần nhập nào như vậy, hoặc đã quá 30 ngày.");
}

}  // namespace

absl::StatusOr<std::optional<StoredImport>> ImportStore::Find(absl::string_view import) {
  std::optional<StoredImport> found;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT stream, freshness_token, message, caller FROM imports WHERE import = $1", {import},
      [&](const Row& row) {
        found.emplace().stream = row.Integer(0);
        found->freshness_token = row.Text(1);
        found->caller = row.Text(3);
        return ReadStored(row, 2, found->message);
      }));
  return found;
}

absl::Status ImportStore::Put(absl::string_view import, const StoredImport& stored) {
  return transaction_.Execute(
      "INSERT INTO imports (import, stream, expires_at_ms, freshness_token, message, caller) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (import) DO UPDATE SET stream = "
      "excluded.stream, "
      "expires_at_ms = excluded.expires_at_ms, freshness_token = excluded.freshness_token, "
      "message = excluded.message",
      {import, stored.stream,
       absl::ToUnixMillis(messages::ReadInstant(stored.message.expire_time())),
       stored.freshness_token, Bytes{stored.message.SerializeAsString()}, stored.caller});
}

absl::Status ImportStore::AppendRows(absl::string_view import,
                                     absl::Span<const StoredImportRow> rows) {
  static constexpr absl::string_view kColumns[] = {"import", "number",  "result", "kind_bit",
                                                   "warned", "message", "outcome"};
  std::vector<std::string> texts;  // Two a row; never moved while parameters refer to them.
  texts.reserve(rows.size() * 2);
  std::vector<std::vector<Parameter>> parameters;
  parameters.reserve(rows.size());
  for (const StoredImportRow& row : rows) {
    const std::string& message = texts.emplace_back(row.row.SerializeAsString());
    const std::string& outcome = texts.emplace_back(row.outcome.SerializeAsString());
    const v1::RowOutcome& became = row.outcome.outcome();
    parameters.push_back(
        {import, row.outcome.row(), absl::string_view(row.result), BitOf(became.kind()),
         static_cast<int64_t>(became.warnings().empty() ? 0 : 1), Bytes{message}, Bytes{outcome}});
  }
  return transaction_.InsertRows("import_rows", kColumns, parameters);
}

absl::StatusOr<absl::flat_hash_set<std::string>> ImportStore::KnownResults(
    absl::string_view import, absl::Span<const std::string> results) {
  absl::flat_hash_set<std::string> known;
  RETURN_IF_ERROR(transaction_.QueryKeys(
      "SELECT result FROM import_rows WHERE result <> '' AND import = $1 AND result", {import},
      results, [&](const Row& row) {
        known.insert(row.Text(0));
        return absl::OkStatus();
      }));
  return known;
}

absl::StatusOr<std::vector<StoredImportRow>> ImportStore::Rows(absl::string_view import,
                                                               int64_t first, int64_t limit) {
  std::vector<StoredImportRow> rows;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT result, message, outcome FROM import_rows WHERE import = $1 AND number >= $2 "
      "ORDER BY number LIMIT $3",
      {import, first, limit}, [&](const Row& row) -> absl::Status {
        StoredImportRow& stored = rows.emplace_back();
        stored.result = row.Text(0);
        RETURN_IF_ERROR(ReadStored(row, 1, stored.row));
        return ReadStored(row, 2, stored.outcome);
      }));
  return rows;
}

absl::StatusOr<std::vector<v1::ImportOutcome>> ImportStore::Outcomes(absl::string_view import,
                                                                     int64_t first, int64_t end,
                                                                     const OutcomeFilter& filter,
                                                                     int64_t limit) {
  int64_t kinds = filter.kinds.empty() ? kAnyKind : 0;
  for (const int kind : filter.kinds) kinds |= BitOf(kind);
  std::vector<v1::ImportOutcome> outcomes;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT outcome, message FROM import_rows WHERE import = $1 AND number >= $2 AND number < $3 "
      "AND (kind_bit & $4) <> 0 AND warned >= $5 ORDER BY number LIMIT $6",
      {import, first, end, kinds, static_cast<int64_t>(filter.only_warned ? 1 : 0), limit},
      [&](const Row& row) -> absl::Status {
        v1::ImportOutcome& outcome = outcomes.emplace_back();
        RETURN_IF_ERROR(ReadStored(row, 0, outcome));
        v1::ImportRow given;  // Empty where the rows of an import are not kept.
        RETURN_IF_ERROR(ReadStored(row, 1, given));
        if (given.has_row()) *outcome.mutable_given() = std::move(*given.mutable_row());
        return absl::OkStatus();
      }));
  return outcomes;
}

absl::Status ImportStore::Remove(absl::string_view import) {
  RETURN_IF_ERROR(transaction_.Execute("DELETE FROM import_rows WHERE import = $1", {import}));
  return transaction_.Execute("DELETE FROM imports WHERE import = $1", {import});
}

absl::Status ImportStore::RemoveExpired(absl::Time now, int64_t limit) {
  std::string expired;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT import FROM imports WHERE expires_at_ms < $1 ORDER BY expires_at_ms LIMIT 1",
      {absl::ToUnixMillis(now)}, [&](const Row& row) {
        expired = row.Text(0);
        return absl::OkStatus();
      }));
  if (expired.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(transaction_.Execute(
      "DELETE FROM import_rows WHERE import = $1 AND number IN (SELECT number FROM import_rows "
      "WHERE import = $1 ORDER BY number LIMIT $2)",
      {expired, limit}));
  return transaction_.Execute(
      "DELETE FROM imports WHERE import = $1 AND NOT EXISTS "
      "(SELECT 1 FROM import_rows WHERE import = $1)",
      {expired});
}

StoredImport NewImport(const std::string& import, v1::Import::Mode mode, const std::string& period,
                       const platform::Call& call, absl::Time now) {
  StoredImport stored;
  stored.caller = call.caller().name();
  stored.message.set_name(messages::ImportName(import));
  stored.message.set_mode(mode);
  stored.message.set_period(period);
  stored.message.set_state(v1::Import::STATE_RECEIVING);
  *stored.message.mutable_create_time() = messages::InstantMessage(now);
  return stored;
}

bool Expired(const StoredImport& stored, absl::Time now) {
  return messages::ReadInstant(stored.message.expire_time()) < now;
}

absl::StatusOr<StoredImport> FindImport(ImportStore& imports, absl::string_view path,
                                        const std::string& import, absl::Time now) {
  ASSIGN_OR_RETURN(std::optional<StoredImport> stored, imports.Find(import));
  if (stored.has_value() && !Expired(*stored, now)) return *std::move(stored);
  return ImportUnknown(path);
}

absl::StatusOr<StoredImport> FindImportOf(const platform::Call& call, ImportStore& imports,
                                          absl::string_view path, const std::string& import,
                                          absl::Time now) {
  ASSIGN_OR_RETURN(StoredImport stored, FindImport(imports, path, import, now));
  if (call.terms().own_imports_only && stored.caller != call.caller().name()) {
    return ImportUnknown(path);
  }
  return stored;
}

absl::Status KeepImport(ImportStore& imports, const std::string& import, StoredImport& stored,
                        absl::Time now) {
  *stored.message.mutable_expire_time() = messages::InstantMessage(now + kKept);
  return imports.Put(import, stored);
}

}  // namespace thidua::results_ingest
