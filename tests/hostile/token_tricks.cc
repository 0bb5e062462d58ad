#include "tests/hostile/token_tricks.h"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/access/token_testlib.h"

namespace thidua::tests {

using access::Compact;
using access::HmacToken;
using access::SigningKey;

std::vector<Trick> Tricks(const GuardedSuite& guard) {
  const SigningKey& key = guard.key();
  const SigningKey other = SigningKey::Rsa("k1"), elliptic = SigningKey::P256("k1"),
                   edwards = SigningKey::Ed25519("k1");
  const std::string claims = GuardedSuite::Claims(kCouncil);
  const std::string good = key.Token(claims);
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  const auto with = [&](const std::string& name, const std::string& value) {
    return key.Token(GuardedSuite::Claims(kCouncil, {{name, value}}));
  };
  const auto headed = [&](const std::string& header) { return key.TokenUnder(header, claims); };
  const std::string kHs256 = R"({"alg":"HS256","kid":"k1","typ":"JWT"})";

  std::vector<Trick> tricks = {
      {"nothing", ""},
      {"no token", "x"},
      {"dots", ".."},
      {"alg none", Compact(R"({"alg":"none"})", claims, "")},
      {"alg None, signed", headed(R"({"alg":"None","kid":"k1"})")},
      {"alg absent", headed(R"({"kid":"k1"})")},
      {"alg null", headed(R"({"alg":null,"kid":"k1"})")},
      {"alg a list", headed(R"({"alg":["none","RS256"],"kid":"k1"})")},
      {"HS256 with the public key as PEM", HmacToken(key.PublicPem(), kHs256, claims)},
      {"HS256 with the public key as DER", HmacToken(key.PublicDer(), kHs256, claims)},
      {"HS256 with the JWK", HmacToken(key.Jwk().dump(), kHs256, claims)},
      {"HS256 with the modulus", HmacToken(key.Jwk()["n"].get<std::string>(), kHs256, claims)},
      {"HS256 with nothing", HmacToken("", kHs256, claims)},
      {"RS512 said", headed(R"({"alg":"RS512","kid":"k1"})")},
      {"PS256 said", headed(R"({"alg":"PS256","kid":"k1"})")},
      {"ES256 said", headed(R"({"alg":"ES256","kid":"k1"})")},
      {"EdDSA said", headed(R"({"alg":"EdDSA","kid":"k1"})")},
      {"another's key", other.Token(claims)},
      {"another's key of another kind", elliptic.Token(claims)},
      {"another's key of a third kind", edwards.Token(claims)},
      {"an unknown key", headed(R"({"alg":"RS256","kid":"k2"})")},
      {"a key that is a path", headed(R"({"alg":"RS256","kid":"../../../dev/null"})")},
      {"a key that is SQL", headed(R"({"alg":"RS256","kid":"k1' OR '1'='1"})")},
      {"a key that it brings along",
       other.TokenUnder(nlohmann::json({{"alg", "RS256"}, {"jwk", other.Jwk()}}).dump(), claims)},
      {"an address of a key",
       other.TokenUnder(R"({"alg":"RS256","kid":"k1","jku":"http://127.0.0.1:1/"})", claims)},
      {"crit", headed(R"({"alg":"RS256","kid":"k1","crit":["b64"],"b64":false})")},
      {"of another type", headed(R"({"alg":"RS256","kid":"k1","typ":"logout+jwt"})")},
      {"deep", Compact(std::string(4000, '['), claims, "x")},
      {"over", with("exp", absl::StrCat(now - 3600)), true},
      {"without an end",
       key.Token(nlohmann::json({{"iss", kIssuer}, {"sub", kCouncil}, {"aud", kAudience}}).dump())},
      {"an end that is no number", with("exp", absl::StrCat("\"", now + 3600, "\""))},
      {"an end beyond numbers", with("exp", "1e300")},
      {"of the future", with("nbf", absl::StrCat(now + 3600))},
      {"of another issuer", with("iss", R"("https://evil.example/realms/tinh")")},
      {"of the issuer's neighbour", with("iss", absl::StrCat("\"", kIssuer, "/\""))},
      {"of no issuer", with("iss", "null")},
      {"of several issuers", with("iss", absl::StrCat("[\"", kIssuer, "\"]"))},
      {"for another audience", with("aud", R"("thidua-thu")")},
      {"for nobody", with("aud", "[]")},
      {"for something else", with("aud", R"({"thidua":true})")},
      {"of nobody", with("sub", "null")},
      {"of an empty name", with("sub", "\"\"")},
      {"of many names", with("sub", R"(["khanh"])")},
      {"cut at the end", good.substr(0, good.size() - 1)},
      {"cut in the middle", good.substr(0, good.size() / 2)},
      {"without its signature", good.substr(0, good.rfind('.'))},
      {"with an empty signature", good.substr(0, good.rfind('.') + 1)},
      {"with a fourth part", good + ".e30"},
      {"padded", good + "="},
      {"twice", absl::StrCat(good, " ", good)},
      {"in plain base64", absl::StrReplaceAll(good, {{"-", "+"}, {"_", "/"}}) + "+"},
  };
  // Somebody else's name under the signature of one's own.
  const std::string own = guard.Token(kReader);
  const std::vector<std::string> mine = absl::StrSplit(own, '.'),
                                 theirs = absl::StrSplit(good, '.');
  tricks.push_back({"grafted", absl::StrCat(mine[0], ".", theirs[1], ".", mine[2])});
  // One bit.
  for (size_t at = 0; at < good.size(); at += 7) {
    std::string flipped = good;
    flipped[at] = flipped[at] == 'A' ? 'B' : 'A';
    tricks.push_back({absl::StrCat("flipped at ", at), flipped});
  }
  return tricks;
}

}  // namespace thidua::tests
