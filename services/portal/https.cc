#include "services/portal/https.h"

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/platform/log.h"

namespace thidua::portal {
namespace {

namespace ssl = boost::asio::ssl;

// Of TLS 1.2 what keeps a conversation secret although the key is lost later.
constexpr char kCiphersOfTls12[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

// A client that speaks nothing of ours by ALPN is told so; one that does not ask speaks HTTP/1.1.
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, chosen_size, kOurs, sizeof kOurs - 1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Https>> Https::Open(Pair pair) {
  std::unique_ptr<Https> https(new Https(std::move(pair)));
  RETURN_IF_ERROR(https->Take(https->pair_()));
  return https;
}

ssl::context& Https::Context() {
  std::shared_ptr<const std::string> pair = pair_();
  if (pair != taken_) {
    if (absl::Status status = Take(pair); !status.ok()) {
      platform::Log(platform::Severity::kWarning, "HTTPS goes on with the certificate before",
                    {{"why", std::string(status.message())}});
      taken_ = std::move(pair);  // Told once.
    }
  }
  return *context_;
}

absl::Status Https::Take(std::shared_ptr<const std::string> pair) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(native, kCiphersOfTls12);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_alpn_select_cb(native, &ChooseProtocol, nullptr);
  boost::system::error_code error;
  context->use_certificate_chain(boost::asio::buffer(*pair), error);
  if (!error) context->use_private_key(boost::asio::buffer(*pair), ssl::context::pem, error);
  if (error) {
    return absl::InvalidArgumentError(absl::StrCat("no pair for HTTPS: ", error.message()));
  }
  context_ = std::move(context);
  taken_ = std::move(pair);
  return absl::OkStatus();
}

}  // namespace thidua::portal
