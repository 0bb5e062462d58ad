// A wall clock of a test's own, which processes that are started behind it go by. Clocks that run
// steadily stay, and so does what the kernel waits for: a wait of Abseil's, whose end is told as a
// time, is over at once.
#ifndef THIDUA_TESTS_SYSTEM_TURNED_CLOCK_H_
#define THIDUA_TESTS_SYSTEM_TURNED_CLOCK_H_

#include <filesystem>
#include <string>
#include <vector>

namespace thidua::tests {

class TurnedClock {
 public:
  // Whether this machine has faketime.
  static bool CanBe();

  // The true time, until it is turned. `folder` is there, and stays.
  explicit TurnedClock(std::filesystem::path folder);

  // Words before a process's command line.
  std::vector<std::string> Before() const;
  void TurnBack(int seconds);  // From the true time.

 private:
  const std::filesystem::path folder_;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_SYSTEM_TURNED_CLOCK_H_
