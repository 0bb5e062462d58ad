#include "services/domain/scoring.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace thidua::domain {
namespace {

bool CountsTowardsShareOut(const Achievement& achievement, StatedPercentPolicy stated) {
  switch (achievement.basis) {
    case AchievementBasis::kComputed:
    case AchievementBasis::kNotReported:  // Owed and not shown: it earns nothing, and still counts.
      return true;
    case AchievementBasis::kStated:
      return stated == StatedPercentPolicy::kAccept;
    case AchievementBasis::kNotAssigned:
    case AchievementBasis::kNotComputable:
      return false;
  }
  return false;
}

class Scorer {
 public:
  Scorer(const Pact& pact, const std::vector<Result>& results,
         const std::vector<AssessedPoints>& assessed)
      : pact_(pact),
        results_(NewestByTarget(results)),
        voided_(pact.voided_criteria.begin(), pact.voided_criteria.end()) {
    for (const Target& target : pact.targets) {
      if (target.kind != TargetKind::kScored || target.voided) continue;
      targets_[{target.unit, target.criterion}].push_back(&target);
    }
    for (const AssessedPoints& points : assessed) {
      assessed_[{points.unit, points.criterion}] = &points;
    }
  }

  UnitScore ScoreUnit(const Member& member) const {
    UnitScore unit;
    unit.member = &member;
    unit.contents.reserve(pact_.scheme.contents.size());
    for (const Criterion& content : pact_.scheme.contents) {
      const CriterionScore& score =
          unit.contents.emplace_back(ScoreCriterion(member.unit, content));
      unit.assigned_points += score.assigned_points;
      unit.points += score.points;
      unit.bonus += score.bonus;
    }
    return unit;
  }

 private:
  using UnitAndCriterion = std::pair<absl::string_view, absl::string_view>;

  CriterionScore ScoreCriterion(absl::string_view unit, const Criterion& criterion) const {
    CriterionScore score;
    score.criterion = &criterion;
    score.voided = voided_.contains(criterion.id);
    if (score.voided) return score;  // Nor does what is below it count.
    if (!criterion.children.empty()) {
      AddUpChildren(unit, criterion, score);
    } else if (const auto* targets = std::get_if<TargetsRule>(&criterion.rule)) {
      ScoreTargets(unit, criterion, *targets, score);
    } else if (std::holds_alternative<AssessedRule>(criterion.rule)) {
      TakeAssessment(unit, criterion, score);
    }
    return score;
  }

  void AddUpChildren(absl::string_view unit, const Criterion& criterion,
                     CriterionScore& score) const {
    score.children.reserve(criterion.children.size());
    for (const Criterion& child : criterion.children) {
      const CriterionScore& part = score.children.emplace_back(ScoreCriterion(unit, child));
      score.assigned = score.assigned || part.assigned;
      score.assigned_points += part.assigned_points;
      score.points += part.points;
      score.bonus += part.bonus;
    }
    if (criterion.bonus_cap > 0) score.bonus = std::min(score.bonus, Rational(criterion.bonus_cap));
  }

  void ScoreTargets(absl::string_view unit, const Criterion& criterion, const TargetsRule& rule,
                    CriterionScore& score) const {
    const auto registered = targets_.find(UnitAndCriterion(unit, criterion.id));
    if (registered == targets_.end()) return;
    int64_t counted = 0;
    score.targets.reserve(registered->second.size());
    for (const Target* target : registered->second) {
      TargetScore& one = score.targets.emplace_back();
      one.target = target;
      const auto reported = results_.find(target->id);
      one.result = reported == results_.end() ? nullptr : reported->second;
      one.achievement = AchievementOf(*target, one.result, rule.lower_is_better);
      one.counted = CountsTowardsShareOut(one.achievement, rule.stated_percent);
      counted += one.counted ? 1 : 0;
    }
    if (counted == 0) return;  // Nothing to share the points among: not this unit's criterion.

    score.assigned = true;
    score.assigned_points = criterion.max_points;
    const Rational share_points = score.assigned_points / counted;
    const Rational cap = Rational(rule.achievement_cap_percent) / 100;
    for (TargetScore& one : score.targets) {
      if (!one.counted) continue;
      one.share_points = share_points;
      if (one.achievement.basis == AchievementBasis::kNotReported) continue;
      const Rational& share = one.achievement.share;
      one.capped = share > cap;
      const Rational reached = std::min(share, cap);
      one.points =
          share_points * (rule.curve.has_value() ? EarnedBy(*rule.curve, reached) : reached);
      if (share > 1 && rule.bonus_per_percent_above > 0) {
        one.bonus = ((share - 1) * 100).Floor() * rule.bonus_per_percent_above;
      }
      score.points += one.points;
      score.bonus += one.bonus;
    }
    // With a cap above 100 % one target makes up for another; the criterion is never worth more
    // than its maximum. What goes beyond it is bonus alone.
    score.points = std::min(Rounded(score.points, criterion), score.assigned_points);
    score.bonus = std::min(score.bonus, Rational(criterion.bonus_cap));
  }

  // Once, after everything is summed up: parts that were rounded would not add up to the whole.
  static Rational Rounded(const Rational& points, const Criterion& criterion) {
    if (!criterion.rounding_digits.has_value()) return points;
    const std::optional<Decimal> rounded = points.RoundHalfUp(*criterion.rounding_digits);
    return rounded.has_value() ? Rational(*rounded) : points;
  }

  void TakeAssessment(absl::string_view unit, const Criterion& criterion,
                      CriterionScore& score) const {
    const auto given = assessed_.find(UnitAndCriterion(unit, criterion.id));
    if (given == assessed_.end()) return;
    score.assessed = given->second;
    score.assigned = true;
    score.assigned_points = criterion.max_points;
    score.points =
        std::clamp(Rounded(given->second->points, criterion), Rational(0), score.assigned_points);
    score.bonus = std::clamp(given->second->bonus, Rational(0),
                             std::max(Rational(0), Rational(criterion.bonus_cap)));
  }

  const Pact& pact_;
  absl::flat_hash_map<absl::string_view, const Result*> results_;
  absl::flat_hash_set<absl::string_view> voided_;
  absl::flat_hash_map<UnitAndCriterion, std::vector<const Target*>> targets_;
  absl::flat_hash_map<UnitAndCriterion, const AssessedPoints*> assessed_;
};

}  // namespace

std::optional<Rational> UnitScore::share() const {
  if (assigned_points.is_zero()) return std::nullopt;
  return total() / assigned_points;
}

std::vector<UnitScore> Score(const Pact& pact, const std::vector<Result>& results,
                             const std::vector<AssessedPoints>& assessed) {
  const Scorer scorer(pact, results, assessed);
  std::vector<UnitScore> scores;
  scores.reserve(pact.members.size());
  for (const Member& member : pact.members) scores.push_back(scorer.ScoreUnit(member));
  return scores;
}

}  // namespace thidua::domain
