#include "services/scoring/period_pattern.h"

#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "services/domain/fault.h"

namespace thidua::scoring {
namespace {

TEST(PeriodPatternTest, TakesWhatItNames) {
  struct Case {
    const char* pattern;
    const char* period;
    bool matches;
  };
  const Case cases[] = {
      {"", "blocs/khoi-4/pacts/2019/periods/nam", true},
      {"blocs/-/pacts/-/periods/-", "blocs/khoi-4/pacts/2019/periods/nam", true},
      {"blocs/khoi-4/pacts/2019/periods/nam", "blocs/khoi-4/pacts/2019/periods/nam", true},
      {"blocs/khoi-4/pacts/2019/periods/nam", "blocs/khoi-40/pacts/2019/periods/nam", false},
      {"blocs/khoi-4/pacts/2019/periods/nam", "blocs/khoi-4/pacts/2019/periods/nam-sau", false},
      {"blocs/-/pacts/2019/periods/nam", "blocs/khoi-1/pacts/2019/periods/nam", true},
      {"blocs/-/pacts/2019/periods/nam", "blocs/khoi-1/pacts/2020/periods/nam", false},
      {"blocs/-/pacts/2019/periods/nam", "blocs/khoi-1/pacts/2019/periods/6-thang", false},
      {"blocs/khoi-4/pacts/-/periods/nam", "blocs/khoi-4/pacts/2020/periods/nam", true},
      {"blocs/khoi-4/pacts/-/periods/nam", "blocs/khoi-5/pacts/2020/periods/nam", false},
      {"blocs/khoi-4/pacts/2019/periods/-", "blocs/khoi-4/pacts/2019/periods/thang-01", true},
      {"blocs/khoi-4/pacts/2019/periods/-", "blocs/khoi-4/pacts/2018/periods/thang-01", false},
  };
  for (const Case& each : cases) {
    const auto pattern = ReadPeriodPattern("periods", each.pattern);
    ASSERT_TRUE(pattern.ok()) << pattern.status();
    EXPECT_EQ(pattern->Matches(each.period), each.matches) << each.pattern << " of " << each.period;
  }
}

TEST(PeriodPatternTest, WhatNamesNoPeriodsIsRefusedAtItsField) {
  for (const char* text :
       {"-", "*", "blocs/-", "blocs/khoi-4/pacts/2019", "blocs/-/pacts/-/periods/-/",
        "/blocs/-/pacts/-/periods/-", "blocs/-/pacts/-/periods/-/results/-",
        "blocs/-/pacts/-/results/-", "blocs//pacts/2019/periods/nam",
        "blocs/khoi-*/pacts/2019/periods/nam", "blocs/Khối 4/pacts/2019/periods/nam",
        "blocs/-/pacts/20/periods/nam", "blocs/-/pacts/2019/periods/--", " "}) {
    const auto pattern = ReadPeriodPattern("periods", text);
    ASSERT_FALSE(pattern.ok()) << text;
    EXPECT_EQ(pattern.status().code(), absl::StatusCode::kInvalidArgument);
    const auto faults = domain::FaultsOf(pattern.status());
    ASSERT_EQ(faults.size(), 1) << text;
    EXPECT_EQ(faults[0].path, "periods");
    EXPECT_EQ(faults[0].reason, "PATTERN_INVALID");
  }
}

}  // namespace
}  // namespace thidua::scoring
