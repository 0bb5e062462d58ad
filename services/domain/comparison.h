// Why points and ranks moved between two states of a bloc: mid-year and year, a final and what
// became of it, the present and what is only supposed.
//
//   const Comparison told = Compare({pact, results, given}, {pact, corrected, given}, true);
//   told.units[0].points_moves;    // they add up to what the unit gained or lost, exactly
//
// The causes are told apart by going from the one state to the other step by step, and scoring each
// step with the engine itself (docs/decisions/0023). Pure; thread-safe.
#ifndef THIDUA_SERVICES_DOMAIN_COMPARISON_H_
#define THIDUA_SERVICES_DOMAIN_COMPARISON_H_

#include <optional>
#include <string>
#include <vector>

#include "services/domain/assessment.h"
#include "services/domain/pact.h"
#include "services/domain/rational.h"
#include "services/domain/result.h"

namespace thidua::domain {

// One side. All must outlive what is told of it.
struct PeriodState {
  const Pact& pact;
  const std::vector<Result>& results;
  const std::vector<Assessment>& assessments;
};

// In the order of the steps.
enum class MoveCause {
  kScheme,      // Another scheme: rules, maxima, how units are ranked.
  kPact,        // Targets, members, roles, voided criteria.
  kOwnResult,   // The unit's figures: reported, or those of the later period.
  kCorrection,  // A later revision of a figure that was there.
  kAssessment,  // Points given to the unit.
  kOthers,      // Ranks only: the points of others moved.
  kBloc,        // The unit's own points moved with the figures of others: the bloc's best, places.
};

struct PointsMove {
  MoveCause cause = MoveCause::kScheme;
  std::string content;  // Of either scheme.
  Rational points;      // Points and bonus; never 0.
};

struct RankMove {
  MoveCause cause = MoveCause::kScheme;
  int places = 0;  // Above 0: up. Never 0.
};

struct UnitPlace {
  int rank = 0;  // 0: not ranked.
  Rational points, bonus, assigned_points;
  Rational total() const { return points + bonus; }
};

// A figure that is not what it was.
struct FigureChange {
  const Target* target = nullptr;
  const Result* before = nullptr;  // Null: there was none…
  const Result* after = nullptr;   // …there is none any more.
  bool is_correction = false;
};

struct UnitComparison {
  std::string unit;
  std::optional<UnitPlace> before, after;  // Nothing: no member on that side.
  // By cause, then by content. They add up to the whole difference of points and bonus; a unit that
  // is no member has 0.
  std::vector<PointsMove> points_moves;
  // They add up to rank before − rank after. None unless ranked on both sides.
  std::vector<RankMove> rank_moves;
  // Units that were ahead and are no longer; units that are ahead and were not. In the order of the
  // pact after, then before. None unless ranked on both sides.
  std::vector<std::string> passed, passed_by;
  std::vector<FigureChange> figure_changes;  // In the order of the pacts' targets.
};

// The best of the bloc by which others are measured, where it is another one or another size.
struct BestMove {
  struct Best {
    std::string unit;  // The first in the pact's order.
    Rational share;    // Of its target.
  };
  std::string criterion;
  std::optional<Best> before, after;  // Nothing: none has reported anything.
};

struct Comparison {
  std::vector<UnitComparison> units;  // In the order of the pact after; then those who left.
  std::vector<BestMove> best_moves;   // In the order of the scheme after.
};

// `same_period`: both are states of one period, so that a greater revision corrects a smaller one.
// In two periods each has its own.
Comparison Compare(const PeriodState& before, const PeriodState& after, bool same_period);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_COMPARISON_H_
