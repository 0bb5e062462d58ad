// Reorganisations and their effects between their messages and their domain form.
#ifndef THIDUA_SERVICES_MESSAGES_REORGANISATION_H_
#define THIDUA_SERVICES_MESSAGES_REORGANISATION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/reorganisation.h"
#include "thidua/registry/v1/reorganisation.pb.h"

namespace thidua::messages {

// All faults of names and days that cannot be read, under `path`. Whether it is sound is
// domain::ValidateReorganisation's to say.
absl::StatusOr<domain::Reorganisation> ReadReorganisation(
    absl::string_view path, const registry::v1::Reorganisation& message);

registry::v1::ReorganisationEffect EffectMessage(const domain::ReorganisationEffect& effect,
                                                 domain::Date effective_on);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_REORGANISATION_H_
