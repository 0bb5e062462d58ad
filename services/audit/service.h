// audit.v1.AuditService over one database: beside the service whose database it is. Thread-safe.
#ifndef THIDUA_SERVICES_AUDIT_SERVICE_H_
#define THIDUA_SERVICES_AUDIT_SERVICE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/audit/verification.h"
#include "services/platform/endpoint.h"
#include "services/storage/database.h"
#include "thidua/audit/v1/audit_service.pb.h"

namespace thidua::audit {

class AuditService : public platform::Endpoint {
 public:
  // `resources`: how the database stores what its entries are about; outlives it.
  AuditService(storage::Database& database, const Resources& resources);

 private:
  using Call = platform::Call;

  absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(const v1::ListAuditEntriesRequest&,
                                                                const Call&);
  absl::Status ExportAuditEntries(const v1::ExportAuditEntriesRequest&, const Call&,
                                  const platform::Send<v1::ExportAuditEntriesResponse>&);
  absl::StatusOr<v1::ListAuditCheckpointsResponse> ListAuditCheckpoints(
      const v1::ListAuditCheckpointsRequest&, const Call&);
  absl::Status VerifyAudit(const v1::VerifyAuditRequest&, const Call&,
                           const platform::Send<v1::VerifyAuditResponse>&);

  storage::Database& database_;
  const Resources& resources_;
};

}  // namespace thidua::audit

#endif  // THIDUA_SERVICES_AUDIT_SERVICE_H_
