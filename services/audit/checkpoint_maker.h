// Makes a checkpoint about every minute in which something was written, and at the end.
#ifndef THIDUA_SERVICES_AUDIT_CHECKPOINT_MAKER_H_
#define THIDUA_SERVICES_AUDIT_CHECKPOINT_MAKER_H_

#include <thread>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/metrics.h"
#include "services/storage/database.h"

namespace thidua::audit {

inline constexpr absl::Duration kCheckpointEvery = absl::Minutes(1);

// Works on a thread of its own. Each checkpoint is logged with its number and hash ("audit
// checkpoint"): a collector of logs keeps them where nobody who could change the database can.
class CheckpointMaker {
 public:
  explicit CheckpointMaker(storage::Database& database, absl::Duration every = kCheckpointEvery);
  // As Stop.
  ~CheckpointMaker();

  // Makes the last one; once nobody writes.
  void Stop();

 private:
  void Run();
  void Make();

  prometheus::Counter& failures_ = platform::CounterOf(
      "thidua_audit_checkpoint_failures_total", "Checkpoints of the audit that were not made.");
  storage::Database& database_;
  const absl::Duration every_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace thidua::audit

#endif  // THIDUA_SERVICES_AUDIT_CHECKPOINT_MAKER_H_
