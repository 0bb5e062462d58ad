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

// Periods stored in one commit.
constexpr size_t kStoreAtOnce = 64;
// After a failure, before the next try.
constexpr absl::Duration kStoreAgainAfter = absl::Seconds(1);
// How often finals of other processes are looked for. Who holds a token of one does not wait for
// it.
constexpr absl::Duration kFollowFinalsEvery = absl::Milliseconds(250);

std::string StoreIdOf(const storage::Database& database) {
  return absl::StrCat("scoring:", database.store_id());
}

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

absl::StatusOr<StoredPeriod> ReadStoredPeriod(storage::Database& database,
                                              const std::string& period) {
  StoredPeriod stored;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(stored.received, Store(transaction).FindPeriod(period));
    return ReadFinality(transaction, period, stored);
  }));
  stored.finality.store_id = StoreIdOf(database);
  return stored;
}

}  // namespace

StandingCache::Load StandingsIn(storage::Database& database) {
  return [&database](const Snapshot& snapshot) -> absl::StatusOr<std::shared_ptr<const Standing>> {
    ASSIGN_OR_RETURN(StoredPeriod stored, ReadStoredPeriod(database, snapshot.period));
    RETURN_IF_ERROR(stored.damage);
    if (!stored.received.has_value()) return absl::NotFoundError("a period that is gone");
    return ComputeShown(*std::move(stored.received), snapshot.compute_time,
                        std::move(stored.finality));
  };
}

Stage::Stage(storage::Database& database, Board& board, Publisher& publisher)
    : database_(database),
      board_(board),
      publisher_(publisher),
      store_id_(StoreIdOf(database)),
      finals_followed_(database.Sequence().value_or(0)),
      thread_([this] { Run(); }) {}

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

absl::Status Stage::Arrive(ReceivedPeriod received) {
  const absl::MutexLock lock(&mutex_);
  const std::string period = received.inputs.name();
  if (const auto shown = board_.Find(period); shown != nullptr) {
    if (IsSame(received, *shown) || IsOlder(received, *shown)) return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(StoredPeriod stored, FinalityFor(period));
  Keep(period, Show(std::move(received), std::move(stored.finality), stored.damage));
  return absl::OkStatus();
}

absl::StatusOr<StoredPeriod> Stage::FinalityFor(const std::string& period) {
  StoredPeriod stored;
  stored.finality.store_id = store_id_;
  // While no final stands, all there is to it is its number; one that another process makes
  // meanwhile is shown when it is found (FollowFinals).
  if (const auto shown = board_.Find(period); shown != nullptr && !shown->is_final) {
    stored.finality.number = shown->finality;
    return stored;
  }
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    return ReadFinality(transaction, period, stored);
  }));
  return stored;
}

absl::Status Stage::Leave(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  platform::Log(platform::Severity::kWarning, "period is gone", {{"period", period}});
  StoredPeriod stored;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    return ReadFinality(transaction, period, stored);
  }));
  if (stored.final_stands) return absl::OkStatus();
  Keep(period, nullptr);
  board_.Remove(period);
  publisher_.Withdraw(period);
  return absl::OkStatus();
}

absl::Status Stage::Apply(
    const std::string& period,
    absl::FunctionRef<absl::StatusOr<std::optional<Change>>(const ReceivedPeriod* known)> make) {
  const absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(StoredPeriod stored, ReadPeriod(period));
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

absl::StatusOr<StoredPeriod> Stage::ReadPeriod(const std::string& period) {
  ASSIGN_OR_RETURN(StoredPeriod stored, ReadStoredPeriod(database_, period));
  const absl::MutexLock lock(&unstored_mutex_);
  for (const Unstored* unstored : {&unstored_, &being_stored_}) {
    const auto found = unstored->find(period);
    if (found == unstored->end()) continue;
    if (found->second == nullptr) {
      if (!stored.final_stands) stored.received = std::nullopt;
    } else if (!stored.received.has_value() || !IsOlder(*found->second, *stored.received)) {
      stored.received = *found->second;
    }
    break;  // What is being stored is older than what waits behind it.
  }
  return stored;
}

absl::Status Stage::ShowStored(const std::string& period) {
  ASSIGN_OR_RETURN(StoredPeriod stored, ReadPeriod(period));
  if (!stored.received.has_value()) return absl::OkStatus();
  const auto shown = board_.Find(period);
  if (shown != nullptr && stored.damage.ok() && shown->finality == stored.finality.number &&
      shown->is_final == stored.final_stands &&
      (IsSame(*stored.received, *shown) || IsOlder(*stored.received, *shown))) {
    return absl::OkStatus();
  }
  Show(*std::move(stored.received), std::move(stored.finality), stored.damage);
  return absl::OkStatus();
}

// One period that cannot be computed must not keep the others from being shown.
std::shared_ptr<const ReceivedPeriod> Stage::Show(ReceivedPeriod received, PeriodFinality finality,
                                                  const absl::Status& damage) {
  const std::string period = received.inputs.name();
  const absl::Time now = absl::Now();
  finality.store_id = store_id_;
  absl::StatusOr<std::shared_ptr<const Standing>> standing =
      ComputeShown(std::move(received), now, std::move(finality));
  if (!standing.ok()) {
    board_.PutBroken(
        period, damage.ok() ? absl::DataLossError(absl::StrCat("not computed: ", period)) : damage);
    return std::make_shared<const ReceivedPeriod>(std::move(received));
  }
  std::shared_ptr<const ReceivedPeriod> kept(*standing, &(*standing)->received);
  if (damage.ok()) {
    publisher_.Publish(board_.Put(*std::move(standing), now));
  } else {
    board_.PutBroken(period, damage);
  }
  return kept;
}

void Stage::Keep(const std::string& period, std::shared_ptr<const ReceivedPeriod> received) {
  const absl::MutexLock lock(&unstored_mutex_);
  unstored_[period] = std::move(received);
}

absl::Status Stage::AwaitStored(absl::Time until) {
  const absl::MutexLock lock(&unstored_mutex_);
  const auto stored = [this] {
    unstored_mutex_.AssertReaderHeld();
    return unstored_.empty() && being_stored_.empty();
  };
  if (unstored_mutex_.AwaitWithDeadline(absl::Condition(&stored), until)) return absl::OkStatus();
  return absl::DeadlineExceededError("not stored yet");
}

void Stage::Stop() {
  {
    const absl::MutexLock lock(&unstored_mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Stage::Run() {
  absl::Time follow_at = absl::Now() + kFollowFinalsEvery;
  absl::Time store_at = absl::InfinitePast();
  while (true) {
    Unstored batch;
    bool stopping = false;
    {
      const absl::MutexLock lock(&unstored_mutex_);
      const auto something = [&] {
        unstored_mutex_.AssertReaderHeld();
        return stopping_ || (!unstored_.empty() && absl::Now() >= store_at);
      };
      unstored_mutex_.AwaitWithDeadline(absl::Condition(&something), follow_at);
      stopping = stopping_;
      if (stopping && unstored_.empty()) return;
      if (stopping || absl::Now() >= store_at) {
        while (!unstored_.empty() && batch.size() < kStoreAtOnce) {
          batch.insert(unstored_.extract(unstored_.begin()));
        }
      }
      being_stored_ = batch;
    }
    const absl::Status stored = batch.empty() ? absl::OkStatus() : StoreBatch(batch);
    {
      const absl::MutexLock lock(&unstored_mutex_);
      being_stored_.clear();
      if (!stored.ok()) unstored_.merge(batch);  // Not over what came since.
    }
    if (!stored.ok()) {
      platform::Log(platform::Severity::kError, "periods not stored", {{"why", stored.ToString()}});
      if (stopping) return;
      store_at = absl::Now() + kStoreAgainAfter;
    }
    if (absl::Now() >= follow_at) {
      if (const absl::Status followed = FollowFinals(); !followed.ok()) {
        platform::Log(platform::Severity::kError, "finals not followed",
                      {{"why", followed.ToString()}});
      }
      follow_at = absl::Now() + kFollowFinalsEvery;
    }
  }
}

absl::Status Stage::StoreBatch(const Unstored& batch) {
  return database_.Write([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    for (const auto& [period, received] : batch) {
      if (received != nullptr) {
        RETURN_IF_ERROR(store.PutPeriod(*received));
        continue;
      }
      StoredPeriod stored;  // Another process may have made it final since.
      RETURN_IF_ERROR(ReadFinality(transaction, period, stored));
      if (!stored.final_stands) RETURN_IF_ERROR(store.DeletePeriod(period));
    }
    return absl::OkStatus();
  });
}

absl::Status Stage::FollowFinals() {
  std::vector<std::string> periods;
  int64_t sequence = 0;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(sequence, transaction.Sequence());
    ASSIGN_OR_RETURN(periods, FinalityStore(transaction).ChangedAfter(finals_followed_));
    return absl::OkStatus();
  }));
  for (const std::string& period : periods) RETURN_IF_ERROR(RecallFinality(period));
  finals_followed_ = sequence;
  return absl::OkStatus();
}

}  // namespace thidua::scoring
