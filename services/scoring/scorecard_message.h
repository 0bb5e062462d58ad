// One unit's part of a standing, with the derivation of every point.
#ifndef THIDUA_SERVICES_SCORING_SCORECARD_MESSAGE_H_
#define THIDUA_SERVICES_SCORING_SCORECARD_MESSAGE_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "services/scoring/standing.h"
#include "thidua/scoring/v1/scorecard.pb.h"

namespace thidua::scoring {

// `unit` is a slug; nothing when it is no member of the pact.
std::optional<v1::Scorecard> ScorecardMessage(const Standing& standing, absl::string_view unit);

v1::AchievementBasis BasisMessage(domain::AchievementBasis basis);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_SCORECARD_MESSAGE_H_
