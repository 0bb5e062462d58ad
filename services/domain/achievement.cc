#include "services/domain/achievement.h"

#include <algorithm>
#include <variant>

namespace thidua::domain {
namespace {

// Nothing when no share can be worked out from the two figures.
std::optional<Rational> ComputedShare(Direction direction, const Decimal& actual,
                                      const Decimal& target, LowerIsBetterFormula formula) {
  if (target.is_negative()) return std::nullopt;
  const Rational figure = actual.is_negative() ? Rational(0) : Rational(actual);
  if (direction == Direction::kHigherIsBetter) {
    if (target.is_zero()) return std::nullopt;
    return figure / target;
  }
  if (target.is_zero()) return Rational(figure.is_zero() ? 1 : 0);
  if (figure.is_zero()) return Rational(2);
  if (formula == LowerIsBetterFormula::kTargetOverActual) return Rational(target) / figure;
  return std::max(Rational(0), Rational(2) - figure / target);
}

}  // namespace

Achievement AchievementOf(const Target& target, const Result* result,
                          LowerIsBetterFormula formula) {
  if (target.value.state == QuantityState::kNotAssigned) {
    return {AchievementBasis::kNotAssigned, {}};
  }
  if (result == nullptr) return {AchievementBasis::kNotReported, {}};
  const Quantity& actual = result->actual;
  if (actual.state == QuantityState::kNotAssigned) return {AchievementBasis::kNotAssigned, {}};

  if (actual.has_value() && target.value.has_value()) {
    const std::optional<Rational> share =
        ComputedShare(target.direction, actual.value, target.value.value, formula);
    if (!share.has_value()) return {AchievementBasis::kNotComputable, {}};
    return {AchievementBasis::kComputed, *share};
  }
  if (result->stated_percent.has_value()) {
    const Rational percent = *result->stated_percent;
    // No source says which way a unit works out its percentage when lower is better: 120 % may be a
    // fifth better or a fifth worse. 100 % is the target either way.
    if (target.direction == Direction::kLowerIsBetter && percent != Rational(100)) {
      return {AchievementBasis::kNotComputable, {}};
    }
    return {AchievementBasis::kStated, std::max(Rational(0), percent / 100)};
  }
  if (actual.state == QuantityState::kNotReported) return {AchievementBasis::kNotReported, {}};
  return {AchievementBasis::kNotComputable, {}};
}

bool IsZeroOverWhichNothingGoes(const Target& target, const Result* result,
                                LowerIsBetterFormula formula) {
  return formula == LowerIsBetterFormula::kTargetOverActual &&
         target.direction == Direction::kLowerIsBetter && result != nullptr &&
         result->actual.has_value() && result->actual.value <= 0 && target.value.has_value() &&
         target.value.value > 0;
}

LowerIsBetterFormula FormulaOf(const Pact& pact, const Target& target) {
  const Criterion* criterion =
      target.criterion.empty() ? nullptr : FindCriterion(pact.scheme, target.criterion);
  if (criterion == nullptr) return LowerIsBetterFormula::kTargetOverActual;
  if (const auto* formula = std::get_if<FormulaRule>(&criterion->rule)) {
    return formula->lower_is_better;
  }
  const auto* rule = std::get_if<TargetsRule>(&criterion->rule);
  return rule == nullptr ? LowerIsBetterFormula::kTargetOverActual : rule->lower_is_better;
}

std::optional<bool> MeetsTarget(const Target& target, const Result& result) {
  if (!target.value.has_value() || !result.actual.has_value()) return std::nullopt;
  const Decimal& actual = result.actual.value;
  const Decimal& wanted = target.value.value;
  if (actual == wanted) {
    // "gần 35.000" is less than 35.000, and "trên 13,1" more than 13,1.
    return result.actual.qualifier != (target.direction == Direction::kHigherIsBetter
                                           ? Qualifier::kNearly
                                           : Qualifier::kAtLeast);
  }
  return target.direction == Direction::kHigherIsBetter ? actual > wanted : actual < wanted;
}

}  // namespace thidua::domain
