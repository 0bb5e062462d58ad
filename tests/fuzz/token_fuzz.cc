// Any bytes, as a token, as an issuer's keys, and as the two parts of a token that its issuer has
// really signed: refused, or sound within what is promised, never a crash.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "services/access/key_set.h"
#include "services/access/token.h"
#include "services/access/token_testlib.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace thidua::access;
  static const SigningKey signer = SigningKey::Ed25519("k");
  static const KeySet keys = *KeySet::Read(JwksOf({signer.Jwk()}));
  static const v1::Issuer issuer = [] {
    v1::Issuer made;
    made.set_issuer("sso");
    made.add_audiences("thidua");
    return made;
  }();
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);

  // Nobody has signed these.
  const auto token = Token::Read(bytes);
  if (token.ok() && token->Check(keys, issuer, now).ok()) std::abort();

  const auto read = KeySet::Read(bytes);
  if (read.ok()) {
    for (const Key& key : read->keys()) {
      if (key.Verifies("text", "signature")) std::abort();
    }
  }

  // The first line is the header, the rest the payload.
  const size_t end = bytes.find('\n');
  if (end == absl::string_view::npos) return 0;
  const auto own = Token::Read(signer.TokenUnder(bytes.substr(0, end), bytes.substr(end + 1)));
  if (!own.ok()) return 0;
  const auto claims = own->Check(keys, issuer, now);
  if (!claims.ok()) return 0;
  if (own->issuer() != "sso" || claims->subject.empty() || claims->subject.size() > 255 ||
      claims->subject.find('\0') != std::string::npos || claims->refused_from <= now) {
    std::abort();
  }
  return 0;
}
