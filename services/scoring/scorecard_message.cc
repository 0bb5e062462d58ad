#include "services/scoring/scorecard_message.h"

#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"
#include "services/messages/assessment.h"
#include "services/messages/resource_names.h"
#include "services/scoring/wording.h"

namespace thidua::scoring {
namespace {

v1::TargetScore TargetMessage(const Standing& standing, const domain::TargetScore& score,
                              const domain::TargetsRule& rule) {
  v1::TargetScore message;
  *message.mutable_target() = *standing.target_messages.at(score.target);
  if (score.result != nullptr) {
    *message.mutable_result() = *standing.result_messages.at(score.result);
  }
  message.set_basis(BasisMessage(score.achievement.basis));
  if (score.achievement.basis == domain::AchievementBasis::kComputed ||
      score.achievement.basis == domain::AchievementBasis::kStated) {
    message.set_achievement_percent(MachineShort(score.achievement.share * 100));
  }
  message.set_counted(score.counted);
  message.set_share_points(MachineShort(score.share_points));
  message.set_points(MachineShort(score.points));
  message.set_bonus(MachineShort(score.bonus));
  message.set_derivation(DerivationSentence(score, rule));
  return message;
}

v1::AssessmentScore AssessmentScoreMessage(const domain::CriterionScore& score) {
  v1::AssessmentScore message;
  message.set_layer(messages::LayerMessage(score.assessed->layer));
  message.set_raters(score.assessed->raters);
  message.set_points(MachineShort(score.assessed->points));
  message.set_bonus(MachineShort(score.assessed->bonus));
  message.set_derivation(AssessmentSentence(score));
  return message;
}

v1::CriterionScore CriterionMessage(const Standing& standing, const domain::CriterionScore& score) {
  v1::CriterionScore message;
  message.set_criterion_id(score.criterion->id);
  message.set_display_name(score.criterion->name);
  message.set_clause(score.criterion->clause);
  message.set_assigned(score.assigned);
  message.set_max_points(score.criterion->max_points.ToString());
  message.set_assigned_points(MachineShort(score.assigned_points));
  message.set_points(MachineShort(score.points));
  message.set_bonus(MachineShort(score.bonus));
  if (const auto* rule = std::get_if<domain::TargetsRule>(&score.criterion->rule)) {
    for (const domain::TargetScore& target : score.targets) {
      *message.add_targets() = TargetMessage(standing, target, *rule);
    }
  }
  if (score.assessed != nullptr) *message.mutable_assessment() = AssessmentScoreMessage(score);
  for (const domain::CriterionScore& child : score.children) {
    *message.add_children() = CriterionMessage(standing, child);
  }
  message.set_note(CriterionSentence(standing.pact.scheme, score));
  return message;
}

}  // namespace

v1::AchievementBasis BasisMessage(domain::AchievementBasis basis) {
  switch (basis) {
    case domain::AchievementBasis::kComputed:
      return v1::ACHIEVEMENT_BASIS_COMPUTED;
    case domain::AchievementBasis::kStated:
      return v1::ACHIEVEMENT_BASIS_STATED;
    case domain::AchievementBasis::kNotReported:
      return v1::ACHIEVEMENT_BASIS_NOT_REPORTED;
    case domain::AchievementBasis::kNotAssigned:
      return v1::ACHIEVEMENT_BASIS_NOT_ASSIGNED;
    case domain::AchievementBasis::kNotComputable:
      return v1::ACHIEVEMENT_BASIS_NOT_COMPUTABLE;
  }
  return v1::ACHIEVEMENT_BASIS_UNSPECIFIED;
}

std::optional<v1::Scorecard> ScorecardMessage(const Standing& standing, absl::string_view unit) {
  const auto place =
      std::find_if(standing.places.begin(), standing.places.end(),
                   [&](const domain::Place& p) { return p.score->member->unit == unit; });
  if (place == standing.places.end()) return std::nullopt;
  const domain::UnitScore& score = *place->score;
  v1::Scorecard card;
  card.set_name(absl::StrCat(standing.received.inputs.name(), "/scorecards/", score.member->unit));
  card.set_unit_display_name(score.member->display_name);
  card.set_rank(place->rank);
  card.set_revision(standing.ranking.revision());
  card.set_points(MachineShort(score.points));
  card.set_bonus(MachineShort(score.bonus));
  card.set_total(MachineShort(score.total()));
  card.set_assigned_points(MachineShort(score.assigned_points));
  if (const std::optional<domain::Rational> share = score.share(); share.has_value()) {
    card.set_percent_of_assigned(MachineShort(*share * 100));
  }
  for (const domain::CriterionScore& content : score.contents) {
    *card.add_contents() = CriterionMessage(standing, content);
  }
  return card;
}

}  // namespace thidua::scoring
