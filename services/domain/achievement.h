// How far a target was reached.
#ifndef THIDUA_SERVICES_DOMAIN_ACHIEVEMENT_H_
#define THIDUA_SERVICES_DOMAIN_ACHIEVEMENT_H_

#include <optional>

#include "services/domain/pact.h"
#include "services/domain/rational.h"
#include "services/domain/result.h"

namespace thidua::domain {

enum class AchievementBasis {
  kComputed,     // From actual and target.
  kStated,       // The unit's own percentage; the target is not known, so nothing confirms it. When
                 // lower is better 100 % only: nobody says which way round another was worked out.
  kNotReported,  // Expected, and nothing came.
  kNotAssigned,  // Not this unit's.
  kNotComputable,  // A figure without target and without percent, or reported as such.
};

struct Achievement {
  AchievementBasis basis = AchievementBasis::kNotReported;
  Rational share;  // 1 is the year's target exactly. Meaningful when computed or stated.
};

// `result` may be null: not reported. Higher is better: A/T. Lower is better: by the formula, with
// two edges that both formulas leave open: T = 0 is 1 when A = 0 and 0 otherwise; A = 0 against
// T > 0 is 2 under either formula (T/A has no value there). 2 − A/T is never below 0.
//
// Figures that agree to be computed win over a stated percent. What registration and reporting
// refuse is still answered: a target of 0 that higher is to reach, and a target below 0, are not
// computable; a figure below 0 counts as 0; so does a stated percent below 0.
Achievement AchievementOf(const Target& target, const Result* result, LowerIsBetterFormula formula);

// Whether T/A has no value, and 2 stands in its place: lower is better, A = 0 against T > 0. Nobody
// can do better, so beside others such a figure counts at least as much as the best of them
// (period_figures.h).
bool IsZeroOverWhichNothingGoes(const Target& target, const Result* result,
                                LowerIsBetterFormula formula);

// The formula of the target's criterion; T/A when it has none (an informational target).
LowerIsBetterFormula FormulaOf(const Pact& pact, const Target& target);

// Whether the figure meets the year's target, whatever the formula: A ≥ T, or A ≤ T when lower is
// better; "nearly" what was wanted is less, "at least" as much is more. Nothing when either figure
// is missing.
std::optional<bool> MeetsTarget(const Target& target, const Result& result);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_ACHIEVEMENT_H_
