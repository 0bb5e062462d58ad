// What scoring answers from: of every period what is shown, as a snapshot that is swapped by its
// pointer, and as many of the standings behind them as there is room for. A reader of a snapshot
// takes no lock and waits for nobody. Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_BOARD_H_
#define THIDUA_SERVICES_SCORING_BOARD_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/change_feed.h"
#include "services/scoring/snapshot.h"
#include "services/scoring/standing.h"
#include "services/scoring/standing_cache.h"

namespace thidua::scoring {

class Board {
 public:
  static constexpr size_t kStandingBytes = size_t{256} << 20;

  // `load`: a standing that is not kept; none: those that were put and are gone cannot be had.
  explicit Board(StandingCache::Load load = nullptr, size_t standing_bytes = kStandingBytes)
      : standings_(std::move(load), standing_bytes) {}

  // What is shown of the period; null when it is not known, or cannot be shown.
  std::shared_ptr<const Snapshot> Find(absl::string_view period) const;
  // The same for one who asks: NOT_FOUND (PERIOD_UNKNOWN), UNAVAILABLE (NOT_YET_SYNCED), or why it
  // cannot be shown.
  absl::StatusOr<std::shared_ptr<const Snapshot>> Get(absl::string_view period) const;
  // The standing behind what is shown of the period. Errors as of Get, and UNAVAILABLE
  // (PERIOD_BUSY) when it changes faster than it can be computed.
  absl::StatusOr<std::shared_ptr<const Standing>> GetStanding(absl::string_view period) const;
  std::vector<std::shared_ptr<const Snapshot>> All() const;

  // Shows the standing, and answers what is shown by now.
  std::shared_ptr<const Snapshot> Put(std::shared_ptr<const Standing> standing,
                                      absl::Time compute_time = absl::UnixEpoch());
  // The period cannot be shown, and why: nothing is answered rather than what was before.
  void PutBroken(const std::string& period, absl::Status why);
  void Remove(const std::string& period);
  // Of all that was put, broken ones too.
  std::vector<std::string> Periods() const;

  // Whether results-ingest is in sight: all that it had has arrived, and the line stands.
  bool in_sight() const { return in_sight_.load(std::memory_order_acquire); }
  void SetInSight(bool in_sight);
  // Whether it ever was since this process started.
  bool was_in_sight() const { return was_in_sight_.load(std::memory_order_acquire); }

  // Moves with every Put and every change of sight.
  platform::ChangeFeed& feed() { return feed_; }

 private:
  // One period's place; it stays while the process lives, and only what it points to changes.
  struct Place {
    std::atomic<std::shared_ptr<const Snapshot>> shown;  // Null: nothing.
    std::atomic<std::shared_ptr<const absl::Status>> broken;
    bool removed() const { return shown.load() == nullptr && broken.load() == nullptr; }
  };
  using Places = absl::flat_hash_map<std::string, std::shared_ptr<Place>>;
  static constexpr size_t kShards = 64;

  static size_t ShardOf(absl::string_view period) { return absl::HashOf(period) % kShards; }
  // Null when the period was never seen.
  std::shared_ptr<Place> FindPlace(absl::string_view period) const;
  Place& PlaceOf(const std::string& period) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Tell() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { feed_.Advance(++changes_); }

  mutable platform::ChangeFeed feed_{0};
  mutable StandingCache standings_;
  std::atomic<bool> in_sight_ = false;
  std::atomic<bool> was_in_sight_ = false;
  // Of a shard, all periods ever seen: replaced by a larger one when there is another. Null: none.
  std::array<std::atomic<std::shared_ptr<const Places>>, kShards> shards_;

  absl::Mutex mutex_;  // Of writers.
  int64_t changes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_BOARD_H_
