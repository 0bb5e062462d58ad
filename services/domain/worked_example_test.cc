#include "services/domain/worked_example.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

using Strings = std::vector<std::string>;

// 10 points by targets, 20 by events, 5 of bonus for the leader; two classes, one award.
Scheme ThreeRules() {
  Scheme scheme;
  scheme.id = "thang-diem";
  scheme.name = "Thang bảng điểm";
  scheme.contents = {{"chi-tieu", "Chỉ tiêu", "", 10, 0, {}, TargetsRule{}},
                     {"ky-luat", "Kỷ luật", "", 20, 0, {}, EventsRule{20, {{"loi", "Lỗi", -3}}}},
                     {"vai-tro", "Vai trò", "", 0, 5, {}, RolesRule{5, 0, 0}}};
  scheme.classes.classes = {{"tot", "Tốt", 20}, {"kha", "Khá"}};
  scheme.awards = {{"co", "Cờ thi đua"}};
  return scheme;
}

ExpectedNumber N(const std::string& text) { return *ReadExpectedNumber(text); }

WorkedExample::Unit UnitOf(const std::string& id, const std::string& value,
                           const std::string& actual) {
  WorkedExample::Unit unit;
  unit.id = id;
  unit.targets = {{"chi-tieu", Direction::kHigherIsBetter, Figure(value), Figure(actual)}};
  return unit;
}

// The leader has 1/3 of its target (10/3 points), nothing against it, and 5 of bonus: 85/3 of 30.
// The other has 10 and two faults: 24 of 30.
WorkedExample TwoUnits() {
  WorkedExample::Unit a = UnitOf("so-a", "3", "1"), b = UnitOf("so-b", "3", "3");
  a.role = Role::kLeader;
  a.assessments = {{"", "ky-luat", Layer::kBloc, "", 0, 0, {{"loi", 0}}}};
  b.assessments = {{"", "ky-luat", Layer::kBloc, "", 0, 0, {{"loi", 2}}}};
  a.expected.criteria = {{"chi-tieu", N("10/3"), N("0"), N("10")},
                         {"vai-tro", N("0"), N("5"), N("0")},
                         {"ky-luat", N("20")}};
  a.expected.total = N("85/3");
  a.expected.assigned_points = N("30");
  a.expected.percent = N("~94.44");
  a.expected.rank = 1;
  a.expected.class_id = "tot";
  a.expected.award_id = "co";
  b.expected.total = N("24");
  b.expected.rank = 2;
  b.expected.award_id = "-";
  return {"Hai đơn vị", {a, b}};
}

TEST(ReadExpectedNumberTest, ReadsThreeForms) {
  const struct {
    const char* text;
    const char* value;
    int digits;  // -1: exact.
  } kCases[] = {{"2.5", "5/2", -1},         {"1/3", "1/3", -1},   {"2.50", "5/2", -1},
                {"9400/99", "9400/99", -1}, {"-1/4", "-1/4", -1}, {"1.5/0.5", "3", -1},
                {"~94.95", "1899/20", 2},   {"~95", "95", 0}};
  for (const auto& c : kCases) {
    const auto read = ReadExpectedNumber(c.text);
    ASSERT_TRUE(read.ok()) << c.text;
    EXPECT_EQ(read->value.ToString(), c.value) << c.text;
    EXPECT_EQ(read->digits.value_or(-1), c.digits) << c.text;
  }
  for (const char* text :
       {"", "~", "2,5", "1/0", "1/-3", "1/", "/3", "1/2/3", "~1/3", "x", "95%"}) {
    EXPECT_FALSE(ReadExpectedNumber(text).ok()) << text;
  }
}

TEST(CheckExamplesTest, AnExampleThatHoldsHasNoFault) {
  EXPECT_EQ(Briefly(CheckExamples(ThreeRules(), {TwoUnits(), TwoUnits()})), Strings{});
  EXPECT_EQ(Briefly(CheckExamples(ThreeRules(), {})), Strings{});
}

TEST(CheckExamplesTest, SaysWhatWasExpectedWhatWasComputedAndForWhom) {
  const struct {
    std::function<void(WorkedExample::Expected&)> change;
    const char* path;
    const char* rest;        // Of the sentence.
    const char* suggestion;  // What was computed.
  } kCases[] = {
      {[](auto& e) { e.criteria[2].points = N("19.5"); }, "criteria[2].points",
       " ở tiêu chí “Kỷ luật” phải được 19,5 điểm nhưng tính ra 20 điểm.", "20"},
      {[](auto& e) { e.criteria[0].points = N("3.33"); }, "criteria[0].points",
       " ở tiêu chí “Chỉ tiêu” phải được 3,33 điểm nhưng tính ra khoảng 3,3333 (10/3) điểm.",
       "10/3"},
      {[](auto& e) { e.criteria[0].points = N("~3.34"); }, "criteria[0].points",
       " ở tiêu chí “Chỉ tiêu” phải được khoảng 3,34 điểm nhưng tính ra khoảng 3,3333 (10/3) điểm.",
       "10/3"},
      {[](auto& e) { e.criteria[1].bonus = N("4"); }, "criteria[1].bonus",
       " ở tiêu chí “Vai trò” phải được 4 điểm thưởng nhưng tính ra 5 điểm thưởng.", "5"},
      {[](auto& e) { e.criteria[0].assigned_points = N("0"); }, "criteria[0].assigned_points",
       " ở tiêu chí “Chỉ tiêu” phải có 0 điểm được giao nhưng tính ra 10 điểm được giao.", "10"},
      {[](auto& e) { e.total = N("28.33"); }, "total",
       " phải được tổng cộng 28,33 điểm nhưng tính ra khoảng 28,3333 (85/3) điểm.", "85/3"},
      {[](auto& e) { e.assigned_points = N("35"); }, "assigned_points",
       " phải có tổng cộng 35 điểm được giao nhưng tính ra 30 điểm được giao.", "30"},
      {[](auto& e) { e.percent = N("~94.5"); }, "percent",
       " phải đạt khoảng 94,5% số điểm được giao nhưng tính ra khoảng 94,4444 (850/9)% số điểm "
       "được "
       "giao.",
       "850/9"},
      {[](auto& e) { e.rank = 2; }, "rank", " phải xếp thứ 2 nhưng tính ra thứ 1.", "1"},
      {[](auto& e) { e.class_id = "kha"; }, "class_id",
       " phải được xếp loại “Khá” nhưng được xếp loại “Tốt”.", "tot"},
      {[](auto& e) { e.class_id = "-"; }, "class_id",
       " phải không được xếp loại gì nhưng được xếp loại “Tốt”.", "tot"},
      {[](auto& e) { e.award_id = "-"; }, "award_id",
       " phải không được đề nghị gì nhưng được đề nghị “Cờ thi đua”.", "co"},
  };
  for (const auto& c : kCases) {
    WorkedExample example = TwoUnits();
    c.change(example.units[0].expected);
    const std::vector<Fault> faults = CheckExamples(ThreeRules(), {TwoUnits(), example});
    ASSERT_EQ(faults.size(), 1u) << c.rest;
    EXPECT_EQ(faults[0].path, absl::StrCat("examples[1].units[0].expected.", c.path));
    EXPECT_EQ(faults[0].reason, "EXAMPLE_DISAGREES");
    EXPECT_EQ(faults[0].message, absl::StrCat("Ví dụ “Hai đơn vị”: đơn vị “so-a”", c.rest));
    EXPECT_EQ(faults[0].suggestion, c.suggestion);
  }
}

TEST(CheckExamplesTest, AnyOneNumberIsSomethingToExpect) {
  const std::function<void(WorkedExample::Expected&)> kOnly[] = {
      [](auto& e) {
        e.criteria = {{"chi-tieu", N("10/3")}};
      },
      [](auto& e) {
        e.criteria = {{"vai-tro", std::nullopt, N("5")}};
      },
      [](auto& e) {
        e.criteria = {{"chi-tieu", std::nullopt, std::nullopt, N("10")}};
      },
      [](auto& e) { e.total = N("85/3"); },
      [](auto& e) { e.assigned_points = N("30"); },
      [](auto& e) { e.percent = N("~94.44"); },
      [](auto& e) { e.rank = 1; },
      [](auto& e) { e.class_id = "tot"; },
      [](auto& e) { e.award_id = "co"; },
  };
  for (const auto& expect : kOnly) {
    WorkedExample example = TwoUnits();
    example.units[0].expected = example.units[1].expected = {};
    expect(example.units[0].expected);
    EXPECT_EQ(Briefly(CheckExamples(ThreeRules(), {example})), Strings{});
  }
}

TEST(CheckExamplesTest, WhoseScoreHasNoRankNorClassIsToldSo) {
  WorkedExample example = {"Chưa có gì", {}};
  example.units.resize(2);
  example.units[0].id = "so-a";
  example.units[1].id = "so-b";
  Scheme scheme = ThreeRules();
  scheme.contents.resize(1);  // Nothing is registered: nothing is assigned to anybody.
  const struct {
    std::function<void(WorkedExample::Expected&)> expect;
    const char* path;
    const char* message;  // After the unit.
  } kCases[] = {
      {[](auto& e) { e.percent = N("0"); }, "percent",
       " phải đạt 0% số điểm được giao nhưng không được giao điểm nào."},
      {[](auto& e) {
         e.criteria = {{"chi-tieu", std::nullopt, N("0")}};
       },
       "criteria[0].bonus",
       " ở tiêu chí “Chỉ tiêu” phải được 0 điểm nhưng tiêu chí không tính cho đơn vị này."},
      {[](auto& e) { e.rank = 1; }, "rank", " phải xếp thứ 1 nhưng không được xếp hạng."},
      {[](auto& e) { e.class_id = "tot"; }, "class_id",
       " phải được xếp loại “Tốt” nhưng không được xếp loại gì."},
      {[](auto& e) { e.award_id = "co"; }, "award_id",
       " phải được đề nghị “Cờ thi đua” nhưng không được đề nghị gì."},
  };
  for (const auto& c : kCases) {
    example.units[0].expected = {};
    c.expect(example.units[0].expected);
    const std::vector<Fault> faults = CheckExamples(scheme, {example});
    ASSERT_EQ(faults.size(), 1u) << c.path;
    EXPECT_EQ(faults[0].path, absl::StrCat("examples[0].units[0].expected.", c.path));
    EXPECT_EQ(faults[0].message, absl::StrCat("Ví dụ “Chưa có gì”: đơn vị “so-a”", c.message));
  }
}

TEST(CheckExamplesTest, ZeroPointsAndNotTheUnitsOwnDiffer) {
  WorkedExample example = {"Chưa có gì", {}};
  example.units.resize(1);
  example.units[0].id = "so-a";
  example.units[0].expected.criteria = {{"chi-tieu", N("0")}};
  const std::vector<Fault> faults = CheckExamples(ThreeRules(), {example});
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(
      faults[0].message,
      "Ví dụ “Chưa có gì”: đơn vị “so-a” ở tiêu chí “Chỉ tiêu” phải được 0 điểm nhưng tiêu chí "
      "không tính cho đơn vị này.");
  example.units[0].expected.criteria = {{"chi-tieu", std::nullopt, std::nullopt, N("0")}};
  EXPECT_EQ(Briefly(CheckExamples(ThreeRules(), {example})), Strings{});
}

TEST(CheckExamplesTest, RefusesAnExampleThatIsUnsoundInItself) {
  const struct {
    std::function<void(WorkedExample&)> spoil;
    Strings faults;
  } kCases[] = {
      {[](auto& e) { e.name = ""; }, {"examples[0].display_name: REQUIRED"}},
      {[](auto& e) { e.units.clear(); }, {"examples[0].units: REQUIRED"}},
      {[](auto& e) { e.units.resize(101); }, {"examples[0].units: TOO_MANY"}},
      {[](auto& e) { e.units[0].expected = e.units[1].expected = {}; },
       {"examples[0]: EXAMPLE_EXPECTS_NOTHING"}},
      {[](auto& e) { e.units[0].expected.criteria[1] = {"vai-tro"}; },
       {"examples[0].units[0].expected.criteria[1]: EXAMPLE_EXPECTS_NOTHING"}},
      {[](auto& e) { e.units[1].id = "Sở B"; },
       {"examples[0].units[1].unit_id: IDENTIFIER_INVALID"}},
      {[](auto& e) { e.units[1].id = "so-a"; }, {"examples[0].units[1].unit_id: DUPLICATE"}},
      {[](auto& e) { e.units[1].role = Role::kLeader; },
       {"examples[0].units[1].role: TWO_LEADERS"}},
      {[](auto& e) { e.units[1].targets[0].criterion = "ky-luat"; },
       {"examples[0].units[1].targets[0].criterion_id: CRITERION_TAKES_NO_TARGETS"}},
      {[](auto& e) {
         e.units[1].targets.push_back({"khong-co", {}, Figure("1"), Figure("1")});
       },
       {"examples[0].units[1].targets[1].criterion_id: CRITERION_UNKNOWN"}},
      {[](auto& e) { e.units[0].targets[0].value = Figure("0"); },
       {"examples[0].units[0].targets[0].value: TARGET_ZERO"}},
      {[](auto& e) { e.units[1].targets[0].actual = Figure("-1"); },
       {"examples[0].units[1].targets[0].actual: OUT_OF_RANGE"}},
      {[](auto& e) { e.units[1].assessments[0].criterion = "chi-tieu"; },
       {"examples[0].units[1].assessments[0].criterion_id: CRITERION_NOT_ASSESSED"}},
      {[](auto& e) { e.units[1].assessments[0].figures[0].id = "khen"; },
       {"examples[0].units[1].assessments[0].figures[0].figure_id: FIGURE_UNKNOWN"}},
      {[](auto& e) { e.units[1].assessments[0].points = 1; },
       {"examples[0].units[1].assessments[0].points: NOT_ALLOWED"}},
      {[](auto& e) {
         e.units[1].assessments[0].layer = Layer::kPeer;
         e.units[1].assessments[0].rater = "so-c";
       },
       {"examples[0].units[1].assessments[0].rater: UNIT_UNKNOWN"}},
      {[](auto& e) { e.units[1].assessments.push_back(e.units[1].assessments[0]); },
       {"examples[0].units[1].assessments[1]: DUPLICATE"}},
      {[](auto& e) { e.units[0].expected.criteria[0].criterion = "khong-co"; },
       {"examples[0].units[0].expected.criteria[0].criterion_id: CRITERION_UNKNOWN"}},
      {[](auto& e) { e.units[0].expected.rank = -1; },
       {"examples[0].units[0].expected.rank: OUT_OF_RANGE"}},
      {[](auto& e) { e.units[0].expected.class_id = "gioi"; },
       {"examples[0].units[0].expected.class_id: CLASS_UNKNOWN"}},
      {[](auto& e) { e.units[0].expected.award_id = "huy-chuong"; },
       {"examples[0].units[0].expected.award_id: AWARD_UNKNOWN"}},
  };
  for (const auto& c : kCases) {
    WorkedExample example = TwoUnits();
    c.spoil(example);
    // What is unsound is not computed; the next one is.
    EXPECT_EQ(Briefly(CheckExamples(ThreeRules(), {example, TwoUnits()})), c.faults);
  }
}

TEST(CheckExamplesTest, WhoIsPassedOverIsPutForwardForNothing) {
  WorkedExample example = TwoUnits();
  example.units[0].ineligibility = "đang bị thanh tra";
  example.units[0].expected.award_id = "-";
  example.units[1].expected.award_id = "co";
  EXPECT_EQ(Briefly(CheckExamples(ThreeRules(), {example})), Strings{});
}

TEST(CheckExamplesTest, WhateverIsSentCostsLittle) {
  const WorkedExample sound = TwoUnits();
  EXPECT_EQ(Briefly(CheckExamples(ThreeRules(), std::vector<WorkedExample>(101, sound))),
            Strings{"examples: TOO_MANY"});
  // A hundred of the largest bloc under a small scheme may be, but not under one of many criteria.
  WorkedExample large = {"Khối lớn", {}};
  for (int i = 0; i < 100; ++i) {
    large.units.emplace_back().id = absl::StrCat("so-", i);
    large.units.back().targets.resize(20, {"chi-tieu", {}, Figure("1"), Figure("1")});
  }
  large.units[0].expected.rank = 1;
  Scheme scheme = ThreeRules();
  EXPECT_EQ(Briefly(CheckExamples(scheme, {large, large})), Strings{});
  for (int i = 0; i < 800; ++i) {
    const std::string id = absl::StrCat("c-", i);
    scheme.contents.push_back({id, id, "", 1, 0, {}, AssessedRule{}});
  }
  EXPECT_EQ(Briefly(CheckExamples(scheme, {large})), Strings{"examples[0]: TOO_MANY"});
  // However much disagrees, a hundred say it.
  WorkedExample wrong = sound;
  wrong.units[1].expected.criteria.resize(5000, {"ky-luat", N("1")});
  EXPECT_EQ(CheckExamples(ThreeRules(), {wrong, wrong}).size(), 100u);
}

TEST(CheckExamplesTest, SaysWhyAFormulaHasNoValue) {
  for (const auto& [formula, why] : std::vector<std::pair<std::string, std::string>>{
           {"0.3 * given(\"self\") + 0.7 * given(\"bloc\")",
            ", vì công thức cần mà chưa có given(\"self\")."},
           {"figure(\"a\") / figure(\"b\")", ", vì công thức cần mà chưa có figure(\"b\")."},
           {"max_points / (max_points - 10)", ", vì công thức chia cho 0."}}) {
    FormulaRule rule;
    rule.points = formula;
    rule.description = "Công thức";
    rule.figures = {{"a", "A"}, {"b", "B"}};
    Scheme scheme;
    scheme.id = "thang-diem";
    scheme.name = "Thang bảng điểm";
    scheme.contents = {{"c", "Tiêu chí", "", 10, 0, {}, rule}};
    WorkedExample::Unit unit;
    unit.id = "so-a";
    unit.assessments = {{"", "c", Layer::kBloc, "", 0, 0, {{"a", 1}}}};
    unit.expected.criteria = {{"c", N("5")}};
    const std::vector<Fault> faults = CheckExamples(scheme, {{"Một", {unit}}});
    ASSERT_EQ(faults.size(), 1U) << formula;
    EXPECT_TRUE(faults[0].message.ends_with("không tính cho đơn vị này" + why))
        << faults[0].message;
  }
}

}  // namespace
}  // namespace thidua::domain
