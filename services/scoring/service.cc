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

// How what is shown stands to an entry of results-ingest or the registry: the ranking, or what has
// arrived.
Sight LookAtData(const type::v1::FreshnessVector::Entry& entry, const messages::PeriodName& period,
                 const Snapshot* shown, bool of_ranking) {
  const bool of_period = entry.resource() == period.ToString();
  const bool of_pact = entry.resource() == period.pact.ToString();
  if (!of_period && !of_pact) return Sight::kSeen;
  if (shown == nullptr) return Sight::kNotYet;
  if (entry.store_id() != (of_period ? shown->store_id : shown->pact_store_id)) {
    return Sight::kOtherStore;
  }
  // What was put back from a backup has not arrived yet, and what is shown is what was lost.
  if (of_period && entry.store_epoch_ms() > shown->store_epoch_ms) return Sight::kNotYet;
  const int64_t arrived = of_period ? shown->version : shown->pact_version;
  const int64_t ranked = of_period ? shown->ranked_version : shown->ranked_pact_version;
  const int64_t version = of_ranking ? ranked : arrived;
  return version >= entry.version() ? Sight::kSeen : Sight::kNotYet;
}

// The same of an entry that counts how often the ranking was made final or revoked.
Sight LookAtFinality(const type::v1::FreshnessVector::Entry& entry, const std::string& store_id,
                     const Snapshot* shown) {
  if (entry.store_id() != store_id) return Sight::kOtherStore;
  if (shown == nullptr) return Sight::kNotYet;
  return shown->finality >= entry.version() ? Sight::kSeen : Sight::kNotYet;
}

}  // namespace

ScoringService::ScoringService(storage::Database& database, Board& board, Finality& finality)
    : Endpoint(*v1::GetRankingRequest::descriptor()->file()->FindServiceByName("ScoringService")),
      database_(database),
      board_(board),
      finality_(finality),
      changes_(0, database.store_epoch_ms()),
      store_id_(absl::StrCat("scoring:", database.store_id())),
      watches_(board) {
  Unary("GetRanking", this, &ScoringService::GetRanking);
  Unary("BatchGetRankings", this, &ScoringService::BatchGetRankings);
  Unary("ListRankings", this, &ScoringService::ListRankings);
  ServerPush("WatchRankings", &watches_, &RankingWatches::Take);
  Unary("GetScorecard", this, &ScoringService::GetScorecard);
  Unary("GetMidYearReview", this, &ScoringService::GetMidYearReview);
  Unary("CompareRankings", this, &ScoringService::CompareRankings);
  Unary("SimulateRanking", this, &ScoringService::SimulateRanking);
  Unary("GetRequiredEffort", this, &ScoringService::GetRequiredEffort);
  Unary("FinaliseRanking", this, &ScoringService::FinaliseRanking);
  Unary("RevokeFinal", this, &ScoringService::RevokeFinal);
  Unary("GetRankingHistory", this, &ScoringService::GetRankingHistory);
  Unary("DraftReport", this, &ScoringService::DraftReport);
  Unary("ReviseReport", this, &ScoringService::ReviseReport);
  Unary("CommentReport", this, &ScoringService::CommentReport);
  Unary("FinaliseReport", this, &ScoringService::FinaliseReport);
  Unary("GetReport", this, &ScoringService::GetReport);
  Unary("ListReports", this, &ScoringService::ListReports);
  Unary("RecordIneligibility", this, &ScoringService::RecordIneligibility);
  Unary("LiftIneligibility", this, &ScoringService::LiftIneligibility);
  Unary("ListIneligibilities", this, &ScoringService::ListIneligibilities);
  Unary("GetAwardPreview", this, &ScoringService::GetAwardPreview);
  Unary("ProposeAwards", this, &ScoringService::ProposeAwards);
  Unary("RecordVotes", this, &ScoringService::RecordVotes);
  Unary("GetAwardProposal", this, &ScoringService::GetAwardProposal);
  Unary("ListAwardProposals", this, &ScoringService::ListAwardProposals);
  Unary("ListAwardVotes", this, &ScoringService::ListAwardVotes);
}

absl::StatusOr<int64_t> ScoringService::AwaitShown(const std::string& period,
                                                   const std::string& freshness_token,
                                                   const Call& call, Of of) {
  int64_t final_that_stands = 0;
  ASSIGN_OR_RETURN(const messages::PeriodName name, messages::ReadPeriodName("period", period));
  const std::string ranking = RankingResource(period);
  const auto look = [&](const type::v1::FreshnessVector::Entry& entry) {
    const std::shared_ptr<const Snapshot> shown = board_.Find(period, AudienceOf(call));
    if (entry.resource() == ranking) {
      return LookAtFinality(entry, finality_.store_id(), shown.get());
    }
    return LookAtData(entry, name, shown.get(), of == Of::kRanking);
  };
  RETURN_IF_ERROR(platform::AwaitFreshness(
      freshness_token, board_.feed(), call, [&](const auto& entry) -> absl::StatusOr<Sight> {
        const bool of_ranking = entry.resource() == ranking;
        // Its number; 0: none is shown, or asked for.
        const auto final_shown = [&]() -> int64_t {
          const std::shared_ptr<const Snapshot> shown = board_.Find(period, AudienceOf(call));
          return of == Of::kRanking && shown != nullptr && shown->is_final ? shown->finality : 0;
        };
        const Sight sight = look(entry);
        if (sight == Sight::kSeen || !(of_ranking || final_shown() > 0)) return sight;
        // What another process on this database made of the final may not be shown here yet,
        // though what was changed since has arrived. If that cannot be told, nothing is shown.
        if (!finality_.RecallNewer(period).ok()) return Sight::kNotYet;
        if (of_ranking) return look(entry);
        // Whatever was changed since, a final that stands is what there is to be shown.
        final_that_stands = final_shown();
        return final_that_stands > 0 ? Sight::kSeen : look(entry);
      }));
  return final_that_stands;
}

absl::StatusOr<std::shared_ptr<const Standing>> ScoringService::Await(
    const std::string& period, const std::string& freshness_token, const Call& call, Of of) {
  while (true) {
    ASSIGN_OR_RETURN(const int64_t final_that_stands,
                     AwaitShown(period, freshness_token, call, of));
    ASSIGN_OR_RETURN(auto standing, board_.GetStanding(period));  // That one, or a newer one.
    if (final_that_stands == 0 || standing->finality.number == final_that_stands) return standing;
  }
}

absl::StatusOr<v1::GetScorecardResponse> ScoringService::GetScorecard(
    const v1::GetScorecardRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const std::string unit, messages::ReadUnitName("unit", request.unit()));
  v1::GetScorecardResponse response;
  std::shared_ptr<const Final> official;
  std::optional<v1::Scorecard> card;
  if (!request.revision().empty()) {
    ASSIGN_OR_RETURN(Final found, FindFinal(request.period(), request.revision()));
    official = std::make_shared<const Final>(std::move(found));
  } else {
    ASSIGN_OR_RETURN(const auto standing,
                     Await(request.period(), request.freshness_token(), call, Of::kRanking));
    official = standing->finality.official;
    if (official == nullptr) card = ScorecardMessage(*standing, unit);
    response.set_stale(official == nullptr && !board_.in_sight());
  }
  if (official != nullptr) {
    if (const v1::Scorecard* stored = official->FindScorecard(unit); stored != nullptr) {
      card = *stored;
    }
  }
  if (!card.has_value()) {
    return platform::Refusal(absl::StatusCode::kNotFound, "unit", "UNIT_NOT_A_MEMBER",
                             absl::StrCat("Đơn vị “", unit, "” không thuộc giao ước này."));
  }
  *response.mutable_scorecard() = *std::move(card);
  return response;
}

absl::StatusOr<v1::GetMidYearReviewResponse> ScoringService::GetMidYearReview(
    const v1::GetMidYearReviewRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const auto standing,
                   AwaitData(request.period(), request.freshness_token(), call));
  v1::GetMidYearReviewResponse response;
  *response.mutable_review() = ReviewMessage(*standing);
  response.set_stale(!board_.in_sight());
  return response;
}

}  // namespace thidua::scoring
