#include "services/access/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"

namespace thidua::access {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr char kPolicy[] = R"pb(
  # Cổng thông tin và các dịch vụ.
  members {
    callers: "uri:spiffe://thidua/portal"
    callers: "dns:portal.thidua.local"
    display_name: "Cổng thông tin"
    grants { role: ROLE_SERVICE }
  }
  members {
    callers: "token:https://sso|lan"
    display_name: "Lê Thị Lan"
    units: "units/so-noi-vu"
    grants { role: ROLE_REPORTER on: "blocs/khoi-4" }
  }
  members {
    callers: "group:https://sso|khoi-truong-4"
    units: "units/so-tai-chinh"
    grants { role: ROLE_LEADER on: "blocs/khoi-4" on: "blocs/khoi-5" }
  }
  members {
    callers: "group:https://sso|hoi-dong"
    callers: "token:https://sso|lan"
    grants { role: ROLE_COUNCIL }
  }
  members {
    callers: "anyone"
    grants { role: ROLE_READER }
  }
  issuers {
    issuer: "https://sso"
    audiences: "thidua"
    jwks_url: "https://sso/keys"
    clock_skew_seconds: 0
  }
  issuers { issuer: "urn:khac" audiences: "thidua" jwks_file: "khac.json" }
)pb";

// "path REASON" of each fault.
std::vector<std::string> FaultsIn(absl::string_view text) {
  const auto policy = Policy::Read(text);
  std::vector<std::string> faults;
  for (const domain::Fault& fault : domain::FaultsOf(policy.status())) {
    EXPECT_NE(fault.message, "");
    faults.push_back(absl::StrCat(fault.path, " ", fault.reason));
  }
  EXPECT_EQ(policy.ok(), faults.empty());
  if (!policy.ok()) {
    EXPECT_EQ(policy.status().code(), absl::StatusCode::kInvalidArgument);
  }
  return faults;
}

TEST(PolicyTest, SoundOnesAreRead) {
  const auto policy = Policy::Read(kPolicy);
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->written().members_size(), 5);
  ASSERT_NE(policy->FindIssuer("urn:khac"), nullptr);
  EXPECT_EQ(policy->FindIssuer("urn:khac")->jwks_file(), "khac.json");
  EXPECT_EQ(policy->FindIssuer("https://sso/"), nullptr);
  EXPECT_EQ(policy->FindIssuer(""), nullptr);
}

TEST(PolicyTest, ACertificateIsKnownByItsFirstName) {
  const auto policy = Policy::Read(kPolicy);
  ASSERT_TRUE(policy.ok());
  struct Case {
    std::vector<std::string> names;
    std::string name;
    bool known;
    bool service;
  };
  const Case cases[] = {
      {{"uri:spiffe://thidua/portal"}, "uri:spiffe://thidua/portal", true, true},
      {{"dns:portal.thidua.local"}, "dns:portal.thidua.local", true, true},
      {{"dns:x", "uri:a", "dns:portal.thidua.local", "uri:b"}, "uri:a", true, true},
      {{"dns:x", "dns:portal.thidua.local"}, "dns:x", true, true},
      {{"uri:spiffe://thidua/portal", "dns:portal.thidua.local"},
       "uri:spiffe://thidua/portal",
       true,
       true},
      {{"uri:spiffe://thidua/portal/"}, "uri:spiffe://thidua/portal/", true, false},
      {{"uri:spiffe://thidua/PORTAL"}, "uri:spiffe://thidua/PORTAL", true, false},
      {{"uri:portal.thidua.local"}, "uri:portal.thidua.local", true, false},
      {{"dns:*.thidua.local"}, "dns:*.thidua.local", true, false},
      {{"uri:anyone"}, "uri:anyone", true, false},
      {{"token:https://sso|lan"}, "anyone", false, false},
      {{"anyone"}, "anyone", false, false},
      {{}, "anyone", false, false},
  };
  for (const Case& one : cases) {
    const Principal principal = policy->OfCertificate(one.names);
    SCOPED_TRACE(one.name);
    EXPECT_EQ(principal.name(), one.name);
    EXPECT_EQ(principal.known(), one.known);
    EXPECT_EQ(principal.HoldsSomewhere(v1::ROLE_SERVICE), one.service);
    EXPECT_TRUE(principal.HoldsSomewhere(v1::ROLE_READER)) << "as anyone";
    EXPECT_FALSE(principal.HoldsSomewhere(v1::ROLE_COUNCIL));
    EXPECT_FALSE(principal.unchecked());
  }
}

TEST(PolicyTest, ATokenFitsByItsSubjectAndItsGroups) {
  const auto policy = Policy::Read(kPolicy);
  ASSERT_TRUE(policy.ok());
  const Principal lan = policy->OfToken("https://sso", "lan", {"khoi-truong-4", "khac"});
  EXPECT_EQ(lan.name(), "token:https://sso|lan");
  EXPECT_TRUE(lan.known());
  EXPECT_THAT(lan.units(), UnorderedElementsAre("units/so-noi-vu", "units/so-tai-chinh"));
  EXPECT_TRUE(lan.Holds(v1::ROLE_REPORTER, "blocs/khoi-4"));
  EXPECT_FALSE(lan.Holds(v1::ROLE_REPORTER, "blocs/khoi-5"));
  EXPECT_TRUE(lan.Holds(v1::ROLE_LEADER, "blocs/khoi-5/pacts/2026"));
  EXPECT_TRUE(lan.HoldsSomewhere(v1::ROLE_COUNCIL));
  EXPECT_TRUE(lan.HoldsSomewhere(v1::ROLE_READER));

  const std::pair<Principal, bool> councils[] = {
      {policy->OfToken("https://sso", "minh", {"hoi-dong"}), true},
      {policy->OfToken("https://sso", "minh", {}), false},
      {policy->OfToken("urn:khac", "lan", {"hoi-dong"}), false},
      {policy->OfToken("https://sso", "hoi-dong", {"lan"}), false},
      {policy->OfToken("https://sso", "LAN", {"Hoi-dong"}), false},
      {policy->OfToken("https://sso", "anyone", {"anyone"}), false},
  };
  for (const auto& [principal, council] : councils) {
    EXPECT_EQ(principal.HoldsSomewhere(v1::ROLE_COUNCIL), council) << principal.name();
    EXPECT_TRUE(principal.known());
    EXPECT_THAT(principal.units(), IsEmpty());
  }
}

TEST(PolicyTest, WithoutAnyoneTheUnknownHaveNothing) {
  const auto policy = Policy::Read(R"pb(members {
                                          callers: "uri:a"
                                          grants { role: ROLE_COUNCIL }
                                        })pb");
  ASSERT_TRUE(policy.ok());
  for (const Principal& principal : {policy->OfCertificate({}), policy->OfCertificate({"uri:b"})}) {
    for (int role = v1::Role_MIN; role <= v1::Role_MAX; ++role) {
      EXPECT_FALSE(principal.HoldsSomewhere(static_cast<v1::Role>(role)));
    }
  }
}

TEST(PolicyTest, EachFaultIsToldAtItsPlace) {
  const std::string issuer = R"pb(issuers { issuer: "sso" audiences: "a" jwks_file: "f" })pb";
  const auto member = [&](absl::string_view fields) {
    return absl::StrCat(issuer, " members { ", fields, " }");
  };
  const auto granted = [&](absl::string_view grant) {
    return member(absl::StrCat("callers: 'uri:a' units: 'units/u' grants { ", grant, " }"));
  };
  const auto issued = [&](absl::string_view fields) {
    return absl::StrCat("issuers { ", fields,
                        " } members { callers: 'uri:a' grants { role: ROLE_READER } }");
  };
  const auto called = [&](absl::string_view caller) {
    return member(
        absl::StrCat("callers: 'uri:a' callers: '", caller, "' grants { role: ROLE_READER }"));
  };
  const std::string keys_at = "issuer: 'sso' audiences: 'a' jwks_url: ";
  struct Case {
    std::string policy;
    std::string fault;  // Empty: none.
  };
  const Case cases[] = {
      {"", "members REQUIRED"},
      {issuer, "members REQUIRED"},
      {member("grants { role: ROLE_READER }"), "members[0].callers REQUIRED"},
      {member("callers: 'uri:a'"), "members[0].grants REQUIRED"},
      {called("dns:a"), ""},
      {called("anyone"), ""},
      {called("token:sso|x"), ""},
      {called("token:sso|x|y"), ""},
      {called("group:sso|x"), ""},
      {called("token:other|x"), "members[0].callers[1] ISSUER_UNKNOWN"},
      {called("group:other|x"), "members[0].callers[1] ISSUER_UNKNOWN"},
      {called("token:|x"), "members[0].callers[1] ISSUER_UNKNOWN"},
      {called("token:sso|"), "members[0].callers[1] CALLER_INVALID"},
      {called("token:sso"), "members[0].callers[1] CALLER_INVALID"},
      {called("group:sso"), "members[0].callers[1] CALLER_INVALID"},
      {called("uri:"), "members[0].callers[1] CALLER_INVALID"},
      {called("dns:"), "members[0].callers[1] CALLER_INVALID"},
      {called(""), "members[0].callers[1] CALLER_INVALID"},
      {called("Anyone"), "members[0].callers[1] CALLER_INVALID"},
      {called("anyone "), "members[0].callers[1] CALLER_INVALID"},
      {called("ip:10.0.0.1"), "members[0].callers[1] CALLER_INVALID"},
      {called("spiffe://a"), "members[0].callers[1] CALLER_INVALID"},
      {granted("role: ROLE_READER"), ""},
      {granted("role: ROLE_SERVICE"), ""},
      {granted("role: ROLE_COUNCIL"), ""},
      {granted("role: ROLE_REGISTRAR"), ""},
      {granted("role: ROLE_REPORTER on: 'blocs/b'"), ""},
      {granted("role: ROLE_LEADER on: 'blocs/b' on: 'blocs/c'"), ""},
      {granted("role: ROLE_WATCHER on: 'blocs/b'"), ""},
      {granted(""), "members[0].grants[0].role REQUIRED"},
      {granted("role: ROLE_UNSPECIFIED"), "members[0].grants[0].role REQUIRED"},
      {granted("role: ROLE_REPORTER"), "members[0].grants[0].on SCOPE_REQUIRED"},
      {granted("role: ROLE_LEADER"), "members[0].grants[0].on SCOPE_REQUIRED"},
      {granted("role: ROLE_WATCHER"), "members[0].grants[0].on SCOPE_REQUIRED"},
      {granted("role: ROLE_READER on: 'blocs/b'"), "members[0].grants[0].on SCOPE_NOT_TAKEN"},
      {granted("role: ROLE_COUNCIL on: 'blocs/b'"), "members[0].grants[0].on SCOPE_NOT_TAKEN"},
      {granted("role: ROLE_REGISTRAR on: 'blocs/b'"), "members[0].grants[0].on SCOPE_NOT_TAKEN"},
      {granted("role: ROLE_SERVICE on: 'blocs/b'"), "members[0].grants[0].on SCOPE_NOT_TAKEN"},
      {granted("role: ROLE_WATCHER on: 'b'"), "members[0].grants[0].on[0] RESOURCE_NAME_INVALID"},
      {granted("role: ROLE_WATCHER on: 'blocs/a' on: 'blocs/-'"),
       "members[0].grants[0].on[1] RESOURCE_NAME_INVALID"},
      {granted("role: ROLE_WATCHER on: 'blocs/'"),
       "members[0].grants[0].on[0] RESOURCE_NAME_INVALID"},
      {granted("role: ROLE_WATCHER on: ''"), "members[0].grants[0].on[0] RESOURCE_NAME_INVALID"},
      {granted("role: ROLE_WATCHER on: 'blocs/a/pacts/2026'"),
       "members[0].grants[0].on[0] RESOURCE_NAME_INVALID"},
      {granted("role: ROLE_WATCHER on: 'blocs/Khối-4'"),
       "members[0].grants[0].on[0] RESOURCE_NAME_INVALID"},
      {member("callers: 'uri:a' grants { role: ROLE_REPORTER on: 'blocs/b' }"),
       "members[0].units UNITS_REQUIRED"},
      {member("callers: 'uri:a' grants { role: ROLE_LEADER on: 'blocs/b' }"),
       "members[0].units UNITS_REQUIRED"},
      {member("callers: 'uri:a' units: 'u' grants { role: ROLE_READER }"),
       "members[0].units[0] RESOURCE_NAME_INVALID"},
      {member("callers: 'uri:a' units: 'units/u' units: 'units/u/x' grants { role: ROLE_READER }"),
       "members[0].units[1] RESOURCE_NAME_INVALID"},
      {member("callers: 'anyone' grants { role: ROLE_COUNCIL }"),
       "members[0].grants[0].role ROLE_NOT_FOR_ANYONE"},
      {member("callers: 'anyone' grants { role: ROLE_READER } grants { role: ROLE_WATCHER on: "
              "'blocs/b' }"),
       "members[0].grants[1].role ROLE_NOT_FOR_ANYONE"},
      {issued("audiences: 'a' jwks_file: 'f'"), "issuers[0].issuer ISSUER_INVALID"},
      {issued("issuer: 'a|b' audiences: 'a' jwks_file: 'f'"), "issuers[0].issuer ISSUER_INVALID"},
      {issued("issuer: 'a b' audiences: 'a' jwks_file: 'f'"), "issuers[0].issuer ISSUER_INVALID"},
      {issued("issuer: 'tỉnh' audiences: 'a' jwks_file: 'f'"), "issuers[0].issuer ISSUER_INVALID"},
      {absl::StrCat(issuer, member("callers: 'uri:a' grants { role: ROLE_READER }")),
       "issuers[1].issuer ISSUER_REPEATED"},
      {issued("issuer: 'sso' jwks_file: 'f'"), "issuers[0].audiences REQUIRED"},
      {issued("issuer: 'sso' audiences: '' jwks_file: 'f'"), "issuers[0].audiences[0] REQUIRED"},
      {issued("issuer: 'sso' audiences: 'a'"), "issuers[0].keys REQUIRED"},
      {issued("issuer: 'sso' audiences: 'a' jwks_file: ''"), "issuers[0].jwks_file REQUIRED"},
      {issued("issuer: 'sso' audiences: 'a' jwks_file: 'f' clock_skew_seconds: -1"),
       "issuers[0].clock_skew_seconds OUT_OF_RANGE"},
      {issued("issuer: 'sso' audiences: 'a' jwks_file: 'f' clock_skew_seconds: 301"),
       "issuers[0].clock_skew_seconds OUT_OF_RANGE"},
      {issued("issuer: 'sso' audiences: 'a' jwks_file: 'f' clock_skew_seconds: 300"), ""},
      {issued(keys_at + "'https://sso.tinh.gov.vn/keys?x=1'"), ""},
      {issued(keys_at + "'HTTPS://sso:8443/keys'"), ""},
      {issued(keys_at + "'http://localhost:8080/keys'"), ""},
      {issued(keys_at + "'http://127.0.0.1/keys'"), ""},
      {issued(keys_at + "'http://[::1]:80/keys'"), ""},
      {issued(keys_at + "''"), "issuers[0].jwks_url ADDRESS_INVALID"},
      {issued(keys_at + "'sso/keys'"), "issuers[0].jwks_url ADDRESS_INVALID"},
      {issued(keys_at + "'http://sso/keys'"), "issuers[0].jwks_url ADDRESS_INVALID"},
      {issued(keys_at + "'http://localhost.sso/keys'"), "issuers[0].jwks_url ADDRESS_INVALID"},
      {issued(keys_at + "'http://localhost@sso/keys'"), "issuers[0].jwks_url ADDRESS_INVALID"},
      {issued(keys_at + "'http://127.0.0.1.sso/keys'"), "issuers[0].jwks_url ADDRESS_INVALID"},
      {issued(keys_at + "'https://user:password@sso/keys'"), "issuers[0].jwks_url ADDRESS_INVALID"},
      {issued(keys_at + "'file:///etc/keys.json'"), "issuers[0].jwks_url ADDRESS_INVALID"},
      {issued(keys_at + "'ftp://sso/keys'"), "issuers[0].jwks_url ADDRESS_INVALID"},
      {issued(keys_at + "'gopher://localhost/keys'"), "issuers[0].jwks_url ADDRESS_INVALID"},
  };
  for (const Case& one : cases) {
    const std::vector<std::string> faults = FaultsIn(one.policy);
    if (one.fault.empty()) {
      EXPECT_THAT(faults, IsEmpty()) << one.policy;
    } else {
      EXPECT_THAT(faults, ElementsAre(one.fault)) << one.policy;
    }
  }
}

TEST(PolicyTest, AllFaultsAreToldAtOnce) {
  EXPECT_THAT(
      FaultsIn(R"pb(
        members {
          callers: "x"
          units: "u"
          grants { role: ROLE_LEADER }
        }
        members {
          callers: "uri:a"
          grants { role: ROLE_READER }
        }
        members {
          callers: "token:sso|x"
          grants { role: ROLE_REPORTER on: "b" }
        }
        issuers { issuer: "a b" })pb"),
      UnorderedElementsAre(
          "issuers[0].issuer ISSUER_INVALID", "issuers[0].audiences REQUIRED",
          "issuers[0].keys REQUIRED", "members[0].callers[0] CALLER_INVALID",
          "members[0].units[0] RESOURCE_NAME_INVALID", "members[0].grants[0].on SCOPE_REQUIRED",
          "members[2].callers[0] ISSUER_UNKNOWN", "members[2].units UNITS_REQUIRED",
          "members[2].grants[0].on[0] RESOURCE_NAME_INVALID"));
}

TEST(PolicyTest, WhatIsNoPolicyIsToldByLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"members {\n  caller: 'uri:a'\n}", "line 2, column 9"},
      {"members {\n  callers: 'uri:a'\n", "line 3, column 1"},
      {"members {\n  grants {\n    role: ROLE_KING }\n}", "line 3, column 21"},
      {"members {\n  callers: uri:a\n}", "line 2, column 12"},
      {"issuers { issuer: 'a' jwks_file: 'f' jwks_url: 'u' }", "line 1, column 46"},
      {"issuers { clock_skew_seconds: 99999999999 }", "line 1, column 31"},
      {"{\"members\": []}", "line 1, column 1"},
  };
  for (const auto& [text, place] : cases) {
    const auto faults = domain::FaultsOf(Policy::Read(text).status());
    ASSERT_FALSE(faults.empty()) << text;
    EXPECT_EQ(faults[0].path, place) << text << faults[0].message;
    EXPECT_EQ(faults[0].reason, "POLICY_UNREADABLE");
  }
}

}  // namespace
}  // namespace thidua::access
