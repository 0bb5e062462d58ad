// One line with many requests of gRPC that come but for their last byte, each as large as may be;
// as fast as the service takes them.
#ifndef THIDUA_TESTS_HOSTILE_UNFINISHED_REQUESTS_H_
#define THIDUA_TESTS_HOSTILE_UNFINISHED_REQUESTS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "tests/hostile/raw_line.h"

namespace thidua::tests {

class UnfinishedRequests {
 public:
  // `path`: "/package.Service/Method". Back when all has been taken that will be.
  UnfinishedRequests(const std::string& address, const std::string& path, int requests,
                     size_t bytes_each);

  // Requests that the service has broken off.
  int broken_off() const;

 private:
  struct Request {
    size_t left;      // But for the last byte.
    long window = 0;  // What the service has room for.
    bool ended = false;
  };
  void Run(size_t bytes_each);
  bool SendOn();
  bool Hear();
  void Take(int type, int flags, int stream, const std::string& payload);

  RawLine line_;
  std::vector<Request> requests_;
  std::string heard_;
  long window_ = 65535;  // Of the line; the other of a request at its beginning.
  long first_window_ = 65535;
  bool over_ = false;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_HOSTILE_UNFINISHED_REQUESTS_H_
