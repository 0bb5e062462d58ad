// The services behind the gateway: calls of any RPC by its path, awaited in coroutines.
#ifndef THIDUA_SERVICES_PORTAL_UPSTREAM_H_
#define THIDUA_SERVICES_PORTAL_UPSTREAM_H_

#include <grpcpp/channel.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "services/portal/routes.h"

namespace thidua::portal {

// What of a request over HTTP goes on with every call that it makes.
struct PassedOn {
  std::string traceparent;
  // "Bearer …", of printable ASCII only: gRPC ends the process over anything else. "": the portal
  // calls as itself, by its certificate.
  std::string authorization;
};

struct UpstreamReply {
  grpc::Status status;
  std::string bytes;  // Of the answer's message, when the status is OK.
};

// One server stream. Used by one coroutine at a time; Cancel by any thread.
class UpstreamStream {
 public:
  // The next message's bytes; false at the end, after which status() tells why.
  boost::asio::awaitable<bool> Next(std::string& bytes);
  const grpc::Status& status() const { return status_; }
  void Cancel() { context_.TryCancel(); }

 private:
  friend class Upstream;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::Status status_;
};

// Thread-safe. Coroutines that wait in it are resumed by their own executor.
class Upstream {
 public:
  // HOST:PORT by the package that begins a service's name: "thidua.registry".
  explicit Upstream(const std::map<std::string, std::string>& address_by_package);
  ~Upstream() { Stop(); }

  // Once all that waited in it has ended, and before their executors are gone: its thread lets go
  // of the executor of the last one only after that has gone on.
  void Stop();

  // Whether somebody behind this gateway serves the route.
  bool Serves(const Route& route) const;

  // UNAVAILABLE at once when the service cannot be reached.
  boost::asio::awaitable<UpstreamReply> Call(const Route& route, const std::string& request,
                                             const PassedOn& passed_on, absl::Time deadline);

  // Not started before it is first asked for a message. `request` is sent whole.
  boost::asio::awaitable<std::shared_ptr<UpstreamStream>> Open(const Route& route,
                                                               const std::string& request,
                                                               const PassedOn& passed_on);

 private:
  grpc::GenericStub* StubOf(const Route& route) const;

  // By package.
  std::map<std::string, std::unique_ptr<grpc::GenericStub>> stubs_;
  grpc::CompletionQueue queue_;
  std::thread completions_;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_UPSTREAM_H_
