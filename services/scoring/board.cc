#include "services/scoring/board.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/errors.h"

namespace thidua::scoring {

std::shared_ptr<const Standing> Board::Find(absl::string_view period) const {
  const absl::ReaderMutexLock lock(&mutex_);
  const auto found = standings_.find(period);
  return found == standings_.end() ? nullptr : found->second;
}

absl::StatusOr<std::shared_ptr<const Standing>> Board::Get(absl::string_view period) const {
  const absl::ReaderMutexLock lock(&mutex_);
  if (const auto found = standings_.find(period); found != standings_.end()) return found->second;
  if (const auto found = broken_.find(period); found != broken_.end()) return found->second;
  if (!was_in_sight_) {
    return platform::Refusal(absl::StatusCode::kUnavailable, "", "NOT_YET_SYNCED",
                             "Dịch vụ chấm điểm đang nạp số liệu; vui lòng thử lại sau giây lát.");
  }
  return platform::Refusal(absl::StatusCode::kNotFound, "period", "PERIOD_UNKNOWN",
                           absl::StrCat("Không có kỳ báo cáo “", period, "”."));
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

void Board::PutBroken(const std::string& period, absl::Status why) {
  const absl::MutexLock lock(&mutex_);
  standings_.erase(period);
  broken_[period] = std::move(why);
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
  std::vector<std::string> periods;
  for (const auto& [period, why] : broken_) periods.push_back(period);
  for (const auto& [period, standing] : standings_) periods.push_back(period);
  return periods;
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
