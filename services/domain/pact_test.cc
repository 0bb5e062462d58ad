#include "services/domain/pact.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
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

TEST(WindowOn, IncludesItsFirstAndLastDay) {
  const Pact pact = ThePact();
  const Period& mid_year = pact.periods[0];  // From 01/6/2019 until sealed.
  EXPECT_EQ(WindowOn(mid_year, Date(2019, 5, 31)), PeriodWindow::kNotYetOpen);
  EXPECT_EQ(WindowOn(mid_year, Date(2019, 6, 1)), PeriodWindow::kOpen);
  EXPECT_EQ(WindowOn(mid_year, Date(2031, 1, 1)), PeriodWindow::kOpen);
  const Period& year = pact.periods[1];  // From 01/12/2019 to 15/01/2020.
  EXPECT_EQ(WindowOn(year, Date(2019, 11, 30)), PeriodWindow::kNotYetOpen);
  EXPECT_EQ(WindowOn(year, Date(2020, 1, 15)), PeriodWindow::kOpen);
  EXPECT_EQ(WindowOn(year, Date(2020, 1, 16)), PeriodWindow::kClosed);
}

}  // namespace
}  // namespace thidua::domain
