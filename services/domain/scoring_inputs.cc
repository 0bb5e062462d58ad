#include "services/domain/scoring_inputs.h"

#include <optional>

namespace thidua::domain {
namespace {

Rational Truth(bool holds) { return holds ? 1 : 0; }

}  // namespace

Value ScoringInputs::OfTargetName(FormulaSlot slot) const {
  const TargetFigure& figure = sheet_.figures->targets[target_];
  const PeriodFigures::Source& source = sheet_.figures->sources[target_];
  const bool measured = !figure.without_target && (figure.basis == AchievementBasis::kComputed ||
                                                   figure.basis == AchievementBasis::kStated);
  const bool missing = figure.basis == AchievementBasis::kNotReported;
  switch (slot) {
    case FormulaSlot::kAchievement:
    case FormulaSlot::kPercent:
      if (missing) return Rational(0);
      if (!measured) return std::nullopt;
      return slot == FormulaSlot::kPercent ? figure.share * 100 : figure.share;
    case FormulaSlot::kActual:
      if (source.result == nullptr || !source.result->actual.has_value()) return std::nullopt;
      return Rational(source.result->actual.value);
    case FormulaSlot::kTarget:
      if (!source.target->value.has_value()) return std::nullopt;
      return Rational(source.target->value.value);
    case FormulaSlot::kReported:
      return Truth(!missing);
    case FormulaSlot::kHasTarget:
      return Truth(source.target->value.has_value());
    case FormulaSlot::kReached: {
      if (missing) return Rational(0);
      if (!measured) return std::nullopt;
      const std::optional<bool> meets = MeetsTarget(*source.target, *source.result);
      return Truth(meets.value_or(
          figure.share > 1 ||
          (figure.share == 1 && source.result->stated_qualifier != Qualifier::kNearly)));
    }
    default:
      return sheet_.targets[target_].share_points;
  }
}

Value ScoringInputs::OfName(int number) const {
  const auto slot = static_cast<FormulaSlot>(number);
  switch (slot) {
    case FormulaSlot::kMaxPoints:
      return sheet_.plan->nodes()[node_].max_points;
    case FormulaSlot::kBonusCap:
      return sheet_.plan->nodes()[node_].bonus_cap;
    case FormulaSlot::kOwnPoints:
      return sheet_.At(node_, unit_).points;
    case FormulaSlot::kOwnBonus:
      return sheet_.At(node_, unit_).bonus;
    case FormulaSlot::kIsLeader:
      return Truth(sheet_.figures->roles[unit_] == Role::kLeader);
    case FormulaSlot::kIsDeputy:
      return Truth(sheet_.figures->roles[unit_] == Role::kDeputy);
    case FormulaSlot::kTotal:
      return sheet_.units[unit_].total();
    case FormulaSlot::kAssignedPoints:
      return sheet_.units[unit_].assigned_points;
    case FormulaSlot::kUnitPercent: {
      const UnitPoints& points = sheet_.units[unit_];
      if (points.assigned_points.is_zero()) return std::nullopt;
      return points.total() / points.assigned_points * 100;
    }
    default:
      return OfTargetName(slot);
  }
}

Value ScoringInputs::OfLookup(int number, int index) const {
  const auto slot = static_cast<FormulaSlot>(number);
  const auto at = static_cast<size_t>(index);
  const size_t units = sheet_.figures->units;
  switch (slot) {
    case FormulaSlot::kParam:
      return sheet_.figures->parameters[at * units + unit_];
    case FormulaSlot::kFigure: {
      const AssessedPoints* given = sheet_.figures->assessed[node_ * units + unit_];
      if (given != nullptr && at < given->figures.size() && given->figures[at].has_value()) {
        return given->figures[at];
      }
      const Criterion& criterion = *sheet_.plan->nodes()[node_].criterion;
      if (criterion.when_missing == WhenMissing::kAsNone) return Rational(0);
      return std::nullopt;
    }
    case FormulaSlot::kGiven: {
      const AssessedPoints* given = sheet_.figures->assessed[node_ * units + unit_];
      return given == nullptr ? std::nullopt : given->by_layer[at];
    }
    case FormulaSlot::kUnder: {
      const size_t node = sheet_.plan->Find(sheet_.figures->sources[target_].target->criterion);
      return Truth(at <= node && node < sheet_.plan->nodes()[at].end);
    }
    default:
      break;
  }
  const CriterionPoints points = sheet_.At(at, unit_);
  if (slot == FormulaSlot::kAssigned) return Truth(points.assigned);
  if (!points.assigned) return std::nullopt;
  if (slot == FormulaSlot::kPoints) return points.points;
  if (slot == FormulaSlot::kBonus) return points.bonus;
  if (points.assigned_points.is_zero()) return std::nullopt;
  return points.points / points.assigned_points * 100;
}

std::vector<ScoringInputs::Place> ScoringInputs::FindTargets() const {
  const std::vector<PlanNode>& nodes = sheet_.plan->nodes();
  const PeriodFigures& figures = *sheet_.figures;
  std::vector<Place> places;
  const size_t first = node_ == kNone ? 0 : node_;
  const size_t end = node_ == kNone ? nodes.size() : nodes[node_].end;
  for (size_t n = first; n < end; ++n) {
    const size_t at = n * figures.units + unit_;
    for (size_t t = figures.target_begin[at]; t < figures.target_begin[at + 1]; ++t) {
      if (figures.targets[t].counted) places.push_back({unit_, n, t});
    }
  }
  return places;
}

std::vector<ScoringInputs::Place> ScoringInputs::FindBloc() const {
  const PeriodFigures& figures = *sheet_.figures;
  std::vector<Place> places;
  for (size_t u = 0; u < figures.units; ++u) {
    if (target_ != kNone) {  // The targets of all units.
      const size_t at = node_ * figures.units + u;
      for (size_t t = figures.target_begin[at]; t < figures.target_begin[at + 1]; ++t) {
        if (figures.targets[t].counted) places.push_back({u, node_, t});
      }
    } else if (node_ != kNone ? !figures.excluded[node_ * figures.units + u]
                              : !sheet_.units[u].assigned_points.is_zero()) {
      places.push_back({u, node_, kNone});
    }
  }
  return places;
}

std::vector<ScoringInputs::Place> ScoringInputs::FindCriteria() const {
  const std::vector<PlanNode>& nodes = sheet_.plan->nodes();
  std::vector<Place> places;
  for (size_t n = 0; n < nodes.size(); ++n) {
    const bool is_assigned = sheet_.flags[n * sheet_.figures->units + unit_] != 0;
    if (nodes[n].is_leaf && is_assigned) places.push_back({unit_, n, kNone});
  }
  return places;
}

ScoringInputs::List& ScoringInputs::Found(FormulaSlot slot) const {
  List& list = slot == FormulaSlot::kTargets    ? targets_
               : slot == FormulaSlot::kCriteria ? criteria_
                                                : bloc_;
  if (!list.found) {
    list.places = slot == FormulaSlot::kTargets    ? FindTargets()
                  : slot == FormulaSlot::kCriteria ? FindCriteria()
                                                   : FindBloc();
    list.found = true;
  }
  return list;
}

size_t ScoringInputs::SizeOf(int list) const {
  return Found(static_cast<FormulaSlot>(list)).places.size();
}

const Inputs& ScoringInputs::ElementOf(int number, size_t index) const {
  List& list = Found(static_cast<FormulaSlot>(number));
  const Place& place = list.places[index];
  list.element.reset(new ScoringInputs(sheet_, place.unit, place.node, place.target));
  return *list.element;
}

}  // namespace thidua::domain
