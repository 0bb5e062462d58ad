// PostgreSQL as the engine, by libpq.
#ifndef THIDUA_SERVICES_STORAGE_POSTGRESQL_H_
#define THIDUA_SERVICES_STORAGE_POSTGRESQL_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/storage/database.h"

namespace thidua::storage {

// `url`: postgresql://user@host:port/database?options, as libpq reads it, without a password;
// several hosts (host=a,b) are those of one database, of which the one that takes writes is gone
// to, unless target_session_attrs says otherwise. Errors, and `password_file`, as of
// Database::Open; UNAVAILABLE when nobody answers there.
//
// What is not left to the administrator: commits are durable when they are answered; statements end
// after 10 seconds and waits for a lock after 5, with UNAVAILABLE; a process that hangs is thrown
// out of its transaction after 10 seconds when it writes, 60 when it reads; a server that does not
// answer at all is given up 5 seconds after it should have. At most 16 connections. One that broke
// while it was idle is replaced without a word; one that breaks at work answers UNAVAILABLE.
absl::StatusOr<std::unique_ptr<Database>> OpenPostgresql(const std::string& url,
                                                         const std::string& password_file,
                                                         Migrations migrations);

// As of Database::OpenToLook and OpenToFill.
absl::StatusOr<std::unique_ptr<Database>> OpenPostgresqlToLook(const std::string& url,
                                                               const std::string& password_file,
                                                               Company company);
absl::StatusOr<std::unique_ptr<Database>> OpenPostgresqlToFill(const std::string& url,
                                                               const std::string& password_file,
                                                               Migrations migrations);

}  // namespace thidua::storage

#endif  // THIDUA_SERVICES_STORAGE_POSTGRESQL_H_
