#include "services/platform/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <malloc.h>
#include <signal.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/platform/flags.h"
#include "services/platform/limits.h"
#include "services/platform/log.h"
#include "services/platform/metrics_listener.h"
#include "services/platform/plaintext.h"
#include "services/platform/tls.h"
#include "services/platform/wall_clock.h"
#include "services/platform/without_reflection.h"

ABSL_FLAG(std::string, listen, "127.0.0.1:0", "HOST:PORT to serve on; port 0 takes a free one");
ABSL_FLAG(std::string, data_dir, "data", "folder of the service's own database and files");
ABSL_FLAG(std::string, database, "",
          "postgresql://… of the service's own database, without a password; empty: a file in "
          "--data_dir");
ABSL_FLAG(std::string, database_password_file, "",
          "file with the password for --database, read at each connection; empty: none");
ABSL_FLAG(std::string, access_policy, "",
          "file that says who may do what (thidua.access.v1.Policy in protobuf's text format); "
          "empty: everybody may do everything");
ABSL_FLAG(bool, allow_everybody_everything_outside_loopback, false,
          "serve other machines without --access_policy: whoever reaches the port may do "
          "everything");

namespace thidua::platform {
namespace {

constexpr int kThreadsKept = 64;
constexpr int kArenasMax = 4;
constexpr absl::Duration kLineAgeMax = absl::Minutes(30);
// For what is under way on it; watches and imports go on over another line.
constexpr absl::Duration kLineAgeGrace = absl::Minutes(10);
// How long callers have to hear that this one stops, and to turn to another.
constexpr absl::Duration kLeavingMax = absl::Milliseconds(500);
// A step that is borne: what waits just then waits as much longer.
constexpr absl::Duration kSetBackMax = absl::Seconds(5);
constexpr timespec kClockLooks = {.tv_sec = 1, .tv_nsec = 0};  // By a clock that nobody sets.
// A line on which nobody shakes hands is held no longer.
constexpr int kHandshakeMaxMs = 10000;

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// From BeginProcess on: waits begin before there is anybody to await a signal.
const WallClock& ClockOfTheBeginning() {
  static const WallClock clock;
  return clock;
}

// Nothing that waits can be told. What is acknowledged is stored, whenever a process ends.
void EndWhenSetBack(WallClock& clock) {
  const absl::Duration back = clock.SetBack();
  if (back <= kSetBackMax) return;
  Die(absl::AbortedError(
      absl::StrCat("the wall clock was set back by ",
                   absl::FormatDuration(absl::Seconds(std::round(absl::ToDoubleSeconds(back)))),
                   ", and waits may last as much longer: start it again")));
}

absl::StatusOr<std::unique_ptr<access::Callers>> CallersOf(const std::string& address) {
  const std::string policy = absl::GetFlag(FLAGS_access_policy);
  if (!policy.empty()) {
    return access::Callers::Open(policy,
                                 [](absl::string_view line) { Log(Severity::kInfo, line); });
  }
  if (!IsLoopback(address) && !absl::GetFlag(FLAGS_allow_everybody_everything_outside_loopback)) {
    return absl::FailedPreconditionError(absl::StrCat(
        address,
        " is not loopback, and nothing says who may do what: give --access_policy; "
        "--allow_everybody_everything_outside_loopback says that everybody may do everything"));
  }
  Log(Severity::kWarning, "everybody may do everything: there is no --access_policy");
  return nullptr;
}

}  // namespace

void BeginProcess(absl::string_view service, int argc, char** argv) {
  ClockOfTheBeginning();
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
  const absl::StatusOr<const Tls*> tls = Tls::OfProcess();
  if (!tls.ok()) Die(tls.status());
  (*tls)->LogValidity();
  auto metrics = MetricsListener::Start();
  if (!metrics.ok()) Die(metrics.status());
  // Never taken down, which would hold up the process's end by seconds.
  [[gnu::used]] static MetricsListener* kept = metrics->release();
}

std::unique_ptr<storage::Database> OpenDatabase(absl::string_view service,
                                                storage::Migrations migrations) {
  std::string location = absl::GetFlag(FLAGS_database);
  if (location.empty()) {
    location = DataFolder(absl::StrCat(service, ".db")).string();
  }
  auto database =
      storage::Database::Open(location, migrations, absl::GetFlag(FLAGS_database_password_file));
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
  ASSIGN_OR_RETURN(const Tls* const tls, Tls::OfProcess());
  if (!tls->serves() && !MayBePlaintext(address)) {
    return absl::FailedPreconditionError(
        absl::StrCat(address,
                     " is not loopback, and the listener has no TLS: give --tls_certificate and "
                     "--tls_key; --allow_plaintext_outside_loopback says that plaintext is meant"));
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
  WallClock clock = ClockOfTheBeginning();
  int signal_number = 0;
  do {
    EndWhenSetBack(clock);
    signal_number = sigtimedwait(&signals, nullptr, &kClockLooks);
  } while (signal_number < 0);
  Log(Severity::kInfo, "stopping", {{"signal", strsignal(signal_number)}});
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(std::vector<Endpoint*> endpoints) {
  ASSIGN_OR_RETURN(const std::string address, ListenAddress());
  ASSIGN_OR_RETURN(const Tls* const tls, Tls::OfProcess());
  auto server = std::unique_ptr<Server>(new Server);
  ASSIGN_OR_RETURN(server->callers_, CallersOf(address));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  if (server->callers_ != nullptr) builder.SetOption(std::make_unique<WithoutReflection>());
  builder.SetMaxReceiveMessageSize(kRequestBytesMax);
  // What is read ahead of a stream of requests: enough that the next is there when it is asked for.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1024 * 1024);
  // Threads that have answered a call wait for the next one, rather than end and be made again.
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, kThreadsKept);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 1000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // A caller whose line is dead sends nothing and takes nothing: asked, it is found out.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 10000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // A certificate is looked at when a line begins: no line outlives for long what it began with.
  if (tls->serves()) {
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                               static_cast<int>(absl::ToInt64Milliseconds(kLineAgeMax)));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                               static_cast<int>(absl::ToInt64Milliseconds(kLineAgeGrace)));
  }
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMaxMs);
  ASSIGN_OR_RETURN(const Limits limits, Limits::FromFlags());
  limits.ApplyTo(builder);
  ASSIGN_OR_RETURN(server->doorway_, Doorway::Listen(address, limits.connections));
  auto acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      tls->ServerCredentials());
  ASSIGN_OR_RETURN(server->health_listener_, HealthListener::Start(limits.connections));
  server->caller_limits_ = std::make_unique<CallerLimits>(limits.callers);
  for (Endpoint* endpoint : endpoints) {
    RETURN_IF_ERROR(endpoint->CheckComplete());
    if (server->callers_ != nullptr) endpoint->SetCallers(server->callers_.get());
    endpoint->SetLimits(server->caller_limits_.get(), limits.call_time_max);
    builder.RegisterService(endpoint);
  }
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) return absl::UnavailableError("gRPC did not start");
  server->doorway_->LetInto(std::move(acceptor));
  server->endpoints_ = std::move(endpoints);
  server->SetReady(true);
  AnnounceReady(absl::StrCat(address.substr(0, address.rfind(':')), ":", server->doorway_->port()));
  return server;
}

void Server::SetReady(bool ready) {
  const absl::MutexLock lock(&mutex_);
  if (!stopping_) TellReady(ready);
}

void Server::TellReady(bool ready) {
  for (const Endpoint* endpoint : endpoints_) {
    server_->GetHealthCheckService()->SetServingStatus(endpoint->full_name(), ready);
  }
  if (health_listener_ != nullptr) health_listener_->SetReady(ready);
}

void Server::RunUntilSignal(absl::FunctionRef<void()> end_streams) {
  AwaitStopSignal();
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
    TellReady(false);
  }
  server_->GetHealthCheckService()->SetServingStatus(false);
  doorway_->Close();
  end_streams();
  // From here on gRPC refuses what is still on its way (CANCELLED): whoever follows our health is
  // elsewhere by then, and our own readers ask again (channel.cc).
  absl::SleepFor(kLeavingMax);
  server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(kDrainMax));
  server_->Wait();
  if (health_listener_ != nullptr) health_listener_->Stop();
  Log(Severity::kInfo, "stopped");
}

void Die(const absl::Status& status) {
  Log(Severity::kError, "cannot go on", {{"why", status.ToString()}});
  std::_Exit(1);  // Other threads may be at work: nothing is taken down under them.
}

}  // namespace thidua::platform
