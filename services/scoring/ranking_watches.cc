#include "services/scoring/ranking_watches.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/platform/errors.h"
#include "services/platform/watch.h"

namespace thidua::scoring {
namespace {

using platform::PushStream;
using v1::WatchRankingsResponse;

// Bookmarks that are due so soon go out together.
constexpr absl::Duration kTogether = absl::Milliseconds(100);
// How long, at the end, a reader has to take the message on its way.
constexpr absl::Duration kEndPatience = absl::Seconds(1);

std::string NewStoreId() {
  absl::BitGen random;
  return absl::StrCat("scoring-process:",
                      absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

absl::Status ShuttingDown() {
  return platform::Refusal(absl::StatusCode::kUnavailable, "", "SHUTTING_DOWN",
                           "Dịch vụ đang dừng.");
}

}  // namespace

RankingWatches::RankingWatches(Board& board, size_t watches_max)
    : board_(board),
      watches_max_(watches_max),
      store_id_(NewStoreId()),
      epoch_ms_(absl::ToUnixMillis(absl::Now())),
      whole_(board.was_in_sight() || !board.Periods().empty()),
      seen_({board_.LastChange(Board::Audience::kInside),
             board_.LastChange(Board::Audience::kPublic)}) {
  board_.feed().SetListener([this] {
    const absl::MutexLock lock(&mutex_);
    board_moved_ = true;
  });
  dispatcher_ = std::thread([this] { Run(); });
}

RankingWatches::~RankingWatches() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  dispatcher_.join();
  board_.feed().SetListener(nullptr);
}

absl::Status RankingWatches::Take(const v1::WatchRankingsRequest& request,
                                  const platform::Call& call, std::shared_ptr<PushStream> stream) {
  Watch watch;
  ASSIGN_OR_RETURN(watch.pattern, ReadPeriodPattern("periods", request.periods()));
  if (call.terms().published_only) watch.audience = Board::Audience::kPublic;
  watch.until = call.caller().until();
  const int64_t now = board_.LastChange(watch.audience);
  ASSIGN_OR_RETURN(
      watch.position,
      platform::ReadResumeToken(request.resume_token(), TokenIdOf(watch.audience), epoch_ms_, now));
  if (request.resume_token().empty()) watch.never_seen_by = now;
  const absl::MutexLock lock(&mutex_);
  if (ended_) return ShuttingDown();
  if (watches_ >= watches_max_) {
    return platform::Refusal(absl::StatusCode::kResourceExhausted, "", "TOO_MANY_WATCHES",
                             "Quá nhiều nơi đang theo dõi cùng lúc; vui lòng thử lại sau.");
  }
  ++watches_;
  watch.id = ++last_id_;
  stream->Start([this, id = watch.id](bool over) {
    const absl::MutexLock moved(&mutex_);
    moved_.push_back({id, over});
  });
  watch.stream = std::move(stream);
  arrived_.push_back(std::move(watch));
  return absl::OkStatus();
}

void RankingWatches::Run() {
  bool over = false;
  while (!over) {
    const absl::Time until = NextBookmark();
    Watches arrived;
    std::vector<Moved> moved;
    bool board_moved = false;
    {
      const absl::MutexLock lock(&mutex_);
      const auto has_work = [this] {
        mutex_.AssertReaderHeld();
        return !arrived_.empty() || !moved_.empty() || board_moved_ || stopping_;
      };
      mutex_.AwaitWithDeadline(absl::Condition(&has_work), until);
      over = stopping_;
      arrived.swap(arrived_);
      moved.swap(moved_);
      board_moved = std::exchange(board_moved_, false);
    }
    for (Told& told : told_) {
      if (!told.event.ok()) told = Told();  // It may be possible by now.
    }
    TakeIn(arrived, moved);
    over = over || board_.feed().closed();
    if (over) break;
    if (board_moved) Spread();
    while (!due_.empty() && !board_.feed().closed()) TellNext(due_.begin());
    TellBookmarks();
  }
  EndAll();
}

void RankingWatches::TakeIn(Watches& arrived, const std::vector<Moved>& moved) {
  for (auto watch = arrived.begin(); watch != arrived.end(); ++watch) {
    watch->in = &due_;
    by_id_.emplace(watch->id, watch);
  }
  due_.splice(due_.end(), arrived);
  for (const auto& [id, over] : moved) {
    const Watches::iterator watch = by_id_.at(id);
    if (over) {
      Remove(watch);
    } else {
      Move(watch, due_);
    }
  }
}

absl::Time RankingWatches::NextBookmark() const {
  return idle_.empty() ? absl::InfiniteFuture()
                       : idle_.front().idle_since + platform::kBookmarkEvery;
}

void RankingWatches::Move(Watches::iterator watch, Watches& to) {
  to.splice(to.end(), *watch->in, watch);
  watch->in = &to;
}

void RankingWatches::SpreadTo(Board::Audience audience, int64_t now) {
  const auto any = [](absl::string_view) { return true; };
  int64_t& of_idle = seen_[static_cast<size_t>(audience)];
  int64_t seen = of_idle;
  while (!idle_.empty()) {
    const std::optional<Board::Change> change = board_.NextChange(seen, audience, any);
    if (!change.has_value() || change->sequence > now) break;
    for (auto watch = idle_.begin(); watch != idle_.end();) {
      const auto next = std::next(watch);
      if (watch->audience == audience && watch->position < change->sequence &&
          watch->pattern.Matches(change->period)) {
        watch->position = std::max(watch->position, of_idle);
        Move(watch, due_);
      }
      watch = next;
    }
    seen = change->sequence;
  }
  of_idle = now;
}

void RankingWatches::Spread() {
  for (const auto audience : {Board::Audience::kInside, Board::Audience::kPublic}) {
    SpreadTo(audience, board_.LastChange(audience));
  }
  whole_ = whole_ || board_.was_in_sight();
  for (auto watch = idle_.begin(); watch != idle_.end();) {
    const auto next = std::next(watch);
    if (watch->stale_told == board_.in_sight() || (whole_ && !watch->end_told)) Move(watch, due_);
    watch = next;
  }
}

void RankingWatches::TellNext(Watches::iterator watch) {
  // It is ending, and will be over.
  if (watch->stream->state() != PushStream::State::kIdle) return Move(watch, sending_);
  if (HasEnded(watch)) return;
  const bool stale = !board_.in_sight();
  // Before looking: what changes after it is yet to be told, also to one who goes on from here.
  const int64_t now = board_.LastChange(watch->audience);
  const auto wanted = [&watch](absl::string_view period) { return watch->pattern.Matches(period); };
  while (const std::optional<Board::Change> change =
             board_.NextChange(watch->position, watch->audience, wanted)) {
    if (change->shown == nullptr && change->sequence <= watch->never_seen_by) {
      watch->position = change->sequence;
      continue;
    }
    const absl::StatusOr<grpc::ByteBuffer>& event = EventOf(*change, watch->audience, stale);
    if (event.ok()) {
      watch->position = change->sequence;
      return Send(watch, *event, stale);
    }
    const auto again = board_.NextChange(watch->position, watch->audience, wanted);
    if (again.has_value() && again->sequence != change->sequence) continue;  // Overtaken.
    watch->stream->End(event.status());  // It comes back, and goes on from where it was.
    return Move(watch, sending_);
  }
  watch->position = std::max(watch->position, now);
  WatchRankingsResponse message;
  if (!watch->end_told && whole_) {
    watch->end_told = true;
    message.mutable_snapshot_end();
  } else if (watch->stale_told != stale) {
    message.mutable_bookmark();
  } else {
    watch->idle_since = absl::Now();
    return Move(watch, idle_);
  }
  Send(watch, Marked(Event(message), watch->audience, watch->position, stale), stale);
}

bool RankingWatches::HasEnded(Watches::iterator watch) {
  if (absl::Now() < watch->until) return false;
  watch->stream->End(platform::SignInEnded());
  Move(watch, sending_);
  return true;
}

void RankingWatches::TellBookmarks() {
  const absl::Time due = absl::Now() - platform::kBookmarkEvery + kTogether;
  const bool stale_now = !board_.in_sight();
  WatchRankingsResponse bookmark;
  bookmark.mutable_bookmark();
  while (!idle_.empty() && idle_.front().idle_since <= due) {
    const auto watch = idle_.begin();
    if (HasEnded(watch)) continue;
    // Sight that was found since is told after what came before it.
    const bool stale = watch->stale_told || stale_now;
    watch->position = std::max(watch->position, seen_[static_cast<size_t>(watch->audience)]);
    Send(watch, Marked(Event(bookmark), watch->audience, watch->position, stale), stale);
  }
}

const absl::StatusOr<grpc::ByteBuffer>& RankingWatches::EventOf(const Board::Change& change,
                                                                Board::Audience audience,
                                                                bool stale) {
  Told& told = told_[static_cast<size_t>(audience)];
  // What could not be told is not tried again for each watch.
  if (told.sequence == change.sequence && told.stale == stale) return told.event;
  told.sequence = change.sequence;
  told.stale = stale;
  std::shared_ptr<const Snapshot> shown = change.shown;
  if (shown != nullptr && shown->reply.empty()) {
    absl::StatusOr<std::shared_ptr<const Snapshot>> again = board_.Get(change.period, audience);
    if (again.ok()) {
      shown = *std::move(again);  // That one, or a newer one by now.
    } else if (absl::IsNotFound(again.status()) || absl::IsDataLoss(again.status())) {
      shown = nullptr;
    } else {
      told.event = again.status();
      return told.event;
    }
  }
  Event event;
  if (shown != nullptr) {
    event.MergeField(WatchRankingsResponse::kRankingFieldNumber,
                     platform::Encoded<v1::GetRankingResponse>(shown, shown->reply));
  } else {
    WatchRankingsResponse removed;
    removed.set_removed(change.period);
    event.Merge(removed);
  }
  told.event = Marked(std::move(event), audience, change.sequence, stale);
  return told.event;
}

std::string RankingWatches::TokenIdOf(Board::Audience audience) const {
  return audience == Board::Audience::kInside ? store_id_ : absl::StrCat(store_id_, ":public");
}

grpc::ByteBuffer RankingWatches::Marked(Event event, Board::Audience audience, int64_t sequence,
                                        bool stale) const {
  WatchRankingsResponse mark;
  mark.set_resume_token(platform::ResumeToken(TokenIdOf(audience), epoch_ms_, sequence));
  mark.set_store_id(store_id_);
  mark.set_stale(stale);
  event.Merge(mark);
  return platform::Endpoint::ToBuffer(event);
}

void RankingWatches::Send(Watches::iterator watch, grpc::ByteBuffer event, bool stale) {
  watch->stale_told = stale;
  Move(watch, sending_);
  watch->stream->Send(std::move(event));
}

void RankingWatches::Remove(Watches::iterator watch) {
  by_id_.erase(watch->id);
  watch->in->erase(watch);
  const absl::MutexLock lock(&mutex_);
  --watches_;
}

void RankingWatches::EndAll() {
  const auto take_in = [this](absl::Time until) {
    Watches arrived;
    std::vector<Moved> moved;
    {
      const absl::MutexLock lock(&mutex_);
      const auto has_moved = [this] {
        mutex_.AssertReaderHeld();
        return !moved_.empty();
      };
      ended_ = true;
      mutex_.AwaitWithDeadline(absl::Condition(&has_moved), until);
      arrived.swap(arrived_);
      moved.swap(moved_);
    }
    TakeIn(arrived, moved);
  };
  take_in(absl::InfinitePast());
  for (const auto& [id, watch] : by_id_) watch->stream->End(ShuttingDown());
  for (const absl::Time until = absl::Now() + kEndPatience;
       !by_id_.empty() && absl::Now() < until;) {
    take_in(until);
  }
  for (const auto& [id, watch] : by_id_) watch->stream->BreakOff();
  while (!by_id_.empty()) take_in(absl::InfiniteFuture());
}

}  // namespace thidua::scoring
