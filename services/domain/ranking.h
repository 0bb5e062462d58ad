// From points to places: the scheme's own key and tie policy, exact to the last fraction.
#ifndef THIDUA_SERVICES_DOMAIN_RANKING_H_
#define THIDUA_SERVICES_DOMAIN_RANKING_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "services/domain/expression.h"
#include "services/domain/scheme.h"
#include "services/domain/scoring.h"

namespace thidua::domain {

struct Place {
  int rank = 0;     // 1, 2, 2, 4 (1, 2, 2, 3 when dense); 0: not ranked, no points are assigned.
  size_t unit = 0;  // In the pact's order.
  const UnitScore* score = nullptr;  // Its derivation; null when ranked from a sheet alone.
  bool shared = false;               // Another unit has the same rank.
  Rational
      key;  // What it is ranked by: points, or a share (0.01 is one percent), by the scheme's key.
  // The tie key that put this unit before the next unit of another rank; nothing when the key
  // itself did, or there is no next.
  std::optional<size_t> decided_by;
  // The key's lead over the next place with another key. 0 for the last and the unranked.
  Rational margin_to_next;
};

// Whether anybody reported anything, or was assessed: before that all are equal at nothing, and a
// ranking would be one in name only.
bool AnythingKnown(const PeriodFigures& figures);

// All without a rank, in the pact's order.
std::vector<Place> Unranked(const PeriodScore& scored);

// Best first; equals in the pact's order; the unranked last. A tie key compares the points of a
// criterion without bonus, and one that is not assigned to a unit has 0; or what its formula comes
// to, and a unit for which that is absent is last.
std::vector<Place> Rank(const ScoreSheet& sheet);
std::vector<Place> Rank(const PeriodScore& scored);

// A unit with everything that its place is decided by.
struct RankingEntry {
  size_t unit = 0;
  Rational key;
  std::vector<Value> tie_values = {};  // In the order of the tie keys; more is better.
};
// Those that have assigned points, in the pact's order.
std::vector<RankingEntry> EntriesOf(const ScoreSheet& sheet);
// The same as Rank, of entries from wherever: what if one of them were as it was before? Without
// the unranked.
std::vector<Place> RankEntries(std::vector<RankingEntry> entries, const RankingRule& rule);

// The class (mức xếp loại) of a unit: the first of the scheme whose bar and condition hold; null
// when there is none, or nothing is assigned to the unit. An absent condition does not hold.
const ClassRule* ClassOf(const ScoreSheet& sheet, size_t unit);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_RANKING_H_
