#include "services/platform/wall_clock.h"

#include <algorithm>
#include <chrono>

namespace thidua::platform {
namespace {

// Within which both clocks are read, or are read again: the thread was held up in between.
constexpr std::chrono::milliseconds kAtOnce{10};

}  // namespace

absl::Duration WallClock::SetBack() {
  const absl::Duration before = ahead_;
  ahead_ = AheadOfSteady();
  return std::max(before - ahead_, absl::ZeroDuration());
}

absl::Duration WallClock::AheadOfSteady() {
  while (true) {
    const auto begun = std::chrono::steady_clock::now();
    const auto wall = std::chrono::system_clock::now();
    const auto ended = std::chrono::steady_clock::now();
    if (ended - begun > kAtOnce) continue;
    return absl::FromChrono(wall) - absl::UnixEpoch() - absl::FromChrono(begun.time_since_epoch());
  }
}

}  // namespace thidua::platform
