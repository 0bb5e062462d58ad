// The commands by which the audit of a service is read, taken out and verified.
#ifndef THIDUA_SERVICES_CLI_AUDIT_H_
#define THIDUA_SERVICES_CLI_AUDIT_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/caller.h"
#include "thidua/audit/v1/audit_service.pb.h"

namespace thidua::cli {

// "registry", "results-ingest" (or "results"), "scoring"; INVALID_ARGUMENT for anything else.
absl::StatusOr<std::string> AuditedService(const std::string& name);

// Each entry with its changes, in their order; `root`: of all when empty.
absl::Status ListEntries(const std::string& root, const platform::Caller& caller,
                         const std::function<void(const audit::v1::AuditEntry&)>& each);
absl::Status ListCheckpoints(const platform::Caller& caller,
                             const std::function<void(const audit::v1::AuditCheckpoint&)>& each);

std::string EntryPage(const audit::v1::AuditEntry& entry, int width);
std::string CheckpointPage(const audit::v1::AuditCheckpoint& checkpoint);
std::string FaultPage(const audit::v1::AuditFault& fault, int width);
std::string VerdictPage(const audit::v1::VerifyAuditResponse::Done& done);

// Checkpoints as `audit checkpoints --json` prints them, one a line. A fault with the file
// (result_files/file_fault.h).
absl::StatusOr<std::vector<audit::v1::AuditCheckpoint>> ReadCheckpoints(const std::string& file);

using TellFault = std::function<void(const audit::v1::AuditFault&)>;
using TellHowFar = std::function<void(double fraction, const std::string& what)>;

// `kept`: held against what is there.
absl::StatusOr<audit::v1::VerifyAuditResponse::Done> VerifyAudit(
    const std::vector<audit::v1::AuditCheckpoint>& kept, const platform::Caller& caller,
    const TellFault& fault, const TellHowFar& how_far);

// Writes all entries into a file, each before its length as a varint. Answers how many.
absl::StatusOr<int64_t> ExportEntries(const std::string& root, const std::string& file,
                                      const platform::Caller& caller, const TellHowFar& how_far);
// Verifies the chains in such a file, without any service, and holds them against `kept`.
absl::StatusOr<audit::v1::VerifyAuditResponse::Done> VerifyExport(
    const std::string& file, const std::vector<audit::v1::AuditCheckpoint>& kept,
    const TellFault& fault);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_AUDIT_H_
