#include "services/messages/resource_names.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"

namespace thidua::messages {
namespace {

// The ids of a name of the form "collection/{id}/collection/{id}…", or nothing.
std::optional<std::vector<std::string>> Parts(
    absl::string_view name, std::initializer_list<absl::string_view> collections) {
  const std::vector<absl::string_view> segments = absl::StrSplit(name, '/');
  if (segments.size() != 2 * collections.size()) return std::nullopt;
  std::vector<std::string> ids;
  size_t i = 0;
  for (absl::string_view collection : collections) {
    if (segments[i] != collection) return std::nullopt;
    if (domain::CheckIdentifier("", segments[i + 1]).has_value()) return std::nullopt;
    ids.emplace_back(segments[i + 1]);
    i += 2;
  }
  return ids;
}

absl::Status Invalid(absl::string_view path, absl::string_view name, absl::string_view form) {
  return domain::Fault{std::string(path), "RESOURCE_NAME_INVALID",
                       absl::StrCat("Tên tài nguyên “", domain::Excerpt(name),
                                    "” không đúng: phải có dạng “", form, "”.")}
      .ToStatus();
}

std::optional<int> ReadYear(absl::string_view text) {
  int year = 0;
  if (text.size() != 4 || !absl::SimpleAtoi(text, &year) || year < 1900) return std::nullopt;
  return year;
}

// From 1 on, in the canonical form only: one thing has one name.
std::optional<int64_t> ReadCount(absl::string_view text) {
  int64_t count = 0;
  if (!absl::SimpleAtoi(text, &count) || count < 1 || absl::StrCat(count) != text) {
    return std::nullopt;
  }
  return count;
}

}  // namespace

std::string SchemeName::ToString() const {
  return absl::StrCat("schemes/", scheme, "/versions/", version);
}
std::string PactName::ToString() const { return absl::StrCat("blocs/", bloc, "/pacts/", year); }
std::string TargetName::ToString() const {
  return absl::StrCat(pact.ToString(), "/targets/", target);
}
std::string PeriodName::ToString() const {
  return absl::StrCat(pact.ToString(), "/periods/", period);
}
std::string ResultName::ToString() const {
  return absl::StrCat(period.ToString(), "/results/", target);
}
std::string SubmissionName::ToString() const {
  return absl::StrCat(period.ToString(), "/submissions/", unit);
}
std::string ReportName::ToString() const {
  return absl::StrCat(period.ToString(), "/reports/", report);
}
std::string EvidenceName::ToString() const {
  return absl::StrCat(pact.ToString(), "/evidence/", sha256);
}
std::string IneligibilityName::ToString() const {
  return absl::StrCat(pact.ToString(), "/ineligibilities/", number);
}
std::string AwardProposalName::ToString() const {
  return absl::StrCat(period.ToString(), "/awardProposals/", number);
}
std::string UnitName(absl::string_view unit) { return absl::StrCat("units/", unit); }
std::string BlocName(absl::string_view bloc) { return absl::StrCat("blocs/", bloc); }
std::string SchemeDraftName(absl::string_view scheme) {
  return absl::StrCat("schemes/", scheme, "/draft");
}
std::string ReorganisationName(absl::string_view reorganisation) {
  return absl::StrCat("reorganisations/", reorganisation);
}
std::string ImportName(absl::string_view import) { return absl::StrCat("imports/", import); }

absl::StatusOr<std::string> ReadUnitName(absl::string_view path, absl::string_view name) {
  auto ids = Parts(name, {"units"});
  if (!ids.has_value()) return Invalid(path, name, "units/{unit}");
  return std::move((*ids)[0]);
}

absl::StatusOr<std::string> ReadBlocName(absl::string_view path, absl::string_view name) {
  auto ids = Parts(name, {"blocs"});
  if (!ids.has_value()) return Invalid(path, name, "blocs/{bloc}");
  return std::move((*ids)[0]);
}

absl::StatusOr<std::string> ReadSchemeDraftName(absl::string_view path, absl::string_view name) {
  absl::string_view rest = name;
  if (absl::ConsumeSuffix(&rest, "/draft")) {
    auto ids = Parts(rest, {"schemes"});
    if (ids.has_value()) return std::move((*ids)[0]);
  }
  return Invalid(path, name, "schemes/{scheme}/draft");
}

absl::StatusOr<std::string> ReadReorganisationName(absl::string_view path, absl::string_view name) {
  auto ids = Parts(name, {"reorganisations"});
  if (!ids.has_value()) return Invalid(path, name, "reorganisations/{reorganisation}");
  return std::move((*ids)[0]);
}

absl::StatusOr<std::string> ReadImportName(absl::string_view path, absl::string_view name) {
  auto ids = Parts(name, {"imports"});
  if (!ids.has_value()) return Invalid(path, name, "imports/{import}");
  return std::move((*ids)[0]);
}

absl::StatusOr<SchemeName> ReadSchemeName(absl::string_view path, absl::string_view name) {
  auto ids = Parts(name, {"schemes", "versions"});
  const std::optional<int64_t> version = ids.has_value() ? ReadCount((*ids)[1]) : std::nullopt;
  if (!version.has_value()) return Invalid(path, name, "schemes/{scheme}/versions/{version}");
  return SchemeName{std::move((*ids)[0]), *version};
}

absl::StatusOr<PactName> ReadPactName(absl::string_view path, absl::string_view name) {
  auto ids = Parts(name, {"blocs", "pacts"});
  const std::optional<int> year = ids.has_value() ? ReadYear((*ids)[1]) : std::nullopt;
  if (!year.has_value()) return Invalid(path, name, "blocs/{bloc}/pacts/{year}");
  return PactName{std::move((*ids)[0]), *year};
}

absl::StatusOr<TargetName> ReadTargetName(absl::string_view path, absl::string_view name) {
  auto ids = Parts(name, {"blocs", "pacts", "targets"});
  const std::optional<int> year = ids.has_value() ? ReadYear((*ids)[1]) : std::nullopt;
  if (!year.has_value()) return Invalid(path, name, "blocs/{bloc}/pacts/{year}/targets/{target}");
  return TargetName{{std::move((*ids)[0]), *year}, std::move((*ids)[2])};
}

absl::StatusOr<PeriodName> ReadPeriodName(absl::string_view path, absl::string_view name) {
  auto ids = Parts(name, {"blocs", "pacts", "periods"});
  const std::optional<int> year = ids.has_value() ? ReadYear((*ids)[1]) : std::nullopt;
  if (!year.has_value()) return Invalid(path, name, "blocs/{bloc}/pacts/{year}/periods/{period}");
  return PeriodName{{std::move((*ids)[0]), *year}, std::move((*ids)[2])};
}

absl::StatusOr<ResultName> ReadResultName(absl::string_view path, absl::string_view name) {
  auto ids = Parts(name, {"blocs", "pacts", "periods", "results"});
  const std::optional<int> year = ids.has_value() ? ReadYear((*ids)[1]) : std::nullopt;
  if (!year.has_value()) {
    return Invalid(path, name, "blocs/{bloc}/pacts/{year}/periods/{period}/results/{target}");
  }
  return ResultName{{{std::move((*ids)[0]), *year}, std::move((*ids)[2])}, std::move((*ids)[3])};
}

absl::StatusOr<SubmissionName> ReadSubmissionName(absl::string_view path, absl::string_view name) {
  auto ids = Parts(name, {"blocs", "pacts", "periods", "submissions"});
  const std::optional<int> year = ids.has_value() ? ReadYear((*ids)[1]) : std::nullopt;
  if (!year.has_value()) {
    return Invalid(path, name, "blocs/{bloc}/pacts/{year}/periods/{period}/submissions/{unit}");
  }
  return SubmissionName{{{std::move((*ids)[0]), *year}, std::move((*ids)[2])},
                        std::move((*ids)[3])};
}

absl::StatusOr<ReportName> ReadReportName(absl::string_view path, absl::string_view name) {
  auto ids = Parts(name, {"blocs", "pacts", "periods", "reports"});
  const std::optional<int> year = ids.has_value() ? ReadYear((*ids)[1]) : std::nullopt;
  const std::optional<int64_t> report = ids.has_value() ? ReadCount((*ids)[3]) : std::nullopt;
  if (!year.has_value() || !report.has_value()) {
    return Invalid(path, name, "blocs/{bloc}/pacts/{year}/periods/{period}/reports/{report}");
  }
  return ReportName{{{std::move((*ids)[0]), *year}, std::move((*ids)[2])}, *report};
}

absl::StatusOr<EvidenceName> ReadEvidenceName(absl::string_view path, absl::string_view name) {
  // A digest is longer than a slug may be: it is taken off first.
  const size_t slash = name.rfind('/');
  absl::string_view pact = name.substr(0, slash);
  if (slash != absl::string_view::npos && IsSha256(name.substr(slash + 1)) &&
      absl::ConsumeSuffix(&pact, "/evidence")) {
    absl::StatusOr<PactName> read = ReadPactName(path, pact);
    if (read.ok()) return EvidenceName{*std::move(read), std::string(name.substr(slash + 1))};
  }
  return Invalid(path, name, "blocs/{bloc}/pacts/{year}/evidence/{sha256}");
}

absl::StatusOr<IneligibilityName> ReadIneligibilityName(absl::string_view path,
                                                        absl::string_view name) {
  auto ids = Parts(name, {"blocs", "pacts", "ineligibilities"});
  const std::optional<int> year = ids.has_value() ? ReadYear((*ids)[1]) : std::nullopt;
  const std::optional<int64_t> number = ids.has_value() ? ReadCount((*ids)[2]) : std::nullopt;
  if (!year.has_value() || !number.has_value()) {
    return Invalid(path, name, "blocs/{bloc}/pacts/{year}/ineligibilities/{number}");
  }
  return IneligibilityName{{std::move((*ids)[0]), *year}, *number};
}

absl::StatusOr<AwardProposalName> ReadAwardProposalName(absl::string_view path,
                                                        absl::string_view name) {
  auto ids = Parts(name, {"blocs", "pacts", "periods", "awardProposals"});
  const std::optional<int> year = ids.has_value() ? ReadYear((*ids)[1]) : std::nullopt;
  const std::optional<int64_t> number = ids.has_value() ? ReadCount((*ids)[3]) : std::nullopt;
  if (!year.has_value() || !number.has_value()) {
    return Invalid(path, name,
                   "blocs/{bloc}/pacts/{year}/periods/{period}/awardProposals/{number}");
  }
  return AwardProposalName{{{std::move((*ids)[0]), *year}, std::move((*ids)[2])}, *number};
}

bool IsSha256(absl::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
}

}  // namespace thidua::messages
