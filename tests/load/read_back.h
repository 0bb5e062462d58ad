// What was acknowledged, read back by the public RPCs and held against the ledger.
#ifndef THIDUA_TESTS_LOAD_READ_BACK_H_
#define THIDUA_TESTS_LOAD_READ_BACK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/load/ledger.h"
#include "tests/load/provinces.h"

namespace thidua::load {

struct ReadBack {
  // What is wrong; empty when all that was acknowledged is there as it was acknowledged, every
  // figure exactly once, nothing else beside it, and each ranking is as new as its token.
  std::vector<std::string> faults;
  // How much was looked at.
  int64_t targets = 0, of_targets = 0, revisions = 0, own_points = 0, hand_overs = 0, rankings = 0;
};

// Every target that was filed for more than once and one in so many of the others, all own points
// and hand-overs, and each period's ranking under the newest token.
ReadBack ReadAllBack(tests::Suite& suite, const Provinces& provinces, const Ledger& ledger,
                     size_t one_in = 1);

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_READ_BACK_H_
