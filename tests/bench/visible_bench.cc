// From the answer to a change until its ranking can be read on every replica: 200 changed blocs a
// second through the real results-ingest, two real scoring processes on one PostgreSQL, and Redis;
// beside the parts that this is made of, each measured alone.
//
//   visible_bench SUMMARY.json [UNITS TARGETS_OF_UNIT]    SUITE_ENGINE as in tests/system/suite.h
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/platform/freshness.h"
#include "services/results_ingest/schema.h"
#include "services/results_ingest/store.h"
#include "services/scoring/redis_connection.h"
#include "services/scoring/snapshot.h"
#include "services/storage/database.h"
#include "tests/bench/bare_server.h"
#include "tests/bench/bench.h"
#include "tests/bench/bloc.h"
#include "tests/bench/report.h"
#include "tests/system/suite.h"

namespace thidua::bench {
namespace {

using scoring::v1::GetRankingRequest;
using scoring::v1::GetRankingResponse;
using scoring::v1::ScoringService;
using scoring::v1::WatchRankingsRequest;
using scoring::v1::WatchRankingsResponse;
using tests::Suite;

constexpr int kBlocs = 400;
constexpr int kChangesPerSecond = 200;
constexpr int kChanges = 4'000;
constexpr int kWriters = 8;
constexpr int kPartRounds = 400;

double At(std::vector<double> values, double quantile) {
  const size_t at = std::min(values.size() - 1,
                             static_cast<size_t>(quantile * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

// ---- The parts, alone ----

// Milliseconds of each of some rounds.
std::vector<double> Rounds(const std::function<void(int)>& once) {
  std::vector<double> times;
  for (int i = 0; i < kPartRounds; ++i) times.push_back(1e3 * Seconds([&] { once(i); }));
  return times;
}

std::vector<double> OneCommit(const std::string& location) {
  static const char* const kTable[] = {"CREATE TABLE rows (id BIGINT PRIMARY KEY, row BYTEA);"};
  auto opened = storage::Database::Open(location, kTable);
  Must(opened.status());
  const std::string row(400, 'x');
  return Rounds([&](int i) {
    Must((*opened)->Write([&](storage::Transaction& transaction) {
      return transaction.Execute("INSERT INTO rows (id, row) VALUES ($1, $2)",
                                 {static_cast<int64_t>(i), storage::Bytes{row}});
    }));
  });
}

// A message on its way by gRPC, encoded and decoded.
template <typename Message>
std::vector<double> OneHop(const Message& message) {
  constexpr char kMethod[] = "/thidua.scoring.v1.ScoringService/GetRanking";
  BareServer server(kMethod, [&message] {
    const grpc::Slice slice(message.SerializeAsString());
    return grpc::ByteBuffer(&slice, 1);
  });
  const auto channel = grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials());
  const grpc::internal::RpcMethod method(kMethod, grpc::internal::RpcMethod::NORMAL_RPC, channel);
  return Rounds([&](int) {
    grpc::ClientContext context;
    Message received;
    Must(
        grpc::internal::BlockingUnaryCall<GetRankingRequest, Message, google::protobuf::MessageLite,
                                          google::protobuf::MessageLite>(
            channel.get(), method, &context, GetRankingRequest(), &received));
  });
}

std::vector<double> OneScoring(const scoring::ReceivedPeriod& received) {
  std::vector<scoring::ReceivedPeriod> copies(kPartRounds, received);
  return Rounds([&](int i) {
    auto standing =
        scoring::ComputeStanding(std::move(copies[static_cast<size_t>(i)]), absl::Now());
    Must(standing.status());
    Must(!scoring::SnapshotOf(**standing, absl::Now())->reply.empty(), "no reply");
  });
}

std::vector<double> OnePublish(const std::string& address, const GetRankingResponse& response) {
  auto redis = scoring::RedisConnection::Open(address);
  Must(redis.status());
  const std::string bytes = response.ranking().SerializeAsString();
  const std::string json = response.ranking().DebugString();  // About as long.
  return Rounds([&](int i) {
    Must(redis
             ->Command({"HSET", "bench:ranking", "revision", absl::StrCat(i), "protobuf", bytes,
                        "json", json})
             .status());
  });
}

// ---- The whole ----

// What is seen of one replica.
class Watcher {
 public:
  explicit Watcher(const std::string& address)
      : stub_(ScoringService::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))),
        stream_(stub_->WatchRankings(&context_, WatchRankingsRequest())),
        thread_([this] { Follow(); }) {}
  ~Watcher() {
    context_.TryCancel();
    thread_.join();
  }

  void AwaitVersion(int bloc, int64_t version) {
    const absl::MutexLock lock(&mutex_);
    const auto seen = [&] {
      mutex_.AssertReaderHeld();
      const auto found = seen_.find(PeriodOf(bloc));
      return found != seen_.end() && found->second.back().first >= version;
    };
    Must(mutex_.AwaitWithTimeout(absl::Condition(&seen), absl::Seconds(120)),
         "a change was never seen");
  }
  // When that version or a newer one could be read first.
  absl::Time SeenAt(int bloc, int64_t version) const {
    const absl::MutexLock lock(&mutex_);
    const auto& versions = seen_.at(PeriodOf(bloc));
    return std::find_if(versions.begin(), versions.end(),
                        [&](const auto& one) { return one.first >= version; })
        ->second;
  }

 private:
  void Follow() {
    WatchRankingsResponse event;
    while (stream_->Read(&event)) {
      if (!event.has_ranking()) continue;
      const scoring::v1::Ranking& ranking = event.ranking().ranking();
      const std::string period = ranking.name().substr(0, ranking.name().rfind('/'));
      const absl::MutexLock lock(&mutex_);
      seen_[period].emplace_back(ranking.period_version(), absl::Now());
    }
  }

  grpc::ClientContext context_;
  const std::unique_ptr<ScoringService::Stub> stub_;
  const std::unique_ptr<grpc::ClientReader<WatchRankingsResponse>> stream_;
  mutable absl::Mutex mutex_;
  std::map<std::string, std::vector<std::pair<int64_t, absl::Time>>> seen_;
  std::thread thread_;
};

struct Change {
  int bloc = 0;
  int64_t version = 0;
  absl::Time answered;
};

void PutPacts(const std::string& location, const BlocSize& size) {
  auto database = storage::Database::Open(location, results_ingest::Schema());
  Must(database.status());
  for (int bloc = 0; bloc < kBlocs; ++bloc) {
    domain::Pact pact = DomainPact({bloc, size.units, size.targets_of_unit});
    for (domain::Period& period : pact.periods) {
      period.opens_on = domain::Date(2019, 1, 1);
      period.closes_on.reset();
    }
    Must((*database)->Write([&](storage::Transaction& transaction) -> absl::Status {
      results_ingest::Store store(transaction);
      const messages::PactName name{pact.bloc, pact.year};
      absl::Status status =
          store.PutPact(name, {"registry:bench", messages::khoi4_2019::PactMessage(pact)});
      if (!status.ok()) return status;
      return store.AdvancePeriod({name, "6-thang"}, absl::Now()).status();
    }));
  }
}

Change Put(results::v1::ResultsService::Stub& results, int bloc, const BlocSize& size, int first,
           int count, int value) {
  results::v1::PutResultsRequest request;
  request.set_period(PeriodOf(bloc));
  for (int i = first; i < first + count; ++i) {
    auto& row = *request.add_rows();
    row.set_target(absl::StrCat(PactOf(bloc), "/targets/t-", i / size.targets_of_unit, "-",
                                i % size.targets_of_unit));
    row.mutable_actual()->set_value(absl::StrCat(40 + (i * 37 + value) % 90));
    row.set_correction_reason("Đếm lại");
  }
  results::v1::PutResultsResponse response;
  grpc::ClientContext context;
  Must(results.PutResults(&context, request, &response));
  Change change{bloc, 0, absl::Now()};
  const auto vector = platform::ReadFreshnessToken(response.freshness_token());
  Must(vector.status());
  for (const auto& entry : vector->entries()) {
    if (entry.resource() == PeriodOf(bloc)) change.version = entry.version();
  }
  Must(change.version > 0, "a change without its version");
  return change;
}

void Run(const std::string& path, const BlocSize& size, const std::string& suffix) {
  // As it is run with replicas: one results-ingest, and what they share on PostgreSQL.
  setenv("SUITE_ENGINE", "replicas", /*overwrite=*/0);
  Suite suite;
  suite.Kill(Suite::kRegistry, SIGKILL);  // What it tells is put in place of it.
  suite.Kill(Suite::kResults, SIGTERM);
  PutPacts(suite.database(Suite::kResults), size);
  suite.Start(Suite::kResults);
  suite.Start(Suite::kReplica);
  Watcher one(suite.address(Suite::kScoring)), other(suite.address(Suite::kReplica));
  const int targets = size.units * size.targets_of_unit;
  for (int bloc = 0; bloc < kBlocs; ++bloc) {
    const Change filled = Put(suite.results(), bloc, size, 0, targets, bloc);
    if (bloc == kBlocs - 1) {
      one.AwaitVersion(bloc, filled.version);
      other.AwaitVersion(bloc, filled.version);
    }
  }

  std::vector<Change> changes(kChanges);
  std::atomic<int> next = 0;
  std::vector<std::thread> writers;
  const absl::Time start = absl::Now();
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&] {
      const auto results = results::v1::ResultsService::NewStub(
          grpc::CreateChannel(suite.address(Suite::kResults), grpc::InsecureChannelCredentials()));
      for (int i = next++; i < kChanges; i = next++) {
        absl::SleepFor(start + i * absl::Seconds(1) / kChangesPerSecond - absl::Now());
        changes[static_cast<size_t>(i)] =
            Put(*results, i % kBlocs, size, (i * 7) % targets, 1, i / kBlocs + i);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  Must(kChanges / seconds > 0.97 * kChangesPerSecond, "the changes were not made fast enough");
  std::vector<double> visible;
  for (const Change& change : changes) {
    absl::Time seen = absl::InfinitePast();
    for (Watcher* watcher : {&one, &other}) {
      watcher->AwaitVersion(change.bloc, change.version);
      seen = std::max(seen, watcher->SeenAt(change.bloc, change.version));
    }
    visible.push_back(std::max(0.0, absl::ToDoubleMilliseconds(seen - change.answered)));
  }

  // The parts, of one of these periods, with all else at rest.
  const std::string redis = suite.redis_address();
  GetRankingResponse reply;
  {
    GetRankingRequest request;
    request.set_period(PeriodOf(0));
    grpc::ClientContext context;
    Must(suite.scoring().GetRanking(&context, request, &reply));
  }
  const scoring::ReceivedPeriod received = ReceivedBloc(size);
  const std::vector<std::pair<std::string, std::vector<double>>> parts = {
      {"commit", OneCommit(suite.NewDatabase())}, {"hop of a period", OneHop(received.inputs)},
      {"hop of a ranking", OneHop(reply)},        {"scoring", OneScoring(received)},
      {"publish", OnePublish(redis, reply)},
  };
  double sum = 0, sum_p99 = 0;
  std::string made_of;
  for (const auto& [name, times] : parts) {
    sum += At(times, 0.5);
    sum_p99 += At(times, 0.99);
    absl::StrAppendFormat(&made_of, "%s%s %.2f", made_of.empty() ? "" : ", ", name, At(times, 0.5));
    std::fprintf(stderr, "%s: %.2f ms, p99 %.2f\n", name.c_str(), At(times, 0.5), At(times, 0.99));
  }
  const double p99 = At(visible, 0.99);
  std::fprintf(stderr, "%d x %d: %.0f changes/s, visible %.2f ms, p90 %.2f, p99 %.2f, max %.2f\n",
               size.units, size.targets_of_unit, kChanges / seconds, At(visible, 0.5),
               At(visible, 0.9), p99, At(visible, 1));
  Report report(path);
  report.Add(absl::StrCat("visible_vs_sum_of_parts", suffix), p99 / sum, "ratio",
             absl::StrFormat("p99 of %d changes of %d blocs (%d units of %d targets), %.0f a "
                             "second, on two replicas; medians alone, ms: %s",
                             kChanges, kBlocs, size.units, size.targets_of_unit, kChanges / seconds,
                             made_of));
  report.Add(absl::StrCat("visible_vs_sum_of_parts_p99", suffix), p99 / sum_p99, "ratio",
             "against the sum of the p99 of each part alone");
  report.Add(absl::StrCat("visible_p99_ms", suffix), p99, "ms", "");
  report.Add(absl::StrCat("visible_median_ms", suffix), At(visible, 0.5), "ms", "");
  report.Save();
}

}  // namespace
}  // namespace thidua::bench

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  thidua::bench::BlocSize size;
  if (words.size() == 2) {
    thidua::bench::Run(words[1], {0, 7, 5}, "");
    thidua::bench::Run(words[1], {0, 10, 30}, "_of_large_blocs");
  } else if (words.size() == 4 && absl::SimpleAtoi(words[2], &size.units) &&
             absl::SimpleAtoi(words[3], &size.targets_of_unit)) {
    thidua::bench::Run(words[1], size, "_tried");
  } else {
    std::fprintf(stderr, "visible_bench SUMMARY.json [UNITS TARGETS_OF_UNIT]\n");
    return 2;
  }
}
