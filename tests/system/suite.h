// The whole suite for a test: the three real services and a real Redis on free ports of loopback,
// with their data in a folder of their own, or, with SUITE_ENGINE=postgresql in the environment, in
// a PostgreSQL of their own; with SUITE_ENGINE=replicas only scoring's is there. Each can be killed
// and started again on its old port.
#ifndef THIDUA_TESTS_SYSTEM_SUITE_H_
#define THIDUA_TESTS_SYSTEM_SUITE_H_

#include <grpcpp/channel.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/reflection.h"
#include "tests/system/postgresql_server.h"
#include "tests/system/process.h"
#include "tests/system/redis_server.h"
#include "thidua/registry/v1/registry_service.grpc.pb.h"
#include "thidua/results/v1/results_service.grpc.pb.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::tests {

inline constexpr char kPact2019[] = "blocs/khoi-thi-dua-4/pacts/2019";
inline constexpr char kMidYear2019[] = "blocs/khoi-thi-dua-4/pacts/2019/periods/6-thang";
inline constexpr char kYear2019[] = "blocs/khoi-thi-dua-4/pacts/2019/periods/nam";

// The data of Khối thi đua 4, first half of 2019.
std::filesystem::path Khoi4Folder();

// What a command left behind.
struct CommandOutcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

class Suite {
 public:
  // The replica, a second scoring beside the first, runs only once it is started. It shares the
  // first one's database on PostgreSQL and has its own on SQLite, where it knows of no finals. The
  // portal, which stands before the three, runs only once it is started too.
  enum Service { kRegistry, kResults, kScoring, kReplica, kPortal };
  static constexpr Service kServices[] = {kRegistry, kResults, kScoring};
  static const char* NameOf(Service service);  // "registry", "results-ingest", …

  // `more`: flags that a process has besides its own, by the name of its binary without "thidua-"
  // ("registry"; "thidua", the command).
  using MoreFlags = std::function<std::vector<std::string>(const std::string& binary)>;
  explicit Suite(
      bool tls = std::getenv("SUITE_TLS") != nullptr,
      MoreFlags more = [](const std::string&) { return std::vector<std::string>(); });
  // Whoever the test has not ended must still run, and end in order when asked to: else it fails.
  ~Suite();

  void Signal(Service service, int signal);  // One that ends it: Kill or AwaitEnd has to follow.
  // And waits for its end: the exit code. Fails the test when it ended by anything else: SIGTERM,
  // which is to end it with 0, or SIGKILL; and when it does not within a minute, and is killed.
  int Kill(Service service, int signal);
  // Of one that ends by itself, as it should: the exit code; -1 when it has not by then.
  int AwaitEnd(Service service, absl::Duration patience = absl::Seconds(20));
  // And waits until it listens. `flags`: besides those that it always has. Fails the test when it
  // does not within a minute, and when it was there before, and the test has not ended it.
  void Start(Service service, const std::vector<std::string>& flags = {});
  void KillRedis();
  void StartRedis();  // Empty.
  // Words before the command line of each service that is started from now on: {"env", "TZ=UTC"}.
  void StartBehind(std::vector<std::string> words) { before_ = std::move(words); }
  RedisServer& redis() { return *redis_; }
  PostgresqlServer* postgresql() { return postgresql_.get(); }  // Null: SQLite.

  // The command `thidua` with these words, against this suite.
  std::unique_ptr<Process> StartCommand(const std::vector<std::string>& words);
  // What a service logged so far.
  std::string log(Service service) const;
  // What commands said on stderr.
  std::filesystem::path command_log() const { return folder_ / "command.err"; }
  CommandOutcome Command(const std::vector<std::string>& words);
  // `redis-cli` with these words: its stdout without the last newline.
  std::string Redis(const std::vector<std::string>& words);

  std::string address(Service service) const;
  pid_t pid(Service service) const { return services_[service].process->pid(); }
  std::string redis_address() const { return redis_->address(); }
  const std::filesystem::path& folder() const { return folder_; }
  // Of TLS: what deploy/certificates.sh makes.
  std::filesystem::path certificates() const { return folder_ / "certificates"; }
  // A certificate of the suite's CA for the name, instead of the one that is there.
  void IssueCertificate(const std::string& name) const;
  // By which a process shows that name's certificate to whoever it calls.
  std::vector<std::string> TlsFlags(const std::string& name) const;
  // Of TLS: of somebody of the council's staff, who signs in with it.
  std::string CouncilToken() const;
  std::filesystem::path data_folder(Service service) const;  // Of its database.
  registry::v1::RegistryService::Stub& registry() { return *registry_; }
  results::v1::ResultsService::Stub& results() { return *results_; }
  scoring::v1::ScoringService::Stub& scoring() { return *scoring_; }
  // Where a database of the service is; for when it does not run.
  std::string database(Service service) const;
  // Where another, empty one of results-ingest's engine may be made.
  std::string NewDatabase();

  // The ranking, not older than the token; waits while scoring is not there. Fails the test after
  // a minute.
  scoring::v1::GetRankingResponse Ranking(const std::string& freshness_token = "",
                                          const std::string& period = kMidYear2019);
  // The ranking of everything that results-ingest has taken in by now.
  scoring::v1::Ranking FreshRanking();
  // As docs/integration/redis.md has it, of a period of Khối thi đua 4 in 2019.
  static std::string PublishedKey(const std::string& period);
  // Waits until Redis holds a ranking of at least that revision; its protobuf. Fails the test after
  // a minute.
  scoring::v1::Ranking PublishedRanking(const std::string& revision_at_least,
                                        const std::string& period_id = "6-thang");

 private:
  struct Running {
    std::unique_ptr<Process> process;
    int port = 0;
    bool ended = false;  // By the test, or before its eyes.
  };
  std::vector<std::string> CommandLine(Service service) const;
  std::string EndOfLog(Service service) const;  // For whoever reads why the test failed.
  void EndServices();

  void BeginTls();

  const bool tls_;
  absl::FlagSaver saver_;  // The test's own flags of TLS go with the suite.
  const MoreFlags more_;
  std::vector<std::string> before_;
  std::filesystem::path folder_;
  std::unique_ptr<PostgresqlServer> postgresql_;  // Null: SQLite.
  std::string databases_[5];                      // Their URLs; "": SQLite.
  Running services_[5];
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<registry::v1::RegistryService::Stub> registry_;
  std::unique_ptr<results::v1::ResultsService::Stub> results_;
  std::unique_ptr<scoring::v1::ScoringService::Stub> scoring_;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_SYSTEM_SUITE_H_
