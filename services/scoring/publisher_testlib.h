// Publishers before a real Redis. For tests.
#ifndef THIDUA_SERVICES_SCORING_PUBLISHER_TESTLIB_H_
#define THIDUA_SERVICES_SCORING_PUBLISHER_TESTLIB_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/platform/digest.h"
#include "services/scoring/board.h"
#include "services/scoring/khoi4_2019_inputs_testlib.h"
#include "services/scoring/publisher.h"
#include "services/scoring/ranking_hash.h"
#include "services/scoring/snapshot.h"
#include "services/scoring/standing.h"
#include "tests/system/redis_server.h"

namespace thidua::scoring {

inline constexpr char kKey[] = "thidua:pub:v1:ranking:{khoi-4/2019}:6-thang";
inline constexpr char kYear[] = "blocs/khoi-4/pacts/2019/periods/nam";
inline constexpr char kYearKey[] = "thidua:pub:v1:ranking:{khoi-4/2019}:nam";
inline constexpr char kChanges[] = "thidua:pub:v1:changes";

inline std::shared_ptr<const Standing> StandingAt(
    int64_t version, const std::string& period = khoi4_2019::kPeriodName,
    absl::Time compute_time = absl::FromUnixMillis(1565000000123)) {
  ReceivedPeriod received = khoi4_2019::Received(version);
  received.inputs.set_name(period);
  auto standing = ComputeStanding(std::move(received), compute_time);
  EXPECT_TRUE(standing.ok()) << standing.status();
  return *standing;
}

// The same, where nothing is known of anybody.
inline std::shared_ptr<const Standing> StandingOfNobody(int64_t version) {
  ReceivedPeriod received = khoi4_2019::Received(version);
  received.inputs.clear_results();
  auto standing = ComputeStanding(std::move(received), absl::FromUnixMillis(1565000000123));
  EXPECT_TRUE(standing.ok()) << standing.status();
  EXPECT_FALSE(RanksAnybody((*standing)->ranking));
  return *standing;
}

// What one process of scoring has: its board and its publisher.
struct Replica {
  explicit Replica(RedisOptions redis, absl::Duration sweep_every = Publisher::kSweepEvery)
      : publisher(std::move(redis), board, sweep_every) {}
  explicit Replica(const std::string& address) : publisher(address, board) {}

  void Show(const std::shared_ptr<const Standing>& standing) {
    publisher.Publish(board.Put(standing));
  }
  void Leave(const std::string& period) {
    board.Remove(period);
    publisher.Withdraw(period);
  }

  Board board;
  Publisher publisher;
};

inline RedisOptions OptionsAt(const std::string& address) {
  RedisOptions options;
  options.addresses = {address};
  return options;
}

// Redis tells nobody here when it has changed, so it is looked at until it has.
inline void Await(const std::function<bool()>& there) {
  // After a first failure the rest need not wait for theirs.
  const absl::Time until =
      absl::Now() + (testing::Test::HasFailure() ? absl::ZeroDuration() : absl::Seconds(60));
  while (!there()) {
    if (absl::Now() > until) {
      ADD_FAILURE() << "it did not come to pass";
      return;
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
}

inline std::string Field(const tests::RedisServer& redis, const std::string& field,
                         const std::string& key = kKey) {
  return redis.Command({"HGET", key, field});
}

// Whether the whole hash is what a publisher makes of the standing.
inline bool Holds(const tests::RedisServer& redis, const Standing& standing,
                  const std::string& key = kKey) {
  v1::GetRankingResponse reply;
  reply.ParseFromString(SnapshotOf(standing, absl::UnixEpoch())->reply);
  for (const auto& [name, value] : FieldsOf(reply)) {
    if (Field(redis, name, key) != value) return false;
  }
  return redis.Command({"PTTL", key}) == "-1";
}

inline int StreamLength(const tests::RedisServer& redis) {
  int length = 0;
  return absl::SimpleAtoi(redis.Command({"XLEN", kChanges}), &length) ? length : -1;
}

// What the stream tells of the key, in order.
inline std::vector<std::string> ToldRevisions(const tests::RedisServer& redis,
                                              const std::string& key = kKey) {
  const std::vector<std::string> lines =
      absl::StrSplit(redis.Command({"XRANGE", kChanges, "-", "+"}), '\n');
  std::vector<std::string> revisions;
  for (size_t i = 0; i + 2 < lines.size(); ++i) {
    if (lines[i] == key && lines[i + 1] == "revision") revisions.push_back(lines[i + 2]);
  }
  return revisions;
}

class WithFolder : public testing::Test {
 protected:
  WithFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-publisher-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~WithFolder() override {
    if (HasFailure()) {
      for (const auto& file : std::filesystem::directory_iterator(folder_)) {
        if (file.path().extension() != ".log") continue;
        std::ifstream in(file.path());
        std::cerr << "---- " << file.path().filename() << "\n" << in.rdbuf() << "\n";
      }
    }
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path folder_;
};

class WithRedis : public WithFolder {
 protected:
  void SetUp() override { redis_.Start(); }
  // All that was told before is taken in by then: one thread takes it in, in order.
  void AwaitTakenIn(Replica& replica, int64_t version,
                    const std::string& period = "blocs/khoi-9/pacts/2019/periods/nam") {
    const auto mark = StandingAt(version, period);
    replica.Show(mark);
    Await([&] { return Holds(redis_, *mark, RankingKey(period)); });
  }

  tests::RedisServer redis_{folder_};
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_PUBLISHER_TESTLIB_H_
