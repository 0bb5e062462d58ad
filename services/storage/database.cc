#include "services/storage/database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <openssl/rand.h>
#include <sqlite3.h>

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace thidua::storage {
namespace {

constexpr int kBusyTimeoutMs = 5000;
// Readers kept open while idle: as many as a small server runs at once.
constexpr size_t kIdleReadersMax = 16;

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

std::string NewStoreId() {
  unsigned char random[12];
  RAND_bytes(random, sizeof random);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(random), sizeof random));
}

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

}  // namespace

int64_t Row::Integer(int column) const { return statement_.getColumn(column).getInt64(); }
bool Row::IsNull(int column) const { return statement_.getColumn(column).isNull(); }
std::string Row::Text(int column) const {
  const SQLite::Column value = statement_.getColumn(column);
  const auto* bytes = static_cast<const char*>(value.getBlob());
  return bytes == nullptr ? std::string()
                          : std::string(bytes, static_cast<size_t>(value.getBytes()));
}

// One SQLite connection with its prepared statements; used by one thread at a time.
class Connection {
 public:
  explicit Connection(const std::filesystem::path& file)
      : sqlite_(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyTimeoutMs) {
    sqlite_.exec("PRAGMA journal_mode = WAL");
    sqlite_.exec("PRAGMA synchronous = FULL");
    sqlite_.exec("PRAGMA foreign_keys = ON");
  }

  void Run(const char* sql) { sqlite_.exec(sql); }

  absl::Status Query(absl::string_view sql, std::initializer_list<Parameter> parameters,
                     absl::FunctionRef<absl::Status(const Row&)> each) try {
    SQLite::Statement& statement = Prepared(sql);
    // Ends the statement's hold on the database however the loop is left.
    const absl::Cleanup reset = [&statement] { statement.tryReset(); };
    int index = 0;
    for (const Parameter& parameter : parameters) Bind(statement, ++index, parameter);
    const Row row(statement);
    while (statement.executeStep()) {
      if (absl::Status status = each(row); !status.ok()) return status;
    }
    return absl::OkStatus();
  } catch (const SQLite::Exception& error) {
    return ToStatus(error);
  }

 private:
  SQLite::Statement& Prepared(absl::string_view sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
      const std::string text(sql);
      found = statements_.emplace(text, std::make_unique<SQLite::Statement>(sqlite_, text)).first;
    }
    found->second->clearBindings();
    return *found->second;
  }

  static void Bind(SQLite::Statement& statement, int index, const Parameter& parameter) {
    // "$1" is a name to SQLite; a placeholder used twice is one parameter.
    const int position = statement.getIndex(absl::StrCat("$", index).c_str());
    if (position == 0) return;
    if (const auto* number = std::get_if<int64_t>(&parameter)) {
      statement.bind(position, *number);
    } else if (const auto* text = std::get_if<absl::string_view>(&parameter)) {
      statement.bind(position, std::string(*text));
    } else if (const auto* bytes = std::get_if<Bytes>(&parameter)) {
      statement.bind(position, bytes->bytes.data(), static_cast<int>(bytes->bytes.size()));
    } else {
      statement.bind(position);
    }
  }

  SQLite::Database sqlite_;
  // The SQL texts of a store are few and fixed.
  absl::flat_hash_map<std::string, std::unique_ptr<SQLite::Statement>> statements_;
};

absl::Status Transaction::Execute(absl::string_view sql,
                                  std::initializer_list<Parameter> parameters) {
  return connection_.Query(sql, parameters, [](const Row&) { return absl::OkStatus(); });
}

absl::Status Transaction::Query(absl::string_view sql, std::initializer_list<Parameter> parameters,
                                absl::FunctionRef<absl::Status(const Row&)> each) {
  return connection_.Query(sql, parameters, each);
}

absl::StatusOr<int64_t> Transaction::NextSequence() {
  if (absl::Status status = Execute("UPDATE store SET sequence = sequence + 1", {}); !status.ok()) {
    return status;
  }
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

Database::Database(std::filesystem::path file) : file_(std::move(file)) {}
Database::~Database() = default;

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::filesystem::path& file,
                                                         Migrations migrations) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  auto database = std::unique_ptr<Database>(new Database(file));
  try {
    database->writer_ = std::make_unique<Connection>(file);
  } catch (const SQLite::Exception& exception) {
    return ToStatus(exception);
  }
  if (absl::Status status = database->Migrate(migrations); !status.ok()) return status;
  return database;
}

absl::Status Database::Migrate(Migrations migrations) {
  return Write([&](Transaction& transaction) -> absl::Status {
    absl::Status status = transaction.Execute(kStoreSchema, {});
    if (!status.ok()) return status;
    status = transaction.Execute(
        "INSERT INTO store (only_row, store_id, epoch_ms, sequence, schema_version) "
        "VALUES (1, $1, $2, 0, 0) ON CONFLICT DO NOTHING",
        {NewStoreId(), absl::ToUnixMillis(absl::Now())});
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
      return absl::FailedPreconditionError(absl::StrCat(file_.string(), " has schema ", version,
                                                        "; this build knows ", migrations.size(),
                                                        " and cannot go back"));
    }
    write_mutex_.AssertHeld();
    try {
      for (size_t i = static_cast<size_t>(version); i < migrations.size(); ++i) {
        writer_->Run(migrations[i]);
      }
    } catch (const SQLite::Exception& error) {
      return ToStatus(error);
    }
    return transaction.Execute("UPDATE store SET schema_version = $1",
                               {static_cast<int64_t>(migrations.size())});
  });
}

absl::Status Database::Write(absl::FunctionRef<absl::Status(Transaction&)> change) {
  const absl::MutexLock lock(&write_mutex_);
  try {
    writer_->Run("BEGIN IMMEDIATE");
    Transaction transaction(*writer_);
    absl::Status status = change(transaction);
    if (!status.ok()) {
      writer_->Run("ROLLBACK");
      return status;
    }
    try {
      writer_->Run("COMMIT");
    } catch (const SQLite::Exception& error) {
      writer_->Run("ROLLBACK");
      return ToStatus(error);
    }
    return absl::OkStatus();
  } catch (const SQLite::Exception& error) {
    return ToStatus(error);
  }
}

absl::Status Database::Read(absl::FunctionRef<absl::Status(Transaction&)> query) {
  std::unique_ptr<Connection> connection;
  {
    const absl::MutexLock lock(&readers_mutex_);
    if (!idle_readers_.empty()) {
      connection = std::move(idle_readers_.back());
      idle_readers_.pop_back();
    }
  }
  try {
    if (connection == nullptr) connection = std::make_unique<Connection>(file_);
    connection->Run("BEGIN");
    Transaction transaction(*connection);
    absl::Status status = query(transaction);
    connection->Run("ROLLBACK");
    const absl::MutexLock lock(&readers_mutex_);
    if (idle_readers_.size() < kIdleReadersMax) idle_readers_.push_back(std::move(connection));
    return status;
  } catch (const SQLite::Exception& error) {
    return ToStatus(error);  // The connection is dropped with whatever state it was in.
  }
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

}  // namespace thidua::storage
