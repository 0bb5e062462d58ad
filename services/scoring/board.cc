#include "services/scoring/board.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/platform/errors.h"

namespace thidua::scoring {
namespace {

// How often a standing may be found older than what is shown, or gone, and how long the other is
// waited for at first, four times as long each time.
constexpr int kAttempts = 5;
constexpr absl::Duration kFollowsWithin = absl::Milliseconds(20);

bool IsNewer(const Snapshot& a, const Snapshot& b) {
  return a.store_id == b.store_id && OrderOf(a) > OrderOf(b);
}

}  // namespace

std::shared_ptr<Board::Place> Board::FindPlace(absl::string_view period) const {
  const std::shared_ptr<const Places> places = shards_[ShardOf(period)].Get();
  if (places == nullptr) return nullptr;
  const auto found = places->find(period);
  return found == places->end() ? nullptr : found->second;
}

std::shared_ptr<const Snapshot> Board::Find(absl::string_view period, Audience audience) const {
  const std::shared_ptr<Place> place = FindPlace(period);
  if (place == nullptr) return nullptr;
  std::shared_ptr<const Snapshot> shown = place->shown.Get();
  if (audience == Audience::kPublic && shown != nullptr && !shown->is_public) return nullptr;
  return shown;
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Board::ShownAt(const Place* place,
                                                               absl::string_view period,
                                                               Audience audience) const {
  if (place != nullptr) {
    const bool inside = audience == Audience::kInside;
    std::shared_ptr<const Snapshot> shown = place->shown.Get();
    if (shown != nullptr && (inside || shown->is_public)) return shown;
    const auto broken = shown != nullptr ? nullptr : place->broken.Get();
    if (broken != nullptr && (inside || broken->is_public)) return broken->why;
  }
  return Unknown(period);
}

absl::Status Board::Unknown(absl::string_view period) const {
  if (!was_in_sight()) {
    return platform::Refusal(absl::StatusCode::kUnavailable, "", "NOT_YET_SYNCED",
                             "Dịch vụ chấm điểm đang nạp số liệu; vui lòng thử lại sau giây lát.");
  }
  return platform::Refusal(absl::StatusCode::kNotFound, "period", "PERIOD_UNKNOWN",
                           absl::StrCat("Không có kỳ báo cáo “", period, "”."));
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Board::Get(absl::string_view period,
                                                           Audience audience) const {
  const std::shared_ptr<Place> place = FindPlace(period);
  absl::StatusOr<std::shared_ptr<const Snapshot>> shown = ShownAt(place.get(), period, audience);
  if (!shown.ok()) return shown;
  if (!place->read.load(std::memory_order_relaxed)) place->read = true;
  if (!(*shown)->reply.empty()) {
    kept_replies_.Increment();
    return shown;
  }
  made_replies_.Increment();
  ASSIGN_OR_RETURN(const std::shared_ptr<const Standing> standing, GetStanding(period));
  std::shared_ptr<const Snapshot> again = MakeAgain(*place, *standing, (*shown)->compute_time);
  // It may have become another meanwhile.
  if (audience == Audience::kPublic && !again->is_public) return Unknown(period);
  return again;
}

std::shared_ptr<const Snapshot> Board::MakeAgain(Place& place, const Standing& standing,
                                                 absl::Time compute_time) const {
  const absl::MutexLock lock(&mutex_);
  std::shared_ptr<const Snapshot> now = place.shown.Get();
  if (now == nullptr || !IsBehind(standing, *now)) {  // Something newer has come.
    return SnapshotOf(standing, compute_time);
  }
  if (!now->reply.empty()) return now;  // Somebody else was as quick.
  std::shared_ptr<const Snapshot> again = SnapshotOf(standing, now->compute_time);
  Swap(place, again);
  MakeRoom();
  return again;
}

absl::StatusOr<std::shared_ptr<const Standing>> Board::GetStanding(absl::string_view period) const {
  absl::Duration patience = kFollowsWithin;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const int64_t seen = feed_.sequence();
    ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> shown,
                     ShownAt(FindPlace(period).get(), period, Audience::kInside));
    absl::StatusOr<std::shared_ptr<const Standing>> standing = standings_.Find(*shown);
    if (standing.ok() && IsBehind(**standing, *shown)) return standing;
    if (!standing.ok() && !absl::IsNotFound(standing.status())) return standing.status();
    if (standing.ok()) {
      // Another process on this database was told of something newer, or made it final: it is
      // shown here too, or somebody might be shown it before what is older.
      const std::shared_ptr<const Snapshot> stored = SnapshotOf(**standing, absl::Now());
      if (IsNewer(*stored, *shown)) {
        Show(*standing, stored);
        continue;
      }
    }
    // What is stored may be gone, or older, a moment before the other is shown or stored.
    feed_.AwaitBeyond(seen, absl::Now() + patience);
    patience *= 4;
  }
  return platform::Refusal(absl::StatusCode::kUnavailable, "period", "PERIOD_BUSY",
                           "Số liệu của kỳ này đang thay đổi; vui lòng thử lại sau giây lát.");
}

std::shared_ptr<Board::Place> Board::PlaceOf(const std::string& period) const {
  if (std::shared_ptr<Place> known = FindPlace(period); known != nullptr) return known;
  auto& shard = shards_[ShardOf(period)];
  const std::shared_ptr<const Places> places = shard.Get();
  auto larger = places == nullptr ? std::make_shared<Places>() : std::make_shared<Places>(*places);
  auto place = larger->emplace(period, std::make_shared<Place>(period)).first->second;
  shard.Swap(std::move(larger));
  return place;
}

void Board::Swap(Place& place, std::shared_ptr<const Snapshot> shown) const {
  if (shown != nullptr) reply_bytes_ += shown->reply.size();
  const auto before = place.shown.Swap(std::move(shown));
  if (before != nullptr) reply_bytes_ -= before->reply.size();
}

// The clock: in the order of their changes, round and round, a place that was read since the last
// time is left for this one.
void Board::MakeRoom() const {
  for (size_t looked = 0; reply_bytes_ > room_.reply_bytes && looked < 2 * by_change_.size();
       ++looked) {
    auto next = by_change_.upper_bound(hand_);
    if (next == by_change_.end()) next = by_change_.begin();
    hand_ = next->first;
    Place& place = *next->second;
    const std::shared_ptr<const Snapshot> shown = place.shown.Get();
    if (shown == nullptr || shown->reply.empty() || hand_ == changes_) continue;
    if (!place.read.exchange(false)) Swap(place, WithoutReply(*shown));
  }
}

void Board::Tell(const std::shared_ptr<Place>& place) const {
  by_change_.erase(place->sequence);
  place->sequence = ++changes_;
  by_change_.emplace(place->sequence, place);
  const std::shared_ptr<const Snapshot> shown = place->shown.Get();
  const bool is_public = shown != nullptr && shown->is_public;
  if (is_public || place->was_public) {
    by_public_change_.erase(place->public_sequence);
    place->public_sequence = ++public_changes_;
    by_public_change_.emplace(public_changes_, place);
    place->was_public = is_public;
  }
  feed_.Advance(changes_);
}

int64_t Board::LastChange(Audience audience) const {
  const absl::ReaderMutexLock lock(&mutex_);
  return audience == Audience::kInside ? changes_ : public_changes_;
}

std::optional<Board::Change> Board::NextChange(
    int64_t after, Audience audience,
    absl::FunctionRef<bool(absl::string_view period)> wanted) const {
  const absl::ReaderMutexLock lock(&mutex_);
  const ByChange& changes = audience == Audience::kInside ? by_change_ : by_public_change_;
  for (auto next = changes.upper_bound(after); next != changes.end(); ++next) {
    const Place& place = *next->second;
    if (!wanted(place.period)) continue;
    std::shared_ptr<const Snapshot> shown = place.shown.Get();
    if (audience == Audience::kPublic && shown != nullptr && !shown->is_public) shown = nullptr;
    return Change{next->first, place.period, std::move(shown)};
  }
  return std::nullopt;
}

std::shared_ptr<const Snapshot> Board::Put(std::shared_ptr<const Standing> standing,
                                           absl::Time compute_time) {
  std::shared_ptr<const Snapshot> shown = SnapshotOf(*standing, compute_time);
  return Show(std::move(standing), std::move(shown));
}

std::shared_ptr<const Snapshot> Board::Show(std::shared_ptr<const Standing> standing,
                                            std::shared_ptr<const Snapshot> shown) const {
  StandingCache::Standings dropped;  // Outlives the lock.
  const absl::MutexLock lock(&mutex_);
  const std::shared_ptr<Place> place = PlaceOf(shown->period);
  if (auto now = place->shown.Get(); now != nullptr && IsNewer(*now, *shown)) return now;
  dropped = standings_.Put(std::move(standing));
  Swap(*place, shown);
  if (place->broken.Swap(nullptr) != nullptr) broken_.Decrement();
  Tell(place);
  MakeRoom();
  return shown;
}

void Board::PutBroken(const std::string& period, absl::Status why, bool is_public) {
  const absl::MutexLock lock(&mutex_);
  standings_.Remove(period);
  const std::shared_ptr<Place> place = PlaceOf(period);
  if (place->broken.Swap(std::make_shared<const Broken>(Broken{std::move(why), is_public})) ==
      nullptr) {
    broken_.Increment();
  }
  Swap(*place, nullptr);
  Tell(place);
}

void Board::Remove(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  const std::shared_ptr<Place> place = FindPlace(period);
  if (place == nullptr) return;
  standings_.Remove(period);
  Swap(*place, nullptr);
  if (place->broken.Swap(nullptr) != nullptr) broken_.Decrement();
  Tell(place);
}

std::vector<std::string> Board::Periods() const {
  std::vector<std::string> periods;
  for (const auto& shard : shards_) {
    const std::shared_ptr<const Places> places = shard.Get();
    if (places == nullptr) continue;
    for (const auto& [period, place] : *places) {
      if (!place->removed()) periods.push_back(period);
    }
  }
  return periods;
}

void Board::SetInSight(bool in_sight) {
  const absl::MutexLock lock(&mutex_);
  if (results_in_sight_.exchange(in_sight) == in_sight) return;
  if (in_sight) was_in_sight_ = true;
  feed_.Advance(++changes_);
}

void Board::SetFinalsInSight(bool in_sight) {
  const absl::MutexLock lock(&mutex_);
  if (finals_in_sight_.exchange(in_sight) == in_sight) return;
  feed_.Advance(++changes_);
}

}  // namespace thidua::scoring
