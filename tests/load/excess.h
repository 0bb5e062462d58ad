// Callers who ask for more than one of them may: many calls under way, the next as soon as one is
// answered, whatever they are told.
#ifndef THIDUA_TESTS_LOAD_EXCESS_H_
#define THIDUA_TESTS_LOAD_EXCESS_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/load/ledger.h"
#include "tests/load/provinces.h"
#include "tests/load/recorder.h"
#include "thidua/results/v1/results_service.grpc.pb.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::load {

class Excess {
 public:
  // Each of the units' reporters has so many writes under way; a reader has as many readings. They
  // begin at once.
  Excess(tests::GuardedSuite& guard, const Provinces& provinces, Ledger& ledger, Recorder& recorder,
         const std::vector<size_t>& units, int under_way);
  ~Excess() { Stop(); }

  // Comes back when all calls are answered.
  void Stop();
  // After Stop: each of them waits for as long as it was told last, and asks once more. What was
  // answered with anything but OK, in words; and when somebody who was turned away was not told for
  // how long, or for longer than a caller can be asked to wait.
  std::vector<std::string> AskAgain();
  absl::Duration longest_told() const;

 private:
  struct Caller {
    size_t unit = 0;
    std::string token;
    std::unique_ptr<results::v1::ResultsService::Stub> results;  // Null: a reader.
    std::unique_ptr<scoring::v1::ScoringService::Stub> scoring;
    absl::Time may_ask_at = absl::InfinitePast();  // As it was told.
    int64_t figure = 1'000'000;                    // That it reports next.
  };
  void Ask(Caller& caller);
  void Write(Caller& caller);
  void Read(Caller& caller);
  void Answered(Caller& caller, const grpc::Status& status, absl::Time asked);

  const Provinces& provinces_;
  Ledger& ledger_;
  Recorder& recorder_;
  mutable absl::Mutex mutex_;
  std::vector<std::unique_ptr<Caller>> callers_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  int under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string last_error_ ABSL_GUARDED_BY(mutex_);  // In words; empty: there was none.
  absl::Duration longest_told_ ABSL_GUARDED_BY(mutex_);
  int64_t not_told_ ABSL_GUARDED_BY(mutex_) = 0;  // Turned away without a word of when to come.
};

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_EXCESS_H_
