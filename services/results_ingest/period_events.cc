#include "services/results_ingest/period_events.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/results_ingest/unit_report.h"

namespace thidua::results_ingest {

// The lock is held while an event is made: most who wait for it want that event.
absl::StatusOr<std::shared_ptr<const std::string>> PeriodEvents::Find(
    Store& store, const messages::PeriodName& name, int64_t sequence) {
  std::string key = absl::StrCat(name.ToString(), "@", sequence);
  const absl::MutexLock lock(&mutex_);
  if (const auto known = events_.find(key); known != events_.end()) return known->second;
  ASSIGN_OR_RETURN(std::optional<v1::PeriodInputs> inputs, ReadInputs(store, name, 0));
  if (!inputs.has_value()) return absl::DataLossError("a period without its state");
  v1::WatchPeriodInputsResponse event;
  *event.mutable_inputs() = *std::move(inputs);
  event.set_store_epoch_ms(store_epoch_ms_);
  auto encoded = std::make_shared<const std::string>(event.SerializeAsString());
  bytes_ += encoded->size();
  events_[key] = encoded;
  told_.push_back(std::move(key));
  while (bytes_ > kBytesMax && told_.size() > 1) {
    const auto oldest = events_.find(told_.front());
    bytes_ -= oldest->second->size();
    events_.erase(oldest);
    told_.pop_front();
  }
  return encoded;
}

}  // namespace thidua::results_ingest
