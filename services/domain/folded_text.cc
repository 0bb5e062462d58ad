#include "services/domain/folded_text.h"

#include <utf8proc.h>

#include <cstdlib>

#include "absl/strings/str_replace.h"

namespace thidua::domain {
namespace {

bool IsLetterOrDigit(utf8proc_int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
      return true;
    default:
      return false;
  }
}

// The words of the text after `options` of utf8proc.
std::string Words(absl::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                   static_cast<utf8proc_option_t>(options | UTF8PROC_CASEFOLD | UTF8PROC_STABLE |
                                                  UTF8PROC_IGNORE | UTF8PROC_COMPAT));
  if (size < 0) return std::string(text);
  std::string words;
  bool between = false;
  for (utf8proc_ssize_t at = 0; at < size;) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(mapped + at, size - at, &code_point);
    if (length <= 0) break;
    if (IsLetterOrDigit(code_point)) {
      if (between && !words.empty()) words += ' ';
      between = false;
      words.append(reinterpret_cast<const char*>(mapped + at), static_cast<size_t>(length));
    } else {
      between = true;
    }
    at += length;
  }
  std::free(mapped);
  return words;
}

}  // namespace

std::string FoldedWords(absl::string_view text) { return Words(text, UTF8PROC_COMPOSE); }

std::string UnmarkedWords(absl::string_view text) {
  // It has no decomposition.
  return absl::StrReplaceAll(Words(text, UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK), {{"đ", "d"}});
}

}  // namespace thidua::domain
