#include "services/platform/health_listener.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/platform/log.h"
#include "services/platform/plaintext.h"
#include "services/platform/without_reflection.h"

ABSL_FLAG(std::string, health_listen, "",
          "HOST:PORT on which health alone is asked (grpc.health.v1: \"\" is alive, \"ready\" is "
          "ready), by plaintext; empty: only at --listen");

namespace thidua::platform {
namespace {

constexpr char kReady[] = "ready";
// Whoever asks for health asks seldom and little, and comes again.
constexpr int kRequestBytes = 1024, kStreamsOfALine = 8;
constexpr int kHandshakeMaxMs = 5'000, kIdleMaxMs = 10'000, kAgeMaxMs = 120'000,
              kAgeGraceMs = 1'000;

}  // namespace

absl::StatusOr<std::unique_ptr<HealthListener>> HealthListener::Start(int connections_max) {
  const std::string address = absl::GetFlag(FLAGS_health_listen);
  if (address.empty()) return nullptr;
  RETURN_IF_ERROR(CheckOperationsAddress("health_listen", address));
  auto listener = std::unique_ptr<HealthListener>(new HealthListener);
  ASSIGN_OR_RETURN(listener->doorway_, Doorway::Listen(address, connections_max));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.SetOption(std::make_unique<WithoutReflection>());
  builder.SetMaxReceiveMessageSize(kRequestBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsOfALine);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMaxMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleMaxMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kAgeMaxMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kAgeGraceMs);
  auto acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
  // Answers UNIMPLEMENTED; without a service of one's own gRPC does not start.
  builder.RegisterCallbackGenericService(&listener->nothing_else_);
  listener->server_ = builder.BuildAndStart();
  if (listener->server_ == nullptr) return absl::UnavailableError("gRPC did not start for health");
  listener->SetReady(false);
  listener->doorway_->LetInto(std::move(acceptor));
  Log(Severity::kInfo, "health listening",
      {{"address",
        absl::StrCat(address.substr(0, address.rfind(':')), ":", listener->doorway_->port())}});
  return listener;
}

void HealthListener::SetReady(bool ready) {
  server_->GetHealthCheckService()->SetServingStatus(kReady, ready);
}

void HealthListener::Stop() {
  if (doorway_ != nullptr) doorway_->Close();
  // gRPC's own watches of health end with their callers only: they are cut off.
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

}  // namespace thidua::platform
