// Pacts and their targets from their messages to their domain form.
#ifndef THIDUA_SERVICES_MESSAGES_PACT_H_
#define THIDUA_SERVICES_MESSAGES_PACT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/pact.h"
#include "thidua/registry/v1/pact.pb.h"

namespace thidua::messages {

// Faults of names, days and numbers that cannot be read, under `path` ("" for a pact that stands
// alone, as a service sends it on). Whether the pact is sound is domain::ValidatePact's to say.
absl::StatusOr<domain::Pact> ReadPact(absl::string_view path, const registry::v1::Pact& message);

// One target of that pact; its name may be of this pact only (fault RESOURCE_NAME_INVALID).
absl::StatusOr<domain::Target> ReadTarget(absl::string_view path, absl::string_view pact_name,
                                          const registry::v1::Target& message);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_PACT_H_
