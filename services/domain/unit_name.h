// Which unit a text means. Documents write one name in many ways: "Sở Lao Động- Thương Binh và Xã
// hội", "Sở Lao động – TB&XH", "SỞ LĐTBXH", "so lao dong tbxh".
//
//   std::vector<std::string> keys = LookupKeys("Sở Lao động – TB&XH");   to find units that may fit
//   std::vector<UnitMatch> matches = MatchUnits("Sở Lao động – TB&XH", day, units);
//
// Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_DOMAIN_UNIT_NAME_H_
#define THIDUA_SERVICES_DOMAIN_UNIT_NAME_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/domain/unit.h"

namespace thidua::domain {

// Why a unit fits, best first; the numbers are the contract's (ResolveUnitResponse.Match).
enum class NameMatch {
  kId = 1,          // "units/so-y-te", "so-y-te"
  kIdentifier = 2,  // The value of an identifier that holds on that day.
  kName = 3,  // A name, short name or alias of that day, but for capitals, spaces, punctuation.
  kUnmarkedName = 4,  // The same without tone and vowel marks, đ as d.
  kAbbreviation =
      5,            // Some or all words abbreviated to their first letters, "và" and "&" optional.
  kOtherMarks = 6,  // The same letters with other marks: "Xã Tân Hóa" for "Xã Tân Hòa".
  kOtherDay = 7,    // Fits in any of these ways, but by a name (or in a state) of another day.
};

struct UnitMatch {
  const Unit* unit = nullptr;  // Of the units given.
  NameMatch match = NameMatch::kOtherDay;
  std::string text;  // The name, alias, identifier or id that fits.
};

// Under which keys a unit is to be found: of each of its names, short names, aliases and
// identifiers of any day. Short texts, without duplicates; equal for equal meanings.
std::vector<std::string> KeysOf(const Unit& unit);

// The keys under which units that fit the text may be found: if MatchUnits would match a unit (but
// by its id), one of them is among KeysOf that unit. At most 17.
std::vector<std::string> LookupKeys(absl::string_view text);

// The units that the text may mean on that day, best first, then in the order of ids; each once, by
// its best match. A unit that is not active on the day fits as kOtherDay only (but for kId).
std::vector<UnitMatch> MatchUnits(absl::string_view text, Date day, const std::vector<Unit>& units);

// The one match that is better than every other, by its own marks and of that day; null when there
// is none.
const UnitMatch* BestMatch(const std::vector<UnitMatch>& matches);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_UNIT_NAME_H_
