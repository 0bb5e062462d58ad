#include "services/access/callers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/access/key_server_testlib.h"
#include "services/access/token_testlib.h"
#include "services/domain/fault.h"

namespace thidua::access {
namespace {

using nlohmann::json;

const SigningKey& One() {
  static const auto& key = *new SigningKey(SigningKey::P256("one"));
  return key;
}
const SigningKey& Two() {
  static const auto& key = *new SigningKey(SigningKey::Ed25519("two"));
  return key;
}

constexpr char kPolicy[] = R"pb(
  members {
    callers: "uri:spiffe://thidua/portal"
    callers: "dns:portal.thidua.local"
    grants { role: ROLE_SERVICE }
  }
  members {
    callers: "token:sso|lan"
    units: "units/so-noi-vu"
    grants { role: ROLE_REPORTER on: "blocs/khoi-4" }
  }
  members {
    callers: "group:sso|hoi-dong"
    grants { role: ROLE_COUNCIL }
  }
  members {
    callers: "anyone"
    grants { role: ROLE_READER }
  }
  issuers { issuer: "sso" audiences: "thidua" jwks_file: "keys.json" }
)pb";

json Payload(const char* subject = "lan") {
  return {{"iss", "sso"},
          {"sub", subject},
          {"aud", "thidua"},
          {"exp", absl::ToUnixSeconds(absl::Now()) + 600}};
}
std::string Bearer(const SigningKey& key, const json& payload = Payload()) {
  return absl::StrCat("Bearer ", key.Token(payload.dump()));
}

// The reason that a caller is told; "" for OK.
std::string ReasonOf(const absl::Status& status) {
  if (status.ok()) return "";
  const auto faults = domain::FaultsOf(status);
  return faults.empty() ? status.ToString() : faults[0].reason;
}

// What callers are told, line by line.
class Lines {
 public:
  Callers::Log log() {
    return [this](absl::string_view line) {
      absl::MutexLock lock(&mutex_);
      lines_.emplace_back(line);
    };
  }
  // Waits until so many lines have that in them.
  void Await(absl::string_view text, int lines = 1) {
    absl::MutexLock lock(&mutex_);
    const auto told = [&] { return Count(text) >= lines; };
    ASSERT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&told), absl::Seconds(20)))
        << text << " is not in\n"
        << absl::StrJoin(lines_, "\n");
  }
  std::string all() {
    absl::MutexLock lock(&mutex_);
    return absl::StrJoin(lines_, "\n");
  }
  int count(absl::string_view text) {
    absl::MutexLock lock(&mutex_);
    return Count(text);
  }

 private:
  int Count(absl::string_view text) const {
    int count = 0;
    for (const std::string& line : lines_) count += absl::StrContains(line, text) ? 1 : 0;
    return count;
  }

  absl::Mutex mutex_;
  std::vector<std::string> lines_;
};

class CallersTest : public testing::Test {
 protected:
  void SetUp() override {
    WriteAnew(folder_ / "policy.txt", kPolicy);
    WriteAnew(folder_ / "keys.json", JwksOf({One().Jwk()}));
  }
  // With the policy that lies there.
  void Open() {
    auto callers = Callers::Open(folder_ / "policy.txt", lines_.log());
    ASSERT_TRUE(callers.ok()) << callers.status();
    callers_ = *std::move(callers);
  }
  std::string Refusal(absl::string_view authorization) {
    return ReasonOf(callers_->Identify({}, authorization).status());
  }

  TestFolder folder_;
  Lines lines_;
  std::unique_ptr<Callers> callers_;
};

TEST_F(CallersTest, AreKnownByCertificateOrByToken) {
  Open();
  const std::string portal = "uri:spiffe://thidua/portal";
  for (int again = 0; again < 2; ++again) {
    const auto service = callers_->Identify({portal, "dns:x"}, "");
    ASSERT_TRUE(service.ok());
    EXPECT_EQ((*service)->name(), portal);
    EXPECT_TRUE((*service)->HoldsSomewhere(v1::ROLE_SERVICE));

    const auto nobody = callers_->Identify({}, "");
    ASSERT_TRUE(nobody.ok());
    EXPECT_FALSE((*nobody)->known());
    EXPECT_TRUE((*nobody)->HoldsSomewhere(v1::ROLE_READER));

    json payload = Payload();
    payload["groups"] = {"hoi-dong"};
    const auto lan = callers_->Identify({}, Bearer(One(), payload));
    ASSERT_TRUE(lan.ok()) << lan.status() << lines_.all();
    EXPECT_EQ((*lan)->name(), "token:sso|lan");
    EXPECT_TRUE((*lan)->IsOfficialOf("units/so-noi-vu"));
    EXPECT_TRUE((*lan)->Holds(v1::ROLE_COUNCIL, "blocs/khoi-4"));
  }
}

TEST_F(CallersTest, ATokenAloneSaysWhoCalls) {
  Open();
  const std::string portal = "uri:spiffe://thidua/portal";
  const auto lan = callers_->Identify({portal}, Bearer(One()));
  ASSERT_TRUE(lan.ok());
  EXPECT_FALSE((*lan)->HoldsSomewhere(v1::ROLE_SERVICE));
  EXPECT_EQ(ReasonOf(callers_->Identify({portal}, Bearer(Two())).status()), "TOKEN_REFUSED")
      << "nor does a bad one fall back on the certificate";
}

TEST_F(CallersTest, NamesThatCouldBeJoinedAlikeAreKeptApart) {
  Open();
  const std::vector<std::string> lists[] = {
      {"uri:a", "uri:b"}, {"uri:auri:b"}, {"uri:a5:uri:b"}, {"dns:a", "uri:b"}};
  std::vector<std::string> names;
  for (const auto& list : lists) names.push_back((*callers_->Identify(list, ""))->name());
  EXPECT_EQ(names, (std::vector<std::string>{"uri:a", "uri:auri:b", "uri:a5:uri:b", "uri:b"}));
}

TEST_F(CallersTest, TheHeaderIsABearersWithOneToken) {
  Open();
  const std::string token = One().Token(Payload().dump());
  for (const char* scheme : {"Bearer ", "bearer ", "BEARER "}) {
    EXPECT_EQ(Refusal(absl::StrCat(scheme, token)), "") << scheme;
  }
  const std::string refused[] = {
      token,
      absl::StrCat("Bearer", token),
      absl::StrCat("Basic ", token),
      absl::StrCat("Token ", token),
      absl::StrCat(" Bearer ", token),
      absl::StrCat("Bearer  ", token),
      absl::StrCat("Bearer\t", token),
      absl::StrCat("Bearer ", token, " "),
      absl::StrCat("Bearer ", token, ",Bearer ", token),
      absl::StrCat("Bearer ", token, ", ", token),
      absl::StrCat("Bearer ", token, " ", token),
      absl::StrCat("Bearer Bearer ", token),
      absl::StrCat("Bearer \"", token, "\""),
      "Bearer",
      "Bearer ",
      " ",
      "Basic YWRtaW46YWRtaW4=",
  };
  for (const std::string& header : refused) EXPECT_EQ(Refusal(header), "TOKEN_REFUSED") << header;
}

TEST_F(CallersTest, OneReasonForAllThatIsWrong) {
  Open();
  json over = Payload();
  over["exp"] = absl::ToUnixSeconds(absl::Now()) - 3600;
  json foreign = Payload();
  foreign["iss"] = "other";
  json audience = Payload();
  audience["aud"] = "other";
  const std::string wrong[] = {
      Bearer(One(), foreign),
      Bearer(One(), audience),
      Bearer(Two()),
      Bearer(SigningKey::P256("one")),
      absl::StrCat("Bearer ", HmacToken(One().PublicPem(), One().Header(), Payload().dump())),
      absl::StrCat("Bearer ", Compact(R"({"alg":"none"})", Payload().dump(), "")),
      absl::StrCat("Bearer ", std::string(1024 * 1024, 'a')),
      absl::StrCat("Bearer ", One().Token(std::string(1024 * 1024, 'a'))),
      "Bearer a.b.c",
  };
  absl::Status first;
  for (const std::string& header : wrong) {
    const absl::Status status = callers_->Identify({}, header).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
    EXPECT_EQ(ReasonOf(status), "TOKEN_REFUSED");
    if (first.ok()) first = status;
    EXPECT_EQ(status, first) << "all are told the same";
  }
  EXPECT_EQ(Refusal(Bearer(One(), over)), "TOKEN_EXPIRED");
}

TEST_F(CallersTest, TheLogSaysWhatWasWrongAndNoMore) {
  Open();
  json audience = Payload();
  audience["aud"] = "other";
  const std::string header = Bearer(One(), audience);
  ASSERT_EQ(Refusal(header), "TOKEN_REFUSED");
  EXPECT_TRUE(absl::StrContains(lines_.all(), "token refused: made for somebody else (aud)"));
  for (int i = 0; i < 2000; ++i) Refusal("Bearer x");
  // Ten a second, were it to take as long as that.
  EXPECT_LT(lines_.count("token refused"), 200);
  EXPECT_FALSE(absl::StrContains(lines_.all(), header.substr(header.size() - 20)));
  EXPECT_FALSE(absl::StrContains(lines_.all(), "lan"));
}

TEST_F(CallersTest, ACachedTokenEndsWhenItIsOver) {
  WriteAnew(folder_ / "policy.txt",
            absl::StrReplaceAll(kPolicy, {{"audiences", "clock_skew_seconds: 0 audiences"}}));
  Open();
  EXPECT_EQ(Refusal(Bearer(One())), "");  // The keys are there before time counts.
  json payload = Payload();
  std::string header, refusal = "TOKEN_EXPIRED";
  absl::Time end;
  // Where a machine is so slow that it is over before it was first looked at, it is made longer.
  for (absl::Duration length = absl::Milliseconds(300);
       refusal == "TOKEN_EXPIRED" && length < absl::Seconds(20); length *= 2) {
    end = absl::Now() + length;
    payload["exp"] = absl::ToDoubleSeconds(end - absl::UnixEpoch());
    header = Bearer(One(), payload);
    refusal = Refusal(header);
  }
  ASSERT_EQ(refusal, "");
  // Its end is a time, and there is nothing else to be awaited.
  absl::SleepFor(end - absl::Now() + absl::Milliseconds(1));
  EXPECT_EQ(Refusal(header), "TOKEN_EXPIRED");
}

TEST_F(CallersTest, RotatedKeysAreTakenWithoutARestart) {
  Open();
  const std::string one = Bearer(One());
  const std::string two = Bearer(Two());
  EXPECT_EQ(Refusal(one), "");
  EXPECT_EQ(Refusal(two), "TOKEN_REFUSED");
  WriteAnew(folder_ / "keys.json", JwksOf({One().Jwk(), Two().Jwk()}));
  lines_.Await("2 usable");
  EXPECT_EQ(Refusal(one), "");
  EXPECT_EQ(Refusal(two), "");
  WriteAnew(folder_ / "keys.json", JwksOf({Two().Jwk()}));
  lines_.Await("1 usable", 2);
  // What is kept of its token goes with the key, in the moment after.
  const absl::Time patience = absl::Now() + absl::Seconds(10);
  while (Refusal(one).empty() && absl::Now() < patience) std::this_thread::yield();
  EXPECT_EQ(Refusal(one), "TOKEN_REFUSED");
  EXPECT_EQ(Refusal(two), "");
}

TEST_F(CallersTest, FaultyKeysLeaveThoseOfBefore) {
  Open();
  EXPECT_EQ(Refusal(Bearer(One())), "");
  WriteAnew(folder_ / "keys.json", "{\"keys\":");
  lines_.Await("not to be had");
  EXPECT_EQ(Refusal(Bearer(One())), "");
  EXPECT_EQ(Refusal(Bearer(One(), Payload("minh"))), "");
}

TEST_F(CallersTest, WithoutKeysTokensWaitAndCertificatesDoNot) {
  std::filesystem::remove(folder_ / "keys.json");
  Open();
  const absl::Status status = callers_->Identify({}, Bearer(One())).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "KEYS_AWAY");
  EXPECT_EQ(ReasonOf(callers_->Identify({}, Bearer(One()), Callers::MayWait::kNo).status()),
            "KEYS_AWAY");
  EXPECT_TRUE(callers_->Identify({"uri:a"}, "").ok());
  WriteAnew(folder_ / "keys.json", JwksOf({One().Jwk()}));
  lines_.Await("1 usable");
  EXPECT_EQ(Refusal(Bearer(One())), "");
}

TEST_F(CallersTest, AChangedPolicyHoldsForThoseWhoAreKnown) {
  Open();
  const std::string header = Bearer(One());
  const std::vector<std::string> portal = {"uri:spiffe://thidua/portal"};
  const auto before = callers_->Identify({}, header);
  ASSERT_TRUE(before.ok());
  ASSERT_TRUE((*callers_->Identify(portal, ""))->HoldsSomewhere(v1::ROLE_SERVICE));
  WriteAnew(folder_ / "policy.txt",
            absl::StrReplaceAll(kPolicy, {{"sso|lan", "sso|minh"}, {"thidua/portal", "x"}}));
  lines_.Await("the access policy has changed");
  const auto after = callers_->Identify({}, header);
  ASSERT_TRUE(after.ok());
  EXPECT_FALSE((*after)->HoldsSomewhere(v1::ROLE_REPORTER));
  EXPECT_EQ((*after)->name(), "token:sso|lan") << "known still, under its own name";
  EXPECT_FALSE((*callers_->Identify(portal, ""))->HoldsSomewhere(v1::ROLE_SERVICE));
  EXPECT_TRUE((*before)->HoldsSomewhere(v1::ROLE_REPORTER)) << "a call goes on as it began";

  // An issuer whose tokens are no longer taken.
  WriteAnew(folder_ / "policy.txt", R"pb(members {
                                           callers: "uri:a"
                                           grants { role: ROLE_READER }
                                         })pb");
  lines_.Await("the access policy has changed", 2);
  EXPECT_EQ(Refusal(header), "TOKEN_REFUSED");
}

TEST_F(CallersTest, AFaultyPolicyChangesNothing) {
  Open();
  const std::vector<std::string> portal = {"uri:spiffe://thidua/portal"};
  WriteAnew(folder_ / "policy.txt",
            absl::StrReplaceAll(kPolicy, {{"uri:spiffe://thidua/portal", "uri:b"},
                                          {"units: \"units/so-noi-vu\"", ""}}));
  lines_.Await("members[1].units: UNITS_REQUIRED");
  EXPECT_TRUE((*callers_->Identify(portal, ""))->HoldsSomewhere(v1::ROLE_SERVICE));
  std::filesystem::remove(folder_ / "policy.txt");
  lines_.Await("the access policy stays as it was", 2);
  EXPECT_TRUE((*callers_->Identify(portal, ""))->HoldsSomewhere(v1::ROLE_SERVICE));
  WriteAnew(folder_ / "policy.txt", absl::StrReplaceAll(kPolicy, {{"thidua/portal", "x"}}));
  lines_.Await("the access policy has changed");
  EXPECT_FALSE((*callers_->Identify(portal, ""))->HoldsSomewhere(v1::ROLE_SERVICE));
}

TEST_F(CallersTest, WithoutASoundPolicyNobodyIsServed) {
  EXPECT_TRUE(absl::IsNotFound(Callers::Open(folder_ / "missing.txt").status()));
  WriteAnew(folder_ / "policy.txt", "members { callers: 'x' }");
  const absl::Status status = Callers::Open(folder_ / "policy.txt").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(domain::FaultsOf(status).size(), 2u);
}

TEST_F(CallersTest, KeysComeFromTheIssuersAddress) {
  absl::Mutex mutex;
  std::string keys = JwksOf({One().Jwk()});
  const ServerCertificate certificate("IP:127.0.0.1");
  WriteAnew(folder_ / "ca.pem", certificate.Pem());
  KeyServer server(
      [&](absl::string_view) {
        absl::MutexLock lock(&mutex);
        return HttpAnswer("200 OK", keys);
      },
      &certificate);
  WriteAnew(folder_ / "policy.txt",
            absl::StrReplaceAll(
                kPolicy, {{R"(jwks_file: "keys.json")",
                           absl::StrCat("jwks_url: '", server.Url("/"), "' ca_file: 'ca.pem'")}}));
  Open();
  EXPECT_EQ(Refusal(Bearer(One())), "");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Refusal(Bearer(Two())), "TOKEN_REFUSED");
  EXPECT_EQ(server.requests(), 1) << "an unknown key is not asked for again at once";
  // A change of the policy elsewhere leaves the keys that are there.
  WriteAnew(folder_ / "policy.txt",
            absl::StrReplaceAll(
                kPolicy, {{R"(jwks_file: "keys.json")",
                           absl::StrCat("jwks_url: '", server.Url("/"), "' ca_file: 'ca.pem'")},
                          {"khoi-4", "khoi-5"}}));
  lines_.Await("the access policy has changed");
  EXPECT_EQ(Refusal(Bearer(One())), "");
  EXPECT_EQ(server.requests(), 1);
}

TEST_F(CallersTest, MayBeAskedByManyWhileAllChanges) {
  Open();
  const std::string one = Bearer(One());
  const std::vector<std::string> portal = {"uri:spiffe://thidua/portal"};
  ASSERT_EQ(Refusal(one), "");
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!over) {
        const auto lan = callers_->Identify({}, one);
        if (!lan.ok() || (*lan)->name() != "token:sso|lan") ++wrong;
        const auto service = callers_->Identify(portal, "");
        if (!service.ok() || !(*service)->HoldsSomewhere(v1::ROLE_SERVICE)) ++wrong;
        if (callers_->Identify({}, Bearer(Two())).ok()) ++wrong;
      }
    });
  }
  WriteAnew(folder_ / "policy.txt", absl::StrCat(kPolicy, "# khác"));
  WriteAnew(folder_ / "keys.json", JwksOf({One().Jwk(), SigningKey::P256("three").Jwk()}));
  lines_.Await("the access policy has changed");
  lines_.Await("2 usable");
  over = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace thidua::access
