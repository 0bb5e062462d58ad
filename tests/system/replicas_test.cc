// Two scoring processes over one Redis and one PostgreSQL: whoever is asked answers right, nobody
// is shown an older ranking after a newer one, and Redis never goes back, whatever is slow, dead or
// empty meanwhile.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/channel.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

using scoring::v1::GetRankingRequest;
using scoring::v1::GetRankingResponse;
using scoring::v1::Ranking;
using scoring::v1::ScoringService;

constexpr Suite::Service kBoth[] = {Suite::kScoring, Suite::kReplica};
constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr char kMidYearKey[] = "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:6-thang";
constexpr char kYearKey[] = "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:nam";

int64_t VersionIn(const std::string& token, const std::string& period) {
  const auto vector = platform::ReadFreshnessToken(token);
  EXPECT_TRUE(vector.ok()) << vector.status();
  for (const auto& entry : vector->entries()) {
    if (entry.resource() == period) return entry.version();
  }
  ADD_FAILURE() << "a token without the period";
  return 0;
}

// "OK", or its first fault's reason.
std::string Said(const grpc::Status& status) {
  if (status.ok()) return "OK";
  const auto faults = domain::FaultsOf(platform::FromGrpcStatus(status));
  return faults.empty() ? status.error_message() : faults.front().reason;
}

class ReplicasTest : public testing::Test {
 protected:
  ReplicasTest() {
    suite_.Start(Suite::kReplica);
    for (const Suite::Service replica : kBoth) {
      stubs_.push_back(ScoringService::NewStub(platform::ChannelTo(suite_.address(replica))));
    }
    const CommandOutcome load = suite_.Command({"load", Khoi4Folder().string()});
    EXPECT_EQ(load.exit_code, 0) << load.err;
  }

  ScoringService::Stub& stub(Suite::Service replica) {
    return *stubs_[replica == Suite::kScoring ? 0 : 1];
  }

  // The token of the answer.
  std::string Report(int value, const std::string& period = kMidYear2019) {
    results::v1::PutResultsRequest request;
    request.set_period(period);
    auto& row = *request.add_rows();
    row.set_target(absl::StrCat(kPact2019, "/targets/giai-quyet-viec-lam"));
    row.mutable_actual()->set_value(absl::StrCat(value));
    row.set_correction_reason("Đếm lại");
    results::v1::PutResultsResponse response;
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    const grpc::Status status = suite_.results().PutResults(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.freshness_token();
  }

  std::string Ask(Suite::Service replica, const std::string& token, GetRankingResponse* response,
                  const std::string& period = kMidYear2019, absl::Duration patience = kPatience) {
    GetRankingRequest request;
    request.set_period(period);
    request.set_freshness_token(token);
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
    return Said(stub(replica).GetRanking(&context, request, response));
  }
  GetRankingResponse Read(Suite::Service replica, const std::string& token = "",
                          const std::string& period = kMidYear2019) {
    GetRankingResponse response;
    std::string said;
    // One that has just begun, or woken, may be behind for longer than a call waits.
    const absl::Time until = absl::Now() + kPatience;
    do {
      said = Ask(replica, token, &response, period);
    } while (said == "FRESHNESS_NOT_REACHED" && absl::Now() < until);
    EXPECT_EQ(said, "OK");
    return response;
  }
  // Both answer what the token names, or something newer.
  void ExpectBothReach(const std::string& token) {
    const int64_t version = VersionIn(token, kMidYear2019);
    for (const Suite::Service replica : kBoth) {
      EXPECT_GE(Read(replica, token).ranking().period_version(), version);
    }
  }

  scoring::v1::FinaliseRankingResponse Finalise(Suite::Service replica) {
    scoring::v1::FinaliseRankingRequest request;
    request.set_period(kYear2019);
    request.set_reason("Hội nghị tổng kết Khối đã thống nhất");
    request.set_authority("Quyết định số 12/QĐ-UBND");
    scoring::v1::FinaliseRankingResponse response;
    grpc::ClientContext context;
    EXPECT_EQ(Said(stub(replica).FinaliseRanking(&context, request, &response)), "OK");
    return response;
  }
  scoring::v1::RevokeFinalResponse Revoke(Suite::Service replica, const std::string& revision) {
    scoring::v1::RevokeFinalRequest request;
    request.set_period(kYear2019);
    request.set_revision(revision);
    request.set_reason("Rà soát lại");
    request.set_authority("Quyết định số 20/QĐ-UBND");
    scoring::v1::RevokeFinalResponse response;
    grpc::ClientContext context;
    EXPECT_EQ(Said(stub(replica).RevokeFinal(&context, request, &response)), "OK");
    return response;
  }

  Suite suite_;
  std::vector<std::unique_ptr<ScoringService::Stub>> stubs_;
};

// Reads one replica by one connection until it is destroyed: what it is answered never goes back.
class MonotonicReader {
 public:
  MonotonicReader(const std::string& address, const std::string& period)
      : stub_(ScoringService::NewStub(platform::ChannelTo(address))),
        thread_([this, period] { Run(period); }) {}
  ~MonotonicReader() {
    done_ = true;
    thread_.join();
    EXPECT_GT(read_, 0);
  }

 private:
  void Run(const std::string& period) {
    std::string seen;
    while (!done_) {
      GetRankingRequest request;
      request.set_period(period);
      GetRankingResponse response;
      grpc::ClientContext context;
      if (!stub_->GetRanking(&context, request, &response).ok()) continue;
      EXPECT_GE(response.ranking().revision(), seen);
      seen = response.ranking().revision();
      ++read_;
    }
  }

  const std::unique_ptr<ScoringService::Stub> stub_;
  std::atomic<bool> done_ = false;
  int read_ = 0;
  std::thread thread_;
};

// The same of a key in Redis.
class MonotonicKey {
 public:
  MonotonicKey(Suite& suite, const std::string& key)
      : suite_(suite), thread_([this, key] { Run(key); }) {}
  ~MonotonicKey() {
    done_ = true;
    thread_.join();
    EXPECT_GT(read_, 0);
  }

 private:
  void Run(const std::string& key) {
    std::string seen;
    while (!done_) {
      const std::string revision = suite_.Redis({"HGET", key, "revision"});
      if (revision.empty()) continue;
      EXPECT_GE(revision, seen);
      seen = revision;
      ++read_;
    }
  }

  Suite& suite_;
  std::atomic<bool> done_ = false;
  int read_ = 0;
  std::thread thread_;
};

TEST_F(ReplicasTest, AChangeThatWasAnsweredIsReadOnAnyReplica) {
  const MonotonicReader readers[] = {{suite_.address(Suite::kScoring), kMidYear2019},
                                     {suite_.address(Suite::kReplica), kMidYear2019}};
  const MonotonicKey key(suite_, kMidYearKey);
  for (int i = 0; i < 50; ++i) {
    const Suite::Service first = kBoth[i % 2], second = kBoth[1 - i % 2];
    const std::string token = Report(18'000 + i);
    const GetRankingResponse seen = Read(first, token);
    EXPECT_GE(seen.ranking().period_version(), VersionIn(token, kMidYear2019));
    // Who has seen it is not shown anything older elsewhere.
    const GetRankingResponse elsewhere = Read(second, seen.freshness_token());
    EXPECT_EQ(elsewhere.ranking().revision(), seen.ranking().revision());
    EXPECT_EQ(elsewhere.freshness_token(), seen.freshness_token());
  }
  const Ranking ranking = suite_.FreshRanking();
  EXPECT_EQ(suite_.PublishedRanking(ranking.revision()).revision(), ranking.revision());
}

TEST_F(ReplicasTest, AFinalOfOneIsShownByTheOther) {
  const std::string reported = Report(20'000, kYear2019);
  const std::string provisional = Read(Suite::kReplica, reported, kYear2019).ranking().revision();
  std::string last = provisional;
  const MonotonicReader readers[] = {{suite_.address(Suite::kScoring), kYear2019},
                                     {suite_.address(Suite::kReplica), kYear2019}};
  const MonotonicKey key(suite_, kYearKey);
  for (int i = 0; i < 4; ++i) {
    const Suite::Service maker = kBoth[i % 2], other = kBoth[1 - i % 2];
    const auto made = Finalise(maker);
    GetRankingResponse shown = Read(other, made.freshness_token(), kYear2019);
    EXPECT_EQ(shown.ranking().SerializeAsString(), made.ranking().SerializeAsString());
    EXPECT_TRUE(shown.has_record());
    EXPECT_GT(shown.ranking().revision(), last);
    const auto revoked = Revoke(other, made.ranking().revision());
    shown = Read(maker, revoked.freshness_token(), kYear2019);
    EXPECT_EQ(shown.ranking().state(), Ranking::STATE_PROVISIONAL);
    EXPECT_EQ(shown.ranking().revision(), revoked.ranking().revision());
    last = shown.ranking().revision();
  }
  // Without a token it is shown too, soon.
  const auto made = Finalise(Suite::kScoring);
  scoring::v1::WatchRankingsRequest watch;
  watch.set_periods(kYear2019);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  const auto stream = stub(Suite::kReplica).WatchRankings(&context, watch);
  scoring::v1::WatchRankingsResponse event;
  do {
    ASSERT_TRUE(stream->Read(&event)) << stream->Finish().error_message();
  } while (event.ranking().ranking().state() != Ranking::STATE_FINAL);
  EXPECT_EQ(event.ranking().ranking().revision(), made.ranking().revision());
  context.TryCancel();
  EXPECT_EQ(suite_.PublishedRanking(made.ranking().revision(), "nam").revision(),
            made.ranking().revision());
}

// What was decided at one is known to the other when it is asked for what came after.
TEST_F(ReplicasTest, ARevokedFinalIsNotAnsweredToWhoKnowsOfALaterChange) {
  Report(20'000, kYear2019);
  for (int i = 0; i < 5; ++i) {
    const Suite::Service maker = kBoth[i % 2], other = kBoth[1 - i % 2];
    const auto made = Finalise(maker);
    Read(other, made.freshness_token(), kYear2019);
    Revoke(maker, made.ranking().revision());
    const std::string token = Report(20'001 + i, kYear2019);
    const GetRankingResponse shown = Read(other, token, kYear2019);
    EXPECT_EQ(shown.ranking().state(), Ranking::STATE_PROVISIONAL);
    EXPECT_GE(shown.ranking().period_version(), VersionIn(token, kYear2019));
  }
}

// As above, when what was changed is the opening itself: it arrived before the revocation was
// stored.
TEST_F(ReplicasTest, ARevokedFinalIsNotAnsweredToWhoKnowsThatThePeriodIsOpen) {
  Report(20'000, kYear2019);
  for (int i = 0; i < 8; ++i) {
    const Suite::Service maker = kBoth[i % 2], other = kBoth[1 - i % 2];
    const auto made = Finalise(maker);
    Read(other, made.freshness_token(), kYear2019);
    Revoke(maker, made.ranking().revision());
    results::v1::GetPeriodInputsRequest request;
    request.set_name(kYear2019);
    results::v1::GetPeriodInputsResponse opened;
    grpc::ClientContext context;
    ASSERT_TRUE(suite_.results().GetPeriodInputs(&context, request, &opened).ok());
    const GetRankingResponse shown = Read(
        other, platform::FreshnessToken(opened.store_id(), kYear2019, opened.inputs().version()),
        kYear2019);
    EXPECT_EQ(shown.ranking().state(), Ranking::STATE_PROVISIONAL);
    EXPECT_GE(shown.ranking().period_version(), opened.inputs().version());
  }
}

TEST_F(ReplicasTest, AFinalThatIsMadeWhileAReplicaStartsIsShownByIt) {
  Report(20'000, kYear2019);
  for (int i = 0; i < 4; ++i) {
    suite_.Kill(Suite::kReplica, SIGKILL);
    std::string revision;
    std::thread maker([&] { revision = Finalise(Suite::kScoring).ranking().revision(); });
    suite_.Start(Suite::kReplica);
    maker.join();
    // Without a token: nothing but its own looking tells it.
    const absl::Time until = absl::Now() + kPatience;
    GetRankingResponse shown;
    do {
      Ask(Suite::kReplica, "", &shown, kYear2019);
    } while (shown.ranking().revision() != revision && absl::Now() < until);
    EXPECT_EQ(shown.ranking().revision(), revision);
    Revoke(Suite::kScoring, revision);
  }
}

TEST_F(ReplicasTest, WhatTheOtherStoredIsExplainedByOneThatHasLostResults) {
  const std::string first = Read(Suite::kReplica, Report(18'000)).ranking().revision();
  suite_.Signal(Suite::kReplica, SIGSTOP);
  Read(Suite::kScoring, Report(18'001));
  // The replica wakes to results-ingest gone, and to a database that is ahead of it.
  suite_.Kill(Suite::kScoring, SIGTERM);
  suite_.Kill(Suite::kResults, SIGKILL);
  suite_.Signal(Suite::kReplica, SIGCONT);
  scoring::v1::GetScorecardRequest request;
  request.set_period(kMidYear2019);
  request.set_unit(Read(Suite::kReplica).ranking().rows(0).unit());
  scoring::v1::GetScorecardResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(Said(stub(Suite::kReplica).GetScorecard(&context, request, &response)), "OK");
  EXPECT_GE(Read(Suite::kReplica).ranking().revision(), first);
}

TEST_F(ReplicasTest, OneThatWasAsleepBringsNothingOldBack) {
  ExpectBothReach(Report(18'000));
  const MonotonicKey key(suite_, kMidYearKey);
  for (int i = 0; i < 6; ++i) {
    const Suite::Service sleeper = kBoth[i % 2], awake = kBoth[1 - i % 2];
    // It wakes with changes on their way that it has still to publish.
    Report(19'000 + 10 * i);
    suite_.Signal(sleeper, SIGSTOP);
    std::string token;
    for (int k = 1; k < 5; ++k) token = Report(19'000 + 10 * i + k);
    const std::string newest = Read(awake, token).ranking().revision();
    suite_.PublishedRanking(newest);
    GetRankingResponse response;
    EXPECT_NE(Ask(sleeper, token, &response, kMidYear2019, absl::Milliseconds(200)), "OK");
    suite_.Signal(sleeper, SIGCONT);
    EXPECT_EQ(Read(sleeper, token).ranking().revision(), newest);
    EXPECT_EQ(suite_.PublishedRanking(newest).revision(), newest);
  }
}

TEST_F(ReplicasTest, WhicheverIsKilledTheOtherGoesOnAndItComesBackRight) {
  const MonotonicKey key(suite_, kMidYearKey);
  for (int i = 0; i < 6; ++i) {
    const Suite::Service victim = kBoth[i % 2], other = kBoth[1 - i % 2];
    Report(21'000 + 10 * i);
    suite_.Kill(victim, SIGKILL);
    const std::string token = Report(21'001 + 10 * i);
    const std::string newest = Read(other, token).ranking().revision();
    suite_.PublishedRanking(newest);
    suite_.Start(victim);
    // What it kept may be older, and who has a token is not shown that.
    EXPECT_EQ(Read(victim, token).ranking().revision(), newest);
  }
}

TEST_F(ReplicasTest, WithoutRedisReadsStayRightAndItIsFilledAgain) {
  suite_.KillRedis();
  for (int i = 0; i < 5; ++i) ExpectBothReach(Report(22'000 + i));
  suite_.StartRedis();  // Empty.
  const Ranking ranking = suite_.FreshRanking();
  EXPECT_EQ(suite_.PublishedRanking(ranking.revision()).revision(), ranking.revision());
  suite_.Redis({"FLUSHALL"});
  suite_.PublishedRanking(ranking.revision());
  // Of two that publish the same, neither goes on for ever.
  suite_.Redis({"HSET", kMidYearKey, "json", "{\"rows\": []}"});
  const absl::Time until = absl::Now() + kPatience;
  while (suite_.Redis({"HGET", kMidYearKey, "json"}).size() < 100 && absl::Now() < until) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_GT(suite_.Redis({"HGET", kMidYearKey, "json"}).size(), 100u) << "rubbish stayed";
  ExpectBothReach(Report(23'000));
}

TEST_F(ReplicasTest, WithoutResultsBothSayThatTheyMayBeBehind) {
  const std::string token = Report(24'000);
  ExpectBothReach(token);
  suite_.Signal(Suite::kResults, SIGSTOP);
  type::v1::FreshnessVector ahead = *platform::ReadFreshnessToken(token);
  for (auto& entry : *ahead.mutable_entries()) entry.set_version(entry.version() + 1);
  GetRankingResponse refused;
  EXPECT_EQ(Ask(Suite::kReplica, platform::FreshnessToken(ahead), &refused, kMidYear2019,
                2 * platform::kFreshnessPatience),
            "FRESHNESS_NOT_REACHED");
  for (const Suite::Service replica : kBoth) {
    GetRankingResponse response;
    // Told as soon as bookmarks do not come any more.
    const absl::Time until = absl::Now() + kPatience;
    do {
      response = Read(replica, token);
    } while (!response.stale() && absl::Now() < until);
    EXPECT_TRUE(response.stale());
  }
  suite_.Signal(Suite::kResults, SIGCONT);
  ExpectBothReach(Report(24'001));
}

}  // namespace
}  // namespace thidua::tests
