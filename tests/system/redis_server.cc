#include "tests/system/redis_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace thidua::tests {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr absl::Duration kLookEvery = absl::Milliseconds(5);

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

}  // namespace

RedisServer::RedisServer(std::filesystem::path folder)
    : folder_(std::move(folder)), port_(FreePort()) {}

void RedisServer::Start() {
  process_ = std::make_unique<Process>(
      std::vector<std::string>{"redis-server", "--bind", "127.0.0.1", "--port", absl::StrCat(port_),
                               "--save", "", "--appendonly", "no", "--dir", folder_.string(),
                               "--logfile", (folder_ / "redis.log").string()},
      (folder_ / "redis.err").string());
  const absl::Time until = absl::Now() + kPatience;
  while (Command({"PING"}) != "PONG") {
    ASSERT_LT(absl::Now(), until) << "redis-server did not start";
    absl::SleepFor(kLookEvery);
  }
}

void RedisServer::Kill() {
  process_->Signal(SIGKILL);
  process_->Wait();
}

std::string RedisServer::Command(const std::vector<std::string>& words) const {
  std::vector<std::string> argv = {"redis-cli", "-h", "127.0.0.1", "-p", absl::StrCat(port_)};
  argv.insert(argv.end(), words.begin(), words.end());
  Process command(argv, "/dev/null");
  std::string out = command.ReadAll();
  command.Wait();
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

std::string RedisServer::address() const { return absl::StrCat("127.0.0.1:", port_); }

}  // namespace thidua::tests
