#include "services/registry/pact_editions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/amendment.h"
#include "services/domain/return_if_error.h"
#include "services/messages/interval.h"
#include "services/messages/pact.h"
#include "services/messages/resource_names.h"
#include "services/messages/scheme.h"
#include "services/platform/digest.h"

namespace thidua::registry {
namespace {

using domain::Fault;
using google::protobuf::RepeatedPtrField;
using messages::SchemeName;

}  // namespace

std::string DigestOf(const v1::Pact& pact) {
  v1::Pact content;
  content.set_name(pact.name());
  content.set_edition(pact.edition());
  content.set_scheme(pact.scheme());
  content.mutable_scheme_content()->set_digest(pact.scheme_content().digest());
  *content.mutable_members() = pact.members();
  *content.mutable_periods() = pact.periods();
  *content.mutable_targets() = pact.targets();
  *content.mutable_voided_criterion_ids() = pact.voided_criterion_ids();
  for (const v1::Amendment& amendment : pact.amendments()) {
    v1::Amendment& behind = *content.add_amendments();
    behind.set_edition(amendment.edition());
    behind.set_reason(amendment.reason());
    behind.set_document(amendment.document());
  }
  return absl::StrCat("v1:", platform::Sha256Hex(platform::DeterministicBytes(content)));
}

std::vector<std::string> UnsignedUnits(const RepeatedPtrField<v1::Member>& members,
                                       const RepeatedPtrField<v1::Signature>& signatures) {
  std::vector<std::string> units;
  for (const v1::Member& member : members) {
    const bool has_signed = std::any_of(
        signatures.begin(), signatures.end(),
        [&](const v1::Signature& signature) { return signature.unit() == member.unit(); });
    if (!has_signed) units.push_back(member.unit());
  }
  return units;
}

absl::StatusOr<v1::Scheme> SchemeFor(Store& store, absl::string_view path,
                                     const std::string& scheme, int year) {
  ASSIGN_OR_RETURN(const SchemeName name, messages::ReadSchemeName(path, scheme));
  ASSIGN_OR_RETURN(std::optional<v1::Scheme> found, store.FindScheme(name));
  if (!found.has_value()) {
    return Fault{std::string(path), "SCHEME_UNKNOWN",
                 absl::StrCat("Không có thang bảng điểm “", scheme, "”.")}
        .ToStatus();
  }
  ASSIGN_OR_RETURN(const domain::Interval valid, messages::ReadInterval(path, *found));
  if (!valid.Overlaps(DaysOf(year))) {
    return Fault{
        std::string(path), "SCHEME_NOT_VALID",
        absl::StrCat("Thang bảng điểm “", scheme, "” không có hiệu lực trong năm ", year, ".")}
        .ToStatus();
  }
  return *std::move(found);
}

absl::StatusOr<v1::Pact> Amended(Store& store, absl::string_view path, const v1::Pact& pact,
                                 const v1::Amendment& amendment) {
  ASSIGN_OR_RETURN(const domain::Pact before, messages::ReadPact("", pact));
  ASSIGN_OR_RETURN(domain::Amendment change, messages::ReadAmendment(path, pact.name(), amendment));
  v1::Pact amended = pact;
  if (!amendment.scheme().empty()) {
    ASSIGN_OR_RETURN(
        *amended.mutable_scheme_content(),
        SchemeFor(store, absl::StrCat(path, ".scheme"), amendment.scheme(), before.year));
    amended.set_scheme(amended.scheme_content().name());
    ASSIGN_OR_RETURN(change.scheme, messages::ReadScheme(path, amended.scheme_content()));
  }
  const absl::StatusOr<domain::Pact> after = domain::Amend(before, change);
  if (!after.ok()) return domain::UnderPath(path, after.status());
  messages::SetContent(*after, amended);
  amended.set_edition(pact.edition() + 1);
  amended.clear_signatures();
  amended.clear_proposed_amendment();
  v1::Amendment& behind = *amended.add_amendments();
  behind.set_edition(amended.edition());
  behind.set_reason(amendment.reason());
  behind.set_document(amendment.document());
  behind.set_reorganisation(amendment.reorganisation());
  if (amendment.has_propose_time()) *behind.mutable_propose_time() = amendment.propose_time();
  return amended;
}

absl::Status CheckDependencies(Store& store, absl::string_view path,
                               const RepeatedPtrField<v1::Target>& targets) {
  std::vector<std::string> units, places;
  std::vector<Fault> faults;
  for (int i = 0; i < targets.size(); ++i) {
    for (int k = 0; k < targets[i].dependencies_size(); ++k) {
      std::string place = absl::StrCat(path, "[", i, "].dependencies[", k, "].unit");
      ASSIGN_OR_RETURN(std::string unit,
                       messages::ReadUnitName(place, targets[i].dependencies(k).unit()));
      units.push_back(std::move(unit));
      places.push_back(std::move(place));
    }
  }
  if (units.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto there, store.WhichUnitsExist(units));
  for (size_t i = 0; i < units.size(); ++i) {
    if (there.contains(units[i])) continue;
    faults.push_back({places[i], "UNIT_UNKNOWN",
                      absl::StrCat("Không có đơn vị “", units[i], "” trong sổ đăng ký.")});
  }
  return domain::FaultsToStatus(faults);
}

domain::Interval DaysOf(int year) { return {domain::Date(year, 1, 1), domain::Date(year, 12, 31)}; }

}  // namespace thidua::registry
