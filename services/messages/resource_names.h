// Names of resources (AIP-122): taken apart and put together in this one place.
//
//   units/{unit}                                    schemes/{scheme}/versions/{version}
//   schemes/{scheme}/draft                          reorganisations/{reorganisation}
//   blocs/{bloc}                                    blocs/{bloc}/pacts/{year}
//   blocs/{bloc}/pacts/{year}/targets/{target}      blocs/{bloc}/pacts/{year}/periods/{period}
//   blocs/{bloc}/pacts/{year}/periods/{period}/results/{target}
//   blocs/{bloc}/pacts/{year}/periods/{period}/submissions/{unit}
//   blocs/{bloc}/pacts/{year}/periods/{period}/reports/{report}
//   imports/{import}
//   blocs/{bloc}/pacts/{year}/evidence/{sha256}
//   blocs/{bloc}/pacts/{year}/ineligibilities/{number}
//   blocs/{bloc}/pacts/{year}/periods/{period}/awardProposals/{number}
//
// Reading answers INVALID_ARGUMENT with fault RESOURCE_NAME_INVALID at `path` for anything else;
// each part is a slug as domain/identifier.h says, {year} has four digits, {version}, {report} and
// {number} count from 1, {sha256} is 64 lower-case hexadecimal digits.
// Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_MESSAGES_RESOURCE_NAMES_H_
#define THIDUA_SERVICES_MESSAGES_RESOURCE_NAMES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::messages {

struct SchemeName {
  std::string scheme;
  int64_t version = 0;
  std::string ToString() const;
};

struct PactName {
  std::string bloc;
  int year = 0;
  std::string ToString() const;
  friend bool operator==(const PactName&, const PactName&) = default;
};

struct TargetName {
  PactName pact;
  std::string target;
  std::string ToString() const;
};

struct PeriodName {
  PactName pact;
  std::string period;
  std::string ToString() const;
};

struct ResultName {
  PeriodName period;
  std::string target;
  std::string ToString() const;
};

struct EvidenceName {
  PactName pact;
  std::string sha256;
  std::string ToString() const;
};

struct SubmissionName {
  PeriodName period;
  std::string unit;
  std::string ToString() const;
};

struct ReportName {
  PeriodName period;
  int64_t report = 0;
  std::string ToString() const;
};

struct IneligibilityName {
  PactName pact;
  int64_t number = 0;
  std::string ToString() const;
};

struct AwardProposalName {
  PeriodName period;
  int64_t number = 0;
  std::string ToString() const;
};

std::string UnitName(absl::string_view unit);
std::string BlocName(absl::string_view bloc);
std::string SchemeDraftName(absl::string_view scheme);
std::string ReorganisationName(absl::string_view reorganisation);
std::string ImportName(absl::string_view import);

// The slug in "units/{unit}", "blocs/{bloc}", "schemes/{scheme}/draft",
// "reorganisations/{reorganisation}", "imports/{import}".
absl::StatusOr<std::string> ReadUnitName(absl::string_view path, absl::string_view name);
absl::StatusOr<std::string> ReadBlocName(absl::string_view path, absl::string_view name);
absl::StatusOr<std::string> ReadSchemeDraftName(absl::string_view path, absl::string_view name);
absl::StatusOr<std::string> ReadReorganisationName(absl::string_view path, absl::string_view name);
absl::StatusOr<std::string> ReadImportName(absl::string_view path, absl::string_view name);
absl::StatusOr<SchemeName> ReadSchemeName(absl::string_view path, absl::string_view name);
absl::StatusOr<PactName> ReadPactName(absl::string_view path, absl::string_view name);
absl::StatusOr<TargetName> ReadTargetName(absl::string_view path, absl::string_view name);
absl::StatusOr<PeriodName> ReadPeriodName(absl::string_view path, absl::string_view name);
absl::StatusOr<ResultName> ReadResultName(absl::string_view path, absl::string_view name);
absl::StatusOr<SubmissionName> ReadSubmissionName(absl::string_view path, absl::string_view name);
absl::StatusOr<ReportName> ReadReportName(absl::string_view path, absl::string_view name);
absl::StatusOr<EvidenceName> ReadEvidenceName(absl::string_view path, absl::string_view name);
absl::StatusOr<IneligibilityName> ReadIneligibilityName(absl::string_view path,
                                                        absl::string_view name);
absl::StatusOr<AwardProposalName> ReadAwardProposalName(absl::string_view path,
                                                        absl::string_view name);

// Whether the text is a {sha256}.
bool IsSha256(absl::string_view text);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_RESOURCE_NAMES_H_
