// A wall clock that is set back while the services run.
#include <gtest/gtest.h>

#include <sys/types.h>

#include <cstdint>
#include <fstream>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "tests/system/suite.h"
#include "tests/system/turned_clock.h"

namespace thidua::tests {
namespace {

// How often a process's first thread has gone to sleep, which it does after each look at the clock.
int64_t Sleeps(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  for (std::string line; std::getline(status, line);) {
    absl::string_view rest = line;
    int64_t sleeps = 0;
    if (absl::ConsumePrefix(&rest, "voluntary_ctxt_switches:") && absl::SimpleAtoi(rest, &sleeps)) {
      return sleeps;
    }
  }
  ADD_FAILURE() << "no status of " << pid;
  return 0;
}

class ClockTest : public testing::Test {
 protected:
  // Until each has looked at the clock as it is now, or has ended. The look that was under way may
  // have been older.
  static void AwaitLooks(Suite& suite, absl::Span<const Suite::Service> services) {
    std::map<Suite::Service, int64_t> enough;
    for (const Suite::Service service : services) enough[service] = Sleeps(suite.pid(service)) + 2;
    const absl::Time until = absl::Now() + absl::Seconds(60);
    for (const Suite::Service service : services) {
      while (Sleeps(suite.pid(service)) < enough[service] && absl::Now() < until &&
             suite.AwaitEnd(service, absl::Milliseconds(5)) == -1) {
      }
      EXPECT_GE(Sleeps(suite.pid(service)), enough[service]) << Suite::NameOf(service);
    }
  }
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

  // Set right again, and by what time servers do every day: nobody ends.
  for (const int seconds : {0, 1}) {
    clock.TurnBack(seconds);
    AwaitLooks(suite, kAll);
    for (const Suite::Service service : kAll) {
      EXPECT_EQ(suite.AwaitEnd(service, absl::ZeroDuration()), -1) << Suite::NameOf(service);
    }
  }
  EXPECT_EQ(suite.FreshRanking().revision(), after.revision());
}

}  // namespace
}  // namespace thidua::tests
