#include "services/platform/change_feed.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"

namespace thidua::platform {
namespace {

// Long enough that only a fault gets there.
absl::Time Patience() { return absl::Now() + absl::Seconds(10); }

TEST(ChangeFeedTest, StandsWhereItWasStartedAndNeverGoesBack) {
  ChangeFeed feed(7);
  EXPECT_EQ(feed.sequence(), 7);
  feed.Advance(9);
  EXPECT_EQ(feed.sequence(), 9);
  feed.Advance(8);
  EXPECT_EQ(feed.sequence(), 9);
}

TEST(ChangeFeedTest, DoesNotWaitForWhatIsThere) {
  ChangeFeed feed(3);
  EXPECT_TRUE(feed.AwaitBeyond(2, absl::InfinitePast()));
  EXPECT_FALSE(feed.AwaitBeyond(3, absl::InfinitePast()));
  EXPECT_FALSE(feed.AwaitBeyond(3, absl::Now() + absl::Milliseconds(1)));
}

TEST(ChangeFeedTest, AChangeWakesEveryoneWhoWaitsForIt) {
  ChangeFeed feed(0);
  std::vector<std::thread> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.emplace_back([&] {
      const absl::Time begun = absl::Now();
      EXPECT_TRUE(feed.AwaitBeyond(1, Patience()));
      EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
    });
  }
  feed.Advance(1);  // Not yet beyond.
  feed.Advance(2);
  for (std::thread& waiter : waiters) waiter.join();
}

TEST(ChangeFeedTest, ClosingEndsAllWaitingForGood) {
  ChangeFeed feed(0);
  absl::Notification woken;
  std::thread waiter([&] {
    EXPECT_FALSE(feed.AwaitBeyond(0, Patience()));
    woken.Notify();
  });
  EXPECT_FALSE(feed.closed());
  feed.Close();
  EXPECT_TRUE(woken.WaitForNotificationWithTimeout(absl::Seconds(5)));
  waiter.join();
  EXPECT_TRUE(feed.closed());
  EXPECT_FALSE(feed.AwaitBeyond(0, absl::InfiniteFuture()));
  feed.Advance(1);
  EXPECT_TRUE(feed.AwaitBeyond(0, absl::InfiniteFuture())) << "what was committed is not denied";
}

TEST(ChangeFeedTest, AListenerHearsOfEachAdvanceAndOfTheEnd) {
  ChangeFeed feed(5);
  int heard = 0;
  feed.SetListener([&] { ++heard; });
  feed.Advance(6);
  feed.Advance(6);
  feed.Advance(4);
  EXPECT_EQ(heard, 1);
  feed.Advance(7);
  feed.Close();
  EXPECT_EQ(heard, 3);
  feed.SetListener(nullptr);
  feed.Advance(8);
  EXPECT_EQ(heard, 3);
}

}  // namespace
}  // namespace thidua::platform
