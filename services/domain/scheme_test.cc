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
  scheme.ranking.tie_break_criteria = {"1", "1.1.2"};
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
         s.ranking.tie_break_criteria.clear();
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
      {[](Scheme& s) { s.contents[0].children[1].rounding_digits = 10; },
       {"contents[0].children[1].rounding.digits: OUT_OF_RANGE"}},
      {[](Scheme& s) { s.contents[0].children[1].rounding_digits = -1; },
       {"contents[0].children[1].rounding.digits: OUT_OF_RANGE"}},
      {[](Scheme& s) {
         s.ranking.tie_break_criteria = {"3", "1", "1", ""};
       },
       {"ranking.tie_keys[0].criterion_id: CRITERION_UNKNOWN",
        "ranking.tie_keys[2].criterion_id: DUPLICATE",
        "ranking.tie_keys[3].criterion_id: CRITERION_UNKNOWN"}},
      {[](Scheme& s) { s.ranking.tie_break_criteria.assign(1002, "1"); }, {}},
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
  scheme.contents[0].children[1].rounding_digits = 9;
  TargetsRuleOf(scheme).bonus_per_percent_above = D("0.000000001");
  scheme.contents[0].children[1].bonus_cap = D("0.000000001");
  EXPECT_EQ(Briefly(ValidateScheme(scheme)), std::vector<std::string>{});
}

Criterion Chain(int depth) {
  return depth == 1 ? Leaf("c1", 1) : Parent(absl::StrCat("c", depth), 1, {Chain(depth - 1)});
}

TEST(ValidateScheme, LimitsDepthAndNumber) {
  Scheme scheme = SoundScheme();
  scheme.ranking.tie_break_criteria.clear();
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

TEST(FindCriterion, FindsAtAnyDepth) {
  const Scheme scheme = SoundScheme();
  EXPECT_EQ(FindCriterion(scheme, "1.1.2"), &scheme.contents[0].children[0].children[1]);
  EXPECT_EQ(FindCriterion(scheme, "2"), &scheme.contents[1]);
  EXPECT_EQ(FindCriterion(scheme, "3"), nullptr);
  EXPECT_EQ(FindCriterion(scheme, ""), nullptr);
}

}  // namespace
}  // namespace thidua::domain
