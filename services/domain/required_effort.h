// What a unit needs to get somewhere: to its target, to a percentage, to a total of points, to a
// rank. Found by trying figures with the engine itself, everybody else's results held as they are.
//
//   const auto effort = FindRequiredEffort({pact, results, given}, "so-y-te", "chi-tieu-1",
//                                          {.kind = EffortGoal::Kind::kRank, .rank = 2});
//   effort->figures[0].needed;     // reaches; one step less does not
//
// Pure; thread-safe.
#ifndef THIDUA_SERVICES_DOMAIN_REQUIRED_EFFORT_H_
#define THIDUA_SERVICES_DOMAIN_REQUIRED_EFFORT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/comparison.h"
#include "services/domain/decimal.h"
#include "services/domain/rational.h"

namespace thidua::domain {

struct EffortGoal {
  enum class Kind {
    kTarget,   // The year's target, or all of them.
    kPercent,  // So many percent of the assigned points, bonus included.
    kPoints,   // So many points, bonus included.
    kRank,     // That rank, or better.
  };
  Kind kind = Kind::kTarget;
  Decimal amount = 0;  // kPercent, kPoints.
  int rank = 0;        // kRank.
};

// What takes more than that of every target is not looked for: kNotFound.
inline constexpr int kPercentOfTargetsMax = 400;

struct EffortFigure {
  const Target* target = nullptr;
  std::optional<Decimal> now;  // Nothing: no figure was reported.
  Decimal needed;
  // What one step less would be, and does not do. Nothing: a percentage is the step, not the
  // figure.
  std::optional<Decimal> short_of;
};

struct Effort {
  enum class Outcome {
    kAlready,     // Nothing is needed.
    kReachable,   // With `figures`.
    kImpossible,  // With no figure; `figures` is what the best that can be reached takes.
    // Not found, and not shown to be impossible: the scheme has formulas, and more need not earn
    // more; or it is beyond kPercentOfTargetsMax. `figures` as for kImpossible, of what was tried.
    kNotFound,
  };
  Outcome outcome = Outcome::kAlready;
  // No smaller effort does. False where more need not earn more: a smaller one may do as well.
  bool is_least = true;
  // Of one target: that one. Else each that is not reached, in the pact's order.
  std::vector<EffortFigure> figures;
  // Evenly: so much of what is missing everywhere, percent, in steps of 0.01; or, where all targets
  // together are not enough, so much percent of its target everywhere at least, above 100.
  std::optional<Decimal> percent_of_gap;
  std::optional<Decimal> percent_of_targets;
  UnitPlace now;
  UnitPlace then;                           // With `figures`.
  std::optional<UnitPlace> with_step_less;  // kReachable; nothing: a step less is as it is now.
};

// `target` is an id; empty: evenly on all targets of the unit that are not reached and count: every
// achievement grows by the same share of what it lacks, up to the targets; then, for a percentage,
// points or a rank, all that count grow beyond their targets to the same percentage, up to
// kPercentOfTargetsMax: bonus counts. A figure of one target goes as far as a figure can go.
//
// A figure is a multiple of the smallest digit that its target or its present figure is written
// with; less is better goes down. It takes the place of a percentage that the unit stated.
//
// NOT_FOUND: UNIT_NOT_A_MEMBER ("unit"), TARGET_UNKNOWN ("target"). FAILED_PRECONDITION ("target"):
// TARGET_OF_ANOTHER_UNIT, TARGET_NOT_SCORED (informational, voided, not assigned, or under a
// criterion that is), TARGET_VALUE_UNKNOWN (no figure of it counts without). INVALID_ARGUMENT:
// OUT_OF_RANGE ("percent_of_assigned", "total", "rank").
absl::StatusOr<Effort> FindRequiredEffort(const PeriodState& state, absl::string_view unit,
                                          absl::string_view target, const EffortGoal& goal);

// Whether, under that scheme, a better figure of the unit never earns it less, so that what does
// not do at the best figure does at none. Without looking into formulas: with one it is not said.
bool MoreIsNeverLess(const Pact& pact, absl::string_view unit, EffortGoal::Kind goal);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_REQUIRED_EFFORT_H_
