#include "services/platform/log.h"

#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_split.h"
#include "services/platform/trace.h"

namespace thidua::platform {
namespace {

using testing::HasSubstr;
using testing::Not;

// As a server does: before the threads that other tests leave behind.
const bool started = (StartLogging("platform_test"), true);

TEST(LogTest, ALineIsOneObjectAndNamesItsTrace) {
  testing::internal::CaptureStderr();
  Log(Severity::kInfo, "before");
  {
    const Traced traced("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    Log(Severity::kWarning, "within \"quotes\"\nand \xff", {{"why", "so"}});
  }
  const std::vector<std::string> lines =
      absl::StrSplit(testing::internal::GetCapturedStderr(), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], Not(HasSubstr("trace")));
  EXPECT_THAT(lines[1],
              testing::AllOf(HasSubstr(R"("severity":"WARNING")"), HasSubstr(R"("why":"so")"),
                             HasSubstr(R"("trace":"0af7651916cd43dd8448eb211c80319c")"),
                             HasSubstr(R"(within \"quotes\"\nand )")));
}

TEST(LogTest, CallersCauseNoMoreLinesThanTheyMay) {
  testing::internal::CaptureStderr();
  constexpr int kLines = 5 * kCallersLinesPerSecond;
  for (int i = 0; i < kLines; ++i) LogOfCaller(CallersLine::kTrace, Severity::kInfo, "again");
  const std::vector<std::string> lines =
      absl::StrSplit(testing::internal::GetCapturedStderr(), '\n', absl::SkipEmpty());
  // A machine may be so slow that a second ends meanwhile, or two.
  EXPECT_GE(lines.size(), static_cast<size_t>(kCallersLinesPerSecond));
  EXPECT_LT(lines.size(), static_cast<size_t>(kLines));
}

// It tells of each text of a caller's that is no UTF-8.
TEST(LogTest, WhatProtobufSaysHasTheSameBound) {
  ASSERT_TRUE(started);
  testing::internal::CaptureStderr();
  constexpr int kLines = 5 * kCallersLinesPerSecond;
  for (int i = 0; i < kLines; ++i) GOOGLE_LOG(ERROR) << "String field contains invalid UTF-8 data";
  const std::vector<std::string> lines =
      absl::StrSplit(testing::internal::GetCapturedStderr(), '\n', absl::SkipEmpty());
  EXPECT_GE(lines.size(), static_cast<size_t>(kCallersLinesPerSecond));
  EXPECT_LT(lines.size(), static_cast<size_t>(kLines));
}

}  // namespace
}  // namespace thidua::platform
