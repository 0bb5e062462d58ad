#include "services/domain/achievement.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/domain/khoi4_2019_testdata.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

constexpr Direction kHigher = Direction::kHigherIsBetter;
constexpr Direction kLower = Direction::kLowerIsBetter;
constexpr auto kTOverA = LowerIsBetterFormula::kTargetOverActual;
constexpr auto kTwoMinus = LowerIsBetterFormula::kTwoMinusActualOverTarget;

Target TargetOf(Direction direction, const std::string& value) {
  Target target;
  target.id = "t";
  target.direction = direction;
  target.value = Figure(value);
  return target;
}

TEST(Achievement, IsExactWhenBothFiguresAreKnown) {
  struct Row {
    Direction direction;
    LowerIsBetterFormula formula;
    std::string actual, target, share;
  };
  for (const Row& row : {
           Row{kHigher, kTOverA, "17893", "35000", "17893/35000"},
           Row{kHigher, kTOverA, "8", "12", "2/3"},
           Row{kHigher, kTOverA, "5", "4", "5/4"},
           Row{kHigher, kTwoMinus, "5", "4", "5/4"},
           Row{kHigher, kTOverA, "0", "4", "0"},
           Row{kHigher, kTOverA, "0.3", "0.1", "3"},
           Row{kLower, kTOverA, "8", "10", "5/4"},
           Row{kLower, kTwoMinus, "8", "10", "6/5"},
           Row{kLower, kTOverA, "10", "10", "1"},
           Row{kLower, kTwoMinus, "10", "10", "1"},
           Row{kLower, kTOverA, "13.1", "13.10", "1"},
           Row{kLower, kTOverA, "20", "10", "1/2"},
           Row{kLower, kTwoMinus, "20", "10", "0"},
           Row{kLower, kTwoMinus, "21", "10", "0"},
           Row{kLower, kTwoMinus, "19", "10", "1/10"},
           // Where a formula has no value.
           Row{kLower, kTOverA, "0", "10", "2"},
           Row{kLower, kTwoMinus, "0", "10", "2"},
           Row{kLower, kTOverA, "0", "0", "1"},
           Row{kLower, kTwoMinus, "0", "0.00", "1"},
           Row{kLower, kTOverA, "1", "0", "0"},
           Row{kLower, kTwoMinus, "1", "0", "0"},
           // What reporting refuses counts as 0.
           Row{kHigher, kTOverA, "-5", "10", "0"},
           Row{kLower, kTOverA, "-5", "10", "2"},
           Row{kLower, kTOverA, "-5", "0", "1"},
       }) {
    SCOPED_TRACE(row.actual + " of " + row.target);
    const Result result{"t", Figure(row.actual), {}, 1};
    const Achievement achievement =
        AchievementOf(TargetOf(row.direction, row.target), &result, row.formula);
    EXPECT_EQ(achievement.basis, AchievementBasis::kComputed);
    EXPECT_EQ(achievement.share.ToString(), row.share);
  }
}

TEST(Achievement, SaysHowItIsKnown) {
  constexpr auto kComputed = AchievementBasis::kComputed;
  constexpr auto kStated = AchievementBasis::kStated;
  constexpr auto kNotReported = AchievementBasis::kNotReported;
  constexpr auto kNotAssigned = AchievementBasis::kNotAssigned;
  constexpr auto kNotComputable = AchievementBasis::kNotComputable;
  struct Row {
    std::string target, actual, stated;
    AchievementBasis basis;
    std::string share = "0";
  };
  for (const Row& row : {
           Row{"10", "8", "", kComputed, "4/5"},
           Row{"10", "8", "99", kComputed, "4/5"},  // Computed wins; the percent is only checked.
           Row{"", "8", "80", kStated, "4/5"},
           Row{"", "", "104.09", kStated, "10409/10000"},
           Row{"10", "", "80", kStated, "4/5"},
           Row{"?", "8", "80", kStated, "4/5"},
           Row{"", "?", "80", kStated, "4/5"},
           Row{"", "8", "-80", kStated, "0"},
           Row{"", "8", "", kNotComputable},
           Row{"10", "?", "", kNotComputable},
           Row{"0", "8", "", kNotComputable},
           Row{"0", "8", "80", kNotComputable},  // The stated percent cannot be of that target.
           Row{"-1", "8", "", kNotComputable},
           Row{"10", "", "", kNotReported},
           Row{"", "", "", kNotReported},
           Row{"10", "-", "", kNotAssigned},
           Row{"10", "-", "80", kNotAssigned},
           Row{"-", "8", "80", kNotAssigned},
       }) {
    SCOPED_TRACE(row.actual + " of " + row.target + " " + row.stated);
    // "-1" is a number, not the sign for "not assigned".
    Result result{"t", Figure(row.actual), {}, 1};
    if (!row.stated.empty()) result.stated_percent = *Decimal::Parse(row.stated);
    const Achievement achievement = AchievementOf(TargetOf(kHigher, row.target), &result, kTOverA);
    EXPECT_EQ(achievement.basis, row.basis);
    EXPECT_EQ(achievement.share.ToString(), row.share);
  }
}

TEST(Achievement, WithoutAResultIsNotReported) {
  EXPECT_EQ(AchievementOf(TargetOf(kHigher, "10"), nullptr, kTOverA).basis,
            AchievementBasis::kNotReported);
  EXPECT_EQ(AchievementOf(TargetOf(kHigher, ""), nullptr, kTOverA).basis,
            AchievementBasis::kNotReported);
  EXPECT_EQ(AchievementOf(TargetOf(kHigher, "-"), nullptr, kTOverA).basis,
            AchievementBasis::kNotAssigned);
}

TEST(FormulaOf, IsTheCriterionsOwn) {
  Pact pact = khoi4_2019::ThePact();
  std::get<TargetsRule>(pact.scheme.contents[0].rule).lower_is_better = kTwoMinus;
  Target target = pact.targets[14];
  EXPECT_EQ(FormulaOf(pact, target), kTwoMinus);
  for (const char* criterion : {"", "noi-dung-2", "noi-dung-9"}) {
    target.criterion = criterion;
    EXPECT_EQ(FormulaOf(pact, target), kTOverA) << criterion;
  }
}

TEST(MeetsTarget, NearlyAsMuchIsLessAndMoreThanAsMuchIsMore) {
  struct Row {
    Direction direction;
    Qualifier qualifier;
    bool meets;
  };
  for (const Row& row :
       {Row{kHigher, Qualifier::kNearly, false},  // gần 35.000
        Row{kHigher, Qualifier::kAtLeast, true}, Row{kHigher, Qualifier::kAbout, true},
        Row{kLower, Qualifier::kAtLeast, false},  // trên 13,1
        Row{kLower, Qualifier::kNearly, true}}) {
    Result result{"t", Figure("10"), {}, 1};
    result.actual.qualifier = row.qualifier;
    EXPECT_EQ(MeetsTarget(TargetOf(row.direction, "10"), result), row.meets);
  }
}

TEST(Achievement, TakesAStatedPercentOfALowerTargetOnlyAtExactlyAHundred) {
  for (const auto& [percent, basis] :
       {std::pair("100", AchievementBasis::kStated), std::pair("100.0", AchievementBasis::kStated),
        std::pair("120", AchievementBasis::kNotComputable),
        std::pair("80", AchievementBasis::kNotComputable)}) {
    Result result{"t", Figure("6"), *Decimal::Parse(percent), 1};
    EXPECT_EQ(AchievementOf(TargetOf(kLower, ""), &result, kTOverA).basis, basis) << percent;
  }
}

TEST(MeetsTarget, ComparesTheFiguresThemselves) {
  struct Row {
    Direction direction;
    std::string actual, target;
    std::optional<bool> meets;
  };
  for (const Row& row : {
           Row{kHigher, "10", "10", true},
           Row{kHigher, "9.999999999", "10", false},
           Row{kHigher, "0", "0", true},
           Row{kLower, "10", "10.0", true},
           Row{kLower, "10.000000001", "10", false},
           Row{kLower, "0", "0", true},
           Row{kLower, "1", "0", false},
           Row{kHigher, "", "10", std::nullopt},
           Row{kHigher, "10", "", std::nullopt},
           Row{kHigher, "?", "10", std::nullopt},
       }) {
    const Result result{"t", Figure(row.actual), {}, 1};
    EXPECT_EQ(MeetsTarget(TargetOf(row.direction, row.target), result), row.meets)
        << row.actual << " of " << row.target;
  }
}

}  // namespace
}  // namespace thidua::domain
