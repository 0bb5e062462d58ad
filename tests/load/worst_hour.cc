// The year's worst hour, on the real services under guard: TLS, a token for everybody, a policy.
//
//   worst_hour --load_seconds=120 --load_seed=2025 --load_out=build/load PHASE…
//
//   file      every unit of a province files everything before a deadline, while readers read as
//             fast as they are answered; the hour takes --load_seconds
//   country   34 provinces in one suite: what putting them there takes, and the last thirtieth of
//             the hour: at its own pace when --load_seconds=120
//   overload  some callers ask for more than they may; the others are served on
//   soak      one steady load, and whether any process grows
//
// Each phase starts a suite of its own, writes PHASE.json, and fails when an acknowledged figure is
// not there exactly once (of a country's targets that were filed once, one in ten is looked at),
// own points or a hand-over are not as they were acknowledged, a repeat is answered otherwise than
// the first time, a ranking is older than its token, anybody within their limits is turned away
// (which a country's writers are), or a process of the soak grows. Nothing is asserted of speed.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "services/platform/flags.h"
#include "services/platform/freshness.h"
#include "tests/bench/bench.h"
#include "tests/load/answers.h"
#include "tests/load/call.h"
#include "tests/load/excess.h"
#include "tests/load/faults.h"
#include "tests/load/filers.h"
#include "tests/load/filings.h"
#include "tests/load/growth.h"
#include "tests/load/ledger.h"
#include "tests/load/provinces.h"
#include "tests/load/read_back.h"
#include "tests/load/readers.h"
#include "tests/load/recorder.h"

ABSL_FLAG(double, load_seconds, 120, "how long a phase goes on");
ABSL_FLAG(int, load_units, 700, "units of a province");
ABSL_FLAG(int, load_provinces, 34, "provinces of the country");
ABSL_FLAG(uint64_t, load_seed, 2025, "what is made up, and when it is filed, follows from it");
ABSL_FLAG(std::string, load_out, "build/load", "folder of the phases' figures");

namespace thidua::load {
namespace {

using bench::Must;
using tests::GuardedSuite;
using tests::Suite;

// "Full rate" of readers: more lines change nothing but how long each waits for a core.
constexpr Lines kFullRate = {.grpc = 8, .http = 16, .pause = absl::ZeroDuration()};
// After each so-and-so-manieth write the ranking is asked for under its token.
constexpr int kFreshEvery = 4;
constexpr double kLastPart = 1.0 / 30;  // Of the hour, which the country is seen in.

uint64_t Seed() { return absl::GetFlag(FLAGS_load_seed); }
absl::Duration Span() { return absl::Seconds(absl::GetFlag(FLAGS_load_seconds)); }

// A suite with its provinces in it, every ranking shown.
struct Installation {
  explicit Installation(int province_count)
      : provinces(province_count, absl::GetFlag(FLAGS_load_units), Seed()),
        guard({}, provinces.People()) {
    provinces.Register(guard, [this](const std::string& what, double seconds) {
      std::fprintf(stderr, "%s: %.1f s\n", what.c_str(), seconds);
      registered.emplace_back(what, seconds);
    });
    registered.emplace_back("until every ranking was shown",
                            bench::Seconds([this] { AwaitRankings(); }));
    guard.suite().Start(Suite::kPortal);
  }

  // Until each period's ranking shows all that results-ingest has.
  void AwaitRankings() {
    InParallel(provinces.blocs().size(), 8, [this](size_t b) {
      results::v1::GetPeriodInputsRequest of_period;
      of_period.set_name(provinces.blocs()[b].period);
      const auto stored = AskUntilAnswered(
          guard.suite().results(), &results::v1::ResultsService::Stub::GetPeriodInputs, of_period);
      scoring::v1::GetRankingRequest request;
      request.set_period(of_period.name());
      request.set_freshness_token(platform::FreshnessToken(
          stored.store_id(), of_period.name(), stored.inputs().version(), stored.store_epoch_ms()));
      AskUntilAnswered(guard.suite().scoring(), &scoring::v1::ScoringService::Stub::GetRanking,
                       request);
    });
  }

  std::vector<Recorder::Process> Processes() {
    Suite& suite = guard.suite();
    pid_t redis = 0;
    for (const absl::string_view line : absl::StrSplit(suite.Redis({"INFO", "server"}), '\n')) {
      absl::string_view number = absl::StripAsciiWhitespace(line);
      if (absl::ConsumePrefix(&number, "process_id:"))
        Must(absl::SimpleAtoi(number, &redis), "pid");
    }
    return {{"registry", suite.pid(Suite::kRegistry)},
            {"results-ingest", suite.pid(Suite::kResults)},
            {"scoring", suite.pid(Suite::kScoring)},
            {"portal", suite.pid(Suite::kPortal)},
            {"redis", redis},
            {"the load itself", getpid()}};
  }

  void Restart(Suite::Service service, const std::vector<std::string>& flags = {}) {
    Must(guard.suite().Kill(service, SIGTERM) == 0, "a service did not stop as it should");
    guard.suite().Start(service, flags);
  }

  Provinces provinces;
  Ledger ledger;
  GuardedSuite guard;
  std::vector<std::pair<std::string, double>> registered;
};

constexpr Kind kWithinLimits[] = {Kind::kWrite, Kind::kGrpcRead, Kind::kHttpRead, Kind::kFreshRead};

// Reads all back, or of targets that were filed once one in so many, and ends the phase. `carried`:
// this machine can carry all that is asked.
int Finish(const std::string& phase, Installation& in, Recorder& recorder, Faults& faults,
           bool carried = true, size_t one_in = 1) {
  recorder.Stop();
  for (const Kind kind : kWithinLimits) {
    faults.Add(JudgeAnswers(NameOf(kind), recorder.Codes(kind), carried));
  }
  const ReadBack read_back = ReadAllBack(in.guard.suite(), in.provinces, in.ledger, one_in);
  faults.Add(read_back.faults);
  recorder.Tell("acknowledged figures", in.ledger.acknowledged());
  recorder.Tell("read back", {{"targets", read_back.targets},
                              {"of targets", read_back.of_targets},
                              {"revisions of them", read_back.revisions},
                              {"own points", read_back.own_points},
                              {"hand-overs", read_back.hand_overs},
                              {"rankings", read_back.rankings}});
  recorder.Tell("all there exactly once, rankings fresh", read_back.faults.empty());
  for (const Kind kind : kWithinLimits) {
    recorder.Tell(absl::StrCat(NameOf(kind), " p50 and p99, ms"),
                  {std::stod(absl::StrFormat("%.3g", recorder.Latency(kind, 0.5))),
                   std::stod(absl::StrFormat("%.3g", recorder.Latency(kind, 0.99)))});
  }
  const std::vector<std::string> all = faults.all();
  for (const std::string& fault : all) {
    std::fprintf(stderr, "%s: FAULT: %s\n", phase.c_str(), fault.c_str());
  }
  recorder.Tell("faults", all.size());
  recorder.Tell("seed", Seed());
  recorder.Save(absl::StrCat(absl::GetFlag(FLAGS_load_out), "/", phase, ".json"));
  return all.empty() ? 0 : 1;
}

// Everybody files before the deadline, and others read.
void Rush(Installation& in, Recorder& recorder, const std::vector<Filing>& filings,
          Faults& faults) {
  recorder.Tell("filings", filings.size());
  Readers readers(in.guard, in.provinces, recorder, kFullRate);
  Filers filers(in.guard, in.provinces, in.ledger, recorder, kFreshEvery);
  filers.Run(filings, "gio-chot");
  recorder.Tell("filings sent twice, answered twice the same", filers.same_again());
  recorder.BeginStretch("after the deadline");
  absl::SleepFor(Span() / 12);
  readers.Stop();
  faults.Add(readers.faults());
  faults.Add(filers.faults());
}

int File() {
  Installation in(1);
  Recorder recorder("file", in.Processes());
  recorder.Tell("units", in.provinces.units().size());
  recorder.Tell("blocs", in.provinces.blocs().size());
  recorder.Tell("targets", in.provinces.targets());
  Faults faults;
  Rush(in, recorder, DeadlineRush(in.provinces, Span(), Seed()), faults);
  return Finish("file", in, recorder, faults);
}

// Each province's figures of earlier days, as the administrator brings them in: one import each.
void ImportEarlier(Installation& in) {
  constexpr size_t kChunk = 2'000;
  InParallel(
      static_cast<size_t>(in.provinces.blocs().back().province) + 1, 2, [&](size_t province) {
        Chance chance(Seed() + province);
        struct Row {
          size_t unit, target;
          int64_t figure;
        };
        std::vector<Row> rows;
        for (size_t u = 0; u < in.provinces.units().size(); ++u) {
          const Unit& unit = in.provinces.units()[u];
          if (in.provinces.blocs()[unit.bloc].province != static_cast<int>(province)) continue;
          for (size_t t = 0; t < unit.targets.size(); ++t) {
            // Below all that is reported later, so that none is reported twice (Filing).
            rows.push_back({u, t, unit.targets[t].value * chance.Between(30, 50) / 100});
          }
        }
        grpc::ClientContext context;
        Prepare(context, "", kSetUpPatience);
        const auto stream = in.guard.suite().results().ImportResults(&context);
        results::v1::ImportResultsRequest request;
        results::v1::ImportResultsResponse response;
        request.mutable_start()->set_import(absl::StrCat("imports/tinh-", province));
        request.mutable_start()->set_mode(results::v1::Import::MODE_STORE);
        request.mutable_start()->set_every_outcome(true);
        bool going = stream->Write(request) && stream->Read(&response);
        for (size_t first = 0; going && first < rows.size(); first += kChunk) {
          request.mutable_chunk()->Clear();
          request.mutable_chunk()->set_first_row(static_cast<int64_t>(first));
          for (size_t i = first; i < std::min(first + kChunk, rows.size()); ++i) {
            const Unit& unit = in.provinces.units()[rows[i].unit];
            results::v1::ImportRow& row = *request.mutable_chunk()->add_rows();
            row.set_period(in.provinces.blocs()[unit.bloc].period);
            row.mutable_row()->set_target(unit.targets[rows[i].target].name);
            row.mutable_row()->mutable_actual()->set_value(absl::StrCat(rows[i].figure));
          }
          going = stream->Write(request);
          // A chunk is told of in several messages; with the last its end is reached.
          const auto end = first + static_cast<size_t>(request.chunk().rows_size());
          for (int64_t reached = 0; going && reached < static_cast<int64_t>(end);
               reached = response.progress().next_row()) {
            going = stream->Read(&response);
            for (const results::v1::ImportOutcome& outcome : response.progress().outcomes()) {
              const Row& row = rows.at(static_cast<size_t>(outcome.row()));
              in.ledger.Acknowledge(row.unit, row.target, outcome.outcome().revision(), row.figure);
            }
          }
        }
        request.mutable_finish()->set_rows(static_cast<int64_t>(rows.size()));
        if (going) stream->Write(request);
        stream->WritesDone();
        while (stream->Read(&response)) continue;
        Must(stream->Finish());
      });
}

double MebibytesIn(const std::filesystem::path& folder) {
  uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return static_cast<double>(bytes) / (1 << 20);
}

int Country() {
  Installation in(absl::GetFlag(FLAGS_load_provinces));
  Suite& suite = in.guard.suite();
  const double imported = bench::Seconds([&] { ImportEarlier(in); });
  const double shown = bench::Seconds([&] { in.AwaitRankings(); });
  in.Restart(Suite::kScoring);
  const double again = bench::Seconds([&] { in.AwaitRankings(); });

  Recorder recorder("country", in.Processes());
  for (const auto& [what, seconds] : in.registered)
    recorder.Tell(absl::StrCat("s: ", what), seconds);
  recorder.Tell(absl::StrCat("s: ", in.provinces.targets(), " figures imported"), imported);
  recorder.Tell("s: from the last import until every ranking was fresh", shown);
  recorder.Tell("s: scoring started anew until every ranking was fresh", again);
  for (const auto& [name, service] :
       std::map<std::string, Suite::Service>{{"registry", Suite::kRegistry},
                                             {"results-ingest", Suite::kResults},
                                             {"scoring", Suite::kScoring}}) {
    recorder.Tell(absl::StrCat("MiB on disk: ", name), MebibytesIn(suite.data_folder(service)));
  }
  Faults faults;
  Rush(in, recorder, DeadlineRush(in.provinces, Span() / kLastPart, Seed(), 1 - kLastPart), faults);
  return Finish("country", in, recorder, faults, /*carried=*/false, 10);
}

int Overload() {
  // Lower than the defaults, so that this machine's load is far beyond them.
  const std::vector<std::string> kLimits = {"--calls_per_second_per_caller=200",
                                            "--calls_at_once_per_caller=400",
                                            "--calls_under_way_per_caller=16"};
  constexpr int kUnderWay = 64;
  constexpr size_t kExcessive = 4;  // Units whose reporters ask for more than they may.
  Installation in(1);
  in.Restart(Suite::kResults, kLimits);
  in.Restart(Suite::kScoring, kLimits);
  in.AwaitRankings();
  Recorder recorder("overload", in.Processes());
  recorder.Tell("limits", kLimits);
  recorder.Tell("callers beyond them", kExcessive + 1);
  recorder.Tell("calls under way of each of them", kUnderWay);
  recorder.BeginStretch("calm");
  std::vector<size_t> excessive, others;
  for (size_t u = 0; u < in.provinces.units().size(); ++u) {
    (u % 13 == 0 && excessive.size() < kExcessive ? excessive : others).push_back(u);
  }
  Readers readers(in.guard, in.provinces, recorder,
                  {.grpc = 2, .http = 8, .pause = absl::Milliseconds(20)});
  Filers filers(in.guard, in.provinces, in.ledger, recorder, kFreshEvery);
  const std::vector<Filing> filings = Steady(in.provinces, 20, Span(), Seed(), others);
  Faults faults;
  std::thread filing([&] { filers.Run(filings, "trong-han-muc"); });
  absl::SleepFor(Span() / 4);
  recorder.BeginStretch("excess");
  {
    Excess excess(in.guard, in.provinces, in.ledger, recorder, excessive, kUnderWay);
    absl::SleepFor(Span() / 2);
    excess.Stop();
    recorder.BeginStretch("after");
    faults.Add(excess.AskAgain());
    recorder.Tell("s: the longest wait that the excess was told",
                  absl::ToDoubleSeconds(excess.longest_told()));
  }
  filing.join();
  readers.Stop();
  recorder.Stop();
  faults.Add(readers.faults());
  faults.Add(filers.faults());
  recorder.Tell("filings sent twice, answered twice the same", filers.same_again());
  std::map<std::string, int64_t> codes = recorder.Codes(Kind::kExcess);
  const int64_t taken = codes["OK"], shed = codes["RESOURCE_EXHAUSTED"];
  recorder.Tell("of the excess answered OK", taken);
  recorder.Tell("of the excess answered RESOURCE_EXHAUSTED", shed);
  if (shed == 0) faults.Add("nothing was turned away");
  for (const auto& [code, count] : codes) {
    if (code == "OK" || code == "RESOURCE_EXHAUSTED") continue;
    faults.Add(absl::StrCat(count, " of the excess answered ", code));
  }
  for (const char* const stretch : {"calm", "excess", "after"}) {
    recorder.Tell(absl::StrCat("writes p99, ms: ", stretch),
                  recorder.Latency(Kind::kWrite, 0.99, stretch));
  }
  // Who reads all back is one caller too.
  in.Restart(Suite::kResults);
  in.Restart(Suite::kScoring);
  return Finish("overload", in, recorder, faults);
}

void TellGrowth(const std::string& process, const Growth& growth, Recorder& recorder) {
  const std::string quarters = absl::StrCat("MiB, third and last quarter: ", process);
  const std::string stays = absl::StrCat("bytes a filing that stay: ", process);
  if (growth.third_quarter.has_value() && growth.last_quarter.has_value()) {
    recorder.Tell(quarters, {*growth.third_quarter, *growth.last_quarter});
  } else {
    recorder.Tell(quarters, "not judged: too short a while");
  }
  if (growth.bytes_a_filing.has_value()) {
    recorder.Tell(stays, std::round(*growth.bytes_a_filing));
  } else {
    recorder.Tell(stays, "not judged: all may be warm-up");
  }
}

int Soak() {
  Installation in(1);
  Recorder recorder("soak", in.Processes());
  std::vector<size_t> units(in.provinces.units().size());
  for (size_t u = 0; u < units.size(); ++u) units[u] = u;
  Readers readers(in.guard, in.provinces, recorder,
                  {.grpc = 4, .http = 8, .pause = absl::Milliseconds(20)});
  Filers filers(in.guard, in.provinces, in.ledger, recorder, kFreshEvery);
  filers.Run(Steady(in.provinces, 20, Span(), Seed(), units), "ca-ngay");
  readers.Stop();
  recorder.Stop();
  Faults faults;
  faults.Add(readers.faults());
  faults.Add(filers.faults());
  recorder.Tell("filings sent twice, answered twice the same", filers.same_again());
  const int64_t answered = recorder.Codes(Kind::kWrite)["OK"];
  for (const Recorder::Process& process : in.Processes()) {
    if (process.pid == getpid()) continue;  // It keeps all that it saw.
    const Growth growth = JudgeGrowth(recorder.Memory(process.name), answered);
    TellGrowth(process.name, growth, recorder);
    faults.Add(growth.faults, process.name);
  }
  return Finish("soak", in, recorder, faults);
}

}  // namespace
}  // namespace thidua::load

int main(int argc, char** argv) {
  const std::map<std::string, std::function<int()>> phases = {{"file", thidua::load::File},
                                                              {"country", thidua::load::Country},
                                                              {"overload", thidua::load::Overload},
                                                              {"soak", thidua::load::Soak}};
  const auto words = thidua::platform::ReadFlags(argc, argv);
  thidua::bench::Must(words.status());
  int result = words->empty() ? 2 : 0;
  for (const std::string& word : *words) {
    const auto phase = phases.find(word);
    if (phase == phases.end()) result = 2;
    if (result == 2) break;
    // Told first: it makes the same filings again, whatever becomes of this run.
    std::fprintf(stderr, "seed %llu, %s: %g seconds\n",
                 static_cast<unsigned long long>(absl::GetFlag(FLAGS_load_seed)), word.c_str(),
                 absl::GetFlag(FLAGS_load_seconds));
    result = std::max(result, phase->second());
  }
  // How its processes ended is the suite's to tell.
  if (testing::UnitTest::GetInstance()->Failed()) result = std::max(result, 1);
  if (result == 2) std::fprintf(stderr, "worst_hour [--load_…] file|country|overload|soak …\n");
  return result;
}
