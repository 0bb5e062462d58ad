#include "services/access/token.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/access/base64url.h"
#include "services/access/json_object.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"

namespace thidua::access {
namespace {

using nlohmann::json;

constexpr size_t kSubjectBytesMax = 255;
constexpr int kSkewSecondsUnlessTold = 60;
constexpr double kSecondsMax = 253402300799;  // The end of the year 9999.

absl::Status Refused(absl::string_view why) { return absl::UnauthenticatedError(why); }

absl::StatusOr<json> ReadPart(absl::string_view name, absl::string_view part) {
  const std::optional<std::string> text = FromBase64Url(part);
  if (!text.has_value()) return Refused(absl::StrCat(name, " is no base64url"));
  absl::StatusOr<json> object = ReadJsonObject(*text);
  if (!object.ok()) return Refused(absl::StrCat(name, " is ", object.status().message()));
  return object;
}

// Nothing: it is not there, or no text.
std::optional<std::string> TextOf(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

// NumericDate (RFC 7519, section 2): seconds since 1970, fractions too. Nothing: it is not there.
absl::StatusOr<std::optional<absl::Time>> TimeOf(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::nullopt;
  const double seconds = found->is_number() ? found->get<double>() : -1;
  if (!(seconds >= 0 && seconds <= kSecondsMax)) {
    return Refused(absl::StrCat(name, " is no time"));
  }
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

// A list of texts.
absl::StatusOr<std::vector<std::string>> TextsOf(absl::string_view name, const json& list) {
  std::vector<std::string> texts;
  const auto is_text = [](const json& value) { return value.is_string(); };
  if (!list.is_array() || !std::all_of(list.begin(), list.end(), is_text)) {
    return Refused(absl::StrCat(name, " is no list of texts"));
  }
  for (const json& text : list) texts.push_back(text.get<std::string>());
  return texts;
}

absl::Status CheckAudience(const json& payload, const v1::Issuer& issuer) {
  const auto found = payload.find("aud");
  if (found == payload.end()) return Refused("no aud");
  ASSIGN_OR_RETURN(const std::vector<std::string> audiences,
                   TextsOf("aud", found->is_string() ? json::array({*found}) : *found));
  for (const std::string& audience : issuer.audiences()) {
    if (std::find(audiences.begin(), audiences.end(), audience) != audiences.end()) {
      return absl::OkStatus();
    }
  }
  return Refused("made for somebody else (aud)");
}

}  // namespace

absl::StatusOr<Token> Token::Read(absl::string_view compact) {
  if (compact.size() > kTokenBytesMax) return Refused("too long");
  const std::vector<absl::string_view> parts = absl::StrSplit(compact, '.');
  if (parts.size() != 3) return Refused("not of three parts");

  Token token;
  ASSIGN_OR_RETURN(const json header, ReadPart("the header", parts[0]));
  const std::optional<Algorithm> algorithm = AlgorithmNamed(TextOf(header, "alg").value_or(""));
  if (!algorithm.has_value()) return Refused("alg is not one that is taken");
  token.algorithm_ = *algorithm;
  if (header.contains("crit")) return Refused("crit asks for what is not known");
  if (header.contains("typ")) {
    const std::string type = TextOf(header, "typ").value_or("");
    if (!absl::EqualsIgnoreCase(type, "JWT") && !absl::EqualsIgnoreCase(type, "at+jwt")) {
      return Refused("typ is not that of a token for callers");
    }
  }
  if (header.contains("kid")) {
    token.key_id_ = TextOf(header, "kid").value_or("");
    if (token.key_id_.empty()) return Refused("kid is no text");
  }

  std::optional<std::string> signature = FromBase64Url(parts[2]);
  if (!signature.has_value() || signature->empty()) return Refused("no signature");
  token.signature_ = *std::move(signature);
  token.signed_text_ = std::string(compact.substr(0, compact.rfind('.')));

  ASSIGN_OR_RETURN(token.payload_, ReadPart("the payload", parts[1]));
  token.issuer_ = TextOf(token.payload_, "iss").value_or("");
  if (token.issuer_.empty()) return Refused("no iss");
  return token;
}

absl::StatusOr<Claims> Token::Check(const KeySet& keys, const v1::Issuer& issuer,
                                    absl::Time now) const {
  const Key* const key = key_id_.empty() ? keys.OnlyOneFor(algorithm_) : keys.Find(key_id_);
  if (key == nullptr) {
    return Refused(key_id_.empty() ? "no kid, and not one key only for its alg"
                                   : "kid is not a key of the issuer");
  }
  if (key->algorithm() != algorithm_) return Refused("alg is not that of the key");
  if (!key->Verifies(signed_text_, signature_)) return Refused("not signed by the key");

  if (issuer_ != issuer.issuer()) return Refused("of another issuer");
  RETURN_IF_ERROR(CheckAudience(payload_, issuer));
  Claims claims;
  claims.subject = TextOf(payload_, "sub").value_or("");
  if (claims.subject.size() > kSubjectBytesMax || domain::CheckName("sub", claims.subject)) {
    return Refused("sub is no name");
  }
  const auto groups =
      payload_.find(issuer.groups_claim().empty() ? "groups" : issuer.groups_claim());
  if (groups != payload_.end()) {
    ASSIGN_OR_RETURN(claims.groups, TextsOf("groups", *groups));
  }

  const absl::Duration skew = absl::Seconds(
      issuer.has_clock_skew_seconds() ? issuer.clock_skew_seconds() : kSkewSecondsUnlessTold);
  for (const char* name : {"nbf", "iat"}) {
    ASSIGN_OR_RETURN(const std::optional<absl::Time> begins, TimeOf(payload_, name));
    if (begins.has_value() && now < *begins - skew) {
      return Refused(absl::StrCat("of the future (", name, ")"));
    }
  }
  ASSIGN_OR_RETURN(const std::optional<absl::Time> ends, TimeOf(payload_, "exp"));
  if (!ends.has_value()) return Refused("no exp");
  claims.refused_from = *ends + skew;
  if (now >= claims.refused_from) return absl::DeadlineExceededError("its time is over");
  return claims;
}

}  // namespace thidua::access
