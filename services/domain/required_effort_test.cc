#include "services/domain/required_effort.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/fault.h"
#include "services/domain/ranking.h"
#include "services/domain/scoring.h"
#include "services/domain/scoring_maker_testlib.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

using Kind = EffortGoal::Kind;

constexpr EffortGoal kMeetTarget = {};
EffortGoal Percent(const char* amount) { return {Kind::kPercent, *Decimal::Parse(amount), 0}; }
EffortGoal PointsTo(const char* amount) { return {Kind::kPoints, *Decimal::Parse(amount), 0}; }
EffortGoal RankTo(int rank) { return {Kind::kRank, 0, rank}; }

// Units a, b and c with two targets each under 100 points and up to 10 of bonus: one of 100, and
// one of 10,0 that less is better of.
struct Bloc {
  Bloc() {
    pact.bloc = "b";
    pact.year = 2025;
    TargetsRule rule;
    rule.bonus_per_percent_above = 1;
    pact.scheme.id = "s";
    pact.scheme.name = "S";
    pact.scheme.contents = {{"kq", "Kết quả", "", 100, 10, {}, rule},
                            {"cc", "Chấm điểm", "", 50, 0, {}, AssessedRule{}}};
    for (const char* unit : {"a", "b", "c"}) {
      pact.members.push_back({unit, unit, Role::kMember});
      AddTarget(absl::StrCat("nhieu-", unit), unit, "100");
      AddTarget(absl::StrCat("it-", unit), unit, "10.0");
      pact.targets.back().direction = Direction::kLowerIsBetter;
    }
    Report("nhieu-a", "60");
    Report("it-a", "12.5");  // 80 %.
    Report("nhieu-b", "90");
    Report("it-b", "10");
    Report("nhieu-c", "100");
    Report("it-c", "10");
  }
  void AddTarget(const std::string& id, const std::string& unit, const std::string& value) {
    Target target;
    target.id = id;
    target.name = id;
    target.unit = unit;
    target.criterion = "kq";
    target.value = Figure(value);
    pact.targets.push_back(target);
  }
  void Report(const std::string& target, const std::string& figure) {
    std::erase_if(results, [&](const Result& one) { return one.target == target; });
    if (!figure.empty()) results.push_back({target, Figure(figure), {}, 1});
  }
  TargetsRule& rule() { return std::get<TargetsRule>(pact.scheme.contents[0].rule); }
  PeriodState State() const { return {pact, results, given}; }

  Pact pact;
  std::vector<Result> results;
  std::vector<Assessment> given;
};

// "reachable nhieu-a 60>100 <99; 90 #2", "impossible nhieu-a 60>110; 100 #3", "already; 70 #3".
std::string Told(const Effort& effort) {
  constexpr const char* kOutcomes[] = {"already", "reachable", "impossible", "not found"};
  std::string told = kOutcomes[static_cast<size_t>(effort.outcome)];
  if (!effort.is_least) absl::StrAppend(&told, " (perhaps less)");
  for (const EffortFigure& figure : effort.figures) {
    absl::StrAppend(&told, " ", figure.target->id, " ",
                    figure.now.has_value() ? figure.now->ToString() : "-", ">",
                    figure.needed.ToString());
    if (figure.short_of.has_value()) absl::StrAppend(&told, " <", figure.short_of->ToString());
  }
  if (effort.percent_of_gap.has_value()) {
    absl::StrAppend(&told, " ", effort.percent_of_gap->ToString(), "%");
  }
  if (effort.percent_of_targets.has_value()) {
    absl::StrAppend(&told, " each ", effort.percent_of_targets->ToString(), "%");
  }
  const UnitPlace& place = effort.figures.empty() ? effort.now : effort.then;
  return absl::StrCat(told, "; ", place.total().ToString(), " #", place.rank);
}

std::string Find(const Bloc& bloc, const char* target, const EffortGoal& goal,
                 const char* unit = "a") {
  const auto effort = FindRequiredEffort(bloc.State(), unit, target, goal);
  if (!effort.ok()) return absl::StrJoin(Briefly(FaultsOf(effort.status())), " ");
  return Told(*effort);
}

struct Case {
  std::string name;
  void (*change)(Bloc&);
  const char* target;
  EffortGoal goal;
  std::string told;
};

void Nothing(Bloc&) {}

TEST(RequiredEffortTest, FindsTheLeastFigureThatDoes) {
  const std::vector<Case> cases = {
      {"the target itself", Nothing, "nhieu-a", kMeetTarget, "reachable nhieu-a 60>100 <99; 90 #3"},
      {"the target from above", Nothing, "it-a", kMeetTarget,
       "reachable it-a 12.5>10.0 <10.1; 80 #3"},
      {"what is there already", Nothing, "nhieu-a", Percent("70"), "already; 70 #3"},
      {"a percentage", Nothing, "nhieu-a", Percent("82"), "reachable nhieu-a 60>84 <83; 82 #3"},
      {"points, in steps of the target's digit", Nothing, "it-a", PointsTo("75.05"),
       "reachable it-a 12.5>11.0 <11.1; 830/11 #3"},
      {"a rank beyond the target, by bonus", Nothing, "nhieu-a", RankTo(2),
       "reachable nhieu-a 60>105 <104; 95 #2"},
      {"level with the first", Nothing, "nhieu-a", RankTo(1),
       "reachable nhieu-a 60>110 <109; 100 #1"},
      {"a target of which nothing is known yet", [](Bloc& bloc) { bloc.Report("nhieu-a", ""); },
       "nhieu-a", Percent("45"), "reachable nhieu-a ->10 <9; 45 #3"},
      {"less is better, and nothing is known yet", [](Bloc& bloc) { bloc.Report("it-a", ""); },
       "it-a", Percent("50"), "reachable it-a ->25.0 <25.1; 50 #3"},
      {"finer than the target, where the figure is",
       [](Bloc& bloc) { bloc.Report("nhieu-a", "60.25"); }, "nhieu-a", Percent("82"),
       "reachable nhieu-a 60.25>84.00 <83.99; 82 #3"},
      {"no finer than there is room for beyond the target",
       [](Bloc& bloc) {
         bloc.pact.targets[0].value = Figure("100000000000");  // 10^11.
         bloc.Report("nhieu-a", "60000000000.12345");
       },
       "nhieu-a", kMeetTarget,
       "reachable nhieu-a 60000000000.12345>100000000000.000 <99999999999.999; 90 #3"},
      {"a percent that the unit stated gives way to a figure",
       [](Bloc& bloc) {
         bloc.Report("nhieu-a", "");
         bloc.results.push_back({"nhieu-a", Figure(""), Decimal(50), 1});
       },
       "nhieu-a", Percent("82"), "reachable nhieu-a ->84 <83; 82 #3"},
      {"all that one target can bring", Nothing, "nhieu-a", Percent("101"),
       "impossible nhieu-a 60>110; 100 #1"},
      {"a target that brings nothing more", [](Bloc& bloc) { bloc.Report("nhieu-a", "110"); },
       "nhieu-a", Percent("110"), "impossible; 100 #1"},
      {"evenly: the same part of what is missing on both", Nothing, "", Percent("85"),
       "reachable nhieu-a 60>80 it-a 12.5>11.1 47.51%; 9440/111 #3"},
      {"evenly, all of it", Nothing, "", kMeetTarget,
       "reachable nhieu-a 60>100 it-a 12.5>10.0 97.51%; 100 #1"},
      {"evenly goes beyond the targets when they are not enough", Nothing, "", Percent("101"),
       "reachable nhieu-a 60>101 it-a 12.5>9.9 each 100.01%; 102 #1"},
      {"evenly goes as far as bonus does", Nothing, "", Percent("111"),
       "impossible nhieu-a 60>105 it-a 12.5>9.5 each 104.17%; 110 #1"},
      {"evenly, those that are beyond already stay where they are",
       [](Bloc& bloc) {
         bloc.Report("nhieu-a", "108");
         bloc.Report("it-a", "10.0");
       },
       "", Percent("110"), "reachable it-a 10.0>9.8 each 101.02%; 110 #1"},
      {"evenly does not look beyond reason",
       [](Bloc& bloc) { bloc.pact.scheme.contents[0].bonus_cap = 10'000; }, "", Percent("1000"),
       "not found; 70 #3"},
      {"evenly, where nothing is missing",
       [](Bloc& bloc) {
         bloc.Report("nhieu-a", "100");
         bloc.Report("it-a", "9");
       },
       "", kMeetTarget, "already; 110 #1"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    Bloc bloc;
    one.change(bloc);
    EXPECT_EQ(Find(bloc, one.target, one.goal), one.told);
  }
}

// 2 at a figure of 0 under T/A, and more than that just before it.
TEST(RequiredEffortTest, AFigureOfNothingIsMeasuredByItsOwnRule) {
  Bloc bloc;
  bloc.rule().achievement_cap_percent = 100'000;
  bloc.pact.scheme.contents[0].max_points = 100;
  bloc.rule().bonus_per_percent_above = 0;
  bloc.pact.scheme.contents[0].bonus_cap = 0;
  bloc.Report("nhieu-a", "0");
  EXPECT_EQ(Find(bloc, "it-a", PointsTo("100")), "reachable it-a 12.5>5.0 <5.1; 100 #1");
  bloc.pact.targets[1].value = Figure("0");
  EXPECT_EQ(Find(bloc, "it-a", kMeetTarget), "reachable it-a 12.5>0.0 <0.1; 50 #3");
}

TEST(RequiredEffortTest, OneUnitsEffortMovesTheBestThatOthersAreMeasuredBy) {
  Bloc bloc;
  bloc.pact.targets.erase(bloc.pact.targets.begin() + 1, bloc.pact.targets.begin() + 2);
  bloc.rule() = TargetsRule();
  bloc.rule().best_in_bloc = BestInBloc{BestInBloc::Method::kShareOfHighest, 50};
  bloc.pact.scheme.contents[0].bonus_cap = 0;
  // a alone has one target. c is first with two at the bloc's best of 100 %; a draws level with it.
  EXPECT_EQ(Find(bloc, "nhieu-a", RankTo(1)), "reachable nhieu-a 60>100 <99; 100 #1");
}

TEST(RequiredEffortTest, WhereAFormulaDecidesItSaysWhatItDoesNotKnow) {
  Bloc bloc;
  FormulaRule formula;
  formula.takes_targets = true;
  formula.each_target = true;
  formula.description = "Theo công thức";
  formula.points = "percent == 70 ? share_points : percent > 1000 ? share_points : 0";
  bloc.pact.scheme.contents[0].rule = formula;
  bloc.pact.scheme.contents[0].bonus_cap = 0;
  ASSERT_TRUE(ValidateScheme(bloc.pact.scheme).empty())
      << absl::StrJoin(Briefly(ValidateScheme(bloc.pact.scheme)), " ");
  EXPECT_FALSE(MoreIsNeverLess(bloc.pact, "a", Kind::kPoints));
  // Doubling steps over 70; trying one by one does not.
  EXPECT_EQ(Find(bloc, "nhieu-a", PointsTo("50")), "reachable nhieu-a 60>70 <69; 50 #1");
  // Of what is nowhere found nothing is said: neither that it is impossible, nor how much it takes.
  EXPECT_EQ(Find(bloc, "nhieu-a", PointsTo("51")).substr(0, 24), "not found (perhaps less)");
  // The target itself is not a matter of points.
  EXPECT_EQ(Find(bloc, "nhieu-a", kMeetTarget), "reachable nhieu-a 60>100 <99; 0 #1");
}

TEST(RequiredEffortTest, KnowsWhereMoreMayEarnLess) {
  const Bloc plain;
  EXPECT_TRUE(MoreIsNeverLess(plain.pact, "a", Kind::kRank));
  const struct {
    const char* name;
    void (*change)(Bloc&);
    bool by_points, by_rank;
  } kCases[] = {
      {"bonus above",
       [](Bloc& bloc) {
         bloc.rule().steps = {{true, 100, 1, 1}};
       },
       true, true},
      {"taken off above",
       [](Bloc& bloc) {
         bloc.rule().steps = {{true, 120, 1, -1}};
       },
       false, false},
      {"paid below",
       [](Bloc& bloc) {
         bloc.rule().steps = {{false, 100, 1, 1}};
       },
       false, false},
      {"a falling curve",
       [](Bloc& bloc) {
         bloc.rule().curve = Curve{{{0, 0}, {100, 100}, {150, 50}}, Curve::Between::kLinear, true};
       },
       false, false},
      {"own two targets against the best",
       [](Bloc& bloc) { bloc.rule().best_in_bloc = BestInBloc(); }, false, false},
      {"a limit",
       [](Bloc& bloc) {
         bloc.pact.scheme.contents[0].limits = {{"total > 5", "L"}};
       },
       false, false},
      {"only the highest child",
       [](Bloc& bloc) { bloc.pact.scheme.contents[0].highest_child_only = true; }, false, false},
      {"a tie key that less is better of",
       [](Bloc& bloc) {
         TieKey key("kq");
         key.less_is_better = true;
         bloc.pact.scheme.ranking.tie_keys = {key};
       },
       true, false},
      {"a formula to rank by",
       [](Bloc& bloc) { bloc.pact.scheme.ranking.key = RankingKey::kFormula; }, true, false},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.name);
    Bloc bloc;
    one.change(bloc);
    EXPECT_EQ(MoreIsNeverLess(bloc.pact, "a", Kind::kPoints), one.by_points);
    EXPECT_EQ(MoreIsNeverLess(bloc.pact, "a", Kind::kRank), one.by_rank);
    EXPECT_TRUE(MoreIsNeverLess(bloc.pact, "a", Kind::kTarget));
  }
}

TEST(RequiredEffortTest, RefusesWhatHasNoAnswer) {
  Bloc bloc;
  EXPECT_EQ(Find(bloc, "nhieu-a", kMeetTarget, "x"), "unit: UNIT_NOT_A_MEMBER");
  EXPECT_EQ(Find(bloc, "khong-co", kMeetTarget), "target: TARGET_UNKNOWN");
  EXPECT_EQ(Find(bloc, "nhieu-b", kMeetTarget), "target: TARGET_OF_ANOTHER_UNIT");
  EXPECT_EQ(Find(bloc, "", Percent("-1")), "percent_of_assigned: OUT_OF_RANGE");
  EXPECT_EQ(Find(bloc, "", PointsTo("-0.1")), "total: OUT_OF_RANGE");
  EXPECT_EQ(Find(bloc, "", RankTo(0)), "rank: OUT_OF_RANGE");
  EXPECT_EQ(Find(bloc, "", RankTo(4)), "rank: OUT_OF_RANGE");
  bloc.pact.targets[0].voided = true;
  EXPECT_EQ(Find(bloc, "nhieu-a", kMeetTarget), "target: TARGET_NOT_SCORED");
  bloc.pact.targets[0].voided = false;
  bloc.pact.targets[0].value = Figure("-");
  EXPECT_EQ(Find(bloc, "nhieu-a", kMeetTarget), "target: TARGET_NOT_SCORED");
  bloc.pact.targets[0].value = Figure("");
  EXPECT_EQ(Find(bloc, "nhieu-a", Percent("90")), "target: TARGET_VALUE_UNKNOWN");
  // Without a value it counts beside the others without one.
  bloc.rule().without_target = WithoutTargetPolicy::kShareOfHighest;
  EXPECT_EQ(Find(bloc, "nhieu-a", kMeetTarget), "target: TARGET_VALUE_UNKNOWN");
  EXPECT_EQ(Find(bloc, "nhieu-a", Percent("90")), "already; 90 #3");
}

// ---- On random schemes, against the engine asked anew ----

struct Scored {
  int rank = 0;
  UnitPoints points;
};

Scored ScoreWith(const oracle::Case& one, size_t unit, const std::vector<EffortFigure>& figures,
                 bool short_of) {
  std::vector<Result> results = one.results;
  for (const EffortFigure& figure : figures) {
    Result result;
    result.target = figure.target->id;
    result.actual.state = QuantityState::kValue;
    result.actual.value = short_of ? *figure.short_of : figure.needed;
    result.revision = 1'000'000;
    results.push_back(result);
  }
  const std::vector<AssessedPoints> assessed = CountingPoints(one.pact, one.given);
  const PeriodScore scored(one.pact, results, assessed);
  Scored told{0, scored.sheet().units[unit]};
  for (const Place& place : Rank(scored)) {
    if (place.unit == unit && AnythingKnown(*scored.sheet().figures)) told.rank = place.rank;
  }
  return told;
}

bool Reaches(const Scored& scored, const EffortGoal& goal) {
  switch (goal.kind) {
    case Kind::kPercent:
      return !scored.points.assigned_points.is_zero() &&
             scored.points.total() * 100 >= Rational(goal.amount) * scored.points.assigned_points;
    case Kind::kPoints:
      return scored.points.total() >= goal.amount;
    case Kind::kRank:
      return scored.rank > 0 && scored.rank <= goal.rank;
    case Kind::kTarget:
      break;
  }
  return false;
}

TEST(RequiredEffortPropertyTest, WhatIsFoundDoesAndOneStepLessDoesNot) {
  int found = 0, exact = 0, impossible = 0, evenly = 0, refused = 0, between_tried = 0;
  for (uint64_t seed = 1; seed <= 45; ++seed) {
    oracle::Choices choices(seed);
    const oracle::Case one = oracle::MakeCase(choices);
    for (size_t u = 0; u < one.pact.members.size(); ++u) {
      const std::string& unit = one.pact.members[u].unit;
      std::vector<std::string> targets = {""};
      for (const Target& target : one.pact.targets) {
        if (target.unit == unit && targets.size() < 4) targets.push_back(target.id);
      }
      const Scored now = ScoreWith(one, u, {}, false);
      const int better = std::max(1, now.rank - 1);
      const Decimal more = (now.points.total() + 1).RoundHalfUp(2).value_or(1);
      for (const EffortGoal& goal :
           {EffortGoal{Kind::kRank, 0, better},
            EffortGoal{Kind::kPoints, more.is_negative() ? Decimal(0) : more, 0},
            EffortGoal{Kind::kPercent, Decimal(90), 0}}) {
        for (const std::string& target : targets) {
          SCOPED_TRACE(
              absl::StrCat(seed, " ", unit, " ", target, " kind ", static_cast<int>(goal.kind)));
          const auto effort =
              FindRequiredEffort({one.pact, one.results, one.given}, unit, target, goal);
          if (!effort.ok()) {
            EXPECT_FALSE(FaultsOf(effort.status()).empty());
            ++refused;
            continue;
          }
          EXPECT_EQ(effort->outcome == Effort::Outcome::kAlready, Reaches(now, goal));
          const Scored then = ScoreWith(one, u, effort->figures, false);
          if (!effort->figures.empty()) {
            EXPECT_EQ(effort->then.total(), then.points.total());
          }
          if (effort->outcome == Effort::Outcome::kReachable) {
            ++found;
            exact += effort->is_least;
            evenly += target.empty();
            EXPECT_TRUE(Reaches(then, goal));
            if (!target.empty() && effort->figures[0].short_of.has_value()) {
              EXPECT_FALSE(Reaches(ScoreWith(one, u, effort->figures, true), goal));
            }
            if (target.empty() || !effort->is_least) continue;
            // Nor does anything else on the way.
            EffortFigure figure = effort->figures[0];
            const bool up = figure.target->direction == Direction::kHigherIsBetter;
            if (!up && !figure.now.has_value()) continue;
            const Rational from = figure.now.value_or(Decimal(0)), needed = figure.needed;
            for (int tenth = 1; tenth < 10; ++tenth) {
              const auto between =
                  (from + (needed - from) * tenth / 10).RoundHalfUp(figure.needed.scale());
              if (!between.has_value() || *between == figure.needed) continue;
              if (figure.now.has_value() && *between == *figure.now) continue;
              figure.needed = *between;
              EXPECT_FALSE(Reaches(ScoreWith(one, u, {figure}, false), goal));
              figure.needed = effort->figures[0].needed;
              ++between_tried;
            }
          } else if (effort->outcome == Effort::Outcome::kImpossible) {
            ++impossible;
            EXPECT_TRUE(effort->is_least);
            EXPECT_FALSE(Reaches(then, goal));
            // Nor do figures near the target, where thresholds are.
            const Target* tried = FindTarget(one.pact, target);
            if (tried == nullptr || !tried->value.has_value()) continue;
            for (const int percent : {10, 50, 90, 99, 100, 101, 110, 150, 200, 1000}) {
              EffortFigure figure{tried, {}, 0, {}};
              const auto needed = (Rational(tried->value.value) * percent / 100)
                                      .RoundHalfUp(tried->value.value.scale());
              if (!needed.has_value()) continue;
              figure.needed = *needed;
              // Of what the unit has already: to go back is no effort.
              const Scored there = ScoreWith(one, u, {figure}, false);
              if (MoreIsNeverLess(one.pact, unit, goal.kind)) {
                EXPECT_FALSE(Reaches(there, goal));
              }
            }
          }
          if (HasFailure()) return;
        }
      }
    }
  }
  // Or the cases show nothing.
  EXPECT_GT(found, 50);
  EXPECT_GT(exact, 30);
  EXPECT_GT(between_tried, 30);
  EXPECT_GT(evenly, 10);
  EXPECT_GT(impossible, 30);
  EXPECT_GT(refused, 10);
}

}  // namespace
}  // namespace thidua::domain
