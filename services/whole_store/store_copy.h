// All rows of one store put into another, on whichever engines.
#ifndef THIDUA_SERVICES_WHOLE_STORE_STORE_COPY_H_
#define THIDUA_SERVICES_WHOLE_STORE_STORE_COPY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/storage/database.h"
#include "services/whole_store/table_digest.h"

namespace thidua::whole_store {

// Copies every table of `from`, as it is, who the store is too; answers the digests of what was
// read. `from` is a transaction of a database that was opened to be looked at, `to` of one to be
// filled, with the same schema. FAILED_PRECONDITION when it has not, or has rows. Holds a few rows
// in memory.
absl::StatusOr<std::vector<TableDigest>> CopyTables(storage::Transaction& from,
                                                    storage::Transaction& to, const Teller& tell);

// OK when nothing that could be lost is there: no store, or one of which nobody made use yet.
// FAILED_PRECONDITION otherwise, and when a service has it open.
absl::Status CheckEmpty(const std::string& location, const std::string& password_file);

// Makes a store at `location` with that schema out of `from`, and reads it again: what stands there
// is what was read, or the answer is not OK. The place has to be empty (CheckEmpty). Broken off, it
// leaves tables without rows, on PostgreSQL, or a file that is still empty.
absl::StatusOr<std::vector<TableDigest>> FillStore(storage::Transaction& from,
                                                   const std::string& location,
                                                   const std::string& password_file,
                                                   storage::Migrations schema, const Teller& tell);

}  // namespace thidua::whole_store

#endif  // THIDUA_SERVICES_WHOLE_STORE_STORE_COPY_H_
