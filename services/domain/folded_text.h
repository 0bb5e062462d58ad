// Texts as they are compared when it matters what they say and not how they were typed.
//
//   FoldedWords("  Giải quyết VIỆC LÀM;")     "giải quyết việc làm"
//   UnmarkedWords("Giải quyết việc làm")      "giai quyet viec lam"
//
// Words are runs of letters and digits, in small letters, with one space between them; whatever
// else stands in the text says nothing. NFC UTF-8 in and out; what is no UTF-8 is left as it is.
// Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_DOMAIN_FOLDED_TEXT_H_
#define THIDUA_SERVICES_DOMAIN_FOLDED_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace thidua::domain {

std::string FoldedWords(absl::string_view text);

// The same without tone and vowel marks, đ as d.
std::string UnmarkedWords(absl::string_view text);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_FOLDED_TEXT_H_
