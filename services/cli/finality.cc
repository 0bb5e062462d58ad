#include "services/cli/finality.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/cli/pages.h"
#include "services/cli/table.h"
#include "services/domain/return_if_error.h"
#include "services/platform/digest.h"

namespace thidua::cli {
namespace {

using scoring::v1::FinalRecord;

// What was only validated was not stored, and has no token.
std::string ValidatedNote(const std::string& freshness_token) {
  return freshness_token.empty() ? "CHỈ XEM TRƯỚC: chưa có gì được lưu.\n\n" : "";
}

absl::StatusOr<std::string> PresentRevision(const std::string& period, platform::Caller& caller) {
  scoring::v1::GetRankingRequest request;
  request.set_period(period);
  ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
  return dynamic_cast<const scoring::v1::GetRankingResponse&>(*answer).ranking().revision();
}

template <typename Response, typename Request>
absl::StatusOr<Response> Ask(const char* command, const FinalityWish& wish,
                             platform::Caller& caller) {
  Request request;
  request.set_period(wish.period);
  request.set_revision(wish.revision);
  request.set_reason(wish.reason);
  request.set_authority(wish.authority);
  request.set_validate_only(wish.validate_only);
  if (wish.revision.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_revision(), PresentRevision(wish.period, caller));
  }
  request.set_request_id(absl::StrCat(
      command, "-", platform::Sha256Hex(platform::DeterministicBytes(request)).substr(0, 40)));
  ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
  return dynamic_cast<const Response&>(*answer);
}

// "  Căn cứ: …", its later lines indented.
void AddLine(const std::string& label, const std::string& text, int width, std::string& page) {
  page += Indented(absl::StrCat(label, ": ", text), width);
}

std::string RecordText(const FinalRecord& record, int width) {
  const bool revoked = record.state() == FinalRecord::STATE_REVOKED;
  std::string page = absl::StrCat(revoked ? "ĐÃ THU HỒI" : "CÓ HIỆU LỰC", " · chốt lúc ",
                                  PrintInstant(record.final_time()), "\n");
  AddLine("Căn cứ", record.authority(), width, page);
  AddLine("Lý do", record.reason(), width, page);
  if (revoked) {
    AddLine("Thu hồi lúc", PrintInstant(record.revoke_time()), width, page);
    AddLine("Căn cứ thu hồi", record.revoke_authority(), width, page);
    AddLine("Lý do thu hồi", record.revoke_reason(), width, page);
  }
  AddLine("Tính từ",
          absl::StrCat("số liệu phiên bản ", record.period_version(), ", giao ước phiên bản ",
                       record.pact_version(), ", ", record.scheme(), ", bộ tính điểm phiên bản ",
                       record.engine_revision()),
          width, page);
  AddLine("Phiên bản", record.revision(), width, page);
  AddLine("Mã kiểm chứng", record.digest(), width, page);
  return page;
}

}  // namespace

absl::StatusOr<scoring::v1::FinaliseRankingResponse> FinaliseRanking(const FinalityWish& wish,
                                                                     platform::Caller& caller) {
  return Ask<scoring::v1::FinaliseRankingResponse, scoring::v1::FinaliseRankingRequest>(
      "finalise", wish, caller);
}

absl::StatusOr<scoring::v1::RevokeFinalResponse> RevokeFinal(const FinalityWish& wish,
                                                             platform::Caller& caller) {
  return Ask<scoring::v1::RevokeFinalResponse, scoring::v1::RevokeFinalRequest>("revoke", wish,
                                                                                caller);
}

absl::StatusOr<scoring::v1::GetRankingHistoryResponse> RankingHistory(const std::string& period,
                                                                      platform::Caller& caller) {
  scoring::v1::GetRankingHistoryResponse whole;
  scoring::v1::GetRankingHistoryRequest request;
  request.set_period(period);
  do {
    ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
    const auto& page = dynamic_cast<const scoring::v1::GetRankingHistoryResponse&>(*answer);
    whole.mutable_finals()->MergeFrom(page.finals());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return whole;
}

std::string FinalisedPage(const scoring::v1::FinaliseRankingResponse& response, int width) {
  scoring::v1::GetRankingResponse shown;
  *shown.mutable_ranking() = response.ranking();
  *shown.mutable_record() = response.record();
  return absl::StrCat(ValidatedNote(response.freshness_token()), RankingPage(shown, width), "\n",
                      Shown(RecordText(response.record(), width)));
}

std::string RevokedPage(const scoring::v1::RevokeFinalResponse& response, int width) {
  std::string page = absl::StrCat(ValidatedNote(response.freshness_token()),
                                  Shown(RecordText(response.record(), width)));
  if (response.has_ranking()) {
    absl::StrAppend(&page, "\nKỳ đã mở lại; xếp hạng trở về tạm tính, phiên bản ",
                    response.ranking().revision(), ".\n");
  }
  return page;
}

std::string HistoryPage(const std::string& period,
                        const scoring::v1::GetRankingHistoryResponse& history, int width) {
  std::string page = absl::StrCat("KẾT QUẢ CHÍNH THỨC · ", period, "\n");
  if (history.finals().empty()) {
    absl::StrAppend(&page, "\nChưa có lần nào: xếp hạng của kỳ này là tạm tính.\n");
  }
  for (const FinalRecord& record : history.finals()) {
    absl::StrAppend(&page, "\n", RecordText(record, width));
  }
  return Shown(page);
}

}  // namespace thidua::cli
