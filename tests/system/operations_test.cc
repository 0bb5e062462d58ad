// How the suite tells those who run it how it is: metrics, health, and one id from the portal to
// the store.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/platform/certificates_testlib.h"
#include "services/platform/health_testlib.h"
#include "services/portal/http_client_testlib.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr Suite::Service kProcesses[] = {Suite::kRegistry, Suite::kResults, Suite::kScoring,
                                         Suite::kPortal};
constexpr char kTraceId[] = "0af7651916cd43dd8448eb211c80319c";

std::string SourceFile(const std::string& name) {
  return platform::ContentOf(absl::StrCat(THIDUA_SOURCE_DIR, "/", name));
}

class OperationsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite(/*tls=*/true, [](const std::string& binary) {
      std::vector<std::string> flags;
      if (binary == "thidua") return flags;
      flags.push_back("--metrics_listen=127.0.0.1:0");
      if (binary != "portal") flags.push_back("--health_listen=127.0.0.1:0");
      return flags;
    });
    const CommandOutcome load = suite_->Command({"load", Khoi4Folder().string()});
    ASSERT_EQ(load.exit_code, 0) << load.err;
    suite_->FreshRanking();
    suite_->Start(Suite::kPortal);
  }
  static void TearDownTestSuite() { delete suite_; }

  // Where the service said last that it listens for that.
  static std::string ListensFor(Suite::Service service, const std::string& what) {
    std::string address;
    for (absl::string_view line : absl::StrSplit(suite_->log(service), '\n')) {
      const auto parsed = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (parsed.is_object() && parsed.value("message", "") == what) address = parsed["address"];
    }
    EXPECT_NE(address, "") << what;
    return address;
  }
  static std::string MetricsText(Suite::Service service) {
    portal::HttpClient client(ListensFor(service, "metrics listening"));
    return client.Ask("GET", "/metrics").body;
  }
  // By name with labels, as they are written.
  static std::map<std::string, double> Metrics(Suite::Service service) {
    std::map<std::string, double> metrics;
    for (absl::string_view line : absl::StrSplit(MetricsText(service), '\n')) {
      if (line.empty() || line.front() == '#') continue;
      const size_t space = line.rfind(' ');
      double value = 0;
      if (space != absl::string_view::npos && absl::SimpleAtod(line.substr(space + 1), &value)) {
        metrics[std::string(line.substr(0, space))] = value;
      }
    }
    return metrics;
  }
  // The sum of those of that name whose labels have all of these.
  static double Sum(Suite::Service service, const std::string& name,
                    const std::vector<std::string>& labels = {}) {
    double sum = 0;
    for (const auto& [series, value] : Metrics(service)) {
      if (series != name && !absl::StartsWith(series, name + "{")) continue;
      if (std::all_of(labels.begin(), labels.end(), [&, written = &series](const auto& label) {
            return absl::StrContains(*written, label);
          })) {
        sum += value;
      }
    }
    return sum;
  }
  // Until that is the value: asked again and again, for no event tells of it.
  static void Await(Suite::Service service, const std::string& name, double value,
                    const std::vector<std::string>& labels = {}) {
    const absl::Time until = absl::Now() + absl::Seconds(30);
    double last = Sum(service, name, labels);
    while (last != value && absl::Now() < until) {
      absl::SleepFor(absl::Milliseconds(50));
      last = Sum(service, name, labels);
    }
    EXPECT_EQ(last, value) << name;
  }
  static std::shared_ptr<grpc::Channel> HealthLine(Suite::Service service) {
    return grpc::CreateChannel(ListensFor(service, "health listening"),
                               grpc::InsecureChannelCredentials());
  }
  // Lines of the service's log that name the trace.
  static std::vector<nlohmann::json> LinesOfTrace(Suite::Service service) {
    std::vector<nlohmann::json> lines;
    for (absl::string_view line : absl::StrSplit(suite_->log(service), '\n')) {
      auto parsed = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (parsed.is_object() && parsed.value("trace", "") == kTraceId) lines.push_back(parsed);
    }
    return lines;
  }

  // One a line.
  static std::vector<nlohmann::json> EntriesIn(const std::string& lines) {
    std::vector<nlohmann::json> entries;
    for (absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
      entries.push_back(nlohmann::json::parse(line));
    }
    return entries;
  }

  static Suite* suite_;
};
Suite* OperationsTest::suite_ = nullptr;

TEST_F(OperationsTest, EachCallIsCountedByHowItEnded) {
  const std::vector<std::string> of_rpc = {"grpc_service=\"thidua.scoring.v1.ScoringService\"",
                                           "grpc_method=\"GetRanking\"", "grpc_type=\"unary\""};
  const auto ended = [&](const std::string& code) {
    std::vector<std::string> labels = of_rpc;
    labels.push_back(absl::StrCat("grpc_code=\"", code, "\""));
    return Sum(Suite::kScoring, "grpc_server_handled_total", labels);
  };
  const double started = Sum(Suite::kScoring, "grpc_server_started_total", of_rpc);
  const double seconds = Sum(Suite::kScoring, "grpc_server_handling_seconds_count", of_rpc);
  const double ok = ended("OK"), not_found = ended("NotFound");
  for (int i = 0; i < 5; ++i) {
    grpc::ClientContext context;
    scoring::v1::GetRankingRequest request;
    request.set_period(i < 3 ? kMidYear2019 : "blocs/khong-co/pacts/2019/periods/nam");
    scoring::v1::GetRankingResponse response;
    EXPECT_EQ(suite_->scoring().GetRanking(&context, request, &response).ok(), i < 3);
  }
  EXPECT_EQ(Sum(Suite::kScoring, "grpc_server_handling_seconds_count", of_rpc), seconds + 5);
  EXPECT_EQ(Sum(Suite::kScoring, "grpc_server_started_total", of_rpc), started + 5);
  EXPECT_EQ(ended("OK"), ok + 3);
  EXPECT_EQ(ended("NotFound"), not_found + 2);
}

TEST_F(OperationsTest, WhatIsOutOfSightShows) {
  const std::vector<std::string> of_results = {"source=\"results-ingest\""};
  Await(Suite::kScoring, "thidua_watch_in_sight", 1, of_results);
  Await(Suite::kScoring, "thidua_redis_in_step", 1);
  suite_->Kill(Suite::kResults, SIGKILL);
  suite_->KillRedis();
  Await(Suite::kScoring, "thidua_watch_in_sight", 0, of_results);
  Await(Suite::kScoring, "thidua_redis_in_step", 0);
  suite_->Start(Suite::kResults);
  suite_->StartRedis();
  Await(Suite::kScoring, "thidua_watch_in_sight", 1, of_results);
  Await(Suite::kScoring, "thidua_redis_in_step", 1);
  EXPECT_GT(Sum(Suite::kScoring, "thidua_redis_publishes_total", {"outcome=\"published\""}), 0);
}

TEST_F(OperationsTest, MetricsNameNobodyAndNothingThatWasFiled) {
  for (const Suite::Service service : kProcesses) {
    const std::string text = MetricsText(service);
    EXPECT_THAT(text, HasSubstr("process_resident_memory_bytes"));
    for (const char* private_text :
         {"khoi-thi-dua", "blocs/", "units/", "so-y-te", "Sở", "spiffe"}) {
      EXPECT_THAT(text, Not(HasSubstr(private_text)));
    }
  }
}

TEST_F(OperationsTest, HealthIsAskedWithoutACertificateAndNothingElseIs) {
  for (const Suite::Service service : Suite::kServices) {
    EXPECT_EQ(platform::HealthOf(HealthLine(service), ""), platform::kServing);
    EXPECT_EQ(platform::HealthOf(HealthLine(service), "ready"), platform::kServing);
    grpc::ClientContext context;
    registry::v1::ListUnitsResponse units;
    EXPECT_EQ(registry::v1::RegistryService::NewStub(HealthLine(service))
                  ->ListUnits(&context, registry::v1::ListUnitsRequest(), &units)
                  .error_code(),
              grpc::StatusCode::UNIMPLEMENTED);
  }
}

TEST_F(OperationsTest, AServiceThatStopsSaysSoAndEndsWhoeverWatches) {
  platform::HealthWatch watch(HealthLine(Suite::kRegistry), "ready");
  EXPECT_EQ(watch.Next(), platform::kServing);
  suite_->Signal(Suite::kRegistry, SIGTERM);
  EXPECT_EQ(watch.Next(), platform::kNotServing);
  EXPECT_EQ(suite_->Kill(Suite::kRegistry, SIGTERM), 0);
  suite_->Start(Suite::kRegistry);
}

TEST_F(OperationsTest, ARequestHasOneIdFromThePortalToTheStore) {
  results::v1::PutResultsRequest filed;
  filed.set_period(kYear2019);
  filed.set_mode(results::v1::PutResultsRequest::MODE_ATOMIC);
  results::v1::ResultRow& row = *filed.add_rows();
  row.set_target(absl::StrCat(kPact2019, "/targets/giai-quyet-viec-lam"));
  row.mutable_actual()->set_text("20000");
  grpc::ClientContext context;
  results::v1::PutResultsResponse taken;
  const grpc::Status put = suite_->results().PutResults(&context, filed, &taken);
  ASSERT_TRUE(put.ok()) << put.error_message();
  suite_->Ranking(taken.freshness_token(), kYear2019);

  const auto tls = portal::ClientTls((suite_->certificates() / "ca.pem").string());
  portal::HttpClient client(suite_->address(Suite::kPortal), 0, tls.get());
  const portal::HttpReceived answer = client.Ask(
      "POST", absl::StrCat("/v1/", kYear2019, "/ranking:finalise"),
      {"Content-Type: application/json",
       absl::StrCat("Authorization: Bearer ", suite_->CouncilToken()),
       absl::StrCat("traceparent: 00-", kTraceId, "-b7ad6b7169203331-01")},
      R"({"requestId":"traced","reason":"Tổng kết năm","authority":"Quyết định số 12/QĐ-UBND"})");
  ASSERT_EQ(answer.status, 200u) << answer.body;
  // The portal's own line, scoring's, and that of results-ingest, whom scoring asked to seal.
  const auto lines_of = [](Suite::Service service) {
    std::vector<std::string> messages;
    for (const auto& line : LinesOfTrace(service)) {
      messages.push_back(absl::StrCat(line.value("message", ""), " ", line.value("method", ""), " ",
                                      line.value("code", "")));
    }
    return messages;
  };
  EXPECT_THAT(lines_of(Suite::kPortal), Contains("request POST "));
  EXPECT_THAT(lines_of(Suite::kScoring),
              Contains("call thidua.scoring.v1.ScoringService/FinaliseRanking OK"));
  EXPECT_THAT(lines_of(Suite::kResults),
              Contains("call thidua.results.v1.ResultsService/SealPeriod OK"));
  // And what it changed, in both stores.
  const std::pair<const char*, const char*> kChanged[] = {
      {"results-ingest", "thidua.results.v1.ResultsService/SealPeriod"},
      {"scoring", "thidua.scoring.v1.ScoringService/FinaliseRanking"}};
  for (const auto& [service, method] : kChanged) {
    const CommandOutcome audit = suite_->Command({"audit", "list", service, "--json"});
    ASSERT_EQ(audit.exit_code, 0) << audit.err;
    std::set<std::string> methods;
    for (const nlohmann::json& entry : EntriesIn(audit.out)) {
      if (entry.value("trace", "") == kTraceId) methods.insert(entry.value("method", ""));
    }
    EXPECT_THAT(methods, testing::ElementsAre(method));
  }
}

// What alerts and the dashboard ask for is what the services tell, and each alert is explained and
// tried.
TEST_F(OperationsTest, WhatIsWatchedIsThere) {
  const auto tls = portal::ClientTls((suite_->certificates() / "ca.pem").string());
  EXPECT_EQ(portal::HttpClient(suite_->address(Suite::kPortal), 0, tls.get())
                .Ask("GET", "/healthz")
                .status,
            200u);
  for (const auto& [service, source] : {std::pair(Suite::kResults, "registry"),
                                        {Suite::kScoring, "results-ingest"},
                                        {Suite::kPortal, "scoring"}}) {
    Await(service, "thidua_watch_in_sight", 1, {absl::StrCat("source=\"", source, "\"")});
  }
  std::set<std::string> told;
  for (const Suite::Service service : kProcesses) {
    for (const auto& [series, value] : Metrics(service))
      told.insert(series.substr(0, series.find('{')));
  }
  const std::string alerts = SourceFile("deploy/observability/alerts.yaml");
  const std::string asked = alerts + SourceFile("deploy/observability/dashboard.json") +
                            SourceFile("docs/operations/observability.md");
  const std::regex name("(thidua|grpc|http|process)_[a-z_]+[a-z]");
  std::set<std::string> names;
  for (auto at = std::sregex_iterator(asked.begin(), asked.end(), name);
       at != std::sregex_iterator(); ++at) {
    names.insert(at->str());
  }
  for (const char* label : {"grpc_code", "grpc_method", "grpc_service", "grpc_type"}) {
    names.erase(label);
  }
  EXPECT_GT(names.size(), 20u);
  for (const std::string& watched : names) {
    const bool histogram = told.contains(watched + "_bucket");
    EXPECT_TRUE(histogram || told.contains(watched)) << watched;
  }
  const std::string meanings = SourceFile("docs/operations/alerts.md");
  const std::string tried = SourceFile("tests/operations/alerts_test.yaml");
  const std::regex alert("alert: (\\w+)");
  int count = 0;
  for (auto at = std::sregex_iterator(alerts.begin(), alerts.end(), alert);
       at != std::sregex_iterator(); ++at, ++count) {
    EXPECT_THAT(meanings, HasSubstr(absl::StrCat("\n## ", at->str(1), "\n")));
    EXPECT_THAT(tried, testing::ContainsRegex(absl::StrCat("alertname: ", at->str(1), "\n")));
  }
  EXPECT_GE(count, 20);
}

}  // namespace
}  // namespace thidua::tests
