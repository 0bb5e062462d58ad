// A server that does not tell which RPCs it has.
#ifndef THIDUA_SERVICES_PLATFORM_WITHOUT_REFLECTION_H_
#define THIDUA_SERVICES_PLATFORM_WITHOUT_REFLECTION_H_

#include <grpcpp/impl/server_builder_option.h>

#include <memory>
#include <vector>

namespace thidua::platform {

// Reflection comes with the library. Under a policy it would hold a thread for whoever asks.
class WithoutReflection : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const std::unique_ptr<grpc::ServerBuilderPlugin>& plugin) {
      return plugin->name() == "proto_server_reflection";
    });
  }
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_WITHOUT_REFLECTION_H_
