// Whether all that the audit kept is as it was written, and the resources as their last entries
// left them (VerifyAudit of proto/thidua/audit/v1/audit_service.proto).
#ifndef THIDUA_SERVICES_AUDIT_VERIFICATION_H_
#define THIDUA_SERVICES_AUDIT_VERIFICATION_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "services/audit/stored_rows.h"
#include "services/storage/database.h"
#include "thidua/audit/v1/audit_service.pb.h"

namespace thidua::audit {

// Tells progress, faults as they are found (the first 1,000; all are counted), and at the end the
// counts. Every row is held against the entry that left it, and every entry against the row that it
// left. Beside writers, in reads that each take a moment: what is written meanwhile may or may
// not be looked at. Needs about 50 bytes for each change of one root, whatever the number of
// roots. Errors are the storage library's, and the first one that `tell` answers, or
// `still_awaited`, which is asked every moment.
absl::Status Verify(storage::Database& database, const Resources& resources,
                    const v1::VerifyAuditRequest& request,
                    absl::FunctionRef<absl::Status(const v1::VerifyAuditResponse&)> tell,
                    absl::FunctionRef<absl::Status()> still_awaited);

}  // namespace thidua::audit

#endif  // THIDUA_SERVICES_AUDIT_VERIFICATION_H_
