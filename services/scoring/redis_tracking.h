// Hears which keys of a prefix were changed in a Redis, whoever changed them: client-side tracking,
// turned to the very connection that asked for it. Not thread-safe.
//
// RESP2 tells another connection than the one that reads. With two of them the listener lives on
// when the other one dies, and hears nothing for ever; with one, both end together. After SUBSCRIBE
// nothing but PING is taken on it, so that reading and writing is for other connections.
#ifndef THIDUA_SERVICES_SCORING_REDIS_TRACKING_H_
#define THIDUA_SERVICES_SCORING_REDIS_TRACKING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/scoring/redis_connection.h"

namespace thidua::scoring {

class RedisTracking {
 public:
  // Hears every change of such keys from then on. Errors as of RedisConnection::Open.
  static absl::StatusOr<RedisTracking> Open(const std::string& address, const RedisOptions& options,
                                            const std::string& prefix);

  struct Told {
    bool everything = false;  // All keys may be others now, or gone.
    std::vector<std::string> keys;
  };
  // What was told since, without waiting. UNAVAILABLE when the line is lost, or silent although
  // PINGed: then everything may have changed. To be called at least each second.
  absl::StatusOr<Told> Hear();

  int fd() const { return line_.fd(); }

 private:
  RedisTracking(RedisConnection line, absl::Time now) : line_(std::move(line)), heard_at_(now) {}

  RedisConnection line_;
  absl::Time heard_at_;
  absl::Time pinged_at_;  // Later than heard_at_: its answer is waited for.
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_REDIS_TRACKING_H_
