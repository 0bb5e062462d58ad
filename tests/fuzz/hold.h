// What a target holds to be true of every input. Where it is not, the run ends as by a crash, and
// says what did not hold.
#ifndef THIDUA_TESTS_FUZZ_HOLD_H_
#define THIDUA_TESTS_FUZZ_HOLD_H_

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace thidua::tests {

inline void Hold(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Of the processor: what else the machine does fails no input. Of all that were found the costliest
// takes 16 ms under the sanitizers (prose of reports), and a target's first, by what is made once
// for all, 0.28 s (keys that sign tokens).
inline constexpr std::clock_t kInputSecondsMax = 2;

// Stands first in every target, and holds when the input is done that it was not slow.
class InputTime {
 public:
  InputTime() = default;
  ~InputTime() {
    Hold(std::clock() - began_ <= kInputSecondsMax * CLOCKS_PER_SEC, "an input costs little");
  }
  InputTime(const InputTime&) = delete;
  InputTime& operator=(const InputTime&) = delete;

 private:
  const std::clock_t began_ = std::clock();
};

// What some kept input has to reach, or their replay fails: a target that refuses all of them at
// its door never crashes either. Of a namespace, as it counts from the start.
class Goal {
 public:
  explicit Goal(const char* what) : what_(what) { All().push_back(this); }
  Goal(const Goal&) = delete;
  Goal& operator=(const Goal&) = delete;

  void Reach() { reached_ = true; }

  const char* what() const { return what_; }
  bool reached() const { return reached_; }

  static std::vector<const Goal*>& All() {
    static auto* const kAll = new std::vector<const Goal*>;
    return *kAll;
  }

 private:
  const char* const what_;
  bool reached_ = false;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FUZZ_HOLD_H_
