// The registry's tables, forward only: a step that was released is never changed.
#ifndef THIDUA_SERVICES_REGISTRY_SCHEMA_H_
#define THIDUA_SERVICES_REGISTRY_SCHEMA_H_

#include "services/storage/database.h"

namespace thidua::registry {

storage::Migrations Schema();

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SCHEMA_H_
