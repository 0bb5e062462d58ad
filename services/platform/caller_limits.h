// What each caller may take of this process, so that one who takes much leaves room for the others.
//
//   ASSIGN_OR_RETURN(CallerLimits::Hold hold, limits.Enter("token:https://…|an", kCall));
//   … the call is under way for as long as `hold` lives …
//
// A caller has a rate of calls with a burst, and a number of calls, uploads and streams that may be
// under way at a time. Who is refused whoever they say they are (a token that is not sound) has no
// name to be held to: what the address may cost that they call from is bounded apart, and far
// lower. Nothing is kept of callers who have rested. Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_CALLER_LIMITS_H_
#define THIDUA_SERVICES_PLATFORM_CALLER_LIMITS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace thidua::platform {

// So many a second in the long run, and so many at once after a rest; `per_second` 0: without end.
struct Rate {
  double per_second = 0;
  int64_t at_once = 1;
};

// Each above zero, save a rate that is without end.
struct CallerLimitsConfig {
  Rate calls{20'000, 40'000};
  int calls_at_a_time = 256;    // What takes a thread: all but what follows.
  int uploads_at_a_time = 16;   // Streams of requests, which take one for as long as they like.
  int streams_at_a_time = 500;  // Streams that take none (push_stream.h).
  Rate refusals{50, 500};       // Of an address.
};

// "ipv4:192.0.2.7:50312", as gRPC writes a peer, without what one machine can change at will: the
// port, and of an IPv6 address all but the network (the first 64 bits).
std::string AddressOfPeer(absl::string_view peer);

class CallerLimits {
 private:
  struct Taken;
  struct Shard;

 public:
  enum Kind { kCall, kUpload, kStream };
  static constexpr size_t kKinds = kStream + 1;

  // What is under way; given back when it goes. Outlived by the limits.
  class Hold {
   public:
    Hold() = default;  // Of nothing.
    Hold(Hold&& other) noexcept { *this = std::move(other); }
    Hold& operator=(Hold&& other) noexcept;
    ~Hold() { GiveBack(); }

   private:
    friend class CallerLimits;
    Hold(Shard& shard, Taken& taken, Kind kind) : shard_(&shard), taken_(&taken), kind_(kind) {}
    void GiveBack();

    Shard* shard_ = nullptr;
    Taken* taken_ = nullptr;
    Kind kind_ = kCall;
  };

  // `clock`: nanoseconds that never go back, from any beginning; null: the system's.
  explicit CallerLimits(const CallerLimitsConfig& config, std::function<int64_t()> clock = nullptr);
  ~CallerLimits();

  // RESOURCE_EXHAUSTED (TOO_MANY_CALLS, TOO_MANY_UPLOADS, TOO_MANY_STREAMS), with the time after
  // which to ask again.
  absl::StatusOr<Hold> Enter(absl::string_view caller, Kind kind);

  // The same (TOO_MANY_REFUSALS) for an address whose credentials were refused too often of late:
  // they are then not looked at. `address` is asked for only when there is any such address.
  absl::Status CheckCredentials(const std::function<std::string()>& address);
  // Credentials from there were looked at and refused.
  void CountRefusal(absl::string_view address);

  // Callers and addresses of which something is kept.
  size_t kept() const;

 private:
  // Of one caller or address. A rate is kept as the moment at which it would be at rest: each call
  // moves that on by its share of a second, and it may not be further ahead than the burst.
  struct Taken {
    int64_t rested_at = 0;
    int under_way[kKinds] = {};  // By Kind.
  };
  // Callers that have nothing to do with one another seldom meet at one lock.
  struct Shard {
    mutable absl::Mutex mutex;
    // What is held is pointed to.
    absl::flat_hash_map<std::string, std::unique_ptr<Taken>> taken ABSL_GUARDED_BY(mutex);
    size_t look_through_at ABSL_GUARDED_BY(mutex) = 64;
  };
  static constexpr size_t kShards = 32;

  Shard& ShardOf(absl::string_view key);
  static Taken& TakenOf(absl::string_view key, int64_t now, Shard& shard)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);
  // 0 when one more is within the rate, which is then counted; otherwise in how many nanoseconds it
  // will be.
  static int64_t TakeOne(const Rate& rate, int64_t now, Taken& taken);

  const CallerLimitsConfig config_;
  const std::function<int64_t()> clock_;
  std::array<Shard, kShards> callers_;
  Shard addresses_;
  // Until when some address is not listened to.
  std::atomic<int64_t> deaf_until_{0};
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_CALLER_LIMITS_H_
