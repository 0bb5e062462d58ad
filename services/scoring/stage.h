// What is shown of each period: what results-ingest sent last and the final that stands, put
// together, put on the board and handed to be published. Each change is stored first and shown
// then, one at a time, so that nothing older follows something newer. Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_STAGE_H_
#define THIDUA_SERVICES_SCORING_STAGE_H_

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/scoring/board.h"
#include "services/scoring/finality_store.h"
#include "services/scoring/publisher.h"
#include "services/scoring/standing.h"
#include "services/scoring/standing_cache.h"
#include "services/storage/database.h"

namespace thidua::scoring {

// Whether `a` is an earlier state of the period than `b`, told by the same store.
bool IsOlder(const ReceivedPeriod& a, const ReceivedPeriod& b);

// Computes the standings that a board does not keep from what a stage stored there.
StandingCache::Load StandingsIn(storage::Database& database);

class Stage {
 public:
  Stage(storage::Database& database, Board& board, Publisher& publisher)
      : database_(database), board_(board), publisher_(publisher) {}

  // Shows what was kept before this process started.
  absl::Status Recall();

  // Keeps and shows what results-ingest sent. What is known already, or is older, is passed over:
  // it is sent again after a broken line or a restart.
  absl::Status Arrive(const ReceivedPeriod& received);
  // Takes away what results-ingest no longer has; a final that stands stays.
  absl::Status Leave(const std::string& period);

  // What a change of finality leaves of a period.
  struct Change {
    PeriodFinality finality;
    std::optional<ReceivedPeriod> received;  // Nothing: as it was.
  };
  // Runs `make`, which stores the change, and shows what it answers; nothing when it answers
  // nothing. `known`: what was received of the period; may be null.
  absl::Status Apply(
      const std::string& period,
      absl::FunctionRef<absl::StatusOr<std::optional<Change>>(const ReceivedPeriod* known)> make);
  // Shows again what is stored of the period's finality: when it is not sure what was stored.
  absl::Status RecallFinality(const std::string& period);

 private:
  // Puts it together, on the board, and hands it to be published. `damage`: of a final that stands,
  // and is not what was stored.
  // One thread at a time for each period.
  void Show(ReceivedPeriod received, PeriodFinality finality, const absl::Status& damage = {});
  // As it is stored.
  absl::Status ShowStored(const std::string& period);

  storage::Database& database_;
  Board& board_;
  Publisher& publisher_;
  absl::Mutex mutex_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_STAGE_H_
