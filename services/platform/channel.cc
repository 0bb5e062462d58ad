#include "services/platform/channel.h"

#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/platform/log.h"
#include "services/platform/plaintext.h"
#include "services/platform/tls.h"

namespace thidua::platform {
namespace {

// Answers are the other service's own: a pact or a period whole.
constexpr int kAnswerBytesMax = 64 * 1024 * 1024;

// Where a name has several addresses, as that of replicas has, calls go to each in turn that says
// that it serves: one that is about to stop says so before it refuses anything (server.cc).
constexpr char kServiceConfig[] =
    R"({"loadBalancingConfig": [{"round_robin": {}}], "healthCheckConfig": {"serviceName": ""}})";
// A name is looked up again when a line ends, as soon as this: a pod's successor has another
// address.
constexpr int kLookUpAgainMs = 1000;

}  // namespace

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
  grpc::ChannelArguments arguments;
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
