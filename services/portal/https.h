// How the portal speaks HTTPS: TLS 1.2 and 1.3, HTTP/1.1 by ALPN, under a certificate that may be
// replaced while it runs. Clients are not asked for one.
#ifndef THIDUA_SERVICES_PORTAL_HTTPS_H_
#define THIDUA_SERVICES_PORTAL_HTTPS_H_

#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace thidua::portal {

// Not thread-safe.
class Https {
 public:
  // The key and the certificate that count now, PEM (platform::Tls::pair).
  using Pair = std::function<std::shared_ptr<const std::string>()>;

  // INVALID_ARGUMENT when the pair is none to serve with.
  static absl::StatusOr<std::unique_ptr<Https>> Open(Pair pair);

  // For a new connection, which outlives it if need be.
  boost::asio::ssl::context& Context();

 private:
  explicit Https(Pair pair) : pair_(std::move(pair)) {}
  absl::Status Take(std::shared_ptr<const std::string> pair);

  const Pair pair_;
  std::shared_ptr<const std::string> taken_;
  std::unique_ptr<boost::asio::ssl::context> context_;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_HTTPS_H_
