// What scoring answers from: the newest standing of every period, in memory. Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_BOARD_H_
#define THIDUA_SERVICES_SCORING_BOARD_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/change_feed.h"
#include "services/scoring/standing.h"

namespace thidua::scoring {

class Board {
 public:
  // Null when the period is not known.
  std::shared_ptr<const Standing> Find(absl::string_view period) const;
  // The same for one who asks: NOT_FOUND (PERIOD_UNKNOWN), UNAVAILABLE (NOT_YET_SYNCED), or why it
  // cannot be shown.
  absl::StatusOr<std::shared_ptr<const Standing>> Get(absl::string_view period) const;
  std::vector<std::shared_ptr<const Standing>> All() const;
  void Put(std::shared_ptr<const Standing> standing);
  // The period cannot be shown, and why: nothing is answered rather than what was before.
  void PutBroken(const std::string& period, absl::Status why);
  void Remove(const std::string& period);
  // Of all that was put, broken ones too.
  std::vector<std::string> Periods() const;

  // Whether results-ingest is in sight: all that it had has arrived, and the line stands.
  bool in_sight() const;
  void SetInSight(bool in_sight);
  // Whether it ever was since this process started.
  bool was_in_sight() const;

  // Moves with every Put and every change of sight.
  platform::ChangeFeed& feed() { return feed_; }

 private:
  platform::ChangeFeed feed_{0};
  mutable absl::Mutex mutex_;
  int64_t changes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool in_sight_ ABSL_GUARDED_BY(mutex_) = false;
  bool was_in_sight_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_map<std::string, std::shared_ptr<const Standing>> standings_
      ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, absl::Status> broken_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_BOARD_H_
