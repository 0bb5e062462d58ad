// Where Prometheus reads what a process tells of itself: http://HOST:PORT/metrics, as
// --metrics_listen says.
#ifndef THIDUA_SERVICES_PLATFORM_METRICS_LISTENER_H_
#define THIDUA_SERVICES_PLATFORM_METRICS_LISTENER_H_

#include <memory>

#include "absl/status/statusor.h"

namespace thidua::platform {

class MetricsListener {
 public:
  // Listens until it goes, and logs where. Null: --metrics_listen is empty. UNAVAILABLE when it
  // cannot; FAILED_PRECONDITION outside loopback, for it is plaintext, unless
  // --allow_plaintext_health_and_metrics_outside_loopback.
  static absl::StatusOr<std::unique_ptr<MetricsListener>> Start();
  ~MetricsListener();

 private:
  struct State;
  explicit MetricsListener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_METRICS_LISTENER_H_
