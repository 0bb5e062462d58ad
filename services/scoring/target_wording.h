// The sentences that explain one target: how it stands, and what it earns. Pure functions.
#ifndef THIDUA_SERVICES_SCORING_TARGET_WORDING_H_
#define THIDUA_SERVICES_SCORING_TARGET_WORDING_H_

#include <string>

#include "services/domain/review.h"
#include "services/scoring/explanation.h"

namespace thidua::scoring {

// "17.893/35.000 lượt lao động, đạt 51,12%": the figures as the unit wrote them. Of a voided target
// that it is voided, and no percent.
std::string ReviewSentence(const domain::ReviewLine& line);

// The percentage as reviews print it: rounded half up to the digits that the unit printed, to 2
// when it printed none; "" when it is not known. Machine form.
std::string AchievementPercent(const domain::Achievement& achievement,
                               const domain::Result* result);

// "17.893/35.000 ≈ 51,12% × 650 điểm ≈ 332,3 điểm"; by a curve "46/50 = 92%, theo thang điểm (từ
// 80% đến dưới 100%) được hưởng 75% × 650 điểm = 487,5 điểm"; by the best of the bloc "15/10 =
// 150%, vượt 50% so với mức vượt cao nhất khối 100% (Công an huyện A): 2,5 + 2,5 × 50%/100% = 3,75
// điểm".
std::string DerivationSentence(const TargetSpot& target);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_TARGET_WORDING_H_
