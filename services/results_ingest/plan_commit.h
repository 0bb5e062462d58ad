// One plan on its way into the results (CommitImport), all or nothing, on a thread of its own
// beside the call, which tells how far it has come. Every row is judged again as things are then,
// and the plan is refused (ABORTED, PLAN_MOVED) when one would become something else than it says.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_PLAN_COMMIT_H_
#define THIDUA_SERVICES_RESULTS_INGEST_PLAN_COMMIT_H_

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/change_feed.h"
#include "services/platform/endpoint.h"
#include "services/results_ingest/import_store.h"
#include "services/results_ingest/raised_versions.h"
#include "services/results_ingest/ready_pacts.h"
#include "services/results_ingest/reported_rows.h"
#include "services/storage/database.h"

namespace thidua::results_ingest {

class PlanCommit {
 public:
  // `store_id`: of the token of the periods that it changes. Begins at once.
  PlanCommit(storage::Database& database, platform::ChangeFeed& feed, ReadyPacts& pacts,
             std::string store_id, const platform::Call& call, std::string import,
             bool skip_rejected);
  ~PlanCommit();
  PlanCommit(const PlanCommit&) = delete;
  PlanCommit& operator=(const PlanCommit&) = delete;

  // Waits for a while; whether it has ended.
  bool AwaitEnd(absl::Duration at_most);
  int64_t rows_gone_through() const;
  // Once it has ended: the import as it is then. A plan that was committed before is answered so
  // again.
  const absl::StatusOr<StoredImport>& outcome() const { return outcome_; }

 private:
  void Run();
  absl::StatusOr<StoredImport> Commit(storage::Transaction& transaction, audit::Trail& trail);
  absl::Status CheckPlan(const v1::Import& plan) const;
  absl::Status CommitRows(storage::Transaction& transaction, audit::Trail& trail,
                          const std::string& period, int64_t first, absl::Time now,
                          RaisedVersions& raised, std::vector<domain::Fault>& moved);

  storage::Database& database_;
  platform::ChangeFeed& feed_;
  ReadyPacts& pacts_;
  const std::string store_id_;
  const platform::Call& call_;
  const std::string import_;
  const bool skip_rejected_;
  TargetsInWords in_words_;
  absl::StatusOr<StoredImport> outcome_ = absl::UnknownError("not ended");
  mutable absl::Mutex mutex_;
  int64_t rows_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_PLAN_COMMIT_H_
