// The bytes of one HTTP connection, as they are or by TLS, for whoever reads and writes them alike.
// Used on one strand.
#ifndef THIDUA_SERVICES_PORTAL_HTTP_STREAM_H_
#define THIDUA_SERVICES_PORTAL_HTTP_STREAM_H_

#include <boost/asio/async_result.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <optional>
#include <utility>

namespace thidua::portal {

class HttpStream {
 public:
  using executor_type = boost::beast::tcp_stream::executor_type;
  // Not Beast's stream over it, which in 1.74 leaves out parts of what is written in several
  // pieces.
  using Tls = boost::asio::ssl::stream<boost::beast::tcp_stream&>;

  // Null: plaintext.
  HttpStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls)
      : tcp_(std::move(socket)) {
    if (tls != nullptr) tls_.emplace(tcp_, *tls);
  }
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;

  executor_type get_executor() { return tcp_.get_executor(); }
  // The line below, which keeps the time limits of both.
  boost::beast::tcp_stream& tcp() { return tcp_; }
  // Null: plaintext. Shakes hands before anything is read or written.
  Tls* tls() { return tls_.has_value() ? &*tls_ : nullptr; }

  // As Boost.Asio has them of every stream.
  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (!tls_.has_value()) return tcp_.async_read_some(buffers, std::forward<Token>(token));
    return tls_->async_read_some(buffers, std::forward<Token>(token));
  }
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (!tls_.has_value()) return tcp_.async_write_some(buffers, std::forward<Token>(token));
    return tls_->async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  boost::beast::tcp_stream tcp_;
  std::optional<Tls> tls_;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_HTTP_STREAM_H_
