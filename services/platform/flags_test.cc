#include "services/platform/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"

ABSL_FLAG(std::string, flags_test_text, "as built", "a text");
ABSL_FLAG(int, flags_test_number, 1, "a number");
ABSL_FLAG(bool, flags_test_switch, false, "a switch");

namespace thidua::platform {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FlagsTest : public testing::Test {
 protected:
  void TearDown() override {
    for (const char* name : {"TEXT", "NUMBER", "SWITCH"}) {
      unsetenv(("THIDUA_FLAGS_TEST_" + std::string(name)).c_str());
    }
  }

  static absl::StatusOr<std::vector<std::string>> Read(std::vector<std::string> words) {
    words.insert(words.begin(), "thidua");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    return ReadFlags(static_cast<int>(argv.size()), argv.data());
  }

  absl::FlagSaver saver_;
};

TEST_F(FlagsTest, MayStandInTheEnvironment) {
  setenv("THIDUA_FLAGS_TEST_TEXT", "Kiên Giang", 1);
  setenv("THIDUA_FLAGS_TEST_NUMBER", "0", 1);
  setenv("THIDUA_FLAGS_TEST_SWITCH", "true", 1);
  ASSERT_TRUE(ReadFlagsFromEnvironment().ok());
  EXPECT_EQ(absl::GetFlag(FLAGS_flags_test_text), "Kiên Giang");
  EXPECT_EQ(absl::GetFlag(FLAGS_flags_test_number), 0);
  EXPECT_TRUE(absl::GetFlag(FLAGS_flags_test_switch));
}

TEST_F(FlagsTest, KeepWhatTheEnvironmentDoesNotName) {
  ASSERT_TRUE(ReadFlagsFromEnvironment().ok());
  EXPECT_EQ(absl::GetFlag(FLAGS_flags_test_text), "as built");
}

TEST_F(FlagsTest, AnEnvironmentThatAFlagDoesNotTakeIsNamed) {
  setenv("THIDUA_FLAGS_TEST_NUMBER", "many", 1);
  const absl::Status status = ReadFlagsFromEnvironment();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("THIDUA_FLAGS_TEST_NUMBER"));
}

TEST_F(FlagsTest, ACommandLineOverridesTheEnvironment) {
  setenv("THIDUA_FLAGS_TEST_TEXT", "environment", 1);
  ASSERT_TRUE(ReadFlagsFromEnvironment().ok());
  ASSERT_TRUE(Read({"--flags_test_text=line"}).ok());
  EXPECT_EQ(absl::GetFlag(FLAGS_flags_test_text), "line");
}

TEST_F(FlagsTest, StandAnywhereAmongTheWords) {
  const auto words = Read({"load", "--flags_test_number=-3", "a folder", "--flags_test_switch",
                           "--flags_test_text=a=b", "-", ""});
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_THAT(*words, ElementsAre("load", "a folder", "-", ""));
  EXPECT_EQ(absl::GetFlag(FLAGS_flags_test_number), -3);
  EXPECT_TRUE(absl::GetFlag(FLAGS_flags_test_switch));
  EXPECT_EQ(absl::GetFlag(FLAGS_flags_test_text), "a=b");
}

TEST_F(FlagsTest, AWrongFlagIsNamedAndEndsNothing) {
  for (const char* word : {"--flags_test_unknown", "--flags_test_unknown=1", "--flags_test_number",
                           "--flags_test_number=", "--flags_test_number=1.5", "--=x", "--"}) {
    const auto words = Read({word});
    EXPECT_EQ(words.status().code(), absl::StatusCode::kInvalidArgument) << word;
    EXPECT_THAT(std::string(words.status().message()), HasSubstr(word));
  }
}

}  // namespace
}  // namespace thidua::platform
