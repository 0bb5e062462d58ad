// The Vietnamese sentences that explain why points and ranks moved: short enough to be read aloud
// in a meeting. Pure functions.
#ifndef THIDUA_SERVICES_SCORING_MOVEMENT_WORDING_H_
#define THIDUA_SERVICES_SCORING_MOVEMENT_WORDING_H_

#include <string>

#include "absl/strings/string_view.h"
#include "services/domain/comparison.h"
#include "services/domain/pact.h"

namespace thidua::scoring {

// "kết quả của đơn vị"
absl::string_view CauseWords(domain::MoveCause cause);

// As the pact after, or else the one before, calls the unit; its id when neither does.
std::string NameOf(const domain::Pact& before, const domain::Pact& after, const std::string& unit);

// "Từ hạng 3 lên hạng 1, vượt hoặc bắt kịp Sở Y tế; điểm tăng 12,5 …"
std::string MovementSentence(const domain::Pact& before, const domain::Pact& after,
                             const domain::UnitComparison& unit);

// "Mức cao nhất khối ở “Kết quả”: trước là Sở Y tế 60%, nay là Sở Du lịch 120%."
std::string BestSentence(const domain::Pact& before, const domain::Pact& after,
                         const domain::BestMove& move);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_MOVEMENT_WORDING_H_
