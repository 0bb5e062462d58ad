// How much of the services' room visitors may take through the portal: those who say nothing of who
// they are, and those whose credentials are refused.
//
// To the services all visitors are one caller, the portal itself, and share what one caller may
// have with the portal's own watch of rankings (platform/caller_limits.h). What stands here is
// below that, so that one of them shuts out neither the others nor the portal. Nor do services
// count for the portal whose credentials it was that they refused: it is told apart here, by the
// address that HTTP comes from. Thread-safe.
#ifndef THIDUA_SERVICES_PORTAL_VISITOR_LIMITS_H_
#define THIDUA_SERVICES_PORTAL_VISITOR_LIMITS_H_

#include <boost/asio/ip/address.hpp>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/caller_limits.h"

namespace thidua::portal {

// Each above zero.
struct VisitorLimitsConfig {
  // As the flags --visitor_… say, with the rate of refusals that the process has for all; a flag
  // that is not above zero is INVALID_ARGUMENT.
  static absl::StatusOr<VisitorLimitsConfig> FromFlags(const platform::Rate& refusals);

  // Under way at a time, without a token. Below what services give one caller.
  int streams = 400;
  int streams_per_address = 20;
  int calls = 200;
  platform::Rate refusals = platform::CallerLimitsConfig().refusals;  // Of an address.
  // HTTP comes from a proxy, whose address is everybody's: nothing is counted by address.
  bool behind_proxy = false;
};

class VisitorLimits {
 public:
  // What is under way; given back when it goes. Outlived by the limits.
  struct Hold {
    platform::CallerLimits::Hold of_all;
    platform::CallerLimits::Hold of_address;
  };

  explicit VisitorLimits(const VisitorLimitsConfig& config);

  // RESOURCE_EXHAUSTED (TOO_MANY_STREAMS, TOO_MANY_CALLS), with the time after which to ask again.
  absl::StatusOr<Hold> EnterStream(const boost::asio::ip::address& peer);
  absl::StatusOr<Hold> EnterCall();

  // The same (TOO_MANY_REFUSALS) where credentials from there were refused too often of late: they
  // are then not passed on.
  absl::Status CheckCredentials(const boost::asio::ip::address& peer);
  // A service has looked at credentials from there and refused them.
  void CountRefusal(const boost::asio::ip::address& peer);

 private:
  const bool behind_proxy_;
  platform::CallerLimits of_all_;
  platform::CallerLimits of_addresses_;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_VISITOR_LIMITS_H_
