// The judge of histories is judged: a history of a suite that does all right is found right, and
// one in which a single thing is wrong is found wrong for that and for nothing else.
#include "tests/faults/history_checker.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/domain/assessment.h"
#include "services/domain/decimal.h"
#include "services/domain/ranking.h"
#include "services/domain/scoring.h"
#include "services/messages/khoi4_2019_pact_testlib.h"
#include "services/messages/pact.h"
#include "services/messages/result.h"
#include "services/scoring/number_wording.h"
#include "tests/faults/oracle_ranking.h"

namespace thidua::tests {
namespace {

using faults::History;
using results::v1::PeriodInputs;
using results::v1::Result;
using scoring::MachineShort;
using scoring::v1::Ranking;

constexpr char kPeriod[] = "blocs/khoi-4/pacts/2019/periods/nam";
constexpr char kTargets[] = "blocs/khoi-4/pacts/2019/targets/";

// As scoring ranks it: the engine's numbers.
Ranking Ranked(const PeriodInputs& inputs, int finality, int64_t epoch_ms) {
  const domain::Pact pact = *messages::ReadPact("pact", inputs.pact());
  std::vector<domain::Result> results;
  for (const Result& result : inputs.results()) results.push_back(*messages::ReadResult(result));
  const std::vector<domain::AssessedPoints> assessed;
  const domain::PeriodScore scored(pact, results, assessed);
  Ranking ranking;
  ranking.set_name(absl::StrCat(inputs.name(), "/ranking"));
  ranking.set_state(Ranking::STATE_PROVISIONAL);
  ranking.set_period_version(inputs.version());
  ranking.set_pact_version(inputs.pact().version());
  ranking.set_scheme(inputs.pact().scheme());
  ranking.set_revision(
      absl::StrFormat("%04d-%015d-%012d-%04d", finality, epoch_ms, inputs.version(), 5));
  for (const domain::Place& place : domain::Rank(scored)) {
    scoring::v1::RankingRow& row = *ranking.add_rows();
    const domain::UnitScore& score = scored.units()[place.unit];
    row.set_rank(place.rank);
    row.set_shared(place.shared);
    row.set_unit(absl::StrCat("units/", pact.members[place.unit].unit));
    row.set_points(MachineShort(score.points));
    row.set_bonus(MachineShort(score.bonus));
    row.set_total(MachineShort(score.total()));
    row.set_assigned_points(MachineShort(score.assigned_points));
    if (const auto share = score.share(); share.has_value()) {
      row.set_percent_of_assigned(MachineShort(*share * 100));
    }
  }
  return ranking;
}

// A suite that is never wrong: three figures are reported, the first is asked for once more, the
// year is made final, revoked and made final again; then the store of results is put back as it was
// after the second figure, and goes on from there.
class HistoryCheckerTest : public testing::Test {
 protected:
  HistoryCheckerTest() {
    PeriodInputs inputs;
    inputs.set_name(kPeriod);
    inputs.set_version(4);
    *inputs.mutable_pact() = messages::khoi4_2019::PactMessage();
    Begin(inputs, 1'000);
    for (int i = 1; i <= 3; ++i) {
      std::vector<std::pair<std::string, std::string>> rows = {
          {absl::StrCat("chi-tieu-", i), absl::StrCat(100 * i)}};
      if (i == 3) rows.emplace_back("chi-tieu-4", "400");
      Write(rows);
      Read("scoring", ShownNow(), now_.version());
      if (i == 1) Repeat();
      if (i == 2) backed_up_ = {now_, history_.lives(0).stored()};
    }
    Read("redis", ShownNow(), 0);
    Register("mot", "Đơn vị mới số 1");
    Register("hai", "Đơn vị mới số 2");
    history_.add_sealings()->set_period(kPeriod);
    history_.mutable_sealings(0)->mutable_span()->set_answered_us(50);
    const int first = Finalise();
    Read("replica", first, now_.version());
    Revoke();
    Write({{"chi-tieu-1", "150"}});
    Finalise();
    Revoke();
    Read("redis", ShownNow(), 0);
    End();
    Begin(backed_up_.inputs, 2'000);
    *history_.mutable_lives(1)->mutable_stored() = backed_up_.stored;
    history_.mutable_lives(1)->set_writes_before_backup(2);
    Write({{"chi-tieu-2", "260"}});
    Read("redis", ShownNow(), now_.version());
    End();
  }

  void Begin(const PeriodInputs& inputs, int64_t epoch_ms) {
    now_ = inputs;
    epoch_ms_ = epoch_ms;
    History::Life& life = *history_.add_lives();
    life.set_first_epoch_ms(epoch_ms);
    *life.add_begun() = inputs;
  }
  void End() { *history_.mutable_lives()->rbegin()->add_ended() = now_; }

  // Targets and figures.
  void Write(const std::vector<std::pair<std::string, std::string>>& rows) {
    now_.set_version(now_.version() + 1);
    History::Write& write = *history_.add_writes();
    write.set_life(history_.lives_size() - 1);
    write.set_attempts(1);
    write.set_request_id(absl::StrCat("request-", history_.writes_size()));
    write.set_period(kPeriod);
    write.set_outcome(History::OUTCOME_ACKNOWLEDGED);
    write.set_period_version(now_.version());
    write.mutable_answer()->set_period_version(now_.version());
    for (const auto& [target, figure] : rows) {
      Result* result = nullptr;
      for (Result& one : *now_.mutable_results()) {
        if (one.target() == kTargets + target) result = &one;
      }
      if (result == nullptr) result = now_.add_results();
      result->set_target(kTargets + target);
      result->mutable_actual()->set_value(figure);
      result->set_revision(result->revision() + 1);

      History::Write::Row& row = *write.add_rows();
      row.set_target(result->target());
      row.set_figure(figure);
      row.set_revision(result->revision());
      write.mutable_answer()->add_outcomes()->set_revision(result->revision());

      Result& stored = *history_.mutable_lives()->rbegin()->add_stored();
      stored = *result;
      stored.set_name(absl::StrCat(kPeriod, "/results/", target));
      stored.set_note(write.request_id());
    }
  }

  // The write just made is asked for once more.
  void Repeat() {
    History::Write& write = *history_.mutable_writes()->rbegin();
    History::Write::Repeat& repeat = *write.add_repeats();
    repeat.set_outcome(History::OUTCOME_ACKNOWLEDGED);
    *repeat.mutable_answer() = write.answer();
  }

  void Register(const std::string& unit, const std::string& display_name) {
    History::Registration& one = *history_.add_registrations();
    one.set_unit(kRegisteredPrefix + unit);
    one.set_display_name(display_name);
    one.set_outcome(History::OUTCOME_ACKNOWLEDGED);
    registry::v1::Unit& stored = *history_.add_units();
    stored.set_name(one.unit());
    stored.set_display_name(display_name);
  }

  // The index of what scoring shows now.
  int ShownNow() {
    const Ranking ranking = Ranked(now_, finality_, epoch_ms_);
    for (int i = 0; i < history_.rankings_size(); ++i) {
      if (history_.rankings(i).revision() == ranking.revision()) return i;
    }
    *history_.add_rankings() = ranking;
    return history_.rankings_size() - 1;
  }
  void Read(const std::string& where, int ranking, int64_t version_known) {
    History::Read& read = *history_.add_reads();
    read.set_where(where);
    read.set_period(kPeriod);
    read.set_ranking(ranking);
    if (version_known == 0) return;
    read.mutable_known()->set_life(history_.lives_size() - 1);
    read.mutable_known()->set_version(version_known);
    read.mutable_known()->set_finality(finality_);
  }

  int Finalise() {
    now_.set_version(now_.version() + 1);
    now_.add_seals()->set_version(now_.version());
    ++finality_;
    const int ranking = ShownNow();
    history_.mutable_rankings(ranking)->set_state(Ranking::STATE_FINAL);
    for (auto* list : {history_.mutable_finals(), history_.mutable_on_record()}) {
      History::Final& one = *list->Add();
      one.set_period(kPeriod);
      one.set_ranking(ranking);
    }
    return ranking;
  }
  void Revoke() {
    now_.set_version(now_.version() + 1);
    now_.mutable_seals()->rbegin()->set_reopen_version(now_.version());
    ++finality_;
    history_.mutable_finals()->rbegin()->mutable_revoked();
    history_.mutable_on_record()->rbegin()->mutable_revoked();
  }

  std::vector<std::string> Found() const {
    std::vector<std::string> kinds;
    for (const Violation& violation : Judge(history_).violations) {
      const std::string kind = NameOf(violation.kind);
      if (kinds.empty() || kinds.back() != kind) kinds.push_back(kind);
    }
    return kinds;
  }

  History history_;

 private:
  struct {
    PeriodInputs inputs;
    google::protobuf::RepeatedPtrField<Result> stored;
  } backed_up_;
  PeriodInputs now_;
  int finality_ = 0;
  int64_t epoch_ms_ = 0;
};

TEST_F(HistoryCheckerTest, ASuiteThatDoesAllRightIsFoundRight) {
  const Judgement judgement = Judge(history_);
  for (const Violation& violation : judgement.violations) {
    ADD_FAILURE() << NameOf(violation.kind) << ": " << violation.what;
  }
  EXPECT_EQ(judgement.counts.at("writes acknowledged"), 5);
  EXPECT_EQ(judgement.counts.at("writes asked once more"), 1);
  EXPECT_EQ(judgement.counts.at("versions"), 9);
  EXPECT_EQ(judgement.counts.at("finals"), 2);
  EXPECT_EQ(judgement.counts.at("different rankings shown"), 7);
  EXPECT_EQ(judgement.counts.at("reads with a token"), 5);
}

// No fsync of the service comes to pass from 10 to 20.
void AddUnsynced(History& history, const std::string& service) {
  History::Blow& blow = *history.add_blows();
  blow.set_not_synced(service);
  blow.mutable_span()->set_asked_us(10);
  blow.mutable_span()->set_answered_us(20);
}
void SetMeanwhile(History::Span& span) {
  span.set_asked_us(11);
  span.set_answered_us(19);
}

// A request like that one, which was refused.
History::Write& AddRefused(History& history, int like, const std::string& reason) {
  History::Write& write = *history.add_writes();
  write = history.writes(like);
  write.set_request_id("request-refused");
  write.set_outcome(History::OUTCOME_REFUSED);
  write.set_reason(reason);
  return write;
}

// By one in the last digit that contracts print.
std::string JustMore(const std::string& points) {
  const domain::Decimal read = *domain::Decimal::Parse(points);
  int64_t coefficient = read.coefficient();
  for (int scale = read.scale(); scale < 4; ++scale) coefficient *= 10;
  return MachineShort(*domain::Decimal::FromParts(coefficient + 1, 4));
}

struct Bug {
  const char* name;
  std::vector<std::string> found;
  std::function<void(History&)> plant;
};
void PrintTo(const Bug& bug, std::ostream* out) { *out << bug.name; }

class PlantedBug : public HistoryCheckerTest, public testing::WithParamInterface<Bug> {};

TEST_P(PlantedBug, IsFoundAndNothingElse) {
  GetParam().plant(history_);
  EXPECT_EQ(Found(), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    All, PlantedBug,
    testing::Values(
        Bug{"AWriteThatIsNeverAnswered",
            {"UNANSWERED"},
            [](History& history) {
              History::Write& write = *history.add_writes();
              write = history.writes(0);
              write.set_request_id("request-open");
              write.set_outcome(History::OUTCOME_OPEN);
            }},
        Bug{"ASoundWriteIsRefused",
            {"REFUSED"},
            [](History& history) { AddRefused(history, 0, "OUT_OF_RANGE"); }},
        Bug{"AWriteMeetsASealThatIsNoMore",
            {"REFUSED"},
            [](History& history) {
              History::Write& write = AddRefused(history, 0, "PERIOD_SEALED");
              write.mutable_span()->set_asked_us(51);
              write.mutable_span()->set_answered_us(52);
            }},
        Bug{"AWriteMeetsASealOfAnotherPeriod",
            {"REFUSED"},
            [](History& history) {
              AddRefused(history, 0, "PERIOD_SEALED");
              history.mutable_sealings(0)->set_period("blocs/khoi-4/pacts/2019/periods/6-thang");
            }},
        Bug{"AWriteIsAnsweredOtherwiseWhenItIsAskedOnceMore",
            {"NOT_REPEATED"},
            [](History& history) {
              history.mutable_writes(0)->mutable_repeats(0)->mutable_answer()->set_freshness_token(
                  "x");
            }},
        Bug{"AWriteIsRefusedWhenItIsAskedOnceMore",
            {"NOT_REPEATED"},
            [](History& history) {
              History::Write::Repeat& repeat = *history.mutable_writes(0)->mutable_repeats(0);
              repeat.set_outcome(History::OUTCOME_REFUSED);
              repeat.set_reason("PERIOD_SEALED");
            }},
        Bug{"AWriteIsNeverAnsweredWhenItIsAskedOnceMore",
            {"UNANSWERED"},
            [](History& history) {
              history.mutable_writes(0)->mutable_repeats(0)->set_outcome(History::OUTCOME_OPEN);
            }},
        Bug{"AWriteIsAcknowledgedThatNothingSynced",
            {"UNSYNCED"},
            [](History& history) {
              AddUnsynced(history, "results-ingest");
              SetMeanwhile(*history.mutable_writes(1)->mutable_span());
            }},
        Bug{"AFinalIsAnsweredThatNothingSynced",
            {"UNSYNCED"},
            [](History& history) {
              AddUnsynced(history, "scoring");
              SetMeanwhile(*history.mutable_finals(1)->mutable_made());
            }},
        Bug{"ARevocationIsAnsweredThatNothingSynced",
            {"UNSYNCED"},
            [](History& history) {
              AddUnsynced(history, "scoring");
              SetMeanwhile(*history.mutable_finals(1)->mutable_revoked());
            }},
        Bug{"AUnitIsTakenInThatNothingSynced",
            {"UNSYNCED"},
            [](History& history) {
              AddUnsynced(history, "registry");
              SetMeanwhile(*history.mutable_registrations(1)->mutable_span());
            }},
        Bug{"AUnitIsGone",
            {"LOST"},
            [](History& history) { history.mutable_units()->RemoveLast(); }},
        Bug{"AUnitHasAnotherName",
            {"LOST"},
            [](History& history) { history.mutable_units(0)->set_display_name("Khác"); }},
        Bug{"AUnitIsThereTwice",
            {"DOUBLED"},
            [](History& history) { *history.add_units() = history.units(0); }},
        Bug{"AUnitIsThereThatNobodyRegistered",
            {"NOBODY_WROTE"},
            [](History& history) { history.mutable_registrations()->RemoveLast(); }},
        Bug{"AUnitIsRefused",
            {"REFUSED"},
            [](History& history) {
              history.mutable_registrations(1)->set_outcome(History::OUTCOME_REFUSED);
            }},
        Bug{"ABatchIsStoredByHalf",
            {"LOST"},
            [](History& history) {
              // The other half of what was asked with it is there.
              history.mutable_lives(0)->mutable_stored()->DeleteSubrange(3, 1);
            }},
        Bug{"ALifeHasNoEnd",
            {"UNKNOWN_VERSION"},
            [](History& history) { history.mutable_lives(1)->clear_ended(); }},
        Bug{"ARankingIsOfAnotherPact",
            {"WRONG_RANKING"},
            [](History& history) { history.mutable_rankings(2)->set_pact_version(7); }},
        Bug{"ARankingIsByAnotherScheme",
            {"WRONG_RANKING"},
            [](History& history) {
              history.mutable_rankings(2)->set_scheme("schemes/x/versions/1");
            }},
        Bug{"AClientIsToldWhatNobodyMayBeTold",
            {"COMPLAINT"},
            [](History& history) { history.add_complaints("redis: unreadable protobuf"); }},
        Bug{"AnAcknowledgedRevisionIsGone",
            {"LOST"},
            [](History& history) { history.mutable_lives(1)->mutable_stored()->RemoveLast(); }},
        Bug{"AnAcknowledgedFigureIsAnother",
            {"LOST"},
            [](History& history) {
              history.mutable_lives(0)->mutable_stored(2)->mutable_actual()->set_value("301");
            }},
        Bug{"TheEndForgetsAFigure",
            {"LOST"},
            [](History& history) {
              history.mutable_lives(0)->mutable_ended(0)->mutable_results()->RemoveLast();
            }},
        Bug{"ARequestIsStoredTwice",
            {"DOUBLED"},
            [](History& history) {
              Result& twice = *history.mutable_lives(0)->add_stored();
              twice = history.lives(0).stored(2);
              twice.set_revision(2);
            }},
        Bug{"ARefusedRequestIsStored",
            {"DOUBLED"},
            [](History& history) {
              const History::Write& write = AddRefused(history, 2, "PERIOD_SEALED");
              Result& stored = *history.mutable_lives(0)->add_stored();
              stored = history.lives(0).stored(2);
              stored.set_note(write.request_id());
              stored.set_revision(2);
            }},
        Bug{"TheStoreHasWhatNobodyWrote",
            {"NOBODY_WROTE"},
            [](History& history) {
              Result& stored = *history.mutable_lives(0)->add_stored();
              stored = history.lives(0).stored(2);
              stored.set_note("request-of-nobody");
              stored.set_revision(2);
            }},
        Bug{"AVersionIsLeftOut",
            {"GAP"},
            [](History& history) {
              PeriodInputs& ended = *history.mutable_lives(1)->mutable_ended(0);
              ended.set_version(ended.version() + 1);
            }},
        Bug{"TwoWritesAreAnsweredOneVersion",
            {"GAP"},
            [](History& history) {
              // The second's own is then nobody's.
              history.mutable_writes(1)->set_period_version(history.writes(0).period_version());
              history.mutable_rankings()->Clear();
              history.mutable_reads()->Clear();
              history.mutable_finals()->Clear();
              history.mutable_on_record()->Clear();
              history.mutable_lives()->RemoveLast();
              history.mutable_writes()->RemoveLast();
              history.mutable_lives(0)->mutable_ended(0)->mutable_results()->DeleteSubrange(1, 1);
            }},
        Bug{"ARevisionIsLeftOut",
            {"GAP"},
            [](History& history) {
              History::Write& write = *history.mutable_writes(4);
              write.mutable_rows(0)->set_revision(3);
              history.mutable_lives(1)->mutable_stored()->rbegin()->set_revision(3);
              history.mutable_lives(1)->mutable_ended(0)->mutable_results(1)->set_revision(3);
            }},
        Bug{"ARestoreForgetsAFigure",
            {"RESTORED_WRONG"},
            [](History& history) {
              // Neither counts in the end, for which another figure of that target was told.
              history.mutable_lives(1)
                  ->mutable_begun(0)
                  ->mutable_results(1)
                  ->mutable_actual()
                  ->set_value("201");
            }},
        Bug{"ABackupMissesWhatWasAcknowledgedBefore",
            {"RESTORED_WRONG"},
            [](History& history) { history.mutable_lives(1)->set_writes_before_backup(3); }},
        Bug{"ARestoreSealsWhatWasOpen",
            {"RESTORED_WRONG"},
            [](History& history) {
              history.mutable_lives(1)->mutable_begun(0)->add_seals()->set_version(6);
            }},
        Bug{"ARestoreForgetsAnOlderRevision",
            {"LOST", "GAP"},
            [](History& history) {
              history.mutable_lives(1)->mutable_stored()->DeleteSubrange(1, 1);
            }},
        Bug{"ARankingOfAVersionThatIsNotYet",
            {"UNKNOWN_VERSION"},
            [](History& history) {
              Ranking& ranking = *history.add_rankings();
              ranking = history.rankings(0);
              ranking.set_period_version(99);
              ranking.set_revision("0000-000000000001000-000000000099-0005");
            }},
        Bug{"ARankingWhoseRevisionIsOfAnotherVersion",
            {"UNKNOWN_VERSION"},
            [](History& history) {
              Ranking& ranking = *history.add_rankings();
              ranking = history.rankings(1);
              ranking.set_period_version(5);
            }},
        Bug{"ARankIsSwapped",
            {"WRONG_RANKING"},
            [](History& history) {
              history.mutable_rankings(2)->mutable_rows(0)->mutable_unit()->swap(
                  *history.mutable_rankings(2)->mutable_rows(1)->mutable_unit());
            }},
        Bug{"APointIsOffByATenthousandth",
            {"WRONG_RANKING"},
            [](History& history) {
              scoring::v1::RankingRow& row = *history.mutable_rankings(2)->mutable_rows(0);
              row.set_points(JustMore(row.points()));
            }},
        Bug{"OneRevisionHasTwoRankings",
            {"WRONG_RANKING"},
            [](History& history) {
              *history.add_rankings() = history.rankings(0);
              history.mutable_rankings()->rbegin()->add_notes("Khác");
            }},
        Bug{"AReadIsOlderThanItsToken",
            {"OLDER_THAN_TOKEN"},
            [](History& history) { history.mutable_reads(1)->set_ranking(0); }},
        Bug{"AReadIsOlderThanWhatWasSeen",
            {"OLDER_THAN_TOKEN"},
            [](History& history) {
              History::Read& read = *history.mutable_reads(1);
              read.set_seen(1);
              read.set_ranking(0);
            }},
        Bug{"AReadIsOfAnOlderVersionUnderALaterFinality",
            {"OLDER_THAN_TOKEN"},
            [](History& history) {
              Ranking& ranking = *history.add_rankings();
              ranking = history.rankings(1);
              ranking.set_revision("0004" + ranking.revision().substr(4));
              History::Read& read = *history.mutable_reads(1);
              read.set_seen(2);
              read.set_ranking(history.rankings_size() - 1);
            }},
        Bug{"WhoSawWhatARestoreTookBackIsShownLess",
            {"OLDER_THAN_TOKEN"},
            [](History& history) { history.mutable_reads()->rbegin()->set_seen(4); }},
        Bug{"AReadIsOfALifeBeforeItsToken",
            {"OLDER_THAN_TOKEN"},
            [](History& history) {
              history.mutable_reads()->rbegin()->set_redis_life(1);
              history.mutable_reads()->rbegin()->set_ranking(2);
            }},
        Bug{"AReadIsShownAFinalThatWasRevokedBefore",
            {"OLDER_THAN_TOKEN"},
            [](History& history) {
              // It knew of the figure after the revocation, and no more.
              History::Read& read = *history.mutable_reads(4);
              read.mutable_span()->set_asked_us(20);
              read.mutable_known()->set_version(10);
              history.mutable_finals(0)->mutable_revoked()->set_answered_us(10);
            }},
        Bug{"AReadDoesNotKnowOfTheFinal",
            {"OLDER_THAN_TOKEN"},
            [](History& history) {
              Ranking& ranking = *history.add_rankings();
              ranking = history.rankings(3);
              ranking.set_state(Ranking::STATE_PROVISIONAL);
              ranking.set_revision("0000" + ranking.revision().substr(4));
              history.mutable_reads(4)->set_ranking(history.rankings_size() - 1);
            }},
        Bug{"RedisGoesBack",
            {"WENT_BACK"},
            [](History& history) { *history.add_reads() = history.reads(3); }},
        Bug{"AFinalIsNotOnRecord",
            {"FINAL_CHANGED"},
            [](History& history) { history.mutable_on_record()->RemoveLast(); }},
        Bug{"AFinalIsOnRecordInOtherWords",
            {"FINAL_CHANGED"},
            [](History& history) {
              *history.add_rankings() = history.rankings(3);
              history.mutable_rankings()->rbegin()->add_notes("Khác");
              history.mutable_on_record(0)->set_ranking(history.rankings_size() - 1);
            }},
        Bug{"AFinalIsMadeTwice",
            {"FINAL_CHANGED"},
            [](History& history) { *history.add_on_record() = history.on_record(0); }},
        Bug{"ARevocationIsForgotten",
            {"FINAL_CHANGED"},
            [](History& history) { history.mutable_on_record(0)->clear_revoked(); }},
        Bug{"AFinalIsOfTheVersionBeforeItsSeal",
            {"NOT_SEALED"},
            [](History& history) {
              // Of the same figures, as a seal changes none.
              Ranking& ranking = *history.mutable_rankings(3);
              ranking.set_period_version(7);
              ranking.set_revision("0001-000000000001000-000000000007-0005");
            }},
        Bug{"AFinalIsOfWhatARestoreTookBack",
            {"NOT_SEALED"},
            [](History& history) {
              // The store as it is since was sealed as that version too.
              history.mutable_lives(1)->mutable_ended(0)->add_seals()->set_version(11);
              history.mutable_finals(1)->set_life(1);
            }},
        Bug{"AWriteIsAcknowledgedWhileThePeriodIsSealed",
            {"SEAL_BROKEN"},
            [](History& history) {
              // Before the reopening instead of after it.
              history.mutable_writes(3)->set_period_version(9);
              history.mutable_lives(0)->mutable_ended(0)->mutable_seals(0)->set_reopen_version(10);
            }},
        Bug{"AWriteIsAcknowledgedThoughNobodyOpenedThePeriodAgain",
            {"SEAL_BROKEN"},
            [](History& history) {
              history.mutable_lives(1)->mutable_ended(0)->add_seals()->set_version(6);
            }},
        Bug{"AFinalIsShownThatNobodyMade",
            {"FINAL_CHANGED"},
            [](History& history) {
              history.mutable_rankings(0)->set_state(Ranking::STATE_FINAL);
            }}),
    [](const testing::TestParamInfo<Bug>& bug) { return bug.param.name; });

}  // namespace
}  // namespace thidua::tests
