// All watches of rankings that this process serves, on one thread, however many there are
// (docs/decisions/0030).
//
// A watch is a place in the board's changes: it is sent what changed last after it, as that is
// shown by then, and has come so far. A period that changed several times is so sent once, and a
// slow reader needs no queue. An event is encoded once for all watches that are sent it.
// Thread-safe. Lives longer than the server whose streams it takes.
#ifndef THIDUA_SERVICES_SCORING_RANKING_WATCHES_H_
#define THIDUA_SERVICES_SCORING_RANKING_WATCHES_H_

#include <grpcpp/support/byte_buffer.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/endpoint.h"
#include "services/platform/push_stream.h"
#include "services/scoring/board.h"
#include "services/scoring/period_pattern.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::scoring {

class RankingWatches {
 public:
  // A watch takes some 20 KiB, nearly all of it gRPC's.
  static constexpr size_t kWatchesMax = 2000;

  // What is on the board by now is taken for the whole present state (SNAPSHOT_END); with nothing
  // on it the state is whole once results-ingest has been seen.
  explicit RankingWatches(Board& board, size_t watches_max = kWatchesMax);
  // Ends all watches, as closing the board's feed does.
  ~RankingWatches();
  RankingWatches(const RankingWatches&) = delete;
  RankingWatches& operator=(const RankingWatches&) = delete;

  // Serves one watch. INVALID_ARGUMENT (PATTERN_INVALID), OUT_OF_RANGE (RESUME_TOKEN_UNKNOWN),
  // RESOURCE_EXHAUSTED (TOO_MANY_WATCHES), UNAVAILABLE (SHUTTING_DOWN).
  absl::Status Take(const v1::WatchRankingsRequest& request, const platform::Call& call,
                    std::shared_ptr<platform::PushStream> stream);

 private:
  struct Watch;
  using Watches = std::list<Watch>;
  using Event = platform::Encoded<v1::WatchRankingsResponse>;

  struct Watch {
    int64_t id = 0;
    PeriodPattern pattern;
    Board::Audience audience = Board::Audience::kInside;
    std::shared_ptr<platform::PushStream> stream;
    int64_t position = 0;       // The change up to which it was told.
    int64_t never_seen_by = 0;  // What had gone by this change it was never shown.
    bool end_told = false;      // SNAPSHOT_END
    bool stale_told = false;
    absl::Time idle_since;
    absl::Time until;       // When its caller's token ends.
    Watches* in = nullptr;  // due_, sending_ or idle_
  };

  // A stream took its message, or is over.
  struct Moved {
    int64_t id = 0;
    bool over = false;
  };

  void Run();
  void TakeIn(Watches& arrived, const std::vector<Moved>& moved);
  absl::Time NextBookmark() const;
  void Move(Watches::iterator watch, Watches& to);
  // What changed since the last round makes those due that want it.
  void Spread();
  void SpreadTo(Board::Audience audience, int64_t now);
  void TellNext(Watches::iterator watch);
  void TellBookmarks();
  // Ends a watch whose caller is signed in no more.
  bool HasEnded(Watches::iterator watch);
  // The event of a change; the same bytes for each watch of that audience that is sent it.
  const absl::StatusOr<grpc::ByteBuffer>& EventOf(const Board::Change& change,
                                                  Board::Audience audience, bool stale);
  // Whose counting a resume token is of. Who may see more by now begins anew, and less likewise.
  std::string TokenIdOf(Board::Audience audience) const;
  grpc::ByteBuffer Marked(Event event, Board::Audience audience, int64_t sequence,
                          bool stale) const;
  void Send(Watches::iterator watch, grpc::ByteBuffer event, bool stale);
  void Remove(Watches::iterator watch);
  void EndAll();

  Board& board_;
  const size_t watches_max_;
  const std::string store_id_;  // Of this process, and of its counting of changes.
  const int64_t epoch_ms_;

  // The dispatcher's.
  bool whole_;  // What is on the board is the whole present state.
  // By audience, the change up to which idle watches have nothing to be told.
  std::array<int64_t, 2> seen_;
  Watches due_, sending_, idle_;  // idle_: in the order in which they became so.
  absl::flat_hash_map<int64_t, Watches::iterator> by_id_;
  struct Told {
    int64_t sequence = 0;
    bool stale = false;
    absl::StatusOr<grpc::ByteBuffer> event;
  };
  std::array<Told, 2> told_;  // The change told last to each audience.

  // What others tell the dispatcher.
  absl::Mutex mutex_;
  Watches arrived_ ABSL_GUARDED_BY(mutex_);
  std::vector<Moved> moved_ ABSL_GUARDED_BY(mutex_);
  bool board_moved_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;  // No more are taken.
  size_t watches_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;

  std::thread dispatcher_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_RANKING_WATCHES_H_
