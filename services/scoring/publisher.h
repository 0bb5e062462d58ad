// Publishes rankings to Redis, for every other system to read (docs/integration/redis.md).
//
//   thidua:pub:v1:ranking:{<bloc>/<year>}:<period>   a hash: what it is in ranking_hash.h
//   thidua:pub:v1:changes                            a stream: ranking (the hash's key), revision,
//                                                    change
//
// Redis is never needed for truth: what is published is what the board shows when it is, and while
// Redis is away nothing is kept but the names of periods. On each new connection all that is there
// is looked at, and what is missing, older or wrong is published; from then on Redis tells whenever
// somebody else changes it (published_rankings.h). Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_PUBLISHER_H_
#define THIDUA_SERVICES_SCORING_PUBLISHER_H_

#include <memory>
#include <string>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/scoring/board.h"
#include "services/scoring/published_rankings.h"
#include "services/scoring/ranking_hash.h"
#include "services/scoring/redis_connection.h"
#include "services/scoring/redis_sentinels.h"
#include "services/scoring/snapshot.h"

namespace thidua::scoring {

class Publisher {
 public:
  static constexpr absl::Duration kSweepEvery = absl::Seconds(30);

  // `board` is where everything comes from that is published. `sweep_every`: how often that is
  // looked for which Redis does not tell.
  Publisher(RedisOptions redis, const Board& board, absl::Duration sweep_every = kSweepEvery);
  // HOST:PORT; "" publishes nothing.
  Publisher(const std::string& address, const Board& board);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // Neither waits for Redis. The period has changed on the board; what ranks nobody is taken out of
  // Redis.
  void Publish(std::shared_ptr<const Snapshot> shown);
  // It is gone from the board: what was published of it, and nothing newer, is taken out of Redis.
  void Withdraw(const std::string& period);
  // What was to be published still is, unless that takes longer than some seconds.
  void Stop();

 private:
  void Run();
  // Connects and serves until the line breaks, Redis refuses, or Stop is called.
  absl::Status ServeOneLine();
  absl::Status Serve(const std::string& address);
  // Where it is connected to.
  absl::StatusOr<std::string> Connect();
  absl::Status PublishWhatChanged();
  void Wake();
  bool stopping();
  bool Enough();

  const RedisOptions options_;
  const Board& board_;
  const absl::Duration sweep_every_;
  const int wake_;  // An eventfd.

  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time stop_by_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  // Periods that have changed on the board, and are not put right in Redis yet.
  absl::flat_hash_set<std::string> changed_ ABSL_GUARDED_BY(mutex_);
  // By period, the newest revision that was handed over; and of those withdrawn and not yet taken
  // out.
  absl::flat_hash_map<std::string, std::string> revisions_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::string> withdrawn_ ABSL_GUARDED_BY(mutex_);

  // Of the thread.
  PublishedRankings published_;
  RedisSentinels sentinels_;
  absl::Duration pause_;    // Before the next try.
  bool away_told_ = false;  // That Redis is away.
  std::thread thread_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_PUBLISHER_H_
