#include "services/scoring/intake.h"

#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/platform/log.h"
#include "services/scoring/standing.h"
#include "services/scoring/store.h"

namespace thidua::scoring {
namespace {

// One period that cannot be computed must not keep the others from being shown.
void Show(const ReceivedPeriod& received, Board& board, Publisher& publisher) {
  const absl::StatusOr<std::shared_ptr<const Standing>> standing =
      ComputeStanding(received, absl::Now());
  if (!standing.ok()) {
    platform::Log(platform::Severity::kError, "period not computed",
                  {{"period", received.inputs.name()},
                   {"revision", RevisionOf(received)},
                   {"why", standing.status().ToString()}});
    board.PutBroken(received.inputs.name());
    return;
  }
  board.Put(*standing);
  publisher.Publish(*standing);
}

}  // namespace

absl::Status RecallPeriods(storage::Database& database, Board& board, Publisher& publisher) {
  std::vector<ReceivedPeriod> periods;
  RETURN_IF_ERROR(database.Read([&](storage::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(periods, Store(transaction).AllPeriods());
    return absl::OkStatus();
  }));
  for (const ReceivedPeriod& period : periods) Show(period, board, publisher);
  return absl::OkStatus();
}

Intake::Intake(storage::Database& database, Board& board, Publisher& publisher,
               const std::shared_ptr<grpc::Channel>& results, std::function<void()> on_in_sight)
    : database_(database),
      board_(board),
      publisher_(publisher),
      on_in_sight_(std::move(on_in_sight)),
      results_(results::v1::ResultsService::NewStub(results)),
      follower_(
          {"results-ingest",
           [this](grpc::ClientContext* context,
                  const results::v1::WatchPeriodInputsRequest& request) {
             return results_->WatchPeriodInputs(context, request);
           }},
          {[this] { return resume_token_; }, [this] { return StartOver(); },
           [this](const results::v1::WatchPeriodInputsResponse& event) { return Apply(event); },
           [this] { board_.SetInSight(false); }}) {}

absl::Status Intake::StartOver() {
  resume_token_.clear();
  whole_state_ = true;
  arrived_.clear();
  return absl::OkStatus();
}

absl::Status Intake::ForgetWhatIsGone() {
  for (const std::string& period : board_.Periods()) {
    if (arrived_.contains(period)) continue;
    platform::Log(platform::Severity::kWarning, "period is gone", {{"period", period}});
    RETURN_IF_ERROR(database_.Write([&](storage::Transaction& transaction) {
      return Store(transaction).DeletePeriod(period);
    }));
    board_.Remove(period);
    publisher_.Withdraw(period);
  }
  whole_state_ = false;
  arrived_.clear();
  return absl::OkStatus();
}

absl::Status Intake::Apply(const results::v1::WatchPeriodInputsResponse& event) {
  if (event.has_inputs()) {
    const ReceivedPeriod received{event.inputs(), event.store_id(), event.store_epoch_ms()};
    if (whole_state_) arrived_.insert(received.inputs.name());
    const std::shared_ptr<const Standing> known = board_.Find(received.inputs.name());
    // Sent again after a broken line or a restart: the same version of the same store is the same.
    if (known == nullptr || RevisionOf(known->received) != RevisionOf(received) ||
        known->received.store_id != received.store_id) {
      RETURN_IF_ERROR(database_.Write([&](storage::Transaction& transaction) {
        return Store(transaction).PutPeriod(received);
      }));
      Show(received, board_, publisher_);
    }
  } else if (event.has_snapshot_end()) {
    if (whole_state_) RETURN_IF_ERROR(ForgetWhatIsGone());
    board_.SetInSight(true);
    on_in_sight_();
  }
  resume_token_ = event.resume_token();
  return absl::OkStatus();
}

}  // namespace thidua::scoring
