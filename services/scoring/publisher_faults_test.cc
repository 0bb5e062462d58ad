// Whatever becomes of Redis: it comes right by itself, and never goes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/scoring/publisher.h"
#include "services/scoring/publisher_testlib.h"
#include "tests/system/stalling_proxy.h"

namespace thidua::scoring {
namespace {

using tests::StallingProxy;

class PublisherFaultsTest : public WithRedis {
 protected:
  void SetUp() override {
    WithRedis::SetUp();
    replica_ = std::make_unique<Replica>(redis_.address());
    Show(StandingAt(5));
    Show(StandingAt(5, kYear));
  }
  void Show(const std::shared_ptr<const Standing>& standing) {
    const bool is_year = standing->ranking.name().find("/nam/") != std::string::npos;
    (is_year ? year_ : mid_year_) = standing;
    replica_->Show(standing);
    AwaitWhole();
  }
  void AwaitWhole() {
    Await([&] { return mid_year_ == nullptr || Holds(redis_, *mid_year_); });
    Await([&] { return year_ == nullptr || Holds(redis_, *year_, kYearKey); });
  }

  std::shared_ptr<const Standing> mid_year_;
  std::shared_ptr<const Standing> year_;
  std::unique_ptr<Replica> replica_;
};

TEST_F(PublisherFaultsTest, AFlushIsHealed) {
  for (const char* flush : {"FLUSHALL", "FLUSHDB"}) {
    ASSERT_EQ(redis_.Command({flush}), "OK");
    AwaitWhole();
  }
}

TEST_F(PublisherFaultsTest, ARestartEmptyIsHealed) {
  redis_.Kill();
  redis_.Start();
  AwaitWhole();
}

TEST_F(PublisherFaultsTest, ADeletedOrExpiredKeyIsHealed) {
  redis_.Command({"DEL", kKey});
  AwaitWhole();
  redis_.Command({"PEXPIRE", kKey, "1"});
  AwaitWhole();
  redis_.Command({"PEXPIRE", kKey, "1000000"});
  AwaitWhole();
  redis_.Command({"RENAME", kKey, "elsewhere"});
  AwaitWhole();
  redis_.Command({"HDEL", kKey, "json"});
  AwaitWhole();
}

TEST_F(PublisherFaultsTest, EachFieldAlteredIsHealed) {
  for (const char* field : {"revision", "etag", "state", "computed_at", "data_as_of", "sha256",
                            "protobuf", "json", "freshness_token"}) {
    SCOPED_TRACE(field);
    redis_.Command({"HSET", kKey, field, "altered"});
    AwaitWhole();
  }
  const auto healed = redis_.Command({"XRANGE", kChanges, "-", "+"});
  EXPECT_THAT(healed, testing::HasSubstr("MENDED")) << "readers are told to read it again";
}

TEST_F(PublisherFaultsTest, OtherTypesAndGarbageGiveWay) {
  const std::string revision = mid_year_->ranking.revision();
  const std::vector<std::vector<std::string>> kGarbage[] = {
      {{"SET", kKey, "garbage"}},
      {{"DEL", kKey}, {"LPUSH", kKey, "garbage"}},
      {{"DEL", kKey}, {"XADD", kKey, "*", "revision", revision}},
      {{"HSET", kKey, "revision", "zzz"}},
      {{"HSET", kKey, "revision", std::string(revision.size(), 'z')}},
      {{"HSET", kKey, "revision", std::string(revision.size(), '9')}},
      {{"HSET", kKey, "revision", "9" + revision.substr(1)}},
      {{"HSET", kKey, "revision", revision + "0"}},
      {{"DEL", kKey}, {"HSET", kKey, "protobuf", "no revision"}},
      {{"DEL", kKey}, {"HSET", kKey, "revision", revision}},
  };
  for (const auto& commands : kGarbage) {
    SCOPED_TRACE(testing::PrintToString(commands));
    for (const std::vector<std::string>& command : commands) redis_.Command(command);
    AwaitWhole();
  }
}

TEST_F(PublisherFaultsTest, AStreamThatTakesNoEntryGivesWay) {
  int64_t version = 6;
  for (const std::vector<std::string>& garbage : std::vector<std::vector<std::string>>{
           {"SET", kChanges, "garbage"},
           {"XADD", kChanges, "18446744073709551615-18446744073709551615", "last", "1"}}) {
    redis_.Command(garbage);
    Show(StandingAt(version++));
    EXPECT_EQ(StreamLength(redis_), 1);
  }
}

TEST_F(PublisherFaultsTest, WhatWasRestoredByAnOlderOneIsHealed) {
  const std::string copy = "copy";
  redis_.Command({"COPY", kKey, copy});
  Show(StandingAt(6));
  redis_.Command({"COPY", copy, kKey, "REPLACE"});
  AwaitWhole();
}

TEST_F(PublisherFaultsTest, ScriptsThatRedisForgotAreLoadedAgain) {
  redis_.Command({"SCRIPT", "FLUSH"});
  Show(StandingAt(6));
}

TEST_F(PublisherFaultsTest, ASiblingsRankingIsLeftAlone) {
  const auto at_another_time = StandingAt(5, khoi4_2019::kPeriodName, absl::UnixEpoch());
  replica_ = nullptr;
  redis_.Command({"DEL", kKey});
  Replica sibling(redis_.address());
  sibling.Show(at_another_time);
  Await([&] { return Holds(redis_, *at_another_time); });
  const int told = StreamLength(redis_);
  replica_ = std::make_unique<Replica>(redis_.address());
  replica_->Show(mid_year_);
  AwaitTakenIn(*replica_, 1);
  EXPECT_TRUE(Holds(redis_, *at_another_time));
  EXPECT_EQ(StreamLength(redis_), told + 1) << "the mark alone";
}

TEST_F(PublisherFaultsTest, TwoReplicasNeverBringRedisBackAndSettle) {
  Replica sibling(redis_.address());
  std::string last;
  for (int64_t version = 6; version < 36; ++version) {
    // In turns one is ahead and the other behind.
    Replica& ahead = version % 2 == 0 ? *replica_ : sibling;
    Replica& behind = version % 2 == 0 ? sibling : *replica_;
    ahead.Show(StandingAt(version));
    behind.Show(StandingAt(version - 1, khoi4_2019::kPeriodName, absl::UnixEpoch()));
    const std::string revision = Field(redis_, "revision");
    EXPECT_GE(revision, last);
    last = revision;
  }
  const auto newest = StandingAt(36);
  replica_->Show(newest);
  sibling.Show(StandingAt(36, khoi4_2019::kPeriodName, absl::UnixEpoch()));
  Await([&] { return Field(redis_, "revision") == newest->ranking.revision(); });
  const std::string etag = Field(redis_, "etag");
  for (int64_t round = 1; round <= 3; ++round) {
    AwaitTakenIn(*replica_, round);
    AwaitTakenIn(sibling, round, "blocs/khoi-8/pacts/2019/periods/nam");
  }
  // Of each revision one entry at most, two of the start and the marks.
  EXPECT_LE(StreamLength(redis_), 31 + 2 + 6);
  EXPECT_EQ(Field(redis_, "etag"), etag);
  const std::vector<std::string> told = ToldRevisions(redis_);
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end())) << testing::PrintToString(told);
}

// Replicas that compute otherwise from the same data: a fault of ours, which must not become a
// storm.
TEST_F(PublisherFaultsTest, ReplicasThatDisagreeDoNotGoOnForEver) {
  ReceivedPeriod otherwise = khoi4_2019::Received(5);
  otherwise.inputs.mutable_pact()->set_bloc_display_name("Khối khác");
  Replica sibling(redis_.address());
  sibling.Show(*ComputeStanding(std::move(otherwise), absl::UnixEpoch()));
  int told = 0;
  int calm = 0;
  for (int64_t mark = 1; calm < 5 && mark < 500; ++mark) {
    AwaitTakenIn(*replica_, mark);
    AwaitTakenIn(sibling, mark, "blocs/khoi-8/pacts/2019/periods/nam");
    const int now = StreamLength(redis_) - static_cast<int>(2 * mark);
    calm = now == told ? calm + 1 : 0;
    told = now;
  }
  EXPECT_EQ(calm, 5);
  EXPECT_LE(told, 100);
}

TEST_F(PublisherFaultsTest, ADemotedMasterIsNotWrittenTo) {
  tests::RedisServer other(folder_);
  other.Start();
  RedisOptions both;
  both.addresses = {redis_.address(), other.address()};
  replica_ = std::make_unique<Replica>(both);
  Show(StandingAt(6));
  // The other one is the master from now on, with nothing in it.
  ASSERT_EQ(redis_.Command({"REPLICAOF", "127.0.0.1", std::to_string(other.port())}), "OK");
  const auto next = StandingAt(7);
  replica_->Show(next);
  Await([&] { return Holds(other, *next); });
  Await([&] { return Holds(redis_, *next); });  // By replication.
}

TEST_F(PublisherFaultsTest, ADemotedMasterIsNoticedThoughNothingIsPublished) {
  tests::RedisServer other(folder_);
  other.Start();
  RedisOptions both;
  both.addresses = {redis_.address(), other.address()};
  replica_ = std::make_unique<Replica>(both);
  Show(StandingAt(6));
  ASSERT_EQ(redis_.Command({"REPLICAOF", "127.0.0.1", std::to_string(other.port())}), "OK");
  Await([&] { return Holds(other, *mid_year_); });
}

TEST_F(PublisherFaultsTest, ARedisWithoutMemoryIsTriedAgain) {
  ASSERT_EQ(redis_.Command({"CONFIG", "SET", "maxmemory", "1"}), "OK");
  const auto next = StandingAt(6);
  replica_->Show(next);
  Await([&] { return redis_.Command({"INFO", "errorstats"}).find("OOM") != std::string::npos; });
  EXPECT_FALSE(Holds(redis_, *next));
  ASSERT_EQ(redis_.Command({"CONFIG", "SET", "maxmemory", "0"}), "OK");
  Await([&] { return Holds(redis_, *next); });
}

class PublisherStallTest : public WithRedis {
 protected:
  // Seconds would be waited otherwise.
  RedisOptions Impatient() {
    RedisOptions options = OptionsAt(proxy_.address());
    options.timeout = absl::Milliseconds(300);
    return options;
  }
  void SetUp() override { WithRedis::SetUp(); }

  StallingProxy proxy_{redis_.address()};
};

TEST_F(PublisherStallTest, AServerThatOnlyAcceptsHoldsNobodyUp) {
  proxy_.Stall();
  const auto standing = StandingAt(1);
  Replica replica(Impatient());
  replica.Show(standing);
  replica.Show(StandingAt(1, kYear));
  EXPECT_EQ(redis_.Command({"EXISTS", kKey}), "0");
  proxy_.Resume();
  Await([&] { return Holds(redis_, *standing); });
}

TEST_F(PublisherStallTest, AnAnswerThatDoesNotComeIsAskedForAgain) {
  Replica replica(Impatient());
  replica.Show(StandingAt(1));
  Await([&] { return redis_.Command({"EXISTS", kKey}) == "1"; });
  proxy_.StallAfter("EVALSHA");
  const auto next = StandingAt(2);
  replica.Show(next);
  Await([&] { return proxy_.stalled(); });
  Await([&] { return Holds(redis_, *next); });  // It was heard; nobody knows it there.
  const auto last = StandingAt(3);
  replica.Show(last);
  proxy_.Resume();
  Await([&] { return Holds(redis_, *last); });
  EXPECT_EQ(StreamLength(redis_), 3);
}

TEST_F(PublisherStallTest, ASilentTrackingLineIsNoticed) {
  const auto standing = StandingAt(1);
  Replica replica(Impatient());
  replica.Show(standing);
  Await([&] { return Holds(redis_, *standing); });
  proxy_.StallLinesThatSay("SUBSCRIBE");
  const int opened = proxy_.opened();
  redis_.Command({"DEL", kKey});  // Nobody hears of it.
  Await([&] { return proxy_.opened() > opened; });
  proxy_.Resume();
  Await([&] { return Holds(redis_, *standing); });
}

TEST_F(PublisherStallTest, BrokenLinesAreOpenedAgain) {
  const auto standing = StandingAt(1);
  Replica replica(Impatient());
  replica.Show(standing);
  Await([&] { return Holds(redis_, *standing); });
  for (int i = 0; i < 3; ++i) {
    proxy_.Break();
    redis_.Command({"DEL", kKey});
    Await([&] { return Holds(redis_, *standing); });
  }
}

TEST_F(PublisherStallTest, StoppingDoesNotWaitForAStalledRedis) {
  Replica replica(Impatient());
  const auto standing = StandingAt(1);
  replica.Show(standing);
  Await([&] { return Holds(redis_, *standing); });
  proxy_.Stall();
  replica.Show(StandingAt(2));
  replica.publisher.Stop();  // Or this test never ends.
  EXPECT_TRUE(Holds(redis_, *standing));
}

using PublisherSweepTest = WithRedis;

TEST_F(PublisherSweepTest, WhatTrackingDoesNotTellIsSwept) {
  const auto standing = StandingAt(1);
  Replica replica(OptionsAt(redis_.address()), absl::Milliseconds(50));
  replica.Show(standing);
  Await([&] { return Holds(redis_, *standing); });
  ASSERT_EQ(redis_.Command({"SWAPDB", "0", "1"}), "OK");  // Of which Redis tells nothing.
  Await([&] { return Holds(redis_, *standing); });
}

}  // namespace
}  // namespace thidua::scoring
