// The bare limit of a service: gRPC with one RPC, which does nothing but answer bytes; by TLS if
// need be, and to whom one likes.
#ifndef THIDUA_TESTS_BENCH_BARE_SERVER_H_
#define THIDUA_TESTS_BENCH_BARE_SERVER_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/method_handler.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/bench/bench.h"

namespace thidua::bench {

class BareServer {
 public:
  using Admits = std::function<bool(const grpc::ServerContext&)>;

  // `method`: "/package.Service/Method". `answer` and `admits` may be called by several threads at
  // once; null: everybody is answered.
  BareServer(
      const char* method, std::function<grpc::ByteBuffer()> answer,
      std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials(),
      Admits admits = nullptr)
      : service_(method, std::move(answer), std::move(admits)) {
    constexpr int kThreadsKept = 64;  // As platform::Server.
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port);
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, kThreadsKept);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    Must(server_ != nullptr, "a bare server did not start");
    address_ = absl::StrCat("127.0.0.1:", port);
  }

  const std::string& address() const { return address_; }
  void Wait() { server_->Wait(); }

 private:
  class Service : public grpc::Service {
   public:
    Service(const char* method, std::function<grpc::ByteBuffer()> answer, Admits admits)
        : answer_(std::move(answer)), admits_(std::move(admits)) {
      using Handler = grpc::internal::RpcMethodHandler<Service, grpc::ByteBuffer, grpc::ByteBuffer,
                                                       grpc::ByteBuffer, grpc::ByteBuffer>;
      AddMethod(new grpc::internal::RpcServiceMethod(
          method, grpc::internal::RpcMethod::NORMAL_RPC,
          new Handler(
              [](Service* self, grpc::ServerContext* context, const grpc::ByteBuffer*,
                 grpc::ByteBuffer* response) {
                if (self->admits_ != nullptr && !self->admits_(*context)) {
                  return grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "not admitted");
                }
                *response = self->answer_();
                return grpc::Status::OK;
              },
              this)));
    }

   private:
    const std::function<grpc::ByteBuffer()> answer_;
    const Admits admits_;
  };

  Service service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace thidua::bench

#endif  // THIDUA_TESTS_BENCH_BARE_SERVER_H_
