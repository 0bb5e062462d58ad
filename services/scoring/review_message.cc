#include "services/scoring/review_message.h"

#include "absl/strings/str_cat.h"
#include "services/domain/review.h"
#include "services/messages/resource_names.h"
#include "services/scoring/missing_wording.h"
#include "services/scoring/number_wording.h"
#include "services/scoring/scorecard_message.h"
#include "services/scoring/target_wording.h"

namespace thidua::scoring {
namespace {

v1::ReviewLine::Standing StandingMessage(domain::Standing standing) {
  switch (standing) {
    case domain::Standing::kReached:
      return v1::ReviewLine::STANDING_REACHED;
    case domain::Standing::kOnPace:
      return v1::ReviewLine::STANDING_ON_PACE;
    case domain::Standing::kBehind:
      return v1::ReviewLine::STANDING_BEHIND;
    case domain::Standing::kNotReported:
      return v1::ReviewLine::STANDING_NOT_REPORTED;
    case domain::Standing::kNotComputable:
      return v1::ReviewLine::STANDING_NOT_COMPUTABLE;
    case domain::Standing::kInformational:
      return v1::ReviewLine::STANDING_INFORMATIONAL;
    case domain::Standing::kNotAssigned:
      return v1::ReviewLine::STANDING_NOT_ASSIGNED;
    case domain::Standing::kVoided:
      return v1::ReviewLine::STANDING_VOIDED;
  }
  return v1::ReviewLine::STANDING_UNSPECIFIED;
}

void SetMissing(const Standing& standing, const domain::ReviewLine& line, v1::ReviewLine& message) {
  if (line.due_now.has_value()) message.set_due_now(MachineShort(*line.due_now));
  if (line.missing_total.has_value()) {
    message.set_missing_total(MachineShort(*line.missing_total, domain::Decimal::kMaxScale));
  }
  if (line.missing_per_month.has_value()) {
    message.set_missing_per_month(MachineShort(*line.missing_per_month));
    message.set_missing_per_month_exact(MachineExact(*line.missing_per_month));
  }
  if (Awaits(line)) {
    for (const domain::Dependency& dependency : line.target->dependencies) {
      v1::AwaitedUnit& awaited = *message.add_awaited();
      awaited.set_unit(messages::UnitName(dependency.unit));
      const domain::Member* member = domain::FindMember(standing.pact, dependency.unit);
      if (member != nullptr) awaited.set_unit_display_name(member->display_name);
      awaited.set_note(dependency.note);
    }
  }
  message.set_missing_sentence(MissingSentence(standing.pact, *standing.period, line));
}

}  // namespace

v1::MidYearReview ReviewMessage(const Standing& standing) {
  const results::v1::PeriodInputs& inputs = standing.received.inputs;
  v1::MidYearReview review;
  review.set_name(absl::StrCat(inputs.name(), "/review"));
  review.set_bloc_display_name(inputs.pact().bloc_display_name());
  review.set_period_display_name(standing.period->name);
  const domain::Rational pace = domain::PaceOf(domain::Target(), *standing.period) * 100;
  review.set_pace_percent(standing.period->pace_percent.has_value()
                              ? standing.period->pace_percent->ToString()
                              : pace.RoundHalfUp(2).value_or(domain::Decimal(0)).ToString());
  review.set_pact_version(inputs.pact().version());
  review.set_period_version(inputs.version());
  *review.mutable_data_time() = inputs.data_time();
  review.set_months_left(domain::MonthsLeft(*standing.period));
  for (const domain::ReviewLine& line :
       domain::Review(standing.pact, *standing.period, standing.results)) {
    v1::ReviewLine& message = *review.add_lines();
    *message.mutable_target() = *standing.target_messages.at(line.target);
    const domain::Member* member = domain::FindMember(standing.pact, line.target->unit);
    message.set_unit_display_name(member == nullptr ? line.target->unit : member->display_name);
    if (line.result != nullptr) {
      *message.mutable_result() = *standing.result_messages.at(line.result);
    }
    message.set_standing(StandingMessage(line.standing));
    if (line.standing_as_stated.has_value()) {
      message.set_standing_as_stated(StandingMessage(*line.standing_as_stated));
    }
    message.set_basis(BasisMessage(line.achievement.basis));
    message.set_achievement_percent(AchievementPercent(line.achievement, line.result));
    message.set_sentence(ReviewSentence(line));
    SetMissing(standing, line, message);
  }
  return review;
}

}  // namespace thidua::scoring
