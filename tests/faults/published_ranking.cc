#include "tests/faults/published_ranking.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <cstdint>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/platform/digest.h"
#include "services/platform/freshness.h"
#include "tests/faults/revision.h"

namespace thidua::tests {
namespace {

using scoring::v1::Ranking;

constexpr const char* kFields[] = {"revision", "etag",     "state", "computed_at",    "data_as_of",
                                   "sha256",   "protobuf", "json",  "freshness_token"};

// ISO 8601, UTC.
std::string Printed(const google::protobuf::Timestamp& instant) {
  return absl::FormatTime(
      "%Y-%m-%dT%H:%M:%E3SZ",
      absl::FromUnixSeconds(instant.seconds()) + absl::Nanoseconds(instant.nanos()),
      absl::UTCTimeZone());
}

// What the token asks for is to be what the ranking is of: the period's data and the pact's at its
// versions, and how often it was made final or revoked, if ever. A final stands through every life
// of the stores, so that of it no epoch is told.
std::string TokenWrong(const std::string& token, const std::string& period, const Ranking& ranking,
                       const Revision& revision) {
  if (token.empty()) return "freshness_token is empty";
  const auto vector = platform::ReadFreshnessToken(token);
  if (!vector.ok()) return "unreadable freshness_token";
  using Entry = std::tuple<std::string, int64_t, int64_t>;
  std::multiset<Entry> asked;
  for (const auto& entry : vector->entries()) {
    if (entry.store_id().empty()) return "freshness_token is of no store";
    asked.emplace(entry.resource(), entry.version(), entry.store_epoch_ms());
  }
  const int64_t epoch_ms = ranking.state() == Ranking::STATE_FINAL ? 0 : revision.epoch_ms;
  std::multiset<Entry> told = {
      {period, ranking.period_version(), epoch_ms},
      {period.substr(0, period.rfind("/periods/")), ranking.pact_version(), 0}};
  if (revision.finality > 0) told.emplace(ranking.name(), revision.finality, 0);
  return asked == told ? "" : "freshness_token is another's";
}

}  // namespace

std::string PublishedWrong(const std::string& period, const PublishedFields& fields,
                           Ranking& ranking) {
  for (const char* const name : kFields) {
    if (fields.count(name) == 0) return absl::StrCat("no ", name);
  }
  const std::string& bytes = fields.at("protobuf");
  if (!ranking.ParseFromString(bytes)) return "unreadable protobuf";
  if (ranking.name() != absl::StrCat(period, "/ranking")) return "it is another period's";
  Ranking from_json;
  if (!google::protobuf::util::JsonStringToMessage(fields.at("json"), &from_json).ok()) {
    return "unreadable json";
  }
  if (!google::protobuf::util::MessageDifferencer::Equals(from_json, ranking)) {
    return "json is another ranking than protobuf";
  }
  if (fields.at("sha256") != platform::Sha256Hex(bytes)) return "sha256 is of other bytes";
  if (fields.at("revision") != ranking.revision()) return "revision is another's";
  const std::optional<Revision> revision = ReadRevision(ranking.revision());
  if (!revision.has_value()) return "unreadable revision";
  const bool is_final = ranking.state() == Ranking::STATE_FINAL;
  if (fields.at("state") != (is_final ? "FINAL" : "PROVISIONAL")) return "state is another's";
  if (fields.at("etag").empty()) return "etag is empty";
  if (fields.at("computed_at") != Printed(ranking.compute_time())) {
    return "computed_at is another's";
  }
  if (fields.at("data_as_of") != Printed(ranking.data_time())) return "data_as_of is another's";
  return TokenWrong(fields.at("freshness_token"), period, ranking, *revision);
}

}  // namespace thidua::tests
