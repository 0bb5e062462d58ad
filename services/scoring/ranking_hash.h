// The hash by which one ranking stands in Redis (docs/integration/redis.md): how it is written, and
// whether what is found there is right. Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_SCORING_RANKING_HASH_H_
#define THIDUA_SERVICES_SCORING_RANKING_HASH_H_

#include <string>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::scoring {

inline constexpr char kRankingKeyPrefix[] = "thidua:pub:v1:ranking:";

// "thidua:pub:v1:ranking:{<bloc>/<year>}:<period>" of "blocs/…/pacts/…/periods/…"; "" of what is no
// period's name. And back; "" of what is no such key.
std::string RankingKey(absl::string_view period);
std::string PeriodOfKey(absl::string_view key);

using RankingFields = absl::btree_map<std::string, std::string>;

RankingFields FieldsOf(const v1::GetRankingResponse& reply);
// Tells any two contents apart; of fields that are not ours it takes no notice.
std::string DigestOf(const RankingFields& fields);

enum class Found {
  kSame,   // This very ranking, though perhaps computed at another time, by a sibling.
  kNewer,  // A whole one of a newer revision.
  kOlder,  // Something of an older revision.
  kWrong,  // Anything else: nothing, garbage, or not what it says it is.
};
// What is found where the reply's ranking of that period should be.
Found Judge(const RankingFields& found, absl::string_view period,
            const v1::GetRankingResponse& reply);
// The same where there should be nothing that is not newer than the revision: never kSame.
Found Judge(const RankingFields& found, absl::string_view period, absl::string_view revision);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_RANKING_HASH_H_
