// The rankings in one Redis, over one pair of connections to it: what is known of them, and how
// they are put right after the board.
//
// Tracking tells of every key that somebody changes. So this vouches for nothing but its knowledge
// of what Redis holds, and that ends with the line: "Redis holds revision R of period P, whole",
// from having looked at it, until told otherwise (docs/decisions/0029). Not thread-safe.
#ifndef THIDUA_SERVICES_SCORING_PUBLISHED_RANKINGS_H_
#define THIDUA_SERVICES_SCORING_PUBLISHED_RANKINGS_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/metrics.h"
#include "services/scoring/board.h"
#include "services/scoring/ranking_hash.h"
#include "services/scoring/redis_connection.h"
#include "services/scoring/redis_tracking.h"

namespace thidua::scoring {

class PublishedRankings {
 public:
  // `enough`: asked between steps, whether to break off.
  PublishedRankings(RedisOptions options, const Board& board, std::function<bool()> enough)
      : options_(std::move(options)), board_(board), enough_(std::move(enough)) {}

  // To the Redis there, which must be a master. Nothing is known of what it holds from then on.
  // Errors as of RedisConnection::Open.
  absl::Status Connect(const std::string& address);

  // All of these answer UNAVAILABLE when a line is lost or silent, FAILED_PRECONDITION when Redis
  // refuses, CANCELLED when it is enough. After any of these it is to be connected again, and
  // everything looked at.

  // Looks at what is not known, and publishes what is missing, older or wrong, of these periods, of
  // all that are on the board. What is newer than the board stays.
  absl::Status PutRight(const std::vector<std::string>& periods);
  absl::Status PutAllRight();
  // Takes a ranking out that is gone from the board, unless it is newer than the revision.
  absl::Status Withdraw(const std::string& period, const std::string& revision);
  // Takes in what was told since, and puts it right. To be called when fd() can be read, and at
  // least each second.
  absl::Status Hear();
  // Each second: that it is a master still, and that tracking tells; and what was put off.
  absl::Status CheckLine();
  // Now and then, for what tracking cannot tell: whether each revision is still there, and rankings
  // of periods that nobody knows, seen in two sweeps running, which go.
  absl::Status Sweep();

  int fd() const { return tracking_->fd(); }

 private:
  // What Redis holds of one period, as it was seen last.
  struct Holding {
    bool sure = false;     // And nobody changed it since.
    std::string revision;  // "": nothing.
    std::string sha256;
    // DigestOf its fields, which were held against ours and found right; "": they were not. This
    // outlives lines: bytes are known again wherever they are found.
    std::string digest;
    // What was written last, and how often it may be written again before the next sweep: two
    // writers who disagree must not go on for ever.
    std::string written;
    int repeats_left = 0;
  };
  // What the board has of a period: the revision, and whether it is to be in Redis.
  struct Wanted {
    std::string revision;
    bool published = false;
  };
  enum class Deed { kNothing, kPublish, kMend, kRemove };

  absl::Status LoadScripts();
  // Answers in the order of the commands; scripts that Redis has lost are loaded again.
  absl::StatusOr<std::vector<RedisAnswer>> RunScripts(const std::vector<RedisCommand>& commands);

  absl::Status PutChunkRight(const std::vector<std::string>& periods);
  // Looks at the holdings that are not sure, and answers what is to be done about each of these.
  absl::StatusOr<std::vector<Deed>> Look(const std::vector<std::string>& periods,
                                         const std::vector<Wanted>& wanted);
  // Takes in what was found of a period, and answers what is to be done about it.
  Deed Take(const RedisAnswer& hash, const RedisAnswer& lifetime, const std::string& period,
            const Wanted& wanted);
  // Publishes those, in one go.
  absl::Status Publish(const std::vector<std::string>& periods);
  // Replaces what is wrong, provided that it is wrong still.
  absl::Status Mend(const std::string& period, const Wanted& wanted);
  absl::Status Remove(const std::string& period, const std::string& revision);
  bool MayWrite(const std::string& period, Holding& holding, const std::string& revision);
  void ExpectEcho(const std::string& key);
  absl::Status SweepUnknown();

  static prometheus::Counter& Publishes(const std::string& outcome) {
    return platform::CounterOf("thidua_redis_publishes_total",
                               "Rankings written to Redis, by what became of it.",
                               {{"outcome", outcome}});
  }
  prometheus::Counter& published_ = Publishes("published");
  prometheus::Counter& refused_as_old_ = Publishes("refused_as_old");
  prometheus::Counter& mended_ = Publishes("mended");
  prometheus::Counter& withdrawn_ = Publishes("withdrawn");

  const RedisOptions options_;
  const Board& board_;
  const std::function<bool()> enough_;
  std::optional<RedisConnection> redis_;
  std::optional<RedisTracking> tracking_;
  std::string publish_sha_;
  std::string remove_sha_;
  absl::flat_hash_map<std::string, Holding> holdings_;  // By period.
  // Of which the board could not tell its ranking just now: they are looked at again in a second.
  absl::flat_hash_set<std::string> unsettled_;
  // Keys written and not yet heard of, and when.
  absl::flat_hash_map<std::string, absl::Time> echoes_;
  // Keys of periods that are not on the board, and in which sweep they were seen first.
  absl::flat_hash_map<std::string, int> unknown_;
  int sweep_ = 0;
  std::string cursor_ = "0";
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_PUBLISHED_RANKINGS_H_
