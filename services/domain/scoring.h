// From results to points: one pass over a scheme's leaves for each unit of a pact, exact.
#ifndef THIDUA_SERVICES_DOMAIN_SCORING_H_
#define THIDUA_SERVICES_DOMAIN_SCORING_H_

#include <optional>
#include <string>
#include <vector>

#include "services/domain/achievement.h"
#include "services/domain/assessment_layer.h"
#include "services/domain/rational.h"

namespace thidua::domain {

// Raised whenever the same inputs may give other points than before: part of a ranking's revision,
// so that two builds of the engine never publish two rankings under one name.
inline constexpr int kEngineRevision = 3;

// The points given to one unit for one criterion that count (assessment.h).
struct AssessedPoints {
  std::string unit;
  std::string criterion;
  Rational points;     // 0 to the criterion's maximum; more counts as the maximum, less as 0.
  Rational bonus = 0;  // 0 to the criterion's cap; likewise.
  Layer layer = Layer::kProvince;  // Whose they are…
  int raters = 1;                  // …and of how many they are the average: 1 but for kPeer.
};

// The derivation of one target's points.
struct TargetScore {
  const Target* target = nullptr;
  const Result* result = nullptr;  // Null when nothing was reported.
  Achievement achievement;
  bool counted =
      false;  // False: left out of the share-out (not assigned, excluded, not computable).
  Rational share_points;  // What the target could earn: the criterion's points / counted targets.
  // After the achievement's cap and the curve; before the criterion's rounding and maximum.
  Rational points;
  Rational bonus;       // Before the criterion's cap.
  bool capped = false;  // The achievement was above the cap.
};

struct CriterionScore {
  const Criterion* criterion = nullptr;
  bool assigned = false;     // False: it does not count for this unit (yet).
  bool voided = false;       // It counts for nobody any more.
  Rational assigned_points;  // Of the maximum, what counts for this unit.
  // Rounded where the scheme says. Never above the maximum: bonus is the only way beyond it.
  Rational points;
  Rational bonus;                            // After the criterion's own cap.
  std::vector<TargetScore> targets;          // Leaves with a TargetsRule.
  const AssessedPoints* assessed = nullptr;  // Leaves with an AssessedRule, once points were given.
  std::vector<CriterionScore> children;
};

struct UnitScore {
  const Member* member = nullptr;
  std::vector<CriterionScore> contents;
  Rational assigned_points;
  Rational points;
  Rational bonus;
  Rational total() const { return points + bonus; }
  // total / assigned_points; nothing when nothing is assigned to the unit.
  std::optional<Rational> share() const;
};

// One score a member, in the pact's order. Pointers refer to the arguments. A parent's bonus is the
// sum of its children's, cut at its own cap when that is above 0. A voided target is not there; a
// voided criterion, with all below it, is assigned to nobody and has no derivation. Results for
// unknown targets and assessments of unknown units or criteria are passed over. Of several results
// for one target the newest revision counts, of several assessments for one unit and criterion the
// last. Cost is linear in leaves and results.
std::vector<UnitScore> Score(const Pact& pact, const std::vector<Result>& results,
                             const std::vector<AssessedPoints>& assessed);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_SCORING_H_
