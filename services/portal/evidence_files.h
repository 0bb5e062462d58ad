// Documents behind figures: in and out.
#ifndef THIDUA_SERVICES_PORTAL_EVIDENCE_FILES_H_
#define THIDUA_SERVICES_PORTAL_EVIDENCE_FILES_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/caller.h"
#include "services/portal/file_exchange.h"

namespace thidua::portal {

// What results-ingest takes of one document, and so what is held in memory of one.
inline constexpr size_t kEvidenceBytesMax = size_t{100} << 20;

// Stores the body, whose bytes are its name: the same again is stored once. Its kind is told by the
// ending of its name, and results-ingest looks whether the bytes are of it. Parameters: file_name,
// unit ("units/{unit}" or its id). Answers the Evidence as JSON. INVALID_ARGUMENT: FILE_EMPTY,
// FILE_TOO_LARGE at "body", MEDIA_TYPE_NOT_TAKEN at "file_name", and those of UploadEvidence at the
// parameter that they are about.
absl::StatusOr<FileReply> UploadEvidence(const FileRequest& request, const std::string& pact,
                                         platform::Caller& caller);

// Always to be saved, never shown: anybody may have made it. No parameters. Faults: those of
// DownloadEvidence; DATA_LOSS (DIGEST_DISAGREES).
absl::StatusOr<FileReply> DownloadEvidence(const FileRequest& request, const std::string& evidence,
                                           platform::Caller& caller);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_EVIDENCE_FILES_H_
