// What is supposed over a period's data: read, checked as if it were meant, and put in.
#ifndef THIDUA_SERVICES_SCORING_OVERLAY_H_
#define THIDUA_SERVICES_SCORING_OVERLAY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "services/domain/fault.h"
#include "services/scoring/standing.h"
#include "thidua/scoring/v1/simulation.pb.h"

namespace thidua::scoring {

struct Supposed {
  ReceivedPeriod received;              // As results-ingest would send it.
  std::vector<domain::Fault> warnings;  // What somebody would have to look at.
};

// Faults as the contract says, all of a kind at once; paths within the overlay:
// "results[2].actual".
absl::StatusOr<Supposed> Suppose(const Standing& present, const v1::RankingOverlay& overlay);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_OVERLAY_H_
