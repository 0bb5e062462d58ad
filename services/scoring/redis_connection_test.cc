#include "services/scoring/redis_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "services/scoring/publisher_testlib.h"
#include "services/scoring/redis_tracking.h"
#include "tests/system/stalling_proxy.h"

namespace thidua::scoring {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RedisConnectionTest : public WithRedis {
 protected:
  std::string PasswordFile(const std::string& password) {
    const std::string file = (folder_ / "password").string();
    std::ofstream(file) << password;
    return file;
  }
};

TEST_F(RedisConnectionTest, AnswersComeInTheOrderOfTheQuestions) {
  auto redis = RedisConnection::Open(redis_.address());
  ASSERT_TRUE(redis.ok()) << redis.status();
  const auto answers = redis->Commands({{"SET", "text", std::string("a\0b", 3)},
                                        {"GET", "text"},
                                        {"INCR", "number"},
                                        {"GET", "nothing"},
                                        {"HGET", "text", "field"},
                                        {"MGET", "number", "nothing"}});
  ASSERT_TRUE(answers.ok()) << answers.status();
  ASSERT_EQ(answers->size(), 6u);
  EXPECT_EQ((*answers)[0].text, "OK");
  EXPECT_EQ((*answers)[1].text, std::string("a\0b", 3));
  EXPECT_EQ((*answers)[2].text, "1");
  EXPECT_TRUE((*answers)[3].is(RedisAnswer::Kind::kNothing));
  EXPECT_THAT((*answers)[4].status().message(), HasSubstr("WRONGTYPE"));
  ASSERT_EQ((*answers)[5].list.size(), 2u);
  EXPECT_EQ((*answers)[5].list[0].text, "1");
  // A refusal leaves the line as it was.
  EXPECT_EQ(*redis->Command({"PING"}), "PONG");
  EXPECT_EQ(redis->Command({"HGET", "text", "x"}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(RedisConnectionTest, ManyLargeCommandsGoAtOnce) {
  auto redis = RedisConnection::Open(redis_.address());
  ASSERT_TRUE(redis.ok()) << redis.status();
  std::vector<RedisCommand> commands;
  for (int i = 0; i < 200; ++i) {
    commands.push_back({"SET", "large", std::string(100'000, 'x')});
    commands.push_back({"GET", "large"});
  }
  const auto answers = redis->Commands(commands);
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ(answers->back().text.size(), 100'000u);
}

TEST_F(RedisConnectionTest, WhatIsNoAddressIsRefused) {
  for (const char* address : {"", "localhost", "localhost:", "localhost:redis"}) {
    EXPECT_EQ(RedisConnection::Open(address).status().code(), absl::StatusCode::kInvalidArgument)
        << address;
  }
  redis_.Kill();
  EXPECT_EQ(RedisConnection::Open(redis_.address()).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(RedisConnectionTest, AfterAnAnswerThatDidNotComeNothingIsTakenForIt) {
  tests::StallingProxy proxy(redis_.address());
  RedisOptions options;
  options.timeout = absl::Milliseconds(100);
  auto redis = RedisConnection::Open(proxy.address(), options);
  ASSERT_TRUE(redis.ok()) << redis.status();
  proxy.Stall();
  EXPECT_EQ(redis->Command({"INCR", "number"}).status().code(), absl::StatusCode::kUnavailable);
  proxy.Resume();
  EXPECT_EQ(redis->Command({"PING"}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(RedisConnectionTest, AServerThatNeverAnswersIsGivenUp) {
  tests::StallingProxy proxy(redis_.address());
  proxy.Stall();
  RedisOptions options;
  options.timeout = absl::Milliseconds(100);
  options.password_file = PasswordFile("secret");
  EXPECT_EQ(RedisConnection::Open(proxy.address(), options).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(RedisConnectionTest, ThePasswordIsReadAtEachConnection) {
  redis_.Command({"CONFIG", "SET", "requirepass", "first"});
  RedisOptions options;
  options.password_file = PasswordFile("first\n");
  EXPECT_TRUE(RedisConnection::Open(redis_.address(), options).ok());
  redis_.Command({"-a", "first", "CONFIG", "SET", "requirepass", "second"});
  EXPECT_THAT(RedisConnection::Open(redis_.address(), options).status().message(),
              HasSubstr("WRONGPASS"));
  PasswordFile("second");
  EXPECT_TRUE(RedisConnection::Open(redis_.address(), options).ok());
  redis_.Command({"-a", "second", "ACL", "SETUSER", "scoring", "on", ">third", "+@all"});
  options.user = "scoring";
  EXPECT_FALSE(RedisConnection::Open(redis_.address(), options).ok());
  PasswordFile("third");
  EXPECT_TRUE(RedisConnection::Open(redis_.address(), options).ok());
  options.password_file = (folder_ / "none").string();
  EXPECT_EQ(RedisConnection::Open(redis_.address(), options).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(RedisConnectionTest, NoRoomIsMadeForAListOfMoreThanAnybodySends) {
  auto redis = RedisConnection::Open(redis_.address());
  ASSERT_TRUE(redis.ok()) << redis.status();
  const auto list_of = [&](int elements) {
    return redis->Commands({{"EVAL", "local t = {} for i = 1, ARGV[1] do t[i] = 1 end return t",
                             "0", absl::StrCat(elements)}});
  };
  const auto list = list_of(1'000);
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ((*list)[0].list.size(), 1'000u);
  EXPECT_EQ(list_of((1 << 20) + 1).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(RedisConnectionTest, OnlyAMasterIsOne) {
  auto redis = RedisConnection::Open(redis_.address());
  ASSERT_TRUE(redis.ok()) << redis.status();
  EXPECT_TRUE(CheckMaster(*redis).ok());
  redis_.Command({"REPLICAOF", "127.0.0.1", "1"});
  EXPECT_EQ(CheckMaster(*redis).code(), absl::StatusCode::kFailedPrecondition);
}

class RedisTrackingTest : public WithRedis {
 protected:
  // Until something was told.
  static RedisTracking::Told Hear(RedisTracking& tracking) {
    RedisTracking::Told all;
    Await([&] {
      auto told = tracking.Hear();
      EXPECT_TRUE(told.ok()) << told.status();
      if (!told.ok()) return true;
      all = *std::move(told);
      return all.everything || !all.keys.empty();
    });
    return all;
  }
};

TEST_F(RedisTrackingTest, TellsOfTheKeysOfItsPrefixWhoeverChangesThem) {
  auto tracking = RedisTracking::Open(redis_.address(), {}, "a:");
  ASSERT_TRUE(tracking.ok()) << tracking.status();
  redis_.Command({"SET", "b:1", "x"});
  redis_.Command({"SET", "a:1", "x"});
  EXPECT_THAT(Hear(*tracking).keys, ElementsAre("a:1"));
  redis_.Command({"SET", "a:2", "x", "PX", "20"});
  for (size_t told = 0; told < 2;) told += Hear(*tracking).keys.size();  // Set, and expired.
  redis_.Command({"FLUSHALL"});
  EXPECT_TRUE(Hear(*tracking).everything);
}

TEST_F(RedisTrackingTest, ALostLineIsAnError) {
  auto tracking = RedisTracking::Open(redis_.address(), {}, "a:");
  ASSERT_TRUE(tracking.ok()) << tracking.status();
  redis_.Kill();
  absl::Status lost;
  Await([&] {
    lost = tracking->Hear().status();
    return !lost.ok();
  });
  EXPECT_EQ(lost.code(), absl::StatusCode::kUnavailable);
}

TEST_F(RedisTrackingTest, ASilentLineIsLostAndAnIdleOneIsNot) {
  tests::StallingProxy proxy(redis_.address());
  auto stalled = RedisTracking::Open(proxy.address(), {}, "a:");
  auto idle = RedisTracking::Open(redis_.address(), {}, "a:");
  ASSERT_TRUE(stalled.ok() && idle.ok());
  proxy.Stall();
  absl::Status lost;
  Await([&] {
    EXPECT_TRUE(idle->Hear().ok());
    lost = stalled->Hear().status();
    return !lost.ok();
  });
  EXPECT_EQ(lost.code(), absl::StatusCode::kUnavailable);
  redis_.Command({"SET", "a:1", "x"});
  EXPECT_THAT(Hear(*idle).keys, ElementsAre("a:1"));
}

}  // namespace
}  // namespace thidua::scoring
