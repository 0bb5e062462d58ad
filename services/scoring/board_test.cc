#include "services/scoring/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/scoring/khoi4_2019_inputs_testlib.h"

namespace thidua::scoring {
namespace {

using StandingPointer = std::shared_ptr<const Standing>;
using testing::ElementsAre;

StandingPointer ComputedFrom(ReceivedPeriod received) {
  auto standing = ComputeStanding(std::move(received), absl::UnixEpoch());
  EXPECT_TRUE(standing.ok()) << standing.status();
  return *standing;
}

StandingPointer StandingAt(int64_t version) { return ComputedFrom(khoi4_2019::Received(version)); }

std::string PeriodOf(int number) {
  return absl::StrCat("blocs/khoi-so-", number, "/pacts/2019/periods/6-thang");
}

// Some of many periods, all of one size.
StandingPointer StandingOf(int number, int64_t version = 1) {
  ReceivedPeriod received = khoi4_2019::Received(version);
  received.inputs.set_name(PeriodOf(number));
  return ComputedFrom(std::move(received));
}

TEST(BoardTest, AStandingIsTheOneBehindWhatIsShown) {
  // What is stored is a step ahead of what is shown, which follows.
  Board* shown = nullptr;
  int computed = 0;
  Board board(
      [&](const Snapshot&) -> absl::StatusOr<StandingPointer> {
        if (++computed == 1) shown->Put(StandingAt(2));
        return StandingAt(2);
      },
      {.standing_bytes = 0});
  shown = &board;
  board.Put(StandingAt(1));
  board.Put(StandingOf(7));  // There is room for one, and this is it.
  const auto standing = board.GetStanding(khoi4_2019::kPeriodName);
  ASSERT_TRUE(standing.ok()) << standing.status();
  EXPECT_EQ((*standing)->received.inputs.version(), 2);
  EXPECT_EQ(board.Find(khoi4_2019::kPeriodName)->version, 2);
}

TEST(BoardTest, WhatIsNotThereIsSaid) {
  Board board;
  EXPECT_TRUE(absl::IsUnavailable(board.Get("blocs/b/pacts/2019/periods/p").status()));
  board.SetInSight(true);
  EXPECT_TRUE(absl::IsNotFound(board.Get("blocs/b/pacts/2019/periods/p").status()));
  board.SetInSight(false);
  EXPECT_TRUE(absl::IsNotFound(board.Get("blocs/b/pacts/2019/periods/p").status()));

  board.Put(StandingAt(1));
  EXPECT_EQ((*board.Get(khoi4_2019::kPeriodName))->version, 1);
  board.PutBroken(khoi4_2019::kPeriodName, absl::DataLossError("broken"));
  EXPECT_EQ(board.Find(khoi4_2019::kPeriodName), nullptr);
  EXPECT_TRUE(absl::IsDataLoss(board.Get(khoi4_2019::kPeriodName).status()));
  EXPECT_THAT(board.Periods(), testing::ElementsAre(khoi4_2019::kPeriodName));
  board.Remove(khoi4_2019::kPeriodName);
  EXPECT_TRUE(absl::IsNotFound(board.Get(khoi4_2019::kPeriodName).status()));
  EXPECT_THAT(board.Periods(), testing::IsEmpty());
}

TEST(BoardTest, ReadersSeeNothingOlderAfterSomethingNewer) {
  Board board;
  std::vector<StandingPointer> standings;
  for (int64_t version = 1; version <= 50; ++version) standings.push_back(StandingAt(version));
  board.Put(standings[0]);
  std::atomic<bool> done = false;
  std::latch reading(4);
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      int64_t seen = 0;
      while (!done) {
        const auto shown = board.Find(khoi4_2019::kPeriodName);
        if (seen == 0) reading.count_down();
        ASSERT_GE(shown->version, seen);
        ASSERT_EQ(RankingIn(*shown).period_version(), shown->version) << "whole at any moment";
        seen = shown->version;
      }
    });
  }
  reading.wait();
  for (const StandingPointer& standing : standings) {
    board.Put(standing);
    board.Put(StandingOf(static_cast<int>(standing->received.inputs.version())));  // Others come.
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(board.Find(khoi4_2019::kPeriodName)->version, 50);
  EXPECT_EQ(board.Periods().size(), 51u);
}

// A board with room for a few replies only, whose standings can all be had again.
class SmallBoardTest : public testing::Test {
 protected:
  static constexpr int kFits = 4;

  void Put(int number, int64_t version = 1) {
    stored_[PeriodOf(number)] = StandingOf(number, version);
    board_.Put(stored_[PeriodOf(number)]);
  }
  bool IsKept(int number) const { return !board_.Find(PeriodOf(number))->reply.empty(); }
  int Kept() const {
    int kept = 0;
    for (const auto& [period, standing] : stored_)
      kept += board_.Find(period)->reply.empty() ? 0 : 1;
    return kept;
  }

  std::map<std::string, StandingPointer> stored_;
  int loaded_ = 0;
  const size_t reply_bytes_ = SnapshotOf(*StandingOf(10), absl::UnixEpoch())->reply.size();
  Board board_{[this](const Snapshot& shown) -> absl::StatusOr<StandingPointer> {
                 ++loaded_;
                 return stored_[shown.period];
               },
               {.standing_bytes = 0, .reply_bytes = kFits * reply_bytes_ + reply_bytes_ / 2}};
};

TEST_F(SmallBoardTest, RepliesBeyondItsBytesAreDroppedAndMadeAgain) {
  for (int i = 10; i < 30; ++i) Put(i);
  EXPECT_EQ(Kept(), kFits);
  for (int i = 10; i < 30; ++i) {
    const auto shown = board_.Get(PeriodOf(i));
    ASSERT_TRUE(shown.ok()) << shown.status();
    EXPECT_EQ((*shown)->reply, SnapshotOf(*stored_[PeriodOf(i)], absl::UnixEpoch())->reply);
    EXPECT_EQ(Kept(), kFits);
  }
  EXPECT_GE(loaded_, 20 - kFits - 1);
}

TEST_F(SmallBoardTest, WhatIsReadStays) {
  for (int i = 10; i < 14; ++i) Put(i);
  for (int i = 14; i < 40; ++i) {
    ASSERT_TRUE(board_.Get(PeriodOf(12)).ok());
    Put(i);
    EXPECT_TRUE(IsKept(12)) << i;
    EXPECT_TRUE(IsKept(i)) << "the newest";
  }
  EXPECT_EQ(loaded_, 0);
}

TEST_F(SmallBoardTest, AReplyMadeAgainIsNotShownOverANewerOne) {
  const StandingPointer old = StandingOf(10, 1), newer = StandingOf(10, 2);
  Board* shown = nullptr;
  Board board(
      [&](const Snapshot&) -> absl::StatusOr<StandingPointer> {
        shown->Put(newer);  // It comes while the old one is being made again.
        return old;
      },
      {.standing_bytes = 0, .reply_bytes = reply_bytes_});
  shown = &board;
  board.Put(old);
  board.Put(StandingOf(11));
  board.Put(StandingOf(12));
  ASSERT_TRUE(board.Find(PeriodOf(10))->reply.empty());
  ASSERT_TRUE(board.Get(PeriodOf(10)).ok());
  EXPECT_EQ(board.Find(PeriodOf(10))->version, 2);
  EXPECT_EQ((*board.Get(PeriodOf(10)))->version, 2);
}

TEST(BoardTest, WhatLostARaceNeverTakesANewersPlace) {
  Board board;
  board.Put(StandingAt(2));
  EXPECT_EQ(board.Put(StandingAt(1))->version, 2);
  EXPECT_EQ(board.Find(khoi4_2019::kPeriodName)->version, 2);
  // A final is newer than whatever is ranked while it stands, by one who has not heard of it.
  ReceivedPeriod received = khoi4_2019::Received(2);
  const auto decided = ComputeStanding(received, absl::UnixEpoch(), {1, nullptr});
  ASSERT_TRUE(decided.ok());
  board.Put(*decided);
  EXPECT_EQ(board.Put(StandingAt(3))->version, 2);
  ReceivedPeriod restarted = khoi4_2019::Received(4);
  restarted.store_epoch_ms += 1'000;
  EXPECT_EQ(board.Put(ComputedFrom(restarted))->version, 2);
  // Another store has other versions.
  received.store_id = "results:2";
  received.inputs.set_version(1);
  EXPECT_EQ(board.Put(ComputedFrom(received))->version, 1);
}

TEST(BoardTest, WhatAnotherProcessStoredIsShownWhenItIsFound) {
  Board board([](const Snapshot&) -> absl::StatusOr<StandingPointer> { return StandingAt(3); },
              {.standing_bytes = 0});
  board.Put(StandingAt(2));
  board.Put(StandingOf(11));  // There is room for one standing, and this is it.
  const auto standing = board.GetStanding(khoi4_2019::kPeriodName);
  ASSERT_TRUE(standing.ok()) << standing.status();
  EXPECT_EQ((*standing)->received.inputs.version(), 3);
  EXPECT_EQ(board.Find(khoi4_2019::kPeriodName)->version, 3);
}

TEST_F(SmallBoardTest, ManyMayReadAndWriteAtOnce) {
  for (int i = 10; i < 20; ++i) Put(i);
  std::vector<std::thread> readers;
  std::atomic<bool> done = false;
  std::latch reading(4);
  Board board(
      [this](const Snapshot& shown) -> absl::StatusOr<StandingPointer> {
        return stored_.at(shown.period);
      },
      {.standing_bytes = 0, .reply_bytes = 3 * reply_bytes_});
  for (const auto& [period, standing] : stored_) board.Put(standing);
  for (int reader = 0; reader < 4; ++reader) {
    readers.emplace_back([&, reader] {
      for (int i = reader; !done; ++i) {
        const auto shown = board.Get(PeriodOf(10 + i % 10));
        if (i == reader) reading.count_down();
        ASSERT_TRUE(shown.ok()) << shown.status();
        ASSERT_FALSE((*shown)->reply.empty());
      }
    });
  }
  reading.wait();
  for (int i = 0; i < 300; ++i) board.Put(stored_.at(PeriodOf(10 + i % 10)));
  done = true;
  for (std::thread& reader : readers) reader.join();
}

std::vector<std::string> ChangesAfter(const Board& board, int64_t after,
                                      Board::Audience audience = Board::Audience::kInside) {
  std::vector<std::string> changes;
  while (const auto change = board.NextChange(after, audience, [](absl::string_view period) {
    return absl::StrContains(period, "khoi-so");
  })) {
    changes.push_back(absl::StrCat(change->period.substr(sizeof("blocs/khoi-so-") - 1, 2), "@",
                                   change->shown == nullptr ? 0 : change->shown->version));
    after = change->sequence;
  }
  return changes;
}

TEST(BoardTest, ChangesAreToldInOrderEachPeriodOnceAsItIs) {
  Board board;
  EXPECT_THAT(ChangesAfter(board, 0), ElementsAre());
  board.Put(StandingOf(10));
  board.Put(StandingOf(11));
  board.Put(StandingAt(1));  // Not wanted.
  board.Put(StandingOf(12));
  const int64_t then = board.feed().sequence();
  EXPECT_THAT(ChangesAfter(board, 0), ElementsAre("10@1", "11@1", "12@1"));
  EXPECT_THAT(ChangesAfter(board, then), ElementsAre());
  board.Put(StandingOf(11, 2));
  board.Put(StandingOf(10, 2));
  board.Put(StandingOf(11, 3));
  board.SetInSight(true);
  EXPECT_THAT(ChangesAfter(board, then), ElementsAre("10@2", "11@3"));
  EXPECT_THAT(ChangesAfter(board, 0), ElementsAre("12@1", "10@2", "11@3"));
  board.Remove(PeriodOf(12));
  board.PutBroken(PeriodOf(10), absl::DataLossError("broken"));
  EXPECT_THAT(ChangesAfter(board, 0), ElementsAre("11@3", "12@0", "10@0"));
  board.Remove("blocs/khoi-so-99/pacts/2019/periods/6-thang");  // Never there: nothing happened.
  EXPECT_THAT(ChangesAfter(board, then), ElementsAre("11@3", "12@0", "10@0"));
}

// With a unit's own points, which count until another layer gives some.
StandingPointer OwnWordOf(int number, int64_t version, bool checked = false) {
  ReceivedPeriod received = khoi4_2019::Received(version);
  received.inputs.set_name(PeriodOf(number));
  *received.inputs.add_assessments() =
      khoi4_2019::Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_SELF, "199");
  if (checked) {
    *received.inputs.add_assessments() =
        khoi4_2019::Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_BLOC, "150");
  }
  return ComputedFrom(std::move(received));
}

TEST(BoardTest, ToThePublicWhatIsNotPublicIsAsIfItWereNotThere) {
  constexpr auto kPublic = Board::Audience::kPublic;
  // No room: replies are made again, which may fail in a way that tells of what is there.
  Board board([](const Snapshot&) { return absl::UnavailableError("of what is there"); }, {0, 0});
  board.SetInSight(true);
  const std::string nothing = board.Get(PeriodOf(9), kPublic).status().ToString();
  const auto asked = [&](int period) {
    const std::string answer = board.Get(PeriodOf(period), kPublic).status().ToString();
    return absl::StrReplaceAll(answer, {{absl::StrCat("khoi-so-", period), "khoi-so-9"}});
  };
  board.Put(OwnWordOf(10, 1));
  board.Put(StandingOf(11));  // The newest keeps its reply.
  ASSERT_TRUE(absl::IsUnavailable(board.Get(PeriodOf(10)).status()));
  EXPECT_EQ(board.Find(PeriodOf(10), kPublic), nullptr);
  EXPECT_EQ(asked(10), nothing);
  EXPECT_NE(board.Find(PeriodOf(11), kPublic), nullptr);
  EXPECT_TRUE(board.Get(PeriodOf(11), kPublic).ok());
  // Nor that it cannot be shown, but for a final, which all may know of.
  board.PutBroken(PeriodOf(10), absl::DataLossError("broken"));
  EXPECT_EQ(asked(10), nothing);
  EXPECT_TRUE(absl::IsDataLoss(board.Get(PeriodOf(10)).status()));
  board.PutBroken(PeriodOf(10), absl::DataLossError("a final"), /*is_public=*/true);
  EXPECT_TRUE(absl::IsDataLoss(board.Get(PeriodOf(10), kPublic).status()));
}

TEST(BoardTest, ThePublicIsToldOfWhatIsPublic) {
  constexpr auto kPublic = Board::Audience::kPublic;
  Board board;
  board.Put(OwnWordOf(10, 1));
  EXPECT_FALSE(board.Find(PeriodOf(10))->is_public);
  EXPECT_THAT(ChangesAfter(board, 0), ElementsAre("10@1"));
  EXPECT_THAT(ChangesAfter(board, 0, kPublic), ElementsAre()) << "nor that there is something";
  board.Put(OwnWordOf(10, 2, /*checked=*/true));
  EXPECT_TRUE(board.Find(PeriodOf(10))->is_public);
  board.Put(StandingOf(11));
  EXPECT_THAT(ChangesAfter(board, 0, kPublic), ElementsAre("10@2", "11@1"));

  const int64_t then = board.LastChange(kPublic);
  board.Put(OwnWordOf(10, 3));
  board.Put(StandingOf(11, 2));
  EXPECT_THAT(ChangesAfter(board, then, kPublic), ElementsAre("10@0", "11@2")) << "it has gone";
  const int64_t gone = board.LastChange(kPublic);
  const int64_t gone_inside = board.LastChange(Board::Audience::kInside);
  board.Put(OwnWordOf(10, 4));
  board.PutBroken(PeriodOf(10), absl::DataLossError("broken"));
  board.Remove(PeriodOf(10));
  EXPECT_THAT(ChangesAfter(board, gone_inside), ElementsAre("10@0"));
  EXPECT_THAT(ChangesAfter(board, gone, kPublic), ElementsAre()) << "nothing more of it is told";
  EXPECT_EQ(board.LastChange(kPublic), gone) << "nor that there was something";
  EXPECT_THAT(ChangesAfter(board, then, kPublic), ElementsAre("10@0", "11@2"));
  board.Put(OwnWordOf(10, 5, /*checked=*/true));
  EXPECT_THAT(ChangesAfter(board, then, kPublic), ElementsAre("11@2", "10@5"));
}

}  // namespace
}  // namespace thidua::scoring
