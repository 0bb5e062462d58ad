// The registry's tables, forward only: a step that was released is never changed.
#ifndef THIDUA_SERVICES_REGISTRY_SCHEMA_H_
#define THIDUA_SERVICES_REGISTRY_SCHEMA_H_

#include "absl/status/status.h"
#include "services/storage/database.h"

namespace thidua::registry {

storage::Migrations Schema();

// What no SQL can do, because messages have to be read for it: fills the tables that were made
// after the rows that they are about. To be called after the database was opened, before it is
// served.
absl::Status CompleteSchema(storage::Database& database);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SCHEMA_H_
