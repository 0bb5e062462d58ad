#include "services/platform/freshness.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"

namespace thidua::platform {
namespace {

// Left of the deadline for the answer's way back.
constexpr absl::Duration kAnswerMargin = absl::Milliseconds(50);
// How often a waiting call looks again though the feed stands: another process may have committed,
// and its caller may have gone.
constexpr absl::Duration kLookAgainEvery = absl::Milliseconds(500);

}  // namespace

std::string FreshnessToken(absl::string_view store_id,
                           const std::map<std::string, int64_t>& versions, int64_t store_epoch_ms) {
  type::v1::FreshnessVector vector;
  for (const auto& [resource, version] : versions) {
    if (vector.entries_size() == kFreshnessEntriesMax) break;
    auto* entry = vector.add_entries();
    entry->set_store_id(std::string(store_id));
    entry->set_resource(resource);
    entry->set_version(version);
    entry->set_store_epoch_ms(store_epoch_ms);
  }
  return FreshnessToken(vector);
}

std::string FreshnessToken(const type::v1::FreshnessVector& vector) {
  return absl::WebSafeBase64Escape(vector.SerializeAsString());
}

std::string FreshnessToken(absl::string_view store_id, absl::string_view resource, int64_t version,
                           int64_t store_epoch_ms) {
  return FreshnessToken(store_id, {{std::string(resource), version}}, store_epoch_ms);
}

absl::StatusOr<type::v1::FreshnessVector> ReadFreshnessToken(absl::string_view token) {
  type::v1::FreshnessVector vector;
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(token, &bytes) || !vector.ParseFromString(bytes) ||
      vector.entries_size() > kFreshnessEntriesMax) {
    return domain::Fault{
        "freshness_token", "FRESHNESS_TOKEN_INVALID",
        "Mã thời điểm dữ liệu (freshness_token) không đúng; vui lòng dùng nguyên văn "
        "mã mà hệ thống đã trả lời."}
        .ToStatus();
  }
  return vector;
}

absl::Status AwaitSight(ChangeFeed& feed, const Call& call,
                        absl::FunctionRef<absl::StatusOr<Sight>()> look) {
  const absl::Time until =
      std::min(call.deadline() - kAnswerMargin, absl::Now() + kFreshnessPatience);
  while (true) {
    const int64_t sequence = feed.sequence();  // Before looking: what comes after it wakes us.
    const absl::StatusOr<Sight> sight = look();
    if (!sight.ok()) return sight.status();
    if (*sight == Sight::kSeen) return absl::OkStatus();
    const absl::Time now = absl::Now();
    if (now >= until && *sight == Sight::kOtherStore) {
      return Refusal(absl::StatusCode::kFailedPrecondition, "", "FRESHNESS_OTHER_STORE",
                     "Mã thời điểm dữ liệu thuộc về một kho dữ liệu khác.");
    }
    if (now >= until || feed.closed() || call.cancelled()) {
      return Refusal(
          absl::StatusCode::kUnavailable, "", "FRESHNESS_NOT_REACHED",
          "Dữ liệu mới nhất chưa kịp về đến dịch vụ này; vui lòng thử lại sau giây lát.");
    }
    feed.AwaitBeyond(sequence, std::min(until, now + kLookAgainEvery));
  }
}

absl::Status AwaitFreshness(
    absl::string_view token, ChangeFeed& feed, const Call& call,
    absl::FunctionRef<absl::StatusOr<Sight>(const type::v1::FreshnessVector::Entry&)> look) {
  if (token.empty()) return absl::OkStatus();
  const absl::StatusOr<type::v1::FreshnessVector> vector = ReadFreshnessToken(token);
  if (!vector.ok()) return vector.status();
  return AwaitSight(feed, call, [&]() -> absl::StatusOr<Sight> {
    Sight all = Sight::kSeen;
    for (const auto& entry : vector->entries()) {
      const absl::StatusOr<Sight> sight = look(entry);
      if (!sight.ok() || *sight == Sight::kOtherStore) return sight;
      if (*sight == Sight::kNotYet) all = Sight::kNotYet;
    }
    return all;
  });
}

}  // namespace thidua::platform
