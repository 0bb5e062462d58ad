#include "services/platform/change_feed.h"

#include <utility>

namespace thidua::platform {

void ChangeFeed::Advance(int64_t sequence) {
  const absl::MutexLock lock(&mutex_);
  if (sequence <= sequence_) return;
  sequence_ = sequence;
  if (moved_ != nullptr) moved_();
}

bool ChangeFeed::AwaitBeyond(int64_t seen, absl::Time until) {
  const absl::MutexLock lock(&mutex_);
  const auto moved = [&] {
    mutex_.AssertReaderHeld();
    return closed_ || sequence_ > seen;
  };
  mutex_.AwaitWithDeadline(absl::Condition(&moved), until);
  return sequence_ > seen;
}

void ChangeFeed::Close() {
  const absl::MutexLock lock(&mutex_);
  closed_ = true;
  if (moved_ != nullptr) moved_();
}

void ChangeFeed::SetListener(std::function<void()> moved) {
  const absl::MutexLock lock(&mutex_);
  moved_ = std::move(moved);
}

bool ChangeFeed::closed() const {
  const absl::MutexLock lock(&mutex_);
  return closed_;
}

int64_t ChangeFeed::sequence() const {
  const absl::MutexLock lock(&mutex_);
  return sequence_;
}

}  // namespace thidua::platform
