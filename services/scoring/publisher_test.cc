#include "services/scoring/publisher.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "services/platform/digest.h"
#include "services/scoring/publisher_testlib.h"

namespace thidua::scoring {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class PublisherTest : public WithRedis {
 protected:
  // Whatever was shown and left before has been dealt with. A mark may go out together with it, and
  // first, or when a line begins, at which nothing is withdrawn: it takes three.
  void AwaitDealtWith(Replica& replica) {
    for (int i = 0; i < 3; ++i) AwaitTakenIn(replica, ++marks_);
  }

 private:
  int64_t marks_ = 0;
};

TEST_F(PublisherTest, PublishesARankingWithEverythingAboutIt) {
  Replica replica(redis_.address());
  const auto standing = StandingAt(1);
  replica.Show(standing);
  Await([&] { return Holds(redis_, *standing); });
  const std::string protobuf = Field(redis_, "protobuf");
  EXPECT_EQ(protobuf, platform::DeterministicBytes(standing->ranking));
  EXPECT_EQ(Field(redis_, "sha256"), platform::Sha256Hex(protobuf));
  EXPECT_EQ(Field(redis_, "state"), "PROVISIONAL");
  EXPECT_EQ(Field(redis_, "computed_at"), "2019-08-05T10:13:20.123Z");
  EXPECT_EQ(Field(redis_, "data_as_of"), "2019-08-05T01:02:03.000Z");
  EXPECT_EQ(redis_.Command({"HEXISTS", kKey, "freshness_token"}), "1");
  v1::Ranking from_json;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(Field(redis_, "json"), &from_json).ok());
  EXPECT_EQ(from_json.DebugString(), standing->ranking.DebugString());
  EXPECT_THAT(redis_.Command({"XRANGE", kChanges, "-", "+"}),
              HasSubstr(std::string("ranking\n") + kKey + "\nrevision\n" +
                        standing->ranking.revision() + "\nchange\nPUBLISHED"));
}

TEST_F(PublisherTest, TheEtagChangesWithTheContentOnly) {
  const auto standing = StandingAt(1);
  std::string etag;
  {
    Replica replica(redis_.address());
    replica.Show(standing);
    Await([&] { return Holds(redis_, *standing); });
    etag = Field(redis_, "etag");
    EXPECT_EQ(etag.size(), 32u);
  }
  redis_.Command({"DEL", kKey});
  Replica replica(redis_.address());
  const auto later = StandingAt(1, khoi4_2019::kPeriodName, absl::FromUnixMillis(1566000000000));
  replica.Show(later);
  Await([&] { return Holds(redis_, *later); });
  EXPECT_EQ(Field(redis_, "computed_at"), "2019-08-17T00:00:00.000Z");
  EXPECT_EQ(Field(redis_, "etag"), etag);
  const auto next = StandingAt(2);
  replica.Show(next);
  Await([&] { return Holds(redis_, *next); });
  EXPECT_NE(Field(redis_, "etag"), etag);
}

TEST_F(PublisherTest, ALateWriterNeverBringsAnOldRankingBack) {
  const auto newer = StandingAt(10);
  {
    Replica replica(redis_.address());
    replica.Show(newer);
    Await([&] { return Holds(redis_, *newer); });
  }
  Replica late(redis_.address());
  late.Show(StandingAt(9));
  AwaitDealtWith(late);
  EXPECT_TRUE(Holds(redis_, *newer));
  EXPECT_THAT(ToldRevisions(redis_), ElementsAre(newer->ranking.revision()))
      << "nothing is told of what did not happen";
}

// Unless that takes some seconds, as on a machine that has other work it may: then once more.
TEST_F(PublisherTest, WhatWaitsIsSentBeforeTheEnd) {
  bool sent = false;
  for (int64_t version = 1; !sent && version <= 10; ++version) {
    const auto standing = StandingAt(version);
    {
      Replica replica(redis_.address());
      replica.Show(standing);
    }
    sent = Holds(redis_, *standing);
  }
  EXPECT_TRUE(sent);
}

TEST_F(PublisherTest, TheSameRevisionIsToldOnce) {
  const auto standing = StandingAt(1);
  for (int i = 0; i < 2; ++i) {
    Replica replica(redis_.address());
    replica.Show(standing);
    AwaitDealtWith(replica);
  }
  EXPECT_TRUE(Holds(redis_, *standing));
  EXPECT_THAT(ToldRevisions(redis_), ElementsAre(standing->ranking.revision()));
}

TEST_F(PublisherTest, RankingsWaitWhileRedisIsAwayTheNewestOfEach) {
  redis_.Kill();
  Replica replica(redis_.address());
  replica.Show(StandingAt(1));
  const auto newest = StandingAt(2);
  replica.Show(newest);
  redis_.Start();
  Await([&] { return Holds(redis_, *newest); });
  EXPECT_EQ(StreamLength(redis_), 1) << "the older one was overtaken";
}

TEST_F(PublisherTest, AWithdrawalTakesOutWhatIsNotNewer) {
  Replica replica(redis_.address());
  const auto standing = StandingAt(1);
  replica.Show(standing);
  Await([&] { return Holds(redis_, *standing); });
  replica.Leave(khoi4_2019::kPeriodName);
  Await([&] { return redis_.Command({"EXISTS", kKey}) == "0"; });
  EXPECT_THAT(redis_.Command({"XRANGE", kChanges, "-", "+"}),
              HasSubstr(std::string("ranking\n") + kKey + "\nrevision\n" +
                        standing->ranking.revision() + "\nchange\nWITHDRAWN"));
  const auto again = StandingAt(2);
  replica.Show(again);
  Await([&] { return Holds(redis_, *again); });
}

TEST_F(PublisherTest, AWithdrawalLeavesWhatASiblingPublishedSince) {
  const auto newer = StandingAt(2);
  Replica sibling(redis_.address());
  Replica replica(redis_.address());
  replica.Show(StandingAt(1));
  sibling.Show(newer);
  Await([&] { return Holds(redis_, *newer); });
  replica.Leave(khoi4_2019::kPeriodName);
  AwaitDealtWith(replica);
  EXPECT_TRUE(Holds(redis_, *newer));
  // The sibling would have put it back.
  EXPECT_THAT(redis_.Command({"XRANGE", kChanges, "-", "+"}), Not(HasSubstr("WITHDRAWN")));
}

TEST_F(PublisherTest, AWithdrawalWaitsWhileRedisIsAway) {
  const auto standing = StandingAt(1);
  {
    // Left by somebody who did not hear that the period is gone.
    Replica sibling(redis_.address());
    sibling.Show(standing);
    Await([&] { return Holds(redis_, *standing); });
  }
  redis_.Signal(SIGSTOP);
  Replica replica(redis_.address());
  replica.Show(standing);
  replica.Leave(khoi4_2019::kPeriodName);
  redis_.Signal(SIGCONT);
  Await([&] { return redis_.Command({"EXISTS", kKey}) == "0"; });
}

TEST_F(PublisherTest, WhatRanksNobodyIsNotThere) {
  Replica replica(redis_.address());
  const auto standing = StandingAt(1);
  replica.Show(standing);
  Await([&] { return Holds(redis_, *standing); });
  replica.Show(StandingOfNobody(2));
  Await([&] { return redis_.Command({"EXISTS", kKey}) == "0"; });
  const auto again = StandingAt(3);
  replica.Show(again);
  Await([&] { return Holds(redis_, *again); });
}

TEST_F(PublisherTest, RankingsOfPeriodsThatNobodyKnowsGoWhenResultsAreInSight) {
  const auto known = StandingAt(1, kYear);
  {
    Replica gone(redis_.address());
    const auto standing = StandingAt(1);
    gone.Show(standing);
    Await([&] { return Holds(redis_, *standing); });
  }
  const std::string rubbish = std::string(kRankingKeyPrefix) + "rubbish";
  redis_.Command({"SET", rubbish, "1"});
  Replica replica(OptionsAt(redis_.address()), absl::Milliseconds(20));
  // Sweeps come and go, as what happens in each of them tells.
  for (int64_t version = 1; version <= 5; ++version) {
    const auto standing = StandingAt(version, kYear);
    replica.Show(standing);
    Await([&] { return Holds(redis_, *standing, kYearKey); });
  }
  EXPECT_EQ(redis_.Command({"EXISTS", kKey, rubbish}), "2") << "results-ingest was never in sight";
  replica.board.SetInSight(true);
  Await([&] { return redis_.Command({"EXISTS", kKey, rubbish}) == "0"; });
  EXPECT_EQ(redis_.Command({"EXISTS", kYearKey}), "1");
  EXPECT_THAT(redis_.Command({"XRANGE", kChanges, "-", "+"}), HasSubstr("WITHDRAWN"));
}

TEST(PublisherWithoutRedisTest, AnEmptyAddressPublishesNothing) {
  Replica replica("");
  replica.Show(StandingAt(1));
  replica.publisher.Stop();
}

}  // namespace
}  // namespace thidua::scoring
