// Units between their message and their domain form.
#ifndef THIDUA_SERVICES_MESSAGES_UNIT_H_
#define THIDUA_SERVICES_MESSAGES_UNIT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/unit.h"
#include "thidua/registry/v1/unit.pb.h"

namespace thidua::messages {

// All faults of names and days that cannot be read, under `path`. Without `namings` the one naming
// is display_name, short_name and kind, open at both ends; with them these three must be empty or
// those of one of them (fault NAMINGS_DISAGREE). A kind that is not of the contract is none.
// Whether the unit is sound is domain::ValidateUnit's to say.
absl::StatusOr<domain::Unit> ReadUnit(absl::string_view path, const registry::v1::Unit& message);

// As answers carry it on that day; without version and etag.
registry::v1::Unit UnitMessage(const domain::Unit& unit, domain::Date as_of);

// Brings what depends on the day (display_name, short_name, kind, state) of a stored message, which
// has its namings, to another day.
void ShowOn(domain::Date as_of, registry::v1::Unit& message);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_UNIT_H_
