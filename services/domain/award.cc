#include "services/domain/award.h"

#include <algorithm>

namespace thidua::domain {
namespace {

using Standing = AwardCandidate::Standing;

bool OfClass(const AwardRule& award, const ClassRule* of_unit) {
  if (award.classes.empty()) return true;
  return of_unit != nullptr &&
         std::find(award.classes.begin(), award.classes.end(), of_unit->id) != award.classes.end();
}

}  // namespace

std::vector<AwardCandidate> ProposeAwards(const ScoreSheet& sheet, const std::vector<Place>& places,
                                          const std::vector<Ineligibility>& ineligible) {
  const auto is_ineligible = [&](size_t unit) {
    const std::string& id = sheet.figures->members[unit]->unit;
    return std::any_of(ineligible.begin(), ineligible.end(),
                       [&](const Ineligibility& one) { return one.unit == id; });
  };
  std::vector<AwardCandidate> candidates;
  std::vector<bool> has_award(sheet.units.size());
  for (const AwardRule& award : sheet.plan->scheme().awards) {
    auto left = static_cast<size_t>(std::max(award.at_most, 0));
    std::vector<AwardCandidate> passed_over;
    for (size_t first = 0, end = 0; first < places.size() && left > 0; first = end) {
      if (places[first].rank == 0) break;
      // Equals have their turn together.
      std::vector<size_t> turn;
      for (; end < places.size() && places[end].rank == places[first].rank; ++end) {
        const size_t unit = places[end].unit;
        if (has_award[unit]) continue;
        if (is_ineligible(unit)) {
          passed_over.push_back({&award, unit, Standing::kIneligible});
        } else if (!OfClass(award, ClassOf(sheet, unit))) {
          passed_over.push_back({&award, unit, Standing::kOtherClass});
        } else {
          turn.push_back(unit);
        }
      }
      if (turn.empty()) continue;
      candidates.insert(candidates.end(), passed_over.begin(), passed_over.end());
      passed_over.clear();
      const bool enough = turn.size() <= left;
      for (const size_t unit : turn) {
        candidates.push_back({&award, unit, enough ? Standing::kProposed : Standing::kTied});
        has_award[unit] = true;
      }
      left -= std::min(left, turn.size());
    }
    // Those passed over when nobody came after them are worth telling too.
    if (left > 0) candidates.insert(candidates.end(), passed_over.begin(), passed_over.end());
  }
  return candidates;
}

bool VotesSuffice(const AwardRule& award, int64_t yes, int64_t cast) {
  if (!award.votes_at_least_percent.has_value()) return true;
  return cast > 0 && Rational(yes) * 100 >= Rational(cast) * *award.votes_at_least_percent;
}

}  // namespace thidua::domain
