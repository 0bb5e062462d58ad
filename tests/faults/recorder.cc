#include "tests/faults/recorder.h"

#include <utility>

namespace thidua::tests {

using faults::History;

Recorder::Recorder(uint64_t seed, const std::string& engine) {
  const absl::MutexLock lock(&mutex_);
  history_.set_seed(seed);
  history_.set_engine(engine);
}

int64_t Recorder::now_us() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               begun_)
      .count();
}

void Recorder::BeginLife(History::Life life) {
  for (const results::v1::PeriodInputs& inputs : life.begun()) {
    const bool sealed = !inputs.seals().empty() && inputs.seals().rbegin()->reopen_version() == 0;
    if (sealed) MayBeSealed(inputs.name());
  }
  const absl::MutexLock lock(&mutex_);
  *history_.add_lives() = std::move(life);
}

void Recorder::EndLife(const History::Life& ended) {
  const absl::MutexLock lock(&mutex_);
  History::Life& life = *history_.mutable_lives()->rbegin();
  *life.mutable_ended() = ended.ended();
  *life.mutable_stored() = ended.stored();
}

int Recorder::life() const {
  const absl::MutexLock lock(&mutex_);
  return history_.lives_size() - 1;
}

int Recorder::Add(History::Write write) {
  const absl::MutexLock lock(&mutex_);
  if (write.outcome() == History::OUTCOME_ACKNOWLEDGED) ++acknowledged_;
  *history_.add_writes() = std::move(write);
  return history_.writes_size() - 1;
}

void Recorder::AddRepeat(int write, History::Write::Repeat repeat) {
  const absl::MutexLock lock(&mutex_);
  *history_.mutable_writes(write)->add_repeats() = std::move(repeat);
}

void Recorder::Add(History::Registration registration) {
  const absl::MutexLock lock(&mutex_);
  *history_.add_registrations() = std::move(registration);
}

int Recorder::Add(History::Read read, const scoring::v1::Ranking& ranking) {
  const absl::MutexLock lock(&mutex_);
  const int index = IndexOf(ranking);
  read.set_ranking(index);
  *history_.add_reads() = std::move(read);
  return index;
}

int Recorder::AddFinal(History::Final made, const scoring::v1::Ranking& ranking) {
  const absl::MutexLock lock(&mutex_);
  made.set_ranking(IndexOf(ranking));
  *history_.add_finals() = std::move(made);
  return history_.finals_size() - 1;
}

void Recorder::Revoked(int index, const History::Span& span) {
  const absl::MutexLock lock(&mutex_);
  *history_.mutable_finals(index)->mutable_revoked() = span;
}

void Recorder::AddOnRecord(const scoring::v1::Ranking& ranking, bool revoked) {
  const absl::MutexLock lock(&mutex_);
  History::Final& one = *history_.add_on_record();
  one.set_ranking(IndexOf(ranking));
  if (revoked) one.mutable_revoked();
}

void Recorder::AddOnRecord(registry::v1::Unit unit) {
  const absl::MutexLock lock(&mutex_);
  *history_.add_units() = std::move(unit);
}

void Recorder::MayBeSealed(const std::string& period) {
  const int64_t now = now_us();
  const absl::MutexLock lock(&mutex_);
  History::Sealing& sealing = *history_.add_sealings();
  sealing.mutable_span()->set_asked_us(now);
  sealing.set_period(period);
}

void Recorder::IsOpen(const std::string& period) {
  const int64_t now = now_us();
  const absl::MutexLock lock(&mutex_);
  for (History::Sealing& sealing : *history_.mutable_sealings()) {
    if (sealing.period() == period && sealing.span().answered_us() == 0) {
      sealing.mutable_span()->set_answered_us(now);
    }
  }
}

void Recorder::Add(History::Blow blow) {
  const absl::MutexLock lock(&mutex_);
  *history_.add_blows() = std::move(blow);
}

void Recorder::Complain(const std::string& what) {
  const absl::MutexLock lock(&mutex_);
  history_.add_complaints(what);
}

int Recorder::writes() const {
  const absl::MutexLock lock(&mutex_);
  return history_.writes_size();
}

int64_t Recorder::acknowledged() const {
  const absl::MutexLock lock(&mutex_);
  return acknowledged_;
}

int64_t Recorder::reads() const {
  const absl::MutexLock lock(&mutex_);
  return history_.reads_size();
}

int64_t Recorder::finals() const {
  const absl::MutexLock lock(&mutex_);
  return history_.finals_size();
}

History Recorder::history() const {
  const absl::MutexLock lock(&mutex_);
  return history_;
}

int Recorder::IndexOf(scoring::v1::Ranking ranking) {
  ranking.clear_compute_time();
  const auto [at, is_new] =
      rankings_.try_emplace(ranking.SerializeAsString(), history_.rankings_size());
  if (is_new) *history_.add_rankings() = std::move(ranking);
  return at->second;
}

}  // namespace thidua::tests
