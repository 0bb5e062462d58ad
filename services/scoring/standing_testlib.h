// A standing of any pact of the domain, without messages on the way. For tests.
#ifndef THIDUA_SERVICES_SCORING_STANDING_TESTLIB_H_
#define THIDUA_SERVICES_SCORING_STANDING_TESTLIB_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/scoring_plan.h"
#include "services/messages/resource_names.h"
#include "services/scoring/explanation.h"
#include "services/scoring/ranking_message.h"
#include "services/scoring/standing.h"

namespace thidua::scoring {

// The n-th result has the revision that it says, the n-th assessment the revision n + 1.
inline std::shared_ptr<const Standing> StandingOf(domain::Pact pact,
                                                  std::vector<domain::Result> results,
                                                  std::vector<domain::Assessment> given) {
  auto standing = std::make_shared<Standing>();
  standing->pact = std::move(pact);
  standing->results = std::move(results);
  standing->assessments = std::move(given);
  results::v1::PeriodInputs& inputs = standing->received.inputs;
  inputs.set_name("blocs/khoi/pacts/2025/periods/nam");
  for (size_t i = 0; i < standing->assessments.size(); ++i) {
    inputs.add_assessments()->set_revision(static_cast<int64_t>(i) + 1);
  }
  for (const domain::Target& target : standing->pact.targets) {
    registry::v1::Target& message = *inputs.mutable_pact()->add_targets();
    message.set_name(absl::StrCat("blocs/khoi/pacts/2025/targets/", target.id));
    message.set_display_name(target.name);
  }
  for (const domain::Result& result : standing->results) {
    inputs.add_results()->set_revision(result.revision);
  }
  for (size_t i = 0; i < standing->pact.targets.size(); ++i) {
    standing->target_messages[&standing->pact.targets[i]] =
        &inputs.pact().targets(static_cast<int>(i));
  }
  for (size_t i = 0; i < standing->results.size(); ++i) {
    standing->result_messages[&standing->results[i]] = &inputs.results(static_cast<int>(i));
  }
  if (standing->pact.periods.empty()) standing->pact.periods.emplace_back();
  standing->period = &standing->pact.periods[0];
  standing->Compute();
  return standing;
}

// Where a criterion stands for a unit. Both are there.
inline Spot SpotOf(const domain::PeriodScore& scored, absl::string_view criterion,
                   absl::string_view unit) {
  Spot spot{&scored.sheet(), scored.sheet().plan->Find(criterion), 0};
  while (spot.figures().members[spot.unit]->unit != unit) ++spot.unit;
  return spot;
}

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_STANDING_TESTLIB_H_
