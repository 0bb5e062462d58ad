// Takes the periods of results-ingest in: follows its watch, and for each period that changed keeps
// it, computes it, puts it on the board and hands it to be published.
#ifndef THIDUA_SERVICES_SCORING_INTAKE_H_
#define THIDUA_SERVICES_SCORING_INTAKE_H_

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "services/platform/watch.h"
#include "services/scoring/board.h"
#include "services/scoring/publisher.h"
#include "services/storage/database.h"
#include "thidua/results/v1/results_service.grpc.pb.h"

namespace thidua::scoring {

// Puts on the board, and hands to be published, what was kept before this process started.
absl::Status RecallPeriods(storage::Database& database, Board& board, Publisher& publisher);

class Intake {
 public:
  // `on_in_sight` runs each time that everything results-ingest had has arrived.
  Intake(storage::Database& database, Board& board, Publisher& publisher,
         const std::shared_ptr<grpc::Channel>& results, std::function<void()> on_in_sight);
  void Stop() { follower_.Stop(); }

 private:
  absl::Status Apply(const results::v1::WatchPeriodInputsResponse& event);
  absl::Status StartOver();
  // Takes away what results-ingest no longer has: its store was replaced.
  absl::Status ForgetWhatIsGone();

  storage::Database& database_;
  Board& board_;
  Publisher& publisher_;
  const std::function<void()> on_in_sight_;
  // Of this process only: a new one takes everything in again. Used by the follower's thread.
  std::string resume_token_;
  // While the present state arrives whole: the periods that were in it so far.
  bool whole_state_ = true;
  absl::flat_hash_set<std::string> arrived_;
  const std::unique_ptr<results::v1::ResultsService::Stub> results_;
  platform::WatchFollower<results::v1::WatchPeriodInputsRequest,
                          results::v1::WatchPeriodInputsResponse>
      follower_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_INTAKE_H_
