// results-ingest against its engines: rows streamed into the real binary by ImportResults, beside
// raw inserts of the same rows into the same table; the memory that a million rows take; and small
// durable writes by many at once, beside one client that commits one by one.
//
//   results_bench SUMMARY.json [ROWS] [ENGINE]
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <deque>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/domain/khoi4_2019_testdata.h"
#include "services/messages/khoi4_2019_pact_testlib.h"
#include "services/results_ingest/schema.h"
#include "services/results_ingest/store.h"
#include "services/storage/database.h"
#include "tests/bench/bench.h"
#include "tests/bench/report.h"
#include "tests/system/process.h"
#include "thidua/results/v1/results_service.grpc.pb.h"

namespace thidua::bench {
namespace {

using results::v1::ImportResultsRequest;
using results::v1::ImportResultsResponse;
using results::v1::ResultsService;
using storage::Bytes;
using storage::Database;
using storage::Parameter;
using storage::Row;
using storage::Transaction;

constexpr int kTargets = 10'000;  // Of a pact: the most that one may have.
constexpr int kPeriods = 20;      // Likewise.
constexpr int kChunk = 2'000;
constexpr int kUnacknowledged = 8;
constexpr int kRounds = 3;
constexpr int kWriters = 64;
constexpr int kSmallWrites = 10'000;
constexpr int kOneByOne = 1'000;

// A pact of ten thousand targets and twenty periods; five of them take a million rows.
domain::Pact LargePact(int number) {
  domain::Pact pact = domain::khoi4_2019::ThePact();
  pact.bloc = absl::StrCat("khoi-", number);
  const domain::Target target = pact.targets[5];
  const domain::Period period = pact.periods[0];
  pact.targets.assign(kTargets, target);
  for (int i = 0; i < kTargets; ++i) {
    domain::Target& one = pact.targets[static_cast<size_t>(i)];
    one.id = absl::StrCat("t-", i);
    one.name = absl::StrCat("Tổ chức lớp đào tạo, tập huấn số ", i);
    one.unit = pact.members[static_cast<size_t>(i) % pact.members.size()].unit;
    // Figures as they stand: held against no earlier period.
    one.accumulation = domain::Accumulation::kSnapshot;
  }
  pact.periods.assign(kPeriods, period);
  for (int i = 0; i < kPeriods; ++i) {
    pact.periods[static_cast<size_t>(i)].id = absl::StrCat("ky-", i);
    pact.periods[static_cast<size_t>(i)].opens_on = domain::Date(2019, 1, 1);
  }
  return pact;
}

// As if they had arrived from the registry.
void PutPacts(const std::string& location, int count) {
  auto database = Database::Open(location, results_ingest::Schema());
  Must(database.status());
  for (int i = 0; i < count; ++i) {
    const domain::Pact pact = LargePact(i);
    Must((*database)->Write([&](Transaction& transaction) -> absl::Status {
      results_ingest::Store store(transaction);
      const messages::PactName name = {pact.bloc, pact.year};
      absl::Status status =
          store.PutPact(name, {"registry:bench", messages::khoi4_2019::PactMessage(pact)});
      for (const domain::Period& period : pact.periods) {
        if (status.ok()) status = store.AdvancePeriod({name, period.id}, absl::Now()).status();
      }
      return status;
    }));
  }
}

// The real binary over a database.
class Results {
 public:
  Results(const std::string& location, const std::filesystem::path& folder)
      : process_({absl::StrCat(THIDUA_BIN_DIR, "/thidua-results-ingest"), "--listen=127.0.0.1:0",
                  "--registry=127.0.0.1:1", absl::StrCat("--data_dir=", folder.string()),
                  absl::StrCat("--database=", location)},
                 (folder / "results.log").string()) {
    const std::string line = process_.ReadLine();
    Must(line.rfind("ready ", 0) == 0, "results-ingest did not start");
    address_ = line.substr(6);
  }
  std::unique_ptr<ResultsService::Stub> NewStub() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection of its own.
    return ResultsService::NewStub(
        grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments));
  }
  pid_t pid() const { return process_.pid(); }

 private:
  tests::Process process_;
  std::string address_;
};

std::string PeriodOf(int row) {
  const int block = row / kTargets;
  return absl::StrCat("blocs/khoi-", block / kPeriods, "/pacts/2019/periods/ky-", block % kPeriods);
}

void MakeChunk(int first, int last, ImportResultsRequest::Chunk& chunk) {
  chunk.set_first_row(first);
  for (int i = first; i < last; ++i) {
    results::v1::ImportRow& row = *chunk.add_rows();
    row.set_period(PeriodOf(i));
    row.set_place(absl::StrCat("B", i + 2));
    row.mutable_row()->set_target(absl::StrCat("blocs/khoi-", i / kTargets / kPeriods,
                                               "/pacts/2019/targets/t-", i % kTargets));
    row.mutable_row()->mutable_actual()->set_value(absl::StrCat(i % 10 + 1));
  }
}

// Streams rows in, at most so many chunks ahead of what is acknowledged; seconds.
double Import(Results& service, const std::string& name, results::v1::Import::Mode mode, int rows) {
  const auto stub = service.NewStub();
  return Seconds([&] {
    grpc::ClientContext context;
    const auto stream = stub->ImportResults(&context);
    ImportResultsRequest start;
    start.mutable_start()->set_import(absl::StrCat("imports/", name));
    start.mutable_start()->set_mode(mode);
    stream->Write(start);
    ImportResultsResponse event;
    Must(stream->Read(&event) && event.has_started(), "the import did not start");
    int sent = 0;
    int64_t acknowledged = 0;
    while (acknowledged < rows) {
      while (sent < rows && sent - acknowledged < int64_t{kUnacknowledged} * kChunk) {
        ImportResultsRequest request;
        const int last = std::min(sent + kChunk, rows);
        MakeChunk(sent, last, *request.mutable_chunk());
        stream->Write(request);
        sent = last;
      }
      if (!stream->Read(&event)) {
        Must(stream->Finish());
        Must(false, "the import ended early");
      }
      acknowledged = event.progress().next_row();
    }
    Must(event.progress().counts().created() == rows, "not every row was created");
    ImportResultsRequest finish;
    finish.mutable_finish()->set_rows(rows);
    stream->Write(finish);
    stream->WritesDone();
    while (stream->Read(&event)) {
    }
    Must(stream->Finish());
  });
}

double Commit(Results& service, const std::string& name) {
  const auto stub = service.NewStub();
  return Seconds([&] {
    results::v1::CommitImportRequest request;
    request.set_import(absl::StrCat("imports/", name));
    grpc::ClientContext context;
    const auto reader = stub->CommitImport(&context, request);
    results::v1::CommitImportResponse event;
    while (reader->Read(&event)) {
    }
    Must(reader->Finish());
  });
}

// The rows that an import left, into an empty table of the same schema, in as many commits.
double RawInserts(const std::string& from, const std::string& to) {
  static constexpr absl::string_view kColumns[] = {
      "bloc", "year", "period", "target", "revision", "is_current", "period_version", "message"};
  std::deque<std::string> texts;
  std::vector<std::vector<Parameter>> rows;
  {
    auto database = Database::Open(from, results_ingest::Schema());
    Must(database.status());
    // In the order in which they came.
    Must((*database)->Read([&](Transaction& transaction) {
      return transaction.Query(
          "SELECT bloc, year, period, target, revision, is_current, period_version, message "
          "FROM results ORDER BY bloc, period, period_version, target",
          {}, [&](const Row& row) {
            const auto text = [&](int column) {
              return absl::string_view(texts.emplace_back(row.Text(column)));
            };
            rows.push_back({text(0), row.Integer(1), text(2), text(3), row.Integer(4),
                            row.Integer(5), row.Integer(6), Bytes{text(7)}});
            return absl::OkStatus();
          });
    }));
  }
  auto database = Database::Open(to, results_ingest::Schema());
  Must(database.status());
  return Seconds([&] {
    for (size_t first = 0; first < rows.size(); first += kChunk) {
      Must((*database)->Write([&](Transaction& transaction) {
        return transaction.InsertRows("results", kColumns,
                                      absl::MakeConstSpan(rows).subspan(first, kChunk));
      }));
    }
  });
}

// One row a call, each its own durable change, so many calls under way at a time; calls a second.
class SmallWrites {
 public:
  SmallWrites(Results& service, std::string period, int writes, int writers)
      : period_(std::move(period)), writes_(writes) {
    for (int w = 0; w < writers; w += 16) stubs_.push_back(service.NewStub());
    calls_.resize(static_cast<size_t>(writers));
    seconds_ = Seconds([&] {
      for (size_t w = 0; w < calls_.size(); ++w) Next(w);
      const absl::MutexLock lock(&mutex_);
      const auto all = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return done_ == writes_; };
      mutex_.Await(absl::Condition(&all));
    });
  }
  double per_second() const { return writes_ / seconds_; }

 private:
  struct Call {
    std::unique_ptr<grpc::ClientContext> context;
    results::v1::PutResultsRequest request;
    results::v1::PutResultsResponse response;
  };

  void Next(size_t writer) {
    const int i = next_++;
    if (i >= writes_) return;
    Call& call = calls_[writer];
    call.context = std::make_unique<grpc::ClientContext>();
    call.request.Clear();
    call.request.set_period(period_);
    results::v1::ResultRow& row = *call.request.add_rows();
    row.set_target(absl::StrCat("blocs/khoi-0/pacts/2019/targets/t-", i));
    row.mutable_actual()->set_value("5");
    stubs_[writer / 16]->async()->PutResults(call.context.get(), &call.request, &call.response,
                                             [this, writer](const grpc::Status& status) {
                                               Must(status);
                                               Next(writer);
                                               const absl::MutexLock lock(&mutex_);
                                               ++done_;
                                             });
  }

  const std::string period_;
  const int writes_;
  std::vector<std::unique_ptr<ResultsService::Stub>> stubs_;
  std::vector<Call> calls_;
  std::atomic<int> next_ = 0;
  absl::Mutex mutex_;
  int done_ ABSL_GUARDED_BY(mutex_) = 0;
  double seconds_ = 0;
};

void MeasureImport(const Engine& engine, int rows, const std::string& ratio_name, Report& report) {
  std::vector<double> imports, raws, ratios, plans;
  for (int round = 0; round < kRounds; ++round) {
    const TemporaryFolder folder, raw_folder, plan_folder;
    const int pacts = (rows + kTargets * kPeriods - 1) / (kTargets * kPeriods);
    const std::string location = engine.NewLocation(folder.path());
    PutPacts(location, pacts);
    {
      Results service(location, folder.path());
      imports.push_back(rows / Import(service, "bench", results::v1::Import::MODE_STORE, rows));
    }
    raws.push_back(rows / RawInserts(location, engine.NewLocation(raw_folder.path())));
    ratios.push_back(imports.back() / raws.back());

    const std::string plan_location = engine.NewLocation(plan_folder.path());
    PutPacts(plan_location, pacts);
    Results service(plan_location, plan_folder.path());
    plans.push_back(rows / (Import(service, "bench", results::v1::Import::MODE_PLAN, rows) +
                            Commit(service, "bench")));
  }
  const std::string how = absl::StrFormat("%d rows, %d a chunk, median of %d; spread %.0f %%", rows,
                                          kChunk, kRounds, 100 * Spread(ratios));
  report.Add(ratio_name, Median(ratios), "ratio", how);
  report.Add(absl::StrCat("import_rows_per_second_", engine.name), Median(imports), "rows/s", how);
  report.Add(absl::StrCat("raw_rows_per_second_", engine.name), Median(raws), "rows/s", how);
  report.Add(absl::StrCat("plan_and_commit_rows_per_second_", engine.name), Median(plans), "rows/s",
             how);
}

void MeasureMemory(const Engine& engine, Report& report) {
  constexpr int kMillion = 1'000'000;
  for (const auto mode : {results::v1::Import::MODE_STORE, results::v1::Import::MODE_PLAN}) {
    const TemporaryFolder folder;
    const std::string location = engine.NewLocation(folder.path());
    PutPacts(location, kMillion / kTargets / kPeriods);
    Results service(location, folder.path());
    const double idle = Mebibytes(service.pid(), "VmRSS");
    Import(service, "million", mode, kMillion);
    if (mode == results::v1::Import::MODE_PLAN) Commit(service, "million");
    const bool stored = mode == results::v1::Import::MODE_STORE;
    report.Add(absl::StrCat("import_million_rows_memory_above_idle_mib_", engine.name,
                            stored ? "" : "_plan"),
               Mebibytes(service.pid(), "VmHWM") - idle, "MiB",
               absl::StrCat("the most that the service held, ", static_cast<int>(idle),
                            " MiB when idle", stored ? "" : "; planned, then committed"));
  }
}

void MeasureSmallWrites(const Engine& engine, Report& report) {
  std::vector<double> ratios, together, alone;
  for (int round = 0; round < kRounds; ++round) {
    const TemporaryFolder folder;
    const std::string location = engine.NewLocation(folder.path());
    PutPacts(location, 1);
    Results service(location, folder.path());
    const std::string pact = "blocs/khoi-0/pacts/2019/periods/";
    alone.push_back(SmallWrites(service, absl::StrCat(pact, "ky-0"), kOneByOne, 1).per_second());
    together.push_back(
        SmallWrites(service, absl::StrCat(pact, "ky-1"), kSmallWrites, kWriters).per_second());
    ratios.push_back(together.back() / alone.back());
  }
  const std::string how = absl::StrFormat("%d callers against one, one row a call; spread %.0f %%",
                                          kWriters, 100 * Spread(ratios));
  const std::string suffix = engine.postgresql == nullptr ? "" : absl::StrCat("_", engine.name);
  report.Add(absl::StrCat("small_commits_vs_one_by_one", suffix), Median(ratios), "ratio", how);
  report.Add(absl::StrCat("small_commits_per_second", suffix), Median(together), "calls/s", how);
  report.Add(absl::StrCat("one_by_one_per_second", suffix), Median(alone), "calls/s", how);
}

int Main(int argc, char** argv) {
  Must(argc >= 2, "usage: results_bench SUMMARY.json [ROWS] [ENGINE]");
  int rows = 400'000;
  if (argc > 2) Must(absl::SimpleAtoi(argv[2], &rows) && rows > 0, "ROWS is a number");
  const std::string only = argc > 3 ? argv[3] : "";
  Report report(argv[1]);
  if (only.empty() || only == "sqlite") {
    const Engine sqlite = {"sqlite", nullptr};
    MeasureImport(sqlite, rows, "import_vs_raw_sqlite", report);
    MeasureSmallWrites(sqlite, report);
    MeasureMemory(sqlite, report);
  }
  if (only.empty() || only == "postgresql") {
    tests::PostgresqlServer server;
    const Engine postgresql = {"postgresql", &server};
    MeasureImport(postgresql, rows, "import_vs_postgresql_copy", report);
    MeasureSmallWrites(postgresql, report);
    MeasureMemory(postgresql, report);
  }
  report.Save();
  return 0;
}

}  // namespace
}  // namespace thidua::bench

int main(int argc, char** argv) { return thidua::bench::Main(argc, argv); }
