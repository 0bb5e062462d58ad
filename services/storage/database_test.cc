// What every engine must do: one suite, run on each.
#include "services/storage/database.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/storage/engines_testlib.h"

namespace thidua::storage {
namespace {

constexpr const char* kFirst[] = {"CREATE TABLE notes (id TEXT PRIMARY KEY, body BYTEA)"};
constexpr const char* kSecond[] = {
    kFirst[0], "ALTER TABLE notes ADD COLUMN size BIGINT; UPDATE notes SET size = LENGTH(body);"};

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

using Change = std::function<absl::Status(Transaction&)>;

// Lets `changes` queue while another change is at work, so that they share a commit; answers what
// each was answered. A machine may always be so slow that they do not: a test that needs it asks
// again until they did.
std::vector<absl::Status> WriteTogether(Database& database, const std::vector<Change>& changes) {
  std::vector<absl::Status> answers(changes.size());
  std::vector<std::thread> writers;
  const absl::Status held = database.Write([&](Transaction&) {
    for (size_t i = 0; i < changes.size(); ++i) {
      writers.emplace_back([&, i] { answers[i] = database.Write(changes[i]); });
    }
    absl::SleepFor(absl::Milliseconds(50));  // Longer than a group goes on: they are the next.
    return absl::OkStatus();
  });
  EXPECT_TRUE(held.ok()) << held;
  for (std::thread& writer : writers) writer.join();
  return answers;
}
constexpr int kTriesMax = 50;

int CountOk(const std::vector<absl::Status>& answers) {
  int count = 0;
  for (const absl::Status& answer : answers) count += answer.ok() ? 1 : 0;
  return count;
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

TYPED_TEST_SUITE(DatabaseTest, Engines, EngineNames);

TYPED_TEST(DatabaseTest, KeepsWhatWasCommittedAndBytesAsTheyAre) {
  const std::string body("\0\xff tỷ \\x00 '", 14);
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

// The watcher sees every number, and never one after a greater one: versions follow commit order,
// and what a refused change took is given back, whoever shared its commit.
TYPED_TEST(DatabaseTest, NumbersChangesInCommitOrderUnderSixteenWriters) {
  constexpr int kWriters = 16, kEach = 30;
  constexpr const char* kSchema[] = {
      "CREATE TABLE changes (sequence BIGINT PRIMARY KEY, writer BIGINT NOT NULL)"};
  auto database = this->Open(kSchema);
  std::vector<std::vector<int64_t>> acknowledged(kWriters);
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < kEach; ++i) {
        const bool refused = i % 3 == 1, failing = i % 3 == 2;
        int64_t taken = 0;
        const absl::Status status = database->Write([&](Transaction& t) -> absl::Status {
          const absl::StatusOr<int64_t> sequence = t.NextSequence();
          if (!sequence.ok()) return sequence.status();
          taken = *sequence;
          const auto insert = [&] {
            return t.Execute("INSERT INTO changes (sequence, writer) VALUES ($1, $2)",
                             {taken, int64_t{w}});
          };
          absl::Status inserted = insert();
          if (!inserted.ok()) return inserted;
          if (refused) return absl::FailedPreconditionError("refused");
          return failing ? insert() : absl::OkStatus();  // The key is taken.
        });
        EXPECT_EQ(status.code(), refused   ? absl::StatusCode::kFailedPrecondition
                                 : failing ? absl::StatusCode::kAlreadyExists
                                           : absl::StatusCode::kOk)
            << status;
        if (status.ok()) acknowledged[static_cast<size_t>(w)].push_back(taken);
      }
    });
  }
  constexpr int64_t kAcknowledged = kWriters * kEach / 3;
  int64_t seen = 0;
  while (seen < kAcknowledged && !this->HasFailure()) {
    int64_t in_snapshot = 0;
    EXPECT_TRUE(database
                    ->Read([&](Transaction& t) {
                      return t.Query("SELECT sequence FROM changes ORDER BY sequence", {},
                                     [&](const Row& row) {
                                       EXPECT_EQ(row.Integer(0), ++in_snapshot) << "a gap";
                                       return absl::OkStatus();
                                     });
                    })
                    .ok());
    EXPECT_GE(in_snapshot, seen) << "what was there is there";
    seen = in_snapshot;
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(*database->Sequence(), kAcknowledged);
  for (int64_t w = 0; w < kWriters; ++w) {
    std::vector<int64_t> stored;
    EXPECT_TRUE(database
                    ->Read([&](Transaction& t) {
                      return t.Query(
                          "SELECT sequence FROM changes WHERE writer = $1 ORDER BY sequence", {w},
                          [&](const Row& row) {
                            stored.push_back(row.Integer(0));
                            return absl::OkStatus();
                          });
                    })
                    .ok());
    EXPECT_EQ(stored, acknowledged[static_cast<size_t>(w)]) << "what was answered OK, no more";
  }
}

TYPED_TEST(DatabaseTest, ChangesThatWaitTogetherShareACommit) {
  auto database = this->Open();
  bool shared = false;
  for (int tries = 0; tries < kTriesMax && !shared; ++tries) {
    std::vector<Change> changes;
    for (int i = 0; i < 8; ++i) {
      changes.emplace_back([&, id = absl::StrCat(tries, "-", i)](Transaction& t) {
        const int64_t before = Number(t, "SELECT COUNT(*) FROM notes");
        shared |= before > this->Count(*database);  // It sees those before it; nobody else does.
        return Insert(t, id, "1");
      });
    }
    EXPECT_EQ(CountOk(WriteTogether(*database, changes)), 8);
    EXPECT_EQ(this->Count(*database), 8 * (tries + 1));
  }
  EXPECT_TRUE(shared);
}

TYPED_TEST(DatabaseTest, AChangeThatFailsDoesNotDisturbTheOthersOfItsGroup) {
  auto database = this->Open();
  ASSERT_TRUE(database->Write([](Transaction& t) { return Insert(t, "taken", ""); }).ok());
  const auto numbered = [](Transaction& t, absl::string_view id) {
    EXPECT_TRUE(t.NextSequence().ok());
    return Insert(t, id, "1");
  };
  std::set<std::string> shared;  // Those that fail and had others' work before them.
  const auto failing = [&](Transaction& t, const char* id) {
    if (Number(t, "SELECT COUNT(*) FROM notes") > this->Count(*database)) shared.insert(id);
    return numbered(t, id);
  };
  for (int tries = 0; tries < kTriesMax && shared.size() < 4; ++tries) {
    const auto sound = [&](const char* id) {
      return [&numbered, id = absl::StrCat(tries, id)](Transaction& t) { return numbered(t, id); };
    };
    const std::vector<absl::Status> answers =
        WriteTogether(*database, {
                                     sound("a"),
                                     [&](Transaction& t) {
                                       EXPECT_TRUE(failing(t, "refused").ok());
                                       return absl::InvalidArgumentError("no");
                                     },
                                     sound("b"),
                                     [&](Transaction& t) { return failing(t, "taken"); },
                                     [&](Transaction& t) {
                                       EXPECT_TRUE(failing(t, "passed over").ok());
                                       EXPECT_FALSE(t.Execute("SELECT nothing FROM x", {}).ok());
                                       EXPECT_FALSE(Insert(t, "after it", "1").ok());
                                       return absl::OkStatus();
                                     },
                                     sound("c"),
                                     [&](Transaction& t) -> absl::Status {
                                       EXPECT_TRUE(failing(t, "thrown").ok());
                                       throw std::runtime_error("thrown");
                                     },
                                     sound("d"),
                                 });
    std::vector<absl::StatusCode> codes;
    for (const absl::Status& answer : answers) codes.push_back(answer.code());
    EXPECT_EQ(codes,
              (std::vector<absl::StatusCode>{
                  absl::StatusCode::kOk, absl::StatusCode::kInvalidArgument, absl::StatusCode::kOk,
                  absl::StatusCode::kAlreadyExists, absl::StatusCode::kInternal,
                  absl::StatusCode::kOk, absl::StatusCode::kInternal, absl::StatusCode::kOk}));
    EXPECT_EQ(this->Count(*database), 4 * (tries + 1) + 1);
    EXPECT_EQ(*database->Sequence(), 4 * (tries + 1));
  }
  EXPECT_EQ(shared.size(), 4u);
}

TYPED_TEST(DatabaseTest, ACommitThatFailsIsAnsweredToAllItCarried) {
  // Kept only by the commit, which the engine then refuses.
  constexpr const char* kSchema[] = {
      "CREATE TABLE notes (id TEXT PRIMARY KEY, body BYTEA);"
      "CREATE TABLE replies (note TEXT REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)"};
  auto database = this->Open(kSchema);
  bool shared = false;
  int acknowledged = 0;
  for (int tries = 0; tries < kTriesMax && !shared; ++tries) {
    std::vector<Change> changes(3, [](Transaction& t) {
      return t.Execute("INSERT INTO replies (note) VALUES ('none')", {});
    });
    for (const char* id : {"a", "b", "c"}) {
      changes.emplace_back(
          [id = absl::StrCat(tries, id)](Transaction& t) { return Insert(t, id, "1"); });
    }
    const std::vector<absl::Status> answers = WriteTogether(*database, changes);
    for (size_t i = 0; i < 3; ++i) EXPECT_FALSE(answers[i].ok()) << i;
    acknowledged += CountOk(answers);
    shared = CountOk(answers) < 3;
    EXPECT_EQ(this->Count(*database), acknowledged);
  }
  EXPECT_TRUE(shared);
  EXPECT_TRUE(database->Write([](Transaction& t) { return Insert(t, "next", "1"); }).ok());
}

TYPED_TEST(DatabaseTest, AFailedStatementIsNotPassedOver) {
  auto database = this->Open();
  EXPECT_EQ(database
                ->Write([](Transaction& t) {
                  EXPECT_TRUE(Insert(t, "a", "1").ok());
                  EXPECT_EQ(Insert(t, "a", "2").code(), absl::StatusCode::kAlreadyExists);
                  return absl::OkStatus();
                })
                .code(),
            absl::StatusCode::kInternal);
  EXPECT_EQ(this->Count(*database), 0);
  EXPECT_TRUE(database->Write([](Transaction& t) { return Insert(t, "a", "1"); }).ok());
}

constexpr const char* kKinds[] = {
    "CREATE TABLE kinds (id TEXT PRIMARY KEY, number BIGINT, body BYTEA, remark TEXT)"};

TYPED_TEST(DatabaseTest, InsertsRowsOfEveryType) {
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  const std::string bytes("\0\x01\xff\xfe\0", 5);
  auto database = this->Open(kKinds);
  const absl::Status status = database->Write([&](Transaction& t) -> absl::Status {
    EXPECT_TRUE(t.InsertRows("kinds", {"id", "number"}, {}).ok());
    absl::Status first = t.InsertRows("kinds", {"id", "number", "body", "remark"},
                                      {{"a", kLeast, Bytes{bytes}, "Sở Y tế"},
                                       {"b", nullptr, nullptr, nullptr},
                                       {"", int64_t{0}, Bytes{}, ""}});
    if (!first.ok()) return first;
    return t.InsertRows("kinds", {"number", "id"}, {{int64_t{-2}, "c"}});
  });
  EXPECT_TRUE(status.ok()) << status;
  std::vector<std::string> rows;
  EXPECT_TRUE(database
                  ->Read([&](Transaction& t) {
                    return t.Query("SELECT id, number, body, remark FROM kinds ORDER BY id", {},
                                   [&](const Row& row) {
                                     std::string text;
                                     for (int i = 0; i < 4; ++i) {
                                       absl::StrAppend(&text, row.IsNull(i) ? "NULL" : row.Text(i),
                                                       "|");
                                     }
                                     rows.push_back(text);
                                     return absl::OkStatus();
                                   });
                  })
                  .ok());
  EXPECT_EQ(rows,
            (std::vector<std::string>{"|0|||", absl::StrCat("a|", kLeast, "|", bytes, "|Sở Y tế|"),
                                      "b|NULL|NULL|NULL|", "c|-2|NULL|NULL|"}));
  EXPECT_TRUE(database
                  ->Read([](Transaction& t) {  // As if each had been bound alone.
                    EXPECT_EQ(Number(t, "SELECT COUNT(*) FROM kinds WHERE id = 'a' AND number < 0"),
                              1);
                    return t.Query("SELECT id FROM kinds WHERE remark = $1", {"Sở Y tế"},
                                   [](const Row& row) {
                                     EXPECT_EQ(row.Text(0), "a");
                                     return absl::OkStatus();
                                   });
                  })
                  .ok());
}

TYPED_TEST(DatabaseTest, InsertsNumbersIntoColumnsOfEitherSize) {
  constexpr const char* kSizes[] = {
      "CREATE TABLE sizes (only_row INTEGER PRIMARY KEY, large BIGINT, small INTEGER)"};
  auto database = this->Open(kSizes);
  EXPECT_TRUE(database
                  ->Write([](Transaction& t) {
                    return t.InsertRows("sizes", {"large", "only_row", "small"},
                                        {{int64_t{1} << 40, int64_t{1}, int64_t{-7}},
                                         {int64_t{-1}, int64_t{2}, nullptr}});
                  })
                  .ok());
  EXPECT_TRUE(database
                  ->Read([](Transaction& t) {
                    EXPECT_EQ(Number(t, "SELECT SUM(large) FROM sizes"), (int64_t{1} << 40) - 1);
                    EXPECT_EQ(Number(t, "SELECT SUM(small) FROM sizes"), -7);
                    return absl::OkStatus();
                  })
                  .ok());
}

TYPED_TEST(DatabaseTest, InsertsManyRows) {
  constexpr int64_t kRows = 10'000;
  auto database = this->Open(kKinds);
  std::vector<std::string> ids;
  for (int64_t i = 0; i < kRows; ++i) ids.push_back(absl::StrCat("đơn vị ", i));
  const std::string body(100, '\xfe');
  std::vector<std::vector<Parameter>> rows;
  for (int64_t i = 0; i < kRows; ++i) rows.push_back({ids[static_cast<size_t>(i)], i, Bytes{body}});
  EXPECT_TRUE(database
                  ->Write([&](Transaction& t) {
                    return t.InsertRows("kinds", {"id", "number", "body"}, rows);
                  })
                  .ok());
  EXPECT_TRUE(database
                  ->Read([&](Transaction& t) {
                    EXPECT_EQ(Number(t, "SELECT COUNT(DISTINCT id) FROM kinds"), kRows);
                    EXPECT_EQ(Number(t, "SELECT SUM(number) FROM kinds"), kRows * (kRows - 1) / 2);
                    EXPECT_EQ(Number(t, "SELECT SUM(LENGTH(body)) FROM kinds"), kRows * 100);
                    return absl::OkStatus();
                  })
                  .ok());
}

TYPED_TEST(DatabaseTest, RowsThatCannotBeInsertedLeaveNothing) {
  auto database = this->Open(kKinds);
  const auto insert = [&](std::vector<std::vector<Parameter>> rows) {
    return database
        ->Write([&](Transaction& t) {
          return t.InsertRows("kinds", {"id", "number"}, rows);
        })
        .code();
  };
  EXPECT_EQ(insert({{"a", int64_t{1}}, {"b", int64_t{2}}, {"a", int64_t{3}}}),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(insert({{"a", int64_t{1}}, {"b"}}), absl::StatusCode::kInternal);
  EXPECT_EQ(
      database
          ->Write([](Transaction& t) { return t.InsertRows("kinds", {"no_such_column"}, {{"a"}}); })
          .code(),
      absl::StatusCode::kInternal);
  EXPECT_EQ(insert({{"a", int64_t{1}}}), absl::StatusCode::kOk);
  EXPECT_TRUE(database
                  ->Read([](Transaction& t) {
                    EXPECT_EQ(Number(t, "SELECT COUNT(*) FROM kinds"), 1);
                    return absl::OkStatus();
                  })
                  .ok());
}

TYPED_TEST(DatabaseTest, TakesSeveralNumbersAtOnce) {
  auto database = this->Open();
  EXPECT_TRUE(database
                  ->Write([](Transaction& t) {
                    EXPECT_EQ(*t.NextSequences(3), 1);
                    EXPECT_EQ(*t.NextSequence(), 4);
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(*database->Sequence(), 4);
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

// An upgrade can be taken back as long as it only added.
TYPED_TEST(DatabaseTest, AnOlderBuildIsStartedOnWhatOnlyAdded) {
  constexpr const char* kAdded[] = {kFirst[0],
                                    "-- additive\n"
                                    "ALTER TABLE notes ADD COLUMN size BIGINT NOT NULL DEFAULT 7;"
                                    "CREATE TABLE remarks (id TEXT PRIMARY KEY)"};
  constexpr const char* kChanged[] = {kAdded[0], kAdded[1], "UPDATE notes SET size = 8",
                                      "-- additive\nCREATE INDEX notes_by_size ON notes (size)"};
  ASSERT_EQ(this->Open(kAdded)->schema_version(), 2);
  {
    auto older = this->Open(kFirst);
    EXPECT_EQ(older->schema_version(), 2) << "not taken back";
    EXPECT_TRUE(older->Write([](Transaction& t) { return Insert(t, "a", "1"); }).ok());
    EXPECT_EQ(this->Count(*older), 1);
  }
  {
    auto newer = this->Open(kAdded);
    EXPECT_EQ(newer->schema_version_found(), 2);
    EXPECT_TRUE(newer
                    ->Read([](Transaction& t) {
                      EXPECT_EQ(Number(t, "SELECT size FROM notes"), 7);
                      return absl::OkStatus();
                    })
                    .ok());
  }
  EXPECT_EQ(this->Open(kChanged)->schema_version_found(), 2);
  for (const Migrations too_old : {Migrations(kFirst), Migrations(kAdded)}) {
    EXPECT_EQ(Database::Open(this->location_, too_old).status().code(),
              absl::StatusCode::kFailedPrecondition);
  }
  EXPECT_TRUE(Database::Open(this->location_, Migrations(kChanged).subspan(0, 3)).ok());
}

TYPED_TEST(DatabaseTest, AStepThatSaysWronglyThatItOnlyAddsIsTheProgrammersError) {
  constexpr const char* kWrong[] = {kFirst[0], "-- additive\nUPDATE notes SET body = NULL"};
  EXPECT_EQ(Database::Open(this->location_, kWrong).status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(this->Open(kFirst)->schema_version_found(), 0) << "nothing of it remains";
}

TYPED_TEST(DatabaseTest, IsLookedAtBesideItsService) {
  EXPECT_EQ(Database::OpenToLook(this->location_, Company::kItsService, "").status().code(),
            absl::StatusCode::kNotFound);
  auto served = this->Open(kKinds);
  EXPECT_TRUE(served
                  ->Write([](Transaction& t) {
                    EXPECT_TRUE(t.NextSequence().ok());
                    return t.InsertRows("kinds", {"id", "number"},
                                        {{"ê", int64_t{1}}, {"z", int64_t{2}}, {"Z", nullptr}});
                  })
                  .ok());
  auto looking = Database::OpenToLook(this->location_, Company::kItsService, "");
  ASSERT_TRUE(looking.ok()) << looking.status();
  EXPECT_EQ((*looking)->store_id(), served->store_id());
  EXPECT_EQ((*looking)->store_epoch_ms(), served->store_epoch_ms()) << "not opened anew";
  EXPECT_EQ((*looking)->schema_version(), 1);
  std::string ids;
  const absl::Status read = (*looking)->Read([&](Transaction& t) -> absl::Status {
    const auto tables = t.Tables();
    if (!tables.ok()) return tables.status();
    using Type = Table::Type;
    EXPECT_EQ(
        *tables,
        (std::vector<Table>{
            {"kinds",
             {{"id", Type::kText},
              {"number", Type::kInteger},
              {"body", Type::kBytes},
              {"remark", Type::kText}},
             {0}},
            {"store",
             {{"only_row", Type::kInteger},
              {"store_id", Type::kText},
              {"epoch_ms", Type::kInteger},
              {"sequence", Type::kInteger},
              {"schema_version", Type::kInteger}},
             {0}},
            {"store_builds", {{"only_row", Type::kInteger}, {"oldest", Type::kInteger}}, {0}}}));
    // What is written meanwhile is not in this snapshot.
    EXPECT_TRUE(
        served->Write([](Transaction& w) { return w.InsertRows("kinds", {"id"}, {{"aa"}}); }).ok());
    return t.ReadInOrder(tables->front(), [&](const Row& row) {
      absl::StrAppend(&ids, row.Text(0), row.IsNull(1) ? "-" : row.Text(1), " ");
      return absl::OkStatus();
    });
  });
  EXPECT_TRUE(read.ok()) << read;
  EXPECT_EQ(ids, "Z- z2 ê1 ") << "by bytes";
  EXPECT_FALSE((*looking)->Write([](Transaction&) { return absl::OkStatus(); }).ok());
  EXPECT_EQ(Database::OpenToLook(this->location_, Company::kNobody, "").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Database::OpenToFill(this->location_, kKinds, "").status().code(),
            absl::StatusCode::kFailedPrecondition);
  served.reset();
  looking->reset();
  EXPECT_TRUE(Database::OpenToLook(this->location_, Company::kNobody, "").ok());
  EXPECT_TRUE(Database::OpenToFill(this->location_, kKinds, "").ok());
}

TYPED_TEST(DatabaseTest, ACallbackMayBreakOffWhatItLooksAt) {
  auto served = this->Open();
  EXPECT_TRUE(served
                  ->Write([](Transaction& t) {
                    EXPECT_TRUE(Insert(t, "a", "1").ok());
                    return Insert(t, "b", "2");
                  })
                  .ok());
  auto looking = Database::OpenToLook(this->location_, Company::kItsService, "");
  ASSERT_TRUE(looking.ok()) << looking.status();
  EXPECT_EQ((*looking)
                ->Read([](Transaction& t) {
                  return t.Query("SELECT id FROM notes", {},
                                 [](const Row&) { return absl::AbortedError("enough"); });
                })
                .code(),
            absl::StatusCode::kAborted);
  EXPECT_EQ(this->Count(**looking), 2);
}

TYPED_TEST(DatabaseTest, AWrongMigrationIsTheProgrammersError) {
  constexpr const char* kWrong[] = {kFirst[0], "CREATE NONSENSE"};
  EXPECT_EQ(Database::Open(this->location_, kWrong).status().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(Database::Open(this->location_, kFirst).ok());
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

// SQLite then rolls the whole transaction back by itself, with what others had done in it.
TEST_F(SqliteTest, WhoeverSharedACommitWithAFullDiskIsToldSo) {
  auto database = Open();
  bool shared = false;
  int acknowledged = 0;
  for (int tries = 0; tries < kTriesMax && !shared; ++tries) {
    int turn = 0;  // Changes run one after another, whichever is first.
    std::vector<Change> changes;
    for (int i = 0; i < 5; ++i) {
      changes.emplace_back([&, id = absl::StrCat(tries, "-", i)](Transaction& t) -> absl::Status {
        if (++turn != 3) return Insert(t, id, "1");
        EXPECT_EQ(Number(t, "PRAGMA max_page_count = 20"), 20);
        const absl::Status full = Insert(t, id, std::string(1 << 20, 'x'));
        EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted) << full;
        EXPECT_FALSE(Insert(t, "alone", "1").ok()) << "would stay, outside of any transaction";
        return full;
      });
    }
    const std::vector<absl::Status> answers = WriteTogether(*database, changes);
    acknowledged += CountOk(answers);
    for (const absl::Status& answer : answers) {
      shared |= answer.code() == absl::StatusCode::kUnavailable;
    }
    EXPECT_EQ(Count(*database), acknowledged);
  }
  EXPECT_TRUE(shared);
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

TEST_F(PostgresqlTest, ALineLostHalfWayIsAnsweredToAllThatSharedIt) {
  bool shared = false;
  int acknowledged = 0;
  for (int tries = 0; tries < kTriesMax && !shared; ++tries) {
    auto database = Open();
    int turn = 0;
    std::vector<Change> changes;
    for (int i = 0; i < 5; ++i) {
      changes.emplace_back([&, id = absl::StrCat(tries, "-", i)](Transaction& t) {
        if (++turn == 3) engine_->server().Kill();
        return Insert(t, id, "1");
      });
    }
    const std::vector<absl::Status> answers = WriteTogether(*database, changes);
    for (const absl::Status& answer : answers) {
      EXPECT_TRUE(answer.ok() || answer.code() == absl::StatusCode::kUnavailable) << answer;
    }
    EXPECT_LE(CountOk(answers), 2) << "nobody from the third on";
    acknowledged += CountOk(answers);
    shared = CountOk(answers) < 2;  // One of the two before was in its commit.
    engine_->server().Start();
    auto again = Open();
    EXPECT_EQ(Count(*again), acknowledged);
  }
  EXPECT_TRUE(shared);
}

// Whoever holds all connections must not hold everybody else for as long.
TEST_F(PostgresqlTest, NobodyWaitsForAConnectionForEver) {
  auto database = Open();
  absl::BlockingCounter held(16);
  absl::Notification done;
  std::vector<std::thread> readers;
  for (int i = 0; i < 16; ++i) {
    readers.emplace_back([&] {
      EXPECT_TRUE(database
                      ->Read([&](Transaction&) {
                        held.DecrementCount();
                        done.WaitForNotificationWithTimeout(absl::Seconds(20));
                        return absl::OkStatus();
                      })
                      .ok());
    });
  }
  held.Wait();
  const absl::Status read = database->Read([](Transaction&) { return absl::OkStatus(); });
  EXPECT_EQ(read.code(), absl::StatusCode::kUnavailable) << read;
  EXPECT_TRUE(absl::StrContains(read.message(), "every connection is in use")) << read;
  done.Notify();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(Count(*database), 0) << "what was given back is taken again";
}

TEST(LocationTest, NobodyAnswers) {
  EXPECT_EQ(Database::Open("postgresql://127.0.0.1:1/none", kFirst).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(Database::Open("/proc/no/such/folder/test.db", kFirst).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(LocationTest, APasswordInItIsRefusedAndNotRepeated) {
  const char* const kLocations[] = {
      "postgresql://an:hunter2@127.0.0.1:1/none",
      "postgres://an:hunter2@127.0.0.1:1/none",
      "postgresql://127.0.0.1:1/none?user=an&password=hunter2",
      "postgresql://127.0.0.1:1/none?sslpassword=hunter2",
      "postgresql://an:hunter2/x@127.0.0.1:1/none",
      "postgresql://an:x/hunter2@127.0.0.1:1/none",
      "postgresql://an:x?hunter2@127.0.0.1:1/none",
      "postgresql://an:x#hunter2@127.0.0.1:1/none",
      "postgresql://an:hunter2%@127.0.0.1:1/none",
      "postgresql://an:x:hunter2@[::1/none",
      "postgresql://an:x@hunter2@127.0.0.1:1/none",
  };
  for (const char* location : kLocations) {
    const absl::Status refused = Database::Open(location, kFirst).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << location << refused;
    EXPECT_EQ(refused.ToString().find("hunter2"), std::string::npos) << refused;
  }
}

// A server on a port of loopback that has no TLS, as it says itself.
TEST(LocationTest, WhatItSaysOfTlsIsKeptTo) {
  const int listening = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listening, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listening, 8), 0);
  ASSERT_EQ(getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size), 0);
  std::atomic<int> in_plaintext = 0;
  std::thread server([&] {
    for (int line = 0; (line = accept(listening, nullptr, nullptr)) >= 0; close(line)) {
      char begun[8] = {};  // SSLRequest: "Will you speak TLS?"
      if (read(line, begun, sizeof begun) == sizeof begun && write(line, "N", 1) == 1 &&
          read(line, begun, sizeof begun) > 0) {
        ++in_plaintext;
      }
    }
  });
  const std::string location =
      absl::StrCat("postgresql://an@127.0.0.1:", ntohs(address.sin_port), "/none?sslmode=");
  for (const char* mode : {"require", "verify-full&sslrootcert=/etc/ssl/cert.pem"}) {
    const absl::Status refused = Database::Open(location + mode, kFirst).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable) << refused;
  }
  EXPECT_EQ(in_plaintext, 0);
  EXPECT_FALSE(Database::Open(location + "prefer", kFirst).ok());
  shutdown(listening, SHUT_RDWR);
  server.join();
  close(listening);
  EXPECT_EQ(in_plaintext, 1) << "which only who says so is content with";
}

TEST(PostgresqlPasswordTest, IsReadFromItsFileAtEachConnection) {
  tests::PostgresqlServer server;
  const std::string location = server.NewDatabase();
  {
    const auto owner = Database::Open(location, kFirst);
    ASSERT_TRUE(owner.ok()) << owner.status();
    const absl::Status asked_for = (*owner)->Write([](Transaction& transaction) {
      absl::Status status =
          transaction.Execute("CREATE ROLE an SUPERUSER LOGIN PASSWORD 'hunter2'", {});
      std::string rules;
      if (status.ok()) {
        status = transaction.Query("SELECT current_setting('hba_file')", {}, [&](const Row& row) {
          rules = row.Text(0);
          return absl::OkStatus();
        });
      }
      if (!status.ok()) return status;
      return transaction.Execute(
          absl::StrCat("COPY (VALUES ('local all an scram-sha-256'), ('local all all trust')) TO '",
                       rules, "'"),
          {});
    });
    ASSERT_TRUE(asked_for.ok()) << asked_for;
  }
  server.Kill();
  server.Start();

  const std::string as_an = absl::StrReplaceAll(location, {{"user=postgres", "user=an"}});
  const std::string file =
      (std::filesystem::temp_directory_path() / absl::StrCat("thidua-password-", getpid()))
          .string();
  const auto open_with = [&](const std::string& password) {
    std::ofstream(file, std::ios::trunc) << password;
    return Database::Open(as_an, kFirst, file).status();
  };
  EXPECT_TRUE(open_with("hunter2\n").ok()) << open_with("hunter2\n");
  const absl::Status wrong = open_with("hunter3");
  EXPECT_EQ(wrong.code(), absl::StatusCode::kUnavailable) << wrong;
  EXPECT_EQ(wrong.ToString().find("hunter3"), std::string::npos) << wrong;
  EXPECT_EQ(open_with("\n").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Database::Open(as_an, kFirst).status().code(), absl::StatusCode::kUnavailable);
  std::filesystem::remove(file);
  EXPECT_EQ(Database::Open(as_an, kFirst, file).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace thidua::storage
