#include "services/portal/evidence_files.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/contracts.h"
#include "services/result_files/evidence.h"

namespace thidua::portal {
namespace {

using domain::Fault;

// What the RPC says of the record is here about the body or the file's name, whose ending tells the
// kind.
absl::Status AtUpload(const absl::Status& status) {
  static constexpr std::pair<absl::string_view, absl::string_view> kPaths[] = {
      {"sha256", "body"},
      {"evidence.size", "body"},
      {"data", "body"},
      {"evidence.media_type", "file_name"},
      {"evidence.file_name", "file_name"},
      {"evidence.unit", "unit"},
  };
  const absl::Status told = AtParameters(status);
  std::vector<Fault> faults = domain::FaultsOf(told);
  if (faults.empty()) return told;
  for (Fault& fault : faults) {
    for (const auto& [path, parameter] : kPaths) {
      if (fault.path == path) fault.path = std::string(parameter);
    }
  }
  return domain::FaultsToStatus(faults, told.code());
}

}  // namespace

absl::StatusOr<FileReply> UploadEvidence(const FileRequest& request, const std::string& pact,
                                         platform::Caller& caller) {
  RETURN_IF_ERROR(CheckParameters(request, {"file_name", "unit"}));
  if (request.body.empty()) {
    return Fault{"body", "FILE_EMPTY", "Tệp minh chứng không thể rỗng."}.ToStatus();
  }
  if (request.body.size() > kEvidenceBytesMax) {
    return Fault{"body", "FILE_TOO_LARGE",
                 absl::StrCat("Tệp minh chứng nặng nhất ", kEvidenceBytesMax >> 20, " MiB.")}
        .ToStatus();
  }
  const auto evidence = result_files::PutEvidenceBytes(
      pact, ParameterOf(request, "unit"), ParameterOf(request, "file_name"), request.body, caller);
  if (!evidence.ok()) return AtUpload(evidence.status());
  return FileReply{"application/json", platform::PrintJson(*evidence, /*on_one_line=*/true)};
}

absl::StatusOr<FileReply> DownloadEvidence(const FileRequest& request, const std::string& evidence,
                                           platform::Caller& caller) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  ASSIGN_OR_RETURN(result_files::EvidenceDocument document,
                   result_files::FetchEvidence(evidence, kEvidenceBytesMax, caller));
  FileReply reply;
  reply.content_type = document.evidence.media_type();
  // results-ingest takes texts of UTF-8 only.
  if (absl::StartsWith(reply.content_type, "text/")) reply.content_type += "; charset=utf-8";
  reply.bytes = std::move(document.bytes);
  reply.file_name = document.evidence.file_name();
  return reply;
}

}  // namespace thidua::portal
