// What a unit needs to get somewhere, searched for with the engine over the present data.
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/required_effort.h"
#include "services/domain/return_if_error.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"
#include "services/scoring/comparison_message.h"
#include "services/scoring/missing_wording.h"
#include "services/scoring/number_wording.h"
#include "services/scoring/service.h"

namespace thidua::scoring {
namespace {

using domain::EffortGoal;
using Request = v1::GetRequiredEffortRequest;

absl::StatusOr<domain::Decimal> ReadAmount(const char* path, const std::string& text) {
  const absl::StatusOr<domain::Decimal> amount = domain::Decimal::Parse(text);
  return amount.ok() ? amount : domain::UnderPath(path, amount.status());
}

absl::StatusOr<EffortGoal> ReadGoal(const Request& request) {
  EffortGoal goal;
  switch (request.goal_case()) {
    case Request::kTargetsMet:
      if (!request.targets_met()) break;
      return goal;
    case Request::kPercentOfAssigned: {
      goal.kind = EffortGoal::Kind::kPercent;
      ASSIGN_OR_RETURN(goal.amount,
                       ReadAmount("percent_of_assigned", request.percent_of_assigned()));
      return goal;
    }
    case Request::kTotal: {
      goal.kind = EffortGoal::Kind::kPoints;
      ASSIGN_OR_RETURN(goal.amount, ReadAmount("total", request.total()));
      return goal;
    }
    case Request::kRank:
      goal.kind = EffortGoal::Kind::kRank;
      goal.rank = request.rank();
      return goal;
    case Request::GOAL_NOT_SET:
      break;
  }
  return domain::Fault{"goal", "REQUIRED",
                       "Phải nêu điều cần đạt: chỉ tiêu, tỷ lệ, tổng điểm hoặc thứ hạng."}
      .ToStatus();
}

v1::RequiredEffort::Outcome OutcomeMessage(domain::Effort::Outcome outcome) {
  switch (outcome) {
    case domain::Effort::Outcome::kAlready:
      return v1::RequiredEffort::OUTCOME_ALREADY;
    case domain::Effort::Outcome::kReachable:
      return v1::RequiredEffort::OUTCOME_REACHABLE;
    case domain::Effort::Outcome::kImpossible:
      return v1::RequiredEffort::OUTCOME_IMPOSSIBLE;
    case domain::Effort::Outcome::kNotFound:
      return v1::RequiredEffort::OUTCOME_NOT_FOUND;
  }
  return v1::RequiredEffort::OUTCOME_UNSPECIFIED;
}

type::v1::Quantity FigureMessage(const domain::Decimal& figure, const domain::Target& target) {
  return messages::QuantityMessage(
      {domain::QuantityState::kValue, figure, domain::Qualifier::kExact, target.measure, ""});
}

v1::RequiredFigure RequiredMessage(const domain::EffortFigure& figure, const std::string& pact,
                                   int months_left) {
  const domain::Target& target = *figure.target;
  v1::RequiredFigure message;
  message.set_target(absl::StrCat(pact, "/targets/", target.id));
  message.set_display_name(target.name);
  if (figure.now.has_value()) *message.mutable_now() = FigureMessage(*figure.now, target);
  *message.mutable_needed() = FigureMessage(figure.needed, target);
  const bool up = target.direction == domain::Direction::kHigherIsBetter;
  const domain::Rational from = figure.now.value_or(domain::Decimal(0));
  if (up || figure.now.has_value()) {
    const domain::Rational needed = figure.needed;
    const domain::Rational missing = up ? needed - from : from - needed;
    message.set_missing(MachineShort(missing, domain::Decimal::kMaxScale));
    if (up && target.accumulation != domain::Accumulation::kRate && months_left > 0) {
      message.set_missing_per_month(MachineShort(missing / months_left));
      message.set_missing_per_month_exact(MachineExact(missing / months_left));
    }
  }
  if (figure.short_of.has_value()) message.set_short_of(figure.short_of->ToString());
  return message;
}

v1::RequiredEffort EffortMessage(const Standing& standing, const std::string& unit,
                                 const domain::Effort& effort, const EffortGoal& goal,
                                 bool one_target) {
  const results::v1::PeriodInputs& inputs = standing.received.inputs;
  v1::RequiredEffort message;
  message.set_period(inputs.name());
  message.set_unit(messages::UnitName(unit));
  message.set_unit_display_name(domain::FindMember(standing.pact, unit)->display_name);
  message.set_outcome(OutcomeMessage(effort.outcome));
  message.set_is_least(effort.outcome == domain::Effort::Outcome::kReachable && effort.is_least);
  message.set_months_left(domain::MonthsLeft(*standing.period));
  for (const domain::EffortFigure& figure : effort.figures) {
    *message.add_figures() = RequiredMessage(figure, inputs.pact().name(), message.months_left());
  }
  if (effort.percent_of_gap.has_value()) {
    message.set_percent_of_gap(effort.percent_of_gap->ToString());
  }
  if (effort.percent_of_targets.has_value()) {
    message.set_percent_of_targets(effort.percent_of_targets->ToString());
  }
  *message.mutable_now() = PlaceMessage(effort.now);
  if (!effort.figures.empty()) *message.mutable_then() = PlaceMessage(effort.then);
  if (effort.with_step_less.has_value()) {
    *message.mutable_with_step_less() = PlaceMessage(*effort.with_step_less);
  }
  message.set_sentence(EffortSentence(effort, goal, one_target));
  for (const std::string& note : EffortNotes(effort)) message.add_notes(note);
  message.set_pact_version(inputs.pact().version());
  message.set_period_version(inputs.version());
  *message.mutable_data_time() = inputs.data_time();
  return message;
}

}  // namespace

absl::StatusOr<v1::GetRequiredEffortResponse> ScoringService::GetRequiredEffort(
    const Request& request, const Call& call) {
  ASSIGN_OR_RETURN(const messages::PeriodName period,
                   messages::ReadPeriodName("period", request.period()));
  ASSIGN_OR_RETURN(const std::string unit, messages::ReadUnitName("unit", request.unit()));
  ASSIGN_OR_RETURN(const EffortGoal goal, ReadGoal(request));
  std::string target;
  if (!request.target().empty()) {
    ASSIGN_OR_RETURN(const messages::TargetName name,
                     messages::ReadTargetName("target", request.target()));
    if (!(name.pact == period.pact)) {
      return domain::Fault{"target", "TARGET_UNKNOWN",
                           absl::StrCat("Chỉ tiêu “", domain::Excerpt(request.target()),
                                        "” không có trong giao ước này.")}
          .ToStatus(absl::StatusCode::kNotFound);
    }
    target = name.target;
  }
  ASSIGN_OR_RETURN(const auto standing,
                   AwaitData(request.period(), request.freshness_token(), call));
  ASSIGN_OR_RETURN(
      const domain::Effort effort,
      domain::FindRequiredEffort({standing->pact, standing->results, standing->assessments}, unit,
                                 target, goal));
  v1::GetRequiredEffortResponse response;
  *response.mutable_effort() = EffortMessage(*standing, unit, effort, goal, !target.empty());
  response.set_stale(!board_.in_sight());
  return response;
}

}  // namespace thidua::scoring
