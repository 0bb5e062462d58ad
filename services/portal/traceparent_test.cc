#include "services/portal/traceparent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace thidua::portal {
namespace {

constexpr char kGiven[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kShape[] = "00-[0-9a-f]{32}-[0-9a-f]{16}-01";

TEST(TraceparentTest, WhatTheCallerSentGoesOn) { EXPECT_EQ(TraceparentOf(kGiven), kGiven); }

TEST(TraceparentTest, WhatIsNoneIsReplaced) {
  for (const char* header : {"", "x", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                             "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                             "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                             "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0\n"}) {
    EXPECT_THAT(TraceparentOf(header), testing::MatchesRegex(kShape)) << header;
  }
}

TEST(TraceparentTest, EachBeginsATraceOfItsOwn) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(TraceparentOf(""));
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace thidua::portal
