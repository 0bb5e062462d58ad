#include "services/platform/plaintext.h"

#include <arpa/inet.h>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

ABSL_FLAG(
    bool, allow_plaintext_outside_loopback, false,
    "serve other machines without TLS, and send them tokens: only where the network itself is "
    "trusted");

ABSL_FLAG(bool, allow_plaintext_health_and_metrics_outside_loopback, false,
          "tell other machines how this process is, at --health_listen and --metrics_listen: they "
          "hear no name and no figure of anybody");

namespace thidua::platform {

bool IsLoopback(const std::string& address) {
  const std::string host = address.substr(0, address.rfind(':'));
  in_addr ip = {};
  if (inet_pton(AF_INET, host.c_str(), &ip) == 1) return (ntohl(ip.s_addr) >> 24) == 127;
  return host == "localhost" || host == "[::1]" || absl::StartsWith(address, "unix:");
}

bool MayBePlaintext(const std::string& address) {
  return IsLoopback(address) || absl::GetFlag(FLAGS_allow_plaintext_outside_loopback);
}

absl::Status CheckOperationsAddress(absl::string_view flag, const std::string& address) {
  if (IsLoopback(address) ||
      absl::GetFlag(FLAGS_allow_plaintext_health_and_metrics_outside_loopback)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("--", flag, "=", address,
                   " is not loopback, and has no TLS: "
                   "--allow_plaintext_health_and_metrics_outside_loopback says that it is meant"));
}

}  // namespace thidua::platform
