#include "tests/system/stalling_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace thidua::tests {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

// A line to 127.0.0.1:PORT or a path; -1 when nobody is there.
int ConnectTo(const std::string& server) {
  const bool is_path = server.front() == '/';
  const int line = socket(is_path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool stands = false;
  if (is_path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    server.copy(address.sun_path, sizeof address.sun_path - 1);
    stands = connect(line, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  } else {
    const sockaddr_in address = Loopback(std::atoi(server.substr(server.rfind(':') + 1).c_str()));
    stands = connect(line, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  if (stands) return line;
  close(line);
  return -1;
}

// Whether the line stands.
bool WriteAll(int fd, const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t sent = send(fd, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += static_cast<size_t>(sent);
  }
  return true;
}

std::string ReadSome(int fd) {
  char buffer[65536];
  const ssize_t bytes = recv(fd, buffer, sizeof buffer, 0);
  return bytes > 0 ? std::string(buffer, static_cast<size_t>(bytes)) : std::string();
}

}  // namespace

StallingProxy::StallingProxy(const std::string& server)
    : server_(server),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 64) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

StallingProxy::~StallingProxy() {
  {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  Wake();
  thread_.join();
  close(listener_);
  close(wake_);
}

std::string StallingProxy::address() const { return absl::StrCat("127.0.0.1:", port_); }

void StallingProxy::Wake() { eventfd_write(wake_, 1); }

void StallingProxy::Stall() {
  const absl::MutexLock lock(&mutex_);
  all_stall_ = true;
  Wake();
}

void StallingProxy::StallLinesThatSay(const std::string& text) {
  const absl::MutexLock lock(&mutex_);
  stalls_that_say_ = text;
  for (Line& line : lines_) line.stalls = line.stalls || absl::StrContains(line.said, text);
  Wake();
}

void StallingProxy::StallAfter(const std::string& text) {
  const absl::MutexLock lock(&mutex_);
  stalls_after_ = text;
}

bool StallingProxy::stalled() {
  const absl::MutexLock lock(&mutex_);
  return all_stall_;
}

void StallingProxy::Resume() {
  const absl::MutexLock lock(&mutex_);
  all_stall_ = false;
  stalls_that_say_.clear();
  stalls_after_.clear();
  for (Line& line : lines_) {
    line.stalls = false;
    line.ended = line.ended || line.half_open;
  }
  Wake();
}

void StallingProxy::Break() {
  const absl::MutexLock lock(&mutex_);
  for (Line& line : lines_) line.ended = true;
  Wake();
}

void StallingProxy::HalfOpen() {
  const absl::MutexLock lock(&mutex_);
  for (Line& line : lines_) {
    line.half_open = true;
    // Not closed, or another line would get its number.
    shutdown(line.client, SHUT_RDWR);
  }
  Wake();
}

int StallingProxy::opened() {
  const absl::MutexLock lock(&mutex_);
  return opened_;
}

void StallingProxy::Accept() {
  ++opened_;
  Line line;
  line.client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  line.server = ConnectTo(server_);
  line.ended = line.server < 0;
  lines_.push_back(line);
}

void StallingProxy::PassFromClient(Line& line) {
  const std::string bytes = ReadSome(line.client);
  line.said += bytes;
  line.stalls = !stalls_that_say_.empty() && absl::StrContains(line.said, stalls_that_say_);
  // What a stalled line said is lost; it is not used again.
  if (!line.stalls) line.ended = bytes.empty() || !WriteAll(line.server, bytes);
  if (!stalls_after_.empty() && absl::StrContains(bytes, stalls_after_)) all_stall_ = true;
}

void StallingProxy::PassFromServer(Line& line) {
  const std::string bytes = ReadSome(line.server);
  line.ended = bytes.empty() || !WriteAll(line.client, bytes);
}

void StallingProxy::Run() {
  while (true) {
    std::vector<pollfd> waiting = {{wake_, POLLIN, 0}};
    std::vector<Line*> waited_for;
    {
      const absl::MutexLock lock(&mutex_);
      for (auto line = lines_.begin(); line != lines_.end();) {
        if (ending_ || line->ended) {
          close(line->client);
          close(line->server);
          line = lines_.erase(line);
          continue;
        }
        if (!all_stall_ && !line->stalls && !line->half_open) {
          waiting.push_back({line->client, POLLIN, 0});
          waiting.push_back({line->server, POLLIN, 0});
          waited_for.push_back(&*line);
        }
        ++line;
      }
      if (ending_) return;
      if (!all_stall_) waiting.push_back({listener_, POLLIN, 0});
    }
    poll(waiting.data(), waiting.size(), -1);
    eventfd_t woken = 0;
    eventfd_read(wake_, &woken);
    const absl::MutexLock lock(&mutex_);
    for (size_t i = 0; i < waited_for.size(); ++i) {
      Line& line = *waited_for[i];
      const auto passes = [&] { return !all_stall_ && !line.stalls && !line.half_open; };
      if (waiting[1 + 2 * i].revents != 0 && passes()) PassFromClient(line);
      if (waiting[2 + 2 * i].revents != 0 && passes() && !line.ended) {
        PassFromServer(line);
      }
    }
    if (!all_stall_ && waiting.back().fd == listener_ && waiting.back().revents != 0) Accept();
  }
}

}  // namespace thidua::tests
