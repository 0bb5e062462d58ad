#include "services/access/token.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/access/token_testlib.h"

namespace thidua::access {
namespace {

using nlohmann::json;

constexpr char kIssuer[] = "https://sso.tinh.gov.vn/realms/tinh";
constexpr int64_t kNow = 1'800'000'000;

const SigningKey& Rsa() {
  static const auto& key = *new SigningKey(SigningKey::Rsa("rsa"));
  return key;
}
const SigningKey& P256() {
  static const auto& key = *new SigningKey(SigningKey::P256("ec"));
  return key;
}
const SigningKey& Ed25519() {
  static const auto& key = *new SigningKey(SigningKey::Ed25519("ed"));
  return key;
}
const KeySet& Keys() {
  static const auto& keys =
      *new KeySet(*KeySet::Read(JwksOf({Rsa().Jwk(), P256().Jwk(), Ed25519().Jwk()})));
  return keys;
}

v1::Issuer Issuer() {
  v1::Issuer issuer;
  issuer.set_issuer(kIssuer);
  issuer.add_audiences("thidua");
  issuer.add_audiences("thidua-portal");
  issuer.set_clock_skew_seconds(30);
  return issuer;
}

json Payload() {
  return {{"iss", kIssuer},  {"sub", "lan"},    {"aud", "thidua"},     {"exp", kNow + 600},
          {"nbf", kNow - 1}, {"iat", kNow - 1}, {"groups", {"a", "b"}}};
}
json PayloadWith(const char* name, const json& value) {
  json payload = Payload();
  payload[name] = value;
  return payload;
}
json PayloadWithout(const char* name) {
  json payload = Payload();
  payload.erase(name);
  return payload;
}

absl::StatusOr<Claims> CheckAt(absl::string_view compact, int64_t now,
                               const v1::Issuer& issuer = Issuer(), const KeySet& keys = Keys()) {
  const auto token = Token::Read(compact);
  if (!token.ok()) return token.status();
  return token->Check(keys, issuer, absl::FromUnixSeconds(now));
}
absl::StatusOr<Claims> Check(absl::string_view compact) { return CheckAt(compact, kNow); }

bool IsRefused(const absl::StatusOr<Claims>& claims) {
  return absl::IsUnauthenticated(claims.status());
}

TEST(TokenTest, SoundOnesSayWho) {
  for (const SigningKey* key : {&Rsa(), &P256(), &Ed25519()}) {
    const auto claims = Check(key->Token(Payload().dump()));
    ASSERT_TRUE(claims.ok()) << key->algorithm() << ": " << claims.status();
    EXPECT_EQ(claims->subject, "lan");
    EXPECT_EQ(claims->groups, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(claims->refused_from, absl::FromUnixSeconds(kNow + 600 + 30));
  }
}

TEST(TokenTest, WhatMayDifferIsTaken) {
  const std::string alone = R"({"alg":"ES256"})";
  const std::pair<const char*, std::string> cases[] = {
      {"several audiences", P256().Token(PayloadWith("aud", {"x", "thidua-portal"}).dump())},
      {"no groups", P256().Token(PayloadWithout("groups").dump())},
      {"no nbf", P256().Token(PayloadWithout("nbf").dump())},
      {"no iat", P256().Token(PayloadWithout("iat").dump())},
      {"a fraction of a second", P256().Token(PayloadWith("exp", kNow + 0.5).dump())},
      {"no kid, and one key for it", P256().TokenUnder(alone, Payload().dump())},
      {"of type at+jwt", P256().TokenUnder(R"({"alg":"ES256","typ":"at+jwt"})", Payload().dump())},
      {"claims not known",
       P256().Token(PayloadWith("realm_access", {{"roles", {"admin"}}}).dump())},
      {"a subject in Vietnamese, with a bar", P256().Token(PayloadWith("sub", "Lê|Lan").dump())},
      {"a subject of 255 bytes", P256().Token(PayloadWith("sub", std::string(255, 'a')).dump())},
      {"a key of its own, which is not looked at",
       P256().TokenUnder(json({{"alg", "ES256"},
                               {"kid", "ec"},
                               {"jwk", SigningKey::P256("own").Jwk()},
                               {"jku", "http://127.0.0.1:1/"},
                               {"x5u", "http://127.0.0.1:1/"},
                               {"x5c", {"AAAA"}}})
                             .dump(),
                         Payload().dump())},
  };
  for (const auto& [what, token] : cases) {
    EXPECT_TRUE(Check(token).ok()) << what << ": " << Check(token).status();
  }
}

TEST(TokenTest, NoAlgorithmButTheKeysOwn) {
  const std::string payload = Payload().dump();
  const auto header = [](const json& algorithm, const char* key) {
    return json({{"alg", algorithm}, {"kid", key}, {"typ", "JWT"}}).dump();
  };
  std::vector<std::pair<std::string, std::string>> cases;
  for (const char* none : {"none", "None", "NONE", "nOnE", ""}) {
    cases.push_back({absl::StrCat("alg ", none), Compact(header(none, "rsa"), payload, "")});
    cases.push_back(
        {absl::StrCat("alg ", none, ", signed"), Rsa().TokenUnder(header(none, "rsa"), payload)});
  }
  for (const json& odd : {json(), json(1), json::array({"RS256"}), json::object()}) {
    cases.push_back({odd.dump(), Rsa().TokenUnder(header(odd, "rsa"), payload)});
  }
  cases.push_back({"no alg", Rsa().TokenUnder(R"({"kid":"rsa"})", payload)});
  cases.push_back({"no signature", Compact(Rsa().Header(), payload, "")});
  // The public key as if it were a secret that both know.
  for (const SigningKey* key : {&Rsa(), &P256(), &Ed25519()}) {
    for (const char* algorithm : {"HS256", "RS256", "ES256", "EdDSA"}) {
      const json jwk = key->Jwk();
      const std::string number = (key == &Rsa() ? jwk["n"] : jwk["x"]).get<std::string>();
      std::string bytes;
      ASSERT_TRUE(absl::WebSafeBase64Unescape(number, &bytes));
      const std::string pem = key->PublicPem();
      for (const std::string& secret : {pem, pem.substr(0, pem.size() - 1), key->PublicDer(),
                                        number, bytes, jwk.dump(), std::string()}) {
        cases.push_back({absl::StrCat("an HMAC under ", algorithm, " with ", key->id()),
                         HmacToken(secret, header(algorithm, key->id().c_str()), payload)});
      }
    }
  }
  // Signed by a key of the issuer, but told as another's or by another algorithm.
  for (const SigningKey* signer : {&Rsa(), &P256(), &Ed25519()}) {
    for (const SigningKey* named : {&Rsa(), &P256(), &Ed25519()}) {
      for (const char* algorithm : {"RS256", "ES256", "EdDSA", "PS256", "RS512", "ES384"}) {
        if (signer == named && algorithm == signer->algorithm()) continue;
        cases.push_back({absl::StrCat(signer->id(), " told as ", named->id(), " by ", algorithm),
                         signer->TokenUnder(header(algorithm, named->id().c_str()), payload)});
      }
    }
  }
  const SigningKey stranger = SigningKey::P256("ec");
  cases.push_back({"another's key", stranger.Token(payload)});
  cases.push_back(
      {"another's key, brought along",
       stranger.TokenUnder(json({{"alg", "ES256"}, {"kid", "ec"}, {"jwk", stranger.Jwk()}}).dump(),
                           payload)});
  cases.push_back(
      {"another's key, brought along, without a kid",
       stranger.TokenUnder(json({{"alg", "ES256"}, {"jwk", stranger.Jwk()}}).dump(), payload)});
  for (const auto& [what, token] : cases) EXPECT_TRUE(IsRefused(Check(token))) << what;
}

TEST(TokenTest, SignaturesOfEs256AreRaw) {
  const std::string header = P256().Header();
  const std::string payload = Payload().dump();
  const std::string text = SignedText(header, payload);
  const std::string raw = P256().Sign(text);
  const std::string zero(32, '\0');
  for (const std::string& signature :
       {P256().SignAsOpenSsl(text), raw.substr(0, 63), raw + '\0', raw.substr(0, 32),
        zero + raw.substr(32), raw.substr(0, 32) + zero, zero + zero, '\0' + raw, raw + raw}) {
    EXPECT_TRUE(IsRefused(Check(Compact(header, payload, signature)))) << signature.size();
  }
  EXPECT_TRUE(Check(Compact(header, payload, raw)).ok());
}

TEST(TokenTest, NothingLessThanTheWhole) {
  for (const SigningKey* key : {&Rsa(), &P256(), &Ed25519()}) {
    const std::string token = key->Token(Payload().dump());
    for (size_t size = 0; size < token.size(); ++size) {
      EXPECT_TRUE(IsRefused(Check(token.substr(0, size)))) << key->id() << " cut at " << size;
    }
  }
}

TEST(TokenTest, NotABitMayChange) {
  for (const SigningKey* key : {&Rsa(), &P256(), &Ed25519()}) {
    const std::string token = key->Token(Payload().dump());
    for (size_t at = 0; at < token.size(); ++at) {
      for (const int bit : {0, 5}) {
        std::string changed = token;
        changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
        EXPECT_TRUE(IsRefused(Check(changed))) << key->id() << ", bit " << bit << " of " << at;
      }
    }
  }
}

TEST(TokenTest, OneSpellingOnly) {
  const std::string header = P256().Header();
  const std::string payload = Payload().dump();
  const std::string token = P256().Token(payload);
  const std::string signature = token.substr(token.rfind('.') + 1);
  const std::string text = token.substr(0, token.rfind('.'));
  // 64 bytes leave four bits of the last letter over.
  static constexpr absl::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string other_bits = token;
  other_bits.back() = kLetters[kLetters.find(token.back()) ^ 1];
  std::string bytes;  // A reader that is not strict takes both.
  ASSERT_TRUE(absl::WebSafeBase64Unescape(other_bits.substr(text.size() + 1), &bytes));
  ASSERT_TRUE(absl::WebSafeBase64Unescape(signature, &bytes));
  std::string standard = token;
  absl::StrReplaceAll({{"-", "+"}, {"_", "/"}}, &standard);
  const std::pair<const char*, std::string> cases[] = {
      {"bits behind the last byte", other_bits},
      {"padding", token + "=="},
      {"padding of one", token + "="},
      {"padding within", absl::StrCat(Base64Url(header), "=.", Base64Url(payload), ".", signature)},
      {"a space behind", token + " "},
      {"a space before", " " + token},
      {"a line's end", token + "\n"},
      {"a tab within", absl::StrCat(text, ".\t", signature)},
      {"a line's end within",
       absl::StrCat(text.substr(0, 10), "\n", text.substr(10), ".", signature)},
      {"a comma and more", absl::StrCat(token, ",", token)},
      {"two", absl::StrCat(token, " ", token)},
      {"a NUL behind", token + '\0'},
      {"four parts", absl::StrCat(token, ".", signature)},
      {"four parts, the last empty", token + "."},
      {"five parts, as if encrypted", absl::StrCat(text, ".", signature, ".", signature, ".a")},
      {"two parts", text},
      {"an empty header", absl::StrCat(".", Base64Url(payload), ".", signature)},
      {"an empty payload", absl::StrCat(Base64Url(header), "..", signature)},
      {"no signature", text + "."},
      {"dots", ".."},
      {"nothing", ""},
      {"percent signs", absl::StrCat(text, "%2E", signature)},
      {"JSON serialization", json({{"payload", Base64Url(payload)},
                                   {"protected", Base64Url(header)},
                                   {"signature", signature}})
                                 .dump()},
  };
  for (const auto& [what, text_of] : cases) EXPECT_TRUE(IsRefused(Check(text_of))) << what;
  if (standard != token) {
    EXPECT_TRUE(IsRefused(Check(standard))) << "the other base64";
  }
}

TEST(TokenTest, LongOnesAreNotLookedAt) {
  // One that would be sound.
  const std::string long_one =
      P256().Token(PayloadWith("padding", std::string(kTokenBytesMax, 'a')).dump());
  EXPECT_TRUE(IsRefused(Check(long_one)));
  EXPECT_TRUE(IsRefused(Check(std::string(1024 * 1024, 'a'))));
  EXPECT_TRUE(IsRefused(Check(std::string(1024 * 1024, '.'))));
  EXPECT_TRUE(
      IsRefused(Check(P256().Token(PayloadWith("padding", std::string(1024 * 1024, 'a')).dump()))));
  EXPECT_TRUE(Check(P256().Token(PayloadWith("padding", std::string(11000, 'a')).dump())).ok());
}

TEST(TokenTest, HeadersAskForNothingElse) {
  const auto header = [](const char* name, const json& value) {
    json written = {{"alg", "ES256"}, {"kid", "ec"}, {"typ", "JWT"}};
    written[name] = value;
    return written.dump();
  };
  const std::string cases[] = {
      header("crit", {"exp"}),
      header("crit", json::array()),
      header("crit", json()),
      header("typ", "JWS"),
      header("typ", "JWE"),
      header("typ", "dpop+jwt"),
      header("typ", "logout+jwt"),
      header("typ", ""),
      header("typ", json()),
      header("typ", 1),
      header("kid", ""),
      header("kid", json()),
      header("kid", 1),
      header("kid", {"ec"}),
      header("kid", "EC"),
      header("kid", "ec "),
      header("kid", "ed"),
      header("kid", "unknown"),
      header("kid", "../../../dev/null"),
      header("kid", "/dev/null"),
      header("kid", "http://127.0.0.1:1/ec"),
      header("kid", "' OR 1=1 --"),
      header("kid", "ec\n"),
      header("kid", std::string("ec\0", 3)),
      header("kid", std::string(10000, 'k')),
      R"({"alg":"ES256","alg":"ES256","kid":"ec"})",
      R"({"alg":"none","alg":"ES256","kid":"ec"})",
      R"({"alg":"ES256","kid":"ed","kid":"ec"})",
      R"(["ES256"])",
      R"("ES256")",
      "{\"alg\":\"ES256\",\"kid\":\"ec\",\"x\":\"\xff\"}",
      std::string("{\"alg\":\"ES256\",\"kid\":\"ec\"}\0{}", 29),
  };
  for (const std::string& written : cases) {
    EXPECT_TRUE(IsRefused(Check(P256().TokenUnder(written, Payload().dump())))) << written;
  }
}

TEST(TokenTest, WithoutAKidTheKeyMustBeTheOnlyOne) {
  const SigningKey other = SigningKey::P256("other");
  const auto keys = KeySet::Read(JwksOf({P256().Jwk(), other.Jwk()}));
  ASSERT_TRUE(keys.ok());
  const std::string token = P256().TokenUnder(R"({"alg":"ES256"})", Payload().dump());
  EXPECT_TRUE(IsRefused(CheckAt(token, kNow, Issuer(), *keys)));
  EXPECT_TRUE(CheckAt(P256().Token(Payload().dump()), kNow, Issuer(), *keys).ok());
  EXPECT_TRUE(IsRefused(CheckAt(token, kNow, Issuer(), *KeySet::Read(R"({"keys":[]})"))));
}

TEST(TokenTest, ClaimsThatDoNotFitAreRefused) {
  const std::string deep = [] {
    std::string text = Payload().dump();
    text.pop_back();
    return absl::StrCat(text, ",\"deep\":", std::string(2000, '['), std::string(2000, ']'), "}");
  }();
  const auto twice = [](const char* more) {
    std::string text = Payload().dump();
    text.pop_back();
    return absl::StrCat(text, ",", more, "}");
  };
  const std::string cases[] = {
      PayloadWith("iss", "https://sso.khac.gov.vn").dump(),
      PayloadWith("iss", absl::StrCat(kIssuer, "/")).dump(),
      PayloadWith("iss", "HTTPS://sso.tinh.gov.vn/realms/tinh").dump(),
      PayloadWith("iss", json::array({kIssuer})).dump(),
      PayloadWith("iss", "").dump(),
      PayloadWithout("iss").dump(),
      PayloadWith("aud", "thidua2").dump(),
      PayloadWith("aud", "THIDUA").dump(),
      PayloadWith("aud", "thidua thidua-portal").dump(),
      PayloadWith("aud", json::array()).dump(),
      PayloadWith("aud", {"x", "y"}).dump(),
      PayloadWith("aud", json::array({"thidua", 1})).dump(),
      PayloadWith("aud", {{"thidua", true}}).dump(),
      PayloadWith("aud", json()).dump(),
      PayloadWithout("aud").dump(),
      PayloadWithout("sub").dump(),
      PayloadWith("sub", "").dump(),
      PayloadWith("sub", "  ").dump(),
      PayloadWith("sub", 7).dump(),
      PayloadWith("sub", json()).dump(),
      PayloadWith("sub", std::string("a\0b", 3)).dump(),
      PayloadWith("sub", "a\nb").dump(),
      PayloadWith("sub", "a\x7f").dump(),
      PayloadWith("sub", "a\u0085").dump(),
      PayloadWith("sub", std::string(256, 'a')).dump(),
      PayloadWith("groups", "a").dump(),
      PayloadWith("groups", {{"a", true}}).dump(),
      PayloadWith("groups", json::array({"a", json::array({"b"})})).dump(),
      PayloadWith("groups", json::array({"a", 1})).dump(),
      PayloadWith("groups", json()).dump(),
      PayloadWithout("exp").dump(),
      PayloadWith("exp", json()).dump(),
      PayloadWith("exp", absl::StrCat(kNow + 600)).dump(),
      PayloadWith("exp", true).dump(),
      PayloadWith("exp", json::array({kNow + 600})).dump(),
      PayloadWith("exp", -1).dump(),
      PayloadWith("exp", -1e300).dump(),
      PayloadWith("exp", 1e300).dump(),
      PayloadWith("exp", 18446744073709551615u).dump(),
      PayloadWith("exp", 253402300800).dump(),
      PayloadWith("nbf", "0").dump(),
      PayloadWith("nbf", -1).dump(),
      PayloadWith("nbf", 1e300).dump(),
      PayloadWith("iat", "0").dump(),
      PayloadWith("iat", -0.5).dump(),
      PayloadWith("iat", 1e300).dump(),
      twice(R"("exp":9999999999)"),
      twice(R"("iss":"https://sso.khac.gov.vn")"),
      twice(R"("sub":"admin")"),
      twice(R"("\u0073ub":"admin")"),
      twice(R"("x":NaN)"),
      twice(R"("x":1e999)"),
      twice("\"x\":\"\xff\""),
      twice("\"x\":\"\xed\xa0\x80\""),
      deep,
      "[]",
      "null",
      "\"lan\"",
      "{}",
      "",
      Payload().dump() + "x",
      Payload().dump() + '\0',
      absl::StrReplaceAll(Payload().dump(), {{"\"lan\"", "\"l\xffn\""}}),
      absl::StrReplaceAll(Payload().dump(), {{"\"lan\"", std::string("\"l\0n\"", 5)}}),
      absl::StrReplaceAll(Payload().dump(), {{"\"lan\"", "\"l\\ud800n\""}}),
      absl::StrReplaceAll(Payload().dump(),
                          {{absl::StrCat("\"exp\":", kNow + 600), "\"exp\":NaN"}}),
      // One token inside another.
      P256().Token(Payload().dump()),
  };
  for (const std::string& payload : cases) {
    EXPECT_TRUE(IsRefused(Check(P256().Token(payload)))) << payload.substr(0, 300);
  }
}

TEST(TokenTest, TimesHoldToTheSecondGiveOrTakeTheSkew) {
  struct Case {
    std::optional<int> skew;
    int allowed;
  };
  for (const Case& one : {Case{30, 30}, Case{0, 0}, Case{300, 300}, Case{std::nullopt, 60}}) {
    v1::Issuer issuer = Issuer();
    issuer.clear_clock_skew_seconds();
    if (one.skew.has_value()) issuer.set_clock_skew_seconds(*one.skew);
    SCOPED_TRACE(one.allowed);
    const std::string ends = P256().Token(PayloadWith("exp", kNow).dump());
    EXPECT_TRUE(CheckAt(ends, kNow + one.allowed - 1, issuer).ok());
    EXPECT_TRUE(absl::IsDeadlineExceeded(CheckAt(ends, kNow + one.allowed, issuer).status()));
    EXPECT_TRUE(absl::IsDeadlineExceeded(CheckAt(ends, kNow + one.allowed + 1, issuer).status()));
    for (const char* name : {"nbf", "iat"}) {
      json payload = PayloadWith("exp", kNow + 6000);
      payload["nbf"] = kNow - 6000;
      payload["iat"] = kNow - 6000;
      payload[name] = kNow;
      const std::string begins = P256().Token(payload.dump());
      EXPECT_TRUE(CheckAt(begins, kNow - one.allowed, issuer).ok()) << name;
      EXPECT_TRUE(IsRefused(CheckAt(begins, kNow - one.allowed - 1, issuer))) << name;
    }
  }
}

TEST(TokenTest, OnlyWhatIsSoundIsSaidToBeOver) {
  const json over = PayloadWith("exp", kNow - 3600);
  EXPECT_TRUE(absl::IsDeadlineExceeded(Check(P256().Token(over.dump())).status()));
  json foreign = over;
  foreign["aud"] = "x";
  EXPECT_TRUE(IsRefused(Check(P256().Token(foreign.dump()))));
  EXPECT_TRUE(IsRefused(Check(SigningKey::P256("ec").Token(over.dump()))));
}

TEST(TokenTest, GroupsAreWhereTheIssuerPutsThem) {
  v1::Issuer issuer = Issuer();
  issuer.set_groups_claim("vai_tro");
  const auto claims = CheckAt(P256().Token(PayloadWith("vai_tro", {"x"}).dump()), kNow, issuer);
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->groups, std::vector<std::string>{"x"});
  EXPECT_TRUE(CheckAt(P256().Token(Payload().dump()), kNow, issuer)->groups.empty());
}

TEST(TokenTest, NoErrorRepeatsTheToken) {
  const std::string secret = "Toi-La-Bi-Mat";
  for (const std::string& token :
       {P256().Token(PayloadWith("iss", secret).dump()),
        P256().Token(PayloadWith("sub", secret + "\n").dump()),
        P256().TokenUnder(json({{"alg", secret}}).dump(), Payload().dump()),
        P256().TokenUnder(json({{"alg", "ES256"}, {"kid", secret}}).dump(), Payload().dump()),
        P256().Token(PayloadWith("aud", secret).dump()), secret, secret + "." + secret + ".a"}) {
    const absl::Status status = Check(token).status();
    EXPECT_TRUE(absl::IsUnauthenticated(status));
    EXPECT_EQ(status.ToString().find(secret), std::string::npos) << status;
  }
}

}  // namespace
}  // namespace thidua::access
