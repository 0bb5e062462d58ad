// A service's own database: one writer at a time, many readers, every change durable before it is
// answered. Two engines behind one interface:
//
//   a file                     SQLite in WAL with synchronous=FULL, embedded: the default
//   postgresql://…             PostgreSQL, and what speaks its protocol: past one machine
//
//   auto database = Database::Open(folder / "registry.db", kMigrations);
//   absl::Status done = (*database)->Write([&](Transaction& transaction) {
//     return transaction.Execute("INSERT INTO units (unit, message) VALUES ($1, $2)",
//                                {id, Bytes{message}});
//   });
//
// A store is written once, in SQL that both engines take: $1, $2, … placeholders, TEXT, BIGINT and
// BYTEA columns, ON CONFLICT. What differs stays in the engine.
//
// Errors: UNAVAILABLE when the database is busy or unreachable (after a failed commit the change
// may or may not have been made: ask again under the same request id), DATA_LOSS when it is
// damaged, RESOURCE_EXHAUSTED when the disk is full, ALREADY_EXISTS when a unique key is taken,
// INTERNAL for anything else (a programmer's error in the SQL). Thread-safe.
#ifndef THIDUA_SERVICES_STORAGE_DATABASE_H_
#define THIDUA_SERVICES_STORAGE_DATABASE_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

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
  virtual ~Row() = default;
  virtual int64_t Integer(int column) const = 0;
  virtual std::string Text(int column) const = 0;  // Text or bytes; NULL is "".
  virtual bool IsNull(int column) const = 0;
};

// What a callback of Write or Read works with; not to be kept beyond it.
class Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction() = default;

  // Calls `each` for every row; stops at its first error and answers it.
  virtual absl::Status Query(absl::string_view sql, std::initializer_list<Parameter> parameters,
                             absl::FunctionRef<absl::Status(const Row&)> each) = 0;
  absl::Status Execute(absl::string_view sql, std::initializer_list<Parameter> parameters);

  // The next number of the store's one sequence of changes: rises with every call, in commit order,
  // and is given back when the transaction does not commit. Only inside Write.
  absl::StatusOr<int64_t> NextSequence();
  // The sequence as it stands in this transaction.
  absl::StatusOr<int64_t> Sequence();
};

// Forward-only steps of a schema: the n-th takes the database from version n to n + 1. A step that
// was ever released is never changed.
using Migrations = absl::Span<const char* const>;

class Database {
 public:
  // Opens the database, or makes the file, and takes its schema forward. FAILED_PRECONDITION when
  // it was written by a newer build, or the file is in use.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& location,
                                                        Migrations migrations);
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  // Runs `change` in one transaction and commits it durably when it answers OK; otherwise nothing
  // of it remains. One at a time, so that numbers of NextSequence are in commit order.
  virtual absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> change) = 0;

  // Runs `query` over one consistent snapshot, beside writers and other readers.
  virtual absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> query) = 0;

  // The last number given out by NextSequence and committed.
  absl::StatusOr<int64_t> Sequence();

  // Which store this is, made when the store was made: tokens that another store gave are told
  // apart.
  const std::string& store_id() const { return store_id_; }
  // When it was opened last, milliseconds since 1970, and always later than the time before: of two
  // states of a store, the one with the greater epoch is the newer, also when an old backup was put
  // back in between and versions are counted again.
  int64_t store_epoch_ms() const { return store_epoch_ms_; }

 protected:
  // Takes the schema forward within `transaction`, which no other process may disturb. `run` runs
  // several statements at once.
  absl::Status Migrate(Transaction& transaction, Migrations migrations,
                       absl::FunctionRef<absl::Status(const char* statements)> run);

 private:
  std::string store_id_;
  int64_t store_epoch_ms_ = 0;
};

}  // namespace thidua::storage

#endif  // THIDUA_SERVICES_STORAGE_DATABASE_H_
