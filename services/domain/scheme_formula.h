// The formulas of a scheme, compiled: what they may speak of, and in which order criteria are
// scored so that each finds what it names. The names are documented for officials in
// docs/schemes.md.
#ifndef THIDUA_SERVICES_DOMAIN_SCHEME_FORMULA_H_
#define THIDUA_SERVICES_DOMAIN_SCHEME_FORMULA_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "services/domain/expression.h"
#include "services/domain/fault.h"
#include "services/domain/scheme.h"

namespace thidua::domain {

// What names, lookups and lists stand for, whichever place a formula has.
enum class FormulaSlot {
  // Of a criterion: its maximum and cap (each_target: the target's share of the points).
  kMaxPoints,
  kBonusCap,
  kSharePoints,
  kOwnPoints,  // Among criteria: of each itself.
  kOwnBonus,
  // Of a target.
  kAchievement,  // 1 is the year's target; 0 when nothing was reported; absent: not computable.
  kPercent,      // × 100.
  kActual,       // The figure reported; absent: none.
  kTarget,       // The value registered; absent: none.
  kReported,
  kHasTarget,
  kReached,  // achievement ≥ 1, by the figures and their qualifiers.
  // Of a unit.
  kIsLeader,
  kIsDeputy,
  kTotal,        // Points and bonus.
  kUnitPercent,  // Of the assigned points.
  kAssignedPoints,
  // Lookups.
  kFigure,     // figure("phe-binh"): as given for the criterion; not given: 0 under kAsNone, else
               // absent.
  kGiven,      // given("bloc"): the points that one layer gave for the criterion.
  kPoints,     // points("noi-dung-1") of the unit; absent: not assigned.
  kBonus,      // bonus("noi-dung-1"); likewise.
  kPercentOf,  // percent_of("noi-dung-1"): points over what is assigned there, × 100.
  kAssigned,   // assigned("noi-dung-1")
  kUnder,      // under("noi-dung-1"): whether the target is registered there, or below.
  kParam,      // param("he-so")
  // Lists.
  // The unit's counted targets, under the criterion or all, in the order of the tree and then of
  // the
  // pact.
  kTargets,
  // The bloc's units to which the scheme assigns the criterion (whatever is known of them), or all
  // that have assigned points; in a formula of each target, the counted targets of all units under
  // the criterion. In the pact's order.
  kBloc,
  // The unit's assigned leaves when all is scored, in the order of the tree.
  kCriteria,
};

// A node's formulas; those that it has not, or that do not compile, are absent.
struct CriterionFormulas {
  std::optional<Expression> assigned_if;
  std::optional<Expression> points;
  std::optional<Expression> bonus;
  std::vector<std::optional<Expression>> limits;  // As many as the criterion's.
};

struct SchemeFormulas {
  // In the order of the tree: a parent, then what is below it. The order of all lookups by
  // criterion.
  std::vector<const Criterion*> criteria;
  std::vector<CriterionFormulas> of_criteria;
  // The criteria in an order in which each comes after its children and after those its formulas
  // name.
  std::vector<size_t> order;
  std::optional<Expression> ranking;
  std::vector<std::optional<Expression>> tie_keys;
  std::vector<std::optional<Expression>> classes;
};

// Faults with the paths of the contract ("contents[0].formula.points",
// "ranking.tie_keys[1].formula", "classes.classes[0].condition"): those of expression.h, and
// FORMULA_CYCLE where criteria name one another in a circle, or a limit names its own criterion,
// and RULE_UNREACHABLE of a formula that never has a value. Refers to the scheme.
SchemeFormulas CompileFormulas(const Scheme& scheme, std::vector<Fault>& faults);

// The figures that an assessment may give for a leaf; empty: points, or none at all.
std::vector<FigureDefinition> FiguresOf(const Criterion& criterion);

// Whether points or figures are given for the leaf by assessments.
bool IsAssessed(const Criterion& criterion);

// Whether targets are registered under the leaf.
bool TakesTargets(const Criterion& criterion);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_SCHEME_FORMULA_H_
