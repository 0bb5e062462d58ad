// How far long work has come, on stderr: a bar on a terminal, else a line for each new file.
#ifndef THIDUA_SERVICES_CLI_PROGRESS_H_
#define THIDUA_SERVICES_CLI_PROGRESS_H_

#include <string>

namespace thidua::cli {

class Progress {
 public:
  explicit Progress(bool on_terminal) : on_terminal_(on_terminal) {}

  void Begin(int steps);
  void Step(const std::string& what);     // One more begins.
  void Wait(const std::string& service);  // It waits for a service that is away.
  void End();

 private:
  void Draw(const std::string& text);

  const bool on_terminal_;
  int steps_ = 0;
  int done_ = 0;
  std::string what_;
  bool waiting_ = false;
};

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_PROGRESS_H_
