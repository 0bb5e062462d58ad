// Finals: made, revoked, and listed.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/errors.h"
#include "services/platform/paging.h"
#include "services/scoring/service.h"

namespace thidua::scoring {
namespace {

using platform::PageStart;
using storage::Transaction;

// What making final and revoking have in common.
template <typename Request>
absl::Status CheckFields(const Request& request) {
  RETURN_IF_ERROR(messages::ReadPeriodName("period", request.period()).status());
  if (auto fault = domain::CheckReason("reason", request.reason())) return fault->ToStatus();
  if (auto fault = domain::CheckName("authority", request.authority())) return fault->ToStatus();
  return absl::OkStatus();
}

// The record as it was when no more than `number` changes of the period's finality had been made.
v1::FinalRecord RecordAt(const Final& read, int64_t number) {
  v1::FinalRecord record = read.record;
  if (NumberAfter(read.number, record) <= number) return record;
  record.set_state(v1::FinalRecord::STATE_FINAL);
  record.clear_revoke_reason();
  record.clear_revoke_authority();
  record.clear_revoke_time();
  return record;
}

}  // namespace

absl::Status ScoringService::CheckNotOwnBloc(const std::string& period, const Call& call) const {
  if (call.caller().units().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto shown, board_.Get(period));
  std::vector<std::string> members;
  const v1::Ranking ranking = RankingIn(*shown);
  for (const v1::RankingRow& row : ranking.rows()) members.push_back(row.unit());
  return call.CheckNoMember(members);
}

absl::StatusOr<v1::FinaliseRankingResponse> ScoringService::FinaliseRanking(
    const v1::FinaliseRankingRequest& request, const Call& call) {
  RETURN_IF_ERROR(CheckFields(request));
  RETURN_IF_ERROR(CheckNotOwnBloc(request.period(), call));
  return finality_.Finalise(request, call.author(), call.deadline());
}

absl::StatusOr<v1::RevokeFinalResponse> ScoringService::RevokeFinal(
    const v1::RevokeFinalRequest& request, const Call& call) {
  RETURN_IF_ERROR(CheckFields(request));
  if (request.revision().empty()) {
    return domain::Fault{"revision", "REQUIRED",
                         "Phải nêu phiên bản của kết quả chính thức cần thu hồi."}
        .ToStatus();
  }
  RETURN_IF_ERROR(CheckNotOwnBloc(request.period(), call));
  return finality_.Revoke(request, call.author(), call.deadline());
}

absl::StatusOr<Final> ScoringService::FindFinal(const std::string& period,
                                                const std::string& revision) {
  RETURN_IF_ERROR(messages::ReadPeriodName("period", period).status());
  std::optional<StoredFinal> stored;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(stored, FinalityStore(transaction).Find(period, revision));
    return absl::OkStatus();
  }));
  if (stored.has_value()) return ReadFinal(*stored);
  return platform::Refusal(
      absl::StatusCode::kNotFound, "revision", "FINAL_UNKNOWN",
      absl::StrCat("Kỳ này không có kết quả chính thức nào mang phiên bản “", revision, "”."));
}

absl::StatusOr<v1::GetRankingHistoryResponse> ScoringService::GetRankingHistory(
    const v1::GetRankingHistoryRequest& request, const Call&) {
  RETURN_IF_ERROR(messages::ReadPeriodName("period", request.period()).status());
  ASSIGN_OR_RETURN(const int64_t page_size, platform::PageSize(request.page_size()));
  v1::GetRankingHistoryResponse response;
  bool any = false;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    FinalityStore store(transaction);
    ASSIGN_OR_RETURN(const std::optional<FinalHead> newest, store.Newest(request.period()));
    any = newest.has_value();
    if (!any) return absl::OkStatus();
    // All pages show the finals, and which are revoked, as the first does.
    PageStart start;
    start.sequence = NumberAfter(newest->number, newest->record);
    ASSIGN_OR_RETURN(start, platform::ReadPageToken(request, start));
    ASSIGN_OR_RETURN(int64_t before, platform::LastNumber(start, start.sequence + 1));
    size_t bytes = 0;
    while (true) {
      ASSIGN_OR_RETURN(const std::optional<StoredFinal> stored,
                       store.FindBefore(request.period(), before));
      if (!stored.has_value()) return absl::OkStatus();
      if (response.finals_size() == page_size || bytes > platform::kPageBytesMax) {
        response.set_next_page_token(
            platform::NextPageToken(request, {start.sequence, start.day, absl::StrCat(before)}));
        return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(const Final read, ReadFinal(*stored));
      v1::FinalRecord& record = *response.add_finals();
      record = RecordAt(read, start.sequence);
      if (request.with_rankings()) *record.mutable_ranking() = read.ranking;
      bytes += record.ByteSizeLong();
      before = read.number;
    }
  }));
  if (!any) {
    // None yet, of a period that there is.
    const absl::Status known = board_.Get(request.period()).status();
    if (!known.ok() && !absl::IsDataLoss(known)) return known;
    PageStart start;
    RETURN_IF_ERROR(platform::ReadPageToken(request, start).status());
  }
  return response;
}

}  // namespace thidua::scoring
