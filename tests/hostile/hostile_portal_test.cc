// The same at the portal's door, over HTTPS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tests/hostile/attack_testlib.h"
#include "tests/hostile/raw_line.h"
#include "tests/hostile/token_tricks.h"

namespace thidua::tests {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

class HostilePortalTest : public AttackTest {
 protected:
  static void SetUpTestSuite() {
    AttackTest::SetUpTestSuite();
    suite().Start(Suite::kPortal);
  }

  // Afterwards the portal answers too.
  void TearDown() override {
    AttackTest::TearDown();
    EXPECT_EQ(Get(absl::StrCat("/v1/", kMidYear2019, "/ranking"), ""), 200);
  }

  // Says it, and hears the answer; the status, or 0 when there is none.
  static int Say(const std::string& bytes, std::string* answer = nullptr) {
    RawLine line(suite().address(Suite::kPortal));
    if (!line.StartTls("http/1.1")) return 0;
    line.Say(bytes);
    const std::string heard = line.HearAll();
    if (answer != nullptr) *answer = heard;
    int status = 0;
    return absl::StartsWith(heard, "HTTP/1.1 ") && absl::SimpleAtoi(heard.substr(9, 3), &status)
               ? status
               : 0;
  }
  static int Ask(const std::string& verb, const std::string& target,
                 const std::vector<std::string>& headers, const std::string& body = "",
                 std::string* answer = nullptr) {
    std::string said =
        absl::StrCat(verb, " ", target, " HTTP/1.1\r\nHost: ", suite().address(Suite::kPortal),
                     "\r\nConnection: close\r\n");
    for (const std::string& header : headers) absl::StrAppend(&said, header, "\r\n");
    if (!body.empty()) {
      absl::StrAppend(&said, "Content-Type: application/json\r\nContent-Length: ", body.size(),
                      "\r\n");
    }
    return Say(absl::StrCat(said, "\r\n", body), answer);
  }
  static int Get(const std::string& target, const std::string& token,
                 std::string* answer = nullptr) {
    return Ask("GET", target, Bearer(token), "", answer);
  }
  static std::vector<std::string> Bearer(const std::string& token) {
    if (token.empty()) return {};
    return {absl::StrCat("Authorization: Bearer ", token)};
  }

  // By either of its names: whether it is the portal's own depends on how browsers reach it.
  static std::string CookieOf(const std::string& token) {
    return absl::StrCat("Cookie: thidua-session=", token, "; __Host-thidua-session=", token);
  }

  static std::string Scorecard() {
    return absl::StrCat("/v1/", kMidYear2019, "/scorecards/units/so-y-te");
  }
};

TEST_F(HostilePortalTest, WhoHasNotSignedInSeesWhatIsPublicOnly) {
  std::string answer;
  EXPECT_EQ(Get(absl::StrCat("/v1/", kMidYear2019, "/ranking"), "", &answer), 200);
  EXPECT_FALSE(absl::StrContains(answer, kInternalNote));
  for (const std::string& target :
       {Scorecard(), absl::StrCat("/v1/", kMidYear2019), absl::StrCat("/v1/", kPact2019),
        absl::StrCat("/v1/", kMidYear2019, "/assessments"),
        absl::StrCat("/v1/", kMidYear2019, "/reports"),
        absl::StrCat("/v1/", kMidYear2019, "/results/giai-quyet-viec-lam")}) {
    EXPECT_THAT(Get(target, "", &answer), AnyOf(401, 403)) << target << answer;
    EXPECT_FALSE(absl::StrContains(answer, kInternalNote)) << target;
    EXPECT_EQ(Get(target, guard().Token(kNobody)), 403) << target;
    EXPECT_EQ(Get(target, guard().Token(kReader)), 403) << target;
    // And nothing that was answered to an official is kept for others.
    EXPECT_NE(Get(target, guard().Token(kReporterOfHealth)), 401) << target;
    EXPECT_THAT(Get(target, ""), AnyOf(401, 403)) << target;
  }
}

TEST_F(HostilePortalTest, NoTokenThatIsNotSoundIsTaken) {
  ASSERT_EQ(Get(Scorecard(), guard().Token(kCouncil)), 200) << "what is varied below is sound";
  ASSERT_EQ(Ask("GET", Scorecard(), {CookieOf(guard().Token(kCouncil))}), 200);
  for (const Trick& trick : Tricks(guard())) {
    if (trick.token.empty()) continue;
    EXPECT_EQ(Get(Scorecard(), trick.token), 401) << trick.name;
    // Nor as the cookie of a session.
    EXPECT_THAT(Ask("GET", Scorecard(), {CookieOf(trick.token)}), AnyOf(401, 403)) << trick.name;
    EXPECT_THAT(Ask("POST", "/session", {}, absl::StrCat(R"({"token":")", trick.token, R"("})")),
                AnyOf(400, 401))
        << trick.name;
  }
}

TEST_F(HostilePortalTest, NobodyDoesWhatTheyMayNot) {
  const std::string kSeal = R"({"requestId":"x","periodVersion":"1","reason":"x","authority":"x"})";
  const std::string seal = absl::StrCat("/v1/", kYear2019, ":seal");
  const std::string finalise = absl::StrCat("/v1/", kYear2019, "/ranking:finalise");
  const std::string kFinalise = R"({"requestId":"x","revision":"x","reason":"x","authority":"x"})";
  for (const auto& [target, body] : {std::pair(seal, kSeal), std::pair(finalise, kFinalise)}) {
    EXPECT_THAT(Ask("POST", target, {}, body), AnyOf(401, 403));
    for (const char* who :
         {kReader, kReporterOfHealth, kLeader, kLeaderOfBloc5, kWatcherOfHealth}) {
      EXPECT_EQ(Ask("POST", target, Bearer(guard().Token(who)), body), 403) << who;
    }
  }
  // What only services say to each other means nothing from outside.
  std::vector<std::string> headers = Bearer(guard().Token(kReader));
  headers.push_back("thidua-on-behalf-of: token:https://sso|khanh");
  headers.push_back("Grpc-Metadata-Authorization: Bearer x");
  EXPECT_EQ(Ask("POST", seal, headers, kSeal), 403);
  // A page of another site says nothing in the name of who is signed in.
  const std::string council = guard().Token(kCouncil);
  for (const char* site : {"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"}) {
    EXPECT_EQ(Ask("POST", seal, {site, CookieOf(council)}, kSeal), 403) << site;
    EXPECT_EQ(Ask("POST", "/session", {site}, absl::StrCat(R"({"token":")", council, R"("})")), 403)
        << site;
  }
}

TEST_F(HostilePortalTest, NoPathLeadsOutOfTheDoor) {
  for (const char* target :
       {"/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2fetc/passwd", "/files/v1/../../../etc/passwd", "//etc/passwd",
        "/./../etc/passwd", "/%00/etc/passwd", "/v1/../../etc/passwd",
        "/assets/..\\..\\etc\\passwd", "/%c0%ae%c0%ae/etc/passwd",
        "https://evil.example/etc/passwd", "/policy.txtpb", "/portal.key"}) {
    std::string answer;
    Ask("GET", target, {}, "", &answer);
    EXPECT_FALSE(absl::StrContains(answer, "root:")) << target;
    EXPECT_FALSE(absl::StrContains(answer, "PRIVATE KEY")) << target;
    EXPECT_FALSE(absl::StrContains(answer, "ROLE_")) << target;
  }
}

TEST_F(HostilePortalTest, WhatIsNoHttpIsRefused) {
  const std::string host = absl::StrCat("Host: x\r\n");
  const struct {
    const char* what;
    std::string said;
  } kRequests[] = {
      {"two lengths",
       "POST /session HTTP/1.1\r\n" + host +
           "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}GET / HTTP/1.1\r\n\r\n"},
      {"a length and chunks", "POST /session HTTP/1.1\r\n" + host +
                                  "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                                  "GET /healthz HTTP/1.1\r\n\r\n"},
      {"a length below zero", "POST /session HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n"},
      {"a length beyond numbers",
       "POST /session HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n"},
      {"a body that is too large",
       "POST /session HTTP/1.1\r\n" + host + "Content-Length: 100000000\r\n\r\n"},
      {"a header without a name", "GET / HTTP/1.1\r\n" + host + ": x\r\n\r\n"},
      {"a nul", std::string("GET /\0 HTTP/1.1\r\n\r\n", 19)},
      {"another version", "GET / HTTP/9.9\r\n\r\n"},
      {"HTTP/2", Http2Preface()},
      {"a tunnel", "CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + host + "\r\n"},
      {"a long head", "GET / HTTP/1.1\r\n" + host + "X: " + std::string(1 << 20, 'x') + "\r\n\r\n"},
      {"many headers",
       [&] {
         std::string said = "GET / HTTP/1.1\r\n" + host;
         for (int i = 0; i < 10'000; ++i) absl::StrAppend(&said, "X", i, ": x\r\n");
         return said + "\r\n";
       }()},
      {"noise", std::string(100'000, '\xfe')},
  };
  for (const auto& [what, said] : kRequests) {
    RawLine line(suite().address(Suite::kPortal));
    ASSERT_TRUE(line.StartTls("http/1.1"));
    line.Say(said);
    line.Finish();
    const std::string heard = line.HearAll();
    EXPECT_FALSE(absl::StrContains(heard, "HTTP/1.1 200")) << what << ": " << heard.substr(0, 300);
    // In plaintext nothing is answered that is HTTP's.
    RawLine plain(suite().address(Suite::kPortal));
    plain.Say(said);
    plain.Finish();
    EXPECT_FALSE(absl::StrContains(plain.HearAll(), "HTTP/1.1")) << what;
  }
  EXPECT_EQ(Ask("GET", Scorecard(), Bearer(std::string(1 << 20, 'a'))), 431);
  EXPECT_EQ(Ask("GET", Scorecard(), Bearer(std::string(12'000, 'a'))), 431);
}

TEST_F(HostilePortalTest, WhoAsksWithoutEndIsToldToWait) {
  StartAgain(Suite::kRegistry,
             {"--calls_per_second_per_caller=1", "--calls_at_once_per_caller=50"});
  const std::string token = guard().Token(kReporterOfTourism);
  const std::string one = absl::StrCat(
      "GET /v1/", kPact2019, " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ", token, "\r\n\r\n");
  const std::string last = absl::StrReplaceAll(one, {{"Host: x", "Host: x\r\nConnection: close"}});
  std::string said;
  // So many that they are on their way before the first answer has to be heard.
  for (int i = 0; i < 30; ++i) absl::StrAppend(&said, one);
  absl::StrAppend(&said, last);
  // On several lines, until the burst is over and some is turned away.
  std::atomic<bool> told_to_wait{false};
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (const absl::Time until = absl::Now() + absl::Seconds(60);
           !told_to_wait && absl::Now() < until;) {
        RawLine line(suite().address(Suite::kPortal));
        ASSERT_TRUE(line.StartTls("http/1.1"));
        line.Say(said);
        const std::string heard = line.HearAll();
        const size_t refused = heard.find("HTTP/1.1 429");
        if (refused == std::string::npos) continue;
        told_to_wait = true;
        EXPECT_THAT(heard.substr(refused, 400), HasSubstr("Retry-After: 1"));
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(told_to_wait);
  EXPECT_EQ(Get(absl::StrCat("/v1/", kPact2019), guard().Token(kReporterOfHealth)), 200);
  StartAgain(Suite::kRegistry);
}

TEST_F(HostilePortalTest, ThousandsOfLinesThatSayNothingAreClosed) {
  std::vector<RawLine> lines;
  for (int i = 0; i < 1000; ++i) lines.emplace_back(suite().address(Suite::kPortal));
  EXPECT_EQ(Get(absl::StrCat("/v1/", kMidYear2019, "/ranking"), ""), 200)
      << "somebody comes all the same";
  for (RawLine& line : lines) EXPECT_FALSE(line.Hears());
}

}  // namespace
}  // namespace thidua::tests
