// A gRPC server on a free port of loopback, inside the test's process, that can be stopped and
// started again where it was. For tests.
#ifndef THIDUA_SERVICES_PLATFORM_LOCAL_SERVER_TESTLIB_H_
#define THIDUA_SERVICES_PLATFORM_LOCAL_SERVER_TESTLIB_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/channel.h"

namespace thidua::platform {

class LocalServer {
 public:
  explicit LocalServer(grpc::Service& service) { Start(service); }
  ~LocalServer() { Stop(); }
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;

  // Breaks every call that is under way.
  void Stop() {
    if (server_ == nullptr) return;
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
    server_ = nullptr;
  }

  // After Stop: on the same port. A service serves one server only in its life.
  void Start(grpc::Service& service) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address(), grpc::InsecureServerCredentials(), &port_);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.RegisterService(&service);
    server_ = builder.BuildAndStart();
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  std::shared_ptr<grpc::Channel> NewChannel() const { return ChannelTo(address()); }

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_LOCAL_SERVER_TESTLIB_H_
