#include "services/domain/review.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/domain/khoi4_2019_testdata.h"
#include "services/domain/shorthand_testlib.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

using khoi4_2019::ThePact;
using khoi4_2019::TheResults;

constexpr auto kReached = Standing::kReached;
constexpr auto kOnPace = Standing::kOnPace;
constexpr auto kBehind = Standing::kBehind;
constexpr auto kNotReported = Standing::kNotReported;
constexpr auto kNotComputable = Standing::kNotComputable;
constexpr auto kInformational = Standing::kInformational;
constexpr auto kNotAssigned = Standing::kNotAssigned;
constexpr auto kVoided = Standing::kVoided;

// The sixteen indicators of the article, with every percent as it was printed.
TEST(Review, OfTheFirstRealBloc) {
  struct Row {
    int number;
    std::string printed_percent;  // Empty: none.
    Standing standing;
    std::optional<Standing> as_stated;
  };
  const std::vector<Row> rows = {
      {1, "51,12%", kOnPace, {}},
      {2, "", kInformational, {}},
      {3, "", kInformational, {}},
      {4, "63,4%", kNotComputable, kOnPace},
      {5, "62,4%", kNotComputable, kOnPace},
      {6, "80%", kOnPace, {}},
      {7, "66,7%", kOnPace, {}},
      {8, "", kInformational, {}},
      {9, "104,09%", kNotComputable, kReached},
      {10, "154%", kNotComputable, kReached},
      {11, "99,16%", kOnPace, {}},
      {12, "98,07%", kOnPace, {}},
      {13, "100%", kNotComputable, kReached},
      {14, "100%", kNotComputable, kReached},
      {15, "100%", kReached, {}},
      {16, "125%", kReached, {}},
  };
  const Pact pact = ThePact();
  const std::vector<Result> results = TheResults();
  const std::vector<ReviewLine> lines = Review(pact, pact.periods[0], results);
  ASSERT_EQ(lines.size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(rows[i].number);
    const ReviewLine& line = lines[i];
    EXPECT_EQ(line.target, &pact.targets[i]);
    EXPECT_EQ(line.result, &results[i]);
    EXPECT_EQ(line.standing, rows[i].standing);
    EXPECT_EQ(line.standing_as_stated, rows[i].as_stated);
    if (!rows[i].printed_percent.empty()) {
      EXPECT_EQ(PrintPercent(line.achievement.share, results[i].stated_percent->scale()),
                rows[i].printed_percent);
    }
  }
}

TEST(Review, KeepsAStatedPercentStatedEvenWhenItCouldBeWorkedBack) {
  const Pact pact = ThePact();
  const std::vector<Result> results = TheResults();
  const ReviewLine line = Review(pact, pact.periods[0], results)[9];  // 770, đạt 154%.
  EXPECT_EQ(line.achievement.basis, AchievementBasis::kStated);
  EXPECT_FALSE(line.target->value.has_value());
}

struct Case {
  std::string actual = "";  // Empty: nothing; "-": not assigned; "?": not computable.
  std::string target = "";
  std::string stated = "";
  Direction direction = Direction::kHigherIsBetter;
  Accumulation accumulation = Accumulation::kCumulative;
  Standing standing;
  std::optional<Standing> as_stated = std::nullopt;
};

void ExpectStandings(const Period& period, const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    SCOPED_TRACE(one.actual + " of " + one.target + " stated " + one.stated);
    Pact pact = ThePact();
    pact.targets.resize(1);
    pact.targets[0].direction = one.direction;
    pact.targets[0].accumulation = one.accumulation;
    pact.targets[0].value = Figure(one.target);
    Result result{pact.targets[0].id, Figure(one.actual), {}, 1};
    if (!one.stated.empty()) result.stated_percent = *Decimal::Parse(one.stated);
    const std::vector<Result> results = {result};
    const std::vector<ReviewLine> lines = Review(pact, period, results);
    ASSERT_EQ(lines.size(), 1);
    EXPECT_EQ(lines[0].standing, one.standing);
    EXPECT_EQ(lines[0].standing_as_stated, one.as_stated);
  }
}

TEST(Review, PutsAFigureAgainstThePace) {
  ExpectStandings(ThePact().periods[0],
                  {
                      {.actual = "100", .target = "100", .standing = kReached},
                      {.actual = "99.99", .target = "100", .standing = kOnPace},
                      {.actual = "50", .target = "100", .standing = kOnPace},
                      {.actual = "49.999999999", .target = "100", .standing = kBehind},
                      {.actual = "0", .target = "100", .standing = kBehind},
                      {.actual = "50",
                       .target = "100",
                       .accumulation = Accumulation::kSnapshot,
                       .standing = kOnPace},
                      // The unit's percent does not mend its figures.
                      {.actual = "10", .target = "100", .stated = "100", .standing = kBehind},
                  });
}

TEST(Review, KnowsNoPaceForRatesAndLowerIsBetter) {
  const auto kRate = Accumulation::kRate;
  const auto kLower = Direction::kLowerIsBetter;
  ExpectStandings(
      ThePact().periods[0],
      {
          {.actual = "99", .target = "100", .accumulation = kRate, .standing = kBehind},
          {.actual = "100", .target = "100", .accumulation = kRate, .standing = kReached},
          {.actual = "10", .target = "10", .direction = kLower, .standing = kReached},
          {.actual = "11", .target = "10", .direction = kLower, .standing = kBehind},
          {.actual = "0", .target = "0", .direction = kLower, .standing = kReached},
          {.actual = "1", .target = "0", .direction = kLower, .standing = kBehind},
          {.stated = "99", .accumulation = kRate, .standing = kNotComputable, .as_stated = kBehind},
          {.stated = "99", .direction = kLower, .standing = kNotComputable},
      });
}

TEST(Review, PutsATargetAgainstItsOwnPace) {
  Pact pact = ThePact();
  pact.targets.resize(2);
  pact.targets[1] = pact.targets[0];
  pact.targets[1].id = "chi-tieu-1b";
  for (Target& target : pact.targets) target.value = Figure("100");
  pact.targets[1].pace = {{6, 30}, {9, 40}, {12, 90}};  // Most of it falls due in the autumn.
  const auto standings = [&](const Period& period, const char* actual) {
    const std::vector<Result> results = {{"chi-tieu-1", Figure(actual), {}, 1},
                                         {"chi-tieu-1b", Figure(actual), {}, 1}};
    const std::vector<ReviewLine> lines = Review(pact, period, results);
    return std::vector<Standing>{lines[0].standing, lines[1].standing};
  };
  using Standings = std::vector<Standing>;
  Period period = pact.periods[0];
  EXPECT_EQ(standings(period, "29.9"), (Standings{kBehind, kBehind}));
  EXPECT_EQ(standings(period, "30"), (Standings{kBehind, kOnPace}));
  EXPECT_EQ(standings(period, "50"), (Standings{kOnPace, kOnPace}));
  period.kind = PeriodKind::kQuarter;
  period.pace_percent.reset();
  period.through_month = 8;  // Two thirds of the year; 30 % and two thirds of the way to 40 %.
  EXPECT_EQ(standings(period, "36.6"), (Standings{kBehind, kBehind}));
  EXPECT_EQ(standings(period, "36.7"), (Standings{kBehind, kOnPace}));
  EXPECT_EQ(standings(period, "66.6"), (Standings{kBehind, kOnPace}));
  EXPECT_EQ(standings(period, "66.7"), (Standings{kOnPace, kOnPace}));
  period.through_month = 12;
  EXPECT_EQ(standings(period, "90"), (Standings{kBehind, kOnPace}));
  // The year asks for the whole, whatever the target's pace ends at.
  EXPECT_EQ(standings(pact.periods[1], "99"), (Standings{kBehind, kBehind}));
}

TEST(Review, ShowsAVoidedTargetWhateverCame) {
  Pact pact = ThePact();
  for (Target& target : pact.targets) target.voided = true;
  const std::vector<Result> results = TheResults();
  for (const auto& given : {results, std::vector<Result>()}) {
    const std::vector<ReviewLine> lines = Review(pact, pact.periods[0], given);
    ASSERT_EQ(lines.size(), 16);
    for (const ReviewLine& line : lines) {
      EXPECT_EQ(line.standing, kVoided);
      EXPECT_FALSE(line.standing_as_stated.has_value());
      EXPECT_EQ(line.result == nullptr, given.empty());
    }
  }
}

TEST(Review, SaysWhatIsMissing) {
  ExpectStandings(
      ThePact().periods[0],
      {
          {.actual = "", .target = "10", .standing = kNotReported},
          {.actual = "-", .target = "10", .standing = kNotAssigned},
          {.actual = "-", .target = "10", .stated = "80", .standing = kNotAssigned},
          {.actual = "?", .target = "10", .standing = kNotComputable},
          {.actual = "5", .target = "", .standing = kNotComputable},
          {.actual = "5", .target = "0", .standing = kNotComputable},
          {.stated = "100", .standing = kNotComputable, .as_stated = kReached},
          {.stated = "99.99", .standing = kNotComputable, .as_stated = kOnPace},
          {.stated = "50", .standing = kNotComputable, .as_stated = kOnPace},
          {.stated = "49.99", .standing = kNotComputable, .as_stated = kBehind},
          {.target = "10", .stated = "50", .standing = kNotComputable, .as_stated = kOnPace},
      });
}

TEST(Review, OfTheYearAsksForAllOfIt) {
  Period year = ThePact().periods[1];
  year.pace_percent = 50;  // Whatever the period says.
  ExpectStandings(year, {
                            {.actual = "99.9", .target = "100", .standing = kBehind},
                            {.actual = "100", .target = "100", .standing = kReached},
                            {.stated = "99.9", .standing = kNotComputable, .as_stated = kBehind},
                        });
}

TEST(Review, HasALineForEveryTargetWhateverCame) {
  const Pact pact = ThePact();
  const std::vector<ReviewLine> lines = Review(pact, pact.periods[0], {});
  ASSERT_EQ(lines.size(), 16);
  for (const ReviewLine& line : lines) {
    EXPECT_EQ(line.result, nullptr);
    EXPECT_EQ(line.standing,
              line.target->kind == TargetKind::kInformational ? kInformational : kNotReported);
  }
}

TEST(Review, TakesTheNewestRevisionAndPassesOverTheUnknown) {
  Pact pact = ThePact();
  pact.targets.resize(1);
  const std::vector<Result> results = {{"chi-tieu-1", Figure("35000"), {}, 2},
                                       {"chi-tieu-1", Figure("1"), {}, 1},
                                       {"chi-tieu-99", Figure("1"), {}, 9}};
  const std::vector<ReviewLine> lines = Review(pact, pact.periods[0], results);
  EXPECT_EQ(lines[0].result, &results[0]);
  EXPECT_EQ(lines[0].standing, kReached);
}

TEST(Review, MeasuresByTheCriterionsFormula) {
  Pact pact = ThePact();
  std::get<TargetsRule>(pact.scheme.contents[0].rule).lower_is_better =
      LowerIsBetterFormula::kTwoMinusActualOverTarget;
  std::vector<Result> results = {{"chi-tieu-15", Figure("26.2"), {}, 1}};
  EXPECT_EQ(Review(pact, pact.periods[0], results)[14].achievement.share, Rational(0));
}

std::string Shown(const std::optional<Rational>& number) {
  return number.has_value() ? number->ToString() : "-";
}

// "due; missing; each month".
std::string Missing(const ReviewLine& line) {
  return Shown(line.due_now) + "; " + Shown(line.missing_total) + "; " +
         Shown(line.missing_per_month);
}

TEST(Review, TellsWhatIsMissingOfTheArticlesTargets) {
  const Pact pact = ThePact();
  const std::vector<Result> results = TheResults();
  const std::vector<ReviewLine> lines = Review(pact, pact.periods[0], results);
  const std::vector<std::string> expected = {
      "17500; 17107; 17107/6",  // 17.893/35.000
      "-; -; -",
      "-; -; -",  // Informational.
      "-; -; -",
      "-; -; -",  // Nobody knows their target.
      "5; 2; 1/3",
      "6; 4; 2/3",  // 8/10, 8/12
      "-; -; -",    //
      "-; -; -",
      "-; -; -",  //
      "957/2; 8; 4/3",
      "909; 35; 35/6",
      "-; -; -",
      "-; -; -",
      "-; -; -",  // 13,1/13,1 %: reached, and a rate has no pace.
      "2; -; -",  // 5/4: reached.
  };
  ASSERT_EQ(lines.size(), expected.size());
  for (size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(Missing(lines[i]), expected[i]) << i + 1;
  // At the year's end all is due, and no month is left.
  EXPECT_EQ(Missing(Review(pact, pact.periods[1], results)[0]), "35000; 17107; -");
}

TEST(Review, MissingIsToldWhereItHasAMeaning) {
  struct Row {
    const char* name;
    void (*change)(Target&, Result&, Period&);
    const char* missing;
  };
  const std::vector<Row> rows = {
      {"behind", [](Target&, Result&, Period&) {}, "50; 60; 10"},
      {"by its own pace",
       [](Target& target, Result&, Period&) {
         target.pace = {{6, 20}, {12, 100}};
       },
       "20; 60; 10"},
      {"a rate",
       [](Target& target, Result&, Period&) { target.accumulation = Accumulation::kRate; },
       "-; 60; -"},
      {"less is better",
       [](Target& target, Result& result, Period&) {
         target.direction = Direction::kLowerIsBetter;
         result.actual = Figure("130");
       },
       "-; 30; -"},
      {"less is better, reached",
       [](Target& target, Result&, Period&) { target.direction = Direction::kLowerIsBetter; },
       "-; -; -"},
      {"reached", [](Target&, Result& result, Period&) { result.actual = Figure("100"); },
       "50; -; -"},
      {"nearly all of it",
       [](Target&, Result& result, Period&) {
         result.actual = Figure("100");
         result.actual.qualifier = Qualifier::kNearly;
       },
       "50; 0; 0"},
      {"no figure is not a figure of 0",
       [](Target&, Result& result, Period&) { result.actual = Figure("?"); }, "50; -; -"},
      {"not assigned", [](Target&, Result& result, Period&) { result.actual = Figure("-"); },
       "-; -; -"},
      {"voided", [](Target& target, Result&, Period&) { target.voided = true; }, "-; -; -"},
      {"a quarter that does not say its month",
       [](Target&, Result&, Period& period) {
         period.through_month = 0;
         period.pace_percent = 25;
       },
       "25; 60; -"},
      {"the third quarter",
       [](Target&, Result&, Period& period) {
         period.through_month = 9;
         period.pace_percent = 75;
       },
       "75; 60; 20"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Pact pact = ThePact();
    pact.targets.resize(1);
    pact.targets[0].value = Figure("100");
    Result result{pact.targets[0].id, Figure("40"), {}, 1};
    Period period = pact.periods[0];
    row.change(pact.targets[0], result, period);
    EXPECT_EQ(Missing(Review(pact, period, {result})[0]), row.missing);
  }
}

}  // namespace
}  // namespace thidua::domain
