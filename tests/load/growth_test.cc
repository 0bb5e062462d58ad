// The judge of growth is judged on made-up hours of what a process held, in which 20 filings a
// second are answered.
#include "tests/load/growth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace thidua::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr size_t kHour = 3600;
constexpr double kFilingsASecond = 20;

class Curve {
 public:
  // As large as it was warmed up, and for a third of the time not yet.
  explicit Curve(size_t seconds = kHour) {
    for (size_t s = 0; s < seconds; ++s) {
      const double warm = std::min(1.0, 3 * static_cast<double>(s) / static_cast<double>(seconds));
      // Up and down by a fifth of a mebibyte, as pages come and go.
      mib_.push_back(40 + 30 * warm + 0.002 * static_cast<double>(s * 7919 % 101));
    }
  }
  // A burst needs so much more, which is kept.
  Curve& Step(size_t at, double mib) {
    for (size_t s = at; s < mib_.size(); ++s) mib_[s] += mib;
    return *this;
  }
  // From then on so much of each filing is never freed, and fills first what a burst left free.
  Curve& Leak(size_t from, double bytes_a_filing, double free_mib = 0) {
    for (size_t s = from; s < mib_.size(); ++s) {
      const double leaked =
          static_cast<double>(s - from) * kFilingsASecond * bytes_a_filing / (1 << 20);
      mib_[s] += std::max(0.0, leaked - free_mib);
    }
    return *this;
  }
  Growth Judged() const {
    return JudgeGrowth(mib_,
                       static_cast<int64_t>(kFilingsASecond * static_cast<double>(mib_.size())));
  }

 private:
  std::vector<double> mib_;
};

// Bursts of the second half, each beyond what the one before left.
Curve Steps() { return Curve().Step(1900, 1.7).Step(2500, 0.9).Step(2950, 2.1).Step(3300, 1.2); }

TEST(GrowthTest, WhatStaysAsItIsDoesNotGrow) {
  const Growth growth = Curve().Judged();
  EXPECT_THAT(growth.faults, IsEmpty());
  EXPECT_NEAR(*growth.third_quarter, 70.1, 0.05);
  EXPECT_NEAR(*growth.last_quarter, 70.1, 0.05);
  EXPECT_NEAR(*growth.bytes_a_filing, 0, 10);
}

TEST(GrowthTest, WhatAWarmUpTakesIsNoGrowth) {
  EXPECT_THAT(Curve().Step(1200, 100).Judged().faults, IsEmpty());
}

TEST(GrowthTest, StepsThatBurstsLeaveAreNoLeak) {
  EXPECT_THAT(Steps().Judged().faults, IsEmpty());
  EXPECT_NEAR(*Steps().Judged().bytes_a_filing, 0, 20);
}

TEST(GrowthTest, AHundredBytesOfEachFilingAreALeak) {
  const Growth growth = Curve().Leak(0, 100).Judged();
  EXPECT_THAT(growth.faults, ElementsAre(HasSubstr("bytes of each filing")));
  EXPECT_NEAR(*growth.bytes_a_filing, 100, 5);
}

TEST(GrowthTest, ALeakIsToldFromTheStepsThatItComesWith) {
  EXPECT_THAT(Steps().Leak(0, 100).Judged().faults, ElementsAre(HasSubstr("bytes of each filing")));
}

TEST(GrowthTest, WhatAnHourBesideCompilersCameToIsNoLeak) {
  EXPECT_THAT(Curve().Leak(0, 60).Judged().faults, IsEmpty());
}

TEST(GrowthTest, ALeakThatFillsFirstWhatABurstLeftFreeIsToldFrom300BytesOn) {
  EXPECT_THAT(Curve().Leak(kHour / 2, 300, /*free_mib=*/5).Judged().faults,
              ElementsAre(HasSubstr("bytes of each filing")));
}

TEST(GrowthTest, EightMebibytesAreTheMostThatTheLastQuarterMayLieHigher) {
  EXPECT_THAT(Curve().Step(2700, 7.9).Judged().faults, IsEmpty());
  EXPECT_THAT(Curve().Step(2700, 8.1).Judged().faults, ElementsAre("grew from 70.1 to 78.2 MiB"));
  EXPECT_THAT(Curve().Step(2800, 3).Step(2900, 3).Step(3000, 3).Judged().faults,
              ElementsAre(HasSubstr("grew from 70.1 to 79")));
}

TEST(GrowthTest, ALeakOfAKilobyteBreaksBothBounds) {
  EXPECT_THAT(Curve().Leak(0, 1024).Judged().faults,
              ElementsAre(HasSubstr("grew from"), HasSubstr("bytes of each filing")));
}

TEST(GrowthTest, WhatShrinksDoesNotGrow) {
  const Growth growth = Curve().Step(2000, -20).Leak(0, -1024).Judged();
  EXPECT_THAT(growth.faults, IsEmpty());
  EXPECT_LT(*growth.bytes_a_filing, 0);
}

TEST(GrowthTest, AMinuteIsJudgedInStepsOnly) {
  EXPECT_FALSE(Curve(59).Step(45, 100).Judged().third_quarter.has_value());
  EXPECT_THAT(Curve(59).Step(45, 100).Judged().faults, IsEmpty());
  EXPECT_THAT(Curve(60).Step(45, 100).Judged().faults, ElementsAre(HasSubstr("grew from")));
  EXPECT_FALSE(Curve(60).Judged().bytes_a_filing.has_value());
}

TEST(GrowthTest, ALeakIsJudgedWhenHalfOfTheTimeIsMoreThanWarmUp) {
  EXPECT_THAT(Curve(45 * 60 - 1).Leak(0, 100).Judged().faults, IsEmpty());
  EXPECT_THAT(Curve(45 * 60).Leak(0, 100).Judged().faults,
              ElementsAre(HasSubstr("bytes of each filing")));
}

}  // namespace
}  // namespace thidua::load
