// The public keys of an issuer of tokens, as JWKS (RFC 7517, 8037) writes them.
//
// Each key is for one algorithm, which follows from what the key is: RSA for RS256, P-256 for
// ES256, Ed25519 for EdDSA. What a token says of its algorithm chooses nothing. Values;
// thread-safe.
#ifndef THIDUA_SERVICES_ACCESS_KEY_SET_H_
#define THIDUA_SERVICES_ACCESS_KEY_SET_H_

#include <openssl/evp.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::access {

enum class Algorithm { kRs256, kEs256, kEdDsa };

// "RS256", "ES256", "EdDSA", in just these letters; nothing for all others.
std::optional<Algorithm> AlgorithmNamed(absl::string_view name);

class Key {
 public:
  Key(std::string id, Algorithm algorithm, std::shared_ptr<EVP_PKEY> key)
      : id_(std::move(id)), algorithm_(algorithm), key_(std::move(key)) {}

  // "kid"; empty: it has none.
  const std::string& id() const { return id_; }
  Algorithm algorithm() const { return algorithm_; }

  // `signature`: as JWS has it, of ES256 the 64 bytes r and s.
  bool Verifies(absl::string_view text, absl::string_view signature) const;

 private:
  std::string id_;
  Algorithm algorithm_;
  std::shared_ptr<EVP_PKEY> key_;
};

class KeySet {
 public:
  // INVALID_ARGUMENT, in words for the log, for what is no JWKS. A key that is not to be trusted
  // for signatures is left out: another kind, RSA outside 2,048 to 8,192 bits or with an exponent
  // that is even, below 3 or above 64 bits, a point that is not on the curve, a "use", "key_ops" or
  // "alg" for something else, one that comes with its private part, one whose "kid" another has
  // too.
  static absl::StatusOr<KeySet> Read(absl::string_view jwks);

  const std::vector<Key>& keys() const { return keys_; }
  size_t left_out() const { return left_out_; }

  // Null: none.
  const Key* Find(absl::string_view id) const;
  // The only one for the algorithm; null: none, or several.
  const Key* OnlyOneFor(Algorithm algorithm) const;

 private:
  std::vector<Key> keys_;
  size_t left_out_ = 0;
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_KEY_SET_H_
