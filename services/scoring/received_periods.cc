#include "services/scoring/received_periods.h"

#include <utility>

#include "services/domain/return_if_error.h"
#include "services/platform/background.h"
#include "services/platform/log.h"
#include "services/scoring/finality_store.h"

namespace thidua::scoring {
namespace {

// Periods stored in one commit, which begins so long after the first of them came: what changes
// often is stored seldom.
constexpr size_t kStoreAtOnce = 64;
constexpr absl::Duration kGather = absl::Milliseconds(100);
// After a failure, before the next try.
constexpr absl::Duration kStoreAgainAfter = absl::Seconds(1);

}  // namespace

ReceivedPeriods::ReceivedPeriods(storage::Database& database)
    : database_(database), thread_([this] { Run(); }) {}

void ReceivedPeriods::Put(std::shared_ptr<const ReceivedPeriod> received) {
  const absl::MutexLock lock(&mutex_);
  const std::string& period = received->inputs.name();
  waiting_[period] = std::move(received);
}

void ReceivedPeriods::Delete(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  waiting_[period] = nullptr;
}

std::optional<std::shared_ptr<const ReceivedPeriod>> ReceivedPeriods::FindUnstored(
    const std::string& period) const {
  const absl::MutexLock lock(&mutex_);
  // What waits is newer than what is being stored.
  for (const Unstored* unstored : {&waiting_, &being_stored_}) {
    if (const auto found = unstored->find(period); found != unstored->end()) return found->second;
  }
  return std::nullopt;
}

absl::Status ReceivedPeriods::AwaitStored(absl::Time until) const {
  const absl::MutexLock lock(&mutex_);
  const auto stored = [this] {
    mutex_.AssertReaderHeld();
    return waiting_.empty() && being_stored_.empty();
  };
  if (mutex_.AwaitWithDeadline(absl::Condition(&stored), until)) return absl::OkStatus();
  return absl::DeadlineExceededError("periods not stored yet");
}

void ReceivedPeriods::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void ReceivedPeriods::Run() {
  platform::WorkInBackground();
  const absl::MutexLock lock(&mutex_);
  while (true) {
    const auto something = [this] {
      mutex_.AssertReaderHeld();
      return stopping_ || !waiting_.empty();
    };
    mutex_.Await(absl::Condition(&something));
    if (waiting_.size() < kStoreAtOnce) {
      mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kGather);
    }
    if (waiting_.empty()) return;
    Unstored batch;
    while (!waiting_.empty() && batch.size() < kStoreAtOnce) {
      batch.insert(waiting_.extract(waiting_.begin()));
    }
    being_stored_ = batch;
    mutex_.Unlock();
    const absl::Status stored = Store(batch);
    mutex_.Lock();
    being_stored_.clear();
    if (stored.ok()) continue;
    platform::Log(platform::Severity::kError, "periods not stored", {{"why", stored.ToString()}});
    if (stopping_) return;
    waiting_.merge(batch);  // Not over what came since.
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kStoreAgainAfter);
  }
}

absl::Status ReceivedPeriods::Store(const Unstored& batch) {
  return database_.Write([&](storage::Transaction& transaction) -> absl::Status {
    scoring::Store store(transaction);
    for (const auto& [period, received] : batch) {
      if (received != nullptr) {
        RETURN_IF_ERROR(store.PutPeriod(*received));
        continue;
      }
      ASSIGN_OR_RETURN(const auto newest, FinalityStore(transaction).Newest(period));
      const bool final_stands =
          newest.has_value() && newest->record.state() == v1::FinalRecord::STATE_FINAL;
      if (!final_stands) RETURN_IF_ERROR(store.DeletePeriod(period));
    }
    return absl::OkStatus();
  });
}

}  // namespace thidua::scoring
