#include "services/messages/pact.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/messages/interval.h"
#include "services/messages/quantity.h"
#include "services/messages/reading.h"
#include "services/messages/resource_names.h"
#include "services/messages/scheme.h"

namespace thidua::messages {
namespace {

namespace v1 = registry::v1;
using domain::Fault;

domain::Role ReadRole(v1::Member::Role role) {
  switch (role) {
    case v1::Member::ROLE_LEADER:
      return domain::Role::kLeader;
    case v1::Member::ROLE_DEPUTY:
      return domain::Role::kDeputy;
    default:
      return domain::Role::kMember;
  }
}

// The month that a period reaches when the pact does not say; a quarter may be any.
int UsualMonth(v1::Period::Kind kind) {
  switch (kind) {
    case v1::Period::KIND_MID_YEAR:
      return 6;
    case v1::Period::KIND_YEAR:
      return 12;
    default:
      return 0;
  }
}

absl::StatusOr<domain::PeriodKind> ReadPeriodKind(std::string path, v1::Period::Kind kind) {
  switch (kind) {
    case v1::Period::KIND_MID_YEAR:
      return domain::PeriodKind::kMidYear;
    case v1::Period::KIND_YEAR:
      return domain::PeriodKind::kYear;
    case v1::Period::KIND_QUARTER:
      return domain::PeriodKind::kQuarter;
    default:
      return Fault{std::move(path), "REQUIRED", "Phải ghi loại kỳ báo cáo: 6 tháng, năm hoặc quý."}
          .ToStatus();
  }
}

absl::StatusOr<std::optional<domain::Date>> ReadOptionalDay(const std::string& path,
                                                            const std::string& text) {
  std::optional<domain::Date> day;
  if (text.empty()) return day;
  ASSIGN_OR_RETURN(day, ReadDay(path, text, {}));
  return day;
}

absl::StatusOr<domain::Period> ReadPeriod(const std::string& path, const v1::Period& message) {
  std::vector<Fault> faults;
  domain::Period period;
  period.id = message.period_id();
  period.name = message.display_name();
  Take(ReadPeriodKind(path + ".kind", message.kind()), period.kind, faults);
  period.through_month =
      message.through_month() == 0 ? UsualMonth(message.kind()) : message.through_month();
  if (period.through_month == 0 && message.pace_percent().empty() &&
      message.kind() == v1::Period::KIND_QUARTER) {
    faults.push_back({path + ".through_month", "REQUIRED",
                      "Kỳ báo cáo quý phải ghi tháng cuối của kỳ hoặc tiến độ của kỳ."});
  }
  if (!message.pace_percent().empty()) {
    Take(ReadDecimal(path + ".pace_percent", message.pace_percent(), 0),
         period.pace_percent.emplace(), faults);
  } else if (period.through_month > 0 && period.through_month % 3 == 0) {
    // Twelfths that are whole percents are written out; the others only PaceOf knows exactly.
    period.pace_percent = int64_t{25} * (period.through_month / 3);
  }
  const absl::StatusOr<domain::Date> opens_on = domain::ParseDate(message.opens_on());
  Take(opens_on.ok() ? opens_on : domain::UnderPath(path + ".opens_on", opens_on.status()),
       period.opens_on, faults);
  Take(ReadOptionalDay(path + ".due_on", message.due_on()), period.due_on, faults);
  Take(ReadOptionalDay(path + ".closes_on", message.closes_on()), period.closes_on, faults);
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return period;
}

domain::EvidenceRule ReadEvidenceRule(v1::Target::EvidenceRule rule) {
  switch (rule) {
    case v1::Target::EVIDENCE_RULE_REQUIRED:
      return domain::EvidenceRule::kRequired;
    case v1::Target::EVIDENCE_RULE_REQUIRED_OR_EXPLAINED:
      return domain::EvidenceRule::kRequiredOrExplained;
    default:
      return domain::EvidenceRule::kNone;
  }
}

v1::Target::EvidenceRule EvidenceRuleMessage(domain::EvidenceRule rule) {
  switch (rule) {
    case domain::EvidenceRule::kNone:
      return v1::Target::EVIDENCE_RULE_NONE;
    case domain::EvidenceRule::kRequired:
      return v1::Target::EVIDENCE_RULE_REQUIRED;
    case domain::EvidenceRule::kRequiredOrExplained:
      return v1::Target::EVIDENCE_RULE_REQUIRED_OR_EXPLAINED;
  }
  return v1::Target::EVIDENCE_RULE_NONE;
}

v1::Target::Accumulation AccumulationMessage(domain::Accumulation accumulation) {
  switch (accumulation) {
    case domain::Accumulation::kCumulative:
      return v1::Target::ACCUMULATION_CUMULATIVE;
    case domain::Accumulation::kSnapshot:
      return v1::Target::ACCUMULATION_SNAPSHOT;
    case domain::Accumulation::kRate:
      return v1::Target::ACCUMULATION_RATE;
  }
  return v1::Target::ACCUMULATION_CUMULATIVE;
}

v1::Member::Role RoleMessage(domain::Role role) {
  switch (role) {
    case domain::Role::kMember:
      return v1::Member::ROLE_MEMBER;
    case domain::Role::kLeader:
      return v1::Member::ROLE_LEADER;
    case domain::Role::kDeputy:
      return v1::Member::ROLE_DEPUTY;
  }
  return v1::Member::ROLE_MEMBER;
}

v1::Period::Kind PeriodKindMessage(domain::PeriodKind kind) {
  switch (kind) {
    case domain::PeriodKind::kMidYear:
      return v1::Period::KIND_MID_YEAR;
    case domain::PeriodKind::kYear:
      return v1::Period::KIND_YEAR;
    case domain::PeriodKind::kQuarter:
      return v1::Period::KIND_QUARTER;
  }
  return v1::Period::KIND_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<domain::Target> ReadTarget(absl::string_view path, absl::string_view pact_name,
                                          const v1::Target& message) {
  std::vector<Fault> faults;
  domain::Target target;
  TargetName name;
  if (Take(ReadTargetName(Under(path, "name"), message.name()), name, faults) &&
      name.pact.ToString() != pact_name) {
    faults.push_back({Under(path, "name"), "RESOURCE_NAME_INVALID",
                      absl::StrCat("Chỉ tiêu phải thuộc giao ước “", pact_name, "”.")});
  }
  target.id = std::move(name.target);
  Take(ReadUnitName(Under(path, "unit"), message.unit()), target.unit, faults);
  target.criterion = message.criterion_id();
  target.name = message.display_name();
  target.measure = message.measure();
  target.kind = message.kind() == v1::Target::KIND_INFORMATIONAL
                    ? domain::TargetKind::kInformational
                    : domain::TargetKind::kScored;
  target.direction = message.direction() == v1::Target::DIRECTION_LOWER_IS_BETTER
                         ? domain::Direction::kLowerIsBetter
                         : domain::Direction::kHigherIsBetter;
  switch (message.accumulation()) {
    case v1::Target::ACCUMULATION_SNAPSHOT:
      target.accumulation = domain::Accumulation::kSnapshot;
      break;
    case v1::Target::ACCUMULATION_RATE:
      target.accumulation = domain::Accumulation::kRate;
      break;
    default:
      target.accumulation = domain::Accumulation::kCumulative;
  }
  Take(ReadQuantity(Under(path, "value"), message.value(), message.measure()), target.value,
       faults);
  Take(ReadQuantity(Under(path, "baseline"), message.baseline(), message.measure()),
       target.baseline, faults);
  for (int i = 0; i < message.pace_size(); ++i) {
    domain::PacePoint& point = target.pace.emplace_back();
    point.month = message.pace(i).month();
    Take(ReadDecimal(Under(path, absl::StrCat("pace[", i, "].percent")), message.pace(i).percent(),
                     0),
         point.percent, faults);
  }
  target.evidence = ReadEvidenceRule(message.evidence_rule());
  target.function = message.function_id();
  for (int i = 0; i < message.dependencies_size(); ++i) {
    domain::Dependency& dependency = target.dependencies.emplace_back();
    Take(ReadUnitName(Under(path, absl::StrCat("dependencies[", i, "].unit")),
                      message.dependencies(i).unit()),
         dependency.unit, faults);
    dependency.note = message.dependencies(i).note();
  }
  target.voided = message.voided();
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return target;
}

v1::Target TargetMessage(absl::string_view pact_name, const domain::Target& target) {
  v1::Target message;
  message.set_name(absl::StrCat(pact_name, "/targets/", target.id));
  message.set_unit(UnitName(target.unit));
  message.set_criterion_id(target.criterion);
  message.set_display_name(target.name);
  message.set_measure(target.measure);
  message.set_kind(target.kind == domain::TargetKind::kInformational
                       ? v1::Target::KIND_INFORMATIONAL
                       : v1::Target::KIND_SCORED);
  message.set_direction(target.direction == domain::Direction::kLowerIsBetter
                            ? v1::Target::DIRECTION_LOWER_IS_BETTER
                            : v1::Target::DIRECTION_HIGHER_IS_BETTER);
  message.set_accumulation(AccumulationMessage(target.accumulation));
  *message.mutable_value() = QuantityMessage(target.value);
  if (target.baseline.state != domain::QuantityState::kNotReported) {
    *message.mutable_baseline() = QuantityMessage(target.baseline);
  }
  for (const domain::PacePoint& point : target.pace) {
    v1::Target::PacePoint& given = *message.add_pace();
    given.set_month(point.month);
    given.set_percent(point.percent.ToString());
  }
  message.set_evidence_rule(EvidenceRuleMessage(target.evidence));
  message.set_function_id(target.function);
  for (const domain::Dependency& dependency : target.dependencies) {
    v1::Target::Dependency& given = *message.add_dependencies();
    given.set_unit(UnitName(dependency.unit));
    given.set_note(dependency.note);
  }
  message.set_voided(target.voided);
  return message;
}

v1::Period PeriodMessage(const domain::Period& period) {
  v1::Period message;
  message.set_period_id(period.id);
  message.set_display_name(period.name);
  message.set_kind(PeriodKindMessage(period.kind));
  if (period.pace_percent.has_value()) message.set_pace_percent(period.pace_percent->ToString());
  message.set_through_month(period.through_month);
  message.set_opens_on(domain::DateToString(period.opens_on));
  if (period.due_on.has_value()) message.set_due_on(domain::DateToString(*period.due_on));
  if (period.closes_on.has_value()) message.set_closes_on(domain::DateToString(*period.closes_on));
  return message;
}

absl::StatusOr<domain::Member> ReadMember(absl::string_view path, const v1::Member& message) {
  domain::Member member;
  ASSIGN_OR_RETURN(member.unit, ReadUnitName(Under(path, "unit"), message.unit()));
  member.display_name = message.display_name();
  member.role = ReadRole(message.role());
  return member;
}

v1::Member MemberMessage(const domain::Member& member) {
  v1::Member message;
  message.set_unit(UnitName(member.unit));
  message.set_display_name(member.display_name);
  message.set_role(RoleMessage(member.role));
  return message;
}

absl::StatusOr<domain::PeriodException> ReadException(absl::string_view path,
                                                      const v1::PeriodException& message) {
  std::vector<Fault> faults;
  domain::PeriodException exception;
  exception.period = message.period_id();
  if (!message.unit().empty()) {
    Take(ReadUnitName(Under(path, "unit"), message.unit()), exception.unit, faults);
  }
  const absl::StatusOr<domain::Date> until = domain::ParseDate(message.open_until());
  Take(until.ok() ? until : domain::UnderPath(Under(path, "open_until"), until.status()),
       exception.open_until, faults);
  exception.reason = message.reason();
  exception.document = message.document();
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return exception;
}

absl::StatusOr<domain::Amendment> ReadAmendment(absl::string_view path, absl::string_view pact_name,
                                                const v1::Amendment& message) {
  std::vector<Fault> faults;
  domain::Amendment amendment;
  amendment.reason = message.reason();
  amendment.document = message.document();
  const auto place = [&](absl::string_view field, int i) {
    return Under(path, absl::StrCat(field, "[", i, "]"));
  };
  for (int i = 0; i < message.put_targets_size(); ++i) {
    Take(ReadTarget(place("put_targets", i), pact_name, message.put_targets(i)),
         amendment.put_targets.emplace_back(), faults);
  }
  for (int i = 0; i < message.void_targets_size(); ++i) {
    const auto name = ReadTargetName(place("void_targets", i), message.void_targets(i));
    TargetName read;
    if (!Take(name, read, faults)) continue;
    if (read.pact.ToString() != pact_name) {
      faults.push_back({place("void_targets", i), "TARGET_UNKNOWN",
                        absl::StrCat("Chỉ tiêu phải thuộc giao ước “", pact_name, "”.")});
    }
    amendment.void_targets.push_back(std::move(read.target));
  }
  amendment.void_criteria.assign(message.void_criterion_ids().begin(),
                                 message.void_criterion_ids().end());
  for (int i = 0; i < message.add_members_size(); ++i) {
    Take(ReadMember(place("add_members", i), message.add_members(i)),
         amendment.add_members.emplace_back(), faults);
  }
  for (int i = 0; i < message.remove_members_size(); ++i) {
    Take(ReadUnitName(place("remove_members", i), message.remove_members(i)),
         amendment.remove_members.emplace_back(), faults);
  }
  for (int i = 0; i < message.put_periods_size(); ++i) {
    Take(ReadPeriod(place("put_periods", i), message.put_periods(i)),
         amendment.put_periods.emplace_back(), faults);
  }
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return amendment;
}

void SetContent(const domain::Pact& pact, v1::Pact& message) {
  message.clear_members();
  message.clear_periods();
  message.clear_targets();
  message.clear_voided_criterion_ids();
  const std::string name = message.name();
  for (const domain::Member& member : pact.members) *message.add_members() = MemberMessage(member);
  for (const domain::Period& period : pact.periods) *message.add_periods() = PeriodMessage(period);
  for (const domain::Target& target : pact.targets) {
    *message.add_targets() = TargetMessage(name, target);
  }
  for (const std::string& id : pact.voided_criteria) message.add_voided_criterion_ids(id);
}

absl::StatusOr<domain::Pact> ReadPact(absl::string_view path, const v1::Pact& message) {
  // Without its name nothing can be said of its targets' names.
  ASSIGN_OR_RETURN(const PactName name, ReadPactName(Under(path, "name"), message.name()));
  std::vector<Fault> faults;
  const auto place = [&](absl::string_view field, int i) {
    return Under(path, absl::StrCat(field, "[", i, "]"));
  };
  domain::Pact pact;
  pact.bloc = name.bloc;
  pact.year = name.year;
  pact.version = message.version();
  Take(ReadScheme(Under(path, "scheme_content"), message.scheme_content()), pact.scheme, faults);
  for (int i = 0; i < message.members_size(); ++i) {
    Take(ReadMember(place("members", i), message.members(i)), pact.members.emplace_back(), faults);
  }
  for (int i = 0; i < message.periods_size(); ++i) {
    Take(ReadPeriod(place("periods", i), message.periods(i)), pact.periods.emplace_back(), faults);
  }
  pact.targets.reserve(static_cast<size_t>(message.targets_size()));
  for (int i = 0; i < message.targets_size(); ++i) {
    Take(ReadTarget(place("targets", i), message.name(), message.targets(i)),
         pact.targets.emplace_back(), faults);
  }
  pact.voided_criteria.assign(message.voided_criterion_ids().begin(),
                              message.voided_criterion_ids().end());
  for (int i = 0; i < message.period_exceptions_size(); ++i) {
    Take(ReadException(place("period_exceptions", i), message.period_exceptions(i)),
         pact.exceptions.emplace_back(), faults);
  }
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return pact;
}

}  // namespace thidua::messages
