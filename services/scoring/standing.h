// Everything that can be said of one bloc and period at one version, computed once: the unit of
// computation, of reading and of publishing. While a final stands it has the final's ranking, as it
// was stored. Immutable; safe to read from any thread.
#ifndef THIDUA_SERVICES_SCORING_STANDING_H_
#define THIDUA_SERVICES_SCORING_STANDING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/domain/assessment.h"
#include "services/domain/pact.h"
#include "services/domain/ranking.h"
#include "services/domain/result.h"
#include "services/domain/scoring.h"
#include "services/scoring/final.h"
#include "services/scoring/store.h"
#include "thidua/scoring/v1/ranking.pb.h"

namespace thidua::scoring {

// How often the period's ranking was made final or revoked, and the final that stands, if any.
struct PeriodFinality {
  int64_t number = 0;
  std::shared_ptr<const Final> official;
  std::string store_id =
      {};  // Of scoring ("scoring:…"), which counts the number; Stage fills it in.
};

struct Standing {
  ReceivedPeriod received;
  PeriodFinality finality;
  domain::Pact pact;
  // Of `pact`. Null: what was received cannot be computed, and there is only the final.
  const domain::Period* period = nullptr;
  std::vector<domain::Result> results;
  // All points by layer, in the order of the inputs; those that count are next.
  std::vector<domain::Assessment> assessments;
  std::vector<domain::AssessedPoints> assessed;  // Of all points by layer, those that count.
  std::optional<domain::PeriodScore> scored;     // Refers to `pact`, `results` and `assessed`.
  std::vector<domain::Place> places;             // Best first; refers to `scored`.
  v1::Ranking ranking;                           // The final's, while one stands.
  // The messages behind the domain's targets and results.
  absl::flat_hash_map<const domain::Target*, const registry::v1::Target*> target_messages;
  absl::flat_hash_map<const domain::Result*, const results::v1::Result*> result_messages;

  // Fills what follows from the pact, the results and the assessments.
  void Compute();

  Standing() = default;
  Standing(const Standing&) = delete;  // It refers to itself.
  Standing& operator=(const Standing&) = delete;
};

// INVALID_ARGUMENT or DATA_LOSS when the inputs are not what results-ingest sends.
absl::StatusOr<std::shared_ptr<const Standing>> ComputeStanding(ReceivedPeriod received,
                                                                absl::Time now,
                                                                PeriodFinality finality = {});

// The same where a final stands, as it is to be shown: inputs that cannot be computed do not keep
// the final from being shown. On an error `received` is left as it was.
absl::StatusOr<std::shared_ptr<const Standing>> ComputeShown(ReceivedPeriod&& received,
                                                             absl::Time now,
                                                             PeriodFinality finality);

// Compares as text: a greater one is newer. Names the inputs, the engine and the finality, so that
// every replica gives the same ranking the same name.
std::string RevisionOf(const ReceivedPeriod& received, int64_t finality = 0);

// What a revision names; nothing when it is not one.
struct Revision {
  int64_t finality = 0;
  int64_t store_epoch_ms = 0;
  int64_t version = 0;  // The period's.
  int64_t engine = 0;
  friend bool operator==(const Revision&, const Revision&) = default;
};
std::optional<Revision> ReadRevision(absl::string_view revision);
// A revision with 0 for each of its digits.
inline constexpr char kRevisionShape[] = "0000-000000000000000-000000000000-0000";

// Whether anybody has a place in it.
inline bool RanksAnybody(const v1::Ranking& ranking) {
  return ranking.rows_size() > 0 && ranking.rows(0).rank() > 0;
}

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_STANDING_H_
