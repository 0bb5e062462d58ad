// PostgreSQL in production: servers that are killed, frozen and replaced while services write.
#include "services/storage/postgresql.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "tests/system/postgresql_server.h"
#include "tests/system/stalling_proxy.h"

namespace thidua::storage {
namespace {

constexpr const char* kSchema[] = {"CREATE TABLE notes (id TEXT PRIMARY KEY, number BIGINT)"};
constexpr absl::Duration kPatience = absl::Seconds(60);

std::unique_ptr<Database> Open(const std::string& location, Migrations migrations = kSchema) {
  auto database = Database::Open(location, migrations);
  EXPECT_TRUE(database.ok()) << database.status();
  return database.ok() ? *std::move(database) : nullptr;
}

std::string Answer(Transaction& transaction, absl::string_view sql) {
  std::string text;
  const absl::Status status = transaction.Query(sql, {}, [&](const Row& row) {
    text = row.Text(0);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return text;
}

std::string Ask(Database& database, absl::string_view sql) {
  std::string text;
  const absl::Status status = database.Read([&](Transaction& transaction) {
    text = Answer(transaction, sql);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return text;
}

absl::Status Insert(Transaction& transaction, absl::string_view id) {
  const absl::StatusOr<int64_t> number = transaction.NextSequence();
  if (!number.ok()) return number.status();
  return transaction.Execute("INSERT INTO notes (id, number) VALUES ($1, $2)", {id, *number});
}

// As a service makes a change under a request's id: asked again, it says what it said.
absl::Status InsertOnce(Database& database, absl::string_view id) {
  return database.Write([&](Transaction& transaction) -> absl::Status {
    bool made = false;
    absl::Status asked =
        transaction.Query("SELECT number FROM notes WHERE id = $1", {id}, [&](const Row&) {
          made = true;
          return absl::OkStatus();
        });
    if (!asked.ok() || made) return asked;
    return Insert(transaction, id);
  });
}

int FreePort() {
  const int listening = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listening, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(listening);
  return ntohs(address.sin_port);
}

class PostgresqlFaultsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new tests::PostgresqlServer; }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  static tests::PostgresqlServer* server_;
  const std::string location_ = server_->NewDatabase();
};
tests::PostgresqlServer* PostgresqlFaultsTest::server_ = nullptr;

// Several writers, each asking again what was answered UNAVAILABLE, while `disturb` does its worst
// time and again; then, at `location`, each note is there once, and no number was given twice or
// left out.
void ExpectNothingLostOrDoubled(const std::string& location, int disturbances,
                                const std::function<void()>& disturb) {
  constexpr int kWriters = 6;
  constexpr int kBetween = 40;  // Notes that are answered OK between two disturbances.
  auto database = Open(location);
  ASSERT_NE(database, nullptr);
  std::atomic<bool> enough = false;
  std::atomic<int> in_doubt = 0;
  absl::Mutex mutex;
  int acknowledged = 0;
  std::vector<std::vector<std::string>> notes(kWriters);
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; !enough; ++i) {
        const std::string id = absl::StrCat(w, "-", i);
        absl::Status status;
        const absl::Time until = absl::Now() + kPatience;
        while ((status = InsertOnce(*database, id)).code() == absl::StatusCode::kUnavailable &&
               absl::Now() < until) {
          ++in_doubt;
        }
        EXPECT_TRUE(status.ok()) << status;
        if (!status.ok()) return;
        notes[static_cast<size_t>(w)].push_back(id);
        const absl::MutexLock lock(&mutex);
        ++acknowledged;
      }
    });
  }
  for (int i = 0; i <= disturbances; ++i) {
    {
      const absl::MutexLock lock(&mutex);
      const int at = acknowledged + kBetween;
      const auto come = [&] { return acknowledged >= at; };
      EXPECT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&come), kPatience));
    }
    if (i < disturbances) disturb();  // While they write.
  }
  enough = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_GT(in_doubt, 0) << "nobody was disturbed";

  auto again = Open(location);
  size_t answered = 0;
  for (const auto& of_one : notes) answered += of_one.size();
  EXPECT_EQ(Ask(*again, "SELECT COUNT(*) FROM notes"), absl::StrCat(answered));
  EXPECT_EQ(Ask(*again, "SELECT COUNT(DISTINCT number) FROM notes"), absl::StrCat(answered));
  EXPECT_EQ(Ask(*again, "SELECT MAX(number) FROM notes"), absl::StrCat(answered));
  for (const auto& of_one : notes) {
    size_t found = 0;
    EXPECT_TRUE(again
                    ->Read([&](Transaction& t) {
                      return t.QueryKeys("SELECT id FROM notes WHERE id", {}, of_one,
                                         [&](const Row&) {
                                           ++found;
                                           return absl::OkStatus();
                                         });
                    })
                    .ok());
    EXPECT_EQ(found, of_one.size()) << "what was answered OK is there";
  }
}

TEST_F(PostgresqlFaultsTest, KilledWhileItCommitsItLosesAndDoublesNothing) {
  ExpectNothingLostOrDoubled(location_, 4, [] {
    server_->Kill();
    server_->Start();
  });
}

// kill -9 of one session: PostgreSQL then ends all others, and recovers.
TEST_F(PostgresqlFaultsTest, ASessionKilledWhileItCommitsLosesAndDoublesNothing) {
  auto killer = Open(location_);
  ExpectNothingLostOrDoubled(location_, 4, [&] {
    std::string pid;
    const absl::Time until = absl::Now() + kPatience;
    while (pid.empty() && absl::Now() < until) {
      // Whoever is at work, and is not the one that asks.
      killer
          ->Read([&](Transaction& t) {
            return t.Query(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'thidua' AND "
                "pid <> pg_backend_pid() AND state <> 'idle' LIMIT 1",
                {}, [&](const Row& row) {
                  pid = row.Text(0);
                  return absl::OkStatus();
                });
          })
          .IgnoreError();
    }
    ASSERT_FALSE(pid.empty());
    ASSERT_EQ(kill(std::stoi(pid), SIGKILL), 0);
  });
}

// With synchronous replication, as docs/operations/stores.md has it.
TEST(PostgresqlFailoverTest, TheStandbyTakesOverAndNothingIsLost) {
  tests::PostgresqlServer primary;
  const std::string alone = primary.NewDatabase();
  tests::PostgresqlServer standby(primary);
  primary.Run("ALTER SYSTEM SET synchronous_standby_names = '*'");
  primary.Run("SELECT pg_reload_conf()");
  const std::string both = absl::StrReplaceAll(
      alone, {{primary.folder().string(),
               absl::StrCat(standby.folder().string(), ",", primary.folder().string())}});
  ExpectNothingLostOrDoubled(both, 1, [&] {
    primary.Kill();
    standby.Promote();
  });
}

TEST_F(PostgresqlFaultsTest, AServerThatNoLongerTakesWritesIsLeft) {
  auto database = Open(location_);
  EXPECT_TRUE(InsertOnce(*database, "a").ok());
  server_->Run("ALTER SYSTEM SET default_transaction_read_only = on");
  server_->Run("SELECT pg_reload_conf()");
  absl::Status status;
  const absl::Time until = absl::Now() + kPatience;
  // It hears of it at some moment.
  for (int i = 0; (status = InsertOnce(*database, absl::StrCat("b", i))).ok(); ++i) {
    ASSERT_LT(absl::Now(), until);
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  // Nor does a new line settle for it.
  EXPECT_EQ(InsertOnce(*database, "b").code(), absl::StatusCode::kUnavailable);
  server_->Run("ALTER SYSTEM RESET default_transaction_read_only");
  server_->Run("SELECT pg_reload_conf()");
  while (!(status = InsertOnce(*database, "c")).ok() && absl::Now() < until) {
  }
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(PostgresqlFaultsTest, NobodyNoticesARestartBetweenTwoCalls) {
  auto database = Open(location_);
  EXPECT_TRUE(InsertOnce(*database, "a").ok());
  server_->Kill();
  server_->Start();
  EXPECT_TRUE(InsertOnce(*database, "b").ok());
  EXPECT_EQ(Ask(*database, "SELECT COUNT(*) FROM notes"), "2");
}

TEST_F(PostgresqlFaultsTest, HasNoMoreConnectionsThanItMay) {
  auto database = Open(location_);
  const absl::Time until = absl::Now() + kPatience;
  std::atomic<int64_t> most = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 48; ++i) {
    readers.emplace_back([&] {
      for (int n = 0; n < 10; ++n) {
        absl::Status status;
        do {  // Whoever has waited too long for one asks again.
          status = database->Read([&](Transaction& t) {
            const int64_t now = std::stoll(
                Answer(t,
                       "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
                       "AND backend_type = 'client backend'"));
            int64_t before = most;
            while (before < now && !most.compare_exchange_weak(before, now)) {
            }
            return absl::OkStatus();
          });
        } while (status.code() == absl::StatusCode::kUnavailable && absl::Now() < until);
        EXPECT_TRUE(status.ok()) << status;
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_LE(most, 16);
  EXPECT_GT(most, 1);
}

TEST_F(PostgresqlFaultsTest, AStatementThatIsStuckEnds) {
  auto database = Open(location_);
  const absl::Status stuck =
      database->Read([](Transaction& t) { return t.Execute("SELECT pg_sleep(60)", {}); });
  EXPECT_EQ(stuck.code(), absl::StatusCode::kUnavailable) << stuck;
  EXPECT_TRUE(absl::StrContains(stuck.message(), "statement timeout")) << stuck;
  EXPECT_TRUE(InsertOnce(*database, "a").ok());
}

TEST_F(PostgresqlFaultsTest, AWriterThatHangsIsThrownOutAndTheOthersAreToldMeanwhile) {
  auto hanging = Open(location_), database = Open(location_);
  absl::Notification begun, end;
  std::thread writer([&] {
    const absl::Status status = hanging->Write([&](Transaction& t) {
      EXPECT_TRUE(Insert(t, "hanging").ok());
      begun.Notify();
      end.WaitForNotification();
      return absl::OkStatus();
    });
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  });
  begun.WaitForNotification();
  const absl::Time from = absl::Now();
  const absl::Status waited = InsertOnce(*database, "a");
  EXPECT_EQ(waited.code(), absl::StatusCode::kUnavailable) << waited;
  EXPECT_TRUE(absl::StrContains(waited.message(), "lock timeout")) << waited;
  absl::Status status;
  while (!(status = InsertOnce(*database, "a")).ok() && absl::Now() < from + kPatience) {
  }
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_LT(absl::Now() - from, absl::Seconds(50)) << "one that reads may hang for a minute";
  end.Notify();
  writer.join();
  EXPECT_EQ(Ask(*database, "SELECT COUNT(*) FROM notes"), "1");
  EXPECT_TRUE(InsertOnce(*hanging, "b").ok()) << "which is nobody's fault";
}

// A session that hangs, with its line as sound as before: TCP finds nothing.
TEST_F(PostgresqlFaultsTest, AServerThatHangsIsGivenUp) {
  auto database = Open(location_);
  pid_t session = 0;
  const absl::Time begun = absl::Now();
  const absl::Status given_up = database->Read([&](Transaction& t) {
    session = std::stoi(Answer(t, "SELECT pg_backend_pid()"));
    EXPECT_EQ(kill(session, SIGSTOP), 0);
    return t.Execute("SELECT COUNT(*) FROM notes", {});
  });
  EXPECT_EQ(given_up.code(), absl::StatusCode::kUnavailable) << given_up;
  EXPECT_LT(absl::Now() - begun, absl::Seconds(20));
  EXPECT_TRUE(InsertOnce(*database, "a").ok()) << "on another line";
  EXPECT_EQ(kill(session, SIGCONT), 0);
}

class PostgresqlLineTest : public testing::Test {
 protected:
  // By way of `port`.
  static std::string By(const std::string& location, int port) {
    const size_t question = location.find('?');
    return absl::StrCat(
        "postgresql://postgres@127.0.0.1:", port,
        location.substr(location.find("///") + 2, question - location.find("///") - 2),
        "?sslmode=disable");
  }
  const int port_ = FreePort();
  tests::PostgresqlServer server_{port_};
  const std::string location_ = server_.NewDatabase();
};

TEST_F(PostgresqlLineTest, ACommitWhoseAnswerIsLostIsInDoubtAndMadeOnce) {
  tests::StallingProxy proxy(absl::StrCat("127.0.0.1:", port_));
  const std::string address = proxy.address();
  auto database = Open(By(location_, std::stoi(address.substr(address.rfind(':') + 1))));
  ASSERT_NE(database, nullptr);
  // A statement ends with a zero: "READ COMMITTED" is none.
  proxy.StallAfter(std::string("COMMIT\0", 7));
  const absl::Time begun = absl::Now();
  const absl::Status in_doubt = InsertOnce(*database, "a");
  EXPECT_EQ(in_doubt.code(), absl::StatusCode::kUnavailable) << in_doubt;
  EXPECT_LT(absl::Now() - begun, absl::Seconds(20));
  EXPECT_TRUE(proxy.stalled());
  auto beside = Open(By(location_, port_));
  EXPECT_EQ(Ask(*beside, "SELECT COUNT(*) FROM notes"), "1") << "it was made, as it happens";
  proxy.Resume();
  absl::Status status;
  while (!(status = InsertOnce(*database, "a")).ok() && absl::Now() < begun + kPatience) {
  }
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(Ask(*beside, "SELECT COUNT(*) FROM notes"), "1");
  EXPECT_EQ(Ask(*beside, "SELECT sequence FROM store"), "1");
}

// That nobody is at its other end is TCP's to find.
TEST_F(PostgresqlLineTest, ALineIsAskedWhetherItLeadsAnywhere) {
  auto database = Open(By(location_, port_));
  int lines = 0;
  for (int line = 0; line < 1024; ++line) {
    sockaddr_in peer = {};
    socklen_t size = sizeof peer;
    if (getpeername(line, reinterpret_cast<sockaddr*>(&peer), &size) != 0 ||
        peer.sin_family != AF_INET || ntohs(peer.sin_port) != port_) {
      continue;
    }
    ++lines;
    const auto option = [line](int level, int name) {
      int value = -1;
      socklen_t length = sizeof value;
      EXPECT_EQ(getsockopt(line, level, name, &value, &length), 0);
      return value;
    };
    EXPECT_EQ(option(SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(option(IPPROTO_TCP, TCP_KEEPIDLE), 10);
    EXPECT_EQ(option(IPPROTO_TCP, TCP_KEEPINTVL), 5);
    EXPECT_EQ(option(IPPROTO_TCP, TCP_KEEPCNT), 3);
    EXPECT_EQ(option(IPPROTO_TCP, TCP_USER_TIMEOUT), 10000);
  }
  EXPECT_EQ(lines, 1);
  // And the server's to find that nobody is at this one.
  EXPECT_EQ(Ask(*database, "SHOW tcp_keepalives_idle"), "10");
  EXPECT_EQ(Ask(*database, "SHOW tcp_keepalives_interval"), "5");
  EXPECT_EQ(Ask(*database, "SHOW tcp_keepalives_count"), "3");
  EXPECT_EQ(Ask(*database, "SHOW tcp_user_timeout"), "25000");
}

TEST_F(PostgresqlFaultsTest, LimitsAndDurabilityAreNotLeftToTheAdministrator) {
  { auto made = Open(location_); }
  server_->Run("ALTER ROLE postgres SET synchronous_commit = off");
  server_->Run("ALTER ROLE postgres SET statement_timeout = 0");
  server_->Run("ALTER ROLE postgres SET default_transaction_isolation = 'repeatable read'");
  auto database = Open(location_);
  EXPECT_EQ(Ask(*database, "SHOW synchronous_commit"), "on");
  EXPECT_EQ(Ask(*database, "SHOW statement_timeout"), "10s");
  EXPECT_EQ(Ask(*database, "SHOW lock_timeout"), "5s");
  EXPECT_EQ(Ask(*database, "SHOW idle_in_transaction_session_timeout"), "1min");
  EXPECT_TRUE(database
                  ->Write([](Transaction& t) {
                    EXPECT_EQ(Answer(t, "SHOW idle_in_transaction_session_timeout"), "10s");
                    // What the writers before it committed while it waited is seen.
                    EXPECT_EQ(Answer(t, "SHOW transaction_isolation"), "read committed");
                    return absl::OkStatus();
                  })
                  .ok());
  database.reset();
  server_->Run("ALTER ROLE postgres SET synchronous_commit = remote_apply");
  EXPECT_EQ(Ask(*Open(location_), "SHOW synchronous_commit"), "remote_apply") << "safer still";
  server_->Run("ALTER ROLE postgres RESET ALL");
}

constexpr const char* kWider[] = {
    kSchema[0],
    "-- additive\n"
    "ALTER TABLE notes ADD COLUMN remark TEXT NOT NULL DEFAULT 'none';"
    "CREATE TABLE remarks (id TEXT PRIMARY KEY); CREATE INDEX notes_by_remark ON notes (remark)"};

// A service is upgraded while processes of the build before are at work, and may be back.
TEST_F(PostgresqlFaultsTest, AnOlderBuildGoesOnWhileANewerOneTakesTheSchemaForward) {
  auto older = Open(location_);
  std::atomic<bool> enough = false;
  std::atomic<int> made = 0;
  std::thread writer([&] {
    for (int i = 0; !enough; ++i) {
      const std::string id = absl::StrCat("old-", i);
      const absl::Status status = InsertOnce(*older, id);
      EXPECT_TRUE(status.ok()) << status;
      EXPECT_EQ(Ask(*older, absl::StrCat("SELECT id FROM notes WHERE id = '", id, "'")), id);
      ++made;
    }
  });
  while (made < 20) absl::SleepFor(absl::Milliseconds(1));
  auto newer = Open(location_, kWider);
  const int before = made;
  while (made < before + 20 && !HasFailure()) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_TRUE(newer
                  ->Write([](Transaction& t) {
                    return t.Execute(
                        "INSERT INTO notes (id, number, remark) VALUES ('new', -1, 'some')", {});
                  })
                  .ok());
  EXPECT_EQ(Ask(*older, "SELECT number FROM notes WHERE id = 'new'"), "-1");
  auto restarted = Open(location_);
  EXPECT_TRUE(InsertOnce(*restarted, "back").ok());
  enough = true;
  writer.join();
  EXPECT_EQ(Ask(*newer, "SELECT COUNT(*) FROM notes WHERE remark = 'none'"),
            absl::StrCat(made + 1));
  EXPECT_EQ(Ask(*newer, "SELECT schema_version FROM store"), "2");
}

// Whoever waits for a table's lock has all those wait who come later.
TEST_F(PostgresqlFaultsTest, ASchemaIsNotTakenForwardByHoldingEverybodyUp) {
  auto older = Open(location_);
  EXPECT_TRUE(older
                  ->Read([&](Transaction& t) {
                    Answer(t, "SELECT COUNT(*) FROM notes");
                    const absl::Time begun = absl::Now();
                    const absl::Status held = Database::Open(location_, kWider).status();
                    EXPECT_EQ(held.code(), absl::StatusCode::kUnavailable) << held;
                    EXPECT_TRUE(absl::StrContains(held.message(), "lock timeout")) << held;
                    // Another process that migrates is waited for for a minute.
                    EXPECT_LT(absl::Now() - begun, absl::Seconds(50));
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_TRUE(InsertOnce(*older, "a").ok());
  EXPECT_EQ(Ask(*older, "SELECT schema_version FROM store"), "1");
  EXPECT_EQ(Open(location_, kWider)->schema_version(), 2);
}

}  // namespace
}  // namespace thidua::storage
