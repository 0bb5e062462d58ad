// The Vietnamese sentences that say what is still missing: to a target in a review, and to what a
// unit wants to reach. Short enough to be read aloud. Pure functions.
#ifndef THIDUA_SERVICES_SCORING_MISSING_WORDING_H_
#define THIDUA_SERVICES_SCORING_MISSING_WORDING_H_

#include <string>
#include <vector>

#include "services/domain/required_effort.h"
#include "services/domain/review.h"

namespace thidua::scoring {

// What is missing of a target, by when, and who is waited for: "Còn thiếu 17.107 lượt lao động, mỗi
// tháng còn lại (6 tháng) cần ≈ 2.851,17." Empty: nothing is, or nobody knows.
std::string MissingSentence(const domain::Pact& pact, const domain::Period& period,
                            const domain::ReviewLine& line);

// Whether others than the unit itself are still waited for: the target is asked for, and not
// reached.
bool Awaits(const domain::ReviewLine& line);

// What a unit needs: "Để đạt hạng 2, cần “Giải quyết việc làm” đạt 30.000 lượt lao động (hiện
// 17.893) …". `one_target`: whether a target was asked for.
std::string EffortSentence(const domain::Effort& effort, const domain::EffortGoal& goal,
                           bool one_target);

// What was held, and what was not known.
std::vector<std::string> EffortNotes(const domain::Effort& effort);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_MISSING_WORDING_H_
