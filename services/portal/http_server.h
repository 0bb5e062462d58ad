// HTTP/1.1 on a port, plain or by TLS, by Boost.Beast: a coroutine a connection, limits on
// everything that a client sends, and an end in which nothing that was begun is broken off.
#ifndef THIDUA_SERVICES_PORTAL_HTTP_SERVER_H_
#define THIDUA_SERVICES_PORTAL_HTTP_SERVER_H_

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/portal/http_exchange.h"
#include "services/portal/https.h"

namespace thidua::portal {

struct HttpLimits {
  size_t connections = 4096;        // Beyond, a new one is closed at once.
  size_t header_bytes = 16 * 1024;  // 431
  // What has come of all bodies and what waits to be taken of answers that are one reader's own,
  // together; 503 beyond.
  std::uint64_t body_bytes = 512 * 1024 * 1024;
  // How long a client may take to shake hands; a connection be idle between requests; a request be
  // on its way, from its first byte to its last; the next piece of an answer, or one event, wait
  // for the client to take it. Then the connection is closed without a word.
  absl::Duration handshake = absl::Seconds(10);
  absl::Duration idle = absl::Seconds(75);
  absl::Duration request = absl::Seconds(60);
  absl::Duration write = absl::Seconds(30);
};

// What stands behind the server. Called from several threads; answers are awaited.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // What a body may weigh at this target; 413 beyond.
  virtual size_t BodyBytesMax(absl::string_view target) const = 0;
  // `peer`: whose connection it is, which may be a proxy's.
  virtual boost::asio::awaitable<HttpAnswer> Answer(const HttpRequest& request,
                                                    const boost::asio::ip::address& peer) = 0;
  // To what the server itself refuses: 400, 413, 431, 503.
  virtual HttpReply Refuse(unsigned http_status) const = 0;
};

class HttpServer {
 public:
  // Listens on IP:PORT or localhost:PORT (port 0: a free one). UNAVAILABLE when that is taken.
  // `handler` outlives it; threads of the handler's own that answer have ended before this is taken
  // down (Gateway::AwaitFiles). `https`: null for plaintext.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::string& address, int threads,
                                                           HttpLimits limits, HttpHandler& handler,
                                                           std::unique_ptr<Https> https = nullptr);
  ~HttpServer();

  // "127.0.0.1:8080"
  const std::string& address() const { return address_; }
  int connections() const;

  // No new connection and no further request; what is being answered is answered, streams end.
  // Comes back when all is done, or after `at_most`: false, and something may still be under way in
  // the handler, which nothing can wait for but the end of the process.
  bool Drain(absl::Duration at_most);

 private:
  class Connection;

  HttpServer(int threads, HttpLimits limits, HttpHandler& handler, std::unique_ptr<Https> https);
  boost::asio::awaitable<void> Accept();
  bool Draining() const { return draining_.load(std::memory_order_relaxed); }

  const HttpLimits limits_;
  HttpHandler& handler_;
  const std::unique_ptr<Https> https_;  // Asked by Accept alone.
  std::string address_;
  std::atomic<bool> draining_{false};
  std::atomic<std::uint64_t> body_bytes_{0};
  mutable absl::Mutex mutex_;
  absl::flat_hash_set<Connection*> open_ ABSL_GUARDED_BY(mutex_);
  // Takes connections that are left down with it.
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;  // On a strand of its own.
  std::vector<std::thread> threads_;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_HTTP_SERVER_H_
