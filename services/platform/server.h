// A service's process, from its flags to its end.
//
//   int main(int argc, char** argv) {
//     platform::BeginProcess("registry", argc, argv);
//     … open the store, make the parts …
//     auto server = platform::Server::Start({&service});
//     server->RunUntilSignal([&] { feed.Close(); });
//   }
//
// Flags may stand in the environment (flags.h); TLS is theirs too (tls.h). SIGTERM and SIGINT: not
// ready, which callers hear who follow its health; what is under way ends (kDrainMax), stop. When
// the wall clock is set back by more than 5 s a process ends at once, with 1, to be started again.
#ifndef THIDUA_SERVICES_PLATFORM_SERVER_H_
#define THIDUA_SERVICES_PLATFORM_SERVER_H_

#include <grpcpp/server.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/access/callers.h"
#include "services/platform/caller_limits.h"
#include "services/platform/change_feed.h"
#include "services/platform/doorway.h"
#include "services/platform/endpoint.h"
#include "services/platform/health_listener.h"
#include "services/storage/database.h"

namespace thidua::platform {

inline constexpr absl::Duration kDrainMax = absl::Seconds(5);
// What a request may weigh: a whole year of a large bloc fits twice.
inline constexpr int kRequestBytesMax = 16 * 1024 * 1024;

// Reads flags and environment, starts the log, and keeps SIGTERM and SIGINT for RunUntilSignal.
// Before any thread is started. Then metrics are to be had (metrics_listener.h). Ends the process
// with 1 when a flag is wrong, or a certificate that it names cannot be had.
void BeginProcess(absl::string_view service, int argc, char** argv);

// The service's own database: --database, or SERVICE.db in --data_dir. Ends the process when it
// cannot be opened.
std::unique_ptr<storage::Database> OpenDatabase(absl::string_view service,
                                                storage::Migrations migrations);

// A folder of the service's own in --data_dir; may have to be made.
std::filesystem::path DataFolder(absl::string_view name);

// A feed that stands where the database stands.
std::unique_ptr<ChangeFeed> OpenFeed(storage::Database& database);

// --listen. FAILED_PRECONDITION for one outside loopback without TLS, unless
// --allow_plaintext_outside_loopback.
absl::StatusOr<std::string> ListenAddress();

// Prints "ready HOST:PORT" on stdout: for whoever started the process, and learns the port by it.
void AnnounceReady(const std::string& address);

// Until SIGTERM or SIGINT; looks at the wall clock meanwhile.
void AwaitStopSignal();

class Server {
 public:
  // Listens at ListenAddress (port 0: a free one), asks of each call what --access_policy says of
  // its caller, and announces itself. Serves health (grpc.health.v1: "" is alive; a service's full
  // name is ready) besides, to everybody, and reflection where there is no policy. Errors of
  // access::Callers::Open; FAILED_PRECONDITION outside loopback without a policy, unless
  // --allow_everybody_everything_outside_loopback.
  static absl::StatusOr<std::unique_ptr<Server>> Start(std::vector<Endpoint*> endpoints);

  // Whether calls should come here; true from the start. Told at --health_listen too.
  void SetReady(bool ready);

  // Until SIGTERM or SIGINT. `end_streams` runs once calls are turned away, and must make the
  // streams that the service serves end.
  void RunUntilSignal(absl::FunctionRef<void()> end_streams);

 private:
  Server() = default;
  void TellReady(bool ready) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::vector<Endpoint*> endpoints_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;  // Nothing makes it ready again.
  std::unique_ptr<access::Callers> callers_;       // Null: everybody may do everything.
  std::unique_ptr<CallerLimits> caller_limits_;
  std::unique_ptr<HealthListener> health_listener_;  // Null: there is none.
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Doorway> doorway_;
};

// Prints why the process cannot go on, and ends it with 1.
[[noreturn]] void Die(const absl::Status& status);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_SERVER_H_
