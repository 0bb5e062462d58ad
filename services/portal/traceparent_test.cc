#include "services/portal/traceparent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"

namespace thidua::portal {
namespace {

constexpr char kGiven[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kShape[] = "00-[0-9a-f]{32}-[0-9a-f]{16}-0";

TEST(TraceparentTest, WhatTheCallerSentGoesOn) {
  for (const bool sampled : {false, true}) EXPECT_EQ(TraceparentOf(kGiven, sampled), kGiven);
}

TEST(TraceparentTest, WhatIsNoneIsReplaced) {
  for (const char* header : {"", "x", "00-0af7651916cd43dd8448eb211c80319c"}) {
    EXPECT_THAT(TraceparentOf(header, true), testing::MatchesRegex(absl::StrCat(kShape, "1")));
    EXPECT_THAT(TraceparentOf(header, false), testing::MatchesRegex(absl::StrCat(kShape, "0")));
  }
}

TEST(TraceparentTest, EachBeginsATraceOfItsOwn) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(TraceparentOf("", true));
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace thidua::portal
