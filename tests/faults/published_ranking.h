// Whether what stands in Redis of a ranking is what docs/integration/redis.md promises. Pure.
#ifndef THIDUA_TESTS_FAULTS_PUBLISHED_RANKING_H_
#define THIDUA_TESTS_FAULTS_PUBLISHED_RANKING_H_

#include <map>
#include <string>

#include "thidua/scoring/v1/ranking.pb.h"

namespace thidua::tests {

// Of a ranking's hash, all that there are: names and values.
using PublishedFields = std::map<std::string, std::string>;

// What of them is not as promised, or not of one ranking of that period; empty: they are all right,
// and `ranking` is the one they tell of. Fields that nobody knows are passed over.
std::string PublishedWrong(const std::string& period, const PublishedFields& fields,
                           scoring::v1::Ranking& ranking);

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FAULTS_PUBLISHED_RANKING_H_
