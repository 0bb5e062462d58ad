// scoring.v1.ScoringService: one function an RPC, in the file of its subject. What is shown now is
// answered from the board (rankings.cc, service.cc), finals of the record (finals.cc), reports
// (reports.cc) and awards (awards.cc) from the store. Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_SERVICE_H_
#define THIDUA_SERVICES_SCORING_SERVICE_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/change_feed.h"
#include "services/platform/endpoint.h"
#include "services/scoring/board.h"
#include "services/scoring/finality.h"
#include "services/scoring/ranking_watches.h"
#include "services/storage/database.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::scoring {

class ScoringService : public platform::Endpoint {
 public:
  ScoringService(storage::Database& database, Board& board, Finality& finality);

 private:
  using Call = platform::Call;

  // rankings.cc
  absl::StatusOr<platform::Encoded<v1::GetRankingResponse>> GetRanking(const v1::GetRankingRequest&,
                                                                       const Call&);
  absl::StatusOr<platform::Encoded<v1::BatchGetRankingsResponse>> BatchGetRankings(
      const v1::BatchGetRankingsRequest&, const Call&);
  absl::StatusOr<v1::ListRankingsResponse> ListRankings(const v1::ListRankingsRequest&,
                                                        const Call&);
  // Exactly that one. NOT_FOUND (REVISION_UNKNOWN).
  absl::StatusOr<platform::Encoded<v1::GetRankingResponse>> RankingOf(const std::string& period,
                                                                      const std::string& revision,
                                                                      const Call& call);
  // As whom the caller reads the board.
  static Board::Audience AudienceOf(const Call& call);
  // Whether a reader of what is shown is to be told that it may have been overtaken.
  bool IsStale(const Snapshot& shown) const { return !shown.is_final && !board_.in_sight(); }

  // service.cc
  absl::StatusOr<v1::GetScorecardResponse> GetScorecard(const v1::GetScorecardRequest&,
                                                        const Call&);
  absl::StatusOr<v1::GetMidYearReviewResponse> GetMidYearReview(const v1::GetMidYearReviewRequest&,
                                                                const Call&);

  // comparisons.cc, simulations.cc, efforts.cc
  absl::StatusOr<v1::CompareRankingsResponse> CompareRankings(const v1::CompareRankingsRequest&,
                                                              const Call&);
  absl::StatusOr<v1::SimulateRankingResponse> SimulateRanking(const v1::SimulateRankingRequest&,
                                                              const Call&);
  absl::StatusOr<v1::GetRequiredEffortResponse> GetRequiredEffort(
      const v1::GetRequiredEffortRequest&, const Call&);
  // One side of a comparison, computed from its own data; faults at the moment's fields.
  absl::StatusOr<std::shared_ptr<const Standing>> StandingAt(const v1::RankingMoment& moment,
                                                             const std::string& freshness_token,
                                                             const Call& call);
  // The period's present data, computed; DATA_LOSS when it cannot be.
  absl::StatusOr<std::shared_ptr<const Standing>> AwaitData(const std::string& period,
                                                            const std::string& freshness_token,
                                                            const Call& call);

  // finals.cc
  // Nobody decides on a ranking in which their own unit stands.
  absl::Status CheckNotOwnBloc(const std::string& period, const Call& call) const;
  absl::StatusOr<v1::FinaliseRankingResponse> FinaliseRanking(const v1::FinaliseRankingRequest&,
                                                              const Call&);
  absl::StatusOr<v1::RevokeFinalResponse> RevokeFinal(const v1::RevokeFinalRequest&, const Call&);
  absl::StatusOr<v1::GetRankingHistoryResponse> GetRankingHistory(
      const v1::GetRankingHistoryRequest&, const Call&);
  // One of the record. NOT_FOUND (FINAL_UNKNOWN).
  absl::StatusOr<Final> FindFinal(const std::string& period, const std::string& revision);

  // awards.cc
  absl::StatusOr<v1::RecordIneligibilityResponse> RecordIneligibility(
      const v1::RecordIneligibilityRequest&, const Call&);
  absl::StatusOr<v1::LiftIneligibilityResponse> LiftIneligibility(
      const v1::LiftIneligibilityRequest&, const Call&);
  absl::StatusOr<v1::ListIneligibilitiesResponse> ListIneligibilities(
      const v1::ListIneligibilitiesRequest&, const Call&);
  absl::StatusOr<v1::GetAwardPreviewResponse> GetAwardPreview(const v1::GetAwardPreviewRequest&,
                                                              const Call&);
  absl::StatusOr<v1::ProposeAwardsResponse> ProposeAwards(const v1::ProposeAwardsRequest&,
                                                          const Call&);
  absl::StatusOr<v1::RecordVotesResponse> RecordVotes(const v1::RecordVotesRequest&, const Call&);
  absl::StatusOr<v1::GetAwardProposalResponse> GetAwardProposal(const v1::GetAwardProposalRequest&,
                                                                const Call&);
  absl::StatusOr<v1::ListAwardProposalsResponse> ListAwardProposals(
      const v1::ListAwardProposalsRequest&, const Call&);
  absl::StatusOr<v1::ListAwardVotesResponse> ListAwardVotes(const v1::ListAwardVotesRequest&,
                                                            const Call&);
  // What a pact that has periods here calls its member, in the newest edition that has it; nothing
  // when none has.
  absl::StatusOr<std::optional<std::string>> MemberName(const std::string& pact,
                                                        const std::string& unit);

  // What is asked of a period: the ranking that is shown, or the data it has by now.
  enum class Of { kRanking, kData };
  // reports.cc
  absl::StatusOr<v1::DraftReportResponse> DraftReport(const v1::DraftReportRequest&, const Call&);
  absl::StatusOr<v1::ReviseReportResponse> ReviseReport(const v1::ReviseReportRequest&,
                                                        const Call&);
  absl::StatusOr<v1::CommentReportResponse> CommentReport(const v1::CommentReportRequest&,
                                                          const Call&);
  absl::StatusOr<v1::FinaliseReportResponse> FinaliseReport(const v1::FinaliseReportRequest&,
                                                            const Call&);
  absl::StatusOr<v1::GetReportResponse> GetReport(const v1::GetReportRequest&, const Call&);
  absl::StatusOr<v1::ListReportsResponse> ListReports(const v1::ListReportsRequest&, const Call&);
  // Numbers the report's next version, and puts its etag in. Answers its freshness token.
  std::string Advance(v1::Report& report) const;

  // Until what is shown of the period is not older than the token asks for. 0: by its data, as all
  // that is shown later. Otherwise only as the final of that number, which may be revoked before
  // the caller reads it: then anew.
  absl::StatusOr<int64_t> AwaitShown(const std::string& period, const std::string& freshness_token,
                                     const Call& call, Of of);
  // The period's standing, not older than the token asks for.
  absl::StatusOr<std::shared_ptr<const Standing>> Await(const std::string& period,
                                                        const std::string& freshness_token,
                                                        const Call& call, Of of);

  storage::Database& database_;
  Board& board_;
  Finality& finality_;
  platform::ChangeFeed changes_;  // Of the database, by this process; nobody waits for it yet.
  const std::string store_id_;    // "scoring:…"
  RankingWatches watches_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_SERVICE_H_
