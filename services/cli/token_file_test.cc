#include "services/cli/token_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/platform/fake_registry_testlib.h"

namespace thidua::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class TokenFileTest : public testing::Test {
 protected:
  TokenFileTest() {
    std::string pattern = testing::TempDir() + "token-file-test-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~TokenFileTest() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ / "token"; }
  void Write(const std::string& text) const { std::ofstream(path()) << text; }

  std::filesystem::path folder_;
};

TEST_F(TokenFileTest, WhatIsRenewedIsSaidAndWhatCannotBeReadChangesNothing) {
  Write("  one.two.three\n");
  const auto authorization = AuthorizationFrom(path());
  ASSERT_TRUE(authorization.ok()) << authorization.status();
  EXPECT_EQ((*authorization)(), "Bearer one.two.three");
  Write("four.five.six");
  EXPECT_EQ((*authorization)(), "Bearer four.five.six");
  Write("");  // As it is while somebody writes it.
  EXPECT_EQ((*authorization)(), "Bearer four.five.six");
  std::filesystem::remove(path());
  EXPECT_EQ((*authorization)(), "Bearer four.five.six");
  Write("seven");
  EXPECT_EQ((*authorization)(), "Bearer seven");
}

TEST_F(TokenFileTest, WhatIsNoTokenIsRefusedAndNotTold) {
  for (const std::string& text : {std::string(), std::string("\n"), std::string("secret secret"),
                                  std::string("secret\nsecret"), std::string("sécret"),
                                  std::string("secret\0", 7), std::string(16 * 1024 + 1, 's')}) {
    Write(text);
    const absl::Status refused = AuthorizationFrom(path()).status();
    EXPECT_TRUE(absl::IsInvalidArgument(refused)) << text.size() << refused;
    EXPECT_THAT(std::string(refused.message()), Not(HasSubstr("cret")));
  }
  EXPECT_TRUE(absl::IsInvalidArgument(AuthorizationFrom(folder_ / "none").status()));
}

TEST_F(TokenFileTest, TheCommandCallsWithIt) {
  platform::FakeRegistry registry;
  const auto run = [&](const std::string& before, const std::string& flags) {
    const std::string command =
        absl::StrCat(before, " ", THIDUA_COMMAND, " --registry=", registry.address(), " ", flags,
                     " call CreateUnit '{}' >/dev/null 2>&1");
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  Write("one.two.three\n");
  EXPECT_EQ(run("", absl::StrCat("--token_file=", path())), 0);
  EXPECT_EQ(registry.authorization(), "Bearer one.two.three");
  EXPECT_EQ(run("", ""), 0);
  EXPECT_EQ(registry.authorization(), "");
  EXPECT_EQ(run(absl::StrCat("THIDUA_TOKEN_FILE=", path()), ""), 0);
  EXPECT_EQ(registry.authorization(), "Bearer one.two.three");
  EXPECT_EQ(run("", absl::StrCat("--token_file=", path(), ".none")), 2);
  // To whoever may read it on the way there it is not sent.
  const std::string elsewhere = absl::StrCat("--token_file=", path(), " --scoring=192.0.2.1:7103");
  EXPECT_EQ(run("", elsewhere), 2);
  EXPECT_EQ(run("", absl::StrCat(elsewhere, " --allow_plaintext_outside_loopback")), 0);
  EXPECT_EQ(run("", "--scoring=192.0.2.1:7103"), 0) << "there is no token";
}

}  // namespace
}  // namespace thidua::cli
