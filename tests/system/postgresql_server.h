// A real PostgreSQL for a test: in a folder of its own, spoken to by a socket in that folder, so
// that no port is taken but where one is asked for.
#ifndef THIDUA_TESTS_SYSTEM_POSTGRESQL_SERVER_H_
#define THIDUA_TESTS_SYSTEM_POSTGRESQL_SERVER_H_

#include <signal.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/system/process.h"

namespace thidua::tests {

class PostgresqlServer {
 public:
  // Makes an empty cluster and starts it. `port`: of loopback, to be spoken to by besides.
  explicit PostgresqlServer(int port = 0);
  // A standby of that one, which runs: follows it and takes no writes.
  explicit PostgresqlServer(const PostgresqlServer& primary);
  ~PostgresqlServer();

  // Makes an empty database and answers its URL.
  std::string NewDatabase();

  void Start();  // And waits until it answers.
  // SIGQUIT: at once, without a checkpoint; SIGKILL: and nothing tidied up. And waits for its end.
  void Kill(int signal = SIGQUIT);
  void Promote();                    // A standby: takes writes when this is done.
  void Run(const std::string& sql);  // By psql, in no transaction.
  const std::filesystem::path& folder() const { return folder_; }  // Its host, to libpq.

 private:
  void MakeFolder();
  int port() const { return port_ == 0 ? 5432 : port_; }  // Of the socket too.

  const int port_;
  std::filesystem::path folder_;
  int databases_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_SYSTEM_POSTGRESQL_SERVER_H_
