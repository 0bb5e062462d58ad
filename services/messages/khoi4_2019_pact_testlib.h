// Khối thi đua 4's pact of 2019 (services/domain/khoi4_2019_testdata.h), or one that a test made of
// it, as the registry would send it once it is in force. For tests.
#ifndef THIDUA_SERVICES_MESSAGES_KHOI4_2019_PACT_TESTLIB_H_
#define THIDUA_SERVICES_MESSAGES_KHOI4_2019_PACT_TESTLIB_H_

#include <string>
#include <variant>

#include "services/domain/khoi4_2019_testdata.h"
#include "services/messages/pact.h"
#include "services/messages/resource_names.h"
#include "thidua/registry/v1/pact.pb.h"

namespace thidua::messages::khoi4_2019 {

inline registry::v1::Scheme SchemeMessage(const domain::Scheme& scheme) {
  registry::v1::Scheme message;
  message.set_name(messages::SchemeName{scheme.id, scheme.version}.ToString());
  message.set_display_name(scheme.name);
  message.set_legal_basis(scheme.legal_basis);
  for (const domain::Criterion& content : scheme.contents) {
    registry::v1::Criterion& criterion = *message.add_contents();
    criterion.set_criterion_id(content.id);
    criterion.set_display_name(content.name);
    criterion.set_max_points(content.max_points.ToString());
    criterion.set_bonus_cap(content.bonus_cap.ToString());
    if (const auto* rule = std::get_if<domain::TargetsRule>(&content.rule); rule != nullptr) {
      criterion.mutable_targets()->set_lower_is_better(
          registry::v1::TargetsRule::LOWER_IS_BETTER_TARGET_OVER_ACTUAL);
      criterion.mutable_targets()->set_bonus_per_percent_above(
          rule->bonus_per_percent_above.ToString());
    } else if (const auto* events = std::get_if<domain::EventsRule>(&content.rule);
               events != nullptr) {
      criterion.mutable_events()->set_starts_at(events->starts_at.ToString());
      for (const domain::EventsRule::Event& event : events->events) {
        registry::v1::EventsRule::Event& one = *criterion.mutable_events()->add_events();
        one.set_event_id(event.id);
        one.set_display_name(event.name);
        one.set_points(event.points.ToString());
      }
    } else {
      criterion.mutable_assessed();
    }
  }
  message.mutable_ranking()->set_key(registry::v1::RankingRule::KEY_PERCENT_OF_ASSIGNED);
  for (const domain::TieKey& key : scheme.ranking.tie_keys) {
    message.mutable_ranking()->add_tie_keys()->set_criterion_id(key.criterion);
  }
  return message;
}

inline registry::v1::Pact PactMessage(const domain::Pact& pact = domain::khoi4_2019::ThePact()) {
  registry::v1::Pact message;
  message.set_name(PactName{pact.bloc, pact.year}.ToString());
  message.set_version(pact.version);
  message.set_state(registry::v1::Pact::STATE_IN_FORCE);
  *message.mutable_scheme_content() = SchemeMessage(pact.scheme);
  message.set_scheme(message.scheme_content().name());
  SetContent(pact, message);
  for (const domain::PeriodException& exception : pact.exceptions) {
    registry::v1::PeriodException& to = *message.add_period_exceptions();
    to.set_period_id(exception.period);
    if (!exception.unit.empty()) to.set_unit(UnitName(exception.unit));
    to.set_open_until(domain::DateToString(exception.open_until));
    to.set_reason(exception.reason);
  }
  return message;
}

}  // namespace thidua::messages::khoi4_2019

#endif  // THIDUA_SERVICES_MESSAGES_KHOI4_2019_PACT_TESTLIB_H_
