// Documents behind figures, to the service and back.
#ifndef THIDUA_SERVICES_RESULT_FILES_EVIDENCE_H_
#define THIDUA_SERVICES_RESULT_FILES_EVIDENCE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/caller.h"
#include "services/result_files/how_far.h"
#include "thidua/results/v1/evidence.pb.h"

namespace thidua::result_files {

// "application/pdf" for "Báo cáo.PDF"; "" for an ending that the service does not take.
absl::string_view MediaTypeOf(absl::string_view file_name);

// `unit`: "units/{unit}", or its id. Sent again when the line is cut: the same bytes are stored
// once. Faults: MEDIA_TYPE_NOT_TAKEN (IsAboutTheFile), those of UploadEvidence.
absl::StatusOr<results::v1::Evidence> PutEvidence(const std::string& pact, absl::string_view unit,
                                                  const std::string& path, platform::Caller& caller,
                                                  const HowFar& how_far = Untold);

// The same of bytes that are no file here, called `file_name`.
absl::StatusOr<results::v1::Evidence> PutEvidenceBytes(const std::string& pact,
                                                       absl::string_view unit,
                                                       const std::string& file_name,
                                                       absl::string_view bytes,
                                                       platform::Caller& caller);

// Into a new file, which appears whole and with the bytes of its name. ALREADY_EXISTS (FILE_EXISTS)
// for one that is there, DATA_LOSS (DIGEST_DISAGREES) when other bytes came.
absl::StatusOr<results::v1::Evidence> GetEvidence(const std::string& name, const std::string& path,
                                                  platform::Caller& caller,
                                                  const HowFar& how_far = Untold);

struct EvidenceDocument {
  results::v1::Evidence evidence;
  std::string bytes;
};

// The bytes of its name, all of them in memory. RESOURCE_EXHAUSTED (TOO_LARGE) for more than
// `bytes_max`; DATA_LOSS as above.
absl::StatusOr<EvidenceDocument> FetchEvidence(const std::string& name, size_t bytes_max,
                                               platform::Caller& caller);

}  // namespace thidua::result_files

#endif  // THIDUA_SERVICES_RESULT_FILES_EVIDENCE_H_
