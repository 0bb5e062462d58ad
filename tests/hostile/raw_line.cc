#include "tests/hostile/raw_line.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace thidua::tests {
namespace {

constexpr timeval kPatience = {20, 0};

// A number of HPACK behind a prefix of 7 bits.
std::string HpackNumber(size_t number) {
  if (number < 127) return std::string(1, static_cast<char>(number));
  std::string coded(1, '\x7f');
  for (number -= 127; number >= 128; number >>= 7) {
    coded += static_cast<char>((number & 127) | 128);
  }
  return coded + static_cast<char>(number);
}

std::string Field(absl::string_view name, absl::string_view value) {
  return absl::StrCat(std::string(1, '\0'), HpackNumber(name.size()), name,
                      HpackNumber(value.size()), value);
}

}  // namespace

std::string Http2Preface() {
  return absl::StrCat("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Http2Frame(/*SETTINGS*/ 4, 0, 0, ""));
}

std::string Http2Frame(int type, int flags, int stream, absl::string_view payload) {
  std::string frame;
  for (const int shift : {16, 8, 0}) frame += static_cast<char>(payload.size() >> shift);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  for (const int shift : {24, 16, 8, 0}) frame += static_cast<char>(stream >> shift);
  return absl::StrCat(frame, payload);
}

std::string GrpcHead(absl::string_view path, absl::string_view authorization) {
  std::string head =
      absl::StrCat(Field(":method", "POST"), Field(":scheme", "https"), Field(":path", path),
                   Field(":authority", "localhost"), Field("content-type", "application/grpc"),
                   Field("te", "trailers"));
  if (!authorization.empty()) absl::StrAppend(&head, Field("authorization", authorization));
  return head;
}

RawLine::RawLine(const std::string& address)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0) << address;
}

RawLine::RawLine(RawLine&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      context_(std::move(other.context_)),
      tls_(std::move(other.tls_)) {}

RawLine::~RawLine() {
  tls_ = nullptr;
  if (socket_ >= 0) close(socket_);
}

bool RawLine::StartTls(absl::string_view alpn) {
  signal(SIGPIPE, SIG_IGN);  // A line that was closed is an answer too.
  context_.reset(SSL_CTX_new(TLS_client_method()));
  tls_.reset(SSL_new(context_.get()));
  const std::string protocols = absl::StrCat(std::string(1, static_cast<char>(alpn.size())), alpn);
  SSL_set_alpn_protos(tls_.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                      static_cast<unsigned>(protocols.size()));
  SSL_set_fd(tls_.get(), socket_);
  return SSL_connect(tls_.get()) == 1;
}

bool RawLine::Say(absl::string_view bytes) {
  while (!bytes.empty()) {
    const long said = tls_ != nullptr
                          ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (said <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(said));
  }
  return true;
}

long RawLine::Receive(char* buffer, size_t size) {
  return tls_ != nullptr ? SSL_read(tls_.get(), buffer, static_cast<int>(size))
                         : recv(socket_, buffer, size, 0);
}

std::string RawLine::HearAll() {
  std::string all;
  for (std::string more; !(more = HearSome()).empty();) all += more;
  return all;
}

std::string RawLine::HearSome() {
  char buffer[16384];
  const long heard = Receive(buffer, sizeof buffer);
  return std::string(buffer, static_cast<size_t>(std::max(0L, heard)));
}

bool RawLine::Hears() {
  char byte = 0;
  errno = 0;
  const bool heard = Receive(&byte, 1) == 1;
  EXPECT_NE(errno, EAGAIN) << "neither a word nor an end";
  return heard;
}

void RawLine::Finish() { shutdown(socket_, SHUT_WR); }

}  // namespace thidua::tests
