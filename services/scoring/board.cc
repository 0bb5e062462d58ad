#include "services/scoring/board.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/platform/errors.h"

namespace thidua::scoring {
namespace {

// How often a standing may be found newer than what is shown, which follows at once.
constexpr int kAttempts = 5;
constexpr absl::Duration kFollowsWithin = absl::Seconds(1);

}  // namespace

std::shared_ptr<Board::Place> Board::FindPlace(absl::string_view period) const {
  const std::shared_ptr<const Places> places =
      shards_[ShardOf(period)].load(std::memory_order_acquire);
  if (places == nullptr) return nullptr;
  const auto found = places->find(period);
  return found == places->end() ? nullptr : found->second;
}

std::shared_ptr<const Snapshot> Board::Find(absl::string_view period) const {
  const std::shared_ptr<Place> place = FindPlace(period);
  return place == nullptr ? nullptr : place->shown.load(std::memory_order_acquire);
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Board::Get(absl::string_view period) const {
  if (const std::shared_ptr<Place> place = FindPlace(period); place != nullptr) {
    std::shared_ptr<const Snapshot> shown = place->shown.load(std::memory_order_acquire);
    if (shown != nullptr) return shown;
    if (const auto broken = place->broken.load(); broken != nullptr) return *broken;
  }
  if (!was_in_sight()) {
    return platform::Refusal(absl::StatusCode::kUnavailable, "", "NOT_YET_SYNCED",
                             "Dịch vụ chấm điểm đang nạp số liệu; vui lòng thử lại sau giây lát.");
  }
  return platform::Refusal(absl::StatusCode::kNotFound, "period", "PERIOD_UNKNOWN",
                           absl::StrCat("Không có kỳ báo cáo “", period, "”."));
}

absl::StatusOr<std::shared_ptr<const Standing>> Board::GetStanding(absl::string_view period) const {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const int64_t seen = feed_.sequence();
    ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> shown, Get(period));
    absl::StatusOr<std::shared_ptr<const Standing>> standing = standings_.Find(*shown);
    // What is stored may be gone, or newer, a moment before that is shown.
    if (standing.ok() && IsBehind(**standing, *shown)) return standing;
    if (!standing.ok() && !absl::IsNotFound(standing.status())) return standing.status();
    feed_.AwaitBeyond(seen, absl::Now() + kFollowsWithin);
  }
  return platform::Refusal(absl::StatusCode::kUnavailable, "period", "PERIOD_BUSY",
                           "Số liệu của kỳ này đang thay đổi; vui lòng thử lại sau giây lát.");
}

std::vector<std::shared_ptr<const Snapshot>> Board::All() const {
  std::vector<std::shared_ptr<const Snapshot>> all;
  for (const auto& shard : shards_) {
    const std::shared_ptr<const Places> places = shard.load();
    if (places == nullptr) continue;
    for (const auto& [period, place] : *places) {
      if (auto shown = place->shown.load(); shown != nullptr) all.push_back(std::move(shown));
    }
  }
  return all;
}

Board::Place& Board::PlaceOf(const std::string& period) {
  if (const std::shared_ptr<Place> known = FindPlace(period); known != nullptr) return *known;
  auto& shard = shards_[ShardOf(period)];
  const std::shared_ptr<const Places> places = shard.load();
  auto larger = places == nullptr ? std::make_shared<Places>() : std::make_shared<Places>(*places);
  Place& place = *larger->emplace(period, std::make_shared<Place>()).first->second;
  shard.store(std::move(larger), std::memory_order_release);
  return place;
}

std::shared_ptr<const Snapshot> Board::Put(std::shared_ptr<const Standing> standing,
                                           absl::Time compute_time) {
  std::shared_ptr<const Snapshot> shown = SnapshotOf(*standing, compute_time);
  const absl::MutexLock lock(&mutex_);
  standings_.Put(std::move(standing));
  Place& place = PlaceOf(shown->period);
  place.shown.store(shown, std::memory_order_release);
  place.broken.store(nullptr);
  Tell();
  return shown;
}

void Board::PutBroken(const std::string& period, absl::Status why) {
  const absl::MutexLock lock(&mutex_);
  standings_.Remove(period);
  Place& place = PlaceOf(period);
  place.broken.store(std::make_shared<const absl::Status>(std::move(why)));
  place.shown.store(nullptr);
  Tell();
}

void Board::Remove(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  standings_.Remove(period);
  Place& place = PlaceOf(period);
  place.shown.store(nullptr);
  place.broken.store(nullptr);
  Tell();
}

std::vector<std::string> Board::Periods() const {
  std::vector<std::string> periods;
  for (const auto& shard : shards_) {
    const std::shared_ptr<const Places> places = shard.load();
    if (places == nullptr) continue;
    for (const auto& [period, place] : *places) {
      if (!place->removed()) periods.push_back(period);
    }
  }
  return periods;
}

void Board::SetInSight(bool in_sight) {
  const absl::MutexLock lock(&mutex_);
  if (in_sight_.exchange(in_sight) == in_sight) return;
  if (in_sight) was_in_sight_ = true;
  Tell();
}

}  // namespace thidua::scoring
