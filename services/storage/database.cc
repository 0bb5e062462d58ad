#include "services/storage/database.h"

#include <openssl/rand.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/storage/postgresql.h"
#include "services/storage/sqlite.h"

namespace thidua::storage {
namespace {

// The storage library's own table: who the store is, its sequence, and how far its schema is.
constexpr char kStoreSchema[] = R"sql(
  CREATE TABLE IF NOT EXISTS store (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    store_id TEXT NOT NULL,
    epoch_ms BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    schema_version BIGINT NOT NULL
  )
)sql";

std::string NewStoreId() {
  unsigned char random[12];
  RAND_bytes(random, sizeof random);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(random), sizeof random));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& location,
                                                         Migrations migrations) {
  if (absl::StartsWith(location, "postgresql://")) return OpenPostgresql(location, migrations);
  return OpenSqlite(location, migrations);
}

absl::Status Transaction::Execute(absl::string_view sql,
                                  std::initializer_list<Parameter> parameters) {
  return Query(sql, parameters, [](const Row&) { return absl::OkStatus(); });
}

absl::StatusOr<int64_t> Transaction::NextSequence() {
  absl::Status status = Execute("UPDATE store SET sequence = sequence + 1", {});
  if (!status.ok()) return status;
  return Sequence();
}

absl::StatusOr<int64_t> Transaction::Sequence() {
  int64_t sequence = 0;
  absl::Status status = Query("SELECT sequence FROM store", {}, [&](const Row& row) {
    sequence = row.Integer(0);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return sequence;
}

absl::StatusOr<int64_t> Database::Sequence() {
  absl::StatusOr<int64_t> sequence = 0;
  absl::Status status = Read([&](Transaction& transaction) {
    sequence = transaction.Sequence();
    return sequence.status();
  });
  if (!status.ok()) return status;
  return sequence;
}

absl::Status Database::Migrate(Transaction& transaction, Migrations migrations,
                               absl::FunctionRef<absl::Status(const char*)> run) {
  absl::Status status = run(kStoreSchema);
  if (!status.ok()) return status;
  status = transaction.Execute(
      "INSERT INTO store (only_row, store_id, epoch_ms, sequence, schema_version) "
      "VALUES (1, $1, 0, 0, 0) ON CONFLICT DO NOTHING",
      {NewStoreId()});
  if (!status.ok()) return status;
  const int64_t now_ms = absl::ToUnixMillis(absl::Now());
  status = transaction.Execute(
      "UPDATE store SET epoch_ms = CASE WHEN epoch_ms < $1 THEN $1 ELSE epoch_ms + 1 END",
      {now_ms});
  if (!status.ok()) return status;
  int64_t version = 0;
  status = transaction.Query("SELECT store_id, epoch_ms, schema_version FROM store", {},
                             [&](const Row& row) {
                               store_id_ = row.Text(0);
                               store_epoch_ms_ = row.Integer(1);
                               version = row.Integer(2);
                               return absl::OkStatus();
                             });
  if (!status.ok()) return status;
  if (version > static_cast<int64_t>(migrations.size())) {
    return absl::FailedPreconditionError(absl::StrCat("the database has schema ", version,
                                                      "; this build knows ", migrations.size(),
                                                      " and cannot go back"));
  }
  for (size_t i = static_cast<size_t>(version); i < migrations.size(); ++i) {
    status = run(migrations[i]);
    if (!status.ok()) return status;
  }
  return transaction.Execute("UPDATE store SET schema_version = $1",
                             {static_cast<int64_t>(migrations.size())});
}

}  // namespace thidua::storage
