#include "services/scoring/redis_tracking.h"

#include <optional>

#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"

namespace thidua::scoring {
namespace {

constexpr char kChannel[] = "__redis__:invalidate";
constexpr absl::Duration kPingEvery = absl::Seconds(1);
constexpr absl::Duration kAnswersWithin = absl::Seconds(2);
// More names than that at once are not worth remembering.
constexpr size_t kKeysMax = 10000;

}  // namespace

absl::StatusOr<RedisTracking> RedisTracking::Open(const std::string& address,
                                                  const RedisOptions& options,
                                                  const std::string& prefix) {
  ASSIGN_OR_RETURN(RedisConnection line, RedisConnection::Open(address, options));
  RETURN_IF_ERROR(CheckMaster(line));
  ASSIGN_OR_RETURN(const std::string id, line.Command({"CLIENT", "ID"}));
  RETURN_IF_ERROR(
      line.Command({"CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", prefix})
          .status());
  RETURN_IF_ERROR(line.Command({"SUBSCRIBE", kChannel}).status());
  return RedisTracking(std::move(line), absl::Now());
}

absl::StatusOr<RedisTracking::Told> RedisTracking::Hear() {
  Told told;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<RedisAnswer> heard, line_.Receive());
    if (!heard.has_value()) break;
    RETURN_IF_ERROR(heard->status());
    heard_at_ = absl::Now();
    const std::vector<RedisAnswer>& parts = heard->list;
    if (parts.size() != 3 || parts[0].text != "message") continue;  // What answers a PING.
    // A flush tells no names.
    if (!parts[2].is(RedisAnswer::Kind::kList) || told.keys.size() > kKeysMax) {
      told.everything = true;
      told.keys.clear();
    }
    for (const RedisAnswer& key : parts[2].list) told.keys.push_back(key.text);
  }
  const absl::Time now = absl::Now();
  if (pinged_at_ > heard_at_) {
    if (now - pinged_at_ > kAnswersWithin) return absl::UnavailableError("tracking is silent");
  } else if (now - heard_at_ >= kPingEvery) {
    pinged_at_ = now;
    RETURN_IF_ERROR(line_.Send({"PING"}));
  }
  return told;
}

}  // namespace thidua::scoring
