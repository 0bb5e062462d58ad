// What is broken off, overtaken, or asked of several at once becomes final once or not at all.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/audit/on_record_testlib.h"
#include "services/domain/return_if_error.h"
#include "services/platform/errors.h"
#include "services/platform/mutation.h"
#include "services/platform/refusal_testlib.h"
#include "services/scoring/audited_resources.h"
#include "services/scoring/finality.h"
#include "services/scoring/finality_testlib.h"
#include "services/scoring/schema.h"
#include "services/storage/engines_testlib.h"

namespace thidua::scoring {
namespace {

using testing::IsEmpty;

using platform::Said;

template <typename Engine>
class InterruptedFinalityTest : public FinalityTest<Engine> {};

TYPED_TEST_SUITE(InterruptedFinalityTest, storage::Engines, storage::EngineNames);

// Killed before and after every call that it makes, what was begun is finished once: by the request
// sent again, or by scoring itself.
TYPED_TEST(InterruptedFinalityTest, BrokenOffAtEveryStepItIsFinishedOnce) {
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

TYPED_TEST(InterruptedFinalityTest, WithResultsIngestAwayTheIntentWaitsForIt) {
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
TYPED_TEST(InterruptedFinalityTest, WhatMovedWhileItWaitedIsRefused) {
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
TYPED_TEST(InterruptedFinalityTest, WhatAnotherEngineShowedIsNotMadeFinalAfterAnUpgrade) {
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
TYPED_TEST(InterruptedFinalityTest, WhatIsAnsweredIsNotResumed) {
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

TYPED_TEST(InterruptedFinalityTest, OfTwoAtOnceOneWins) {
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

TYPED_TEST(InterruptedFinalityTest, TheSameRequestFromManyIsAnsweredOnce) {
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

// results-ingest comes back with a new epoch between sealing and storing: the final is newer than
// what was shown of the sealed period under that epoch.
TYPED_TEST(InterruptedFinalityTest, AFinalIsNewerThanWhatWasShownUnderALaterEpoch) {
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
TYPED_TEST(InterruptedFinalityTest, APeriodOpenedBeforeTheFinalIsStoredIsNotFinal) {
  this->Report();
  this->Restart(-1, {.sealed = [&] {
    EXPECT_EQ(this->results_->Reopen(), "OK");
    this->Ranking(this->results_->Put(1, "35000"));
  }});
  EXPECT_EQ(this->Finalise(this->FinaliseRequest("chot")), "ABORTED revision: REVISION_MOVED");
  EXPECT_THAT(this->History().finals(), IsEmpty());
  EXPECT_EQ(this->Ranking().ranking().state(), v1::Ranking::STATE_PROVISIONAL);
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
  scoring_->AwaitStored();  // Whoever waits for the database from here on is the caller.
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

}  // namespace
}  // namespace thidua::scoring
