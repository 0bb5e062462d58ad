#include "services/scoring/ranking_hash.h"

#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "services/messages/instant.h"
#include "services/messages/resource_names.h"
#include "services/platform/digest.h"
#include "services/scoring/standing.h"

namespace thidua::scoring {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr const char* kFields[] = {"revision", "etag",     "state", "computed_at",    "data_as_of",
                                   "sha256",   "protobuf", "json",  "freshness_token"};

std::string StateText(v1::Ranking::State state) {
  return state == v1::Ranking::STATE_FINAL ? "FINAL" : "PROVISIONAL";
}

// ISO 8601, UTC, to the millisecond.
std::string PrintInstant(const google::protobuf::Timestamp& instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", messages::ReadInstant(instant),
                          absl::UTCTimeZone());
}

std::string JsonOf(const v1::Ranking& ranking) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;  // A zero is a value, and is shown.
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(ranking, &json, options).ok()) json = "{}";
  return json;
}

// Changes exactly when the content does: not with when, or how often, it was computed.
std::string EtagOf(v1::Ranking ranking) {
  ranking.clear_compute_time();
  ranking.clear_revision();
  return platform::Sha256Hex(platform::DeterministicBytes(ranking)).substr(0, 32);
}

const std::string& FieldIn(const RankingFields& fields, absl::string_view name) {
  static const std::string kNone;
  const auto found = fields.find(name);
  return found == fields.end() ? kNone : found->second;
}

bool SaysTheSame(const std::string& json, const v1::Ranking& ranking) {
  if (json == JsonOf(ranking)) return true;
  // Another version of ours may lay it out otherwise, or know more.
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  v1::Ranking told;
  return google::protobuf::util::JsonStringToMessage(json, &told, options).ok() &&
         MessageDifferencer::Equals(told, ranking);
}

// The ranking in fields of which each fits the others; false when they do not.
bool ReadWhole(const RankingFields& fields, absl::string_view period, v1::Ranking& ranking) {
  const std::string& bytes = FieldIn(fields, "protobuf");
  if (FieldIn(fields, "sha256") != platform::Sha256Hex(bytes) || !ranking.ParseFromString(bytes)) {
    return false;
  }
  ranking.DiscardUnknownFields();
  return ranking.name() == absl::StrCat(period, "/ranking") &&
         ranking.revision() == FieldIn(fields, "revision") &&
         FieldIn(fields, "state") == StateText(ranking.state()) &&
         FieldIn(fields, "computed_at") == PrintInstant(ranking.compute_time()) &&
         FieldIn(fields, "data_as_of") == PrintInstant(ranking.data_time()) &&
         !FieldIn(fields, "etag").empty() && SaysTheSame(FieldIn(fields, "json"), ranking);
}

}  // namespace

std::string RankingKey(absl::string_view period) {
  const absl::StatusOr<messages::PeriodName> name = messages::ReadPeriodName("", period);
  if (!name.ok()) return "";
  return absl::StrCat(kRankingKeyPrefix, "{", name->pact.bloc, "/", name->pact.year,
                      "}:", name->period);
}

std::string PeriodOfKey(absl::string_view key) {
  if (!absl::ConsumePrefix(&key, kRankingKeyPrefix) || !absl::ConsumePrefix(&key, "{")) return "";
  const std::vector<absl::string_view> pact_and_period = absl::StrSplit(key, "}:");
  if (pact_and_period.size() != 2) return "";
  const std::vector<absl::string_view> pact = absl::StrSplit(pact_and_period[0], '/');
  if (pact.size() != 2) return "";
  std::string period =
      absl::StrCat("blocs/", pact[0], "/pacts/", pact[1], "/periods/", pact_and_period[1]);
  return messages::ReadPeriodName("", period).ok() ? period : "";
}

RankingFields FieldsOf(const v1::GetRankingResponse& reply) {
  const v1::Ranking& ranking = reply.ranking();
  const std::string bytes = platform::DeterministicBytes(ranking);
  return {{"revision", ranking.revision()},
          {"etag", EtagOf(ranking)},
          {"state", StateText(ranking.state())},
          {"computed_at", PrintInstant(ranking.compute_time())},
          {"data_as_of", PrintInstant(ranking.data_time())},
          {"sha256", platform::Sha256Hex(bytes)},
          {"protobuf", bytes},
          {"json", JsonOf(ranking)},
          {"freshness_token", reply.freshness_token()}};
}

std::string DigestOf(const RankingFields& fields) {
  std::string all;
  for (const char* name : kFields) {
    const auto found = fields.find(name);
    // One that is missing is not one that is empty.
    if (found == fields.end()) continue;
    absl::StrAppend(&all, name, ":", found->second.size(), ":", found->second, ";");
  }
  return platform::Sha256Hex(all);
}

Found Judge(const RankingFields& found, absl::string_view period,
            const v1::GetRankingResponse& reply) {
  const v1::Ranking& ours = reply.ranking();
  const Found by_revision = Judge(found, period, ours.revision());
  const std::string& revision = FieldIn(found, "revision");
  if (by_revision != Found::kOlder || revision != ours.revision()) return by_revision;
  v1::Ranking theirs;
  if (!ReadWhole(found, period, theirs)) return Found::kWrong;
  const bool token_there = found.contains("freshness_token");
  v1::Ranking ours_then = ours;
  *ours_then.mutable_compute_time() = theirs.compute_time();
  return token_there && FieldIn(found, "freshness_token") == reply.freshness_token() &&
                 FieldIn(found, "etag") == EtagOf(ours) &&
                 MessageDifferencer::Equals(theirs, ours_then)
             ? Found::kSame
             : Found::kWrong;
}

Found Judge(const RankingFields& found, absl::string_view period, absl::string_view revision) {
  const std::string& known = FieldIn(found, "revision");
  if (!ReadRevision(known).has_value()) return Found::kWrong;
  if (known <= revision) return Found::kOlder;
  v1::Ranking theirs;
  return ReadWhole(found, period, theirs) ? Found::kNewer : Found::kWrong;
}

}  // namespace thidua::scoring
