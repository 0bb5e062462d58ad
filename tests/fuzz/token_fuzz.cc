// Any bytes, as a token, as an issuer's keys, and as the parts of a token that its issuer has
// really signed: refused, or sound within what is promised, never a crash; and whatever stands
// where a signature does, nobody has signed what we have not.
//
//   {"keys":[…]}                     an issuer's keys; the rest of the input is a signature
//   {"alg":"ES256","kid":"ec"}       a token's header; on the second line its payload, and the rest
//   {"iss":"sso",…}                  is a signature
#define OPENSSL_SUPPRESS_DEPRECATED  // What takes the place of RAND_set_rand_method is a provider.
#include <openssl/rand.h>

#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "services/access/key_set.h"
#include "services/access/token.h"
#include "services/access/token_testlib.h"
#include "services/platform/admission.h"
#include "tests/fuzz/hold.h"

namespace {

using namespace thidua::access;
using thidua::tests::Goal;
using thidua::tests::Hold;

constexpr size_t kRsaBytes = 256;  // A signature of our key of 2,048 bits.
constexpr size_t kOtherBytes = 64;

Goal rs256_taken("a token signed by RS256");
Goal es256_taken("a token signed by ES256");
Goal eddsa_taken("a token signed by EdDSA");
Goal rsa_read("an RSA key");
Goal p256_read("a key of P-256");
Goal ed25519_read("a key of Ed25519");

// OpenSSL's chance, the same in every process, as then the keys and signatures are.
int FillByChance(unsigned char* bytes, int size) {
  static auto* const kNumbers = new std::mt19937_64;
  for (int i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>((*kNumbers)());
  return 1;
}
constexpr RAND_METHOD kChance = {nullptr, FillByChance, nullptr,
                                 nullptr, FillByChance, [] { return 1; }};

struct Issuer {
  const SigningKey rsa = SigningKey::Rsa("rsa");
  const SigningKey p256 = SigningKey::P256("ec");
  const SigningKey ed25519 = SigningKey::Ed25519("k");
  const KeySet keys = *KeySet::Read(JwksOf({rsa.Jwk(), p256.Jwk(), ed25519.Jwk()}));
  v1::Issuer policy;
};

const Issuer& TheIssuer() {
  static const auto* const kIssuer = [] {
    Hold(RAND_set_rand_method(&kChance) == 1, "chance is ours");
    auto* issuer = new Issuer;
    issuer->policy.set_issuer("sso");
    issuer->policy.add_audiences("thidua");
    return issuer;
  }();
  return *kIssuer;
}

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// Without its end, which is taken off too.
absl::string_view TakeLine(absl::string_view& bytes) {
  const size_t end = bytes.find('\n');
  const absl::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end == absl::string_view::npos ? bytes.size() : end + 1);
  return line;
}

// Of any other length a signature is refused before it is looked at.
std::string OfLength(absl::string_view signature, size_t length) {
  std::string made(signature.substr(0, length));
  made.resize(length);
  return made;
}

void CheckKeys(absl::string_view jwks, absl::string_view signature) {
  const auto read = KeySet::Read(jwks);
  if (!read.ok()) return;
  for (const Key& key : read->keys()) {
    const bool is_rsa = key.algorithm() == Algorithm::kRs256;
    const bool is_p256 = key.algorithm() == Algorithm::kEs256;
    (is_rsa ? rsa_read : is_p256 ? p256_read : ed25519_read).Reach();
    const std::string whole = OfLength(signature, is_rsa ? kRsaBytes : kOtherBytes);
    const bool taken = key.Verifies("text", whole);
    // A key of Ed25519 may be a point of small order, by which everybody signs: its issuer's fault.
    Hold(!taken || key.algorithm() == Algorithm::kEdDsa, "nobody has signed this");
    Hold(!key.Verifies("text", whole + '\0'), "a signature has one length");
    const Key* const found = read->Find(key.id());
    Hold(key.id().empty() || found == &key, "a key is found by its name, and no other");
    const Key* const only = read->OnlyOneFor(key.algorithm());
    Hold(only == nullptr || only == &key, "the only one for its algorithm has no other beside it");
  }
}

void CheckClaims(const Claims& claims) {
  Hold(!claims.subject.empty() && claims.subject.size() <= 255 &&
           claims.subject.find('\0') == std::string::npos &&
           thidua::platform::IsUtf8(claims.subject),
       "a subject is somebody's name");
  Hold(claims.refused_from > kNow && claims.refused_from < absl::InfiniteFuture(),
       "it ends, and has not");
}

void CheckSigned(absl::string_view header, absl::string_view payload, absl::string_view signature) {
  const auto& [rsa, p256, ed25519, keys, policy] = TheIssuer();
  // Signing takes longest: only what has the form of a token is worth it.
  if (!Token::Read(Compact(header, payload, "signature")).ok()) return;
  const bool by_rsa = absl::StrContains(header, rsa.algorithm());
  const bool by_p256 = !by_rsa && absl::StrContains(header, p256.algorithm());
  const SigningKey& signer = by_rsa ? rsa : by_p256 ? p256 : ed25519;

  const auto forged =
      Token::Read(Compact(header, payload, OfLength(signature, by_rsa ? kRsaBytes : kOtherBytes)));
  Hold(forged.ok() && !forged->Check(keys, policy, kNow).ok(), "a signature is one");
  const auto own = Token::Read(signer.TokenUnder(header, payload));
  Hold(own.ok() && own->issuer() == forged->issuer(), "a signature changes no claim");
  const auto claims = own->Check(keys, policy, kNow);
  if (!claims.ok()) return;
  Hold(own->issuer() == "sso", "it is that issuer's");
  CheckClaims(*claims);
  (by_rsa ? rs256_taken : by_p256 ? es256_taken : eddsa_taken).Reach();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const thidua::tests::InputTime time;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);

  const auto token = Token::Read(bytes);
  Hold(!token.ok() || !token->Check(TheIssuer().keys, TheIssuer().policy, kNow).ok(),
       "nobody has signed this");
  absl::string_view rest = bytes;
  const absl::string_view first = TakeLine(rest);
  CheckKeys(first, rest);
  if (rest.empty()) return 0;
  const absl::string_view second = TakeLine(rest);
  CheckSigned(first, second, rest);
  return 0;
}
