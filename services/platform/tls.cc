#include "services/platform/tls.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <map>
#include <thread>
#include <tuple>

#include "absl/flags/flag.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"

ABSL_FLAG(std::string, tls_certificate, "",
          "PEM file of the certificate to show, with those that lead to its CA; empty: plaintext");
ABSL_FLAG(std::string, tls_key, "", "PEM file of the key of --tls_certificate");
ABSL_FLAG(std::string, tls_caller_certificate, "",
          "PEM file of the certificate to show to the services that this one calls; empty: that of "
          "--tls_certificate");
ABSL_FLAG(std::string, tls_caller_key, "", "PEM file of the key of --tls_caller_certificate");
ABSL_FLAG(std::string, tls_client_ca, "",
          "PEM file of the CAs whose certificates callers may show; empty: none is asked for");
ABSL_FLAG(bool, tls_require_client_certificate, false,
          "turn away who shows no certificate of --tls_client_ca");
ABSL_FLAG(std::string, tls_ca, "",
          "PEM file of the CAs whose certificates the services show that this one calls; empty: "
          "they are called in plaintext");

namespace thidua::platform {
namespace {

using grpc::experimental::CertificateProviderInterface;
using grpc::experimental::FileWatcherCertificateProvider;

constexpr absl::Duration kLookEvery = absl::Seconds(1);
constexpr unsigned kGrpcLooksEverySeconds = 1;

std::string PathOf(const std::unique_ptr<CertificateFiles>& files) {
  return files == nullptr ? "" : files->held_at();
}

}  // namespace

struct Tls::Flags {
  std::string certificate = absl::GetFlag(FLAGS_tls_certificate);
  std::string key = absl::GetFlag(FLAGS_tls_key);
  std::string caller_certificate = absl::GetFlag(FLAGS_tls_caller_certificate);
  std::string caller_key = absl::GetFlag(FLAGS_tls_caller_key);
  std::string client_ca = absl::GetFlag(FLAGS_tls_client_ca);
  bool require_client_certificate = absl::GetFlag(FLAGS_tls_require_client_certificate);
  std::string ca = absl::GetFlag(FLAGS_tls_ca);

  bool operator<(const Flags& other) const {
    const auto all = [](const Flags& f) {
      return std::tie(f.certificate, f.key, f.caller_certificate, f.caller_key, f.client_ca,
                      f.require_client_certificate, f.ca);
    };
    return all(*this) < all(other);
  }

  absl::Status Check() const {
    if (certificate.empty() != key.empty()) {
      return absl::InvalidArgumentError("--tls_certificate and --tls_key go together");
    }
    if (caller_certificate.empty() != caller_key.empty()) {
      return absl::InvalidArgumentError(
          "--tls_caller_certificate and --tls_caller_key go together");
    }
    if (!caller_certificate.empty() && ca.empty()) {
      return absl::InvalidArgumentError("--tls_caller_certificate needs --tls_ca");
    }
    if (!client_ca.empty() && certificate.empty()) {
      return absl::InvalidArgumentError("--tls_client_ca needs --tls_certificate");
    }
    if (require_client_certificate && client_ca.empty()) {
      return absl::InvalidArgumentError("--tls_require_client_certificate needs --tls_client_ca");
    }
    return absl::OkStatus();
  }
};

absl::StatusOr<const Tls*> Tls::OfProcess() {
  static absl::Mutex mutex(absl::kConstInit);
  static auto& opened = *new std::map<Flags, std::unique_ptr<const Tls>>;
  const Flags flags;
  const absl::MutexLock lock(&mutex);
  std::unique_ptr<const Tls>& tls = opened[flags];
  if (tls == nullptr) {
    ASSIGN_OR_RETURN(tls, Open(flags));
    if (tls->pair_ != nullptr || tls->ca_ != nullptr) tls->Follow();
  }
  return tls.get();
}

absl::StatusOr<std::unique_ptr<const Tls>> Tls::Open(const Flags& flags) {
  RETURN_IF_ERROR(flags.Check());
  std::unique_ptr<Tls> tls(new Tls);
  tls->require_client_certificate_ = flags.require_client_certificate;
  if (!flags.certificate.empty()) {
    ASSIGN_OR_RETURN(tls->pair_, CertificateFiles::OpenPair(flags.certificate, flags.key));
  }
  if (!flags.caller_certificate.empty()) {
    ASSIGN_OR_RETURN(tls->caller_pair_,
                     CertificateFiles::OpenPair(flags.caller_certificate, flags.caller_key));
  }
  if (!flags.client_ca.empty()) {
    ASSIGN_OR_RETURN(tls->client_ca_, CertificateFiles::OpenAuthorities(flags.client_ca));
  }
  if (flags.ca.empty()) {
    tls->channel_ = grpc::InsecureChannelCredentials();
    return tls;
  }
  ASSIGN_OR_RETURN(tls->ca_, CertificateFiles::OpenAuthorities(flags.ca));
  const auto& shown = tls->caller_pair_ != nullptr ? tls->caller_pair_ : tls->pair_;
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<FileWatcherCertificateProvider>(
      PathOf(shown), PathOf(shown), PathOf(tls->ca_), kGrpcLooksEverySeconds));
  options.watch_root_certs();
  if (shown != nullptr) options.watch_identity_key_cert_pairs();
  options.set_certificate_verifier(
      std::make_shared<grpc::experimental::HostNameCertificateVerifier>());
  tls->channel_ = grpc::experimental::TlsCredentials(options);
  return tls;
}

void Tls::Follow() const {
  std::thread([this] {
    for (;;) {
      absl::SleepFor(kLookEvery);
      for (const auto* files : {&pair_, &caller_pair_, &client_ca_, &ca_}) {
        if (*files != nullptr) (*files)->ReadAgain();
      }
    }
  }).detach();
}

std::shared_ptr<grpc::ServerCredentials> Tls::ServerCredentials() const {
  if (!serves()) return grpc::InsecureServerCredentials();
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<FileWatcherCertificateProvider>(PathOf(pair_), PathOf(pair_),
                                                       PathOf(client_ca_), kGrpcLooksEverySeconds));
  options.watch_identity_key_cert_pairs();
  if (client_ca_ != nullptr) {
    options.watch_root_certs();
    // Never one of the kinds that do not verify: what they let through stands in the AuthContext
    // as if it had been.
    options.set_cert_request_type(require_client_certificate_
                                      ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                      : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

void Tls::LogValidity() const {
  for (const auto* files : {&pair_, &caller_pair_, &client_ca_, &ca_}) {
    if (*files != nullptr) (*files)->LogValidity();
  }
}

}  // namespace thidua::platform
