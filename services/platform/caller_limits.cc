#include "services/platform/caller_limits.h"

#include <arpa/inet.h>

#include <algorithm>
#include <chrono>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "services/platform/errors.h"

namespace thidua::platform {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;
constexpr size_t kKeptWithoutALook = 64;
// When something that is under way has to end first: nobody knows when it will.
constexpr absl::Duration kUntilOneEnds = absl::Seconds(1);

int64_t SystemClock() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int64_t Interval(const Rate& rate) {
  return static_cast<int64_t>(kNanosecondsPerSecond / rate.per_second);
}

absl::Status TooMany(absl::string_view reason, absl::string_view sentence, absl::Duration delay) {
  return AskAgainAfter(delay, Refusal(absl::StatusCode::kResourceExhausted, "", reason, sentence));
}

}  // namespace

std::string AddressOfPeer(absl::string_view peer) {
  absl::string_view host = peer.substr(0, peer.rfind(':'));
  if (absl::ConsumePrefix(&host, "ipv4:")) return std::string(host);
  if (!absl::ConsumePrefix(&host, "ipv6:")) return std::string(peer);  // Of a socket's file.
  std::string text = absl::StrReplaceAll(host, {{"%5B", ""}, {"%5D", ""}, {"[", ""}, {"]", ""}});
  text.resize(std::min(text.size(), text.find('%')));  // The interface of a link's own address.
  in6_addr address = {};
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1) return text;
  if (IN6_IS_ADDR_V4MAPPED(&address)) return text.substr(text.rfind(':') + 1);
  std::fill(std::begin(address.s6_addr) + 8, std::end(address.s6_addr), uint8_t{0});
  char network[INET6_ADDRSTRLEN] = {};
  inet_ntop(AF_INET6, &address, network, sizeof network);
  return absl::StrCat(network, "/64");
}

CallerLimits::Hold& CallerLimits::Hold::operator=(Hold&& other) noexcept {
  if (this == &other) return *this;
  GiveBack();
  shard_ = std::exchange(other.shard_, nullptr);
  taken_ = other.taken_;
  kind_ = other.kind_;
  return *this;
}

void CallerLimits::Hold::GiveBack() {
  if (shard_ == nullptr) return;
  const absl::MutexLock lock(&shard_->mutex);
  --taken_->under_way[kind_];
}

CallerLimits::CallerLimits(const CallerLimitsConfig& config, std::function<int64_t()> clock)
    : config_(config), clock_(clock != nullptr ? std::move(clock) : SystemClock) {}

CallerLimits::~CallerLimits() = default;

CallerLimits::Shard& CallerLimits::ShardOf(absl::string_view key) {
  return callers_[absl::HashOf(key) % kShards];
}

CallerLimits::Taken& CallerLimits::TakenOf(absl::string_view key, int64_t now, Shard& shard) {
  const auto found = shard.taken.find(key);
  if (found != shard.taken.end()) return *found->second;
  if (shard.taken.size() >= shard.look_through_at) {
    // Who is at rest and holds nothing is as one who never called.
    absl::erase_if(shard.taken, [now](const auto& kept) {
      const Taken& taken = *kept.second;
      return taken.rested_at <= now &&
             std::all_of(std::begin(taken.under_way), std::end(taken.under_way),
                         [](int under_way) { return under_way == 0; });
    });
    shard.look_through_at = std::max(kKeptWithoutALook, 2 * shard.taken.size());
  }
  return *shard.taken.emplace(key, std::make_unique<Taken>()).first->second;
}

int64_t CallerLimits::TakeOne(const Rate& rate, int64_t now, Taken& taken) {
  if (rate.per_second <= 0) return 0;
  const int64_t next = std::max(taken.rested_at, now) + Interval(rate);
  const int64_t too_far = next - now - rate.at_once * Interval(rate);
  if (too_far > 0) return too_far;
  taken.rested_at = next;
  return 0;
}

absl::StatusOr<CallerLimits::Hold> CallerLimits::Enter(absl::string_view caller, Kind kind) {
  const int64_t now = clock_();
  Shard& shard = ShardOf(caller);
  const absl::MutexLock lock(&shard.mutex);
  Taken& taken = TakenOf(caller, now, shard);
  if (const int64_t wait = TakeOne(config_.calls, now, taken); wait > 0) {
    return TooMany("TOO_MANY_CALLS",
                   "Tài khoản này gửi yêu cầu quá dày; vui lòng chờ giây lát rồi thử lại.",
                   absl::Nanoseconds(wait));
  }
  if (kind == kCall && taken.under_way[kCall] >= config_.calls_at_a_time) {
    return TooMany("TOO_MANY_CALLS",
                   "Tài khoản này có quá nhiều yêu cầu đang xử lý cùng lúc; vui lòng chờ giây lát "
                   "rồi thử lại.",
                   kUntilOneEnds);
  }
  if (kind == kUpload && taken.under_way[kUpload] >= config_.uploads_at_a_time) {
    return TooMany("TOO_MANY_UPLOADS",
                   "Tài khoản này đang gửi quá nhiều tệp cùng lúc; vui lòng chờ một tệp gửi xong "
                   "rồi thử lại.",
                   kUntilOneEnds);
  }
  if (kind == kStream && taken.under_way[kStream] >= config_.streams_at_a_time) {
    return TooMany("TOO_MANY_STREAMS",
                   "Tài khoản này đang mở quá nhiều luồng theo dõi; vui lòng đóng bớt rồi thử lại.",
                   kUntilOneEnds);
  }
  ++taken.under_way[kind];
  return Hold(shard, taken, kind);
}

absl::Status CallerLimits::CheckCredentials(const std::function<std::string()>& address) {
  const int64_t now = clock_();
  if (deaf_until_.load(std::memory_order_relaxed) <= now) return absl::OkStatus();
  const absl::MutexLock lock(&addresses_.mutex);
  const auto found = addresses_.taken.find(address());
  if (found == addresses_.taken.end()) return absl::OkStatus();
  Taken as_if = *found->second;
  const int64_t wait = TakeOne(config_.refusals, now, as_if);
  if (wait == 0) return absl::OkStatus();
  return TooMany(
      "TOO_MANY_REFUSALS",
      "Từ địa chỉ này có quá nhiều lần đăng nhập không hợp lệ; vui lòng chờ giây lát rồi "
      "thử lại.",
      absl::Nanoseconds(wait));
}

void CallerLimits::CountRefusal(absl::string_view address) {
  if (config_.refusals.per_second <= 0) return;
  const int64_t now = clock_();
  const absl::MutexLock lock(&addresses_.mutex);
  Taken& taken = TakenOf(address, now, addresses_);
  TakeOne(config_.refusals, now, taken);
  Taken as_if = taken;
  if (const int64_t wait = TakeOne(config_.refusals, now, as_if); wait > 0) {
    deaf_until_.store(std::max(deaf_until_.load(std::memory_order_relaxed), now + wait),
                      std::memory_order_relaxed);
  }
}

size_t CallerLimits::kept() const {
  size_t kept = 0;
  const auto count = [&kept](const Shard& shard) {
    const absl::MutexLock lock(&shard.mutex);
    kept += shard.taken.size();
  };
  for (const Shard& shard : callers_) count(shard);
  count(addresses_);
  return kept;
}

}  // namespace thidua::platform
