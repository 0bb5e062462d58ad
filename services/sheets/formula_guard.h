// Text that a spreadsheet would run as a formula when it opens a CSV file.
#ifndef THIDUA_SERVICES_SHEETS_FORMULA_GUARD_H_
#define THIDUA_SERVICES_SHEETS_FORMULA_GUARD_H_

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace thidua::sheets {

// Begins with = + - @ TAB or CR, apostrophes before it aside: those would be lost when one is taken
// off again.
inline bool LooksLikeAFormula(absl::string_view text) {
  const size_t first = text.find_first_not_of('\'');
  return first != absl::string_view::npos && absl::StrContains("=+-@\t\r", text[first]);
}

inline std::string GuardFormula(absl::string_view text) {
  return LooksLikeAFormula(text) ? "'" + std::string(text) : std::string(text);
}

inline std::string UnguardFormula(std::string text) {
  if (!text.empty() && text[0] == '\'' && LooksLikeAFormula(text)) text.erase(0, 1);
  return text;
}

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_FORMULA_GUARD_H_
