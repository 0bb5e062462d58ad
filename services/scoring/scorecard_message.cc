#include "services/scoring/scorecard_message.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "services/domain/scheme_formula.h"
#include "services/messages/assessment.h"
#include "services/messages/resource_names.h"
#include "services/scoring/criterion_wording.h"
#include "services/scoring/explanation.h"
#include "services/scoring/number_wording.h"
#include "services/scoring/rule_wording.h"
#include "services/scoring/scorecard_text.h"
#include "services/scoring/target_wording.h"

namespace thidua::scoring {
namespace {

using domain::Rational;

v1::Amount AmountMessage(const Rational& value) {
  v1::Amount amount;
  amount.set_decimal(MachineShort(value));
  amount.set_exact(MachineExact(value));
  return amount;
}

// Left out where it would say nothing.
template <typename Message>
void SetExact(v1::ScorecardExact exact, Message& message) {
  if (exact.ByteSizeLong() > 0) *message.mutable_exact() = std::move(exact);
}

v1::RuleKind KindMessage(const domain::Criterion& criterion) {
  if (!criterion.children.empty()) {
    return criterion.highest_child_only ? v1::RULE_KIND_HIGHEST_CHILD : v1::RULE_KIND_SUM;
  }
  struct {
    v1::RuleKind operator()(const std::monostate&) { return v1::RULE_KIND_UNSPECIFIED; }
    v1::RuleKind operator()(const domain::TargetsRule&) { return v1::RULE_KIND_TARGETS; }
    v1::RuleKind operator()(const domain::AssessedRule&) { return v1::RULE_KIND_ASSESSED; }
    v1::RuleKind operator()(const domain::PassFailRule&) { return v1::RULE_KIND_PASS_FAIL; }
    v1::RuleKind operator()(const domain::EventsRule&) { return v1::RULE_KIND_EVENTS; }
    v1::RuleKind operator()(const domain::PlacesRule&) { return v1::RULE_KIND_PLACES; }
    v1::RuleKind operator()(const domain::RolesRule&) { return v1::RULE_KIND_ROLES; }
    v1::RuleKind operator()(const domain::FormulaRule&) { return v1::RULE_KIND_FORMULA; }
  } kind;
  return std::visit(kind, criterion.rule);
}

v1::Adjustment::Kind KindMessage(Adjustment::Kind kind) {
  switch (kind) {
    case Adjustment::Kind::kVoided:
      return v1::Adjustment::KIND_VOIDED;
    case Adjustment::Kind::kExcluded:
      return v1::Adjustment::KIND_EXCLUDED;
    case Adjustment::Kind::kLeftOut:
      return v1::Adjustment::KIND_LEFT_OUT;
    case Adjustment::Kind::kByDefault:
      return v1::Adjustment::KIND_BY_DEFAULT;
    case Adjustment::Kind::kRunOverToBonus:
      return v1::Adjustment::KIND_RUN_OVER_TO_BONUS;
    case Adjustment::Kind::kRounded:
      return v1::Adjustment::KIND_ROUNDED;
    case Adjustment::Kind::kCutAtMaximum:
      return v1::Adjustment::KIND_CUT_AT_MAXIMUM;
    case Adjustment::Kind::kRaisedToMinimum:
      return v1::Adjustment::KIND_RAISED_TO_MINIMUM;
    case Adjustment::Kind::kBonusCut:
      return v1::Adjustment::KIND_BONUS_CUT;
    case Adjustment::Kind::kLimited:
      return v1::Adjustment::KIND_LIMITED;
  }
  return v1::Adjustment::KIND_UNSPECIFIED;
}

void SetRounding(const domain::Rounding& rounding, v1::Adjustment& message) {
  message.set_rounding_step(rounding.step.ToString());
  switch (rounding.mode) {
    case domain::RoundingMode::kHalfUp:
      message.set_rounding_mode(v1::Adjustment::ROUNDING_MODE_HALF_UP);
      break;
    case domain::RoundingMode::kHalfEven:
      message.set_rounding_mode(v1::Adjustment::ROUNDING_MODE_HALF_EVEN);
      break;
    case domain::RoundingMode::kDown:
      message.set_rounding_mode(v1::Adjustment::ROUNDING_MODE_DOWN);
      break;
    case domain::RoundingMode::kUp:
      message.set_rounding_mode(v1::Adjustment::ROUNDING_MODE_UP);
      break;
  }
}

v1::Adjustment AdjustmentMessage(const Spot& spot, const Adjustment& adjustment) {
  v1::Adjustment message;
  message.set_kind(KindMessage(adjustment.kind));
  if (adjustment.points.has_value()) {
    *message.mutable_before() = AmountMessage(adjustment.points->before);
    *message.mutable_after() = AmountMessage(adjustment.points->after);
  }
  if (adjustment.bonus.has_value()) {
    *message.mutable_bonus_before() = AmountMessage(adjustment.bonus->before);
    *message.mutable_bonus_after() = AmountMessage(adjustment.bonus->after);
  }
  message.set_sentence(AdjustmentSentence(spot, adjustment));
  if (adjustment.rounding != nullptr) SetRounding(*adjustment.rounding, message);
  return message;
}

v1::FormulaInput InputMessage(const FormulaInput& input) {
  v1::FormulaInput message;
  message.set_name(input.name);
  message.set_display_name(input.display_name);
  message.set_is_condition(input.is_condition);
  if (input.value.has_value()) *message.mutable_value() = AmountMessage(*input.value);
  return message;
}

v1::BestScore BestMessage(const Spot& spot, const Best& best, const Rational& value) {
  v1::BestScore message;
  message.set_unit(messages::UnitName(spot.figures().members[best.unit]->unit));
  message.set_unit_display_name(spot.unit_name(best.unit));
  *message.mutable_value() = AmountMessage(value);
  message.set_shared_by(best.shared_by);
  return message;
}

// One unit's card, in the making.
class Card {
 public:
  Card(const Standing& standing, size_t unit)
      : standing_(standing),
        unit_(unit),
        given_(standing.assessments, standing.scored->units()[unit].member->unit) {}

  void Fill(v1::Scorecard& card) const {
    const domain::ScoreSheet& sheet = standing_.scored->sheet();
    const std::vector<domain::PlanNode>& nodes = sheet.plan->nodes();
    for (size_t n = 0; n < nodes.size(); n = nodes[n].end) {
      *card.add_contents() = CriterionMessage({&sheet, n, unit_});
    }
  }

 private:
  v1::CriterionScore CriterionMessage(const Spot& spot) const {
    const domain::Criterion& criterion = spot.criterion();
    const domain::CriterionPoints numbers = spot.numbers();
    v1::CriterionScore message;
    message.set_criterion_id(criterion.id);
    message.set_display_name(criterion.name);
    message.set_clause(criterion.clause);
    message.set_assigned(numbers.assigned);
    message.set_max_points(criterion.max_points.ToString());
    message.set_assigned_points(MachineShort(numbers.assigned_points));
    message.set_points(MachineShort(numbers.points));
    message.set_bonus(MachineShort(numbers.bonus));
    message.set_note(CriterionSentence(spot));
    message.set_rule_kind(KindMessage(criterion));
    message.set_rule(RuleSentence(criterion));
    v1::ScorecardExact exact;
    exact.set_points(MachineExact(numbers.points));
    exact.set_bonus(MachineExact(numbers.bonus));
    exact.set_assigned_points(MachineExact(numbers.assigned_points));
    SetExact(std::move(exact), message);
    for (const Adjustment& adjustment : AdjustmentsOf(spot)) {
      *message.add_adjustments() = AdjustmentMessage(spot, adjustment);
    }
    if (spot.voided()) return message;  // Nor does what is below it count.
    if (numbers.assigned) {
      const PointsAndBonus raw = RawOf(spot);
      *message.mutable_raw_points() = AmountMessage(raw.points);
      *message.mutable_raw_bonus() = AmountMessage(raw.bonus);
      message.set_derivation(DerivationSentence(spot, given_));
    }
    AddTargets(spot, message);
    AddGiven(spot, message);
    AddInputs(spot, message);
    for (const Spot& child : spot.Children()) *message.add_children() = CriterionMessage(child);
    return message;
  }

  void AddTargets(const Spot& spot, v1::CriterionScore& message) const {
    for (size_t t = spot.first_target(); t < spot.end_target(); ++t) {
      *message.add_targets() = TargetMessage({spot, t});
    }
    const auto* rule = spot.rule<domain::TargetsRule>();
    if (rule == nullptr) return;
    if (rule->best_in_bloc.has_value()) {
      if (const std::optional<Best> best = BestWithTarget(spot); best.has_value()) {
        *message.mutable_best() = BestMessage(spot, *best, best->value * 100);
      }
    }
    for (size_t t = spot.first_target(); t < spot.end_target(); ++t) {
      if (!spot.figures().targets[t].without_target) continue;
      const domain::Direction direction = spot.figures().sources[t].target->direction;
      const std::optional<Best> best = BestWithoutTarget(spot, direction);
      if (best.has_value()) {
        *message.mutable_best_without_target() = BestMessage(spot, *best, best->value);
      }
      break;
    }
  }

  v1::TargetScore TargetMessage(const TargetSpot& target) const {
    const domain::TargetFigure& figure = target.figure();
    const domain::TargetPoints& points = target.points();
    v1::TargetScore message;
    *message.mutable_target() = *standing_.target_messages.at(target.source().target);
    if (target.source().result != nullptr) {
      *message.mutable_result() = *standing_.result_messages.at(target.source().result);
    }
    message.set_basis(BasisMessage(figure.basis));
    v1::ScorecardExact exact;
    if (!figure.without_target && (figure.basis == domain::AchievementBasis::kComputed ||
                                   figure.basis == domain::AchievementBasis::kStated)) {
      message.set_achievement_percent(MachineShort(figure.share * 100));
      exact.set_achievement_percent(MachineExact(figure.share * 100));
    }
    message.set_counted(figure.counted);
    message.set_without_target(figure.without_target);
    if (target.has_points()) {
      message.set_share_points(MachineShort(points.share_points));
      message.set_points(MachineShort(points.points));
      message.set_bonus(MachineShort(points.bonus));
      exact.set_share_points(MachineExact(points.share_points));
      exact.set_points(MachineExact(points.points));
      exact.set_bonus(MachineExact(points.bonus));
    }
    SetExact(std::move(exact), message);
    message.set_derivation(DerivationSentence(target));
    if (const auto* rule = target.spot.rule<domain::TargetsRule>();
        rule != nullptr && rule->each_rounding.has_value()) {
      const Rational before = PartsOf(target).before_rounding;
      if (before != points.points) {
        *message.add_adjustments() =
            AdjustmentMessage(target.spot, {Adjustment::Kind::kRounded,
                                            Adjustment::Change{before, points.points},
                                            {},
                                            &*rule->each_rounding,
                                            nullptr});
      }
    }
    for (const FormulaInput& input : FormulaInputs(target)) {
      *message.add_formula_inputs() = InputMessage(input);
    }
    return message;
  }

  void AddGiven(const Spot& spot, v1::CriterionScore& message) const {
    const domain::Criterion& criterion = spot.criterion();
    const domain::AssessedPoints* counting = spot.given();
    if (counting != nullptr) *message.mutable_assessment() = AssessmentMessage(spot);
    if (!domain::IsAssessed(criterion)) return;
    const std::vector<domain::FigureDefinition> figures = domain::FiguresOf(criterion);
    for (const domain::Layer layer : {domain::Layer::kSelf, domain::Layer::kPeer,
                                      domain::Layer::kBloc, domain::Layer::kProvince}) {
      for (const domain::Voice& voice :
           domain::VoicesOf(criterion, given_.Of(criterion.id, layer))) {
        const domain::Assessment& one = *voice.given;
        v1::GivenScore& given = *message.add_given();
        given.set_layer(messages::LayerMessage(layer));
        if (!one.rater.empty()) {
          given.set_rater(messages::UnitName(one.rater));
          const domain::Member* rater = domain::FindMember(standing_.pact, one.rater);
          if (rater != nullptr) given.set_rater_display_name(rater->display_name);
        }
        if (TakesPoints(spot)) {
          given.set_points(one.points.ToString());
          given.set_bonus(one.bonus.ToString());
          if (voice.points != Rational(one.points)) {
            given.set_rounded_points(MachineShort(voice.points, domain::Decimal::kMaxScale));
          }
          if (voice.bonus != Rational(one.bonus)) {
            given.set_rounded_bonus(MachineShort(voice.bonus, domain::Decimal::kMaxScale));
          }
          given.set_points_left_out(voice.points_left_out);
          given.set_bonus_left_out(voice.bonus_left_out);
        }
        for (const domain::Assessment::Figure& figure : one.figures) {
          v1::GivenScore::Figure& to = *given.add_figures();
          to.set_figure_id(figure.id);
          to.set_value(figure.value.ToString());
          const auto known =
              std::find_if(figures.begin(), figures.end(),
                           [&](const auto& definition) { return definition.id == figure.id; });
          if (known != figures.end()) to.set_display_name(known->name);
        }
        given.set_revision(RevisionOf(one));
        given.set_counts(counting != nullptr && counting->layer == layer);
      }
    }
  }

  // Whether points are given at all, and not figures alone.
  static bool TakesPoints(const Spot& spot) {
    return spot.rule<domain::EventsRule>() == nullptr && spot.rule<domain::PlacesRule>() == nullptr;
  }

  v1::AssessmentScore AssessmentMessage(const Spot& spot) const {
    const domain::AssessedPoints& counting = *spot.given();
    v1::AssessmentScore message;
    message.set_layer(messages::LayerMessage(counting.layer));
    message.set_raters(counting.raters);
    if (TakesPoints(spot)) {
      message.set_points(MachineShort(counting.points));
      message.set_bonus(MachineShort(counting.bonus));
    }
    message.set_derivation(AssessmentSentence(spot, given_));
    return message;
  }

  int64_t RevisionOf(const domain::Assessment& assessment) const {
    const auto index = static_cast<int>(&assessment - standing_.assessments.data());
    const auto& messages = standing_.received.inputs.assessments();
    return index < messages.size() ? messages.Get(index).revision() : 0;
  }

  void AddInputs(const Spot& spot, v1::CriterionScore& message) const {
    AddFigures(spot, message);
    if (spot.rule<domain::PlacesRule>() != nullptr && spot.numbers().place > 0) {
      *message.mutable_place() = PlaceMessage(spot);
    }
    if (const auto* rule = spot.rule<domain::FormulaRule>()) {
      v1::FormulaScore& formula = *message.mutable_formula();
      formula.set_points(rule->points);
      formula.set_bonus(rule->bonus);
      if (!spot.excluded()) {
        for (const FormulaInput& input : FormulaInputs(spot)) {
          *formula.add_inputs() = InputMessage(input);
        }
      }
    }
    for (const size_t limit : HeldLimits(spot)) {
      const domain::Limit& held = spot.criterion().limits[limit];
      v1::LimitScore& to = *message.add_limits();
      to.set_display_name(held.name);
      to.set_when(held.when);
      for (const FormulaInput& input : LimitInputs(spot, limit)) {
        *to.add_inputs() = InputMessage(input);
      }
      if (held.points_at_most_percent.has_value()) {
        *to.mutable_points_at_most() = AmountMessage(MostUnder(held, spot));
      }
      to.set_no_bonus(held.no_bonus);
    }
    if (spot.criterion().highest_child_only) {
      const std::optional<Spot> counted = CountedChild(spot);
      if (counted.has_value()) message.set_counted_child_id(counted->criterion().id);
    }
  }

  void AddFigures(const Spot& spot, v1::CriterionScore& message) const {
    const std::vector<domain::FigureDefinition> figures = domain::FiguresOf(spot.criterion());
    if (figures.empty() || spot.excluded()) return;
    const domain::AssessedPoints* counting = spot.given();
    std::vector<EventPart> events;
    // Of what nobody gave, and does not count as none, no event comes to anything.
    const bool is_known =
        counting != nullptr || spot.criterion().when_missing == domain::WhenMissing::kAsNone;
    if (spot.rule<domain::EventsRule>() != nullptr && spot.numbers().assigned && is_known) {
      events = EventsOf(spot);
    }
    const bool none_is_zero =
        spot.criterion().when_missing == domain::WhenMissing::kAsNone && spot.numbers().assigned;
    for (size_t i = 0; i < figures.size(); ++i) {
      v1::FigureScore& to = *message.add_figures();
      to.set_figure_id(figures[i].id);
      to.set_display_name(figures[i].name);
      if (counting != nullptr && i < counting->figures.size() && counting->figures[i].has_value()) {
        *to.mutable_value() = AmountMessage(*counting->figures[i]);
        to.set_layer(messages::LayerMessage(counting->layer));
        for (const domain::Assessment* one : given_.Of(spot.criterion().id, counting->layer)) {
          const bool has = std::any_of(one->figures.begin(), one->figures.end(),
                                       [&](const auto& of) { return of.id == figures[i].id; });
          if (has) to.add_revisions(RevisionOf(*one));
        }
        to.set_raters(to.revisions_size());
      } else if (none_is_zero) {
        *to.mutable_value() = AmountMessage(0);
      }
      if (i >= events.size()) continue;
      *to.mutable_counted() = AmountMessage(events[i].counted);
      to.set_points_each(events[i].event->points.ToString());
      *to.mutable_points() = AmountMessage(events[i].points);
    }
  }

  v1::PlaceScore PlaceMessage(const Spot& spot) const {
    const auto& rule = *spot.rule<domain::PlacesRule>();
    v1::PlaceScore message;
    message.set_place(spot.numbers().place);
    *message.mutable_mark() = AmountMessage(*spot.given()->figures[0]);
    message.set_shared_by(1);
    if (rule.source == domain::PlacesRule::Source::kGivenPlace) return message;
    int equals = 0;
    for (const Placed& placed : PlacedBloc(spot)) {
      v1::PlaceScore::Placed& to = *message.add_bloc();
      to.set_unit(messages::UnitName(spot.figures().members[placed.unit]->unit));
      to.set_unit_display_name(spot.unit_name(placed.unit));
      *to.mutable_mark() = AmountMessage(placed.mark);
      to.set_place(placed.place);
      equals += placed.place == spot.numbers().place ? 1 : 0;
    }
    message.set_shared_by(equals);
    return message;
  }

  const Standing& standing_;
  const size_t unit_;
  const GivenPoints given_;
};

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
  v1::ScorecardExact exact;
  if (const std::optional<Rational> share = score.share(); share.has_value()) {
    card.set_percent_of_assigned(MachineShort(*share * 100));
    exact.set_percent_of_assigned(MachineExact(*share * 100));
  }
  exact.set_points(MachineExact(score.points));
  exact.set_bonus(MachineExact(score.bonus));
  exact.set_total(MachineExact(score.total()));
  exact.set_assigned_points(MachineExact(score.assigned_points));
  SetExact(std::move(exact), card);
  card.set_scheme(standing.received.inputs.pact().scheme());
  card.set_legal_basis(standing.pact.scheme.legal_basis);
  Card(standing, place->unit).Fill(card);
  card.set_text(ScorecardText(card));
  return card;
}

}  // namespace thidua::scoring
