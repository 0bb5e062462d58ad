// What one process takes in, from its flags: so that nobody, known or not, fills its memory, its
// threads or its time. What a message may weigh stands in server.h, what a field may in
// admission.h.
#ifndef THIDUA_SERVICES_PLATFORM_LIMITS_H_
#define THIDUA_SERVICES_PLATFORM_LIMITS_H_

#include <grpcpp/server_builder.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/caller_limits.h"

namespace thidua::platform {

struct Limits {
  CallerLimitsConfig callers;
  // Of a call that is no stream. A stream lives for as long as its caller does, who is asked for it
  // every few seconds (server.cc).
  absl::Duration call_time_max;
  int connections = 0;
  int calls_per_connection = 0;  // Streams too; beyond, gRPC's clients wait.
  int threads = 0;               // Calls that take one; beyond, RESOURCE_EXHAUSTED.
  // Of requests that have not come whole, and of all else that lines hold: where it is full, gRPC
  // breaks calls off.
  size_t line_bytes = 0;

  // INVALID_ARGUMENT names the flag that is out of range.
  static absl::StatusOr<Limits> FromFlags();
  void ApplyTo(grpc::ServerBuilder& builder) const;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_LIMITS_H_
