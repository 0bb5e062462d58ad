// The Vietnamese sentences that explain places and rankings: short enough to be read aloud in a
// meeting. Those of criteria are criterion_wording.h's, those of targets target_wording.h's. Pure
// functions.
#ifndef THIDUA_SERVICES_SCORING_WORDING_H_
#define THIDUA_SERVICES_SCORING_WORDING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/domain/ranking.h"
#include "services/domain/scoring.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {

// After "điểm": whose they are.
absl::string_view LayerWords(domain::Layer layer);

// What an assessed criterion without points waits for, after "chưa": "được chấm điểm"; or "có điểm
// tỉnh thẩm định" where the unit's own points may be there and count for nothing.
std::string Awaited(const domain::Scheme& scheme);

// The name of the criterion, or of what the formula counts.
std::string TieKeyName(const domain::Scheme& scheme, const domain::TieKey& key);

// Why a unit has its place. `places` are all of them, best first; `index` the one in question.
std::string PlaceSentence(const domain::Scheme& scheme, const std::vector<domain::Place>& places,
                          size_t index);

// What every ranking says of itself that is not final; the first of its notes.
extern const char kProvisionalNote[];

// What every shown ranking says of itself, as a provisional one.
std::vector<std::string> RankingNotes(const domain::Pact& pact,
                                      const std::vector<domain::UnitScore>& scores);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_WORDING_H_
