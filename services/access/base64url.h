// The base64url that tokens and keys are written in (RFC 7515, section 2). Pure functions;
// thread-safe.
#ifndef THIDUA_SERVICES_ACCESS_BASE64URL_H_
#define THIDUA_SERVICES_ACCESS_BASE64URL_H_

#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace thidua::access {

// Nothing for what is not the one form that the bytes are written in: no padding, no spaces, no
// bits behind the last byte. Of a signed text there are no two spellings.
inline std::optional<std::string> FromBase64Url(absl::string_view text) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(text, &bytes) || absl::WebSafeBase64Escape(bytes) != text) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_BASE64URL_H_
