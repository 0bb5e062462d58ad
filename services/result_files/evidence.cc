#include "services/result_files/evidence.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/errors.h"
#include "services/platform/patience.h"
#include "services/result_files/file_digest.h"
#include "services/result_files/file_fault.h"

namespace thidua::result_files {
namespace {

using domain::Fault;
using results::v1::DownloadEvidenceRequest;
using results::v1::DownloadEvidenceResponse;
using results::v1::Evidence;
using results::v1::ResultsService;
using results::v1::UploadEvidenceRequest;
using results::v1::UploadEvidenceResponse;

constexpr size_t kBytesAtOnce = size_t{1} << 20;
constexpr char kService[] = "results-ingest";

// Tries until the service answers, or the patience is at its end. What is tried may be done twice.
absl::Status Persist(platform::Caller& caller, absl::FunctionRef<grpc::Status()> once) {
  platform::Patience patience(caller.patience());
  while (true) {
    const grpc::Status status = once();
    if (status.ok()) return absl::OkStatus();
    if (!platform::IsAway(status)) return platform::FromGrpcStatus(status);
    const auto pause = patience.Pause(status);
    if (!pause.has_value()) return platform::Unreached(kService, status);
    absl::SleepFor(*pause);
  }
}

double ShareOf(int64_t done, int64_t all) {
  return all == 0 ? 1 : static_cast<double>(done) / static_cast<double>(all);
}

grpc::Status UploadOnce(ResultsService::Stub& stub, const UploadEvidenceRequest& start,
                        const std::string& path, const HowFar& how_far,
                        UploadEvidenceResponse& response) {
  grpc::ClientContext context;
  const auto stream = stub.UploadEvidence(&context, &response);
  std::ifstream file(path, std::ios::binary);
  bool open = stream->Write(start);
  int64_t sent = 0;
  std::string bytes(kBytesAtOnce, '\0');
  while (open && file) {
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto count = static_cast<size_t>(file.gcount());
    if (count == 0) break;
    UploadEvidenceRequest part;
    part.set_data(bytes.substr(0, count));
    open = stream->Write(part);
    sent += static_cast<int64_t>(count);
    how_far(ShareOf(sent, start.start().evidence().size()), "đang gửi");
  }
  // A file that can no longer be read is sent in part, and its digest tells the service so.
  if (open) stream->WritesDone();
  return stream->Finish();
}

// `written` is false when the file cannot be.
grpc::Status DownloadOnce(ResultsService::Stub& stub, const DownloadEvidenceRequest& request,
                          const std::string& path, const HowFar& how_far, Evidence& evidence,
                          bool& written) {
  grpc::ClientContext context;
  const auto stream = stub.DownloadEvidence(&context, request);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  int64_t received = 0;
  DownloadEvidenceResponse part;
  while (stream->Read(&part)) {
    if (part.has_evidence()) evidence = std::move(*part.mutable_evidence());
    file << part.data();
    if (!file) {
      context.TryCancel();
      break;
    }
    received += static_cast<int64_t>(part.data().size());
    how_far(ShareOf(received, evidence.size()), "đang nhận");
  }
  file.close();
  written = file.good();
  const grpc::Status status = stream->Finish();
  return written ? status : grpc::Status::OK;  // It was broken off by us.
}

absl::Status Unwritable(const std::string& path) {
  return AboutTheFile(
      Fault{"", "FILE_UNWRITABLE", absl::StrCat("Không ghi được tệp ", path, ".")}.ToStatus());
}

}  // namespace

absl::string_view MediaTypeOf(absl::string_view file_name) {
  static constexpr std::pair<absl::string_view, absl::string_view> kTypes[] = {
      {".pdf", "application/pdf"},
      {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},
      {".png", "image/png"},
      {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
      {".odt", "application/vnd.oasis.opendocument.text"},
      {".ods", "application/vnd.oasis.opendocument.spreadsheet"},
      {".txt", "text/plain"},
      {".csv", "text/csv"},
  };
  for (const auto& [ending, type] : kTypes) {
    if (absl::EndsWithIgnoreCase(file_name, ending)) return type;
  }
  return "";
}

absl::StatusOr<Evidence> PutEvidence(const std::string& pact, absl::string_view unit,
                                     const std::string& path, platform::Caller& caller,
                                     const HowFar& how_far) {
  UploadEvidenceRequest request;
  UploadEvidenceRequest::Start& start = *request.mutable_start();
  Evidence& evidence = *start.mutable_evidence();
  start.set_pact(pact);
  evidence.set_unit(absl::StrContains(unit, "/") ? std::string(unit) : messages::UnitName(unit));
  evidence.set_file_name(std::filesystem::path(path).filename().string());
  evidence.set_media_type(std::string(MediaTypeOf(evidence.file_name())));
  if (evidence.media_type().empty()) {
    return AboutTheFile(
        Fault{"", "MEDIA_TYPE_NOT_TAKEN",
              absl::StrCat("Không nhận tệp ", evidence.file_name(),
                           "; chỉ nhận pdf, jpg, png, docx, xlsx, odt, ods, txt, csv.")}
            .ToStatus());
  }
  ASSIGN_OR_RETURN(const FileDigest digest, DigestFile(path));
  evidence.set_size(digest.size);
  start.set_sha256(digest.sha256);

  const auto stub = caller.NewResultsStub();
  UploadEvidenceResponse response;
  const absl::Status sent =
      Persist(caller, [&] { return UploadOnce(*stub, request, path, how_far, response); });
  if (!sent.ok()) return sent;
  return std::move(*response.mutable_evidence());
}

absl::StatusOr<Evidence> GetEvidence(const std::string& name, const std::string& path,
                                     platform::Caller& caller, const HowFar& how_far) {
  ASSIGN_OR_RETURN(const messages::EvidenceName read, messages::ReadEvidenceName("name", name));
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    return AboutTheFile(
        Fault{"", "FILE_EXISTS", absl::StrCat("Tệp ", path, " đã có: hãy chọn tên khác.")}.ToStatus(
            absl::StatusCode::kAlreadyExists));
  }
  const std::string part = path + ".part";
  const absl::Cleanup remove = [&part] { std::remove(part.c_str()); };
  DownloadEvidenceRequest request;
  request.set_name(name);
  const auto stub = caller.NewResultsStub();
  Evidence evidence;
  bool written = false;
  const absl::Status received = Persist(
      caller, [&] { return DownloadOnce(*stub, request, part, how_far, evidence, written); });
  if (!received.ok()) return received;
  if (!written) return Unwritable(path);
  ASSIGN_OR_RETURN(const FileDigest digest, DigestFile(part));
  if (digest.sha256 != read.sha256) {
    return platform::Refusal(absl::StatusCode::kDataLoss, "name", "DIGEST_DISAGREES",
                             "Nội dung nhận được không đúng với mã của minh chứng.");
  }
  std::filesystem::rename(part, path, error);
  if (error) return Unwritable(path);
  return evidence;
}

}  // namespace thidua::result_files
