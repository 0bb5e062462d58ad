// Channels to other services.
#ifndef THIDUA_SERVICES_PLATFORM_CHANNEL_H_
#define THIDUA_SERVICES_PLATFORM_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/status.h"

namespace thidua::platform {

// To HOST:PORT, by TLS where the flags say so (tls.h): HOST has to be among the names in the
// certificate that is shown there. Notices a dead line within seconds and comes back quickly.
std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address);

// Before tokens go to HOST:PORT. FAILED_PRECONDITION where others may read them: the line is
// neither TLS nor on loopback, and no --allow_plaintext_outside_loopback says that this is meant.
absl::Status CheckMayCarryTokens(const std::string& address);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_CHANNEL_H_
