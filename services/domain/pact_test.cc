#include "services/domain/pact.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/achievement.h"
#include "services/domain/khoi4_2019_testdata.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

using khoi4_2019::ThePact;

TEST(ValidatePact, TakesTheFirstRealPact) {
  EXPECT_EQ(Briefly(ValidatePact(ThePact())), std::vector<std::string>{});
}

TEST(ValidatePact, NamesEveryFaultWithItsPath) {
  struct Row {
    std::function<void(Pact&)> spoil;
    std::vector<std::string> faults;
  };
  const std::vector<Row> rows = {
      {[](Pact& p) { p.members.clear(); }, {"members: REQUIRED"}},
      {[](Pact& p) { p.members.resize(101); }, {"members: TOO_MANY"}},
      {[](Pact& p) { p.members[2].unit = ""; }, {"members[2].unit: REQUIRED"}},
      {[](Pact& p) { p.members[2].unit = "Sở Y tế"; }, {"members[2].unit: IDENTIFIER_INVALID"}},
      {[](Pact& p) { p.members[2].unit = "so-du-lich"; }, {"members[2].unit: DUPLICATE"}},
      {[](Pact& p) { p.members[2].display_name = ""; }, {"members[2].display_name: REQUIRED"}},
      {[](Pact& p) { p.members[2].role = Role::kLeader; }, {"members[2].role: TWO_LEADERS"}},
      {[](Pact& p) { p.members[2].role = Role::kDeputy; }, {}},
      {[](Pact& p) { p.members[0].role = Role::kMember; }, {}},
      {[](Pact& p) { p.periods.clear(); }, {"periods: REQUIRED"}},
      {[](Pact& p) { p.periods.resize(21); }, {"periods: TOO_MANY"}},
      {[](Pact& p) { p.periods[1].id = "6-thang"; }, {"periods[1].period_id: DUPLICATE"}},
      {[](Pact& p) { p.periods[1].id = "6 tháng"; }, {"periods[1].period_id: IDENTIFIER_INVALID"}},
      {[](Pact& p) { p.periods[1].name = " "; }, {"periods[1].display_name: REQUIRED"}},
      {[](Pact& p) { p.periods[0].pace_percent = 0; }, {"periods[0].pace_percent: OUT_OF_RANGE"}},
      {[](Pact& p) { p.periods[0].pace_percent = *Decimal::Parse("100.01"); },
       {"periods[0].pace_percent: OUT_OF_RANGE"}},
      {[](Pact& p) { p.periods[0].pace_percent = 100; }, {}},
      {[](Pact& p) { p.periods[1].pace_percent = 99; }, {"periods[1].pace_percent: OUT_OF_RANGE"}},
      {[](Pact& p) { p.periods[1].closes_on = Date(2019, 11, 30); },
       {"periods[1].closes_on: OUT_OF_RANGE"}},
      {[](Pact& p) { p.periods[1].closes_on = p.periods[1].opens_on; }, {}},
      {[](Pact& p) { p.periods[1].due_on = Date(2019, 11, 30); },
       {"periods[1].due_on: OUT_OF_RANGE"}},
      {[](Pact& p) { p.periods[1].due_on = p.periods[1].opens_on; }, {}},
      {[](Pact& p) { p.periods[1].due_on = p.periods[1].closes_on; }, {}},
      {[](Pact& p) { p.periods[1].due_on = Date(2020, 1, 16); },
       {"periods[1].closes_on: OUT_OF_RANGE"}},
      {[](Pact& p) { p.periods[0].due_on = Date(2019, 7, 10); }, {}},  // It never closes.
      {[](Pact& p) { p.periods[0].pace_percent.reset(); }, {}},
      {[](Pact& p) { p.periods[0].through_month = 0; }, {"periods[0].through_month: OUT_OF_RANGE"}},
      {[](Pact& p) { p.periods[0].through_month = 1; }, {}},
      {[](Pact& p) { p.periods[0].through_month = 12; }, {}},
      {[](Pact& p) { p.periods[0].through_month = 13; },
       {"periods[0].through_month: OUT_OF_RANGE"}},
      {[](Pact& p) { p.periods[1].through_month = 11; },
       {"periods[1].through_month: OUT_OF_RANGE"}},
      // A quarter may say its pace instead of its month.
      {[](Pact& p) {
         p.periods[0].kind = PeriodKind::kQuarter;
         p.periods[0].through_month = 0;
       },
       {}},
      {[](Pact& p) {
         p.periods[0].kind = PeriodKind::kQuarter;
         p.periods[0].through_month = 0;
         p.periods[0].pace_percent.reset();
       },
       {"periods[0].through_month: OUT_OF_RANGE"}},
      {[](Pact& p) {
         p.members[1].role = p.members[2].role = Role::kLeader;
         p.periods[0].pace_percent = -1;
       },
       {"members[1].role: TWO_LEADERS", "members[2].role: TWO_LEADERS",
        "periods[0].pace_percent: OUT_OF_RANGE"}},
  };
  for (const Row& row : rows) {
    Pact pact = ThePact();
    row.spoil(pact);
    EXPECT_EQ(Briefly(ValidatePact(pact)), row.faults);
  }
}

TEST(ValidatePact, TakesAHundredMembers) {
  Pact pact = ThePact();
  pact.members.clear();
  for (int i = 0; i < 100; ++i) pact.members.push_back({absl::StrCat("xa-", i), "Xã", {}});
  EXPECT_EQ(Briefly(ValidatePact(pact)), std::vector<std::string>{});
}

TEST(ValidateNewTargets, TakesTheFirstRealTargets) {
  Pact pact = ThePact();
  const std::vector<Target> targets = std::move(pact.targets);
  pact.targets.clear();
  EXPECT_EQ(Briefly(ValidateNewTargets(pact, targets)), std::vector<std::string>{});
  EXPECT_EQ(Briefly(ValidateNewTargets(pact, {})), std::vector<std::string>{});
}

TEST(ValidateNewTargets, NamesEveryFaultWithItsPath) {
  struct Row {
    std::function<void(Target&)> spoil;
    std::vector<std::string> faults;
  };
  const std::vector<Row> rows = {
      {[](Target&) {}, {}},
      {[](Target& t) { t.id = ""; }, {"targets[1].name: REQUIRED"}},
      {[](Target& t) { t.id = std::string(64, 'a'); }, {"targets[1].name: TOO_LONG"}},
      {[](Target& t) { t.id = "chi-tieu-1"; }, {"targets[1].name: TARGET_ALREADY_REGISTERED"}},
      {[](Target& t) { t.id = "moi-0"; }, {"targets[1].name: DUPLICATE"}},
      {[](Target& t) { t.unit = ""; }, {"targets[1].unit: REQUIRED"}},
      {[](Target& t) { t.unit = "so-noi-vu"; }, {"targets[1].unit: UNIT_UNKNOWN"}},
      {[](Target& t) { t.criterion = ""; }, {"targets[1].criterion_id: REQUIRED"}},
      {[](Target& t) {
         t.criterion = "";
         t.kind = TargetKind::kInformational;
       },
       {}},
      {[](Target& t) { t.criterion = "noi-dung-9"; },
       {"targets[1].criterion_id: CRITERION_UNKNOWN"}},
      {[](Target& t) {
         t.criterion = "noi-dung-9";
         t.kind = TargetKind::kInformational;
       },
       {"targets[1].criterion_id: CRITERION_UNKNOWN"}},
      {[](Target& t) { t.criterion = "noi-dung-2"; },
       {"targets[1].criterion_id: CRITERION_TAKES_NO_TARGETS"}},
      {[](Target& t) { t.name = ""; }, {"targets[1].display_name: REQUIRED"}},
      {[](Target& t) { t.measure = std::string(301, 'm'); }, {"targets[1].measure: TOO_LONG"}},
      {[](Target& t) { t.measure = "a\u0007"; }, {"targets[1].measure: CONTROL_CHARACTER"}},
      {[](Target& t) { t.value.measure = "người"; }, {"targets[1].value: MEASURE_DISAGREES"}},
      {[](Target& t) { t.value.measure = "lớp"; }, {}},
      {[](Target& t) { t.value.text = std::string(201, '1'); },
       {"targets[1].value.text: TOO_LONG"}},
      {[](Target& t) { t.value.value = -1; }, {"targets[1].value: OUT_OF_RANGE"}},
      {[](Target& t) { t.value.value = 0; }, {"targets[1].value: TARGET_ZERO"}},
      // "Không để xảy ra": none at all is a target.
      {[](Target& t) {
         t.value.value = 0;
         t.direction = Direction::kLowerIsBetter;
       },
       {}},
      {[](Target& t) { t.value = {}; }, {}},
      {[](Target& t) { t.value.state = QuantityState::kNotComputable; }, {}},
      {[](Target& t) { t.value.state = QuantityState::kNotAssigned; },
       {"targets[1].value: OUT_OF_RANGE"}},
      {[](Target& t) { t.baseline = Figure("8"); }, {}},
      {[](Target& t) { t.baseline = Figure("0"); }, {}},
      {[](Target& t) { t.baseline = Figure("-"); }, {}},
      {[](Target& t) { t.baseline = Figure("-1"); }, {"targets[1].baseline: OUT_OF_RANGE"}},
      {[](Target& t) {
         t.baseline = Figure("8");
         t.baseline.measure = "người";
       },
       {"targets[1].baseline: MEASURE_DISAGREES"}},
      {[](Target& t) {
         t.baseline = Figure("8");
         t.baseline.measure = "lớp";
       },
       {}},
      {[](Target& t) { t.baseline.text = std::string(201, '1'); },
       {"targets[1].baseline.text: TOO_LONG"}},
      {[](Target& t) {
         t.pace = {{3, 0}, {6, 40}, {9, 40}, {12, 100}};
       },
       {}},
      {[](Target& t) {
         t.pace = {{0, 10}};
       },
       {"targets[1].pace[0].month: OUT_OF_RANGE"}},
      {[](Target& t) {
         t.pace = {{3, 10}, {3, 20}};
       },
       {"targets[1].pace[1].month: OUT_OF_RANGE"}},
      {[](Target& t) {
         t.pace = {{6, 10}, {3, 20}};
       },
       {"targets[1].pace[1].month: OUT_OF_RANGE"}},
      {[](Target& t) {
         t.pace = {{6, 10}, {13, 20}};
       },
       {"targets[1].pace[1].month: OUT_OF_RANGE"}},
      {[](Target& t) {
         t.pace = {{6, -1}};
       },
       {"targets[1].pace[0].percent: OUT_OF_RANGE"}},
      {[](Target& t) {
         t.pace = {{6, 50}, {9, 49}};
       },
       {"targets[1].pace[1].percent: OUT_OF_RANGE"}},
      {[](Target& t) {
         t.pace = {{6, 101}};
       },
       {"targets[1].pace[0].percent: OUT_OF_RANGE"}},
      {[](Target& t) {
         t.pace = {{6, 50}};
         t.accumulation = Accumulation::kRate;
       },
       {"targets[1].pace: PACE_OF_A_RATE"}},
      {[](Target& t) { t.evidence = EvidenceRule::kRequired; }, {}},
      {[](Target& t) { t.function = "bao-tro-xa-hoi"; }, {}},
      {[](Target& t) { t.function = "Bảo trợ xã hội"; },
       {"targets[1].function_id: IDENTIFIER_INVALID"}},
      // Not of the pact: another unit's work all the same.
      {[](Target& t) {
         t.dependencies = {{"so-tai-chinh", "cấp kinh phí"}, {"so-du-lich", ""}};
       },
       {}},
      {[](Target& t) {
         t.dependencies = {{"so-du-lich", ""}, {"so-y-te", ""}};
       },
       {"targets[1].dependencies[1].unit: DEPENDS_ON_ITSELF"}},
      {[](Target& t) {
         t.dependencies = {{"so-du-lich", ""}, {"so-du-lich", "x"}};
       },
       {"targets[1].dependencies[1].unit: DUPLICATE"}},
      {[](Target& t) {
         t.dependencies = {{"Sở Du lịch", std::string(301, 'a')}};
       },
       {"targets[1].dependencies[0].unit: IDENTIFIER_INVALID",
        "targets[1].dependencies[0].note: TOO_LONG"}},
      {[](Target& t) {
         for (int i = 0; i < 20; ++i) t.dependencies.push_back({absl::StrCat("xa-", i), ""});
       },
       {}},
      {[](Target& t) {
         for (int i = 0; i < 21; ++i) t.dependencies.push_back({absl::StrCat("xa-", i), ""});
       },
       {"targets[1].dependencies: TOO_MANY"}},
  };
  for (const Row& row : rows) {
    Target sound;
    sound.unit = "so-y-te";
    sound.criterion = "noi-dung-1";
    sound.name = "Mở lớp";
    sound.measure = "lớp";
    sound.value = {QuantityState::kValue, 10, Qualifier::kExact, "", ""};
    std::vector<Target> targets(3, sound);
    for (size_t i = 0; i < targets.size(); ++i) targets[i].id = absl::StrCat("moi-", i);
    row.spoil(targets[1]);
    EXPECT_EQ(Briefly(ValidateNewTargets(ThePact(), targets)), row.faults);
  }
}

TEST(ValidateNewTargets, AFormulaTakesTargetsWhenItIsAboutThem) {
  const struct {
    bool each_target, takes_targets;
    std::vector<std::string> faults;
  } kCases[] = {{true, false, {}},
                {false, true, {}},
                {false, false, {"targets[0].criterion_id: CRITERION_TAKES_NO_TARGETS"}}};
  for (const auto& c : kCases) {
    Pact pact = ThePact();
    const std::vector<Target> targets = {pact.targets[0]};
    pact.targets.clear();
    FormulaRule rule;
    rule.points = "1";
    rule.each_target = c.each_target;
    rule.takes_targets = c.takes_targets;
    rule.lower_is_better = LowerIsBetterFormula::kTwoMinusActualOverTarget;
    pact.scheme.contents[0].rule = rule;
    EXPECT_EQ(Briefly(ValidateNewTargets(pact, targets)), c.faults);
    EXPECT_EQ(FormulaOf(pact, targets[0]), LowerIsBetterFormula::kTwoMinusActualOverTarget);
  }
}

TEST(ValidateNewTargets, RefusesACriterionWithChildren) {
  Pact pact = ThePact();
  std::vector<Target> targets = {pact.targets[0]};
  pact.targets.clear();
  Criterion& content = pact.scheme.contents[0];
  Criterion child = content;
  child.id = "noi-dung-1.1";
  content.children = {child};
  EXPECT_EQ(Briefly(ValidateNewTargets(pact, targets)),
            std::vector<std::string>{"targets[0].criterion_id: CRITERION_TAKES_NO_TARGETS"});
}

TEST(ValidateNewTargets, RefusesAVoidedCriterion) {
  Pact pact = ThePact();
  Target target = pact.targets[0];
  target.id = "moi";
  pact.voided_criteria = {"noi-dung-3"};
  EXPECT_EQ(Briefly(ValidateNewTargets(pact, {target})), std::vector<std::string>{});
  pact.voided_criteria = {"noi-dung-3", "noi-dung-1"};
  EXPECT_EQ(Briefly(ValidateNewTargets(pact, {target})),
            std::vector<std::string>{"targets[0].criterion_id: CRITERION_VOIDED"});
}

TEST(ValidateNewTargets, LimitsThePact) {
  const Pact pact = ThePact();
  EXPECT_EQ(Briefly(ValidateNewTargets(pact, std::vector<Target>(9'985))),
            std::vector<std::string>{"targets: TOO_MANY"});
}

TEST(Find, AnswersNullForWhatThePactHasNot) {
  const Pact pact = ThePact();
  EXPECT_EQ(FindTarget(pact, "chi-tieu-16"), &pact.targets[15]);
  EXPECT_EQ(FindTarget(pact, "chi-tieu-17"), nullptr);
  EXPECT_EQ(FindPeriod(pact, "nam"), &pact.periods[1]);
  EXPECT_EQ(FindPeriod(pact, "quy-1"), nullptr);
  EXPECT_EQ(FindMember(pact, "ban-dan-toc"), &pact.members[6]);
  EXPECT_EQ(FindMember(pact, "so-noi-vu"), nullptr);
}

TEST(ValidateException, NamesEveryFaultWithItsPath) {
  struct Row {
    std::function<void(PeriodException&)> spoil;
    std::vector<std::string> faults;
  };
  const std::vector<Row> rows = {
      {[](PeriodException&) {}, {}},
      {[](PeriodException& e) { e.unit = ""; }, {}},  // Every member.
      {[](PeriodException& e) { e.document = "CV 12/SNV"; }, {}},
      {[](PeriodException& e) { e.period = "quy-1"; }, {"period_id: PERIOD_UNKNOWN"}},
      {[](PeriodException& e) { e.unit = "so-noi-vu"; }, {"unit: UNIT_UNKNOWN"}},
      {[](PeriodException& e) { e.open_until = Date(2020, 1, 15); }, {"open_until: OUT_OF_RANGE"}},
      {[](PeriodException& e) { e.open_until = Date(2020, 1, 16); }, {}},
      {[](PeriodException& e) { e.period = "6-thang"; }, {"open_until: OUT_OF_RANGE"}},  // No end.
      {[](PeriodException& e) { e.reason = ""; }, {"reason: REQUIRED"}},
      {[](PeriodException& e) { e.reason = std::string(2001, 'a'); }, {"reason: TOO_LONG"}},
      {[](PeriodException& e) { e.document = std::string(301, 'a'); }, {"document: TOO_LONG"}},
      {[](PeriodException& e) {
         e.period = "";
         e.unit = "x";
         e.reason = "\x01";
       },
       {"period_id: PERIOD_UNKNOWN", "unit: UNIT_UNKNOWN", "reason: CONTROL_CHARACTER"}},
  };
  for (const Row& row : rows) {
    PeriodException exception{"nam", "so-y-te", Date(2020, 1, 31), "bão số 9", ""};
    row.spoil(exception);
    EXPECT_EQ(Briefly(ValidateException(ThePact(), exception)), row.faults);
  }
}

TEST(ValidateException, LimitsThePact) {
  Pact pact = ThePact();
  const PeriodException exception{"nam", "", Date(2020, 1, 31), "bão số 9", ""};
  pact.exceptions.assign(999, exception);
  EXPECT_EQ(Briefly(ValidateException(pact, exception)), std::vector<std::string>{});
  pact.exceptions.push_back(exception);
  EXPECT_EQ(Briefly(ValidateException(pact, exception)), std::vector<std::string>{": TOO_MANY"});
}

// a { a.1 { a.1.1 }, a.2 }, b
Pact PactWithATree() {
  const auto node = [](const std::string& id, std::vector<Criterion> children) {
    return Criterion{id, id, "", 1, 0, std::move(children), {}};
  };
  Pact pact;
  pact.scheme.contents = {
      node("a", {node("a.1", {node("a.1.1", {})}), node("a.2", {})}),
      node("b", {}),
  };
  return pact;
}

TEST(IsVoided, HoldsForTheCriterionAndAllBelowIt) {
  struct Row {
    std::vector<std::string> voided;
    std::vector<std::string> gone;
  };
  for (const Row& row : std::vector<Row>{
           {{}, {}},
           {{"a"}, {"a", "a.1", "a.1.1", "a.2"}},
           {{"a.1"}, {"a.1", "a.1.1"}},
           {{"a.1.1"}, {"a.1.1"}},
           {{"a.2", "b"}, {"a.2", "b"}},
           {{"nowhere"}, {}},
       }) {
    Pact pact = PactWithATree();
    pact.voided_criteria = row.voided;
    std::vector<std::string> gone;
    for (const char* id : {"a", "a.1", "a.1.1", "a.2", "b", "nowhere", ""}) {
      if (IsVoided(pact, id)) gone.push_back(id);
    }
    EXPECT_EQ(gone, row.gone);
  }
}

std::string PaceIn(int month, const Target& target) {
  Period period;
  period.kind = PeriodKind::kQuarter;
  period.through_month = month;
  return PaceOf(target, period).ToString();
}

TEST(PaceOf, IsThePeriodsForATargetWithoutItsOwn) {
  Period period;
  period.kind = PeriodKind::kQuarter;
  period.pace_percent = *Decimal::Parse("22.5");
  period.through_month = 3;
  EXPECT_EQ(PaceOf({}, period).ToString(), "9/40");
  period.through_month = 0;
  EXPECT_EQ(PaceOf({}, period).ToString(), "9/40");
}

// 8,333…% is no decimal, and a twelfth all the same.
TEST(PaceOf, IsTwelfthsExactlyWhenNothingIsSaid) {
  const char* const kTwelfths[] = {"1/12", "1/6", "1/4", "1/3", "5/12",  "1/2",
                                   "7/12", "2/3", "3/4", "5/6", "11/12", "1"};
  for (int month = 1; month <= 12; ++month) EXPECT_EQ(PaceIn(month, {}), kTwelfths[month - 1]);
}

TEST(PaceOf, RunsStraightThroughTheTargetsOwnPoints) {
  Target target;
  target.pace = {{4, 20}, {6, 25}, {10, 25}, {11, 80}};
  const char* const kDue[] = {"1/20", "1/10", "3/20", "1/5", "9/40", "1/4",
                              "1/4",  "1/4",  "1/4",  "1/4", "4/5",  "4/5"};
  for (int month = 1; month <= 12; ++month) {
    EXPECT_EQ(PaceIn(month, target), kDue[month - 1]) << month;
  }
  target.pace = {{7, 50}};
  EXPECT_EQ(PaceIn(3, target), "3/14");
  target.pace = {{1, 100}};
  EXPECT_EQ(PaceIn(1, target), "1");
}

TEST(PaceOf, TheTargetsOwnGoesBeforeThePeriods) {
  Target target;
  target.pace = {{6, 30}};
  Period period;
  period.pace_percent = 50;
  EXPECT_EQ(PaceOf(target, period).ToString(), "3/10");
}

TEST(PaceOf, IsThePeriodsWhenAQuarterDoesNotSayItsMonth) {
  Target target;
  target.pace = {{6, 30}};
  Period period;
  period.kind = PeriodKind::kQuarter;
  period.pace_percent = 20;
  period.through_month = 0;
  EXPECT_EQ(PaceOf(target, period).ToString(), "1/5");
}

TEST(PaceOf, OfAYearIsTheWholeWhateverIsSaid) {
  Target target;
  target.pace = {{6, 30}, {12, 90}};
  Period period;
  period.kind = PeriodKind::kYear;
  period.pace_percent = 50;
  period.through_month = 6;
  EXPECT_EQ(PaceOf(target, period), Rational(1));
  EXPECT_EQ(PaceOf({}, period), Rational(1));
  // December of another kind ends at what the last point says.
  period.kind = PeriodKind::kQuarter;
  period.through_month = 12;
  EXPECT_EQ(PaceOf(target, period).ToString(), "9/10");
}

constexpr auto kNotYetOpen = PeriodWindow::kNotYetOpen;
constexpr auto kOpen = PeriodWindow::kOpen;
constexpr auto kLate = PeriodWindow::kLate;
constexpr auto kClosed = PeriodWindow::kClosed;

TEST(WindowOn, IncludesItsFirstAndLastDay) {
  const Pact pact = ThePact();
  const Period& mid_year = pact.periods[0];  // From 01/6/2019 until sealed.
  EXPECT_EQ(WindowOn(pact, mid_year, "so-y-te", Date(2019, 5, 31)), kNotYetOpen);
  EXPECT_EQ(WindowOn(pact, mid_year, "so-y-te", Date(2019, 6, 1)), kOpen);
  EXPECT_EQ(WindowOn(pact, mid_year, "so-y-te", Date(2031, 1, 1)), kOpen);
  const Period& year = pact.periods[1];  // From 01/12/2019 to 15/01/2020.
  EXPECT_EQ(WindowOn(pact, year, "so-y-te", Date(2019, 11, 30)), kNotYetOpen);
  EXPECT_EQ(WindowOn(pact, year, "so-y-te", Date(2020, 1, 15)), kOpen);
  EXPECT_EQ(WindowOn(pact, year, "so-y-te", Date(2020, 1, 16)), kClosed);
}

TEST(WindowOn, IsLateAfterTheDueDay) {
  Pact pact = ThePact();
  for (Period& period : pact.periods) period.due_on = period.opens_on + 9;
  EXPECT_EQ(WindowOn(pact, pact.periods[0], "so-y-te", Date(2019, 6, 10)), kOpen);
  EXPECT_EQ(WindowOn(pact, pact.periods[0], "so-y-te", Date(2019, 6, 11)), kLate);
  EXPECT_EQ(WindowOn(pact, pact.periods[0], "so-y-te", Date(2031, 1, 1)), kLate);
  EXPECT_EQ(WindowOn(pact, pact.periods[1], "so-y-te", Date(2019, 12, 10)), kOpen);
  EXPECT_EQ(WindowOn(pact, pact.periods[1], "so-y-te", Date(2020, 1, 15)), kLate);
  EXPECT_EQ(WindowOn(pact, pact.periods[1], "so-y-te", Date(2020, 1, 16)), kClosed);
}

TEST(WindowOn, IsKeptOpenByAnExceptionForItsUnitAndPeriodOnly) {
  Pact pact = ThePact();
  pact.exceptions = {{"6-thang", "so-y-te", Date(2021, 1, 1), "", ""},
                     {"nam", "so-du-lich", Date(2020, 1, 20), "", ""},
                     {"nam", "so-y-te", Date(2020, 1, 18), "", ""},
                     {"nam", "so-y-te", Date(2020, 1, 31), "", ""},
                     {"nam", "so-y-te", Date(2020, 1, 17), "", ""}};
  const Period& year = pact.periods[1];
  struct Row {
    Date today;
    PeriodWindow health, tourism, minorities;
  };
  for (const Row& row : {
           Row{Date(2019, 11, 30), kNotYetOpen, kNotYetOpen, kNotYetOpen},
           Row{Date(2020, 1, 15), kOpen, kOpen, kOpen},  // Its own window needs no exception.
           Row{Date(2020, 1, 16), kLate, kLate, kClosed},
           Row{Date(2020, 1, 20), kLate, kLate, kClosed},
           Row{Date(2020, 1, 21), kLate, kClosed, kClosed},
           Row{Date(2020, 1, 31), kLate, kClosed, kClosed},
           Row{Date(2020, 2, 1), kClosed, kClosed, kClosed},
       }) {
    SCOPED_TRACE(DateToString(row.today));
    EXPECT_EQ(WindowOn(pact, year, "so-y-te", row.today), row.health);
    EXPECT_EQ(WindowOn(pact, year, "so-du-lich", row.today), row.tourism);
    EXPECT_EQ(WindowOn(pact, year, "ban-dan-toc", row.today), row.minorities);
  }
}

TEST(WindowOn, IsKeptOpenForEveryMemberByAnExceptionForNoUnit) {
  Pact pact = ThePact();
  pact.exceptions = {{"nam", "", Date(2020, 1, 20), "", ""}};
  for (const Member& member : pact.members) {
    EXPECT_EQ(WindowOn(pact, pact.periods[1], member.unit, Date(2020, 1, 20)), kLate);
    EXPECT_EQ(WindowOn(pact, pact.periods[1], member.unit, Date(2020, 1, 21)), kClosed);
  }
}

}  // namespace
}  // namespace thidua::domain
