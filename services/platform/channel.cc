#include "services/platform/channel.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "google/api/annotations.pb.h"
#include "services/domain/return_if_error.h"
#include "services/platform/contracts.h"
#include "services/platform/log.h"
#include "services/platform/plaintext.h"
#include "services/platform/tls.h"

namespace thidua::platform {
namespace {

// Answers are the other service's own: a pact or a period whole.
constexpr int kAnswerBytesMax = 64 * 1024 * 1024;

// Where a name has several addresses, as that of replicas has, calls go to each in turn. What only
// reads is asked again when it was CANCELLED: by that gRPC answers calls that are on their way
// to a server as it stops. (To follow the servers' health would spare that; but with it gRPC 1.51
// now and then calls through a line of TLS that there is not, and the process ends: tls_test.cc,
// APairThatDoesNotFit…, 12 of 64 runs.)
std::string ServiceConfig() {
  std::vector<std::string> readings;
  for (const google::protobuf::MethodDescriptor* method : AllMethods()) {
    if (!method->options().GetExtension(google::api::http).has_get()) continue;
    if (method->server_streaming()) continue;
    readings.push_back(absl::StrFormat(R"({"service": "%s", "method": "%s"})",
                                       method->service()->full_name(), method->name()));
  }
  return absl::StrFormat(
      R"({"loadBalancingConfig": [{"round_robin": {}}], "methodConfig": [{"name": [%s],
          "retryPolicy": {"maxAttempts": 5, "initialBackoff": "0.02s", "maxBackoff": "0.2s",
                          "backoffMultiplier": 2, "retryableStatusCodes": ["CANCELLED"]}}]})",
      absl::StrJoin(readings, ","));
}

// A name is looked up again when a line ends, as soon as this: a pod's successor has another
// address.
constexpr int kLookUpAgainMs = 1000;

}  // namespace

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  static const std::string kServiceConfig = ServiceConfig();
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, kLookUpAgainMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 5000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 3000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetMaxReceiveMessageSize(kAnswerBytesMax);
  const absl::StatusOr<const Tls*> tls = Tls::OfProcess();
  if (tls.ok()) return grpc::CreateCustomChannel(address, (*tls)->ChannelCredentials(), arguments);
  // Who begins a process asks for it first. What is meant to be secret goes nowhere otherwise.
  Log(Severity::kError, "no line can be made", {{"why", tls.status().ToString()}});
  return grpc::CreateCustomChannel(address, nullptr, arguments);
}

absl::Status CheckMayCarryTokens(const std::string& address) {
  ASSIGN_OR_RETURN(const Tls* const tls, Tls::OfProcess());
  if (tls->calls() || MayBePlaintext(address)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("no token is sent to ", address,
                   " in plaintext, where others may read it: give --tls_ca; "
                   "--allow_plaintext_outside_loopback says that plaintext is meant"));
}

}  // namespace thidua::platform
