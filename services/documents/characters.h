// Texts as documents hold them. Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_DOCUMENTS_CHARACTERS_H_
#define THIDUA_SERVICES_DOCUMENTS_CHARACTERS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace thidua::documents {

// Without what no document holds: control characters but new lines (a tab becomes a space, CR LF a
// new line), characters that are none, and marks that turn the direction of writing around. Bytes
// that are no UTF-8 become U+FFFD.
std::string Printable(absl::string_view text);

// Printable, with & < > " and ' as entities: for text and attributes of XML and HTML.
std::string Escaped(absl::string_view text);

// "KHỐI THI ĐUA 4" for "Khối thi đua 4".
std::string Capitals(absl::string_view text);

// "6 tháng" stays; "Năm 2019" is "năm 2019": as within a sentence.
std::string SmallFirst(absl::string_view text);

// Of each word the first letter as a capital, numbers whole: "KTĐ4".
std::string Initials(absl::string_view text);

}  // namespace thidua::documents

#endif  // THIDUA_SERVICES_DOCUMENTS_CHARACTERS_H_
