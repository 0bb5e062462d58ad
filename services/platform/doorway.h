// Where a service's connections come in: so many at a time, and never closed for good.
//
//   ASSIGN_OR_RETURN(auto doorway, Doorway::Listen("0.0.0.0:7101", 8192));
//   auto acceptor = builder.experimental().AddExternalConnectionAcceptor(…);
//   … start the server …
//   doorway->LetInto(std::move(acceptor));
//
// gRPC 1.51 listens no more, for ever, once the process had no file left to open for a connection:
// whoever opens enough of them, and says nothing, would end the service. Here a connection that is
// one too many is closed at once, and what the service itself opens has room left.
#ifndef THIDUA_SERVICES_PLATFORM_DOORWAY_H_
#define THIDUA_SERVICES_PLATFORM_DOORWAY_H_

#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/platform/metrics.h"

namespace thidua::platform {

class Doorway {
 public:
  // Listens on HOST:PORT, IP or name, all addresses of it (port 0: a free one); whoever comes waits
  // outside until LetInto. UNAVAILABLE when that is taken. Lets the process open as many files as
  // it may; `connections_max` is lowered to what these leave room for.
  static absl::StatusOr<std::unique_ptr<Doorway>> Listen(const std::string& address,
                                                         int connections_max);
  ~Doorway() { Close(); }
  Doorway(const Doorway&) = delete;
  Doorway& operator=(const Doorway&) = delete;

  int port() const { return port_; }

  // Once, when the server behind it has started, which outlives it.
  void LetInto(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server);
  // Nobody comes in any more; those who are in stay.
  void Close();

 private:
  Doorway() = default;
  void Run();
  void AcceptFrom(int listener);
  void Tell(absl::string_view what);

  prometheus::Counter& closed_ = CounterOf("thidua_connections_closed_total",
                                           "Connections closed at once, for there were too many.");
  std::vector<int> listeners_;
  int port_ = 0;
  int stop_[2] = {-1, -1};  // A pipe: closed at the writing end, it wakes who waits.
  absl::Time told_ = absl::InfinitePast();  // When the log last said that it is full.
  int first_refused_ = 0;  // Files are numbered from below: one of this number is one too many.
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server_;
  std::thread thread_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_DOORWAY_H_
