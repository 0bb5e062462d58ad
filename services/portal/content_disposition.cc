#include "services/portal/content_disposition.h"

#include <utf8proc.h>

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace thidua::portal {
namespace {

// Of the 255 that disks take, with room for what a browser adds: " (1)", ".part".
constexpr size_t kBytesMax = 200;
constexpr size_t kEndingBytesMax = 16;

// Controls, marks that nobody sees but that turn or join what is written, line separators; and what
// Windows does not take.
bool IsUnsafe(utf8proc_int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return code_point < 0x80 && absl::StrContains("/\\:*?\"<>|", static_cast<char>(code_point));
  }
}

// At most so many bytes, no character cut in two.
absl::string_view Prefix(absl::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

bool IsAttributeCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("!#$&+-.^_`|~", c);
}

}  // namespace

std::string SafeFileName(absl::string_view name) {
  if (const size_t folder = name.find_last_of("/\\"); folder != absl::string_view::npos) {
    name.remove_prefix(folder + 1);
  }
  std::string safe;
  while (!name.empty()) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t read =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(name.data()),
                         static_cast<utf8proc_ssize_t>(name.size()), &code_point);
    const size_t bytes = read > 0 ? static_cast<size_t>(read) : 1;
    absl::StrAppend(&safe, read <= 0 || IsUnsafe(code_point) ? "_" : name.substr(0, bytes));
    name.remove_prefix(bytes);
  }
  const size_t begin = safe.find_first_not_of(". ");
  if (begin == std::string::npos) return "tep";
  safe = safe.substr(begin, safe.find_last_not_of(". ") + 1 - begin);
  if (safe.size() <= kBytesMax) return safe;
  const size_t dot = safe.rfind('.');
  const std::string ending =
      dot == std::string::npos || safe.size() - dot > kEndingBytesMax ? "" : safe.substr(dot);
  return absl::StrCat(Prefix(safe, kBytesMax - ending.size()), ending);
}

std::string ContentDisposition(absl::string_view file_name, bool may_be_shown) {
  const std::string safe = SafeFileName(file_name);
  std::string plain, encoded;
  for (const char c : safe) {
    const auto byte = static_cast<unsigned char>(c);
    // '%': some browsers decode it here, and some do not.
    if (byte < 0x80) {
      plain += c == '%' ? '_' : c;
    } else if ((byte & 0xC0) == 0xC0) {
      plain += '_';
    }
    if (IsAttributeCharacter(c)) {
      encoded += c;
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", byte);
    }
  }
  return absl::StrCat(may_be_shown ? "inline" : "attachment", "; filename=\"", plain,
                      "\"; filename*=UTF-8''", encoded);
}

}  // namespace thidua::portal
