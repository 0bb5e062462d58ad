#include "services/domain/review.h"

namespace thidua::domain {
namespace {

bool HasPace(const Target& target) {
  return target.accumulation != Accumulation::kRate &&
         target.direction == Direction::kHigherIsBetter;
}

Standing StandingOf(const Target& target, bool reached, const Rational& share,
                    const Rational& pace) {
  if (reached) return Standing::kReached;
  return HasPace(target) && share >= pace ? Standing::kOnPace : Standing::kBehind;
}

ReviewLine LineOf(const Target& target, const Result* result, LowerIsBetterFormula formula,
                  const Rational& pace) {
  ReviewLine line;
  line.target = &target;
  line.result = result;
  line.achievement = AchievementOf(target, result, formula);
  if (target.voided) {
    line.standing = Standing::kVoided;
    return line;
  }
  if (target.kind == TargetKind::kInformational) {
    line.standing = Standing::kInformational;
    return line;
  }
  const Rational& share = line.achievement.share;
  switch (line.achievement.basis) {
    case AchievementBasis::kComputed:
      line.standing = StandingOf(target, MeetsTarget(target, *result).value_or(false), share, pace);
      break;
    case AchievementBasis::kStated:
      line.standing = Standing::kNotComputable;
      line.standing_as_stated = StandingOf(
          target, share > 1 || (share == 1 && result->stated_qualifier != Qualifier::kNearly),
          share, pace);
      break;
    case AchievementBasis::kNotReported:
      line.standing = Standing::kNotReported;
      break;
    case AchievementBasis::kNotAssigned:
      line.standing = Standing::kNotAssigned;
      break;
    case AchievementBasis::kNotComputable:
      line.standing = Standing::kNotComputable;
      break;
  }
  return line;
}

// What is due and what is missing, of a target that is asked for.
void AddMissing(const Period& period, ReviewLine& line) {
  const Target& target = *line.target;
  if (target.voided || target.kind != TargetKind::kScored || !target.value.has_value() ||
      line.standing == Standing::kNotAssigned) {
    return;
  }
  const Rational wanted = target.value.value;
  if (HasPace(target)) line.due_now = wanted * PaceOf(target, period);
  const bool is_open = line.standing == Standing::kOnPace || line.standing == Standing::kBehind;
  if (!is_open || line.result == nullptr || !line.result->actual.has_value()) return;
  const Rational there = line.result->actual.value;
  line.missing_total =
      target.direction == Direction::kHigherIsBetter ? wanted - there : there - wanted;
  const int months = MonthsLeft(period);
  if (HasPace(target) && months > 0) line.missing_per_month = *line.missing_total / months;
}

}  // namespace

int MonthsLeft(const Period& period) {
  constexpr int kMonths = 12;
  return period.through_month == 0 ? 0 : kMonths - period.through_month;
}

std::vector<ReviewLine> Review(const Pact& pact, const Period& period,
                               const std::vector<Result>& results) {
  const auto newest = NewestByTarget(results);
  std::vector<ReviewLine> lines;
  lines.reserve(pact.targets.size());
  for (const Target& target : pact.targets) {
    const auto found = newest.find(target.id);
    const Result* result = found == newest.end() ? nullptr : found->second;
    lines.push_back(LineOf(target, result, FormulaOf(pact, target), PaceOf(target, period)));
    AddMissing(period, lines.back());
  }
  return lines;
}

}  // namespace thidua::domain
