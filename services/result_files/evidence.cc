#include "services/result_files/evidence.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/digest.h"
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
  platform::Patience patience = caller.NewPatience();
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

// The next bytes of a document, at most kBytesAtOnce; "" at its end.
using NextBytes = std::function<std::string()>;

// `open`: the document from its beginning. One that can no longer be read is sent in part, and its
// digest tells the service so.
absl::StatusOr<Evidence> Upload(const UploadEvidenceRequest& start,
                                absl::FunctionRef<NextBytes()> open, platform::Caller& caller,
                                const HowFar& how_far) {
  const auto stub = caller.NewResultsStub();
  UploadEvidenceResponse response;
  RETURN_IF_ERROR(Persist(caller, [&] {
    grpc::ClientContext context;
    const auto stream = stub->UploadEvidence(caller.MakeReady(context), &response);
    const NextBytes next = open();
    bool taken = stream->Write(start);
    int64_t sent = 0;
    while (taken) {
      UploadEvidenceRequest part;
      part.set_data(next());
      if (part.data().empty()) break;
      taken = stream->Write(part);
      sent += static_cast<int64_t>(part.data().size());
      how_far(ShareOf(sent, start.start().evidence().size()), "đang gửi");
    }
    if (taken) stream->WritesDone();
    return stream->Finish();
  }));
  return std::move(*response.mutable_evidence());
}

// Where bytes go that arrive, from the beginning each time `begin` is called; false when they
// cannot be taken.
struct Taking {
  std::function<bool()> begin;
  std::function<bool(const Evidence& evidence, const std::string& bytes)> take;
};

// `taken` is false when it was broken off from this side.
absl::Status Download(const std::string& name, const Taking& taking, platform::Caller& caller,
                      const HowFar& how_far, Evidence& evidence, bool& taken) {
  DownloadEvidenceRequest request;
  request.set_name(name);
  const auto stub = caller.NewResultsStub();
  return Persist(caller, [&] {
    grpc::ClientContext context;
    const auto stream = stub->DownloadEvidence(caller.MakeReady(context), request);
    taken = taking.begin();
    int64_t received = 0;
    DownloadEvidenceResponse part;
    while (taken && stream->Read(&part)) {
      if (part.has_evidence()) evidence = std::move(*part.mutable_evidence());
      taken = taking.take(evidence, part.data());
      received += static_cast<int64_t>(part.data().size());
      how_far(ShareOf(received, evidence.size()), "đang nhận");
    }
    if (!taken) context.TryCancel();
    const grpc::Status status = stream->Finish();
    return taken ? status : grpc::Status::OK;
  });
}

absl::Status DigestDisagrees() {
  return platform::Refusal(absl::StatusCode::kDataLoss, "name", "DIGEST_DISAGREES",
                           "Nội dung nhận được không đúng với mã của minh chứng.");
}

// What is told of it before its bytes.
absl::StatusOr<UploadEvidenceRequest> StartOf(const std::string& pact, absl::string_view unit,
                                              const std::string& file_name,
                                              const std::string& sha256, int64_t size) {
  UploadEvidenceRequest request;
  UploadEvidenceRequest::Start& start = *request.mutable_start();
  Evidence& evidence = *start.mutable_evidence();
  start.set_pact(pact);
  start.set_sha256(sha256);
  evidence.set_unit(absl::StrContains(unit, "/") ? std::string(unit) : messages::UnitName(unit));
  evidence.set_file_name(file_name);
  evidence.set_size(size);
  evidence.set_media_type(std::string(MediaTypeOf(file_name)));
  if (evidence.media_type().empty()) {
    return AboutTheFile(Fault{"file_name", "MEDIA_TYPE_NOT_TAKEN",
                              absl::StrCat("Không nhận tệp ", domain::Excerpt(file_name),
                                           "; chỉ nhận pdf, jpg, png, docx, xlsx, odt, ods, txt, "
                                           "csv.")}
                            .ToStatus());
  }
  return request;
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
  const std::string file_name = std::filesystem::path(path).filename().string();
  // A file that is not taken need not be read.
  RETURN_IF_ERROR(StartOf(pact, unit, file_name, "", 0).status());
  ASSIGN_OR_RETURN(const FileDigest digest, DigestFile(path));
  ASSIGN_OR_RETURN(const UploadEvidenceRequest start,
                   StartOf(pact, unit, file_name, digest.sha256, digest.size));
  const auto open = [&path] {
    auto file = std::make_shared<std::ifstream>(path, std::ios::binary);
    return NextBytes([file = std::move(file)] {
      std::string bytes(kBytesAtOnce, '\0');
      file->read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      bytes.resize(static_cast<size_t>(file->gcount()));
      return bytes;
    });
  };
  return Upload(start, open, caller, how_far);
}

absl::StatusOr<Evidence> PutEvidenceBytes(const std::string& pact, absl::string_view unit,
                                          const std::string& file_name, absl::string_view bytes,
                                          platform::Caller& caller) {
  ASSIGN_OR_RETURN(const UploadEvidenceRequest start,
                   StartOf(pact, unit, file_name, platform::Sha256Hex(bytes),
                           static_cast<int64_t>(bytes.size())));
  const auto open = [bytes] {
    return NextBytes([left = bytes]() mutable {
      const std::string next(left.substr(0, kBytesAtOnce));
      left.remove_prefix(next.size());
      return next;
    });
  };
  return Upload(start, open, caller, Untold);
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
  std::ofstream file;
  Taking taking;
  taking.begin = [&] {
    file = std::ofstream(part, std::ios::binary | std::ios::trunc);
    return file.good();
  };
  taking.take = [&](const Evidence&, const std::string& bytes) {
    file << bytes;
    return file.good();
  };
  Evidence evidence;
  bool taken = false;
  RETURN_IF_ERROR(Download(name, taking, caller, how_far, evidence, taken));
  file.close();
  if (!taken || !file.good()) return Unwritable(path);
  ASSIGN_OR_RETURN(const FileDigest digest, DigestFile(part));
  if (digest.sha256 != read.sha256) return DigestDisagrees();
  std::filesystem::rename(part, path, error);
  if (error) return Unwritable(path);
  return evidence;
}

absl::StatusOr<EvidenceDocument> FetchEvidence(const std::string& name, size_t bytes_max,
                                               platform::Caller& caller) {
  ASSIGN_OR_RETURN(const messages::EvidenceName read, messages::ReadEvidenceName("name", name));
  EvidenceDocument document;
  Taking taking;
  taking.begin = [&document] {
    document.bytes.clear();
    return true;
  };
  taking.take = [&](const Evidence& evidence, const std::string& bytes) {
    if (evidence.size() > static_cast<int64_t>(bytes_max) ||
        document.bytes.size() + bytes.size() > bytes_max) {
      return false;
    }
    document.bytes.reserve(static_cast<size_t>(evidence.size()));
    document.bytes += bytes;
    return true;
  };
  bool taken = false;
  RETURN_IF_ERROR(Download(name, taking, caller, Untold, document.evidence, taken));
  if (!taken) {
    return platform::Refusal(absl::StatusCode::kResourceExhausted, "name", "TOO_LARGE",
                             absl::StrCat("Minh chứng lớn hơn ", bytes_max >> 20, " MiB."));
  }
  if (platform::Sha256Hex(document.bytes) != read.sha256) return DigestDisagrees();
  return document;
}

}  // namespace thidua::result_files
