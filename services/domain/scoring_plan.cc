#include "services/domain/scoring_plan.h"

#include <optional>
#include <variant>

namespace thidua::domain {
namespace {

SchemeFormulas CompileAll(const Scheme& scheme) {
  std::vector<Fault> faults;  // ValidateScheme's to tell.
  return CompileFormulas(scheme, faults);
}

// Nothing but proportion, and no number that could run over.
ProRata ProRataOf(const Criterion& criterion, const TargetsRule& rule) {
  ProRata terms;
  if (rule.curve.has_value() || rule.best_in_bloc.has_value() || !rule.steps.empty() ||
      rule.each_rounding.has_value() || !rule.bonus_per_percent_above.is_zero() ||
      rule.achievement_cap_percent != 100 || !criterion.limits.empty()) {
    return terms;
  }
  if (!criterion.rounding.has_value() || criterion.rounding->mode != RoundingMode::kHalfUp ||
      criterion.rounding->step.coefficient() != 1 || criterion.min_points.has_value()) {
    return terms;
  }
  const Rational steps_per_point = Rational(1) / criterion.rounding->step;
  const Rational max_steps = Rational(criterion.max_points) * steps_per_point;
  const std::optional<Decimal> steps = max_steps.RoundHalfUp(0);
  if (!steps.has_value() || max_steps != Rational(*steps)) return terms;
  terms.steps_per_point = steps_per_point.RoundHalfUp(0)->coefficient();
  terms.max_steps = steps->coefficient();
  terms.possible = true;
  return terms;
}

}  // namespace

ScoringPlan::ScoringPlan(const Scheme& scheme) : scheme_(&scheme), formulas_(CompileAll(scheme)) {
  nodes_.reserve(formulas_.criteria.size());
  Add(scheme.contents, nodes_.size());
  for (size_t i = 0; i < nodes_.size(); ++i) places_.emplace(nodes_[i].criterion->id, i);
}

void ScoringPlan::Add(const std::vector<Criterion>& criteria, size_t parent) {
  const bool are_contents = &criteria == &scheme_->contents;
  for (const Criterion& criterion : criteria) {
    const size_t at = nodes_.size();
    PlanNode& node = nodes_.emplace_back();
    node.criterion = &criterion;
    node.parent = are_contents ? at : parent;
    node.is_content = are_contents;
    node.children = criterion.children.size();
    node.is_leaf = criterion.children.empty();
    node.max_points = criterion.max_points;
    node.bonus_cap = criterion.bonus_cap;
    node.has_min = node.is_leaf || criterion.min_points.has_value();
    node.min_points = criterion.min_points.value_or(0);
    if (const auto* rule = std::get_if<TargetsRule>(&criterion.rule)) {
      node.achievement_cap = Rational(rule->achievement_cap_percent) / 100;
      node.pro_rata = ProRataOf(criterion, *rule);
    }
    Add(criterion.children, at);
    nodes_[at].end = nodes_.size();
    AlignSteps(at);
  }
}

void ScoringPlan::AlignSteps(size_t parent) {
  ProRata& all = nodes_[parent].pro_rata;
  for (size_t child = parent + 1; child < nodes_[parent].end; child = nodes_[child].end) {
    ProRata& one = nodes_[child].pro_rata;
    if (!one.possible) continue;
    if (all.max_steps == 0) all.steps_per_point = one.steps_per_point;
    int64_t sum = 0;
    one.possible = one.steps_per_point == all.steps_per_point &&
                   !__builtin_add_overflow(all.max_steps, one.max_steps, &sum);
    if (one.possible) all.max_steps = sum;
  }
}

size_t ScoringPlan::Find(absl::string_view criterion) const {
  const auto found = places_.find(criterion);
  return found == places_.end() ? nodes_.size() : found->second;
}

}  // namespace thidua::domain
