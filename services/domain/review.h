// The mid-year review (sơ kết): where each target stands against its pace.
#ifndef THIDUA_SERVICES_DOMAIN_REVIEW_H_
#define THIDUA_SERVICES_DOMAIN_REVIEW_H_

#include <optional>
#include <vector>

#include "services/domain/achievement.h"

namespace thidua::domain {

enum class Standing {
  kReached,  // The year's target is met.
  kOnPace,   // At least the period's pace, and not yet reached.
  kBehind,   // Less than the pace. A rate has no pace, nor has a lower-is-better target: it is
             // reached or behind.
  kNotReported,
  kNotComputable,  // Percent-only included: the review shows the stated percent, and how it would
                   // stand if the percent is right, and says that nothing confirms it.
  kInformational,
  kNotAssigned,
  kVoided,  // Taken out of the pact by an amendment.
};

struct ReviewLine {
  const Target* target = nullptr;  // Of the pact given.
  const Result* result = nullptr;  // Of the results given; null when there is none.
  Achievement achievement;
  Standing standing = Standing::kNotReported;
  // For a percent-only result: reached, on pace or behind by the percent as stated.
  std::optional<Standing> standing_as_stated;
};

// One line a target, in the pact's order. Pointers refer to the arguments. The formula by which a
// lower-is-better target is measured is that of the target's criterion; the pace is PaceOf(target).
// Of several results for one target the newest revision counts.
std::vector<ReviewLine> Review(const Pact& pact, const Period& period,
                               const std::vector<Result>& results);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_REVIEW_H_
