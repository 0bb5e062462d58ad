#include "services/scoring/service.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"
#include "services/scoring/review_message.h"
#include "services/scoring/scorecard_message.h"

namespace thidua::scoring {
namespace {

using platform::Sight;

// How one standing stands to one entry of a token.
Sight Look(const type::v1::FreshnessVector::Entry& entry, const messages::PeriodName& period,
           const Standing* standing) {
  const bool of_period = entry.resource() == period.ToString();
  const bool of_pact = entry.resource() == period.pact.ToString();
  if (!of_period && !of_pact) return Sight::kSeen;
  if (standing == nullptr) return Sight::kNotYet;
  const ReceivedPeriod& received = standing->received;
  const std::string& store_id = of_period ? received.store_id : received.inputs.pact_store_id();
  const int64_t version = of_period ? received.inputs.version() : received.inputs.pact().version();
  if (entry.store_id() != store_id) return Sight::kOtherStore;
  return version >= entry.version() ? Sight::kSeen : Sight::kNotYet;
}

}  // namespace

ScoringService::ScoringService(Board& board)
    : Endpoint(*v1::GetRankingRequest::descriptor()->file()->FindServiceByName("ScoringService")),
      board_(board) {
  Unary("GetRanking", this, &ScoringService::GetRanking);
  Unary("GetScorecard", this, &ScoringService::GetScorecard);
  Unary("GetMidYearReview", this, &ScoringService::GetMidYearReview);
}

absl::StatusOr<std::shared_ptr<const Standing>> ScoringService::Await(
    const std::string& period, const std::string& freshness_token, const Call& call) {
  ASSIGN_OR_RETURN(const messages::PeriodName name, messages::ReadPeriodName("period", period));
  RETURN_IF_ERROR(platform::AwaitFreshness(freshness_token, board_.feed(), call,
                                           [&](const auto& entry) -> absl::StatusOr<Sight> {
                                             return Look(entry, name, board_.Find(period).get());
                                           }));
  // That one, or a newer one by now.
  const std::shared_ptr<const Standing> standing = board_.Find(period);
  if (standing != nullptr) return standing;
  if (board_.IsBroken(period)) return absl::DataLossError(absl::StrCat("not computed: ", period));
  if (!board_.was_in_sight()) {
    return platform::Refusal(absl::StatusCode::kUnavailable, "", "NOT_YET_SYNCED",
                             "Dịch vụ chấm điểm đang nạp số liệu; vui lòng thử lại sau giây lát.");
  }
  return platform::Refusal(absl::StatusCode::kNotFound, "period", "PERIOD_UNKNOWN",
                           absl::StrCat("Không có kỳ báo cáo “", name.ToString(), "”."));
}

absl::StatusOr<v1::GetRankingResponse> ScoringService::GetRanking(
    const v1::GetRankingRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const auto standing, Await(request.period(), request.freshness_token(), call));
  v1::GetRankingResponse response;
  *response.mutable_ranking() = standing->ranking;
  response.set_stale(!board_.in_sight());
  return response;
}

absl::StatusOr<v1::GetScorecardResponse> ScoringService::GetScorecard(
    const v1::GetScorecardRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const std::string unit, messages::ReadUnitName("unit", request.unit()));
  ASSIGN_OR_RETURN(const auto standing, Await(request.period(), request.freshness_token(), call));
  std::optional<v1::Scorecard> card = ScorecardMessage(*standing, unit);
  if (!card.has_value()) {
    return platform::Refusal(absl::StatusCode::kNotFound, "unit", "UNIT_NOT_A_MEMBER",
                             absl::StrCat("Đơn vị “", unit, "” không thuộc giao ước này."));
  }
  v1::GetScorecardResponse response;
  *response.mutable_scorecard() = *std::move(card);
  response.set_stale(!board_.in_sight());
  return response;
}

absl::StatusOr<v1::GetMidYearReviewResponse> ScoringService::GetMidYearReview(
    const v1::GetMidYearReviewRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const auto standing, Await(request.period(), request.freshness_token(), call));
  v1::GetMidYearReviewResponse response;
  *response.mutable_review() = ReviewMessage(*standing);
  response.set_stale(!board_.in_sight());
  return response;
}

}  // namespace thidua::scoring
