// Documents behind figures (minh chứng): the record in the database, the bytes in a file beside it,
// known by their SHA-256.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/platform/errors.h"
#include "services/platform/paging.h"
#include "services/results_ingest/evidence_files.h"
#include "services/results_ingest/media_type.h"
#include "services/results_ingest/service.h"
#include "services/results_ingest/store.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;
using messages::EvidenceName;
using messages::PactName;
using platform::Refusal;
using storage::Transaction;

constexpr int64_t kBytesMax = 100 * 1024 * 1024;
constexpr size_t kMessageBytesMax = 1024 * 1024;

// What an upload says that it is, sound in itself.
struct Announced {
  EvidenceName name;
  std::string unit;
  MediaTypeCheck check;
};

absl::StatusOr<Announced> ReadStart(const v1::UploadEvidenceRequest& request) {
  if (!request.has_start()) {
    return Fault{"start", "REQUIRED", "Phải gửi tên và loại của tệp trước nội dung tệp."}
        .ToStatus();
  }
  const v1::UploadEvidenceRequest::Start& start = request.start();
  const v1::Evidence& evidence = start.evidence();
  ASSIGN_OR_RETURN(PactName pact, messages::ReadPactName("start.pact", start.pact()));
  ASSIGN_OR_RETURN(std::string unit,
                   messages::ReadUnitName("start.evidence.unit", evidence.unit()));
  std::vector<Fault> faults;
  if (auto fault = domain::CheckName("start.evidence.file_name", evidence.file_name())) {
    faults.push_back(*std::move(fault));
  } else if (evidence.file_name().find_first_of("/\\") != std::string::npos) {
    faults.push_back({"start.evidence.file_name", "NAME_INVALID",
                      "Chỉ ghi tên tệp, không ghi đường dẫn thư mục."});
  }
  if (!messages::IsSha256(start.sha256())) {
    faults.push_back({"start.sha256", start.sha256().empty() ? "REQUIRED" : "DIGEST_INVALID",
                      "Mã SHA-256 của tệp gồm 64 chữ số thập lục phân viết thường."});
  }
  if (evidence.size() < 1) {
    faults.push_back({"start.evidence.size", "OUT_OF_RANGE", "Tệp minh chứng không thể rỗng."});
  } else if (evidence.size() > kBytesMax) {
    faults.push_back({"start.evidence.size", "TOO_LARGE", "Tệp minh chứng nặng nhất 100 MiB."});
  }
  std::optional<MediaTypeCheck> check = MediaTypeCheck::Of(evidence.media_type());
  if (!check.has_value()) {
    faults.push_back({"start.evidence.media_type", "MEDIA_TYPE_NOT_TAKEN",
                      "Chỉ nhận tệp PDF, ảnh JPEG hoặc PNG, văn bản và bảng tính (docx, xlsx, odt, "
                      "ods), tệp chữ (txt, csv) UTF-8."});
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));
  return Announced{{std::move(pact), start.sha256()}, std::move(unit), *check};
}

absl::Status WrongMediaType() {
  return Fault{"start.evidence.media_type", "MEDIA_TYPE_DISAGREES",
               "Nội dung tệp không phải là loại tệp đã báo."}
      .ToStatus();
}

absl::Status EvidenceUnknown() {
  return Refusal(absl::StatusCode::kNotFound, "name", "EVIDENCE_UNKNOWN",
                 "Không có minh chứng như vậy trong giao ước này.");
}

}  // namespace

absl::StatusOr<v1::Evidence> ResultsService::FindEvidence(const std::string& name) {
  ASSIGN_OR_RETURN(const EvidenceName read, messages::ReadEvidenceName("name", name));
  std::optional<v1::Evidence> evidence;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(evidence, Store(transaction).FindEvidence(read));
    return absl::OkStatus();
  }));
  if (!evidence.has_value()) return EvidenceUnknown();
  return *std::move(evidence);
}

absl::StatusOr<v1::UploadEvidenceResponse> ResultsService::UploadEvidence(
    const platform::Receive<v1::UploadEvidenceRequest>& receive, const Call& call) {
  ASSIGN_OR_RETURN(std::optional<v1::UploadEvidenceRequest> message, receive());
  ASSIGN_OR_RETURN(Announced announced, ReadStart(message.value_or(v1::UploadEvidenceRequest())));
  v1::UploadEvidenceResponse response;
  // Asked before the bytes are taken, and again when the record is made.
  std::optional<v1::Evidence> known;
  const auto look = [&](Store& store) -> absl::Status {
    ASSIGN_OR_RETURN(const auto pact, pacts_.Find(store, announced.name.pact));
    if (pact == nullptr) {
      return Refusal(
          absl::StatusCode::kNotFound, "start.pact", "PACT_UNKNOWN",
          absl::StrCat("Không có giao ước thi đua “", announced.name.pact.ToString(), "”."));
    }
    if (domain::FindMember(pact->pact, announced.unit) == nullptr) {
      return Fault{"start.evidence.unit", "UNIT_UNKNOWN",
                   absl::StrCat("Đơn vị “", announced.unit, "” không ký giao ước này.")}
          .ToStatus();
    }
    ASSIGN_OR_RETURN(known, store.FindEvidence(announced.name));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) {
    Store store(transaction);
    return look(store);
  }));

  v1::Evidence evidence = message->start().evidence();
  ASSIGN_OR_RETURN(const auto incoming,
                   evidence_files_.Receive(announced.name.sha256, evidence.size()));
  while (true) {
    ASSIGN_OR_RETURN(message, receive());
    if (!message.has_value()) break;
    if (message->step_case() != v1::UploadEvidenceRequest::kData ||
        message->data().size() > kMessageBytesMax) {
      return Fault{"data",
                   message->has_start()  ? "NOT_ALLOWED"
                   : message->has_data() ? "TOO_LARGE"
                                         : "REQUIRED",
                   "Sau lời báo đầu tiên chỉ gửi nội dung tệp, mỗi lần nhiều nhất 1 MiB."}
          .ToStatus();
    }
    if (!announced.check.Take(message->data())) return WrongMediaType();
    RETURN_IF_ERROR(incoming->Append(message->data()));
  }
  if (!announced.check.End()) return WrongMediaType();
  // Also when the record is there: what is on the disk may have been damaged since.
  RETURN_IF_ERROR(incoming->Keep());
  if (known.has_value()) {
    *response.mutable_evidence() = *std::move(known);
    return response;
  }

  evidence.set_name(announced.name.ToString());
  *evidence.mutable_upload_time() = messages::InstantMessage(absl::Now());
  int64_t sequence = 0;
  RETURN_IF_ERROR(database_.Write([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    RETURN_IF_ERROR(look(store));
    if (known.has_value()) {
      evidence = *std::move(known);
      return absl::OkStatus();
    }
    audit::Trail trail(transaction, call.author(), "");
    RETURN_IF_ERROR(store.PutEvidence(announced.name, announced.unit, evidence, trail));
    RETURN_IF_ERROR(trail.Close());
    ASSIGN_OR_RETURN(sequence, transaction.Sequence());
    return absl::OkStatus();
  }));
  feed_.Advance(sequence);
  *response.mutable_evidence() = std::move(evidence);
  return response;
}

absl::StatusOr<v1::GetEvidenceResponse> ResultsService::GetEvidence(
    const v1::GetEvidenceRequest& request, const Call&) {
  v1::GetEvidenceResponse response;
  ASSIGN_OR_RETURN(*response.mutable_evidence(), FindEvidence(request.name()));
  return response;
}

absl::StatusOr<v1::ListEvidenceResponse> ResultsService::ListEvidence(
    const v1::ListEvidenceRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const PactName pact, messages::ReadPactName("pact", request.pact()));
  std::string unit;
  if (!request.unit().empty()) {
    ASSIGN_OR_RETURN(unit, messages::ReadUnitName("unit", request.unit()));
  }
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  v1::ListEvidenceResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t now, transaction.Sequence());
    ASSIGN_OR_RETURN(platform::PageStart page, platform::ReadPageToken(request, {now, "", ""}));
    ASSIGN_OR_RETURN(const int64_t after, platform::LastNumber(page, 0));
    ASSIGN_OR_RETURN(auto listed,
                     Store(transaction).ListEvidence(pact, unit, after, page.sequence, size + 1));
    if (static_cast<int64_t>(listed.size()) > size) {
      listed.pop_back();
      page.last = absl::StrCat(listed.back().first);
      response.set_next_page_token(platform::NextPageToken(request, page));
    }
    for (auto& [sequence, evidence] : listed) *response.add_evidence() = std::move(evidence);
    return absl::OkStatus();
  }));
  return response;
}

absl::Status ResultsService::DownloadEvidence(
    const v1::DownloadEvidenceRequest& request, const Call&,
    const platform::Send<v1::DownloadEvidenceResponse>& send) {
  ASSIGN_OR_RETURN(const v1::Evidence evidence, FindEvidence(request.name()));
  ASSIGN_OR_RETURN(const EvidenceName name, messages::ReadEvidenceName("name", request.name()));
  const auto gone = [] { return absl::CancelledError("reader gone"); };
  v1::DownloadEvidenceResponse part;
  *part.mutable_evidence() = evidence;
  if (!send(part)) return gone();
  return evidence_files_.Read(name.sha256, evidence.size(), [&](const std::string& block) {
    part.set_data(block);
    return send(part) ? absl::OkStatus() : gone();
  });
}

}  // namespace thidua::results_ingest
