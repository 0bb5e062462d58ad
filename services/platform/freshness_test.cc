#include "services/platform/freshness.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"
#include "services/platform/local_server_testlib.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::platform {
namespace {

using type::v1::FreshnessVector;

std::string ReasonOf(const absl::Status& status) {
  const std::vector<domain::Fault> faults = domain::FaultsOf(status);
  return faults.size() == 1 ? absl::StrCat(faults[0].path, ":", faults[0].reason)
                            : status.ToString();
}

std::string TokenOf(int entries) {
  FreshnessVector vector;
  for (int i = 0; i < entries; ++i) {
    auto* entry = vector.add_entries();
    entry->set_store_id("registry:1");
    entry->set_resource(absl::StrCat("blocs/b/pacts/", 1900 + i));
    entry->set_version(1);
  }
  return absl::WebSafeBase64Escape(vector.SerializeAsString());
}

TEST(FreshnessTokenTest, SaysWhatWasWrittenInIt) {
  const auto vector =
      ReadFreshnessToken(FreshnessToken("registry:3f2c", "blocs/khoi-4/pacts/2019", 17));
  ASSERT_TRUE(vector.ok()) << vector.status();
  ASSERT_EQ(vector->entries_size(), 1);
  EXPECT_EQ(vector->entries(0).store_id(), "registry:3f2c");
  EXPECT_EQ(vector->entries(0).resource(), "blocs/khoi-4/pacts/2019");
  EXPECT_EQ(vector->entries(0).version(), 17);
}

TEST(FreshnessTokenTest, AnEmptyOneHasNoEntries) {
  ASSERT_TRUE(ReadFreshnessToken("").ok());
  EXPECT_EQ(ReadFreshnessToken("")->entries_size(), 0);
}

TEST(FreshnessTokenTest, NamesAtMost64Resources) {
  EXPECT_TRUE(ReadFreshnessToken(TokenOf(64)).ok());
  EXPECT_EQ(ReasonOf(ReadFreshnessToken(TokenOf(65)).status()),
            "freshness_token:FRESHNESS_TOKEN_INVALID");
}

TEST(FreshnessTokenTest, GarbageIsRefused) {
  const std::string sound = TokenOf(1);
  for (const std::string& token :
       {std::string("not a token!"), std::string("%%%"), sound.substr(0, sound.size() - 4),
        "A" + sound, absl::WebSafeBase64Escape("no message")}) {
    const absl::Status status = ReadFreshnessToken(token).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << token;
    EXPECT_EQ(ReasonOf(status), "freshness_token:FRESHNESS_TOKEN_INVALID");
  }
}

class AwaitFreshnessTest : public testing::Test {
 protected:
  grpc::ServerContext context_;
  const Call call_{context_};
  ChangeFeed feed_{0};
};

TEST_F(AwaitFreshnessTest, WithoutATokenNothingIsLookedAt) {
  const absl::Status status =
      AwaitFreshness("", feed_, call_, [](const auto&) -> absl::StatusOr<Sight> {
        ADD_FAILURE() << "looked all the same";
        return Sight::kNotYet;
      });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(AwaitFreshnessTest, WhatIsSeenIsNotWaitedFor) {
  std::vector<std::string> looked;
  const absl::Status status = AwaitFreshness(
      TokenOf(2), feed_, call_, [&](const FreshnessVector::Entry& entry) -> absl::StatusOr<Sight> {
        looked.push_back(entry.resource());
        return Sight::kSeen;
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(looked, (std::vector<std::string>{"blocs/b/pacts/1900", "blocs/b/pacts/1901"}));
}

// Who is not woken looks again half a second later: so many would take twenty seconds.
constexpr int kWakes = 40;
constexpr absl::Duration kWakesTogether = absl::Seconds(10);

TEST_F(AwaitFreshnessTest, WakesAtOnceWhenTheFeedMoves) {
  absl::Duration slept;
  for (int i = 1; i <= kWakes; ++i) {
    std::atomic<bool> arrived = false;
    absl::Notification looked;
    absl::Time moved;
    std::thread writer([&] {
      looked.WaitForNotification();
      arrived = true;
      moved = absl::Now();
      feed_.Advance(i);
    });
    const absl::Status status = AwaitFreshness(
        TokenOf(1), feed_, call_, [&](const FreshnessVector::Entry&) -> absl::StatusOr<Sight> {
          if (arrived) return Sight::kSeen;
          if (!looked.HasBeenNotified()) looked.Notify();
          return Sight::kNotYet;
        });
    const absl::Time woken = absl::Now();
    writer.join();
    EXPECT_TRUE(status.ok()) << status;
    slept += woken - moved;
  }
  EXPECT_LT(slept, kWakesTogether);
}

// The change comes after the look, before the wait: it must not be slept through.
TEST_F(AwaitFreshnessTest, AChangeBetweenLookAndWaitIsNotMissed) {
  const absl::Time begun = absl::Now();
  for (int i = 1; i <= kWakes; ++i) {
    bool arrived = false;
    const absl::Status status = AwaitFreshness(
        TokenOf(1), feed_, call_, [&](const FreshnessVector::Entry&) -> absl::StatusOr<Sight> {
          if (arrived) return Sight::kSeen;
          arrived = true;
          feed_.Advance(i);
          return Sight::kNotYet;
        });
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_LT(absl::Now() - begun, kWakesTogether);
}

// Another process on the same database: the feed here stands still.
TEST_F(AwaitFreshnessTest, WhatAnotherProcessCommitsIsSeenWithinASecond) {
  // A slow machine adds to the time, and nothing takes from it: once within it is proof.
  absl::Duration took = absl::InfiniteDuration();
  for (int tries = 0; tries < 10 && took >= absl::Seconds(1); ++tries) {
    Sight sight = Sight::kNotYet;
    const absl::Time begun = absl::Now();
    const absl::Status status = AwaitFreshness(
        TokenOf(1), feed_, call_, [&](const FreshnessVector::Entry&) -> absl::StatusOr<Sight> {
          return std::exchange(sight, Sight::kSeen);
        });
    took = absl::Now() - begun;
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_LT(took, absl::Seconds(1));
}

// The store may just have been replaced, and its successor be on the way here.
TEST_F(AwaitFreshnessTest, AnotherStoreMayStillGiveWay) {
  Sight sight = Sight::kOtherStore;
  const absl::Status status = AwaitFreshness(
      TokenOf(1), feed_, call_, [&](const FreshnessVector::Entry&) -> absl::StatusOr<Sight> {
        feed_.Advance(1);
        return std::exchange(sight, Sight::kSeen);
      });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(AwaitFreshnessTest, AnUnreadableTokenAndAnErrorOfTheLookAreAnswered) {
  const auto look = [](const auto&) -> absl::StatusOr<Sight> {
    return absl::DataLossError("damaged");
  };
  EXPECT_EQ(ReasonOf(AwaitFreshness("?", feed_, call_, look)),
            "freshness_token:FRESHNESS_TOKEN_INVALID");
  EXPECT_EQ(AwaitFreshness(TokenOf(1), feed_, call_, look).code(), absl::StatusCode::kDataLoss);
}

TEST_F(AwaitFreshnessTest, AClosedFeedEndsTheWait) {
  absl::Notification looked;
  std::thread closer([&] {
    looked.WaitForNotification();
    feed_.Close();
  });
  const absl::Time begun = absl::Now();
  const absl::Status status =
      AwaitFreshness(TokenOf(1), feed_, call_, [&](const auto&) -> absl::StatusOr<Sight> {
        if (!looked.HasBeenNotified()) looked.Notify();
        return Sight::kNotYet;
      });
  closer.join();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), ":FRESHNESS_NOT_REACHED");
  EXPECT_LT(absl::Now() - begun, absl::Seconds(2));
}

// Waits for what never comes: every look is the same.
class WaitingService : public Endpoint {
 public:
  explicit WaitingService(Sight sight)
      : Endpoint(*scoring::v1::GetRankingRequest::descriptor()->file()->FindServiceByName(
            "ScoringService")),
        sight_(sight) {
    Unary("GetRanking", this, &WaitingService::GetRanking);
  }

 private:
  absl::StatusOr<scoring::v1::GetRankingResponse> GetRanking(
      const scoring::v1::GetRankingRequest& request, const Call& call) {
    const absl::Status fresh =
        AwaitFreshness(request.freshness_token(), feed_, call,
                       [this](const auto&) -> absl::StatusOr<Sight> { return sight_; });
    if (!fresh.ok()) return fresh;
    return scoring::v1::GetRankingResponse();
  }

  const Sight sight_;
  ChangeFeed feed_{0};
};

// Asks with a token; the service answers just before the deadline. Where a machine is so slow that
// the answer is on its way for longer than was left for that, it is asked again.
absl::Status AskUntilTheDeadline(Sight sight) {
  WaitingService service(sight);
  LocalServer server(service);
  const auto stub = scoring::v1::ScoringService::NewStub(server.NewChannel());
  scoring::v1::GetRankingResponse response;
  {
    // The line is there before time counts.
    grpc::ClientContext context;
    EXPECT_TRUE(stub->GetRanking(&context, scoring::v1::GetRankingRequest(), &response).ok());
  }
  scoring::v1::GetRankingRequest request;
  request.set_freshness_token(TokenOf(1));
  for (int tries = 0; tries < 20; ++tries) {
    grpc::ClientContext context;
    const absl::Time deadline = absl::Now() + absl::Milliseconds(400);
    context.set_deadline(absl::ToChronoTime(deadline));
    const absl::Status status = FromGrpcStatus(stub->GetRanking(&context, request, &response));
    if (!absl::IsDeadlineExceeded(status) && absl::Now() < deadline) return status;
  }
  return absl::DeadlineExceededError("never before it");
}

TEST(FreshnessDeadlineTest, WhatIsNotReachedIsSaidBeforeTheDeadline) {
  const absl::Status status = AskUntilTheDeadline(Sight::kNotYet);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(ReasonOf(status), ":FRESHNESS_NOT_REACHED");
}

TEST(FreshnessDeadlineTest, AStoreThatIsStillAnotherIsSaidBeforeTheDeadline) {
  const absl::Status status = AskUntilTheDeadline(Sight::kOtherStore);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(ReasonOf(status), ":FRESHNESS_OTHER_STORE");
}

}  // namespace
}  // namespace thidua::platform
