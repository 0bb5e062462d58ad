// Redis with a replica and a sentinel: a master that dies, one that is cut off, and what was
// written to it alone.
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/scoring/publisher.h"
#include "services/scoring/publisher_testlib.h"

namespace thidua::scoring {
namespace {

class PublisherFailoverTest : public WithFolder {
 protected:
  void SetUp() override {
    StartWithUsers(old_);
    new_ = std::make_unique<tests::RedisServer>(
        folder_, std::vector<std::string>{"--replicaof", absl::StrCat("127.0.0.1 ", old_.port())});
    StartWithUsers(*new_);
    Await([&] {
      return old_.Command({"INFO", "replication"}).find("state=online") != std::string::npos;
    });
    sentinel_ = std::make_unique<tests::RedisSentinel>(
        folder_, old_,
        std::vector<std::string>{"sentinel auth-user thidua sentinel",
                                 "sentinel auth-pass thidua secret"});
    Await([&] {
      const std::string replicas = sentinel_->Command({"SENTINEL", "REPLICAS", "thidua"});
      return replicas.find(absl::StrCat(new_->port())) != std::string::npos &&
             replicas.find("master-link-status\nok") != std::string::npos;
    });
    RedisOptions options;
    options.sentinels = {"127.0.0.1:1", sentinel_->address()};  // One of which is not there.
    options.master = "thidua";
    options.user = "scoring";
    options.password_file = (folder_ / "password").string();
    std::ofstream(options.password_file) << "secret";
    replica_ = std::make_unique<Replica>(options);
    replica_->Show(standing_);
    Await([&] { return Holds(old_, *standing_) && Holds(*new_, *standing_); });
  }
  // So that the sentinel can be shut out of one of them.
  static void StartWithUsers(tests::RedisServer& redis) {
    redis.Start();
    for (const char* user : {"sentinel", "scoring"}) {
      redis.Command({"ACL", "SETUSER", user, "on", ">secret", "allkeys", "allchannels", "+@all"});
    }
  }
  // Of a master that is gone by now.
  void AwaitPromoted() {
    sentinel_->GiveUpAfter(absl::Milliseconds(500));
    Await([&] { return new_->Command({"ROLE"}).rfind("master", 0) == 0; });
    sentinel_->GiveUpAfter(absl::Minutes(1));
  }

  const std::shared_ptr<const Standing> standing_ = StandingAt(1);
  tests::RedisServer old_{folder_};
  std::unique_ptr<tests::RedisServer> new_;
  std::unique_ptr<tests::RedisSentinel> sentinel_;
  std::unique_ptr<Replica> replica_;
};

TEST_F(PublisherFailoverTest, WritesThatAFailoverLostAreMadeGood) {
  new_->Signal(SIGSTOP);
  old_.Command({"CLIENT", "KILL", "TYPE", "replica"});  // Or the kernel keeps for it what comes.
  const auto lost = StandingAt(2);
  const auto lost_too = StandingAt(1, kYear);
  replica_->Show(lost);
  replica_->Show(lost_too);
  Await([&] { return Holds(old_, *lost) && Holds(old_, *lost_too, kYearKey); });
  const std::string told_in_old = old_.Command({"XREVRANGE", kChanges, "+", "-", "COUNT", "2"});
  old_.Kill();
  new_->Signal(SIGCONT);
  AwaitPromoted();
  Await([&] { return Holds(*new_, *lost) && Holds(*new_, *lost_too, kYearKey); });
  EXPECT_NE(new_->Command({"XREVRANGE", kChanges, "+", "-", "COUNT", "2"}), told_in_old)
      << "nothing was lost, so that nothing was tried here";
}

TEST_F(PublisherFailoverTest, AMasterThatIsCutOffIsLeftForTheNewOne) {
  // It answers us still, and takes what we write, but no sentinel gets through to it, neither as
  // its user nor as nobody.
  old_.Command({"ACL", "SETUSER", "default", "-ping", "-info", "-multi", "-exec", "-slaveof"});
  old_.Command({"ACL", "SETUSER", "sentinel", "off"});
  old_.Command({"CLIENT", "KILL", "USER", "sentinel"});
  AwaitPromoted();
  const auto next = StandingAt(2);
  replica_->Show(next);
  Await([&] { return Holds(*new_, *next); });
  EXPECT_EQ(old_.Command({"ROLE"}).rfind("master", 0), 0u) << "nobody told it";
}

TEST_F(PublisherFailoverTest, AMasterThatComesBackAsAReplicaHoldsWhatTheNewOneHas) {
  old_.Kill();
  AwaitPromoted();
  const auto next = StandingAt(2);
  replica_->Show(next);
  Await([&] { return Holds(*new_, *next); });
  StartWithUsers(old_);
  Await([&] { return Holds(old_, *next); });  // The sentinel makes it a replica.
  EXPECT_TRUE(Holds(*new_, *next));
}

}  // namespace
}  // namespace thidua::scoring
