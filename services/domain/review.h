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
  // What follows is of scored targets with a value that are not voided, and in their measure.
  // The value × the pace. Nothing where no pace applies.
  std::optional<Rational> due_now;
  // What a reported figure lacks of the year's target: more, or where less is better less. Nothing
  // once it is reached; 0 for "gần" as much as was wanted.
  std::optional<Rational> missing_total;
  // The same for each month that is left, where the target has a pace and a month is left.
  std::optional<Rational> missing_per_month;
};

// Whole months of the year after the period; 0 when it does not say its month, too.
int MonthsLeft(const Period& period);

// One line a target, in the pact's order. Pointers refer to the arguments. The formula by which a
// lower-is-better target is measured is that of the target's criterion; the pace is PaceOf(target).
// Of several results for one target the newest revision counts.
std::vector<ReviewLine> Review(const Pact& pact, const Period& period,
                               const std::vector<Result>& results);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_REVIEW_H_
