// How far long work has come, on stderr: a bar on a terminal, else a line for each new file.
// For one thread at a time.
#ifndef THIDUA_SERVICES_CLI_PROGRESS_H_
#define THIDUA_SERVICES_CLI_PROGRESS_H_

#include <functional>
#include <string>

#include "absl/time/time.h"

namespace thidua::cli {

class Progress {
 public:
  explicit Progress(bool on_terminal) : on_terminal_(on_terminal) {}

  void Begin(int steps);
  void Step(const std::string& what);     // One more begins.
  void Wait(const std::string& service);  // It waits for a service that is away.
  // Work that is not counted in steps: `fraction` is 0 to 1. On a terminal only.
  void Show(double fraction, const std::string& what);
  void End();
  // Show, for work that knows nothing of terminals. Not to be called after this is gone.
  std::function<void(double fraction, const std::string& what)> Teller();

 private:
  void Draw(const std::string& text);
  void DrawBar(double fraction, const std::string& text);

  const bool on_terminal_;
  int steps_ = 0;
  int done_ = 0;
  std::string what_;
  bool waiting_ = false;
  absl::Time drawn_ = absl::InfinitePast();
};

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_PROGRESS_H_
