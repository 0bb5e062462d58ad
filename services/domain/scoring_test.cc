#include "services/domain/scoring.h"
#include "services/domain/shorthand_testlib.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/khoi4_2019_testdata.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

struct Row {
  std::string target;
  std::string actual;
  std::string stated = "";
  Direction direction = Direction::kHigherIsBetter;
};

// A rule with the rounding of its leaf.
struct RoundedRule : TargetsRule {
  std::optional<Rounding> rounding;
};

// One unit, one leaf "c" with the rule, and the unit's targets with their results.
struct LeafCase {
  Pact pact;
  std::vector<Result> results;
  std::vector<UnitScore> scores;

  LeafCase(const Decimal& max_points, const Decimal& bonus_cap, const RoundedRule& rule,
           const std::vector<Row>& rows) {
    pact.members = {{"so-y-te", "Sở Y tế", Role::kMember}};
    pact.scheme.contents = {
        {"c", "Tiêu chí", "", max_points, bonus_cap, {}, TargetsRule(rule), rule.rounding}};
    for (size_t i = 0; i < rows.size(); ++i) {
      Target target;
      target.id = absl::StrCat("t", i);
      target.unit = "so-y-te";
      target.criterion = "c";
      target.direction = rows[i].direction;
      target.value = Figure(rows[i].target);
      pact.targets.push_back(target);
      Result result{target.id, Figure(rows[i].actual), {}, 1};
      if (!rows[i].stated.empty()) result.stated_percent = D(rows[i].stated);
      results.push_back(result);
    }
    scores = Score(pact, results, {});
  }

  const CriterionScore& leaf() const { return scores[0].contents[0]; }
  std::string points() const { return leaf().points.ToString(); }
  std::string bonus() const { return leaf().bonus.ToString(); }
  std::string assigned() const {
    return leaf().assigned ? leaf().assigned_points.ToString() : "not assigned";
  }
  // "1/3,0": the points of each target.
  std::string parts() const {
    std::string parts;
    for (const TargetScore& target : leaf().targets) {
      absl::StrAppend(&parts, parts.empty() ? "" : ", ",
                      target.counted ? target.points.ToString() : "left out");
    }
    return parts;
  }
};

RoundedRule Rule(const Decimal& cap = 100, std::optional<int> digits = std::nullopt,
                 const Decimal& bonus = 0) {
  RoundedRule rule;
  rule.achievement_cap_percent = cap;
  if (digits.has_value()) rule.rounding = Rounding::ToDigits(*digits);
  rule.bonus_per_percent_above = bonus;
  return rule;
}

TEST(TargetsLeaf, SharesItsPointsEquallyAmongTheTargets) {
  const LeafCase two(650, 0, Rule(), {{"10", "8"}, {"12", "8"}});
  EXPECT_EQ(two.parts(), "260, 650/3");
  EXPECT_EQ(two.points(), "1430/3");
  EXPECT_EQ(two.assigned(), "650");
  EXPECT_EQ(two.leaf().targets[0].share_points, Rational(325));
  EXPECT_EQ(two.leaf().targets[0].target, &two.pact.targets[0]);
  EXPECT_EQ(two.leaf().targets[0].result, &two.results[0]);
  EXPECT_EQ(two.scores[0].member, &two.pact.members[0]);
  EXPECT_EQ(two.scores[0].points, two.leaf().points);
}

TEST(TargetsLeaf, WithoutTargetsIsNotAssigned) {
  const LeafCase none(650, 40, Rule(), {});
  EXPECT_EQ(none.assigned(), "not assigned");
  EXPECT_EQ(none.points(), "0");
  EXPECT_FALSE(none.scores[0].share().has_value());
}

TEST(TargetsLeaf, LeavesOutWhatIsNotAssignedNorComputable) {
  const LeafCase some(100, 0, Rule(), {{"10", "5"}, {"10", "-"}, {"", "7"}, {"10", "?"}});
  EXPECT_EQ(some.parts(), "50, left out, left out, left out");
  EXPECT_EQ(some.points(), "50");
  EXPECT_EQ(some.leaf().targets[1].share_points, Rational(0));

  const LeafCase all(100, 0, Rule(), {{"10", "-"}, {"", "7"}, {"0", "7"}});
  EXPECT_EQ(all.assigned(), "not assigned");
  EXPECT_EQ(all.leaf().targets.size(), 3) << "what was left out stays in the derivation";
}

TEST(TargetsLeaf, CountsWhatWasNotReportedAsNothingEarned) {
  const LeafCase some(100, 0, Rule(), {{"10", "10"}, {"10", ""}});
  EXPECT_EQ(some.parts(), "50, 0");
  EXPECT_EQ(some.points(), "50");
  EXPECT_EQ(some.assigned(), "100");

  const LeafCase all(100, 0, Rule(), {{"10", ""}});
  EXPECT_EQ(all.assigned(), "100");
  EXPECT_EQ(all.scores[0].share(), Rational(0)) << "nothing earned is a share, of zero";
}

TEST(TargetsLeaf, TellsZeroFromNothing) {
  const LeafCase zero(100, 0, Rule(), {{"10", "0"}});
  EXPECT_EQ(zero.leaf().targets[0].achievement.basis, AchievementBasis::kComputed);
  EXPECT_EQ(zero.points(), "0");
  EXPECT_EQ(zero.assigned(), "100");
}

TEST(TargetsLeaf, TakesAStatedPercentByTheSchemesPolicy) {
  const std::vector<Row> rows = {{"10", "5"}, {"", "770", "154"}, {"", "", "20"}};
  const LeafCase excluded(90, 0, Rule(), rows);
  EXPECT_EQ(excluded.parts(), "45, left out, left out");

  RoundedRule accept = Rule();
  accept.stated_percent = StatedPercentPolicy::kAccept;
  const LeafCase accepted(90, 0, accept, rows);
  EXPECT_EQ(accepted.parts(), "15, 30, 6");
  EXPECT_EQ(accepted.leaf().targets[1].achievement.basis, AchievementBasis::kStated);
}

TEST(TargetsLeaf, CapsAchievementAtTheExactEdge) {
  struct CapRow {
    std::string cap, actual, points;
    bool capped;
  };
  for (const CapRow& row : {
           CapRow{"100", "100", "50", false},
           CapRow{"100", "100.000000001", "50", true},
           CapRow{"100", "99.999999999", "99999999999/2000000000", false},
           CapRow{"80", "80", "40", false},
           CapRow{"80", "100", "40", true},
           CapRow{"120", "120", "60", false},
           CapRow{"120", "121", "60", true},
           CapRow{"0.1", "100", "1/20", true},
       }) {
    const LeafCase one(100, 0, Rule(D(row.cap)), {{"100", row.actual}, {"100", "0"}});
    EXPECT_EQ(one.leaf().targets[0].points.ToString(), row.points) << row.actual;
    EXPECT_EQ(one.leaf().targets[0].capped, row.capped) << row.actual;
  }
}

TEST(TargetsLeaf, NeverGivesMoreThanItsMaximum) {
  // One target makes up for the other, and not for more than the criterion.
  EXPECT_EQ(LeafCase(100, 0, Rule(150), {{"10", "15"}, {"10", "5"}}).points(), "100");
  EXPECT_EQ(LeafCase(100, 0, Rule(150), {{"10", "15"}, {"10", "4"}}).points(), "95");
  const LeafCase beyond(100, 0, Rule(150), {{"10", "15"}, {"10", "15"}});
  EXPECT_EQ(beyond.parts(), "75, 75");
  EXPECT_EQ(beyond.points(), "100");
  EXPECT_EQ(beyond.bonus(), "0");
}

TEST(TargetsLeaf, RoundsItsSumHalfUp) {
  struct RoundingRow {
    std::string max, target, actual;
    std::optional<int> digits;
    std::string points;
  };
  for (const RoundingRow& row : {
           RoundingRow{"1", "8", "1", 2, "13/100"},     // 0,125 → 0,13
           RoundingRow{"1", "1000", "124", 2, "3/25"},  // 0,124 → 0,12
           RoundingRow{"1", "1000000000", "125000000", 2, "13/100"},
           RoundingRow{"1", "1000000000", "124999999", 2, "3/25"},
           RoundingRow{"5", "10", "1", 0, "1"},    // 0,5 → 1
           RoundingRow{"5", "10", "0.9", 0, "0"},  // 0,45 → 0
           RoundingRow{"1", "3", "1", 9, "333333333/1000000000"},
           RoundingRow{"1", "3", "1", {}, "1/3"},
           RoundingRow{"650", "35000", "17893", 1, "3323/10"},
       }) {
    const LeafCase one(D(row.max), 0, Rule(100, row.digits), {{row.target, row.actual}});
    EXPECT_EQ(one.points(), row.points) << row.actual << " of " << row.target;
  }
}

// Who met all of three targets has the whole, and never less than who met almost all of one.
TEST(TargetsLeaf, ThreeThirdsAreTheWholeWhateverTheRounding) {
  const LeafCase whole(100, 0, Rule(100, 0), {{"1", "1"}, {"1", "1"}, {"1", "1"}});
  EXPECT_EQ(whole.parts(), "100/3, 100/3, 100/3");
  EXPECT_EQ(whole.points(), "100");
  EXPECT_EQ(LeafCase(650, 0, Rule(100, 2), {{"100000", "99999"}}).points(), "64999/100");
}

TEST(TargetsLeaf, GivesBonusForEachWholePercentAbove) {
  struct BonusRow {
    std::string cap, per_percent, actual, bonus;
  };
  for (const BonusRow& row : {
           BonusRow{"40", "1", "100", "0"},
           BonusRow{"40", "1", "100.999999999", "0"},
           BonusRow{"40", "1", "101", "1"},
           BonusRow{"40", "0.25", "125", "25/4"},
           BonusRow{"40", "1", "140", "40"},
           BonusRow{"40", "1", "141", "40"},
           BonusRow{"40", "0", "141", "0"},
           BonusRow{"0", "1", "141", "0"},
           BonusRow{"40", "1", "0", "0"},
       }) {
    const LeafCase one(100, D(row.cap), Rule(100, {}, D(row.per_percent)), {{"100", row.actual}});
    EXPECT_EQ(one.bonus(), row.bonus) << row.actual;
    EXPECT_LE(one.leaf().points, Rational(100));
  }
}

TEST(TargetsLeaf, AddsUpTheBonusOfItsTargetsBeforeTheCap) {
  const LeafCase two(100, 40, Rule(100, {}, 1), {{"100", "130"}, {"100", "125"}, {"100", "90"}});
  EXPECT_EQ(two.leaf().targets[0].bonus, Rational(30));
  EXPECT_EQ(two.leaf().targets[1].bonus, Rational(25));
  EXPECT_EQ(two.leaf().targets[2].bonus, Rational(0));
  EXPECT_EQ(two.bonus(), "40");
  EXPECT_EQ(two.scores[0].total(), two.leaf().points + 40);
}

TEST(TargetsLeaf, PaysByTheCurveWhatWasAchievedUpToTheCap) {
  RoundedRule rule = Rule(120);
  rule.curve = Curve{{{50, 0}, {80, 75}, {100, 100}, {120, 130}}, Curve::Between::kStep};
  struct CurveRow {
    std::string actual, step, linear;
  };
  for (const CurveRow& row : {
           CurveRow{"0", "0", "0"},
           CurveRow{"49", "0", "0"},
           CurveRow{"50", "0", "0"},
           CurveRow{"79", "0", "145/4"},  // Of 50 points: 72,5 %.
           CurveRow{"80", "75/2", "75/2"},
           CurveRow{"92", "75/2", "45"},
           CurveRow{"100", "50", "50"},
           CurveRow{"120", "65", "65"},
           CurveRow{"121", "65", "65"},
       }) {
    for (const Curve::Between between : {Curve::Between::kStep, Curve::Between::kLinear}) {
      rule.curve->between = between;
      const LeafCase two(100, 0, rule, {{"100", row.actual}, {"100", "0"}});
      EXPECT_EQ(two.leaf().targets[0].points.ToString(),
                between == Curve::Between::kStep ? row.step : row.linear)
          << row.actual;
      EXPECT_EQ(two.leaf().targets[0].capped, row.actual == "121");
      EXPECT_EQ(two.leaf().targets[1].points, Rational(0));
    }
  }
}

// Below the first point of the curve is nothing earned; what was not reported earns nothing even
// where the curve begins above nothing.
TEST(TargetsLeaf, PaysNothingByTheCurveForWhatWasNotReported) {
  RoundedRule rule = Rule();
  rule.curve = Curve{{{0, 20}, {100, 100}}};
  const LeafCase two(100, 0, rule, {{"100", "0"}, {"100", ""}});
  EXPECT_EQ(two.parts(), "10, 0");
}

TEST(TargetsLeaf, GivesItsBonusByTheAchievementAndNotByTheCurve) {
  RoundedRule rule = Rule(100, {}, 1);
  rule.curve = Curve{{{100, 50}}};
  const LeafCase one(100, 40, rule, {{"100", "125"}});
  EXPECT_EQ(one.points(), "50");
  EXPECT_EQ(one.bonus(), "25");
}

TEST(TargetsLeaf, NeverGivesMoreThanItsMaximumByACurveEither) {
  RoundedRule rule = Rule();
  rule.curve = Curve{{{0, 0}, {100, 300}}};
  EXPECT_EQ(LeafCase(100, 0, rule, {{"10", "2"}, {"10", "1"}}).points(), "45");
  EXPECT_EQ(LeafCase(100, 0, rule, {{"10", "5"}, {"10", "5"}}).points(), "100");
}

TEST(TargetsLeaf, SharesItsPointsAmongTheTargetsThatAreNotVoided) {
  LeafCase two(100, 0, Rule(), {{"10", "5"}, {"10", ""}});
  EXPECT_EQ(two.points(), "25");
  two.pact.targets[1].voided = true;
  std::vector<UnitScore> scores = Score(two.pact, two.results, {});
  EXPECT_EQ(scores[0].points, Rational(50));
  ASSERT_EQ(scores[0].contents[0].targets.size(), 1) << "neither earned nor owed";
  EXPECT_EQ(scores[0].contents[0].targets[0].target, &two.pact.targets[0]);

  two.pact.targets[0].voided = true;
  scores = Score(two.pact, two.results, {});
  EXPECT_FALSE(scores[0].contents[0].assigned);
  EXPECT_FALSE(scores[0].contents[0].voided) << "the criterion stands, and has no targets";
}

TEST(TargetsLeaf, MeasuresLowerIsBetterByTheSchemesFormula) {
  const auto kLower = Direction::kLowerIsBetter;
  const std::vector<Row> rows = {{"10", "20", "", kLower}, {"0", "0", "", kLower}};
  EXPECT_EQ(LeafCase(100, 0, Rule(), rows).parts(), "25, 50");
  RoundedRule two_minus = Rule();
  two_minus.lower_is_better = LowerIsBetterFormula::kTwoMinusActualOverTarget;
  EXPECT_EQ(LeafCase(100, 0, two_minus, rows).parts(), "0, 50");
}

// T/A has no value at 0. Nobody in the bloc did better, so nobody may stand better.
TEST(TargetsLeaf, AZeroUnderTargetOverActualIsNeverWorseThanAnyOtherOfTheBloc) {
  const auto kLower = Direction::kLowerIsBetter;
  RoundedRule bonus = Rule(100, {}, D("0.1"));
  RoundedRule steps = Rule();
  steps.steps = {{true, 100, 1, D("0.1"), false}};
  RoundedRule share = Rule();
  share.best_in_bloc = BestInBloc{BestInBloc::Method::kShareOfHighest};
  RoundedRule excess = Rule();
  excess.best_in_bloc = BestInBloc();
  RoundedRule capped = Rule(1000);
  capped.curve = Curve{{{0, 0}, {1000, 100}}};
  const struct {
    const char* what;
    RoundedRule rule;
    const char* points;  // Of the zero…
    const char* bonus;
  } kCases[] = {{"bonus", bonus, "6", "50"},
                {"steps", steps, "6", "50"},
                {"share", share, "6", "0"},
                {"excess", excess, "6", "0"},
                {"curve", capped, "18/5", "0"}};
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.what);
    LeafCase one(6, 100, c.rule, {{"3", "0", "", kLower}, {"3", "0.5", "", kLower}});
    one.pact.members.push_back({"so-du-lich", "Sở Du lịch", Role::kMember});
    one.pact.targets[1].unit = "so-du-lich";
    const std::vector<UnitScore> scores = Score(one.pact, one.results, {});
    EXPECT_EQ(scores[0].contents[0].targets[0].achievement.share, Rational(6));
    EXPECT_EQ(scores[0].points.ToString(), c.points);
    EXPECT_EQ(scores[0].bonus.ToString(), c.bonus);
    EXPECT_EQ(scores[1].points, scores[0].points) << "and as good as it";
    EXPECT_EQ(scores[1].bonus, scores[0].bonus);
  }
  // 200 % where nobody has more, and nothing is taken from the best without a zero.
  EXPECT_EQ(LeafCase(6, 100, bonus, {{"3", "0", "", kLower}}).bonus(), "10");
  EXPECT_EQ(LeafCase(6, 100, bonus, {{"3", "0", "", kLower}, {"3", "2", "", kLower}}).bonus(),
            "15");
  // 2 − A/T is at its most there.
  RoundedRule two_minus = bonus;
  two_minus.lower_is_better = LowerIsBetterFormula::kTwoMinusActualOverTarget;
  EXPECT_EQ(LeafCase(6, 100, two_minus, {{"3", "0", "", kLower}, {"3", "9"}}).bonus(), "30");
}

TEST(TargetsLeaf, TakesNoMoreByStepsThanTheySay) {
  RoundedRule rule = Rule();
  rule.steps = {{false, 100, 1, -1, false, D("2.5")}, {true, 100, 1, D("0.5"), false, 4}};
  EXPECT_EQ(LeafCase(10, 9, rule, {{"100", "98"}}).points(), "39/5");
  EXPECT_EQ(LeafCase(10, 9, rule, {{"100", "90"}}).points(), "13/2");
  EXPECT_EQ(LeafCase(10, 9, rule, {{"100", ""}}).points(), "0");
  EXPECT_EQ(LeafCase(10, 9, rule, {{"100", "107"}}).bonus(), "7/2");
  EXPECT_EQ(LeafCase(10, 9, rule, {{"100", "150"}}).bonus(), "4");
  // Of each target, so that two may earn twice as much.
  EXPECT_EQ(LeafCase(10, 9, rule, {{"100", "150"}, {"100", "150"}}).bonus(), "8");
}

TEST(TargetsLeaf, PassesOverTargetsThatAreNotScored) {
  LeafCase one(100, 0, Rule(), {{"10", "5"}, {"10", "10"}});
  one.pact.targets[1].kind = TargetKind::kInformational;
  EXPECT_EQ(Score(one.pact, one.results, {})[0].points, Rational(50));
  EXPECT_EQ(Score(one.pact, one.results, {})[0].contents[0].targets.size(), 1);
}

TEST(Score, TakesTheNewestRevisionAndPassesOverTheUnknown) {
  LeafCase one(100, 0, Rule(), {{"10", "5"}});
  one.results.push_back({"t0", Figure("8"), {}, 3});
  one.results.push_back({"t0", Figure("9"), {}, 2});
  one.results.push_back({"t-khac", Figure("9"), {}, 2});
  EXPECT_EQ(Score(one.pact, one.results,
                  {{"so-y-te", "c", 99},  // A leaf of targets.
                   {"so-y-te", "khac", 99},
                   {"so-noi-vu", "c", 99}})[0]
                .points,
            Rational(80));
}

// 1 { 1.1 assessed 30 (no bonus), 1.2 targets 20 + 6, 1.3 targets 50 + 8 }, its own bonus cap 10;
// 2 assessed 100.
Pact TreePact() {
  Pact pact;
  pact.members = {{"so-y-te", "Sở Y tế", Role::kMember}, {"so-du-lich", "Sở Du lịch", {}}};
  const TargetsRule rule = Rule(100, {}, 1);
  pact.scheme.contents = {
      {"1",
       "Một",
       "",
       100,
       10,
       {{"1.1", "Một một", "", 30, 0, {}, AssessedRule{}},
        {"1.2", "Một hai", "", 20, 6, {}, rule},
        {"1.3", "Một ba", "", 50, 8, {}, rule}},
       {}},
      {"2", "Hai", "", 100, 0, {}, AssessedRule{}},
  };
  for (const char* criterion : {"1.2", "1.3"}) {
    Target target;
    target.id = absl::StrCat("t-", criterion);
    target.unit = "so-y-te";
    target.criterion = criterion;
    target.value = Figure("10");
    pact.targets.push_back(target);
  }
  return pact;
}

TEST(Tree, AddsUpItsAssignedChildren) {
  const Pact pact = TreePact();
  const std::vector<Result> results = {{"t-1.2", Figure("10"), {}, 1},
                                       {"t-1.3", Figure("5"), {}, 1}};
  const std::vector<UnitScore> scores = Score(pact, results, {});
  ASSERT_EQ(scores.size(), 2);
  const CriterionScore& one = scores[0].contents[0];
  EXPECT_TRUE(one.assigned);
  EXPECT_EQ(one.assigned_points, Rational(70)) << "1.1 is not yet assessed";
  EXPECT_EQ(one.points, Rational(45));
  ASSERT_EQ(one.children.size(), 3);
  EXPECT_FALSE(one.children[0].assigned);
  EXPECT_EQ(one.children[1].criterion, &pact.scheme.contents[0].children[1]);
  EXPECT_FALSE(scores[0].contents[1].assigned);
  EXPECT_EQ(scores[0].assigned_points, Rational(70));
  EXPECT_EQ(scores[0].share(), Rational(45) / Rational(70));

  EXPECT_FALSE(scores[1].contents[0].assigned);
  EXPECT_FALSE(scores[1].share().has_value());
}

TEST(Tree, CutsBonusAtEachCap) {
  struct BonusRow {
    std::string actual_12, actual_13;
    int cap, bonus;
  };
  for (const BonusRow& row : {
           BonusRow{"10.3", "10.4", 10, 7},
           BonusRow{"10.6", "10.4", 10, 10},
           BonusRow{"19", "10.4", 10, 10},  // 6 and 4: the leaf's cap first.
           BonusRow{"19", "19", 10, 10},    // 6 and 8: the parent's.
           BonusRow{"19", "19", 0, 14},     // No cap of its own.
           BonusRow{"5", "5", 10, 0},
       }) {
    Pact pact = TreePact();
    pact.scheme.contents[0].bonus_cap = row.cap;
    const std::vector<Result> results = {{"t-1.2", Figure(row.actual_12), {}, 1},
                                         {"t-1.3", Figure(row.actual_13), {}, 1}};
    const std::vector<UnitScore> scores = Score(pact, results, {});
    EXPECT_EQ(scores[0].contents[0].bonus, Rational(row.bonus));
    EXPECT_EQ(scores[0].bonus, Rational(row.bonus));
  }
}

TEST(Tree, AVoidedCriterionCountsForNobodyNorDoesWhatIsBelowIt) {
  const std::vector<Result> results = {{"t-1.2", Figure("11"), {}, 1},
                                       {"t-1.3", Figure("5"), {}, 1}};
  const std::vector<AssessedPoints> assessed = {{"so-y-te", "1.1", 30}, {"so-y-te", "2", 40}};
  struct VoidRow {
    std::vector<std::string> voided;
    int assigned, points, bonus;  // Of so-y-te.
  };
  for (const VoidRow& row : std::vector<VoidRow>{
           {{}, 200, 115, 6},
           {{"1.1"}, 170, 85, 6},
           {{"1.2"}, 180, 95, 0},
           {{"1.1", "1.3"}, 120, 60, 6},
           {{"1.1", "1.2", "1.3"}, 100, 40, 0},
           {{"1"}, 100, 40, 0},
           {{"1", "1.1"}, 100, 40, 0},
           {{"2"}, 100, 75, 6},
           {{"1", "2"}, 0, 0, 0},
       }) {
    Pact pact = TreePact();
    pact.voided_criteria = row.voided;
    const UnitScore score = Score(pact, results, assessed)[0];
    EXPECT_EQ(score.assigned_points, Rational(row.assigned));
    EXPECT_EQ(score.points, Rational(row.points));
    EXPECT_EQ(score.bonus, Rational(row.bonus));
  }
}

TEST(Tree, MarksWhatIsVoidedAndDerivesNothingThere) {
  Pact pact = TreePact();
  pact.voided_criteria = {"1.2", "2"};
  const UnitScore score = Score(pact, {{"t-1.2", Figure("10"), {}, 1}}, {})[0];
  EXPECT_FALSE(score.contents[0].voided);
  ASSERT_EQ(score.contents[0].children.size(), 3);
  EXPECT_FALSE(score.contents[0].children[0].voided);
  EXPECT_TRUE(score.contents[0].children[1].voided);
  EXPECT_TRUE(score.contents[0].children[1].targets.empty());
  EXPECT_TRUE(score.contents[1].voided);
  EXPECT_FALSE(score.contents[1].assigned);
}

TEST(AssessedLeaf, CountsFromTheDayItsPointsAreGiven) {
  struct AssessedRow {
    std::string given, points;
  };
  for (const AssessedRow& row :
       {AssessedRow{"0", "0"}, AssessedRow{"27.25", "109/4"}, AssessedRow{"100", "100"},
        AssessedRow{"100.01", "100"}, AssessedRow{"-5", "0"}}) {
    const Pact pact = TreePact();
    const std::vector<UnitScore> scores = Score(pact, {}, {{"so-du-lich", "2", D(row.given)}});
    EXPECT_FALSE(scores[0].contents[1].assigned);
    EXPECT_TRUE(scores[1].contents[1].assigned);
    EXPECT_EQ(scores[1].points.ToString(), row.points);
    EXPECT_EQ(scores[1].assigned_points, Rational(100));
  }
}

TEST(AssessedLeaf, GivesItsBonusUpToTheCap) {
  struct BonusRow {
    std::string given, cap, bonus;
  };
  for (const BonusRow& row :
       {BonusRow{"0", "5", "0"}, BonusRow{"4.75", "5", "19/4"}, BonusRow{"5", "5", "5"},
        BonusRow{"5.25", "5", "5"}, BonusRow{"-1", "5", "0"}, BonusRow{"3", "0", "0"}}) {
    Pact pact = TreePact();
    pact.scheme.contents[1].bonus_cap = D(row.cap);
    const UnitScore score = Score(pact, {}, {{"so-du-lich", "2", 40, D(row.given)}})[1];
    EXPECT_EQ(score.contents[1].bonus.ToString(), row.bonus) << row.given << " of " << row.cap;
    EXPECT_EQ(score.points, Rational(40)) << "a bonus is beside the points";
    EXPECT_EQ(score.total(), Rational(40) + score.bonus);
    EXPECT_EQ(score.assigned_points, Rational(100)) << "and never owed";
  }
}

TEST(AssessedLeaf, ItsBonusCountsUnderTheCapOfItsParent) {
  Pact pact = TreePact();
  pact.scheme.contents[0].children[0].bonus_cap = 8;
  const std::vector<Result> results = {{"t-1.2", Figure("10.4"), {}, 1}};
  const CriterionScore content = Score(pact, results, {{"so-y-te", "1.1", 30, 7}})[0].contents[0];
  EXPECT_EQ(content.children[0].bonus, Rational(7));
  EXPECT_EQ(content.children[1].bonus, Rational(4));
  EXPECT_EQ(content.bonus, Rational(10));
}

TEST(AssessedLeaf, StaysExactUntilTheSchemeRoundsIt) {
  struct RoundingRow {
    std::optional<int> digits;
    std::string points;
  };
  for (const RoundingRow& row :
       {RoundingRow{{}, "68/3"}, RoundingRow{2, "2267/100"}, RoundingRow{0, "23"}}) {
    Pact pact = TreePact();
    if (row.digits.has_value()) {
      pact.scheme.contents[1].rounding = Rounding::ToDigits(*row.digits);
    }
    pact.scheme.contents[1].bonus_cap = 5;
    const UnitScore score = Score(
        pact, {}, {{"so-du-lich", "2", Rational(68) / 3, Rational(1) / 3, Layer::kPeer, 3}})[1];
    EXPECT_EQ(score.points.ToString(), row.points);
    EXPECT_EQ(score.bonus.ToString(), "1/3") << "points are rounded, a bonus is not";
  }
}

TEST(AssessedLeaf, SaysWhosePointsItTook) {
  const Pact pact = TreePact();
  const std::vector<AssessedPoints> assessed = {{"so-y-te", "1.1", 20, 0, Layer::kSelf},
                                                {"so-y-te", "1.2", 20, 0, Layer::kSelf}};
  const std::vector<UnitScore> scores = Score(pact, {}, assessed);
  EXPECT_EQ(scores[0].contents[0].children[0].assessed, &assessed[0]);
  EXPECT_EQ(scores[0].contents[0].children[1].assessed, nullptr) << "a leaf of targets";
  EXPECT_EQ(scores[0].contents[1].assessed, nullptr) << "not yet";
  Pact amended = pact;
  amended.voided_criteria = {"1.1"};
  EXPECT_EQ(Score(amended, {}, assessed)[0].contents[0].children[0].assessed, nullptr);
}

TEST(AssessedLeaf, TakesTheLastOfSeveralAndNothingForAParent) {
  const Pact pact = TreePact();
  const std::vector<UnitScore> scores =
      Score(pact, {}, {{"so-du-lich", "2", 10}, {"so-du-lich", "2", 20}, {"so-du-lich", "1", 50}});
  EXPECT_EQ(scores[1].points, Rational(20));
}

// Silence would else be better than a poor result.
TEST(TargetsLeaf, TakesOffForWhatWasNotReportedAsForAFigureOfZero) {
  struct StepRow {
    std::string actual, points, bonus;
    PercentStep step;
  };
  const PercentStep takes_off = {false, 100, 10, -1};
  const PercentStep adds = {false, 100, 10, 1};
  for (const StepRow& row : {StepRow{"10", "100", "0", takes_off},
                             StepRow{"0", "40", "0", takes_off}, StepRow{"", "40", "0", takes_off},
                             StepRow{"0", "50", "10", adds}, StepRow{"", "50", "0", adds}}) {
    RoundedRule rule = Rule();
    rule.steps = {row.step};
    const LeafCase one(100, 20, rule, {{"10", "10"}, {"10", row.actual}});
    EXPECT_EQ(one.points(), row.points) << row.actual;
    EXPECT_EQ(one.bonus(), row.bonus) << row.actual;
  }
}

TEST(TargetsLeaf, MeasuresFiguresWithoutATargetAmongThoseOfTheirDirection) {
  RoundedRule rule = Rule();
  rule.without_target = WithoutTargetPolicy::kShareOfHighest;
  const auto kLower = Direction::kLowerIsBetter;
  EXPECT_EQ(LeafCase(100, 0, rule, {{"", "5"}, {"", "10"}}).parts(), "25, 50");
  EXPECT_EQ(LeafCase(100, 0, rule, {{"", "5"}, {"", "10", "", kLower}}).parts(), "50, 50");
  EXPECT_EQ(LeafCase(100, 0, rule, {{"", "5", "", kLower}, {"", "10", "", kLower}}).parts(),
            "50, 25");
  EXPECT_EQ(LeafCase(100, 0, rule, {{"", "0", "", kLower}, {"", "10", "", kLower}}).parts(),
            "50, 0");
  EXPECT_EQ(LeafCase(100, 0, rule, {{"?", "5"}, {"", "10"}}).parts(), "25, 50")
      << "whyever the target is not known";
}

TEST(Leaf, OwesNothingForTargetsThatAreLeftOut) {
  struct MissingRow {
    std::vector<Row> rows;
    std::string assigned;
  };
  for (const MissingRow& row : std::vector<MissingRow>{{{}, "100"},
                                                       {{{"10", ""}}, "100"},
                                                       {{{"10", "-"}}, "not assigned"},
                                                       {{{"10", "?"}}, "not assigned"},
                                                       {{{"10", "", "80"}}, "not assigned"},
                                                       {{{"10", "-"}, {"10", "5"}}, "100"}}) {
    LeafCase one(100, 0, Rule(), row.rows);
    one.pact.scheme.contents[0].when_missing = WhenMissing::kZero;
    one.scores = Score(one.pact, one.results, {});
    EXPECT_EQ(one.assigned(), row.assigned);
    for (const bool each_target : {true, false}) {
      FormulaRule formula;
      formula.points = "max_points";
      formula.each_target = each_target;
      formula.takes_targets = true;
      one.pact.scheme.contents[0].rule = formula;
      one.scores = Score(one.pact, one.results, {});
      EXPECT_EQ(one.assigned(), row.assigned);
    }
  }
}

TEST(FormulaLeaf, IsMissingWhereNoTargetComesToANumber) {
  struct FormulaRow {
    std::string points;
    std::vector<Row> rows;
    std::string assigned, earned, parts;
  };
  for (const FormulaRow& row : std::vector<FormulaRow>{
           {"share_points * actual", {{"10", "1"}, {"10", ""}}, "100", "50", "50, 0"},
           {"share_points * actual", {{"10", ""}, {"10", ""}}, "not assigned", "0", "0, 0"},
           {"figure(\"a\")", {{"10", "1"}}, "not assigned", "0", "0"},
           {"value_or(figure(\"a\"), 7)", {{"10", "1"}, {"10", ""}}, "100", "14", "7, 7"}}) {
    LeafCase one(100, 0, Rule(), row.rows);
    FormulaRule formula;
    formula.points = row.points;
    formula.each_target = true;
    formula.figures = {{"a", "Số lần"}};
    one.pact.scheme.contents[0].rule = formula;
    one.scores = Score(one.pact, one.results, {});
    EXPECT_EQ(one.assigned(), row.assigned) << row.points;
    EXPECT_EQ(one.points(), row.earned) << row.points;
    EXPECT_EQ(one.parts(), row.parts) << row.points;
  }
}

// As what was given before the scheme had more of them.
TEST(FormulaLeaf, AFigureBeyondThoseThatWereGivenIsMissing) {
  Pact pact = TreePact();
  FormulaRule formula;
  formula.figures = {{"a", "Số lần"}, {"b", "Số ngày"}};
  AssessedPoints given{"so-du-lich", "2", 0};
  for (const auto& [points, assigned] :
       {std::pair("figure(\"a\")", true), {"figure(\"b\")", false}}) {
    formula.points = points;
    pact.scheme.contents[1].rule = formula;
    given.figures = {Rational(7)};
    EXPECT_EQ(Score(pact, {}, {given})[1].contents[1].assigned, assigned) << points;
    given.figures = {};
    EXPECT_FALSE(Score(pact, {}, {given})[1].contents[1].assigned) << points;
  }
}

TEST(Leaf, TellsPointsThatNobodyGave) {
  struct DefaultRow {
    decltype(Criterion::rule) rule;
    WhenMissing when_missing;
    bool assigned, by_default;  // While nothing was given.
  };
  const EventsRule events{10, {{"loi", "Lỗi", -2}}};
  for (const DefaultRow& row :
       std::vector<DefaultRow>{{AssessedRule(), WhenMissing::kLeaveOut, false, false},
                               {AssessedRule(), WhenMissing::kZero, true, true},
                               {events, WhenMissing::kLeaveOut, false, false},
                               {events, WhenMissing::kZero, true, true},
                               {events, WhenMissing::kAsNone, true, true}}) {
    Pact pact = TreePact();
    pact.scheme.contents[1].rule = row.rule;
    pact.scheme.contents[1].when_missing = row.when_missing;
    AssessedPoints given{"so-du-lich", "2", 5};
    given.figures = {Rational(1)};
    const auto before = Score(pact, {}, {})[1].contents[1].numbers;
    EXPECT_EQ(before.assigned, row.assigned);
    EXPECT_EQ(before.by_default, row.by_default);
    const auto after = Score(pact, {}, {given})[1].contents[1].numbers;
    EXPECT_TRUE(after.assigned);
    EXPECT_FALSE(after.by_default);
  }
}

TEST(EventsLeaf, TakesOffNoMoreThanTheLeastLeaves) {
  Pact pact;
  pact.members = {{"so-y-te", "Sở Y tế", Role::kMember}};
  pact.scheme.contents = {{"c", "C", "", 10, 0, {}, EventsRule{10, {{"loi", "Lỗi", -2}}}}};
  pact.scheme.contents[0].min_points = 7;
  for (const auto& [times, points] : {std::pair(0, 10), {1, 8}, {2, 7}, {9, 7}}) {
    AssessedPoints given{"so-y-te", "c", 0};
    given.figures = {Rational(times)};
    EXPECT_EQ(Score(pact, {}, {given})[0].points, Rational(points)) << times;
  }
  EXPECT_FALSE(Score(pact, {}, {})[0].contents[0].assigned);
}

// "Số tiêu chí đạt điểm tuyệt đối".
TEST(Formulas, GoThroughTheCriteriaOfAUnit) {
  Pact pact = TreePact();
  pact.scheme.contents[1].bonus_cap = 5;
  pact.scheme.ranking.key = RankingKey::kFormula;
  const std::vector<Result> results = {{"t-1.2", Figure("10"), {}, 1},
                                       {"t-1.3", Figure("5"), {}, 1}};
  const std::vector<AssessedPoints> assessed = {{"so-y-te", "2", 100, 3},
                                                {"so-du-lich", "2", 40, 2}};
  for (const auto& [formula, first, second] :
       {std::tuple("criteria.count(points == max_points)", 2, 0),
        {"criteria.count(true)", 3, 1},
        {"criteria.sum(points + bonus)", 148, 42},
        {"criteria.sum(max_points)", 170, 100},
        {"bloc.sum(criteria.count(points == max_points))", 2, 2}}) {
    pact.scheme.ranking.formula = formula;
    const PeriodScore scored(pact, results, assessed);
    const auto& compiled = scored.sheet().plan->formulas().ranking;
    ASSERT_TRUE(compiled.has_value()) << formula;
    EXPECT_EQ(OfUnit(*compiled, scored.sheet(), 0), Rational(first)) << formula;
    EXPECT_EQ(OfUnit(*compiled, scored.sheet(), 1), Rational(second)) << formula;
  }
}

TEST(EventsLeaf, GivesWhatIsBeyondItsMaximumAsBonusToTheLastFraction) {
  struct EventRow {
    Rational times;
    std::string points, bonus;
  };
  for (const EventRow& row :
       {EventRow{0, "98", "0"}, EventRow{2, "100", "0"}, EventRow{Rational(5) / 2, "100", "1/2"},
        EventRow{Rational(10) / 3, "100", "4/3"}, EventRow{5, "100", "3"},
        EventRow{9, "100", "4"}}) {
    Pact pact = TreePact();
    pact.scheme.contents[1].bonus_cap = 4;
    pact.scheme.contents[1].rule = EventsRule{98, {{"khen", "Được khen", 1}}};
    AssessedPoints given = {"so-du-lich", "2", 0, 0, Layer::kPeer, 3};
    given.figures = {row.times};
    const CriterionScore leaf = Score(pact, {}, {given})[1].contents[1];
    EXPECT_EQ(leaf.points.ToString(), row.points) << row.times.ToString();
    EXPECT_EQ(leaf.bonus.ToString(), row.bonus) << row.times.ToString();
  }
}

TEST(PlacesLeaf, TellsThePlaceThatWasGiven) {
  struct PlaceRow {
    Rational given;
    int place, points;
  };
  for (const PlaceRow& row :
       {PlaceRow{1, 1, 60}, PlaceRow{2, 2, 45}, PlaceRow{Rational(3) / 2, 2, 45},
        PlaceRow{3, 3, 10}, PlaceRow{7, 7, 10}, PlaceRow{1'000'000, 65'535, 10}}) {
    Pact pact = TreePact();
    pact.scheme.contents[1].rule = PlacesRule{PlacesRule::Source::kGivenPlace, {60, 45}, 10};
    AssessedPoints given = {"so-du-lich", "2", 0};
    given.figures = {row.given};
    const CriterionScore leaf = Score(pact, {}, {given})[1].contents[1];
    EXPECT_EQ(leaf.points, Rational(row.points));
    EXPECT_EQ(leaf.numbers.place, row.place);
  }
}

TEST(AssessedLeaf, TakesNothingOffWhateverItsLeast) {
  Pact pact = TreePact();
  pact.scheme.contents[1].min_points = -10;
  EXPECT_EQ(Score(pact, {}, {{"so-du-lich", "2", -5}})[1].points, Rational(0));
}

TEST(Score, AnswersForASchemeThatNobodyValidated) {
  Pact pact = TreePact();
  pact.scheme.contents[1].rule = std::monostate();
  pact.scheme.contents[0].rule = AssessedRule{};
  EXPECT_FALSE(Score(pact, {}, {{"so-du-lich", "2", 20}})[1].share().has_value());

  RoundedRule rule = Rule();
  rule.rounding = Rounding{0, RoundingMode::kHalfUp};  // No step at all: exact.
  rule.steps = {{.every_percent = 0, .points = -1}};   // Nor that.
  EXPECT_EQ(LeafCase(100, 0, rule, {{"3", "1"}}).points(), "100/3");
  EXPECT_TRUE(Score({}, {}, {}).empty());

  // A formula that is none gives nothing, and a limit of it holds nobody back.
  FormulaRule formula;
  formula.points = "max_points +";
  pact.scheme.contents[1].rule = formula;
  EXPECT_FALSE(Score(pact, {}, {})[1].contents[1].assigned);
  pact.scheme.contents[1].rule = AssessedRule{};
  pact.scheme.contents[1].limits = {{"points(", "Khống chế", 0, true}};
  EXPECT_EQ(Score(pact, {}, {{"so-du-lich", "2", 20}})[1].points, Rational(20));
}

TEST(Score, OfTheFirstRealBloc) {
  struct UnitRow {
    absl::string_view unit;
    std::string points, bonus, assigned;
  };
  const Pact pact = khoi4_2019::ThePact();
  const std::vector<Result> results = khoi4_2019::TheResults();
  const std::vector<UnitScore> scores = Score(pact, results, {});
  const std::vector<UnitRow> rows = {
      // 650 × 17.893/35.000; the two informational figures neither give nor owe.
      {khoi4_2019::kLabour, "232609/700", "0", "650"},
      {khoi4_2019::kTourism, "0", "0", "0"},  // Percent-only, and the scheme excludes those.
      {khoi4_2019::kScience, "1430/3", "0", "650"},
      {khoi4_2019::kEducation, "0", "0", "0"},
      {khoi4_2019::kCulture, "371758075/579942", "0", "650"},
      {khoi4_2019::kHealth, "650", "0", "650"},
      {khoi4_2019::kMinorities, "650", "25", "650"},
  };
  ASSERT_EQ(scores.size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(rows[i].unit);
    EXPECT_EQ(scores[i].member->unit, rows[i].unit);
    EXPECT_EQ(scores[i].points.ToString(), rows[i].points);
    EXPECT_EQ(scores[i].bonus.ToString(), rows[i].bonus);
    EXPECT_EQ(scores[i].assigned_points.ToString(), rows[i].assigned);
  }
}

}  // namespace
}  // namespace thidua::domain
