// Asks the sentinels of a Redis where its master is. Not thread-safe.
#ifndef THIDUA_SERVICES_SCORING_REDIS_SENTINELS_H_
#define THIDUA_SERVICES_SCORING_REDIS_SENTINELS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/scoring/redis_connection.h"

namespace thidua::scoring {

class RedisSentinels {
 public:
  explicit RedisSentinels(const RedisOptions& options);

  // HOST:PORT that most of them name: one that is cut off with an old master is outvoted.
  // UNAVAILABLE when none names any.
  absl::StatusOr<std::string> FindMaster();

 private:
  struct Sentinel {
    std::string address;
    std::optional<RedisConnection> line;
    absl::Time not_before;  // One that does not answer is left alone for a while.
  };
  absl::StatusOr<std::string> Ask(Sentinel& sentinel) const;

  const std::string master_;
  RedisOptions options_;  // Of the lines to them.
  std::vector<Sentinel> sentinels_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_REDIS_SENTINELS_H_
