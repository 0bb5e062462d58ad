// How long, and how often, a service that is away is tried again.
//
//   Patience patience(absl::Seconds(30));
//   while (true) {
//     const grpc::Status status = …;
//     if (!IsAway(status)) …
//     const auto pause = patience.Pause(status);
//     if (!pause.has_value()) return Unreached("results-ingest", status);
//     absl::SleepFor(*pause);
//   }
#ifndef THIDUA_SERVICES_PLATFORM_PATIENCE_H_
#define THIDUA_SERVICES_PLATFORM_PATIENCE_H_

#include <grpcpp/support/status.h>

#include <optional>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace thidua::platform {

// Whether nobody answered, or one who could not. A line that breaks in the middle of an answer
// shows as other codes too, without the details that an answer of the suite has.
bool IsAway(const grpc::Status& status);

// UNAVAILABLE, in Vietnamese.
absl::Status Unreached(absl::string_view service, const grpc::Status& status);

// Not thread-safe.
class Patience {
 public:
  // `until`: when it ends at the latest, however often it is renewed.
  explicit Patience(absl::Duration length, absl::Time until = absl::InfiniteFuture());

  // How long to wait before the next try: at least as long as the other side asks. Nothing when the
  // patience is at its end.
  std::optional<absl::Duration> Pause(const grpc::Status& status);
  // The work went on: waiting begins anew.
  void Renew();

 private:
  const absl::Duration length_;
  const absl::Time end_;
  absl::Time until_;
  absl::Duration pause_;
  absl::BitGen random_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_PATIENCE_H_
