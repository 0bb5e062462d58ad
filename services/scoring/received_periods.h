// What results-ingest sent of each period: kept in memory at once, and stored by a thread of its
// own soon after, many periods in one commit, the newest of each. results-ingest has it and sends
// it again, so that it need not be durable before it is shown; it is stored so that a restart
// without results-ingest still answers (docs/decisions/0031). A database that does not take it is
// tried again. Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_RECEIVED_PERIODS_H_
#define THIDUA_SERVICES_SCORING_RECEIVED_PERIODS_H_

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/scoring/store.h"
#include "services/storage/database.h"

namespace thidua::scoring {

class ReceivedPeriods {
 public:
  explicit ReceivedPeriods(storage::Database& database);
  ~ReceivedPeriods() { Stop(); }
  ReceivedPeriods(const ReceivedPeriods&) = delete;
  ReceivedPeriods& operator=(const ReceivedPeriods&) = delete;

  // Takes the place of what is not stored yet of the period. An older state of it never takes the
  // place of a newer one that is stored.
  void Put(std::shared_ptr<const ReceivedPeriod> received);
  // A period that was made final is not deleted.
  void Delete(const std::string& period);

  // What is not stored yet of the period: nothing when all is, null when it is to be deleted. To be
  // asked before the database is: in between it may be stored.
  std::optional<std::shared_ptr<const ReceivedPeriod>> FindUnstored(
      const std::string& period) const;

  // Until all that was put by now is stored; DEADLINE_EXCEEDED.
  absl::Status AwaitStored(absl::Time until) const;
  // Stores what is left, unless the database fails; nothing may be put any more.
  void Stop();

 private:
  using Unstored = absl::flat_hash_map<std::string, std::shared_ptr<const ReceivedPeriod>>;

  void Run();
  absl::Status Store(const Unstored& batch);

  storage::Database& database_;
  mutable absl::Mutex mutex_;
  Unstored waiting_ ABSL_GUARDED_BY(mutex_);
  Unstored being_stored_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_RECEIVED_PERIODS_H_
