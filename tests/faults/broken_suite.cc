#include "tests/faults/broken_suite.h"

#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/channel.h"
#include "services/platform/freshness.h"
#include "tests/faults/portal_line.h"

namespace thidua::tests {
namespace {

using faults::History;
using scoring::v1::GetRankingRequest;
using scoring::v1::GetRankingResponse;
using scoring::v1::Ranking;
using scoring::v1::ScoringService;

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr absl::Duration kLookEvery = absl::Milliseconds(10);
constexpr int kTargetsOfUnit = 2;

void MustBe(bool holds, const std::string& what) {
  if (!holds) throw NotRecovered(what);
}

// Until it is answered.
template <typename Stub, typename Request, typename Response>
void Ask(Stub& stub, grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
         const Request& request, Response& response) {
  const absl::Time until = absl::Now() + kPatience;
  grpc::Status status;
  do {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
    status = (stub.*rpc)(&context, request, &response);
  } while (!status.ok() && absl::Now() < until);
  MustBe(status.ok(), absl::StrCat("nothing was answered: ", status.error_message()));
}

// What is shown in the end: what it should be, or whatever it was when time was up.
std::string LookUntil(absl::Time until, const std::string& should_be,
                      const std::function<std::string()>& look) {
  std::string shown = look();
  while (shown != should_be && absl::Now() < until) {
    absl::SleepFor(kLookEvery);
    shown = look();
  }
  return shown;
}

}  // namespace

BrokenSuite::BrokenSuite(const std::string& engine, Machine& machine)
    : engine_(engine), machine_(machine) {
  setenv("SUITE_ENGINE", engine.c_str(), 1);
  // PostgreSQL ends itself when its disk is full; whoever watches over it sees to that.
  if (machine_.can_fill_disk() && engine == "sqlite") {
    setenv("TMPDIR", machine_.disk().c_str(), 1);
  }
  suite_ = std::make_unique<Suite>();
  unsetenv("TMPDIR");
  if (machine_.clock() != nullptr) suite_->StartBehind(machine_.clock()->Before());

  const auto line = [this](Line which, const std::string& to) {
    lines_[which] = std::make_unique<StallingProxy>(to);
    return lines_[which]->address();
  };
  flags_[Suite::kResults] = {
      absl::StrCat("--registry=", line(kRegistryForResults, suite_->address(Suite::kRegistry)))};
  const std::string results = suite_->address(Suite::kResults);
  line(kResultsForClients, results);
  flags_[Suite::kScoring] = {
      absl::StrCat("--results=", line(kResultsForScoring, results)),
      absl::StrCat("--redis=", line(kRedisForScoring, suite_->redis_address()))};
  flags_[Suite::kReplica] = {
      absl::StrCat("--results=", line(kResultsForReplica, results)),
      absl::StrCat("--redis=", line(kRedisForReplica, suite_->redis_address()))};
  flags_[Suite::kPortal] = {
      absl::StrCat("--scoring=", line(kScoringForPortal, suite_->address(Suite::kScoring)))};
  for (const auto& [which, service] :
       std::map<Line, Suite::Service>{{kPostgresqlForRegistry, Suite::kRegistry},
                                      {kPostgresqlForResults, Suite::kResults},
                                      {kPostgresqlForScoring, Suite::kScoring},
                                      {kPostgresqlForReplica, Suite::kReplica}}) {
    const std::string database = suite_->database(service);
    if (database.front() == '/') continue;
    flags_[service].push_back(absl::StrCat(
        "--database=postgresql://postgres@",
        line(which, (suite_->postgresql()->folder() / ".s.PGSQL.5432").string()),
        database.substr(database.find("///") + 2, database.find('?') - database.find("///") - 2),
        "?sslmode=disable"));
  }
  for (const Suite::Service service : Suite::kServices) Kill(service, SIGTERM);
  for (const Suite::Service service : services()) Start(service);
  Load();
}

BrokenSuite::~BrokenSuite() { suite_ = nullptr; }  // While its lines pass.

std::vector<Suite::Service> BrokenSuite::services() const {
  std::vector<Suite::Service> all = {Suite::kRegistry, Suite::kResults, Suite::kScoring,
                                     Suite::kPortal};
  if (has_replica()) all.push_back(Suite::kReplica);
  return all;
}

void BrokenSuite::Start(Suite::Service service) {
  suite_->Start(service, flags_[service]);
  MustBe(!testing::UnitTest::GetInstance()->Failed(),
         absl::StrCat(Suite::NameOf(service), " does not start:\n", suite_->log(service)));
}

void BrokenSuite::Kill(Suite::Service service, int signal) {
  suite_->Kill(service, signal);
  MustBe(!testing::UnitTest::GetInstance()->Failed(),
         absl::StrCat(Suite::NameOf(service), ", sent signal ", signal,
                      ", does not end as it should:\n", suite_->log(service)));
}

// The real pact, and targets that all units share the kind of, so that many places are close.
void BrokenSuite::Load() {
  const std::filesystem::path load = suite_->folder() / "load";
  std::filesystem::create_directories(load);
  registry::v1::RegisterTargetsRequest request;
  request.set_pact(kPact2019);
  for (const char* unit :
       {"so-lao-dong-thuong-binh-va-xa-hoi", "so-du-lich", "so-khoa-hoc-va-cong-nghe",
        "so-giao-duc-va-dao-tao", "so-van-hoa-va-the-thao", "so-y-te", "ban-dan-toc"}) {
    for (int i = 1; i <= kTargetsOfUnit; ++i) {
      targets_.push_back(absl::StrCat(unit, "-", i));
      registry::v1::Target& target = *request.add_targets();
      target.set_name(absl::StrCat(kPact2019, "/targets/", targets_.back()));
      target.set_unit(absl::StrCat("units/", unit));
      target.set_criterion_id("noi-dung-1");
      target.set_display_name(absl::StrCat("Chỉ tiêu bổ sung số ", i));
      target.set_kind(registry::v1::Target::KIND_SCORED);
      target.set_direction(registry::v1::Target::DIRECTION_HIGHER_IS_BETTER);
      target.set_accumulation(registry::v1::Target::ACCUMULATION_SNAPSHOT);
      target.mutable_value()->set_value("1500000");
    }
  }
  std::string json;
  MustBe(google::protobuf::util::MessageToJsonString(request, &json).ok(), "no JSON");
  for (const auto& entry : std::filesystem::directory_iterator(Khoi4Folder())) {
    if (entry.path().extension() == ".json") {
      std::filesystem::copy(entry.path(), load / entry.path().filename());
    }
  }
  // Before the signatures, which are over everything that was registered.
  std::ofstream(load / "05-targets-more.json")
      << "{\"@type\": \"thidua.registry.v1.RegisterTargetsRequest\", " << json.substr(1);
  const CommandOutcome loaded = suite_->Command({"load", load.string()});
  MustBe(loaded.exit_code == 0, loaded.err);
}

Addresses BrokenSuite::addresses() const {
  return {.registry = suite_->address(Suite::kRegistry),
          .results = lines_[kResultsForClients]->address(),
          .scoring = suite_->address(Suite::kScoring),
          .replica = has_replica() ? suite_->address(Suite::kReplica) : "",
          .portal = suite_->address(Suite::kPortal),
          .redis = suite_->redis_address()};
}

std::vector<Fault> BrokenSuite::Faults(Clients& clients) {
  std::vector<Fault> all;
  for (const Suite::Service service : services()) {
    const std::string name = Suite::NameOf(service);
    const auto start = [this, service] { Start(service); };
    all.push_back({"kill " + name, name,
                   [this, service](std::mt19937_64&) { Kill(service, SIGKILL); }, start});
    all.push_back({"end " + name, name,
                   [this, service](std::mt19937_64&) { Kill(service, SIGTERM); }, start});
    all.push_back({"stop " + name, name,
                   [this, service](std::mt19937_64&) { suite_->Signal(service, SIGSTOP); },
                   [this, service] { suite_->Signal(service, SIGCONT); }});
  }
  all.push_back({"kill Redis", "Redis",
                 [this, &clients](std::mt19937_64&) {
                   suite_->KillRedis();
                   clients.RedisEnds();
                 },
                 [this] { suite_->StartRedis(); }});
  all.push_back({"stop Redis", "Redis",
                 [this](std::mt19937_64&) { suite_->redis().Signal(SIGSTOP); },
                 [this] { suite_->redis().Signal(SIGCONT); }});
  if (PostgresqlServer* const postgresql = suite_->postgresql(); postgresql != nullptr) {
    all.push_back({"kill PostgreSQL", "PostgreSQL",
                   [postgresql](std::mt19937_64&) { postgresql->Kill(SIGKILL); },
                   [postgresql] { postgresql->Start(); }, /*alone=*/true});
    all.push_back({"end PostgreSQL at once", "PostgreSQL",
                   [postgresql](std::mt19937_64&) { postgresql->Kill(SIGQUIT); },
                   [postgresql] { postgresql->Start(); }, /*alone=*/true});
    all.push_back({"end PostgreSQL's connections", "PostgreSQL",
                   [postgresql](std::mt19937_64&) {
                     postgresql->Run(
                         "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                         "WHERE pid <> pg_backend_pid()");
                   },
                   [] {}, /*alone=*/true, /*not_synced=*/"", /*is_found_out=*/true});
  }
  constexpr const char* kNames[] = {
      "registry to results-ingest", "clients to results-ingest", "scoring to results-ingest",
      "replica to results-ingest",  "scoring to Redis",          "replica to Redis",
      "portal to scoring",          "registry to PostgreSQL",    "results-ingest to PostgreSQL",
      "scoring to PostgreSQL",      "replica to PostgreSQL"};
  for (int i = 0; i < kLines; ++i) {
    if (lines_[i] == nullptr) continue;
    if (!has_replica() && (i == kResultsForReplica || i == kRedisForReplica)) continue;
    const bool alone = i >= kPostgresqlForRegistry;
    StallingProxy& line = *lines_[i];
    const std::string name = absl::StrCat("the line ", kNames[i]);
    all.push_back({"stall " + name, name, [&line](std::mt19937_64&) { line.Stall(); },
                   [&line] { line.Resume(); }, alone});
    all.push_back({"break " + name, name, [&line](std::mt19937_64&) { line.Break(); }, [] {}, alone,
                   /*not_synced=*/"", /*is_found_out=*/true});
    all.push_back({"half-open " + name, name, [&line](std::mt19937_64&) { line.HalfOpen(); },
                   [&line] { line.Resume(); }, alone, /*not_synced=*/"", /*is_found_out=*/true});
  }
  if (machine_.can_lose_packets()) {
    all.push_back({"lose packets", "the network",
                   [this](std::mt19937_64& random) {
                     machine_.LosePackets(5 + static_cast<int>(random() % 25));
                   },
                   [this] { machine_.LosePackets(0); }});
  }
  if (machine_.can_fill_disk() && engine_ == "sqlite") {
    all.push_back({"fill the disk", "the disk", [this](std::mt19937_64&) { machine_.FillDisk(); },
                   [this] { machine_.FreeDisk(); }, /*alone=*/true});
  }
  if (machine_.can_fail_fsync()) {
    for (const Suite::Service service : {Suite::kRegistry, Suite::kResults, Suite::kScoring}) {
      if (suite_->database(service).front() != '/') continue;
      all.push_back(
          {absl::StrCat("fail fsync of ", Suite::NameOf(service)), Suite::NameOf(service),
           [this, service](std::mt19937_64&) { machine_.FailFsync(suite_->pid(service)); },
           [this, service] { machine_.LetFsyncPass(suite_->pid(service)); }, /*alone=*/false,
           /*not_synced=*/Suite::NameOf(service)});
    }
  }
  if (machine_.clock() != nullptr) {
    // A little, as time servers do; or so much that all services end, and are started again.
    all.push_back({"turn the clock a little", "the clock",
                   [this](std::mt19937_64&) { machine_.clock()->TurnBack(1); },
                   [this] { machine_.clock()->TurnBack(0); }});
    all.push_back({"turn the clock", "the clock",
                   [this](std::mt19937_64& random) {
                     constexpr int kBack[] = {30, 3'600, 86'400};
                     // Behind the time before too, which services may not have seen right since.
                     turned_back_ += kBack[random() % 3];
                     machine_.clock()->TurnBack(turned_back_);
                     for (const Suite::Service service : services()) {
                       const int code = suite_->AwaitEnd(service);
                       MustBe(code == 1,
                              absl::StrCat(Suite::NameOf(service), ", ", code,
                                           ", by an earlier clock:\n", suite_->log(service)));
                       Start(service);
                     }
                   },
                   [this] { machine_.clock()->TurnBack(0); }});
  }
  return all;
}

History::Life BrokenSuite::Look() {
  History::Life life;
  for (const char* const period : {kMidYear2019, kYear2019}) {
    results::v1::GetPeriodInputsRequest request;
    request.set_name(period);
    results::v1::GetPeriodInputsResponse response;
    Ask(suite_->results(), &results::v1::ResultsService::Stub::GetPeriodInputs, request, response);
    life.set_first_epoch_ms(response.store_epoch_ms());
    *life.add_ended() = response.inputs();
    for (const results::v1::Result& result : response.inputs().results()) {
      results::v1::ListResultRevisionsRequest list;
      list.set_name(result.name());
      list.set_page_size(1000);
      results::v1::ListResultRevisionsResponse page;
      do {
        Ask(suite_->results(), &results::v1::ResultsService::Stub::ListResultRevisions, list, page);
        life.mutable_stored()->MergeFrom(page.results());
        list.set_page_token(page.next_page_token());
      } while (!page.next_page_token().empty());
    }
  }
  return life;
}

std::string BrokenSuite::Store(std::vector<std::string> words) const {
  words.insert(words.begin(), absl::StrCat(THIDUA_BIN_DIR, "/thidua-store"));
  words.push_back(absl::StrCat("--data_dir=", suite_->data_folder(Suite::kResults).string()));
  Process process(words, (suite_->folder() / "store.err").string());
  const std::string told = process.ReadAll();
  return process.Wait() == 0 ? "" : absl::StrCat("thidua-store ", words[1], " failed: ", told);
}

void BrokenSuite::BackUp() {
  const std::string folder = (suite_->folder() / absl::StrCat("backup-", ++backups_)).string();
  const std::string failed = Store({"backup", folder, "--service=results-ingest"});
  MustBe(failed.empty(), failed);
  backed_up_ = true;
}

void BrokenSuite::Restore() {
  Kill(Suite::kResults, SIGKILL);
  const std::string folder = (suite_->folder() / absl::StrCat("backup-", backups_)).string();
  const std::string failed = Store({"restore", folder, "--set_aside"});
  MustBe(failed.empty(), failed);
  backed_up_ = false;
  Start(Suite::kResults);
}

std::string BrokenSuite::AwaitAllShown(Recorder* recorder, absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  for (const char* const period : {kMidYear2019, kYear2019}) {
    results::v1::GetPeriodInputsRequest request;
    request.set_name(period);
    results::v1::GetPeriodInputsResponse inputs;
    Ask(suite_->results(), &results::v1::ResultsService::Stub::GetPeriodInputs, request, inputs);
    std::string revision;
    bool published = false;
    for (const Suite::Service service : {Suite::kScoring, Suite::kReplica}) {
      if (service == Suite::kReplica && !has_replica()) continue;
      const auto stub = ScoringService::NewStub(platform::ChannelTo(suite_->address(service)));
      GetRankingRequest ask;
      ask.set_period(period);
      ask.set_freshness_token(platform::FreshnessToken(
          inputs.store_id(), period, inputs.inputs().version(), inputs.store_epoch_ms()));
      GetRankingResponse response;
      grpc::Status status;
      do {
        History::Read read;
        if (recorder != nullptr) read.mutable_span()->set_asked_us(recorder->now_us());
        read.set_where(service == Suite::kScoring ? "scoring" : "replica");
        read.set_period(period);
        if (recorder != nullptr) read.mutable_known()->set_life(recorder->life());
        read.mutable_known()->set_version(inputs.inputs().version());
        grpc::ClientContext context;
        context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(6)));
        status = stub->GetRanking(&context, ask, &response);
        if (recorder != nullptr && status.ok()) {
          read.mutable_span()->set_answered_us(recorder->now_us());
          recorder->Add(read, response.ranking());
        }
        absl::SleepFor(kLookEvery);
      } while ((!status.ok() || response.stale() ||
                (!revision.empty() && response.ranking().revision() != revision)) &&
               absl::Now() < until);
      if (!status.ok() || response.stale()) {
        return absl::StrCat(Suite::NameOf(service), " does not show what is there: ",
                            status.ok() ? "stale" : status.error_message());
      }
      if (!revision.empty() && response.ranking().revision() != revision) {
        return absl::StrCat("two scorings disagree of ", period, ": ", revision, " and ",
                            response.ranking().revision());
      }
      revision = response.ranking().revision();
      // Nobody is told of a ranking in which nobody is ranked yet.
      published = response.ranking().rows(0).rank() > 0;
    }
    // It follows scoring, and who asks with no token is shown how far it has got.
    const PortalLine portal(suite_->address(Suite::kPortal));
    std::string shown = LookUntil(until, revision, [&] {
      const auto read = portal.GetRanking(period, "", absl::Seconds(6));
      return read.ok() ? read->ranking().revision() : read.status().ToString();
    });
    if (shown != revision) {
      return absl::StrCat("the portal shows ", period, " as of ", shown, ", not ", revision);
    }
    if (!published) continue;
    const std::string key = Suite::PublishedKey(period);
    shown = LookUntil(until, revision, [&] { return suite_->Redis({"HGET", key, "revision"}); });
    if (shown != revision) {
      return absl::StrCat("Redis shows ", period, " as of ", shown, ", not ", revision);
    }
  }
  return "";
}

void BrokenSuite::RecordFinals(Recorder& recorder) {
  std::vector<std::string> told[2];
  for (const Suite::Service service : {Suite::kScoring, Suite::kReplica}) {
    if (service == Suite::kReplica && !has_replica()) continue;
    const auto stub = ScoringService::NewStub(platform::ChannelTo(suite_->address(service)));
    scoring::v1::GetRankingHistoryRequest request;
    request.set_period(kYear2019);
    request.set_with_rankings(true);
    scoring::v1::GetRankingHistoryResponse response;
    do {
      Ask(*stub, &ScoringService::Stub::GetRankingHistory, request, response);
      for (const scoring::v1::FinalRecord& record : response.finals()) {
        told[service == Suite::kReplica].push_back(record.SerializeAsString());
        if (service == Suite::kReplica) continue;
        recorder.AddOnRecord(record.ranking(),
                             record.state() == scoring::v1::FinalRecord::STATE_REVOKED);
      }
      request.set_page_token(response.next_page_token());
    } while (!response.next_page_token().empty());
  }
  if (has_replica() && told[0] != told[1]) recorder.Complain("two scorings disagree of finals");
}

void BrokenSuite::RecordUnits(Recorder& recorder) {
  registry::v1::ListUnitsRequest request;
  request.set_page_size(1000);
  registry::v1::ListUnitsResponse response;
  do {
    Ask(suite_->registry(), &registry::v1::RegistryService::Stub::ListUnits, request, response);
    for (registry::v1::Unit& unit : *response.mutable_units()) recorder.AddOnRecord(unit);
    request.set_page_token(response.next_page_token());
  } while (!response.next_page_token().empty());
}

}  // namespace thidua::tests
