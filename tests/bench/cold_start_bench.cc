// How long the real thidua-scoring takes from its start, with the data of 5,000 blocs in its own
// database and results-ingest away, until it has answered every ranking; what it holds in memory
// then; and what a ranking takes that is kept ready to be sent.
//
//   cold_start_bench SUMMARY.json [BLOCS]
#include <grpcpp/grpcpp.h>
#include <malloc.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/scoring/board.h"
#include "services/scoring/schema.h"
#include "services/scoring/store.h"
#include "services/storage/database.h"
#include "tests/bench/bench.h"
#include "tests/bench/bloc.h"
#include "tests/bench/report.h"
#include "tests/system/process.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::bench {
namespace {

using scoring::ReceivedPeriod;
using scoring::v1::GetRankingRequest;
using scoring::v1::GetRankingResponse;
using scoring::v1::ScoringService;

constexpr int kUnits = 10;
constexpr int kTargetsOfUnit = 30;
constexpr int kReaders = 4;

ReceivedPeriod BlocOf(int number) { return ReceivedBloc({number, kUnits, kTargetsOfUnit}); }

void MeasureStart(const std::filesystem::path& folder, int blocs, Report& report) {
  {
    auto database = storage::Database::Open((folder / "scoring.db").string(), scoring::Schema());
    Must(database.status());
    for (int first = 0; first < blocs; first += 100) {
      Must((*database)->Write([&](storage::Transaction& transaction) -> absl::Status {
        scoring::Store store(transaction);
        for (int i = first; i < std::min(first + 100, blocs); ++i) {
          const absl::Status put = store.PutPeriod(BlocOf(i));
          if (!put.ok()) return put;
        }
        return absl::OkStatus();
      }));
    }
  }
  const absl::Time start = absl::Now();
  tests::Process process({absl::StrCat(THIDUA_BIN_DIR, "/thidua-scoring"), "--listen=127.0.0.1:0",
                          "--results=127.0.0.1:1", absl::StrCat("--data_dir=", folder.string())},
                         (folder / "scoring.log").string());
  const std::string line = process.ReadLine();
  Must(line.rfind("ready ", 0) == 0, "scoring did not start");
  const std::string address = line.substr(6);
  std::vector<std::thread> readers;
  for (int reader = 0; reader < kReaders; ++reader) {
    readers.emplace_back([&, reader] {
      const auto stub =
          ScoringService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
      for (int i = reader; i < blocs; i += kReaders) {
        GetRankingRequest request;
        request.set_period(PeriodOf(i));
        GetRankingResponse response;
        grpc::ClientContext context;
        Must(stub->GetRanking(&context, request, &response));
        Must(response.ranking().rows_size() == kUnits, "a ranking without its units");
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const std::string how =
      absl::StrFormat("%d blocs of %d units with %d targets each, until every ranking was answered",
                      blocs, kUnits, kTargetsOfUnit);
  report.Add("cold_start_seconds", seconds, "s", how);
  report.Add("cold_start_peak_memory", Mebibytes(process.pid(), "VmHWM"), "MiB", how);
}

void MeasureMemory(Report& report) {
  constexpr int kRankings = 2'000;
  scoring::Board board(nullptr, {.standing_bytes = 0});
  // The first takes what is there once, however many follow.
  const auto put = [&](int number) -> size_t {
    auto standing = scoring::ComputeStanding(BlocOf(number), absl::UnixEpoch());
    Must(standing.status());
    return board.Put(*std::move(standing))->reply.size();
  };
  put(0);
  const auto before = static_cast<double>(mallinfo2().uordblks);
  size_t bytes = 0;
  for (int i = 1; i <= kRankings; ++i) bytes += put(i);
  const double held = static_cast<double>(mallinfo2().uordblks) - before;
  report.Add("cached_ranking_memory_vs_its_bytes", held / static_cast<double>(bytes), "ratio",
             absl::StrFormat("%d rankings of %d units, %d bytes each", kRankings, kUnits,
                             bytes / kRankings));
}

void Run(const std::string& path, int blocs) {
  const TemporaryFolder folder;
  Report report(path);
  MeasureMemory(report);
  MeasureStart(folder.path(), blocs, report);
  report.Save();
}

}  // namespace
}  // namespace thidua::bench

int main(int argc, char** argv) {
  int blocs = 5'000;
  if (argc < 2 || (argc > 2 && !absl::SimpleAtoi(argv[2], &blocs))) {
    std::fprintf(stderr, "cold_start_bench SUMMARY.json [BLOCS]\n");
    return 2;
  }
  thidua::bench::Run(argv[1], blocs);
}
