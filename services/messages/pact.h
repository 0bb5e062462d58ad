// Pacts and their targets from their messages to their domain form.
#ifndef THIDUA_SERVICES_MESSAGES_PACT_H_
#define THIDUA_SERVICES_MESSAGES_PACT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/amendment.h"
#include "services/domain/pact.h"
#include "thidua/registry/v1/pact.pb.h"

namespace thidua::messages {

// All faults of names, days and numbers that cannot be read, under `path` ("" for a pact that
// stands alone, as a service sends it on); of a pact without a sound name that one alone. Whether
// the pact is sound is domain::ValidatePact's to say.
//
// A period's through_month is by default that of its kind, and its pace through_month in twelfths:
// written out where that is a whole percent (3, 6, 9, 12), left to domain::PaceOf where it is not,
// for 8,333…% is no decimal. A quarter without month and pace: fault REQUIRED at its through_month.
absl::StatusOr<domain::Pact> ReadPact(absl::string_view path, const registry::v1::Pact& message);

// One target of that pact; its name may be of this pact only (fault RESOURCE_NAME_INVALID). All
// faults at once.
absl::StatusOr<domain::Target> ReadTarget(absl::string_view path, absl::string_view pact_name,
                                          const registry::v1::Target& message);

// A member; its role is MEMBER when none is given.
absl::StatusOr<domain::Member> ReadMember(absl::string_view path,
                                          const registry::v1::Member& message);

absl::StatusOr<domain::PeriodException> ReadException(absl::string_view path,
                                                      const registry::v1::PeriodException& message);

// All faults of names, days and numbers under `path`. The scheme, if it names another, is for the
// caller to find and to put in. Members to be added have no display_name yet.
absl::StatusOr<domain::Amendment> ReadAmendment(absl::string_view path, absl::string_view pact_name,
                                                const registry::v1::Amendment& message);

// As answers carry them: every field in its canonical form.
registry::v1::Target TargetMessage(absl::string_view pact_name, const domain::Target& target);
registry::v1::Period PeriodMessage(const domain::Period& period);
registry::v1::Member MemberMessage(const domain::Member& member);

// Puts into `message` what is signed of the pact: its members, periods, targets and voided
// criteria.
void SetContent(const domain::Pact& pact, registry::v1::Pact& message);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_PACT_H_
