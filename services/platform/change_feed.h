// How far a store's sequence of changes has come, as far as this process knows, for those who wait
// for the next one. Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_CHANGE_FEED_H_
#define THIDUA_SERVICES_PLATFORM_CHANGE_FEED_H_

#include <cstdint>
#include <functional>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace thidua::platform {

class ChangeFeed {
 public:
  // `sequence`: where the store stands at the start. `epoch_ms`: when it was opened
  // (storage/database.h).
  explicit ChangeFeed(int64_t sequence, int64_t epoch_ms = 0)
      : epoch_ms_(epoch_ms), sequence_(sequence) {}

  int64_t epoch_ms() const { return epoch_ms_; }

  // After a commit, or when the store was seen there. An older sequence than one already told is
  // passed over.
  void Advance(int64_t sequence);

  // Until the sequence is beyond `seen`, the time has come, or the feed is closed: whether it is
  // beyond.
  bool AwaitBeyond(int64_t seen, absl::Time until);

  // Ends all waiting, for good.
  void Close();

  // Runs `moved` at each advance and at the end, on the thread that made it, with the feed locked:
  // for one that waits for other things besides. One at a time; null: none.
  void SetListener(std::function<void()> moved);
  bool closed() const;

  int64_t sequence() const;

 private:
  const int64_t epoch_ms_;
  mutable absl::Mutex mutex_;
  int64_t sequence_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> moved_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_CHANGE_FEED_H_
