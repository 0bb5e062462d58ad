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

// A period's finality as it is stored.
struct StoredFinality {
  PeriodFinality finality;
  bool final_stands = false;
  absl::Status damage;  // The final that stands is not what was stored.
};

namespace {

absl::StatusOr<StoredFinality> ReadFinality(const storage::Database& database,
                                            Transaction& transaction, const std::string& period) {
  StoredFinality stored;
  stored.finality.store_id = absl::StrCat("scoring:", database.store_id());
  FinalityStore store(transaction);
  ASSIGN_OR_RETURN(const std::optional<FinalHead> newest, store.Newest(period));
  if (!newest.has_value()) return stored;
  stored.finality.number = NumberAfter(newest->number, newest->record);
  stored.final_stands = newest->record.state() == v1::FinalRecord::STATE_FINAL;
  if (!stored.final_stands) return stored;
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
  return stored;
}

struct KnownPeriod {
  std::optional<ReceivedPeriod> received;
  StoredFinality stored;
};

absl::StatusOr<KnownPeriod> ReadPeriod(storage::Database& database,
                                       const ReceivedPeriods& received_periods,
                                       const std::string& period) {
  const auto unstored = received_periods.FindUnstored(period);
  KnownPeriod known;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(known.received, Store(transaction).FindPeriod(period));
    ASSIGN_OR_RETURN(known.stored, ReadFinality(database, transaction, period));
    return absl::OkStatus();
  }));
  if (!unstored.has_value()) return known;
  if (*unstored == nullptr) {
    if (!known.stored.final_stands) known.received = std::nullopt;
  } else if (!known.received.has_value() || !IsOlder(**unstored, *known.received)) {
    known.received = **unstored;
  }
  return known;
}

}  // namespace

StandingCache::Load StandingsIn(storage::Database& database, const ReceivedPeriods& received) {
  return [&database,
          &received](const Snapshot& snapshot) -> absl::StatusOr<std::shared_ptr<const Standing>> {
    ASSIGN_OR_RETURN(KnownPeriod known, ReadPeriod(database, received, snapshot.period));
    RETURN_IF_ERROR(known.stored.damage);
    if (!known.received.has_value()) return absl::NotFoundError("a period that is gone");
    return ComputeShown(*std::move(known.received), snapshot.compute_time,
                        std::move(known.stored.finality));
  };
}

Stage::Stage(storage::Database& database, ReceivedPeriods& received, Board& board,
             Publisher& publisher)
    : database_(database), received_(received), board_(board), publisher_(publisher) {}

absl::Status Stage::Recall() {
  const absl::MutexLock lock(&mutex_);
  std::vector<std::string> periods;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(recalled_sequence_, transaction.Sequence());
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
  absl::StatusOr<StoredFinality> stored = FinalityFor(period);
  if (!stored.ok()) {
    // The others behind it need not wait for the database.
    platform::Log(platform::Severity::kError, "period not shown yet",
                  {{"period", period}, {"why", stored.status().ToString()}});
    received_.Put(std::make_shared<const ReceivedPeriod>(std::move(received)));
    overdue_.insert(period);
    overdue_gauge_.Set(static_cast<double>(overdue_.size()));
    return absl::OkStatus();
  }
  received_.Put(Show(std::move(received), *std::move(stored)));
  return absl::OkStatus();
}

absl::StatusOr<StoredFinality> Stage::FinalityFor(const std::string& period) {
  StoredFinality stored;
  // While no final stands, all there is to it is its number. One that another process makes
  // meanwhile is newer than whatever is shown till then, and is shown when it is found
  // (Finality::FollowOthers).
  if (const auto shown = board_.Find(period); shown != nullptr && !shown->is_final) {
    stored.finality = {shown->finality, nullptr, absl::StrCat("scoring:", database_.store_id())};
    return stored;
  }
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(stored, ReadFinality(database_, transaction, period));
    return absl::OkStatus();
  }));
  return stored;
}

absl::Status Stage::Leave(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  platform::Log(platform::Severity::kWarning, "period is gone", {{"period", period}});
  StoredFinality stored;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(stored, ReadFinality(database_, transaction, period));
    return absl::OkStatus();
  }));
  if (stored.final_stands) return absl::OkStatus();
  received_.Delete(period);
  board_.Remove(period);
  publisher_.Withdraw(period);
  return absl::OkStatus();
}

absl::Status Stage::Apply(
    const std::string& period,
    absl::FunctionRef<absl::StatusOr<std::optional<Change>>(const ReceivedPeriod* known)> make) {
  const absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(KnownPeriod known, ReadPeriod(database_, received_, period));
  ASSIGN_OR_RETURN(std::optional<Change> change,
                   make(known.received.has_value() ? &*known.received : nullptr));
  if (!change.has_value()) return absl::OkStatus();
  if (change->received.has_value()) known.received = std::move(change->received);
  if (!known.received.has_value()) return absl::OkStatus();
  StoredFinality stored;
  stored.finality = std::move(change->finality);
  stored.finality.store_id = std::move(known.stored.finality.store_id);
  Show(*std::move(known.received), std::move(stored));
  return absl::OkStatus();
}

absl::Status Stage::RecallFinality(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  return ShowStored(period);
}

absl::Status Stage::RecallFinals(const std::vector<std::string>& periods) {
  const absl::MutexLock lock(&mutex_);
  overdue_.insert(periods.begin(), periods.end());
  absl::Status failed;
  const absl::flat_hash_set<std::string> overdue = std::exchange(overdue_, {});
  for (const std::string& period : overdue) {
    const absl::Status shown = ShowStored(period);
    if (shown.ok()) continue;
    overdue_.insert(period);
    failed = shown;
  }
  overdue_gauge_.Set(static_cast<double>(overdue_.size()));
  return failed;
}

absl::Status Stage::ShowStored(const std::string& period) {
  ASSIGN_OR_RETURN(KnownPeriod known, ReadPeriod(database_, received_, period));
  if (!known.received.has_value()) return absl::OkStatus();
  const auto shown = board_.Find(period);
  if (shown != nullptr && known.stored.damage.ok() &&
      shown->finality == known.stored.finality.number &&
      shown->is_final == known.stored.final_stands &&
      (IsSame(*known.received, *shown) || IsOlder(*known.received, *shown))) {
    return absl::OkStatus();
  }
  Show(*std::move(known.received), std::move(known.stored));
  return absl::OkStatus();
}

// One period that cannot be computed must not keep the others from being shown.
std::shared_ptr<const ReceivedPeriod> Stage::Show(ReceivedPeriod received, StoredFinality stored) {
  const std::string period = received.inputs.name();
  const absl::Time now = absl::Now();
  absl::StatusOr<std::shared_ptr<const Standing>> standing =
      ComputeShown(std::move(received), now, std::move(stored.finality));
  compute_seconds_.Observe(absl::ToDoubleSeconds(absl::Now() - now));
  if (!standing.ok()) {
    if (stored.damage.ok()) {
      board_.PutBroken(period, absl::DataLossError(absl::StrCat("not computed: ", period)));
    } else {
      board_.PutBroken(period, stored.damage, /*is_public=*/true);
    }
    return std::make_shared<const ReceivedPeriod>(std::move(received));
  }
  std::shared_ptr<const ReceivedPeriod> kept(*standing, &(*standing)->received);
  if (stored.damage.ok()) {
    publisher_.Publish(board_.Put(*std::move(standing), now));
  } else {
    board_.PutBroken(period, stored.damage, /*is_public=*/true);
  }
  return kept;
}

}  // namespace thidua::scoring
