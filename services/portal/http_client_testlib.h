// An HTTP client for tests: one connection, plain or by TLS, bytes as one likes, answers and events
// as they come.
// Nothing waits longer than ten seconds; a test that would is failed.
#ifndef THIDUA_SERVICES_PORTAL_HTTP_CLIENT_TESTLIB_H_
#define THIDUA_SERVICES_PORTAL_HTTP_CLIENT_TESTLIB_H_

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/portal/http_stream.h"

namespace thidua::portal {

// For clients that believe this CA, whoever they call on 127.0.0.1.
inline std::unique_ptr<boost::asio::ssl::context> ClientTls(const std::string& ca_file) {
  namespace ssl = boost::asio::ssl;
  auto tls = std::make_unique<ssl::context>(ssl::context::tls_client);
  tls->load_verify_file(ca_file);
  tls->set_verify_mode(ssl::verify_peer);
  tls->set_verify_callback(ssl::host_name_verification("127.0.0.1"));
  return tls;
}

struct HttpReceived {
  unsigned status = 0;  // 0: the connection ended without an answer.
  std::string body;
  boost::beast::http::fields headers;

  // "": it is not there; where it stands several times, with commas.
  std::string header(const std::string& name) const {
    std::string all;
    const auto [begin, end] = headers.equal_range(name);
    for (auto it = begin; it != end; ++it) {
      absl::StrAppend(&all, all.empty() ? "" : ", ", std::string(it->value()));
    }
    return all;
  }
};

struct EventReceived {
  std::string name;  // "": the stream has ended.
  std::string id;
  std::string data;
};

class HttpClient {
 public:
  // "127.0.0.1:8080". `receive_buffer`: what the kernel takes for a reader that does not read.
  // `tls`: null for plaintext. A handshake that fails is an end before the first answer.
  explicit HttpClient(const std::string& address, int receive_buffer = 0,
                      boost::asio::ssl::context* tls = nullptr)
      : stream_(boost::asio::ip::tcp::socket(io_), tls) {
    const size_t colon = address.rfind(':');
    boost::system::error_code error;
    auto& socket = stream_.tcp().socket();
    socket.open(boost::asio::ip::tcp::v4(), error);
    if (receive_buffer > 0) {
      socket.set_option(boost::asio::socket_base::receive_buffer_size(receive_buffer), error);
    }
    socket.connect({boost::asio::ip::make_address(address.substr(0, colon)),
                    static_cast<uint16_t>(std::stoi(address.substr(colon + 1)))},
                   error);
    EXPECT_FALSE(error) << error.message();
    if (tls == nullptr) return;
    const boost::system::error_code refused = Run([&](auto done) {
      stream_.tls()->async_handshake(
          boost::asio::ssl::stream_base::client,
          [done = std::move(done)](boost::system::error_code e) { done(e, 0); });
    });
    if (refused) Close();
  }

  // False when the other side has gone.
  bool Send(absl::string_view bytes) {
    return !Run([&](auto done) {
      boost::asio::async_write(stream_, boost::asio::buffer(bytes.data(), bytes.size()),
                               std::move(done));
    });
  }

  // The next answer. `head`: to HEAD.
  HttpReceived Read(bool head = false) {
    boost::beast::http::response_parser<boost::beast::http::string_body> parser;
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    parser.skip(head);
    const auto error = Run([&](auto done) {
      boost::beast::http::async_read(stream_, buffer_, parser, std::move(done));
    });
    if (error && !parser.is_header_done()) return {};
    HttpReceived received;
    received.status = parser.get().result_int();
    received.headers = parser.get().base();
    received.body = std::move(parser.get().body());
    return received;
  }
  // The body of the next answer as one takes it who pauses after each MiB.
  std::string ReadBodySlowly(absl::Duration pause) {
    boost::beast::http::response_parser<boost::beast::http::string_body> parser;
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    buffer_.reserve(64 * 1024);  // It would read by 512 bytes.
    for (size_t pauses = 0; !parser.is_done();) {
      if (Run([&](auto done) {
            boost::beast::http::async_read_some(stream_, buffer_, parser, std::move(done));
          })) {
        break;
      }
      if (parser.get().body().size() / (1024 * 1024) == pauses) continue;
      ++pauses;
      absl::SleepFor(pause);
    }
    return std::move(parser.get().body());
  }

  // As a request of its own; headers as "Name: value".
  HttpReceived Ask(const std::string& verb, const std::string& target,
                   const std::vector<std::string>& headers = {}, const std::string& body = "") {
    if (!Begin(verb, target, headers, body)) return {};
    return Read(verb == "HEAD");
  }
  bool Begin(const std::string& verb, const std::string& target,
             const std::vector<std::string>& headers = {}, const std::string& body = "") {
    std::string request = absl::StrCat(verb, " ", target, " HTTP/1.1\r\nHost: test\r\n");
    for (const std::string& header : headers) absl::StrAppend(&request, header, "\r\n");
    if (!body.empty()) absl::StrAppend(&request, "Content-Length: ", body.size(), "\r\n");
    absl::StrAppend(&request, "\r\n", body);
    return Send(request);
  }

  // The head of an answer that is a stream of events.
  HttpReceived ReadHead() {
    boost::beast::http::response_parser<boost::beast::http::string_body> parser;
    if (Run([&](auto done) {
          boost::beast::http::async_read_header(stream_, buffer_, parser, std::move(done));
        })) {
      return {};
    }
    HttpReceived received;
    received.status = parser.get().result_int();
    received.headers = parser.get().base();
    chunked_ = parser.chunked();
    raw_ = boost::beast::buffers_to_string(buffer_.data());
    buffer_.clear();
    return received;
  }
  // Up to the next empty line, as it was sent; nullopt at the end.
  std::optional<std::string> NextBlock() {
    size_t end = 0;
    while ((end = come_.find("\n\n")) == std::string::npos) {
      if (!TakeChunk() && (last_chunk_ || ReadSome())) return std::nullopt;
    }
    std::string block = come_.substr(0, end);
    come_.erase(0, end + 2);
    return block;
  }
  // The next event, comments and retry left out.
  EventReceived NextEvent() {
    while (const std::optional<std::string> block = NextBlock()) {
      EventReceived event;
      for (const absl::string_view line : absl::StrSplit(*block, '\n')) {
        const std::pair<std::string, std::string> field =
            absl::StrSplit(line, absl::MaxSplits(": ", 1));
        if (field.first == "event") event.name = field.second;
        if (field.first == "id") event.id = field.second;
        if (field.first == "data") event.data = field.second;
      }
      if (!event.name.empty()) return event;
    }
    return {};
  }
  // Whether the stream ended as it should, with its last chunk.
  bool ended_whole() const { return last_chunk_; }

  // Waits for the other side to end the connection; what still comes is thrown away.
  bool AwaitEnd() {
    boost::system::error_code error;
    while (!error) {
      buffer_.clear();
      error = Run([&](auto done) {
        stream_.async_read_some(
            buffer_.prepare(64 * 1024),
            [done = std::move(done)](boost::system::error_code e, size_t n) { done(e, n); });
      });
    }
    end_was_said_ = error == boost::asio::error::eof;
    return error != boost::beast::error::timeout;
  }
  // Whether it was the other side that ended it, and, by TLS, not somebody on the way.
  bool end_was_said() const { return end_was_said_; }
  // As a process that is killed.
  void Reset() {
    boost::system::error_code error;
    stream_.tcp().socket().set_option(boost::asio::socket_base::linger(true, 0), error);
    stream_.tcp().socket().close(error);
  }
  void Close() { stream_.tcp().close(); }

 private:
  template <typename Start>
  boost::system::error_code Run(Start start) {
    boost::system::error_code error;
    stream_.tcp().expires_after(std::chrono::seconds(10));
    start([&error](boost::system::error_code e, size_t) { error = e; });
    io_.restart();
    io_.run();
    EXPECT_NE(error, boost::beast::error::timeout) << "nothing came for ten seconds";
    return error;
  }
  boost::system::error_code ReadSome() {
    return Run([&](auto done) {
      stream_.async_read_some(
          boost::asio::buffer(read_),
          [this, done = std::move(done)](boost::system::error_code error, size_t n) {
            raw_.append(read_.data(), n);
            done(error, n);
          });
    });
  }
  // Moves one chunk from what was read to what has come; false: there is no whole one.
  bool TakeChunk() {
    if (!chunked_) {
      const bool any = !raw_.empty();
      come_ += std::exchange(raw_, "");
      return any;
    }
    const size_t line = raw_.find("\r\n");
    if (line == std::string::npos) return false;
    const size_t size = std::stoul(raw_.substr(0, line), nullptr, 16);
    if (raw_.size() < line + 2 + size + 2) return false;
    come_ += raw_.substr(line + 2, size);
    raw_.erase(0, line + 2 + size + 2);
    last_chunk_ = size == 0;
    return true;
  }

  boost::asio::io_context io_;
  HttpStream stream_;
  boost::beast::flat_buffer buffer_;
  bool end_was_said_ = false;
  // Of a stream of events: as it was read, and without its chunks.
  bool chunked_ = false;
  bool last_chunk_ = false;
  std::array<char, 64 * 1024> read_;
  std::string raw_;
  std::string come_;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_HTTP_CLIENT_TESTLIB_H_
