// A year's ranking is made final, revoked and made final again by the real binaries, and whatever
// is killed meanwhile, each final is made once, stays on record, proves itself, and nobody is shown
// an older ranking after a newer one.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/channel.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

using scoring::v1::FinaliseRankingRequest;
using scoring::v1::FinaliseRankingResponse;
using scoring::v1::FinalRecord;
using scoring::v1::Ranking;
using scoring::v1::RevokeFinalRequest;
using scoring::v1::RevokeFinalResponse;
using testing::AllOf;
using testing::HasSubstr;

constexpr char kKey[] = "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:nam";
constexpr int kCycles = 24;
constexpr int kKillsMin = 10;

std::string ReasonOf(const grpc::Status& status) {
  const auto faults = domain::FaultsOf(platform::FromGrpcStatus(status));
  return faults.empty() ? "" : faults.front().reason;
}

class FinalityTest : public testing::Test {
 protected:
  FinalityTest() {
    const CommandOutcome load = suite_.Command({"load", Khoi4Folder().string()});
    EXPECT_EQ(load.exit_code, 0) << load.err;
  }

  // Until it is answered, by whatever life of the service; what it asks may be asked twice.
  template <typename Request, typename Response, typename Stub>
  grpc::Status Ask(Stub& stub,
                   grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
                   const Request& request, Response* response) {
    const absl::Time until = absl::Now() + absl::Seconds(60);
    while (true) {
      grpc::ClientContext context;
      context.set_wait_for_ready(true);
      context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
      const grpc::Status status = (stub.*rpc)(&context, request, response);
      const bool answered = status.ok() || (status.error_code() != grpc::StatusCode::UNAVAILABLE &&
                                            !status.error_details().empty());
      if (answered || absl::Now() > until) return status;
      absl::SleepFor(platform::RetryDelayOf(status));  // As a client does who is asked to wait.
    }
  }

  // The answer's token; "" when it was refused.
  std::string Report(const std::string& target, const std::string& value, grpc::Status* status) {
    results::v1::PutResultsRequest request;
    request.set_period(kYear2019);
    request.set_request_id(absl::StrCat("report-", target, "-", value));
    auto& row = *request.add_rows();
    row.set_target(absl::StrCat(kPact2019, "/targets/", target));
    row.mutable_actual()->set_value(value);
    row.set_correction_reason("Cộng thêm");
    results::v1::PutResultsResponse response;
    *status =
        Ask(suite_.results(), &results::v1::ResultsService::Stub::PutResults, request, &response);
    return response.freshness_token();
  }
  std::string ReportOk(const std::string& target, const std::string& value) {
    grpc::Status status;
    std::string token = Report(target, value, &status);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return token;
  }

  FinaliseRankingResponse Finalise(const std::string& id) {
    FinaliseRankingRequest request;
    request.set_period(kYear2019);
    request.set_reason("Hội nghị tổng kết Khối đã thống nhất");
    request.set_authority("Quyết định số 12/QĐ-UBND");
    request.set_request_id(id);
    FinaliseRankingResponse response;
    const grpc::Status status = Ask(
        suite_.scoring(), &scoring::v1::ScoringService::Stub::FinaliseRanking, request, &response);
    EXPECT_TRUE(status.ok()) << id << ": " << status.error_message();
    return response;
  }
  RevokeFinalResponse Revoke(const std::string& id, const std::string& revision) {
    RevokeFinalRequest request;
    request.set_period(kYear2019);
    request.set_revision(revision);
    request.set_reason("Rà soát lại");
    request.set_authority("Công văn số 20/UBND");
    request.set_request_id(id);
    RevokeFinalResponse response;
    const grpc::Status status =
        Ask(suite_.scoring(), &scoring::v1::ScoringService::Stub::RevokeFinal, request, &response);
    EXPECT_TRUE(status.ok()) << id << ": " << status.error_message();
    return response;
  }
  scoring::v1::GetRankingResponse Ranked(const std::string& token,
                                         const std::string& revision = "") {
    scoring::v1::GetRankingRequest request;
    request.set_period(kYear2019);
    request.set_freshness_token(token);
    request.set_revision(revision);
    scoring::v1::GetRankingResponse response;
    const grpc::Status status =
        Ask(suite_.scoring(), &scoring::v1::ScoringService::Stub::GetRanking, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  std::vector<FinalRecord> History() {
    scoring::v1::GetRankingHistoryRequest request;
    request.set_period(kYear2019);
    request.set_page_size(7);
    std::vector<FinalRecord> finals;
    do {
      scoring::v1::GetRankingHistoryResponse response;
      const grpc::Status status =
          Ask(suite_.scoring(), &scoring::v1::ScoringService::Stub::GetRankingHistory, request,
              &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      finals.insert(finals.end(), response.finals().begin(), response.finals().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return finals;
  }

  // Works a final's digest out from what everybody can read, as the contract describes it.
  void ExpectProvesItself(const FinalRecord& record) {
    Ranking ranking = Ranked("", record.revision()).ranking();
    EXPECT_EQ(ranking.state(), Ranking::STATE_FINAL);
    EXPECT_EQ(ranking.digest(), record.digest());
    ranking.clear_digest();
    std::string lines = absl::StrCat(platform::Sha256Hex(ranking.SerializeAsString()), "  ",
                                     kYear2019, "/ranking\n");
    for (const auto& row : ranking.rows()) {
      scoring::v1::GetScorecardRequest request;
      request.set_period(kYear2019);
      request.set_unit(row.unit());
      request.set_revision(record.revision());
      scoring::v1::GetScorecardResponse response;
      const grpc::Status status = Ask(
          suite_.scoring(), &scoring::v1::ScoringService::Stub::GetScorecard, request, &response);
      ASSERT_TRUE(status.ok()) << status.error_message();
      absl::StrAppend(&lines, platform::Sha256Hex(response.scorecard().SerializeAsString()), "  ",
                      kYear2019, "/scorecards/", row.unit().substr(std::string("units/").size()),
                      "\n");
    }
    EXPECT_EQ(platform::Sha256Hex(lines), record.digest());
  }

  // Redis shows that final, and nothing newer.
  void ExpectPublishedFinal(const Ranking& official) {
    const Ranking published = suite_.PublishedRanking(official.revision(), "nam");
    EXPECT_EQ(published.SerializeAsString(), official.SerializeAsString());
    EXPECT_EQ(suite_.Redis({"HGET", kKey, "state"}), "FINAL");
  }

  // Every ranking that Redis was ever given for the year came after an older one.
  void ExpectRedisNeverWentBack() {
    const std::vector<std::string> lines =
        absl::StrSplit(suite_.Redis({"XRANGE", "thidua:pub:v1:changes", "-", "+"}), '\n');
    std::string before;
    int told = 0;
    for (size_t i = 0; i + 2 < lines.size(); ++i) {
      if (lines[i] != kKey) continue;
      EXPECT_LT(before, lines[i + 2]);
      before = lines[i + 2];
      ++told;
    }
    EXPECT_GT(told, 0);
    EXPECT_EQ(suite_.Redis({"HGET", kKey, "revision"}), before);
  }

  Suite suite_;
};

TEST_F(FinalityTest, AYearIsMadeFinalRevokedAndMadeFinalAgain) {
  ReportOk("giai-quyet-viec-lam", "20000");
  const std::string token = ReportOk("lop-dao-tao-tap-huan", "10");
  const Ranking provisional = Ranked(token).ranking();
  suite_.PublishedRanking(provisional.revision(), "nam");
  EXPECT_EQ(suite_.Redis({"HGET", kKey, "state"}), "PROVISIONAL");

  // A mid-year ranking never is.
  const CommandOutcome mid_year =
      suite_.Command({"finalise", kMidYear2019, "--reason=Sơ kết", "--authority=Biên bản"});
  EXPECT_EQ(mid_year.exit_code, 1);
  EXPECT_THAT(mid_year.err, HasSubstr("PERIOD_ALWAYS_PROVISIONAL"));

  const std::vector<std::string> finalise = {"finalise", kYear2019, "--reason=Tổng kết năm",
                                             "--authority=Quyết định số 12/QĐ-UBND"};
  const CommandOutcome unsaid = suite_.Command({"finalise", kYear2019, "--reason=Tổng kết năm"});
  EXPECT_EQ(unsaid.exit_code, 1);
  EXPECT_THAT(unsaid.err, HasSubstr("authority REQUIRED"));
  const CommandOutcome done = suite_.Command(finalise);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("CHÍNH THỨC"), HasSubstr("Quyết định số 12/QĐ-UBND"),
                              HasSubstr("Mã kiểm chứng")));
  const scoring::v1::GetRankingResponse first = Ranked("");
  EXPECT_EQ(first.ranking().state(), Ranking::STATE_FINAL);
  EXPECT_GT(first.ranking().revision(), provisional.revision());
  EXPECT_FALSE(first.stale());
  ExpectPublishedFinal(first.ranking());
  ExpectProvesItself(first.record());
  const CommandOutcome again = suite_.Command(finalise);
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("ALREADY_FINAL"));

  // Nothing is taken, nothing forgotten: not by a restart, nor while results-ingest is away.
  grpc::Status refused;
  Report("giai-quyet-viec-lam", "21000", &refused);
  EXPECT_EQ(ReasonOf(refused), "PERIOD_SEALED");
  suite_.Kill(Suite::kResults, SIGKILL);
  suite_.Kill(Suite::kScoring, SIGKILL);
  suite_.Start(Suite::kScoring);
  EXPECT_EQ(Ranked("").ranking().SerializeAsString(), first.ranking().SerializeAsString());
  EXPECT_EQ(suite_.Redis({"FLUSHALL"}), "OK");
  ExpectPublishedFinal(first.ranking());
  suite_.Start(Suite::kResults);

  const CommandOutcome revoked = suite_.Command(
      {"revoke", kYear2019, "--reason=Báo cáo sai", "--authority=Công văn số 20/UBND"});
  ASSERT_EQ(revoked.exit_code, 0) << revoked.err;
  EXPECT_THAT(revoked.out, HasSubstr("ĐÃ THU HỒI"));
  const std::string changed = ReportOk("giai-quyet-viec-lam", "22000");
  const Ranking between = Ranked(changed).ranking();
  EXPECT_EQ(between.state(), Ranking::STATE_PROVISIONAL);
  EXPECT_GT(between.revision(), first.ranking().revision());
  EXPECT_EQ(suite_.PublishedRanking(between.revision(), "nam").state(), Ranking::STATE_PROVISIONAL);

  ASSERT_EQ(suite_.Command(finalise).exit_code, 0) << "the same words make the next one final";
  const scoring::v1::GetRankingResponse second = Ranked("");
  EXPECT_EQ(second.ranking().state(), Ranking::STATE_FINAL);
  ExpectPublishedFinal(second.ranking());
  ExpectProvesItself(second.record());
  ExpectProvesItself(first.record());
  ExpectRedisNeverWentBack();

  const CommandOutcome history = suite_.Command({"history", kYear2019});
  ASSERT_EQ(history.exit_code, 0) << history.err;
  EXPECT_THAT(history.out, AllOf(HasSubstr(first.record().digest()),
                                 HasSubstr(second.record().digest()), HasSubstr("Báo cáo sai")));
  const CommandOutcome old =
      suite_.Command({"ranking", kYear2019, "--revision=" + first.ranking().revision()});
  EXPECT_THAT(old.out, HasSubstr("XẾP HẠNG ĐÃ THU HỒI"));
  // Both finals from the data that each was computed from.
  const CommandOutcome compared =
      suite_.Command({"compare", absl::StrCat(kYear2019, "@", first.ranking().revision()),
                      absl::StrCat(kYear2019, "@", second.ranking().revision())});
  ASSERT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_THAT(compared.out, AllOf(HasSubstr("kết quả chính thức " + first.ranking().revision()),
                                  HasSubstr("Sửa số liệu"), HasSubstr("do sửa số liệu")));
}

// What happens, counted: calls that are made, and what results-ingest tells its watchers. So a blow
// falls also between a seal and the final for which it was made.
class Events {
 public:
  void Add() {
    const absl::MutexLock lock(&mutex_);
    ++count_;
  }
  void End() {
    const absl::MutexLock lock(&mutex_);
    ended_ = true;
  }
  // Until there are so many more, or blows are waited for, or the end: whether it is not the end.
  bool AwaitMore(int64_t more) {
    const absl::MutexLock lock(&mutex_);
    const int64_t at = count_ + more;
    const auto come = [this, at]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return count_ >= at || blows_ < awaited_ || ended_;
    };
    // For as long as whoever was killed last may take to be there again.
    mutex_.AwaitWithTimeout(absl::Condition(&come), absl::Seconds(60));
    return !ended_;
  }
  void Blow() {
    const absl::MutexLock lock(&mutex_);
    ++blows_;
  }
  void AwaitBlows(int blows) {
    const absl::MutexLock lock(&mutex_);
    const auto enough = [this, blows]()
                            ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return blows_ >= blows; };
    awaited_ = blows;
    mutex_.Await(absl::Condition(&enough));
  }
  bool ended() {
    const absl::MutexLock lock(&mutex_);
    return ended_;
  }
  int blows() {
    const absl::MutexLock lock(&mutex_);
    return blows_;
  }

 private:
  absl::Mutex mutex_;
  int64_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  int blows_ ABSL_GUARDED_BY(mutex_) = 0;
  int awaited_ ABSL_GUARDED_BY(mutex_) = 0;  // So many blows, by the one who does the work.
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

TEST_F(FinalityTest, KilledAtRandomMomentsEachFinalIsMadeOnceAndKept) {
  const unsigned seed = testing::UnitTest::GetInstance()->random_seed() != 0
                            ? static_cast<unsigned>(testing::UnitTest::GetInstance()->random_seed())
                            : std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  Ranked(ReportOk("giai-quyet-viec-lam", "20000"));
  Events events;
  std::vector<FinaliseRankingResponse> made;
  std::thread worker([&] {
    std::string newest;
    for (int i = 0; i < kCycles; ++i) {
      if (i > kCycles * 3 / 4) events.AwaitBlows(kKillsMin);
      events.Add();
      made.push_back(Finalise(absl::StrCat("final-", i)));
      const Ranking& official = made.back().ranking();
      EXPECT_EQ(official.state(), Ranking::STATE_FINAL);
      EXPECT_GT(official.revision(), newest);
      EXPECT_EQ(Ranked(made.back().freshness_token()).ranking().SerializeAsString(),
                official.SerializeAsString());
      ExpectPublishedFinal(official);
      grpc::Status refused;
      Report("giai-quyet-viec-lam", absl::StrCat(30000 + i), &refused);
      EXPECT_EQ(ReasonOf(refused), "PERIOD_SEALED");
      events.Add();
      const RevokeFinalResponse revoked = Revoke(absl::StrCat("revoke-", i), official.revision());
      EXPECT_EQ(Ranked(revoked.freshness_token()).ranking().state(), Ranking::STATE_PROVISIONAL);
      const Ranking provisional =
          Ranked(ReportOk("giai-quyet-viec-lam", absl::StrCat(20001 + i))).ranking();
      EXPECT_EQ(provisional.state(), Ranking::STATE_PROVISIONAL);
      EXPECT_GT(provisional.revision(), official.revision());
      newest = provisional.revision();
    }
    events.End();
  });
  std::thread watcher([&] {
    const auto stub =
        results::v1::ResultsService::NewStub(platform::ChannelTo(suite_.address(Suite::kResults)));
    while (!events.ended()) {
      grpc::ClientContext context;
      context.set_wait_for_ready(true);
      context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
      const auto stream = stub->WatchPeriodInputs(&context, {});
      results::v1::WatchPeriodInputsResponse event;
      while (stream->Read(&event) && !events.ended()) {
        if (event.inputs().name() == kYear2019) events.Add();
      }
      context.TryCancel();
      stream->Finish();
    }
  });
  // By the test's own thread, with which the services end.
  std::mt19937 random(seed);
  while (events.AwaitMore(std::uniform_int_distribution<int64_t>(1, 5)(random))) {
    const Suite::Service service = random() % 5 == 0 ? Suite::kResults : Suite::kScoring;
    suite_.Kill(service, SIGKILL);
    suite_.Start(service);
    events.Blow();
  }
  worker.join();
  watcher.join();
  EXPECT_GE(events.blows(), kKillsMin);

  const std::vector<FinalRecord> history = History();
  ASSERT_EQ(history.size(), made.size());
  results::v1::GetPeriodInputsRequest request;
  request.set_name(kYear2019);
  results::v1::GetPeriodInputsResponse inputs;
  ASSERT_TRUE(
      Ask(suite_.results(), &results::v1::ResultsService::Stub::GetPeriodInputs, request, &inputs)
          .ok());
  ASSERT_EQ(inputs.inputs().seals_size(), kCycles) << "each was sealed once";
  for (int i = 0; i < kCycles; ++i) {
    SCOPED_TRACE(absl::StrCat("final ", i));
    const FinalRecord& record = history[static_cast<size_t>(kCycles - 1 - i)];
    EXPECT_EQ(record.revision(), made[static_cast<size_t>(i)].ranking().revision());
    EXPECT_EQ(record.digest(), made[static_cast<size_t>(i)].record().digest());
    EXPECT_EQ(record.state(), FinalRecord::STATE_REVOKED);
    EXPECT_EQ(record.period_version(), inputs.inputs().seals(i).version());
    EXPECT_TRUE(inputs.inputs().seals(i).has_reopen_time());
    ExpectProvesItself(record);
  }
  ExpectRedisNeverWentBack();
}

}  // namespace
}  // namespace thidua::tests
