// A standing as the ranking that is read and published.
#ifndef THIDUA_SERVICES_SCORING_RANKING_MESSAGE_H_
#define THIDUA_SERVICES_SCORING_RANKING_MESSAGE_H_

#include "absl/time/time.h"
#include "services/scoring/standing.h"
#include "thidua/scoring/v1/ranking.pb.h"

namespace thidua::scoring {

v1::Ranking RankingMessage(const Standing& standing, absl::Time compute_time);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_RANKING_MESSAGE_H_
