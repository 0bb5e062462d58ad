#include "tests/system/suite.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/channel.h"
#include "services/platform/freshness.h"

namespace thidua::tests {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);
// Between two looks at what only another process knows.
constexpr absl::Duration kLookEvery = absl::Milliseconds(5);

std::string ReadFile(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

const char* NameOf(Suite::Service service) {
  switch (service) {
    case Suite::kRegistry:
      return "registry";
    case Suite::kResults:
      return "results-ingest";
    case Suite::kScoring:
      return "scoring";
    case Suite::kReplica:
      return "replica";
    case Suite::kPortal:
      return "portal";
  }
  return "";
}

const char* BinaryOf(Suite::Service service) {
  return NameOf(service == Suite::kReplica ? Suite::kScoring : service);
}

}  // namespace

std::filesystem::path Khoi4Folder() {
  return std::filesystem::path(THIDUA_SOURCE_DIR) / "tests/data/khoi-4-2019";
}

Suite::Suite() {
  std::string pattern = (std::filesystem::temp_directory_path() / "thidua-system-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
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
  for (Running& running : services_) {
    if (running.process != nullptr) running.process->Signal(SIGKILL);
  }
  if (testing::Test::HasFailure()) {
    for (const Service service : {kRegistry, kResults, kScoring, kReplica, kPortal}) {
      std::fprintf(stderr, "---- %s\n%s\n", NameOf(service),
                   ReadFile(folder_ / absl::StrCat(NameOf(service), ".log")).c_str());
    }
  }
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
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
  std::vector<std::string> words = CommandLine(service);
  words.insert(words.end(), flags.begin(), flags.end());
  running.process =
      std::make_unique<Process>(words, (folder_ / absl::StrCat(NameOf(service), ".log")).string());
  const std::string line = running.process->ReadLine();
  const std::string expected = "ready 127.0.0.1:";
  ASSERT_EQ(line.substr(0, expected.size()), expected) << NameOf(service) << " did not start";
  running.port = std::stoi(line.substr(expected.size()));
}

void Suite::Signal(Service service, int signal) { services_[service].process->Signal(signal); }

int Suite::Kill(Service service, int signal) {
  services_[service].process->Signal(signal);
  return services_[service].process->Wait();
}

void Suite::StartRedis() { redis_->Start(); }

void Suite::KillRedis() { redis_->Kill(); }

std::string Suite::Redis(const std::vector<std::string>& words) { return redis_->Command(words); }

std::unique_ptr<Process> Suite::StartCommand(const std::vector<std::string>& words) {
  std::vector<std::string> argv = {absl::StrCat(THIDUA_BIN_DIR, "/thidua")};
  argv.insert(argv.end(), words.begin(), words.end());
  argv.push_back(absl::StrCat("--registry=", address(kRegistry)));
  argv.push_back(absl::StrCat("--results=", address(kResults)));
  argv.push_back(absl::StrCat("--scoring=", address(kScoring)));
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
  const absl::Time until = absl::Now() + kPatience;
  grpc::Status status;
  do {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(until));
    context.set_wait_for_ready(true);
    status = scoring_->GetRanking(&context, request, &response);
  } while (status.error_code() == grpc::StatusCode::UNAVAILABLE && absl::Now() < until);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response;
}

scoring::v1::Ranking Suite::FreshRanking() {
  results::v1::GetPeriodInputsRequest request;
  request.set_name(kMidYear2019);
  results::v1::GetPeriodInputsResponse response;
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  EXPECT_TRUE(results_->GetPeriodInputs(&context, request, &response).ok());
  return Ranking(platform::FreshnessToken(response.store_id(), kMidYear2019,
                                          response.inputs().version()))
      .ranking();
}

scoring::v1::Ranking Suite::PublishedRanking(const std::string& revision_at_least,
                                             const std::string& period_id) {
  const std::string key = absl::StrCat("thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:", period_id);
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
