// scoring.v1.ScoringService: one function an RPC, in the file of its subject. What is shown now is
// answered from the board (service.cc), finals of the record (finals.cc) and reports (reports.cc)
// from the store.
// Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_SERVICE_H_
#define THIDUA_SERVICES_SCORING_SERVICE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/change_feed.h"
#include "services/platform/endpoint.h"
#include "services/scoring/board.h"
#include "services/scoring/finality.h"
#include "services/storage/database.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::scoring {

class ScoringService : public platform::Endpoint {
 public:
  ScoringService(storage::Database& database, Board& board, Finality& finality);

 private:
  using Call = platform::Call;

  // service.cc
  absl::StatusOr<v1::GetRankingResponse> GetRanking(const v1::GetRankingRequest&, const Call&);
  absl::StatusOr<v1::GetScorecardResponse> GetScorecard(const v1::GetScorecardRequest&,
                                                        const Call&);
  absl::StatusOr<v1::GetMidYearReviewResponse> GetMidYearReview(const v1::GetMidYearReviewRequest&,
                                                                const Call&);

  // finals.cc
  absl::StatusOr<v1::FinaliseRankingResponse> FinaliseRanking(const v1::FinaliseRankingRequest&,
                                                              const Call&);
  absl::StatusOr<v1::RevokeFinalResponse> RevokeFinal(const v1::RevokeFinalRequest&, const Call&);
  absl::StatusOr<v1::GetRankingHistoryResponse> GetRankingHistory(
      const v1::GetRankingHistoryRequest&, const Call&);
  // One of the record. NOT_FOUND (FINAL_UNKNOWN).
  absl::StatusOr<Final> FindFinal(const std::string& period, const std::string& revision);

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

  // The period's standing, not older than the token asks for.
  absl::StatusOr<std::shared_ptr<const Standing>> Await(const std::string& period,
                                                        const std::string& freshness_token,
                                                        const Call& call, Of of);

  storage::Database& database_;
  Board& board_;
  Finality& finality_;
  platform::ChangeFeed changes_;  // Of the database, by this process; nobody waits for it yet.
  const std::string store_id_;    // "scoring:…"
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_SERVICE_H_
