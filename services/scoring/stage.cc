#include "services/scoring/stage.h"

#include <memory>
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

absl::StatusOr<Stage::Known> Stage::ReadFinality(FinalityStore& store, const FinalHead& newest) {
  Known known;
  known.finality.number = NumberAfter(newest.number, newest.record);
  if (newest.record.state() != v1::FinalRecord::STATE_FINAL) return known;
  ASSIGN_OR_RETURN(const std::optional<StoredFinal> stored,
                   store.Find(newest.record.period(), newest.number));
  if (!stored.has_value()) return absl::DataLossError("a final without its bytes");
  absl::StatusOr<Final> official = ReadFinal(*stored);
  if (official.ok()) {
    known.finality.official = std::make_shared<const Final>(*std::move(official));
  } else {
    known.damage = official.status();
    platform::Log(platform::Severity::kError, "final damaged",
                  {{"period", newest.record.period()}, {"revision", newest.record.revision()}});
  }
  return known;
}

absl::Status Stage::Recall() {
  const absl::MutexLock lock(&mutex_);
  std::vector<ReceivedPeriod> periods;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    FinalityStore finals(transaction);
    ASSIGN_OR_RETURN(const std::vector<FinalHead> heads, finals.NewestOfEach());
    for (const FinalHead& head : heads) {
      mutex_.AssertHeld();  // By this function, around the call.
      ASSIGN_OR_RETURN(known_[head.record.period()], ReadFinality(finals, head));
    }
    ASSIGN_OR_RETURN(periods, Store(transaction).AllPeriods());
    return absl::OkStatus();
  }));
  for (const ReceivedPeriod& period : periods) Show(period);
  return absl::OkStatus();
}

absl::Status Stage::Arrive(const ReceivedPeriod& received) {
  const absl::MutexLock lock(&mutex_);
  if (const auto shown = board_.Find(received.inputs.name()); shown != nullptr) {
    const ReceivedPeriod& known = shown->received;
    const bool same =
        known.store_id == received.store_id && RevisionOf(known) == RevisionOf(received);
    if (same || IsOlder(received, known)) return absl::OkStatus();
  }
  RETURN_IF_ERROR(database_.Write(
      [&](Transaction& transaction) { return Store(transaction).PutPeriod(received); }));
  Show(received);
  return absl::OkStatus();
}

absl::Status Stage::Leave(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  platform::Log(platform::Severity::kWarning, "period is gone", {{"period", period}});
  const auto known = known_.find(period);
  if (known != known_.end() && known->second.stands()) return absl::OkStatus();
  RETURN_IF_ERROR(database_.Write(
      [&](Transaction& transaction) { return Store(transaction).DeletePeriod(period); }));
  board_.Remove(period);
  publisher_.Withdraw(period);
  return absl::OkStatus();
}

absl::Status Stage::Apply(
    const std::string& period,
    absl::FunctionRef<absl::StatusOr<std::optional<Change>>(const ReceivedPeriod* known)> make) {
  const absl::MutexLock lock(&mutex_);
  const std::shared_ptr<const Standing> shown = board_.Find(period);
  ASSIGN_OR_RETURN(std::optional<Change> change,
                   make(shown == nullptr ? nullptr : &shown->received));
  if (!change.has_value()) return absl::OkStatus();
  known_[period] = {std::move(change->finality), absl::OkStatus()};
  if (change->received.has_value()) {
    Show(*change->received);
  } else if (shown != nullptr) {
    Show(shown->received);
  }
  return absl::OkStatus();
}

absl::Status Stage::RecallFinality(const std::string& period) {
  const absl::MutexLock lock(&mutex_);
  std::optional<Known> known;
  std::vector<ReceivedPeriod> periods;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    FinalityStore finals(transaction);
    ASSIGN_OR_RETURN(const std::optional<FinalHead> newest, finals.Newest(period));
    if (!newest.has_value()) return absl::OkStatus();
    ASSIGN_OR_RETURN(known, ReadFinality(finals, *newest));
    ASSIGN_OR_RETURN(periods, Store(transaction).AllPeriods());
    return absl::OkStatus();
  }));
  if (!known.has_value()) return absl::OkStatus();
  known_[period] = *std::move(known);
  for (const ReceivedPeriod& received : periods) {
    if (received.inputs.name() == period) Show(received);
  }
  return absl::OkStatus();
}

// One period that cannot be computed must not keep the others from being shown.
void Stage::Show(const ReceivedPeriod& received) {
  const std::string& period = received.inputs.name();
  const auto found = known_.find(period);
  const Known known = found == known_.end() ? Known() : found->second;
  absl::StatusOr<std::shared_ptr<const Standing>> standing =
      ComputeStanding(received, absl::Now(), known.finality);
  if (!standing.ok()) {
    platform::Log(platform::Severity::kError, "period not computed",
                  {{"period", period},
                   {"revision", RevisionOf(received, known.finality.number)},
                   {"why", standing.status().ToString()}});
    if (known.finality.official != nullptr) {
      auto only_final = std::make_shared<Standing>();
      only_final->received = received;
      only_final->finality = known.finality;
      only_final->ranking = known.finality.official->ranking;
      standing = std::move(only_final);
    }
  }
  if (!known.damage.ok() || !standing.ok()) {
    board_.PutBroken(period, !known.damage.ok()
                                 ? known.damage
                                 : absl::DataLossError(absl::StrCat("not computed: ", period)));
    return;
  }
  board_.Put(*standing);
  publisher_.Publish(*standing);
}

}  // namespace thidua::scoring
