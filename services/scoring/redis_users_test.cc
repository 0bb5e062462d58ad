// The users of deploy/redis/users.acl on a real Redis.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/platform/digest.h"
#include "services/scoring/publisher.h"
#include "services/scoring/publisher_testlib.h"

namespace thidua::scoring {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class RedisUsersTest : public WithFolder {
 protected:
  RedisUsersTest() {
    std::ifstream in(std::string(THIDUA_SOURCE_DIR) + "/deploy/redis/users.acl");
    file_ = std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::ofstream out(folder_ / "users.acl");
    // One password does for both, and one more user who may do everything.
    out << absl::StrReplaceAll(file_, {{std::string(64, '0'), platform::Sha256Hex("secret")}})
        << "user admin on #" << platform::Sha256Hex("secret") << " ~* &* +@all\n";
  }
  void SetUp() override {
    redis_.Start();
    RedisOptions options = OptionsAt(redis_.address());
    options.user = "scoring";
    options.password_file = (folder_ / "password").string();
    SetPassword("secret");
    replica_ = std::make_unique<Replica>(options, absl::Milliseconds(100));
  }
  void SetPassword(const std::string& password) {
    std::ofstream(folder_ / "password") << password << "\n";
  }
  std::string As(const std::string& user, std::vector<std::string> words) {
    words.insert(words.begin(), {"--user", user, "--pass", "secret"});
    return redis_.Command(words);
  }
  // By a command that nobody else uses.
  bool IsThere(const Standing& standing) {
    return absl::StrContains(As("admin", {"HVALS", kKey}), standing.ranking.revision());
  }

  bool WasDone(absl::string_view command) {
    const std::string counted = As("admin", {"INFO", "commandstats"});
    const std::string of_it = absl::StrCat("cmdstat_", command, ":calls=");
    return absl::StrContains(counted, of_it) && !absl::StrContains(counted, of_it + "0,");
  }

  std::string file_;
  tests::RedisServer redis_{folder_, {"--aclfile", (folder_ / "users.acl").string()}};
  std::unique_ptr<Replica> replica_;
};

TEST_F(RedisUsersTest, ScoringMayDoAllThatItDoesAndNothingElse) {
  const auto first = StandingAt(1);
  replica_->Show(first);
  Await([&] { return IsThere(*first); });
  As("admin", {"HDEL", kKey, "json"});
  Await([&] { return !As("admin", {"HSTRLEN", kKey, "json"}).starts_with("0"); });
  As("admin", {"FLUSHALL"});
  Await([&] { return IsThere(*first) && WasDone("hmget"); });  // By a sweep.
  replica_->Leave(khoi4_2019::kPeriodName);
  Await([&] { return !IsThere(*first); });
  As("admin", {"SETEX", std::string(kRankingKeyPrefix) + "rubbish", "1000", "x"});
  replica_->board.SetInSight(true);
  Await([&] { return As("admin", {"STRLEN", std::string(kRankingKeyPrefix) + "rubbish"}) == "0"; });
  // An idle line is asked whether it lives.
  Await([&] { return WasDone("ping"); });
  EXPECT_THAT(As("admin", {"ACL", "LOG"}), testing::Not(HasSubstr("scoring")));

  int rights = 0;
  for (const absl::string_view line : absl::StrSplit(file_, '\n')) {
    if (!absl::StartsWith(line, "user scoring ")) continue;
    for (absl::string_view word : absl::StrSplit(line, ' ')) {
      if (!absl::ConsumePrefix(&word, "+")) continue;
      ++rights;
      EXPECT_TRUE(WasDone(word)) << word << ": a right without need";
    }
  }
  EXPECT_GT(rights, 10);
}

TEST_F(RedisUsersTest, ScoringIsRefusedWhatIsNotItsOwn) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"HSET", "other", "a", "b"},
           {"HSET", "thidua:pub:v2:ranking", "a", "b"},
           {"DEL", "other"},
           {"FLUSHALL"},
           {"CONFIG", "GET", "*"},
           {"ACL", "LIST"},
           {"KEYS", "*"},
           {"CLIENT", "KILL", "TYPE", "normal"},
           {"REPLICAOF", "NO", "ONE"},
           {"SUBSCRIBE", "other"},
           {"EVAL", "return redis.call('HSET', 'other', 'a', 'b')", "0"},
           {"EVAL", "return redis.call('FLUSHALL')", "0"}}) {
    EXPECT_THAT(As("scoring", words),
                testing::AnyOf(HasSubstr("NOPERM"), HasSubstr("ACL failure"), HasSubstr("can't")))
        << testing::PrintToString(words);
  }
}

TEST_F(RedisUsersTest, AReaderReadsAndIsRefusedEverythingElse) {
  const auto standing = StandingAt(1);
  replica_->Show(standing);
  Await([&] { return IsThere(*standing); });
  EXPECT_EQ(As("reader", {"HGET", kKey, "revision"}), standing->ranking.revision());
  EXPECT_THAT(As("reader", {"HMGET", kKey, "state", "etag"}), StartsWith("PROVISIONAL\n"));
  EXPECT_THAT(As("reader", {"HGETALL", kKey}), HasSubstr("Khối thi đua 4"));
  EXPECT_THAT(As("reader", {"XRANGE", kChanges, "-", "+"}), HasSubstr(kKey));
  EXPECT_THAT(As("reader", {"XREVRANGE", kChanges, "+", "-"}), HasSubstr(kKey));
  EXPECT_THAT(As("reader", {"XREAD", "STREAMS", kChanges, "0"}), HasSubstr(kKey));
  EXPECT_EQ(As("reader", {"XLEN", kChanges}), "1");
  EXPECT_EQ(As("reader", {"EXISTS", kKey}), "1");
  EXPECT_EQ(As("reader", {"PING"}), "PONG");
  As("admin", {"SET", "other", "x"});
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"GET", "other"},
                                             {"HGETALL", "thidua:private"},
                                             {"XREAD", "STREAMS", "other", "0"},
                                             {"HSET", kKey, "a", "b"},
                                             {"DEL", kKey},
                                             {"EXPIRE", kKey, "1"},
                                             {"RENAME", kKey, "other"},
                                             {"COPY", kKey, "thidua:pub:copy"},
                                             {"XADD", kChanges, "*", "a", "b"},
                                             {"XTRIM", kChanges, "MAXLEN", "0"},
                                             {"SCAN", "0"},
                                             {"KEYS", "*"},
                                             {"EVAL", "return 1", "0"},
                                             {"EVAL_RO", "return 1", "0"},
                                             {"SUBSCRIBE", "__redis__:invalidate"},
                                             {"PUBLISH", "x", "y"},
                                             {"CLIENT", "TRACKING", "ON"},
                                             {"CLIENT", "LIST"},
                                             {"CLIENT", "PAUSE", "1000"},
                                             {"MONITOR"},
                                             {"INFO"},
                                             {"CONFIG", "GET", "*"},
                                             {"ACL", "WHOAMI"},
                                             {"FLUSHALL"},
                                             {"SHUTDOWN", "NOSAVE"}}) {
    EXPECT_THAT(As("reader", words), HasSubstr("NOPERM")) << testing::PrintToString(words);
  }
  EXPECT_TRUE(IsThere(*standing));
  EXPECT_THAT(redis_.Command({"HGETALL", kKey}), HasSubstr("NOAUTH"));
}

TEST_F(RedisUsersTest, AWrongPasswordIsReadAgain) {
  replica_ = nullptr;
  SetPassword("wrong");
  RedisOptions options = OptionsAt(redis_.address());
  options.user = "scoring";
  options.password_file = (folder_ / "password").string();
  replica_ = std::make_unique<Replica>(options);
  const auto standing = StandingAt(1);
  replica_->Show(standing);
  Await([&] { return absl::StrContains(As("admin", {"ACL", "LOG"}), "auth"); });
  EXPECT_FALSE(IsThere(*standing));
  SetPassword("secret");
  Await([&] { return IsThere(*standing); });
}

}  // namespace
}  // namespace thidua::scoring
