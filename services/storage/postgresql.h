// PostgreSQL as the engine, by libpq.
#ifndef THIDUA_SERVICES_STORAGE_POSTGRESQL_H_
#define THIDUA_SERVICES_STORAGE_POSTGRESQL_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/storage/database.h"

namespace thidua::storage {

// `url`: postgresql://user@host:port/database?options, as libpq reads it, without a password.
// Errors, and `password_file`, as of Database::Open; UNAVAILABLE when nobody answers there. A
// connection that breaks is replaced at the next call.
absl::StatusOr<std::unique_ptr<Database>> OpenPostgresql(const std::string& url,
                                                         const std::string& password_file,
                                                         Migrations migrations);

}  // namespace thidua::storage

#endif  // THIDUA_SERVICES_STORAGE_POSTGRESQL_H_
