// Whether a process grows while it is steadily used.
#ifndef THIDUA_TESTS_LOAD_GROWTH_H_
#define THIDUA_TESTS_LOAD_GROWTH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace thidua::load {

struct Growth {
  // Medians, MiB. Absent: too short a while for anything.
  std::optional<double> third_quarter, last_quarter;
  // What stays of each filing. Absent: so short a while that all of it may be warm-up.
  std::optional<double> bytes_a_filing;
  // What is wrong, in words; empty: it does not grow.
  std::vector<std::string> faults;
};

// `memory`: what the process held, MiB, once a second. `filings`: how many were answered meanwhile.
Growth JudgeGrowth(const std::vector<double>& memory, int64_t filings);

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_GROWTH_H_
