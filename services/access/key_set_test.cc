#include "services/access/key_set.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <functional>
#include <string>

#include "services/access/token_testlib.h"

namespace thidua::access {
namespace {

using nlohmann::json;

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

TEST(KeySetTest, EachKeyVerifiesByItsOneAlgorithm) {
  const auto set = KeySet::Read(JwksOf({Rsa().Jwk(), P256().Jwk(), Ed25519().Jwk()}));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->keys().size(), 3u);
  EXPECT_EQ(set->left_out(), 0u);
  for (const SigningKey* signer : {&Rsa(), &P256(), &Ed25519()}) {
    SCOPED_TRACE(signer->id());
    const Key* const key = set->Find(signer->id());
    ASSERT_NE(key, nullptr);
    EXPECT_EQ(key->algorithm(), AlgorithmNamed(signer->algorithm()));
    EXPECT_EQ(set->OnlyOneFor(key->algorithm()), key);
    const std::string signature = signer->Sign("text");
    EXPECT_TRUE(key->Verifies("text", signature));
    EXPECT_FALSE(key->Verifies("texts", signature));
    EXPECT_FALSE(key->Verifies("text", signature + '\0'));
    EXPECT_FALSE(key->Verifies("text", signature.substr(1)));
    EXPECT_FALSE(key->Verifies("text", ""));
    for (const SigningKey* other : {&Rsa(), &P256(), &Ed25519()}) {
      if (other != signer) {
        EXPECT_FALSE(key->Verifies("text", other->Sign("text")));
      }
    }
  }
  EXPECT_EQ(ERR_peek_error(), 0u) << "a failure is left for the thread's next user of OpenSSL";
}

TEST(KeySetTest, SignaturesOfP256AreTwoNumbersOf32Bytes) {
  const auto set = KeySet::Read(JwksOf({P256().Jwk()}));
  ASSERT_TRUE(set.ok());
  const Key& key = set->keys()[0];
  const std::string zero(32, '\0');
  const std::string high(32, '\xff');
  const std::string sound = P256().Sign("text");
  EXPECT_FALSE(key.Verifies("text", P256().SignAsOpenSsl("text"))) << "DER";
  EXPECT_FALSE(key.Verifies("text", zero + sound.substr(32))) << "r = 0";
  EXPECT_FALSE(key.Verifies("text", sound.substr(0, 32) + zero)) << "s = 0";
  EXPECT_FALSE(key.Verifies("text", zero + zero));
  EXPECT_FALSE(key.Verifies("text", high + high)) << "beyond the order of the curve";
  EXPECT_TRUE(key.Verifies("text", sound));
}

TEST(KeySetTest, KeysThatAreNotToBeTrustedAreLeftOut) {
  const auto changed = [](json jwk, const std::function<void(json&)>& change) {
    change(jwk);
    return jwk;
  };
  const auto with = [&](const SigningKey& key, const char* name, const json& value) {
    return changed(key.Jwk(), [&](json& jwk) { jwk[name] = value; });
  };
  const auto without = [&](const SigningKey& key, const char* name) {
    return changed(key.Jwk(), [&](json& jwk) { jwk.erase(name); });
  };
  const std::string even_modulus = [] {
    std::string n(256, '\xff');
    n.back() = '\xfe';
    return Base64Url(n);
  }();
  const json cases[] = {
      json(1),
      json::object(),
      json({{"kty", "oct"}, {"kid", "a"}, {"k", Base64Url("secret")}}),
      json({{"kty", "oct"}, {"kid", "a"}, {"alg", "RS256"}, {"k", Base64Url("secret")}}),
      without(Rsa(), "kty"),
      with(Rsa(), "kty", "rsa"),
      with(Rsa(), "kty", "EC"),
      with(Rsa(), "kty", "PQ"),
      with(Rsa(), "use", "enc"),
      with(Rsa(), "use", ""),
      with(Rsa(), "use", 1),
      with(Rsa(), "key_ops", json::array({"encrypt"})),
      with(Rsa(), "key_ops", json::array()),
      with(Rsa(), "key_ops", "verify"),
      with(Rsa(), "alg", "RS512"),
      with(Rsa(), "alg", "ES256"),
      with(Rsa(), "alg", "HS256"),
      with(Rsa(), "alg", "none"),
      with(Rsa(), "alg", json()),
      with(Rsa(), "kid", ""),
      with(Rsa(), "kid", 7),
      with(Rsa(), "kid", std::string(256, 'a')),
      with(Rsa(), "d", "AQAB"),
      with(Rsa(), "p", "AQAB"),
      with(Rsa(), "oth", json::array()),
      with(P256(), "d", "AQAB"),
      with(Ed25519(), "d", "AQAB"),
      with(Rsa(), "e", Base64Url("\x01")),
      with(Rsa(), "e", Base64Url("\x02")),
      with(Rsa(), "e", Base64Url("\x01\x01\x01\x01\x01\x01\x01\x01\x01")),
      with(Rsa(), "e", ""),
      with(Rsa(), "e", "AQAB=="),
      with(Rsa(), "e", 65537),
      without(Rsa(), "e"),
      without(Rsa(), "n"),
      with(Rsa(), "n", ""),
      with(Rsa(), "n", "****"),
      with(Rsa(), "n", even_modulus),
      with(Rsa(), "n", Base64Url(std::string(1025, '\xff'))),
      SigningKey::Rsa("weak", 1024).Jwk(),
      SigningKey::Rsa("weak", 2047).Jwk(),
      with(P256(), "crv", "P-384"),
      with(P256(), "crv", "secp256k1"),
      without(P256(), "crv"),
      with(P256(), "x", P256().Jwk()["y"]),
      with(P256(), "x", Base64Url(std::string(32, '\0'))),
      with(P256(), "y", Base64Url(std::string(32, '\xff'))),
      with(P256(), "x", Base64Url(std::string(33, '\1'))),
      with(P256(), "y", ""),
      without(P256(), "y"),
      with(Ed25519(), "crv", "Ed448"),
      with(Ed25519(), "crv", "X25519"),
      with(Ed25519(), "x", Base64Url(std::string(31, '\1'))),
      with(Ed25519(), "x", Base64Url(std::string(33, '\1'))),
      without(Ed25519(), "x"),
  };
  for (const json& jwk : cases) {
    const auto set = KeySet::Read(JwksOf({jwk}));
    ASSERT_TRUE(set.ok()) << set.status();
    EXPECT_EQ(set->keys().size(), 0u) << jwk;
    EXPECT_EQ(set->left_out(), 1u) << jwk;
  }
  EXPECT_EQ(ERR_peek_error(), 0u);

  // The same members, with values that fit, are no harm; nor is what is not known.
  const json sound[] = {with(Rsa(), "key_ops", json::array({"sign", "verify"})),
                        with(Rsa(), "x5t", "abc"),
                        with(Rsa(), "e", Base64Url("\x03")),
                        without(Rsa(), "use"),
                        without(Rsa(), "alg"),
                        without(Rsa(), "kid")};
  for (const json& jwk : sound) {
    EXPECT_EQ(KeySet::Read(JwksOf({jwk}))->keys().size(), 1u) << jwk;
  }
}

TEST(KeySetTest, OneBadKeyDoesNotTakeTheOthersAlong) {
  const auto set = KeySet::Read(JwksOf({json({{"kty", "oct"}}), P256().Jwk(), json("text")}));
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->keys().size(), 1u);
  EXPECT_EQ(set->left_out(), 2u);
}

TEST(KeySetTest, AKidOfTwoKeysIsOfNeither) {
  json twin = Rsa().Jwk();
  twin["kid"] = "ec";
  const auto set = KeySet::Read(JwksOf({P256().Jwk(), twin, Ed25519().Jwk()}));
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->Find("ec"), nullptr);
  EXPECT_NE(set->Find("ed"), nullptr);
  EXPECT_EQ(set->left_out(), 2u);
}

TEST(KeySetTest, WithoutAKidOnlyOneKeyOfAKindIsMeant) {
  const auto set = KeySet::Read(
      JwksOf({SigningKey::P256("").Jwk(), SigningKey::P256("").Jwk(), Ed25519().Jwk()}));
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->keys().size(), 3u);
  EXPECT_EQ(set->OnlyOneFor(Algorithm::kEs256), nullptr);
  EXPECT_EQ(set->OnlyOneFor(Algorithm::kRs256), nullptr);
  EXPECT_NE(set->OnlyOneFor(Algorithm::kEdDsa), nullptr);
  EXPECT_EQ(set->Find(""), nullptr);
}

TEST(KeySetTest, WhatIsNoJwksIsRefused) {
  for (const absl::string_view text :
       {"", "[]", "{}", R"({"keys":{}})", R"({"keys":null})", R"({"keys":[],"keys":[]})",
        "<html></html>", R"({"keys":[{"kid":"a","kid":"b"}]})"}) {
    EXPECT_EQ(KeySet::Read(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_TRUE(KeySet::Read(R"({"keys":[]})").ok()) << "an issuer may take back all its keys";
}

TEST(AlgorithmTest, NamesAreTakenToTheLetter) {
  for (const absl::string_view name : {"RS256", "ES256", "EdDSA"}) {
    EXPECT_TRUE(AlgorithmNamed(name).has_value()) << name;
  }
  for (const absl::string_view name :
       {"", "none", "None", "NONE", "nOnE", "HS256", "HS384", "RS384", "RS512", "PS256", "ES384",
        "ES256K", "rs256", "es256", "eddsa", "EDDSA", "Ed25519", "RS256 ", "A128GCM"}) {
    EXPECT_FALSE(AlgorithmNamed(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace thidua::access
