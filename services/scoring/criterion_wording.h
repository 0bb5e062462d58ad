// The sentences that explain one criterion at one unit: how its points come about, what was given
// for it, and each step from what was worked out to what counts. Pure functions.
#ifndef THIDUA_SERVICES_SCORING_CRITERION_WORDING_H_
#define THIDUA_SERVICES_SCORING_CRITERION_WORDING_H_

#include <string>

#include "services/scoring/explanation.h"

namespace thidua::scoring {

// "Điểm tỉnh thẩm định: 27,25/30, thưởng 2 điểm."; of peers "Điểm chấm chéo, trung bình của 3 đơn
// vị: ≈ 22,67/30." Points were given for the criterion; `given` are all of them, if known.
std::string AssessmentSentence(const Spot& spot, const GivenPoints& given = {});

// How the raw points come about: "Bị phê bình 2 lần × -3: 10 - 6 = 4 điểm." Of a parent how they
// add up. "" when it does not count for the unit.
std::string DerivationSentence(const Spot& spot, const GivenPoints& given = {});

// One step: "Tổng điểm thưởng là 58, chỉ tính tối đa 40 điểm."
std::string AdjustmentSentence(const Spot& spot, const Adjustment& adjustment);

// What is to be said of a criterion beside its points: the sentences of its adjustments. "" when
// there is nothing to say.
std::string CriterionSentence(const Spot& spot);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_CRITERION_WORDING_H_
