#include "services/platform/patience.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/errors.h"

namespace thidua::platform {
namespace {

constexpr absl::Duration kPauseFirst = absl::Milliseconds(50);
constexpr absl::Duration kPauseMax = absl::Seconds(1);

}  // namespace

bool IsAway(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return true;
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::CANCELLED:
      return status.error_details().empty();
    default:
      return false;
  }
}

absl::Status Unreached(absl::string_view service, const grpc::Status& status) {
  return absl::UnavailableError(
      absl::StrCat("không liên lạc được với dịch vụ ", service, ": ", status.error_message()));
}

Patience::Patience(absl::Duration length, absl::Time until) : length_(length), end_(until) {
  Renew();
}

void Patience::Renew() {
  until_ = std::min(absl::Now() + length_, end_);
  pause_ = kPauseFirst;
}

std::optional<absl::Duration> Patience::Pause(const grpc::Status& status) {
  // Callers that were cut off together do not come back together.
  const absl::Duration wait =
      std::max(pause_ * absl::Uniform(random_, 0.5, 1.0), RetryDelayOf(status));
  if (absl::Now() + wait > until_) return std::nullopt;
  pause_ = std::min(pause_ * 2, kPauseMax);
  return wait;
}

}  // namespace thidua::platform
