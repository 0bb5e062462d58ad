#include "services/documents/characters.h"

#include <utf8proc.h>

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace thidua::documents {
namespace {

// The first character of a text that is not empty, and how many bytes it has; U+FFFD of one byte
// for what is no UTF-8.
std::pair<utf8proc_int32_t, size_t> First(absl::string_view text) {
  utf8proc_int32_t code_point = 0;
  const utf8proc_ssize_t read =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  if (read <= 0) return {0xFFFD, 1};
  return {code_point, static_cast<size_t>(read)};
}

void Append(utf8proc_int32_t code_point, std::string& to) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t count = utf8proc_encode_char(code_point, bytes);
  to.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(count));
}

bool IsLeftOut(utf8proc_int32_t c) {
  if (c < 0x20 && c != '\n') return true;
  if (c >= 0x7F && c <= 0x9F) return true;
  const bool turns_around = c == 0x200E || c == 0x200F || c == 0x061C ||
                            (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  const bool is_none = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
  return turns_around || is_none || c == 0x2028 || c == 0x2029 || c == 0xFEFF;
}

}  // namespace

std::string Printable(absl::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  while (!text.empty()) {
    const auto [code_point, bytes] = First(text);
    if (code_point == '\t') {
      printable += ' ';
    } else if (!IsLeftOut(code_point)) {
      Append(code_point, printable);
    }
    text.remove_prefix(bytes);
  }
  return printable;
}

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      Printable(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string Capitals(absl::string_view text) {
  std::string capitals;
  while (!text.empty()) {
    const auto [code_point, bytes] = First(text);
    Append(utf8proc_toupper(code_point), capitals);
    text.remove_prefix(bytes);
  }
  return capitals;
}

std::string SmallFirst(absl::string_view text) {
  if (text.empty()) return "";
  const auto [code_point, bytes] = First(text);
  std::string small;
  Append(utf8proc_tolower(code_point), small);
  return absl::StrCat(small, text.substr(bytes));
}

std::string Initials(absl::string_view text) {
  std::string initials;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const auto [code_point, bytes] = First(word);
    if (code_point >= '0' && code_point <= '9') {
      absl::StrAppend(&initials, word);
    } else if (utf8proc_category(code_point) >= UTF8PROC_CATEGORY_LU &&
               utf8proc_category(code_point) <= UTF8PROC_CATEGORY_LO) {
      Append(utf8proc_toupper(code_point), initials);
    }
  }
  return initials;
}

}  // namespace thidua::documents
