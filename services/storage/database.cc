#include "services/storage/database.h"

#include <openssl/rand.h>

#include <algorithm>
#include <exception>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/metrics.h"
#include "services/storage/additive_step.h"
#include "services/storage/postgresql.h"
#include "services/storage/sqlite.h"

namespace thidua::storage {
namespace {

// The storage library's own tables.
//   store         who the store is, its sequence, and how far its schema is
//   store_builds  oldest: how many steps a build has to know at least that is started on it. Not
//                 there in stores that were made before it was: what their version is
constexpr char kStoreSchema[] = R"sql(
  CREATE TABLE IF NOT EXISTS store (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    store_id TEXT NOT NULL,
    epoch_ms BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    schema_version BIGINT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS store_builds (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    oldest BIGINT NOT NULL
  )
)sql";

// What one commit carries at most, so that the first of a group does not wait long for the last:
// so many changes (PostgreSQL's snapshots are slow past 64 savepoints), and none begun later.
constexpr size_t kGroupMax = 64;
constexpr absl::Duration kGroupTime = absl::Milliseconds(20);

bool IsUrl(absl::string_view location) {
  return absl::StartsWith(location, "postgresql://") || absl::StartsWith(location, "postgres://");
}

prometheus::Histogram& Took(absl::StatusCode ended) {
  return platform::SecondsOf("thidua_change_seconds",
                             "How long changes of the store took, with their commit, by how they "
                             "ended; what is validated only is CANCELLED.",
                             {{"ended", absl::StatusCodeToString(ended)}});
}

std::string NewStoreId() {
  unsigned char random[12];
  RAND_bytes(random, sizeof random);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(random), sizeof random));
}

// For those whose transaction ended by another's fault: to be asked again, whatever the fault was.
absl::Status GivenUp(const absl::Status& fault) {
  return absl::UnavailableError(
      absl::StrCat("the transaction this change was in was given up: ", fault.message()));
}

}  // namespace

struct Database::Change {
  explicit Change(absl::FunctionRef<absl::Status(Transaction&)> given) : run(given) {}

  absl::FunctionRef<absl::Status(Transaction&)> run;
  absl::Status status;
  bool broke_off = false;  // It is for its own `status` that the group was given up.
  bool answered = false;
  absl::CondVar wake;  // To lead, or with its answer.

  // One caller's exception must not end the thread of another.
  absl::Status RunIn(Transaction& transaction) try {
    absl::Status done = run(transaction);
    if (done.ok() && transaction.failed()) {
      done = absl::InternalError("a failed statement was passed over");
    }
    return done;
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
};

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& location,
                                                         Migrations migrations,
                                                         const std::string& password_file) {
  return IsUrl(location) ? OpenPostgresql(location, password_file, migrations)
                         : OpenSqlite(location, migrations);
}

absl::StatusOr<std::unique_ptr<Database>> Database::OpenToLook(const std::string& location,
                                                               Company company,
                                                               const std::string& password_file) {
  return IsUrl(location) ? OpenPostgresqlToLook(location, password_file, company)
                         : OpenSqliteToLook(location, company);
}

absl::StatusOr<std::unique_ptr<Database>> Database::OpenToFill(const std::string& location,
                                                               Migrations migrations,
                                                               const std::string& password_file) {
  return IsUrl(location) ? OpenPostgresqlToFill(location, password_file, migrations)
                         : OpenSqliteToFill(location, migrations);
}

absl::Status Transaction::Execute(absl::string_view sql, absl::Span<const Parameter> parameters) {
  return Query(sql, parameters, [](const Row&) { return absl::OkStatus(); });
}

absl::StatusOr<int64_t> Transaction::NextSequence() { return NextSequences(1); }

absl::StatusOr<int64_t> Transaction::NextSequences(int64_t count) {
  numbers_taken_ += count;
  int64_t last = 0;
  absl::Status status = Query("UPDATE store SET sequence = sequence + $1 RETURNING sequence",
                              {count}, [&](const Row& row) {
                                last = row.Integer(0);
                                return absl::OkStatus();
                              });
  if (!status.ok()) return status;
  return last - count + 1;
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

// The caller that finds nobody leading, or is first in the queue when a leader ends, leads: its own
// change is the first of the group, so that a change alone runs on its own thread.
absl::Status Database::Write(absl::FunctionRef<absl::Status(Transaction&)> change) {
  Change own(change);
  const absl::Cleanup measure = [&own, began = absl::Now()] {
    Took(own.status.code()).Observe(absl::ToDoubleSeconds(absl::Now() - began));
  };
  {
    const absl::MutexLock lock(&queue_mutex_);
    waiting_.push_back(&own);
    while (!own.answered && (led_ || waiting_.front() != &own)) own.wake.Wait(&queue_mutex_);
    if (own.answered) return own.status;
    led_ = true;
  }
  LeadGroup();
  return own.status;
}

// noexcept: all would wait for ever for a leader that left by an exception.
void Database::LeadGroup() noexcept {
  std::vector<Change*> group;
  const absl::Status ended =
      WriteInTransaction([&](Transaction& transaction) { return RunGroup(transaction, group); });
  const absl::MutexLock lock(&queue_mutex_);
  if (group.empty()) {
    // It could not begin, after the engine's own patience: all who waited have waited as long.
    group.assign(waiting_.begin(), waiting_.end());
    waiting_.clear();
  }
  for (Change* change : group) {
    // Also those that were refused: what they were refused for may be gone with the transaction.
    if (!ended.ok() && !change->broke_off) change->status = ended;
    change->answered = true;
  }
  led_ = false;
  // First who leads next: the others go on beside it. All under the lock, since a Change is gone
  // once its caller saw it answered.
  if (!waiting_.empty()) waiting_.front()->wake.Signal();
  for (Change* change : group) change->wake.Signal();
}

absl::Status Database::RunGroup(Transaction& transaction, std::vector<Change*>& group) {
  const absl::Time full = absl::Now() + kGroupTime;
  do {
    Change* change = NextWaiting();
    if (change == nullptr) break;
    group.push_back(change);
    // The first needs no part of its own: when it is refused, the transaction is nothing but it.
    const bool first = group.size() == 1;
    absl::Status status = first ? absl::OkStatus() : transaction.BeginPart();
    if (!status.ok()) return GivenUp(status);
    change->status = change->RunIn(transaction);
    if (first && !change->status.ok()) return change->status;
    if (!first) status = transaction.EndPart(/*kept=*/change->status.ok());
    if (!status.ok()) {  // The engine has rolled the whole transaction back.
      change->broke_off = !change->status.ok();
      return GivenUp(status);
    }
  } while (group.size() < kGroupMax && absl::Now() < full);
  return absl::OkStatus();
}

Database::Change* Database::NextWaiting() {
  const absl::MutexLock lock(&queue_mutex_);
  if (waiting_.empty()) return nullptr;
  Change* next = waiting_.front();
  waiting_.pop_front();
  return next;
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

absl::Status Database::ReadStore(Transaction& transaction) {
  const absl::StatusOr<std::vector<Table>> tables = transaction.Tables();
  if (!tables.ok()) return tables.status();
  const bool is_store = std::any_of(tables->begin(), tables->end(),
                                    [](const Table& table) { return table.name == "store"; });
  if (!is_store) return absl::NotFoundError("there is no store in the database");
  return transaction.Query("SELECT store_id, epoch_ms, schema_version FROM store", {},
                           [&](const Row& row) {
                             store_id_ = row.Text(0);
                             store_epoch_ms_ = row.Integer(1);
                             schema_version_found_ = schema_version_ = row.Integer(2);
                             return absl::OkStatus();
                           });
}

absl::Status Database::Migrate(Transaction& transaction, Migrations migrations,
                               absl::FunctionRef<absl::Status(const char*)> run) {
  const auto known = static_cast<int64_t>(migrations.size());
  absl::Status status = run(kStoreSchema);
  if (!status.ok()) return status;
  status = transaction.Execute(
      "INSERT INTO store (only_row, store_id, epoch_ms, sequence, schema_version) "
      "VALUES (1, $1, 0, 0, 0) ON CONFLICT DO NOTHING",
      {NewStoreId()});
  if (!status.ok()) return status;
  status = transaction.Query("SELECT schema_version, (SELECT oldest FROM store_builds) FROM store",
                             {}, [&](const Row& row) {
                               schema_version_found_ = schema_version_ = row.Integer(0);
                               oldest_build_ = row.IsNull(1) ? schema_version_ : row.Integer(1);
                               return absl::OkStatus();
                             });
  if (!status.ok()) return status;
  if (oldest_build_ > known) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database has schema ", schema_version_, ", for builds that know ",
                     oldest_build_, "; this build knows ", known, " and cannot go back"));
  }
  // Writers of other processes take this row first and then tables, so that steps do too: whoever
  // took them the other way round would wait for a writer that waits for it.
  if (schema_version_ < known) {
    status = transaction.Execute("UPDATE store SET sequence = sequence", {});
  }
  if (!status.ok()) return status;
  while (schema_version_ < known) {
    const char* const step = migrations[static_cast<size_t>(schema_version_)];
    const bool additive = SaysAdditive(step);
    if (additive) status = CheckAdditive(step);
    if (status.ok()) status = run(step);
    if (!status.ok()) return status;
    ++schema_version_;
    if (!additive) oldest_build_ = schema_version_;
  }
  status = transaction.Execute(
      "INSERT INTO store_builds (only_row, oldest) VALUES (1, $1) "
      "ON CONFLICT (only_row) DO UPDATE SET oldest = excluded.oldest",
      {oldest_build_});
  if (!status.ok()) return status;
  // Last, if there was no step: writers of other processes wait for this row.
  const int64_t now_ms = absl::ToUnixMillis(absl::Now());
  return transaction.Query(
      "UPDATE store SET epoch_ms = CASE WHEN epoch_ms < $1 THEN $1 ELSE epoch_ms + 1 END, "
      "schema_version = $2 RETURNING store_id, epoch_ms",
      {now_ms, schema_version_}, [&](const Row& row) {
        store_id_ = row.Text(0);
        store_epoch_ms_ = row.Integer(1);
        return absl::OkStatus();
      });
}

}  // namespace thidua::storage
