// A real Redis for a test, and a sentinel of it: on free ports of loopback, keeping nothing, in a
// folder of the test's.
#ifndef THIDUA_TESTS_SYSTEM_REDIS_SERVER_H_
#define THIDUA_TESTS_SYSTEM_REDIS_SERVER_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/system/process.h"

namespace thidua::tests {

class RedisServer {
 public:
  // Does not start it yet. `folder` takes its logs. `config`: further words of its command line,
  // {"--aclfile", …}.
  explicit RedisServer(std::filesystem::path folder, std::vector<std::string> config = {});

  void Start();  // Empty, always on the same port; and waits until it answers, if only with NOAUTH.
  void Kill();
  void Signal(int signal);

  // `redis-cli` with these words: its stdout without the last newline.
  std::string Command(const std::vector<std::string>& words) const;

  std::string address() const;  // HOST:PORT
  int port() const { return port_; }

 private:
  const std::filesystem::path folder_;
  const std::vector<std::string> config_;
  const int port_;
  std::unique_ptr<Process> process_;
};

// One sentinel, which decides alone. It calls the Redis "thidua", and gives it up after a minute's
// silence: none falls silent by itself for as long.
class RedisSentinel {
 public:
  // `config`: further lines, such as "sentinel auth-user thidua …".
  RedisSentinel(const std::filesystem::path& folder, const RedisServer& master,
                const std::vector<std::string>& config = {});

  // From now on, one that is silent already too.
  void GiveUpAfter(absl::Duration silence) const;
  // `redis-cli` against it, as RedisServer::Command.
  std::string Command(const std::vector<std::string>& words) const;
  std::string address() const;  // HOST:PORT

 private:
  const int port_;
  std::unique_ptr<Process> process_;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_SYSTEM_REDIS_SERVER_H_
