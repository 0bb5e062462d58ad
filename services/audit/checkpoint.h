// Checkpoints: what binds the heads of all chains at one moment
// (proto/thidua/audit/v1/audit.proto).
#ifndef THIDUA_SERVICES_AUDIT_CHECKPOINT_H_
#define THIDUA_SERVICES_AUDIT_CHECKPOINT_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/storage/database.h"
#include "thidua/audit/v1/audit.pb.h"

namespace thidua::audit {

// Makes one of the chains that grew since the last, of at most 10,000 of them: nothing when none
// has. Whoever writes to the database besides waits for it; of two processes that make one at once
// the second finds nothing to do. Errors are the storage library's. Thread-safe.
absl::StatusOr<std::optional<v1::AuditCheckpoint>> MakeCheckpoint(storage::Database& database,
                                                                  absl::Time now);

}  // namespace thidua::audit

#endif  // THIDUA_SERVICES_AUDIT_CHECKPOINT_H_
