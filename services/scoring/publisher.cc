#include "services/scoring/publisher.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/platform/background.h"
#include "services/platform/log.h"
#include "services/platform/metrics.h"

namespace thidua::scoring {
namespace {

constexpr absl::Duration kLookEvery = absl::Seconds(1);
constexpr absl::Duration kStopWithin = absl::Seconds(2);
// After a failure one try is made after each pause, which grows until one succeeds.
constexpr absl::Duration kPauseFirst = absl::Milliseconds(100);
constexpr absl::Duration kPauseMax = absl::Seconds(3);

// Made where there is a Redis: nobody is out of step with none.
prometheus::Gauge& InStep() {
  return platform::GaugeOf("thidua_redis_in_step",
                           "Whether all that is public stands in Redis, and the line to it.");
}

RedisOptions OptionsOf(const std::string& address) {
  RedisOptions options;
  if (!address.empty()) options.addresses.push_back(address);
  return options;
}

}  // namespace

Publisher::Publisher(RedisOptions redis, const Board& board, absl::Duration sweep_every)
    : options_(std::move(redis)),
      board_(board),
      sweep_every_(sweep_every),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      published_(options_, board_, [this] { return Enough(); }),
      sentinels_(options_),
      pause_(kPauseFirst),
      thread_([this] { Run(); }) {}

Publisher::Publisher(const std::string& address, const Board& board)
    : Publisher(OptionsOf(address), board) {}

Publisher::~Publisher() {
  Stop();
  close(wake_);
}

void Publisher::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    if (!stopping_) stop_by_ = absl::Now() + kStopWithin;
    stopping_ = true;
  }
  Wake();
  if (thread_.joinable()) thread_.join();
}

void Publisher::Wake() { eventfd_write(wake_, 1); }

bool Publisher::stopping() {
  const absl::MutexLock lock(&mutex_);
  return stopping_;
}

bool Publisher::Enough() {
  const absl::MutexLock lock(&mutex_);
  return stopping_ && absl::Now() > stop_by_;
}

void Publisher::Publish(std::shared_ptr<const Snapshot> shown) {
  if (!options_.enabled()) return;
  {
    const absl::MutexLock lock(&mutex_);
    revisions_[shown->period] = shown->revision;
    withdrawn_.erase(shown->period);
    changed_.insert(shown->period);
  }
  Wake();
}

void Publisher::Withdraw(const std::string& period) {
  if (!options_.enabled()) return;
  {
    const absl::MutexLock lock(&mutex_);
    changed_.erase(period);
    const auto revision = revisions_.extract(period);
    if (revision.empty()) return;  // Nothing of it was ever handed over.
    withdrawn_[period] = revision.mapped();
  }
  Wake();
}

void Publisher::Run() {
  platform::WorkInBackground();
  if (!options_.enabled()) return;
  prometheus::Gauge& in_step = InStep();
  do {
    const absl::Status ended = ServeOneLine();
    in_step.Set(0);
    if (stopping()) return;
    if (!std::exchange(away_told_, true)) {
      platform::Log(platform::Severity::kWarning, "redis away", {{"why", ended.ToString()}});
    }
    const absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), pause_);
    pause_ = std::min(pause_ * 2, kPauseMax);
  } while (!stopping());
}

absl::StatusOr<std::string> Publisher::Connect() {
  std::vector<std::string> addresses = options_.addresses;
  if (!options_.sentinels.empty()) {
    ASSIGN_OR_RETURN(const std::string master, sentinels_.FindMaster());
    addresses = {master};
  }
  absl::Status why;
  for (const std::string& address : addresses) {
    const absl::Status connected = published_.Connect(address);
    if (connected.ok()) return address;
    why.Update(connected);
  }
  return why;
}

absl::Status Publisher::ServeOneLine() {
  ASSIGN_OR_RETURN(const std::string address, Connect());
  RETURN_IF_ERROR(published_.PutAllRight());
  platform::Log(platform::Severity::kInfo, "redis in step", {{"address", address}});
  InStep().Set(1);
  away_told_ = false;
  pause_ = kPauseFirst;  // It works: a line lost later is looked for again at once.
  return Serve(address);
}

absl::Status Publisher::Serve(const std::string& address) {
  absl::Time look_at = absl::Now() + kLookEvery;
  absl::Time sweep_at = absl::Now() + sweep_every_;
  while (true) {
    const bool last = stopping();
    RETURN_IF_ERROR(published_.Hear());
    RETURN_IF_ERROR(PublishWhatChanged());
    if (last) return absl::OkStatus();
    if (absl::Now() >= look_at) {
      RETURN_IF_ERROR(published_.CheckLine());
      if (!options_.sentinels.empty()) {
        // Sentinels that are silent say nothing against the master we have.
        const absl::StatusOr<std::string> master = sentinels_.FindMaster();
        if (master.ok() && *master != address) {
          return absl::UnavailableError(absl::StrCat("the master is now ", *master));
        }
      }
      look_at = absl::Now() + kLookEvery;
    }
    if (absl::Now() >= sweep_at) {
      RETURN_IF_ERROR(published_.Sweep());
      sweep_at = absl::Now() + sweep_every_;
    }
    pollfd waiting[] = {{published_.fd(), POLLIN, 0}, {wake_, POLLIN, 0}};
    const absl::Duration idle =
        std::max(absl::ZeroDuration(), std::min(look_at, sweep_at) - absl::Now());
    poll(waiting, 2, static_cast<int>(absl::ToInt64Milliseconds(idle)) + 1);
    eventfd_t woken = 0;
    eventfd_read(wake_, &woken);
  }
}

absl::Status Publisher::PublishWhatChanged() {
  std::vector<std::string> changed;
  absl::flat_hash_map<std::string, std::string> withdrawn;
  {
    const absl::MutexLock lock(&mutex_);
    changed.assign(changed_.begin(), changed_.end());
    changed_.clear();
    withdrawn = withdrawn_;
  }
  // What is not published here is not lost: on the next line everything is looked at. What is not
  // withdrawn stays on record.
  RETURN_IF_ERROR(published_.PutRight(changed));
  for (const auto& [period, revision] : withdrawn) {
    RETURN_IF_ERROR(published_.Withdraw(period, revision));
    const absl::MutexLock lock(&mutex_);
    if (const auto known = withdrawn_.find(period);
        known != withdrawn_.end() && known->second == revision) {
      withdrawn_.erase(known);
    }
  }
  return absl::OkStatus();
}

}  // namespace thidua::scoring
