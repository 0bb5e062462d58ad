// Tokens that are not sound, each in its own way. For tests.
#ifndef THIDUA_TESTS_HOSTILE_TOKEN_TRICKS_H_
#define THIDUA_TESTS_HOSTILE_TOKEN_TRICKS_H_

#include <string>
#include <vector>

#include "tests/system/guarded_suite.h"

namespace thidua::tests {

struct Trick {
  std::string name;
  std::string token;
  bool is_over = false;  // Nothing else is wrong with it.
};

// All but for one thing as Token(kCouncil) is.
std::vector<Trick> Tricks(const GuardedSuite& guard);

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_HOSTILE_TOKEN_TRICKS_H_
