// One caller's stream of events that takes no thread, however long it lasts.
//
//   absl::Status Watches::Watch(const WatchRequest& request, std::shared_ptr<PushStream> stream) {
//     stream->Start([this, id](bool over) { … note what became of `id` … });
//     … stream->Send(…) now or later, from any thread …
//   }
//
// One message is on its way at a time: who reads slowly holds one message here, and its owner
// decides at the next turn what is worth sending by then. Registered by Endpoint::ServerPush.
// Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_PUSH_STREAM_H_
#define THIDUA_SERVICES_PLATFORM_PUSH_STREAM_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/call_metrics.h"
#include "services/platform/caller_limits.h"

namespace thidua::platform {

class PushStream {
 public:
  // Whoever holds a stream may drop it at any time; the call is answered when it ends.
  static std::shared_ptr<PushStream> Open(grpc::CallbackServerContext& context);

  enum class State {
    kIdle,     // A message may be sent.
    kSending,  // The one before is on its way, or the stream is ending.
    kOver,     // The call is done with; nothing moves any more.
  };
  State state() const;

  // Once, before the handler returns. `moved` runs whenever a message was taken and the next may be
  // sent (false), and when the call is done with (true), which is the last time; on a thread of
  // gRPC: it must be quick and wait for nothing.
  void Start(std::function<void(bool over)> moved);

  // In state kIdle, by one thread at a time. To a caller that has gone nothing is sent; kOver
  // follows.
  void Send(grpc::ByteBuffer message);

  // Ends the call, with what errors.h makes of `status`, once the message on its way is sent; of
  // several the first counts.
  void End(const absl::Status& status);
  // The same at once: whoever does not read is cut off, with CANCELLED.
  void BreakOff();

 private:
  friend class Endpoint;
  class Reactor;

  // Until the call is done with.
  void Keep(CallerLimits::Hold hold);
  // It has begun, and is over when the call is done with. Once, at its beginning.
  void CountIn(CallMetrics& metrics);

  explicit PushStream(grpc::CallbackServerContext& context) : context_(context) {}
  grpc::ServerWriteReactor<grpc::ByteBuffer>* reactor() const;

  // What gRPC tells.
  void OnSent(bool sent);
  void OnCallerGone();
  void OnDone();

  void EndLocked(grpc::Status status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  // Both are gRPC's, and live until it says OnDone, which it does once the end was asked for.
  grpc::CallbackServerContext& context_;
  Reactor* reactor_ = nullptr;
  CallerLimits::Hold hold_ ABSL_GUARDED_BY(mutex_);
  CallMetrics* metrics_ ABSL_GUARDED_BY(mutex_) = nullptr;
  absl::Time began_ ABSL_GUARDED_BY(mutex_);
  std::function<void(bool over)> moved_ ABSL_GUARDED_BY(mutex_);
  grpc::ByteBuffer message_ ABSL_GUARDED_BY(mutex_);  // On its way.
  bool sending_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;  // Nothing more is sent.
  grpc::Status status_ ABSL_GUARDED_BY(mutex_);  // With which it ends.
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_PUSH_STREAM_H_
