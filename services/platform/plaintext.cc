#include "services/platform/plaintext.h"

#include <arpa/inet.h>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"

ABSL_FLAG(
    bool, allow_plaintext_outside_loopback, false,
    "serve other machines without TLS, and send them tokens: only where the network itself is "
    "trusted");

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

}  // namespace thidua::platform
