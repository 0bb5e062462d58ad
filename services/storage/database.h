// A service's own database: one writer at a time, many readers, every change durable before it is
// answered.
//
//   auto database = Database::Open(folder / "registry.db", kMigrations);
//   absl::Status done = (*database)->Write([&](Transaction& transaction) {
//     return transaction.Execute("INSERT INTO units (unit, body) VALUES ($1, $2)", {id,
//     Bytes{body}});
//   });
//
// The embedded engine is SQLite in WAL with synchronous=FULL: an answered write survives the
// process and the power. SQL is written with $1, $2, … placeholders, as PostgreSQL writes them.
//
// Errors: UNAVAILABLE when the database is busy or unreachable, DATA_LOSS when it is damaged,
// RESOURCE_EXHAUSTED when the disk is full, ALREADY_EXISTS when a unique key is taken, INTERNAL for
// anything else (a programmer's error in the SQL). Thread-safe.
#ifndef THIDUA_SERVICES_STORAGE_DATABASE_H_
#define THIDUA_SERVICES_STORAGE_DATABASE_H_

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace thidua::storage {

// Bytes that are not text.
struct Bytes {
  absl::string_view bytes;
};

// A value for a placeholder; refers to the caller's memory for the length of the call.
using Parameter = std::variant<std::nullptr_t, int64_t, absl::string_view, Bytes>;

// One row of an answer, valid inside the callback that received it. Columns count from 0.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) {}
  int64_t Integer(int column) const;
  std::string Text(int column) const;  // Text or bytes; NULL is "".
  bool IsNull(int column) const;

 private:
  SQLite::Statement& statement_;
};

class Connection;

// What a callback of Write or Read works with; not to be kept beyond it.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  absl::Status Execute(absl::string_view sql, std::initializer_list<Parameter> parameters);
  // Calls `each` for every row; stops at its first error and answers it.
  absl::Status Query(absl::string_view sql, std::initializer_list<Parameter> parameters,
                     absl::FunctionRef<absl::Status(const Row&)> each);

  // The next number of the store's one sequence of changes: rises with every call, in commit order,
  // and is given back when the transaction does not commit. Only inside Write.
  absl::StatusOr<int64_t> NextSequence();
  // The sequence as it stands in this transaction.
  absl::StatusOr<int64_t> Sequence();

 private:
  Connection& connection_;
};

// Forward-only steps of a schema: the n-th takes the database from version n to n + 1. A step that
// was ever released is never changed.
using Migrations = absl::Span<const char* const>;

class Database {
 public:
  // Opens or makes the file, and takes its schema forward. FAILED_PRECONDITION when the file was
  // written by a newer build.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::filesystem::path& file,
                                                        Migrations migrations);
  ~Database();

  // Runs `change` in one transaction and commits it durably when it answers OK; otherwise nothing
  // of it remains. One at a time.
  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> change);

  // Runs `query` over one consistent snapshot, beside writers and other readers.
  absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> query);

  // The last number given out by NextSequence and committed.
  absl::StatusOr<int64_t> Sequence();

  // Which store this is, made when the file was made: tokens that another store gave are told
  // apart.
  const std::string& store_id() const { return store_id_; }
  // When it was made, milliseconds since 1970.
  int64_t store_epoch_ms() const { return store_epoch_ms_; }

 private:
  explicit Database(std::filesystem::path file);
  absl::Status Migrate(Migrations migrations);

  const std::filesystem::path file_;
  std::string store_id_;
  int64_t store_epoch_ms_ = 0;

  absl::Mutex write_mutex_;
  std::unique_ptr<Connection> writer_ ABSL_PT_GUARDED_BY(write_mutex_);

  // Idle readers; taken and given back around each Read. No more exist than Reads ran at once.
  absl::Mutex readers_mutex_;
  std::vector<std::unique_ptr<Connection>> idle_readers_ ABSL_GUARDED_BY(readers_mutex_);
};

}  // namespace thidua::storage

#endif  // THIDUA_SERVICES_STORAGE_DATABASE_H_
