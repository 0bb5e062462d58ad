#include "services/domain/result.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/domain/khoi4_2019_testdata.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

using khoi4_2019::ThePact;
using khoi4_2019::TheResults;

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

Quantity Figure(absl::string_view value) {
  return {QuantityState::kValue, D(value), Qualifier::kExact, "", ""};
}

Quantity State(QuantityState state) {
  Quantity quantity;
  quantity.state = state;
  return quantity;
}

TEST(ValidateResult, TakesEveryResultOfTheArticle) {
  for (const Result& result : TheResults()) {
    EXPECT_EQ(Briefly(ValidateResult(ThePact(), result)), std::vector<std::string>{})
        << result.target;
  }
}

TEST(ValidateResult, KeepsOutWhatCannotBe) {
  const std::string labour = "chi-tieu-1";
  Quantity in_classes = Figure("5");
  in_classes.measure = "lớp";
  Quantity in_its_measure = Figure("5");
  in_its_measure.measure = "lượt lao động";
  Quantity long_text = Figure("5");
  long_text.text = std::string(201, '5');
  struct Row {
    Result result;
    std::vector<std::string> faults;
  };
  for (const Row& row : {
           Row{{labour, Figure("0"), {}, 1}, {}},
           Row{{labour, in_its_measure, {}, 1}, {}},
           Row{{labour, {}, D("0"), 1}, {}},
           Row{{labour, State(QuantityState::kNotAssigned), {}, 1}, {}},
           Row{{labour, State(QuantityState::kNotComputable), {}, 1}, {}},
           Row{{labour, {}, {}, 1}, {"actual: NOTHING_REPORTED"}},
           Row{{"chi-tieu-99", Figure("5"), {}, 1}, {"target: TARGET_UNKNOWN"}},
           Row{{"", {}, {}, 1}, {"target: TARGET_UNKNOWN", "actual: NOTHING_REPORTED"}},
           Row{{labour, Figure("-0.1"), {}, 1}, {"actual: OUT_OF_RANGE"}},
           Row{{labour, in_classes, {}, 1}, {"actual: MEASURE_DISAGREES"}},
           Row{{labour, long_text, {}, 1}, {"actual.text: TOO_LONG"}},
           Row{{labour, Figure("5"), D("-1"), 1}, {"stated_percent: OUT_OF_RANGE"}},
       }) {
    EXPECT_EQ(Briefly(ValidateResult(ThePact(), row.result)), row.faults);
  }
}

TEST(WarningsOf, FindsEveryPrintedPercentOfTheArticleRight) {
  for (const Result& result : TheResults()) {
    EXPECT_EQ(Briefly(WarningsOf(ThePact(), result)), std::vector<std::string>{}) << result.target;
  }
}

TEST(WarningsOf, ComparesAtThePrintedDigits) {
  struct Row {
    std::string target, actual, stated;
    bool agrees;
  };
  for (const Row& row : {
           Row{"chi-tieu-1", "17893", "51.12", true},
           Row{"chi-tieu-1", "17893", "51.1", true},
           Row{"chi-tieu-1", "17893", "51", true},
           Row{"chi-tieu-1", "17893", "51.123", true},
           Row{"chi-tieu-1", "17893", "51.13", false},
           Row{"chi-tieu-1", "17893", "51.120", false},
           Row{"chi-tieu-1", "17893", "52", false},
           Row{"chi-tieu-7", "8", "66.6", false},  // 66,666… is 66,7.
           Row{"chi-tieu-6", "8", "80.000", true},
           Row{"chi-tieu-6", "0", "0", true},
           Row{"chi-tieu-6", "0", "80", false},
           // Lower is better, 13,1 to reach: a unit may put it either way round.
           Row{"chi-tieu-15", "12", "109.2", true},
           Row{"chi-tieu-15", "12", "91.6", true},
           Row{"chi-tieu-15", "12", "100", false},
           Row{"chi-tieu-15", "0", "200", true},
       }) {
    const Result result{row.target, Figure(row.actual), D(row.stated), 1};
    EXPECT_EQ(Briefly(WarningsOf(ThePact(), result)),
              row.agrees ? std::vector<std::string>{}
                         : std::vector<std::string>{"stated_percent: PERCENT_DISAGREES"})
        << row.target << " " << row.actual << " " << row.stated;
  }
}

TEST(WarningsOf, TellsTheOfficialBothFigures) {
  const Result result{"chi-tieu-1", Figure("17893"), D("51.2"), 1};
  EXPECT_EQ(WarningsOf(ThePact(), result)[0].message,
            "Tỷ lệ đã ghi là 51,2%, nhưng 17.893 so với chỉ tiêu 35.000 là 51,1%.");
}

TEST(WarningsOf, HasNothingToCompareWithoutBothFiguresAndAPercent) {
  for (const Result& result : {
           Result{"chi-tieu-1", Figure("17893"), {}, 1},
           Result{"chi-tieu-1", {}, D("99"), 1},
           Result{"chi-tieu-4", Figure("405509"), D("1"), 1},
           Result{"chi-tieu-99", Figure("5"), D("1"), 1},
       }) {
    EXPECT_EQ(Briefly(WarningsOf(ThePact(), result)), std::vector<std::string>{});
  }
}

TEST(WarningsOf, NeverDividesByATargetOfNone) {
  Pact pact = ThePact();
  pact.targets[14].value = Figure("0");
  EXPECT_TRUE(WarningsOf(pact, {"chi-tieu-15", Figure("0"), D("100"), 1}).empty());
  EXPECT_TRUE(WarningsOf(pact, {"chi-tieu-15", Figure("3"), D("0"), 1}).empty());
  EXPECT_EQ(WarningsOf(pact, {"chi-tieu-15", Figure("3"), D("100"), 1}).size(), 1);
}

TEST(NewestByTarget, TakesTheGreatestRevisionAndTheLastOfEquals) {
  const std::vector<Result> results = {{"a", Figure("1"), {}, 2},
                                       {"a", Figure("2"), {}, 3},
                                       {"a", Figure("3"), {}, 1},
                                       {"b", Figure("4"), {}, 0},
                                       {"b", Figure("5"), {}, 0}};
  const auto newest = NewestByTarget(results);
  ASSERT_EQ(newest.size(), 2);
  EXPECT_EQ(newest.at("a"), &results[1]);
  EXPECT_EQ(newest.at("b"), &results[4]);
}

}  // namespace
}  // namespace thidua::domain
