// What a final is for whoever reads it, and how long it stands.
#include "services/scoring/finality.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "services/audit/on_record_testlib.h"
#include "services/platform/refusal_testlib.h"
#include "services/scoring/audited_resources.h"
#include "services/scoring/finality_testlib.h"
#include "services/storage/engines_testlib.h"

namespace thidua::scoring {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using platform::Said;

constexpr char kSixMonths[] = "blocs/khoi-4/pacts/2019/periods/6-thang";
constexpr char kProvisional[] = "chưa phải kết quả thi đua chính thức";

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

}  // namespace
}  // namespace thidua::scoring
