// Any bytes, as a token, as an issuer's keys, and as the two parts of a token that its issuer has
// really signed: refused, or sound within what is promised, never a crash.
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "services/access/key_set.h"
#include "services/access/token.h"
#include "services/access/token_testlib.h"
#include "services/platform/admission.h"
#include "tests/fuzz/hold.h"

namespace {

using namespace thidua::access;
using thidua::tests::Hold;

void CheckKeys(absl::string_view bytes) {
  const auto read = KeySet::Read(bytes);
  if (!read.ok()) return;
  for (const Key& key : read->keys()) {
    Hold(!key.Verifies("text", "signature"), "nobody has signed this");
    const Key* const found = read->Find(key.id());
    Hold(key.id().empty() || found == &key, "a key is found by its name, and no other");
    const Key* const only = read->OnlyOneFor(key.algorithm());
    Hold(only == nullptr || only == &key, "the only one for its algorithm has no other beside it");
  }
}

// The first line is the header, the rest the payload.
void CheckSigned(absl::string_view bytes, const SigningKey& signer, const KeySet& keys,
                 const v1::Issuer& issuer, absl::Time now) {
  const size_t end = bytes.find('\n');
  if (end == absl::string_view::npos) return;
  const absl::string_view header = bytes.substr(0, end), payload = bytes.substr(end + 1);
  // Signing takes longest: only what has the form of a token is worth it.
  const auto unsigned_token = Token::Read(Compact(header, payload, "signature"));
  if (!unsigned_token.ok()) return;
  Hold(!unsigned_token->Check(keys, issuer, now).ok(), "a signature is one");
  const auto own = Token::Read(signer.TokenUnder(header, payload));
  Hold(own.ok() && own->issuer() == unsigned_token->issuer(), "a signature changes no claim");
  const auto claims = own->Check(keys, issuer, now);
  if (!claims.ok()) return;
  Hold(own->issuer() == "sso", "it is that issuer's");
  Hold(!claims->subject.empty() && claims->subject.size() <= 255 &&
           claims->subject.find('\0') == std::string::npos &&
           thidua::platform::IsUtf8(claims->subject),
       "a subject is somebody's name");
  Hold(claims->refused_from > now && claims->refused_from < absl::InfiniteFuture(),
       "it ends, and has not");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
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

  const auto token = Token::Read(bytes);
  Hold(!token.ok() || !token->Check(keys, issuer, now).ok(), "nobody has signed this");
  CheckKeys(bytes);
  CheckSigned(bytes, signer, keys, issuer, now);
  return 0;
}
