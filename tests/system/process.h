// A child process of a test: started, heard, signalled, and never left behind.
#ifndef THIDUA_TESTS_SYSTEM_PROCESS_H_
#define THIDUA_TESTS_SYSTEM_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace thidua::tests {

class Process {
 public:
  // argv[0] is a path or a name on PATH. stdout is read by this object; stderr goes to the file.
  Process(const std::vector<std::string>& argv, const std::string& stderr_file);
  ~Process();  // Kills what still runs.
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line of stdout; "" at its end, and when it is not whole in time.
  std::string ReadLine(absl::Duration patience = absl::InfiniteDuration());
  std::string ReadAll();

  void Signal(int signal);
  // The exit code; 128 + the signal's number when a signal ended it.
  int Wait();
  bool running();
  bool EndsWithin(absl::Duration patience);
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int stdout_ = -1;
  bool ended_ = false;
  int exit_code_ = -1;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_SYSTEM_PROCESS_H_
