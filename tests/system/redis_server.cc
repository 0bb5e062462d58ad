#include "tests/system/redis_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"

namespace thidua::tests {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
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

std::string AddressOf(int port) { return absl::StrCat("127.0.0.1:", port); }

// `redis-cli` there: its stdout without the last newline.
std::string RedisCli(int port, const std::vector<std::string>& words) {
  std::vector<std::string> argv = {"redis-cli", "-h", "127.0.0.1", "-p", absl::StrCat(port)};
  argv.insert(argv.end(), words.begin(), words.end());
  Process command(argv, "/dev/null");
  std::string out = command.ReadAll();
  command.Wait();
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

void AwaitAnswer(int port) {
  const absl::Time until = absl::Now() + kPatience;
  for (std::string answer; answer != "PONG" && !absl::StartsWith(answer, "NOAUTH");) {
    ASSERT_LT(absl::Now(), until) << "redis-server did not start";
    absl::SleepFor(kLookEvery);
    answer = RedisCli(port, {"PING"});
  }
}

}  // namespace

RedisServer::RedisServer(std::filesystem::path folder, std::vector<std::string> config)
    : folder_(std::move(folder)), config_(std::move(config)), port_(FreePort()) {}

void RedisServer::Start() {
  std::vector<std::string> argv = {"redis-server",
                                   "--bind",
                                   "127.0.0.1",
                                   "--port",
                                   absl::StrCat(port_),
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "no",
                                   "--dir",
                                   folder_.string(),
                                   "--logfile",
                                   (folder_ / absl::StrCat("redis-", port_, ".log")).string(),
                                   "--dbfilename",
                                   absl::StrCat("redis-", port_, ".rdb")};
  argv.insert(argv.end(), config_.begin(), config_.end());
  process_ = std::make_unique<Process>(argv, (folder_ / "redis.err").string());
  AwaitAnswer(port_);
}

void RedisServer::Kill() {
  process_->Signal(SIGKILL);
  process_->Wait();
}

void RedisServer::Signal(int signal) { process_->Signal(signal); }

std::string RedisServer::Command(const std::vector<std::string>& words) const {
  return RedisCli(port_, words);
}

std::string RedisServer::address() const { return AddressOf(port_); }

RedisSentinel::RedisSentinel(const std::filesystem::path& folder, const RedisServer& master,
                             const std::vector<std::string>& config)
    : port_(FreePort()) {
  const std::filesystem::path file = folder / absl::StrCat("sentinel-", port_, ".conf");
  {
    std::ofstream out(file);  // Which it writes on.
    out << "bind 127.0.0.1\nport " << port_ << "\ndir " << folder.string() << "\nlogfile "
        << (folder / absl::StrCat("sentinel-", port_, ".log")).string()
        << "\nsentinel monitor thidua 127.0.0.1 " << master.port() << " 1"
        << "\nsentinel down-after-milliseconds thidua 60000\nsentinel failover-timeout thidua "
           "3000\n"
        << absl::StrJoin(config, "\n") << "\n";
  }
  process_ = std::make_unique<Process>(
      std::vector<std::string>{"redis-server", file.string(), "--sentinel"},
      (folder / "sentinel.err").string());
  AwaitAnswer(port_);
}

void RedisSentinel::GiveUpAfter(absl::Duration silence) const {
  EXPECT_EQ(Command({"SENTINEL", "SET", "thidua", "down-after-milliseconds",
                     absl::StrCat(absl::ToInt64Milliseconds(silence))}),
            "OK");
}

std::string RedisSentinel::Command(const std::vector<std::string>& words) const {
  return RedisCli(port_, words);
}

std::string RedisSentinel::address() const { return AddressOf(port_); }

}  // namespace thidua::tests
