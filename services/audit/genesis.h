// What stood before there was an audit.
#ifndef THIDUA_SERVICES_AUDIT_GENESIS_H_
#define THIDUA_SERVICES_AUDIT_GENESIS_H_

#include "absl/status/status.h"
#include "services/audit/stored_rows.h"
#include "services/storage/database.h"

namespace thidua::audit {

// Puts on record what stands in a database that has no audit yet, as the deed of the actor
// "migration", so that every row has an entry from then on; does nothing once anything is on
// record. In one transaction. To be called after the database was opened, before it is served.
// Errors are the storage library's.
absl::Status RecordWhatStood(storage::Database& database, const Resources& resources);

}  // namespace thidua::audit

#endif  // THIDUA_SERVICES_AUDIT_GENESIS_H_
