// Health for those who ask by plaintext, as the kubelet does, on a port of its own:
// grpc.health.v1 and nothing else, as --health_listen says.
//
//   ""        the process is alive: SERVING for as long as it listens
//   "ready"   calls should come here
#ifndef THIDUA_SERVICES_PLATFORM_HEALTH_LISTENER_H_
#define THIDUA_SERVICES_PLATFORM_HEALTH_LISTENER_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>

#include <memory>

#include "absl/status/statusor.h"
#include "services/platform/doorway.h"

namespace thidua::platform {

// Thread-safe.
class HealthListener {
 public:
  // Alive, not ready; logs where it listens. Null: --health_listen is empty. UNAVAILABLE when it
  // cannot; FAILED_PRECONDITION outside loopback, unless
  // --allow_plaintext_health_and_metrics_outside_loopback. `connections_max`: of the process, as of
  // Doorway; none is held for long.
  static absl::StatusOr<std::unique_ptr<HealthListener>> Start(int connections_max);
  ~HealthListener() { Stop(); }

  void SetReady(bool ready);
  // Not alive any more; whoever watches is told so by the end of it.
  void Stop();

 private:
  HealthListener() = default;

  grpc::CallbackGenericService nothing_else_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Doorway> doorway_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_HEALTH_LISTENER_H_
