// Whose token the pages call with: the browser keeps it, in a cookie that no script can read; the
// portal keeps nothing.
//
//   POST   /session  {"token": "…"}  signs in, once a service has taken the token
//   GET    /session                  who is signed in, as the token says of itself
//   DELETE /session                  signs out
//
// Every verb answers the last: {"signedIn": true, "name": "Nguyễn Văn A", "expires":
// "2019-07-01T00:00:00Z", "signOnUrl": "https://…"}; "" is not known. It is for showing alone: what
// a token says is believed only by services, which check its signature.
#ifndef THIDUA_SERVICES_PORTAL_SESSION_H_
#define THIDUA_SERVICES_PORTAL_SESSION_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace thidua::portal {

inline constexpr char kSessionPath[] = "/session";
// Browsers keep cookies of 4,096 bytes, their names and attributes included.
inline constexpr size_t kSessionTokenBytesMax = 3800;
inline constexpr size_t kSessionBodyBytesMax = 8 * 1024;

// Immutable; thread-safe.
class Sessions {
 public:
  // `secure`: browsers reach the portal by https, and send the cookie by nothing else. Another host
  // of the same domain can then put none in its place (the prefix __Host-). `sign_on_url`: where
  // people get a token; "": they have one.
  Sessions(bool secure, std::string sign_on_url);

  // Of the header Cookie; "": none. Has the form of a token, and nothing more is known of it.
  absl::string_view TokenIn(absl::string_view cookies) const;

  // What POST brings. INVALID_ARGUMENT: SESSION_UNREADABLE (no such JSON), TOKEN_UNREADABLE (no
  // compact JWS), TOKEN_TOO_LONG; none of them tells what was sent.
  static absl::StatusOr<std::string> ReadPosted(absl::string_view json);

  // The header Set-Cookie that keeps a token until it expires, or forgets the one kept.
  std::string Keeping(absl::string_view token, absl::Time now) const;
  std::string Forgetting() const;

  // The JSON above; of "" nobody is signed in.
  std::string Describe(absl::string_view token) const;

 private:
  const std::string cookie_;      // Its name.
  const std::string attributes_;  // What stands after its value.
  const std::string sign_on_url_;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_SESSION_H_
