// From points to places: the scheme's own key and tie policy, exact to the last fraction.
#ifndef THIDUA_SERVICES_DOMAIN_RANKING_H_
#define THIDUA_SERVICES_DOMAIN_RANKING_H_

#include <string>
#include <vector>

#include "services/domain/scoring.h"

namespace thidua::domain {

struct Place {
  int rank = 0;  // 1, 2, 2, 4; 0: not ranked, nothing is assigned to the unit.
  const UnitScore* score = nullptr;
  bool shared = false;  // Another unit has the same rank.
  // The criterion whose points put this unit before the next unit of another rank; empty when the
  // key itself did, or there is no next.
  std::string decided_by;
  // The key's lead over the next place with another key: points, or a share (0.01 is one
  // percentage point), by the scheme's key. 0 for the last and the unranked.
  Rational margin_to_next;
};

// Whether anybody reported anything, or was assessed: before that all are equal at nothing, and a
// ranking would be one in name only.
bool AnythingKnown(const std::vector<UnitScore>& scores);

// All without a rank, in the pact's order.
std::vector<Place> Unranked(const std::vector<UnitScore>& scores);

// Best first; equals in the pact's order; the unranked last. A tie key compares points without
// bonus; a criterion that is not assigned to a unit has 0. Pointers refer to `scores`.
std::vector<Place> Rank(const RankingRule& rule, const std::vector<UnitScore>& scores);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_RANKING_H_
