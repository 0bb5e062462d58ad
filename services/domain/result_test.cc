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

// A target of 40 lớp a year, 36 of which were done last year.
Target Classes() {
  Target target;
  target.id = "lop";
  target.measure = "lớp";
  target.value = Figure("40");
  target.baseline = Figure("36");
  return target;
}

const Period& HalfYear() {
  static const auto* const kPeriod =
      new Period{"6-thang", "6 tháng đầu năm 2019", PeriodKind::kMidYear, 50, 6, {}, {}, {}};
  return *kPeriod;
}

// Six months of a year are half of it: last year's 36 are 18 by then, a third of that is 6, thrice
// as much is 54.
TEST(WarningsAgainst, HoldsAFigureAgainstTheEarlierPeriodAndLastYear) {
  constexpr auto kSum = Accumulation::kCumulative;
  constexpr auto kSnapshot = Accumulation::kSnapshot;
  constexpr auto kRate = Accumulation::kRate;
  const Period quarter = {"quy-1", "Quý I năm 2019", PeriodKind::kQuarter, {}, 3, {}, {}, {}};
  const std::string kFell = "actual: CUMULATIVE_FELL";
  const std::string kFar = "actual: FAR_FROM_LAST_YEAR";
  struct Row {
    Accumulation accumulation;
    std::string earlier;  // In the first quarter; empty: none.
    std::string actual;
    std::string last_year;
    std::vector<std::string> warnings;
  };
  for (const Row& row : {
           Row{kSum, "", "20", "36", {}},
           Row{kSum, "8", "20", "36", {}},
           Row{kSum, "20", "20", "36", {}},  // Nothing more came: that is no fall.
           Row{kSum, "20.001", "20", "36", {kFell}},
           Row{kSum, "20", "0", "36", {kFell, kFar}},
           Row{kSum, "0", "0", "", {}},
           // What does not add up may fall.
           Row{kSnapshot, "30", "20", "36", {}},
           Row{kRate, "30", "20", "36", {}},

           Row{kSum, "", "6", "36", {}},
           Row{kSum, "", "5.999999999", "36", {kFar}},
           Row{kSum, "", "54", "36", {}},
           Row{kSum, "", "54.000000001", "36", {kFar}},
           Row{kSum, "", "0", "36", {kFar}},
           // A snapshot and a rate have no pace: 36 are 36 on any day.
           Row{kSnapshot, "", "12", "36", {}},
           Row{kSnapshot, "", "11.9", "36", {kFar}},
           Row{kRate, "", "108", "36", {}},
           Row{kRate, "", "108.1", "36", {kFar}},
           // Without last year's figure nothing is far; nor is anything from nothing.
           Row{kSum, "", "17893", "", {}},
           Row{kSum, "", "17893", "0", {}},
           Row{kSum, "", "17893", "-", {}},
           Row{kSum, "", "17893", "?", {}},
       }) {
    Target target = Classes();
    target.accumulation = row.accumulation;
    target.baseline = domain::Figure(row.last_year);
    const EarlierResult earlier = {&quarter, domain::Figure(row.earlier)};
    EXPECT_EQ(Briefly(WarningsAgainst(row.earlier.empty() ? nullptr : &earlier, HalfYear(), target,
                                      {"lop", Figure(row.actual), {}, 1})),
              row.warnings)
        << row.earlier << " then " << row.actual << ", last year " << row.last_year;
  }
}

TEST(WarningsAgainst, HasNothingToHoldWithoutBothFigures) {
  const Period quarter = {"quy-1", "Quý I năm 2019", PeriodKind::kQuarter, {}, 3, {}, {}, {}};
  const EarlierResult earlier = {&quarter, Figure("30")};
  for (const QuantityState state :
       {QuantityState::kNotReported, QuantityState::kNotAssigned, QuantityState::kNotComputable}) {
    EXPECT_TRUE(WarningsAgainst(&earlier, HalfYear(), Classes(), {"lop", State(state), D("10"), 1})
                    .empty());
    const EarlierResult without = {&quarter, State(state)};
    EXPECT_TRUE(
        WarningsAgainst(&without, HalfYear(), Classes(), {"lop", Figure("20"), {}, 1}).empty());
  }
}

TEST(WarningsAgainst, GoesByTheTargetsOwnPace) {
  Target target = Classes();
  target.pace = {{6, 10}, {12, 100}};  // Most of it is due in autumn: 3,6 of 36 by June.
  const auto warnings = [&](const std::string& actual) {
    return WarningsAgainst(nullptr, HalfYear(), target, {"lop", Figure(actual), {}, 1}).size();
  };
  EXPECT_EQ(warnings("10.8"), 0);
  EXPECT_EQ(warnings("10.9"), 1);
  EXPECT_EQ(warnings("1.2"), 0);
  EXPECT_EQ(warnings("1.1"), 1);
  // Nothing is due yet: last year does not say how much is much.
  target.pace = {{6, 0}, {12, 100}};
  EXPECT_EQ(warnings("0"), 0);
  EXPECT_EQ(warnings("5"), 0);
}

TEST(WarningsAgainst, TellsTheOfficialBothFigures) {
  const Period quarter = {"quy-1", "Quý I năm 2019", PeriodKind::kQuarter, {}, 3, {}, {}, {}};
  const EarlierResult earlier = {&quarter, Figure("1250")};
  Target target = Classes();
  target.baseline = Figure("36000.5");
  const std::vector<Fault> warnings =
      WarningsAgainst(&earlier, HalfYear(), target, {"lop", Figure("125"), {}, 1});
  ASSERT_EQ(warnings.size(), 2);
  EXPECT_EQ(warnings[0].message, "Số lũy kế 125 thấp hơn 1.250 đã báo cáo ở kỳ “Quý I năm 2019”.");
  EXPECT_EQ(warnings[1].message, "Kết quả 125 khác xa năm trước (36.000,5 cả năm).");
}

TEST(MustBeAcknowledged, IsWhatIsNearlyAlwaysAnError) {
  const struct {
    const char* warning;
    bool must;
  } kCases[] = {
      {"PERCENT_DISAGREES", true},
      {"CUMULATIVE_FELL", true},
      {"FAR_FROM_LAST_YEAR", false},
      {"SOMETHING_NOT_KNOWN", false},
      {"", false},
  };
  for (const auto& c : kCases) EXPECT_EQ(MustBeAcknowledged(c.warning), c.must) << c.warning;
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
