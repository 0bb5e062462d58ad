// Watches: the present state, then every change, for ever, however often the line breaks.
//
// A store keeps for each object the sequence number of its last change. A watch reads the objects
// changed after a number, in that order: at first all of them, then SNAPSHOT_END, then what
// changes, and a bookmark each second while nothing does. An object that changed several times is
// sent once, as it is now. Other processes on the same database commit too, and move no feed here:
// before each bookmark the store is asked, so that what they did is told within a bookmark's time.
// The resume token is the number with the store's id and epoch: it does
// not grow old, because nothing but the objects themselves is needed to go on from it
// (docs/decisions/0005).
#ifndef THIDUA_SERVICES_PLATFORM_WATCH_H_
#define THIDUA_SERVICES_PLATFORM_WATCH_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/platform/change_feed.h"
#include "services/platform/endpoint.h"
#include "services/platform/errors.h"
#include "services/platform/log.h"
#include "services/platform/watch_metrics.h"

namespace thidua::platform {

inline constexpr absl::Duration kBookmarkEvery = absl::Seconds(1);
// Objects read at once: bounds what a slow reader holds in memory.
inline constexpr int64_t kWatchBatch = 64;

// What a store answers to a watch. An Event is a message, or an Encoded one: events that many
// watches are sent are encoded once.
template <typename Event>
struct WatchBatch {
  // Objects last changed after the number asked for, in that order, at most kWatchBatch.
  std::vector<std::pair<int64_t, Event>> changes;
  bool more = false;     // There are others behind them.
  int64_t sequence = 0;  // The store's sequence in the snapshot that was read.
};

std::string ResumeToken(absl::string_view store_id, int64_t epoch_ms, int64_t sequence);
// OUT_OF_RANGE (RESUME_TOKEN_UNKNOWN) for a token of another store, or given before the store was
// opened last: in between an old backup may have been put back, and other changes counted since. An
// empty token is 0.
absl::StatusOr<int64_t> ReadResumeToken(absl::string_view token, absl::string_view store_id,
                                        int64_t epoch_ms, int64_t sequence_now);

// With where to go on from and whose word it is.
template <typename Message>
Message Marked(Message event, std::string resume_token, absl::string_view store_id) {
  event.set_resume_token(std::move(resume_token));
  event.set_store_id(std::string(store_id));
  return event;
}
template <typename Message>
Encoded<Message> Marked(Encoded<Message> event, std::string resume_token,
                        absl::string_view store_id) {
  event.Merge(Marked(Message(), std::move(resume_token), store_id));
  return event;
}
template <typename Event>
struct MessageOfEvent {
  using Message = Event;
};
template <typename Encoding>
struct MessageOfEvent<Encoded<Encoding>> {
  using Message = Encoding;
};

// Serves one watch until the caller goes, the feed is closed, or the store cannot be read.
template <typename Event>
absl::Status ServeWatch(absl::string_view store_id, ChangeFeed& feed,
                        absl::string_view resume_token, const Call& call, const Send<Event>& send,
                        absl::FunctionRef<absl::StatusOr<WatchBatch<Event>>(int64_t after)> read) {
  absl::StatusOr<int64_t> position =
      ReadResumeToken(resume_token, store_id, feed.epoch_ms(), feed.sequence());
  if (!position.ok()) return position.status();
  using Message = typename MessageOfEvent<Event>::Message;
  const auto send_marked = [&](Event event, int64_t sequence) {
    return send(
        Marked(std::move(event), ResumeToken(store_id, feed.epoch_ms(), sequence), store_id));
  };
  bool snapshot_ended = false;
  bool bookmark_due = false;
  while (!feed.closed()) {
    if (absl::Now() >= call.caller().until()) return SignInEnded();
    absl::StatusOr<WatchBatch<Event>> batch = read(*position);
    if (!batch.ok()) return batch.status();
    feed.Advance(batch->sequence);  // By another process, perhaps: the other watches want to know.
    for (auto& [sequence, event] : batch->changes) {
      if (!send_marked(std::move(event), sequence)) return absl::CancelledError("watcher gone");
      *position = sequence;
    }
    if (batch->more) continue;
    *position = batch->sequence;
    if (!snapshot_ended) {
      Message end;
      end.mutable_snapshot_end();
      if (!send_marked(Event(end), *position)) return absl::CancelledError("watcher gone");
      snapshot_ended = true;
    } else if (bookmark_due && batch->changes.empty()) {
      Message bookmark;
      bookmark.mutable_bookmark();
      if (call.cancelled() || !send_marked(Event(bookmark), *position)) {
        return absl::CancelledError("watcher gone");
      }
    }
    bookmark_due = !feed.AwaitBeyond(*position, absl::Now() + kBookmarkEvery);
  }
  return Refusal(absl::StatusCode::kUnavailable, "", "SHUTTING_DOWN", "Dịch vụ đang dừng.");
}

// Follows another service's watch on a thread of its own, reconnecting for ever.
template <typename Request, typename Event>
class WatchFollower {
 public:
  struct Source {
    std::string name;  // For the log: "registry".
    std::function<std::unique_ptr<grpc::ClientReader<Event>>(grpc::ClientContext*, const Request&)>
        open;
  };
  struct Follower {
    // Where to go on from; asked at each connection. "": the present state is sent whole, and what
    // was known and is not in it by SNAPSHOT_END is gone.
    std::function<std::string()> resume_token;
    // The source does not know the token (another store, an old backup): it is to be "" from now
    // on.
    std::function<absl::Status()> start_over;
    // Takes one event in, for good, and may take it apart: on an error the stream is opened again
    // from resume_token().
    std::function<absl::Status(Event&)> apply;
    // The stream is lost; what is known may be overtaken from now on.
    std::function<void()> lost;
  };

  WatchFollower(Source source, Follower follower)
      : source_(std::move(source)),
        follower_(std::move(follower)),
        thread_([this] { Run(); }),
        watchdog_([this] { EndSilentStreams(); }) {}
  ~WatchFollower() { Stop(); }
  WatchFollower(const WatchFollower&) = delete;
  WatchFollower& operator=(const WatchFollower&) = delete;

  void Stop() {
    {
      const absl::MutexLock lock(&mutex_);
      stopping_ = true;
      if (context_ != nullptr) context_->TryCancel();
    }
    if (thread_.joinable()) thread_.join();
    if (watchdog_.joinable()) watchdog_.join();
  }

 private:
  // A restarted service is found again quickly, and one that stays away is not hammered.
  static constexpr absl::Duration kPauseFirst = absl::Milliseconds(50);
  static constexpr absl::Duration kPauseMax = absl::Seconds(2);
  // Bookmarks come each second: a stream that is silent for longer is not alive, whatever its
  // connection says.
  static constexpr absl::Duration kSilenceMax = absl::Seconds(3);

  void Run() {
    absl::Duration pause = kPauseFirst;
    std::string why;  // It could not be followed, as it was told last.
    while (!stopping()) {
      bool connected = false;
      absl::Status ended = FollowOnce(connected);
      if (stopping()) return;
      if (ended.code() == absl::StatusCode::kOutOfRange) {
        Log(Severity::kWarning, "watch starts over", {{"source", source_.name}});
        ended = follower_.start_over();
        if (!ended.ok()) {
          Log(Severity::kError, "cannot start over", {{"why", ended.ToString()}});
        }
      }
      if (connected || ended.message() != why) {
        why = std::string(ended.message());
        Log(Severity::kWarning, connected ? "watch lost" : "watch not opened",
            {{"source", source_.name}, {"why", why}});
      }
      if (connected) pause = kPauseFirst;
      in_sight_.Set(0);
      follower_.lost();
      const absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&stopping_), pause);
      pause = std::min(pause * 2, kPauseMax);
    }
  }

  absl::Status FollowOnce(bool& connected) {
    grpc::ClientContext context;
    {
      const absl::MutexLock lock(&mutex_);
      if (stopping_) return absl::OkStatus();
      context_ = &context;
      heard_at_ = absl::Now();
    }
    Request request;
    request.set_resume_token(follower_.resume_token());
    std::unique_ptr<grpc::ClientReader<Event>> reader = source_.open(&context, request);
    Event event;
    absl::Status applied;
    while (applied.ok() && reader->Read(&event)) {
      if (!connected) Log(Severity::kInfo, "watch connected", {{"source", source_.name}});
      connected = true;
      in_sight_.Set(1);
      SetHeardAt(absl::InfiniteFuture());  // The silence while we work is ours.
      applied = follower_.apply(event);
      SetHeardAt(absl::Now());
    }
    if (!applied.ok()) {
      Log(Severity::kError, "watch event not taken in",
          {{"source", source_.name}, {"why", applied.ToString()}});
      context.TryCancel();
    }
    const absl::Status ended = FromGrpcStatus(reader->Finish());
    const absl::MutexLock lock(&mutex_);
    context_ = nullptr;
    return applied.ok() ? ended : applied;
  }

  void SetHeardAt(absl::Time time) {
    const absl::MutexLock lock(&mutex_);
    heard_at_ = time;
  }

  void EndSilentStreams() {
    const absl::MutexLock lock(&mutex_);
    while (!mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kBookmarkEvery)) {
      if (context_ != nullptr && absl::Now() - heard_at_ > kSilenceMax) context_->TryCancel();
    }
  }

  bool stopping() {
    const absl::MutexLock lock(&mutex_);
    return stopping_;
  }

  const Source source_;
  const Follower follower_;
  prometheus::Gauge& in_sight_ = WatchInSight(source_.name);
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* context_ ABSL_GUARDED_BY(mutex_) = nullptr;
  absl::Time heard_at_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
  std::thread watchdog_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_WATCH_H_
