// Schemes from their message to their domain form.
#ifndef THIDUA_SERVICES_MESSAGES_SCHEME_H_
#define THIDUA_SERVICES_MESSAGES_SCHEME_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/fault.h"
#include "services/domain/scheme.h"
#include "thidua/registry/v1/scheme.pb.h"

namespace thidua::messages {

// All faults of numbers, days and choices that cannot be read, under `path`; whether the scheme is
// sound is domain::ValidateScheme's to say. Its worked examples are not looked at.
absl::StatusOr<domain::Scheme> ReadScheme(absl::string_view path,
                                          const registry::v1::Scheme& message);

// Everything that stands against publishing the content under that id: first what cannot be read,
// then what domain::ValidateScheme has against the rest; of a sound scheme what its worked examples
// have against it.
std::vector<domain::Fault> FaultsOfScheme(const registry::v1::Scheme& message,
                                          const std::string& scheme_id);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_SCHEME_H_
