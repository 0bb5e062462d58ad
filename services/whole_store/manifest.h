// What a backup is said to hold: a small file, to be kept elsewhere too.
#ifndef THIDUA_SERVICES_WHOLE_STORE_MANIFEST_H_
#define THIDUA_SERVICES_WHOLE_STORE_MANIFEST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/storage/database.h"
#include "services/whole_store/evidence_copy.h"
#include "services/whole_store/table_digest.h"

namespace thidua::whole_store {

struct Manifest {
  std::string service;
  std::string taken_at;  // RFC 3339.
  std::string store_id;
  int64_t store_epoch_ms = 0;
  int64_t sequence = 0;
  int64_t schema_version = 0;
  std::vector<TableDigest> tables;
  EvidenceCount evidence;
  // The last entry of each chain of the audit, and the last checkpoint: who holds these finds out
  // whoever writes another history.
  struct AuditHead {
    std::string root;
    int64_t number = 0;
    std::string hash;
    bool operator==(const AuditHead&) const = default;
  };
  std::vector<AuditHead> audit_heads;
  AuditHead audit_checkpoint;  // Without a root.
};

// All but the service, the time and the evidence, of a store that is looked at.
absl::StatusOr<Manifest> ReadManifestOf(storage::Transaction& transaction,
                                        std::vector<TableDigest> tables);

std::string PrintManifest(const Manifest& manifest);
// DATA_LOSS for what PrintManifest has not printed.
absl::StatusOr<Manifest> ParseManifest(const std::string& json);

}  // namespace thidua::whole_store

#endif  // THIDUA_SERVICES_WHOLE_STORE_MANIFEST_H_
