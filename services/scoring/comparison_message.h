// Two standings as what moved between them.
#ifndef THIDUA_SERVICES_SCORING_COMPARISON_MESSAGE_H_
#define THIDUA_SERVICES_SCORING_COMPARISON_MESSAGE_H_

#include <string>

#include "services/domain/comparison.h"
#include "services/scoring/standing.h"
#include "thidua/scoring/v1/comparison.pb.h"

namespace thidua::scoring {

// A side of it: a standing that was computed, and which final it is, if any.
struct ComparedSide {
  const Standing& standing;
  std::string revision;
};

// `same_period`: whether a greater revision corrects a smaller one.
v1::RankingComparison ComparisonMessage(const ComparedSide& before, const ComparedSide& after,
                                        bool same_period);

// Where a unit stands.
v1::ComparedPlace PlaceMessage(const domain::UnitPlace& place);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_COMPARISON_MESSAGE_H_
