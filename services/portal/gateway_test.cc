// The whole portal in one process, before services that the test plays.
#include "services/portal/gateway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/platform/errors.h"
#include "services/platform/local_server_testlib.h"
#include "services/portal/fake_scoring_testlib.h"
#include "services/portal/http_client_testlib.h"
#include "thidua/registry/v1/registry_service.grpc.pb.h"
#include "thidua/results/v1/results_service.grpc.pb.h"

namespace thidua::portal {
namespace {

using nlohmann::json;
using scoring::v1::GetRankingRequest;
using scoring::v1::GetRankingResponse;
using scoring::v1::WatchRankingsRequest;
using scoring::v1::WatchRankingsResponse;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kRanking[] = "/v1/blocs/khoi-4/pacts/2019/periods/nam/ranking";
constexpr char kPut[] = "/v1/blocs/khoi-4/pacts/2019/periods/nam/results:put";
constexpr char kWatch[] = "/v1/rankings:watch";
constexpr char kJson[] = "Content-Type: application/json";

class FakeResults : public results::v1::ResultsService::Service {
 public:
  grpc::Status PutResults(grpc::ServerContext*, const results::v1::PutResultsRequest* request,
                          results::v1::PutResultsResponse* response) override {
    response->set_period_version(request->rows_size());
    response->set_freshness_token(request->request_id());
    return grpc::Status::OK;
  }
  grpc::Status CommitImport(
      grpc::ServerContext*, const results::v1::CommitImportRequest* request,
      grpc::ServerWriter<results::v1::CommitImportResponse>* writer) override {
    if (request->import() != "imports/1") {
      return platform::ToGrpcStatus(platform::Refusal(absl::StatusCode::kNotFound, "import",
                                                      "IMPORT_UNKNOWN", "Không có bản nhập này."));
    }
    for (int i = 0; i < 2; ++i) writer->Write({});
    return grpc::Status::OK;
  }
};

// Takes the tokens that it is told to.
class FakeRegistry : public registry::v1::RegistryService::Service {
 public:
  void Answer(grpc::Status answer) {
    const absl::MutexLock lock(&mutex_);
    answer_ = std::move(answer);
  }
  // What the callers of ListUnits said.
  std::vector<std::string> authorizations() {
    const absl::MutexLock lock(&mutex_);
    return authorizations_;
  }

  grpc::Status ListUnits(grpc::ServerContext* context, const registry::v1::ListUnitsRequest*,
                         registry::v1::ListUnitsResponse*) override {
    const absl::MutexLock lock(&mutex_);
    const auto said = context->client_metadata().find("authorization");
    authorizations_.emplace_back();
    if (said != context->client_metadata().end()) {
      authorizations_.back().assign(said->second.data(), said->second.size());
    }
    return answer_;
  }

 private:
  absl::Mutex mutex_;
  grpc::Status answer_;
  std::vector<std::string> authorizations_;
};

WatchRankingsResponse Removed(const std::string& period, const std::string& token) {
  WatchRankingsResponse event;
  event.set_removed(period);
  event.set_resume_token(token);
  return event;
}

grpc::Status Refused(absl::StatusCode code, const char* reason) {
  return platform::ToGrpcStatus(platform::Refusal(code, "resume_token", reason, "Một câu."));
}

// Until the client has gone, or the server stops.
void AwaitCancelled(grpc::ServerContext& context) {
  while (!context.IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
}

class GatewayTest : public testing::Test {
 protected:
  GatewayTest()
      : scoring_server_(scoring_),
        results_server_(results_),
        registry_server_(registry_),
        routes_(*Routes::Of(Contracts::Embedded())),
        transcoding_(Contracts::Embedded()) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-gateway-XXXXXX").string();
    web_ = mkdtemp(pattern.data());
    std::ofstream(web_ / "index.html") << "first page";
    pages_ = *WebPages::Read(web_);
    Start({}, {});
  }
  ~GatewayTest() override {
    Stop();
    scoring_.EndOwnWatch();
    std::filesystem::remove_all(web_);
  }

  void Start(GatewayOptions options, HttpLimits limits) {
    Stop();
    upstream_ = std::make_unique<Upstream>(
        std::map<std::string, std::string>{{"thidua.registry", registry_server_.address()},
                                           {"thidua.results", results_server_.address()},
                                           {"thidua.scoring", scoring_server_.address()}});
    rankings_ = std::make_unique<ShownRankings>(Contracts::Embedded(), transcoding_,
                                                scoring_server_.NewChannel());
    gateway_ = std::make_unique<Gateway>(Contracts::Embedded(), routes_, transcoding_, *upstream_,
                                         *rankings_, pages_, files_, std::move(options));
    server_ = *HttpServer::Start("127.0.0.1:0", 2, limits, *gateway_);
  }
  void Stop() {
    if (server_ != nullptr) {
      EXPECT_TRUE(server_->Drain(absl::Seconds(10)));
      gateway_->AwaitFiles();
      upstream_->Stop();
    }
    server_ = nullptr;
    gateway_ = nullptr;
    rankings_ = nullptr;
    upstream_ = nullptr;
  }

  HttpReceived Ask(const std::string& verb, const std::string& target,
                   const std::vector<std::string>& headers = {}, const std::string& body = "") {
    return HttpClient(server_->address()).Ask(verb, target, headers, body);
  }
  HttpReceived Get(const std::string& target, const std::vector<std::string>& headers = {}) {
    return Ask("GET", target, headers);
  }
  // "404 NOT_FOUND ROUTE_UNKNOWN"
  static std::string ErrorIn(const HttpReceived& received) {
    const json error = json::parse(received.body)["error"];
    EXPECT_EQ(error["code"], received.status);
    EXPECT_EQ(error["details"][0]["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
    EXPECT_EQ(error["details"][0]["domain"], "thidua");
    return absl::StrCat(received.status, " ", error["status"].get<std::string>(), " ",
                        error["details"][0]["reason"].get<std::string>());
  }
  // Waits until the portal vouches for the ranking, or does not any more.
  void AwaitVouched(bool vouched = true) {
    const absl::Time until = absl::Now() + absl::Seconds(10);
    while (absl::Now() < until) {
      const auto found = rankings_->Find(kRanking);
      if ((found.has_value() && found->vouched) == vouched) return;
      absl::SleepFor(absl::Milliseconds(1));
    }
    ADD_FAILURE() << "vouched is not " << vouched;
  }
  void Show(int revision) {
    scoring_.TellRanking(revision);
    scoring_.TellSnapshotEnd();
    const absl::Time until = absl::Now() + absl::Seconds(10);
    while (absl::Now() < until) {
      const auto found = rankings_->Find(kRanking);
      if (found.has_value() && found->vouched &&
          found->ranking->freshness_token() == absl::StrCat("token-", revision)) {
        return;
      }
      absl::SleepFor(absl::Milliseconds(1));
    }
    ADD_FAILURE() << "not shown";
  }

  FakeScoring scoring_;
  FakeResults results_;
  FakeRegistry registry_;
  platform::LocalServer scoring_server_;
  platform::LocalServer results_server_;
  platform::LocalServer registry_server_;
  const Routes routes_;
  const Transcoding transcoding_;
  std::filesystem::path web_;
  const Files files_{platform::Caller({"", "", scoring_server_.address()}, absl::ZeroDuration())};
  WebPages pages_;
  std::unique_ptr<Upstream> upstream_;
  std::unique_ptr<ShownRankings> rankings_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(GatewayTest, ARankingInSightIsAnsweredFromMemory) {
  Show(1);
  const HttpReceived first = Get(kRanking);
  EXPECT_EQ(first.status, 200u);
  const json answer = json::parse(first.body);
  EXPECT_EQ(answer["ranking"]["revision"], "1001");
  EXPECT_EQ(answer["stale"], false);
  EXPECT_FALSE(answer.contains("record"));
  EXPECT_EQ(first.header("Cache-Control"), kRankingCacheControl);
  const std::string etag = first.header("ETag");
  for (const std::string& held : {etag, absl::StrCat("\"x\", ", etag), etag.substr(2)}) {
    const HttpReceived again = Get(kRanking, {absl::StrCat("If-None-Match: ", held)});
    EXPECT_EQ(again.status, 304u) << held;
    EXPECT_EQ(again.header("ETag"), etag);
  }
  const HttpReceived head = Ask("HEAD", kRanking);
  EXPECT_EQ(head.header("Content-Length"), absl::StrCat(first.body.size()));
  EXPECT_EQ(scoring_.asked(), 0);
  Show(2);
  EXPECT_EQ(Get(kRanking, {absl::StrCat("If-None-Match: ", etag)}).status, 200u);
}

TEST_F(GatewayTest, WhatIsAskedForInParticularIsAskedOfScoring) {
  Show(1);
  scoring_.OnGet([](auto&, const GetRankingRequest& request, GetRankingResponse* response) {
    *response = FakeScoring::RankingOf(1);
    response->mutable_ranking()->set_revision(request.revision() + request.freshness_token());
    return grpc::Status::OK;
  });
  for (const char* query : {"?revision=r7", "?freshnessToken=r7", "?freshness_token=r7"}) {
    EXPECT_EQ(json::parse(Get(absl::StrCat(kRanking, query)).body)["ranking"]["revision"], "r7");
  }
  EXPECT_EQ(scoring_.asked(), 3);
}

TEST_F(GatewayTest, WithoutScoringWhatWasKnownIsStaleAndWhatWasNotIsUnavailable) {
  Show(1);
  scoring_.EndOwnWatch();
  AwaitVouched(false);
  const HttpReceived stale = Get(kRanking);
  EXPECT_EQ(stale.status, 200u);
  EXPECT_EQ(json::parse(stale.body)["stale"], true);
  EXPECT_EQ(json::parse(stale.body)["ranking"]["revision"], "1001");
  EXPECT_EQ(Get(kRanking, {absl::StrCat("If-None-Match: ", stale.header("ETag"))}).status, 304u);
  EXPECT_EQ(Get("/v1/blocs/khoi%2D4/pacts/2019/periods/nam/ranking").status, 200u)
      << "the same, written otherwise";
  const HttpReceived never = Get("/v1/blocs/other/pacts/2019/periods/nam/ranking");
  EXPECT_EQ(ErrorIn(never), "503 UNAVAILABLE UNAVAILABLE");
  EXPECT_EQ(never.header("Retry-After"), "1");
  // Who asks for something in particular is not told anything else.
  EXPECT_EQ(Get(absl::StrCat(kRanking, "?freshnessToken=t")).status, 503u);
}

TEST_F(GatewayTest, AScoringThatDoesNotAnswerIsNotWaitedForLong) {
  Start({.known_timeout = absl::Milliseconds(100)}, {});
  Show(1);
  scoring_.EndOwnWatch();
  AwaitVouched(false);
  scoring_.OnGet([](grpc::ServerContext& context, auto&, auto*) {
    AwaitCancelled(context);
    return grpc::Status::OK;
  });
  const absl::Time begun = absl::Now();
  EXPECT_EQ(json::parse(Get(kRanking).body)["stale"], true);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
}

TEST_F(GatewayTest, NothingOlderIsShownAfterWhatWasShown) {
  Show(1);
  scoring_.OnGet([](auto&, const auto&, GetRankingResponse* response) {
    *response = FakeScoring::RankingOf(2);
    return grpc::Status::OK;
  });
  // Before the watch has told of it.
  const std::string fresh = Get(absl::StrCat(kRanking, "?freshnessToken=token-2")).body;
  EXPECT_EQ(json::parse(fresh)["ranking"]["revision"], "1002");
  std::string token;
  scoring_.OnGet([&](auto&, const GetRankingRequest& request, GetRankingResponse* response) {
    token = request.freshness_token();
    *response = FakeScoring::RankingOf(2);
    return grpc::Status::OK;
  });
  EXPECT_EQ(json::parse(Get(kRanking).body)["ranking"]["revision"], "1002");
  EXPECT_EQ(token, "token-2");
  scoring_.OnGet(nullptr);
  const json stale = json::parse(Get(kRanking).body);
  EXPECT_EQ(stale["ranking"]["revision"], "1002");
  EXPECT_EQ(stale["stale"], true);
  // A watch that still tells the older one.
  scoring_.TellRanking(1);
  scoring_.TellSnapshotEnd();
  scoring_.TellRanking(2);
  AwaitVouched();
  EXPECT_EQ(json::parse(Get(kRanking).body)["ranking"]["revision"], "1002");
}

TEST_F(GatewayTest, AReplicaThatLagsBehindTakesNothingBack) {
  Show(2);
  // Another replica, whose whole state is older.
  WatchRankingsResponse older, end;
  *older.mutable_ranking() = FakeScoring::RankingOf(1);
  end.mutable_snapshot_end();
  std::string token;
  scoring_.OnGet([&](auto&, const GetRankingRequest& request, GetRankingResponse* response) {
    token = request.freshness_token();
    *response = FakeScoring::RankingOf(2);
    return grpc::Status::OK;
  });
  scoring_.ForgetOwnWatch({older, end});
  AwaitVouched(false);
  EXPECT_EQ(json::parse(Get(kRanking).body)["ranking"]["revision"], "1002");
  EXPECT_EQ(token, "token-2") << "which that replica would wait for";
  scoring_.TellRanking(2);
  AwaitVouched();
}

TEST_F(GatewayTest, AStoreThatWasReplacedIsBelieved) {
  Show(2);
  scoring_.OnGet([](auto&, const GetRankingRequest& request, GetRankingResponse* response) {
    if (!request.freshness_token().empty()) {
      return Refused(absl::StatusCode::kFailedPrecondition, "FRESHNESS_OTHER_STORE");
    }
    *response = FakeScoring::RankingOf(1);
    return grpc::Status::OK;
  });
  scoring_.EndOwnWatch();
  AwaitVouched(false);
  EXPECT_EQ(json::parse(Get(kRanking).body)["ranking"]["revision"], "1001");
  EXPECT_EQ(ErrorIn(Get(absl::StrCat(kRanking, "?freshnessToken=theirs"))),
            "400 FAILED_PRECONDITION FRESHNESS_OTHER_STORE")
      << "who asks with a token is told";
}

TEST_F(GatewayTest, WhatIsAskedForByItsRevisionIsNotKept) {
  Show(2);
  scoring_.OnGet([](auto&, const GetRankingRequest& request, GetRankingResponse* response) {
    EXPECT_EQ(request.revision(), "1001");
    *response = FakeScoring::RankingOf(1);  // A final; revoked when it is next asked for.
    return grpc::Status::OK;
  });
  const HttpReceived past = Get(absl::StrCat(kRanking, "?revision=1001"));
  EXPECT_EQ(json::parse(past.body)["ranking"]["revision"], "1001");
  EXPECT_EQ(past.header("ETag"), "");
  EXPECT_EQ(past.header("Cache-Control"), "no-store");
  EXPECT_EQ(json::parse(Get(kRanking).body)["ranking"]["revision"], "1002");
}

TEST_F(GatewayTest, APageOfAnotherSiteChangesNothing) {
  const auto put = [this](const std::vector<std::string>& headers) {
    std::vector<std::string> all = {kJson};
    all.insert(all.end(), headers.begin(), headers.end());
    return Ask("POST", kPut, all, "{}").status;
  };
  EXPECT_EQ(put({}), 200u) << "who is no browser";
  EXPECT_EQ(put({"Sec-Fetch-Site: same-origin", "Origin: https://portal"}), 200u);
  EXPECT_EQ(put({"Sec-Fetch-Site: cross-site", "Origin: https://elsewhere"}), 403u);
  EXPECT_EQ(put({"Origin: https://elsewhere"}), 403u);
  EXPECT_EQ(put({"Origin: http://test"}), 200u) << "the host that was asked";
  Start({.allowed_origins = {"https://elsewhere"}}, {});
  EXPECT_EQ(put({"Sec-Fetch-Site: cross-site", "Origin: https://elsewhere"}), 200u);
}

TEST_F(GatewayTest, EventsAreNamedAndCarryTheirToken) {
  scoring_.OnWatch([](auto&, const WatchRankingsRequest& request, FakeScoring::Writer& writer) {
    EXPECT_EQ(request.periods(), kFakePeriod);
    WatchRankingsResponse event;
    *event.mutable_ranking() = FakeScoring::RankingOf(1);
    event.set_resume_token("t1");
    writer.Write(event);
    writer.Write(Removed("a\nb", "t2"));
    event.mutable_snapshot_end();
    event.set_resume_token("t3");
    writer.Write(event);
    event.mutable_bookmark();
    event.set_stale(true);
    event.clear_resume_token();
    writer.Write(event);
    return grpc::Status::OK;
  });
  HttpClient client(server_->address());
  client.Begin("GET", absl::StrCat(kWatch, "?periods=", kFakePeriod));
  const HttpReceived head = client.ReadHead();
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(head.header("Cache-Control"), "no-store");
  EXPECT_EQ(client.NextBlock(), "retry: 2000");
  const auto expect = [&client](const char* name, const char* id, const std::string& in_data) {
    const EventReceived event = client.NextEvent();
    EXPECT_EQ(event.name, name);
    EXPECT_EQ(event.id, id);
    EXPECT_TRUE(json::parse(event.data).contains(name)) << event.data;
    EXPECT_THAT(event.data, HasSubstr(in_data));
  };
  expect("ranking", "t1", R"("revision":"1001")");
  expect("removed", "t2", R"("removed":"a\nb")");
  expect("snapshotEnd", "t3", R"("stale":false)");
  expect("bookmark", "", R"("stale":true)");
  EXPECT_EQ(client.NextEvent().name, "");
  EXPECT_TRUE(client.ended_whole());
}

TEST_F(GatewayTest, SilenceIsFilledWithComments) {
  Start({.heartbeat = absl::Milliseconds(20)}, {});
  scoring_.OnWatch([](grpc::ServerContext& context, auto&, auto&) {
    AwaitCancelled(context);
    return grpc::Status::OK;
  });
  HttpClient client(server_->address());
  client.Begin("GET", kWatch);
  client.ReadHead();
  EXPECT_EQ(client.NextBlock(), "retry: 2000");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.NextBlock(), ": ");
}

TEST_F(GatewayTest, WhoComesBackGoesOnOrStartsAgain) {
  scoring_.OnWatch([](auto&, const WatchRankingsRequest& request, FakeScoring::Writer& writer) {
    if (request.resume_token() == "forgotten") {
      return Refused(absl::StatusCode::kOutOfRange, "RESUME_TOKEN_EXPIRED");
    }
    writer.Write(Removed(absl::StrCat("from ", request.resume_token()), ""));
    return grpc::Status::OK;
  });
  const auto first_events = [this](const std::string& target, const std::string& header) {
    HttpClient client(server_->address());
    client.Begin("GET", target, header.empty() ? std::vector<std::string>() : std::vector{header});
    client.ReadHead();
    const EventReceived event = client.NextEvent();
    return absl::StrCat(event.name, " ", event.data, " ", client.NextEvent().data);
  };
  EXPECT_THAT(first_events(kWatch, "Last-Event-ID: t1"), HasSubstr("\"from t1\""));
  const std::string given = absl::StrCat(kWatch, "?resumeToken=t0");
  EXPECT_THAT(first_events(given, ""), HasSubstr("\"from t0\""));
  // EventSource comes back to the address that it was made with.
  EXPECT_THAT(first_events(given, "Last-Event-ID: t1"), HasSubstr("\"from t1\""));
  EXPECT_THAT(first_events(kWatch, "Last-Event-ID: forgotten"),
              AllOf(testing::StartsWith("restart {}"), HasSubstr("\"from \"")));
  EXPECT_EQ(ErrorIn(Get(absl::StrCat(kWatch, "?resumeToken=forgotten"))),
            "400 OUT_OF_RANGE RESUME_TOKEN_EXPIRED");
}

TEST_F(GatewayTest, WhatIsRefusedBeforeTheFirstEventIsToldByStatus) {
  scoring_.OnWatch([](auto&, auto&, auto&) {
    return Refused(absl::StatusCode::kResourceExhausted, "TOO_MANY_WATCHES");
  });
  EXPECT_EQ(ErrorIn(Get(kWatch)), "429 RESOURCE_EXHAUSTED TOO_MANY_WATCHES");
  scoring_server_.Stop();
  EXPECT_EQ(ErrorIn(Get(kWatch)), "503 UNAVAILABLE UNAVAILABLE");
}

TEST_F(GatewayTest, AnErrorInTheMiddleIsAnEvent) {
  scoring_.OnWatch([](auto&, auto&, FakeScoring::Writer& writer) {
    writer.Write(Removed("x", "t1"));
    return Refused(absl::StatusCode::kUnavailable, "SHUTTING_DOWN");
  });
  HttpClient client(server_->address());
  client.Begin("GET", kWatch);
  EXPECT_EQ(client.ReadHead().status, 200u);
  EXPECT_EQ(client.NextEvent().name, "removed");
  const EventReceived event = client.NextEvent();
  EXPECT_EQ(event.name, "error");
  EXPECT_EQ(event.id, "");
  const json error = json::parse(event.data)["error"];
  EXPECT_EQ(error["code"], 503);
  EXPECT_EQ(error["message"], "Một câu.");
  EXPECT_EQ(client.NextEvent().name, "");
  EXPECT_TRUE(client.ended_whole());
}

TEST_F(GatewayTest, AReaderThatGoesLeavesNoWatchBehind) {
  for (const bool killed : {false, true}) {
    absl::Notification cancelled;
    scoring_.OnWatch([&](grpc::ServerContext& context, auto&, FakeScoring::Writer& writer) {
      writer.Write(Removed("x", "t1"));
      AwaitCancelled(context);
      cancelled.Notify();
      return grpc::Status::OK;
    });
    HttpClient client(server_->address());
    client.Begin("GET", kWatch);
    client.ReadHead();
    EXPECT_EQ(client.NextEvent().name, "removed");
    killed ? client.Reset() : client.Close();
    EXPECT_TRUE(cancelled.WaitForNotificationWithTimeout(absl::Seconds(5)));
  }
}

TEST_F(GatewayTest, ASlowReaderHoldsTheServiceBackAndNothingIsPiledUp) {
  Start({}, {.write = absl::Milliseconds(200)});
  std::atomic<int> written = 0;
  absl::Notification over;
  scoring_.OnWatch([&](auto&, auto&, FakeScoring::Writer& writer) {
    while (written < 1000 && writer.Write(Removed(std::string(1024 * 1024, 'x'), ""))) ++written;
    over.Notify();
    return grpc::Status::OK;
  });
  HttpClient client(server_->address(), 4096);
  client.Begin("GET", kWatch);
  EXPECT_TRUE(over.WaitForNotificationWithTimeout(absl::Seconds(10)));
  EXPECT_LT(written, 40);  // What kernel and HTTP/2 take on the way: some megabytes.
}

TEST_F(GatewayTest, AReaderGetsEveryEventInOrder) {
  scoring_.OnWatch([](auto&, auto&, FakeScoring::Writer& writer) {
    for (int i = 0; i < 2000; ++i) writer.Write(Removed(std::string(1000, 'x'), absl::StrCat(i)));
    return grpc::Status::OK;
  });
  HttpClient client(server_->address());
  client.Begin("GET", kWatch);
  client.ReadHead();
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(client.NextEvent().id, absl::StrCat(i));
  EXPECT_EQ(client.NextEvent().name, "");
}

TEST_F(GatewayTest, AStreamThatIsPostedIsTheSame) {
  HttpClient client(server_->address());
  client.Begin("POST", "/v1/imports/1:commit", {kJson}, "{}");
  EXPECT_EQ(client.ReadHead().header("Content-Type"), "text/event-stream");
  EXPECT_EQ(client.NextEvent().name, "message");
  EXPECT_EQ(client.NextEvent().name, "message");
  EXPECT_EQ(client.NextEvent().name, "");
  EXPECT_EQ(ErrorIn(Ask("POST", "/v1/imports/2:commit", {kJson}, "{}")),
            "404 NOT_FOUND IMPORT_UNKNOWN");
}

TEST_F(GatewayTest, TheTraceGoesOn) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  Get(kRanking, {absl::StrCat("traceparent: ", trace)});
  scoring_.OnWatch([](auto&, auto&, auto&) { return grpc::Status::OK; });
  Get(kWatch, {absl::StrCat("traceparent: ", trace)});
  Get(kRanking);
  const auto traces = scoring_.traceparents();
  ASSERT_EQ(traces.size(), 3u);
  EXPECT_EQ(traces[0], trace);
  EXPECT_EQ(traces[1], trace);
  EXPECT_THAT(traces[2], AllOf(Not(trace), testing::StartsWith("00-")));
}

TEST_F(GatewayTest, WhoAsksGoesOnWithEveryCall) {
  scoring_.OnGet([](auto&, auto&, GetRankingResponse* response) {
    *response = FakeScoring::RankingOf(1);
    return grpc::Status::OK;
  });
  scoring_.OnWatch([](auto&, auto&, auto&) { return grpc::Status::OK; });
  struct Case {
    std::vector<std::string> headers;
    std::string said;
  };
  const Case cases[] = {
      {{}, ""},
      {{"Authorization: Bearer a.b.c"}, "Bearer a.b.c"},
      {{"authorization: Basic dXNlcg=="}, "Basic dXNlcg=="},  // The services judge, not the portal.
      {{"Cookie: x=1; thidua-session=h.p.s; y=2"}, "Bearer h.p.s"},
      {{"Cookie: thidua-session=h.p.s", "Authorization: Bearer a.b.c"}, "Bearer a.b.c"},
      {{"Cookie: thidua-session=rubbish"}, ""},
      {{"Cookie: __Host-thidua-session=h.p.s"}, ""},
      // The cookie is for our own pages, whosever may read the answers.
      {{"Cookie: thidua-session=h.p.s", "Sec-Fetch-Site: same-origin"}, "Bearer h.p.s"},
      {{"Cookie: thidua-session=h.p.s", "Sec-Fetch-Site: same-site"}, ""},
      {{"Cookie: thidua-session=h.p.s", "Origin: https://elsewhere"}, ""},
      {{"Authorization: Bearer a.b.c", "Sec-Fetch-Site: cross-site"}, "Bearer a.b.c"},
  };
  Start({.allowed_origins = {"*"}}, {});
  std::vector<std::string> said;
  for (const Case& one : cases) {
    EXPECT_EQ(Get(absl::StrCat(kRanking, "?freshnessToken=t"), one.headers).status, 200u);
    EXPECT_EQ(Get(kWatch, one.headers).status, 200u);
    EXPECT_EQ(Get("/files/v1/blocs/khoi-4/pacts/2019/periods/nam/ranking.csv", one.headers).status,
              200u);
    said.insert(said.end(), 3, one.said);
  }
  EXPECT_EQ(scoring_.authorizations(), said);
}

// Over a byte that is none of metadata's, gRPC ends the process.
TEST_F(GatewayTest, WhatCannotBePassedOnIsRefused) {
  const HttpReceived odd = Get(kRanking, {"Authorization: Bearer \xC3\xA9"});
  EXPECT_EQ(ErrorIn(odd), "401 UNAUTHENTICATED TOKEN_REFUSED");
  EXPECT_EQ(odd.header("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
  for (const size_t size : {size_t{8 * 1024}, size_t{20 * 1024}}) {
    EXPECT_EQ(
        ErrorIn(Get(kRanking, {absl::StrCat("Authorization: Bearer ", std::string(size, 'x'))})),
        "431 INVALID_ARGUMENT TOO_LONG");
  }
  EXPECT_EQ(scoring_.asked(), 0);
  // The longest that goes through.
  const std::string longest(7 * 1024 - 7, 'x');
  Get(kRanking, {absl::StrCat("Authorization: Bearer ", longest)});
  EXPECT_THAT(scoring_.authorizations(), ElementsAre(absl::StrCat("Bearer ", longest)));
}

TEST_F(GatewayTest, WhatIsAnsweredToSomebodyIsForNobodyElse) {
  scoring_.OnGet([](grpc::ServerContext& context, auto&, GetRankingResponse* response) {
    if (context.client_metadata().count("authorization") == 0) {
      return Refused(absl::StatusCode::kNotFound, "RANKING_UNKNOWN");
    }
    *response = FakeScoring::RankingOf(7);
    return grpc::Status::OK;
  });
  for (const char* header : {"Authorization: Bearer h.p.s", "Cookie: thidua-session=h.p.s"}) {
    const HttpReceived own = Get(kRanking, {header});
    EXPECT_EQ(json::parse(own.body)["ranking"]["revision"], "1007");
    EXPECT_EQ(own.header("ETag"), "");
    EXPECT_EQ(own.header("Cache-Control"), "no-store");
    EXPECT_EQ(own.header("Vary"), "Authorization, Cookie");
    EXPECT_EQ(Get(kRanking, {header, "If-None-Match: *"}).status, 200u);
  }
  EXPECT_FALSE(rankings_->Find(kRanking).has_value());
  EXPECT_EQ(ErrorIn(Get(kRanking)), "404 NOT_FOUND RANKING_UNKNOWN");
  // Nor instead of an error.
  scoring_.OnGet(nullptr);
  EXPECT_EQ(Get(kRanking).status, 503u);
}

TEST_F(GatewayTest, WhatIsPublicIsTheSameWhoeverAsks) {
  Show(1);
  const HttpReceived others = Get(kRanking);
  const HttpReceived own = Get(kRanking, {"Authorization: Bearer h.p.s"});
  EXPECT_EQ(own.body, others.body);
  EXPECT_EQ(own.header("ETag"), others.header("ETag"));
  EXPECT_EQ(own.header("Vary"), "");
  EXPECT_EQ(scoring_.asked(), 0);
  // Also while scoring is away.
  scoring_.EndOwnWatch();
  AwaitVouched(false);
  EXPECT_EQ(json::parse(Get(kRanking, {"Authorization: Bearer h.p.s"}).body)["stale"], true);
  // What somebody is shown in the meantime takes its place for nobody.
  scoring_.OnGet([](auto&, auto&, GetRankingResponse* response) {
    *response = FakeScoring::RankingOf(7);
    return grpc::Status::OK;
  });
  EXPECT_EQ(json::parse(Get(kRanking, {"Authorization: Bearer h.p.s"}).body)["ranking"]["revision"],
            "1007");
  scoring_.OnGet(nullptr);
  EXPECT_EQ(json::parse(Get(kRanking).body)["ranking"]["revision"], "1001");
}

TEST_F(GatewayTest, ARefusalSaysWhetherATokenIsWanted) {
  struct Case {
    absl::StatusCode code;
    const char* reason;
    const char* error;
    const char* wanted;
  };
  const Case cases[] = {
      {absl::StatusCode::kUnauthenticated, "NOT_SIGNED_IN", "401 UNAUTHENTICATED NOT_SIGNED_IN",
       "Bearer"},
      {absl::StatusCode::kUnauthenticated, "TOKEN_REFUSED", "401 UNAUTHENTICATED TOKEN_REFUSED",
       "Bearer error=\"invalid_token\""},
      {absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED", "401 UNAUTHENTICATED TOKEN_EXPIRED",
       "Bearer error=\"invalid_token\""},
      {absl::StatusCode::kPermissionDenied, "NOT_ALLOWED", "403 PERMISSION_DENIED NOT_ALLOWED", ""},
  };
  for (const Case& one : cases) {
    scoring_.OnGet([&](auto&, auto&, auto*) { return Refused(one.code, one.reason); });
    scoring_.OnWatch([&](auto&, auto&, auto&) { return Refused(one.code, one.reason); });
    for (const char* target :
         {kRanking, kWatch, "/files/v1/blocs/khoi-4/pacts/2019/periods/nam/ranking.csv"}) {
      const HttpReceived refused = Get(target);
      EXPECT_EQ(ErrorIn(refused), one.error) << target;
      EXPECT_EQ(refused.header("WWW-Authenticate"), one.wanted) << target;
      EXPECT_EQ(refused.header("Cache-Control"), "no-store");
      EXPECT_EQ(refused.header("Vary"), "Authorization, Cookie");
    }
  }
}

constexpr char kRankingTable[] = "/files/v1/blocs/khoi-4/pacts/2019/periods/nam/ranking.csv";
constexpr char kOtherRanking[] = "/v1/blocs/other/pacts/2019/periods/nam/ranking";

TEST_F(GatewayTest, OneVisitorsStreamsLeaveRoomForOthers) {
  const auto watch = [this](const std::vector<std::string>& headers = {}) {
    auto client = std::make_unique<HttpClient>(server_->address());
    client->Begin("GET", kWatch, headers);
    EXPECT_EQ(client->ReadHead().status, 200u);
    EXPECT_EQ(client->NextEvent().name, "removed");
    return client;
  };
  scoring_.OnWatch([](grpc::ServerContext& context, auto&, FakeScoring::Writer& writer) {
    writer.Write(Removed("x", "t1"));
    AwaitCancelled(context);
    return grpc::Status::OK;
  });
  const VisitorLimitsConfig cases[] = {
      {.streams_per_address = 2},
      {.streams = 2},
      {.streams = 2, .streams_per_address = 1, .behind_proxy = true}};
  for (const VisitorLimitsConfig& visitors : cases) {
    Start({.visitors = visitors}, {});
    std::vector<std::unique_ptr<HttpClient>> open;
    open.push_back(watch());
    open.push_back(watch());
    for (int i = 0; i < 2; ++i) {
      const HttpReceived refused = Get(kWatch);
      EXPECT_EQ(ErrorIn(refused), "429 RESOURCE_EXHAUSTED TOO_MANY_STREAMS");
      EXPECT_EQ(refused.header("Retry-After"), "1");
    }
    open.push_back(watch({"Authorization: Bearer h.p.s"}));
    Show(1);
    EXPECT_EQ(Get(kRanking).status, 200u) << "from memory";
    // Whoever goes makes room. For the events of a HEAD nobody waits.
    open.erase(open.begin());
    const absl::Time until = absl::Now() + absl::Seconds(10);
    while (Ask("HEAD", kWatch).status == 429 && absl::Now() < until) {
    }
    EXPECT_LT(absl::Now(), until);
  }
}

TEST_F(GatewayTest, VisitorsCallsAreBoundedAltogether) {
  Start({.known_timeout = absl::Seconds(30), .visitors = {.calls = 1}}, {});
  Show(1);
  scoring_.EndOwnWatch();
  AwaitVouched(false);
  absl::Notification asked, let_go;
  scoring_.OnGet([&](grpc::ServerContext& context, auto&, GetRankingResponse* response) {
    if (context.client_metadata().count("authorization") == 0) {
      asked.Notify();
      let_go.WaitForNotification();
    }
    *response = FakeScoring::RankingOf(2);
    return grpc::Status::OK;
  });
  std::thread first([this] { EXPECT_EQ(Get(kOtherRanking).status, 200u); });
  asked.WaitForNotification();
  for (const char* target : {kOtherRanking, kRankingTable, "/v1/units"}) {
    const HttpReceived refused = Get(target);
    EXPECT_EQ(ErrorIn(refused), "429 RESOURCE_EXHAUSTED TOO_MANY_CALLS") << target;
    EXPECT_EQ(refused.header("Retry-After"), "1");
    EXPECT_EQ(Get(target, {"Authorization: Bearer h.p.s"}).status, 200u) << target;
  }
  const json known = json::parse(Get(kRanking).body);
  EXPECT_EQ(known["stale"], true) << "rather than an error";
  EXPECT_EQ(known["ranking"]["revision"], "1001");
  let_go.Notify();
  first.join();
  EXPECT_EQ(Get("/v1/units").status, 200u);
}

TEST_F(GatewayTest, CredentialsThatAreRefusedTooOftenAreNotPassedOn) {
  const grpc::Status refused = Refused(absl::StatusCode::kUnauthenticated, "TOKEN_REFUSED");
  registry_.Answer(refused);
  scoring_.OnGet([&](grpc::ServerContext& context, auto&, GetRankingResponse* response) {
    *response = FakeScoring::RankingOf(1);
    return context.client_metadata().count("authorization") == 0 ? grpc::Status::OK : refused;
  });
  scoring_.OnWatch([&](auto&, auto&, auto&) { return refused; });
  const std::vector<std::string> token = {"Authorization: Bearer h.p.s"};
  const std::function<HttpReceived()> cases[] = {
      [&] { return Get(kRanking, token); },
      [&] { return Get(kRanking, {"Cookie: thidua-session=h.p.s"}); },
      [&] { return Get(kWatch, token); },
      [&] { return Get(kRankingTable, token); },
      [&] { return Ask("POST", "/session", {kJson}, R"({"token": "h.p.s"})"); },
  };
  for (size_t i = 0; i < std::size(cases); ++i) {
    Start({.visitors = {.refusals = {0.001, 2}}}, {});
    for (int n = 0; n < 2; ++n) {
      EXPECT_EQ(ErrorIn(cases[i]()), "401 UNAUTHENTICATED TOKEN_REFUSED") << i;
    }
    const size_t passed_on = scoring_.authorizations().size() + registry_.authorizations().size();
    for (size_t other = 0; other < std::size(cases); ++other) {
      const HttpReceived deaf = cases[other]();
      EXPECT_EQ(ErrorIn(deaf), "429 RESOURCE_EXHAUSTED TOO_MANY_REFUSALS") << i << " " << other;
      EXPECT_NE(deaf.header("Retry-After"), "");
    }
    EXPECT_EQ(scoring_.authorizations().size() + registry_.authorizations().size(), passed_on);
    EXPECT_EQ(Get(kOtherRanking).status, 200u) << "who says nothing is no worse off";
  }
  // What is refused to somebody who is known, or to nobody, is not counted.
  Start({.visitors = {.refusals = {0.001, 1}}}, {});
  registry_.Answer(Refused(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  for (int n = 0; n < 3; ++n) EXPECT_EQ(Get("/v1/units", token).status, 403u);
  registry_.Answer(Refused(absl::StatusCode::kUnauthenticated, "NOT_SIGNED_IN"));
  for (int n = 0; n < 3; ++n) EXPECT_EQ(Get("/v1/units").status, 401u);
  EXPECT_EQ(ErrorIn(Get(kRanking, token)), "401 UNAUTHENTICATED TOKEN_REFUSED");
}

constexpr char kSignIn[] = R"({"token": "h.p.s"})";

TEST_F(GatewayTest, ATokenThatAServiceTakesIsKeptByTheBrowser) {
  EXPECT_EQ(Get("/session").body, R"({"signedIn":false,"name":"","expires":"","signOnUrl":""})");
  const HttpReceived in = Ask("POST", "/session", {kJson, "Sec-Fetch-Site: same-origin"}, kSignIn);
  EXPECT_EQ(in.status, 200u);
  EXPECT_EQ(in.header("Set-Cookie"), "thidua-session=h.p.s; Path=/; HttpOnly; SameSite=Strict");
  EXPECT_EQ(in.header("Cache-Control"), "no-store");
  EXPECT_EQ(json::parse(in.body)["signedIn"], true);
  EXPECT_THAT(registry_.authorizations(), ElementsAre("Bearer h.p.s"));
  EXPECT_EQ(json::parse(Get("/session", {"Cookie: thidua-session=h.p.s"}).body)["signedIn"], true);
  const HttpReceived out = Ask("DELETE", "/session", {"Cookie: thidua-session=h.p.s"});
  EXPECT_EQ(out.status, 200u);
  EXPECT_EQ(out.header("Set-Cookie"),
            "thidua-session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
  EXPECT_EQ(json::parse(out.body)["signedIn"], false);

  Start({.secure = true, .sign_on_url = "https://sso.example/?to=thi-dua"}, {});
  EXPECT_EQ(Ask("POST", "/session", {kJson}, kSignIn).header("Set-Cookie"),
            "__Host-thidua-session=h.p.s; Path=/; HttpOnly; SameSite=Strict; Secure");
  EXPECT_EQ(json::parse(Get("/session").body)["signOnUrl"], "https://sso.example/?to=thi-dua");
}

TEST_F(GatewayTest, WhatIsNoSignInSetsNothing) {
  Start({.allowed_origins = {"https://elsewhere"}}, {});
  struct Case {
    std::string verb;
    std::vector<std::string> headers;
    std::string body;
    std::string error;
  };
  const Case cases[] = {
      {"POST", {kJson}, "{", "400 INVALID_ARGUMENT SESSION_UNREADABLE"},
      {"POST", {kJson}, R"({"token": "rubbish"})", "400 INVALID_ARGUMENT TOKEN_UNREADABLE"},
      {"POST", {"Content-Type: text/plain"}, kSignIn, "415 INVALID_ARGUMENT CONTENT_TYPE_UNKNOWN"},
      {"POST", {kJson}, std::string(8193, ' '), "413 INVALID_ARGUMENT TOO_LONG"},
      {"POST",
       {kJson, "Sec-Fetch-Site: cross-site"},
       kSignIn,
       "403 PERMISSION_DENIED ORIGIN_NOT_ALLOWED"},
      // Whoever may read the answers may not sign people in.
      {"POST",
       {kJson, "Sec-Fetch-Site: same-site", "Origin: https://elsewhere"},
       kSignIn,
       "403 PERMISSION_DENIED ORIGIN_NOT_ALLOWED"},
      {"DELETE", {"Origin: https://elsewhere"}, "", "403 PERMISSION_DENIED ORIGIN_NOT_ALLOWED"},
      {"GET", {"Origin: https://elsewhere"}, "", "403 PERMISSION_DENIED ORIGIN_NOT_ALLOWED"},
      {"PUT", {kJson}, kSignIn, "405 UNIMPLEMENTED METHOD_NOT_ALLOWED"},
  };
  for (const Case& one : cases) {
    const HttpReceived refused = Ask(one.verb, "/session", one.headers, one.body);
    EXPECT_EQ(ErrorIn(refused), one.error);
    EXPECT_EQ(refused.header("Set-Cookie"), "") << one.error;
    EXPECT_EQ(refused.header("Access-Control-Allow-Credentials"), "");
  }
  EXPECT_THAT(registry_.authorizations(), IsEmpty());

  registry_.Answer(Refused(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED"));
  const HttpReceived expired = Ask("POST", "/session", {kJson}, kSignIn);
  EXPECT_EQ(ErrorIn(expired), "401 UNAUTHENTICATED TOKEN_EXPIRED");
  EXPECT_EQ(expired.header("Set-Cookie"), "");
  registry_server_.Stop();
  const HttpReceived away = Ask("POST", "/session", {kJson}, kSignIn);
  EXPECT_EQ(ErrorIn(away), "503 UNAVAILABLE UNAVAILABLE");
  EXPECT_EQ(away.header("Set-Cookie"), "");
}

TEST_F(GatewayTest, TheKeyOfARequestMayStandInAHeader) {
  const auto put = [this](const std::vector<std::string>& headers, const std::string& body) {
    std::vector<std::string> all = headers;
    all.push_back(kJson);
    return Ask("POST", kPut, all, body);
  };
  const HttpReceived by_header = put({"Idempotency-Key: k1"}, R"({"rows": [{}, {}]})");
  EXPECT_EQ(json::parse(by_header.body)["freshnessToken"], "k1");
  EXPECT_EQ(json::parse(by_header.body)["periodVersion"], "2");
  EXPECT_EQ(by_header.header("Cache-Control"), "no-store");
  const HttpReceived both = put({"Idempotency-Key: k1"}, R"({"requestId": "k1"})");
  EXPECT_EQ(json::parse(both.body)["freshnessToken"], "k1");
  EXPECT_EQ(ErrorIn(put({"Idempotency-Key: k1"}, R"({"requestId": "k2"})")),
            "400 INVALID_ARGUMENT IDEMPOTENCY_KEY_CONTRADICTED");
}

TEST_F(GatewayTest, WhatIsNotAskedRightIsToldWhy) {
  EXPECT_EQ(ErrorIn(Get("/v1/nothing")), "404 NOT_FOUND ROUTE_UNKNOWN");
  EXPECT_EQ(ErrorIn(Get("/v1/%zz")), "404 NOT_FOUND ROUTE_UNKNOWN");
  const HttpReceived wrong_verb = Ask("DELETE", "/v1/units");
  EXPECT_EQ(ErrorIn(wrong_verb), "405 UNIMPLEMENTED METHOD_NOT_ALLOWED");
  EXPECT_EQ(wrong_verb.header("Allow"), "GET, POST");
  EXPECT_EQ(ErrorIn(Ask("POST", "/")), "405 UNIMPLEMENTED METHOD_NOT_ALLOWED");
  EXPECT_EQ(ErrorIn(Ask("POST", kPut, {}, "{}")), "415 INVALID_ARGUMENT CONTENT_TYPE_UNKNOWN");
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "application/jsonx"}) {
    EXPECT_EQ(Ask("POST", kPut, {absl::StrCat("Content-Type: ", type)}, "{}").status, 415u) << type;
  }
  EXPECT_EQ(Ask("POST", kPut, {"content-type: Application/JSON; charset=utf-8"}, "{}").status,
            200u);
  EXPECT_EQ(ErrorIn(Ask("POST", kPut, {kJson}, "{")), "400 INVALID_ARGUMENT JSON_INVALID");
  EXPECT_EQ(ErrorIn(Get(absl::StrCat(kRanking, "?x=1"))), "400 INVALID_ARGUMENT PARAMETER_UNKNOWN");
  EXPECT_EQ(ErrorIn(Get(absl::StrCat(kRanking, "?revision=%FF"))),
            "400 INVALID_ARGUMENT QUERY_UNREADABLE");
  EXPECT_EQ(ErrorIn(Get("/v1/units/x")), "501 UNIMPLEMENTED UNIMPLEMENTED");  // Not by this one.
  EXPECT_EQ(ErrorIn(Get("/gone.js")), "404 NOT_FOUND PAGE_UNKNOWN");
  EXPECT_EQ(ErrorIn(Get("/%2e%2e/%2e%2e/etc/passwd.txt")), "404 NOT_FOUND PAGE_UNKNOWN");
  const HttpReceived field =
      Ask("POST", kPut, {kJson}, R"({"rows": [{"actual": {"value": 1.5}}]})");
  const json details = json::parse(field.body)["error"]["details"];
  EXPECT_EQ(details[1]["fieldViolations"][0]["field"], "rows[0].actual.value");
}

TEST_F(GatewayTest, WhatTheServerRefusesIsToldTheSameWay) {
  HttpClient client(server_->address());
  client.Send("rubbish\r\n\r\n");
  EXPECT_EQ(ErrorIn(client.Read()), "400 INVALID_ARGUMENT REQUEST_UNREADABLE");
  HttpClient large(server_->address());
  large.Send(absl::StrCat("POST ", kPut, " HTTP/1.1\r\nContent-Length: 16777217\r\n\r\n"));
  EXPECT_EQ(ErrorIn(large.Read()), "413 INVALID_ARGUMENT TOO_LONG");
}

TEST_F(GatewayTest, PagesAndProbes) {
  EXPECT_EQ(Get("/").body, "first page");
  EXPECT_EQ(Get("/khoi/khoi-4?x=y").body, "first page");
  EXPECT_EQ(Get("/").header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(Get("/healthz").body, "ok\n");
  EXPECT_EQ(Get("/readyz").status, 200u);
  gateway_->SetNotReady();
  EXPECT_EQ(Get("/readyz").status, 503u);
  EXPECT_EQ(Get("/healthz").status, 200u);
}

TEST_F(GatewayTest, PagesOfOthersReadOnlyWhereTheyAreAllowed) {
  const std::string origin = "Origin: https://dichvucong.example";
  const std::vector<std::string> preflight = {origin, "Access-Control-Request-Method: POST"};
  EXPECT_EQ(Get("/", {origin}).header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(Ask("OPTIONS", kPut, preflight).header("Access-Control-Allow-Origin"), "");
  Start({.allowed_origins = {"https://dichvucong.example"}}, {});
  EXPECT_EQ(Get("/", {origin}).header("Access-Control-Allow-Origin"), "https://dichvucong.example");
  EXPECT_EQ(Get("/", {origin}).header("Vary"), "Accept-Encoding, Origin");
  EXPECT_EQ(Get("/", {"Origin: https://other.example"}).header("Access-Control-Allow-Origin"), "");
  const HttpReceived allowed = Ask("OPTIONS", kPut, preflight);
  EXPECT_EQ(allowed.status, 204u);
  EXPECT_EQ(allowed.header("Access-Control-Allow-Origin"), "https://dichvucong.example");
  EXPECT_THAT(allowed.header("Access-Control-Allow-Headers"), HasSubstr("Idempotency-Key"));
  const HttpReceived other = Ask(
      "OPTIONS", kPut, {"Origin: https://other.example", "Access-Control-Request-Method: POST"});
  EXPECT_EQ(other.header("Access-Control-Allow-Methods"), "");
  Start({.allowed_origins = {"*"}}, {});
  EXPECT_EQ(Get(kRanking, {origin}).header("Access-Control-Allow-Origin"),
            "https://dichvucong.example");
}

}  // namespace
}  // namespace thidua::portal
