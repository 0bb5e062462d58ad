// The rankings as scoring shows them to everybody, as JSON, kept true by WatchRankings: a reading
// of one takes no call. The portal watches as itself, and is shown what is public.
//
// Answered from memory only while scoring is in sight: told by a watch that has sent the present
// state whole, and has been heard within kSilenceMax (it sends a bookmark each second). What was
// known before scoring went out of sight is kept for those who would otherwise get an error
// (stale-if-error).
#ifndef THIDUA_SERVICES_PORTAL_SHOWN_RANKINGS_H_
#define THIDUA_SERVICES_PORTAL_SHOWN_RANKINGS_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/call_once.h"
#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/watch_metrics.h"
#include "services/portal/http_exchange.h"
#include "services/portal/transcoding.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::portal {

// How long an answer may be used without asking, and for how long instead of an error.
inline constexpr char kRankingCacheControl[] = "max-age=1, stale-if-error=86400";
inline constexpr absl::Duration kStaleIfError = absl::Hours(24);
inline constexpr absl::Duration kSilenceMax = absl::Seconds(3);

// One answer of GetRanking, encoded when it is first asked for. Immutable; thread-safe.
class ShownRanking {
 public:
  ShownRanking(const Transcoding& transcoding, const google::protobuf::Descriptor& type,
               scoring::v1::GetRankingResponse response);

  const std::string& name() const { return response_.ranking().name(); }
  const std::string& revision() const { return response_.ranking().revision(); }
  bool final() const { return response_.ranking().state() == scoring::v1::Ranking::STATE_FINAL; }
  const std::string& freshness_token() const { return response_.freshness_token(); }

  // 200, or 304 to who has it already. `stale`: whether it may have been overtaken.
  const HttpReply& Reply(bool stale, absl::string_view if_none_match) const;

 private:
  struct Encoded {
    absl::once_flag once;
    std::string etag;
    HttpReply whole;
    HttpReply not_modified;
  };
  void Encode(bool stale, Encoded& encoded) const;

  const Transcoding& transcoding_;
  const google::protobuf::Descriptor& type_;
  const scoring::v1::GetRankingResponse response_;
  mutable Encoded encoded_[2];
};

// Thread-safe. `transcoding` outlives it.
class ShownRankings {
 public:
  ShownRankings(const Contracts& contracts, const Transcoding& transcoding,
                std::shared_ptr<grpc::Channel> scoring);
  ~ShownRankings();

  struct Found {
    std::shared_ptr<const ShownRanking> ranking;
    bool vouched = false;  // It is what scoring shows now.
    bool stale = false;    // As scoring says of itself; a final never is.
  };
  // By "/v1/blocs/{bloc}/pacts/{year}/periods/{period}/ranking"; nullopt: not known, or not for
  // kStaleIfError.
  std::optional<Found> Find(absl::string_view target) const;

  // An answer of GetRanking that did not come by the watch.
  std::shared_ptr<const ShownRanking> Of(scoring::v1::GetRankingResponse response) const;

  // It has been shown to one who said nothing of who they are, as it may be to everybody: nothing
  // older is shown after it, though the watch may still tell of such.
  // `whatever_is_held`: that was of a store that has been replaced.
  void Keep(std::shared_ptr<const ShownRanking> ranking, bool whatever_is_held = false);

 private:
  struct Held {
    std::shared_ptr<const ShownRanking> ranking;
    bool named = false;  // By the watch that runs now, whatever it told of it.
    bool told = false;   // And nothing newer was known than what it told.
  };

  void Run();
  // One watch, from the last token; false: the token is not known any more.
  bool Watch(std::string& resume_token);
  void Take(const scoring::v1::WatchRankingsResponse& event);

  prometheus::Gauge& in_sight_ = platform::WatchInSight("scoring");
  const Transcoding& transcoding_;
  const google::protobuf::Descriptor& type_;
  const std::unique_ptr<scoring::v1::ScoringService::Stub> scoring_;

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Held> by_target_ ABSL_GUARDED_BY(mutex_);
  bool whole_ ABSL_GUARDED_BY(mutex_) = false;   // The present state has been told.
  bool pruned_ ABSL_GUARDED_BY(mutex_) = false;  // What it did not tell of has been dropped.
  bool stale_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Duration heard_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();  // Of the uptime.
  grpc::ClientContext* watch_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_SHOWN_RANKINGS_H_
