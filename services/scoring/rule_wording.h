// What a criterion's rule says, in a few short Vietnamese sentences. Pure functions.
#ifndef THIDUA_SERVICES_SCORING_RULE_WORDING_H_
#define THIDUA_SERVICES_SCORING_RULE_WORDING_H_

#include <string>

#include "services/domain/scheme.h"

namespace thidua::scoring {

// "Mỗi chỉ tiêu được điểm theo tỷ lệ đạt, tối đa 100%. Vượt chỉ tiêu: mỗi 1% thưởng 1 điểm, tối đa
// 40 điểm." What there is no room for in 300 characters is left out: the scheme itself says it.
std::string RuleSentence(const domain::Criterion& criterion);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_RULE_WORDING_H_
