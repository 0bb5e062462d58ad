#include "services/storage/postgresql.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
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
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/storage/table.h"

namespace thidua::storage {
namespace {

// Connections kept open while idle, and how many there may be at once: the rest wait, but not
// longer than a caller does.
constexpr size_t kConnectionsMax = 16;
constexpr absl::Duration kConnectionPatience = absl::Seconds(3);
constexpr char kConnectTimeoutSeconds[] = "5";
// How long a statement may take is for the server to say, which then gives it up. Past that, and
// some more, nobody is there to say it: the server hangs, or the line leads nowhere.
constexpr absl::Duration kSilenceMax = absl::Seconds(5);
// What the server does at once, whatever it has to do besides.
constexpr absl::Duration kBeginMax = absl::Seconds(5);

// What a connection is for.
enum class Purpose { kServe, kLook, kFill };

// What is asked of each session, whatever the administrator left it at.
struct Session {
  const char* application;
  const char* settings;
  absl::Duration statement_max;
  bool streams;  // Rows come one by one.
};

// Plans are made for each call: one that was made, and kept, while a table was small would read all
// of it for ever after. And every statement of a store goes by a key, also where the server has no
// statistics yet to see that by.
// A process that hangs, or cannot be reached any more, is thrown out of its transaction: what it
// reads holds back the server's cleaning.
constexpr Session kServing = {"thidua",
                              "SET statement_timeout = '10s'; SET lock_timeout = '5s'; "
                              "SET idle_in_transaction_session_timeout = '60s'; "
                              "SET plan_cache_mode = force_custom_plan; SET enable_seqscan = off; "
                              "SET enable_bitmapscan = off; SET jit = off",
                              absl::Seconds(10), /*streams=*/false};
// A whole table is read in one statement, and sorted before.
constexpr Session kLooking = {"thidua-store",
                              "SET statement_timeout = '6h'; SET lock_timeout = '60s'; "
                              "SET idle_in_transaction_session_timeout = 0; SET jit = off",
                              absl::Hours(6), /*streams=*/true};
constexpr Session kFilling = {"thidua-store", kLooking.settings, absl::Hours(6),
                              /*streams=*/false};

constexpr const Session& SessionFor(Purpose purpose) {
  switch (purpose) {
    case Purpose::kServe:
      return kServing;
    case Purpose::kLook:
      return kLooking;
    case Purpose::kFill:
      break;
  }
  return kFilling;
}

// The server finds out within half a minute that the machine of a session is gone, whether it waits
// for it or has answered it; it would count the session for hours more.
constexpr char kLineThatIsWatched[] =
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; "
    "SET tcp_user_timeout = '25s'";

// A commit is durable when it is answered: that is not for an administrator to turn off. What makes
// it safer still (remote_apply) is.
constexpr char kDurable[] =
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') IN ('off', 'local')";

constexpr char kBeginRead[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
// All other writers wait for this one, who computes between two statements, and waits for nobody.
// Once it is its turn it has to see what they committed, whatever the server's default.
constexpr char kBeginWrite[] =
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = '10s'";
constexpr char kBeginFill[] = "BEGIN ISOLATION LEVEL READ COMMITTED";
// An index over a large table takes its time. Two processes that migrate one database at once meet
// at a lock; any number serves. Then, a table that is in use is not waited for at length: whoever
// came later would wait behind the wait.
constexpr char kBeginMigration[] =
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = '1h'; "
    "SET LOCAL lock_timeout = '60s'";
constexpr absl::Duration kMigrationMax = absl::Hours(1);
constexpr char kMigrationLock[] = "SELECT pg_advisory_xact_lock(7266382)";
constexpr char kMigrationPatience[] = "SET LOCAL lock_timeout = '5s'";

// How long the session of a process that has ended may outlive it.
constexpr absl::Duration kLeavingMax = absl::Seconds(2);
constexpr absl::Duration kLookEvery = absl::Milliseconds(20);

// Standards for a line, where the address says nothing else: of several hosts the one that takes
// writes; and a line that leads nowhere is found out, also while nothing is sent.
struct Default {
  const char* name;
  const char* value;
};
constexpr Default kLineDefaults[] = {{"keepalives_idle", "10"},
                                     {"keepalives_interval", "5"},
                                     {"keepalives_count", "3"},
                                     {"tcp_user_timeout", "10000"}};

constexpr size_t kCopyChunk = 64 * 1024;
constexpr int kBigintSize = 8, kIntegerSize = 4;
constexpr uint32_t kTextType = 25;   // TEXTOID.
constexpr unsigned kByteaType = 17;  // BYTEAOID, as the server's catalogue has it.

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
                                                          const std::string& password_file,
                                                          Purpose purpose) {
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
    const Session& session = SessionFor(purpose);
    // What stands before "dbname" the address may say otherwise; what stands behind it, not.
    std::vector<const char*> names, values;
    const auto add = [&](const char* name, const char* value) {
      names.push_back(name);
      values.push_back(value);
    };
    for (const Default& standard : kLineDefaults) add(standard.name, standard.value);
    // Who only looks is content with a server that only follows.
    if (purpose != Purpose::kLook) add("target_session_attrs", "read-write");
    add("dbname", url.c_str());
    add("password", password.c_str());  // Empty is as if it were not there.
    add("connect_timeout", kConnectTimeoutSeconds);
    add("application_name", session.application);
    add(nullptr, nullptr);
    auto connection = std::unique_ptr<Connection>(new Connection(
        PQconnectdbParams(names.data(), values.data(), /*expand_dbname=*/1), session));
    if (!connection->usable()) return connection->ToStatus(nullptr);
    // Otherwise errors tell the rows that they are about, which may hold what is not public.
    PQsetErrorVerbosity(connection->connection_, PQERRORS_TERSE);
    PQsetNoticeProcessor(
        connection->connection_, [](void*, const char*) {}, nullptr);
    // No call waits for the line without an end.
    PQsetnonblocking(connection->connection_, 1);
    absl::Status status = connection->Run(session.settings);
    if (status.ok()) status = connection->Run(kLineThatIsWatched);
    if (status.ok()) status = connection->Run(kDurable);
    if (!status.ok()) return status;
    return connection;
  }
  ~Connection() override { PQfinish(connection_); }

  bool usable() const { return PQstatus(connection_) == CONNECTION_OK && !given_up_; }

  absl::Status Run(const char* statements) { return Run(statements, silence_max_); }

  // Begins a transaction whose statements may take so long.
  absl::Status Begin(const char* begin, absl::Duration statement_max) {
    writes_ = begin != kBeginRead;
    silence_max_ = statement_max + kSilenceMax;
    return Run(begin, kBeginMax);
  }

  absl::Status Commit() {
    if (PQsendQuery(connection_, "COMMIT") != 1) return ToStatus(nullptr);
    const Result result = Answer(silence_max_);
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return ToStatus(result.get());
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
    if (PQsendQueryPrepared(connection_, name->c_str(), static_cast<int>(values.size()),
                            values.data(), lengths.data(), formats.data(),
                            /*resultFormat=*/0) != 1) {
      return ToStatus(nullptr);
    }
    if (session_.streams) return Stream(each);
    const Result result = Answer(silence_max_);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return ToStatus(result.get());
    return TakeRows(result.get(), each);
  }

  absl::StatusOr<std::vector<Table>> Tables() override {
    // indkey counts from 0.
    return ReadTables(*this, R"sql(
      SELECT t.relname, c.attname, format_type(c.atttypid, NULL),
             COALESCE(array_position(k.indkey::smallint[], c.attnum) + 1, 0)
      FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
           LEFT JOIN pg_index k ON k.indrelid = t.oid AND k.indisprimary
      WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p')
            AND c.attnum > 0 AND NOT c.attisdropped
      ORDER BY t.relname COLLATE "C", c.attnum
    )sql");
  }

  absl::Status ReadInOrder(const Table& table,
                           absl::FunctionRef<absl::Status(const Row&)> each) override {
    return Query(SelectInOrder(table, " COLLATE \"C\""), {}, each);
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
    const absl::StatusOr<std::vector<int>> sizes = IntegerSizes(table, columns);
    if (!sizes.ok()) return sizes.status();
    const std::string sql = absl::StrCat("COPY ", table, " (", absl::StrJoin(columns, ", "),
                                         ") FROM STDIN WITH (FORMAT binary)");
    if (PQsendQuery(connection_, sql.c_str()) != 1) return ToStatus(nullptr);
    if (const Result begun = Answer(silence_max_); PQresultStatus(begun.get()) != PGRES_COPY_IN) {
      return ToStatus(begun.get());
    }
    std::string bytes("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
    bool sent = true;
    for (const std::vector<Parameter>& row : rows) {
      AppendBigEndian(static_cast<uint16_t>(row.size()), bytes);
      for (size_t i = 0; i < row.size(); ++i) {
        AppendValue(row[i], bytes, i < sizes->size() ? (*sizes)[i] : kBigintSize);
      }
      if (bytes.size() < kCopyChunk) continue;
      sent = sent && SendCopied(bytes);
      bytes.clear();
    }
    AppendBigEndian(uint16_t{0xFFFF}, bytes);
    sent = sent && SendCopied(bytes) && PQputCopyEnd(connection_, nullptr) == 1;
    // How it went, and that there is no more to be heard of it.
    const Result result = sent ? Answer(silence_max_) : nullptr;
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) return absl::OkStatus();
    absl::Status status = ToStatus(result.get());
    if (!sent) given_up_ = true;
    return status;
  }

 private:
  template <typename Number>
  static void AppendBigEndian(Number number, std::string& bytes) {
    for (int shift = 8 * (static_cast<int>(sizeof(Number)) - 1); shift >= 0; shift -= 8) {
      bytes += static_cast<char>(static_cast<unsigned char>(number >> shift));
    }
  }

  // A number that does not fit into its column is sent as it is, for the server to refuse.
  static void AppendValue(const Parameter& parameter, std::string& bytes,
                          int integer_size = kBigintSize) {
    const auto append = [&bytes](absl::string_view value) {
      AppendBigEndian(static_cast<uint32_t>(value.size()), bytes);
      bytes.append(value.data(), value.size());
    };
    if (const auto* number = std::get_if<int64_t>(&parameter)) {
      const bool fits = *number == static_cast<int32_t>(*number);
      if (integer_size == kIntegerSize && fits) {
        AppendBigEndian(uint32_t{kIntegerSize}, bytes);
        AppendBigEndian(static_cast<uint32_t>(*number), bytes);
      } else {
        AppendBigEndian(uint32_t{kBigintSize}, bytes);
        AppendBigEndian(static_cast<uint64_t>(*number), bytes);
      }
    } else if (const auto* text = std::get_if<absl::string_view>(&parameter)) {
      append(*text);
    } else if (const auto* given = std::get_if<Bytes>(&parameter)) {
      append(given->bytes);
    } else {
      AppendBigEndian(uint32_t{0xFFFFFFFF}, bytes);
    }
  }

  Connection(PGconn* connection, const Session& session)
      : connection_(connection),
        session_(session),
        silence_max_(session.statement_max + kSilenceMax) {}

  // https://www.postgresql.org/docs/15/errcodes-appendix.html
  absl::Status ToStatus(const PGresult* result) {
    if (given_up_) return absl::UnavailableError("postgresql: the server does not answer");
    const char* found = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const absl::string_view state = found == nullptr ? "" : found;
    const std::string message = absl::StrCat("postgresql: ", PQerrorMessage(connection_));
    if (state == "23505") return absl::AlreadyExistsError(message);
    if (state == "53100" || state == "53200") return absl::ResourceExhaustedError(message);
    if (absl::StartsWith(state, "XX00")) return absl::DataLossError(message);
    if (state == "25006" && writes_) {  // It takes no writes any more: another one does.
      given_up_ = true;
      return absl::UnavailableError(message);
    }
    if (PQstatus(connection_) != CONNECTION_OK || state.empty() ||  // The line broke.
        absl::StartsWith(state, "08") || absl::StartsWith(state, "53") ||
        absl::StartsWith(state, "57") || state == "25P03" ||  // Shutting down, or given up.
        absl::StartsWith(state, "40") || state == "55P03") {  // Lost to another writer.
      return absl::UnavailableError(message);
    }
    return absl::InternalError(message);
  }

  absl::Status Run(const char* statements, absl::Duration answer_max) {
    if (PQsendQuery(connection_, statements) != 1) return ToStatus(nullptr);
    const Result result = Answer(answer_max);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return absl::OkStatus();
    return ToStatus(result.get());
  }

  // Until something can be read, or written if that is asked for; false: not in time, and the line
  // is given up.
  bool AwaitLine(short events, absl::Time until) {
    while (true) {
      pollfd line = {PQsocket(connection_), events, 0};
      const absl::Duration left = std::max(until - absl::Now(), absl::ZeroDuration());
      const int ready = poll(&line, 1,
                             static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(
                                 std::min(left, absl::Hours(1)), absl::Milliseconds(1)))));
      if (ready > 0) return true;
      if (ready < 0 && errno != EINTR) break;
      if (ready == 0 && absl::Now() >= until) break;
    }
    given_up_ = true;
    return false;
  }

  // Until all that was said is on the line; what comes meanwhile is taken in, since the server may
  // not go on before.
  bool Flush(absl::Time until) {
    int left = 0;
    while ((left = PQflush(connection_)) == 1) {
      if (!AwaitLine(POLLIN | POLLOUT, until)) return false;
      if (PQconsumeInput(connection_) != 1) return false;
    }
    return left == 0;
  }

  // The next part of the answer; null: there is no more, or it did not come.
  Result NextResult(absl::Time until) {
    while (PQisBusy(connection_) == 1) {
      if (!AwaitLine(POLLIN, until)) return nullptr;
      if (PQconsumeInput(connection_) != 1) break;  // The line broke, as the result says.
    }
    return Result(PQgetResult(connection_));
  }

  // The answer to what was sent: the last part of it, or the first that is an error. Null: it did
  // not come.
  Result Answer(absl::Duration answer_max) {
    const absl::Time until = absl::Now() + answer_max;
    if (!Flush(until) && given_up_) return nullptr;
    Result answer;
    while (Result next = NextResult(until)) {
      const ExecStatusType status = PQresultStatus(next.get());
      if (PQresultStatus(answer.get()) != PGRES_FATAL_ERROR || answer == nullptr) {
        answer = std::move(next);
      }
      if (status == PGRES_COPY_IN) break;  // It waits for us.
    }
    if (given_up_) return nullptr;
    return answer;
  }

  static absl::Status TakeRows(const PGresult* result,
                               absl::FunctionRef<absl::Status(const Row&)> each) {
    for (int row = 0; row < PQntuples(result); ++row) {
      absl::Status taken = each(PostgresqlRow(result, row));
      if (!taken.ok()) return taken;
    }
    return absl::OkStatus();
  }

  // Takes the rows of the answer one by one; who breaks off gives the line up, on which the others
  // are still to come.
  absl::Status Stream(absl::FunctionRef<absl::Status(const Row&)> each) {
    PQsetSingleRowMode(connection_);
    if (!Flush(absl::Now() + silence_max_) && given_up_) return ToStatus(nullptr);
    absl::Status status;
    while (const Result part = NextResult(absl::Now() + silence_max_)) {
      const ExecStatusType kind = PQresultStatus(part.get());
      if (kind == PGRES_SINGLE_TUPLE || kind == PGRES_TUPLES_OK || kind == PGRES_COMMAND_OK) {
        status = TakeRows(part.get(), each);
        if (status.ok()) continue;
        given_up_ = true;
        return status;
      }
      if (status.ok()) status = ToStatus(part.get());
    }
    return given_up_ ? ToStatus(nullptr) : status;
  }

  bool SendCopied(const std::string& bytes) {
    const absl::Time until = absl::Now() + silence_max_;
    int queued = 0;
    while ((queued = PQputCopyData(connection_, bytes.data(), static_cast<int>(bytes.size()))) ==
           0) {
      if (!Flush(until)) return false;
    }
    return queued == 1 && Flush(until);
  }

  absl::Status BeginPart() override { return Run("SAVEPOINT part"); }
  absl::Status EndPart(bool kept) override {
    // A savepoint kept to the end costs less than the round trip of its release.
    return kept ? absl::OkStatus() : Run("ROLLBACK TO part; RELEASE part");
  }
  bool failed() const override { return PQtransactionStatus(connection_) != PQTRANS_INTRANS; }

  // What a number in each of the columns takes in the binary form of COPY. Tables stay as they are
  // but for columns that are added: it is asked once for each list of them.
  absl::StatusOr<std::vector<int>> IntegerSizes(absl::string_view table,
                                                absl::Span<const absl::string_view> columns) {
    const std::string list = absl::StrCat(table, " ", absl::StrJoin(columns, " "));
    const auto found = integer_sizes_.find(list);
    if (found != integer_sizes_.end()) return found->second;
    std::vector<int> sizes(columns.size(), kBigintSize);
    absl::Status asked = Query(
        "SELECT attname FROM pg_attribute "
        "WHERE attrelid = to_regclass($1) AND attnum > 0 AND atttypid = 'int4'::regtype",
        {table}, [&](const Row& row) {
          for (size_t i = 0; i < columns.size(); ++i) {
            if (columns[i] == row.Text(0)) sizes[i] = kIntegerSize;
          }
          return absl::OkStatus();
        });
    if (!asked.ok()) return asked;
    integer_sizes_.emplace(list, sizes);
    return sizes;
  }

  // The SQL texts of a store are few and fixed.
  absl::StatusOr<std::string> Prepare(absl::string_view sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    const std::string text(sql);
    const std::string name = absl::StrCat("s", statements_.size());
    if (PQsendPrepare(connection_, name.c_str(), text.c_str(), 0, nullptr) != 1) {
      return ToStatus(nullptr);
    }
    const Result result = Answer(silence_max_);
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return ToStatus(result.get());
    statements_.emplace(text, name);
    return name;
  }

  PGconn* const connection_;
  const Session& session_;
  absl::Duration silence_max_;  // How long an answer is waited for.
  bool writes_ = false;         // The transaction is there to write.
  bool given_up_ = false;       // Whatever the line still says is not for us.
  absl::flat_hash_map<std::string, std::string> statements_;
  absl::flat_hash_map<std::string, std::vector<int>> integer_sizes_;
};

class PostgresqlDatabase : public Database {
 public:
  PostgresqlDatabase(std::string url, std::string password_file, Purpose purpose)
      : url_(std::move(url)), password_file_(std::move(password_file)), purpose_(purpose) {}

  absl::Status Open(Migrations migrations) {
    return Within(kBeginMigration, kMigrationMax, [&](Connection& connection) {
      absl::Status status = connection.Run(kMigrationLock);
      if (status.ok()) status = connection.Run(kMigrationPatience);
      if (status.ok() && purpose_ == Purpose::kFill) status = CheckNobodyServes(connection);
      if (!status.ok()) return status;
      return Migrate(connection, migrations,
                     [&](const char* statements) { return connection.Run(statements); });
    });
  }

  absl::Status LookAt(Company company) {
    return Within(kBeginRead, kLooking.statement_max, [&](Connection& connection) {
      absl::Status status;
      if (company == Company::kNobody) status = CheckNobodyServes(connection);
      return status.ok() ? ReadStore(connection) : status;
    });
  }

  absl::Status WriteInTransaction(absl::FunctionRef<absl::Status(Transaction&)> work) override {
    if (purpose_ == Purpose::kLook) return absl::InternalError("opened to be read");
    return Within(purpose_ == Purpose::kFill ? kBeginFill : kBeginWrite,
                  SessionFor(purpose_).statement_max, [&](Connection& connection) {
                    // One writer at a time, here and in every other process: what is numbered is
                    // committed in the order of its numbers, and what was read cannot have changed
                    // since.
                    absl::Status locked = connection.Execute(
                        "SELECT sequence FROM store WHERE only_row = 1 FOR UPDATE", {});
                    return locked.ok() ? work(connection) : locked;
                  });
  }

  absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> query) override {
    return Within(kBeginRead, SessionFor(purpose_).statement_max,
                  [&](Connection& connection) { return query(connection); });
  }

 private:
  // Runs `work` in a transaction on a connection of its own.
  absl::Status Within(const char* begin, absl::Duration statement_max,
                      absl::FunctionRef<absl::Status(Connection&)> work) {
    absl::StatusOr<std::unique_ptr<Connection>> taken = Take();
    if (!taken.ok()) return taken.status();
    absl::Status status = (*taken)->Begin(begin, statement_max);
    if (!status.ok() && !(*taken)->usable()) {
      // The line broke while nobody used it, as all do when a server is started anew: nothing was
      // asked on it yet, so that another one does.
      DropIdle();
      taken = Connection::Open(url_, password_file_, purpose_);
      if (!taken.ok()) {
        GiveBack(nullptr);
        return taken.status();
      }
      status = (*taken)->Begin(begin, statement_max);
    }
    Connection& connection = **taken;
    if (status.ok()) {
      status = work(connection);
      if (status.ok()) {
        status = connection.Commit();
      } else if (connection.usable()) {
        connection.Run("ROLLBACK").IgnoreError();  // The error is the work's.
      }
    }
    GiveBack(*std::move(taken));
    return status;
  }

  // A service would not see what is put under it. Sessions of other roles may be hidden from ours,
  // and that of a service that has just ended takes a moment to follow it.
  static absl::Status CheckNobodyServes(Connection& connection) {
    const absl::Time until = absl::Now() + kLeavingMax;
    while (true) {
      bool served = false;
      absl::Status status = connection.Query(
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND "
          "application_name = $1 AND pid <> pg_backend_pid() LIMIT 1",
          {kServing.application}, [&](const Row&) {
            served = true;
            return absl::OkStatus();
          });
      if (!status.ok() || !served) return status;
      if (absl::Now() > until) break;
      absl::SleepFor(kLookEvery);
      status = connection.Run("SELECT pg_stat_clear_snapshot()");
      if (!status.ok()) return status;
    }
    return absl::FailedPreconditionError("the database is in use by a service");
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
    absl::StatusOr<std::unique_ptr<Connection>> opened =
        Connection::Open(url_, password_file_, purpose_);
    if (!opened.ok()) GiveBack(nullptr);
    return opened;
  }

  void GiveBack(std::unique_ptr<Connection> connection) {
    if (connection != nullptr && !connection->usable()) {
      DropIdle();  // The server went away: the others are as dead.
      connection.reset();
    }
    const absl::MutexLock lock(&mutex_);
    --in_use_;
    if (connection != nullptr) idle_.push_back(std::move(connection));
  }

  void DropIdle() {
    std::vector<std::unique_ptr<Connection>> dropped;  // Ended outside of the lock.
    const absl::MutexLock lock(&mutex_);
    dropped.swap(idle_);
  }

  const std::string url_;
  const std::string password_file_;
  const Purpose purpose_;
  absl::Mutex mutex_;
  size_t in_use_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<std::unique_ptr<PostgresqlDatabase>> DatabaseAt(const std::string& url,
                                                               const std::string& password_file,
                                                               Purpose purpose) {
  if (absl::Status sound = CheckUrl(url); !sound.ok()) return sound;
  return std::make_unique<PostgresqlDatabase>(url, password_file, purpose);
}

absl::StatusOr<std::unique_ptr<Database>> OpenFor(Purpose purpose, const std::string& url,
                                                  const std::string& password_file,
                                                  Migrations migrations) {
  auto database = DatabaseAt(url, password_file, purpose);
  if (!database.ok()) return database.status();
  if (absl::Status status = (*database)->Open(migrations); !status.ok()) return status;
  return *std::move(database);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenPostgresql(const std::string& url,
                                                         const std::string& password_file,
                                                         Migrations migrations) {
  return OpenFor(Purpose::kServe, url, password_file, migrations);
}

absl::StatusOr<std::unique_ptr<Database>> OpenPostgresqlToLook(const std::string& url,
                                                               const std::string& password_file,
                                                               Company company) {
  auto database = DatabaseAt(url, password_file, Purpose::kLook);
  if (!database.ok()) return database.status();
  if (absl::Status status = (*database)->LookAt(company); !status.ok()) return status;
  return *std::move(database);
}

absl::StatusOr<std::unique_ptr<Database>> OpenPostgresqlToFill(const std::string& url,
                                                               const std::string& password_file,
                                                               Migrations migrations) {
  return OpenFor(Purpose::kFill, url, password_file, migrations);
}

}  // namespace thidua::storage
