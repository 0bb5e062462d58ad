#include "services/platform/limits.h"

#include <grpcpp/resource_quota.h>

#include <cstdint>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"

ABSL_FLAG(int, calls_per_second_per_caller, 20'000,
          "calls a second of one caller, services of the suite aside; 0: any number");
ABSL_FLAG(int, calls_at_once_per_caller, 40'000, "how many of them may come at once after a rest");
ABSL_FLAG(int, calls_under_way_per_caller, 256, "calls of one caller that are answered at a time");
ABSL_FLAG(int, uploads_per_caller, 16, "files that one caller sends at a time");
ABSL_FLAG(int, streams_per_caller, 500, "watches of rankings that one caller has at a time");
ABSL_FLAG(int, refusals_per_second_per_address, 50,
          "credentials refused a second that come from one address, beyond which none from there "
          "are looked at; 0: any number");
ABSL_FLAG(absl::Duration, call_time_max, absl::Seconds(60),
          "how long a call may go on, streams aside, whatever its caller allows it");
ABSL_FLAG(int, connections_max, 8192, "connections at a time; fewer where files may not be opened");
ABSL_FLAG(int, calls_per_connection, 10'000, "calls and streams on one connection at a time");
ABSL_FLAG(int, threads_max, 2'000, "threads that answer calls");
ABSL_FLAG(int, line_memory_mib, 1024, "memory for what is on its way in and out, MiB");

namespace thidua::platform {
namespace {

// Refusals are seldom; ten seconds' worth may come at once, of everybody behind one address.
constexpr int64_t kRefusalsBurstSeconds = 10;

}  // namespace

absl::StatusOr<Limits> Limits::FromFlags() {
  const std::pair<const char*, std::pair<int, int>> kAtLeast[] = {
      {"calls_per_second_per_caller", {absl::GetFlag(FLAGS_calls_per_second_per_caller), 0}},
      {"calls_at_once_per_caller", {absl::GetFlag(FLAGS_calls_at_once_per_caller), 1}},
      {"calls_under_way_per_caller", {absl::GetFlag(FLAGS_calls_under_way_per_caller), 1}},
      {"uploads_per_caller", {absl::GetFlag(FLAGS_uploads_per_caller), 1}},
      {"streams_per_caller", {absl::GetFlag(FLAGS_streams_per_caller), 1}},
      {"refusals_per_second_per_address",
       {absl::GetFlag(FLAGS_refusals_per_second_per_address), 0}},
      {"connections_max", {absl::GetFlag(FLAGS_connections_max), 1}},
      {"calls_per_connection", {absl::GetFlag(FLAGS_calls_per_connection), 1}},
      // gRPC keeps some that wait.
      {"threads_max", {absl::GetFlag(FLAGS_threads_max), 16}},
      // Several of the largest requests.
      {"line_memory_mib", {absl::GetFlag(FLAGS_line_memory_mib), 64}},
  };
  for (const auto& [flag, is] : kAtLeast) {
    if (is.first < is.second) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", flag, "=", is.first, " is below ", is.second));
    }
  }
  Limits limits;
  limits.call_time_max = absl::GetFlag(FLAGS_call_time_max);
  if (limits.call_time_max < absl::Seconds(1)) {
    return absl::InvalidArgumentError("--call_time_max is below 1s");
  }
  limits.callers.calls = {static_cast<double>(absl::GetFlag(FLAGS_calls_per_second_per_caller)),
                          absl::GetFlag(FLAGS_calls_at_once_per_caller)};
  limits.callers.calls_at_a_time = absl::GetFlag(FLAGS_calls_under_way_per_caller);
  limits.callers.uploads_at_a_time = absl::GetFlag(FLAGS_uploads_per_caller);
  limits.callers.streams_at_a_time = absl::GetFlag(FLAGS_streams_per_caller);
  const int64_t refusals = absl::GetFlag(FLAGS_refusals_per_second_per_address);
  limits.callers.refusals = {static_cast<double>(refusals), refusals * kRefusalsBurstSeconds};
  limits.connections = absl::GetFlag(FLAGS_connections_max);
  limits.calls_per_connection = absl::GetFlag(FLAGS_calls_per_connection);
  limits.threads = absl::GetFlag(FLAGS_threads_max);
  limits.line_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_line_memory_mib)) << 20;
  return limits;
}

void Limits::ApplyTo(grpc::ServerBuilder& builder) const {
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, calls_per_connection);
  grpc::ResourceQuota quota;
  quota.SetMaxThreads(threads).Resize(line_bytes);
  builder.SetResourceQuota(quota);
}

}  // namespace thidua::platform
