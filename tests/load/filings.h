// What units file, and when.
//
// A filing is one call of a unit's reporter: figures, corrections, an import, the unit's own
// points, the hand-over.
#ifndef THIDUA_TESTS_LOAD_FILINGS_H_
#define THIDUA_TESTS_LOAD_FILINGS_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "tests/load/provinces.h"

namespace thidua::load {

struct Filing {
  enum What { kFigures, kCorrection, kImport, kOwnPoints, kHandOver };
  What what = kFigures;
  size_t unit = 0;
  absl::Duration due;  // From the beginning.
  // Of figures, corrections and imports: which of the unit's targets, each with what is reported,
  // which no other filing reports of it: so that each revision can be told by its figure.
  std::vector<std::pair<size_t, int64_t>> figures;
  // Sent twice, as by somebody who pressed again: the same request, of the same id.
  bool twice = false;
};

// All that every unit files at a deadline, ordered by when it is due: moments come denser and
// denser until the end, where they are about three times as dense as on average; whose
// time does not suffice hurries. `whole`: how long the hour is here. `window_from`,
// a share of it: only what is due from then on, with the beginning moved there.
std::vector<Filing> DeadlineRush(const Provinces& provinces, absl::Duration whole, uint64_t seed,
                                 double window_from = 0);
// Corrections of any units, one in ten by an import, evenly: so many a second.
std::vector<Filing> Steady(const Provinces& provinces, double per_second, absl::Duration whole,
                           uint64_t seed, const std::vector<size_t>& units);

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_FILINGS_H_
