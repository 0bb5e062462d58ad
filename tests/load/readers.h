// Who reads rankings meanwhile: other systems by gRPC and visitors through the portal's HTTPS, each
// on a line of its own that asks again as soon as it is answered (closed loop), or after a pause.
// Their threads give way to the services' on this machine, where they would have machines of their
// own.
#ifndef THIDUA_TESTS_LOAD_READERS_H_
#define THIDUA_TESTS_LOAD_READERS_H_

#include <atomic>
#include <boost/asio/ssl/context.hpp>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/load/faults.h"
#include "tests/load/provinces.h"
#include "tests/load/recorder.h"

namespace thidua::load {

struct Lines {
  int grpc = 0;
  int http = 0;
  absl::Duration pause;  // Of each line, between an answer and the next question.
};

class Readers {
 public:
  // They begin at once, with any of the blocs.
  Readers(tests::GuardedSuite& guard, const Provinces& provinces, Recorder& recorder,
          const Lines& lines);
  ~Readers() { Stop(); }
  void Stop();

  // Of lines that were shown a ranking without a revision, or one and later one that is older, in
  // words.
  std::vector<std::string> faults() const { return faults_.all(); }

 private:
  // What one line was shown last of each bloc.
  using Shown = std::map<size_t, std::string>;

  void ReadByGrpc(int line);
  void ReadByHttp(int line);
  void Check(size_t bloc, const std::string& revision, Shown& shown);
  bool Pause();  // False: it is over.

  tests::GuardedSuite& guard_;
  const Provinces& provinces_;
  Recorder& recorder_;
  const Lines lines_;
  const std::unique_ptr<boost::asio::ssl::context> tls_;
  absl::Mutex mutex_;
  std::atomic<bool> stopping_ = false;
  Faults faults_;
  std::vector<std::thread> threads_;
};

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_READERS_H_
