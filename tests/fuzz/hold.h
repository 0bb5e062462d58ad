// What a target holds to be true of every input. Where it is not, the run ends as by a crash, and
// says what did not hold.
#ifndef THIDUA_TESTS_FUZZ_HOLD_H_
#define THIDUA_TESTS_FUZZ_HOLD_H_

#include <cstdio>
#include <cstdlib>

namespace thidua::tests {

inline void Hold(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FUZZ_HOLD_H_
