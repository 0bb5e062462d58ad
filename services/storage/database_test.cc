#include "services/storage/database.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"

namespace thidua::storage {
namespace {

constexpr const char* kFirst[] = {"CREATE TABLE notes (id TEXT PRIMARY KEY, body BLOB)"};
constexpr const char* kSecond[] = {
    kFirst[0], "ALTER TABLE notes ADD COLUMN size BIGINT; UPDATE notes SET size = LENGTH(body);"};

class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / absl::StrCat("thidua-database-test-", getpid());
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Database> Open(Migrations migrations = kFirst) {
    auto database = Database::Open(folder_ / "test.db", migrations);
    EXPECT_TRUE(database.ok()) << database.status();
    return *std::move(database);
  }

  static absl::Status Insert(Transaction& transaction, absl::string_view id,
                             absl::string_view body) {
    return transaction.Execute("INSERT INTO notes (id, body) VALUES ($1, $2)", {id, Bytes{body}});
  }

  static int64_t Count(Database& database) {
    int64_t count = -1;
    EXPECT_TRUE(database
                    .Read([&](Transaction& transaction) {
                      return transaction.Query("SELECT COUNT(*) FROM notes", {},
                                               [&](const Row& row) {
                                                 count = row.Integer(0);
                                                 return absl::OkStatus();
                                               });
                    })
                    .ok());
    return count;
  }

  std::filesystem::path folder_;
};

TEST_F(DatabaseTest, KeepsWhatWasCommittedAndBytesAsTheyAre) {
  const std::string body("\0\xff tỷ", 7);
  const std::string store = [&] {
    auto database = Open();
    EXPECT_TRUE(database->Write([&](Transaction& t) { return Insert(t, "a", body); }).ok());
    return database->store_id();
  }();
  auto database = Open();
  EXPECT_EQ(database->store_id(), store);
  std::string read;
  EXPECT_TRUE(database
                  ->Read([&](Transaction& t) {
                    return t.Query("SELECT body FROM notes WHERE id = $1", {"a"},
                                   [&](const Row& row) {
                                     read = row.Text(0);
                                     return absl::OkStatus();
                                   });
                  })
                  .ok());
  EXPECT_EQ(read, body);
}

TEST_F(DatabaseTest, LeavesNothingOfARefusedChange) {
  auto database = Open();
  const absl::Status status = database->Write([&](Transaction& t) {
    EXPECT_TRUE(Insert(t, "a", "1").ok());
    EXPECT_TRUE(t.NextSequence().ok());
    return absl::InvalidArgumentError("no");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Count(*database), 0);
  EXPECT_TRUE(database
                  ->Write([&](Transaction& t) {
                    EXPECT_EQ(*t.NextSequence(), 1);  // The refused number was given back.
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(DatabaseTest, SaysWhenAKeyIsTaken) {
  auto database = Open();
  EXPECT_TRUE(database->Write([&](Transaction& t) { return Insert(t, "a", "1"); }).ok());
  EXPECT_EQ(database->Write([&](Transaction& t) { return Insert(t, "a", "2"); }).code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_F(DatabaseTest, ReadsOneSnapshotBesideAWriter) {
  auto database = Open();
  EXPECT_TRUE(database
                  ->Read([&](Transaction& t) {
                    const auto count = [&] {
                      int64_t n = -1;
                      EXPECT_TRUE(t.Query("SELECT COUNT(*) FROM notes", {}, [&](const Row& row) {
                                     n = row.Integer(0);
                                     return absl::OkStatus();
                                   }).ok());
                      return n;
                    };
                    EXPECT_EQ(count(), 0);
                    EXPECT_TRUE(
                        database->Write([&](Transaction& w) { return Insert(w, "a", "1"); }).ok());
                    EXPECT_EQ(count(), 0);
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(Count(*database), 1);
}

TEST_F(DatabaseTest, NumbersChangesInCommitOrderUnderManyWriters) {
  auto database = Open();
  std::vector<std::thread> writers;
  for (int w = 0; w < 8; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < 25; ++i) {
        EXPECT_TRUE(database
                        ->Write([&](Transaction& t) {
                          const int64_t sequence = *t.NextSequence();
                          return Insert(t, absl::StrCat(w, "/", i), absl::StrCat(sequence));
                        })
                        .ok());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(Count(*database), 200);
  EXPECT_TRUE(database
                  ->Read([](Transaction& t) {
                    EXPECT_EQ(*t.Sequence(), 200);
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(DatabaseTest, TakesItsSchemaForwardAndNeverBack) {
  {
    auto database = Open();
    EXPECT_TRUE(database->Write([&](Transaction& t) { return Insert(t, "a", "123"); }).ok());
  }
  {
    auto database = Open(kSecond);
    int64_t size = 0;
    EXPECT_TRUE(database
                    ->Read([&](Transaction& t) {
                      return t.Query("SELECT size FROM notes", {}, [&](const Row& row) {
                        size = row.Integer(0);
                        return absl::OkStatus();
                      });
                    })
                    .ok());
    EXPECT_EQ(size, 3);
  }
  EXPECT_EQ(Database::Open(folder_ / "test.db", kFirst).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace thidua::storage
