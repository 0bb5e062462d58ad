#include "services/scoring/board.h"

#include <utility>

namespace thidua::scoring {

std::shared_ptr<const Standing> Board::Find(absl::string_view period) const {
  const absl::ReaderMutexLock lock(&mutex_);
  const auto found = standings_.find(period);
  return found == standings_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const Standing>> Board::All() const {
  const absl::ReaderMutexLock lock(&mutex_);
  std::vector<std::shared_ptr<const Standing>> all;
  all.reserve(standings_.size());
  for (const auto& [period, standing] : standings_) all.push_back(standing);
  return all;
}

void Board::Put(std::shared_ptr<const Standing> standing) {
  const absl::MutexLock lock(&mutex_);
  const std::string period = standing->received.inputs.name();
  standings_[period] = std::move(standing);
  broken_.erase(period);
  feed_.Advance(++changes_);
}

void Board::PutBroken(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  standings_.erase(period);
  broken_.insert(period);
  feed_.Advance(++changes_);
}

void Board::Remove(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  standings_.erase(period);
  broken_.erase(period);
  feed_.Advance(++changes_);
}

std::vector<std::string> Board::Periods() const {
  const absl::ReaderMutexLock lock(&mutex_);
  std::vector<std::string> periods(broken_.begin(), broken_.end());
  for (const auto& [period, standing] : standings_) periods.push_back(period);
  return periods;
}

bool Board::IsBroken(absl::string_view period) const {
  const absl::ReaderMutexLock lock(&mutex_);
  return broken_.contains(period);
}

bool Board::in_sight() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return in_sight_;
}

bool Board::was_in_sight() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return was_in_sight_;
}

void Board::SetInSight(bool in_sight) {
  const absl::MutexLock lock(&mutex_);
  if (in_sight_ == in_sight) return;
  in_sight_ = in_sight;
  was_in_sight_ |= in_sight;
  feed_.Advance(++changes_);
}

}  // namespace thidua::scoring
