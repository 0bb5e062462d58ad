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

// One leaf of 10 points with the rule in the place of content 2, and what is said of it.
struct RuleRow {
  std::function<void(Criterion&)> spoil;
  std::vector<std::string> faults;  // Below "contents[1].".
};

template <typename Rule>
void ExpectFaults(const Rule& rule, const std::vector<RuleRow>& rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(absl::StrCat("row ", i));
    Scheme scheme = SoundScheme();
    Criterion& criterion = scheme.contents[1];
    criterion.max_points = 10;
    criterion.rule = rule;
    rows[i].spoil(criterion);
    std::vector<std::string> wanted;
    for (const std::string& fault : rows[i].faults) wanted.push_back("contents[1]." + fault);
    EXPECT_EQ(Briefly(ValidateScheme(scheme)), wanted);
  }
}

template <typename Rule>
std::function<void(Criterion&)> With(std::function<void(Rule&)> spoil) {
  return [spoil](Criterion& criterion) { spoil(std::get<Rule>(criterion.rule)); };
}

constexpr int kMaxPoints = 1'000'000;

TEST(ValidateScheme, HoldsStepsOfAPercentageWithinTheirBounds) {
  using R = TargetsRule;
  TargetsRule rule;
  rule.steps = {{false, 100, 1, -1, false, 5}};
  ExpectFaults(
      rule,
      {{[](Criterion&) {}, {}},
       {With<R>([](R& r) { r.steps.assign(20, r.steps[0]); }), {}},
       {With<R>([](R& r) { r.steps.assign(21, r.steps[0]); }), {"targets.steps: TOO_MANY"}},
       {With<R>([](R& r) { r.steps[0].every_percent = 0; }),
        {"targets.steps[0].every_percent: OUT_OF_RANGE"}},
       {With<R>([](R& r) { r.steps[0].from_percent = 0; }), {}},
       {With<R>([](R& r) { r.steps[0].from_percent = 10'000; }), {}},
       {With<R>([](R& r) { r.steps[0].from_percent = -1; }),
        {"targets.steps[0].from_percent: OUT_OF_RANGE"}},
       {With<R>([](R& r) { r.steps[0].from_percent = 10'001; }),
        {"targets.steps[0].from_percent: OUT_OF_RANGE"}},
       {With<R>([](R& r) { r.steps[0].points = -kMaxPoints; }), {}},
       {With<R>([](R& r) { r.steps[0].points = 0; }), {"targets.steps[0].points: OUT_OF_RANGE"}},
       {With<R>([](R& r) { r.steps[0].points = -kMaxPoints - 1; }),
        {"targets.steps[0].points: OUT_OF_RANGE"}},
       {[](Criterion& c) {
          std::get<R>(c.rule).steps[0].points = kMaxPoints;
          c.bonus_cap = 1;
        },
        {}},
       {[](Criterion& c) {
          std::get<R>(c.rule).steps[0].points = kMaxPoints + 1;
          c.bonus_cap = 1;
        },
        {"targets.steps[0].points: OUT_OF_RANGE"}},
       {With<R>([](R& r) { r.steps[0].points = 1; }), {"bonus_cap: REQUIRED"}},
       {With<R>([](R& r) { r.steps[0].at_most = kMaxPoints; }), {}},
       {With<R>([](R& r) { r.steps[0].at_most = kMaxPoints + 1; }),
        {"targets.steps[0].at_most: OUT_OF_RANGE"}},
       {[](Criterion& c) { c.when_missing = WhenMissing::kAsNone; }, {"when_missing: NOT_ALLOWED"}},
       {[](Criterion& c) {
          std::get<R>(c.rule).bonus_per_percent_above = kMaxPoints + 1;
          c.bonus_cap = 1;
        },
        {"targets.bonus_per_percent_above: OUT_OF_RANGE"}}});
}

TEST(ValidateScheme, TheBestOfTheBlocIsMeasuredWithoutACurveAndWithoutACap) {
  using R = TargetsRule;
  TargetsRule rule;
  rule.best_in_bloc = BestInBloc();
  ExpectFaults(
      rule,
      {{[](Criterion&) {}, {}},
       {With<R>([](R& r) {
          r.curve = Curve{{{0, 0}, {100, 100}}};
        }),
        {"targets.curve: NOT_ALLOWED"}},
       {With<R>([](R& r) { r.achievement_cap_percent = 120; }),
        {"targets.achievement_cap_percent: NOT_ALLOWED"}},
       {With<R>([](R& r) { r.best_in_bloc->at_target_percent = 0; }), {}},
       {With<R>([](R& r) { r.best_in_bloc->at_target_percent = 100; }), {}},
       {With<R>([](R& r) { r.best_in_bloc->at_target_percent = -1; }),
        {"targets.best_in_bloc.at_target_percent: OUT_OF_RANGE"}},
       {With<R>([](R& r) { r.best_in_bloc->at_target_percent = 101; }),
        {"targets.best_in_bloc.at_target_percent: OUT_OF_RANGE"}},
       {With<R>([](R& r) { r.best_in_bloc->method = BestInBloc::Method::kShareOfHighest; }), {}},
       {With<R>([](R& r) {
          r.best_in_bloc = BestInBloc{BestInBloc::Method::kShareOfHighest, 60};
        }),
        {"targets.best_in_bloc.at_target_percent: NOT_ALLOWED"}}});
}

TEST(ValidateScheme, WhoFailsHasLessThanWhoPasses) {
  using R = PassFailRule;
  ExpectFaults(
      R(), {{[](Criterion&) {}, {}},
            {With<R>([](R& r) { r.fail_points = D("9.999"); }), {}},
            {With<R>([](R& r) { r.fail_points = 10; }), {"pass_fail.fail_points: OUT_OF_RANGE"}},
            {With<R>([](R& r) { r.fail_points = -1; }), {"pass_fail.fail_points: OUT_OF_RANGE"}},
            {[](Criterion& c) { c.bonus_cap = 1; }, {"bonus_cap: RULE_UNREACHABLE"}},
            {[](Criterion& c) { c.when_missing = WhenMissing::kAsNone; },
             {"when_missing: NOT_ALLOWED"}}});
}

TEST(ValidateScheme, EventsStartWithinTheMaximumAndEachAddsOrTakesOff) {
  using R = EventsRule;
  const auto first = [](std::function<void(R::Event&)> spoil) {
    return With<R>([spoil](R& rule) { spoil(rule.events[0]); });
  };
  const auto many = [](int number) {
    return With<R>([number](R& rule) {
      rule.events.clear();
      for (int i = 0; i < number; ++i) rule.events.push_back({absl::StrCat("e", i), "Lỗi", -1});
    });
  };
  ExpectFaults(
      R{10, {{"loi", "Lỗi", -2}}},
      {{[](Criterion&) {}, {}},
       {With<R>([](R& r) { r.starts_at = 0; }), {}},
       {With<R>([](R& r) { r.starts_at = 11; }), {"events.starts_at: OUT_OF_RANGE"}},
       {With<R>([](R& r) { r.starts_at = -1; }), {"events.starts_at: OUT_OF_RANGE"}},
       {With<R>([](R& r) { r.events.clear(); }), {"events.events: REQUIRED"}},
       {many(100), {}},
       {many(101), {"events.events: TOO_MANY"}},
       {With<R>([](R& r) { r.events.push_back(r.events[0]); }),
        {"events.events[1].event_id: DUPLICATE"}},
       {first([](R::Event& e) { e.id = ""; }), {"events.events[0].event_id: REQUIRED"}},
       {first([](R::Event& e) { e.points = 0; }), {"events.events[0].points: OUT_OF_RANGE"}},
       {first([](R::Event& e) { e.points = -kMaxPoints; }), {}},
       {first([](R::Event& e) { e.points = -kMaxPoints - 1; }),
        {"events.events[0].points: OUT_OF_RANGE"}},
       {first([](R::Event& e) { e.points = kMaxPoints; }), {}},
       {first([](R::Event& e) { e.points = kMaxPoints + 1; }),
        {"events.events[0].points: OUT_OF_RANGE"}},
       {first([](R::Event& e) { e.most_times = 1; }), {}},
       {first([](R::Event& e) { e.most_times = 0; }),
        {"events.events[0].most_times: OUT_OF_RANGE"}},
       {[](Criterion& c) { c.min_points = -kMaxPoints; }, {}},
       {[](Criterion& c) { c.min_points = -kMaxPoints - 1; }, {"min_points: OUT_OF_RANGE"}},
       {[](Criterion& c) { c.bonus_cap = 5; }, {"bonus_cap: RULE_UNREACHABLE"}}});
}

TEST(ValidateScheme, NoPlaceEarnsMoreThanTheOneBefore) {
  using R = PlacesRule;
  const auto places = [](std::vector<Decimal> points, Decimal beyond) {
    return With<R>([points, beyond](R& rule) {
      rule.points = points;
      rule.beyond = beyond;
    });
  };
  R rule;
  rule.points = {10, 5, 5};
  ExpectFaults(rule, {{[](Criterion&) {}, {}},
                      {places({10}, 10), {}},
                      {places({10, 5}, 6), {"places.beyond: OUT_OF_RANGE"}},
                      {places({10, 5}, -1), {"places.beyond: OUT_OF_RANGE"}},
                      {places({5, 6}, 0), {"places.points[1]: OUT_OF_RANGE"}},
                      {places({5, -1}, -1),
                       {"places.points[1]: OUT_OF_RANGE", "places.beyond: OUT_OF_RANGE"}},
                      {places({}, 0), {"places.points: REQUIRED"}},
                      {places(std::vector<Decimal>(100, 1), 0), {}},
                      {places(std::vector<Decimal>(101, 1), 0), {"places.points: TOO_MANY"}},
                      {places({11, 5}, 0), {"places.points[0]: RULE_UNREACHABLE"}},
                      {[](Criterion& c) {
                         std::get<R>(c.rule).points = {11, 5};
                         c.bonus_cap = 1;
                       },
                       {}},
                      {[](Criterion& c) { c.bonus_cap = 1; }, {"bonus_cap: RULE_UNREACHABLE"}},
                      {[](Criterion& c) { c.when_missing = WhenMissing::kAsNone; },
                       {"when_missing: NOT_ALLOWED"}}});
}

TEST(ValidateScheme, ARoleEarnsNoMoreThanTheMaximumAndTheBonus) {
  using R = RolesRule;
  const auto capped = [](R roles) {
    return [roles](Criterion& criterion) {
      criterion.rule = roles;
      criterion.bonus_cap = 2;
    };
  };
  ExpectFaults(R{10, 5, 0}, {{[](Criterion&) {}, {}},
                             {With<R>([](R& r) { r.leader = 11; }), {"roles.leader: OUT_OF_RANGE"}},
                             {With<R>([](R& r) { r.deputy = 11; }), {"roles.deputy: OUT_OF_RANGE"}},
                             {With<R>([](R& r) { r.member = -1; }), {"roles.member: OUT_OF_RANGE"}},
                             {capped({12, 5, 0}), {}},
                             {capped({10, 12, 0}), {}},
                             {capped({10, 10, 12}), {}},
                             {capped({10, 10, 10}), {"bonus_cap: RULE_UNREACHABLE"}}});
}

TEST(ValidateScheme, AFormulaSaysWhatItIsAndItsFiguresHaveBounds) {
  using R = FormulaRule;
  R rule;
  rule.points = "figure(\"so-lan\")";
  rule.description = "Theo số lần";
  rule.figures = {{"so-lan", "Số lần", 0, 5, true}};
  const auto many = [](int number) {
    return With<R>([number](R& r) {
      for (int i = 1; i < number; ++i) r.figures.push_back({absl::StrCat("f", i), "Số", 0, 1});
    });
  };
  ExpectFaults(
      rule,
      {{[](Criterion&) {}, {}},
       {With<R>([](R& r) { r.points = ""; }), {"formula.points: REQUIRED"}},
       {With<R>([](R& r) { r.description = ""; }), {"formula.description: REQUIRED"}},
       {With<R>([](R& r) { r.bonus = "1"; }), {"bonus_cap: REQUIRED"}},
       {[](Criterion& c) {
          std::get<R>(c.rule).bonus = "1";
          c.bonus_cap = 1;
        },
        {}},
       {[](Criterion& c) { c.bonus_cap = 1; }, {"bonus_cap: RULE_UNREACHABLE"}},
       {many(20), {}},
       {many(21), {"formula.figures: TOO_MANY"}},
       {With<R>([](R& r) { r.figures[0].most = 0; }), {}},
       {With<R>([](R& r) { r.figures[0].most = -1; }), {"formula.figures[0].most: OUT_OF_RANGE"}},
       {With<R>([](R& r) { r.figures.push_back(r.figures[0]); }),
        {"formula.figures[1].figure_id: DUPLICATE"}}});
}

TEST(ValidateScheme, GivesPointsOnAScaleThatIsOne) {
  using R = AssessedRule;
  ExpectFaults(
      R(),
      {{With<R>([](R& r) { r.scale_max = 100; }), {}},
       {With<R>([](R& r) { r.scale_max = kMaxPoints; }), {}},
       {With<R>([](R& r) { r.scale_max = 0; }), {"assessed.scale_max: OUT_OF_RANGE"}},
       {With<R>([](R& r) { r.scale_max = kMaxPoints + 1; }), {"assessed.scale_max: OUT_OF_RANGE"}},
       {With<R>([](R& r) {
          r.raters.rounding = Rounding{0, RoundingMode::kHalfUp};
        }),
        {"assessed.raters.rounding.step: OUT_OF_RANGE"}},
       {[](Criterion& c) { c.bonus_cap = kMaxPoints; }, {}},
       {[](Criterion& c) { c.bonus_cap = kMaxPoints + 1; }, {"bonus_cap: OUT_OF_RANGE"}},
       {[](Criterion& c) { c.when_missing = WhenMissing::kAsNone; }, {"when_missing: NOT_ALLOWED"}},
       {[](Criterion& c) { c.highest_child_only = true; }, {"highest_child_only: NOT_ALLOWED"}},
       {[](Criterion& c) { c.max_points = 0; }, {"max_points: OUT_OF_RANGE"}},
       {[](Criterion& c) {
          c.max_points = 0;
          c.bonus_cap = 1;
        },
        {}},
       {[](Criterion& c) {
          c.max_points = 0;
          c.min_points = -1;
        },
        {}}});
}

TEST(ValidateScheme, ALimitSaysWhenItHoldsAndWhatItCuts) {
  const auto limit = [](std::function<void(Limit&)> spoil) {
    return [spoil](Criterion& criterion) {
      criterion.limits = {{"points(\"1\") < 5", "Khống chế", 50, false}};
      spoil(criterion.limits[0]);
    };
  };
  const auto many = [](size_t number) {
    return [number](Criterion& criterion) {
      criterion.limits.assign(number, {"points(\"1\") < 5", "Khống chế", 50, false});
    };
  };
  ExpectFaults(AssessedRule(),
               {{limit([](Limit&) {}), {}},
                {many(10), {}},
                {many(11), {"limits: TOO_MANY"}},
                {limit([](Limit& l) { l.when = ""; }), {"limits[0].when: REQUIRED"}},
                {limit([](Limit& l) { l.name = ""; }), {"limits[0].display_name: REQUIRED"}},
                {limit([](Limit& l) { l.points_at_most_percent = {}; }), {"limits[0]: REQUIRED"}},
                {limit([](Limit& l) {
                   l.points_at_most_percent = {};
                   l.no_bonus = true;
                 }),
                 {}},
                {limit([](Limit& l) { l.points_at_most_percent = 0; }), {}},
                {limit([](Limit& l) { l.points_at_most_percent = 100; }), {}},
                {limit([](Limit& l) { l.points_at_most_percent = -1; }),
                 {"limits[0].points_at_most_percent: OUT_OF_RANGE"}},
                {limit([](Limit& l) { l.points_at_most_percent = 101; }),
                 {"limits[0].points_at_most_percent: OUT_OF_RANGE"}}});
}

TEST(ValidateScheme, NamesEachUnitOnceToWhichSomethingIsNotAssigned) {
  const auto units = [](std::vector<std::string> ids) {
    return [ids](Criterion& criterion) { criterion.not_assigned_units = ids; };
  };
  std::vector<std::string> many;
  for (int i = 0; i < 100; ++i) many.push_back(absl::StrCat("u", i));
  std::vector<std::string> too_many = many;
  too_many.push_back("u100");
  ExpectFaults(AssessedRule(),
               {{units({"so-y-te", "so-du-lich"}), {}},
                {units({"so-y-te", "so-y-te"}), {"not_assigned_units[1]: DUPLICATE"}},
                {units({"Sở"}), {"not_assigned_units[0]: IDENTIFIER_INVALID"}},
                {units(many), {}},
                {units(too_many), {"not_assigned_units: TOO_MANY"}}});
}

TEST(ValidateScheme, OfTheHighestChildTheMaximumIsWithinTheParents) {
  Scheme scheme = SoundScheme();
  Criterion& parent = scheme.contents[0].children[0];
  parent.highest_child_only = true;
  EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{});
  parent.children[1].max_points = 1;
  EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{});
  parent.children[1].max_points = D("1.01");
  EXPECT_EQ(Briefly(ValidateScheme(scheme)),
            std::vector<std::string>{
                "contents[0].children[0].children[1].max_points: CHILD_ABOVE_PARENT"});
  parent.children[1].max_points = 1;
  parent.when_missing = WhenMissing::kZero;
  EXPECT_EQ(Briefly(ValidateScheme(scheme)),
            std::vector<std::string>{"contents[0].children[0].when_missing: NOT_ALLOWED"});
}

TEST(ValidateScheme, NoClassIsBelowOneThatTakesAll) {
  struct Row {
    std::function<void(Classes&)> spoil;
    std::vector<std::string> faults;
  };
  constexpr auto kCapped = Classes::Measure::kCappedPoints;
  const auto many = [](int number) {
    return [number](Classes& c) {
      c.classes.clear();
      for (int i = 0; i < number; ++i) {
        c.classes.push_back({absl::StrCat("c", i), "Loại", number - i});
      }
    };
  };
  for (const Row& row : std::vector<Row>{
           {[](Classes&) {}, {}},
           {[](Classes& c) { c.classes[1].at_least = 95; },
            {"classes.classes[1].at_least: RULE_UNREACHABLE"}},
           {[](Classes& c) { c.classes[0].condition = "total > 0"; }, {}},
           {[](Classes& c) {
              c.classes[0].condition = "total > 0";
              c.classes[1].at_least = 95;
            },
            {}},
           {[](Classes& c) { c.classes[1].id = "xuat-sac"; },
            {"classes.classes[1].class_id: DUPLICATE"}},
           {[](Classes& c) { c.cap = 100; }, {"classes.cap: NOT_ALLOWED"}},
           {[](Classes& c) { c.measure = kCapped; }, {"classes.cap: REQUIRED"}},
           {[](Classes& c) {
              c.measure = kCapped;
              c.cap = 0;
            },
            {"classes.cap: REQUIRED", "classes.classes[0].at_least: RULE_UNREACHABLE",
             "classes.classes[1].at_least: RULE_UNREACHABLE"}},
           {[](Classes& c) {
              c.measure = kCapped;
              c.cap = 95;
            },
            {}},
           {[](Classes& c) {
              c.measure = kCapped;
              c.cap = 90;
            },
            {"classes.classes[0].at_least: RULE_UNREACHABLE"}},
           {[](Classes& c) {
              c.measure = kCapped;
              c.classes.clear();
            },
            {}},
           {many(20), {}},
           {many(21), {"classes.classes: TOO_MANY"}},
       }) {
    Scheme scheme = SoundScheme();
    scheme.classes.classes = {{"xuat-sac", "Xuất sắc", 95}, {"tot", "Tốt", 85}};
    row.spoil(scheme.classes);
    EXPECT_EQ(Briefly(ValidateScheme(scheme)), row.faults);
  }
}

TEST(ValidateScheme, AnAwardIsForUnitsOfKnownClassesAndForVotesThatCanBeCast) {
  struct Row {
    std::function<void(Scheme&)> spoil;
    std::vector<std::string> faults;
  };
  const auto award = [](std::function<void(AwardRule&)> spoil) {
    return [spoil](Scheme& scheme) { spoil(scheme.awards[0]); };
  };
  const auto many = [](int number) {
    return [number](Scheme& scheme) {
      for (int i = 1; i < number; ++i) scheme.awards.push_back({absl::StrCat("a", i), "Cờ"});
    };
  };
  for (const Row& row : std::vector<Row>{
           {[](Scheme&) {}, {}},
           {award([](AwardRule& a) { a.at_most = 0; }), {"awards[0].at_most: OUT_OF_RANGE"}},
           {award([](AwardRule& a) { a.at_most = 100; }), {}},
           {award([](AwardRule& a) { a.at_most = 101; }), {"awards[0].at_most: OUT_OF_RANGE"}},
           {award([](AwardRule& a) {
              a.classes = {"tot", "kem"};
            }),
            {"awards[0].class_ids[1]: CLASS_UNKNOWN"}},
           {award([](AwardRule& a) { a.votes_at_least_percent = 100; }), {}},
           {award([](AwardRule& a) { a.votes_at_least_percent = D("0.000000001"); }), {}},
           {award([](AwardRule& a) { a.votes_at_least_percent = 0; }),
            {"awards[0].votes_at_least_percent: OUT_OF_RANGE"}},
           {award([](AwardRule& a) { a.votes_at_least_percent = D("100.1"); }),
            {"awards[0].votes_at_least_percent: OUT_OF_RANGE"}},
           {award([](AwardRule& a) { a.name = ""; }), {"awards[0].display_name: REQUIRED"}},
           {many(20), {}},
           {many(21), {"awards: TOO_MANY"}},
       }) {
    Scheme scheme = SoundScheme();
    scheme.classes.classes = {{"tot", "Tốt", 85}};
    scheme.awards = {{"co", "Cờ thi đua", 1, {"tot"}}};
    row.spoil(scheme);
    EXPECT_EQ(Briefly(ValidateScheme(scheme)), row.faults);
  }
}

TEST(ValidateScheme, ARankingByPointsWithACapOrByAFormulaSaysWhich) {
  struct Row {
    std::function<void(RankingRule&)> spoil;
    std::vector<std::string> faults;
  };
  for (const Row& row : std::vector<Row>{
           {[](RankingRule& r) { r.key = RankingKey::kCappedPoints; }, {"ranking.cap: REQUIRED"}},
           {[](RankingRule& r) {
              r.key = RankingKey::kCappedPoints;
              r.cap = 0;
            },
            {"ranking.cap: REQUIRED"}},
           {[](RankingRule& r) {
              r.key = RankingKey::kCappedPoints;
              r.cap = 100;
            },
            {}},
           {[](RankingRule& r) { r.cap = 100; }, {"ranking.cap: NOT_ALLOWED"}},
           {[](RankingRule& r) { r.formula = "total"; }, {"ranking.formula: NOT_ALLOWED"}},
           {[](RankingRule& r) {
              r.key = RankingKey::kFormula;
              r.formula_name = "Điểm";
            },
            {"ranking.formula: REQUIRED"}},
           {[](RankingRule& r) {
              r.key = RankingKey::kFormula;
              r.formula = "total";
            },
            {"ranking.formula_display_name: REQUIRED"}},
           {[](RankingRule& r) {
              r.rounding = Rounding{0, RoundingMode::kHalfUp};
            },
            {"ranking.rounding.step: OUT_OF_RANGE"}},
       }) {
    Scheme scheme = SoundScheme();
    row.spoil(scheme.ranking);
    EXPECT_EQ(Briefly(ValidateScheme(scheme)), row.faults);
  }
}

TEST(ValidateScheme, AParameterNamesEachUnitOnce) {
  Scheme scheme = SoundScheme();
  scheme.parameters = {{"he-so", "Hệ số", 1, {{"so-y-te", 2}, {"so-y-te", 3}}},
                       {"he-so", "Hệ số", 1, {}}};
  EXPECT_EQ(Briefly(ValidateScheme(scheme)),
            (std::vector<std::string>{"parameters[0].of_units[1].unit: DUPLICATE",
                                      "parameters[1].parameter_id: DUPLICATE"}));
  scheme.parameters.clear();
  for (int i = 0; i < 100; ++i) scheme.parameters.push_back({absl::StrCat("p", i), "Hệ số"});
  EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{});
  scheme.parameters.push_back({"p100", "Hệ số"});
  EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{"parameters: TOO_MANY"});
}

// Of what nobody could read nothing more is said, nor of what depends on it: the fault at the field
// itself is the reader's.
TEST(ValidateScheme, SaysNothingOfWhatDependsOnAFieldThatWasNotRead) {
  struct Row {
    std::function<void(Scheme&)> spoil;
    std::vector<std::string> unread;  // Below "contents[1].", or whole after a "/".
    std::vector<std::string> faults;  // Without them.
  };
  const auto leaf = [](std::function<void(Criterion&)> spoil) {
    return [spoil](Scheme& scheme) {
      scheme.contents[1].max_points = 10;
      spoil(scheme.contents[1]);
    };
  };
  const std::string leaf_path = "contents[1].";
  for (const Row& row : std::vector<Row>{
           {[](Scheme& s) { s.name = ""; }, {"/display_name"}, {"display_name: REQUIRED"}},
           {leaf([](Criterion& c) { c.max_points = 0; }),
            {"min_points"},
            {"contents[1].max_points: OUT_OF_RANGE"}},
           {leaf([](Criterion& c) { c.max_points = 0; }),
            {"bonus_cap"},
            {"contents[1].max_points: OUT_OF_RANGE"}},
           {leaf([](Criterion& c) {
              c.rule = TargetsRule{};
              c.bonus_cap = 1;
            }),
            {"targets.bonus_per_percent_above"},
            {"contents[1].bonus_cap: RULE_UNREACHABLE"}},
           {leaf([](Criterion& c) {
              c.rule = EventsRule{0, {{"loi", "Lỗi", -1}}};
              c.bonus_cap = 1;
            }),
            {"events.events[0].points"},
            {"contents[1].bonus_cap: RULE_UNREACHABLE"}},
           {leaf([](Criterion& c) {
              PlacesRule rule;
              rule.points = {10};
              c.rule = rule;
              c.bonus_cap = 1;
            }),
            {"places.points[0]"},
            {"contents[1].bonus_cap: RULE_UNREACHABLE"}},
           {leaf([](Criterion& c) {
              c.rule = RolesRule{10, 0, 0};
              c.bonus_cap = 1;
            }),
            {"roles.deputy"},
            {"contents[1].bonus_cap: RULE_UNREACHABLE"}},
           {leaf([](Criterion& c) {
              c.rule = RolesRule{11, 0, 0};
            }),
            {"max_points"},
            {"contents[1].roles.leader: OUT_OF_RANGE"}},
           {leaf([](Criterion& c) {
              c.rule = RolesRule{11, 0, 0};
            }),
            {"bonus_cap"},
            {"contents[1].roles.leader: OUT_OF_RANGE"}},
           {leaf([](Criterion& c) { c.rule = PassFailRule{10}; }),
            {"max_points"},
            {"contents[1].pass_fail.fail_points: OUT_OF_RANGE"}},
           {leaf([](Criterion& c) {
              c.rule = EventsRule{11, {{"loi", "Lỗi", -1}}};
            }),
            {"max_points"},
            {"contents[1].events.starts_at: OUT_OF_RANGE"}},
           {leaf([](Criterion& c) {
              c.rule = EventsRule{9, {{"loi", "Lỗi", -1}}};
              c.min_points = 7;
            }),
            {"events.starts_at"},
            {"contents[1].min_points: OUT_OF_RANGE"}},
           {leaf([](Criterion& c) {
              c.rule = EventsRule{9, {{"loi", "Lỗi", -1}}};
              c.min_points = 7;
            }),
            {"max_points"},
            {"contents[1].min_points: OUT_OF_RANGE"}},
           {leaf([](Criterion& c) {
              c.limits = {{"points(\"1\") < 5", "Khống chế", {}, false}};
            }),
            {"limits[0].points_at_most_percent"},
            {"contents[1].limits[0]: REQUIRED"}},
           {leaf([](Criterion& c) {
              PlacesRule rule;
              rule.points = {11};
              c.rule = rule;
            }),
            {"max_points"},
            {"contents[1].places.points[0]: RULE_UNREACHABLE"}},
           {leaf([](Criterion& c) {
              PlacesRule rule;
              rule.points = {11};
              c.rule = rule;
            }),
            {"bonus_cap"},
            {"contents[1].places.points[0]: RULE_UNREACHABLE"}},
           {leaf([](Criterion& c) {
              TargetsRule rule;
              rule.best_in_bloc = BestInBloc();
              rule.achievement_cap_percent = 120;
              c.rule = rule;
            }),
            {"targets.achievement_cap_percent"},
            {"contents[1].targets.achievement_cap_percent: NOT_ALLOWED"}},
           {leaf([](Criterion& c) {
              TargetsRule rule;
              rule.curve = Curve{{{0, 0}, {120, 100}}};
              c.rule = rule;
            }),
            {"targets.achievement_cap_percent"},
            {"contents[1].targets.curve.points[1].achievement_percent: RULE_UNREACHABLE"}},
           {leaf([](Criterion& c) {
              TargetsRule rule;
              rule.curve = Curve{{{0, 0}, {100, 0}}};
              c.rule = rule;
            }),
            {"targets.curve.points[1].earned_percent"},
            {"contents[1].targets.curve.points: RULE_UNREACHABLE"}},
           {[](Scheme& s) { s.contents[0].children[1].max_points = 1; },
            {"/contents[0].children[1].max_points"},
            {"contents[0].max_points: CHILDREN_DO_NOT_ADD_UP"}},
           {[](Scheme& s) { s.contents[0].children[1].max_points = 1; },
            {"/contents[0].children[1]"},
            {"contents[0].max_points: CHILDREN_DO_NOT_ADD_UP"}},
           {[](Scheme& s) {
              s.contents[0].children[0].highest_child_only = true;
              s.contents[0].children[0].children[0].max_points = 2;
            },
            {"/contents[0].children[0].max_points"},
            {"contents[0].children[0].children[0].max_points: CHILD_ABOVE_PARENT"}},
           {leaf([](Criterion& c) {
              AssessedRule rule;
              rule.step = 3;
              rule.scale_max = 10;
              c.rule = rule;
            }),
            {"assessed.scale_max"},
            {"contents[1].assessed.step: STEP_DOES_NOT_DIVIDE"}},
           {[](Scheme& s) {
              s.classes.classes = {{"tot", "Tốt", 0}, {"kha", "Khá", 50}};
            },
            {"/classes.classes[0].at_least"},
            {"classes.classes[1].at_least: RULE_UNREACHABLE"}},
       }) {
    SCOPED_TRACE(row.unread[0]);
    Scheme scheme = SoundScheme();
    row.spoil(scheme);
    EXPECT_EQ(Briefly(ValidateScheme(scheme)), row.faults);
    std::vector<Fault> unread;
    for (const std::string& path : row.unread) {
      unread.push_back({path[0] == '/' ? path.substr(1) : leaf_path + path, "UNREADABLE", "Sai."});
    }
    EXPECT_EQ(Briefly(ValidateScheme(scheme, unread)), std::vector<std::string>{});
  }
}

Criterion ByFormula(const std::string& id, const std::string& points) {
  FormulaRule rule;
  rule.description = "Công thức";
  rule.points = points;
  return {id, "Tiêu chí " + id, "", 10, 0, {}, rule};
}

TEST(ValidateScheme, TellsAFormulaThatIsNoneAtItsPlace) {
  Scheme scheme = SoundScheme();
  scheme.contents.push_back(ByFormula("3", "max_points +"));
  scheme.classes.classes = {{"tot", "Tốt", 0, "tong > 5"}};
  std::vector<std::string> paths;
  for (const Fault& fault : ValidateScheme(scheme)) paths.push_back(fault.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"contents[2].formula.points",
                                             "classes.classes[0].condition"}));
}

TEST(ValidateScheme, RefusesFormulasThatWaitForOneAnother) {
  struct Row {
    const char *three, *four;
    std::vector<std::string> faults;
  };
  for (const Row& row : std::vector<Row>{
           {"points(\"4\")", "points(\"1.1.1\")", {}},
           {"points(\"3\")", "1", {"contents[2]: FORMULA_CYCLE"}},
           {"bonus(\"4\")", "points(\"3\")", {"contents[3]: FORMULA_CYCLE"}},
           {"percent_of(\"4\")", "1 + points(\"3\") * 0", {"contents[3]: FORMULA_CYCLE"}},
       }) {
    Scheme scheme = SoundScheme();
    scheme.contents.push_back(ByFormula("3", row.three));
    scheme.contents.push_back(ByFormula("4", row.four));
    EXPECT_EQ(Briefly(ValidateScheme(scheme)), row.faults) << row.three << " and " << row.four;
  }
  // A child's formula over what its parent comes to.
  Scheme scheme = SoundScheme();
  scheme.contents.push_back(Parent("5", 10, {ByFormula("5.1", "points(\"5\")")}));
  EXPECT_EQ(Briefly(ValidateScheme(scheme)),
            std::vector<std::string>{"contents[2].children[0]: FORMULA_CYCLE"});
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
