#include "services/scoring/redis_sentinels.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"

namespace thidua::scoring {
namespace {

// All that publishing waits for a sentinel that is silent, once in kRest.
constexpr absl::Duration kPatience = absl::Milliseconds(300);
constexpr absl::Duration kRest = absl::Seconds(3);

}  // namespace

RedisSentinels::RedisSentinels(const RedisOptions& options) : master_(options.master) {
  options_.timeout = std::min(options.timeout, kPatience);
  for (const std::string& address : options.sentinels) {
    sentinels_.push_back({address, std::nullopt, absl::InfinitePast()});
  }
}

absl::StatusOr<std::string> RedisSentinels::Ask(Sentinel& sentinel) const {
  if (!sentinel.line.has_value()) {
    ASSIGN_OR_RETURN(sentinel.line, RedisConnection::Open(sentinel.address, options_));
  }
  ASSIGN_OR_RETURN(const std::vector<RedisAnswer> answers,
                   sentinel.line->Commands({{"SENTINEL", "GET-MASTER-ADDR-BY-NAME", master_}}));
  RETURN_IF_ERROR(answers[0].status());
  const std::vector<RedisAnswer>& address = answers[0].list;
  if (address.size() != 2) {
    return absl::NotFoundError(absl::StrCat("sentinels know of no ", master_));
  }
  return absl::StrCat(address[0].text, ":", address[1].text);
}

absl::StatusOr<std::string> RedisSentinels::FindMaster() {
  absl::Status why = absl::UnavailableError("no sentinel answers");
  std::map<std::string, int> votes;
  for (Sentinel& sentinel : sentinels_) {
    if (absl::Now() < sentinel.not_before) continue;
    absl::StatusOr<std::string> address = Ask(sentinel);
    if (address.ok()) {
      ++votes[*address];
      continue;
    }
    why = address.status();
    sentinel.line = std::nullopt;
    if (absl::IsUnavailable(why)) sentinel.not_before = absl::Now() + kRest;
  }
  if (votes.empty()) return absl::UnavailableError(why.message());
  return std::max_element(votes.begin(), votes.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

}  // namespace thidua::scoring
