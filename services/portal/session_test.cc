#include "services/portal/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"

namespace thidua::portal {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

std::string TokenOf(absl::string_view claims) {
  return absl::StrCat("eyJhbGciOiJFUzI1NiJ9.", absl::WebSafeBase64Escape(claims), ".c2ln");
}

TEST(SessionTest, ACookieIsFoundAmongOthersOnlyByItsWholeName) {
  const Sessions plain(false, ""), secure(true, "");
  struct Case {
    std::string cookies, plain, secure;
  };
  const Case cases[] = {
      {"", "", ""},
      {"thidua-session=a.b.c", "a.b.c", ""},
      {"x=y; thidua-session=a.b-_.c ;z", "a.b-_.c", ""},
      {"__Host-thidua-session=a.b.c", "", "a.b.c"},
      {"thidua-session=a.b.c; __Host-thidua-session=d.e.f", "a.b.c", "d.e.f"},
      {"other-thidua-session=a.b.c; thidua-session2=a.b.c", "", ""},
      {"thidua-session=", "", ""},
      {"thidua-session=a.b", "", ""},
      {"thidua-session=a..c", "", ""},
      {"thidua-session=a.b.c.d", "", ""},
      {"thidua-session=a.b\xC3\xA9.c", "", ""},
      {"thidua-session=a b.c.d", "", ""},
      {absl::StrCat("thidua-session=a.b.", std::string(4000, 'c')), "", ""},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(plain.TokenIn(one.cookies), one.plain) << one.cookies;
    EXPECT_EQ(secure.TokenIn(one.cookies), one.secure) << one.cookies;
  }
}

TEST(SessionTest, WhatIsPostedIsATokenOrRefusedWithoutTellingIt) {
  EXPECT_EQ(*Sessions::ReadPosted(R"({"token": "a.b.c"})"), "a.b.c");
  const std::string longest = absl::StrCat("a.b.", std::string(kSessionTokenBytesMax - 4, 'c'));
  EXPECT_EQ(*Sessions::ReadPosted(absl::StrCat(R"({"token": ")", longest, R"("})")), longest);
  struct Case {
    std::string posted, reason;
  };
  const Case cases[] = {
      {"", "SESSION_UNREADABLE"},
      {"secret", "SESSION_UNREADABLE"},
      {R"(["secret"])", "SESSION_UNREADABLE"},
      {R"({"token": 1})", "SESSION_UNREADABLE"},
      {R"({"token": "secret.b.c", "more": 1})", "SESSION_UNREADABLE"},
      {R"({"token": ""})", "TOKEN_UNREADABLE"},
      {R"({"token": "secret"})", "TOKEN_UNREADABLE"},
      {R"({"token": "secret.b.c; Domain=x"})", "TOKEN_UNREADABLE"},
      {R"({"token": "secret.b.c\r\nX: y"})", "TOKEN_UNREADABLE"},
      {absl::StrCat(R"({"token": "secret)", longest, R"("})"), "TOKEN_TOO_LONG"},
  };
  for (const Case& one : cases) {
    const auto read = Sessions::ReadPosted(one.posted);
    ASSERT_TRUE(absl::IsInvalidArgument(read.status())) << one.posted;
    EXPECT_EQ(domain::FaultsOf(read.status())[0].reason, one.reason) << one.posted;
    EXPECT_THAT(std::string(read.status().message()), Not(HasSubstr("secret")));
  }
}

TEST(SessionTest, ACookieGoesWithItsToken) {
  const Sessions sessions(true, "");
  const absl::Time now = absl::FromUnixSeconds(1000);
  const std::string attributes = "; Path=/; HttpOnly; SameSite=Strict; Secure";
  const auto keeping = [&](const std::string& token) {
    const std::string cookie = sessions.Keeping(token, now);
    const std::string start = absl::StrCat("__Host-thidua-session=", token, attributes);
    EXPECT_EQ(cookie.substr(0, start.size()), start);
    return cookie.substr(start.size());
  };
  EXPECT_EQ(keeping(TokenOf(R"({"exp": 1600})")), "; Max-Age=600");
  // As long as the browser is open.
  for (const char* claims :
       {"{}", R"({"exp": 999})", R"({"exp": "1600"})", R"({"exp": 1e300})", R"({"exp": -1})",
        R"({"exp": 18446744073709551615})", "[1600]", "\xFF"}) {
    EXPECT_EQ(keeping(TokenOf(claims)), "") << claims;
  }
  EXPECT_EQ(keeping("a.b.c"), "");
  EXPECT_EQ(sessions.Forgetting(),
            absl::StrCat("__Host-thidua-session=", attributes, "; Max-Age=0"));
}

TEST(SessionTest, WhatATokenSaysOfItselfIsShown) {
  const Sessions sessions(false, "https://sso.example");
  struct Case {
    std::string claims, name, expires;
  };
  const Case cases[] = {
      {R"({"name": "Nguyễn Văn A", "sub": "a", "exp": 1561939200})", "Nguyễn Văn A",
       "2019-07-01T00:00:00Z"},
      {R"({"preferred_username": "nva", "sub": "a"})", "nva", ""},
      {R"({"name": "", "email": "a@kiengiang.gov.vn"})", "a@kiengiang.gov.vn", ""},
      {R"({"name": ["x"], "sub": "a", "exp": 253402300800})", "a", ""},
      {"null", "", ""},
      {"{\"name\": \"\xFF\"}", "", ""},
  };
  for (const Case& one : cases) {
    const json told = json::parse(sessions.Describe(TokenOf(one.claims)));
    EXPECT_EQ(told["signedIn"], true);
    EXPECT_EQ(told["name"], one.name) << one.claims;
    EXPECT_EQ(told["expires"], one.expires) << one.claims;
    EXPECT_EQ(told["signOnUrl"], "https://sso.example");
  }
  const json nobody = json::parse(sessions.Describe(""));
  EXPECT_EQ(nobody["signedIn"], false);
  EXPECT_EQ(nobody["name"], "");
}

}  // namespace
}  // namespace thidua::portal
