// Rankings as they are shown: one, several, all, and exactly one that was.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"
#include "services/platform/paging.h"
#include "services/scoring/period_pattern.h"
#include "services/scoring/service.h"

namespace thidua::scoring {
namespace {

using platform::Encoded;
using platform::Sight;

constexpr int kBatchMax = 100;
// gRPC's clients take 4 MiB unless told otherwise.
constexpr size_t kBatchBytesMax = 4'000'000;

absl::Status RevisionUnknown(const std::string& revision) {
  return platform::Refusal(
      absl::StatusCode::kNotFound, "revision", "REVISION_UNKNOWN",
      absl::StrCat("Không còn xếp hạng nào của kỳ này mang phiên bản “", revision, "”."));
}

Encoded<v1::GetRankingResponse> Reply(const std::shared_ptr<const Snapshot>& shown, bool stale) {
  Encoded<v1::GetRankingResponse> reply(shown, shown->reply);
  if (stale) {
    v1::GetRankingResponse more;
    more.set_stale(true);
    reply.Merge(more);
  }
  return reply;
}

// A batch's element for the period of one request.
absl::Status AtPeriod(int i, const absl::Status& status) {
  std::vector<domain::Fault> faults = domain::FaultsOf(status);
  if (faults.empty()) return status;
  for (domain::Fault& fault : faults) {
    if (fault.path == "period") fault.path = absl::StrCat("periods[", i, "]");
  }
  return domain::FaultsToStatus(faults, status.code());
}

// The versions of the period of which there may have been a provisional ranking while its ranking
// had been made final or revoked so often, of one epoch; nothing when there was none.
struct Versions {
  int64_t first = 1;
  int64_t last = std::numeric_limits<int64_t>::max();
};
absl::StatusOr<std::optional<Versions>> ProvisionalVersions(FinalityStore& finals,
                                                            const std::string& period,
                                                            const Revision& asked) {
  Versions versions;
  int64_t before = std::numeric_limits<int64_t>::max();
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<StoredFinal> final, finals.FindBefore(period, before));
    if (!final.has_value()) break;
    if (final->number == asked.finality) return std::optional<Versions>();  // It was final then.
    const std::optional<Revision> made = ReadRevision(final->record.revision());
    // In another epoch versions may have been counted anew.
    const bool comparable = made.has_value() && made->store_epoch_ms == asked.store_epoch_ms;
    if (final->number < asked.finality) {
      if (NumberAfter(final->number, final->record) != asked.finality) break;
      if (comparable) versions.first = made->version + 1;
      return std::optional<Versions>(versions);
    }
    if (comparable) versions.last = made->version;  // Sealed, and not made final yet.
    before = final->number;
  }
  if (asked.finality != 0) return std::optional<Versions>();
  return std::optional<Versions>(versions);
}

}  // namespace

absl::StatusOr<Encoded<v1::GetRankingResponse>> ScoringService::GetRanking(
    const v1::GetRankingRequest& request, const Call& call) {
  if (!request.revision().empty()) return RankingOf(request.period(), request.revision(), call);
  while (true) {
    int64_t final_that_stands = 0;
    if (!request.freshness_token().empty()) {
      ASSIGN_OR_RETURN(final_that_stands,
                       AwaitShown(request.period(), request.freshness_token(), call, Of::kRanking));
    }
    ASSIGN_OR_RETURN(const auto shown, board_.Get(request.period(), AudienceOf(call)));
    if (final_that_stands == 0 || shown->finality == final_that_stands) {
      return Reply(shown, IsStale(*shown));
    }
  }
}

Board::Audience ScoringService::AudienceOf(const Call& call) {
  return call.terms().published_only ? Board::Audience::kPublic : Board::Audience::kInside;
}

absl::StatusOr<Encoded<v1::GetRankingResponse>> ScoringService::RankingOf(
    const std::string& period, const std::string& revision, const Call& call) {
  RETURN_IF_ERROR(messages::ReadPeriodName("period", period).status());
  const std::optional<Revision> asked = ReadRevision(revision);
  if (!asked.has_value()) return RevisionUnknown(revision);
  const bool published_only = call.terms().published_only;
  // Nothing is told of what is not public, nor how soon it changes.
  if (board_.Find(period) != nullptr && board_.Find(period, AudienceOf(call)) == nullptr) {
    return RevisionUnknown(revision);
  }
  // Somebody who was told of it elsewhere may be quicker than what is on its way here.
  RETURN_IF_ERROR(platform::AwaitSight(board_.feed(), call, [&]() -> absl::StatusOr<Sight> {
    const auto shown = board_.Find(period);
    if (shown == nullptr) return board_.was_in_sight() ? Sight::kSeen : Sight::kNotYet;
    return shown->revision >= revision ? Sight::kSeen : Sight::kNotYet;
  }));
  // A final is read from the record, and proves itself there.
  if (const auto shown = board_.Find(period);
      shown != nullptr && shown->revision == revision && !shown->is_final) {
    ASSIGN_OR_RETURN(const auto whole, board_.Get(period));
    if (published_only && !whole->is_public) return RevisionUnknown(revision);
    if (whole->revision == revision) return Reply(whole, IsStale(*whole));
  }
  if (auto final = FindFinal(period, revision); final.ok()) {
    if (published_only && final->record.state() != v1::FinalRecord::STATE_FINAL) {
      return RevisionUnknown(revision);
    }
    v1::GetRankingResponse response;
    *response.mutable_ranking() = std::move(final->ranking);
    *response.mutable_record() = std::move(final->record);
    return Encoded<v1::GetRankingResponse>(response);
  } else if (!absl::IsNotFound(final.status())) {
    return final.status();
  }
  // A provisional one that was overtaken.
  if (asked->engine != domain::kEngineRevision) return RevisionUnknown(revision);
  std::optional<Versions> versions;
  RETURN_IF_ERROR(database_.Read([&](storage::Transaction& transaction) -> absl::Status {
    FinalityStore finals(transaction);
    ASSIGN_OR_RETURN(versions, ProvisionalVersions(finals, period, *asked));
    return absl::OkStatus();
  }));
  if (!versions.has_value() || asked->version < versions->first ||
      asked->version > versions->last) {
    return RevisionUnknown(revision);
  }
  auto received = finality_.InputsAt(period, asked->version, call.deadline());
  if (absl::IsNotFound(received.status())) return RevisionUnknown(revision);
  RETURN_IF_ERROR(received.status());
  ASSIGN_OR_RETURN(const auto standing,
                   ComputeStanding(*std::move(received), absl::Now(), {asked->finality, nullptr}));
  // Of another epoch: an old backup may have been put back in between.
  if (standing->ranking.revision() != revision) return RevisionUnknown(revision);
  if (published_only && domain::RestOnOwnWord(standing->assessed)) return RevisionUnknown(revision);
  v1::GetRankingResponse response;
  *response.mutable_ranking() = standing->ranking;
  return Encoded<v1::GetRankingResponse>(response);
}

absl::StatusOr<Encoded<v1::BatchGetRankingsResponse>> ScoringService::BatchGetRankings(
    const v1::BatchGetRankingsRequest& request, const Call& call) {
  if (request.periods().empty()) {
    return domain::Fault{"periods", "REQUIRED", "Phải nêu ít nhất một kỳ báo cáo."}.ToStatus();
  }
  if (request.periods_size() > kBatchMax) {
    return domain::Fault{"periods", "TOO_MANY",
                         absl::StrCat("Mỗi lần chỉ đọc được tối đa ", kBatchMax, " kỳ.")}
        .ToStatus();
  }
  Encoded<v1::BatchGetRankingsResponse> response;
  size_t bytes = 0;
  for (int i = 0; i < request.periods_size(); ++i) {
    v1::GetRankingRequest one;
    one.set_period(request.periods(i));
    one.set_freshness_token(request.freshness_token());
    const auto reply = GetRanking(one, call);
    if (!reply.ok()) return AtPeriod(i, reply.status());
    response.MergeField(v1::BatchGetRankingsResponse::kRankingsFieldNumber, *reply);
    for (const auto& piece : reply->pieces()) bytes += piece.bytes.size();
    if (bytes > kBatchBytesMax) {
      return domain::Fault{absl::StrCat("periods[", i, "]"), "TOO_MANY",
                           "Các xếp hạng này quá lớn để đọc một lần; vui lòng đọc ít kỳ hơn."}
          .ToStatus();
    }
  }
  return response;
}

absl::StatusOr<v1::ListRankingsResponse> ScoringService::ListRankings(
    const v1::ListRankingsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PeriodPattern pattern, ReadPeriodPattern("periods", request.periods()));
  ASSIGN_OR_RETURN(const int64_t page_size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const platform::PageStart start,
                   platform::ReadPageToken(request, platform::PageStart()));
  std::vector<std::string> periods = board_.Periods();
  std::erase_if(periods, [&](const std::string& period) {
    return period <= start.last || !pattern.Matches(period);
  });
  std::sort(periods.begin(), periods.end());
  v1::ListRankingsResponse response;
  response.set_stale(!board_.in_sight());
  size_t bytes = 0;
  std::string last;
  for (const std::string& period : periods) {
    RETURN_IF_ERROR(call.StillAwaited());
    const auto shown = board_.Get(period, AudienceOf(call));
    // It is not public, has just gone, or cannot be shown.
    if (absl::IsNotFound(shown.status()) || absl::IsDataLoss(shown.status())) continue;
    RETURN_IF_ERROR(shown.status());
    if (response.rankings_size() == page_size || bytes > platform::kPageBytesMax) {
      response.set_next_page_token(platform::NextPageToken(request, {0, "", last}));
      break;
    }
    v1::Ranking& ranking = *response.add_rankings();
    ranking = RankingIn(**shown);
    if (!request.with_rows()) ranking.clear_rows();
    bytes += ranking.ByteSizeLong();
    last = period;
  }
  return response;
}

}  // namespace thidua::scoring
