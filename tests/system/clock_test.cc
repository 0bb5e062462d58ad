// A wall clock that is set back while the services run.
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/system/suite.h"
#include "tests/system/turned_clock.h"

namespace thidua::tests {
namespace {

class ClockTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!TurnedClock::CanBe()) GTEST_SKIP() << "no faketime";
  }
};

// Whatever waits when the clock is set back waits that much longer (platform/wall_clock.h). Whoever
// watches over the services starts them again, and what they show is later than what they showed.
TEST_F(ClockTest, ServicesEndWhenItIsSetBackAndGoOnWhenStartedAgain) {
  Suite suite;
  TurnedClock clock(suite.folder());
  suite.StartBehind(clock.Before());
  constexpr Suite::Service kAll[] = {Suite::kRegistry, Suite::kResults, Suite::kScoring,
                                     Suite::kPortal};
  for (const Suite::Service service : Suite::kServices) suite.Kill(service, SIGTERM);
  for (const Suite::Service service : kAll) suite.Start(service);
  ASSERT_EQ(suite.Command({"load", Khoi4Folder().string()}).exit_code, 0);
  const scoring::v1::Ranking before = suite.FreshRanking();

  clock.TurnBack(7 * 3600);
  for (const Suite::Service service : kAll) {
    EXPECT_EQ(suite.AwaitEnd(service), 1) << Suite::NameOf(service);
    EXPECT_TRUE(absl::StrContains(suite.log(service), "the wall clock was set back by 7h"))
        << suite.log(service);
  }
  for (const Suite::Service service : kAll) suite.Start(service);
  const scoring::v1::Ranking after = suite.FreshRanking();
  EXPECT_GT(after.revision(), before.revision());
  EXPECT_EQ(after.period_version(), before.period_version());
  EXPECT_EQ(suite.PublishedRanking(after.revision()).revision(), after.revision());

  // Set right again, and by what time servers do every day: nobody ends, who looks each second.
  for (const int seconds : {0, 1}) {
    clock.TurnBack(seconds);
    EXPECT_EQ(suite.AwaitEnd(Suite::kRegistry, absl::Milliseconds(1500)), -1);
    for (const Suite::Service service : kAll) {
      EXPECT_EQ(suite.AwaitEnd(service, absl::ZeroDuration()), -1) << Suite::NameOf(service);
    }
  }
  EXPECT_EQ(suite.FreshRanking().revision(), after.revision());
}

}  // namespace
}  // namespace thidua::tests
