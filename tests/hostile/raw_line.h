// A line to a port of loopback on which anything may be said, plain or by TLS: for clients that
// keep to no protocol. Used by one thread.
#ifndef THIDUA_TESTS_HOSTILE_RAW_LINE_H_
#define THIDUA_TESTS_HOSTILE_RAW_LINE_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace thidua::tests {

// HTTP/2, as it is on the line.
std::string Http2Preface();
std::string Http2Frame(int type, int flags, int stream, absl::string_view payload);
// The head of a gRPC call in one block, nothing of it indexed.
std::string GrpcHead(absl::string_view path, absl::string_view authorization = "");

class RawLine {
 public:
  // To 127.0.0.1:PORT, plain.
  explicit RawLine(const std::string& address);
  ~RawLine();
  RawLine(RawLine&& other) noexcept;
  RawLine(const RawLine&) = delete;

  // Shakes hands, whoever is there; whether that came to an end.
  bool StartTls(absl::string_view alpn);
  // False when the line is closed.
  bool Say(absl::string_view bytes);
  // All that is said until the line is closed, or nothing is for 20 seconds.
  std::string HearAll();
  // What is said next; "" when the line is closed, or nothing is for 20 seconds.
  std::string HearSome();
  // Waits until something is said, or the line is closed (false); fails the test after 20 seconds.
  bool Hears();
  // Says that there is nothing more to say.
  void Finish();

 private:
  struct FreeTls {
    void operator()(SSL* tls) const { SSL_free(tls); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  long Receive(char* buffer, size_t size);

  int socket_ = -1;
  std::unique_ptr<SSL_CTX, FreeTls> context_;
  std::unique_ptr<SSL, FreeTls> tls_;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_HOSTILE_RAW_LINE_H_
