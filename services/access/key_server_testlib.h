// An issuer's web server on a free port of loopback, by HTTP or HTTPS, that answers as the test
// wants: bytes as they are to stand on the line. For tests.
#ifndef THIDUA_SERVICES_ACCESS_KEY_SERVER_TESTLIB_H_
#define THIDUA_SERVICES_ACCESS_KEY_SERVER_TESTLIB_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/access/token_testlib.h"

namespace thidua::access {

// A certificate that has signed itself, for a name as openssl.cnf writes it: "IP:127.0.0.1".
struct ServerCertificate {
  explicit ServerCertificate(const char* name)
      : key(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate(X509_new(), X509_free) {
    X509* const x = certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_EXTENSION* const names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name);
    X509_add_ext(x, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(x, key.get(), EVP_sha256());
  }

  std::string Pem() const {
    BIO* const memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, certificate.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory, &text);
    std::string pem(text, static_cast<size_t>(size));
    BIO_free(memory);
    return pem;
  }

  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> certificate;
};

inline std::string HttpAnswer(absl::string_view status, absl::string_view body,
                              absl::string_view header = "") {
  return absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Length: ", body.size(),
                      "\r\nConnection: close\r\n", header, "\r\n", body);
}

class KeyServer {
 public:
  // From the head of a request to all that is sent back; called on the server's one thread.
  using Answer = std::function<std::string(absl::string_view head)>;

  // By HTTPS where there is a certificate.
  explicit KeyServer(Answer answer, const ServerCertificate* certificate = nullptr)
      : answer_(std::move(answer)) {
    if (certificate != nullptr) {
      tls_.reset(SSL_CTX_new(TLS_server_method()));
      SSL_CTX_use_certificate(tls_.get(), certificate->certificate.get());
      SSL_CTX_use_PrivateKey(tls_.get(), certificate->key.get());
    }
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    listen(listener_, 16);
    thread_ = std::thread([this] { Serve(); });
  }
  ~KeyServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  KeyServer(const KeyServer&) = delete;
  KeyServer& operator=(const KeyServer&) = delete;

  int port() const { return port_; }
  // Such as "/keys".
  std::string Url(absl::string_view path) const {
    return absl::StrCat(tls_ == nullptr ? "http" : "https", "://127.0.0.1:", port_, path);
  }
  // How many requests have come whole.
  int requests() const { return requests_; }

 private:
  struct FreeTls {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* line) const { SSL_free(line); }
  };

  void Serve() {
    while (true) {
      const int line = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (line < 0) return;
      Talk(line);
      close(line);
    }
  }

  void Talk(int line) {
    std::unique_ptr<SSL, FreeTls> tls;
    if (tls_ != nullptr) {
      tls.reset(SSL_new(tls_.get()));
      SSL_set_fd(tls.get(), line);
      if (SSL_accept(tls.get()) != 1) return;
    }
    std::string head;
    char bytes[4096];
    while (head.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = tls != nullptr ? SSL_read(tls.get(), bytes, sizeof bytes)
                                         : recv(line, bytes, sizeof bytes, 0);
      if (got <= 0) return;
      head.append(bytes, static_cast<size_t>(got));
    }
    ++requests_;
    const std::string answer = answer_(head);
    size_t sent = 0;
    while (sent < answer.size()) {
      const size_t piece = std::min<size_t>(answer.size() - sent, 16384);
      const ssize_t put = tls != nullptr
                              ? SSL_write(tls.get(), answer.data() + sent, static_cast<int>(piece))
                              : send(line, answer.data() + sent, piece, MSG_NOSIGNAL);
      if (put <= 0) return;
      sent += static_cast<size_t>(put);
    }
    if (tls != nullptr) SSL_shutdown(tls.get());
  }

  const Answer answer_;
  std::unique_ptr<SSL_CTX, FreeTls> tls_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_KEY_SERVER_TESTLIB_H_
