// Khối thi đua 4 in the first half of 2019 (services/domain/khoi4_2019_testdata.h), as
// results-ingest would send it. For tests.
#ifndef THIDUA_SERVICES_SCORING_KHOI4_2019_INPUTS_TESTLIB_H_
#define THIDUA_SERVICES_SCORING_KHOI4_2019_INPUTS_TESTLIB_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "services/domain/khoi4_2019_testdata.h"
#include "services/messages/instant.h"
#include "services/messages/khoi4_2019_pact_testlib.h"
#include "services/messages/pact.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"
#include "services/scoring/store.h"

namespace thidua::scoring::khoi4_2019 {

inline constexpr char kPactName[] = "blocs/khoi-4/pacts/2019";
inline constexpr char kPeriodName[] = "blocs/khoi-4/pacts/2019/periods/6-thang";

using messages::khoi4_2019::SchemeMessage;

inline registry::v1::Pact PactMessage() {
  const domain::Pact pact = domain::khoi4_2019::ThePact();
  registry::v1::Pact message;
  message.set_name(kPactName);
  message.set_bloc_display_name("Khối thi đua 4");
  message.set_province("Tỉnh Kiên Giang");
  message.set_version(pact.version);
  *message.mutable_scheme_content() = SchemeMessage(pact.scheme);
  message.set_scheme(message.scheme_content().name());
  for (const domain::Member& member : pact.members) {
    registry::v1::Member& to = *message.add_members();
    to.set_unit(messages::UnitName(member.unit));
    to.set_display_name(member.display_name);
    to.set_role(messages::MemberMessage(member).role());
  }
  for (const domain::Period& period : pact.periods) {
    registry::v1::Period& to = *message.add_periods();
    to.set_period_id(period.id);
    to.set_display_name(period.name);
    to.set_kind(period.kind == domain::PeriodKind::kYear ? registry::v1::Period::KIND_YEAR
                                                         : registry::v1::Period::KIND_MID_YEAR);
    to.set_opens_on(domain::DateToString(period.opens_on));
  }
  for (const domain::Target& target : pact.targets) {
    registry::v1::Target& to = *message.add_targets();
    to.set_name(absl::StrCat(kPactName, "/targets/", target.id));
    to.set_unit(messages::UnitName(target.unit));
    to.set_criterion_id(target.criterion);
    to.set_display_name(target.name);
    to.set_measure(target.measure);
    to.set_kind(target.kind == domain::TargetKind::kScored
                    ? registry::v1::Target::KIND_SCORED
                    : registry::v1::Target::KIND_INFORMATIONAL);
    to.set_direction(target.direction == domain::Direction::kLowerIsBetter
                         ? registry::v1::Target::DIRECTION_LOWER_IS_BETTER
                         : registry::v1::Target::DIRECTION_HIGHER_IS_BETTER);
    *to.mutable_value() = messages::QuantityMessage(target.value);
  }
  return message;
}

// As one layer gives points to one unit; `rater` and `unit` are slugs.
inline results::v1::Assessment Assessed(absl::string_view unit, absl::string_view criterion,
                                        type::v1::AssessmentLayer layer, absl::string_view points,
                                        absl::string_view bonus = "",
                                        absl::string_view rater = "") {
  results::v1::Assessment message;
  message.set_unit(messages::UnitName(unit));
  message.set_criterion_id(std::string(criterion));
  message.set_layer(layer);
  if (!rater.empty()) message.set_rater(messages::UnitName(rater));
  message.set_points(std::string(points));
  message.set_bonus(std::string(bonus));
  return message;
}

inline ReceivedPeriod Received(int64_t version = 1) {
  ReceivedPeriod received;
  received.store_id = "results:1";
  received.store_epoch_ms = 1564963200000;
  received.inputs.set_name(kPeriodName);
  received.inputs.set_version(version);
  *received.inputs.mutable_data_time() =
      messages::InstantMessage(absl::FromUnixSeconds(1564966923));
  *received.inputs.mutable_pact() = PactMessage();
  for (const domain::Result& result : domain::khoi4_2019::TheResults()) {
    results::v1::Result& to = *received.inputs.add_results();
    to.set_target(absl::StrCat(kPactName, "/targets/", result.target));
    *to.mutable_actual() = messages::QuantityMessage(result.actual);
    if (result.stated_percent.has_value()) {
      *to.mutable_stated_percent() = messages::QuantityMessage(
          {domain::QuantityState::kValue, *result.stated_percent, {}, "%", ""});
    }
    to.set_revision(result.revision);
  }
  return received;
}

}  // namespace thidua::scoring::khoi4_2019

#endif  // THIDUA_SERVICES_SCORING_KHOI4_2019_INPUTS_TESTLIB_H_
