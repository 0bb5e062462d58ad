#include "services/scoring/stage.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/platform/log.h"

namespace thidua::scoring {

using storage::Transaction;

bool IsOlder(const ReceivedPeriod& a, const ReceivedPeriod& b) {
  return a.store_id == b.store_id && std::make_tuple(a.store_epoch_ms, a.inputs.version()) <
                                         std::make_tuple(b.store_epoch_ms, b.inputs.version());
}

namespace {

// What is stored of a period.
struct StoredPeriod {
  std::optional<ReceivedPeriod> received;
  PeriodFinality finality;
  bool final_stands = false;
  absl::Status damage;  // The final that stands is not what was stored.
};

absl::Status ReadFinality(Transaction& transaction, const std::string& period,
                          StoredPeriod& stored) {
  FinalityStore store(transaction);
  ASSIGN_OR_RETURN(const std::optional<FinalHead> newest, store.Newest(period));
  if (!newest.has_value()) return absl::OkStatus();
  stored.finality.number = NumberAfter(newest->number, newest->record);
  stored.final_stands = newest->record.state() == v1::FinalRecord::STATE_FINAL;
  if (!stored.final_stands) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<StoredFinal> bytes, store.Find(period, newest->number));
  if (!bytes.has_value()) return absl::DataLossError("a final without its bytes");
  absl::StatusOr<Final> official = ReadFinal(*bytes);
  if (official.ok()) {
    stored.finality.official = std::make_shared<const Final>(*std::move(official));
  } else {
    stored.damage = official.status();
    platform::Log(platform::Severity::kError, "final damaged",
                  {{"period", period}, {"revision", newest->record.revision()}});
  }
  return absl::OkStatus();
}

absl::StatusOr<StoredPeriod> ReadPeriod(storage::Database& database, const std::string& period) {
  StoredPeriod stored;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(stored.received, Store(transaction).FindPeriod(period));
    return ReadFinality(transaction, period, stored);
  }));
  return stored;
}

}  // namespace

StandingCache::Load StandingsIn(storage::Database& database) {
  return [&database](const Snapshot& snapshot) -> absl::StatusOr<std::shared_ptr<const Standing>> {
    ASSIGN_OR_RETURN(StoredPeriod stored, ReadPeriod(database, snapshot.period));
    RETURN_IF_ERROR(stored.damage);
    if (!stored.received.has_value()) return absl::NotFoundError("a period that is gone");
    return ComputeShown(*std::move(stored.received), snapshot.compute_time,
                        std::move(stored.finality));
  };
}

absl::Status Stage::Recall() {
  const absl::MutexLock lock(&mutex_);
  std::vector<std::string> periods;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(periods, Store(transaction).Periods());
    return absl::OkStatus();
  }));
  // Each period by one thread, all cores at once: nobody is answered before all are shown.
  std::atomic<size_t> next = 0;
  std::vector<absl::Status> ended(std::max(1u, std::thread::hardware_concurrency()));
  std::vector<std::thread> threads;
  for (absl::Status& status : ended) {
    threads.emplace_back([&] {
      for (size_t i = next++; i < periods.size() && status.ok(); i = next++) {
        status = ShowStored(periods[i]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& status : ended) RETURN_IF_ERROR(status);
  return absl::OkStatus();
}

absl::Status Stage::Arrive(const ReceivedPeriod& received) {
  const absl::MutexLock lock(&mutex_);
  const std::string& period = received.inputs.name();
  if (const auto shown = board_.Find(period); shown != nullptr) {
    if (IsSame(received, *shown) || IsOlder(received, *shown)) return absl::OkStatus();
  }
  StoredPeriod stored;
  RETURN_IF_ERROR(database_.Write([&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(Store(transaction).PutPeriod(received));
    stored = {};
    return ReadFinality(transaction, period, stored);
  }));
  Show(received, std::move(stored.finality), stored.damage);
  return absl::OkStatus();
}

absl::Status Stage::Leave(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  platform::Log(platform::Severity::kWarning, "period is gone", {{"period", period}});
  StoredPeriod stored;
  RETURN_IF_ERROR(database_.Write([&](Transaction& transaction) -> absl::Status {
    stored = {};
    RETURN_IF_ERROR(ReadFinality(transaction, period, stored));
    return stored.final_stands ? absl::OkStatus() : Store(transaction).DeletePeriod(period);
  }));
  if (stored.final_stands) return absl::OkStatus();
  board_.Remove(period);
  publisher_.Withdraw(period);
  return absl::OkStatus();
}

absl::Status Stage::Apply(
    const std::string& period,
    absl::FunctionRef<absl::StatusOr<std::optional<Change>>(const ReceivedPeriod* known)> make) {
  const absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(StoredPeriod stored, ReadPeriod(database_, period));
  ASSIGN_OR_RETURN(std::optional<Change> change,
                   make(stored.received.has_value() ? &*stored.received : nullptr));
  if (!change.has_value()) return absl::OkStatus();
  if (change->received.has_value()) stored.received = std::move(change->received);
  if (stored.received.has_value()) Show(*std::move(stored.received), std::move(change->finality));
  return absl::OkStatus();
}

absl::Status Stage::RecallFinality(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  return ShowStored(period);
}

absl::Status Stage::ShowStored(const std::string& period) {
  ASSIGN_OR_RETURN(StoredPeriod stored, ReadPeriod(database_, period));
  if (stored.received.has_value()) {
    Show(*std::move(stored.received), std::move(stored.finality), stored.damage);
  }
  return absl::OkStatus();
}

// One period that cannot be computed must not keep the others from being shown.
void Stage::Show(ReceivedPeriod received, PeriodFinality finality, const absl::Status& damage) {
  const std::string period = received.inputs.name();
  const absl::Time now = absl::Now();
  absl::StatusOr<std::shared_ptr<const Standing>> standing =
      ComputeShown(std::move(received), now, std::move(finality));
  if (!damage.ok() || !standing.ok()) {
    board_.PutBroken(period, !damage.ok()
                                 ? damage
                                 : absl::DataLossError(absl::StrCat("not computed: ", period)));
    return;
  }
  publisher_.Publish(board_.Put(*std::move(standing), now));
}

}  // namespace thidua::scoring
