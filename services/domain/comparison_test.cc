#include "services/domain/comparison.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/khoi4_2019_testdata.h"
#include "services/domain/scoring.h"
#include "services/domain/scoring_maker_testlib.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

using Lines = std::vector<std::string>;

std::string CauseName(MoveCause cause) {
  constexpr const char* kNames[] = {"scheme",     "pact",   "own", "correction",
                                    "assessment", "others", "bloc"};
  return kNames[static_cast<size_t>(cause)];
}

// "own noi-dung-1 10", "others rank -1".
Lines Moves(const UnitComparison& unit) {
  Lines lines;
  for (const PointsMove& move : unit.points_moves) {
    lines.push_back(
        absl::StrCat(CauseName(move.cause), " ", move.content, " ", move.points.ToString()));
  }
  for (const RankMove& move : unit.rank_moves) {
    lines.push_back(absl::StrCat(CauseName(move.cause), " rank ", move.places));
  }
  return lines;
}

Rational SumOf(const UnitComparison& unit) {
  Rational sum = 0;
  for (const PointsMove& move : unit.points_moves) sum += move.points;
  return sum;
}

Rational TotalOf(const std::optional<UnitPlace>& place) {
  return place.has_value() ? place->total() : Rational(0);
}

// Three units under one content of 100 points with a target of 100 each, and one that is assessed.
struct Bloc {
  Bloc() {
    pact.bloc = "b";
    pact.year = 2025;
    TargetsRule targets;
    pact.scheme.id = "s";
    pact.scheme.contents = {{"kq", "Kết quả", "", 100, 0, {}, targets},
                            {"cc", "Chấm điểm", "", 20, 0, {}, AssessedRule{}}};
    for (const char* unit : {"a", "b", "c"}) {
      pact.members.push_back({unit, unit, Role::kMember});
      Target target;
      target.id = absl::StrCat("t-", unit);
      target.unit = unit;
      target.criterion = "kq";
      target.value = Figure("100");
      pact.targets.push_back(target);
    }
    Report("a", "60", 1);
    Report("b", "50", 1);
    Report("c", "40", 1);
  }
  void Report(const std::string& unit, const std::string& figure, int64_t revision) {
    const std::string target = "t-" + unit;
    std::erase_if(results, [&](const Result& one) { return one.target == target; });
    results.push_back({target, Figure(figure), {}, revision});
  }
  void MeasureByTheBest() {
    std::get<TargetsRule>(pact.scheme.contents[0].rule).best_in_bloc =
        BestInBloc{BestInBloc::Method::kShareOfHighest, 50};
  }
  PeriodState State() const { return {pact, results, given}; }

  Pact pact;
  std::vector<Result> results;
  std::vector<Assessment> given;
};

struct Case {
  std::string name;
  void (*change)(Bloc& after);
  bool same_period = true;
  std::vector<Lines> moves;  // Of a, b and c.
  Lines passed, passed_by;   // "c: a b"
};

Lines Passers(const Comparison& told, std::vector<std::string> UnitComparison::*whom) {
  Lines lines;
  for (const UnitComparison& unit : told.units) {
    if (!(unit.*whom).empty()) {
      lines.push_back(absl::StrCat(unit.unit, ": ", absl::StrJoin(unit.*whom, " ")));
    }
  }
  return lines;
}

TEST(ComparisonTest, TellsEachCauseByItsName) {
  const std::vector<Case> cases = {
      {"nothing", [](Bloc&) {}, true, {{}, {}, {}}, {}, {}},
      {"a figure corrected passes two",
       [](Bloc& after) { after.Report("c", "70", 2); },
       true,
       {{"others rank -1"}, {"others rank -1"}, {"correction kq 30", "correction rank 2"}},
       {"c: a b"},
       {"a: c", "b: c"}},
      {"the same figures in another period are results",
       [](Bloc& after) { after.Report("c", "70", 2); },
       false,
       {{"others rank -1"}, {"others rank -1"}, {"own kq 30", "own rank 2"}},
       {"c: a b"},
       {"a: c", "b: c"}},
      {"a revision that says the same is no change",
       [](Bloc& after) { after.Report("c", "40.0", 5); },
       true,
       {{}, {}, {}},
       {},
       {}},
      {"drawing level is passing, and costs the other nothing",
       [](Bloc& after) { after.Report("b", "60", 2); },
       true,
       {{}, {"correction kq 10", "correction rank 1"}, {}},
       {"b: a"},
       {}},
      {"points given",
       [](Bloc& after) {
         after.given.push_back({"b", "cc", Layer::kBloc, "", 15});
       },
       true,
       {{"others rank -1"}, {"assessment cc 15", "assessment rank 1"}, {}},
       {"b: a"},
       {"a: b"}},
      {"another scheme",
       [](Bloc& after) { after.pact.scheme.contents[0].max_points = 50; },
       true,
       {{"scheme kq -30"}, {"scheme kq -25"}, {"scheme kq -20"}},
       {},
       {}},
      {"a target revised",
       [](Bloc& after) { after.pact.targets[0].value = Figure("200"); },
       true,
       {{"pact kq -30", "pact rank -2"}, {"pact rank 1"}, {"pact rank 1"}},
       {"b: a", "c: a"},
       {"a: b c"}},
      {"one moves up as another falls: each tells its part",
       [](Bloc& after) {
         after.Report("a", "45", 2);
         after.Report("c", "47", 2);
       },
       true,
       {{"correction kq -15", "correction rank -1", "others rank -1"},
        {"others rank 1"},
        {"correction kq 7", "others rank 1"}},
       {"b: a", "c: a"},
       {"a: b c"}},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    const Bloc before;
    Bloc after;
    one.change(after);
    const Comparison told = Compare(before.State(), after.State(), one.same_period);
    ASSERT_EQ(told.units.size(), 3u);
    for (size_t u = 0; u < 3; ++u) {
      EXPECT_EQ(Moves(told.units[u]), one.moves[u]) << told.units[u].unit;
      EXPECT_EQ(SumOf(told.units[u]), TotalOf(told.units[u].after) - TotalOf(told.units[u].before));
    }
    EXPECT_EQ(Passers(told, &UnitComparison::passed), one.passed);
    EXPECT_EQ(Passers(told, &UnitComparison::passed_by), one.passed_by);
  }
}

// One unit's figure moves the points of others, who did nothing.
TEST(ComparisonTest, TellsWhenTheBestOfTheBlocMoved) {
  Bloc before, after;
  before.MeasureByTheBest();
  after.MeasureByTheBest();
  after.Report("c", "120", 2);
  const Comparison told = Compare(before.State(), after.State(), true);
  // a had 100 × 60/60, and has 100 × 60/120.
  EXPECT_EQ(Moves(told.units[0]), (Lines{"bloc kq -50", "bloc rank -1"}));
  EXPECT_EQ(Moves(told.units[1]), (Lines{"bloc kq -125/3", "bloc rank -1"}));
  EXPECT_EQ(Moves(told.units[2]), (Lines{"correction kq 100/3", "correction rank 2"}));
  ASSERT_EQ(told.best_moves.size(), 1u);
  EXPECT_EQ(told.best_moves[0].criterion, "kq");
  EXPECT_EQ(told.best_moves[0].before->unit, "a");
  EXPECT_EQ(told.best_moves[0].before->share, Rational(60) / 100);
  EXPECT_EQ(told.best_moves[0].after->unit, "c");
  EXPECT_EQ(told.best_moves[0].after->share, Rational(120) / 100);
  EXPECT_TRUE(Compare(before.State(), before.State(), true).best_moves.empty());
}

TEST(ComparisonTest, WhoJoinedAndWhoLeftHaveNoPlaceOnTheOtherSide) {
  const Bloc before;
  Bloc after;
  after.pact.members.erase(after.pact.members.begin());
  after.pact.members.push_back({"d", "d", Role::kMember});
  Target target = after.pact.targets[0];
  target.id = "t-d";
  target.unit = "d";
  after.pact.targets.push_back(target);
  after.Report("d", "45", 1);
  const Comparison told = Compare(before.State(), after.State(), true);
  ASSERT_EQ(told.units.size(), 4u);
  const UnitComparison& joined = told.units[2];
  EXPECT_EQ(joined.unit, "d");
  EXPECT_FALSE(joined.before.has_value());
  EXPECT_EQ(joined.after->rank, 2);
  EXPECT_EQ(Moves(joined), (Lines{"own kq 45"}));
  const UnitComparison& left = told.units[3];
  EXPECT_EQ(left.unit, "a");
  EXPECT_FALSE(left.after.has_value());
  EXPECT_EQ(Moves(left), (Lines{"pact kq -60"}));
  EXPECT_EQ(Moves(told.units[0]), (Lines{"pact rank 1"}));
  EXPECT_EQ(told.units[1].passed_by, Lines{"d"});
}

TEST(ComparisonTest, BeforeAnythingIsKnownNobodyHasARankToMoveFrom) {
  Bloc before;
  before.results.clear();
  const Bloc after;
  const Comparison told = Compare(before.State(), after.State(), true);
  EXPECT_EQ(told.units[0].before->rank, 0);
  EXPECT_EQ(told.units[0].after->rank, 1);
  EXPECT_EQ(Moves(told.units[0]), (Lines{"own kq 60"}));
  EXPECT_TRUE(told.units[0].passed.empty());
}

TEST(ComparisonTest, TellsWhichFiguresChanged) {
  const Bloc before;
  Bloc after;
  after.Report("a", "61", 2);
  std::erase_if(after.results, [](const Result& one) { return one.target == "t-b"; });
  const Comparison told = Compare(before.State(), after.State(), true);
  ASSERT_EQ(told.units[0].figure_changes.size(), 1u);
  EXPECT_TRUE(told.units[0].figure_changes[0].is_correction);
  EXPECT_EQ(told.units[0].figure_changes[0].before->actual.value, Decimal(60));
  EXPECT_EQ(told.units[0].figure_changes[0].after->actual.value, Decimal(61));
  ASSERT_EQ(told.units[1].figure_changes.size(), 1u);
  EXPECT_EQ(told.units[1].figure_changes[0].after, nullptr);
  EXPECT_FALSE(told.units[1].figure_changes[0].is_correction);
  EXPECT_TRUE(told.units[2].figure_changes.empty());
}

TEST(ComparisonTest, AFigureIsAnotherByItsQualifierOrItsStatedPercentToo) {
  struct Row {
    void (*change)(Result& after);
    bool changed;
  };
  for (const Row& row : std::vector<Row>{
           {[](Result&) {}, false},
           {[](Result& one) { one.revision = 2; }, false},  // The same, said once more.
           {[](Result& one) { one.actual.value = *Decimal::Parse("60.0"); }, false},
           {[](Result& one) { one.actual.qualifier = Qualifier::kNearly; }, true},
           {[](Result& one) { one.stated_percent = 61; }, true},
           {[](Result& one) { one.stated_percent = std::nullopt; }, true},
           {[](Result& one) { one.stated_qualifier = Qualifier::kNearly; }, true},
           {[](Result& one) { one.actual.state = QuantityState::kNotComputable; }, true},
       }) {
    Bloc before, after;
    before.results[0].stated_percent = after.results[0].stated_percent = 60;
    row.change(after.results[0]);
    const Comparison told = Compare(before.State(), after.State(), true);
    EXPECT_EQ(told.units[0].figure_changes.size(), row.changed ? 1u : 0u);
  }
}

TEST(ComparisonTest, AnAssessmentMovesByItsPointsItsBonusOrItsFigures) {
  struct Row {
    Assessment before, after;  // The only one of its unit.
    Lines moves;
  };
  Bloc before;
  before.pact.scheme.contents[1].bonus_cap = 5;
  before.pact.scheme.contents.push_back(
      {"sk", "Sự kiện", "", 10, 0, {}, EventsRule{10, {{"loi", "Lỗi", -1}}}});
  const Assessment points = {"a", "cc", Layer::kBloc, "", 10, 1};
  Assessment figures = {"a", "sk", Layer::kBloc, "", 0};
  figures.figures = {{"loi", 1}};
  Assessment fewer = points, bonus = points, worse = figures;
  fewer.points = 9;
  bonus.bonus = 2;
  worse.figures = {{"loi", 3}};
  for (const Row& row : std::vector<Row>{{points, points, {}},
                                         {figures, figures, {}},
                                         {points, fewer, {"assessment cc -1"}},
                                         {points, bonus, {"assessment cc 1"}},
                                         {figures, worse, {"assessment sk -2"}}}) {
    before.given = {row.before};
    Bloc after = before;
    after.given = {row.after};
    EXPECT_EQ(Moves(Compare(before.State(), after.State(), true).units[0]), row.moves);
  }
}

// What must hold of every pair of blocs, whatever their schemes.
void ExpectExact(const PeriodState& before, const PeriodState& after, bool same_period) {
  const PeriodScore scored_before(before.pact, before.results,
                                  CountingPoints(before.pact, before.assessments));
  const PeriodScore scored_after(after.pact, after.results,
                                 CountingPoints(after.pact, after.assessments));
  const auto total = [](const PeriodScore& scored, const std::string& unit) -> Rational {
    for (const UnitScore& score : scored.units()) {
      if (score.member->unit == unit) return score.total();
    }
    return 0;
  };
  const bool dense = before.pact.scheme.ranking.dense || after.pact.scheme.ranking.dense;
  const Comparison told = Compare(before, after, same_period);
  for (const UnitComparison& unit : told.units) {
    SCOPED_TRACE(unit.unit);
    EXPECT_EQ(SumOf(unit), total(scored_after, unit.unit) - total(scored_before, unit.unit));
    EXPECT_EQ(TotalOf(unit.after), total(scored_after, unit.unit));
    int places = 0;
    for (const RankMove& move : unit.rank_moves) places += move.places;
    const bool ranked = unit.before.has_value() && unit.after.has_value() &&
                        unit.before->rank > 0 && unit.after->rank > 0;
    if (!ranked) {
      EXPECT_TRUE(unit.rank_moves.empty());
      continue;
    }
    EXPECT_EQ(places, unit.before->rank - unit.after->rank);
    if (dense) continue;
    EXPECT_EQ(static_cast<int>(unit.passed.size()) - static_cast<int>(unit.passed_by.size()),
              places);
  }
}

TEST(ComparisonPropertyTest, CausesAddUpBetweenAnyTwoBlocs) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    oracle::Choices one(seed), other(seed + 1'000'000);
    const oracle::Case before = oracle::MakeCase(one), after = oracle::MakeCase(other);
    ExpectExact({before.pact, before.results, before.given},
                {after.pact, after.results, after.given}, seed % 2 == 0);
    if (HasFailure()) return;
  }
}

// Of one bloc, where some figures and points are others: nothing is the scheme's or the pact's, and
// a unit with nothing of its own changed moves with the others alone.
TEST(ComparisonPropertyTest, CausesAreThoseOfWhatChanged) {
  int moved_by_bloc = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    oracle::Choices choices(seed);
    const oracle::Case before = oracle::MakeCase(choices);
    oracle::Case after = before;
    for (size_t i = seed % 3; i < after.results.size(); i += 3) {
      Result& result = after.results[i];
      result.actual = Figure(absl::StrCat(choices.Draw(20)));
      result.revision += choices.Draw(2);
    }
    if (seed % 2 == 0 && !after.given.empty()) after.given.erase(after.given.begin());
    const PeriodState from{before.pact, before.results, before.given};
    const PeriodState to{after.pact, after.results, after.given};
    ExpectExact(from, to, true);
    for (const UnitComparison& unit : Compare(from, to, true).units) {
      const bool given_changed =
          before.given.size() != after.given.size() && before.given.front().unit == unit.unit;
      for (const PointsMove& move : unit.points_moves) {
        EXPECT_NE(move.cause, MoveCause::kScheme);
        EXPECT_NE(move.cause, MoveCause::kPact);
        EXPECT_NE(move.cause, MoveCause::kOthers) << "these are of ranks alone";
        if (unit.figure_changes.empty() && !given_changed) {
          EXPECT_EQ(move.cause, MoveCause::kBloc);
        }
        moved_by_bloc += move.cause == MoveCause::kBloc;
      }
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(moved_by_bloc, 20) << "or the cases show nothing of it";
}

}  // namespace
}  // namespace thidua::domain
