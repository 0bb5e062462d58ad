// scoring.v1.ScoringService: one function an RPC, all answered from the board. Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_SERVICE_H_
#define THIDUA_SERVICES_SCORING_SERVICE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/endpoint.h"
#include "services/scoring/board.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::scoring {

class ScoringService : public platform::Endpoint {
 public:
  explicit ScoringService(Board& board);

 private:
  using Call = platform::Call;

  absl::StatusOr<v1::GetRankingResponse> GetRanking(const v1::GetRankingRequest&, const Call&);
  absl::StatusOr<v1::GetScorecardResponse> GetScorecard(const v1::GetScorecardRequest&,
                                                        const Call&);
  absl::StatusOr<v1::GetMidYearReviewResponse> GetMidYearReview(const v1::GetMidYearReviewRequest&,
                                                                const Call&);

  // The period's standing, not older than the token asks for.
  absl::StatusOr<std::shared_ptr<const Standing>> Await(const std::string& period,
                                                        const std::string& freshness_token,
                                                        const Call& call);

  Board& board_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_SERVICE_H_
