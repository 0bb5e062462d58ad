// PostgreSQL as the engine, by libpq.
#ifndef THIDUA_SERVICES_STORAGE_POSTGRESQL_H_
#define THIDUA_SERVICES_STORAGE_POSTGRESQL_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/storage/database.h"

namespace thidua::storage {

// `url`: postgresql://user:password@host:port/database?options, as libpq reads it. UNAVAILABLE when
// nobody answers there. A connection that breaks is replaced at the next call.
absl::StatusOr<std::unique_ptr<Database>> OpenPostgresql(const std::string& url,
                                                         Migrations migrations);

}  // namespace thidua::storage

#endif  // THIDUA_SERVICES_STORAGE_POSTGRESQL_H_
