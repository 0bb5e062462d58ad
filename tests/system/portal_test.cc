// The portal before the real services: what is read by HTTP is what the services say, also while
// they die and come back, and whoever writes by HTTP is told everything that gRPC would tell.
#include "services/portal/http_client_testlib.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

using nlohmann::json;
using portal::EventReceived;
using portal::HttpClient;
using portal::HttpReceived;
using testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr char kJson[] = "Content-Type: application/json";
const std::string kRanking = absl::StrCat("/v1/", kMidYear2019, "/ranking");
const std::string kPut = absl::StrCat("/v1/", kMidYear2019, "/results:put");

// One suite, loaded once; each test leaves everything running.
class PortalTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite;
    const CommandOutcome load = suite_->Command({"load", Khoi4Folder().string()});
    ASSERT_EQ(load.exit_code, 0) << load.err;
    suite_->FreshRanking();
    suite_->Start(Suite::kPortal);
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static std::string address() { return suite_->address(Suite::kPortal); }
  static HttpReceived Ask(const std::string& verb, const std::string& target,
                          const std::vector<std::string>& headers = {},
                          const std::string& body = "") {
    return HttpClient(address()).Ask(verb, target, headers, body);
  }
  static HttpReceived Get(const std::string& target, const std::vector<std::string>& headers = {}) {
    return Ask("GET", target, headers);
  }
  static std::string Row(int value) {
    return absl::StrCat(R"({"rows": [{"target": ")", kPact2019,
                        R"(/targets/giai-quyet-viec-lam", "actual": {"value": ")", value,
                        R"("}, "correctionReason": "Đếm lại"}])");
  }
  // Comes back when the service stands still.
  static void Stop(Suite::Service service) {
    suite_->Signal(service, SIGSTOP);
    int status = 0;
    EXPECT_EQ(waitpid(suite_->pid(service), &status, WUNTRACED), suite_->pid(service));
    EXPECT_TRUE(WIFSTOPPED(status));
  }
  // Comes back when the portal has begun to read the request.
  static void BeginToWrite(HttpClient& client, const std::string& body) {
    client.Send(absl::StrCat("POST ", kPut, " HTTP/1.1\r\n", kJson,
                             "\r\nExpect: 100-continue\r\nContent-Length: ", body.size(),
                             "\r\n\r\n"));
    EXPECT_EQ(client.Read().status, 100u);
    client.Send(body);
  }
  // The answer of a figure reported by HTTP.
  static json Report(int value) {
    const HttpReceived received = Ask("POST", kPut, {kJson}, Row(value) + "}");
    EXPECT_EQ(received.status, 200u) << received.body;
    return json::parse(received.body);
  }
  // The ranking, once it is vouched for.
  static json Fresh() {
    const absl::Time until = absl::Now() + kPatience;
    while (absl::Now() < until) {
      const HttpReceived received = Get(kRanking);
      if (received.status == 200) {
        json ranking = json::parse(received.body);
        if (ranking["stale"] == false) return ranking;
      }
    }
    ADD_FAILURE() << "no ranking that is not stale";
    return {};
  }
  static std::string RevisionOf(const json& answer) { return answer["ranking"]["revision"]; }
  static json JsonOf(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    std::string text;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &text, options).ok());
    return json::parse(text);
  }
  // "404 NOT_FOUND PERIOD_UNKNOWN", with a sentence for people.
  static std::string ErrorIn(const HttpReceived& received) {
    const json error = json::parse(received.body)["error"];
    EXPECT_EQ(error["code"], received.status);
    EXPECT_FALSE(error["message"].get<std::string>().empty());
    return absl::StrCat(received.status, " ", error["status"].get<std::string>(), " ",
                        error["details"][0]["reason"].get<std::string>());
  }

  static Suite* suite_;
};
Suite* PortalTest::suite_ = nullptr;

TEST_F(PortalTest, WhatIsReadIsWhatTheServiceSays) {
  const json by_http = Fresh();
  EXPECT_EQ(by_http, JsonOf(suite_->Ranking()));
  EXPECT_GT(by_http["ranking"]["rows"].size(), 3u);

  scoring::v1::GetMidYearReviewRequest request;
  request.set_period(kMidYear2019);
  scoring::v1::GetMidYearReviewResponse review;
  grpc::ClientContext context;
  ASSERT_TRUE(suite_->scoring().GetMidYearReview(&context, request, &review).ok());
  EXPECT_EQ(json::parse(Get(absl::StrCat("/v1/", kMidYear2019, "/review")).body), JsonOf(review));

  registry::v1::ListUnitsResponse units;
  registry::v1::ListUnitsRequest page;
  page.set_page_size(2);
  grpc::ClientContext other;
  ASSERT_TRUE(suite_->registry().ListUnits(&other, page, &units).ok());
  EXPECT_EQ(json::parse(Get("/v1/units?pageSize=2").body)["units"], JsonOf(units)["units"]);
}

TEST_F(PortalTest, WhoHasTheRankingIsNotSentItAgain) {
  Fresh();
  const HttpReceived first = Get(kRanking);
  EXPECT_EQ(Get(kRanking, {absl::StrCat("If-None-Match: ", first.header("ETag"))}).status, 304u);
  const json written = Report(17'901);
  Get(absl::StrCat(kRanking, "?freshnessToken=", written["freshnessToken"].get<std::string>()));
  const HttpReceived changed =
      Get(kRanking, {absl::StrCat("If-None-Match: ", first.header("ETag"))});
  EXPECT_EQ(changed.status, 200u);
  EXPECT_NE(changed.header("ETag"), first.header("ETag"));
}

TEST_F(PortalTest, AWriteIsDoneOnceAndReadAtOnce) {
  const std::string body = Row(17'910) + "}";
  const std::vector<std::string> headers = {kJson, "Idempotency-Key: dem-lai-1"};
  const HttpReceived first = Ask("POST", kPut, headers, body);
  ASSERT_EQ(first.status, 200u) << first.body;
  EXPECT_EQ(Ask("POST", kPut, headers, body).body, first.body);
  EXPECT_EQ(Ask("POST", kPut, headers, Row(17'911) + "}").status, 400u);
  EXPECT_EQ(ErrorIn(Ask("POST", kPut, headers, Row(17'911) + "}")),
            "400 INVALID_ARGUMENT REQUEST_ID_REUSED");
  for (int i = 0; i < 20; ++i) {
    const json written = Report(17'920 + i);
    const std::string token = written["freshnessToken"];
    const json read = json::parse(Get(absl::StrCat(kRanking, "?freshnessToken=", token)).body);
    EXPECT_GE(std::stoll(read["ranking"]["periodVersion"].get<std::string>()),
              std::stoll(written["periodVersion"].get<std::string>()));
    // And nobody is shown less from now on.
    EXPECT_GE(RevisionOf(json::parse(Get(kRanking).body)), RevisionOf(read));
  }
}

TEST_F(PortalTest, WhatIsOnlyTriedChangesNothing) {
  const json before = Report(17'930);
  const HttpReceived tried = Ask("POST", kPut, {kJson}, Row(17'931) + R"(, "validateOnly": true})");
  ASSERT_EQ(tried.status, 200u) << tried.body;
  EXPECT_EQ(json::parse(tried.body)["outcomes"][0]["kind"], "KIND_UPDATED");
  EXPECT_EQ(Report(17'930)["periodVersion"], before["periodVersion"]);
}

TEST_F(PortalTest, ErrorsAreToldInFull) {
  const HttpReceived row = Ask("POST", kPut, {kJson}, R"({"rows": [{"target": "x"}]})");
  EXPECT_EQ(row.status, 400u);
  const json error = json::parse(row.body)["error"];
  EXPECT_EQ(error["status"], "INVALID_ARGUMENT");
  EXPECT_EQ(error["details"][0]["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
  EXPECT_EQ(error["details"][0]["domain"], "thidua");
  EXPECT_EQ(error["details"][1]["@type"], "type.googleapis.com/google.rpc.BadRequest");
  EXPECT_THAT(error["details"][1]["fieldViolations"][0]["field"].get<std::string>(),
              HasSubstr("rows[0]"));
  EXPECT_EQ(error["details"][2]["locale"], "vi");
  EXPECT_EQ(error["details"][2]["message"], error["message"]);
  EXPECT_THAT(error["message"].get<std::string>(), testing::ContainsRegex("[^ -~]"));

  EXPECT_EQ(ErrorIn(Get("/v1/blocs/nobody/pacts/2019/periods/nam/ranking")),
            "404 NOT_FOUND PERIOD_UNKNOWN");
  // One that is there already, as something else.
  const json unit = json::parse(Get("/v1/units?pageSize=1").body)["units"][0];
  const json other = {
      {"name", unit["name"]}, {"displayName", "Đơn vị khác"}, {"kind", unit["kind"]}};
  const HttpReceived twice = Ask("POST", "/v1/units", {kJson}, other.dump());
  EXPECT_EQ(twice.status, 409u) << twice.body;
}

TEST_F(PortalTest, AWatchTellsGoesOnAndStartsAgain) {
  const std::string target = absl::StrCat("/v1/rankings:watch?periods=", kMidYear2019);
  std::string last_id;
  // Past bookmarks.
  const auto next = [&last_id](HttpClient& client) {
    EventReceived event;
    do {
      event = client.NextEvent();
      if (!event.id.empty()) last_id = event.id;
    } while (event.name == "bookmark");
    return event;
  };
  {
    HttpClient client(address());
    client.Begin("GET", target);
    EXPECT_EQ(client.ReadHead().status, 200u);
    const EventReceived first = next(client);
    EXPECT_EQ(first.name, "ranking");
    EXPECT_GT(json::parse(first.data)["ranking"]["ranking"]["rows"].size(), 3u);
    EXPECT_EQ(next(client).name, "snapshotEnd");
    const json written = Report(17'940);
    EventReceived change;
    do {
      change = next(client);
      ASSERT_EQ(change.name, "ranking");
    } while (
        std::stoll(
            json::parse(change.data)["ranking"]["ranking"]["periodVersion"].get<std::string>()) <
        std::stoll(written["periodVersion"].get<std::string>()));
  }
  {
    HttpClient client(address());
    client.Begin("GET", target, {absl::StrCat("Last-Event-ID: ", last_id)});
    EXPECT_EQ(client.ReadHead().status, 200u);
    EXPECT_EQ(next(client).name, "snapshotEnd");  // It has missed nothing.
    Report(17'941);
    EXPECT_EQ(next(client).name, "ranking");
  }
  suite_->Kill(Suite::kScoring, SIGKILL);
  suite_->Start(Suite::kScoring);
  Fresh();
  HttpClient client(address());
  client.Begin("GET", target, {absl::StrCat("Last-Event-ID: ", last_id)});
  EXPECT_EQ(client.ReadHead().status, 200u);
  EXPECT_EQ(next(client).name, "restart");
  EXPECT_EQ(next(client).name, "ranking");
}

TEST_F(PortalTest, WithoutScoringWhatIsKnownIsToldAsStale) {
  json known, told;
  absl::Time stopped;
  // Once its own watch has come as far, the portal asks nobody.
  const absl::Time until = absl::Now() + kPatience;
  do {
    suite_->Signal(Suite::kScoring, SIGCONT);
    known = Fresh();
    Stop(Suite::kScoring);
    stopped = absl::Now();
    told = json::parse(Get(kRanking).body);
  } while (told["stale"] == true && absl::Now() < until);
  EXPECT_EQ(told, known) << "from memory";
  absl::Duration longest;
  while (told["stale"] == false && absl::Now() - stopped < kPatience) {
    const absl::Time asked = absl::Now();
    told = json::parse(Get(kRanking).body);
    longest = std::max(longest, absl::Now() - asked);
  }
  EXPECT_EQ(told["stale"], true);
  EXPECT_LT(longest, absl::Seconds(20)) << "as a call may take of which nothing is known";
  RecordProperty("stale_after_ms",
                 static_cast<int>(absl::ToInt64Milliseconds(absl::Now() - stopped)));

  suite_->Kill(Suite::kScoring, SIGKILL);
  HttpReceived stale;
  do {
    stale = Get(kRanking);
    ASSERT_EQ(stale.status, 200u);
  } while (json::parse(stale.body)["stale"] == false);
  EXPECT_THAT(stale.header("Cache-Control"), HasSubstr("stale-if-error"));
  EXPECT_EQ(json::parse(stale.body)["ranking"], known["ranking"]);
  const HttpReceived never = Get("/v1/blocs/nobody/pacts/2019/periods/nam/ranking");
  EXPECT_EQ(ErrorIn(never), "503 UNAVAILABLE UNAVAILABLE");
  EXPECT_EQ(never.header("Retry-After"), "1");
  EXPECT_EQ(Get(absl::StrCat("/v1/", kMidYear2019, "/review")).status, 503u);

  suite_->Start(Suite::kScoring);
  EXPECT_EQ(Fresh()["ranking"]["rows"], known["ranking"]["rows"]);
}

TEST_F(PortalTest, NothingOlderIsShownWhileScoringDiesAndComesBack) {
  Fresh();
  std::atomic<bool> done = false;
  std::atomic<int> read = 0, stale = 0;
  std::thread reader([&] {
    std::string seen;
    HttpClient client(address());
    while (!done) {
      const HttpReceived received = client.Ask("GET", kRanking);
      ASSERT_EQ(received.status, 200u) << received.body;
      const json answer = json::parse(received.body);
      const std::string revision = RevisionOf(answer);
      ASSERT_GE(revision, seen);
      seen = revision;
      ++read;
      if (answer["stale"] == true) ++stale;
    }
  });
  json written;
  for (int i = 0; i < 5; ++i) {
    for (int k = 0; k < 5; ++k) written = Report(18'000 + 10 * i + k);
    suite_->Kill(Suite::kScoring, SIGKILL);
    written = Report(18'000 + 10 * i + 5);
    const int stale_before = stale;
    const absl::Time until = absl::Now() + kPatience;
    while (stale == stale_before && absl::Now() < until) absl::SleepFor(absl::Milliseconds(1));
    suite_->Start(Suite::kScoring);
    written = Report(18'000 + 10 * i + 6);
    const HttpReceived fresh = Get(
        absl::StrCat(kRanking, "?freshnessToken=", written["freshnessToken"].get<std::string>()));
    if (fresh.status != 200) continue;  // Its line is not there again yet.
    EXPECT_GE(json::parse(fresh.body)["ranking"]["periodVersion"].get<std::string>(),
              written["periodVersion"].get<std::string>());
  }
  suite_->Ranking(written["freshnessToken"]);
  json last;
  const absl::Time until = absl::Now() + kPatience;
  do {
    last = Fresh();
  } while (last["ranking"]["periodVersion"] != written["periodVersion"] && absl::Now() < until);
  EXPECT_EQ(last["ranking"]["periodVersion"], written["periodVersion"]);
  done = true;
  reader.join();
  EXPECT_GT(read, 100);
  EXPECT_GT(stale, 0);
}

TEST_F(PortalTest, PagesOfOthersReadItOnlyWhereTheyMay) {
  const std::string origin = "Origin: https://dichvucong.example";
  EXPECT_EQ(Get(kRanking, {origin}).header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(suite_->Kill(Suite::kPortal, SIGTERM), 0);
  suite_->Start(Suite::kPortal, {"--cors_origins=https://dichvucong.example"});
  EXPECT_EQ(Get(kRanking, {origin}).header("Access-Control-Allow-Origin"),
            "https://dichvucong.example");
  EXPECT_EQ(suite_->Kill(Suite::kPortal, SIGTERM), 0);
  suite_->Start(Suite::kPortal);
  Fresh();
}

TEST_F(PortalTest, AnEndBreaksNothingOff) {
  HttpClient idle(address()), watching(address()), writing(address());
  EXPECT_EQ(idle.Ask("GET", "/readyz").status, 200u);
  watching.Begin("GET", "/v1/rankings:watch");
  watching.ReadHead();
  EXPECT_EQ(watching.NextEvent().name, "ranking");
  Stop(Suite::kResults);
  BeginToWrite(writing, Row(19'000) + "}");
  suite_->Signal(Suite::kPortal, SIGTERM);
  EXPECT_TRUE(idle.AwaitEnd());
  // What is under way has some seconds from here on.
  suite_->Signal(Suite::kResults, SIGCONT);
  while (!watching.NextEvent().name.empty()) {
  }
  EXPECT_TRUE(watching.ended_whole());
  const HttpReceived written = writing.Read();
  EXPECT_EQ(written.status, 200u) << written.body;
  EXPECT_EQ(suite_->Kill(Suite::kPortal, SIGTERM), 0);
  suite_->Start(Suite::kPortal);
}

TEST_F(PortalTest, AnEndDoesNotWaitForWhoNeverAnswers) {
  Report(19'001);  // The portal's line to it is there.
  Stop(Suite::kResults);
  HttpClient writing(address());
  BeginToWrite(writing, Row(19'002) + "}");
  EXPECT_EQ(suite_->Kill(Suite::kPortal, SIGTERM), 0);
  EXPECT_EQ(writing.Read().status, 0u);
  suite_->Signal(Suite::kResults, SIGCONT);
  suite_->Start(Suite::kPortal);
}

}  // namespace
}  // namespace thidua::tests
