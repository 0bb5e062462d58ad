// The standings behind what is shown, as many as there is room for. One that is not kept is
// computed again from what was received, once however many ask for it. Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_STANDING_CACHE_H_
#define THIDUA_SERVICES_SCORING_STANDING_CACHE_H_

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/scoring/snapshot.h"
#include "services/scoring/standing.h"

namespace thidua::scoring {

class StandingCache {
 public:
  // Computes the period's standing as it is stored by now: the snapshot's, or a newer one.
  using Load =
      std::function<absl::StatusOr<std::shared_ptr<const Standing>>(const Snapshot& snapshot)>;

  // `bytes_max`: what the standings that are kept may take in memory, about. One is always kept.
  StandingCache(Load load, size_t bytes_max) : load_(std::move(load)), bytes_max_(bytes_max) {}

  using Standings = std::vector<std::shared_ptr<const Standing>>;

  // Takes the place of an older one of the period; one that is older itself is passed over. Answers
  // what is kept no more: to take a standing apart takes half as long as to compute it, and is
  // nothing to wait for.
  Standings Put(std::shared_ptr<const Standing> standing);
  void Remove(absl::string_view period);
  // The snapshot's, or a newer one.
  absl::StatusOr<std::shared_ptr<const Standing>> Find(const Snapshot& snapshot);

  size_t bytes() const;

 private:
  struct Kept {
    std::shared_ptr<const Standing> standing;
    size_t bytes = 0;
  };
  // A computation under way.
  struct Flight {
    bool landed = false;
    absl::StatusOr<std::shared_ptr<const Standing>> standing = absl::UnknownError("");
  };

  Standings PutLocked(std::shared_ptr<const Standing> standing)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<const Standing> Drop(std::list<Kept>::iterator kept)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Load load_;
  const size_t bytes_max_;
  mutable absl::Mutex mutex_;
  std::list<Kept> kept_ ABSL_GUARDED_BY(mutex_);  // The one asked for last is first.
  absl::flat_hash_map<std::string, std::list<Kept>::iterator> by_period_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, std::shared_ptr<Flight>> flights_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_STANDING_CACHE_H_
