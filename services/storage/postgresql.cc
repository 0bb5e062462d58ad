#include "services/storage/postgresql.h"

#include <libpq-fe.h>

#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace thidua::storage {
namespace {

// Connections kept open while idle, and how many there may be at once: the rest wait, but not
// longer than a caller does.
constexpr size_t kConnectionsMax = 16;
constexpr absl::Duration kConnectionPatience = absl::Seconds(3);
constexpr char kConnectTimeoutSeconds[] = "5";
// A statement, or a wait for the one writer, that takes longer is given up. Plans are made for each
// call: one that was made, and kept, while a table was small would read all of it for ever after.
// And every statement of a store goes by a key, also where the server has no statistics yet to see
// that by.
constexpr char kSessionSettings[] =
    "SET statement_timeout = '10s'; SET lock_timeout = '10s'; "
    "SET plan_cache_mode = force_custom_plan; SET enable_seqscan = off; "
    "SET enable_bitmapscan = off; SET jit = off";
constexpr size_t kCopyChunk = 64 * 1024;
constexpr uint32_t kTextType = 25;   // TEXTOID.
constexpr unsigned kByteaType = 17;  // BYTEAOID, as the server's catalogue has it.
// Which lock two processes that migrate one database at once meet at; any number serves.
constexpr char kMigrationLock[] = "SELECT pg_advisory_xact_lock(7266382)";

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// A password that was not escaped ("postgresql://an:a/b@host") is read as something else, which
// libpq repeats in its errors: whatever may be a piece of one is refused here, without a word of
// it.
absl::Status CheckUrl(const std::string& url) {
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(url.c_str(), nullptr));
  if (options == nullptr) {
    return absl::InvalidArgumentError("the database's address is none that can be read");
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const absl::string_view name = option->keyword;
    const absl::string_view value = option->val == nullptr ? "" : option->val;
    if ((name == "password" || name == "sslpassword") && !value.empty()) {
      return absl::InvalidArgumentError(
          "the database's address names a password: that belongs in a file of its own");
    }
    const bool is_port = value.find_first_not_of("0123456789,") == absl::string_view::npos;
    const bool is_name = !absl::StrContains(value, '@');
    if ((name == "port" && !is_port) || ((name == "host" || name == "dbname") && !is_name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the database's address has a ", std::string(name), " that is none"));
    }
  }
  return absl::OkStatus();
}

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
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& url,
                                                          const std::string& password_file) {
    std::string password;
    if (!password_file.empty()) {
      std::ifstream in(password_file, std::ios::binary);
      password.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
      absl::StripTrailingAsciiWhitespace(&password);
      if (password.empty()) {
        return absl::FailedPreconditionError(
            absl::StrCat("no password in the file ", password_file));
      }
    }
    // Empty is as if it were not there.
    const char* const names[] = {"dbname", "password", "connect_timeout", "application_name",
                                 nullptr};
    const char* const values[] = {url.c_str(), password.c_str(), kConnectTimeoutSeconds, "thidua",
                                  nullptr};
    auto connection = std::unique_ptr<Connection>(
        new Connection(PQconnectdbParams(names, values, /*expand_dbname=*/1)));
    if (!connection->usable()) return ToStatus(connection->connection_, nullptr);
    // Otherwise errors tell the rows that they are about, which may hold what is not public.
    PQsetErrorVerbosity(connection->connection_, PQERRORS_TERSE);
    PQsetNoticeProcessor(
        connection->connection_, [](void*, const char*) {}, nullptr);
    if (absl::Status status = connection->Run(kSessionSettings); !status.ok()) return status;
    return connection;
  }
  ~Connection() override { PQfinish(connection_); }

  bool usable() const { return PQstatus(connection_) == CONNECTION_OK; }

  absl::Status Run(const char* statements) {
    const Result result(PQexec(connection_, statements));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return absl::OkStatus();
    return ToStatus(connection_, result.get());
  }

  absl::Status Commit() {
    const Result result(PQexec(connection_, "COMMIT"));
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
      return ToStatus(connection_, result.get());
    }
    // After a failed statement PostgreSQL answers OK, and has rolled back.
    if (absl::string_view(PQcmdStatus(result.get())) == "COMMIT") return absl::OkStatus();
    return absl::InternalError("a failed statement was passed over");
  }

  absl::Status Query(absl::string_view sql, absl::Span<const Parameter> parameters,
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
      values.push_back(is_null ? nullptr : text.c_str());
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

  absl::Status QueryKeys(absl::string_view sql, absl::Span<const Parameter> parameters,
                         absl::Span<const std::string> keys,
                         absl::FunctionRef<absl::Status(const Row&)> each) override {
    if (keys.empty()) return absl::OkStatus();
    // An array in its binary form: dimensions, no NULLs, type of elements; length, first index;
    // each element with its length.
    std::string array;
    for (const uint32_t word : {1u, 0u, kTextType, static_cast<uint32_t>(keys.size()), 1u}) {
      AppendBigEndian(word, array);
    }
    for (const std::string& key : keys) AppendValue(absl::string_view(key), array);
    std::vector<Parameter> all(parameters.begin(), parameters.end());
    all.push_back(Bytes{array});
    return Query(absl::StrCat(sql, " = ANY($", all.size(), ")"), all, each);
  }

  // COPY in its binary form: https://www.postgresql.org/docs/15/sql-copy.html
  //
  //   "PGCOPY\n\377\r\n\0"  flags 0 (4 bytes)  no extension 0 (4 bytes)
  //   each row: number of columns (2 bytes), then each value: length (4 bytes), bytes; NULL: -1
  //   -1 (2 bytes)
  absl::Status InsertRows(absl::string_view table, absl::Span<const absl::string_view> columns,
                          absl::Span<const std::vector<Parameter>> rows) override {
    if (rows.empty()) return absl::OkStatus();
    const std::string sql = absl::StrCat("COPY ", table, " (", absl::StrJoin(columns, ", "),
                                         ") FROM STDIN WITH (FORMAT binary)");
    const Result begun(PQexec(connection_, sql.c_str()));
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) return ToStatus(connection_, begun.get());
    std::string bytes("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
    bool sent = true;
    for (const std::vector<Parameter>& row : rows) {
      AppendBigEndian(static_cast<uint16_t>(row.size()), bytes);
      for (const Parameter& parameter : row) AppendValue(parameter, bytes);
      if (bytes.size() < kCopyChunk) continue;
      sent = sent && PQputCopyData(connection_, bytes.data(), static_cast<int>(bytes.size())) == 1;
      bytes.clear();
    }
    AppendBigEndian(uint16_t{0xFFFF}, bytes);
    sent = sent && PQputCopyData(connection_, bytes.data(), static_cast<int>(bytes.size())) == 1;
    sent = sent && PQputCopyEnd(connection_, nullptr) == 1;
    // How it went, and that there is no more to be heard of it.
    absl::Status status = sent ? absl::OkStatus() : ToStatus(connection_, nullptr);
    while (PGresult* answer = PQgetResult(connection_)) {
      const Result result(answer);
      if (PQresultStatus(answer) != PGRES_COMMAND_OK && status.ok()) {
        status = ToStatus(connection_, answer);
      }
      if (PQresultStatus(answer) == PGRES_COPY_IN) break;  // The line broke in the middle.
    }
    return status;
  }

 private:
  template <typename Number>
  static void AppendBigEndian(Number number, std::string& bytes) {
    for (int shift = 8 * (static_cast<int>(sizeof(Number)) - 1); shift >= 0; shift -= 8) {
      bytes += static_cast<char>(static_cast<unsigned char>(number >> shift));
    }
  }

  static void AppendValue(const Parameter& parameter, std::string& bytes) {
    const auto append = [&bytes](absl::string_view value) {
      AppendBigEndian(static_cast<uint32_t>(value.size()), bytes);
      bytes.append(value.data(), value.size());
    };
    if (const auto* number = std::get_if<int64_t>(&parameter)) {
      AppendBigEndian(uint32_t{8}, bytes);
      AppendBigEndian(static_cast<uint64_t>(*number), bytes);
    } else if (const auto* text = std::get_if<absl::string_view>(&parameter)) {
      append(*text);
    } else if (const auto* given = std::get_if<Bytes>(&parameter)) {
      append(given->bytes);
    } else {
      AppendBigEndian(uint32_t{0xFFFFFFFF}, bytes);
    }
  }

  explicit Connection(PGconn* connection) : connection_(connection) {}

  absl::Status BeginPart() override { return Run("SAVEPOINT part"); }
  absl::Status EndPart(bool kept) override {
    // A savepoint kept to the end costs less than the round trip of its release.
    return kept ? absl::OkStatus() : Run("ROLLBACK TO part; RELEASE part");
  }
  bool failed() const override { return PQtransactionStatus(connection_) != PQTRANS_INTRANS; }

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
  PostgresqlDatabase(std::string url, std::string password_file)
      : url_(std::move(url)), password_file_(std::move(password_file)) {}

  absl::Status Open(Migrations migrations) {
    return Within("BEGIN", [&](Connection& connection) {
      if (absl::Status locked = connection.Run(kMigrationLock); !locked.ok()) return locked;
      return Migrate(connection, migrations,
                     [&](const char* statements) { return connection.Run(statements); });
    });
  }

  absl::Status WriteInTransaction(absl::FunctionRef<absl::Status(Transaction&)> work) override {
    return Within("BEGIN", [&](Connection& connection) {
      // One writer at a time, here and in every other process: what is numbered is committed in the
      // order of its numbers, and what was read cannot have changed since.
      absl::Status locked =
          connection.Execute("SELECT sequence FROM store WHERE only_row = 1 FOR UPDATE", {});
      return locked.ok() ? work(connection) : locked;
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
      if (status.ok()) {
        status = connection.Commit();
      } else {
        connection.Run("ROLLBACK").IgnoreError();  // The error is the work's.
      }
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
      if (!mutex_.AwaitWithTimeout(absl::Condition(&free), kConnectionPatience)) {
        return absl::UnavailableError("postgresql: every connection is in use");
      }
      ++in_use_;
      if (!idle_.empty()) {
        std::unique_ptr<Connection> connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    absl::StatusOr<std::unique_ptr<Connection>> opened = Connection::Open(url_, password_file_);
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
  const std::string password_file_;
  absl::Mutex mutex_;
  size_t in_use_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenPostgresql(const std::string& url,
                                                         const std::string& password_file,
                                                         Migrations migrations) {
  if (absl::Status sound = CheckUrl(url); !sound.ok()) return sound;
  auto database = std::make_unique<PostgresqlDatabase>(url, password_file);
  if (absl::Status status = database->Open(migrations); !status.ok()) return status;
  return database;
}

}  // namespace thidua::storage
