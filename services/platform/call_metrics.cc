#include "services/platform/call_metrics.h"

#include <prometheus/labels.h>

#include <algorithm>
#include <string>

#include "services/platform/metrics.h"

namespace thidua::platform {
namespace {

std::string TypeOf(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming()) return method.server_streaming() ? "bidi_stream" : "client_stream";
  return method.server_streaming() ? "server_stream" : "unary";
}

prometheus::Labels LabelsOf(const google::protobuf::MethodDescriptor& method) {
  return {{"grpc_type", TypeOf(method)},
          {"grpc_service", method.service()->full_name()},
          {"grpc_method", method.name()}};
}

// In the order of their numbers.
constexpr const char* kCodeNames[] = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

}  // namespace

CallMetrics::CallMetrics(const google::protobuf::MethodDescriptor& method)
    : started_(CounterOf("grpc_server_started_total", "Calls that came in.", LabelsOf(method))),
      seconds_(SecondsOf("grpc_server_handling_seconds",
                         "How long calls took, from when they were taken on to their answer.",
                         LabelsOf(method))) {
  static_assert(std::size(kCodeNames) == kCodes);
  for (size_t code = 0; code < kCodes; ++code) {
    prometheus::Labels labels = LabelsOf(method);
    labels["grpc_code"] = kCodeNames[code];
    ended_[code] =
        &CounterOf("grpc_server_handled_total", "Calls that are over, by how they ended.", labels);
  }
}

void CallMetrics::CountEnded(grpc::StatusCode code, absl::Duration took) {
  ended_[std::min<size_t>(static_cast<size_t>(code), kCodes - 1)]->Increment();
  seconds_.Observe(absl::ToDoubleSeconds(took));
}

}  // namespace thidua::platform
