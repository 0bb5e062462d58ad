// An installation's policy for tests, with people who are known by their tokens. For tests.
//
//   const TestPolicy policy({{"an", "units: 'units/so-y-te' grants {role: ROLE_REPORTER on:
//   'blocs/khoi-4'}"}}); … --access_policy= policy.file() … context.AddMetadata("authorization",
//   policy.BearerOf("an"));
#ifndef THIDUA_SERVICES_ACCESS_POLICY_TESTLIB_H_
#define THIDUA_SERVICES_ACCESS_POLICY_TESTLIB_H_

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/access/token_testlib.h"

namespace thidua::access {

class TestPolicy {
 public:
  static constexpr char kIssuer[] = "https://sso.kiengiang.example";
  static constexpr char kAudience[] = "thidua";

  // By what follows "callers" in each member: units and grants.
  explicit TestPolicy(const std::map<std::string, std::string>& people) {
    WriteAnew(folder_ / "keys.json", JwksOf({key_.Jwk()}));
    text_ = absl::StrCat("issuers {issuer: '", kIssuer, "' audiences: '", kAudience,
                         "' clock_skew_seconds: 0 jwks_file: '", (folder_ / "keys.json").string(),
                         "'}\n");
    for (const auto& [name, rights] : people) {
      absl::StrAppend(&text_, "members {callers: '", PrincipalOf(name), "' ", rights, "}\n");
    }
    WriteAnew(file(), text_);
  }
  // More of the policy: members of other kinds.
  void Add(const std::string& text) {
    absl::StrAppend(&text_, text, "\n");
    WriteAnew(file(), text_);
  }

  std::filesystem::path file() const { return folder_ / "access.textproto"; }
  const SigningKey& key() const { return key_; }

  // As audit entries call them.
  static std::string PrincipalOf(const std::string& name) {
    return absl::StrCat("token:", kIssuer, "|", name);
  }
  std::string TokenOf(const std::string& name, absl::Duration lifetime = absl::Hours(1)) const {
    return key_.Token(nlohmann::json({{"iss", kIssuer},
                                      {"aud", kAudience},
                                      {"sub", name},
                                      {"exp", absl::ToUnixSeconds(absl::Now() + lifetime)}})
                          .dump());
  }
  std::string BearerOf(const std::string& name, absl::Duration lifetime = absl::Hours(1)) const {
    return absl::StrCat("Bearer ", TokenOf(name, lifetime));
  }

 private:
  const TestFolder folder_;
  const SigningKey key_ = SigningKey::P256("key-1");
  std::string text_;
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_POLICY_TESTLIB_H_
