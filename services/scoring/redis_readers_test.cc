// The examples of docs/integration/examples, as the reader of deploy/redis/users.acl, on what the
// publisher published.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/platform/digest.h"
#include "services/scoring/publisher.h"
#include "services/scoring/publisher_testlib.h"
#include "tests/system/process.h"

namespace thidua::scoring {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Example {
  std::string name;
  std::vector<std::string> command;
};

class RedisReadersTest : public WithFolder, public testing::WithParamInterface<Example> {
 protected:
  RedisReadersTest() {
    std::ifstream in(std::string(THIDUA_SOURCE_DIR) + "/deploy/redis/users.acl");
    const std::string file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::ofstream(folder_ / "users.acl")
        << absl::StrReplaceAll(file, {{std::string(64, '0'), platform::Sha256Hex("secret")}})
        << "user admin on #" << platform::Sha256Hex("secret") << " ~* &* +@all\n";
    std::ofstream(folder_ / "password") << "secret";
  }
  void SetUp() override {
    redis_.Start();
    options_ = OptionsAt(redis_.address());
    options_.user = "scoring";
    options_.password_file = (folder_ / "password").string();
    replica_ = std::make_unique<Replica>(options_);
    setenv("REDIS_URL", absl::StrCat("redis://reader:secret@", redis_.address()).c_str(), 1);
    // Where Debian has its libraries, whoever made the node.
    setenv("NODE_PATH", "/usr/share/nodejs", 1);
  }
  void Show(const std::shared_ptr<const Standing>& standing) {
    replica_->Show(standing);
    Await([&] {
      return Admin({"HGET", RankingKey(standing->received.inputs.name()), "revision"}) ==
             standing->ranking.revision();
    });
  }
  std::string Admin(std::vector<std::string> words) {
    words.insert(words.begin(), {"--user", "admin", "--pass", "secret"});
    return redis_.Command(words);
  }
  std::unique_ptr<tests::Process> Start(const std::vector<std::string>& words) {
    std::vector<std::string> argv = GetParam().command;
    argv.back() = absl::StrCat(THIDUA_SOURCE_DIR, "/docs/integration/examples/", argv.back());
    argv.insert(argv.end(), words.begin(), words.end());
    return std::make_unique<tests::Process>(argv, (folder_ / "example.log").string());
  }
  static std::string Printed(const v1::Ranking& ranking) {
    std::string text = absl::StrCat(ranking.bloc_display_name(), ", ",
                                    ranking.period_display_name(), ": ", ranking.revision(), "\n");
    for (const v1::RankingRow& row : ranking.rows()) {
      absl::StrAppend(&text, row.rank() == 0 ? "-" : absl::StrCat(row.rank()), ". ",
                      row.unit_display_name(), ": ", row.total(), "\n");
    }
    return text;
  }

  tests::RedisServer redis_{folder_, {"--aclfile", (folder_ / "users.acl").string()}};
  RedisOptions options_;
  std::unique_ptr<Replica> replica_;
};

TEST_P(RedisReadersTest, PrintsTheRanking) {
  const auto standing = StandingAt(1);
  Show(standing);
  const auto example = Start({"khoi-4/2019", "6-thang"});
  EXPECT_EQ(example->ReadAll(), Printed(standing->ranking));
  EXPECT_EQ(example->Wait(), 0);
  const auto of_none = Start({"khoi-4/2019", "nam"});
  EXPECT_THAT(of_none->ReadAll(), HasSubstr("no ranking"));
  EXPECT_EQ(of_none->Wait(), 0);
}

TEST_P(RedisReadersTest, RefusesWhatIsNotWhole) {
  Show(StandingAt(1));
  replica_->publisher.Stop();  // Or it is whole again before anybody looks.
  Admin({"HSET", kKey, "protobuf", "rubbish"});
  const auto example = Start({"khoi-4/2019", "6-thang"});
  EXPECT_EQ(example->ReadAll(), "");
  EXPECT_NE(example->Wait(), 0);
  std::ifstream log(folder_ / "example.log");
  EXPECT_THAT(std::string((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>()),
              HasSubstr("not whole"));
}

TEST_P(RedisReadersTest, FollowsTheStreamFromAnId) {
  const auto first = StandingAt(1);
  Show(first);
  const auto example = Start({"khoi-4/2019", "6-thang", "0", "6"});
  const auto expect_printed = [&](const v1::Ranking& ranking) {
    std::string lines;
    for (int i = 0; i <= ranking.rows_size(); ++i) {
      absl::StrAppend(&lines, example->ReadLine(), "\n");
    }
    EXPECT_EQ(lines, Printed(ranking));
  };
  expect_printed(first->ranking);
  EXPECT_THAT(example->ReadLine(), HasSubstr(" PUBLISHED " + first->ranking.revision()));
  expect_printed(first->ranking);
  const auto second = StandingAt(2);
  Show(second);
  EXPECT_THAT(example->ReadLine(), HasSubstr(" PUBLISHED " + second->ranking.revision()));
  expect_printed(second->ranking);
  // What passed itself off as newer was believed, and what is right again is shown.
  const std::string forged = absl::StrCat("9", second->ranking.revision().substr(1));
  replica_->publisher.Stop();
  Admin({"HSET", kKey, "revision", forged});
  Admin({"XADD", "thidua:pub:v1:changes", "*", "ranking", kKey, "revision", forged, "change",
         "PUBLISHED"});
  EXPECT_THAT(example->ReadLine(), HasSubstr(" PUBLISHED " + forged));
  for (int i = 0; i <= second->ranking.rows_size(); ++i) example->ReadLine();
  replica_ = std::make_unique<Replica>(options_);
  Show(second);
  EXPECT_THAT(example->ReadLine(), HasSubstr(" MENDED " + second->ranking.revision()));
  expect_printed(second->ranking);
  const auto year = StandingAt(2, kYear);
  Show(year);
  EXPECT_THAT(example->ReadLine(), HasSubstr(" PUBLISHED " + year->ranking.revision()));
  expect_printed(year->ranking);
  replica_->Leave(kYear);
  EXPECT_THAT(example->ReadLine(), HasSubstr(" WITHDRAWN " + year->ranking.revision()));
  EXPECT_THAT(example->ReadLine(), StartsWith(kYearKey));
  EXPECT_EQ(example->Wait(), 0);
}

INSTANTIATE_TEST_SUITE_P(Examples, RedisReadersTest,
                         testing::Values(Example{"Python",
                                                 {"/usr/bin/python3", "-u", "read_ranking.py"}},
                                         Example{"Php", {"php", "read_ranking.php"}},
                                         Example{"Node", {"node", "read_ranking.js"}}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace thidua::scoring
