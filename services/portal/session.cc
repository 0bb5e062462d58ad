#include "services/portal/session.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/domain/fault.h"

namespace thidua::portal {
namespace {

using domain::Fault;
using nlohmann::json;
using nlohmann::ordered_json;

// Of RFC 7519, in seconds; beyond it no calendar writes four digits.
constexpr int64_t kTimeMax = 253402300799;  // The end of the year 9999.

// Three parts of base64url (RFC 7515), the payload in the middle.
bool IsToken(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  return parts.size() == 3 && absl::c_all_of(parts, [](absl::string_view part) {
           return !part.empty() && absl::c_all_of(part, [](unsigned char c) {
             return absl::ascii_isalnum(c) || c == '-' || c == '_';
           });
         });
}

// What the token says of itself; null when that cannot be read.
json ClaimsOf(absl::string_view token) {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  std::string payload;
  if (parts.size() != 3 || !absl::WebSafeBase64Unescape(parts[1], &payload)) return {};
  json claims = json::parse(payload, nullptr, /*allow_exceptions=*/false);
  return claims.is_object() ? claims : json();
}

std::string NameIn(const json& claims) {
  for (const char* claim : {"name", "preferred_username", "email", "sub"}) {
    const auto found = claims.find(claim);
    if (found != claims.end() && found->is_string() &&
        !found->get_ref<const std::string&>().empty())
      return *found;
  }
  return "";
}

std::optional<absl::Time> ExpiryIn(const json& claims) {
  const auto found = claims.find("exp");
  if (found == claims.end() || !found->is_number_integer()) return std::nullopt;
  const auto seconds = found->get<int64_t>();
  if (seconds < 0 || seconds > kTimeMax) return std::nullopt;
  return absl::FromUnixSeconds(seconds);
}

}  // namespace

Sessions::Sessions(bool secure, std::string sign_on_url)
    : cookie_(secure ? "__Host-thidua-session" : "thidua-session"),
      attributes_(absl::StrCat("; Path=/; HttpOnly; SameSite=Strict", secure ? "; Secure" : "")),
      sign_on_url_(std::move(sign_on_url)) {}

absl::string_view Sessions::TokenIn(absl::string_view cookies) const {
  for (absl::string_view cookie : absl::StrSplit(cookies, ';')) {
    cookie = absl::StripAsciiWhitespace(cookie);
    if (absl::ConsumePrefix(&cookie, cookie_) && absl::ConsumePrefix(&cookie, "=") &&
        cookie.size() <= kSessionTokenBytesMax && IsToken(cookie)) {
      return cookie;
    }
  }
  return "";
}

absl::StatusOr<std::string> Sessions::ReadPosted(absl::string_view text) {
  const json posted = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!posted.is_object() || posted.size() != 1 || !posted.contains("token") ||
      !posted["token"].is_string()) {
    return Fault{"", "SESSION_UNREADABLE", "Yêu cầu đăng nhập phải có dạng {\"token\": \"…\"}."}
        .ToStatus();
  }
  std::string token = posted["token"];
  if (token.size() > kSessionTokenBytesMax) {
    return Fault{"token", "TOKEN_TOO_LONG",
                 absl::StrCat("Mã đăng nhập dài hơn ", kSessionTokenBytesMax,
                              " ký tự, trình duyệt không giữ được.")}
        .ToStatus();
  }
  if (!IsToken(token)) {
    return Fault{"token", "TOKEN_UNREADABLE",
                 "Đây không phải mã đăng nhập: mã gồm ba phần chữ và số, cách nhau bằng dấu chấm."}
        .ToStatus();
  }
  return token;
}

std::string Sessions::Keeping(absl::string_view token, absl::Time now) const {
  std::string cookie = absl::StrCat(cookie_, "=", token, attributes_);
  // Whoever comes back later is not signed in, instead of refused.
  const std::optional<absl::Time> expiry = ExpiryIn(ClaimsOf(token));
  if (expiry.has_value() && *expiry > now) {
    absl::StrAppend(&cookie, "; Max-Age=", absl::ToInt64Seconds(*expiry - now));
  }
  return cookie;
}

std::string Sessions::Forgetting() const {
  return absl::StrCat(cookie_, "=", attributes_, "; Max-Age=0");
}

std::string Sessions::Describe(absl::string_view token) const {
  const json claims = ClaimsOf(token);
  const std::optional<absl::Time> expiry = ExpiryIn(claims);
  return ordered_json{
      {"signedIn", !token.empty()},
      {"name", NameIn(claims)},
      {"expires", expiry.has_value()
                      ? absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", *expiry, absl::UTCTimeZone())
                      : ""},
      {"signOnUrl", sign_on_url_}}
      .dump(-1, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace);
}

}  // namespace thidua::portal
