// From results to points: one pass over a scheme's leaves for all units of a bloc, exact.
//
//   const PeriodScore scored(pact, results, CountingPoints(pact, assessments));
//   scored.units()[0].total();                       // with the whole derivation below it
//   Rank(scored.sheet());                            // ranking.h
//
// The unit of computation is one bloc and one period: what is measured by the bloc's best changes
// with any unit's figure. The sheet holds the numbers, flat; a derivation is the same numbers as a
// tree, for whoever explains them.
#ifndef THIDUA_SERVICES_DOMAIN_SCORING_H_
#define THIDUA_SERVICES_DOMAIN_SCORING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/domain/achievement.h"
#include "services/domain/assessment_layer.h"
#include "services/domain/period_figures.h"
#include "services/domain/rational.h"
#include "services/domain/scoring_plan.h"

namespace thidua::domain {

// Raised whenever the same inputs may give other points than before: part of a ranking's revision,
// so that two builds of the engine never publish two rankings under one name.
inline constexpr int kEngineRevision = 5;

// One criterion's points for one unit.
struct CriterionPoints {
  bool assigned = false;     // False: it does not count for this unit (yet).
  bool by_default = false;   // Nothing was given, and the scheme says what that is worth.
  uint16_t limits = 0;       // Which of the criterion's limits hold, a bit each.
  uint16_t place = 0;        // PlacesRule: the place that the points are for; 0: none.
  Rational assigned_points;  // Of the maximum, what counts for this unit.
  // Rounded where the scheme says. Never above what is assigned: bonus is the only way beyond it.
  Rational points;
  Rational bonus;  // After the criterion's own cap.
  // Before rounding, the maximum and the least, limits and the bonus cap. Where what is beyond the
  // maximum is bonus, it is so here already: points are rounded without it.
  Rational raw_points;
  Rational raw_bonus;
};

// One target's.
struct TargetPoints {
  Rational share_points;  // What the target could earn: the criterion's points / counted targets.
  // After the achievement's cap and the curve; before the criterion's rounding and maximum.
  Rational points;
  Rational bonus;       // Before the criterion's cap.
  bool capped = false;  // The achievement was above the cap.
};

struct UnitPoints {
  Rational assigned_points;
  Rational points;
  Rational bonus;
  Rational total() const { return points + bonus; }
};

// The numbers of one bloc and period. Refers to the plan and the figures. All by node × unit, but
// where it is said otherwise; what derivations alone need is there only in a detailed sheet.
struct ScoreSheet {
  const ScoringPlan* plan = nullptr;
  const PeriodFigures* figures = nullptr;
  bool detailed = false;
  // What is there: points are meaningful with kAssigned only, bonus with kHasBonus only; the
  // assigned points are those of parents, a leaf's are its maximum. At() puts it together.
  static constexpr uint8_t kAssigned = 1, kHasBonus = 2;
  std::vector<uint8_t> flags;
  std::vector<Rational> assigned_points;
  std::vector<Rational> points;
  std::vector<Rational> bonus;
  std::vector<UnitPoints> units;  // By unit.
  // Working memory. Of the children of a parent that have lanes: their points, in steps…
  std::vector<int64_t> lane_steps;
  // …and by node what they assign to each unit, in steps, and how many they are.
  struct LaneSum {
    int64_t max_steps = 0;
    size_t number = 0;
  };
  std::vector<LaneSum> lane_sums;

  // Detailed only.
  struct Detail {
    bool by_default = false;
    uint16_t limits = 0;
    uint16_t place = 0;
    Rational raw_points;
    Rational raw_bonus;
  };
  std::vector<Detail> details;
  // As the figures have them. Complete in a detailed sheet only; of a target whose criterion has
  // points only as a whole: nothing.
  std::vector<TargetPoints> targets;

  CriterionPoints At(size_t node, size_t unit) const;
};

// Fills the sheet; one that is used again brings its memory with it. A parent's bonus is the sum of
// its children's, cut at its own cap when that is above 0. Cost is linear in leaves and targets,
// but for places and formulas of the bloc, which sort the units.
//
// A ranking needs the numbers alone; for derivations the sheet is filled in detail. Both come to
// the same numbers.
enum class SheetDetail { kNumbers, kDerivations };
void FillSheet(const ScoringPlan& plan, const PeriodFigures& figures, SheetDetail detail,
               ScoreSheet& sheet);

// The derivation of one target's points.
struct TargetScore {
  const Target* target = nullptr;
  const Result* result = nullptr;  // Null when nothing was reported.
  Achievement achievement;
  bool counted =
      false;  // False: left out of the share-out (not assigned, excluded, not computable).
  bool without_target = false;  // Measured against the highest figure of those without a target.
  Rational share_points;
  Rational points;
  Rational bonus;
  bool capped = false;
};

struct CriterionScore {
  const Criterion* criterion = nullptr;
  bool voided = false;    // It counts for nobody any more.
  bool excluded = false;  // The scheme does not assign it to this unit.
  CriterionPoints numbers;
  bool assigned = false;
  Rational assigned_points;
  Rational points;
  Rational bonus;
  std::vector<TargetScore> targets;          // Leaves with targets.
  const AssessedPoints* assessed = nullptr;  // Assessed leaves, once something was given.
  std::vector<CriterionScore> children;      // Of a voided criterion: none.
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

// Everything of one bloc and period, scored. Refers to the pact, the results and the assessments;
// does not move, for its parts refer to one another.
class PeriodScore {
 public:
  PeriodScore(const Pact& pact, const std::vector<Result>& results,
              const std::vector<AssessedPoints>& assessed);
  PeriodScore(const PeriodScore&) = delete;
  PeriodScore& operator=(const PeriodScore&) = delete;

  const ScoreSheet& sheet() const { return sheet_; }
  // One a member, in the pact's order.
  const std::vector<UnitScore>& units() const { return units_; }

 private:
  const ScoringPlan plan_;
  const PeriodFigures figures_;
  ScoreSheet sheet_;
  std::vector<UnitScore> units_;
};

// What a formula over a unit is asked for after all criteria are scored: for ranking, tie keys and
// classes. Refers to the sheet.
Value OfUnit(const Expression& formula, const ScoreSheet& sheet, size_t unit);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_SCORING_H_
