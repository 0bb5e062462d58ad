// A standing as the review of its period (sơ kết).
#ifndef THIDUA_SERVICES_SCORING_REVIEW_MESSAGE_H_
#define THIDUA_SERVICES_SCORING_REVIEW_MESSAGE_H_

#include "services/scoring/standing.h"
#include "thidua/scoring/v1/review.pb.h"

namespace thidua::scoring {

v1::MidYearReview ReviewMessage(const Standing& standing);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_REVIEW_MESSAGE_H_
