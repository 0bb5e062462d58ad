#include "services/platform/doorway.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/domain/return_if_error.h"
#include "services/platform/log.h"

namespace thidua::platform {
namespace {

// For the database, its files, evidence and lines to other services.
constexpr int kOtherFiles = 256;
constexpr int kWaiting = 4096;  // Outside; the kernel may let fewer.
// How long nobody is let in when there is no file left: those who are in may have gone by then.
constexpr int kFullMs = 100;
constexpr absl::Duration kTellEvery = absl::Seconds(60);

// As many files as the process may have open.
int RaiseOpenFiles() {
  rlimit files = {};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return 1024;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  getrlimit(RLIMIT_NOFILE, &files);
  return static_cast<int>(std::min<rlim_t>(files.rlim_cur, 1 << 20));
}

// ALREADY_EXISTS when somebody else does.
absl::StatusOr<int> ListenOn(const addrinfo& at, int port, bool also_ipv4) {
  sockaddr_storage address = {};
  std::memcpy(&address, at.ai_addr, at.ai_addrlen);
  auto* const to = reinterpret_cast<sockaddr*>(&address);
  if (at.ai_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(to)->sin6_port = htons(static_cast<uint16_t>(port));
  } else {
    reinterpret_cast<sockaddr_in*>(to)->sin_port = htons(static_cast<uint16_t>(port));
  }
  const int listener = socket(at.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int yes = 1, ipv6_only = also_ipv4 ? 0 : 1;
  if (listener >= 0) {
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    // What is accepted has it too: small answers are not held back for larger ones.
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (at.ai_family == AF_INET6) {
      setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &ipv6_only, sizeof ipv6_only);
    }
    if (bind(listener, to, at.ai_addrlen) == 0 && listen(listener, kWaiting) == 0) return listener;
  }
  const int error = errno;
  if (listener >= 0) close(listener);
  return absl::Status(
      error == EADDRINUSE ? absl::StatusCode::kAlreadyExists : absl::StatusCode::kUnavailable,
      std::strerror(error));
}

int PortOf(int listener) {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Doorway>> Doorway::Listen(const std::string& address,
                                                         int connections_max) {
  const size_t colon = address.rfind(':');
  std::string host = address.substr(0, std::min(colon, address.size()));
  int port = -1;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port < 0 || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat(address, " is not HOST:PORT"));
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.empty() ? nullptr : host.c_str(), "0", &hints, &found);
  if (error != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address, ": ", gai_strerror(error)));
  }
  const absl::Cleanup free_found = [&] { freeaddrinfo(found); };

  std::unique_ptr<Doorway> doorway(new Doorway);
  absl::Status refused;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    // "[::]" alone is every address, as gRPC has it.
    const absl::StatusOr<int> listener = ListenOn(*at, port, found->ai_next == nullptr);
    if (listener.ok()) {
      doorway->listeners_.push_back(*listener);
      port = PortOf(*listener);
    }
    refused.Update(listener.status());
    if (absl::IsAlreadyExists(listener.status())) {  // Not half of a name.
      doorway->Close();
      break;
    }
  }
  // A name may have an address of a kind that this machine does not have.
  if (doorway->listeners_.empty()) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address, ": ", std::string(refused.message())));
  }
  doorway->port_ = port;
  if (pipe2(doorway->stop_, O_CLOEXEC) != 0) return absl::UnavailableError(std::strerror(errno));

  const int files = RaiseOpenFiles();
  const int kept = std::min(kOtherFiles, files / 2);
  doorway->first_refused_ = std::min(connections_max, files - 2 * kept) + kept;
  return doorway;
}

void Doorway::LetInto(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server) {
  server_ = std::move(server);
  thread_ = std::thread([this] { Run(); });
}

void Doorway::Close() {
  if (stop_[1] >= 0) close(std::exchange(stop_[1], -1));
  if (thread_.joinable()) thread_.join();
  for (const int listener : listeners_) close(listener);
  listeners_.clear();
  if (stop_[0] >= 0) close(std::exchange(stop_[0], -1));
}

void Doorway::Run() {
  std::vector<pollfd> awaited = {{stop_[0], POLLIN, 0}};
  for (const int listener : listeners_) awaited.push_back({listener, POLLIN, 0});
  while (true) {
    if (poll(awaited.data(), awaited.size(), -1) < 0 && errno != EINTR) return;
    if (awaited[0].revents != 0) return;
    for (size_t i = 1; i < awaited.size(); ++i) {
      if (awaited[i].revents != 0) AcceptFrom(awaited[i].fd);
    }
  }
}

void Doorway::Tell(absl::string_view what) {
  if (absl::Now() < told_ + kTellEvery) return;
  told_ = absl::Now();
  Log(Severity::kWarning, what);
}

void Doorway::AcceptFrom(int listener) {
  const int line = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (line >= first_refused_) {
    closed_.Increment();
    Tell("too many connections: those that come are closed at once");
    close(line);
    return;
  }
  if (line >= 0) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.listener_fd = listener;
    connection.fd = line;
    server_->HandleNewConnection(&connection);
    return;
  }
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
    Tell("no file is left to open for a connection");
    pollfd stop = {stop_[0], POLLIN, 0};
    poll(&stop, 1, kFullMs);
  }
  // Otherwise whoever came has gone again.
}

}  // namespace thidua::platform
