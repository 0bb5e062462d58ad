// What watches are told of a period, encoded once for all of them: those that follow closely are
// told the same within moments. Thread-safe.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_PERIOD_EVENTS_H_
#define THIDUA_SERVICES_RESULTS_INGEST_PERIOD_EVENTS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/messages/resource_names.h"
#include "services/results_ingest/store.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::results_ingest {

class PeriodEvents {
 public:
  // `store_epoch_ms`: of the store that tells.
  explicit PeriodEvents(int64_t store_epoch_ms) : store_epoch_ms_(store_epoch_ms) {}

  // A WatchPeriodInputsResponse with the period's inputs. `sequence`: of its last change in the
  // store's transaction, which has it as it was left by that. DATA_LOSS for a period that is not
  // there.
  absl::StatusOr<std::shared_ptr<const std::string>> Find(Store& store,
                                                          const messages::PeriodName& name,
                                                          int64_t sequence);

 private:
  // Of what was told last; the newest is kept in any case.
  static constexpr size_t kBytesMax = 8 * 1024 * 1024;

  const int64_t store_epoch_ms_;
  absl::Mutex mutex_;
  // By the period's name and the number of its change.
  absl::flat_hash_map<std::string, std::shared_ptr<const std::string>> events_
      ABSL_GUARDED_BY(mutex_);
  std::deque<std::string> told_ ABSL_GUARDED_BY(mutex_);  // Newest last.
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_PERIOD_EVENTS_H_
