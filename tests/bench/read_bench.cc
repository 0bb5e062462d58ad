// Reading a ranking from the real thidua-scoring beside two bare servers of the same build of gRPC:
// one whose handler does nothing but answer the same bytes, and one that asks Redis for them on
// each call. The three take turns under the same load, on the machine's own cores.
//
//   read_bench SUMMARY.json
//   read_bench --empty BYTES-FILE | --redis HOST:PORT KEY      one of the bare servers
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

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/scoring/redis_connection.h"
#include "tests/bench/bare_server.h"
#include "tests/bench/bench.h"
#include "tests/bench/report.h"
#include "tests/system/suite.h"

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

void Serve(std::function<grpc::ByteBuffer()> answer) {
  BareServer server(kMethod, std::move(answer));
  std::printf("ready %s\n", server.address().c_str());
  std::fflush(stdout);
  server.Wait();
}

void ServeBytes(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const grpc::Slice slice(bytes);
  Serve([slice] { return grpc::ByteBuffer(&slice, 1); });
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

// One connection with several calls under way on one thread. The replies are not read: what is
// measured is who answers.
class Connection {
 public:
  explicit Connection(const std::string& address) : stub_(NewChannel(address)) {}

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

  static std::shared_ptr<grpc::Channel> NewChannel(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection of its own.
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  }

  void Begin(UnderWay& call, const grpc::ByteBuffer& request, grpc::CompletionQueue& queue) {
    call.begun = absl::Now();
    call.context = std::make_unique<grpc::ClientContext>();
    call.reader = stub_.PrepareUnaryCall(call.context.get(), kMethod, request, &queue);
    call.reader->StartCall();
    call.reader->Finish(&call.response, &call.status, &call);
  }

  grpc::GenericStub stub_;
};

class Contender {
 public:
  Contender(const std::string& address, pid_t pid) : pid_(pid) {
    for (int i = 0; i < kConnections; ++i) {
      connections_.push_back(std::make_unique<Connection>(address));
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

void Run(const std::string& self, const std::string& path) {
  tests::Suite suite;
  const tests::CommandOutcome load = suite.Command({"load", tests::Khoi4Folder().string()});
  Must(load.exit_code == 0, load.err);
  const scoring::v1::Ranking ranking = suite.FreshRanking();
  suite.PublishedRanking(ranking.revision());

  GetRankingRequest request;
  request.set_period(tests::kMidYear2019);
  GetRankingResponse response;
  {
    grpc::ClientContext context;
    Must(suite.scoring().GetRanking(&context, request, &response));
    Must(!response.stale(), "results-ingest is not in sight");
  }
  const grpc::Slice request_slice(request.SerializeAsString());
  const grpc::ByteBuffer asked(&request_slice, 1);
  const TemporaryFolder folder;
  const std::string bytes_file = (folder.path() / "reply").string();
  std::ofstream(bytes_file, std::ios::binary) << response.SerializeAsString();

  const std::string log = (folder.path() / "log").string();
  const auto ready = [](tests::Process& process) {
    const std::string line = process.ReadLine();
    Must(line.rfind("ready ", 0) == 0, "a bare server did not start");
    return line.substr(6);
  };
  tests::Process empty({self, "--empty", bytes_file}, log);
  tests::Process redis({self, "--redis", suite.redis_address(),
                        "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:6-thang"},
                       log);
  const std::vector<Contender> contenders = [&] {
    std::vector<Contender> all;
    all.emplace_back(suite.address(tests::Suite::kScoring), suite.pid(tests::Suite::kScoring));
    all.emplace_back(ready(empty), empty.pid());
    all.emplace_back(ready(redis), redis.pid());
    return all;
  }();

  // Each figure is the median of the ratios of one round, so that a disturbance hits both sides.
  std::vector<double> rate, p99, cpu, beside_redis, rates;
  for (int round = -1; round < kRounds; ++round) {  // The first warms up.
    const Turn ours = contenders[0].Run(asked);
    const Turn bare = contenders[1].Run(asked);
    const Turn by_redis = contenders[2].Run(asked);
    std::fprintf(
        stderr, "ours %.0f/s p99 %.0f us cpu %.1f us; empty %.0f/s %.0f us %.1f us; Redis %.0f/s\n",
        ours.calls_per_second, ours.p99_us, ours.cpu_us, bare.calls_per_second, bare.p99_us,
        bare.cpu_us, by_redis.calls_per_second);
    if (round < 0) continue;
    rate.push_back(ours.calls_per_second / bare.calls_per_second);
    p99.push_back(ours.p99_us / bare.p99_us);
    cpu.push_back(ours.cpu_us / bare.cpu_us);
    beside_redis.push_back(ours.calls_per_second / by_redis.calls_per_second);
    rates.push_back(ours.calls_per_second);
  }
  Report report(path);
  const std::string how = absl::StrFormat(
      "%d connections with %d calls under way each, client and servers on the same cores; a reply "
      "of %d bytes; median of %d rounds",
      kConnections, kCallsEach, response.ByteSizeLong(), kRounds);
  report.Add("ranking_read_vs_empty_handler", Median(rate), "ratio", how);
  report.Add("ranking_read_p99_vs_empty_handler", Median(p99), "ratio", how);
  report.Add("ranking_read_cpu_vs_empty_handler", Median(cpu), "ratio",
             "of the server process, a call");
  report.Add("ranking_read_vs_redis_per_call", Median(beside_redis), "ratio",
             "against a handler that asks Redis on each call, by a pool of connections");
  report.Add("ranking_reads_per_second", Median(rates), "1/s", how);
  report.Save();
}

}  // namespace
}  // namespace thidua::bench

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  if (words.size() == 3 && words[1] == "--empty") {
    thidua::bench::ServeBytes(words[2]);
  } else if (words.size() == 4 && words[1] == "--redis") {
    thidua::bench::ServeRedis(words[2], words[3]);
  } else if (words.size() == 2) {
    thidua::bench::Run(words[0], words[1]);
  } else {
    std::fprintf(stderr, "read_bench SUMMARY.json\n");
    return 2;
  }
}
