// Tokens that say who somebody is: JWT (RFC 7519) as a compact JWS (RFC 7515).
//
// Errors are words for the log, which never repeat the token: UNAUTHENTICATED for all that is wrong
// with it, DEADLINE_EXCEEDED when nothing is but that its time is over. Values; thread-safe.
#ifndef THIDUA_SERVICES_ACCESS_TOKEN_H_
#define THIDUA_SERVICES_ACCESS_TOKEN_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/access/key_set.h"
#include "thidua/access/v1/policy.pb.h"

namespace thidua::access {

// Longer ones are not looked at.
inline constexpr size_t kTokenBytesMax = 16 * 1024;

// What a sound token says.
struct Claims {
  std::string subject;              // 1 to 255 bytes of UTF-8, without control characters.
  std::vector<std::string> groups;  // In the token's order.
  absl::Time refused_from;          // Its end, by the clocks' disagreement later.
};

// A token taken apart, of which nothing is to be believed before Check.
class Token {
 public:
  // Its form: three parts; a header that names one of the three algorithms, has no "crit", and is
  // of type JWT or at+jwt if it tells one; a payload that is an object and names an issuer. Keys
  // and addresses of keys that it brings along are not looked at.
  static absl::StatusOr<Token> Read(absl::string_view compact);

  // "iss"
  const std::string& issuer() const { return issuer_; }
  // "kid"; empty: it names none.
  const std::string& key_id() const { return key_id_; }

  // Whether one of the keys signed it, by the algorithm that the key is for; without a "kid" the
  // only one for its algorithm. Then whether it is that issuer's, for one of its audiences, with
  // an end, and neither over nor of the future at `now`, give or take the issuer's
  // clock_skew_seconds.
  absl::StatusOr<Claims> Check(const KeySet& keys, const v1::Issuer& issuer, absl::Time now) const;

 private:
  std::string signed_text_;
  std::string signature_;
  Algorithm algorithm_ = Algorithm::kRs256;
  std::string key_id_;
  std::string issuer_;
  nlohmann::json payload_;
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_TOKEN_H_
