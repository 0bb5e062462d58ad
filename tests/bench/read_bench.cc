// Reading a ranking from the real thidua-scoring beside two bare servers of the same build of gRPC:
// one whose handler does nothing but answer the same bytes, and one that asks Redis for them on
// each call. The three take turns under the same load, on the machine's own cores. Then the same
// under guard, with TLS and a token at each call: beside an empty handler with the same TLS, and
// one that asks who calls as well.
//
//   read_bench SUMMARY.json
//   read_bench empty BYTES-FILE [FLAG…] [--policy=FILE]      a bare server, by TLS with its flags
//   read_bench redis HOST:PORT KEY
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <sys/types.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/access/callers.h"
#include "services/platform/flags.h"
#include "services/platform/tls.h"
#include "services/scoring/redis_connection.h"
#include "tests/bench/bare_server.h"
#include "tests/bench/bench.h"
#include "tests/bench/report.h"
#include "tests/system/guarded_suite.h"
#include "tests/system/suite.h"

ABSL_FLAG(std::string, policy, "", "of the empty handler: the policy by which it asks who calls");

namespace thidua::bench {
namespace {

using scoring::v1::GetRankingRequest;
using scoring::v1::GetRankingResponse;

constexpr char kMethod[] = "/thidua.scoring.v1.ScoringService/GetRanking";
constexpr int kConnections = 4;
constexpr int kCallsEach = 8;  // Under way at a time.
constexpr int kRounds = 5;
constexpr absl::Duration kTurn = absl::Seconds(2);

// ---- The bare servers ----

void Serve(std::function<grpc::ByteBuffer()> answer, BareServer::Admits admits = nullptr) {
  const auto tls = platform::Tls::OfProcess();
  Must(tls.status());
  BareServer server(kMethod, std::move(answer), (*tls)->ServerCredentials(), std::move(admits));
  std::printf("ready %s\n", server.address().c_str());
  std::fflush(stdout);
  server.Wait();
}

// `policy`: by which it is asked who calls; "": it is not.
void ServeBytes(const std::string& file, const std::string& policy) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const grpc::Slice slice(bytes);
  std::unique_ptr<access::Callers> callers;
  BareServer::Admits admits;
  if (!policy.empty()) {
    auto opened = access::Callers::Open(policy);
    Must(opened.status());
    callers = *std::move(opened);
    admits = [&callers](const grpc::ServerContext& context) {
      const auto said = context.client_metadata().find("authorization");
      return said != context.client_metadata().end() &&
             callers->Identify({}, {said->second.data(), said->second.size()}).ok();
    };
  }
  Serve([slice] { return grpc::ByteBuffer(&slice, 1); }, std::move(admits));
}

// A connection for each call under way, taken from those that are free.
void ServeRedis(const std::string& address, const std::string& key) {
  absl::Mutex mutex;
  std::vector<scoring::RedisConnection> free;
  Serve([&] {
    std::unique_ptr<scoring::RedisConnection> redis;
    {
      const absl::MutexLock lock(&mutex);
      if (!free.empty()) {
        redis = std::make_unique<scoring::RedisConnection>(std::move(free.back()));
        free.pop_back();
      }
    }
    if (redis == nullptr) {
      auto opened = scoring::RedisConnection::Open(address);
      Must(opened.status());
      redis = std::make_unique<scoring::RedisConnection>(*std::move(opened));
    }
    const absl::StatusOr<std::string> bytes = redis->Command({"HGET", key, "protobuf"});
    Must(bytes.status());
    {
      const absl::MutexLock lock(&mutex);
      free.push_back(std::move(*redis));
    }
    // The ranking is the first field of the response.
    GetRankingResponse response;
    Must(response.mutable_ranking()->ParseFromString(*bytes), "no ranking in Redis");
    const grpc::Slice slice(response.SerializeAsString());
    return grpc::ByteBuffer(&slice, 1);
  });
}

// ---- The load ----

struct Turn {
  double calls_per_second = 0;
  double p99_us = 0;
  double cpu_us = 0;  // Of the server, a call.
};

// How whoever calls does: over which line, with which token ("": none).
struct Caller {
  std::shared_ptr<grpc::ChannelCredentials> line;
  std::string token;
};

// One connection with several calls under way on one thread. The replies are not read: what is
// measured is who answers.
class Connection {
 public:
  Connection(const std::string& address, const Caller& caller)
      : stub_(NewChannel(address, caller)),
        authorization_(caller.token.empty() ? "" : absl::StrCat("Bearer ", caller.token)) {}

  // Calls until `end`; how long each call took, microseconds.
  std::vector<float> Call(const grpc::ByteBuffer& request, absl::Time end) {
    std::vector<float> waits;
    grpc::CompletionQueue queue;
    std::vector<std::unique_ptr<UnderWay>> calls(kCallsEach);
    for (std::unique_ptr<UnderWay>& call : calls) {
      call = std::make_unique<UnderWay>();
      Begin(*call, request, queue);
    }
    void* tag = nullptr;
    bool ok = false;
    for (size_t left = calls.size(); left > 0 && queue.Next(&tag, &ok);) {
      UnderWay& call = *static_cast<UnderWay*>(tag);
      Must(call.status);
      const absl::Time now = absl::Now();
      waits.push_back(static_cast<float>(absl::ToDoubleMicroseconds(now - call.begun)));
      if (now < end) {
        Begin(call, request, queue);
      } else {
        --left;
      }
    }
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
    return waits;
  }

 private:
  struct UnderWay {
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
    grpc::ByteBuffer response;
    grpc::Status status;
    absl::Time begun;
  };

  static std::shared_ptr<grpc::Channel> NewChannel(const std::string& address,
                                                   const Caller& caller) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection of its own.
    return grpc::CreateCustomChannel(address, caller.line, arguments);
  }

  void Begin(UnderWay& call, const grpc::ByteBuffer& request, grpc::CompletionQueue& queue) {
    call.begun = absl::Now();
    call.context = std::make_unique<grpc::ClientContext>();
    if (!authorization_.empty()) call.context->AddMetadata("authorization", authorization_);
    call.reader = stub_.PrepareUnaryCall(call.context.get(), kMethod, request, &queue);
    call.reader->StartCall();
    call.reader->Finish(&call.response, &call.status, &call);
  }

  grpc::GenericStub stub_;
  const std::string authorization_;
};

class Contender {
 public:
  Contender(const std::string& address, pid_t pid, const Caller& caller) : pid_(pid) {
    for (int i = 0; i < kConnections; ++i) {
      connections_.push_back(std::make_unique<Connection>(address, caller));
    }
  }

  Turn Run(const grpc::ByteBuffer& request) const {
    const double cpu_before = CpuSeconds(pid_);
    const absl::Time start = absl::Now(), end = start + kTurn;
    std::vector<std::vector<float>> waits(connections_.size());
    std::vector<std::thread> callers;
    for (size_t i = 0; i < waits.size(); ++i) {
      callers.emplace_back([&, i] { waits[i] = connections_[i]->Call(request, end); });
    }
    for (std::thread& caller : callers) caller.join();
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    std::vector<float> all;
    for (const std::vector<float>& one : waits) all.insert(all.end(), one.begin(), one.end());
    const size_t at = all.size() * 99 / 100;
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at), all.end());
    const auto calls = static_cast<double>(all.size());
    return {calls / seconds, all[at], (CpuSeconds(pid_) - cpu_before) / calls * 1e6};
  }

 private:
  const pid_t pid_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

struct Answered {
  GetRankingResponse response;
  grpc::ByteBuffer request;
};

// What is asked for, and what is answered to it.
Answered Ask(tests::Suite& suite) {
  const scoring::v1::Ranking ranking = suite.FreshRanking();
  suite.PublishedRanking(ranking.revision());
  GetRankingRequest request;
  request.set_period(tests::kMidYear2019);
  Answered answered;
  grpc::ClientContext context;
  Must(suite.scoring().GetRanking(&context, request, &answered.response));
  Must(!answered.response.stale(), "results-ingest is not in sight");
  const grpc::Slice slice(request.SerializeAsString());
  answered.request = grpc::ByteBuffer(&slice, 1);
  return answered;
}

std::string AddressOf(tests::Process& process) {
  const std::string line = process.ReadLine();
  Must(line.rfind("ready ", 0) == 0, "a bare server did not start");
  return line.substr(6);
}

// Each figure is the median of the ratios of one round, so that a disturbance hits both sides.
struct Ratios {
  std::vector<double> rate, p99, cpu;
  void Note(const Turn& ours, const Turn& theirs) {
    rate.push_back(ours.calls_per_second / theirs.calls_per_second);
    p99.push_back(ours.p99_us / theirs.p99_us);
    cpu.push_back(ours.cpu_us / theirs.cpu_us);
  }
};

std::string Told(const Turn& turn) {
  return absl::StrFormat("%.0f/s p99 %.0f us cpu %.1f us", turn.calls_per_second, turn.p99_us,
                         turn.cpu_us);
}

std::string How(const GetRankingResponse& response) {
  return absl::StrFormat(
      "%d connections with %d calls under way each, client and servers on the same cores; a reply "
      "of %d bytes; median of %d rounds",
      kConnections, kCallsEach, response.ByteSizeLong(), kRounds);
}

void RunOpen(const std::string& self, const TemporaryFolder& folder, Report& report) {
  tests::Suite suite;
  const tests::CommandOutcome load = suite.Command({"load", tests::Khoi4Folder().string()});
  Must(load.exit_code == 0, load.err);
  const Answered answered = Ask(suite);
  const std::string bytes_file = (folder.path() / "reply").string();
  std::ofstream(bytes_file, std::ios::binary) << answered.response.SerializeAsString();
  const std::string log = (folder.path() / "log").string();
  tests::Process empty({self, "empty", bytes_file}, log);
  tests::Process redis(
      {self, "redis", suite.redis_address(), "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:6-thang"},
      log);
  const Caller caller{grpc::InsecureChannelCredentials(), ""};
  const Contender our_service(suite.address(tests::Suite::kScoring),
                              suite.pid(tests::Suite::kScoring), caller);
  const Contender empty_handler(AddressOf(empty), empty.pid(), caller);
  const Contender redis_handler(AddressOf(redis), redis.pid(), caller);

  Ratios beside_empty, beside_redis;
  std::vector<double> rates;
  for (int round = -1; round < kRounds; ++round) {  // The first warms up.
    const Turn ours = our_service.Run(answered.request);
    const Turn bare = empty_handler.Run(answered.request);
    const Turn by_redis = redis_handler.Run(answered.request);
    std::fprintf(stderr, "ours %s; empty %s; Redis %.0f/s\n", Told(ours).c_str(),
                 Told(bare).c_str(), by_redis.calls_per_second);
    if (round < 0) continue;
    beside_empty.Note(ours, bare);
    beside_redis.Note(ours, by_redis);
    rates.push_back(ours.calls_per_second);
  }
  const std::string how = How(answered.response);
  report.Add("ranking_read_vs_empty_handler", Median(beside_empty.rate), "ratio", how);
  report.Add("ranking_read_p99_vs_empty_handler", Median(beside_empty.p99), "ratio", how);
  report.Add("ranking_read_cpu_vs_empty_handler", Median(beside_empty.cpu), "ratio",
             "of the server process, a call");
  report.Add("ranking_read_vs_redis_per_call", Median(beside_redis.rate), "ratio",
             "against a handler that asks Redis on each call, by a pool of connections");
  report.Add("ranking_reads_per_second", Median(rates), "1/s", how);
}

void RunGuarded(const std::string& self, const TemporaryFolder& folder, Report& report) {
  // One caller asks for all that the machine gives.
  tests::GuardedSuite guard(
      {"--calls_per_second_per_caller=10000000", "--calls_at_once_per_caller=10000000"});
  tests::Suite& suite = guard.suite();
  const Answered answered = Ask(suite);
  const std::string bytes_file = (folder.path() / "guarded-reply").string();
  std::ofstream(bytes_file, std::ios::binary) << answered.response.SerializeAsString();
  const std::string log = (folder.path() / "log").string();
  const platform::Certificates& certificates = guard.certificates();
  std::vector<std::string> words = {self,
                                    "empty",
                                    bytes_file,
                                    absl::StrCat("--tls_certificate=", certificates.pem("scoring")),
                                    absl::StrCat("--tls_key=", certificates.key("scoring")),
                                    absl::StrCat("--tls_client_ca=", certificates.ca())};
  tests::Process empty(words, log);
  words.push_back(absl::StrCat("--policy=", guard.policy_file().string()));
  tests::Process asking(words, log);
  const Caller caller{guard.Tls(""), guard.Token(tests::kReader)};
  const Contender our_service(suite.address(tests::Suite::kScoring),
                              suite.pid(tests::Suite::kScoring), caller);
  const Contender empty_handler(AddressOf(empty), empty.pid(), caller);
  const Contender asking_handler(AddressOf(asking), asking.pid(), caller);

  Ratios beside_empty, beside_asking;
  std::vector<double> rates;
  for (int round = -1; round < kRounds; ++round) {
    const Turn ours = our_service.Run(answered.request);
    const Turn bare = empty_handler.Run(answered.request);
    const Turn asks = asking_handler.Run(answered.request);
    std::fprintf(stderr, "under guard: ours %s; empty %s; asking %s\n", Told(ours).c_str(),
                 Told(bare).c_str(), Told(asks).c_str());
    if (round < 0) continue;
    beside_empty.Note(ours, bare);
    beside_asking.Note(ours, asks);
    rates.push_back(ours.calls_per_second);
  }
  const std::string how = absl::StrCat("TLS 1.3, a token at each call; ", How(answered.response));
  report.Add("guarded_ranking_read_vs_empty_handler", Median(beside_asking.rate), "ratio",
             absl::StrCat("with the same TLS, that asks who calls; ", how));
  report.Add("guarded_ranking_read_p99_vs_empty_handler", Median(beside_asking.p99), "ratio", how);
  report.Add("guarded_ranking_read_cpu_vs_empty_handler", Median(beside_asking.cpu), "ratio",
             "of the server process, a call");
  report.Add("guarded_ranking_read_vs_empty_handler_that_asks_nothing", Median(beside_empty.rate),
             "ratio", "with the same TLS, that looks at no token");
  report.Add("guarded_ranking_reads_per_second", Median(rates), "1/s", how);
}

void Run(const std::string& self, const std::string& path) {
  const TemporaryFolder folder;
  Report report(path);
  RunOpen(self, folder, report);
  RunGuarded(self, folder, report);
  report.Save();
}

}  // namespace
}  // namespace thidua::bench

int main(int argc, char** argv) {
  const auto words = thidua::platform::ReadFlags(argc, argv);
  thidua::bench::Must(words.status());
  if (words->size() == 2 && words->front() == "empty") {
    thidua::bench::ServeBytes(words->back(), absl::GetFlag(FLAGS_policy));
  } else if (words->size() == 3 && words->front() == "redis") {
    thidua::bench::ServeRedis((*words)[1], (*words)[2]);
  } else if (words->size() == 1) {
    thidua::bench::Run(argv[0], words->front());
  } else {
    std::fprintf(stderr, "read_bench SUMMARY.json\n");
    return 2;
  }
}
