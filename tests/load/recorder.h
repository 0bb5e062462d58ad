// What a load saw, a sample a second: calls by kind with their latency, errors by code, memory and
// CPU of each process. Kept as JSON for the picture, and summed up at the end.
#ifndef THIDUA_TESTS_LOAD_RECORDER_H_
#define THIDUA_TESTS_LOAD_RECORDER_H_

#include <grpcpp/support/status.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace thidua::load {

// What is counted apart.
enum class Kind {
  kWrite,      // From when it was due until it was answered.
  kGrpcRead,   // A ranking by gRPC.
  kHttpRead,   // A ranking through the portal.
  kFreshRead,  // A ranking not older than a write that was just answered.
  kExcess,     // Of those who ask for more than they may.
};
inline constexpr size_t kKinds = 5;
const char* NameOf(Kind kind);
// Of its code: "OK", "RESOURCE_EXHAUSTED".
std::string NameOf(const grpc::Status& status);

// Thread-safe.
class Recorder {
 public:
  struct Process {
    std::string name;
    pid_t pid = 0;
  };
  // Begins at once.
  Recorder(std::string phase, std::vector<Process> processes);
  ~Recorder() { Stop(); }

  // `code`: "OK", or what the picture calls the error.
  void Note(Kind kind, absl::string_view code, absl::Duration latency);
  void Note(Kind kind, const grpc::Status& status, absl::Duration latency);
  // Names what begins now: samples and percentiles are then told apart by it. The first is named
  // after the phase.
  void BeginStretch(const std::string& name);
  // A figure or a word about the whole phase.
  void Tell(const std::string& name, nlohmann::json value);
  void Stop();

  // How often each code.
  std::map<std::string, int64_t> Codes(Kind kind) const;
  // Of those that were answered with OK in a stretch (in all of them, when it is empty),
  // milliseconds; 0 when there were none.
  double Latency(Kind kind, double quantile, absl::string_view stretch = "") const;
  // Of a process, MiB, one a second from the beginning.
  std::vector<double> Memory(absl::string_view process) const;

  // After Stop. {"phase", "seconds", "stretches", "samples", "summary", "facts"}
  void Save(const std::string& file) const;

 private:
  struct OfKind {
    std::map<std::string, int64_t> codes;
    std::vector<float> ok_ms;
  };
  using Kinds = std::array<OfKind, kKinds>;

  void Run();
  void Sample(double second) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string phase_;
  const std::vector<Process> processes_;
  const absl::Time began_;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  Kinds second_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::pair<std::string, Kinds>> stretches_ ABSL_GUARDED_BY(mutex_);
  std::vector<double> stretch_began_ ABSL_GUARDED_BY(mutex_);
  nlohmann::json samples_ ABSL_GUARDED_BY(mutex_) = nlohmann::json::array();
  nlohmann::json facts_ ABSL_GUARDED_BY(mutex_) = nlohmann::json::object();
  std::vector<double> cpu_before_ ABSL_GUARDED_BY(mutex_);
  double sampled_at_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_RECORDER_H_
