#include "services/scoring/intake.h"

#include <utility>

#include "services/domain/return_if_error.h"

namespace thidua::scoring {

Intake::Intake(Stage& stage, Board& board, const std::shared_ptr<grpc::Channel>& results,
               std::function<void()> on_in_sight)
    : stage_(stage),
      board_(board),
      on_in_sight_(std::move(on_in_sight)),
      results_(results::v1::ResultsService::NewStub(results)),
      follower_({"results-ingest",
                 [this](grpc::ClientContext* context,
                        const results::v1::WatchPeriodInputsRequest& request) {
                   return results_->WatchPeriodInputs(context, request);
                 }},
                {[this] { return resume_token_; }, [this] { return StartOver(); },
                 [this](results::v1::WatchPeriodInputsResponse& event) { return Apply(event); },
                 [this] { board_.SetInSight(false); }}) {}

absl::Status Intake::StartOver() {
  resume_token_.clear();
  whole_state_ = true;
  arrived_.clear();
  return absl::OkStatus();
}

absl::Status Intake::ForgetWhatIsGone() {
  for (const std::string& period : board_.Periods()) {
    if (!arrived_.contains(period)) RETURN_IF_ERROR(stage_.Leave(period));
  }
  whole_state_ = false;
  arrived_.clear();
  return absl::OkStatus();
}

absl::Status Intake::Apply(results::v1::WatchPeriodInputsResponse& event) {
  if (event.has_inputs()) {
    if (whole_state_) arrived_.insert(event.inputs().name());
    RETURN_IF_ERROR(stage_.Arrive(ReceivedPeriod{std::move(*event.mutable_inputs()),
                                                 event.store_id(), event.store_epoch_ms()}));
  } else if (event.has_snapshot_end()) {
    if (whole_state_) RETURN_IF_ERROR(ForgetWhatIsGone());
    board_.SetInSight(true);
    on_in_sight_();
  }
  resume_token_ = event.resume_token();
  return absl::OkStatus();
}

}  // namespace thidua::scoring
