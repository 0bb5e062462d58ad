// Stands between a client and a server of a test and passes on what they say, until it is told to
// stall: then lines stay open and nothing goes through, as when a network fails. Thread-safe.
#ifndef THIDUA_TESTS_SYSTEM_STALLING_PROXY_H_
#define THIDUA_TESTS_SYSTEM_STALLING_PROXY_H_

#include <list>
#include <string>
#include <thread>

#include "absl/synchronization/mutex.h"

namespace thidua::tests {

class StallingProxy {
 public:
  // `server`: 127.0.0.1:PORT, or the path of a socket.
  explicit StallingProxy(const std::string& server);
  ~StallingProxy();
  StallingProxy(const StallingProxy&) = delete;
  StallingProxy& operator=(const StallingProxy&) = delete;

  std::string address() const;  // HOST:PORT

  void Stall();  // All lines, both ways, and those that are opened from now on.
  // Those on which the client said that, before or from now on; its server does not hear it then.
  void StallLinesThatSay(const std::string& text);
  // All, as soon as a client says that; its server hears it, and the answer stays out.
  void StallAfter(const std::string& text);
  bool stalled();  // Whether that has come to pass.
  void Resume();
  void Break();  // Ends all lines.
  // All lines there are: the client's end is closed, and the server's stays open and silent until
  // all resumes. Those that are opened from now on pass.
  void HalfOpen();
  int opened();  // How many lines were opened so far.

 private:
  struct Line {
    int client = -1;
    int server = -1;
    std::string said;  // By the client.
    bool stalls = false;
    bool half_open = false;  // The client's end is closed.
    bool ended = false;
  };
  void Run();
  void Accept() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PassFromClient(Line& line) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PassFromServer(Line& line) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wake();

  const std::string server_;
  int listener_ = -1;
  int port_ = 0;
  int wake_ = -1;
  absl::Mutex mutex_;
  int opened_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool all_stall_ ABSL_GUARDED_BY(mutex_) = false;
  std::string stalls_that_say_ ABSL_GUARDED_BY(mutex_);
  std::string stalls_after_ ABSL_GUARDED_BY(mutex_);
  std::list<Line> lines_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_SYSTEM_STALLING_PROXY_H_
