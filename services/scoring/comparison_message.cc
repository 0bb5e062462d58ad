#include "services/scoring/comparison_message.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"
#include "services/scoring/movement_wording.h"
#include "services/scoring/number_wording.h"
#include "services/scoring/wording.h"

namespace thidua::scoring {
namespace {

const char kHowTold[] =
    "Nguyên nhân được tách bằng cách thay lần lượt thang điểm, giao ước, kết quả, phần sửa số liệu "
    "và điểm chấm của từng đơn vị, sau cùng là phần của các đơn vị khác; các phần cộng lại đúng "
    "bằng mức thay đổi.";

v1::MoveCause CauseMessage(domain::MoveCause cause) {
  switch (cause) {
    case domain::MoveCause::kScheme:
      return v1::MOVE_CAUSE_SCHEME;
    case domain::MoveCause::kPact:
      return v1::MOVE_CAUSE_PACT;
    case domain::MoveCause::kOwnResult:
      return v1::MOVE_CAUSE_OWN_RESULT;
    case domain::MoveCause::kCorrection:
      return v1::MOVE_CAUSE_CORRECTION;
    case domain::MoveCause::kAssessment:
      return v1::MOVE_CAUSE_ASSESSMENT;
    case domain::MoveCause::kOthers:
      return v1::MOVE_CAUSE_OTHERS;
    case domain::MoveCause::kBloc:
      return v1::MOVE_CAUSE_BLOC_BEST;
  }
  return v1::MOVE_CAUSE_UNSPECIFIED;
}

v1::ComparedState StateMessage(const ComparedSide& side) {
  const results::v1::PeriodInputs& inputs = side.standing.received.inputs;
  v1::ComparedState state;
  state.set_period(inputs.name());
  state.set_period_display_name(side.standing.period->name);
  state.set_revision(side.revision);
  state.set_pact_version(inputs.pact().version());
  state.set_period_version(inputs.version());
  state.set_scheme(inputs.pact().scheme());
  *state.mutable_data_time() = inputs.data_time();
  return state;
}

class Writer {
 public:
  Writer(const ComparedSide& before, const ComparedSide& after)
      : before_(before.standing), after_(after.standing) {}

  v1::UnitComparison UnitMessage(const domain::UnitComparison& unit) const {
    v1::UnitComparison message;
    message.set_unit(messages::UnitName(unit.unit));
    message.set_unit_display_name(NameOf(before_.pact, after_.pact, unit.unit));
    domain::Rational change = 0;
    if (unit.before.has_value()) {
      *message.mutable_before() = PlaceMessage(*unit.before);
      change = change - unit.before->total();
    }
    if (unit.after.has_value()) {
      *message.mutable_after() = PlaceMessage(*unit.after);
      change += unit.after->total();
    }
    message.set_change(MachineShort(change));
    message.set_change_exact(MachineExact(change));
    for (const domain::PointsMove& move : unit.points_moves) {
      v1::PointsMove& to = *message.add_points_moves();
      to.set_cause(CauseMessage(move.cause));
      to.set_criterion_id(move.content);
      to.set_display_name(CriterionName(move.content));
      to.set_points(MachineShort(move.points));
      to.set_points_exact(MachineExact(move.points));
    }
    for (const domain::RankMove& move : unit.rank_moves) {
      v1::RankMove& to = *message.add_rank_moves();
      to.set_cause(CauseMessage(move.cause));
      to.set_places(move.places);
    }
    for (const std::string& other : unit.passed) SetUnit(other, *message.add_passed());
    for (const std::string& other : unit.passed_by) SetUnit(other, *message.add_passed_by());
    for (const domain::FigureChange& change_of : unit.figure_changes) {
      SetChange(change_of, *message.add_figure_changes());
    }
    message.set_sentence(MovementSentence(before_.pact, after_.pact, unit));
    return message;
  }

  v1::BestMove BestMessage(const domain::BestMove& move) const {
    v1::BestMove message;
    message.set_criterion_id(move.criterion);
    message.set_display_name(CriterionName(move.criterion));
    if (move.before.has_value()) {
      SetUnit(move.before->unit, *message.mutable_before());
      message.set_percent_before(MachineShort(move.before->share * 100));
    }
    if (move.after.has_value()) {
      SetUnit(move.after->unit, *message.mutable_after());
      message.set_percent_after(MachineShort(move.after->share * 100));
    }
    message.set_sentence(BestSentence(before_.pact, after_.pact, move));
    return message;
  }

 private:
  std::string CriterionName(const std::string& id) const {
    for (const domain::Pact* pact : {&after_.pact, &before_.pact}) {
      const domain::Criterion* found = domain::FindCriterion(pact->scheme, id);
      if (found != nullptr) return found->name;
    }
    return id;
  }

  void SetUnit(const std::string& unit, v1::ComparedUnit& message) const {
    message.set_unit(messages::UnitName(unit));
    message.set_unit_display_name(NameOf(before_.pact, after_.pact, unit));
  }

  void SetChange(const domain::FigureChange& change, v1::FigureChange& message) const {
    const auto& pact = after_.received.inputs.pact().name();
    message.set_target(absl::StrCat(pact, "/targets/", change.target->id));
    message.set_display_name(change.target->name);
    if (change.before != nullptr) {
      if (change.before->actual.has_value()) {
        *message.mutable_before() = messages::QuantityMessage(change.before->actual);
      }
      if (change.before->stated_percent.has_value()) {
        message.set_stated_percent_before(change.before->stated_percent->ToString());
      }
      message.set_revision_before(change.before->revision);
    }
    if (change.after != nullptr) {
      if (change.after->actual.has_value()) {
        *message.mutable_after() = messages::QuantityMessage(change.after->actual);
      }
      if (change.after->stated_percent.has_value()) {
        message.set_stated_percent_after(change.after->stated_percent->ToString());
      }
      message.set_revision_after(change.after->revision);
    }
    message.set_is_correction(change.is_correction);
  }

  const Standing& before_;
  const Standing& after_;
};

}  // namespace

v1::ComparedPlace PlaceMessage(const domain::UnitPlace& place) {
  v1::ComparedPlace message;
  message.set_rank(place.rank);
  message.set_points(MachineShort(place.points));
  message.set_bonus(MachineShort(place.bonus));
  message.set_total(MachineShort(place.total()));
  message.set_total_exact(MachineExact(place.total()));
  message.set_assigned_points(MachineShort(place.assigned_points));
  if (!place.assigned_points.is_zero()) {
    message.set_percent_of_assigned(MachineShort(place.total() / place.assigned_points * 100));
  }
  return message;
}

v1::RankingComparison ComparisonMessage(const ComparedSide& before, const ComparedSide& after,
                                        bool same_period) {
  const Standing& from = before.standing;
  const Standing& to = after.standing;
  const domain::Comparison told =
      domain::Compare({from.pact, from.results, from.assessments},
                      {to.pact, to.results, to.assessments}, same_period);
  const Writer writer(before, after);
  v1::RankingComparison message;
  *message.mutable_before() = StateMessage(before);
  *message.mutable_after() = StateMessage(after);
  // As the ranking after has them; who left stays at the end.
  std::vector<const domain::UnitComparison*> units;
  for (const domain::Place& place : to.places) {
    const std::string& unit = to.pact.members[place.unit].unit;
    const auto found =
        std::find_if(told.units.begin(), told.units.end(),
                     [&](const domain::UnitComparison& one) { return one.unit == unit; });
    units.push_back(&*found);
  }
  for (const domain::UnitComparison& unit : told.units) {
    if (!unit.after.has_value()) units.push_back(&unit);
  }
  for (const domain::UnitComparison* unit : units) *message.add_units() = writer.UnitMessage(*unit);
  for (const domain::BestMove& move : told.best_moves) {
    *message.add_best_moves() = writer.BestMessage(move);
  }
  if (before.revision.empty() || after.revision.empty()) message.add_notes(kProvisionalNote);
  message.add_notes(kHowTold);
  return message;
}

}  // namespace thidua::scoring
