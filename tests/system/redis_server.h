// A real Redis for a test: on a free port of loopback, keeping nothing, in a folder of the test's.
#ifndef THIDUA_TESTS_SYSTEM_REDIS_SERVER_H_
#define THIDUA_TESTS_SYSTEM_REDIS_SERVER_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/system/process.h"

namespace thidua::tests {

class RedisServer {
 public:
  // Does not start it yet. `folder` takes its logs.
  explicit RedisServer(std::filesystem::path folder);

  void Start();  // Empty, always on the same port; and waits until it answers.
  void Kill();

  // `redis-cli` with these words: its stdout without the last newline.
  std::string Command(const std::vector<std::string>& words) const;

  std::string address() const;  // HOST:PORT

 private:
  const std::filesystem::path folder_;
  const int port_;
  std::unique_ptr<Process> process_;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_SYSTEM_REDIS_SERVER_H_
