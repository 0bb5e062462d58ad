#include "services/scoring/standing_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/scoring/khoi4_2019_inputs_testlib.h"

namespace thidua::scoring {
namespace {

using StandingPointer = std::shared_ptr<const Standing>;

StandingPointer StandingAt(int64_t version, const std::string& period_id = "6-thang") {
  ReceivedPeriod received = khoi4_2019::Received(version);
  received.inputs.set_name(absl::StrCat(khoi4_2019::kPactName, "/periods/", period_id));
  auto standing = ComputeStanding(std::move(received), absl::UnixEpoch());
  EXPECT_TRUE(standing.ok()) << standing.status();
  return *standing;
}

// Some of many periods, all of one size.
StandingPointer StandingOf(int number) {
  ReceivedPeriod received = khoi4_2019::Received(1);
  const std::string pact = absl::StrCat("blocs/khoi-so-", number, "/pacts/2019");
  received.inputs.set_name(absl::StrCat(pact, "/periods/6-thang"));
  auto standing = ComputeStanding(std::move(received), absl::UnixEpoch());
  EXPECT_TRUE(standing.ok()) << standing.status();
  return *standing;
}

Snapshot ShownOf(const StandingPointer& standing) {
  return *SnapshotOf(*standing, absl::UnixEpoch());
}

TEST(StandingCacheTest, OneComputationHoweverManyAsk) {
  const StandingPointer standing = StandingAt(1);
  absl::Notification may_land;
  std::atomic<int> computed = 0;
  StandingCache cache(
      [&](const Snapshot&) -> absl::StatusOr<StandingPointer> {
        ++computed;
        may_land.WaitForNotification();
        return standing;
      },
      1 << 30);
  constexpr int kReaders = 16;
  const Snapshot shown = ShownOf(standing);
  std::latch asking(kReaders);
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      asking.count_down();
      EXPECT_EQ(*cache.Find(shown), standing);
    });
  }
  asking.wait();
  while (computed == 0) std::this_thread::yield();
  may_land.Notify();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(computed, 1);
}

TEST(StandingCacheTest, AFailedComputationIsToldToAllAndTriedAgain) {
  int computed = 0;
  StandingCache cache(
      [&](const Snapshot&) -> absl::StatusOr<StandingPointer> {
        if (++computed == 1) return absl::UnavailableError("busy");
        return StandingAt(1);
      },
      1 << 30);
  EXPECT_TRUE(absl::IsUnavailable(cache.Find(ShownOf(StandingAt(1))).status()));
  EXPECT_TRUE(cache.Find(ShownOf(StandingAt(1))).ok());
  EXPECT_TRUE(cache.Find(ShownOf(StandingAt(1))).ok());
  EXPECT_EQ(computed, 2);
}

TEST(StandingCacheTest, WhatWasAskedForLongestAgoGivesWay) {
  std::vector<std::string> computed;
  const auto compute = [&](const Snapshot& shown) -> absl::StatusOr<StandingPointer> {
    computed.push_back(shown.period);
    for (int i = 0; i < 3; ++i) {
      if (StandingOf(i)->received.inputs.name() == shown.period) return StandingOf(i);
    }
    return absl::NotFoundError("");
  };
  StandingCache all(compute, 1 << 30);
  all.Put(StandingOf(0));
  const size_t one = all.bytes();
  StandingCache two(compute, 2 * one);
  two.Put(StandingOf(0));
  two.Put(StandingOf(1));
  EXPECT_TRUE(two.Find(ShownOf(StandingOf(0))).ok());
  two.Put(StandingOf(2));  // 1 was asked for longest ago.
  EXPECT_EQ(two.bytes(), 2 * one);
  EXPECT_TRUE(two.Find(ShownOf(StandingOf(0))).ok());
  EXPECT_TRUE(two.Find(ShownOf(StandingOf(2))).ok());
  EXPECT_THAT(computed, testing::IsEmpty());
  EXPECT_TRUE(two.Find(ShownOf(StandingOf(1))).ok());
  EXPECT_THAT(computed, testing::ElementsAre("blocs/khoi-so-1/pacts/2019/periods/6-thang"));
}

TEST(StandingCacheTest, AComputationThatLostTheRaceTakesNoPlace) {
  StandingCache cache(nullptr, 1 << 30);
  cache.Put(StandingAt(2));
  cache.Put(StandingAt(1));
  EXPECT_TRUE(cache.Find(ShownOf(StandingAt(2))).ok());
  EXPECT_FALSE(cache.Find(ShownOf(StandingAt(1))).ok());
}

}  // namespace
}  // namespace thidua::scoring
