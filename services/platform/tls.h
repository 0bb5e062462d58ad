// TLS on every line of a process, as its flags say (all PEM files):
//
//   --tls_certificate, --tls_key      what it shows of itself, to whoever calls and whom it calls
//   --tls_caller_certificate, --tls_caller_key
//                                     what it shows whom it calls, if that is another one: people's
//                                     browsers know other CAs than the services do
//   --tls_client_ca                   whose certificates callers may show; one that is shown is
//                                     verified, and nobody has to show one, for others have a token
//   --tls_require_client_certificate  everybody has to
//   --tls_ca                          whose certificates those show whom it calls; without it lines
//                                     to others are plaintext, and carry tokens on loopback only
//
// Files that are replaced count for new connections after seconds (certificate_files.h); those that
// stand go on. TLS 1.2 and above. Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_TLS_H_
#define THIDUA_SERVICES_PLATFORM_TLS_H_

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/certificate_files.h"

namespace thidua::platform {

class Tls {
 public:
  // As the flags stand now. It lives as long as the process, for nobody can tell when gRPC has
  // looked at a file for the last time. INVALID_ARGUMENT: flags that do not go together, or a file
  // that cannot be read or holds something else.
  static absl::StatusOr<const Tls*> OfProcess();

  // Whether whoever calls is answered by TLS.
  bool serves() const { return pair_ != nullptr; }
  // Whether others are called by TLS.
  bool calls() const { return ca_ != nullptr; }

  // Plaintext unless serves(). What is known of a caller afterwards (grpc::AuthContext) is verified
  // by --tls_client_ca, or there is nothing.
  std::shared_ptr<grpc::ServerCredentials> ServerCredentials() const;
  // Plaintext without --tls_ca. The host of the address that is called has to be among the names in
  // the certificate that it shows.
  std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials() const { return channel_; }
  // --tls_key and --tls_certificate as they count now (CertificateFiles::pem); only if serves().
  std::shared_ptr<const std::string> pair() const { return pair_->pem(); }

  // Which certificates count, and until when.
  void LogValidity() const;

 private:
  struct Flags;
  static absl::StatusOr<std::unique_ptr<const Tls>> Open(const Flags& flags);
  void Follow() const;

  bool require_client_certificate_ = false;
  // Null: there is none.
  std::unique_ptr<CertificateFiles> pair_;
  std::unique_ptr<CertificateFiles> caller_pair_;
  std::unique_ptr<CertificateFiles> client_ca_;
  std::unique_ptr<CertificateFiles> ca_;
  std::shared_ptr<grpc::ChannelCredentials> channel_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_TLS_H_
