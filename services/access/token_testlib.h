// An issuer of tokens for tests: makes keys, signs whatever one likes with them, and writes the
// JWKS that shows them. For tests.
//
//   const SigningKey key = SigningKey::P256("k1");
//   WriteAnew(folder / "keys.json", JwksOf({key.Jwk()}));
//   const std::string token = key.Token(R"({"iss":"https://sso","aud":"thidua",...})");
#ifndef THIDUA_SERVICES_ACCESS_TOKEN_TESTLIB_H_
#define THIDUA_SERVICES_ACCESS_TOKEN_TESTLIB_H_

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace thidua::access {

inline std::string Base64Url(absl::string_view bytes) { return absl::WebSafeBase64Escape(bytes); }

// What is signed of a token.
inline std::string SignedText(absl::string_view header, absl::string_view payload) {
  return absl::StrCat(Base64Url(header), ".", Base64Url(payload));
}

inline std::string Compact(absl::string_view header, absl::string_view payload,
                           absl::string_view signature) {
  return absl::StrCat(SignedText(header, payload), ".", Base64Url(signature));
}

class SigningKey {
 public:
  static SigningKey Rsa(std::string id, unsigned bits = 2048) {
    return SigningKey(std::move(id), "RS256", EVP_RSA_gen(bits));
  }
  static SigningKey P256(std::string id) {
    return SigningKey(std::move(id), "ES256", EVP_EC_gen("P-256"));
  }
  static SigningKey Ed25519(std::string id) {
    return SigningKey(std::move(id), "EdDSA", EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }

  const std::string& id() const { return id_; }
  const std::string& algorithm() const { return algorithm_; }
  EVP_PKEY* key() const { return key_.get(); }

  // {"alg":…,"kid":…,"typ":"JWT"}
  std::string Header() const {
    return nlohmann::json({{"alg", algorithm_}, {"kid", id_}, {"typ", "JWT"}}).dump();
  }
  std::string Token(absl::string_view payload) const { return TokenUnder(Header(), payload); }
  // Signed by this key as its kind signs, whatever the header says.
  std::string TokenUnder(absl::string_view header, absl::string_view payload) const {
    return Compact(header, payload, Sign(SignedText(header, payload)));
  }

  // As JWS has it: of P-256 the 64 bytes r and s.
  std::string Sign(absl::string_view text) const {
    const std::string signature = SignAsOpenSsl(text);
    if (algorithm_ != "ES256") return signature;
    const auto* at = reinterpret_cast<const unsigned char*>(signature.data());
    ECDSA_SIG* const numbers = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(signature.size()));
    std::string raw(64, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(numbers), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(numbers), out + 32, 32);
    ECDSA_SIG_free(numbers);
    return raw;
  }
  // Of P-256 in DER.
  std::string SignAsOpenSsl(absl::string_view text) const {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, algorithm_ == "EdDSA" ? nullptr : EVP_sha256(), nullptr,
                       key());
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    size_t size = 0;
    EVP_DigestSign(context, nullptr, &size, bytes, text.size());
    std::string signature(size, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                   text.size());
    EVP_MD_CTX_free(context);
    signature.resize(size);
    return signature;
  }

  // The public key as an issuer shows it; "kid" only where there is one.
  nlohmann::json Jwk() const {
    nlohmann::json jwk = {{"alg", algorithm_}, {"use", "sig"}};
    if (!id_.empty()) jwk["kid"] = id_;
    if (algorithm_ == "RS256") {
      jwk["kty"] = "RSA";
      jwk["n"] = Number(OSSL_PKEY_PARAM_RSA_N, 0);
      jwk["e"] = Number(OSSL_PKEY_PARAM_RSA_E, 0);
    } else if (algorithm_ == "ES256") {
      jwk["kty"] = "EC";
      jwk["crv"] = "P-256";
      jwk["x"] = Number(OSSL_PKEY_PARAM_EC_PUB_X, 32);
      jwk["y"] = Number(OSSL_PKEY_PARAM_EC_PUB_Y, 32);
    } else {
      std::string x(32, '\0');
      size_t size = x.size();
      EVP_PKEY_get_raw_public_key(key(), reinterpret_cast<unsigned char*>(x.data()), &size);
      jwk["kty"] = "OKP";
      jwk["crv"] = "Ed25519";
      jwk["x"] = Base64Url(x);
    }
    return jwk;
  }

  // The public key in the forms in which it may be mistaken for a secret.
  std::string PublicDer() const {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key(), &der);
    std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
    OPENSSL_free(der);
    return bytes;
  }
  std::string PublicPem() const {
    BIO* const memory = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(memory, key());
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory, &text);
    std::string pem(text, static_cast<size_t>(size));
    BIO_free(memory);
    return pem;
  }

 private:
  SigningKey(std::string id, std::string algorithm, EVP_PKEY* key)
      : id_(std::move(id)), algorithm_(std::move(algorithm)), key_(key, EVP_PKEY_free) {}

  // `bytes`: how long it is written at least.
  std::string Number(const char* name, int bytes) const {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key(), name, &number);
    std::string written(static_cast<size_t>(std::max(bytes, BN_num_bytes(number))), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(written.data()),
                 static_cast<int>(written.size()));
    BN_free(number);
    return Base64Url(written);
  }

  std::string id_;
  std::string algorithm_;
  std::shared_ptr<EVP_PKEY> key_;
};

// HS256 with any secret.
inline std::string HmacToken(absl::string_view secret, absl::string_view header,
                             absl::string_view payload) {
  const std::string text = SignedText(header, payload);
  std::string mac(32, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &size);
  return Compact(header, payload, mac);
}

inline std::string JwksOf(const std::vector<nlohmann::json>& keys) {
  return nlohmann::json({{"keys", keys}}).dump();
}

// Puts a whole file in the place of another, as those who keep such files should.
inline void WriteAnew(const std::filesystem::path& file, absl::string_view text) {
  const std::filesystem::path beside = file.string() + ".new";
  std::ofstream(beside, std::ios::binary) << text;
  std::filesystem::rename(beside, file);
}

// A folder that goes with the test.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-access-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_TOKEN_TESTLIB_H_
