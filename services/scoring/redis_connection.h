// One connection to Redis by hiredis 0.14.1 (RESP2, no TLS). Whatever is asked is answered within
// the time-out, or the line is given up. Not thread-safe.
#ifndef THIDUA_SERVICES_SCORING_REDIS_CONNECTION_H_
#define THIDUA_SERVICES_SCORING_REDIS_CONNECTION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

struct redisContext;

namespace thidua::scoring {

// Where Redis is, and who we are there.
struct RedisOptions {
  // HOST:PORT each: of Redis, where the one that is the master counts; not looked at when there are
  // sentinels, which tell where it is. Neither: there is no Redis.
  std::vector<std::string> addresses;
  std::vector<std::string> sentinels;
  std::string master;  // What the sentinels call it.
  std::string user;    // "": Redis's default user.
  // Read at each connection, so that the password can be changed while we run; "": none.
  std::string password_file;
  // For connecting, and for all that is asked at once. Loopback or one data centre: what takes
  // longer is not well.
  absl::Duration timeout = absl::Seconds(1);

  bool enabled() const { return !addresses.empty() || !sentinels.empty(); }
};

using RedisCommand = std::vector<std::string>;

struct RedisAnswer {
  enum class Kind { kText, kNothing, kList, kError };
  Kind kind = Kind::kNothing;
  std::string text;  // Of an integer its digits; of an error what Redis says.
  std::vector<RedisAnswer> list;

  bool is(Kind other) const { return kind == other; }
  // FAILED_PRECONDITION when Redis refused.
  absl::Status status() const;
};

class RedisConnection {
 public:
  // Connects, and says who we are. INVALID_ARGUMENT when it is not HOST:PORT, UNAVAILABLE when
  // nothing answers there, FAILED_PRECONDITION when Redis refuses us or the password is not to be
  // had.
  static absl::StatusOr<RedisConnection> Open(const std::string& address,
                                              const RedisOptions& options = {});

  // The answer's text, "" of nothing. UNAVAILABLE when the line broke (open another),
  // FAILED_PRECONDITION when Redis refused.
  absl::StatusOr<std::string> Command(const RedisCommand& words);
  // Several at once: written one behind the other, their answers in that order, refusals among
  // them. UNAVAILABLE when the line broke, and nobody knows which were done.
  absl::StatusOr<std::vector<RedisAnswer>> Commands(const std::vector<RedisCommand>& commands);

  // For lines on which Redis speaks without being asked. Sends without waiting for an answer.
  absl::Status Send(const RedisCommand& words);
  // The next answer that has come; nothing: none has.
  absl::StatusOr<std::optional<RedisAnswer>> Receive() { return ReceiveUntil(absl::Time()); }
  // To wait on for what comes. Looked at only when Receive has answered nothing.
  int fd() const;

 private:
  struct Free {
    void operator()(redisContext* context) const;
  };
  RedisConnection(redisContext* context, absl::Duration timeout)
      : context_(context), timeout_(timeout) {}
  void Append(const RedisCommand& words);
  absl::Status Flush(absl::Time until);
  absl::StatusOr<std::optional<RedisAnswer>> ReceiveUntil(absl::Time until);

  std::unique_ptr<redisContext, Free> context_;
  absl::Duration timeout_;
  // Answers would be taken for those of other questions after one that did not come.
  bool broken_ = false;
};

// FAILED_PRECONDITION when it is not a master: what is written there would be lost.
absl::Status CheckMaster(RedisConnection& redis);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_REDIS_CONNECTION_H_
