// What award proposals promise, on every engine. The test plays results-ingest: it holds the period
// and seals it.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/audit/on_record_testlib.h"
#include "services/domain/award.h"
#include "services/domain/fault.h"
#include "services/messages/instant.h"
#include "services/messages/khoi4_2019_pact_testlib.h"
#include "services/platform/errors.h"
#include "services/platform/refusal_testlib.h"
#include "services/scoring/audited_resources.h"
#include "services/scoring/award_wording.h"
#include "services/scoring/number_wording.h"
#include "services/scoring/scoring_process_testlib.h"
#include "services/scoring/service.h"
#include "services/storage/engines_testlib.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::scoring {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kPact[] = "blocs/khoi-4/pacts/2019";
constexpr char kYear[] = "blocs/khoi-4/pacts/2019/periods/nam";
constexpr char kMidYear[] = "blocs/khoi-4/pacts/2019/periods/6-thang";
constexpr char kFirst[] = "blocs/khoi-4/pacts/2019/periods/nam/awardProposals/1";
constexpr char kSecond[] = "blocs/khoi-4/pacts/2019/periods/nam/awardProposals/2";

using platform::Said;

// A year's period of six units, "don-vi-a" to "don-vi-f", with points by letter. A flag for one
// that is excellent, with four fifths of the votes; certificates for two, in any class; a letter of
// thanks for one that is good.
ReceivedPeriod PeriodOf(const std::map<char, std::string>& points, const char* period = kYear) {
  domain::Pact pact;
  pact.bloc = "khoi-4";
  pact.year = 2019;
  pact.version = 1;
  pact.scheme = domain::khoi4_2019::SchemeA();
  pact.scheme.contents = {{"chung", "Điểm chung", "", 100, 0, {}, domain::AssessedRule{}}};
  pact.scheme.ranking = {domain::RankingKey::kPercentOfAssigned, {}};
  for (char letter = 'a'; letter <= 'f'; ++letter) {
    pact.members.push_back({absl::StrCat("don-vi-", std::string(1, letter)),
                            absl::StrCat("Đơn vị ", std::string(1, letter)),
                            domain::Role::kMember});
  }
  pact.periods = domain::khoi4_2019::ThePact().periods;
  ReceivedPeriod received;
  received.store_id = "results:1";
  received.store_epoch_ms = 1;
  received.inputs.set_name(period);
  received.inputs.set_version(1);
  received.inputs.set_pact_store_id("registry:1");
  registry::v1::Pact& message = *received.inputs.mutable_pact();
  message = messages::khoi4_2019::PactMessage(pact);
  registry::v1::Scheme& scheme = *message.mutable_scheme_content();
  scheme.mutable_classes()->set_measure(registry::v1::Classes::MEASURE_POINTS);
  for (const auto& [id, name, bar] : std::vector<std::tuple<const char*, const char*, const char*>>{
           {"xuat-sac", "Xuất sắc", "90"}, {"tot", "Tốt", "70"}}) {
    registry::v1::ClassRule& one = *scheme.mutable_classes()->add_classes();
    one.set_class_id(id);
    one.set_display_name(name);
    one.set_at_least(bar);
  }
  const auto add_award = [&](const char* id, const char* name, int at_most, const char* class_id,
                             const char* percent) {
    registry::v1::AwardRule& award = *scheme.add_awards();
    award.set_award_id(id);
    award.set_display_name(name);
    award.set_at_most(at_most);
    if (*class_id != '\0') award.add_class_ids(class_id);
    award.set_votes_at_least_percent(percent);
  };
  add_award("co", "Cờ thi đua của UBND tỉnh", 1, "xuat-sac", "80");
  add_award("bang-khen", "Bằng khen của Chủ tịch UBND tỉnh", 2, "", "");
  add_award("thu-khen", "Thư khen", 1, "tot", "");
  for (const auto& [letter, given] : points) {
    results::v1::Assessment& assessment = *received.inputs.add_assessments();
    assessment.set_unit(absl::StrCat("units/don-vi-", std::string(1, letter)));
    assessment.set_criterion_id("chung");
    assessment.set_layer(type::v1::ASSESSMENT_LAYER_PROVINCE);
    assessment.set_points(given);
    assessment.set_revision(1);
  }
  return received;
}

const std::map<char, std::string> kPoints = {{'a', "95"}, {'b', "92"}, {'c', "92"},
                                             {'d', "85"}, {'e', "71"}, {'f', "40"}};

// results-ingest, as far as finality needs it.
class Period {
 public:
  explicit Period(ReceivedPeriod received) : received_(std::move(received)) {}

  ReceivedPeriod Get() const {
    const absl::MutexLock lock(&mutex_);
    return received_;
  }
  ReceivedPeriod Change(const std::function<void(ReceivedPeriod&)>& change) {
    const absl::MutexLock lock(&mutex_);
    received_.inputs.set_version(received_.inputs.version() + 1);
    change(received_);
    return received_;
  }

 private:
  mutable absl::Mutex mutex_;
  ReceivedPeriod received_;
};

class Keeper : public PeriodKeeper {
 public:
  explicit Keeper(Period& period) : period_(period) {}
  absl::StatusOr<ReceivedPeriod> Inputs(const std::string&, int64_t, absl::Time) override {
    return period_.Get();
  }
  absl::StatusOr<results::v1::Seal> Seal(const results::v1::SealPeriodRequest&, const std::string&,
                                         absl::Time) override {
    const ReceivedPeriod sealed = period_.Change([](ReceivedPeriod& received) {
      received.inputs.add_seals()->set_version(received.inputs.version());
    });
    return *sealed.inputs.seals().rbegin();
  }
  absl::Status Reopen(const results::v1::ReopenPeriodRequest&, const std::string&,
                      absl::Time) override {
    period_.Change([](ReceivedPeriod& received) {
      *received.inputs.mutable_seals()->rbegin()->mutable_reopen_time() =
          messages::InstantMessage(absl::Now());
    });
    return absl::OkStatus();
  }

 private:
  Period& period_;
};

// One life of the scoring process, which is told of the period by hand.
class Scoring : public ScoringProcess {
 public:
  Scoring(const std::string& location, Period& period)
      : ScoringProcess(location, std::make_unique<Keeper>(period)) {
    Arrive(period.Get());
    board().SetInSight(true);
  }

  void Arrive(const ReceivedPeriod& received) {
    const absl::Status arrived = stage().Arrive(received);
    EXPECT_TRUE(arrived.ok()) << arrived;
  }
  // What others make final and revoke from now on is not shown here.
  void FollowNobody() { finality().Stop(); }
};

// "a PROPOSED, b TIED*": the candidates of one award; "*" for who is so provisionally.
std::string Text(const google::protobuf::RepeatedPtrField<v1::AwardCandidate>& candidates) {
  std::string text;
  for (const v1::AwardCandidate& one : candidates) {
    std::string standing = v1::AwardCandidate::Standing_Name(one.standing());
    absl::StrAppend(&text, text.empty() ? "" : ", ", one.unit().substr(one.unit().size() - 1), " ",
                    absl::StripPrefix(standing, "STANDING_"), one.provisional() ? "*" : "");
    EXPECT_EQ(absl::StrContains(one.reason(), "tạm thời"), one.provisional()) << one.reason();
    EXPECT_FALSE(one.reason().empty());
    EXPECT_TRUE(absl::EndsWith(one.reason(), ".")) << one.reason();
  }
  return text;
}
std::vector<std::string> Proposed(const v1::AwardProposal& proposal) {
  std::vector<std::string> texts;
  for (const v1::ProposedAward& award : proposal.awards())
    texts.push_back(Text(award.candidates()));
  return texts;
}
std::vector<std::string> Outcome(const v1::AwardProposal& proposal) {
  std::vector<std::string> texts;
  for (const v1::ProposedAward& award : proposal.awards()) texts.push_back(Text(award.outcome()));
  return texts;
}

std::string Unit(char letter) { return absl::StrCat("units/don-vi-", std::string(1, letter)); }

template <typename Engine>
class AwardsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { engine_ = new Engine; }
  static void TearDownTestSuite() { delete engine_; }

  AwardsTest() : location_(engine_->NewLocation()) { Begin(kPoints); }

  void Begin(const std::map<char, std::string>& points) {
    scoring_ = nullptr;
    location_ = engine_->NewLocation();
    period_ = std::make_unique<Period>(PeriodOf(points));
    Restart();
  }
  // A new life of scoring on the same database.
  void Restart() {
    scoring_ = nullptr;
    scoring_ = std::make_unique<Scoring>(location_, *period_);
  }

  template <typename Request, typename Response>
  std::string Call(grpc::Status (v1::ScoringService::Stub::*method)(grpc::ClientContext*,
                                                                    const Request&, Response*),
                   const Request& request, Response* response) {
    grpc::ClientContext context;
    return Said((scoring_->stub().*method)(&context, request, response));
  }

  std::string Finalise() {
    v1::FinaliseRankingRequest request;
    request.set_period(kYear);
    request.set_reason("Hội nghị tổng kết đã thống nhất");
    request.set_authority("Quyết định số 12/QĐ-UBND");
    v1::FinaliseRankingResponse response;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::FinaliseRanking, request, &response), "OK");
    return response.ranking().revision();
  }
  void Revoke(const std::string& revision) {
    v1::RevokeFinalRequest request;
    request.set_period(kYear);
    request.set_revision(revision);
    request.set_reason("Phát hiện báo cáo sai");
    request.set_authority("Quyết định số 20/QĐ-UBND");
    v1::RevokeFinalResponse response;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::RevokeFinal, request, &response), "OK");
  }
  v1::GetRankingResponse Ranking() {
    v1::GetRankingRequest request;
    request.set_period(kYear);
    v1::GetRankingResponse response;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::GetRanking, request, &response), "OK");
    return response;
  }

  static v1::RecordIneligibilityRequest Against(char letter, const std::string& id = "") {
    v1::RecordIneligibilityRequest request;
    request.set_pact(kPact);
    request.set_unit(Unit(letter));
    request.set_reason("Đang trong thời gian thanh tra");
    request.set_authority("Quyết định số 5/QĐ-TTr");
    request.set_request_id(id);
    return request;
  }
  std::string Record(const v1::RecordIneligibilityRequest& request,
                     v1::RecordIneligibilityResponse* response = nullptr) {
    v1::RecordIneligibilityResponse ignored;
    return Call(&v1::ScoringService::Stub::RecordIneligibility, request,
                response != nullptr ? response : &ignored);
  }
  v1::Ineligibility RecordOk(char letter) {
    v1::RecordIneligibilityResponse response;
    EXPECT_EQ(Record(Against(letter), &response), "OK");
    return response.ineligibility();
  }
  std::string Lift(const std::string& name, const std::string& etag = "",
                   v1::Ineligibility* lifted = nullptr, const std::string& reason = "Đã kết luận") {
    v1::LiftIneligibilityRequest request;
    request.set_name(name);
    request.set_reason(reason);
    request.set_authority("Kết luận thanh tra số 9");
    request.set_etag(etag);
    v1::LiftIneligibilityResponse response;
    const std::string said = Call(&v1::ScoringService::Stub::LiftIneligibility, request, &response);
    if (lifted != nullptr) *lifted = response.ineligibility();
    return said;
  }
  v1::ListIneligibilitiesResponse List(v1::ListIneligibilitiesRequest request = {},
                                       const std::string& expected = "OK") {
    if (request.pact().empty()) request.set_pact(kPact);
    v1::ListIneligibilitiesResponse response;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::ListIneligibilities, request, &response), expected);
    return response;
  }

  v1::AwardProposal Preview(const std::string& expected = "OK", const char* period = kYear) {
    v1::GetAwardPreviewRequest request;
    request.set_period(period);
    v1::GetAwardPreviewResponse response;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::GetAwardPreview, request, &response), expected);
    return response.proposal();
  }
  static v1::ProposeAwardsRequest ProposeRequest(const std::string& id = "") {
    v1::ProposeAwardsRequest request;
    request.set_period(kYear);
    request.set_authority("Biên bản họp Khối ngày 10/01/2020");
    request.set_request_id(id);
    return request;
  }
  std::string Propose(const v1::ProposeAwardsRequest& request,
                      v1::ProposeAwardsResponse* response = nullptr) {
    v1::ProposeAwardsResponse ignored;
    return Call(&v1::ScoringService::Stub::ProposeAwards, request,
                response != nullptr ? response : &ignored);
  }
  v1::AwardProposal ProposeOk(const std::string& replaces = "") {
    v1::ProposeAwardsRequest request = ProposeRequest();
    request.set_replaces(replaces);
    v1::ProposeAwardsResponse response;
    EXPECT_EQ(Propose(request, &response), "OK");
    return response.proposal();
  }
  v1::AwardProposal Get(const std::string& name = kFirst, const std::string& expected = "OK") {
    v1::GetAwardProposalRequest request;
    request.set_name(name);
    v1::GetAwardProposalResponse response;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::GetAwardProposal, request, &response), expected);
    return response.proposal();
  }
  v1::ListAwardProposalsResponse Proposals(int page_size = 0, const std::string& page_token = "",
                                           const std::string& expected = "OK",
                                           const char* period = kYear) {
    v1::ListAwardProposalsRequest request;
    request.set_period(period);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    v1::ListAwardProposalsResponse response;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::ListAwardProposals, request, &response), expected);
    return response;
  }

  static v1::RecordVotesRequest VotesRequest(const std::string& award, char letter, int yes, int no,
                                             int blank, const std::string& correction = "") {
    v1::RecordVotesRequest request;
    request.set_proposal(kFirst);
    request.set_award_id(award);
    request.set_unit(Unit(letter));
    request.set_yes_count(yes);
    request.set_no_count(no);
    request.set_blank_count(blank);
    request.set_session("Biên bản kiểm phiếu ngày 15/01/2020");
    request.set_correction_reason(correction);
    return request;
  }
  std::string Vote(const v1::RecordVotesRequest& request,
                   v1::RecordVotesResponse* response = nullptr) {
    v1::RecordVotesResponse ignored;
    return Call(&v1::ScoringService::Stub::RecordVotes, request,
                response != nullptr ? response : &ignored);
  }
  v1::AwardProposal VoteOk(const std::string& award, char letter, int yes, int no, int blank,
                           const std::string& correction = "") {
    v1::RecordVotesResponse response;
    EXPECT_EQ(Vote(VotesRequest(award, letter, yes, no, blank, correction), &response), "OK");
    return response.proposal();
  }
  v1::ListAwardVotesResponse AllVotes(v1::ListAwardVotesRequest request = {},
                                      const std::string& expected = "OK") {
    if (request.proposal().empty()) request.set_proposal(kFirst);
    v1::ListAwardVotesResponse response;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::ListAwardVotes, request, &response), expected);
    return response;
  }

  static Engine* engine_;
  std::string location_;
  std::unique_ptr<Period> period_;
  std::unique_ptr<Scoring> scoring_;
  int64_t epoch_ = 1;
};
template <typename Engine>
Engine* AwardsTest<Engine>::engine_ = nullptr;

TYPED_TEST_SUITE(AwardsTest, storage::Engines, storage::EngineNames);

TYPED_TEST(AwardsTest, AFinalIsProposedOnAndStoredWithAllThatDecided) {
  this->RecordOk('a');
  const std::string revision = this->Finalise();
  v1::ProposeAwardsRequest request = this->ProposeRequest("de-nghi-1");
  request.set_revision(revision);
  v1::ProposeAwardsResponse made;
  ASSERT_EQ(this->Propose(request, &made), "OK");
  const v1::AwardProposal& proposal = made.proposal();
  EXPECT_NE(made.freshness_token(), "");
  EXPECT_EQ(proposal.name(), kFirst);
  EXPECT_EQ(proposal.period(), kYear);
  EXPECT_EQ(proposal.state(), v1::AwardProposal::STATE_STANDING);
  EXPECT_EQ(proposal.ranking_revision(), revision);
  EXPECT_EQ(proposal.ranking_digest(), this->Ranking().record().digest());
  EXPECT_EQ(proposal.scheme(), "schemes/kien-giang-khoi-2019/versions/1");
  EXPECT_EQ(proposal.authority(), request.authority());
  EXPECT_TRUE(proposal.has_propose_time());
  EXPECT_THAT(proposal.notes(), IsEmpty());

  ASSERT_EQ(proposal.contenders_size(), 6);
  EXPECT_EQ(proposal.contenders(0).unit(), Unit('a'));
  EXPECT_EQ(proposal.contenders(0).rank(), 1);
  EXPECT_EQ(proposal.contenders(0).class_id(), "xuat-sac");
  EXPECT_EQ(proposal.contenders(0).class_display_name(), "Xuất sắc");
  EXPECT_THAT(proposal.contenders(0).ineligibilities(),
              ElementsAre(absl::StrCat(kPact, "/ineligibilities/1")));
  EXPECT_EQ(proposal.contenders(0).ineligible_because(),
            "Đang trong thời gian thanh tra (Quyết định số 5/QĐ-TTr)");
  EXPECT_EQ(proposal.contenders(4).class_id(), "tot");
  EXPECT_EQ(proposal.contenders(5).class_id(), "");

  // The flag is between two; the other of them and the next have the certificates.
  EXPECT_THAT(Proposed(proposal), ElementsAre("a INELIGIBLE, b TIED, c TIED",
                                              "a INELIGIBLE, b TIED*, c TIED*, d PROPOSED*",
                                              "a INELIGIBLE, e PROPOSED*"));
  EXPECT_THAT(Outcome(proposal), testing::ElementsAreArray(Proposed(proposal)))
      << "neither may have the votes that the flag needs, and then both have certificates";
  const v1::ProposedAward& flag = proposal.awards(0);
  EXPECT_EQ(flag.display_name(), "Cờ thi đua của UBND tỉnh");
  EXPECT_THAT(flag.class_display_names(), ElementsAre("Xuất sắc"));
  EXPECT_EQ(flag.votes_at_least_percent(), "80");
  EXPECT_EQ(flag.candidates(0).reason(),
            "Xếp thứ 1 và giữ nguyên thứ hạng, nhưng không được xét Cờ thi đua của UBND tỉnh: Đang "
            "trong thời gian thanh tra (Quyết định số 5/QĐ-TTr).");
  EXPECT_EQ(flag.candidates(1).reason(),
            "Xếp thứ 2 (2 đơn vị đồng hạng), còn 1 suất Cờ thi đua của UBND tỉnh cho 2 đơn vị: bỏ "
            "phiếu để chọn.");
  EXPECT_FALSE(flag.provisional());
  EXPECT_TRUE(proposal.awards(1).provisional());

  // Once, and for ever.
  v1::ProposeAwardsResponse again;
  EXPECT_EQ(this->Propose(request, &again), "OK");
  EXPECT_EQ(again.SerializeAsString(), made.SerializeAsString());
  request.set_authority("Khác");
  EXPECT_EQ(this->Propose(request), "INVALID_ARGUMENT request_id: REQUEST_ID_REUSED");
  EXPECT_EQ(this->Get().SerializeAsString(), proposal.SerializeAsString());
  this->Restart();
  EXPECT_EQ(this->Get().SerializeAsString(), proposal.SerializeAsString());
  ASSERT_EQ(this->Proposals().proposals_size(), 1);
  EXPECT_EQ(this->Proposals().proposals(0).SerializeAsString(), proposal.SerializeAsString());
}

TYPED_TEST(AwardsTest, OnAProvisionalRankingThereIsAPreviewOnly) {
  EXPECT_EQ(this->Propose(this->ProposeRequest()), "FAILED_PRECONDITION period: RANKING_NOT_FINAL");
  v1::ProposeAwardsRequest validated = this->ProposeRequest();
  validated.set_validate_only(true);
  EXPECT_EQ(this->Propose(validated), "FAILED_PRECONDITION period: RANKING_NOT_FINAL");

  const v1::AwardProposal provisional = this->Preview();
  EXPECT_EQ(provisional.state(), v1::AwardProposal::STATE_PREVIEW);
  EXPECT_EQ(provisional.name(), "");
  EXPECT_EQ(provisional.etag(), "");
  EXPECT_EQ(provisional.ranking_digest(), "");
  EXPECT_EQ(provisional.ranking_revision(), this->Ranking().ranking().revision());
  EXPECT_THAT(provisional.notes(), ElementsAre(HasSubstr("tạm tính")));
  EXPECT_THAT(Proposed(provisional),
              ElementsAre("a PROPOSED", "b PROPOSED*, c PROPOSED*", "d PROPOSED*"));
  EXPECT_THAT(Outcome(provisional), ElementsAre("", "", ""));

  this->RecordOk('b');
  EXPECT_EQ(Proposed(this->Preview())[1], "b INELIGIBLE, c PROPOSED*, d PROPOSED*");

  this->Finalise();
  const v1::AwardProposal official = this->Preview();
  EXPECT_NE(official.ranking_digest(), "");
  EXPECT_THAT(official.notes(), ElementsAre(Not(HasSubstr("tạm tính"))));
  ASSERT_EQ(this->Propose(validated), "OK");
  EXPECT_THAT(this->Proposals().proposals(), IsEmpty()) << "nothing was stored";
  this->Get(kFirst, "NOT_FOUND name: PROPOSAL_UNKNOWN");
}

TYPED_TEST(AwardsTest, EligibilityTouchesNeitherPointsNorRank) {
  const std::string provisional = this->Ranking().ranking().SerializeAsString();
  const v1::Ineligibility first = this->RecordOk('a');
  EXPECT_EQ(this->Ranking().ranking().SerializeAsString(), provisional);
  this->Finalise();
  const std::string official = this->Ranking().SerializeAsString();
  this->RecordOk('b');
  EXPECT_EQ(this->Lift(first.name()), "OK");
  EXPECT_EQ(this->Ranking().SerializeAsString(), official);
}

TYPED_TEST(AwardsTest, AnIneligibilityIsLiftedAndStaysOnRecord) {
  v1::RecordIneligibilityRequest request = this->Against('c', "ghi-1");
  v1::RecordIneligibilityResponse made;
  ASSERT_EQ(this->Record(request, &made), "OK");
  const v1::Ineligibility& one = made.ineligibility();
  EXPECT_EQ(one.name(), absl::StrCat(kPact, "/ineligibilities/1"));
  EXPECT_EQ(one.unit_display_name(), "Đơn vị c");
  EXPECT_EQ(one.reason(), request.reason());
  EXPECT_EQ(one.authority(), request.authority());
  EXPECT_TRUE(one.has_record_time());
  EXPECT_FALSE(one.has_lift_time());
  v1::RecordIneligibilityResponse again;
  EXPECT_EQ(this->Record(request, &again), "OK");
  EXPECT_EQ(again.SerializeAsString(), made.SerializeAsString());
  request.set_validate_only(true);
  request.clear_request_id();
  EXPECT_EQ(this->Record(request, &again), "OK");
  EXPECT_EQ(again.freshness_token(), "");
  this->RecordOk('a');

  v1::ListIneligibilitiesRequest of_c;
  of_c.set_unit(Unit('c'));
  v1::ListIneligibilitiesRequest in_force;
  in_force.set_in_force_only(true);
  EXPECT_EQ(this->List().ineligibilities_size(), 2);
  EXPECT_EQ(this->List(of_c).ineligibilities_size(), 1);

  EXPECT_EQ(this->Lift(one.name(), "khac"), "ABORTED : ETAG_MISMATCH");
  v1::Ineligibility lifted;
  EXPECT_EQ(this->Lift(one.name(), one.etag(), &lifted), "OK");
  EXPECT_EQ(lifted.lift_reason(), "Đã kết luận");
  EXPECT_EQ(lifted.lift_authority(), "Kết luận thanh tra số 9");
  EXPECT_TRUE(lifted.has_lift_time());
  EXPECT_EQ(lifted.reason(), one.reason());
  EXPECT_NE(lifted.etag(), one.etag());
  EXPECT_EQ(this->Lift(one.name()), "FAILED_PRECONDITION name: ALREADY_LIFTED");
  EXPECT_EQ(this->Lift(one.name(), one.etag()), "ABORTED : ETAG_MISMATCH");
  this->Restart();
  EXPECT_EQ(this->List(of_c).ineligibilities(0).SerializeAsString(), lifted.SerializeAsString());
  ASSERT_EQ(this->List(in_force).ineligibilities_size(), 1);
  EXPECT_EQ(this->List(in_force).ineligibilities(0).unit(), Unit('a'));
  EXPECT_EQ(Proposed(this->Preview())[1], "a INELIGIBLE, b TIED*, c TIED*, d PROPOSED*");
}

// Periods of one pact may be at several of its editions.
TYPED_TEST(AwardsTest, AUnitIsCalledAsInTheNewestEdition) {
  for (const int64_t mid_year_version : {3, 1}) {
    ReceivedPeriod mid_year = PeriodOf({{'a', "50"}}, kMidYear);
    registry::v1::Pact& older_or_newer = *mid_year.inputs.mutable_pact();
    older_or_newer.set_version(mid_year_version);
    older_or_newer.mutable_members(0)->set_display_name("Tên giữa năm");
    mid_year.inputs.set_version(mid_year_version == 3 ? 5 : 6);
    this->scoring_->Arrive(mid_year);
    this->scoring_->Arrive(this->period_->Change(
        [](ReceivedPeriod& received) { received.inputs.mutable_pact()->set_version(2); }));
    EXPECT_EQ(this->RecordOk('a').unit_display_name(),
              mid_year_version == 3 ? "Tên giữa năm" : "Đơn vị a");
  }
}

// Whoever is a member of a pact that cannot be read is not known; the pact is.
TYPED_TEST(AwardsTest, APactWhosePeriodsAreBrokenIsNotUnknown) {
  this->scoring_->Arrive(this->period_->Change(
      [](ReceivedPeriod& received) { received.inputs.mutable_pact()->clear_periods(); }));
  EXPECT_THAT(this->Record(this->Against('a')), testing::StartsWith("DATA_LOSS"));
  this->List();
  // Another period of it can be read: who is a member there is one.
  this->scoring_->Arrive(PeriodOf({{'a', "50"}}, kMidYear));
  EXPECT_EQ(this->RecordOk('a').unit_display_name(), "Đơn vị a");
  v1::RecordIneligibilityRequest stranger = this->Against('a');
  stranger.set_unit("units/so-y-te");
  EXPECT_THAT(this->Record(stranger), testing::StartsWith("DATA_LOSS"));
}

TYPED_TEST(AwardsTest, AllPagesOfAListShowTheStateOfTheFirst) {
  std::vector<std::string> names;
  for (const char letter : {'a', 'b', 'c'}) names.push_back(this->RecordOk(letter).name());
  v1::ListIneligibilitiesRequest request;
  request.set_page_size(1);
  request.set_in_force_only(true);
  v1::ListIneligibilitiesResponse page = this->List(request);
  ASSERT_EQ(page.ineligibilities_size(), 1);
  EXPECT_EQ(page.ineligibilities(0).name(), names[0]);
  EXPECT_EQ(this->Lift(names[1]), "OK");
  this->RecordOk('d');
  request.set_page_token(page.next_page_token());
  page = this->List(request);
  ASSERT_EQ(page.ineligibilities_size(), 1);
  EXPECT_EQ(page.ineligibilities(0).name(), names[1]);
  EXPECT_FALSE(page.ineligibilities(0).has_lift_time());
  request.set_page_token(page.next_page_token());
  page = this->List(request);
  ASSERT_EQ(page.ineligibilities_size(), 1);
  EXPECT_EQ(page.ineligibilities(0).name(), names[2]);
  EXPECT_EQ(page.next_page_token(), "");
  request.clear_page_token();
  request.set_page_size(100);
  EXPECT_EQ(this->List(request).ineligibilities_size(), 3);
  request.set_page_token("x");
  this->List(request, "INVALID_ARGUMENT page_token: PAGE_TOKEN_UNKNOWN");
}

TYPED_TEST(AwardsTest, WhatIsWrongWithAnIneligibilityIsTold) {
  const std::function<void(v1::RecordIneligibilityRequest&)> kFaults[] = {
      [](auto& r) { r.set_pact("khoi-4"); },
      [](auto& r) { r.set_unit("don-vi-a"); },
      [](auto& r) { r.clear_reason(); },
      [](auto& r) { r.set_reason(std::string(2001, 'x')); },
      [](auto& r) { r.clear_authority(); },
      [](auto& r) { r.set_authority(std::string(301, 'x')); },
      [](auto& r) { r.set_authority("hai\ndòng"); },
      [](auto& r) { r.set_pact("blocs/khoi-4/pacts/2020"); },
      [](auto& r) { r.set_unit("units/so-y-te"); },
      [](auto& r) { r.set_request_id("a b"); },
  };
  const char* const kSaid[] = {
      "INVALID_ARGUMENT pact: RESOURCE_NAME_INVALID",
      "INVALID_ARGUMENT unit: RESOURCE_NAME_INVALID",
      "INVALID_ARGUMENT reason: REQUIRED",
      "INVALID_ARGUMENT reason: TOO_LONG",
      "INVALID_ARGUMENT authority: REQUIRED",
      "INVALID_ARGUMENT authority: TOO_LONG",
      "INVALID_ARGUMENT authority: CONTROL_CHARACTER",
      "NOT_FOUND pact: PACT_UNKNOWN",
      "NOT_FOUND unit: UNIT_NOT_A_MEMBER",
      "INVALID_ARGUMENT request_id: REQUEST_ID_INVALID",
  };
  for (size_t i = 0; i < std::size(kFaults); ++i) {
    v1::RecordIneligibilityRequest request = this->Against('a');
    kFaults[i](request);
    EXPECT_EQ(this->Record(request), kSaid[i]);
  }
  EXPECT_EQ(this->Lift("x"), "INVALID_ARGUMENT name: RESOURCE_NAME_INVALID");
  EXPECT_EQ(this->Lift(absl::StrCat(kPact, "/ineligibilities/1")),
            "NOT_FOUND name: INELIGIBILITY_UNKNOWN");
  EXPECT_EQ(this->Lift(absl::StrCat(kPact, "/ineligibilities/1"), "", nullptr, ""),
            "INVALID_ARGUMENT reason: REQUIRED");
  EXPECT_THAT(this->List().ineligibilities(), IsEmpty());
  v1::ListIneligibilitiesRequest elsewhere;
  elsewhere.set_pact("blocs/khoi-5/pacts/2019");
  this->List(elsewhere, "NOT_FOUND pact: PACT_UNKNOWN");
  v1::ListIneligibilitiesRequest of_stranger;
  of_stranger.set_unit("units/so-y-te");
  this->List(of_stranger, "NOT_FOUND unit: UNIT_NOT_A_MEMBER");

  for (int i = 0; i < 20; ++i) this->RecordOk('a');
  EXPECT_EQ(this->Record(this->Against('a')), "FAILED_PRECONDITION unit: TOO_MANY");
  EXPECT_EQ(this->Record(this->Against('b')), "OK");
  EXPECT_THAT(this->Preview().contenders(0).ineligible_because(), HasSubstr("và 19 việc khác"));
}

TYPED_TEST(AwardsTest, VotesDecideExactlyAndEveryRevisionIsKept) {
  this->Finalise();
  const v1::AwardProposal proposed = this->ProposeOk();
  EXPECT_THAT(Outcome(proposed),
              ElementsAre("a PROPOSED", "b PROPOSED*, c PROPOSED*", "d PROPOSED*"));
  EXPECT_EQ(
      proposed.awards(1).outcome(0).reason(),
      "Xếp thứ 2, được đề nghị Bằng khen của Chủ tịch UBND tỉnh (tạm thời, còn tùy kết quả bỏ "
      "phiếu chưa ghi nhận).");

  // One vote too few: the next in line for the flag are two equals, and it is in line for the rest.
  v1::AwardProposal after = this->VoteOk("co", 'a', 79, 20, 1);
  EXPECT_THAT(Outcome(after), ElementsAre("a VOTED_DOWN, b TIED, c TIED",
                                          "a CARRIED, b TIED*, c TIED*", "d PROPOSED*"));
  EXPECT_EQ(after.awards(0).outcome(0).reason(),
            "Xếp thứ 1, 79/100 phiếu đồng ý = 79%, chưa đạt mức ít nhất 80%: không được đề nghị Cờ "
            "thi đua của UBND tỉnh.");
  EXPECT_THAT(Proposed(after), testing::ElementsAreArray(Proposed(proposed)))
      << "what was proposed stays";
  EXPECT_NE(after.etag(), proposed.etag());

  // Counted again: exactly enough, and all is as it was proposed.
  EXPECT_EQ(this->Vote(this->VotesRequest("co", 'a', 80, 20, 0)),
            "INVALID_ARGUMENT correction_reason: REQUIRED");
  after = this->VoteOk("co", 'a', 80, 19, 1, "Kiểm lại phiếu");
  EXPECT_THAT(Outcome(after), ElementsAre("a CARRIED", "b CARRIED, c CARRIED", "d CARRIED"));
  EXPECT_EQ(
      after.awards(0).outcome(0).reason(),
      "Xếp thứ 1, 80/100 phiếu đồng ý = 80%, đạt mức ít nhất 80%: được đề nghị Cờ thi đua của "
      "UBND tỉnh.");
  EXPECT_EQ(after.awards(0).outcome(0).votes().revision(), 2);
  EXPECT_EQ(after.awards(0).outcome(0).votes().correction_reason(), "Kiểm lại phiếu");

  this->Restart();
  EXPECT_EQ(this->Get().SerializeAsString(), after.SerializeAsString());
  const v1::ListAwardVotesResponse all = this->AllVotes();
  ASSERT_EQ(all.votes_size(), 2);
  EXPECT_EQ(all.votes(0).yes_count(), 79);
  EXPECT_EQ(all.votes(0).revision(), 1);
  EXPECT_EQ(all.votes(0).session(), "Biên bản kiểm phiếu ngày 15/01/2020");
  EXPECT_TRUE(all.votes(0).has_record_time());
  EXPECT_EQ(all.votes(1).SerializeAsString(),
            after.awards(0).outcome(0).votes().SerializeAsString());
}

TYPED_TEST(AwardsTest, VotesDecideAmongEquals) {
  this->Begin({{'a', "95"}, {'b', "95"}, {'c', "80"}, {'d', "75"}, {'e', "10"}, {'f', "5"}});
  this->Finalise();
  EXPECT_THAT(Outcome(this->ProposeOk()),
              ElementsAre("a TIED, b TIED", "a TIED*, b TIED*, c PROPOSED*", "d PROPOSED*"));
  // One of them has enough votes now: the flag goes to one of them for certain.
  EXPECT_THAT(Outcome(this->VoteOk("co", 'a', 80, 20, 0)),
              ElementsAre("a TIED, b TIED", "a TIED, b TIED, c CARRIED", "d CARRIED"));
  v1::AwardProposal after = this->VoteOk("co", 'b', 80, 10, 0);
  EXPECT_EQ(Outcome(after)[0], "a TIED, b TIED") << "as many yes votes";
  EXPECT_THAT(after.awards(0).outcome(0).reason(), HasSubstr("bỏ phiếu lại"));
  after = this->VoteOk("co", 'b', 81, 9, 0, "Kiểm lại phiếu");
  EXPECT_THAT(Outcome(after),
              ElementsAre("b CARRIED, a NOT_CHOSEN", "a CARRIED, c CARRIED", "d CARRIED"));
  EXPECT_EQ(after.awards(0).outcome(0).reason(),
            "Xếp thứ 1 (2 đơn vị đồng hạng), 81/90 phiếu đồng ý = 90%, đạt mức ít nhất 80%, thuộc "
            "1 đơn vị nhiều phiếu nhất trong 2 đơn vị cùng xét: được đề nghị Cờ thi đua của UBND "
            "tỉnh.");
  EXPECT_EQ(after.awards(0).outcome(1).reason(),
            "Xếp thứ 1 (2 đơn vị đồng hạng), 80/100 phiếu đồng ý = 80%, trong khi đã có đủ đơn vị "
            "cùng xét nhiều phiếu hơn: không được đề nghị Cờ thi đua của UBND tỉnh.");

  // A second vote decides when both are recorded by it, and not against a count of the first.
  const auto vote_again = [&](char letter, int yes) {
    v1::RecordVotesRequest request = this->VotesRequest("co", letter, yes, 5, 0, "Bỏ phiếu lại");
    request.set_session("Biên bản kiểm phiếu lần 2 ngày 16/01/2020");
    v1::RecordVotesResponse response;
    EXPECT_EQ(this->Vote(request, &response), "OK");
    return response.proposal();
  };
  after = vote_again('b', 70);
  EXPECT_EQ(Outcome(after)[0], "a TIED, b TIED");
  EXPECT_THAT(after.awards(0).outcome(0).reason(), HasSubstr("cùng một lần bỏ phiếu"));
  EXPECT_EQ(Outcome(vote_again('a', 71))[0], "a CARRIED, b NOT_CHOSEN");

  v1::ListAwardVotesRequest of_b;
  of_b.set_unit(Unit('b'));
  of_b.set_award_id("co");
  of_b.set_page_size(1);
  v1::ListAwardVotesResponse page = this->AllVotes(of_b);
  ASSERT_EQ(page.votes_size(), 1);
  EXPECT_EQ(page.votes(0).revision(), 1);
  this->VoteOk("co", 'b', 82, 8, 0, "Lại nữa");
  for (const int64_t revision : {2, 3}) {
    of_b.set_page_token(page.next_page_token());
    page = this->AllVotes(of_b);
    ASSERT_EQ(page.votes_size(), 1);
    EXPECT_EQ(page.votes(0).revision(), revision);
  }
  EXPECT_EQ(page.next_page_token(), "") << "as it was at the first page";
}

TYPED_TEST(AwardsTest, WhatIsWrongWithVotesIsTold) {
  this->RecordOk('f');
  this->Finalise();
  const v1::AwardProposal proposal = this->ProposeOk();
  const std::pair<std::function<void(v1::RecordVotesRequest&)>, const char*> kCases[] = {
      {[](auto& r) { r.set_proposal("x"); }, "INVALID_ARGUMENT proposal: RESOURCE_NAME_INVALID"},
      {[](auto& r) { r.set_proposal(kSecond); }, "NOT_FOUND proposal: PROPOSAL_UNKNOWN"},
      {[](auto& r) { r.set_award_id("huan-chuong"); }, "NOT_FOUND award_id: AWARD_UNKNOWN"},
      {[](auto& r) { r.set_unit("a"); }, "INVALID_ARGUMENT unit: RESOURCE_NAME_INVALID"},
      {[](auto& r) { r.set_unit("units/so-y-te"); }, "FAILED_PRECONDITION unit: NOT_A_CANDIDATE"},
      {[](auto& r) { r.set_unit(Unit('b')); }, "FAILED_PRECONDITION unit: NOT_A_CANDIDATE"},
      {[](auto& r) { r.set_yes_count(-1); }, "INVALID_ARGUMENT yes_count: OUT_OF_RANGE"},
      {[](auto& r) { r.set_no_count(10'001); }, "INVALID_ARGUMENT no_count: OUT_OF_RANGE"},
      {[](auto& r) { r.set_blank_count(INT32_MAX); }, "INVALID_ARGUMENT blank_count: OUT_OF_RANGE"},
      {[](auto& r) { r.clear_yes_count(); }, "INVALID_ARGUMENT yes_count: NO_VOTES"},
      {[](auto& r) { r.clear_session(); }, "INVALID_ARGUMENT session: REQUIRED"},
      {[](auto& r) { r.set_session(std::string(301, 'x')); }, "INVALID_ARGUMENT session: TOO_LONG"},
      {[](auto& r) { r.set_correction_reason(std::string(2001, 'x')); },
       "INVALID_ARGUMENT correction_reason: TOO_LONG"},
      {[](auto& r) { r.set_etag("cũ"); }, "ABORTED : ETAG_MISMATCH"},
  };
  for (const auto& [spoil, said] : kCases) {
    v1::RecordVotesRequest request = this->VotesRequest("co", 'a', 9, 0, 0);
    spoil(request);
    EXPECT_EQ(this->Vote(request), said);
  }
  this->AllVotes();
  v1::ListAwardVotesRequest unknown;
  unknown.set_proposal(kSecond);
  this->AllVotes(unknown, "NOT_FOUND proposal: PROPOSAL_UNKNOWN");

  // Edges that are allowed; asked twice it is recorded once; only validated not at all.
  v1::RecordVotesRequest request = this->VotesRequest("co", 'a', 10'000, 10'000, 10'000);
  request.set_etag(proposal.etag());
  request.set_validate_only(true);
  v1::RecordVotesResponse would;
  EXPECT_EQ(this->Vote(request, &would), "OK");
  EXPECT_EQ(would.freshness_token(), "");
  EXPECT_EQ(Outcome(would.proposal())[0], "a VOTED_DOWN, b TIED, c TIED");
  EXPECT_EQ(this->Get().etag(), proposal.etag());
  request.set_validate_only(false);
  request.set_request_id("phieu-1");
  v1::RecordVotesResponse first, again;
  EXPECT_EQ(this->Vote(request, &first), "OK");
  EXPECT_EQ(this->Vote(request, &again), "OK");
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(this->AllVotes().votes_size(), 1);
  request.set_request_id("phieu-2");
  EXPECT_EQ(this->Vote(request), "ABORTED : ETAG_MISMATCH") << "somebody was quicker";
  // Whose turn it has become by the votes may be voted on.
  EXPECT_EQ(this->Vote(this->VotesRequest("co", 'b', 1, 0, 0)), "OK");
  EXPECT_EQ(this->Vote(this->VotesRequest("bang-khen", 'f', 1, 0, 0)),
            "FAILED_PRECONDITION unit: NOT_A_CANDIDATE")
      << "not eligible";
}

TYPED_TEST(AwardsTest, ARevokedFinalLeavesItsProposalOnRecordAsSuperseded) {
  const std::string first = this->Finalise();
  this->ProposeOk();
  const v1::AwardProposal voted = this->VoteOk("co", 'a', 9, 1, 0);
  this->Revoke(first);
  const auto expect_superseded = [&] {
    v1::AwardProposal old = this->Get();
    EXPECT_EQ(old.state(), v1::AwardProposal::STATE_SUPERSEDED);
    EXPECT_EQ(old.supersede_reason(), v1::AwardProposal::SUPERSEDE_REASON_FINAL_REVOKED);
    EXPECT_THAT(old.notes(), ElementsAre(HasSubstr("đã được thu hồi")));
    EXPECT_EQ(old.ranking_revision(), first);
    EXPECT_THAT(Outcome(old), testing::ElementsAreArray(Outcome(voted)));
    EXPECT_EQ(this->Vote(this->VotesRequest("co", 'a', 9, 0, 0, "Lại")),
              "FAILED_PRECONDITION proposal: PROPOSAL_SUPERSEDED");
  };
  expect_superseded();
  EXPECT_EQ(this->Propose(this->ProposeRequest()), "FAILED_PRECONDITION period: RANKING_NOT_FINAL");

  // The next final is of other points: it has a proposal of its own, in nobody's place.
  this->scoring_->Arrive(this->period_->Change(
      [](ReceivedPeriod& received) { received.inputs.mutable_assessments(0)->set_points("60"); }));
  const std::string second = this->Finalise();
  v1::ProposeAwardsRequest request = this->ProposeRequest();
  request.set_revision(first);
  EXPECT_EQ(this->Propose(request), "ABORTED revision: REVISION_MOVED");
  request.set_revision(second);
  request.set_replaces(kFirst);
  EXPECT_EQ(this->Propose(request), "FAILED_PRECONDITION replaces: PROPOSAL_SUPERSEDED");
  request.clear_replaces();
  EXPECT_EQ(this->Propose(request), "OK");
  EXPECT_EQ(this->Get(kSecond).ranking_revision(), second);
  EXPECT_EQ(Proposed(this->Get(kSecond))[0], "b TIED, c TIED");
  this->Restart();
  expect_superseded();
}

// Another replica made it, and this one has not heard of it.
TYPED_TEST(AwardsTest, WhenAnotherFinalStandsByNowItIsSaid) {
  if (std::is_same_v<TypeParam, storage::SqliteEngine>) GTEST_SKIP() << "one process a file";
  const std::string first = this->Finalise();
  this->scoring_->FollowNobody();
  auto elsewhere = std::make_unique<Scoring>(this->location_, *this->period_);
  std::swap(this->scoring_, elsewhere);
  this->Revoke(first);
  std::swap(this->scoring_, elsewhere);
  EXPECT_EQ(this->Propose(this->ProposeRequest()), "FAILED_PRECONDITION period: RANKING_NOT_FINAL");
  std::swap(this->scoring_, elsewhere);
  this->scoring_->Arrive(this->period_->Get());
  EXPECT_NE(this->Finalise(), first);
  std::swap(this->scoring_, elsewhere);
  EXPECT_EQ(this->Ranking().ranking().revision(), first);
  EXPECT_EQ(this->Propose(this->ProposeRequest()), "ABORTED revision: REVISION_MOVED");
}

TYPED_TEST(AwardsTest, AProposalIsReplacedByNameOnly) {
  this->Finalise();
  v1::ProposeAwardsRequest request = this->ProposeRequest();
  request.set_replaces(kFirst);
  EXPECT_EQ(this->Propose(request), "NOT_FOUND replaces: PROPOSAL_UNKNOWN");
  this->ProposeOk();
  const v1::AwardProposal voted = this->VoteOk("co", 'a', 9, 1, 0);
  EXPECT_EQ(this->Propose(this->ProposeRequest()),
            "FAILED_PRECONDITION replaces: ALREADY_PROPOSED");
  request.set_replaces("x");
  EXPECT_EQ(this->Propose(request), "INVALID_ARGUMENT replaces: RESOURCE_NAME_INVALID");
  request.set_replaces(absl::StrCat(kMidYear, "/awardProposals/1"));
  EXPECT_EQ(this->Propose(request), "INVALID_ARGUMENT replaces: OTHER_PERIOD");
  request = this->ProposeRequest();
  request.set_authority(std::string(301, 'x'));
  EXPECT_EQ(this->Propose(request), "INVALID_ARGUMENT authority: TOO_LONG");

  // Something came out about the first: those who look at the proposal are told.
  const v1::Ineligibility against = this->RecordOk('a');
  EXPECT_THAT(this->Get().notes(), ElementsAre(HasSubstr("Đơn vị a thuộc diện không được xét")));
  EXPECT_THAT(Outcome(this->Get()), testing::ElementsAreArray(Outcome(voted)));
  const v1::AwardProposal second = this->ProposeOk(kFirst);
  EXPECT_EQ(second.name(), kSecond);
  EXPECT_EQ(Outcome(second)[0], "a INELIGIBLE, b TIED, c TIED") << "votes stay with their proposal";
  EXPECT_THAT(second.notes(), IsEmpty());
  EXPECT_EQ(this->Lift(against.name()), "OK");
  EXPECT_THAT(this->Get(kSecond).notes(),
              ElementsAre(HasSubstr("không còn thuộc diện không được xét")));

  const v1::AwardProposal first = this->Get();
  EXPECT_EQ(first.state(), v1::AwardProposal::STATE_SUPERSEDED);
  EXPECT_EQ(first.supersede_reason(), v1::AwardProposal::SUPERSEDE_REASON_REPLACED);
  EXPECT_EQ(first.awards(0).outcome(0).votes().yes_count(), 9);
  v1::ProposeAwardsRequest late = this->ProposeRequest();
  late.set_replaces(kFirst);
  EXPECT_EQ(this->Propose(late), "FAILED_PRECONDITION replaces: PROPOSAL_SUPERSEDED");

  const v1::ListAwardProposalsResponse page = this->Proposals(1);
  ASSERT_EQ(page.proposals_size(), 1);
  EXPECT_EQ(page.proposals(0).name(), kSecond);
  this->ProposeOk(kSecond);
  const v1::ListAwardProposalsResponse next = this->Proposals(1, page.next_page_token());
  ASSERT_EQ(next.proposals_size(), 1);
  EXPECT_EQ(next.proposals(0).name(), kFirst);
  EXPECT_EQ(next.next_page_token(), "");
  EXPECT_EQ(this->Proposals().proposals_size(), 3);
  this->Proposals(-1, "", "INVALID_ARGUMENT page_size: OUT_OF_RANGE");
  this->Proposals(0, "", "NOT_FOUND period: PERIOD_UNKNOWN", kMidYear);
}

TYPED_TEST(AwardsTest, OfTwoAtOnceOneWins) {
  this->Finalise();
  constexpr int kCallers = 6;
  std::vector<std::string> said(kCallers);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back(
        [&, i] { said[i] = this->Propose(this->ProposeRequest(absl::StrCat("de-nghi-", i))); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(std::count(said.begin(), said.end(), "OK"), 1);
  EXPECT_EQ(std::count(said.begin(), said.end(), "FAILED_PRECONDITION replaces: ALREADY_PROPOSED"),
            kCallers - 1);
  const std::string etag = this->Get().etag();
  callers.clear();
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      v1::RecordVotesRequest request = this->VotesRequest("co", 'a', 9, i, 0);
      request.set_etag(etag);
      said[i] = this->Vote(request);
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(std::count(said.begin(), said.end(), "OK"), 1);
  EXPECT_EQ(std::count(said.begin(), said.end(), "ABORTED : ETAG_MISMATCH"), kCallers - 1);
  EXPECT_EQ(this->AllVotes().votes_size(), 1);
}

TYPED_TEST(AwardsTest, EveryMutationIsOnRecord) {
  const std::string revision = this->Finalise();
  ASSERT_EQ(this->Lift(this->RecordOk('a').name()), "OK");
  this->ProposeOk();
  this->VoteOk("co", 'a', 79, 20, 1);
  this->VoteOk("co", 'a', 80, 19, 1, "Kiểm lại phiếu");
  this->Revoke(revision);
  storage::Database& database = this->scoring_->database();
  EXPECT_EQ(audit::MethodsOnRecord(database),
            (std::set<std::string>{"FinaliseRanking", "RevokeFinal", "RecordIneligibility",
                                   "LiftIneligibility", "ProposeAwards", "RecordVotes"}));
  const std::string ineligibility = absl::StrCat(kPact, "/ineligibilities/1");
  const std::string proposal = absl::StrCat(kYear, "/awardProposals/1");
  EXPECT_EQ(audit::DeedsOf(database),
            (std::multiset<std::string>{absl::StrCat("FinaliseRanking ", kYear, "/finals/1"),
                                        absl::StrCat("RevokeFinal ", kYear, "/finals/1"),
                                        absl::StrCat("RecordIneligibility ", ineligibility),
                                        absl::StrCat("LiftIneligibility ", ineligibility),
                                        absl::StrCat("ProposeAwards ", proposal),
                                        absl::StrCat("RecordVotes ", proposal, "/votes/1"),
                                        absl::StrCat("RecordVotes ", proposal, "/votes/2")}));
  audit::ExpectSound(database, AuditedResources());

  // What is put in is found: also a final that is one by its digest.
  const struct {
    const char* put;
    const char* undone;
    std::string found;
  } kPutIn[] = {
      {"INSERT INTO finals SELECT period, 2, revision, record, ranking, sequence FROM finals",
       "DELETE FROM finals WHERE number = 2", absl::StrCat(kYear, "/finals/2")},
      {"INSERT INTO award_votes SELECT period, proposal, 3, award, unit, 3, sequence, message FROM "
       "award_votes WHERE number = 1",
       "DELETE FROM award_votes WHERE number = 3", proposal + "/votes/3"},
      {"INSERT INTO ineligibilities SELECT 'blocs/gia/pacts/2019', number, unit, sequence, "
       "lift_sequence, message FROM ineligibilities",
       "DELETE FROM ineligibilities WHERE pact = 'blocs/gia/pacts/2019'",
       "blocs/gia/pacts/2019/ineligibilities/1"},
  };
  const auto execute = [&](const char* sql) {
    const absl::Status done = database.Write(
        [&](storage::Transaction& transaction) { return transaction.Execute(sql, {}); });
    ASSERT_TRUE(done.ok()) << sql << "\n" << done;
  };
  for (const auto& [put, undone, found] : kPutIn) {
    execute(put);
    EXPECT_THAT(audit::FoundIn(database, AuditedResources()), ElementsAre(found));
    execute(undone);
  }

  // What a final is made of is bound by its record.
  const char* const kSpoiled[] = {
      "UPDATE final_scorecards SET scorecard = '' WHERE place = 0",
      "UPDATE award_votes SET message = '' WHERE number = 2",
      "UPDATE award_proposals SET message = ''",
      "DELETE FROM ineligibilities",
  };
  for (const char* spoiled : kSpoiled) {
    ASSERT_TRUE(database
                    .Write([&](storage::Transaction& transaction) {
                      return transaction.Execute(spoiled, {});
                    })
                    .ok());
  }
  EXPECT_THAT(audit::FoundIn(database, AuditedResources()),
              testing::UnorderedElementsAre(absl::StrCat(kYear, "/finals/1"), ineligibility,
                                            proposal, proposal + "/votes/2"));
}

// The final stands, and what arrives behind it is not what it was computed from.
TYPED_TEST(AwardsTest, AFinalIsProposedOnWhateverBecomesOfItsData) {
  this->RecordOk('d');
  this->Finalise();
  const std::string before = this->Preview().SerializeAsString();
  const ReceivedPeriod sealed = this->period_->Get();
  const auto arrive = [&](const std::function<void(ReceivedPeriod&)>& change) {
    ReceivedPeriod received = sealed;
    change(received);
    received.store_epoch_ms = ++this->epoch_;
    this->scoring_->Arrive(received);
  };
  const std::function<void(ReceivedPeriod&)> kChanges[] = {
      [](ReceivedPeriod& r) { r.inputs.set_version(r.inputs.version() + 1); },
      [](ReceivedPeriod& r) { r.store_id = "results:2"; },
      [](ReceivedPeriod& r) { r.inputs.mutable_pact()->set_version(2); },
      // Another ranking and other classes.
      [](ReceivedPeriod& r) { r.inputs.mutable_assessments(0)->set_points("10"); },
      [](ReceivedPeriod& r) { r.inputs.clear_assessments(); },
  };
  for (const auto& change : kChanges) {
    arrive(change);
    EXPECT_EQ(this->Preview().SerializeAsString(), before);
  }
  // Only the awards are not in a final: they are those of its scheme, or not known.
  const std::function<void(ReceivedPeriod&)> kOtherSchemes[] = {
      [](ReceivedPeriod& r) {
        r.inputs.mutable_pact()->set_scheme("schemes/kien-giang-khoi-2019/versions/2");
      },
      [](ReceivedPeriod& r) { r.inputs.set_pact_store_id("registry:2"); },
      [](ReceivedPeriod& r) { r.inputs.clear_pact(); },
  };
  for (const auto& other : kOtherSchemes) {
    arrive(other);
    EXPECT_EQ(this->Propose(this->ProposeRequest()), "FAILED_PRECONDITION period: SCHEME_MOVED");
    this->Preview("FAILED_PRECONDITION period: SCHEME_MOVED");
  }
  arrive([](ReceivedPeriod&) {});
  // Of its scheme, and not to be read: that is not to say that the scheme is another one.
  arrive([](ReceivedPeriod& r) { r.inputs.mutable_pact()->clear_periods(); });
  EXPECT_EQ(this->Propose(this->ProposeRequest()),
            "FAILED_PRECONDITION period: INPUTS_NOT_COMPUTABLE");
  this->Preview("FAILED_PRECONDITION period: INPUTS_NOT_COMPUTABLE");
  arrive([](ReceivedPeriod&) {});
  EXPECT_THAT(Proposed(this->ProposeOk()),
              ElementsAre("a PROPOSED", "b PROPOSED*, c PROPOSED*", "d INELIGIBLE, e PROPOSED*"));
}

TYPED_TEST(AwardsTest, ThereIsAnEndToProposals) {
  this->Finalise();
  std::string newest;
  for (int i = 0; i < 100; ++i) newest = this->ProposeOk(newest).name();
  v1::ProposeAwardsRequest request = this->ProposeRequest();
  request.set_replaces(newest);
  EXPECT_EQ(this->Propose(request), "FAILED_PRECONDITION period: TOO_MANY");
  EXPECT_EQ(this->Get(newest).state(), v1::AwardProposal::STATE_STANDING);
}

TYPED_TEST(AwardsTest, WhereNothingCanBeProposedItIsSaid) {
  this->Preview("INVALID_ARGUMENT period: RESOURCE_NAME_INVALID", "nam");
  this->Preview("NOT_FOUND period: PERIOD_UNKNOWN", kMidYear);
  v1::ProposeAwardsRequest request = this->ProposeRequest();
  request.set_period(kMidYear);
  EXPECT_EQ(this->Propose(request), "NOT_FOUND period: PERIOD_UNKNOWN");

  // Of half a year there is a ranking, always provisional.
  this->scoring_->Arrive(PeriodOf({{'a', "50"}, {'b', "40"}}, kMidYear));
  EXPECT_EQ(this->Propose(request), "FAILED_PRECONDITION period: RANKING_NOT_FINAL");
  EXPECT_EQ(Proposed(this->Preview("OK", kMidYear))[1], "a PROPOSED, b PROPOSED");

  // Nobody has points yet: nobody is in line.
  this->scoring_->Arrive(
      this->period_->Change([](ReceivedPeriod& received) { received.inputs.clear_assessments(); }));
  const v1::AwardProposal nobody = this->Preview();
  EXPECT_THAT(Proposed(nobody), ElementsAre("", "", ""));
  EXPECT_EQ(nobody.awards(1).open_count(), 2);
  EXPECT_EQ(nobody.contenders_size(), 6);

  this->scoring_->Arrive(this->period_->Change([](ReceivedPeriod& received) {
    received.inputs.mutable_pact()->mutable_scheme_content()->clear_awards();
  }));
  this->Preview("FAILED_PRECONDITION period: NO_AWARDS");
}

TEST(AwardSentencesTest, EachStandingSaysWhy) {
  using Candidate = domain::AwardCandidate;
  using Standing = Candidate::Standing;
  v1::ProposedAward award;
  award.set_display_name("Cờ");
  award.add_class_display_names("Xuất sắc");
  award.add_class_display_names("Tốt");
  v1::AwardContender contender;
  contender.set_rank(3);
  contender.set_ineligible_because("Bị kỷ luật (QĐ 1)");
  v1::AwardContender of_class = contender;
  of_class.set_class_id("kha");
  of_class.set_class_display_name("Khá");
  domain::AwardRule free, voted;
  voted.votes_at_least_percent = *domain::Decimal::Parse("66.5");
  const domain::VoteCount two_of_three = {2, 0, 1};
  const struct {
    const v1::AwardContender& contender;
    const domain::AwardRule& rule;
    Candidate candidate;
    bool after_votes;
    const char* expected;
  } kCases[] = {
      {contender,
       free,
       {0, Standing::kProposed, std::nullopt, 0, 0, false, true},
       true,
       "Xếp thứ 3, được đề nghị Cờ (tạm thời, còn tùy kết quả bỏ phiếu chưa ghi nhận)."},
      {contender,
       free,
       {0, Standing::kProposed, domain::VoteCount{9, 0, 0}, 4, 2},
       true,
       "Xếp thứ 3 (5 đơn vị đồng hạng), 9/9 phiếu đồng ý = 100%, thuộc 2 đơn vị nhiều phiếu nhất "
       "trong 4 đơn vị cùng xét: được đề nghị Cờ."},
      {contender,
       free,
       {0, Standing::kTied, two_of_three, 2, 1},
       true,
       "Xếp thứ 3 (5 đơn vị đồng hạng), còn 1 suất Cờ cho 2 đơn vị, 2/3 phiếu đồng ý ≈ 66,67%: "
       "chưa phân định được, cần phiếu của cùng một lần bỏ phiếu hoặc bỏ phiếu lại."},
      {contender,
       free,
       {0, Standing::kNotChosen, two_of_three, 4, 2},
       true,
       "Xếp thứ 3 (5 đơn vị đồng hạng), 2/3 phiếu đồng ý ≈ 66,67%, trong khi đã có đủ đơn vị cùng "
       "xét nhiều phiếu hơn: không được đề nghị Cờ."},
      {contender,
       voted,
       {0, Standing::kVotedDown},
       true,
       "Xếp thứ 3, chưa đạt mức ít nhất 66,5%: không được đề nghị Cờ."},
      {contender, free, {0, Standing::kProposed}, false, "Xếp thứ 3, được đề nghị Cờ."},
      {contender, free, {0, Standing::kProposed}, true, "Xếp thứ 3, được đề nghị Cờ."},
      {contender,
       free,
       {0, Standing::kProposed, two_of_three},
       true,
       "Xếp thứ 3, 2/3 phiếu đồng ý ≈ 66,67%: được đề nghị Cờ."},
      {contender,
       voted,
       {0, Standing::kProposed},
       false,
       "Xếp thứ 3, được đề nghị Cờ; cần ít nhất 66,5% số phiếu đồng ý."},
      {contender,
       voted,
       {0, Standing::kProposed},
       true,
       "Xếp thứ 3, chờ bỏ phiếu cho Cờ: cần ít nhất 66,5% số phiếu đồng ý."},
      {contender,
       voted,
       {0, Standing::kVotedDown, domain::VoteCount{1'329, 671, 0}},
       true,
       "Xếp thứ 3, 1.329/2.000 phiếu đồng ý = 66,45%, chưa đạt mức ít nhất 66,5%: không được đề "
       "nghị Cờ."},
      {contender,
       free,
       {0, Standing::kTied, std::nullopt, 2, 1, true},
       false,
       "Xếp thứ 3 (5 đơn vị đồng hạng), đang chờ bỏ phiếu cho danh hiệu xét trước; nếu không được "
       "chọn thì được xét 1 suất Cờ."},
      {contender,
       free,
       {0, Standing::kIneligible},
       false,
       "Xếp thứ 3 và giữ nguyên thứ hạng, nhưng không được xét Cờ: Bị kỷ luật (QĐ 1)."},
      {contender,
       free,
       {0, Standing::kOtherClass},
       false,
       "Xếp thứ 3, chưa được xếp loại, trong khi Cờ chỉ xét loại “Xuất sắc”, “Tốt”."},
      {of_class,
       free,
       {0, Standing::kOtherClass},
       false,
       "Xếp thứ 3, xếp loại “Khá”, trong khi Cờ chỉ xét loại “Xuất sắc”, “Tốt”."},
  };
  for (const auto& one : kCases) {
    EXPECT_EQ(AwardSentence(award, one.contender, 5, one.rule, one.candidate, one.after_votes),
              one.expected);
  }
}

TEST(AwardSentencesTest, WhatStandsAgainstAUnitIsShort) {
  v1::Ineligibility one;
  one.set_reason("Có đơn thư tố cáo.\nĐang xác minh.");
  one.set_authority("Thông báo 45/TB-TTr");
  EXPECT_EQ(IneligibleBecause({}), "");
  EXPECT_EQ(IneligibleBecause({one}), "Có đơn thư tố cáo. Đang xác minh (Thông báo 45/TB-TTr)");
  EXPECT_EQ(IneligibleBecause({one, one, one}),
            "Có đơn thư tố cáo. Đang xác minh (Thông báo 45/TB-TTr) và 2 việc khác");
  one.set_reason(std::string(2'000, 'x'));
  EXPECT_LT(IneligibleBecause({one}).size(), 120u);
}

// Whatever people called things.
TEST(AwardSentencesTest, AreShort) {
  using Standing = domain::AwardCandidate::Standing;
  std::string name;
  for (int i = 0; i < 300; ++i) name += "ữ";
  v1::ProposedAward award;
  award.set_display_name(name);
  for (int i = 0; i < 20; ++i) award.add_class_display_names(name);
  v1::Ineligibility against;
  against.set_reason(name);
  against.set_authority(name);
  v1::AwardContender contender;
  contender.set_unit_display_name(name);
  contender.set_rank(100);
  contender.set_class_id("k");
  contender.set_class_display_name(name);
  contender.set_ineligible_because(IneligibleBecause(std::vector<v1::Ineligibility>(20, against)));
  domain::AwardRule voted;
  voted.votes_at_least_percent = *domain::Decimal::Parse("66.666666667");
  for (const Standing standing :
       {Standing::kProposed, Standing::kTied, Standing::kIneligible, Standing::kOtherClass,
        Standing::kVotedDown, Standing::kNotChosen}) {
    for (const bool waits : {false, true}) {
      const domain::AwardCandidate candidate = {
          0, standing, domain::VoteCount{9'999, 10'000, 10'000}, 100, 99, waits, true};
      const std::string sentence = AwardSentence(award, contender, 100, voted, candidate, true);
      EXPECT_LE(CodePoints(sentence), kMaxSentence) << sentence;
    }
  }
  EXPECT_LE(CodePoints(NowIneligibleNote(contender, contender.ineligible_because())), kMaxSentence);
  EXPECT_LE(CodePoints(EligibleAgainNote(contender)), kMaxSentence);
}

}  // namespace
}  // namespace thidua::scoring
