// What every engine must do: one suite, run on each.
#include "services/storage/database.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "tests/system/postgresql_server.h"

namespace thidua::storage {
namespace {

constexpr const char* kFirst[] = {"CREATE TABLE notes (id TEXT PRIMARY KEY, body BYTEA)"};
constexpr const char* kSecond[] = {
    kFirst[0], "ALTER TABLE notes ADD COLUMN size BIGINT; UPDATE notes SET size = LENGTH(body);"};

// Where a new, empty database of the engine may be.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string NewLocation() = 0;
};

class SqliteEngine : public Engine {
 public:
  SqliteEngine() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-storage-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~SqliteEngine() override { std::filesystem::remove_all(folder_); }
  std::string NewLocation() override {
    return (folder_ / absl::StrCat("made-on-the-way-", ++count_) / "test.db").string();
  }

 private:
  std::filesystem::path folder_;
  int count_ = 0;
};

class PostgresqlEngine : public Engine {
 public:
  std::string NewLocation() override { return server_.NewDatabase(); }
  tests::PostgresqlServer& server() { return server_; }

 private:
  tests::PostgresqlServer server_;
};

absl::Status Insert(Transaction& transaction, absl::string_view id, absl::string_view body) {
  return transaction.Execute("INSERT INTO notes (id, body) VALUES ($1, $2)", {id, Bytes{body}});
}

int64_t Number(Transaction& transaction, absl::string_view sql) {
  int64_t number = -1;
  EXPECT_TRUE(transaction
                  .Query(sql, {},
                         [&](const Row& row) {
                           number = row.Integer(0);
                           return absl::OkStatus();
                         })
                  .ok());
  return number;
}

template <typename TestedEngine>
class DatabaseTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { engine_ = new TestedEngine; }
  static void TearDownTestSuite() {
    delete engine_;
    engine_ = nullptr;
  }

  std::unique_ptr<Database> Open(Migrations migrations = kFirst) {
    auto database = Database::Open(location_, migrations);
    EXPECT_TRUE(database.ok()) << database.status();
    return *std::move(database);
  }

  static int64_t Count(Database& database) {
    int64_t count = -1;
    EXPECT_TRUE(database
                    .Read([&](Transaction& transaction) {
                      count = Number(transaction, "SELECT COUNT(*) FROM notes");
                      return absl::OkStatus();
                    })
                    .ok());
    return count;
  }

  static TestedEngine* engine_;
  const std::string location_ = engine_->NewLocation();
};
template <typename TestedEngine>
TestedEngine* DatabaseTest<TestedEngine>::engine_ = nullptr;

class EngineNames {
 public:
  template <typename TestedEngine>
  static std::string GetName(int) {
    return std::is_same_v<TestedEngine, SqliteEngine> ? "Sqlite" : "Postgresql";
  }
};
using Engines = testing::Types<SqliteEngine, PostgresqlEngine>;
TYPED_TEST_SUITE(DatabaseTest, Engines, EngineNames);

TYPED_TEST(DatabaseTest, KeepsWhatWasCommittedAndBytesAsTheyAre) {
  const std::string body("\0\xff tỷ \\x00 '", 16);
  std::string store_id;
  int64_t epoch_ms = 0;
  {
    auto database = this->Open();
    EXPECT_TRUE(database->Write([&](Transaction& t) { return Insert(t, "a", body); }).ok());
    EXPECT_TRUE(database
                    ->Write([&](Transaction& t) {
                      return t.Execute("INSERT INTO notes (id, body) VALUES ($1, $2)",
                                       {"Sở Y tế", nullptr});
                    })
                    .ok());
    store_id = database->store_id();
    epoch_ms = database->store_epoch_ms();
  }
  auto database = this->Open();
  EXPECT_EQ(database->store_id(), store_id);
  EXPECT_GT(database->store_epoch_ms(), epoch_ms) << "later, whatever the clock says";
  std::vector<std::pair<std::string, std::string>> read;
  bool null = false;
  EXPECT_TRUE(database
                  ->Read([&](Transaction& t) {
                    return t.Query("SELECT id, body FROM notes ORDER BY id", {},
                                   [&](const Row& row) {
                                     null = row.IsNull(1);
                                     read.emplace_back(row.Text(0), row.Text(1));
                                     return absl::OkStatus();
                                   });
                  })
                  .ok());
  EXPECT_EQ(read, (std::vector<std::pair<std::string, std::string>>{{"Sở Y tế", ""}, {"a", body}}));
  EXPECT_FALSE(null) << "of the last row, which has bytes";
}

TYPED_TEST(DatabaseTest, TwoStoresHaveTwoIds) {
  auto database = this->Open();
  auto other = Database::Open(this->engine_->NewLocation(), kFirst);
  ASSERT_TRUE(other.ok());
  EXPECT_NE(database->store_id(), (*other)->store_id());
}

TYPED_TEST(DatabaseTest, LeavesNothingOfARefusedChange) {
  auto database = this->Open();
  const absl::Status status = database->Write([&](Transaction& t) {
    EXPECT_TRUE(Insert(t, "a", "1").ok());
    EXPECT_TRUE(t.NextSequence().ok());
    return absl::InvalidArgumentError("no");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(this->Count(*database), 0);
  EXPECT_TRUE(database
                  ->Write([&](Transaction& t) {
                    EXPECT_EQ(*t.NextSequence(), 1);  // The refused number was given back.
                    return absl::OkStatus();
                  })
                  .ok());
}

TYPED_TEST(DatabaseTest, SaysWhenAKeyIsTaken) {
  auto database = this->Open();
  EXPECT_TRUE(database->Write([&](Transaction& t) { return Insert(t, "a", "1"); }).ok());
  EXPECT_EQ(database->Write([&](Transaction& t) { return Insert(t, "a", "2"); }).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(this->Count(*database), 1);
}

TYPED_TEST(DatabaseTest, AWrongStatementIsTheProgrammersErrorAndStopsNothingElse) {
  auto database = this->Open();
  EXPECT_EQ(
      database->Write([](Transaction& t) { return t.Execute("SELECT nothing FROM x", {}); }).code(),
      absl::StatusCode::kInternal);
  EXPECT_EQ(this->Count(*database), 0);
}

TYPED_TEST(DatabaseTest, AnErrorOfTheCallbackEndsTheQuery) {
  auto database = this->Open();
  EXPECT_TRUE(database
                  ->Write([&](Transaction& t) {
                    EXPECT_TRUE(Insert(t, "a", "1").ok());
                    return Insert(t, "b", "2");
                  })
                  .ok());
  int rows = 0;
  EXPECT_EQ(database
                ->Read([&](Transaction& t) {
                  return t.Query("SELECT id FROM notes", {}, [&](const Row&) {
                    ++rows;
                    return absl::AbortedError("enough");
                  });
                })
                .code(),
            absl::StatusCode::kAborted);
  EXPECT_EQ(rows, 1);
  EXPECT_EQ(this->Count(*database), 2);
}

TYPED_TEST(DatabaseTest, ReadsOneSnapshotBesideAWriter) {
  auto database = this->Open();
  EXPECT_TRUE(database
                  ->Read([&](Transaction& t) {
                    EXPECT_EQ(Number(t, "SELECT COUNT(*) FROM notes"), 0);
                    EXPECT_TRUE(
                        database->Write([&](Transaction& w) { return Insert(w, "a", "1"); }).ok());
                    EXPECT_EQ(Number(t, "SELECT COUNT(*) FROM notes"), 0);
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(this->Count(*database), 1);
}

// The watcher sees every number, and never one after a greater one: versions follow commit order.
TYPED_TEST(DatabaseTest, NumbersChangesInCommitOrderUnderSixteenWriters) {
  constexpr int kWriters = 16, kEach = 20;
  constexpr const char* kSchema[] = {
      "CREATE TABLE changes (sequence BIGINT PRIMARY KEY, writer BIGINT NOT NULL)"};
  auto database = this->Open(kSchema);
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&database, w] {
      for (int i = 0; i < kEach; ++i) {
        const absl::Status status = database->Write([&](Transaction& t) -> absl::Status {
          const absl::StatusOr<int64_t> sequence = t.NextSequence();
          if (!sequence.ok()) return sequence.status();
          return t.Execute("INSERT INTO changes (sequence, writer) VALUES ($1, $2)",
                           {*sequence, int64_t{w}});
        });
        EXPECT_TRUE(status.ok()) << status;
      }
    });
  }
  int64_t seen = 0;
  while (seen < kWriters * kEach) {
    EXPECT_TRUE(database
                    ->Read([&](Transaction& t) {
                      return t.Query(
                          "SELECT sequence FROM changes WHERE sequence > $1 ORDER BY sequence",
                          {seen}, [&](const Row& row) {
                            EXPECT_EQ(row.Integer(0), seen + 1) << "missed, or came too late";
                            seen = row.Integer(0);
                            return absl::OkStatus();
                          });
                    })
                    .ok());
    if (this->HasFailure()) break;
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(*database->Sequence(), kWriters * kEach);
}

TYPED_TEST(DatabaseTest, TakesItsSchemaForwardAndNeverBack) {
  {
    auto database = this->Open();
    EXPECT_TRUE(database->Write([&](Transaction& t) { return Insert(t, "a", "123"); }).ok());
  }
  {
    auto database = this->Open(kSecond);
    EXPECT_TRUE(database
                    ->Read([&](Transaction& t) {
                      EXPECT_EQ(Number(t, "SELECT size FROM notes"), 3);
                      return absl::OkStatus();
                    })
                    .ok());
  }
  EXPECT_EQ(Database::Open(this->location_, kFirst).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

class SqliteTest : public DatabaseTest<SqliteEngine> {};

TEST_F(SqliteTest, OneFileHasOneProcess) {
  auto database = Open();
  EXPECT_EQ(Database::Open(location_, kFirst).status().code(),
            absl::StatusCode::kFailedPrecondition);
  database.reset();
  EXPECT_TRUE(Database::Open(location_, kFirst).ok());
}

TEST_F(SqliteTest, AFullDiskIsSaidToBeFullAndTheNextChangeWorks) {
  auto database = Open();
  const absl::Status full = database->Write([&](Transaction& t) -> absl::Status {
    // A limit of pages is to SQLite what a full disk is.
    EXPECT_TRUE(t.Query("PRAGMA max_page_count = 20", {}, [](const Row&) {
                   return absl::OkStatus();
                 }).ok());
    return Insert(t, "a", std::string(1 << 20, 'x'));
  });
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted) << full;
  EXPECT_TRUE(database->Write([&](Transaction& t) { return Insert(t, "b", "1"); }).ok());
  EXPECT_EQ(Count(*database), 1);
}

class PostgresqlTest : public DatabaseTest<PostgresqlEngine> {};

TEST_F(PostgresqlTest, TwoProcessesMayMigrateAtOnce) {
  std::vector<std::thread> openers;
  for (int i = 0; i < 4; ++i) {
    openers.emplace_back([this] { EXPECT_TRUE(Database::Open(location_, kSecond).ok()); });
  }
  for (std::thread& opener : openers) opener.join();
}

TEST_F(PostgresqlTest, GoesOnAfterTheServerCameBack) {
  auto database = Open();
  EXPECT_TRUE(database->Write([&](Transaction& t) { return Insert(t, "a", "1"); }).ok());
  engine_->server().Kill();
  EXPECT_EQ(database->Write([&](Transaction& t) { return Insert(t, "b", "2"); }).code(),
            absl::StatusCode::kUnavailable);
  engine_->server().Start();
  absl::Status status;
  do {
    status = database->Write([&](Transaction& t) { return Insert(t, "c", "3"); });
  } while (status.code() == absl::StatusCode::kUnavailable);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(Count(*database), 2);
}

TEST(LocationTest, NobodyAnswers) {
  EXPECT_EQ(Database::Open("postgresql://127.0.0.1:1/none", kFirst).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(Database::Open("/proc/no/such/folder/test.db", kFirst).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace thidua::storage
