// Documents behind figures, which lie beside the database of results-ingest: those that its records
// name, none else, and each held against its record.
#ifndef THIDUA_SERVICES_WHOLE_STORE_EVIDENCE_COPY_H_
#define THIDUA_SERVICES_WHOLE_STORE_EVIDENCE_COPY_H_

#include <cstdint>
#include <filesystem>

#include "absl/status/statusor.h"
#include "services/storage/database.h"
#include "services/whole_store/table_digest.h"

namespace thidua::whole_store {

struct EvidenceCount {
  int64_t files = 0;
  int64_t bytes = 0;
  bool operator==(const EvidenceCount&) const = default;
};

// Of whoever names a folder: the one that holds "evidence".
std::filesystem::path EvidenceFolder(const std::filesystem::path& data_folder);

// Copies what `records` name from one folder into another, durably. What is there already, and is
// sound, stays. DATA_LOSS when a file is missing or is not what its record says;
// FAILED_PRECONDITION when a service has the folder `to`.
absl::StatusOr<EvidenceCount> CopyEvidence(storage::Transaction& records,
                                           const std::filesystem::path& from,
                                           const std::filesystem::path& to, const Teller& tell);

// Reads them all. Errors as of CopyEvidence.
absl::StatusOr<EvidenceCount> CheckEvidence(storage::Transaction& records,
                                            const std::filesystem::path& folder,
                                            const Teller& tell);

}  // namespace thidua::whole_store

#endif  // THIDUA_SERVICES_WHOLE_STORE_EVIDENCE_COPY_H_
