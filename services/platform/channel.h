// Channels to other services.
#ifndef THIDUA_SERVICES_PLATFORM_CHANNEL_H_
#define THIDUA_SERVICES_PLATFORM_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

namespace thidua::platform {

// To HOST:PORT. Notices a dead line within seconds and comes back quickly.
std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_CHANNEL_H_
