#include "services/storage/sqlite.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "services/storage/table.h"

namespace thidua::storage {
namespace {

constexpr int kBusyTimeoutMs = 5000;
// How many keys a statement of QueryKeys takes.
constexpr size_t kKeysAtOnce[] = {1, 10, 100};
// Readers kept open while idle: as many as a small server runs at once.
constexpr size_t kIdleReadersMax = 16;

// What a database was opened for.
enum class Purpose { kServe, kLook, kFill };

absl::Status ToStatus(const SQLite::Exception& error) {
  const std::string message = absl::StrCat("sqlite: ", error.what());
  switch (error.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      return absl::UnavailableError(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(message);
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(message);
    case SQLITE_CONSTRAINT:
      if (error.getExtendedErrorCode() == SQLITE_CONSTRAINT_UNIQUE ||
          error.getExtendedErrorCode() == SQLITE_CONSTRAINT_PRIMARYKEY) {
        return absl::AlreadyExistsError(message);
      }
      return absl::InternalError(message);
    default:
      return absl::InternalError(message);
  }
}

class SqliteRow : public Row {
 public:
  explicit SqliteRow(SQLite::Statement& statement) : statement_(statement) {}
  int64_t Integer(int column) const override { return statement_.getColumn(column).getInt64(); }
  bool IsNull(int column) const override { return statement_.getColumn(column).isNull(); }
  std::string Text(int column) const override {
    const SQLite::Column value = statement_.getColumn(column);
    const auto* bytes = static_cast<const char*>(value.getBlob());
    return bytes == nullptr ? std::string()
                            : std::string(bytes, static_cast<size_t>(value.getBytes()));
  }

 private:
  SQLite::Statement& statement_;
};

// One SQLite connection with its prepared statements; used by one thread at a time.
class Connection : public Transaction {
 public:
  Connection(const std::string& file, Purpose purpose)
      : sqlite_(file,
                purpose == Purpose::kLook ? SQLite::OPEN_READONLY
                                          : SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                kBusyTimeoutMs) {
    if (purpose == Purpose::kLook) return;
    sqlite_.exec(purpose == Purpose::kServe ? "PRAGMA journal_mode = WAL"
                                            : "PRAGMA journal_mode = DELETE");
    sqlite_.exec("PRAGMA synchronous = FULL");
    sqlite_.exec("PRAGMA foreign_keys = ON");
    // RETURNING and savepoints keep a little aside: in a file, that costs as much as a commit.
    sqlite_.exec("PRAGMA temp_store = MEMORY");
  }

  void Run(const char* sql) { sqlite_.exec(sql); }
  void Begin(const char* begin) {
    statement_failed_ = false;
    Run(begin);
  }
  bool in_transaction() const { return sqlite3_get_autocommit(sqlite_.getHandle()) == 0; }

  absl::Status Query(absl::string_view sql, absl::Span<const Parameter> parameters,
                     absl::FunctionRef<absl::Status(const Row&)> each) override try {
    // SQLite would go on, and past a transaction it rolled back by itself without one.
    if (failed()) return PassedOver();
    SQLite::Statement& statement = Prepared(sql);
    // Ends the statement's hold on the database however the loop is left.
    const absl::Cleanup reset = [&statement] { statement.tryReset(); };
    int position = 0;
    for (const Parameter& parameter : parameters) Bind(statement, ++position, parameter);
    const SqliteRow row(statement);
    while (statement.executeStep()) {
      if (absl::Status status = each(row); !status.ok()) return status;
    }
    return absl::OkStatus();
  } catch (const SQLite::Exception& error) {
    return Failed(error);
  }

  absl::Status QueryKeys(absl::string_view sql, absl::Span<const Parameter> parameters,
                         absl::Span<const std::string> keys,
                         absl::FunctionRef<absl::Status(const Row&)> each) override {
    while (!keys.empty()) {
      // A few statements do for any number of keys: the last key stands in for those that are
      // missing.
      size_t places = kKeysAtOnce[0];
      for (const size_t more : kKeysAtOnce) {
        if (places < keys.size()) places = more;
      }
      std::string text = absl::StrCat(sql, " IN (");
      for (size_t i = 1; i <= places; ++i) {
        absl::StrAppend(&text, i == 1 ? "$" : ", $", parameters.size() + i);
      }
      text += ')';
      const absl::Span<const std::string> some = keys.subspan(0, places);
      std::vector<Parameter> all(parameters.begin(), parameters.end());
      all.insert(all.end(), some.begin(), some.end());
      all.resize(parameters.size() + places, absl::string_view(some.back()));
      absl::Status status = Query(text, all, each);
      if (!status.ok()) return status;
      keys.remove_prefix(some.size());
    }
    return absl::OkStatus();
  }

  absl::Status InsertRows(absl::string_view table, absl::Span<const absl::string_view> columns,
                          absl::Span<const std::vector<Parameter>> rows) override try {
    if (failed()) return PassedOver();
    std::string sql =
        absl::StrCat("INSERT INTO ", table, " (", absl::StrJoin(columns, ", "), ") VALUES (");
    for (size_t i = 0; i < columns.size(); ++i) absl::StrAppend(&sql, i == 0 ? "?" : ", ?");
    sql += ')';
    SQLite::Statement& statement = Prepared(sql);
    const absl::Cleanup reset = [&statement] { statement.tryReset(); };
    for (const std::vector<Parameter>& row : rows) {
      if (row.size() != columns.size()) {
        statement_failed_ = true;
        return absl::InternalError("sqlite: a row has not one value for each column");
      }
      int position = 0;
      for (const Parameter& parameter : row) Bind(statement, ++position, parameter);
      statement.exec();
      statement.reset();
    }
    return absl::OkStatus();
  } catch (const SQLite::Exception& error) {
    return Failed(error);
  }

  absl::StatusOr<std::vector<Table>> Tables() override {
    return ReadTables(*this,
                      "SELECT t.name, c.name, c.type, c.pk "
                      "FROM sqlite_master t JOIN pragma_table_info(t.name) c "
                      "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~' "
                      "ORDER BY t.name, c.cid");
  }

  absl::Status ReadInOrder(const Table& table,
                           absl::FunctionRef<absl::Status(const Row&)> each) override {
    return Query(SelectInOrder(table, ""), {}, each);
  }

 private:
  absl::Status BeginPart() override try {
    Run("SAVEPOINT part");
    return absl::OkStatus();
  } catch (const SQLite::Exception& error) {
    return Failed(error);
  }
  absl::Status EndPart(bool kept) override try {
    if (!kept) Run("ROLLBACK TO part");  // Fails when SQLite has rolled back everything by itself.
    Run("RELEASE part");
    if (!kept) statement_failed_ = false;
    return absl::OkStatus();
  } catch (const SQLite::Exception& error) {
    return Failed(error);
  }
  bool failed() const override { return statement_failed_ || !in_transaction(); }

  absl::Status Failed(const SQLite::Exception& error) {
    statement_failed_ = true;
    return ToStatus(error);
  }
  static absl::Status PassedOver() {
    return absl::InternalError("sqlite: an earlier statement of the transaction failed");
  }

  SQLite::Statement& Prepared(absl::string_view sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
      found = statements_.emplace(sql, std::make_unique<SQLite::Statement>(sqlite_, ByNumber(sql)))
                  .first;
    }
    return *found->second;
  }

  // "$2" is a name to SQLite, looked for among all names at each run; "?2" is the second parameter.
  static std::string ByNumber(absl::string_view sql) {
    std::string text(sql);
    for (size_t i = 0; i + 1 < text.size(); ++i) {
      if (text[i] == '$' && absl::ascii_isdigit(static_cast<unsigned char>(text[i + 1]))) {
        text[i] = '?';
      }
    }
    return text;
  }

  // The caller's memory outlives the steps, and each run binds anew what the one before bound.
  static void Bind(SQLite::Statement& statement, int position, const Parameter& parameter) {
    if (const auto* number = std::get_if<int64_t>(&parameter)) {
      statement.bind(position, *number);
    } else if (const auto* text = std::get_if<absl::string_view>(&parameter)) {
      statement.bind(position, std::string(*text));
    } else if (const auto* bytes = std::get_if<Bytes>(&parameter)) {
      const char* data = bytes->bytes.data();  // A null pointer would be NULL.
      statement.bindNoCopy(position, data == nullptr ? "" : data,
                           static_cast<int>(bytes->bytes.size()));
    } else {
      statement.bind(position);
    }
  }

  SQLite::Database sqlite_;
  bool statement_failed_ = false;  // In this transaction, or part of it.
  // The SQL texts of a store are few and fixed.
  absl::flat_hash_map<std::string, std::unique_ptr<SQLite::Statement>> statements_;
};

class SqliteDatabase : public Database {
 public:
  SqliteDatabase(std::string file, Purpose purpose) : file_(std::move(file)), purpose_(purpose) {}

  ~SqliteDatabase() override {
    if (lock_ >= 0) close(lock_);
  }

  absl::Status Open(Migrations migrations) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(file_).parent_path(), error);
    if (absl::Status status = LockAgainstOtherProcesses(); !status.ok()) return status;
    try {
      writer_ = std::make_unique<Connection>(file_, purpose_);
    } catch (const SQLite::Exception& exception) {
      return ToStatus(exception);
    }
    return WriteInTransaction([&](Transaction& transaction) {
      return Migrate(transaction, migrations, [&](const char* statements) -> absl::Status {
        static_cast<Connection&>(transaction).Run(statements);
        return absl::OkStatus();
      });
    });
  }

  absl::Status LookAt(Company company) {
    std::error_code error;
    if (!std::filesystem::exists(file_, error)) {
      return absl::NotFoundError(absl::StrCat(file_, " is not there"));
    }
    if (company == Company::kNobody) {
      if (absl::Status status = LockAgainstOtherProcesses(); !status.ok()) return status;
    }
    return Read([this](Transaction& transaction) { return ReadStore(transaction); });
  }

  absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> query) override {
    std::unique_ptr<Connection> connection;
    {
      const absl::MutexLock lock(&readers_mutex_);
      if (!idle_readers_.empty()) {
        connection = std::move(idle_readers_.back());
        idle_readers_.pop_back();
      }
    }
    try {
      if (connection == nullptr) connection = std::make_unique<Connection>(file_, purpose_);
      connection->Begin("BEGIN");
      absl::Status status = query(*connection);
      connection->Run("ROLLBACK");
      const absl::MutexLock lock(&readers_mutex_);
      if (idle_readers_.size() < kIdleReadersMax) idle_readers_.push_back(std::move(connection));
      return status;
    } catch (const SQLite::Exception& error) {
      return ToStatus(error);  // The connection is dropped with whatever state it was in.
    }
  }

  absl::Status WriteInTransaction(absl::FunctionRef<absl::Status(Transaction&)> work) override {
    if (purpose_ == Purpose::kLook) return absl::InternalError("opened to be read");
    absl::Status status;
    try {
      if (writer_ == nullptr) writer_ = std::make_unique<Connection>(file_, purpose_);
      writer_->Begin("BEGIN IMMEDIATE");
      status = work(*writer_);
      if (status.ok()) writer_->Run("COMMIT");
    } catch (const SQLite::Exception& error) {
      status = ToStatus(error);
    }
    // Some failures (a full disk) have rolled back by themselves.
    if (!status.ok() && writer_ != nullptr && writer_->in_transaction()) {
      try {
        writer_->Run("ROLLBACK");
      } catch (const SQLite::Exception&) {
        writer_.reset();  // Whatever state it is in: the next Write has a new one.
      }
    }
    return status;
  }

 private:
  // Two processes on one file would each wake its own watchers only.
  absl::Status LockAgainstOtherProcesses() {
    lock_ = open((file_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0) {
      return absl::UnavailableError(absl::StrCat(file_, ".lock: ", std::strerror(errno)));
    }
    if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(file_, " is in use by another process"));
  }

  const std::string file_;
  const Purpose purpose_;
  int lock_ = -1;

  std::unique_ptr<Connection> writer_;  // Of one thread at a time, as WriteInTransaction is called.

  // Idle readers; taken and given back around each Read. No more exist than Reads ran at once.
  absl::Mutex readers_mutex_;
  std::vector<std::unique_ptr<Connection>> idle_readers_ ABSL_GUARDED_BY(readers_mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& file,
                                                     Migrations migrations) {
  auto database = std::make_unique<SqliteDatabase>(file, Purpose::kServe);
  if (absl::Status status = database->Open(migrations); !status.ok()) return status;
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> OpenSqliteToLook(const std::string& file,
                                                           Company company) {
  auto database = std::make_unique<SqliteDatabase>(file, Purpose::kLook);
  if (absl::Status status = database->LookAt(company); !status.ok()) return status;
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> OpenSqliteToFill(const std::string& file,
                                                           Migrations migrations) {
  auto database = std::make_unique<SqliteDatabase>(file, Purpose::kFill);
  if (absl::Status status = database->Open(migrations); !status.ok()) return status;
  return database;
}

}  // namespace thidua::storage
