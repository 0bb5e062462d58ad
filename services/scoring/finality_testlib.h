// What becoming final promises, on every engine: scoring's own parts before a real results-ingest,
// whose line may break at every step. For tests.
#ifndef THIDUA_SERVICES_SCORING_FINALITY_TESTLIB_H_
#define THIDUA_SERVICES_SCORING_FINALITY_TESTLIB_H_

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/messages/khoi4_2019_pact_testlib.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"
#include "services/platform/local_server_testlib.h"
#include "services/platform/refusal_testlib.h"
#include "services/results_ingest/schema.h"
#include "services/results_ingest/service.h"
#include "services/results_ingest/store.h"
#include "services/scoring/finality_store.h"
#include "services/scoring/intake.h"
#include "services/scoring/scoring_process_testlib.h"
#include "services/scoring/service.h"
#include "services/storage/engines_testlib.h"
#include "thidua/results/v1/results_service.grpc.pb.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::scoring {

inline const messages::PactName kPact = {"khoi-4", 2019};
inline constexpr char kYear[] = "blocs/khoi-4/pacts/2019/periods/nam";
inline constexpr char kDecision[] = "Quyết định số 12/QĐ-UBND ngày 10/01/2020";

// What happens elsewhere at one moment of an attempt: before the period is looked at, or once it is
// sealed, and that is told of, before anything is stored.
struct Meanwhile {
  std::function<void()> begun = nullptr;
  std::function<void()> sealed = nullptr;
};

// A keeper whose line breaks for good at one of the moments before and after its calls, as if
// scoring were killed there. Moments count from 0; -1: never.
class BreakingKeeper : public PeriodKeeper {
 public:
  BreakingKeeper(std::unique_ptr<PeriodKeeper> keeper, int breaks_at, Meanwhile meanwhile)
      : keeper_(std::move(keeper)), breaks_at_(breaks_at), meanwhile_(std::move(meanwhile)) {}

  absl::StatusOr<ReceivedPeriod> Inputs(const std::string& period, int64_t version,
                                        absl::Time until) override {
    if (Broken()) return Away();
    if (version == 0 && meanwhile_.begun) meanwhile_.begun();
    auto inputs = keeper_->Inputs(period, version, until);
    if (Broken()) return Away();
    if (version > 0 && meanwhile_.sealed) meanwhile_.sealed();
    return inputs;
  }
  absl::StatusOr<results::v1::Seal> Seal(const results::v1::SealPeriodRequest& request,
                                         const std::string& whom, absl::Time until) override {
    if (Broken()) return Away();
    auto seal = keeper_->Seal(request, whom, until);
    if (Broken()) return Away();
    return seal;
  }
  absl::Status Reopen(const results::v1::ReopenPeriodRequest& request, const std::string& whom,
                      absl::Time until) override {
    if (Broken()) return Away();
    absl::Status reopened = keeper_->Reopen(request, whom, until);
    if (Broken()) return Away();
    return reopened;
  }

 private:
  bool Broken() { return breaks_at_ >= 0 && moment_++ >= breaks_at_; }
  static absl::Status Away() {
    return platform::Refusal(absl::StatusCode::kUnavailable, "", "RESULTS_AWAY", "Mất liên lạc.");
  }

  const std::unique_ptr<PeriodKeeper> keeper_;
  const int breaks_at_;
  const Meanwhile meanwhile_;
  std::atomic<int> moment_ = 0;
};

// results-ingest with the pact of 2019, every period open since January.
class Results {
 public:
  explicit Results(std::string location) : location_(std::move(location)) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-evidence-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    Start();
    domain::Pact pact = domain::khoi4_2019::ThePact();
    pact.periods[0].opens_on = pact.periods[1].opens_on = domain::Date(2019, 1, 1);
    pact.periods[1].closes_on.reset();
    const absl::Status done =
        database_->Write([&](storage::Transaction& transaction) -> absl::Status {
          results_ingest::Store store(transaction);
          absl::Status status =
              store.PutPact(kPact, {"registry:1", messages::khoi4_2019::PactMessage(pact)});
          for (const domain::Period& period : pact.periods) {
            if (!status.ok()) return status;
            status = store.AdvancePeriod({kPact, period.id}, absl::Now()).status();
          }
          return status;
        });
    EXPECT_TRUE(done.ok()) << done;
  }
  ~Results() {
    Stop();
    std::filesystem::remove_all(folder_);
  }

  void Stop() {
    if (feed_ != nullptr) feed_->Close();
    if (server_ != nullptr) server_->Stop();
    service_ = nullptr;
    files_ = nullptr;
    database_ = nullptr;
  }
  void Start() {
    auto database = storage::Database::Open(location_, results_ingest::Schema());
    ASSERT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
    feed_ =
        std::make_unique<platform::ChangeFeed>(*database_->Sequence(), database_->store_epoch_ms());
    auto files = results_ingest::EvidenceFiles::Open(folder_);
    ASSERT_TRUE(files.ok()) << files.status();
    files_ = *std::move(files);
    service_ = std::make_unique<results_ingest::ResultsService>(*database_, *feed_, *files_);
    if (server_ == nullptr) {
      server_ = std::make_unique<platform::LocalServer>(*service_);
      stub_ = results::v1::ResultsService::NewStub(server_->NewChannel());
    } else {
      server_->Start(*service_);
    }
  }

  std::shared_ptr<grpc::Channel> NewChannel() const { return server_->NewChannel(); }

  // The freshness token; "" when it was refused.
  std::string Put(int number, const std::string& value, const std::string& period = kYear) {
    results::v1::PutResultsRequest request;
    request.set_period(period);
    auto& row = *request.add_rows();
    row.set_target(
        absl::StrCat(kPact.ToString(), "/targets/", domain::khoi4_2019::TargetId(number)));
    row.mutable_actual()->set_value(value);
    row.set_correction_reason("Đếm lại");
    results::v1::PutResultsResponse response;
    grpc::ClientContext context;
    said_ = platform::Said(stub_->PutResults(&context, request, &response));
    return response.freshness_token();
  }
  const std::string& said() const { return said_; }

  results::v1::PeriodInputs Inputs() {
    results::v1::GetPeriodInputsRequest request;
    request.set_name(kYear);
    results::v1::GetPeriodInputsResponse response;
    grpc::ClientContext context;
    EXPECT_EQ(platform::Said(stub_->GetPeriodInputs(&context, request, &response)), "OK");
    return response.inputs();
  }
  std::string Seal() {
    results::v1::SealPeriodRequest request;
    request.set_period(kYear);
    request.set_reason("Hết hạn báo cáo");
    request.set_authority("Thông báo của Khối trưởng");
    results::v1::SealPeriodResponse response;
    grpc::ClientContext context;
    return platform::Said(stub_->SealPeriod(&context, request, &response));
  }
  std::string Reopen() {
    results::v1::ReopenPeriodRequest request;
    request.set_period(kYear);
    request.set_reason("Rà soát");
    request.set_authority("Công văn 5");
    results::v1::ReopenPeriodResponse response;
    grpc::ClientContext context;
    return platform::Said(stub_->ReopenPeriod(&context, request, &response));
  }

 private:
  const std::string location_;
  std::filesystem::path folder_;
  std::string said_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<platform::ChangeFeed> feed_;
  std::unique_ptr<results_ingest::EvidenceFiles> files_;
  std::unique_ptr<results_ingest::ResultsService> service_;
  std::unique_ptr<platform::LocalServer> server_;
  std::unique_ptr<results::v1::ResultsService::Stub> stub_;
};

// One life of the scoring process, which takes in what results-ingest tells.
class Scoring : public ScoringProcess {
 public:
  Scoring(const std::string& location, const std::shared_ptr<grpc::Channel>& results, int breaks_at,
          Meanwhile meanwhile)
      : ScoringProcess(location, std::make_unique<BreakingKeeper>(KeeperAt(results), breaks_at,
                                                                  std::move(meanwhile))),
        intake_(stage(), board(), results, [] {}) {}
  ~Scoring() {
    board().feed().Close();
    intake_.Stop();
  }

  std::shared_ptr<const Snapshot> Find() const { return board().Find(kYear); }

  // Until it holds of the board, which tells when it has changed.
  void Await(const std::function<bool(const Board&)>& there) {
    const absl::Time until = absl::Now() + absl::Seconds(20);
    int64_t seen = board().feed().sequence();
    while (!there(board())) {
      board().feed().AwaitBeyond(seen, until);
      seen = board().feed().sequence();
      if (absl::Now() > until) {
        ADD_FAILURE() << "it did not come to pass";
        return;
      }
    }
  }
  // Until what has arrived is stored too: nothing here writes by itself then.
  void AwaitStored() {
    const absl::Status stored = received().AwaitStored(absl::Now() + absl::Seconds(20));
    EXPECT_TRUE(stored.ok()) << stored;
  }
  void AwaitState(v1::Ranking::State state) {
    Await([&](const Board& board) {
      const auto shown = board.Find(kYear);
      return shown != nullptr && RankingIn(*shown).state() == state;
    });
  }

 private:
  Intake intake_;
};

template <typename Engine>
class FinalityTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { engine_ = new Engine; }
  static void TearDownTestSuite() { delete engine_; }

  FinalityTest()
      : results_(std::make_unique<Results>(engine_->NewLocation())),
        location_(engine_->NewLocation()) {
    Restart();
  }

  // A new life of scoring on the same database.
  void Restart(int breaks_at = -1, const Meanwhile& meanwhile = {}) {
    scoring_ = nullptr;
    scoring_ = std::make_unique<Scoring>(location_, results_->NewChannel(), breaks_at, meanwhile);
  }
  // Several units have reported, and scoring knows.
  v1::Ranking Report() {
    for (const int number : {1, 6, 7}) results_->Put(number, "8");
    return Ranking(results_->Put(16, "5")).ranking();
  }

  v1::GetRankingResponse Ranking(const std::string& token = "", const std::string& revision = "",
                                 const std::string& expected = "OK") {
    v1::GetRankingRequest request;
    request.set_period(kYear);
    request.set_freshness_token(token);
    request.set_revision(revision);
    v1::GetRankingResponse response;
    grpc::ClientContext context;
    EXPECT_EQ(platform::Said(scoring_->stub().GetRanking(&context, request, &response)), expected);
    return response;
  }
  v1::GetScorecardResponse Scorecard(const std::string& unit, const std::string& revision = "") {
    v1::GetScorecardRequest request;
    request.set_period(kYear);
    request.set_unit(unit);
    request.set_revision(revision);
    v1::GetScorecardResponse response;
    grpc::ClientContext context;
    EXPECT_EQ(platform::Said(scoring_->stub().GetScorecard(&context, request, &response)), "OK");
    return response;
  }

  static v1::FinaliseRankingRequest FinaliseRequest(const std::string& id = "") {
    v1::FinaliseRankingRequest request;
    request.set_period(kYear);
    request.set_reason("Hội nghị tổng kết Khối đã thống nhất");
    request.set_authority(kDecision);
    request.set_request_id(id);
    return request;
  }
  std::string Finalise(const v1::FinaliseRankingRequest& request,
                       v1::FinaliseRankingResponse* response = nullptr) {
    v1::FinaliseRankingResponse ignored;
    grpc::ClientContext context;
    return platform::Said(scoring_->stub().FinaliseRanking(
        &context, request, response != nullptr ? response : &ignored));
  }
  v1::FinaliseRankingResponse FinaliseOk(const std::string& id = "") {
    v1::FinaliseRankingResponse response;
    EXPECT_EQ(Finalise(FinaliseRequest(id), &response), "OK");
    return response;
  }
  static v1::RevokeFinalRequest RevokeRequest(const std::string& revision,
                                              const std::string& id = "") {
    v1::RevokeFinalRequest request;
    request.set_period(kYear);
    request.set_revision(revision);
    request.set_reason("Phát hiện báo cáo sai");
    request.set_authority("Quyết định số 20/QĐ-UBND");
    request.set_request_id(id);
    return request;
  }
  std::string Revoke(const v1::RevokeFinalRequest& request,
                     v1::RevokeFinalResponse* response = nullptr) {
    v1::RevokeFinalResponse ignored;
    grpc::ClientContext context;
    return platform::Said(
        scoring_->stub().RevokeFinal(&context, request, response != nullptr ? response : &ignored));
  }
  v1::RevokeFinalResponse RevokeOk(const std::string& revision, const std::string& id = "") {
    v1::RevokeFinalResponse response;
    EXPECT_EQ(Revoke(RevokeRequest(revision, id), &response), "OK");
    return response;
  }
  std::vector<Intent> Intents() {
    std::vector<Intent> intents;
    const absl::Status read =
        scoring_->database().Read([&](storage::Transaction& transaction) -> absl::Status {
          ASSIGN_OR_RETURN(intents, FinalityStore(transaction).Intents());
          return absl::OkStatus();
        });
    EXPECT_TRUE(read.ok()) << read;
    return intents;
  }
  // Until the process has finished or refused what it has found on record.
  void AwaitNoIntent() {
    const absl::Time until = absl::Now() + absl::Seconds(20);
    while (!Intents().empty() && absl::Now() < until) absl::SleepFor(absl::Milliseconds(20));
    EXPECT_THAT(Intents(), testing::IsEmpty());
  }
  v1::GetRankingHistoryResponse History(int page_size = 0, const std::string& page_token = "",
                                        bool with_rankings = false,
                                        const std::string& expected = "OK") {
    v1::GetRankingHistoryRequest request;
    request.set_period(kYear);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    request.set_with_rankings(with_rankings);
    v1::GetRankingHistoryResponse response;
    grpc::ClientContext context;
    EXPECT_EQ(platform::Said(scoring_->stub().GetRankingHistory(&context, request, &response)),
              expected);
    return response;
  }

  // As the contract says that anybody can: from what is read, by nothing but SHA-256.
  std::string DigestWorkedOut(v1::Ranking ranking) {
    const std::string revision = ranking.revision();
    ranking.clear_digest();
    std::string lines =
        absl::StrCat(platform::Sha256Hex(ranking.SerializeAsString()), "  ", kYear, "/ranking\n");
    for (const v1::RankingRow& row : ranking.rows()) {
      const v1::Scorecard card = Scorecard(row.unit(), revision).scorecard();
      absl::StrAppend(&lines, platform::Sha256Hex(card.SerializeAsString()), "  ", card.name(),
                      "\n");
    }
    return platform::Sha256Hex(lines);
  }

  static Engine* engine_;
  std::unique_ptr<Results> results_;
  const std::string location_;
  std::unique_ptr<Scoring> scoring_;
};
template <typename Engine>
Engine* FinalityTest<Engine>::engine_ = nullptr;

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_FINALITY_TESTLIB_H_
