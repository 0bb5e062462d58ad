#include "services/platform/server.h"

#include <arpa/inet.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <malloc.h>
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/flags.h"
#include "services/platform/log.h"

ABSL_FLAG(std::string, listen, "127.0.0.1:0", "HOST:PORT to serve on; port 0 takes a free one");
ABSL_FLAG(std::string, data_dir, "data", "folder of the service's own database and files");
ABSL_FLAG(std::string, database, "",
          "postgresql://… of the service's own database; empty: a file in --data_dir");
ABSL_FLAG(bool, allow_plaintext_outside_loopback, false,
          "serve without TLS to other machines: only where the network itself is trusted");

namespace thidua::platform {
namespace {

constexpr int kThreadsKept = 64;
constexpr int kArenasMax = 4;

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

bool IsLoopback(const std::string& address) {
  const std::string host = address.substr(0, address.rfind(':'));
  in_addr ip = {};
  if (inet_pton(AF_INET, host.c_str(), &ip) == 1) return (ntohl(ip.s_addr) >> 24) == 127;
  return host == "localhost" || host == "[::1]" || absl::StartsWith(address, "unix:");
}

}  // namespace

void BeginProcess(absl::string_view service, int argc, char** argv) {
  // Each arena keeps what was freed in it; few of them keep little.
  mallopt(M_ARENA_MAX, kArenasMax);
  // Debian's Abseil, and gRPC by it, would look for cycles at each lock: that is for those who
  // test.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);  // A reader that went away is an error of its write, not of ours.
  absl::SetProgramUsageMessage(absl::StrCat("Thi Đua: the ", service, " service"));
  if (absl::Status status = ReadFlagsFromEnvironment(); !status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    std::exit(1);  // As Abseil does for a wrong flag.
  }
  absl::ParseCommandLine(argc, argv);
  StartLogging(service);
}

std::unique_ptr<storage::Database> OpenDatabase(absl::string_view service,
                                                storage::Migrations migrations) {
  std::string location = absl::GetFlag(FLAGS_database);
  if (location.empty()) {
    location = DataFolder(absl::StrCat(service, ".db")).string();
  }
  auto database = storage::Database::Open(location, migrations);
  if (!database.ok()) Die(database.status());
  return *std::move(database);
}

std::filesystem::path DataFolder(absl::string_view name) {
  return std::filesystem::path(absl::GetFlag(FLAGS_data_dir)) / std::string(name);
}

std::unique_ptr<ChangeFeed> OpenFeed(storage::Database& database) {
  const absl::StatusOr<int64_t> sequence = database.Sequence();
  if (!sequence.ok()) Die(sequence.status());
  return std::make_unique<ChangeFeed>(*sequence, database.store_epoch_ms());
}

absl::StatusOr<std::string> ListenAddress() {
  const std::string address = absl::GetFlag(FLAGS_listen);
  if (!IsLoopback(address) && !absl::GetFlag(FLAGS_allow_plaintext_outside_loopback)) {
    return absl::FailedPreconditionError(
        absl::StrCat(address,
                     " is not loopback, and the listener has no TLS; "
                     "--allow_plaintext_outside_loopback says that this is meant"));
  }
  return address;
}

void AnnounceReady(const std::string& address) {
  std::printf("ready %s\n", address.c_str());
  std::fflush(stdout);
  Log(Severity::kInfo, "listening", {{"address", address}});
}

void AwaitStopSignal() {
  const sigset_t signals = StopSignals();
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  Log(Severity::kInfo, "stopping", {{"signal", strsignal(signal_number)}});
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(std::vector<Endpoint*> endpoints) {
  const auto listen = ListenAddress();
  if (!listen.ok()) return listen.status();
  const std::string& address = *listen;
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(kRequestBytesMax);
  // What is read ahead of a stream of requests: enough that the next is there when it is asked for.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1024 * 1024);
  // Threads that have answered a call wait for the next one, rather than end and be made again.
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, kThreadsKept);
  // Two processes on one port would share its calls between two stores.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 1000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // A caller whose line is dead sends nothing and takes nothing: asked, it is found out.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 10000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  for (Endpoint* endpoint : endpoints) {
    if (absl::Status complete = endpoint->CheckComplete(); !complete.ok()) return complete;
    builder.RegisterService(endpoint);
  }
  auto server = std::unique_ptr<Server>(new Server);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address));
  }
  server->endpoints_ = std::move(endpoints);
  server->SetReady(true);
  AnnounceReady(absl::StrCat(address.substr(0, address.rfind(':')), ":", port));
  return server;
}

void Server::SetReady(bool ready) {
  for (const Endpoint* endpoint : endpoints_) {
    server_->GetHealthCheckService()->SetServingStatus(endpoint->full_name(), ready);
  }
}

void Server::RunUntilSignal(absl::FunctionRef<void()> end_streams) {
  AwaitStopSignal();
  server_->GetHealthCheckService()->SetServingStatus(false);
  end_streams();
  server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(kDrainMax));
  server_->Wait();
  Log(Severity::kInfo, "stopped");
}

void Die(const absl::Status& status) {
  Log(Severity::kError, "cannot go on", {{"why", status.ToString()}});
  std::_Exit(1);  // Other threads may be at work: nothing is taken down under them.
}

}  // namespace thidua::platform
