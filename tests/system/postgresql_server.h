// A real PostgreSQL for a test: in a folder of its own, spoken to by a socket in that folder, so
// that no port is taken.
#ifndef THIDUA_TESTS_SYSTEM_POSTGRESQL_SERVER_H_
#define THIDUA_TESTS_SYSTEM_POSTGRESQL_SERVER_H_

#include <filesystem>
#include <memory>
#include <string>

#include "tests/system/process.h"

namespace thidua::tests {

class PostgresqlServer {
 public:
  PostgresqlServer();  // Makes an empty cluster and starts it.
  ~PostgresqlServer();

  // Makes an empty database and answers its URL.
  std::string NewDatabase();

  void Start();  // And waits until it answers.
  void Kill();   // At once, as a lost machine would.

 private:
  std::filesystem::path folder_;
  int databases_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_SYSTEM_POSTGRESQL_SERVER_H_
