// Who is put forward for what (đề nghị cờ thi đua, bằng khen) once a bloc is ranked. Rank is not
// award: a unit under discipline, investigation or inspection keeps its rank and is passed over
// (Nghị định 98/2023, Điều 4). Pure; thread-safe.
#ifndef THIDUA_SERVICES_DOMAIN_AWARD_H_
#define THIDUA_SERVICES_DOMAIN_AWARD_H_

#include <string>
#include <vector>

#include "services/domain/ranking.h"

namespace thidua::domain {

// Why a unit is put forward for nothing.
struct Ineligibility {
  std::string unit;
  std::string reason;
};

// One unit beside one award of the scheme.
struct AwardCandidate {
  enum class Standing {
    kProposed,
    kTied,        // Equal with others for fewer awards than they are: people decide, by vote.
    kIneligible,  // It would be its turn, and it is passed over.
    kOtherClass,  // Likewise: the award is for other classes.
  };
  const AwardRule* award = nullptr;
  size_t unit = 0;  // In the pact's order.
  Standing standing = Standing::kProposed;
};

// In the order of the scheme's awards, and within each of the ranking: each unit is proposed for
// the first award that is left when it is its turn. Equals have their turn together, and tied ones
// have had it: none of them stands in a later award. Units that are passed over for an award stand
// in it with the reason, before their equals and up to those of the last one proposed; all of them
// where the award is not used up.
std::vector<AwardCandidate> ProposeAwards(const ScoreSheet& sheet, const std::vector<Place>& places,
                                          const std::vector<Ineligibility>& ineligible);

// Whether the votes are enough for the award: yes over all cast, exactly.
bool VotesSuffice(const AwardRule& award, int64_t yes, int64_t cast);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_AWARD_H_
