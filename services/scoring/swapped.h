// A pointer that is swapped for another while many copy it. Whoever copies holds a lock for as long
// as that takes, and waits for nothing else. Thread-safe.
//
// Not std::atomic<std::shared_ptr>, which holds a lock as well: in libstdc++ 12 its load() leaves
// it with memory_order_relaxed, so that the next swap races with the copying of the pointer.
#ifndef THIDUA_SERVICES_SCORING_SWAPPED_H_
#define THIDUA_SERVICES_SCORING_SWAPPED_H_

#include <memory>
#include <utility>

#include "absl/synchronization/mutex.h"

namespace thidua::scoring {

template <typename T>
class Swapped {
 public:
  std::shared_ptr<T> Get() const {
    const absl::ReaderMutexLock lock(&mutex_);
    return pointer_;
  }
  // Answers what was there before.
  std::shared_ptr<T> Swap(std::shared_ptr<T> next) {
    {
      const absl::MutexLock lock(&mutex_);
      pointer_.swap(next);
    }
    return next;
  }

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<T> pointer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_SWAPPED_H_
