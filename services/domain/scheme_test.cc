#include "services/domain/scheme.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/khoi4_2019_testdata.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

Criterion Leaf(const std::string& id, const Decimal& points) {
  return {id, "Tiêu chí " + id, "", points, 0, {}, AssessedRule{}};
}

Criterion Parent(const std::string& id, const Decimal& points, std::vector<Criterion> children) {
  return {id, "Tiêu chí " + id, "", points, 0, std::move(children), {}};
}

// 1 { 1.1 { 1.1.1 0,25 + 1.1.2 0,75 } + 1.2 }, 2
Scheme SoundScheme() {
  Scheme scheme;
  scheme.id = "khoi-2019";
  scheme.version = 1;
  scheme.name = "Thang bảng điểm";
  Criterion targets = Leaf("1.2", 9);
  targets.rule = TargetsRule{};
  scheme.contents = {
      Parent("1", 10,
             {Parent("1.1", 1, {Leaf("1.1.1", D("0.25")), Leaf("1.1.2", D("0.75"))}), targets}),
      Leaf("2", 200)};
  scheme.ranking.tie_keys = {"1", "1.1.2"};
  return scheme;
}

TargetsRule& TargetsRuleOf(Scheme& scheme) {
  return std::get<TargetsRule>(scheme.contents[0].children[1].rule);
}

TEST(ValidateScheme, TakesASoundScheme) {
  EXPECT_EQ(Briefly(ValidateScheme(SoundScheme())), std::vector<std::string>{});
}

TEST(ValidateScheme, AsksNoSumOfTheContents) {
  // 650 + 200 + 100 is 950, and the scheme's scale is 1.000.
  EXPECT_EQ(Briefly(ValidateScheme(khoi4_2019::SchemeA())), std::vector<std::string>{});
}

TEST(ValidateScheme, NamesEveryFaultWithItsPath) {
  struct Row {
    std::function<void(Scheme&)> spoil;
    std::vector<std::string> faults;
  };
  const std::vector<Row> rows = {
      {[](Scheme& s) { s.id = ""; }, {"scheme_id: REQUIRED"}},
      {[](Scheme& s) { s.id = "Khối"; }, {"scheme_id: IDENTIFIER_INVALID"}},
      {[](Scheme& s) { s.name = ""; }, {"display_name: REQUIRED"}},
      {[](Scheme& s) { s.legal_basis = std::string(1001, 'a'); }, {"legal_basis: TOO_LONG"}},
      {[](Scheme& s) {
         s.contents.clear();
         s.ranking.tie_keys.clear();
       },
       {"contents: REQUIRED"}},
      {[](Scheme& s) { s.contents[1].id = ""; }, {"contents[1].criterion_id: REQUIRED"}},
      {[](Scheme& s) { s.contents[1].id = "a b"; },
       {"contents[1].criterion_id: IDENTIFIER_INVALID"}},
      {[](Scheme& s) { s.contents[1].id = "1.1.1"; }, {"contents[1].criterion_id: DUPLICATE"}},
      {[](Scheme& s) { s.contents[1].name = "a\nb"; },
       {"contents[1].display_name: CONTROL_CHARACTER"}},
      {[](Scheme& s) { s.contents[1].clause = std::string(301, 'a'); },
       {"contents[1].clause: TOO_LONG"}},
      {[](Scheme& s) { s.contents[1].max_points = 0; }, {"contents[1].max_points: OUT_OF_RANGE"}},
      {[](Scheme& s) { s.contents[1].max_points = -1; }, {"contents[1].max_points: OUT_OF_RANGE"}},
      {[](Scheme& s) { s.contents[1].max_points = 1'000'001; },
       {"contents[1].max_points: OUT_OF_RANGE"}},
      {[](Scheme& s) { s.contents[1].bonus_cap = D("-0.1"); },
       {"contents[1].bonus_cap: OUT_OF_RANGE"}},
      {[](Scheme& s) { s.contents[0].max_points = 11; },
       {"contents[0].max_points: CHILDREN_DO_NOT_ADD_UP"}},
      {[](Scheme& s) { s.contents[0].children[0].children[0].max_points = D("0.2"); },
       {"contents[0].children[0].max_points: CHILDREN_DO_NOT_ADD_UP"}},
      {[](Scheme& s) { s.contents[1].rule = std::monostate(); },
       {"contents[1].rule: RULE_MISSING"}},
      {[](Scheme& s) { s.contents[0].rule = AssessedRule{}; },
       {"contents[0].rule: RULE_ON_PARENT"}},
      {[](Scheme& s) { s.contents[0].rule = TargetsRule{}; }, {"contents[0].rule: RULE_ON_PARENT"}},
      {[](Scheme& s) { TargetsRuleOf(s).achievement_cap_percent = 0; },
       {"contents[0].children[1].targets.achievement_cap_percent: OUT_OF_RANGE"}},
      {[](Scheme& s) { TargetsRuleOf(s).achievement_cap_percent = 10'001; },
       {"contents[0].children[1].targets.achievement_cap_percent: OUT_OF_RANGE"}},
      {[](Scheme& s) { TargetsRuleOf(s).bonus_per_percent_above = -1; },
       {"contents[0].children[1].targets.bonus_per_percent_above: OUT_OF_RANGE"}},
      {[](Scheme& s) { TargetsRuleOf(s).bonus_per_percent_above = 1; },
       {"contents[0].children[1].bonus_cap: REQUIRED"}},
      {[](Scheme& s) {
         s.contents[0].children[1].rounding = Rounding{0, RoundingMode::kHalfUp};
       },
       {"contents[0].children[1].rounding.step: OUT_OF_RANGE"}},
      {[](Scheme& s) {
         s.contents[0].children[1].rounding = Rounding{-1, RoundingMode::kHalfUp};
       },
       {"contents[0].children[1].rounding.step: OUT_OF_RANGE"}},
      {[](Scheme& s) {
         s.ranking.tie_keys = {"3", "1", "1", ""};
       },
       {"ranking.tie_keys[0].criterion_id: CRITERION_UNKNOWN",
        "ranking.tie_keys[2].criterion_id: DUPLICATE",
        "ranking.tie_keys[3].criterion_id: CRITERION_UNKNOWN"}},
      {[](Scheme& s) { s.ranking.tie_keys.assign(1002, "1"); }, {}},
  };
  for (const Row& row : rows) {
    Scheme scheme = SoundScheme();
    row.spoil(scheme);
    std::vector<std::string> faults = Briefly(ValidateScheme(scheme));
    if (row.faults.empty()) {
      EXPECT_EQ(faults.size(), 1000);  // 999 repetitions, and the end of patience.
      EXPECT_EQ(faults.back(), "ranking.tie_keys: TOO_MANY");
    } else {
      EXPECT_EQ(faults, row.faults);
    }
  }
}

TEST(ValidateScheme, FindsSeveralFaultsAtOnce) {
  Scheme scheme = SoundScheme();
  scheme.name = "";
  scheme.contents[0].children[0].children[1].max_points = -1;
  scheme.contents[1].rule = std::monostate();
  EXPECT_EQ(Briefly(ValidateScheme(scheme)),
            (std::vector<std::string>{
                "display_name: REQUIRED",
                "contents[0].children[0].max_points: CHILDREN_DO_NOT_ADD_UP",
                "contents[0].children[0].children[1].max_points: OUT_OF_RANGE",
                "contents[1].rule: RULE_MISSING",
            }));
}

TEST(ValidateScheme, TellsTheOfficialWhichSumIsWrong) {
  Scheme scheme = SoundScheme();
  scheme.contents[0].max_points = D("9.5");
  EXPECT_EQ(ValidateScheme(scheme)[0].message,
            "Tổng điểm tối đa của các tiêu chí con là 10, không bằng 9,5 điểm của tiêu chí “Tiêu "
            "chí 1”.");
}

TEST(ValidateScheme, TakesTheBoundsThemselves) {
  Scheme scheme = SoundScheme();
  scheme.contents[1].max_points = 1'000'000;
  TargetsRuleOf(scheme).achievement_cap_percent = 10'000;
  scheme.contents[0].children[1].rounding = Rounding::ToDigits(9);
  TargetsRuleOf(scheme).bonus_per_percent_above = D("0.000000001");
  scheme.contents[0].children[1].bonus_cap = D("0.000000001");
  EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{});
}

// 80 % of the target earns half of the points, all of it all of them, 120 % a tenth more.
Curve SoundCurve() {
  Curve curve;
  curve.points = {{80, 50}, {100, 100}, {120, 110}};
  return curve;
}

TEST(ValidateScheme, NamesEveryFaultOfACurve) {
  struct Row {
    std::function<void(Curve&)> spoil;
    std::vector<std::string> faults;  // Below the curve's path.
  };
  const std::vector<Row> rows = {
      {[](Curve&) {}, {}},
      {[](Curve& c) { c.points.clear(); }, {"points: REQUIRED"}},
      {[](Curve& c) { c.points.resize(1); }, {}},
      {[](Curve& c) {
         c.points = {{0, 0}};
       },
       {"points: RULE_UNREACHABLE"}},
      {[](Curve& c) {
         c.points = {{0, 0}, {80, 0}, {100, D("0.1")}};
       },
       {}},
      {[](Curve& c) {
         for (Curve::Point& point : c.points) point.earned_percent = 0;
       },
       {"points: RULE_UNREACHABLE"}},
      {[](Curve& c) { c.points[1].achievement_percent = 80; },
       {"points[1].achievement_percent: OUT_OF_RANGE"}},
      {[](Curve& c) { c.points[2].achievement_percent = D("99.9"); },
       {"points[2].achievement_percent: OUT_OF_RANGE"}},
      {[](Curve& c) { c.points[0].achievement_percent = D("-0.1"); },
       {"points[0].achievement_percent: OUT_OF_RANGE"}},
      {[](Curve& c) { c.points[2].achievement_percent = 150; }, {}},  // The cap itself.
      {[](Curve& c) { c.points[2].achievement_percent = D("150.1"); },
       {"points[2].achievement_percent: RULE_UNREACHABLE"}},
      {[](Curve& c) { c.points[0].earned_percent = D("-0.1"); },
       {"points[0].earned_percent: OUT_OF_RANGE"}},
      {[](Curve& c) { c.points[2].earned_percent = 10'000; }, {}},
      {[](Curve& c) { c.points[2].earned_percent = D("10000.1"); },
       {"points[2].earned_percent: OUT_OF_RANGE"}},
      {[](Curve& c) { c.points[1].earned_percent = 50; }, {}},  // Level is no fall.
      {[](Curve& c) { c.points[1].earned_percent = D("49.9"); },
       {"points[1].earned_percent: CURVE_NOT_MONOTONE"}},
      {[](Curve& c) {
         c.points[1].earned_percent = D("49.9");
         c.may_fall = true;
       },
       {}},
      {[](Curve& c) {
         c.points[1] = {70, 40};
         c.points.push_back({200, 20'000});
       },
       {"points[1].achievement_percent: OUT_OF_RANGE",
        "points[1].earned_percent: CURVE_NOT_MONOTONE",
        "points[3].achievement_percent: RULE_UNREACHABLE",
        "points[3].earned_percent: OUT_OF_RANGE"}},
  };
  for (const Row& row : rows) {
    Scheme scheme = SoundScheme();
    TargetsRuleOf(scheme).achievement_cap_percent = 150;
    TargetsRuleOf(scheme).curve = SoundCurve();
    row.spoil(*TargetsRuleOf(scheme).curve);
    std::vector<std::string> faults;
    for (const std::string& fault : row.faults) {
      faults.push_back("contents[0].children[1].targets.curve." + fault);
    }
    EXPECT_EQ(Briefly(ValidateScheme(scheme)), faults);
  }
}

TEST(ValidateScheme, TakesFiftyPointsOfACurve) {
  Scheme scheme = SoundScheme();
  Curve& curve = TargetsRuleOf(scheme).curve.emplace();
  for (int i = 0; i < 50; ++i) curve.points.push_back({i, i});
  EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{});
  curve.points.push_back({50, 50});
  EXPECT_EQ(Briefly(ValidateScheme(scheme)),
            std::vector<std::string>{"contents[0].children[1].targets.curve.points: TOO_MANY"});
}

// A cap that nothing can ever reach into promises a bonus that nobody gets.
TEST(ValidateScheme, RefusesABonusCapUnderWhichNothingGivesABonus) {
  Scheme scheme = SoundScheme();
  const auto faults = [&] { return Briefly(ValidateScheme(scheme)); };
  Criterion& targets = scheme.contents[0].children[1];
  targets.bonus_cap = 5;
  EXPECT_EQ(faults(),
            std::vector<std::string>{"contents[0].children[1].bonus_cap: RULE_UNREACHABLE"});
  TargetsRuleOf(scheme).bonus_per_percent_above = 1;
  EXPECT_EQ(faults(), std::vector<std::string>{});

  scheme = SoundScheme();
  scheme.contents[0].bonus_cap = 5;
  EXPECT_EQ(faults(), std::vector<std::string>{"contents[0].bonus_cap: RULE_UNREACHABLE"})
      << "1.1.1 and 1.1.2 are assessed, without a bonus";
  scheme.contents[0].children[0].children[1].bonus_cap = 5;
  EXPECT_EQ(faults(), std::vector<std::string>{});
  scheme.contents[0].children[0].children[1].bonus_cap = 0;
  TargetsRule generous;
  generous.bonus_per_percent_above = D("0.1");
  Criterion& deep = scheme.contents[0].children[0].children[1];
  deep.rule = generous;
  deep.bonus_cap = 1;
  EXPECT_EQ(faults(), std::vector<std::string>{});

  scheme = SoundScheme();
  scheme.contents[1].bonus_cap = 10;
  EXPECT_EQ(faults(), std::vector<std::string>{}) << "an assessment may give it";
}

TEST(ValidateScheme, TakesAStepThatTheMaximumAndTheBonusCapAreMultiplesOf) {
  struct Row {
    std::string max_points, bonus_cap, step;
    std::vector<std::string> faults;
  };
  const std::string kStep = "contents[1].assessed.step: ";
  for (const Row& row : {
           Row{"200", "0", "0.25", {}},
           Row{"200", "10", "0.25", {}},
           Row{"200", "10", "10", {}},
           Row{"200", "0", "200", {}},
           Row{"0.75", "0.000000003", "0.000000003", {}},
           Row{"200", "10", "0", {kStep + "OUT_OF_RANGE"}},
           Row{"200", "10", "-0.25", {kStep + "OUT_OF_RANGE"}},
           Row{"200", "0", "0.3", {kStep + "STEP_DOES_NOT_DIVIDE"}},
           Row{"200", "0", "400", {kStep + "STEP_DOES_NOT_DIVIDE"}},
           Row{"200", "10", "20", {kStep + "STEP_DOES_NOT_DIVIDE"}},  // The cap alone.
           Row{"200",
               "10",
               "0.3",
               {kStep + "STEP_DOES_NOT_DIVIDE", kStep + "STEP_DOES_NOT_DIVIDE"}},
       }) {
    Scheme scheme = SoundScheme();
    scheme.contents[1].max_points = D(row.max_points);
    scheme.contents[1].bonus_cap = D(row.bonus_cap);
    scheme.contents[1].rule = AssessedRule{D(row.step)};
    EXPECT_EQ(Briefly(ValidateScheme(scheme)), row.faults)
        << row.max_points << " + " << row.bonus_cap << " by " << row.step;
  }
}

TEST(ValidateScheme, TellsTheOfficialWhatTheStepDoesNotDivide) {
  Scheme scheme = SoundScheme();
  scheme.contents[1].bonus_cap = D("0.5");
  scheme.contents[1].rule = AssessedRule{D("0.3")};
  const std::vector<Fault> faults = ValidateScheme(scheme);
  ASSERT_EQ(faults.size(), 2);
  EXPECT_EQ(faults[0].message,
            "Điểm tối đa 200 của tiêu chí “Tiêu chí 2” không phải là bội số của bước điểm 0,3.");
  EXPECT_EQ(faults[1].message,
            "Mức trần điểm thưởng 0,5 của tiêu chí “Tiêu chí 2” không phải là bội số của bước điểm "
            "0,3.");
}

TEST(ValidateScheme, TakesEachLayerOnce) {
  constexpr auto kSelf = Layer::kSelf, kPeer = Layer::kPeer;
  struct Row {
    std::vector<Layer> precedence;
    std::vector<std::string> faults;
  };
  for (const Row& row : {
           Row{{}, {}},
           Row{{kSelf}, {}},
           Row{{Layer::kProvince, kPeer, kSelf, Layer::kBloc}, {}},
           Row{{kSelf, kPeer, kSelf}, {"assessment_precedence[2]: DUPLICATE"}},
           Row{{kSelf, kSelf, kPeer, kPeer},
               {"assessment_precedence[1]: DUPLICATE", "assessment_precedence[3]: DUPLICATE"}},
       }) {
    Scheme scheme = SoundScheme();
    scheme.assessment_precedence = row.precedence;
    EXPECT_EQ(Briefly(ValidateScheme(scheme)), row.faults);
  }
  Scheme hostile = SoundScheme();
  hostile.assessment_precedence.assign(1'000'000, kSelf);
  EXPECT_LE(ValidateScheme(hostile).size(), 10);
}

TEST(PrecedenceOf, IsTheSchemesOrTheHigherBodyFirst) {
  Scheme scheme = SoundScheme();
  EXPECT_EQ(PrecedenceOf(scheme),
            (std::vector<Layer>{Layer::kProvince, Layer::kBloc, Layer::kPeer, Layer::kSelf}));
  scheme.assessment_precedence = {Layer::kPeer};
  EXPECT_EQ(PrecedenceOf(scheme), std::vector<Layer>{Layer::kPeer});
}

TEST(ValidateScheme, RefusesAValidityThatEndsBeforeItBegins) {
  Scheme scheme = SoundScheme();
  for (const Interval& sound :
       {Interval{}, Interval{Date(2019, 1, 1), std::nullopt},
        Interval{std::nullopt, Date(2019, 1, 1)}, Interval{Date(2019, 1, 1), Date(2019, 1, 1)}}) {
    scheme.valid = sound;
    EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{});
  }
  scheme.valid = {Date(2019, 1, 2), Date(2019, 1, 1)};
  EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{"valid_until: OUT_OF_RANGE"});
}

TEST(EarnedBy, IsNothingBelowTheCurveAndTheLastPointBeyondIt) {
  struct Row {
    const char* achieved;  // Percent.
    const char* linear;    // Of the points, 1 is all of them.
    const char* step;
  };
  // (80, 50), (100, 100), (120, 110).
  for (const Row& row : {
           Row{"0", "0", "0"},
           Row{"79.999999999", "0", "0"},
           Row{"80", "1/2", "1/2"},
           Row{"90", "3/4", "1/2"},
           Row{"99.999999999", "39999999999/40000000000", "1/2"},
           Row{"100", "1", "1"},
           Row{"110", "21/20", "1"},
           Row{"120", "11/10", "11/10"},
           Row{"100000", "11/10", "11/10"},
       }) {
    Curve curve = SoundCurve();
    const Rational achievement = Rational(D(row.achieved)) / 100;
    EXPECT_EQ(EarnedBy(curve, achievement).ToString(), row.linear) << row.achieved;
    curve.between = Curve::Between::kStep;
    EXPECT_EQ(EarnedBy(curve, achievement).ToString(), row.step) << row.achieved;
  }
}

TEST(EarnedBy, StaysExactWhereNoDecimalIs) {
  Curve curve;
  curve.points = {{0, 0}, {90, 100}};
  EXPECT_EQ(EarnedBy(curve, Rational(1) / 3).ToString(), "10/27");
}

TEST(EarnedBy, FallsWhereTheCurveFalls) {
  Curve curve;
  curve.points = {{100, 100}, {200, 0}};
  curve.may_fall = true;
  EXPECT_EQ(EarnedBy(curve, Rational(5) / 4).ToString(), "3/4");
}

Criterion Chain(int depth) {
  return depth == 1 ? Leaf("c1", 1) : Parent(absl::StrCat("c", depth), 1, {Chain(depth - 1)});
}

TEST(ValidateScheme, LimitsDepthAndNumber) {
  Scheme scheme = SoundScheme();
  scheme.ranking.tie_keys.clear();
  scheme.contents = {Chain(10)};
  EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{});
  scheme.contents = {Chain(11)};
  ASSERT_EQ(ValidateScheme(scheme).size(), 1);
  EXPECT_EQ(ValidateScheme(scheme)[0].reason, "TOO_DEEP");

  scheme.contents.clear();
  for (int i = 0; i < 1000; ++i) scheme.contents.push_back(Leaf(absl::StrCat("c", i), 1));
  EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{});
  scheme.contents.push_back(Leaf("c1000", 1));
  EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{"contents: TOO_MANY"});
}

// "Trừ tối đa 3 trên 10 điểm".
TEST(ValidateScheme, TakesALeastAboveZeroOnlyWherePointsAreTakenOffTheWhole) {
  struct Row {
    std::function<void(Criterion&)> spoil;
    std::vector<std::string> faults;
  };
  for (const Row& row : std::vector<Row>{
           {[](Criterion&) {}, {}},
           {[](Criterion& c) { c.min_points = 10; }, {}},
           {[](Criterion& c) { c.min_points = 11; }, {"contents[1].min_points: OUT_OF_RANGE"}},
           {[](Criterion& c) { std::get<EventsRule>(c.rule).starts_at = 9; },
            {"contents[1].min_points: OUT_OF_RANGE"}},
           {[](Criterion& c) { c.rule = AssessedRule(); },
            {"contents[1].min_points: OUT_OF_RANGE"}},
           {[](Criterion& c) { c.when_missing = WhenMissing::kZero; },
            {"contents[1].when_missing: NOT_ALLOWED"}},
           {[](Criterion& c) { c.when_missing = WhenMissing::kAsNone; }, {}},
       }) {
    Scheme scheme = SoundScheme();
    Criterion& criterion = scheme.contents[1];
    criterion.max_points = 10;
    criterion.min_points = 7;
    criterion.rule = EventsRule{10, {{"loi", "Lỗi", -2}}};
    row.spoil(criterion);
    EXPECT_EQ(Briefly(ValidateScheme(scheme)), row.faults);
  }
}

TEST(ValidateScheme, RefusesAStepThatNeverAddsUp) {
  Scheme scheme = SoundScheme();
  TargetsRuleOf(scheme).steps = {{false, 100, 1, -1, false, 0}, {false, 100, 1, -1, false, 5}};
  EXPECT_EQ(
      Briefly(ValidateScheme(scheme)),
      std::vector<std::string>{"contents[0].children[1].targets.steps[0].at_most: OUT_OF_RANGE"});
}

TEST(ValidateScheme, RefusesAFormulaThatNeverHasAValue) {
  Scheme scheme = SoundScheme();
  FormulaRule rule;
  rule.description = "Công thức";
  rule.points = "max_points / 0";
  scheme.contents[1].rule = rule;
  scheme.contents[1].limits = {{"points(\"1\") / 0 > 1", "Khống chế", 50}};
  scheme.ranking.key = RankingKey::kFormula;
  scheme.ranking.formula = "points(\"1\") / 0";
  scheme.ranking.formula_name = "Điểm";
  EXPECT_EQ(Briefly(ValidateScheme(scheme)),
            (std::vector<std::string>{"contents[1].formula.points: RULE_UNREACHABLE",
                                      "contents[1].limits[0].when: RULE_UNREACHABLE",
                                      "ranking.formula: RULE_UNREACHABLE"}));
}

TEST(FindCriterion, FindsAtAnyDepth) {
  const Scheme scheme = SoundScheme();
  EXPECT_EQ(FindCriterion(scheme, "1.1.2"), &scheme.contents[0].children[0].children[1]);
  EXPECT_EQ(FindCriterion(scheme, "2"), &scheme.contents[1]);
  EXPECT_EQ(FindCriterion(scheme, "3"), nullptr);
  EXPECT_EQ(FindCriterion(scheme, ""), nullptr);
}

}  // namespace
}  // namespace thidua::domain
