#include "services/scoring/publisher.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "services/platform/digest.h"
#include "services/scoring/khoi4_2019_inputs_testlib.h"
#include "tests/system/redis_server.h"

namespace thidua::scoring {
namespace {

using testing::HasSubstr;

constexpr char kKey[] = "thidua:pub:v1:ranking:{khoi-4/2019}:6-thang";
constexpr char kChanges[] = "thidua:pub:v1:changes";

std::shared_ptr<const Standing> StandingAt(int64_t version,
                                           const std::string& period = khoi4_2019::kPeriodName) {
  ReceivedPeriod received = khoi4_2019::Received(version);
  received.inputs.set_name(period);
  auto standing = ComputeStanding(std::move(received), absl::FromUnixMillis(1565000000123));
  EXPECT_TRUE(standing.ok()) << standing.status();
  return *standing;
}

std::shared_ptr<const Snapshot> Shown(const std::shared_ptr<const Standing>& standing) {
  return SnapshotOf(*standing, absl::UnixEpoch());
}

class PublisherTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-publisher-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    redis_ = std::make_unique<tests::RedisServer>(folder_);
    redis_->Start();
  }
  void TearDown() override {
    redis_ = nullptr;
    std::filesystem::remove_all(folder_);
  }

  std::string Field(const std::string& field, const std::string& key = kKey) {
    return redis_->Command({"HGET", key, field});
  }

  // Redis tells nobody here when it has changed, so it is looked at until it has.
  static void Await(const std::function<bool()>& there) {
    const absl::Time until = absl::Now() + absl::Seconds(10);
    while (!there()) {
      if (absl::Now() > until) {
        ADD_FAILURE() << "it did not come to pass";
        return;
      }
      absl::SleepFor(absl::Milliseconds(5));
    }
  }
  void AwaitRevision(const Standing& standing) {
    Await([&] { return Field("revision") == standing.ranking.revision(); });
  }

  std::filesystem::path folder_;
  std::unique_ptr<tests::RedisServer> redis_;
  Board board_;
};

TEST_F(PublisherTest, PublishesARankingWithEverythingAboutIt) {
  Publisher publisher(redis_->address(), board_);
  const auto standing = StandingAt(1);
  publisher.Publish(Shown(standing));
  AwaitRevision(*standing);
  const std::string protobuf = Field("protobuf");
  EXPECT_EQ(protobuf, platform::DeterministicBytes(standing->ranking));
  EXPECT_EQ(Field("sha256"), platform::Sha256Hex(protobuf));
  EXPECT_EQ(Field("state"), "PROVISIONAL");
  EXPECT_EQ(Field("computed_at"), "2019-08-05T10:13:20.123Z");
  EXPECT_EQ(Field("data_as_of"), "2019-08-05T01:02:03.000Z");
  v1::Ranking from_json;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(Field("json"), &from_json).ok());
  EXPECT_EQ(from_json.DebugString(), standing->ranking.DebugString());
  EXPECT_THAT(
      redis_->Command({"XRANGE", kChanges, "-", "+"}),
      HasSubstr(std::string("ranking\n") + kKey + "\nrevision\n" + standing->ranking.revision()));
}

TEST_F(PublisherTest, TheEtagChangesWithTheContentOnly) {
  Publisher publisher(redis_->address(), board_);
  const auto standing = StandingAt(1);
  publisher.Publish(Shown(standing));
  AwaitRevision(*standing);
  const std::string etag = Field("etag");
  EXPECT_EQ(etag.size(), 32u);
  redis_->Command({"DEL", kKey});
  auto later = ComputeStanding(khoi4_2019::Received(1), absl::FromUnixMillis(1566000000000));
  publisher.Publish(Shown(*later));
  AwaitRevision(**later);
  EXPECT_EQ(Field("computed_at"), "2019-08-17T00:00:00.000Z");
  EXPECT_EQ(Field("etag"), etag);
  const auto next = StandingAt(2);
  publisher.Publish(Shown(next));
  AwaitRevision(*next);
  EXPECT_NE(Field("etag"), etag);
}

TEST_F(PublisherTest, ALateWriterNeverBringsAnOldRankingBack) {
  const auto newer = StandingAt(10);
  {
    Publisher publisher(redis_->address(), board_);
    publisher.Publish(Shown(newer));
    AwaitRevision(*newer);
  }
  const auto other = StandingAt(1, "blocs/khoi-4/pacts/2019/periods/nam");
  {
    Publisher late(redis_->address(), board_);
    late.Publish(Shown(StandingAt(9)));
    late.Publish(Shown(other));
  }  // Ends when everything that waits has been sent.
  EXPECT_EQ(Field("revision"), newer->ranking.revision());
  EXPECT_EQ(Field("revision", "thidua:pub:v1:ranking:{khoi-4/2019}:nam"),
            other->ranking.revision());
  EXPECT_EQ(redis_->Command({"XLEN", kChanges}), "2") << "nothing is told of what did not happen";
}

TEST_F(PublisherTest, TheSameRevisionIsToldOnce) {
  const auto standing = StandingAt(1);
  for (int i = 0; i < 2; ++i) {
    Publisher publisher(redis_->address(), board_);
    publisher.Publish(Shown(standing));
  }
  EXPECT_EQ(Field("revision"), standing->ranking.revision());
  EXPECT_EQ(redis_->Command({"XLEN", kChanges}), "1");
}

TEST_F(PublisherTest, AFlushIsHealed) {
  const auto standing = StandingAt(1);
  board_.Put(standing);
  Publisher publisher(redis_->address(), board_);  // Publishes what is on the board.
  AwaitRevision(*standing);
  Await([&] { return redis_->Command({"EXISTS", "thidua:pub:v1:published"}) == "1"; });
  ASSERT_EQ(redis_->Command({"FLUSHALL"}), "OK");
  AwaitRevision(*standing);
}

TEST_F(PublisherTest, RankingsWaitWhileRedisIsAwayTheNewestOfEach) {
  redis_->Kill();
  Publisher publisher(redis_->address(), board_);
  publisher.Publish(Shown(StandingAt(1)));
  const auto newest = StandingAt(2);
  publisher.Publish(Shown(newest));
  redis_->Start();
  AwaitRevision(*newest);
  EXPECT_EQ(redis_->Command({"XLEN", kChanges}), "1") << "the older one was overtaken";
}

TEST_F(PublisherTest, WhenRedisComesBackEmptyEverythingIsPublishedAgain) {
  const auto mid_year = StandingAt(1);
  const auto year = StandingAt(4, "blocs/khoi-4/pacts/2019/periods/nam");
  board_.Put(mid_year);
  board_.Put(year);
  Publisher publisher(redis_->address(), board_);
  AwaitRevision(*mid_year);
  redis_->Kill();
  redis_->Start();
  AwaitRevision(*mid_year);
  Await([&] {
    return Field("revision", "thidua:pub:v1:ranking:{khoi-4/2019}:nam") == year->ranking.revision();
  });
}

TEST_F(PublisherTest, GarbageUnderTheKeysGivesWay) {
  const auto standing = StandingAt(1);
  const std::string revision = standing->ranking.revision();
  const std::vector<std::string> kGarbage[] = {
      {"SET", kKey, "garbage"},
      {"LPUSH", kKey, "garbage"},
      {"HSET", kKey, "revision", "zzz"},
      {"HSET", kKey, "revision", std::string(revision.size(), 'z')},
      {"HSET", kKey, "revision", revision + "0"},
      {"HSET", kKey, "protobuf", "no revision"},
      {"SET", kChanges, "garbage"},
  };
  for (const std::vector<std::string>& garbage : kGarbage) {
    SCOPED_TRACE(testing::PrintToString(garbage));
    redis_->Command({"FLUSHALL"});
    redis_->Command(garbage);
    Publisher publisher(redis_->address(), board_);
    publisher.Publish(Shown(standing));
    AwaitRevision(*standing);
    Await([&] { return redis_->Command({"XLEN", kChanges}) == "1"; });
  }
}

TEST(PublisherWithoutRedisTest, AnEmptyAddressPublishesNothing) {
  const Board board;
  Publisher publisher("", board);
  publisher.Publish(Shown(StandingAt(1)));
  publisher.Stop();
}

TEST(RankingKeyTest, HashesABlocsYearToOneSlot) {
  EXPECT_EQ(RankingKey("blocs/khoi-4/pacts/2019/periods/6-thang"), kKey);
  EXPECT_EQ(RankingKey("no period"), "");
}

}  // namespace
}  // namespace thidua::scoring
