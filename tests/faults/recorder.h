// Takes down a history while it happens. Thread-safe.
#ifndef THIDUA_TESTS_FAULTS_RECORDER_H_
#define THIDUA_TESTS_FAULTS_RECORDER_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "tests/faults/history.pb.h"

namespace thidua::tests {

class Recorder {
 public:
  Recorder(uint64_t seed, const std::string& engine);

  // Since the history began, by a clock that nothing turns back.
  int64_t now_us() const;

  // Those that follow belong to it. What begins sealed may be sealed.
  void BeginLife(faults::History::Life life);
  void EndLife(const faults::History::Life& ended);  // Its `ended` and `stored`.
  int life() const;

  // The index by which it is known when it is asked once more.
  int Add(faults::History::Write write);
  void AddRepeat(int write, faults::History::Write::Repeat repeat);
  void Add(faults::History::Registration registration);
  // The ranking's index.
  int Add(faults::History::Read read, const scoring::v1::Ranking& ranking);
  // The index by which it is known when it is revoked.
  int AddFinal(faults::History::Final made, const scoring::v1::Ranking& ranking);
  void Revoked(int index, const faults::History::Span& span);
  void AddOnRecord(const scoring::v1::Ranking& ranking, bool revoked);
  void AddOnRecord(registry::v1::Unit unit);
  // From now on; and that it is open again.
  void MayBeSealed(const std::string& period);
  void IsOpen(const std::string& period);
  // Of what was done to the suite.
  void Add(faults::History::Blow blow);
  void Complain(const std::string& what);

  // How much there is so far.
  int writes() const;
  int64_t acknowledged() const;
  int64_t reads() const;
  int64_t finals() const;

  faults::History history() const;

 private:
  int IndexOf(scoring::v1::Ranking ranking) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  mutable absl::Mutex mutex_;
  faults::History history_ ABSL_GUARDED_BY(mutex_);
  int64_t acknowledged_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, int> rankings_ ABSL_GUARDED_BY(mutex_);  // By their bytes.
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FAULTS_RECORDER_H_
