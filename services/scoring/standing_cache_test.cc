#include "services/scoring/standing_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/scoring/board.h"
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
  std::vector<std::thread> readers;
  for (int i = 0; i < 16; ++i) {
    readers.emplace_back([&] { EXPECT_EQ(*cache.Find(ShownOf(standing)), standing); });
  }
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

TEST(BoardTest, AStandingIsTheOneBehindWhatIsShown) {
  // What is stored is a step ahead of what is shown, which follows.
  Board* shown = nullptr;
  int computed = 0;
  Board board(
      [&](const Snapshot&) -> absl::StatusOr<StandingPointer> {
        if (++computed == 1) shown->Put(StandingAt(2));
        return StandingAt(2);
      },
      {.standing_bytes = 0});
  shown = &board;
  board.Put(StandingAt(1));
  board.Put(StandingOf(7));  // There is room for one, and this is it.
  const auto standing = board.GetStanding(khoi4_2019::kPeriodName);
  ASSERT_TRUE(standing.ok()) << standing.status();
  EXPECT_EQ((*standing)->received.inputs.version(), 2);
  EXPECT_EQ(board.Find(khoi4_2019::kPeriodName)->version, 2);
}

TEST(BoardTest, WhatIsNotThereIsSaid) {
  Board board;
  EXPECT_TRUE(absl::IsUnavailable(board.Get("blocs/b/pacts/2019/periods/p").status()));
  board.SetInSight(true);
  EXPECT_TRUE(absl::IsNotFound(board.Get("blocs/b/pacts/2019/periods/p").status()));
  board.SetInSight(false);
  EXPECT_TRUE(absl::IsNotFound(board.Get("blocs/b/pacts/2019/periods/p").status()));

  board.Put(StandingAt(1));
  EXPECT_EQ((*board.Get(khoi4_2019::kPeriodName))->version, 1);
  board.PutBroken(khoi4_2019::kPeriodName, absl::DataLossError("broken"));
  EXPECT_EQ(board.Find(khoi4_2019::kPeriodName), nullptr);
  EXPECT_TRUE(absl::IsDataLoss(board.Get(khoi4_2019::kPeriodName).status()));
  EXPECT_THAT(board.Periods(), testing::ElementsAre(khoi4_2019::kPeriodName));
  board.Remove(khoi4_2019::kPeriodName);
  EXPECT_TRUE(absl::IsNotFound(board.Get(khoi4_2019::kPeriodName).status()));
  EXPECT_THAT(board.Periods(), testing::IsEmpty());
}

TEST(BoardTest, ReadersSeeNothingOlderAfterSomethingNewer) {
  Board board;
  std::vector<StandingPointer> standings;
  for (int64_t version = 1; version <= 50; ++version) standings.push_back(StandingAt(version));
  board.Put(standings[0]);
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      int64_t seen = 0;
      while (!done) {
        const auto shown = board.Find(khoi4_2019::kPeriodName);
        ASSERT_GE(shown->version, seen);
        ASSERT_EQ(RankingIn(*shown).period_version(), shown->version) << "whole at any moment";
        seen = shown->version;
      }
    });
  }
  for (const StandingPointer& standing : standings) {
    board.Put(standing);
    board.Put(StandingOf(static_cast<int>(standing->received.inputs.version())));  // Others come.
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(board.Find(khoi4_2019::kPeriodName)->version, 50);
  EXPECT_EQ(board.Periods().size(), 51u);
}

}  // namespace
}  // namespace thidua::scoring
