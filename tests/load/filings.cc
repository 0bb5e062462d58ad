#include "tests/load/filings.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace thidua::load {
namespace {

// How much denser moments are at the end than at the beginning: e^3.
constexpr double kSteepness = 3;

// One that was not reported of the target before.
int64_t Figure(const Target& target, std::set<int64_t>& reported, Chance& chance) {
  int64_t figure = target.value * chance.Between(60, 130) / 100;
  while (!reported.insert(figure).second) ++figure;
  return figure;
}

}  // namespace

std::vector<Filing> DeadlineRush(const Provinces& provinces, absl::Duration whole, uint64_t seed,
                                 double window_from) {
  Chance chance(seed);
  std::vector<Filing> filings;
  for (size_t u = 0; u < provinces.units().size(); ++u) {
    const Unit& unit = provinces.units()[u];
    const double moment = std::log1p(chance.Share() * std::expm1(kSteepness)) / kSteepness;
    absl::Duration thinking;                       // Before the filing that comes next, all in all.
    std::map<size_t, std::set<int64_t>> reported;  // Of each target.
    const size_t first_filing = filings.size();
    const auto add = [&](Filing::What what, size_t first, size_t count, bool twice) {
      Filing& filing = filings.emplace_back();
      filing.what = what;
      filing.unit = u;
      filing.due = thinking;
      filing.twice = twice;
      for (size_t t = first; t < first + count; ++t) {
        filing.figures.emplace_back(t, Figure(unit.targets[t], reported[t], chance));
      }
      // Between 20 seconds and four minutes of a real hour.
      thinking += whole * (static_cast<double>(chance.Between(20, 240)) / 3600);
    };
    const size_t targets = unit.targets.size();
    if (chance.In(0.1)) {
      add(Filing::kImport, 0, targets, false);
    } else {
      const auto portions = static_cast<size_t>(chance.Between(2, 4));
      for (size_t p = 0; p < portions; ++p) {
        const size_t first = targets * p / portions;
        add(Filing::kFigures, first, targets * (p + 1) / portions - first, chance.In(0.03));
      }
    }
    if (chance.In(0.8)) add(Filing::kOwnPoints, 0, 0, false);
    if (chance.In(0.3)) {
      const auto rows = static_cast<size_t>(chance.Between(1, 2));
      add(Filing::kCorrection, chance.Next() % (targets - rows), rows, chance.In(0.03));
    }
    add(Filing::kHandOver, 0, 0, false);
    // Whose time does not suffice for that thinks faster: nobody files after the deadline.
    const double haste =
        std::min(1.0, absl::FDivDuration((1 - moment) * whole, filings.back().due));
    for (size_t i = first_filing; i < filings.size(); ++i) {
      filings[i].due = moment * whole + haste * filings[i].due;
    }
  }
  std::stable_sort(filings.begin(), filings.end(),
                   [](const Filing& a, const Filing& b) { return a.due < b.due; });
  const auto first = std::find_if(filings.begin(), filings.end(), [&](const Filing& filing) {
    return filing.due >= window_from * whole;
  });
  filings.erase(filings.begin(), first);
  for (Filing& filing : filings) filing.due -= window_from * whole;
  return filings;
}

std::vector<Filing> Steady(const Provinces& provinces, double per_second, absl::Duration whole,
                           uint64_t seed, const std::vector<size_t>& units) {
  Chance chance(seed);
  std::map<std::pair<size_t, size_t>, std::set<int64_t>> reported;  // Of each unit's targets.
  std::vector<Filing> filings;
  const auto count = static_cast<size_t>(per_second * absl::ToDoubleSeconds(whole));
  for (size_t i = 0; i < count; ++i) {
    Filing& filing = filings.emplace_back();
    filing.what = chance.In(0.1) ? Filing::kImport : Filing::kCorrection;
    filing.unit = units[chance.Next() % units.size()];
    filing.due = absl::Seconds(static_cast<double>(i) / per_second);
    filing.twice = filing.what == Filing::kCorrection && chance.In(0.03);
    const Unit& unit = provinces.units()[filing.unit];
    const auto rows = static_cast<size_t>(chance.Between(1, 3));
    const size_t first = chance.Next() % (unit.targets.size() - rows);
    for (size_t t = first; t < first + rows; ++t) {
      filing.figures.emplace_back(t, Figure(unit.targets[t], reported[{filing.unit, t}], chance));
    }
  }
  return filings;
}

}  // namespace thidua::load
