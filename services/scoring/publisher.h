// Publishes rankings to Redis, for every other system to read (docs/integration/redis.md).
//
//   thidua:pub:v1:ranking:{<bloc>/<year>}:<period>   a hash: revision, etag, state, computed_at,
//                                                    data_as_of, sha256, protobuf, json
//   thidua:pub:v1:changes                            a stream: ranking (the hash's key), revision
//
// One Lua script stores a ranking only if its revision is newer than the one that is there, so that
// a late writer never brings an old ranking back. Redis is never needed for truth: while it is away
// rankings wait here, the newest of each period; when it comes back, and whenever it has lost what
// it had (a flush, a fail-over), everything is published again. Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_PUBLISHER_H_
#define THIDUA_SERVICES_SCORING_PUBLISHER_H_

#include <memory>
#include <string>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "services/scoring/board.h"
#include "services/scoring/redis_connection.h"
#include "services/scoring/snapshot.h"

namespace thidua::scoring {

class Publisher {
 public:
  // `address`: HOST:PORT; "" publishes nothing. `board` is where everything comes from when all is
  // to be published again.
  Publisher(std::string address, const Board& board);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // Does not wait: takes the place of what was not published yet of the period. What ranks nobody
  // is passed over.
  void Publish(std::shared_ptr<const Snapshot> shown);
  // Takes the period's ranking out of Redis.
  void Withdraw(const std::string& period);
  void Stop();

 private:
  // By period; null: to be withdrawn.
  using Waiting = absl::flat_hash_map<std::string, std::shared_ptr<const Snapshot>>;

  void Run();
  // Publishes until the line breaks, Redis refuses, or Stop is called. Shortens `pause` to the
  // first once something was published.
  absl::Status PublishWhileConnected(RedisConnection& redis, absl::Duration& pause);
  void EnqueueAll();

  const std::string address_;
  const Board& board_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  Waiting waiting_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// The key of a period's ranking.
std::string RankingKey(const std::string& period);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_PUBLISHER_H_
