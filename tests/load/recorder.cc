#include "tests/load/recorder.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tests/bench/bench.h"

namespace thidua::load {
namespace {

constexpr absl::Duration kEvery = absl::Seconds(1);
constexpr int kToldEvery = 10;  // Seconds.

float At(std::vector<float> values, double quantile) {
  if (values.empty()) return 0;
  const size_t at = std::min(values.size() - 1,
                             static_cast<size_t>(quantile * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

// A file of figures needs no more digits than a picture shows.
double Short(double value) { return std::stod(absl::StrFormat("%.4g", value)); }

int64_t Sum(const std::map<std::string, int64_t>& codes) {
  int64_t sum = 0;
  for (const auto& [code, count] : codes) sum += count;
  return sum;
}

}  // namespace

const char* NameOf(Kind kind) {
  switch (kind) {
    case Kind::kWrite:
      return "writes";
    case Kind::kGrpcRead:
      return "grpc_reads";
    case Kind::kHttpRead:
      return "http_reads";
    case Kind::kFreshRead:
      return "fresh_reads";
    case Kind::kExcess:
      return "excess";
  }
  return "";
}

std::string NameOf(const grpc::Status& status) {
  return absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code()));
}

Recorder::Recorder(std::string phase, std::vector<Process> processes)
    : phase_(std::move(phase)), processes_(std::move(processes)), began_(absl::Now()) {
  {
    const absl::MutexLock lock(&mutex_);
    stretches_.emplace_back(phase_, Kinds());
    stretch_began_.push_back(0);
    for (const Process& process : processes_) {
      cpu_before_.push_back(bench::CpuSeconds(process.pid));
    }
  }
  thread_ = std::thread([this] { Run(); });
}

void Recorder::Note(Kind kind, absl::string_view code, absl::Duration latency) {
  const auto ms = static_cast<float>(absl::ToDoubleMilliseconds(latency));
  const auto at = static_cast<size_t>(kind);
  const absl::MutexLock lock(&mutex_);
  for (OfKind* const to : {&second_[at], &stretches_.back().second[at]}) {
    ++to->codes[std::string(code)];
    if (code == "OK") to->ok_ms.push_back(ms);
  }
}

void Recorder::Note(Kind kind, const grpc::Status& status, absl::Duration latency) {
  Note(kind, NameOf(status), latency);
}

void Recorder::BeginStretch(const std::string& name) {
  const absl::MutexLock lock(&mutex_);
  const double second = absl::ToDoubleSeconds(absl::Now() - began_);
  stretches_.emplace_back(name, Kinds());
  stretch_began_.push_back(second);
  std::fprintf(stderr, "%s: %.0f s: %s\n", phase_.c_str(), second, name.c_str());
}

void Recorder::Tell(const std::string& name, nlohmann::json value) {
  const absl::MutexLock lock(&mutex_);
  std::fprintf(stderr, "%s: %s: %s\n", phase_.c_str(), name.c_str(), value.dump().c_str());
  facts_[name] = std::move(value);
}

void Recorder::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Recorder::Run() {
  const absl::MutexLock lock(&mutex_);
  for (int i = 1; !stopping_; ++i) {
    const absl::Time next = began_ + i * kEvery;
    mutex_.AwaitWithDeadline(absl::Condition(&stopping_), next);
    if (!stopping_) Sample(absl::ToDoubleSeconds(absl::Now() - began_));
  }
}

void Recorder::Sample(double second) {
  const double span = second - sampled_at_;
  sampled_at_ = second;
  nlohmann::json sample = {{"second", Short(second)}, {"stretch", stretches_.back().first}};
  std::string errors;
  for (size_t k = 0; k < kKinds; ++k) {
    OfKind of = std::exchange(second_[k], OfKind());
    if (of.codes.empty()) continue;
    nlohmann::json& one = sample[NameOf(static_cast<Kind>(k))];
    one["per_second"] = Short(static_cast<double>(Sum(of.codes)) / span);
    if (!of.ok_ms.empty()) {
      one["p50_ms"] = Short(At(of.ok_ms, 0.5));
      one["p99_ms"] = Short(At(of.ok_ms, 0.99));
    }
    for (const auto& [code, count] : of.codes) {
      if (code != "OK") one["errors"][code] = count;
    }
  }
  for (size_t i = 0; i < processes_.size(); ++i) {
    const pid_t pid = processes_[i].pid;
    const double cpu = bench::CpuSeconds(pid);
    // Growth is judged by these: two digits, however large it is.
    sample["memory_mib"][processes_[i].name] =
        std::round(bench::Mebibytes(pid, "VmRSS") * 100) / 100;
    sample["cores"][processes_[i].name] = Short((cpu - cpu_before_[i]) / span);
    cpu_before_[i] = cpu;
  }
  const auto count = samples_.size() + 1;
  if (count % kToldEvery == 0) {
    const auto rate = [&](Kind kind) {
      const auto found = sample.find(NameOf(kind));
      return found == sample.end() ? 0.0 : (*found)["per_second"].get<double>();
    };
    std::fprintf(stderr, "%s: %4.0f s  %6.0f writes/s  %7.0f reads/s by gRPC  %7.0f by HTTP\n",
                 phase_.c_str(), second, rate(Kind::kWrite), rate(Kind::kGrpcRead),
                 rate(Kind::kHttpRead));
  }
  samples_.push_back(std::move(sample));
}

std::map<std::string, int64_t> Recorder::Codes(Kind kind) const {
  const absl::MutexLock lock(&mutex_);
  std::map<std::string, int64_t> codes;
  for (const auto& [name, kinds] : stretches_) {
    for (const auto& [code, count] : kinds[static_cast<size_t>(kind)].codes) codes[code] += count;
  }
  return codes;
}

double Recorder::Latency(Kind kind, double quantile, absl::string_view stretch) const {
  std::vector<float> all;
  const absl::MutexLock lock(&mutex_);
  for (const auto& [name, kinds] : stretches_) {
    if (!stretch.empty() && stretch != name) continue;
    const std::vector<float>& ms = kinds[static_cast<size_t>(kind)].ok_ms;
    all.insert(all.end(), ms.begin(), ms.end());
  }
  return static_cast<double>(At(std::move(all), quantile));
}

std::vector<double> Recorder::Memory(absl::string_view process) const {
  const absl::MutexLock lock(&mutex_);
  std::vector<double> memory;
  for (const nlohmann::json& sample : samples_) {
    memory.push_back(
        sample.value("memory_mib", nlohmann::json::object()).value(std::string(process), 0.0));
  }
  return memory;
}

void Recorder::Save(const std::string& file) const {
  nlohmann::json summary = nlohmann::json::object();
  {
    const absl::MutexLock lock(&mutex_);
    for (size_t s = 0; s < stretches_.size(); ++s) {
      const auto& [name, kinds] = stretches_[s];
      nlohmann::json& of_stretch = summary[name];
      const double end = s + 1 < stretches_.size() ? stretch_began_[s + 1] : sampled_at_;
      of_stretch["began"] = Short(stretch_began_[s]);
      of_stretch["seconds"] = Short(end - stretch_began_[s]);
      for (size_t k = 0; k < kKinds; ++k) {
        const OfKind& of = kinds[k];
        if (of.codes.empty()) continue;
        nlohmann::json& one = of_stretch[NameOf(static_cast<Kind>(k))];
        one["codes"] = of.codes;
        if (of.ok_ms.empty()) continue;
        for (const auto& [quantile, share] :
             {std::pair("p50_ms", 0.5), {"p90_ms", 0.9}, {"p99_ms", 0.99}, {"max_ms", 1.0}}) {
          one[quantile] = Short(static_cast<double>(At(of.ok_ms, share)));
        }
      }
    }
  }
  std::filesystem::create_directories(std::filesystem::path(file).parent_path());
  const absl::MutexLock lock(&mutex_);
  std::ofstream(file) << nlohmann::json({{"phase", phase_},
                                         {"seconds", Short(sampled_at_)},
                                         {"facts", facts_},
                                         {"summary", summary},
                                         {"samples", samples_}})
                             .dump(1)
                      << "\n";
}

}  // namespace thidua::load
