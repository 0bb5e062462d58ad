#include "services/platform/certificate_files.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/domain/return_if_error.h"
#include "services/platform/log.h"
#include "services/platform/metrics.h"

namespace thidua::platform {
namespace {

constexpr std::uintmax_t kFileBytesMax = 1024 * 1024;

template <auto free>
struct Free {
  template <typename Object>
  void operator()(Object* object) const {
    free(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;

// OpenSSL keeps its complaints by thread, for whoever asks next.
std::string TakeComplaint() {
  const unsigned long code = ERR_peek_last_error();
  const char* const reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "no reason given" : reason;
}

Bio Over(const std::string& pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// Nobody sits at a service to be asked for a password.
int NoPassword(char*, int, int, void*) { return -1; }

absl::StatusOr<std::vector<Certificate>> CertificatesIn(const std::string& pem) {
  ERR_clear_error();
  const Bio bio = Over(pem);
  std::vector<Certificate> certificates;
  while (X509* const next = PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr)) {
    certificates.emplace_back(next);
  }
  // The end is a complaint too: that no further one begins.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string complaint = TakeComplaint();
  if (!at_end) return absl::InvalidArgumentError(absl::StrCat("a broken certificate: ", complaint));
  if (certificates.empty()) return absl::InvalidArgumentError("no certificate");
  return certificates;
}

absl::Status CheckAuthorities(const std::string& pem) { return CertificatesIn(pem).status(); }

// Sound is what a handshake would take: tried, for there are more reasons to refuse a pair than one
// would list, a key too short among them.
absl::Status CheckPair(const std::string& pem) {
  ERR_clear_error();
  const Key key(PEM_read_bio_PrivateKey(Over(pem).get(), nullptr, NoPassword, nullptr));
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("no private key without a password: ", TakeComplaint()));
  }
  ASSIGN_OR_RETURN(const std::vector<Certificate> certificates, CertificatesIn(pem));
  const Context context(SSL_CTX_new(TLS_method()));
  bool taken = context != nullptr &&
               SSL_CTX_use_certificate(context.get(), certificates[0].get()) == 1 &&
               SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1;
  for (size_t i = 1; taken && i < certificates.size(); ++i) {
    taken = SSL_CTX_add1_chain_cert(context.get(), certificates[i].get()) == 1;
  }
  if (taken) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("no certificate with the key that belongs to it: ", TakeComplaint()));
}

std::string SerialOf(const X509* certificate) {
  const std::unique_ptr<BIGNUM, Free<BN_free>> number(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  char* const hexadecimal = BN_bn2hex(number.get());
  std::string serial = hexadecimal == nullptr ? "" : hexadecimal;
  OPENSSL_free(hexadecimal);
  return serial;
}

absl::Time EndOf(const X509* certificate) {
  tm end = {};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return absl::InfinitePast();
  return absl::FromTM(end, absl::UTCTimeZone());
}

}  // namespace

CertificateFiles::CertificateFiles(std::vector<std::filesystem::path> files, Check check)
    : files_(std::move(files)), check_(check) {}

CertificateFiles::~CertificateFiles() {
  const absl::MutexLock lock(&mutex_);
  if (held_ >= 0) close(held_);
}

absl::StatusOr<std::unique_ptr<CertificateFiles>> CertificateFiles::OpenPair(
    const std::filesystem::path& certificate, const std::filesystem::path& key) {
  std::unique_ptr<CertificateFiles> opened(new CertificateFiles({key, certificate}, &CheckPair));
  ASSIGN_OR_RETURN(std::string pem, opened->Read());
  const absl::MutexLock lock(&opened->mutex_);
  RETURN_IF_ERROR(opened->Hold(std::move(pem)));
  return opened;
}

absl::StatusOr<std::unique_ptr<CertificateFiles>> CertificateFiles::OpenAuthorities(
    const std::filesystem::path& file) {
  std::unique_ptr<CertificateFiles> opened(new CertificateFiles({file}, &CheckAuthorities));
  ASSIGN_OR_RETURN(std::string pem, opened->Read());
  const absl::MutexLock lock(&opened->mutex_);
  RETURN_IF_ERROR(opened->Hold(std::move(pem)));
  return opened;
}

absl::StatusOr<std::string> CertificateFiles::Read() const {
  std::string pem;
  for (const std::filesystem::path& file : files_) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    if (!error && size > kFileBytesMax) error = std::make_error_code(std::errc::file_too_large);
    std::ifstream stream(file, std::ios::binary);
    if (!error && !stream) error = std::error_code(errno, std::generic_category());
    if (error) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot read ", file.string(), ": ", error.message()));
    }
    std::stringstream content;
    content << stream.rdbuf();
    absl::StrAppend(&pem, content.str(), "\n");
  }
  if (absl::Status sound = check_(pem); !sound.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(absl::StrJoin(files_, ", ",
                                   [](std::string* out, const std::filesystem::path& file) {
                                     out->append(file.string());
                                   }),
                     ": ", std::string(sound.message())));
  }
  return pem;
}

// gRPC follows files, not what was read from them, and hands on whatever it finds there: after a
// pair that does not fit it would have none at all. So it is given files that hold only what was
// checked. They are in memory, and have no name that another process could open.
absl::Status CertificateFiles::Hold(std::string pem) {
  const int next = memfd_create("certificates", MFD_CLOEXEC);
  // Its reader looks before and after whether the time is the same, by the second, and two changes
  // may come within one: a time of our own tells them apart.
  const timespec time = {++times_replaced_, 0};
  const timespec times[] = {time, time};
  if (next < 0 || write(next, pem.data(), pem.size()) != static_cast<ssize_t>(pem.size()) ||
      futimens(next, times) != 0) {
    const std::string why = std::strerror(errno);
    if (next >= 0) close(next);
    return absl::UnavailableError(absl::StrCat("cannot keep certificates in memory: ", why));
  }
  if (held_ < 0) {
    held_ = next;
    held_at_ = absl::StrCat("/proc/self/fd/", held_);
  } else {
    dup3(next, held_, O_CLOEXEC);  // In one step: whoever opens it has the old one or the new one.
    close(next);
  }
  pem_ = std::make_shared<const std::string>(std::move(pem));
  return absl::OkStatus();
}

void CertificateFiles::ReadAgain() {
  absl::StatusOr<std::string> read = Read();
  {
    const absl::MutexLock lock(&mutex_);
    absl::Status status = read.status();
    if (read.ok()) {
      if (*read == *pem_) {
        told_.clear();
        return;
      }
      status = Hold(*std::move(read));
    }
    const std::string complaint(status.message());
    if (!status.ok()) {
      if (complaint == told_) return;
      Log(Severity::kWarning, "certificates are not taken, those before stay",
          {{"why", complaint}});
    }
    told_ = complaint;
    if (!status.ok()) return;
  }
  LogValidity();
}

std::shared_ptr<const std::string> CertificateFiles::pem() const {
  const absl::MutexLock lock(&mutex_);
  return pem_;
}

void CertificateFiles::LogValidity() const {
  const auto certificates = CertificatesIn(*pem());
  if (!certificates.ok()) return;
  const X509* const first = certificates->front().get();
  const absl::Time end = EndOf(first);
  GaugeOf("thidua_tls_certificate_valid_until_seconds",
          "When the certificate in use expires, since 1970.", {{"file", files_.back().string()}})
      .Set(absl::ToDoubleSeconds(end - absl::UnixEpoch()));
  const bool over = end < absl::Now();
  Log(over ? Severity::kWarning : Severity::kInfo,
      over ? "a certificate has expired" : "certificate taken",
      {{"file", files_.back().string()},
       {"serial", SerialOf(first)},
       {"valid_until", absl::FormatTime(absl::RFC3339_sec, end, absl::UTCTimeZone())}});
}

}  // namespace thidua::platform
