#include "services/scoring/ranking_message.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/messages/instant.h"
#include "services/messages/resource_names.h"
#include "services/scoring/number_wording.h"
#include "services/scoring/wording.h"

namespace thidua::scoring {
namespace {

v1::ContentScore ContentMessage(const domain::CriterionScore& score) {
  v1::ContentScore message;
  message.set_criterion_id(score.criterion->id);
  message.set_display_name(score.criterion->name);
  message.set_assigned(score.assigned);
  message.set_points(MachineShort(score.points));
  message.set_bonus(MachineShort(score.bonus));
  message.set_max_points(score.criterion->max_points.ToString());
  message.set_exact_points(MachineExact(score.points));
  message.set_exact_bonus(MachineExact(score.bonus));
  return message;
}

registry::v1::RankingRule::Key KeyMessage(domain::RankingKey key) {
  switch (key) {
    case domain::RankingKey::kPoints:
      return registry::v1::RankingRule::KEY_POINTS;
    case domain::RankingKey::kPercentOfAssigned:
      return registry::v1::RankingRule::KEY_PERCENT_OF_ASSIGNED;
    case domain::RankingKey::kCappedPoints:
      return registry::v1::RankingRule::KEY_CAPPED_POINTS;
    case domain::RankingKey::kFormula:
      return registry::v1::RankingRule::KEY_FORMULA;
  }
  return registry::v1::RankingRule::KEY_UNSPECIFIED;
}

void SetExact(const domain::Place& place, const domain::Rational& unit_of_key,
              v1::RankingRow& row) {
  const domain::UnitScore& score = *place.score;
  v1::RankingExact exact;
  exact.set_points(MachineExact(score.points));
  exact.set_bonus(MachineExact(score.bonus));
  exact.set_total(MachineExact(score.total()));
  if (const std::optional<domain::Rational> share = score.share(); share.has_value()) {
    exact.set_percent_of_assigned(MachineExact(*share * 100));
  }
  exact.set_assigned_points(MachineExact(score.assigned_points));
  exact.set_ranked_by(MachineExact(place.key * unit_of_key));
  exact.set_margin_to_next(MachineExact(place.margin_to_next * unit_of_key));
  if (exact.ByteSizeLong() > 0) *row.mutable_exact() = std::move(exact);
}

}  // namespace

v1::Ranking RankingMessage(const Standing& standing, absl::Time compute_time) {
  const results::v1::PeriodInputs& inputs = standing.received.inputs;
  const domain::Scheme& scheme = standing.pact.scheme;
  const domain::Rational unit_of_key =
      scheme.ranking.key == domain::RankingKey::kPercentOfAssigned ? 100 : 1;
  v1::Ranking ranking;
  ranking.set_name(absl::StrCat(inputs.name(), "/ranking"));
  ranking.set_bloc_display_name(inputs.pact().bloc_display_name());
  ranking.set_period_display_name(standing.period->name);
  ranking.set_state(v1::Ranking::STATE_PROVISIONAL);
  ranking.set_revision(RevisionOf(standing.received, standing.finality.number));
  ranking.set_pact_version(inputs.pact().version());
  ranking.set_period_version(inputs.version());
  ranking.set_scheme(inputs.pact().scheme());
  *ranking.mutable_data_time() = inputs.data_time();
  *ranking.mutable_compute_time() = messages::InstantMessage(compute_time);
  ranking.set_key(KeyMessage(scheme.ranking.key));
  for (size_t i = 0; i < standing.places.size(); ++i) {
    const domain::Place& place = standing.places[i];
    const domain::UnitScore& score = *place.score;
    v1::RankingRow& row = *ranking.add_rows();
    row.set_rank(place.rank);
    row.set_shared(place.shared);
    row.set_unit(messages::UnitName(score.member->unit));
    row.set_unit_display_name(score.member->display_name);
    row.set_points(MachineShort(score.points));
    row.set_bonus(MachineShort(score.bonus));
    row.set_total(MachineShort(score.total()));
    row.set_assigned_points(MachineShort(score.assigned_points));
    if (const std::optional<domain::Rational> share = score.share(); share.has_value()) {
      row.set_percent_of_assigned(MachineShort(*share * 100));
    }
    for (const domain::CriterionScore& content : score.contents) {
      *row.add_contents() = ContentMessage(content);
    }
    row.set_reason(PlaceSentence(scheme, standing.places, i));
    if (place.decided_by.has_value()) {
      const domain::TieKey& key = scheme.ranking.tie_keys[*place.decided_by];
      registry::v1::TieKey& decided_by = *row.mutable_decided_by();
      if (key.formula.empty()) {
        decided_by.set_criterion_id(key.criterion);
      } else {
        decided_by.set_formula(key.formula);
        decided_by.set_display_name(key.name);
      }
      decided_by.set_less_is_better(key.less_is_better);
      row.set_decided_by_name(TieKeyName(scheme, key));
    }
    row.set_margin_to_next(MachineShort(place.margin_to_next * unit_of_key));
    if (place.rank > 0) row.set_ranked_by(MachineShort(place.key * unit_of_key));
    if (const domain::ClassRule* of_unit = domain::ClassOf(standing.scored->sheet(), place.unit);
        of_unit != nullptr && place.rank > 0) {
      row.set_class_id(of_unit->id);
      row.set_class_display_name(of_unit->name);
    }
    SetExact(place, unit_of_key, row);
  }
  for (const std::string& note : RankingNotes(standing.pact, standing.scored->units())) {
    ranking.add_notes(note);
  }
  return ranking;
}

}  // namespace thidua::scoring
