// The Vietnamese sentences that explain points, places and progress: short enough to be read aloud
// in a meeting. Numbers are printed the Vietnamese way; "=" stands before an exact one, "≈" before
// a rounded one. Pure functions.
#ifndef THIDUA_SERVICES_SCORING_WORDING_H_
#define THIDUA_SERVICES_SCORING_WORDING_H_

#include <string>
#include <vector>

#include "services/domain/ranking.h"
#include "services/domain/review.h"
#include "services/domain/scoring.h"

namespace thidua::scoring {

// "332,3": up to `digits` after the mark, without trailing zeros.
std::string PrintShort(const domain::Rational& value, int digits = 2);

// The same in machine form: "332.3". What contracts carry as points and percentages.
std::string MachineShort(const domain::Rational& value, int digits = 4);

// "17.893/35.000 lượt lao động, đạt 51,12%": the figures as the unit wrote them. Of a voided target
// that it is voided, and no percent.
std::string ReviewSentence(const domain::ReviewLine& line);

// "17.893/35.000 ≈ 51,12% × 650 điểm ≈ 332,3 điểm"; by a curve "46/50 = 92%, theo thang điểm (từ
// 80% đến dưới 100%) được hưởng 75% × 650 điểm = 487,5 điểm".
std::string DerivationSentence(const domain::TargetScore& score, const domain::TargetsRule& rule);

// "Điểm tỉnh thẩm định: 27,25/30, thưởng 2 điểm."; of peers "Điểm chấm chéo, trung bình của 3 đơn
// vị: ≈ 22,67/30." `score` is an assessed leaf for which points were given.
std::string AssessmentSentence(const domain::CriterionScore& score);

// What is to be said of a criterion beside its points: why nothing counts there, or what its
// rounding and its maxima changed. "" when there is nothing to say.
std::string CriterionSentence(const domain::Scheme& scheme, const domain::CriterionScore& score);

// Why a unit has its place. `places` are all of them, best first; `index` the one in question.
std::string PlaceSentence(const domain::Scheme& scheme, const std::vector<domain::Place>& places,
                          size_t index);

// What every ranking says of itself that is not final; the first of its notes.
extern const char kProvisionalNote[];

// What every shown ranking says of itself, as a provisional one.
std::vector<std::string> RankingNotes(const domain::Pact& pact,
                                      const std::vector<domain::UnitScore>& scores);

// The percentage as reviews print it: rounded half up to the digits that the unit printed, to 2
// when it printed none; "" when it is not known. Machine form.
std::string AchievementPercent(const domain::Achievement& achievement,
                               const domain::Result* result);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_WORDING_H_
