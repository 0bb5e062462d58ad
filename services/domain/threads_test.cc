// What the headers say is safe from any thread, used by many at once: for the thread sanitizer
// above all (make tsan).
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/report_text.h"
#include "services/domain/scoring.h"
#include "services/domain/scoring_maker_testlib.h"
#include "services/domain/scoring_oracle_testlib.h"

namespace thidua::domain {
namespace {

// What each of them came to.
template <typename Work>
std::vector<std::string> ByMany(const Work& work) {
  std::vector<std::string> told(4);
  std::vector<std::thread> threads;
  for (std::string& one : told) threads.emplace_back([&] { one = work(); });
  for (std::thread& thread : threads) thread.join();
  return told;
}

std::string TotalsOf(const ScoreSheet& sheet) {
  std::string totals;
  for (const UnitPoints& unit : sheet.units) {
    absl::StrAppend(&totals, unit.points.ToString(), " + ", unit.bonus.ToString(), " of ",
                    unit.assigned_points.ToString(), "; ");
  }
  return totals;
}

TEST(Threads, ScoreByOnePlanAndItsFiguresAtOnce) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    oracle::Choices choices(seed);
    const oracle::Case one = oracle::MakeCase(choices);
    const ScoringPlan plan(one.pact.scheme);
    const std::vector<AssessedPoints> assessed = CountingPoints(one.pact, one.given);
    const PeriodFigures figures(plan, one.pact, one.results, assessed);
    const auto score = [&] {
      ScoreSheet sheet;
      std::string totals;
      for (const SheetDetail detail : {SheetDetail::kNumbers, SheetDetail::kDerivations}) {
        FillSheet(plan, figures, detail, sheet);
        totals += TotalsOf(sheet);
      }
      return totals;
    };
    const std::string alone = score();
    for (const std::string& told : ByMany(score)) EXPECT_EQ(told, alone);
  }
}

// The first of them makes the lexicon, while the others ask for it.
TEST(Threads, ReadReportsAtOnce) {
  const auto read = [] {
    const auto reading = ReadReport(
        "Sở Lao động – TB&XH: giải quyết việc làm cho 17.893/35.000 lượt lao động, đạt 51,12% "
        "chỉ tiêu năm; mở 08/10 lớp.");
    if (!reading.ok()) return reading.status().ToString();
    std::string told;
    for (const Proposal& proposal : reading->proposals) {
      absl::StrAppend(&told, proposal.name, ": ", proposal.actual.value.ToString(), "; ");
    }
    return told;
  };
  const std::vector<std::string> told = ByMany(read);
  for (const std::string& one : told) {
    EXPECT_EQ(one, "Giải quyết việc làm: 17893; Mở lớp: 8; ");
  }
}

}  // namespace
}  // namespace thidua::domain
