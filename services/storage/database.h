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
// Errors: UNAVAILABLE when the database is busy (all its connections, for 3 seconds) or unreachable
// (after a failed commit the change
// may or may not have been made: ask again under the same request id), DATA_LOSS when it is
// damaged, RESOURCE_EXHAUSTED when the disk is full, ALREADY_EXISTS when a unique key is taken,
// INTERNAL for anything else (a programmer's error in the SQL). After a statement failed its
// transaction takes no other and is not committed. Thread-safe.
#ifndef THIDUA_SERVICES_STORAGE_DATABASE_H_
#define THIDUA_SERVICES_STORAGE_DATABASE_H_

#include <cstdint>
#include <deque>
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

// How a table is made, the same on both engines.
struct Table {
  enum class Type { kInteger, kText, kBytes };
  struct Column {
    std::string name;
    Type type;
    bool operator==(const Column&) const = default;
  };
  std::string name;
  std::vector<Column> columns;
  std::vector<size_t> key;  // Which columns are its primary key, or all.
  bool operator==(const Table&) const = default;
};

// What a callback of Write or Read works with; not to be kept beyond it.
class Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction() = default;

  // Calls `each` for every row; stops at its first error and answers it.
  virtual absl::Status Query(absl::string_view sql, absl::Span<const Parameter> parameters,
                             absl::FunctionRef<absl::Status(const Row&)> each) = 0;
  absl::Status Execute(absl::string_view sql, absl::Span<const Parameter> parameters);

  // Calls `each` for every row of which the column that `sql` ends with is one of the keys, in no
  // order: "SELECT message FROM results WHERE bloc = $1 AND target". `parameters` are for the
  // placeholders in `sql`.
  virtual absl::Status QueryKeys(absl::string_view sql, absl::Span<const Parameter> parameters,
                                 absl::Span<const std::string> keys,
                                 absl::FunctionRef<absl::Status(const Row&)> each) = 0;

  // Inserts many rows into one table, in the engine's fastest way. Each row has a value for each
  // column, of its type: int64_t for BIGINT, text for TEXT, Bytes for BYTEA. ALREADY_EXISTS when a
  // unique key is taken.
  virtual absl::Status InsertRows(absl::string_view table,
                                  absl::Span<const absl::string_view> columns,
                                  absl::Span<const std::vector<Parameter>> rows) = 0;

  // All tables, by name, the storage library's own among them.
  virtual absl::StatusOr<std::vector<Table>> Tables() = 0;
  // Calls `each` for every row, with all columns, in the order of the key: text by its bytes.
  virtual absl::Status ReadInOrder(const Table& table,
                                   absl::FunctionRef<absl::Status(const Row&)> each) = 0;

  // The next number of the store's one sequence of changes: rises with every call, in commit order,
  // and is given back when the transaction does not commit. Only inside Write.
  absl::StatusOr<int64_t> NextSequence();
  // The first of the next `count` numbers, all taken at once.
  absl::StatusOr<int64_t> NextSequences(int64_t count);
  // The sequence as it stands in this transaction.
  absl::StatusOr<int64_t> Sequence();
  // How many numbers were ever taken through this object: whether a change has taken one.
  int64_t numbers_taken() const { return numbers_taken_; }

 private:
  friend class Database;
  // What group commit needs: a change after the first of its group is put between BeginPart and
  // EndPart, and EndPart(false) leaves nothing of it, also when a statement of it failed.
  virtual absl::Status BeginPart() = 0;
  virtual absl::Status EndPart(bool kept) = 0;
  // Whether a statement failed, so that this part of the transaction cannot be committed.
  virtual bool failed() const = 0;

  int64_t numbers_taken_ = 0;
};

// Forward-only steps of a schema: the n-th takes the database from version n to n + 1. A step that
// was ever released is never changed.
//
// A step that begins with a line "-- additive" only adds: tables, columns that may be left out,
// indexes. Builds that do not know it go on beside it, and may be started again after it, so that a
// service is upgraded while old processes of it still run, and an upgrade can be taken back. It
// says so for its author: what an older build writes, who leaves its columns and tables as they
// are, has to be right for the newer one, for good. That its statements are none but these is
// checked (additive_step.h). And every build names the columns that it reads and writes.
//
// After any other step only those builds are started that know it. Those that run are not
// stopped: whoever writes such a step has them stopped first.
using Migrations = absl::Span<const char* const>;

// Who else may have a store open.
enum class Company { kItsService, kNobody };

class Database {
 public:
  // Opens the database, or makes the file, and takes its schema forward. `password_file`: with the
  // password for PostgreSQL, read at each connection; empty: none. A password has no place in
  // `location`, which whoever lists processes sees: INVALID_ARGUMENT, in words that do not repeat
  // it. FAILED_PRECONDITION when a newer build took the schema past what this one may work on, the
  // file is in use, or the password's is empty or away.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& location,
                                                        Migrations migrations,
                                                        const std::string& password_file = "");
  // For who looks at a store as it is, or copies it: nothing is written, and no schema is taken
  // forward. Rows of a query come one after another, whatever their number, and its callback must
  // ask nothing else; statements may take hours. NOT_FOUND when no store is there;
  // FAILED_PRECONDITION when company is not allowed and there is some.
  static absl::StatusOr<std::unique_ptr<Database>> OpenToLook(const std::string& location,
                                                              Company company,
                                                              const std::string& password_file);
  // For who makes a store out of another: as Open, but FAILED_PRECONDITION when a service has it
  // open, on PostgreSQL too, and statements may take hours. A file is one file, when it is closed.
  static absl::StatusOr<std::unique_ptr<Database>> OpenToFill(const std::string& location,
                                                              Migrations migrations,
                                                              const std::string& password_file);

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  // Runs `change` and commits it durably when it answers OK; otherwise nothing of it remains. One
  // at a time, so that numbers of NextSequence are in commit order.
  //
  // Changes that wait at the same time share one commit (group commit). Each sees those before it,
  // and is answered only when the commit that carries them is durable; one that is refused leaves
  // the others as they are. When that commit fails, or the engine gives the transaction up half-way
  // (the disk is full, the line is lost), nobody of the group is answered OK.
  //
  // `change` runs once, perhaps on the thread of another Write while this one waits: it must not
  // wait for a Write, nor be about its thread.
  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> change);

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
  // How many steps its schema has taken: as it was found, and as it is now.
  int64_t schema_version_found() const { return schema_version_found_; }
  int64_t schema_version() const { return schema_version_; }

 protected:
  // Takes the schema forward within `transaction`, which no other process may disturb. `run` runs
  // several statements at once.
  absl::Status Migrate(Transaction& transaction, Migrations migrations,
                       absl::FunctionRef<absl::Status(const char* statements)> run);
  // Who the store is, as it stands. NOT_FOUND when it is none.
  absl::Status ReadStore(Transaction& transaction);

  // Begins the writer's transaction, runs `work` in it, and ends it: commits durably when `work`
  // answers OK, and otherwise rolls back and answers its error. `work` is not run when the
  // transaction cannot begin. Called by one thread at a time.
  virtual absl::Status WriteInTransaction(absl::FunctionRef<absl::Status(Transaction&)> work) = 0;

 private:
  struct Change;  // One call of Write, on its caller's stack.

  // Runs and commits a group of waiting changes, from the first on, and answers them.
  void LeadGroup() noexcept;
  // Puts in `group` those it ran, each with its own status.
  absl::Status RunGroup(Transaction& transaction, std::vector<Change*>& group);
  Change* NextWaiting();  // nullptr when none waits.

  std::string store_id_;
  int64_t store_epoch_ms_ = 0;
  int64_t schema_version_found_ = 0;
  int64_t schema_version_ = 0;
  int64_t oldest_build_ = 0;  // That may be started on it.

  absl::Mutex queue_mutex_;
  std::deque<Change*> waiting_ ABSL_GUARDED_BY(queue_mutex_);
  bool led_ ABSL_GUARDED_BY(queue_mutex_) = false;  // A thread is in LeadGroup.
};

}  // namespace thidua::storage

#endif  // THIDUA_SERVICES_STORAGE_DATABASE_H_
