// The embedded engine: one file, by SQLiteCpp, in WAL with synchronous=FULL.
#ifndef THIDUA_SERVICES_STORAGE_SQLITE_H_
#define THIDUA_SERVICES_STORAGE_SQLITE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/storage/database.h"

namespace thidua::storage {

// Makes the file and its folder when they are not there. FAILED_PRECONDITION when another process
// has it open.
absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& file,
                                                     Migrations migrations);

// As of Database::OpenToLook and OpenToFill. Which of them looks at a file in WAL needs leave to
// write beside it, and writes nothing that stays.
absl::StatusOr<std::unique_ptr<Database>> OpenSqliteToLook(const std::string& file,
                                                           Company company);
absl::StatusOr<std::unique_ptr<Database>> OpenSqliteToFill(const std::string& file,
                                                           Migrations migrations);

}  // namespace thidua::storage

#endif  // THIDUA_SERVICES_STORAGE_SQLITE_H_
