// What the kubelet of a Kubernetes before 1.24, which knows no gRPC probes, runs in a container in
// their place:
//   health_probe PORT [SERVICE]
// Ends with 0 when what listens on that port of loopback says that it serves.
#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "services/platform/health_testlib.h"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const auto channel =
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", argv[1]), grpc::InsecureChannelCredentials());
  return thidua::platform::HealthOf(channel, argc > 2 ? argv[2] : "") == thidua::platform::kServing
             ? 0
             : 1;
}
