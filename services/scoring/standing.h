// Everything that can be said of one bloc and period at one version, computed once: the unit of
// computation, of reading and of publishing. Immutable; safe to read from any thread.
#ifndef THIDUA_SERVICES_SCORING_STANDING_H_
#define THIDUA_SERVICES_SCORING_STANDING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/domain/pact.h"
#include "services/domain/ranking.h"
#include "services/domain/result.h"
#include "services/domain/scoring.h"
#include "services/scoring/store.h"
#include "thidua/scoring/v1/ranking.pb.h"

namespace thidua::scoring {

struct Standing {
  ReceivedPeriod received;
  domain::Pact pact;
  const domain::Period* period = nullptr;  // Of `pact`.
  std::vector<domain::Result> results;
  std::vector<domain::AssessedPoints> assessed;  // Of all points by layer, those that count.
  // In the pact's order; refers to `pact`, `results` and `assessed`.
  std::vector<domain::UnitScore> scores;
  std::vector<domain::Place> places;  // Best first; refers to `scores`.
  v1::Ranking ranking;
  // The messages behind the domain's targets and results.
  absl::flat_hash_map<const domain::Target*, const registry::v1::Target*> target_messages;
  absl::flat_hash_map<const domain::Result*, const results::v1::Result*> result_messages;

  Standing() = default;
  Standing(const Standing&) = delete;  // It refers to itself.
  Standing& operator=(const Standing&) = delete;
};

// INVALID_ARGUMENT or DATA_LOSS when the inputs are not what results-ingest sends.
absl::StatusOr<std::shared_ptr<const Standing>> ComputeStanding(ReceivedPeriod received,
                                                                absl::Time now);

// Compares as text: a greater one is newer. Names the inputs and the engine, so that every replica
// gives the same ranking the same name.
std::string RevisionOf(const ReceivedPeriod& received);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_STANDING_H_
