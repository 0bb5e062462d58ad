#include "services/messages/pact.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"
#include "services/messages/scheme.h"

namespace thidua::messages {
namespace {

namespace v1 = registry::v1;

std::string Under(absl::string_view path, absl::string_view field) {
  return path.empty() ? std::string(field) : absl::StrCat(path, ".", field);
}

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

// What part of the year's target is due when the pact does not say; a quarter must.
domain::Decimal UsualPace(v1::Period::Kind kind) {
  switch (kind) {
    case v1::Period::KIND_MID_YEAR:
      return 50;
    case v1::Period::KIND_YEAR:
      return 100;
    default:
      return 0;
  }
}

absl::StatusOr<domain::Period> ReadPeriod(const std::string& path, const v1::Period& message) {
  domain::Period period;
  period.id = message.period_id();
  period.name = message.display_name();
  switch (message.kind()) {
    case v1::Period::KIND_MID_YEAR:
      period.kind = domain::PeriodKind::kMidYear;
      break;
    case v1::Period::KIND_YEAR:
      period.kind = domain::PeriodKind::kYear;
      break;
    case v1::Period::KIND_QUARTER:
      period.kind = domain::PeriodKind::kQuarter;
      break;
    default:
      return domain::Fault{absl::StrCat(path, ".kind"), "REQUIRED",
                           "Phải ghi loại kỳ báo cáo: 6 tháng, năm hoặc quý."}
          .ToStatus();
  }
  ASSIGN_OR_RETURN(period.pace_percent,
                   ReadDecimal(absl::StrCat(path, ".pace_percent"), message.pace_percent(),
                               UsualPace(message.kind())));
  absl::StatusOr<domain::Date> opens_on = domain::ParseDate(message.opens_on());
  if (!opens_on.ok()) {
    return domain::UnderPath(absl::StrCat(path, ".opens_on"), opens_on.status());
  }
  period.opens_on = *opens_on;
  if (!message.closes_on().empty()) {
    absl::StatusOr<domain::Date> closes_on = domain::ParseDate(message.closes_on());
    if (!closes_on.ok()) {
      return domain::UnderPath(absl::StrCat(path, ".closes_on"), closes_on.status());
    }
    period.closes_on = *closes_on;
  }
  return period;
}

}  // namespace

absl::StatusOr<domain::Target> ReadTarget(absl::string_view path, absl::string_view pact_name,
                                          const v1::Target& message) {
  domain::Target target;
  ASSIGN_OR_RETURN(const TargetName name, ReadTargetName(Under(path, "name"), message.name()));
  if (name.pact.ToString() != pact_name) {
    return domain::Fault{Under(path, "name"), "RESOURCE_NAME_INVALID",
                         absl::StrCat("Chỉ tiêu phải thuộc giao ước “", pact_name, "”.")}
        .ToStatus();
  }
  target.id = name.target;
  ASSIGN_OR_RETURN(target.unit, ReadUnitName(Under(path, "unit"), message.unit()));
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
  ASSIGN_OR_RETURN(target.value,
                   ReadQuantity(Under(path, "value"), message.value(), message.measure()));
  return target;
}

absl::StatusOr<domain::Pact> ReadPact(absl::string_view path, const v1::Pact& message) {
  domain::Pact pact;
  ASSIGN_OR_RETURN(const PactName name, ReadPactName(Under(path, "name"), message.name()));
  pact.bloc = name.bloc;
  pact.year = name.year;
  pact.version = message.version();
  ASSIGN_OR_RETURN(pact.scheme,
                   ReadScheme(Under(path, "scheme_content"), message.scheme_content()));
  for (int i = 0; i < message.members_size(); ++i) {
    const v1::Member& member = message.members(i);
    ASSIGN_OR_RETURN(
        std::string unit,
        ReadUnitName(Under(path, absl::StrCat("members[", i, "].unit")), member.unit()));
    pact.members.push_back({std::move(unit), member.display_name(), ReadRole(member.role())});
  }
  for (int i = 0; i < message.periods_size(); ++i) {
    ASSIGN_OR_RETURN(domain::Period period,
                     ReadPeriod(Under(path, absl::StrCat("periods[", i, "]")), message.periods(i)));
    pact.periods.push_back(std::move(period));
  }
  for (int i = 0; i < message.targets_size(); ++i) {
    ASSIGN_OR_RETURN(domain::Target target,
                     ReadTarget(Under(path, absl::StrCat("targets[", i, "]")), message.name(),
                                message.targets(i)));
    pact.targets.push_back(std::move(target));
  }
  return pact;
}

}  // namespace thidua::messages
