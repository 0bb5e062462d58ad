#include "services/access/key_set.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/access/base64url.h"
#include "services/access/json_object.h"
#include "services/domain/return_if_error.h"

namespace thidua::access {
namespace {

using nlohmann::json;

constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;
constexpr int kRsaExponentBitsMax = 64;
constexpr size_t kCoordinateBytes = 32;  // Of P-256, and of its signatures' two numbers.
constexpr size_t kKeyIdBytesMax = 255;

constexpr std::pair<absl::string_view, Algorithm> kAlgorithms[] = {
    {"RS256", Algorithm::kRs256}, {"ES256", Algorithm::kEs256}, {"EdDSA", Algorithm::kEdDsa}};
// Of RFC 7518, section 6: whoever hands these out has given the key away.
constexpr const char* kPrivateMembers[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

struct Free {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <typename Type>
using Owned = std::unique_ptr<Type, Free>;

// What OpenSSL notes of a failure stays with the thread, and its next user, such as a TLS line,
// would take it for its own.
class ErrorsForgotten {
 public:
  ErrorsForgotten() = default;
  ~ErrorsForgotten() { ERR_clear_error(); }
  ErrorsForgotten(const ErrorsForgotten&) = delete;
  ErrorsForgotten& operator=(const ErrorsForgotten&) = delete;
};

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Owned<BIGNUM> NumberOf(absl::string_view bytes) {
  return Owned<BIGNUM>(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

// Empty: it is not there, or no text.
std::string TextOf(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Empty: it is not there, or no base64url.
std::string BytesOf(const json& object, const char* name) {
  return FromBase64Url(TextOf(object, name)).value_or("");
}

// Null: OpenSSL does not take it for a public key.
std::shared_ptr<EVP_PKEY> KeyOf(const char* kind, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  const std::shared_ptr<EVP_PKEY> owned(key, EVP_PKEY_free);
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new(key, nullptr));
  return check != nullptr && EVP_PKEY_public_check(check.get()) == 1 ? owned : nullptr;
}

std::shared_ptr<EVP_PKEY> RsaKey(const json& written) {
  const Owned<BIGNUM> modulus = NumberOf(BytesOf(written, "n"));
  const Owned<BIGNUM> exponent = NumberOf(BytesOf(written, "e"));
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  const int bits = BN_num_bits(modulus.get());
  if (bits < kRsaBitsMin || bits > kRsaBitsMax || !BN_is_odd(modulus.get()) ||
      !BN_is_odd(exponent.get()) || BN_is_one(exponent.get()) ||
      BN_num_bits(exponent.get()) > kRsaExponentBitsMax) {
    return nullptr;
  }
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return KeyOf("RSA", builder.get());
}

std::shared_ptr<EVP_PKEY> P256Key(const json& written) {
  const std::string x = BytesOf(written, "x");
  const std::string y = BytesOf(written, "y");
  if (TextOf(written, "crv") != "P-256" || x.size() != kCoordinateBytes ||
      y.size() != kCoordinateBytes) {
    return nullptr;
  }
  const std::string point = absl::StrCat("\x04", x, y);  // Uncompressed.
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return KeyOf("EC", builder.get());
}

std::shared_ptr<EVP_PKEY> Ed25519Key(const json& written) {
  const std::string x = BytesOf(written, "x");
  if (TextOf(written, "crv") != "Ed25519") return nullptr;
  return {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(x), x.size()),
          EVP_PKEY_free};
}

// Whether the key may be used to verify signatures by the algorithm, as far as it says so itself.
bool IsFor(const json& written, absl::string_view algorithm) {
  for (const char* name : kPrivateMembers) {
    if (written.contains(name)) return false;
  }
  if (written.contains("use") && TextOf(written, "use") != "sig") return false;
  if (written.contains("alg") && TextOf(written, "alg") != algorithm) return false;
  if (!written.contains("key_ops")) return true;
  const json& uses = written["key_ops"];
  return uses.is_array() && std::find(uses.begin(), uses.end(), json("verify")) != uses.end();
}

// Nothing: not one to be trusted.
std::optional<Key> ReadKey(const json& written) {
  if (!written.is_object()) return std::nullopt;
  const std::string id = TextOf(written, "kid");
  if (written.contains("kid") && (id.empty() || id.size() > kKeyIdBytesMax)) return std::nullopt;
  const std::string kind = TextOf(written, "kty");
  const auto key = [&](absl::string_view name,
                       std::shared_ptr<EVP_PKEY> (*read)(const json&)) -> std::optional<Key> {
    if (!IsFor(written, name)) return std::nullopt;
    std::shared_ptr<EVP_PKEY> made = read(written);
    if (made == nullptr) return std::nullopt;
    return Key(id, *AlgorithmNamed(name), std::move(made));
  };
  if (kind == "RSA") return key("RS256", RsaKey);
  if (kind == "EC") return key("ES256", P256Key);
  if (kind == "OKP") return key("EdDSA", Ed25519Key);
  return std::nullopt;
}

// As X9.62 writes the two numbers. Empty: they cannot be ones of a signature.
std::string DerOfEs256(absl::string_view signature) {
  if (signature.size() != 2 * kCoordinateBytes) return "";
  const Owned<ECDSA_SIG> numbers(ECDSA_SIG_new());
  ECDSA_SIG_set0(numbers.get(), NumberOf(signature.substr(0, kCoordinateBytes)).release(),
                 NumberOf(signature.substr(kCoordinateBytes)).release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(numbers.get(), &der);
  if (size <= 0) return "";
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

std::optional<Algorithm> AlgorithmNamed(absl::string_view name) {
  for (const auto& [known, algorithm] : kAlgorithms) {
    if (known == name) return algorithm;
  }
  return std::nullopt;
}

bool Key::Verifies(absl::string_view text, absl::string_view signature) const {
  const ErrorsForgotten errors;
  std::string der;
  if (algorithm_ == Algorithm::kEs256) {
    der = DerOfEs256(signature);
    if (der.empty()) return false;
    signature = der;
  }
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // The context's own.
  const EVP_MD* digest = algorithm_ == Algorithm::kEdDsa ? nullptr : EVP_sha256();
  if (EVP_DigestVerifyInit(context.get(), &settings, digest, nullptr, key_.get()) != 1) {
    return false;
  }
  if (algorithm_ == Algorithm::kRs256 &&
      EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PADDING) != 1) {
    return false;
  }
  return EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(text),
                          text.size()) == 1;
}

absl::StatusOr<KeySet> KeySet::Read(absl::string_view jwks) {
  const ErrorsForgotten errors;
  ASSIGN_OR_RETURN(const json written, ReadJsonObject(jwks));
  const auto keys = written.find("keys");
  if (keys == written.end() || !keys->is_array()) {
    return absl::InvalidArgumentError("a JWKS without a list of keys");
  }
  absl::flat_hash_map<std::string, int> named;
  for (const json& key : *keys) {
    if (key.is_object()) ++named[TextOf(key, "kid")];
  }
  KeySet set;
  for (const json& one : *keys) {
    std::optional<Key> key = ReadKey(one);
    if (key.has_value() && (key->id().empty() || named[key->id()] == 1)) {
      set.keys_.push_back(*std::move(key));
    } else {
      ++set.left_out_;
    }
  }
  return set;
}

const Key* KeySet::Find(absl::string_view id) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) {
    return !key.id().empty() && key.id() == id;
  });
  return found == keys_.end() ? nullptr : &*found;
}

const Key* KeySet::OnlyOneFor(Algorithm algorithm) const {
  const Key* only = nullptr;
  for (const Key& key : keys_) {
    if (key.algorithm() != algorithm) continue;
    if (only != nullptr) return nullptr;
    only = &key;
  }
  return only;
}

}  // namespace thidua::access
