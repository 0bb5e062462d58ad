#include "services/portal/http_server.h"

#include <arpa/inet.h>

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <exception>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/log.h"
#include "services/portal/http_stream.h"

namespace thidua::portal {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;
using platform::Log;
using platform::Severity;

constexpr absl::Duration kAcceptAgainAfter = absl::Milliseconds(100);
// A browser that has been here by HTTPS does not come by plain HTTP for a year.
constexpr absl::string_view kComeBackByTls = "Strict-Transport-Security: max-age=31536000\r\n";

std::chrono::milliseconds Ms(absl::Duration duration) {
  return absl::ToChronoMilliseconds(duration);
}

// As HTTP writes it; made once a second by each thread.
const std::string& DateNow() {
  thread_local absl::Time second = absl::InfinitePast();
  thread_local std::string date;
  const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  if (now != second) {
    second = now;
    date = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", now, absl::UTCTimeZone());
  }
  return date;
}

// The head of an answer; what follows it is the body, or chunks.
std::string HeadOf(unsigned status, const HttpHeaders& headers, absl::string_view framing,
                   bool keep_alive, bool secure) {
  const auto reason = http::obsolete_reason(static_cast<http::status>(status));
  std::string head =
      absl::StrCat("HTTP/1.1 ", status, " ", absl::string_view(reason.data(), reason.size()),
                   "\r\nDate: ", DateNow(), "\r\n", framing,
                   keep_alive ? "" : "Connection: close\r\n", secure ? kComeBackByTls : "");
  for (const auto& [name, value] : headers) absl::StrAppend(&head, name, ": ", value, "\r\n");
  absl::StrAppend(&head, "\r\n");
  return head;
}

bool HasBody(unsigned status) { return status != 204 && status != 304; }

}  // namespace

// Lives as long as its coroutines; everything happens on its strand.
class HttpServer::Connection : public std::enable_shared_from_this<HttpServer::Connection> {
 public:
  Connection(HttpServer& server, tcp::socket socket, asio::ssl::context* tls)
      : server_(server), stream_(std::move(socket), tls) {
    absl::MutexLock lock(&server_.mutex_);
    server_.open_.insert(this);
  }
  ~Connection() {
    absl::MutexLock lock(&server_.mutex_);
    server_.open_.erase(this);
  }

  asio::any_io_executor executor() { return stream_.get_executor(); }

  // Of a server that ends.
  void Drain() {
    if (events_ != nullptr) events_->Cancel();
    if (idle_) stream_.tcp().cancel();
  }
  void Close() { stream_.tcp().close(); }

  asio::awaitable<void> Serve() {
    error_code error;
    stream_.tcp().socket().set_option(tcp::no_delay(true), error);
    peer_ = stream_.tcp().socket().remote_endpoint(error).address();
    if (error) co_return;  // It has gone already.
    bool keep_alive = false;
    if (!server_.Draining()) keep_alive = co_await ShakeHands();
    while (keep_alive && !server_.Draining()) {
      keep_alive = co_await ServeOne();
    }
    co_await EndSending();
  }

 private:
  // A body's share of what all bodies together may weigh: as much as has come of it, for a client
  // that only says how much it will send takes no room from others.
  class BodyRoom {
   public:
    explicit BodyRoom(HttpServer& server) : server_(server) {}
    ~BodyRoom() { Release(); }
    BodyRoom(const BodyRoom&) = delete;
    BodyRoom& operator=(const BodyRoom&) = delete;

    // False: there is no room for so many, and what it held is free again.
    bool GrowTo(std::uint64_t bytes) {
      if (bytes <= bytes_) return true;
      const std::uint64_t more = bytes - std::exchange(bytes_, bytes);
      if (server_.body_bytes_.fetch_add(more) + more <= server_.limits_.body_bytes) return true;
      Release();
      return false;
    }
    void Release() { server_.body_bytes_.fetch_sub(std::exchange(bytes_, 0)); }

   private:
    HttpServer& server_;
    std::uint64_t bytes_ = 0;
  };

  // Whether there is a line to be served on.
  asio::awaitable<bool> ShakeHands() {
    if (stream_.tls() == nullptr) co_return true;
    error_code error;
    idle_ = true;
    stream_.tcp().expires_after(Ms(server_.limits_.handshake));
    co_await stream_.tls()->async_handshake(asio::ssl::stream_base::server,
                                            asio::redirect_error(asio::use_awaitable, error));
    idle_ = false;
    shook_hands_ = !error;
    co_return shook_hands_;
  }

  // Nothing more is sent. By TLS that is said, so that nobody can pass off the half of an answer
  // for the whole; a client that does not say the same of itself is not waited for.
  asio::awaitable<void> EndSending() {
    if (std::exchange(ended_, true)) co_return;
    error_code ignored;
    if (shook_hands_) {
      // By a timer of its own: the line's would not reach a reading that HearEnd has begun.
      stream_.tcp().expires_never();
      asio::steady_timer limit(executor(), Ms(kGoodbye));
      limit.async_wait([self = shared_from_this()](error_code error) {
        if (!error) self->stream_.tcp().cancel();
      });
      co_await stream_.tls()->async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
    }
    stream_.tcp().socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  // One request and its answer; whether another may follow.
  asio::awaitable<bool> ServeOne() {
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(server_.limits_.header_bytes));
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // Until its path is known.
    error_code error;
    if (buffer_.size() == 0) {
      // The time between requests is not the time that a request may take.
      idle_ = true;
      stream_.tcp().expires_after(Ms(server_.limits_.idle));
      const size_t read = co_await stream_.async_read_some(
          buffer_.prepare(kReadAhead), asio::redirect_error(asio::use_awaitable, error));
      buffer_.commit(read);
      idle_ = false;
      if (error) co_return false;
    }
    stream_.tcp().expires_after(Ms(server_.limits_.request));
    co_await http::async_read_header(stream_, buffer_, parser,
                                     asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return co_await RefuseUnread(error);
    const auto target = parser.get().target();
    const size_t body_max =
        server_.handler_.BodyBytesMax(absl::string_view(target.data(), target.size()));
    parser.body_limit(body_max);
    if (const auto length = parser.content_length(); length && *length > body_max) {
      co_return co_await RefuseUnread(http::error::body_limit);
    }
    if (absl::EqualsIgnoreCase(HeaderIn(parser.get(), "Expect"), "100-continue")) {
      static constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()),
                                 asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return false;
    }
    BodyRoom room(server_);
    while (!parser.is_done()) {
      co_await http::async_read_some(stream_, buffer_, parser,
                                     asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return co_await RefuseUnread(error);
      if (!room.GrowTo(parser.get().body().size())) co_return co_await Refuse(503);
    }
    const HttpRequest request = parser.release();
    // The answer has its own time; a stream has none.
    stream_.tcp().expires_never();
    HttpAnswer answer = co_await server_.handler_.Answer(request, peer_);
    const bool keep_alive = request.keep_alive() && request.version() == 11 && !server_.Draining();
    room.Release();
    if (auto* reply = std::get_if<HttpReply>(&answer)) {
      // What is shared with others costs nothing more; what is large is this reader's own.
      const size_t own =
          reply->body == nullptr || reply->body.use_count() > 1 ? 0 : reply->body->size();
      if (!room.GrowTo(own)) *reply = server_.handler_.Refuse(503);
      co_return co_await Write(*reply, keep_alive, request.method() == http::verb::head);
    }
    co_await WriteEvents(std::get<HttpEvents>(answer), request);
    co_return false;
  }

  // What could not be read as a request: told where somebody may still listen, then the end.
  asio::awaitable<bool> RefuseUnread(error_code error) {
    unsigned status = 400;
    if (error == http::error::header_limit) status = 431;
    if (error == http::error::body_limit || error == http::error::buffer_overflow) status = 413;
    if (error.category() != make_error_code(http::error::bad_method).category()) {
      co_return false;  // The client went away, or was too slow.
    }
    if (error == http::error::end_of_stream || error == http::error::partial_message) {
      co_return false;
    }
    co_return co_await Refuse(status);
  }

  asio::awaitable<bool> Refuse(unsigned http_status) {
    co_await Write(server_.handler_.Refuse(http_status), false, false);
    // What is still on its way is taken and thrown away for a moment: closing on it would cut off
    // the answer before the client has read it.
    co_await EndSending();
    error_code ignored;
    stream_.tcp().expires_after(Ms(kLinger));
    for (size_t taken = 0; taken < kLingerBytesMax && !ignored;) {
      buffer_.clear();
      taken += co_await stream_.tcp().async_read_some(
          buffer_.prepare(kReadAhead), asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return false;
  }

  asio::awaitable<bool> Write(const HttpReply& reply, bool keep_alive, bool head_only) {
    const size_t size = reply.body == nullptr ? 0 : reply.body->size();
    const std::string head =
        HeadOf(reply.status, reply.headers,
               HasBody(reply.status) ? absl::StrCat("Content-Length: ", size, "\r\n") : "",
               keep_alive, shook_hands_);
    asio::const_buffer rest;
    if (size > 0 && !head_only && HasBody(reply.status)) rest = asio::buffer(*reply.body);
    asio::const_buffer first = asio::buffer(head);
    error_code error;
    // By pieces: a slow line that takes a long answer is no dead one, as long as it takes it at
    // some pace.
    const auto begun = std::chrono::steady_clock::now();
    const auto at_most =
        Ms(server_.limits_.write * static_cast<double>(1 + size / kLeastPerWriteLimit));
    do {
      if (std::chrono::steady_clock::now() - begun > at_most) co_return false;
      const std::array<asio::const_buffer, 2> parts = {first, asio::buffer(rest, kPiece)};
      stream_.tcp().expires_after(Ms(server_.limits_.write));
      co_await asio::async_write(stream_, parts, asio::redirect_error(asio::use_awaitable, error));
      first = asio::const_buffer();
      rest += kPiece;
    } while (!error && rest.size() > 0);
    co_return !error && keep_alive;
  }

  asio::awaitable<void> WriteEvents(const HttpEvents& answer, const HttpRequest& request) {
    events_ = answer.events;
    // Nobody waits for the events of a HEAD.
    if (server_.Draining() || request.method() == http::verb::head) events_->Cancel();
    HearEnd(events_);
    // HTTP/1.0 knows no chunks; the end of the connection is the end of the stream.
    const bool chunked = request.version() >= 11;
    const std::string head =
        HeadOf(200, answer.headers, chunked ? "Transfer-Encoding: chunked\r\n" : "",
               /*keep_alive=*/false, shook_hands_);
    error_code error = co_await WriteWithin(asio::buffer(head));
    while (!error && request.method() != http::verb::head) {
      stream_.tcp().expires_never();
      const std::optional<std::string> event = co_await events_->Next();
      const auto bytes = event.has_value() ? asio::buffer(*event) : asio::const_buffer();
      if (chunked && event.has_value()) {
        error = co_await WriteWithin(http::make_chunk(bytes));
      } else if (chunked) {
        error = co_await WriteWithin(http::make_chunk_last());
      } else {
        error = co_await WriteWithin(bytes);
      }
      if (!event.has_value()) break;
    }
    events_->Cancel();
    // Nothing of it is left in gRPC when the connection is gone.
    while ((co_await events_->Next()).has_value()) {
    }
    events_.reset();
    stream_.tcp().cancel();  // HearEnd.
  }

  template <typename Buffers>
  asio::awaitable<error_code> WriteWithin(Buffers buffers) {
    stream_.tcp().expires_after(Ms(server_.limits_.write));
    error_code error;
    co_await asio::async_write(stream_, buffers, asio::redirect_error(asio::use_awaitable, error));
    co_return error;
  }

  // A reader of events has nothing more to say: what comes from it is its end, which no write would
  // tell before the next event. Begun while the line has no time limit, it is under none.
  void HearEnd(std::shared_ptr<EventStream> events) {
    stream_.async_read_some(
        asio::buffer(unheard_),
        [self = shared_from_this(), events = std::move(events)](error_code error, size_t) {
          if (error) return events->Cancel();
          self->HearEnd(events);
        });
  }

  static constexpr size_t kPiece = 256 * 1024;
  // How much of an answer must be taken within each limits_.write, on the whole.
  static constexpr size_t kLeastPerWriteLimit = 512 * 1024;
  static constexpr size_t kReadAhead = 4096;
  static constexpr absl::Duration kGoodbye = absl::Milliseconds(200);
  static constexpr absl::Duration kLinger = absl::Seconds(2);
  static constexpr size_t kLingerBytesMax = 64 * 1024 * 1024;

  HttpServer& server_;
  HttpStream stream_;
  asio::ip::address peer_;
  beast::flat_buffer buffer_;
  std::shared_ptr<EventStream> events_;
  std::array<char, 512> unheard_;
  bool idle_ = false;
  bool shook_hands_ = false;
  bool ended_ = false;
};

HttpServer::HttpServer(int threads, HttpLimits limits, HttpHandler& handler,
                       std::unique_ptr<Https> https)
    : limits_(limits),
      handler_(handler),
      https_(std::move(https)),
      io_(threads),
      acceptor_(asio::make_strand(io_)) {}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::string& address,
                                                              int threads, HttpLimits limits,
                                                              HttpHandler& handler,
                                                              std::unique_ptr<Https> https) {
  std::unique_ptr<HttpServer> server(new HttpServer(threads, limits, handler, std::move(https)));
  const size_t colon = address.rfind(':');
  const std::string host = address.substr(0, colon);
  error_code error;
  const auto ip = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  uint32_t port = 0;
  if (error || colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat(address, " is no IP:PORT"));
  }
  const tcp::endpoint endpoint(ip, static_cast<uint16_t>(port));
  auto& acceptor = server->acceptor_;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return absl::UnavailableError(absl::StrCat(address, ": ", error.message()));
  server->address_ = absl::StrCat(host, ":", acceptor.local_endpoint().port());
  asio::co_spawn(acceptor.get_executor(), server->Accept(), asio::detached);
  for (int i = 0; i < threads; ++i) {
    server->threads_.emplace_back([io = &server->io_] { io->run(); });
  }
  return server;
}

HttpServer::~HttpServer() {
  io_.stop();
  for (std::thread& thread : threads_) thread.join();
}

int HttpServer::connections() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(open_.size());
}

asio::awaitable<void> HttpServer::Accept() {
  while (acceptor_.is_open()) {
    error_code error;
    tcp::socket socket = co_await acceptor_.async_accept(
        asio::make_strand(io_), asio::redirect_error(asio::use_awaitable, error));
    if (Draining()) co_return;
    if (error) {
      // No file descriptor is left, or the client has gone already: the next one may fare better.
      Log(Severity::kWarning, "cannot accept a connection", {{"why", error.message()}});
      asio::steady_timer pause(acceptor_.get_executor(), Ms(kAcceptAgainAfter));
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    if (static_cast<size_t>(connections()) >= limits_.connections) continue;  // Closes it.
    auto connection = std::make_shared<Connection>(
        *this, std::move(socket), https_ == nullptr ? nullptr : &https_->Context());
    asio::co_spawn(
        connection->executor(), [connection] { return connection->Serve(); },
        [connection](const std::exception_ptr& thrown) {
          if (thrown == nullptr) return;
          try {
            std::rethrow_exception(thrown);
          } catch (const std::exception& exception) {
            Log(Severity::kError, "a connection ended badly", {{"why", exception.what()}});
          }
        });
  }
}

bool HttpServer::Drain(absl::Duration at_most) {
  draining_.store(true);
  asio::post(acceptor_.get_executor(), [this] {
    error_code ignored;
    acceptor_.close(ignored);
  });
  const auto each = [this](void (Connection::*what)()) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (Connection* connection : open_) {
      asio::post(connection->executor(), [this, connection, what] {
        {
          absl::MutexLock lock(&mutex_);
          if (!open_.contains(connection)) return;
        }
        (connection->*what)();
      });
    }
  };
  const auto none_open = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return open_.empty(); };
  absl::MutexLock lock(&mutex_);
  each(&Connection::Drain);
  if (mutex_.AwaitWithTimeout(absl::Condition(&none_open), at_most)) return true;
  each(&Connection::Close);
  return mutex_.AwaitWithTimeout(absl::Condition(&none_open), absl::Seconds(1));
}

}  // namespace thidua::portal
