#include "services/storage/postgresql.h"

#include <libpq-fe.h>

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace thidua::storage {
namespace {

// Connections kept open while idle, and how many there may be at once: the rest wait.
constexpr size_t kConnectionsMax = 16;
constexpr char kConnectTimeoutSeconds[] = "5";
// A statement, or a wait for the one writer, that takes longer is given up.
constexpr char kSessionSettings[] = "SET statement_timeout = '10s'; SET lock_timeout = '10s'";
constexpr unsigned kByteaType = 17;  // BYTEAOID, as the server's catalogue has it.
// Which lock two processes that migrate one database at once meet at; any number serves.
constexpr char kMigrationLock[] = "SELECT pg_advisory_xact_lock(7266382)";

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

// https://www.postgresql.org/docs/15/errcodes-appendix.html
absl::Status ToStatus(PGconn* connection, const PGresult* result) {
  const char* found = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const absl::string_view state = found == nullptr ? "" : found;
  const std::string message = absl::StrCat("postgresql: ", PQerrorMessage(connection));
  if (state == "23505") return absl::AlreadyExistsError(message);
  if (state == "53100" || state == "53200") return absl::ResourceExhaustedError(message);
  if (absl::StartsWith(state, "XX00")) return absl::DataLossError(message);
  if (PQstatus(connection) != CONNECTION_OK || state.empty() ||  // The line broke.
      absl::StartsWith(state, "08") || absl::StartsWith(state, "53") ||
      absl::StartsWith(state, "57") ||                      // Shutting down, or given up.
      absl::StartsWith(state, "40") || state == "55P03") {  // Lost to another writer.
    return absl::UnavailableError(message);
  }
  return absl::InternalError(message);
}

class PostgresqlRow : public Row {
 public:
  PostgresqlRow(const PGresult* result, int row) : result_(result), row_(row) {}
  int64_t Integer(int column) const override {
    int64_t number = 0;
    return absl::SimpleAtoi(PQgetvalue(result_, row_, column), &number) ? number : 0;
  }
  bool IsNull(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
  std::string Text(int column) const override {
    const char* value = PQgetvalue(result_, row_, column);
    if (PQftype(result_, column) != kByteaType) {
      return std::string(value, static_cast<size_t>(PQgetlength(result_, row_, column)));
    }
    size_t size = 0;
    unsigned char* bytes = PQunescapeBytea(reinterpret_cast<const unsigned char*>(value), &size);
    std::string text(reinterpret_cast<const char*>(bytes), size);
    PQfreemem(bytes);
    return text;
  }

 private:
  const PGresult* result_;
  const int row_;
};

// One connection with its prepared statements; used by one thread at a time.
class Connection : public Transaction {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& url) {
    const char* const names[] = {"dbname", "connect_timeout", "application_name", nullptr};
    const char* const values[] = {url.c_str(), kConnectTimeoutSeconds, "thidua", nullptr};
    auto connection = std::unique_ptr<Connection>(
        new Connection(PQconnectdbParams(names, values, /*expand_dbname=*/1)));
    if (!connection->usable()) return ToStatus(connection->connection_, nullptr);
    PQsetNoticeProcessor(
        connection->connection_, [](void*, const char*) {}, nullptr);
    if (absl::Status status = connection->Run(kSessionSettings); !status.ok()) return status;
    return connection;
  }
  ~Connection() override { PQfinish(connection_); }

  bool usable() const { return PQstatus(connection_) == CONNECTION_OK; }
  // Whether a statement of the present transaction failed.
  bool failed() const { return PQtransactionStatus(connection_) == PQTRANS_INERROR; }

  absl::Status Run(const char* statements) {
    const Result result(PQexec(connection_, statements));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return absl::OkStatus();
    return ToStatus(connection_, result.get());
  }

  absl::Status Query(absl::string_view sql, std::initializer_list<Parameter> parameters,
                     absl::FunctionRef<absl::Status(const Row&)> each) override {
    absl::StatusOr<std::string> name = Prepare(sql);
    if (!name.ok()) return name.status();
    // Numbers go as text, bytes as they are; both outlive the call.
    std::vector<std::string> texts(parameters.size());
    std::vector<const char*> values;
    std::vector<int> lengths, formats;
    for (const Parameter& parameter : parameters) {
      std::string& text = texts[values.size()];
      const auto* bytes = std::get_if<Bytes>(&parameter);
      if (const auto* number = std::get_if<int64_t>(&parameter)) {
        text = absl::StrCat(*number);
      } else if (const auto* given = std::get_if<absl::string_view>(&parameter)) {
        text = std::string(*given);
      } else if (bytes != nullptr) {
        text = std::string(bytes->bytes);
      }
      const bool is_null = std::holds_alternative<std::nullptr_t>(parameter);
      values.push_back(is_null ? nullptr : text.data());
      lengths.push_back(static_cast<int>(text.size()));
      formats.push_back(bytes != nullptr ? 1 : 0);
    }
    const Result result(PQexecPrepared(connection_, name->c_str(), static_cast<int>(values.size()),
                                       values.data(), lengths.data(), formats.data(),
                                       /*resultFormat=*/0));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      return ToStatus(connection_, result.get());
    }
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      absl::Status taken = each(PostgresqlRow(result.get(), row));
      if (!taken.ok()) return taken;
    }
    return absl::OkStatus();
  }

 private:
  explicit Connection(PGconn* connection) : connection_(connection) {}

  // The SQL texts of a store are few and fixed.
  absl::StatusOr<std::string> Prepare(absl::string_view sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    const std::string text(sql);
    const std::string name = absl::StrCat("s", statements_.size());
    const Result result(PQprepare(connection_, name.c_str(), text.c_str(), 0, nullptr));
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
      return ToStatus(connection_, result.get());
    }
    statements_.emplace(text, name);
    return name;
  }

  PGconn* const connection_;
  absl::flat_hash_map<std::string, std::string> statements_;
};

class PostgresqlDatabase : public Database {
 public:
  explicit PostgresqlDatabase(std::string url) : url_(std::move(url)) {}

  absl::Status Open(Migrations migrations) {
    return Within("BEGIN", [&](Connection& connection) {
      if (absl::Status locked = connection.Run(kMigrationLock); !locked.ok()) return locked;
      return Migrate(connection, migrations,
                     [&](const char* statements) { return connection.Run(statements); });
    });
  }

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> change) override {
    return Within("BEGIN", [&](Connection& connection) {
      // One writer at a time, here and in every other process: what is numbered is committed in the
      // order of its numbers, and what was read cannot have changed since.
      absl::Status locked =
          connection.Execute("SELECT sequence FROM store WHERE only_row = 1 FOR UPDATE", {});
      return locked.ok() ? change(connection) : locked;
    });
  }

  absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> query) override {
    return Within("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                  [&](Connection& connection) { return query(connection); });
  }

 private:
  // Runs `work` in a transaction on a connection of its own.
  absl::Status Within(const char* begin, absl::FunctionRef<absl::Status(Connection&)> work) {
    absl::StatusOr<std::unique_ptr<Connection>> taken = Take();
    if (!taken.ok()) return taken.status();
    Connection& connection = **taken;
    absl::Status status = connection.Run(begin);
    if (status.ok()) {
      status = work(connection);
      // PostgreSQL would answer such a COMMIT with OK, and roll back.
      if (status.ok() && connection.failed()) {
        status = absl::InternalError("a failed statement was passed over");
      }
      const absl::Status ended = connection.Run(status.ok() ? "COMMIT" : "ROLLBACK");
      if (status.ok()) status = ended;
    }
    GiveBack(*std::move(taken));
    return status;
  }

  absl::StatusOr<std::unique_ptr<Connection>> Take() {
    {
      const absl::MutexLock lock(&mutex_);
      const auto free = [this] {
        mutex_.AssertReaderHeld();
        return in_use_ < kConnectionsMax;
      };
      mutex_.Await(absl::Condition(&free));
      ++in_use_;
      if (!idle_.empty()) {
        std::unique_ptr<Connection> connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    absl::StatusOr<std::unique_ptr<Connection>> opened = Connection::Open(url_);
    if (!opened.ok()) GiveBack(nullptr);
    return opened;
  }

  void GiveBack(std::unique_ptr<Connection> connection) {
    const absl::MutexLock lock(&mutex_);
    --in_use_;
    if (connection == nullptr) return;
    if (connection->usable()) {
      idle_.push_back(std::move(connection));
    } else {
      idle_.clear();  // The server went away: the others are as dead.
    }
  }

  const std::string url_;
  absl::Mutex mutex_;
  size_t in_use_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenPostgresql(const std::string& url,
                                                         Migrations migrations) {
  auto database = std::make_unique<PostgresqlDatabase>(url);
  if (absl::Status status = database->Open(migrations); !status.ok()) return status;
  return database;
}

}  // namespace thidua::storage
