// What GetRanking, BatchGetRankings and ListRankings answer of what is shown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/access/policy_testlib.h"
#include "services/platform/freshness.h"
#include "services/scoring/served_standing_testlib.h"

namespace thidua::scoring {
namespace {

using khoi4_2019::kPeriodName;
using testing::ElementsAre;
using testing::IsEmpty;

std::string PeriodOf(const std::string& bloc, const std::string& year = "2019",
                     const std::string& period = "6-thang") {
  return absl::StrCat("blocs/", bloc, "/pacts/", year, "/periods/", period);
}

class RankingsTest : public ServedStandingTest {
 protected:
  void Show(const std::string& period, int64_t version = 1) {
    ReceivedPeriod received = khoi4_2019::Received(version);
    received.inputs.set_name(period);
    Arrive(received);
  }
  std::string Get(const std::string& text, v1::GetRankingResponse* response) {
    response->Clear();
    return Ask(&v1::ScoringService::Stub::GetRanking, text, response);
  }
  std::string Batch(const std::string& text) {
    batch_.Clear();
    return Ask(&v1::ScoringService::Stub::BatchGetRankings, text, &batch_);
  }
  std::string List(const std::string& text = "") {
    list_.Clear();
    return Ask(&v1::ScoringService::Stub::ListRankings, text, &list_);
  }
  std::vector<std::string> Listed() const {
    std::vector<std::string> names;
    for (const v1::Ranking& ranking : list_.rankings()) names.push_back(ranking.name());
    return names;
  }

  v1::BatchGetRankingsResponse batch_;
  v1::ListRankingsResponse list_;
};

TEST_F(RankingsTest, SeveralAtOnceAreEachAsByGetRanking) {
  std::string periods;
  for (const char* bloc : {"khoi-4", "a", "b"}) {
    Show(PeriodOf(bloc));
    absl::StrAppend(&periods, "periods: '", PeriodOf(bloc), "' ");
  }
  for (const bool in_sight : {true, false}) {
    board_.SetInSight(in_sight);
    ASSERT_EQ(Batch(periods), "OK");
    ASSERT_EQ(batch_.rankings_size(), 3);
    int i = 0;
    for (const char* bloc : {"khoi-4", "a", "b"}) {
      v1::GetRankingResponse one;
      ASSERT_EQ(Get(absl::StrCat("period: '", PeriodOf(bloc), "'"), &one), "OK");
      EXPECT_EQ(one.stale(), !in_sight);
      EXPECT_EQ(batch_.rankings(i++).DebugString(), one.DebugString());
    }
  }
  ASSERT_EQ(Batch(absl::StrCat(periods, periods)), "OK");
  EXPECT_EQ(batch_.rankings_size(), 6) << "as they were asked for";
}

TEST_F(RankingsTest, ABatchSaysWhichOfItCannotBeAnswered) {
  Show(PeriodOf("a"));
  EXPECT_EQ(Batch(""), "INVALID_ARGUMENT periods: REQUIRED");
  EXPECT_EQ(Batch(absl::StrCat("periods: '", PeriodOf("a"), "' periods: '", PeriodOf("b"), "'")),
            "NOT_FOUND periods[1]: PERIOD_UNKNOWN");
  EXPECT_EQ(Batch(absl::StrCat("periods: '", PeriodOf("a"), "' periods: 'a' freshness_token: '",
                               platform::FreshnessToken("results:1", PeriodOf("a"), 1), "'")),
            "INVALID_ARGUMENT periods[1]: RESOURCE_NAME_INVALID");
  EXPECT_EQ(Batch(absl::StrCat("periods: '", PeriodOf("a"), "' freshness_token: '!'")),
            "INVALID_ARGUMENT freshness_token: FRESHNESS_TOKEN_INVALID");
  std::string many;
  for (int i = 0; i < 101; ++i) absl::StrAppend(&many, "periods: '", PeriodOf("a"), "' ");
  EXPECT_EQ(Batch(many), "INVALID_ARGUMENT periods: TOO_MANY");
}

TEST_F(RankingsTest, ARankingAnswersATokenThatAnotherReplicaWaitsFor) {
  Show(kPeriodName, 3);
  v1::GetRankingResponse response;
  ASSERT_EQ(Get(absl::StrCat("period: '", kPeriodName, "'"), &response), "OK");
  const auto vector = platform::ReadFreshnessToken(response.freshness_token());
  ASSERT_TRUE(vector.ok());
  std::vector<std::string> entries;
  for (const auto& entry : vector->entries()) {
    entries.push_back(absl::StrCat(entry.store_id(), " ", entry.resource(), " ", entry.version(),
                                   " ", entry.store_epoch_ms()));
  }
  EXPECT_THAT(entries, ElementsAre(absl::StrCat("results:1 ", kPeriodName, " 3 1564963200000"),
                                   absl::StrCat(" ", khoi4_2019::kPactName, " 1 0")));
  const std::string asked = absl::StrCat("period: '", kPeriodName, "' freshness_token: '",
                                         response.freshness_token(), "'");
  EXPECT_EQ(Get(asked, &response), "OK");
}

TEST_F(RankingsTest, WhatABackupTookBackIsNotShownToWhoKnowsTheStoreAsItIsSince) {
  ReceivedPeriod restored = khoi4_2019::Received(3);
  const ReceivedPeriod lost = khoi4_2019::Received(5);
  restored.store_epoch_ms = lost.store_epoch_ms + 1;
  Arrive(lost);
  v1::GetRankingRequest request;
  request.set_period(kPeriodName);
  request.set_freshness_token(platform::FreshnessToken(
      restored.store_id, kPeriodName, restored.inputs.version(), restored.store_epoch_ms));
  v1::GetRankingResponse response;
  EXPECT_EQ(Get(request.ShortDebugString(), &response), "UNAVAILABLE : FRESHNESS_NOT_REACHED");
  Arrive(restored);
  ASSERT_EQ(Get(request.ShortDebugString(), &response), "OK");
  EXPECT_EQ(response.ranking().period_version(), 3);
  // Who knows the state before the backup's and not that it was lost.
  request.set_freshness_token(
      platform::FreshnessToken(lost.store_id, kPeriodName, 2, lost.store_epoch_ms));
  EXPECT_EQ(Get(request.ShortDebugString(), &response), "OK");
}

// Between the looking and the reading, by another process, before anything newer has arrived.
TEST_F(RankingsTest, AFinalThatIsRevokedWhileItIsReadGivesNoWayToWhatIsOlderThanTheToken) {
  const ReceivedPeriod received = khoi4_2019::Received(4);
  const auto standing_of = [&received](PeriodFinality finality) {
    const auto standing = ComputeStanding(received, absl::UnixEpoch(), std::move(finality));
    EXPECT_TRUE(standing.ok()) << standing.status();
    return *standing;
  };
  const auto official = std::make_shared<Final>();
  official->number = 1;
  official->ranking = standing_of({})->ranking;
  official->record.set_results_store_id(received.store_id);
  official->record.set_period_version(4);
  ReceivedPeriod other = received;
  other.inputs.set_name(PeriodOf("b"));
  const std::string later =
      platform::FreshnessToken(received.store_id, kPeriodName, 5, received.store_epoch_ms);

  // What is said to a request that comes upon the final, when it is read for that.
  const auto asked = [&](auto method, auto request, auto response) {
    Board board(
        [&](const Snapshot&) -> absl::StatusOr<std::shared_ptr<const Standing>> {
          board.feed().Close();  // What is newer never comes.
          return standing_of({.number = 2, .official = nullptr});
        },
        {.standing_bytes = 0, .reply_bytes = 0});
    board.SetInSight(true);
    board.Put(standing_of({.number = 1, .official = official}));
    board.Put(khoi4_2019::StandingOf(other));  // What is kept, in the place of the final.
    EXPECT_TRUE(board.Find(kPeriodName)->is_final && board.Find(kPeriodName)->reply.empty());
    ScoringService service(*database_, board, *finality_);
    platform::LocalServer server(service);
    const auto stub = v1::ScoringService::NewStub(server.NewChannel());
    request.set_period(kPeriodName);
    request.set_freshness_token(later);
    grpc::ClientContext context;
    const std::string said = platform::SaidInFull(((*stub).*method)(&context, request, &response));
    EXPECT_EQ(board.Find(kPeriodName)->finality, 2);
    return said;
  };
  using Stub = v1::ScoringService::Stub;
  EXPECT_EQ(asked(&Stub::GetRanking, v1::GetRankingRequest(), v1::GetRankingResponse()),
            "UNAVAILABLE : FRESHNESS_NOT_REACHED");
  v1::GetScorecardRequest of_unit;
  of_unit.set_unit("units/so-y-te");
  EXPECT_EQ(asked(&Stub::GetScorecard, of_unit, v1::GetScorecardResponse()),
            "UNAVAILABLE : FRESHNESS_NOT_REACHED");
}

TEST_F(RankingsTest, AllAreListedByName) {
  for (const char* bloc : {"c", "a", "b"}) {
    for (const char* year : {"2020", "2019"}) {
      for (const char* period : {"nam", "6-thang"}) Show(PeriodOf(bloc, year, period));
    }
  }
  ASSERT_EQ(List("periods: 'blocs/b/pacts/-/periods/-'"), "OK");
  EXPECT_THAT(Listed(), ElementsAre(PeriodOf("b", "2019", "6-thang") + "/ranking",
                                    PeriodOf("b", "2019", "nam") + "/ranking",
                                    PeriodOf("b", "2020", "6-thang") + "/ranking",
                                    PeriodOf("b", "2020", "nam") + "/ranking"));
  EXPECT_THAT(list_.rankings(0).rows(), IsEmpty());
  EXPECT_EQ(list_.rankings(0).bloc_display_name(), "Khối thi đua 4");
  EXPECT_FALSE(list_.stale());
  ASSERT_EQ(List("periods: 'blocs/-/pacts/2019/periods/nam' with_rows: true"), "OK");
  EXPECT_EQ(list_.rankings_size(), 3);
  EXPECT_EQ(list_.rankings(0).rows_size(), 7);
  ASSERT_EQ(List(), "OK");
  EXPECT_EQ(list_.rankings_size(), 12);
  board_.SetInSight(false);
  ASSERT_EQ(List(), "OK");
  EXPECT_TRUE(list_.stale());
  EXPECT_EQ(List("periods: 'blocs/b'"), "INVALID_ARGUMENT periods: PATTERN_INVALID");
  EXPECT_EQ(List("page_size: -1"), "INVALID_ARGUMENT page_size: OUT_OF_RANGE");
}

TEST_F(RankingsTest, PagesGoOnByNameWhateverComesAndGoes) {
  for (const char* bloc : {"b", "d", "f", "h"}) Show(PeriodOf(bloc));
  ASSERT_EQ(List("page_size: 2"), "OK");
  EXPECT_THAT(Listed(), ElementsAre(PeriodOf("b") + "/ranking", PeriodOf("d") + "/ranking"));
  const std::string next = list_.next_page_token();
  for (const char* bloc : {"a", "c", "g"}) Show(PeriodOf(bloc));
  board_.Remove(PeriodOf("d"));
  board_.PutBroken(PeriodOf("f"), absl::DataLossError("broken"));
  ASSERT_EQ(List(absl::StrCat("page_size: 2 page_token: '", next, "'")), "OK");
  EXPECT_THAT(Listed(), ElementsAre(PeriodOf("g") + "/ranking", PeriodOf("h") + "/ranking"));
  EXPECT_EQ(list_.next_page_token(), "");
  EXPECT_EQ(List(absl::StrCat("with_rows: true page_size: 2 page_token: '", next, "'")),
            "INVALID_ARGUMENT page_token: PAGE_TOKEN_UNKNOWN");
}

// What is not public is for a reader as what is not there, however it is asked for.
TEST_F(RankingsTest, ReadersSeeWhatIsPublic) {
  const access::TestPolicy policy({
      {"reader", "grants {role: ROLE_READER}"},
      {"reporter", "units: 'units/so-y-te' grants {role: ROLE_REPORTER on: 'blocs/khoi-4'}"},
  });
  const auto callers = access::Callers::Open(policy.file());
  ASSERT_TRUE(callers.ok()) << callers.status();
  ScoringService asked(*database_, board_, *finality_);
  asked.SetCallers(callers->get());
  platform::LocalServer server(asked);
  const auto stub = v1::ScoringService::NewStub(server.NewChannel());
  const auto ask = [&](const std::string& who, auto method, const auto& request, auto& response) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", policy.BearerOf(who));
    response.Clear();
    return platform::SaidInFull(((*stub).*method)(&context, request, &response));
  };
  using Stub = v1::ScoringService::Stub;

  Show(PeriodOf("b"));
  ReceivedPeriod own_word = khoi4_2019::Received(1);
  *own_word.inputs.add_assessments() =
      khoi4_2019::Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_SELF, "199");
  Arrive(own_word);
  const auto shown = board_.Get(kPeriodName);
  ASSERT_TRUE(shown.ok());
  const v1::Ranking hidden = RankingIn(**shown);

  v1::GetRankingRequest get;
  v1::GetRankingResponse got;
  get.set_period("blocs/x/pacts/2019/periods/6-thang");
  const std::string unknown = ask("reader", &Stub::GetRanking, get, got);
  EXPECT_EQ(unknown, "NOT_FOUND period: PERIOD_UNKNOWN");
  get.set_period(kPeriodName);
  EXPECT_EQ(ask("reader", &Stub::GetRanking, get, got), unknown);
  EXPECT_EQ(ask("reporter", &Stub::GetRanking, get, got), "OK");
  // Nor whether what a token names has come: it is waited for, as where nothing is.
  get.set_freshness_token(platform::FreshnessToken(own_word.store_id, kPeriodName, 1));
  EXPECT_EQ(ask("reader", &Stub::GetRanking, get, got), "UNAVAILABLE : FRESHNESS_NOT_REACHED");
  get.set_period("blocs/x/pacts/2019/periods/6-thang");
  get.set_freshness_token(platform::FreshnessToken(own_word.store_id, get.period(), 1));
  EXPECT_EQ(ask("reader", &Stub::GetRanking, get, got), "UNAVAILABLE : FRESHNESS_NOT_REACHED");
  get.set_period(kPeriodName);
  get.clear_freshness_token();
  get.set_revision(hidden.revision());
  EXPECT_EQ(ask("reporter", &Stub::GetRanking, get, got), "OK");
  EXPECT_EQ(ask("reader", &Stub::GetRanking, get, got), "NOT_FOUND revision: REVISION_UNKNOWN");

  v1::BatchGetRankingsRequest batch;
  batch.add_periods(PeriodOf("b"));
  EXPECT_EQ(ask("reader", &Stub::BatchGetRankings, batch, batch_), "OK");
  batch.add_periods(std::string(kPeriodName));
  EXPECT_EQ(ask("reader", &Stub::BatchGetRankings, batch, batch_),
            "NOT_FOUND periods[1]: PERIOD_UNKNOWN");

  v1::ListRankingsRequest list;
  EXPECT_EQ(ask("reader", &Stub::ListRankings, list, list_), "OK");
  EXPECT_THAT(Listed(), ElementsAre(PeriodOf("b") + "/ranking"));
  list.set_periods("blocs/khoi-4/pacts/-/periods/-");
  EXPECT_EQ(ask("reporter", &Stub::ListRankings, list, list_), "OK");
  EXPECT_THAT(Listed(), ElementsAre(absl::StrCat(kPeriodName, "/ranking")));

  // Overtaken by one that somebody has looked at, it stays what it was.
  ReceivedPeriod checked = own_word;
  checked.inputs.set_version(2);
  *checked.inputs.add_assessments() =
      khoi4_2019::Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_BLOC, "150");
  Arrive(checked);
  EXPECT_EQ(ask("reporter", &Stub::GetRanking, get, got), "OK");
  EXPECT_EQ(ask("reader", &Stub::GetRanking, get, got), "NOT_FOUND revision: REVISION_UNKNOWN");
  get.clear_revision();
  EXPECT_EQ(ask("reader", &Stub::GetRanking, get, got), "OK");
}

}  // namespace
}  // namespace thidua::scoring
