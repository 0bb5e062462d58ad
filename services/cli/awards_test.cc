// Award proposals, votes and ineligibilities as the command asks for them and shows them.
#include "services/cli/awards.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/cli/ineligible.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::cli {
namespace {

using scoring::v1::AwardCandidate;
using scoring::v1::AwardProposal;
using scoring::v1::Ineligibility;
using scoring::v1::ProposedAward;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kPact[] = "blocs/khoi-4/pacts/2019";
constexpr char kPeriod[] = "blocs/khoi-4/pacts/2019/periods/nam";
constexpr char kFirst[] = "blocs/khoi-4/pacts/2019/periods/nam/awardProposals/1";

AwardCandidate Candidate(const char* unit, int rank, AwardCandidate::Standing standing,
                         const char* reason) {
  AwardCandidate one;
  one.set_unit(absl::StrCat("units/", unit));
  one.set_unit_display_name(unit);
  one.set_rank(rank);
  one.set_standing(standing);
  one.set_reason(reason);
  return one;
}

AwardProposal Proposal() {
  AwardProposal proposal;
  proposal.set_name(kFirst);
  proposal.set_period(kPeriod);
  proposal.set_bloc_display_name("Khối thi đua 4");
  proposal.set_period_display_name("Năm 2019");
  proposal.set_state(AwardProposal::STATE_STANDING);
  proposal.set_ranking_revision("000001578621600-000000000012-0004-0001");
  proposal.set_ranking_digest(std::string(64, 'a'));
  proposal.set_authority("Biên bản họp\x1B[31m Khối");
  proposal.mutable_propose_time()->set_seconds(1578621600);  // 10/01/2020 09:00 in Vietnam.
  ProposedAward& flag = *proposal.add_awards();
  flag.set_award_id("co");
  flag.set_display_name("Cờ thi đua của UBND tỉnh");
  flag.set_at_most(2);
  flag.add_class_display_names("Xuất sắc");
  flag.set_votes_at_least_percent("66.5");
  *flag.add_candidates() =
      Candidate("Sở Y tế", 1, AwardCandidate::STANDING_PROPOSED, "Xếp thứ 1, trước khi bỏ phiếu.");
  *flag.add_outcome() =
      Candidate("Sở Y tế", 1, AwardCandidate::STANDING_CARRIED, "Xếp thứ 1, đủ phiếu.");
  flag.mutable_outcome(0)->set_unit("units/so-y-te");
  flag.mutable_outcome(0)->mutable_votes()->set_yes_count(9);
  flag.mutable_outcome(0)->mutable_votes()->set_session("Biên bản 3");
  flag.mutable_outcome(0)->mutable_votes()->set_revision(1);
  *flag.add_outcome() =
      Candidate("Sở Du lịch", 2, AwardCandidate::STANDING_INELIGIBLE, "Đang bị thanh tra.");
  flag.set_open_count(1);
  ProposedAward& certificate = *proposal.add_awards();
  certificate.set_award_id("bang-khen");
  certificate.set_display_name("Bằng khen");
  certificate.set_at_most(1);
  certificate.set_waits(true);
  return proposal;
}

// Scoring, with what it is asked.
class FakeScoring : public scoring::v1::ScoringService::Service {
 public:
  FakeScoring() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  platform::Caller NewCaller() const {
    return platform::Caller({"", "", absl::StrCat("127.0.0.1:", port_)}, absl::Seconds(5));
  }

  grpc::Status GetRanking(grpc::ServerContext*, const scoring::v1::GetRankingRequest*,
                          scoring::v1::GetRankingResponse* response) override {
    response->mutable_ranking()->set_revision("r1");
    return grpc::Status::OK;
  }
  grpc::Status ListAwardProposals(grpc::ServerContext*,
                                  const scoring::v1::ListAwardProposalsRequest*,
                                  scoring::v1::ListAwardProposalsResponse* response) override {
    if (!proposal.name().empty()) *response->add_proposals() = proposal;
    return grpc::Status::OK;
  }
  grpc::Status GetAwardProposal(grpc::ServerContext*, const scoring::v1::GetAwardProposalRequest*,
                                scoring::v1::GetAwardProposalResponse* response) override {
    *response->mutable_proposal() = proposal;
    return grpc::Status::OK;
  }
  grpc::Status GetAwardPreview(grpc::ServerContext*, const scoring::v1::GetAwardPreviewRequest*,
                               scoring::v1::GetAwardPreviewResponse* response) override {
    *response->mutable_proposal() = Proposal();
    response->mutable_proposal()->clear_name();
    response->mutable_proposal()->set_state(AwardProposal::STATE_PREVIEW);
    response->set_stale(true);
    return grpc::Status::OK;
  }
  grpc::Status ProposeAwards(grpc::ServerContext*, const scoring::v1::ProposeAwardsRequest* request,
                             scoring::v1::ProposeAwardsResponse* response) override {
    proposed.push_back(*request);
    *response->mutable_proposal() = Proposal();
    return grpc::Status::OK;
  }
  grpc::Status RecordVotes(grpc::ServerContext*, const scoring::v1::RecordVotesRequest* request,
                           scoring::v1::RecordVotesResponse* response) override {
    voted.push_back(*request);
    *response->mutable_proposal() = proposal;
    return grpc::Status::OK;
  }
  grpc::Status ListAwardVotes(grpc::ServerContext*,
                              const scoring::v1::ListAwardVotesRequest* request,
                              scoring::v1::ListAwardVotesResponse* response) override {
    // One a page.
    const int revision = request->page_token().empty() ? 1 : std::stoi(request->page_token());
    if (revision <= revisions) response->add_votes()->set_revision(revision);
    if (revision < revisions) response->set_next_page_token(std::to_string(revision + 1));
    return grpc::Status::OK;
  }
  grpc::Status ListIneligibilities(grpc::ServerContext*,
                                   const scoring::v1::ListIneligibilitiesRequest* request,
                                   scoring::v1::ListIneligibilitiesResponse* response) override {
    // One a page.
    const int i = request->page_token().empty() ? 0 : std::stoi(request->page_token());
    if (i < static_cast<int>(against.size())) {
      *response->add_ineligibilities() = against[static_cast<size_t>(i)];
    }
    if (i + 1 < static_cast<int>(against.size())) {
      response->set_next_page_token(std::to_string(i + 1));
    }
    return grpc::Status::OK;
  }
  grpc::Status RecordIneligibility(grpc::ServerContext*,
                                   const scoring::v1::RecordIneligibilityRequest* request,
                                   scoring::v1::RecordIneligibilityResponse*) override {
    recorded.push_back(*request);
    return grpc::Status::OK;
  }

  AwardProposal proposal;  // The newest; without a name: none.
  int revisions = 0;       // Of the votes that are asked for.
  std::vector<Ineligibility> against;
  std::vector<scoring::v1::ProposeAwardsRequest> proposed;
  std::vector<scoring::v1::RecordVotesRequest> voted;
  std::vector<scoring::v1::RecordIneligibilityRequest> recorded;

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST(AwardPagesTest, AProposalIsShownAsTheVotesLeaveIt) {
  const std::string page = AwardsPage({Proposal(), false, ""}, 120);
  EXPECT_THAT(
      page,
      AllOf(HasSubstr("ĐỀ NGHỊ KHEN THƯỞNG · Khối thi đua 4 · Năm 2019"), HasSubstr(kFirst),
            HasSubstr("Lập lúc 10/01/2020 09:00:00"), HasSubstr("Theo kết quả chính thức"),
            HasSubstr("Cờ thi đua của UBND tỉnh (co) · 2 suất · loại Xuất sắc · ít nhất 66,5% số "
                      "phiếu"),
            HasSubstr("Xếp thứ 1, đủ phiếu."), HasSubstr("Không được xét"),
            HasSubstr("Còn 1 suất không có đơn vị nào"), HasSubstr("chờ bỏ phiếu cho danh hiệu")));
  EXPECT_THAT(page, Not(HasSubstr("trước khi bỏ phiếu")));
  EXPECT_THAT(page, Not(HasSubstr("\x1B"))) << "no text steers the terminal";
  AwardProposal old = Proposal();
  old.set_state(AwardProposal::STATE_SUPERSEDED);
  old.add_notes("Kết quả chính thức đã được thu hồi.");
  EXPECT_THAT(AwardsPage({old, false, ""}, 80),
              AllOf(HasSubstr("KHÔNG CÒN GIÁ TRỊ"), HasSubstr("đã được thu hồi")));
}

TEST(AwardPagesTest, WhatDependsOnMissingVotesIsSaidToBeProvisional) {
  AwardProposal proposal = Proposal();
  ProposedAward& flag = *proposal.mutable_awards(0);
  flag.mutable_outcome(0)->set_standing(AwardCandidate::STANDING_PROPOSED);
  flag.mutable_outcome(0)->clear_votes();
  ProposedAward& certificate = *proposal.mutable_awards(1);
  certificate.set_provisional(true);
  *certificate.add_outcome() =
      Candidate("Sở Du lịch", 2, AwardCandidate::STANDING_PROPOSED, "Xếp thứ 2.");
  certificate.mutable_outcome(0)->set_provisional(true);
  EXPECT_THAT(AwardsPage({proposal, false, ""}, 120),
              AllOf(HasSubstr("Chờ bỏ phiếu"), HasSubstr("Tạm đề nghị"),
                    HasSubstr("Tạm thời: còn tùy kết quả bỏ phiếu")));
  EXPECT_THAT(AwardsPage({Proposal(), false, ""}, 120), Not(HasSubstr("Tạm")));
}

TEST(AwardPagesTest, APreviewSaysThatItIsOne) {
  AwardProposal preview = Proposal();
  preview.set_state(AwardProposal::STATE_PREVIEW);
  preview.clear_name();
  preview.clear_ranking_digest();
  const std::string page = AwardsPage({preview, true, kFirst}, 100);
  EXPECT_THAT(page, AllOf(HasSubstr("XEM TRƯỚC"), HasSubstr("Theo xếp hạng tạm tính"),
                          HasSubstr("trước khi bỏ phiếu"), HasSubstr("CÓ THỂ CHƯA CẬP NHẬT"),
                          HasSubstr(absl::StrCat("không còn giá trị: ", kFirst))));
  EXPECT_THAT(page, Not(HasSubstr("đủ phiếu")));
}

TEST(AwardPagesTest, WhatWasOnlyValidatedIsSaidNotToBeStored) {
  scoring::v1::ProposeAwardsResponse made;
  *made.mutable_proposal() = Proposal();
  scoring::v1::RecordVotesResponse votes;
  votes.mutable_votes()->set_yes_count(9);
  EXPECT_THAT(ProposedPage(made, 80), HasSubstr("chưa có gì được lưu"));
  EXPECT_THAT(VotesPage(votes, 80),
              AllOf(HasSubstr("chưa có gì được lưu"), HasSubstr("PHIẾU SẼ GHI"),
                    HasSubstr("9 đồng ý"), Not(HasSubstr("ĐÃ GHI"))));
  made.set_freshness_token("x");
  votes.set_freshness_token("x");
  EXPECT_THAT(ProposedPage(made, 80), Not(HasSubstr("chưa có gì được lưu")));
  EXPECT_THAT(VotesPage(votes, 80),
              AllOf(HasSubstr("ĐÃ GHI PHIẾU"), Not(HasSubstr("chưa có gì được lưu"))));
}

TEST(AwardCommandTest, ShowsTheNewestThatStandsOrElseAPreview) {
  FakeScoring scoring;
  platform::Caller caller = scoring.NewCaller();
  auto shown = FindAwards(kPeriod, "", caller);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->proposal.state(), AwardProposal::STATE_PREVIEW);
  EXPECT_TRUE(shown->stale);
  EXPECT_EQ(shown->superseded, "");

  scoring.proposal = Proposal();
  shown = FindAwards(kPeriod, "", caller);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->proposal.name(), kFirst);
  EXPECT_FALSE(shown->stale);

  scoring.proposal.set_state(AwardProposal::STATE_SUPERSEDED);
  shown = FindAwards(kPeriod, "", caller);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->proposal.state(), AwardProposal::STATE_PREVIEW);
  EXPECT_EQ(shown->superseded, kFirst);
  shown = FindAwards(kFirst, "", caller);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->proposal.state(), AwardProposal::STATE_SUPERSEDED);
}

TEST(AwardCommandTest, TheSameWishIsTheSameRequest) {
  FakeScoring scoring;
  platform::Caller caller = scoring.NewCaller();
  ProposalWish wish = {kPeriod, "", "Biên bản", "", false};
  const auto propose = [&] {
    EXPECT_TRUE(ProposeAwards(wish, caller).ok());
    return scoring.proposed.back().request_id();
  };
  const auto newest = [&](int number, const char* authority) {
    scoring.proposal = Proposal();
    scoring.proposal.set_name(absl::StrCat(kPeriod, "/awardProposals/", number));
    scoring.proposal.set_ranking_revision("r1");
    scoring.proposal.set_authority(authority);
  };
  const std::string first = propose();
  EXPECT_NE(first, "");
  EXPECT_EQ(scoring.proposed[0].revision(), "r1") << "the one that is shown";
  newest(1, "Biên bản");
  EXPECT_EQ(propose(), first) << "the answer was lost";
  newest(2, "Biên bản");
  EXPECT_NE(propose(), first) << "it was replaced since";
  newest(1, "Biên bản");
  scoring.proposal.set_state(AwardProposal::STATE_SUPERSEDED);
  EXPECT_NE(propose(), first) << "it stands no more";
  newest(1, "Biên bản khác");
  EXPECT_NE(propose(), first) << "it is another one";
  wish.replaces = kFirst;
  const std::string second = propose();
  EXPECT_NE(second, first);
  newest(2, "Biên bản");
  EXPECT_EQ(propose(), second);
  newest(3, "Biên bản");
  EXPECT_NE(propose(), second);

  // Votes: once recorded they are the same; changed since and counted so again, they are not.
  scoring.proposal = Proposal();
  scoring.proposal.mutable_awards(0)->mutable_outcome(0)->clear_votes();
  const VoteWish vote = {kFirst, "co", "units/so-y-te", "9", "0", "0", "Biên bản 3", "", false};
  ASSERT_TRUE(RecordVotes(vote, caller).ok());
  scoring.proposal = Proposal();
  ASSERT_TRUE(RecordVotes(vote, caller).ok());
  scoring.proposal.mutable_awards(0)->mutable_outcome(0)->mutable_votes()->set_yes_count(8);
  scoring.proposal.mutable_awards(0)->mutable_outcome(0)->mutable_votes()->set_revision(2);
  ASSERT_TRUE(RecordVotes(vote, caller).ok());
  EXPECT_EQ(scoring.voted[0].yes_count(), 9);
  EXPECT_EQ(scoring.voted[0].session(), "Biên bản 3");
  EXPECT_EQ(scoring.voted[1].request_id(), scoring.voted[0].request_id());
  EXPECT_NE(scoring.voted[2].request_id(), scoring.voted[0].request_id());
  // The unit has left the line: it is refused, and not answered as when it was in it.
  scoring.proposal.mutable_awards(0)->clear_outcome();
  scoring.revisions = 2;
  ASSERT_TRUE(RecordVotes(vote, caller).ok());
  EXPECT_NE(scoring.voted[3].request_id(), scoring.voted[0].request_id());
  EXPECT_NE(scoring.voted[3].request_id(), scoring.voted[1].request_id());
  VoteWish wrong = vote;
  wrong.no = "không";
  const auto refused = RecordVotes(wrong, caller);
  ASSERT_EQ(domain::FaultsOf(refused.status()).size(), 1u);
  EXPECT_EQ(domain::FaultsOf(refused.status())[0].path, "no_count");

  // Against a unit: once lifted, the same is recorded anew.
  const IneligibilityWish against = {kPact, "units/so-y-te", "", "Thanh tra", "QĐ 5", false};
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(RecordIneligibility(against, caller).ok());
    scoring.against.resize(1);
  }
  scoring.against[0].mutable_lift_time()->set_seconds(1);
  ASSERT_TRUE(RecordIneligibility(against, caller).ok());
  EXPECT_EQ(scoring.recorded[1].request_id(), scoring.recorded[0].request_id());
  EXPECT_NE(scoring.recorded[2].request_id(), scoring.recorded[0].request_id());
}

TEST(IneligiblePagesTest, AllPagesAreShownWithWhatWasLifted) {
  FakeScoring scoring;
  platform::Caller caller = scoring.NewCaller();
  EXPECT_THAT(IneligibilitiesPage(kPact, *ListIneligibilities(kPact, "", caller), 80),
              HasSubstr("Chưa ghi nhận"));
  Ineligibility one;
  one.set_name(absl::StrCat(kPact, "/ineligibilities/1"));
  one.set_unit("units/so-y-te");
  one.set_unit_display_name("Sở Y tế");
  one.set_reason("Đang bị thanh tra\x1B");
  one.set_authority("Quyết định 5");
  one.mutable_record_time()->set_seconds(1578621600);
  scoring.against = {one, one};
  scoring.against[1].set_lift_reason("Đã kết luận");
  scoring.against[1].set_lift_authority("Kết luận 9");
  scoring.against[1].mutable_lift_time()->set_seconds(1578708000);
  const std::string page = IneligibilitiesPage(kPact, *ListIneligibilities(kPact, "", caller), 80);
  EXPECT_THAT(page, AllOf(HasSubstr("KHÔNG ĐƯỢC XÉT · Sở Y tế (units/so-y-te)"),
                          HasSubstr("Ghi nhận lúc: 10/01/2020 09:00:00"), HasSubstr("Quyết định 5"),
                          HasSubstr("ĐÃ GỠ · Sở Y tế"), HasSubstr("Gỡ lúc: 11/01/2020 09:00:00"),
                          HasSubstr("Lý do gỡ: Đã kết luận"), HasSubstr("/ineligibilities/1")));
  EXPECT_THAT(page, Not(HasSubstr("\x1B")));
  EXPECT_THAT(IneligibilityPage(one, "", 80), HasSubstr("chưa có gì được lưu"));
  EXPECT_THAT(IneligibilityPage(one, "x", 80), Not(HasSubstr("chưa có gì được lưu")));
}

}  // namespace
}  // namespace thidua::cli
