// Takes the periods of results-ingest in: follows its watch, and hands each period that changed to
// the stage, which keeps it and shows what is to be shown of it.
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
#include "services/scoring/stage.h"
#include "thidua/results/v1/results_service.grpc.pb.h"

namespace thidua::scoring {

class Intake {
 public:
  // `on_in_sight` runs each time that everything results-ingest had has arrived.
  Intake(Stage& stage, Board& board, const std::shared_ptr<grpc::Channel>& results,
         std::function<void()> on_in_sight);
  void Stop() { follower_.Stop(); }

 private:
  absl::Status Apply(results::v1::WatchPeriodInputsResponse& event);
  absl::Status StartOver();
  // Takes away what results-ingest no longer has: its store was replaced.
  absl::Status ForgetWhatIsGone();

  Stage& stage_;
  Board& board_;
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
