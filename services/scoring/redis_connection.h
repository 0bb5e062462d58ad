// One connection to Redis with time-outs: every command answers or fails soon. Not thread-safe.
#ifndef THIDUA_SERVICES_SCORING_REDIS_CONNECTION_H_
#define THIDUA_SERVICES_SCORING_REDIS_CONNECTION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

struct redisContext;

namespace thidua::scoring {

class RedisConnection {
 public:
  // HOST:PORT; UNAVAILABLE when nothing answers there.
  static absl::StatusOr<RedisConnection> Open(const std::string& address);

  // The answer's text: of a status or string as it is, of an integer in digits, of nil "".
  // UNAVAILABLE when the line broke (open another), FAILED_PRECONDITION when Redis refused.
  absl::StatusOr<std::string> Command(const std::vector<std::string>& words);

 private:
  struct Free {
    void operator()(redisContext* context) const;
  };
  explicit RedisConnection(redisContext* context) : context_(context) {}
  std::unique_ptr<redisContext, Free> context_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_REDIS_CONNECTION_H_
