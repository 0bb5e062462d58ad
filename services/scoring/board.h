// What scoring answers from: of every period what is shown, as a snapshot that is swapped by its
// pointer, and as many of the standings behind them as there is room for. A reader of a snapshot
// waits for nobody but the swapping of a pointer. Beyond its bytes the board drops the replies that
// were not read lately, and makes them again when they are. Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_BOARD_H_
#define THIDUA_SERVICES_SCORING_BOARD_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/change_feed.h"
#include "services/platform/metrics.h"
#include "services/scoring/snapshot.h"
#include "services/scoring/standing.h"
#include "services/scoring/standing_cache.h"
#include "services/scoring/swapped.h"

namespace thidua::scoring {

class Board {
 public:
  // What is kept, about. The newest of each is kept in any case.
  struct Room {
    size_t standing_bytes = size_t{256} << 20;
    size_t reply_bytes = size_t{256} << 20;
  };

  // `load`: a standing that is not kept; none: those that were put and are gone cannot be had.
  explicit Board(StandingCache::Load load = nullptr) : Board(std::move(load), Room()) {}
  Board(StandingCache::Load load, Room room)
      : room_(room), standings_(std::move(load), room.standing_bytes) {}

  // Who asks, or is told of changes. To the public what is not public (Snapshot::is_public) is as
  // if it were not there: what never was has no change, what no longer is has gone.
  enum class Audience { kInside, kPublic };

  // What is shown of the period, perhaps without its reply; null when it is not known, or cannot be
  // shown.
  std::shared_ptr<const Snapshot> Find(absl::string_view period,
                                       Audience audience = Audience::kInside) const;
  // The same with its reply, for one who asks: NOT_FOUND (PERIOD_UNKNOWN), UNAVAILABLE
  // (NOT_YET_SYNCED), or why it cannot be shown; and as GetStanding when the reply is made again.
  absl::StatusOr<std::shared_ptr<const Snapshot>> Get(absl::string_view period,
                                                      Audience audience = Audience::kInside) const;
  // The standing behind what is shown of the period. Errors as of Get, and UNAVAILABLE
  // (PERIOD_BUSY) when it changes faster than it can be computed again.
  absl::StatusOr<std::shared_ptr<const Standing>> GetStanding(absl::string_view period) const;

  // Shows the standing, unless something newer of the same store is shown: what lost a race never
  // takes a newer one's place. Answers what is shown by now.
  std::shared_ptr<const Snapshot> Put(std::shared_ptr<const Standing> standing,
                                      absl::Time compute_time = absl::UnixEpoch());
  // The period cannot be shown, and why: nothing is answered rather than what was before.
  // `is_public`: what cannot be shown is a final, of which all may know.
  void PutBroken(const std::string& period, absl::Status why, bool is_public = false);
  void Remove(const std::string& period);
  // Of all that was put, broken ones too.
  std::vector<std::string> Periods() const;

  // How a period stands since it was last changed. `sequence` numbers the changes of this board.
  struct Change {
    int64_t sequence = 0;
    std::string period;
    std::shared_ptr<const Snapshot> shown;  // As of Find.
  };
  // The number of the last change, 0: none. Each audience has a count of its own, so that the
  // public's says nothing of what goes on inside.
  int64_t LastChange(Audience audience) const;
  // The first period, in the order of their last changes, that was last changed after that and is
  // `wanted`.
  std::optional<Change> NextChange(int64_t after, Audience audience,
                                   absl::FunctionRef<bool(absl::string_view period)> wanted) const;

  // As Get answers for what is not there.
  absl::Status Unknown(absl::string_view period) const;

  // Whether what is shown is known not to be overtaken: results-ingest is in sight, which means
  // that all that it had has arrived and the line stands, and so is the database that finals are
  // in.
  bool in_sight() const {
    return results_in_sight_.load(std::memory_order_acquire) &&
           finals_in_sight_.load(std::memory_order_acquire);
  }
  void SetInSight(bool in_sight);
  void SetFinalsInSight(bool in_sight);
  // Whether results-ingest ever was since this process started.
  bool was_in_sight() const { return was_in_sight_.load(std::memory_order_acquire); }

  // Moves with every Put and every change of sight.
  platform::ChangeFeed& feed() { return feed_; }

 private:
  struct Broken {
    absl::Status why;
    bool is_public;
  };
  // One period's place; it stays while the process lives, and only what it points to changes.
  struct Place {
    explicit Place(std::string name) : period(std::move(name)) {}
    bool removed() const { return shown.Get() == nullptr && broken.Get() == nullptr; }

    const std::string period;
    Swapped<const Snapshot> shown;  // Null: nothing.
    Swapped<const Broken> broken;
    std::atomic<bool> read = false;  // Since it was last considered for being dropped.
    // Of its last change, and of its last that the public is told; guarded by the board's mutex_.
    int64_t sequence = 0;
    int64_t public_sequence = 0;
    bool was_public = false;  // As of that; likewise.
  };
  using Places = absl::flat_hash_map<std::string, std::shared_ptr<Place>>;
  static constexpr size_t kShards = 64;

  static size_t ShardOf(absl::string_view period) { return absl::HashOf(period) % kShards; }
  // Null when the period was never seen.
  std::shared_ptr<Place> FindPlace(absl::string_view period) const;
  std::shared_ptr<Place> PlaceOf(const std::string& period) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Of a place, or where nothing is (null).
  absl::StatusOr<std::shared_ptr<const Snapshot>> ShownAt(const Place* place,
                                                          absl::string_view period,
                                                          Audience audience) const;
  // The snapshot of the standing, with its reply, where that is what is shown still.
  std::shared_ptr<const Snapshot> MakeAgain(Place& place, const Standing& standing,
                                            absl::Time compute_time) const;
  // Swaps what the place shows; no change is told.
  void Swap(Place& place, std::shared_ptr<const Snapshot> shown) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Drops replies until there is room.
  void MakeRoom() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Tell(const std::shared_ptr<Place>& place) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // As Put says; `shown` is of the standing.
  std::shared_ptr<const Snapshot> Show(std::shared_ptr<const Standing> standing,
                                       std::shared_ptr<const Snapshot> shown) const;

  static prometheus::Counter& Replies(const std::string& from) {
    return platform::CounterOf("thidua_ranking_replies_total",
                               "Rankings that were asked for, by where the reply came from.",
                               {{"from", from}});
  }
  prometheus::Counter& kept_replies_ = Replies("kept");
  prometheus::Counter& made_replies_ = Replies("made_again");
  prometheus::Gauge& broken_ =
      platform::GaugeOf("thidua_rankings_broken", "Rankings that cannot be shown.");

  const Room room_;
  mutable platform::ChangeFeed feed_{0};
  mutable StandingCache standings_;
  std::atomic<bool> results_in_sight_ = false;
  std::atomic<bool> finals_in_sight_ = true;
  std::atomic<bool> was_in_sight_ = false;
  // Of a shard, all periods ever seen: replaced by a larger one when there is another. Null: none.
  mutable std::array<Swapped<const Places>, kShards> shards_;

  // Of writers, and of those who follow the changes. A reader writes too: it has a reply made again
  // that was dropped, or comes upon something newer that another process stored.
  mutable absl::Mutex mutex_;
  mutable int64_t changes_ ABSL_GUARDED_BY(mutex_) = 0;
  mutable int64_t public_changes_ ABSL_GUARDED_BY(mutex_) = 0;
  using ByChange = std::map<int64_t, std::shared_ptr<Place>>;
  mutable ByChange by_change_ ABSL_GUARDED_BY(mutex_);
  mutable ByChange by_public_change_ ABSL_GUARDED_BY(mutex_);
  mutable size_t reply_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  // The change up to which places were considered for being dropped.
  mutable int64_t hand_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_BOARD_H_
