#include "tests/system/suite.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/channel.h"
#include "services/platform/freshness.h"

namespace thidua::tests {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
// Between two looks at what only another process knows.
constexpr absl::Duration kLookEvery = absl::Milliseconds(5);
// For one, or all together. What is under way has 5 s (platform::kDrainMax); a sanitizer then looks
// for leaks, on a machine that has other work.
constexpr absl::Duration kEndMax = absl::Seconds(60);
// Of a log, beside a failure: more than the report of a sanitizer's first finding.
constexpr size_t kEndOfLog = 4000;

// Of SUITE_TLS.
constexpr char kPolicy[] = R"(
members {
  callers: "uri:spiffe://thidua/results-ingest"
  callers: "uri:spiffe://thidua/scoring"
  display_name: "Các dịch vụ"
  grants { role: ROLE_SERVICE }
}
members {
  callers: "uri:spiffe://thidua/administrator"
  display_name: "Cơ quan thường trực"
  grants { role: ROLE_REGISTRAR }
}
members {
  callers: "uri:spiffe://thidua/portal"
  callers: "anyone"
  display_name: "Mọi người"
  grants { role: ROLE_READER }
}
members {
  callers: "token:https://dang-nhap.thidua.local|chuyen-vien"
  display_name: "Chuyên viên"
  grants { role: ROLE_COUNCIL }
}
)";

std::string ReadFile(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

const char* BinaryOf(Suite::Service service) {
  return Suite::NameOf(service == Suite::kReplica ? Suite::kScoring : service);
}

// Until whoever is asked is there. Fails the test when that is not in time, or the answer is an
// error.
void AskUntilThere(absl::FunctionRef<grpc::Status(grpc::ClientContext&)> call) {
  const absl::Time until = absl::Now() + kPatience;
  grpc::Status status;
  do {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(until));
    context.set_wait_for_ready(true);
    status = call(context);
  } while (status.error_code() == grpc::StatusCode::UNAVAILABLE && absl::Now() < until);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

}  // namespace

const char* Suite::NameOf(Service service) {
  switch (service) {
    case kRegistry:
      return "registry";
    case kResults:
      return "results-ingest";
    case kScoring:
      return "scoring";
    case kReplica:
      return "replica";
    case kPortal:
      return "portal";
  }
  return "";
}

std::filesystem::path Khoi4Folder() {
  return std::filesystem::path(THIDUA_SOURCE_DIR) / "tests/data/khoi-4-2019";
}

Suite::Suite(bool tls, MoreFlags more) : tls_(tls), more_(std::move(more)) {
  std::string pattern = (std::filesystem::temp_directory_path() / "thidua-system-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  if (tls_) BeginTls();
  redis_ = std::make_unique<RedisServer>(folder_);
  StartRedis();
  const char* engine = std::getenv("SUITE_ENGINE");
  const std::string named = engine != nullptr ? engine : "sqlite";
  if (named != "sqlite") {
    postgresql_ = std::make_unique<PostgresqlServer>();
    for (const Service service : kServices) {
      const bool of_replicas = service == kScoring;
      if (named == "postgresql" || of_replicas) databases_[service] = postgresql_->NewDatabase();
    }
    databases_[kReplica] = databases_[kScoring];
  }
  for (const Service service : kServices) Start(service);
  registry_ = registry::v1::RegistryService::NewStub(platform::ChannelTo(address(kRegistry)));
  results_ = results::v1::ResultsService::NewStub(platform::ChannelTo(address(kResults)));
  scoring_ = scoring::v1::ScoringService::NewStub(platform::ChannelTo(address(kScoring)));
}

Suite::~Suite() {
  // A line on which nobody calls hears late that its service stops, and is waited for.
  registry_ = nullptr;
  results_ = nullptr;
  scoring_ = nullptr;
  EndServices();
  if (testing::Test::HasFailure()) {
    for (const Service service : {kRegistry, kResults, kScoring, kReplica, kPortal}) {
      std::fprintf(stderr, "---- %s\n%s\n", NameOf(service), log(service).c_str());
    }
  }
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

void Suite::EndServices() {
  // All at once, as each takes its time; whoever reads another hears of it first.
  std::vector<Service> asked;
  for (const Service service : {kPortal, kReplica, kScoring, kResults, kRegistry}) {
    const Running& running = services_[service];
    if (running.process == nullptr || running.ended) continue;
    if (!running.process->running()) {
      ADD_FAILURE() << NameOf(service) << " ended by itself, with " << running.process->Wait()
                    << EndOfLog(service);
      continue;
    }
    running.process->Signal(SIGTERM);
    running.process->Signal(SIGCONT);  // A test that failed may have left it stopped.
    asked.push_back(service);
  }
  const absl::Time until = absl::Now() + kEndMax;
  for (const Service service : asked) {
    Process& process = *services_[service].process;
    if (process.EndsWithin(until - absl::Now())) {
      EXPECT_EQ(process.Wait(), 0) << NameOf(service) << " after SIGTERM" << EndOfLog(service);
    } else {
      ADD_FAILURE() << NameOf(service) << " does not end after SIGTERM" << EndOfLog(service);
      process.Signal(SIGKILL);
      process.Wait();
    }
  }
}

std::string Suite::EndOfLog(Service service) const {
  const std::string all = log(service);
  return absl::StrCat("; its log ends so:\n",
                      all.substr(all.size() - std::min(all.size(), kEndOfLog)));
}

void Suite::BeginTls() {
  IssueCertificate("");
  const std::string sign_on = (folder_ / "sign-on").string();
  const std::string command =
      absl::StrCat(THIDUA_SOURCE_DIR, "/deploy/demo_sign_on.sh '", sign_on, "' chuyen-vien");
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  std::ofstream(folder_ / "policy.textproto")
      << kPolicy
      << "issuers { issuer: 'https://dang-nhap.thidua.local' audiences: 'thidua' jwks_file: '"
      << sign_on << "/jwks.json' }\n";
  // Of the test, which calls as the command does.
  for (const std::string& flag : TlsFlags("administrator")) {
    const size_t equals = flag.find('=');
    std::string error;
    ASSERT_TRUE(absl::FindCommandLineFlag(flag.substr(2, equals - 2))
                    ->ParseFrom(flag.substr(equals + 1), &error))
        << error;
  }
}

void Suite::IssueCertificate(const std::string& name) const {
  const std::string command = absl::StrCat(THIDUA_SOURCE_DIR, "/deploy/certificates.sh '",
                                           certificates().string(), "' ", name);
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

std::vector<std::string> Suite::TlsFlags(const std::string& name) const {
  const std::string own = (certificates() / name).string();
  return {absl::StrCat("--tls_ca=", (certificates() / "ca.pem").string()),
          absl::StrCat("--tls_certificate=", own, ".pem"), absl::StrCat("--tls_key=", own, ".key")};
}

std::string Suite::log(Service service) const {
  return ReadFile(folder_ / absl::StrCat(NameOf(service), ".log"));
}

std::string Suite::CouncilToken() const {
  std::string token = ReadFile(folder_ / "sign-on/chuyen-vien.token");
  absl::StripTrailingAsciiWhitespace(&token);
  return token;
}

std::string Suite::address(Service service) const {
  return absl::StrCat("127.0.0.1:", services_[service].port);
}

std::filesystem::path Suite::data_folder(Service service) const {
  return folder_ / NameOf(service);
}

std::string Suite::database(Service service) const {
  if (!databases_[service].empty()) return databases_[service];
  const char* const name = service == kResults ? "results" : BinaryOf(service);
  return (data_folder(service) / absl::StrCat(name, ".db")).string();
}

std::string Suite::NewDatabase() {
  return databases_[kResults].empty() ? (folder_ / "another.db").string()
                                      : postgresql_->NewDatabase();
}

std::vector<std::string> Suite::CommandLine(Service service) const {
  std::vector<std::string> words = {absl::StrCat(THIDUA_BIN_DIR, "/thidua-", BinaryOf(service)),
                                    absl::StrCat("--listen=127.0.0.1:", services_[service].port),
                                    absl::StrCat("--data_dir=", data_folder(service).string())};
  if (!databases_[service].empty()) {
    words.push_back(absl::StrCat("--database=", databases_[service]));
  }
  if (tls_) {
    const std::vector<std::string> flags = TlsFlags(BinaryOf(service));
    words.insert(words.end(), flags.begin(), flags.end());
    if (service != kPortal) {
      words.push_back(absl::StrCat("--tls_client_ca=", (certificates() / "ca.pem").string()));
      words.push_back("--tls_require_client_certificate");
      words.push_back(absl::StrCat("--access_policy=", (folder_ / "policy.textproto").string()));
    }
  }
  if (service == kResults) words.push_back(absl::StrCat("--registry=", address(kRegistry)));
  if (service == kScoring || service == kReplica) {
    words.push_back(absl::StrCat("--results=", address(kResults)));
    words.push_back(absl::StrCat("--redis=", redis_->address()));
  }
  if (service == kPortal) {
    const std::filesystem::path web = folder_ / "web";
    std::filesystem::create_directories(web);
    std::ofstream(web / "index.html") << "<!doctype html>";
    words.push_back(absl::StrCat("--web_dir=", web.string()));
    words.push_back(absl::StrCat("--registry=", address(kRegistry)));
    words.push_back(absl::StrCat("--results=", address(kResults)));
    words.push_back(absl::StrCat("--scoring=", address(kScoring)));
  }
  return words;
}

void Suite::Start(Service service, const std::vector<std::string>& flags) {
  Running& running = services_[service];
  std::vector<std::string> words = before_;
  for (const std::vector<std::string>& more : {CommandLine(service), more_(BinaryOf(service))}) {
    words.insert(words.end(), more.begin(), more.end());
  }
  words.insert(words.end(), flags.begin(), flags.end());
  EXPECT_TRUE(running.process == nullptr || running.ended)
      << NameOf(service)
      << (running.process->running()
              ? " still runs"
              : absl::StrCat(" ended by itself, with ", running.process->Wait()))
      << EndOfLog(service);
  running.ended = false;
  running.process =
      std::make_unique<Process>(words, (folder_ / absl::StrCat(NameOf(service), ".log")).string());
  const std::string line = running.process->ReadLine(kPatience);
  const std::string expected = "ready 127.0.0.1:";
  ASSERT_EQ(line.substr(0, expected.size()), expected)
      << NameOf(service) << " did not start" << EndOfLog(service);
  running.port = std::stoi(line.substr(expected.size()));
}

void Suite::Signal(Service service, int signal) { services_[service].process->Signal(signal); }

int Suite::Kill(Service service, int signal) {
  Running& running = services_[service];
  running.process->Signal(signal);
  const bool ends = running.process->EndsWithin(kEndMax);
  if (!ends) {
    ADD_FAILURE() << NameOf(service) << " does not end after signal " << signal
                  << EndOfLog(service);
    running.process->Signal(SIGKILL);
  }
  const int code = running.process->Wait();
  if (ends && !running.ended) {
    EXPECT_EQ(code, signal == SIGTERM ? 0 : 128 + signal)
        << NameOf(service) << ", sent signal " << signal << EndOfLog(service);
  }
  running.ended = true;
  return code;
}

int Suite::AwaitEnd(Service service, absl::Duration patience) {
  Running& running = services_[service];
  if (!running.process->EndsWithin(patience)) return -1;
  running.ended = true;
  return running.process->Wait();
}

void Suite::StartRedis() { redis_->Start(); }

void Suite::KillRedis() { redis_->Kill(); }

std::string Suite::Redis(const std::vector<std::string>& words) { return redis_->Command(words); }

std::unique_ptr<Process> Suite::StartCommand(const std::vector<std::string>& words) {
  std::vector<std::string> argv = {absl::StrCat(THIDUA_BIN_DIR, "/thidua")};
  if (tls_) {
    const std::vector<std::string> flags = TlsFlags("administrator");
    argv.insert(argv.end(), flags.begin(), flags.end());
  }
  argv.insert(argv.end(), words.begin(), words.end());
  argv.push_back(absl::StrCat("--registry=", address(kRegistry)));
  argv.push_back(absl::StrCat("--results=", address(kResults)));
  argv.push_back(absl::StrCat("--scoring=", address(kScoring)));
  const std::vector<std::string> more = more_("thidua");
  argv.insert(argv.end(), more.begin(), more.end());
  return std::make_unique<Process>(argv, command_log().string());
}

CommandOutcome Suite::Command(const std::vector<std::string>& words) {
  std::error_code error;
  std::filesystem::remove(command_log(), error);
  const std::unique_ptr<Process> process = StartCommand(words);
  CommandOutcome outcome;
  outcome.out = process->ReadAll();
  outcome.exit_code = process->Wait();
  outcome.err = ReadFile(command_log());
  return outcome;
}

scoring::v1::GetRankingResponse Suite::Ranking(const std::string& freshness_token,
                                               const std::string& period) {
  scoring::v1::GetRankingRequest request;
  request.set_period(period);
  request.set_freshness_token(freshness_token);
  scoring::v1::GetRankingResponse response;
  AskUntilThere([&](grpc::ClientContext& context) {
    return scoring_->GetRanking(&context, request, &response);
  });
  return response;
}

scoring::v1::Ranking Suite::FreshRanking() {
  results::v1::GetPeriodInputsRequest request;
  request.set_name(kMidYear2019);
  results::v1::GetPeriodInputsResponse response;
  AskUntilThere([&](grpc::ClientContext& context) {
    return results_->GetPeriodInputs(&context, request, &response);
  });
  return Ranking(platform::FreshnessToken(response.store_id(), kMidYear2019,
                                          response.inputs().version(), response.store_epoch_ms()))
      .ranking();
}

std::string Suite::PublishedKey(const std::string& period) {
  return absl::StrCat("thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:",
                      period.substr(period.rfind('/') + 1));
}

scoring::v1::Ranking Suite::PublishedRanking(const std::string& revision_at_least,
                                             const std::string& period_id) {
  const std::string key = PublishedKey(period_id);
  const absl::Time until = absl::Now() + kPatience;
  const auto is_there = [&] {
    const std::string revision = Redis({"HGET", key, "revision"});  // Or why there is none.
    return revision.size() == revision_at_least.size() && revision >= revision_at_least;
  };
  while (!is_there()) {
    if (absl::Now() > until) {
      ADD_FAILURE() << "Redis has no ranking of revision " << revision_at_least;
      break;
    }
    absl::SleepFor(kLookEvery);
  }
  scoring::v1::Ranking ranking;
  EXPECT_TRUE(ranking.ParseFromString(Redis({"HGET", key, "protobuf"})));
  return ranking;
}

}  // namespace thidua::tests
