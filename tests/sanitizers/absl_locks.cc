// absl::Mutex and absl::CondVar as the thread sanitizer understands them: over pthreads. Part of
// every executable of the preset `tsan`, and of no other.
//
// Debian's Abseil is compiled without the sanitizer, which therefore does not see that one thread
// leaves a lock before another takes it, and takes all that a lock protects for a race. These stand
// before Abseil's own, for the libraries made on it too. Nothing is suppressed by this: what no
// lock protects stays a race.
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "absl/base/dynamic_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace absl {
ABSL_NAMESPACE_BEGIN
namespace {

// Counts what may have changed, for those who wait for it.
class Changes {
 public:
  uint64_t Tell() {
    std::lock_guard<std::mutex> lock(mutex_);
    changed_.notify_all();
    return ++number_;
  }
  uint64_t Now() {
    std::lock_guard<std::mutex> lock(mutex_);
    return number_;
  }
  // False: nothing was told since `seen` by the deadline.
  bool WaitBeyond(uint64_t seen, absl::Time deadline) {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto is_over = [&] { return number_ != seen; };
    if (deadline == absl::InfiniteFuture()) {
      changed_.wait(lock, is_over);
      return true;
    }
    return changed_.wait_until(lock, absl::ToChronoTime(deadline), is_over);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t number_ = 0;
};

struct Locks {
  Locks() {
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    // Readers without end do not keep a writer out, as with Abseil.
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
  }
  ~Locks() { pthread_rwlock_destroy(&lock); }

  pthread_rwlock_t lock;
  std::atomic<bool> is_writers = false;  // How it is held, to those who hold it.
  Changes changes;
};

// Made by the first who asks, in the word that is Abseil's.
template <typename Made>
Made& In(std::atomic<intptr_t>& word) {
  intptr_t there = word.load(std::memory_order_acquire);
  if (there == 0) {
    auto* made = new Made;
    if (word.compare_exchange_strong(there, reinterpret_cast<intptr_t>(made))) return *made;
    delete made;
  }
  return *reinterpret_cast<Made*>(there);
}

// Unseen: that all others have left it libgrpc knows by counts that the sanitizer does not see. Who
// frees a lock of ours too early is told by what frees the object around it.
template <typename Made>
void Free(std::atomic<intptr_t>& word) {
  ABSL_ANNOTATE_IGNORE_READS_AND_WRITES_BEGIN();
  delete reinterpret_cast<Made*>(word.load(std::memory_order_acquire));
  ABSL_ANNOTATE_IGNORE_READS_AND_WRITES_END();
}

}  // namespace

Mutex::~Mutex() { Free<Locks>(mu_); }

void Mutex::Lock() {
  Locks& locks = In<Locks>(mu_);
  pthread_rwlock_wrlock(&locks.lock);
  locks.is_writers = true;
}

bool Mutex::TryLock() {
  Locks& locks = In<Locks>(mu_);
  if (pthread_rwlock_trywrlock(&locks.lock) != 0) return false;
  locks.is_writers = true;
  return true;
}

// Told before it is left: whoever takes it next may destroy it.
void Mutex::Unlock() {
  Locks& locks = In<Locks>(mu_);
  locks.changes.Tell();
  locks.is_writers = false;
  pthread_rwlock_unlock(&locks.lock);
}

void Mutex::ReaderLock() { pthread_rwlock_rdlock(&In<Locks>(mu_).lock); }
bool Mutex::ReaderTryLock() { return pthread_rwlock_tryrdlock(&In<Locks>(mu_).lock) == 0; }
void Mutex::ReaderUnlock() { pthread_rwlock_unlock(&In<Locks>(mu_).lock); }

bool Mutex::AwaitWithDeadline(const Condition& condition, absl::Time deadline) {
  Locks& locks = In<Locks>(mu_);
  bool in_time = true;
  while (!condition.Eval()) {
    if (!in_time) return false;
    const uint64_t seen = locks.changes.Tell();  // Others may wait for what this one changed.
    const bool is_writers = locks.is_writers;
    if (is_writers) locks.is_writers = false;
    pthread_rwlock_unlock(&locks.lock);
    in_time = locks.changes.WaitBeyond(seen, deadline);
    is_writers ? Lock() : ReaderLock();
  }
  return true;
}

void Mutex::Await(const Condition& condition) { AwaitWithDeadline(condition, InfiniteFuture()); }
bool Mutex::AwaitWithTimeout(const Condition& condition, absl::Duration timeout) {
  return AwaitWithDeadline(condition, absl::Now() + timeout);
}

void Mutex::LockWhen(const Condition& condition) {
  Lock();
  Await(condition);
}
bool Mutex::LockWhenWithDeadline(const Condition& condition, absl::Time deadline) {
  Lock();
  return AwaitWithDeadline(condition, deadline);
}
bool Mutex::LockWhenWithTimeout(const Condition& condition, absl::Duration timeout) {
  return LockWhenWithDeadline(condition, absl::Now() + timeout);
}
void Mutex::ReaderLockWhen(const Condition& condition) {
  ReaderLock();
  Await(condition);
}
bool Mutex::ReaderLockWhenWithDeadline(const Condition& condition, absl::Time deadline) {
  ReaderLock();
  return AwaitWithDeadline(condition, deadline);
}
bool Mutex::ReaderLockWhenWithTimeout(const Condition& condition, absl::Duration timeout) {
  return ReaderLockWhenWithDeadline(condition, absl::Now() + timeout);
}

// The sanitizer knows better.
void Mutex::AssertHeld() const {}
void Mutex::AssertReaderHeld() const {}
void Mutex::AssertNotHeld() const {}
void Mutex::EnableDebugLog(const char*) {}
void Mutex::EnableInvariantDebugging(void (*)(void*), void*) {}
void Mutex::ForgetDeadlockInfo() {}

CondVar::~CondVar() { Free<Changes>(cv_); }

bool CondVar::WaitWithDeadline(Mutex* mutex, absl::Time deadline) {
  Changes& changes = In<Changes>(cv_);
  const uint64_t seen = changes.Now();
  mutex->Unlock();
  const bool is_told = changes.WaitBeyond(seen, deadline);
  mutex->Lock();
  return !is_told;
}
void CondVar::Wait(Mutex* mutex) { WaitWithDeadline(mutex, InfiniteFuture()); }
bool CondVar::WaitWithTimeout(Mutex* mutex, absl::Duration timeout) {
  return WaitWithDeadline(mutex, absl::Now() + timeout);
}
// One more that wakes up looks again, and waits on.
void CondVar::Signal() { In<Changes>(cv_).Tell(); }
void CondVar::SignalAll() { In<Changes>(cv_).Tell(); }
void CondVar::EnableDebugLog(const char*) {}

ABSL_NAMESPACE_END
}  // namespace absl
