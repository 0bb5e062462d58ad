#include "services/platform/call.h"

#include <algorithm>
#include <chrono>

#include "absl/time/clock.h"
#include "services/platform/errors.h"

namespace thidua::platform {

absl::Time Call::deadline() const {
  const std::chrono::system_clock::time_point deadline = context_.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return deadline_max_;
  return std::min(absl::FromChrono(deadline), deadline_max_);
}

absl::Status Call::StillAwaited() const {
  if (absl::Now() >= deadline()) return absl::DeadlineExceededError("the caller's time is over");
  if (cancelled()) return absl::CancelledError("caller gone");
  return absl::OkStatus();
}

audit::Author Call::author() const { return {caller().name(), on_behalf_of(), method(), trace_}; }

absl::Status Call::CheckNoMember(absl::Span<const std::string> units) const {
  if (std::none_of(units.begin(), units.end(),
                   [&](const std::string& unit) { return principal_->IsOfficialOf(unit); })) {
    return absl::OkStatus();
  }
  return Refusal(
      absl::StatusCode::kPermissionDenied, "", "OWN_BLOC",
      "Không ai được tự khóa sổ hay công nhận kết quả của khối có đơn vị mình tham gia.");
}

absl::Status Call::Admit(const google::protobuf::Message& message) const {
  if (requirement_ == nullptr) return absl::OkStatus();
  return requirement_->Admit(message, admission_);
}

}  // namespace thidua::platform
