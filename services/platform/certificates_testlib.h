// Certificates for tests: a CA of their own, with certificates of it by deploy/certificates.sh, in
// a folder that goes with them; and a client that looks at what is shown on a port.
#ifndef THIDUA_SERVICES_PLATFORM_CERTIFICATES_TESTLIB_H_
#define THIDUA_SERVICES_PLATFORM_CERTIFICATES_TESTLIB_H_

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace thidua::platform {

inline std::string SerialOf(X509* certificate) {
  if (certificate == nullptr) return "";
  BIGNUM* const number = ASN1_INTEGER_to_BN(X509_get_serialNumber(certificate), nullptr);
  char* const digits = BN_bn2hex(number);
  std::string serial = digits;
  OPENSSL_free(digits);
  BN_free(number);
  return serial;
}

inline std::string ContentOf(const std::filesystem::path& file) {
  std::stringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

class Certificates {
 public:
  Certificates() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-certificates-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    Issue("");
  }
  ~Certificates() {
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
  }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  std::string ca() const { return (folder_ / "ca.pem").string(); }
  // "registry", "results-ingest", "scoring", "portal", "administrator", or what was issued.
  std::string pem(const std::string& name) const { return (folder_ / (name + ".pem")).string(); }
  std::string key(const std::string& name) const { return (folder_ / (name + ".key")).string(); }

  // A certificate for the name, instead of the one that is there; "": those of all names.
  void Issue(const std::string& name) const {
    const std::string command =
        absl::StrCat("'", THIDUA_CERTIFICATES, "' '", folder_.string(), "' ", name);
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  // As if the name's certificate had been valid until yesterday.
  void LetExpire(const std::string& name) const {
    X509* const certificate = Read<X509, PEM_read_X509>(pem(name));
    EVP_PKEY* const ca_key = Read<EVP_PKEY, PEM_read_PrivateKey>((folder_ / "ca.key").string());
    constexpr long kDay = 24 * 60 * 60;
    X509_gmtime_adj(X509_getm_notBefore(certificate), -2 * kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate), -kDay);
    ASSERT_GT(X509_sign(certificate, ca_key, EVP_sha256()), 0);
    FILE* const file = std::fopen(pem(name).c_str(), "w");
    ASSERT_EQ(PEM_write_X509(file, certificate), 1);
    std::fclose(file);
    EVP_PKEY_free(ca_key);
    X509_free(certificate);
  }

  std::string serial(const std::string& name) const {
    X509* const certificate = Read<X509, PEM_read_X509>(pem(name));
    std::string serial = SerialOf(certificate);
    X509_free(certificate);
    return serial;
  }

 private:
  template <typename Object, Object* (*read)(FILE*, Object**, pem_password_cb*, void*)>
  static Object* Read(const std::string& path) {
    FILE* const file = std::fopen(path.c_str(), "r");
    EXPECT_NE(file, nullptr) << path;
    if (file == nullptr) return nullptr;
    Object* const object = read(file, nullptr, nullptr, nullptr);
    std::fclose(file);
    EXPECT_NE(object, nullptr) << path;
    return object;
  }

  std::filesystem::path folder_;
};

// What came of a handshake.
struct Handshake {
  bool done = false;
  std::string serial;  // Of the certificate that was shown.
  std::string protocol;
  std::string alpn;
  std::string refused_for;
};

struct HandshakeOptions {
  int version_max = TLS1_3_VERSION;
  std::string alpn = "";              // As it is sent, "\x02h2"; "": none.
  std::string ciphers_of_tls12 = "";  // "": all that OpenSSL has.
};

// Takes whatever certificate is shown: for those that look which one it is.
inline Handshake ShakeHands(const std::string& address, const HandshakeOptions& options = {}) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to a line that is closed as to a file.
  ERR_clear_error();
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                             &SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), options.version_max);
  // OpenSSL itself would offer nothing below 1.2.
  const std::string ciphers =
      options.ciphers_of_tls12.empty() ? "ALL:@SECLEVEL=0" : options.ciphers_of_tls12;
  EXPECT_EQ(SSL_CTX_set_cipher_list(context.get(), ciphers.c_str()), 1);
  SSL_CTX_set_alpn_protos(context.get(),
                          reinterpret_cast<const unsigned char*>(options.alpn.data()),
                          static_cast<unsigned>(options.alpn.size()));
  const std::unique_ptr<BIO, void (*)(BIO*)> line(BIO_new_ssl_connect(context.get()),
                                                  &BIO_free_all);
  BIO_set_conn_hostname(line.get(), address.c_str());
  Handshake handshake;
  handshake.done = BIO_do_handshake(line.get()) == 1;
  SSL* ssl = nullptr;
  BIO_get_ssl(line.get(), &ssl);
  if (handshake.done) {
    X509* const shown = SSL_get1_peer_certificate(ssl);
    handshake.serial = SerialOf(shown);
    X509_free(shown);
    handshake.protocol = SSL_get_version(ssl);
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &chosen, &size);
    handshake.alpn.assign(reinterpret_cast<const char*>(chosen), size);
  } else {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    handshake.refused_for = reason == nullptr ? "" : reason;
  }
  return handshake;
}

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_CERTIFICATES_TESTLIB_H_
