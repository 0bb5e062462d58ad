// What is shown of each period: what results-ingest sent last and the final that stands, put
// together, put on the board and handed to be published, one at a time, so that nothing older
// follows something newer. Finals are stored first and shown then; what results-ingest sent is
// shown at once (received_periods.h). Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_STAGE_H_
#define THIDUA_SERVICES_SCORING_STAGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/metrics.h"
#include "services/scoring/board.h"
#include "services/scoring/finality_store.h"
#include "services/scoring/publisher.h"
#include "services/scoring/received_periods.h"
#include "services/scoring/standing.h"
#include "services/scoring/standing_cache.h"
#include "services/storage/database.h"

namespace thidua::scoring {

// Whether `a` is an earlier state of the period than `b`, told by the same store.
bool IsOlder(const ReceivedPeriod& a, const ReceivedPeriod& b);

struct StoredFinality;

// Computes the standings that a board does not keep from what was received and what a stage stored.
StandingCache::Load StandingsIn(storage::Database& database, const ReceivedPeriods& received);

class Stage {
 public:
  Stage(storage::Database& database, ReceivedPeriods& received, Board& board, Publisher& publisher);

  // Shows what was kept before this process started; before anything else is.
  absl::Status Recall();
  // The store's sequence up to which that was; 0 before.
  int64_t recalled_sequence() const { return recalled_sequence_; }

  // Shows and keeps what results-ingest sent. What is known already, or is older, is passed over:
  // it is sent again after a broken line or a restart. What cannot be shown while the database is
  // away is shown by RecallFinals.
  absl::Status Arrive(ReceivedPeriod received);
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
  // Shows what is stored of the period's finality, where that is not what is shown: when it is not
  // sure what was stored, or another process may have stored it.
  absl::Status RecallFinality(const std::string& period);
  // The same of many, and of those that failed before; what fails is tried again the next time.
  absl::Status RecallFinals(const std::vector<std::string>& periods);

 private:
  // Puts it together, on the board, and hands it to be published. One thread at a time for each
  // period. Answers what was received, which what is shown keeps.
  std::shared_ptr<const ReceivedPeriod> Show(ReceivedPeriod received, StoredFinality stored);
  // As it was received last, with the finality that is stored.
  absl::Status ShowStored(const std::string& period);
  // Of a period that is to be shown with something newly received.
  absl::StatusOr<StoredFinality> FinalityFor(const std::string& period);

  prometheus::Histogram& compute_seconds_ = platform::SecondsOf(
      "thidua_ranking_compute_seconds", "How long it took to score and rank a bloc's period.");
  prometheus::Gauge& overdue_gauge_ = platform::GaugeOf(
      "thidua_rankings_overdue", "Rankings shown as they were, until the database is back.");

  storage::Database& database_;
  ReceivedPeriods& received_;
  Board& board_;
  Publisher& publisher_;
  int64_t recalled_sequence_ = 0;
  absl::Mutex mutex_;
  // To be shown as they are stored, once that can be read.
  absl::flat_hash_set<std::string> overdue_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_STAGE_H_
