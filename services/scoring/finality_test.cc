// What becoming final promises: scoring's own parts before a real results-ingest, on every engine,
// broken off at every step.
#include "services/scoring/finality.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/audit/on_record_testlib.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/messages/khoi4_2019_pact_testlib.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"
#include "services/platform/local_server_testlib.h"
#include "services/platform/mutation.h"
#include "services/platform/refusal_testlib.h"
#include "services/results_ingest/schema.h"
#include "services/results_ingest/service.h"
#include "services/results_ingest/store.h"
#include "services/scoring/audited_resources.h"
#include "services/scoring/finality_store.h"
#include "services/scoring/intake.h"
#include "services/scoring/schema.h"
#include "services/scoring/service.h"
#include "services/storage/engines_testlib.h"
#include "thidua/results/v1/results_service.grpc.pb.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::scoring {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const messages::PactName kPact = {"khoi-4", 2019};
constexpr char kYear[] = "blocs/khoi-4/pacts/2019/periods/nam";
constexpr char kSixMonths[] = "blocs/khoi-4/pacts/2019/periods/6-thang";
constexpr char kDecision[] = "Quyết định số 12/QĐ-UBND ngày 10/01/2020";
const char kProvisional[] = "chưa phải kết quả thi đua chính thức";

using platform::Said;

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
    said_ = Said(stub_->PutResults(&context, request, &response));
    return response.freshness_token();
  }
  const std::string& said() const { return said_; }

  results::v1::PeriodInputs Inputs() {
    results::v1::GetPeriodInputsRequest request;
    request.set_name(kYear);
    results::v1::GetPeriodInputsResponse response;
    grpc::ClientContext context;
    EXPECT_EQ(Said(stub_->GetPeriodInputs(&context, request, &response)), "OK");
    return response.inputs();
  }
  std::string Seal() {
    results::v1::SealPeriodRequest request;
    request.set_period(kYear);
    request.set_reason("Hết hạn báo cáo");
    request.set_authority("Thông báo của Khối trưởng");
    results::v1::SealPeriodResponse response;
    grpc::ClientContext context;
    return Said(stub_->SealPeriod(&context, request, &response));
  }
  std::string Reopen() {
    results::v1::ReopenPeriodRequest request;
    request.set_period(kYear);
    request.set_reason("Rà soát");
    request.set_authority("Công văn 5");
    results::v1::ReopenPeriodResponse response;
    grpc::ClientContext context;
    return Said(stub_->ReopenPeriod(&context, request, &response));
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

// One life of the scoring process.
class Scoring {
 public:
  Scoring(const std::string& location, const std::shared_ptr<grpc::Channel>& results, int breaks_at,
          Meanwhile meanwhile)
      : board_([this](const Snapshot& shown) { return StandingsIn(*database_, *received_)(shown); },
               {.standing_bytes = 0}) {  // Nearly every standing is computed again.
    auto opened = storage::Database::Open(location, Schema());
    EXPECT_TRUE(opened.ok()) << opened.status();
    database_ = *std::move(opened);
    publisher_ = std::make_unique<Publisher>("", board_);
    received_ = std::make_unique<ReceivedPeriods>(*database_);
    stage_ = std::make_unique<Stage>(*database_, *received_, board_, *publisher_);
    EXPECT_TRUE(stage_->Recall().ok());
    finality_ = std::make_unique<Finality>(
        *database_, board_, *stage_,
        std::make_unique<BreakingKeeper>(KeeperAt(results), breaks_at, std::move(meanwhile)));
    EXPECT_TRUE(finality_->Recall().ok());
    service_ = std::make_unique<ScoringService>(*database_, board_, *finality_);
    EXPECT_TRUE(service_->CheckComplete().ok());
    server_ = std::make_unique<platform::LocalServer>(*service_);
    stub_ = v1::ScoringService::NewStub(server_->NewChannel());
    intake_ = std::make_unique<Intake>(*stage_, board_, results, [] {});
  }
  ~Scoring() {
    board_.feed().Close();
    server_->Stop();
    intake_->Stop();
    finality_->Stop();
    publisher_->Stop();
  }

  v1::ScoringService::Stub& stub() { return *stub_; }
  storage::Database& database() { return *database_; }

  std::shared_ptr<const Snapshot> Find() const { return board_.Find(kYear); }

  // Until it holds of the board, which tells when it has changed.
  void Await(const std::function<bool(const Board&)>& there) {
    const absl::Time until = absl::Now() + absl::Seconds(20);
    int64_t seen = board_.feed().sequence();
    while (!there(board_)) {
      board_.feed().AwaitBeyond(seen, until);
      seen = board_.feed().sequence();
      if (absl::Now() > until) {
        ADD_FAILURE() << "it did not come to pass";
        return;
      }
    }
  }
  void AwaitState(v1::Ranking::State state) {
    Await([&](const Board& board) {
      const auto shown = board.Find(kYear);
      return shown != nullptr && RankingIn(*shown).state() == state;
    });
  }

 private:
  std::unique_ptr<storage::Database> database_;
  Board board_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<ReceivedPeriods> received_;
  std::unique_ptr<Stage> stage_;
  std::unique_ptr<Finality> finality_;
  std::unique_ptr<ScoringService> service_;
  std::unique_ptr<platform::LocalServer> server_;
  std::unique_ptr<v1::ScoringService::Stub> stub_;
  std::unique_ptr<Intake> intake_;
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
    EXPECT_EQ(Said(scoring_->stub().GetRanking(&context, request, &response)), expected);
    return response;
  }
  v1::GetScorecardResponse Scorecard(const std::string& unit, const std::string& revision = "") {
    v1::GetScorecardRequest request;
    request.set_period(kYear);
    request.set_unit(unit);
    request.set_revision(revision);
    v1::GetScorecardResponse response;
    grpc::ClientContext context;
    EXPECT_EQ(Said(scoring_->stub().GetScorecard(&context, request, &response)), "OK");
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
    return Said(scoring_->stub().FinaliseRanking(&context, request,
                                                 response != nullptr ? response : &ignored));
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
    return Said(
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
    EXPECT_THAT(Intents(), IsEmpty());
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
    EXPECT_EQ(Said(scoring_->stub().GetRankingHistory(&context, request, &response)), expected);
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

TYPED_TEST_SUITE(FinalityTest, storage::Engines, storage::EngineNames);

TYPED_TEST(FinalityTest, AFinalIsSealedStoredAndShown) {
  const v1::Ranking seen = this->Report();
  EXPECT_THAT(seen.notes(0), HasSubstr(kProvisional));
  v1::FinaliseRankingRequest request = this->FinaliseRequest("chot-1");
  request.set_revision(seen.revision());
  v1::FinaliseRankingResponse made;
  ASSERT_EQ(this->Finalise(request, &made), "OK");

  const v1::Ranking& official = made.ranking();
  EXPECT_EQ(official.state(), v1::Ranking::STATE_FINAL);
  EXPECT_GT(official.revision(), seen.revision());
  EXPECT_EQ(official.period_version(), seen.period_version() + 1) << "the seal is a change";
  EXPECT_EQ(official.rows(0).unit(), seen.rows(0).unit());
  EXPECT_THAT(official.notes(0), HasSubstr(kDecision));
  for (const std::string& note : official.notes()) EXPECT_THAT(note, Not(HasSubstr(kProvisional)));
  for (const v1::RankingRow& row : official.rows()) {
    EXPECT_THAT(row.reason(), Not(HasSubstr("tạm tính")));
  }

  const v1::FinalRecord& record = made.record();
  EXPECT_EQ(record.period(), kYear);
  EXPECT_EQ(record.revision(), official.revision());
  EXPECT_EQ(record.state(), v1::FinalRecord::STATE_FINAL);
  EXPECT_EQ(record.reason(), request.reason());
  EXPECT_EQ(record.authority(), kDecision);
  EXPECT_EQ(record.period_version(), official.period_version());
  EXPECT_EQ(record.pact_version(), 1);
  EXPECT_EQ(record.engine_revision(), domain::kEngineRevision);
  EXPECT_TRUE(record.has_final_time());
  EXPECT_FALSE(record.has_revoke_time());
  EXPECT_TRUE(absl::StartsWith(record.results_store_id(), "results:"));
  EXPECT_EQ(record.pact_store_id(), "registry:1");
  EXPECT_EQ(record.parts_size(), 1 + official.rows_size());

  // It proves itself.
  EXPECT_EQ(official.digest(), record.digest());
  EXPECT_EQ(this->DigestWorkedOut(official), record.digest());

  // The period is sealed as it was ranked, and takes nothing.
  const results::v1::PeriodInputs inputs = this->results_->Inputs();
  ASSERT_EQ(inputs.seals_size(), 1);
  EXPECT_EQ(inputs.seals(0).version(), official.period_version());
  EXPECT_EQ(inputs.seals(0).authority(), kDecision);
  this->results_->Put(1, "9");
  EXPECT_EQ(this->results_->said(), "FAILED_PRECONDITION period: PERIOD_SEALED");

  // Everybody is shown it, whoever holds its token, and whichever the question.
  const v1::GetRankingResponse shown = this->Ranking(made.freshness_token());
  EXPECT_EQ(shown.ranking().SerializeAsString(), official.SerializeAsString());
  EXPECT_EQ(shown.record().SerializeAsString(), record.SerializeAsString());
  EXPECT_EQ(this->Ranking("", official.revision()).ranking().SerializeAsString(),
            official.SerializeAsString());
  const std::string unit = official.rows(0).unit();
  EXPECT_EQ(this->Scorecard(unit).scorecard().revision(), official.revision());
  EXPECT_EQ(this->Scorecard(unit).scorecard().SerializeAsString(),
            this->Scorecard(unit, official.revision()).scorecard().SerializeAsString());

  // Once.
  v1::FinaliseRankingResponse again;
  EXPECT_EQ(this->Finalise(request, &again), "OK");
  EXPECT_EQ(again.SerializeAsString(), made.SerializeAsString());
  EXPECT_EQ(this->Finalise(this->FinaliseRequest()), "FAILED_PRECONDITION period: ALREADY_FINAL");
  request.set_reason("Khác");
  EXPECT_EQ(this->Finalise(request), "INVALID_ARGUMENT request_id: REQUEST_ID_REUSED");

  // And for ever: after a restart, and with results-ingest away.
  this->Restart();
  EXPECT_EQ(this->Ranking(made.freshness_token()).ranking().SerializeAsString(),
            official.SerializeAsString());
  this->results_->Stop();
  this->Restart();
  const v1::GetRankingResponse alone = this->Ranking(made.freshness_token());
  EXPECT_EQ(alone.ranking().SerializeAsString(), official.SerializeAsString());
  EXPECT_FALSE(alone.stale()) << "nothing but its revocation overtakes a final";
  EXPECT_EQ(this->Scorecard(unit).scorecard().revision(), official.revision());
}

TYPED_TEST(FinalityTest, WhatCannotBeFinalIsRefusedAndStaysOpen) {
  this->scoring_->Await([](const Board& board) { return board.in_sight(); });
  v1::FinaliseRankingRequest request = this->FinaliseRequest("dau-tien");
  EXPECT_EQ(this->Finalise(request), "FAILED_PRECONDITION period: NOTHING_TO_FINALISE");
  EXPECT_THAT(this->results_->Inputs().seals(), IsEmpty());

  const v1::Ranking seen = this->Report();
  request = this->FinaliseRequest();
  request.set_reason("");
  EXPECT_EQ(this->Finalise(request), "INVALID_ARGUMENT reason: REQUIRED");
  request = this->FinaliseRequest();
  request.set_authority("");
  EXPECT_EQ(this->Finalise(request), "INVALID_ARGUMENT authority: REQUIRED");
  request = this->FinaliseRequest();
  request.set_period("nam");
  EXPECT_EQ(this->Finalise(request), "INVALID_ARGUMENT period: RESOURCE_NAME_INVALID");
  request.set_period("blocs/khoi-4/pacts/2020/periods/nam");
  EXPECT_EQ(this->Finalise(request), "NOT_FOUND period: PERIOD_UNKNOWN");
  this->results_->Put(16, "5", kSixMonths);
  request.set_period(kSixMonths);
  EXPECT_EQ(this->Finalise(request), "FAILED_PRECONDITION period: PERIOD_ALWAYS_PROVISIONAL");
  request = this->FinaliseRequest();
  request.set_revision("1");
  EXPECT_EQ(this->Finalise(request), "ABORTED revision: REVISION_MOVED");
  this->Ranking(this->results_->Put(16, "6"));
  request.set_revision(seen.revision());
  EXPECT_EQ(this->Finalise(request), "ABORTED revision: REVISION_MOVED");
  request = this->FinaliseRequest("co khoang trang");
  EXPECT_EQ(this->Finalise(request), "INVALID_ARGUMENT request_id: REQUEST_ID_INVALID");

  EXPECT_EQ(this->Revoke(this->RevokeRequest(seen.revision())),
            "FAILED_PRECONDITION period: NOT_FINAL");
  EXPECT_EQ(this->Revoke(this->RevokeRequest("")), "INVALID_ARGUMENT revision: REQUIRED");
  v1::GetScorecardRequest card;
  card.set_period(kYear);
  card.set_unit(seen.rows(0).unit());
  card.set_revision(seen.revision());
  grpc::ClientContext context;
  v1::GetScorecardResponse response;
  EXPECT_EQ(Said(this->scoring_->stub().GetScorecard(&context, card, &response)),
            "NOT_FOUND revision: FINAL_UNKNOWN");

  EXPECT_THAT(this->results_->Inputs().seals(), IsEmpty());
  EXPECT_THAT(this->History().finals(), IsEmpty());
  EXPECT_EQ(this->Ranking().ranking().state(), v1::Ranking::STATE_PROVISIONAL);
}

TYPED_TEST(FinalityTest, ExactlyTheRankingThatIsAskedForIsAnswered) {
  const v1::Ranking first = this->Report();
  const v1::Ranking second = this->Ranking(this->results_->Put(16, "6")).ranking();
  const v1::FinaliseRankingResponse made = this->FinaliseOk();
  const auto is_answered = [this](const v1::Ranking& ranking, bool is_shown) {
    v1::GetRankingResponse again = this->Ranking("", ranking.revision());
    EXPECT_EQ(again.freshness_token().empty(), !is_shown);
    if (!again.has_record()) {
      *again.mutable_ranking()->mutable_compute_time() = ranking.compute_time();
    }
    EXPECT_TRUE(again.ranking().SerializeAsString() == ranking.SerializeAsString());
  };
  is_answered(first, false);
  is_answered(second, false);
  is_answered(made.ranking(), false);
  const v1::RevokeFinalResponse revoked = this->RevokeOk(made.ranking().revision());
  is_answered(first, false);
  is_answered(second, false);
  is_answered(made.ranking(), false);
  is_answered(revoked.ranking(), true);

  // What never was is not made up.
  const int64_t last = revoked.ranking().period_version();
  const auto revision_of = [&](int64_t version, int64_t finality) {
    ReceivedPeriod received;
    received.store_epoch_ms = ReadRevision(first.revision())->store_epoch_ms;
    received.inputs.set_version(version);
    return RevisionOf(received, finality);
  };
  ASSERT_EQ(revision_of(first.period_version(), 0), first.revision());
  for (const std::string& never : {
           revision_of(last, 0),                    // It was final by then,
           revision_of(first.period_version(), 1),  // and not yet then.
           revision_of(first.period_version(), 2),  // Nor was that revoked.
           revision_of(made.ranking().period_version(), 2),
           first.revision().substr(1),
           std::string("1"),
           std::string("first"),
       }) {
    this->Ranking("", never, "NOT_FOUND revision: REVISION_UNKNOWN");
  }
  std::string other_engine = first.revision();
  other_engine[other_engine.size() - 2] = '1';
  this->Ranking("", other_engine, "NOT_FOUND revision: REVISION_UNKNOWN");
  // A newer one may be on its way, within the deadline.
  v1::GetRankingRequest request;
  request.set_period(kYear);
  request.set_revision(revision_of(last + 1, 2));
  v1::GetRankingResponse response;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + 2 * platform::kFreshnessPatience));
  EXPECT_EQ(Said(this->scoring_->stub().GetRanking(&context, request, &response)),
            "UNAVAILABLE : FRESHNESS_NOT_REACHED");
  std::thread writer([&] { this->results_->Put(16, "7"); });
  EXPECT_EQ(this->Ranking("", request.revision()).ranking().period_version(), last + 1);
  writer.join();

  // results-ingest is needed for those of the past only.
  this->results_->Stop();
  this->Ranking("", request.revision());
  this->Ranking("", made.ranking().revision());
  this->Ranking("", first.revision(), "UNAVAILABLE : RESULTS_AWAY");
}

TYPED_TEST(FinalityTest, OnlyValidatedNothingChanges) {
  const v1::Ranking seen = this->Report();
  v1::FinaliseRankingRequest finalise = this->FinaliseRequest("thu");
  finalise.set_validate_only(true);
  v1::FinaliseRankingResponse would;
  ASSERT_EQ(this->Finalise(finalise, &would), "OK");
  EXPECT_EQ(would.ranking().state(), v1::Ranking::STATE_FINAL);
  EXPECT_EQ(would.ranking().period_version(), seen.period_version() + 1);
  EXPECT_EQ(would.freshness_token(), "");
  EXPECT_THAT(this->results_->Inputs().seals(), IsEmpty());
  EXPECT_THAT(this->History().finals(), IsEmpty());
  EXPECT_EQ(this->Ranking().ranking().SerializeAsString(), seen.SerializeAsString());

  const v1::FinaliseRankingResponse made = this->FinaliseOk();
  EXPECT_EQ(made.ranking().revision(), would.ranking().revision());
  v1::RevokeFinalRequest revoke = this->RevokeRequest(made.ranking().revision());
  revoke.set_validate_only(true);
  v1::RevokeFinalResponse would_be;
  ASSERT_EQ(this->Revoke(revoke, &would_be), "OK");
  EXPECT_EQ(would_be.record().state(), v1::FinalRecord::STATE_REVOKED);
  EXPECT_EQ(would_be.freshness_token(), "");
  EXPECT_FALSE(this->results_->Inputs().seals(0).has_reopen_time());
  EXPECT_EQ(this->Ranking().ranking().SerializeAsString(), made.ranking().SerializeAsString());
  EXPECT_EQ(this->RevokeOk(made.ranking().revision()).ranking().revision(),
            would_be.ranking().revision());
}

TYPED_TEST(FinalityTest, APeriodThatSomebodySealedIsTakenAsItWasSealed) {
  const v1::Ranking seen = this->Report();
  ASSERT_EQ(this->results_->Seal(), "OK");
  v1::FinaliseRankingRequest request = this->FinaliseRequest();
  request.set_revision(seen.revision());
  v1::FinaliseRankingResponse made;
  std::string said = this->Finalise(request, &made);
  if (said != "OK") {  // Scoring has shown the sealed one by now: that is another revision.
    EXPECT_EQ(said, "ABORTED revision: REVISION_MOVED");
    request.clear_revision();
    ASSERT_EQ(this->Finalise(request, &made), "OK");
  }
  const results::v1::PeriodInputs inputs = this->results_->Inputs();
  ASSERT_EQ(inputs.seals_size(), 1);
  EXPECT_EQ(inputs.seals(0).reason(), "Hết hạn báo cáo");
  EXPECT_EQ(made.ranking().period_version(), inputs.seals(0).version());
}

TYPED_TEST(FinalityTest, ARevokedFinalStaysOnRecordAndTheNextOneIsNewer) {
  const v1::Ranking seen = this->Report();
  const v1::FinaliseRankingResponse first = this->FinaliseOk("chot-1");
  EXPECT_EQ(this->Revoke(this->RevokeRequest(seen.revision())), "ABORTED revision: REVISION_MOVED");
  const v1::RevokeFinalResponse revoked = this->RevokeOk(first.ranking().revision(), "thu-hoi-1");
  EXPECT_EQ(revoked.record().state(), v1::FinalRecord::STATE_REVOKED);
  EXPECT_EQ(revoked.record().revoke_reason(), "Phát hiện báo cáo sai");
  EXPECT_EQ(revoked.record().reason(), first.record().reason());
  EXPECT_EQ(revoked.ranking().state(), v1::Ranking::STATE_PROVISIONAL);
  EXPECT_EQ(revoked.ranking().digest(), "");
  EXPECT_GT(revoked.ranking().revision(), first.ranking().revision());
  EXPECT_EQ(this->RevokeOk(first.ranking().revision(), "thu-hoi-1").SerializeAsString(),
            revoked.SerializeAsString());
  EXPECT_EQ(this->Revoke(this->RevokeRequest(first.ranking().revision())),
            "FAILED_PRECONDITION period: NOT_FINAL");

  const v1::Ranking provisional = this->Ranking(revoked.freshness_token()).ranking();
  EXPECT_EQ(provisional.revision(), revoked.ranking().revision());
  EXPECT_THAT(provisional.notes(0), HasSubstr(kProvisional));
  EXPECT_TRUE(this->results_->Inputs().seals(0).has_reopen_time());

  // Results are taken again, and the next final tells of them.
  const std::string token = this->results_->Put(1, "17893");
  EXPECT_EQ(this->results_->said(), "OK");
  const v1::Ranking changed = this->Ranking(token).ranking();
  EXPECT_GT(changed.revision(), provisional.revision());
  const v1::FinaliseRankingResponse second = this->FinaliseOk("chot-2");
  EXPECT_GT(second.ranking().revision(), changed.revision());
  EXPECT_NE(second.record().digest(), first.record().digest());

  const auto expect_record = [&] {
    const v1::GetRankingHistoryResponse history = this->History(0, "", true);
    ASSERT_EQ(history.finals_size(), 2);
    EXPECT_EQ(history.finals(0).revision(), second.ranking().revision());
    EXPECT_EQ(history.finals(0).state(), v1::FinalRecord::STATE_FINAL);
    EXPECT_EQ(history.finals(1).revision(), first.ranking().revision());
    EXPECT_EQ(history.finals(1).state(), v1::FinalRecord::STATE_REVOKED);
    EXPECT_EQ(history.finals(1).ranking().SerializeAsString(), first.ranking().SerializeAsString());
    // The revoked one is found as it was, and says that it stands no more.
    const v1::GetRankingResponse old = this->Ranking("", first.ranking().revision());
    EXPECT_EQ(old.ranking().SerializeAsString(), first.ranking().SerializeAsString());
    EXPECT_EQ(old.record().state(), v1::FinalRecord::STATE_REVOKED);
    EXPECT_EQ(this->DigestWorkedOut(old.ranking()), first.record().digest());
    EXPECT_EQ(this->Ranking().ranking().SerializeAsString(), second.ranking().SerializeAsString());
  };
  expect_record();
  this->Restart();
  expect_record();
}

TYPED_TEST(FinalityTest, AllPagesOfAHistoryShowTheStateOfTheFirst) {
  this->Report();
  std::vector<std::string> revisions;
  for (int i = 0; i < 3; ++i) {
    if (i > 0) this->RevokeOk(revisions.back());
    revisions.push_back(this->FinaliseOk().ranking().revision());
  }
  const v1::GetRankingHistoryResponse first = this->History(1);
  ASSERT_EQ(first.finals_size(), 1);
  EXPECT_EQ(first.finals(0).revision(), revisions[2]);
  this->RevokeOk(revisions[2]);
  const std::string newest = this->FinaliseOk().ranking().revision();
  const v1::GetRankingHistoryResponse second = this->History(1, first.next_page_token());
  ASSERT_EQ(second.finals_size(), 1);
  EXPECT_EQ(second.finals(0).revision(), revisions[1]);
  const v1::GetRankingHistoryResponse third = this->History(1, second.next_page_token());
  ASSERT_EQ(third.finals_size(), 1);
  EXPECT_EQ(third.finals(0).revision(), revisions[0]);
  EXPECT_EQ(third.next_page_token(), "");
  EXPECT_EQ(this->History(1).finals(0).revision(), newest);
  EXPECT_EQ(this->History().finals_size(), 4);
  this->History(1, "x", false, "INVALID_ARGUMENT page_token: PAGE_TOKEN_UNKNOWN");
  this->History(-1, "", false, "INVALID_ARGUMENT page_size: OUT_OF_RANGE");
}

// Killed before and after every call that it makes, what was begun is finished once: by the request
// sent again, or by scoring itself.
TYPED_TEST(FinalityTest, BrokenOffAtEveryStepItIsFinishedOnce) {
  v1::Ranking before = this->Report();
  int finals = 0;
  bool broke = true;
  for (int moment = 0; broke; ++moment) {
    for (const bool by_itself : {false, true}) {
      SCOPED_TRACE(absl::StrCat("moment ", moment, by_itself ? ", by itself" : ", by the client"));
      const v1::FinaliseRankingRequest finalise =
          this->FinaliseRequest(absl::StrCat("chot-", moment, by_itself));
      this->Restart(moment);
      std::string said = this->Finalise(finalise);
      broke = said != "OK";
      if (broke) {
        EXPECT_EQ(said, "UNAVAILABLE : RESULTS_AWAY");
        EXPECT_EQ(this->Finalise(this->FinaliseRequest("khac")),
                  "ABORTED period: FINALITY_UNDER_WAY");
        this->Restart();
        if (by_itself) this->scoring_->AwaitState(v1::Ranking::STATE_FINAL);
      }
      v1::FinaliseRankingResponse made;
      ASSERT_EQ(this->Finalise(finalise, &made), "OK");
      ++finals;
      EXPECT_GT(made.ranking().revision(), before.revision());
      const v1::GetRankingHistoryResponse history = this->History();
      ASSERT_EQ(history.finals_size(), finals);
      EXPECT_EQ(history.finals(0).revision(), made.ranking().revision());
      EXPECT_EQ(this->results_->Inputs().seals_size(), finals) << "sealed once";
      EXPECT_EQ(this->Ranking().ranking().SerializeAsString(), made.ranking().SerializeAsString());

      const v1::RevokeFinalRequest revoke = this->RevokeRequest(
          made.ranking().revision(), absl::StrCat("thu-hoi-", moment, by_itself));
      this->Restart(moment);
      said = this->Revoke(revoke);
      broke |= said != "OK";
      if (said != "OK") {
        EXPECT_EQ(said, "UNAVAILABLE : RESULTS_AWAY");
        EXPECT_EQ(this->Ranking().ranking().state(), v1::Ranking::STATE_FINAL);
        this->Restart();
        if (by_itself) this->scoring_->AwaitState(v1::Ranking::STATE_PROVISIONAL);
      }
      v1::RevokeFinalResponse revoked;
      ASSERT_EQ(this->Revoke(revoke, &revoked), "OK");
      EXPECT_EQ(this->History().finals(0).state(), v1::FinalRecord::STATE_REVOKED);
      before = this->Ranking(revoked.freshness_token()).ranking();
      EXPECT_EQ(before.state(), v1::Ranking::STATE_PROVISIONAL);
      EXPECT_GT(before.revision(), made.ranking().revision());
      EXPECT_TRUE(this->results_->Inputs().seals().rbegin()->has_reopen_time());
    }
  }
}

TYPED_TEST(FinalityTest, WithResultsIngestAwayTheIntentWaitsForIt) {
  this->Report();
  this->results_->Stop();
  v1::FinaliseRankingResponse made;
  grpc::ClientContext context;
  const grpc::Status status =
      this->scoring_->stub().FinaliseRanking(&context, this->FinaliseRequest("chot-1"), &made);
  EXPECT_EQ(Said(status), "UNAVAILABLE : RESULTS_AWAY");
  EXPECT_GT(platform::RetryDelayOf(status), absl::ZeroDuration());
  EXPECT_EQ(this->Finalise(this->FinaliseRequest("chot-2")), "ABORTED period: FINALITY_UNDER_WAY");
  v1::FinaliseRankingRequest other = this->FinaliseRequest("chot-1");
  other.set_reason("Khác");
  EXPECT_EQ(this->Finalise(other), "INVALID_ARGUMENT request_id: REQUEST_ID_REUSED");
  EXPECT_EQ(this->Ranking().ranking().state(), v1::Ranking::STATE_PROVISIONAL);
  this->Restart();
  this->results_->Start();
  this->scoring_->AwaitState(v1::Ranking::STATE_FINAL);
  ASSERT_EQ(this->Finalise(this->FinaliseRequest("chot-1"), &made), "OK");
  EXPECT_EQ(this->Ranking().ranking().SerializeAsString(), made.ranking().SerializeAsString());
  EXPECT_EQ(this->History().finals_size(), 1);
  // On record as the deed of whoever asked for it, in a life before.
  const auto entries = audit::EntriesOf(this->scoring_->database());
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].actor(), "unchecked");
  EXPECT_EQ(entries[0].method(), "thidua.scoring.v1.ScoringService/FinaliseRanking");
  EXPECT_EQ(entries[0].request_id(), "chot-1");
  audit::ExpectSound(this->scoring_->database(), AuditedResources());
}

// While it waits the ranking moves: it is refused, and nothing is left behind.
TYPED_TEST(FinalityTest, WhatMovedWhileItWaitedIsRefused) {
  const v1::Ranking seen = this->Report();
  this->Restart(/*breaks_at=*/0);
  v1::FinaliseRankingRequest request = this->FinaliseRequest("chot-1");
  request.set_revision(seen.revision());
  EXPECT_EQ(this->Finalise(request), "UNAVAILABLE : RESULTS_AWAY");
  this->results_->Put(1, "17893");
  this->Restart();
  const std::string said = this->Finalise(request);
  EXPECT_EQ(said, "ABORTED revision: REVISION_MOVED");
  EXPECT_THAT(this->results_->Inputs().seals(), IsEmpty());
  request = this->FinaliseRequest("chot-2");
  EXPECT_EQ(this->Finalise(request), "OK") << "nothing is under way any more";
}

// What an engine before this one showed is not what this one would make final.
TYPED_TEST(FinalityTest, WhatAnotherEngineShowedIsNotMadeFinalAfterAnUpgrade) {
  const v1::Ranking seen = this->Report();
  this->Restart(/*breaks_at=*/0);
  v1::FinaliseRankingRequest request = this->FinaliseRequest("chot-1");
  request.set_revision(seen.revision());
  EXPECT_EQ(this->Finalise(request), "UNAVAILABLE : RESULTS_AWAY");
  // As the process before the upgrade would have left it on record.
  std::vector<std::string> parts = absl::StrSplit(seen.revision(), '-');
  parts[3] = absl::StrFormat("%04d", domain::kEngineRevision - 1);
  request.set_revision(absl::StrJoin(parts, "-"));
  ASSERT_EQ(this->Intents().size(), 1u);
  Intent before = this->Intents()[0];
  before.request = request.SerializeAsString();
  ASSERT_TRUE(this->scoring_->database()
                  .Write([&](storage::Transaction& transaction) -> absl::Status {
                    FinalityStore store(transaction);
                    RETURN_IF_ERROR(store.DeleteIntent(before).status());
                    return store.PutIntent(before);
                  })
                  .ok());
  this->Restart();
  this->AwaitNoIntent();
  EXPECT_EQ(this->Ranking().ranking().state(), v1::Ranking::STATE_PROVISIONAL);
  EXPECT_THAT(this->results_->Inputs().seals(), IsEmpty());
  EXPECT_EQ(this->Finalise(request), "ABORTED revision: REVISION_MOVED");
  request = this->FinaliseRequest("chot-2");
  request.set_revision(this->Ranking().ranking().revision());
  EXPECT_EQ(this->Finalise(request), "OK");
}

// As a process before this one could leave it: on record, though it is answered.
TYPED_TEST(FinalityTest, WhatIsAnsweredIsNotResumed) {
  this->Report();
  const v1::FinaliseRankingResponse made = this->FinaliseOk("chot");
  this->RevokeOk(made.ranking().revision(), "thu-hoi");
  const int64_t version = this->results_->Inputs().version();
  const Intent answered = {kYear,
                           Intent::Kind::kFinalise,
                           1'000,
                           "chot",
                           this->FinaliseRequest("chot").SerializeAsString(),
                           {}};
  ASSERT_TRUE(this->scoring_->database()
                  .Write([&](storage::Transaction& transaction) {
                    return FinalityStore(transaction).PutIntent(answered);
                  })
                  .ok());
  this->Restart();
  this->AwaitNoIntent();
  EXPECT_EQ(this->results_->Inputs().version(), version) << "sealed again";
  EXPECT_EQ(this->History().finals_size(), 1);
}

TYPED_TEST(FinalityTest, OfTwoAtOnceOneWins) {
  this->Report();
  constexpr int kCallers = 6;
  std::vector<std::string> said(kCallers);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back(
        [&, i] { said[i] = this->Finalise(this->FinaliseRequest(absl::StrCat("chot-", i))); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(std::count(said.begin(), said.end(), "OK"), 1);
  EXPECT_EQ(std::count(said.begin(), said.end(), "FAILED_PRECONDITION period: ALREADY_FINAL"),
            kCallers - 1);
  EXPECT_EQ(this->History().finals_size(), 1);
}

TYPED_TEST(FinalityTest, TheSameRequestFromManyIsAnsweredOnce) {
  this->Report();
  std::vector<v1::FinaliseRankingResponse> made(4);
  std::vector<std::thread> callers;
  for (auto& response : made) {
    callers.emplace_back(
        [&] { EXPECT_EQ(this->Finalise(this->FinaliseRequest("chot"), &response), "OK"); });
  }
  for (std::thread& caller : callers) caller.join();
  for (const auto& response : made) {
    EXPECT_EQ(response.SerializeAsString(), made[0].SerializeAsString());
  }
  EXPECT_EQ(this->History().finals_size(), 1);
}

// Two processes of scoring on one database, of which the second takes up what the first has begun.
class TwoProcessesOnPostgresqlTest : public FinalityTest<storage::PostgresqlEngine> {
 protected:
  std::unique_ptr<Scoring> AnotherProcess() {
    auto other = std::make_unique<Scoring>(location_, results_->NewChannel(), -1, Meanwhile());
    other->Await([](const Board& board) { return board.in_sight(); });
    return other;
  }
  // As a caller asks whose request may be under way elsewhere.
  template <typename Request, typename Response>
  static std::string Ask(Scoring& scoring,
                         grpc::Status (v1::ScoringService::Stub::*rpc)(grpc::ClientContext*,
                                                                       const Request&, Response*),
                         const Request& request, Response& response) {
    std::string said;
    for (int attempt = 0; attempt < 20; ++attempt) {
      grpc::ClientContext context;
      said = Said((scoring.stub().*rpc)(&context, request, &response));
      if (said != "ABORTED period: FINALITY_UNDER_WAY") break;
    }
    return said;
  }
  // Both are asked at once; both answer the same.
  template <typename Response, typename Request>
  Response AskBoth(Scoring& other,
                   grpc::Status (v1::ScoringService::Stub::*rpc)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                   const Request& request) {
    Response of_this, of_other;
    std::thread caller([&] { EXPECT_EQ(Ask(other, rpc, request, of_other), "OK"); });
    EXPECT_EQ(Ask(*scoring_, rpc, request, of_this), "OK");
    caller.join();
    EXPECT_EQ(of_this.SerializeAsString(), of_other.SerializeAsString());
    return of_this;
  }
};

TEST_F(TwoProcessesOnPostgresqlTest, WhatBothAreAskedIsDoneOnce) {
  Report();
  const std::unique_ptr<Scoring> other = AnotherProcess();
  constexpr int kRounds = 25;
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    const auto made =
        AskBoth<v1::FinaliseRankingResponse>(*other, &v1::ScoringService::Stub::FinaliseRanking,
                                             FinaliseRequest(absl::StrCat("chot-", round)));
    AskBoth<v1::RevokeFinalResponse>(
        *other, &v1::ScoringService::Stub::RevokeFinal,
        RevokeRequest(made.ranking().revision(), absl::StrCat("thu-hoi-", round)));
  }
  EXPECT_THAT(Intents(), IsEmpty());
  EXPECT_EQ(History().finals_size(), kRounds);
}

// Also of a request without an id.
TEST_F(TwoProcessesOnPostgresqlTest, WhatTheOtherFinishedIsNotDoneAgain) {
  Report();
  for (const char* id : {"", "chot"}) {
    std::unique_ptr<Scoring> other;
    Restart(-1, {.sealed = [&] {
      if (other != nullptr) return;
      other = AnotherProcess();
      other->AwaitState(v1::Ranking::STATE_FINAL);
    }});
    v1::FinaliseRankingResponse made;
    ASSERT_EQ(Finalise(FinaliseRequest(id), &made), "OK");
    EXPECT_EQ(History().finals_size(), *id == 0 ? 1 : 2);
    EXPECT_EQ(History().finals(0).revision(), made.ranking().revision());
    EXPECT_THAT(Intents(), IsEmpty());
    RevokeOk(made.ranking().revision());
  }
}

// It was held up once it had begun; the other has finished it since, and it was revoked.
TEST_F(TwoProcessesOnPostgresqlTest, WhatWasOpenedSinceIsNotSealedAgain) {
  Report();
  std::unique_ptr<Scoring> other;
  std::string first;
  Restart(-1, {.begun = [&] {
    if (other != nullptr) return;
    other = AnotherProcess();
    other->AwaitState(v1::Ranking::STATE_FINAL);
    first = RankingIn(*other->Find()).revision();
    v1::RevokeFinalResponse revoked;
    EXPECT_EQ(Ask(*other, &v1::ScoringService::Stub::RevokeFinal, RevokeRequest(first), revoked),
              "OK");
    results_->Put(1, "35000");
  }});
  v1::FinaliseRankingResponse made;
  EXPECT_EQ(Finalise(FinaliseRequest("chot"), &made), "OK");
  EXPECT_EQ(made.ranking().revision(), first) << "answered as it was by the other";
  EXPECT_EQ(results_->Inputs().seals_size(), 1);
  EXPECT_TRUE(results_->Inputs().seals(0).has_reopen_time());
  EXPECT_EQ(History().finals_size(), 1);
  EXPECT_THAT(Intents(), IsEmpty());
}

// The other has answered it between two steps of this one: nothing is begun again, to lie about
// for ever and be in the way of whatever comes.
TEST_F(TwoProcessesOnPostgresqlTest, WhatTheOtherAnsweredIsNotBegun) {
  Report();
  const v1::RevokeFinalRequest revoke =
      RevokeRequest(FinaliseOk("chot").ranking().revision(), "thu-hoi");
  const auto opened = storage::Database::Open(location_, Schema());
  ASSERT_TRUE(opened.ok()) << opened.status();
  std::string said;
  std::thread caller;
  const auto answer = [&](storage::Transaction& transaction,
                          audit::Trail& trail) -> absl::StatusOr<v1::RevokeFinalResponse> {
    FinalityStore store(transaction);
    ASSIGN_OR_RETURN(std::optional<FinalHead> newest, store.Newest(kYear));
    if (!newest.has_value()) return absl::NotFoundError("no final");
    caller = std::thread([&] { said = Revoke(revoke); });
    // It has looked, and is about to write.
    int64_t waiting = 0;
    for (const absl::Time until = absl::Now() + absl::Seconds(20);
         waiting == 0 && absl::Now() < until;) {
      RETURN_IF_ERROR(transaction.Query(
          "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_locks "
          "WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
          {}, [&](const storage::Row& row) {
            waiting = row.Integer(0);
            return absl::OkStatus();
          }));
    }
    EXPECT_GT(waiting, 0);
    newest->record.set_state(v1::FinalRecord::STATE_REVOKED);
    RETURN_IF_ERROR(store.PutRecord(*newest, trail));
    v1::RevokeFinalResponse reply;
    *reply.mutable_record() = newest->record;
    return reply;
  };
  platform::ChangeFeed feed(0);
  const auto answered =
      platform::Mutate<v1::RevokeFinalResponse>(**opened, feed, revoke, audit::Author(), answer);
  if (caller.joinable()) caller.join();
  ASSERT_TRUE(answered.ok()) << answered.status();
  EXPECT_EQ(said, "OK");
  EXPECT_THAT(Intents(), IsEmpty());
}

// A final stands whatever results-ingest does behind its back, and what follows its revocation is
// newer all the same.
TYPED_TEST(FinalityTest, APeriodOpenedBehindItChangesNothingOfAFinal) {
  this->Report();
  const v1::FinaliseRankingResponse made = this->FinaliseOk();
  ASSERT_EQ(this->results_->Reopen(), "OK");
  const std::string token = this->results_->Put(1, "35000");
  EXPECT_EQ(this->Ranking(token).ranking().SerializeAsString(), made.ranking().SerializeAsString());
  this->results_->Stop();  // Its store is opened anew: a later epoch.
  this->results_->Start();
  this->scoring_->Await([&](const Board& board) {
    const auto shown = board.Find(kYear);
    return shown->version > made.ranking().period_version() + 1;
  });
  EXPECT_EQ(this->Ranking().ranking().SerializeAsString(), made.ranking().SerializeAsString());
  // The line by which periods are opened comes back a moment after the one that is watched.
  v1::RevokeFinalRequest tried = this->RevokeRequest(made.ranking().revision(), "");
  tried.set_validate_only(true);
  for (const absl::Time until = absl::Now() + absl::Seconds(20);
       this->Revoke(tried) == "UNAVAILABLE : RESULTS_AWAY" && absl::Now() < until;) {
  }
  const v1::RevokeFinalResponse revoked = this->RevokeOk(made.ranking().revision());
  EXPECT_GT(revoked.ranking().revision(), made.ranking().revision());
  EXPECT_EQ(revoked.ranking().period_version(), made.ranking().period_version() + 2);
  EXPECT_EQ(this->Ranking(revoked.freshness_token()).ranking().revision(),
            revoked.ranking().revision());
}

// It opens what was sealed for the final, and nothing that somebody sealed since.
TYPED_TEST(FinalityTest, WhatSomebodySealedSinceIsNotOpenedByARevocation) {
  this->Report();
  const v1::FinaliseRankingResponse made = this->FinaliseOk();
  ASSERT_EQ(this->results_->Reopen(), "OK");
  ASSERT_EQ(this->results_->Seal(), "OK");
  const int64_t version = this->results_->Inputs().version();
  const v1::RevokeFinalResponse revoked = this->RevokeOk(made.ranking().revision());
  EXPECT_EQ(revoked.record().state(), v1::FinalRecord::STATE_REVOKED);
  EXPECT_EQ(revoked.ranking().period_version(), version);
  EXPECT_EQ(this->results_->Inputs().version(), version);
  EXPECT_EQ(this->FinaliseOk().ranking().period_version(), version) << "taken as it was sealed";
}

// results-ingest comes back with a new epoch between sealing and storing: the final is newer than
// what was shown of the sealed period under that epoch.
TYPED_TEST(FinalityTest, AFinalIsNewerThanWhatWasShownUnderALaterEpoch) {
  this->Report();
  std::string shown;
  this->Restart(-1, {.sealed = [&] {
    const int64_t epoch = this->scoring_->Find()->store_epoch_ms;
    this->results_->Stop();
    this->results_->Start();
    this->scoring_->Await(
        [&](const Board& board) { return board.Find(kYear)->store_epoch_ms > epoch; });
    shown = this->scoring_->Find()->revision;
  }});
  this->scoring_->Await([](const Board& board) { return board.in_sight(); });
  EXPECT_GT(this->FinaliseOk("chot").ranking().revision(), shown);
  EXPECT_NE(shown, "");
}

// Opened and changed at that moment it is not what was sealed any more.
TYPED_TEST(FinalityTest, APeriodOpenedBeforeTheFinalIsStoredIsNotFinal) {
  this->Report();
  this->Restart(-1, {.sealed = [&] {
    EXPECT_EQ(this->results_->Reopen(), "OK");
    this->Ranking(this->results_->Put(1, "35000"));
  }});
  EXPECT_EQ(this->Finalise(this->FinaliseRequest("chot")), "ABORTED revision: REVISION_MOVED");
  EXPECT_THAT(this->History().finals(), IsEmpty());
  EXPECT_EQ(this->Ranking().ranking().state(), v1::Ranking::STATE_PROVISIONAL);
}

TYPED_TEST(FinalityTest, AFinalWhoseBytesChangedIsNotShown) {
  this->Report();
  const v1::FinaliseRankingResponse made = this->FinaliseOk();
  const std::string& revision = made.ranking().revision();
  const auto spoil = [&](const char* statement) {
    const absl::Status done = this->scoring_->database().Write(
        [&](storage::Transaction& transaction) { return transaction.Execute(statement, {}); });
    ASSERT_TRUE(done.ok()) << done;
  };
  // One unit's scorecard in the place of another's.
  spoil(
      "UPDATE final_scorecards SET scorecard = (SELECT scorecard FROM final_scorecards "
      "WHERE place = 1) WHERE place = 0");
  this->Ranking("", revision, "DATA_LOSS : FINAL_DAMAGED");
  this->History(0, "", false, "DATA_LOSS : FINAL_DAMAGED");
  this->Restart();
  this->Ranking("", "", "DATA_LOSS : FINAL_DAMAGED");
  // It can be revoked, and the period be made final again.
  this->RevokeOk(revision);
  EXPECT_EQ(this->Ranking().ranking().state(), v1::Ranking::STATE_PROVISIONAL);
  EXPECT_EQ(this->FinaliseOk().ranking().state(), v1::Ranking::STATE_FINAL);
}

// What another engine made of the same inputs stays what it was.
TYPED_TEST(FinalityTest, AFinalIsAnsweredAsItWasStoredWhateverWouldBeComputedNow) {
  this->Report();
  const v1::FinaliseRankingResponse made = this->FinaliseOk();
  v1::Ranking other = made.ranking();
  other.mutable_rows(0)->set_total("661.6");
  std::vector<v1::Scorecard> cards;
  for (const v1::RankingRow& row : other.rows()) {
    cards.push_back(this->Scorecard(row.unit()).scorecard());
    cards.back().set_total("1");
  }
  const StoredFinal stored = MakeFinal(1, other, cards, made.record());
  const absl::Status done =
      this->scoring_->database().Write([&](storage::Transaction& transaction) -> absl::Status {
        absl::Status status = transaction.Execute("DELETE FROM finals", {});
        if (status.ok()) status = transaction.Execute("DELETE FROM final_scorecards", {});
        audit::Trail trail(transaction, {}, "");
        return status.ok() ? FinalityStore(transaction).Put(stored, trail) : status;
      });
  ASSERT_TRUE(done.ok()) << done;
  this->Restart();
  EXPECT_EQ(this->Ranking().ranking().rows(0).total(), "661.6");
  EXPECT_EQ(this->Ranking().ranking().digest(), stored.record.digest());
  EXPECT_EQ(this->Scorecard(other.rows(0).unit()).scorecard().total(), "1");
}

TYPED_TEST(FinalityTest, WhatWasKeptButCannotBeComputedStillShowsItsFinal) {
  this->Report();
  const v1::FinaliseRankingResponse made = this->FinaliseOk();
  this->results_->Stop();
  const absl::Status done =
      this->scoring_->database().Write([&](storage::Transaction& transaction) -> absl::Status {
        ReceivedPeriod received;
        received.inputs.set_name(kYear);  // Without its pact.
        received.inputs.set_version(made.ranking().period_version());
        received.store_id = made.record().results_store_id();
        received.store_epoch_ms = 999'999'999'999'999;  // Newer than what is there.
        return Store(transaction).PutPeriod(received);
      });
  ASSERT_TRUE(done.ok()) << done;
  this->Restart();
  EXPECT_EQ(this->Ranking().ranking().SerializeAsString(), made.ranking().SerializeAsString());
  v1::GetMidYearReviewRequest request;
  request.set_period(kYear);
  v1::GetMidYearReviewResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(Said(this->scoring_->stub().GetMidYearReview(&context, request, &response)),
            "DATA_LOSS : INTERNAL");
}

TEST(FinalTest, TheDigestIsOfLinesAsSha256sumPrintsThem) {
  v1::Ranking ranking;
  ranking.set_name("p/ranking");
  ranking.set_revision("r");
  v1::Scorecard card;
  card.set_name("p/scorecards/a");
  v1::FinalRecord record;
  record.set_revision("r");
  const StoredFinal stored = MakeFinal(3, ranking, {card}, record);
  const std::string lines =
      absl::StrCat(platform::Sha256Hex(ranking.SerializeAsString()), "  p/ranking\n",
                   platform::Sha256Hex(card.SerializeAsString()), "  p/scorecards/a\n");
  EXPECT_EQ(stored.record.digest(), platform::Sha256Hex(lines));
  const auto read = ReadFinal(stored);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->ranking.digest(), stored.record.digest());
  EXPECT_NE(read->FindScorecard("a"), nullptr);
  EXPECT_EQ(read->FindScorecard("b"), nullptr);

  const std::function<void(StoredFinal&)> kDamages[] = {
      [](StoredFinal& s) { s.ranking += '\x08'; },
      [](StoredFinal& s) { s.scorecards.clear(); },
      [](StoredFinal& s) { s.scorecards.push_back(s.scorecards[0]); },
      [](StoredFinal& s) { s.scorecards[0].clear(); },
      [](StoredFinal& s) { s.record.mutable_parts(1)->set_sha256("0"); },
      [](StoredFinal& s) { s.record.set_digest("0"); },
      [](StoredFinal& s) { s.record.set_revision("q"); },
  };
  for (const auto& damage : kDamages) {
    StoredFinal damaged = stored;
    damage(damaged);
    EXPECT_EQ(ReadFinal(damaged).status().code(), absl::StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace thidua::scoring
