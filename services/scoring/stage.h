// What is shown of each period: what results-ingest sent last and the final that stands, put
// together, put on the board and handed to be published, one at a time, so that nothing older
// follows something newer.
//
// Finals are stored first and shown then. What results-ingest sent is shown at once and stored by a
// thread of the stage's own, many periods in one commit, the newest of each: results-ingest has it
// and sends it again, and it is stored only so that a restart without results-ingest still answers.
// The same thread looks for finals that another process on this database made or revoked
// (docs/decisions/0031). Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_STAGE_H_
#define THIDUA_SERVICES_SCORING_STAGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/scoring/board.h"
#include "services/scoring/finality_store.h"
#include "services/scoring/publisher.h"
#include "services/scoring/standing.h"
#include "services/scoring/standing_cache.h"
#include "services/storage/database.h"

namespace thidua::scoring {

// Whether `a` is an earlier state of the period than `b`, told by the same store.
bool IsOlder(const ReceivedPeriod& a, const ReceivedPeriod& b);

// What is stored of a period.
struct StoredPeriod {
  std::optional<ReceivedPeriod> received;
  PeriodFinality finality;
  bool final_stands = false;
  absl::Status damage;  // The final that stands is not what was stored.
};

// Computes the standings that a board does not keep from what a stage stored there.
StandingCache::Load StandingsIn(storage::Database& database);

class Stage {
 public:
  Stage(storage::Database& database, Board& board, Publisher& publisher);
  ~Stage() { Stop(); }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // Shows what was kept before this process started; before anything else is.
  absl::Status Recall();
  // Stores what is not stored yet, if the database takes it; nothing may arrive any more.
  void Stop();

  // Shows and keeps what results-ingest sent. What is known already, or is older, is passed over:
  // it is sent again after a broken line or a restart.
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
  // Until what had arrived is stored; DEADLINE_EXCEEDED.
  absl::Status AwaitStored(absl::Time until);

 private:
  // What is not stored yet of a period; null: it is to be deleted.
  using Unstored = absl::flat_hash_map<std::string, std::shared_ptr<const ReceivedPeriod>>;

  // Puts it together, on the board, and hands it to be published. `damage`: of a final that stands,
  // and is not what was stored.
  // One thread at a time for each period. Answers what was received, which what is shown keeps.
  std::shared_ptr<const ReceivedPeriod> Show(ReceivedPeriod received, PeriodFinality finality,
                                             const absl::Status& damage = {});
  // As it is stored, or will be.
  absl::Status ShowStored(const std::string& period);
  absl::StatusOr<StoredPeriod> ReadPeriod(const std::string& period);
  // Of a period that is to be shown with something newly received.
  absl::StatusOr<StoredPeriod> FinalityFor(const std::string& period);
  void Keep(const std::string& period, std::shared_ptr<const ReceivedPeriod> received);

  void Run();
  absl::Status StoreBatch(const Unstored& batch);
  // Shows what other processes made of finals.
  absl::Status FollowFinals();

  storage::Database& database_;
  Board& board_;
  Publisher& publisher_;
  const std::string store_id_;  // "scoring:…"
  absl::Mutex mutex_;           // Of showing.

  absl::Mutex unstored_mutex_ ABSL_ACQUIRED_AFTER(mutex_);
  Unstored unstored_ ABSL_GUARDED_BY(unstored_mutex_);
  Unstored being_stored_ ABSL_GUARDED_BY(unstored_mutex_);
  bool stopping_ ABSL_GUARDED_BY(unstored_mutex_) = false;
  int64_t finals_followed_;  // The store's sequence up to which finals were looked at.
  std::thread thread_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_STAGE_H_
