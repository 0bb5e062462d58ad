// How often an RPC was called, how each call ended and how long it took, under the names that gRPC
// is known by at Prometheus:
//
//   grpc_server_started_total, grpc_server_handled_total, grpc_server_handling_seconds
//   grpc_type, grpc_service, grpc_method; grpc_code of those that are over
//
// Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_CALL_METRICS_H_
#define THIDUA_SERVICES_PLATFORM_CALL_METRICS_H_

#include <google/protobuf/descriptor.h>
#include <grpcpp/support/status.h>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <array>
#include <cstddef>

#include "absl/time/time.h"

namespace thidua::platform {

class CallMetrics {
 public:
  explicit CallMetrics(const google::protobuf::MethodDescriptor& method);

  void CountStarted() { started_.Increment(); }
  void CountEnded(grpc::StatusCode code, absl::Duration took);

 private:
  static constexpr size_t kCodes = grpc::StatusCode::UNAUTHENTICATED + 1;

  prometheus::Counter& started_;
  prometheus::Histogram& seconds_;
  // There from the beginning: of a series that begins with its first failure Prometheus would not
  // see that it rose.
  std::array<prometheus::Counter*, kCodes> ended_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_CALL_METRICS_H_
