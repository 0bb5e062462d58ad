#include "services/scoring/standing_cache.h"

#include <iterator>
#include <utility>

namespace thidua::scoring {
namespace {

// What a standing takes in memory beside its inputs: the same targets and results once more as the
// domain has them, and a derivation of each. Measured at a pact of 300 targets.
constexpr size_t kTimesItsInputs = 3;

size_t BytesOf(const Standing& standing) {
  return kTimesItsInputs * standing.received.inputs.SpaceUsedLong();
}

// Whether there is nothing new in `a`.
bool IsBehindOrSame(const Standing& a, const Standing& b) {
  return a.received.store_id == b.received.store_id && OrderOf(a) <= OrderOf(b);
}

}  // namespace

StandingCache::Standings StandingCache::Put(std::shared_ptr<const Standing> standing) {
  const absl::MutexLock lock(&mutex_);
  return PutLocked(std::move(standing));
}

StandingCache::Standings StandingCache::PutLocked(std::shared_ptr<const Standing> standing) {
  Standings dropped;
  const std::string& period = standing->received.inputs.name();
  const size_t bytes = BytesOf(*standing);
  if (const auto found = by_period_.find(period); found != by_period_.end()) {
    if (IsBehindOrSame(*standing, *found->second->standing)) return dropped;
    dropped.push_back(Drop(found->second));
  }
  kept_.push_front({std::move(standing), bytes});
  by_period_[period] = kept_.begin();
  bytes_ += bytes;
  while (bytes_ > bytes_max_ && kept_.size() > 1) dropped.push_back(Drop(std::prev(kept_.end())));
  return dropped;
}

std::shared_ptr<const Standing> StandingCache::Drop(std::list<Kept>::iterator kept) {
  std::shared_ptr<const Standing> standing = std::move(kept->standing);
  bytes_ -= kept->bytes;
  by_period_.erase(standing->received.inputs.name());
  kept_.erase(kept);
  return standing;
}

void StandingCache::Remove(absl::string_view period) {
  const absl::MutexLock lock(&mutex_);
  if (const auto found = by_period_.find(period); found != by_period_.end()) Drop(found->second);
}

absl::StatusOr<std::shared_ptr<const Standing>> StandingCache::Find(const Snapshot& snapshot) {
  std::shared_ptr<Flight> flight;
  {
    const absl::MutexLock lock(&mutex_);
    const auto found = by_period_.find(snapshot.period);
    if (found != by_period_.end() && IsBehind(*found->second->standing, snapshot)) {
      kept_.splice(kept_.begin(), kept_, found->second);
      return found->second->standing;
    }
    std::shared_ptr<Flight>& under_way = flights_[snapshot.period];
    if (under_way != nullptr) {
      flight = under_way;
      mutex_.Await(absl::Condition(&flight->landed));
      return flight->standing;
    }
    flight = under_way = std::make_shared<Flight>();
  }
  absl::StatusOr<std::shared_ptr<const Standing>> standing =
      load_ == nullptr ? absl::NotFoundError("kept nowhere") : load_(snapshot);
  Standings dropped;  // Outlives the lock.
  const absl::MutexLock lock(&mutex_);
  if (standing.ok()) dropped = PutLocked(*standing);
  flight->standing = standing;
  flight->landed = true;
  flights_.erase(snapshot.period);
  return standing;
}

size_t StandingCache::bytes() const {
  const absl::MutexLock lock(&mutex_);
  return bytes_;
}

}  // namespace thidua::scoring
