#include "services/scoring/ranking_watches.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "services/access/policy_testlib.h"
#include "services/platform/local_server_testlib.h"
#include "services/platform/refusal_testlib.h"
#include "services/platform/watch.h"
#include "services/scoring/board.h"
#include "services/scoring/served_standing_testlib.h"
#include "services/scoring/standing.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::scoring {
namespace {

using testing::ElementsAre;
using testing::StartsWith;
using v1::WatchRankingsRequest;
using v1::WatchRankingsResponse;
using StandingPointer = std::shared_ptr<const Standing>;

constexpr absl::Duration kPatience = absl::Seconds(60);

std::string PeriodOf(int bloc) {
  return absl::StrCat("blocs/khoi-", bloc, "/pacts/2019/periods/nam");
}

// As much of a standing as a board looks at. `weight`: of its ranking, in bytes.
// `own_word`: with points that a unit gave itself.
StandingPointer StandingOf(const std::string& period, int64_t version, size_t weight = 0,
                           bool own_word = false) {
  auto standing = std::make_shared<Standing>();
  if (own_word) standing->assessed.emplace_back().layer = domain::Layer::kSelf;
  standing->received.store_id = "results:1";
  standing->received.inputs.set_name(period);
  standing->received.inputs.set_version(version);
  standing->received.inputs.mutable_pact()->set_name(period.substr(0, period.rfind("/periods/")));
  standing->ranking.set_name(RankingResource(period));
  standing->ranking.set_period_version(version);
  standing->ranking.set_revision(RevisionOf(standing->received));
  if (weight > 0) standing->ranking.add_notes(std::string(weight, 'x'));
  return standing;
}

// What /proc/self/status says of this process: "Threads", "VmRSS" (in KiB).
int64_t OfProcess(const std::string& what) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    absl::string_view rest = line;
    if (!absl::ConsumePrefix(&rest, absl::StrCat(what, ":"))) continue;
    const std::vector<std::string> words =
        absl::StrSplit(rest, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    int64_t number = 0;
    EXPECT_TRUE(absl::SimpleAtoi(words.at(0), &number));
    return number;
  }
  ADD_FAILURE() << what;
  return 0;
}

// "khoi-1@7", "khoi-1 removed", "end", "bookmark"; with " stale".
std::string Told(const WatchRankingsResponse& event) {
  const auto bloc = [](absl::string_view name) {
    return std::vector<std::string>(absl::StrSplit(name, '/')).at(1);
  };
  const std::string stale = event.stale() ? " stale" : "";
  switch (event.event_case()) {
    case WatchRankingsResponse::kRanking:
      return absl::StrCat(bloc(event.ranking().ranking().name()), "@",
                          event.ranking().ranking().period_version(), stale);
    case WatchRankingsResponse::kRemoved:
      return absl::StrCat(bloc(event.removed()), " removed", stale);
    case WatchRankingsResponse::kSnapshotEnd:
      return absl::StrCat("end", stale);
    case WatchRankingsResponse::kBookmark:
      return absl::StrCat("bookmark", stale);
    default:
      return "nothing";
  }
}

// One watch, read when the test says so.
class Watcher {
 public:
  Watcher(v1::ScoringService::Stub& stub, const std::string& periods, const std::string& token,
          const std::string& authorization = "") {
    if (!authorization.empty()) context_.AddMetadata("authorization", authorization);
    WatchRankingsRequest request;
    request.set_periods(periods);
    request.set_resume_token(token);
    reader_ = stub.WatchRankings(&context_, request);
  }
  ~Watcher() {
    context_.TryCancel();
    Finish();
  }

  // The next event, bookmarks too; "over".
  std::string ReadAny() {
    if (!reader_->Read(&event)) return "over";
    EXPECT_FALSE(event.resume_token().empty());
    EXPECT_FALSE(event.ranking().stale());
    return Told(event);
  }
  // The next but for bookmarks that tell of nothing.
  std::string Read() {
    std::string told = ReadAny();
    while (told == "bookmark" || told == "bookmark stale") told = ReadAny();
    return told;
  }
  std::vector<std::string> Read(int count) {
    std::vector<std::string> told;
    while (count-- > 0) told.push_back(Read());
    return told;
  }
  std::string Finish() {
    if (!finished_.has_value()) {
      while (reader_->Read(&event)) {
      }
      finished_ = platform::SaidInFull(reader_->Finish());
    }
    return *finished_;
  }
  // Until the first event is on its way.
  void AwaitBegin() { reader_->WaitForInitialMetadata(); }
  void Cancel() { context_.TryCancel(); }

  WatchRankingsResponse event;  // The last.

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<WatchRankingsResponse>> reader_;
  std::optional<std::string> finished_;
};

// A board's watches, before a server.
class WatchingService : public platform::Endpoint {
 public:
  WatchingService(Board& board, size_t watches_max, access::Callers* callers)
      : Endpoint(*WatchRankingsRequest::descriptor()->file()->FindServiceByName("ScoringService")),
        watches_(std::make_unique<RankingWatches>(board, watches_max)) {
    ServerPush("WatchRankings", watches_.get(), &RankingWatches::Take);
    SetCallers(callers);
  }
  void EndWatches() { watches_ = nullptr; }

 private:
  std::unique_ptr<RankingWatches> watches_;
};

class Served {
 public:
  explicit Served(Board& board, size_t watches_max = RankingWatches::kWatchesMax,
                  access::Callers* callers = nullptr)
      : service_(board, watches_max, callers), server_(service_) {}

  std::unique_ptr<v1::ScoringService::Stub> NewStub() {
    // A connection of its own.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    return v1::ScoringService::NewStub(grpc::CreateCustomChannel(
        server_.address(), grpc::InsecureChannelCredentials(), arguments));
  }
  std::unique_ptr<Watcher> Watch(const std::string& periods = "", const std::string& token = "",
                                 const std::string& authorization = "") {
    return std::make_unique<Watcher>(*stub_, periods, token, authorization);
  }
  void Stop() { server_.Stop(); }
  void EndWatches() { service_.EndWatches(); }

 private:
  WatchingService service_;
  platform::LocalServer server_;
  std::unique_ptr<v1::ScoringService::Stub> stub_ = NewStub();
};

class RankingWatchesTest : public testing::Test {
 protected:
  RankingWatchesTest() { board_.SetInSight(true); }
  void Put(int bloc, int64_t version) { board_.Put(StandingOf(PeriodOf(bloc), version)); }

  Board board_;
};

TEST_F(RankingWatchesTest, TellsThePresentThenItsEndThenWhatChanges) {
  Put(1, 1);
  Put(2, 1);
  Put(1, 2);
  Served served(board_);
  const auto watcher = served.Watch();
  EXPECT_THAT(watcher->Read(3), ElementsAre("khoi-2@1", "khoi-1@2", "end"));
  const std::string store_id = watcher->event.store_id();
  EXPECT_THAT(store_id, StartsWith("scoring-process:"));
  for (int64_t version = 3; version < 50; ++version) {
    const int bloc = version % 2 == 0 ? 1 : 3;
    Put(bloc, version);
    EXPECT_EQ(watcher->Read(), absl::StrCat("khoi-", bloc, "@", version));
    EXPECT_EQ(watcher->event.store_id(), store_id);
    EXPECT_EQ(watcher->event.ranking().SerializeAsString(), board_.Find(PeriodOf(bloc))->reply);
  }
  EXPECT_EQ(watcher->ReadAny(), "bookmark");
}

TEST_F(RankingWatchesTest, TellsOfWhatWasAskedForOnly) {
  Put(1, 1);
  Put(2, 1);
  Served served(board_);
  const auto watcher = served.Watch("blocs/khoi-2/pacts/-/periods/nam");
  EXPECT_THAT(watcher->Read(2), ElementsAre("khoi-2@1", "end"));
  for (int64_t version = 2; version < 20; ++version) Put(1, version);
  board_.Remove(PeriodOf(1));
  Put(2, 2);
  EXPECT_EQ(watcher->Read(), "khoi-2@2");
  EXPECT_EQ(served.Watch("blocs/khoi-2")->Finish(), "INVALID_ARGUMENT periods: PATTERN_INVALID");
}

TEST_F(RankingWatchesTest, WhatHasGoneIsToldToThoseWhoMayHaveSeenIt) {
  Put(1, 1);
  Put(2, 1);
  Put(3, 1);
  Served served(board_);
  const auto watcher = served.Watch();
  EXPECT_EQ(watcher->Read(), "khoi-1@1");
  const std::string token = watcher->event.resume_token();
  EXPECT_THAT(watcher->Read(3), ElementsAre("khoi-2@1", "khoi-3@1", "end"));
  board_.Remove(PeriodOf(1));
  EXPECT_EQ(watcher->Read(), "khoi-1 removed");
  board_.PutBroken(PeriodOf(2), absl::DataLossError("broken"));
  EXPECT_EQ(watcher->Read(), "khoi-2 removed");
  EXPECT_EQ(watcher->event.removed(), PeriodOf(2));
  EXPECT_THAT(served.Watch()->Read(2), ElementsAre("khoi-3@1", "end"));
  EXPECT_THAT(served.Watch("", token)->Read(4),
              ElementsAre("khoi-3@1", "khoi-1 removed", "khoi-2 removed", "end"));
  Put(2, 2);
  EXPECT_EQ(watcher->Read(), "khoi-2@2");
}

TEST_F(RankingWatchesTest, GoesOnFromAnyEvent) {
  for (int bloc = 1; bloc <= 3; ++bloc) Put(bloc, 1);
  Served served(board_);
  std::vector<std::string> tokens;
  {
    const auto watcher = served.Watch();
    for (int i = 0; i < 4; ++i) {
      watcher->Read();
      tokens.push_back(watcher->event.resume_token());
    }
  }
  EXPECT_THAT(served.Watch("", tokens[0])->Read(3), ElementsAre("khoi-2@1", "khoi-3@1", "end"));
  EXPECT_THAT(served.Watch("", tokens[2])->Read(1), ElementsAre("end"));
  Put(2, 2);
  EXPECT_THAT(served.Watch("", tokens[0])->Read(3), ElementsAre("khoi-3@1", "khoi-2@2", "end"));
  EXPECT_THAT(served.Watch("", tokens[3])->Read(2), ElementsAre("khoi-2@2", "end"));
  // A bookmark's token has moved on past what its watch did not ask for.
  const auto other = served.Watch("blocs/khoi-9/pacts/-/periods/-");
  EXPECT_EQ(other->Read(), "end");
  Put(1, 2);
  Put(1, 3);
  while (other->ReadAny() == "bookmark") {
    const auto all = served.Watch("", other->event.resume_token());
    if (all->Read() == "end") break;
  }
  EXPECT_EQ(Told(other->event), "bookmark");
}

TEST_F(RankingWatchesTest, ATokenOfAnotherProcessIsUnknown) {
  Put(1, 1);
  std::string token;
  {
    Served before(board_);
    const auto watcher = before.Watch();
    watcher->Read();
    token = watcher->event.resume_token();
  }
  Served served(board_);
  for (const std::string& unknown :
       {token, std::string("x"), platform::ResumeToken("results:1", 1, 1)}) {
    EXPECT_EQ(served.Watch("", unknown)->Finish(), "OUT_OF_RANGE : RESUME_TOKEN_UNKNOWN");
  }
}

TEST_F(RankingWatchesTest, SightLostAndFoundIsToldAtOnce) {
  Put(1, 1);
  Served served(board_);
  const auto watcher = served.Watch();
  EXPECT_THAT(watcher->Read(2), ElementsAre("khoi-1@1", "end"));
  // If it were told when a bookmark is due anyway, so many would take a minute.
  const absl::Time begun = absl::Now();
  for (int i = 0; i < 30; ++i) {
    board_.SetInSight(false);
    while (watcher->ReadAny() == "bookmark") {
    }
    EXPECT_EQ(Told(watcher->event), "bookmark stale");
    board_.SetInSight(true);
    while (watcher->ReadAny() == "bookmark stale") {
    }
    EXPECT_EQ(Told(watcher->event), "bookmark");
  }
  EXPECT_LT(absl::Now() - begun, absl::Seconds(45));
  board_.SetInSight(false);
  Put(1, 2);
  EXPECT_EQ(watcher->Read(), "khoi-1@2 stale");
  EXPECT_THAT(served.Watch()->Read(2), ElementsAre("khoi-1@2 stale", "end stale"));
}

TEST(RankingWatchesStartTest, NothingIsTakenForGoneBeforeResultsWereSeen) {
  Board board;
  Served served(board);
  const auto watcher = served.Watch();
  EXPECT_EQ(watcher->ReadAny(), "bookmark stale");
  board.Put(StandingOf(PeriodOf(1), 1));
  EXPECT_EQ(watcher->Read(), "khoi-1@1 stale");
  EXPECT_EQ(watcher->ReadAny(), "bookmark stale");
  board.Put(StandingOf(PeriodOf(2), 1));
  EXPECT_EQ(watcher->Read(), "khoi-2@1 stale");
  board.SetInSight(true);
  EXPECT_EQ(watcher->Read(), "end");
}

TEST(RankingWatchesStartTest, WhatWasRecalledIsWhole) {
  Board board;
  board.Put(StandingOf(PeriodOf(1), 1));
  Served served(board);
  EXPECT_THAT(served.Watch()->Read(2), ElementsAre("khoi-1@1 stale", "end stale"));
}

TEST(RankingWatchesStartTest, ABookmarkTellsOfNoSightBeforeWhatCameWithIt) {
  const size_t one = SnapshotOf(*StandingOf(PeriodOf(1), 1), absl::UnixEpoch())->reply.size();
  // Computed again for one watch, while another's bookmark comes due and sight comes back with a
  // ranking for it: all between two looks at what has changed.
  Board board(
      [&board](const Snapshot& shown) -> absl::StatusOr<StandingPointer> {
        if (shown.period == PeriodOf(1)) {
          absl::SleepFor(platform::kBookmarkEvery);
          board.Put(StandingOf(PeriodOf(3), 1));
          board.SetInSight(true);
        }
        return StandingOf(shown.period, shown.version);
      },
      {.standing_bytes = 0, .reply_bytes = one});
  board.Put(StandingOf(PeriodOf(1), 1));
  board.Put(StandingOf(PeriodOf(2), 1));
  ASSERT_TRUE(board.Find(PeriodOf(1))->reply.empty());
  Served served(board);
  const auto idle = served.Watch("blocs/khoi-3/pacts/-/periods/-");
  EXPECT_EQ(idle->Read(), "end stale");
  // By the time that another has come and been told, it has nothing to be told.
  EXPECT_EQ(served.Watch("blocs/khoi-4/pacts/-/periods/-")->Read(), "end stale");
  const auto other = served.Watch("blocs/khoi-1/pacts/-/periods/-");
  EXPECT_THAT(other->Read(2), ElementsAre("khoi-1@1 stale", "end"));
  std::string told = idle->ReadAny();
  while (told == "bookmark stale") told = idle->ReadAny();
  EXPECT_EQ(told, "khoi-3@1");
}

TEST_F(RankingWatchesTest, EndWithTheProcess) {
  Put(1, 1);
  Served served(board_);
  const auto watcher = served.Watch();
  EXPECT_THAT(watcher->Read(2), ElementsAre("khoi-1@1", "end"));
  board_.feed().Close();
  EXPECT_EQ(watcher->Read(), "over");
  EXPECT_EQ(watcher->Finish(), "UNAVAILABLE : SHUTTING_DOWN");
  EXPECT_EQ(served.Watch()->Finish(), "UNAVAILABLE : SHUTTING_DOWN");
}

TEST_F(RankingWatchesTest, TheEndWaitsForNobodyWhoDoesNotRead) {
  // More than a connection takes without being read.
  board_.Put(StandingOf(PeriodOf(1), 1, 16 << 20));
  Served served(board_);
  const auto reads = served.Watch("blocs/khoi-2/pacts/-/periods/-");
  EXPECT_EQ(reads->Read(), "end");
  const auto does_not = served.Watch("blocs/khoi-1/pacts/-/periods/-");
  does_not->AwaitBegin();
  served.EndWatches();
  EXPECT_EQ(reads->Finish(), "UNAVAILABLE : SHUTTING_DOWN");
  EXPECT_EQ(does_not->ReadAny(), "over");
  EXPECT_NE(does_not->Finish(), "OK");
}

TEST_F(RankingWatchesTest, NoMoreThanOneProcessServes) {
  Put(1, 1);
  Served served(board_, 2);
  const auto first = served.Watch();
  auto second = served.Watch();
  EXPECT_EQ(first->Read(), "khoi-1@1");
  EXPECT_EQ(second->Read(), "khoi-1@1");
  EXPECT_EQ(served.Watch()->Finish(), "RESOURCE_EXHAUSTED : TOO_MANY_WATCHES");
  second = nullptr;
  // Its place is free as soon as the server has heard of it.
  std::string told = "over";
  for (const absl::Time until = absl::Now() + kPatience; told == "over" && absl::Now() < until;) {
    told = served.Watch()->Read();
  }
  EXPECT_EQ(told, "khoi-1@1");
}

TEST_F(RankingWatchesTest, ReadersAreToldOfWhatIsPublic) {
  const access::TestPolicy policy({
      {"reader", "grants {role: ROLE_READER}"},
      {"leader", "units: 'units/a' grants {role: ROLE_LEADER on: 'blocs/khoi-1'}"},
      {"council", "grants {role: ROLE_COUNCIL}"},
  });
  const auto callers = access::Callers::Open(policy.file());
  ASSERT_TRUE(callers.ok()) << callers.status();
  const auto put_own_word = [&](int bloc, int64_t version) {
    board_.Put(StandingOf(PeriodOf(bloc), version, 0, /*own_word=*/true));
  };
  put_own_word(1, 1);
  Put(2, 1);
  Served served(board_, RankingWatches::kWatchesMax, callers->get());
  const std::string of_bloc_1 = "blocs/khoi-1/pacts/-/periods/-";
  EXPECT_EQ(served.Watch()->Finish(), "UNAUTHENTICATED : NOT_SIGNED_IN");
  const auto reader = served.Watch("", "", policy.BearerOf("reader"));
  const auto council = served.Watch("", "", policy.BearerOf("council"));
  const auto leader = served.Watch(of_bloc_1, "", policy.BearerOf("leader"));
  const auto leader_of_all = served.Watch("", "", policy.BearerOf("leader"));
  EXPECT_THAT(reader->Read(2), ElementsAre("khoi-2@1", "end"));
  EXPECT_THAT(leader_of_all->Read(2), ElementsAre("khoi-2@1", "end"));
  EXPECT_THAT(council->Read(3), ElementsAre("khoi-1@1", "khoi-2@1", "end"));
  EXPECT_THAT(leader->Read(2), ElementsAre("khoi-1@1", "end"));

  // Nothing of it is heard until somebody has looked at it, and nothing once it is gone again.
  put_own_word(1, 2);
  EXPECT_EQ(council->Read(), "khoi-1@2");
  EXPECT_EQ(leader->Read(), "khoi-1@2");
  Put(1, 3);
  EXPECT_EQ(reader->Read(), "khoi-1@3");
  put_own_word(1, 4);
  EXPECT_EQ(reader->Read(), "khoi-1 removed");
  put_own_word(1, 5);
  Put(2, 2);
  EXPECT_EQ(reader->Read(), "khoi-2@2");
  EXPECT_EQ(reader->ReadAny(), "bookmark");
  const std::string readers_token = reader->event.resume_token();

  // Who may see more by now begins anew, and who may see less goes on from nobody else's place.
  EXPECT_EQ(served.Watch("", readers_token, policy.BearerOf("council"))->Finish(),
            "OUT_OF_RANGE : RESUME_TOKEN_UNKNOWN");
  EXPECT_EQ(served.Watch("", council->event.resume_token(), policy.BearerOf("reader"))->Finish(),
            "OUT_OF_RANGE : RESUME_TOKEN_UNKNOWN");
  const auto again = served.Watch("", readers_token, policy.BearerOf("reader"));
  EXPECT_EQ(again->Read(), "end");
  Put(1, 6);
  EXPECT_EQ(again->Read(), "khoi-1@6");
}

TEST_F(RankingWatchesTest, AWatchEndsWithItsCallersToken) {
  const access::TestPolicy policy(
      {{"council", "grants {role: ROLE_COUNCIL}"}, {"reader", "grants {role: ROLE_READER}"}});
  const auto callers = access::Callers::Open(policy.file());
  ASSERT_TRUE(callers.ok()) << callers.status();
  Put(1, 1);
  Served served(board_, RankingWatches::kWatchesMax, callers->get());
  const auto lasting = served.Watch("", "", policy.BearerOf("council"));
  // A slow machine may not come so far in two seconds.
  const std::vector<std::string> whole = {"khoi-1@1", "end"};
  std::vector<std::string> told;
  std::unique_ptr<Watcher> brief;
  for (absl::Duration life = absl::Seconds(2); told != whole && life < kPatience; life *= 2) {
    brief = served.Watch("", "", policy.BearerOf("council", life));
    told = brief->Read(2);
  }
  EXPECT_EQ(told, whole);
  EXPECT_EQ(brief->Read(), "over");
  EXPECT_EQ(brief->Finish(), "UNAUTHENTICATED : TOKEN_EXPIRED");
  EXPECT_THAT(lasting->Read(2), ElementsAre("khoi-1@1", "end"));
  EXPECT_EQ(lasting->ReadAny(), "bookmark");
}

TEST(RankingWatchesLoadTest, WhatCannotBeComputedIsToldAsGoneOrAskedForAgain) {
  absl::Status why = absl::UnavailableError("the store is away");
  // Nothing but the newest is kept.
  Board board([&](const Snapshot&) { return absl::StatusOr<StandingPointer>(why); },
              {.standing_bytes = 0, .reply_bytes = 0});
  board.SetInSight(true);
  board.Put(StandingOf(PeriodOf(1), 1));
  board.Put(StandingOf(PeriodOf(2), 1));
  ASSERT_TRUE(board.Find(PeriodOf(1))->reply.empty());
  Served served(board);
  EXPECT_EQ(served.Watch()->Finish(), "UNAVAILABLE : UNAVAILABLE");
  why = absl::DataLossError("damaged");
  EXPECT_THAT(served.Watch()->Read(3), ElementsAre("khoi-1 removed", "khoi-2@1", "end"));
}

using RankingWatchesOfServiceTest = ServedStandingTest;

TEST_F(RankingWatchesOfServiceTest, TellWhatGetRankingAnswers) {
  Arrive(khoi4_2019::Received(1));
  Watcher watcher(*stub_, "", "");
  EXPECT_EQ(watcher.Read(), "khoi-4@1");
  v1::GetRankingResponse answer;
  EXPECT_EQ(Ask(&v1::ScoringService::Stub::GetRanking,
                absl::StrCat("period: '", khoi4_2019::kPeriodName, "'"), &answer),
            "OK");
  EXPECT_EQ(watcher.event.ranking().SerializeAsString(), answer.SerializeAsString());
  EXPECT_EQ(watcher.Read(), "end");
  Arrive(khoi4_2019::Received(2));
  EXPECT_EQ(watcher.Read(), "khoi-4@2");
}

// A caller that reads all the time and counts; takes no thread either.
class Counting : public grpc::ClientReadReactor<WatchRankingsResponse> {
 public:
  // What all of them saw.
  struct Tally {
    absl::Mutex mutex;
    std::map<std::string, int> told ABSL_GUARDED_BY(mutex);
    int over ABSL_GUARDED_BY(mutex) = 0;
    std::string fault ABSL_GUARDED_BY(mutex);

    void Await(const std::string& what, int times) {
      const absl::MutexLock lock(&mutex);
      const auto there = [&] { return told[what] >= times; };
      EXPECT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&there), kPatience))
          << what << " told to " << told[what] << " of " << times;
    }
    void AwaitOver(int times) {
      const absl::MutexLock lock(&mutex);
      const auto there = [&] { return over >= times; };
      EXPECT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&there), kPatience)) << over;
    }
  };

  Counting(Tally& tally, v1::ScoringService::Stub& stub, const std::string& periods)
      : tally_(tally) {
    WatchRankingsRequest request;
    request.set_periods(periods);
    stub.async()->WatchRankings(&context_, &request, this);
    StartRead(&event_);
    StartCall();
  }
  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    // What comes into sight may be told as out of sight once more, which the next bookmark mends:
    // how often a ranking is told counts both.
    const std::string told(absl::StripSuffix(Told(event_), " stale"));
    if (event_.has_ranking()) {
      int64_t& version = versions_[event_.ranking().ranking().name()];
      const int64_t now = event_.ranking().ranking().period_version();
      const absl::MutexLock lock(&tally_.mutex);
      if (now < version) tally_.fault = absl::StrCat(told, " after ", version);
      version = now;
    }
    {
      const absl::MutexLock lock(&tally_.mutex);
      ++tally_.told[told];
    }
    StartRead(&event_);
  }
  void OnDone(const grpc::Status&) override {
    const absl::MutexLock lock(&tally_.mutex);
    ++tally_.over;
  }

 private:
  Tally& tally_;
  grpc::ClientContext context_;
  WatchRankingsResponse event_;
  std::map<std::string, int64_t> versions_;
};

TEST(RankingWatchesCrowdTest, AThousandWatchersCostOneComputationAndNoThread) {
  constexpr int kWatchers = 1000;
  constexpr int kConnections = 10;
  std::atomic<int> computed = 0;
  const size_t one = SnapshotOf(*StandingOf(PeriodOf(1), 1), absl::UnixEpoch())->reply.size();
  // Room for two of three replies, and for one standing: the first period's is gone.
  Board board(
      [&](const Snapshot& shown) -> absl::StatusOr<StandingPointer> {
        ++computed;
        return StandingOf(shown.period, shown.version);
      },
      {.standing_bytes = 0, .reply_bytes = 2 * one});
  board.SetInSight(true);
  for (int bloc = 1; bloc <= 3; ++bloc) board.Put(StandingOf(PeriodOf(bloc), 1));
  ASSERT_TRUE(board.Find(PeriodOf(1))->reply.empty());
  Served served(board);
  std::vector<std::unique_ptr<v1::ScoringService::Stub>> stubs;
  for (int i = 0; i < kConnections; ++i) stubs.push_back(served.NewStub());
  Counting::Tally tally;
  std::deque<Counting> watchers;
  const auto come = [&](int count) {
    for (int i = 0; i < count; ++i) {
      watchers.emplace_back(tally, *stubs[static_cast<size_t>(i % kConnections)],
                            "blocs/khoi-1/pacts/2019/periods/-");
    }
  };
  // The first ones bring whatever threads gRPC has.
  come(kConnections);
  tally.Await("end", kConnections);
  const int64_t threads = OfProcess("Threads");
  [[maybe_unused]] const int64_t memory = OfProcess("VmRSS");
  const auto shown = board.Find(PeriodOf(1));
  come(kWatchers - kConnections);
  tally.Await("end", kWatchers);
  tally.Await("khoi-1@1", kWatchers);
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(board.Find(PeriodOf(1)), shown) << "encoded once";
  // A change of others wakes nobody; one of theirs is told to all.
  board.Put(StandingOf(PeriodOf(2), 2));
  board.Put(StandingOf(PeriodOf(1), 2));
  tally.Await("khoi-1@2", kWatchers);
  tally.Await("bookmark", kWatchers);
  EXPECT_LT(OfProcess("Threads"), threads + 10);
#ifndef __SANITIZE_THREAD__  // Which keeps more of its own than is used.
  // Callers and called together.
  EXPECT_LT(OfProcess("VmRSS") - memory, 200 << 10);
#endif
  EXPECT_EQ(computed, 1);
  {
    const absl::MutexLock lock(&tally.mutex);
    EXPECT_EQ(tally.told["khoi-1@1"], kWatchers);
    EXPECT_EQ(tally.told["khoi-1@2"], kWatchers);
    EXPECT_EQ(tally.told.count("khoi-2@2"), 0u);
    EXPECT_EQ(tally.fault, "");
  }
  board.feed().Close();
  tally.AwaitOver(kWatchers);
}

TEST(RankingWatchesCrowdTest, ASlowReaderGetsTheLatestInBoundedMemory) {
  constexpr int kBlocs = 20;
  constexpr int kChanges = 5000;
  constexpr size_t kWeight = 100'000;  // Half a GiB of changes.
  Board board;
  board.SetInSight(true);
  Served served(board);
  const auto slow = served.Watch();
  EXPECT_EQ(slow->Read(), "end");
  // One that reads sees each change: the board moves on when it has.
  const auto quick = served.Watch();
  EXPECT_EQ(quick->Read(), "end");
  int64_t memory = 0;
  for (int i = 0; i < kChanges; ++i) {
    const int bloc = i % kBlocs;
    board.Put(StandingOf(PeriodOf(bloc), i + 1, kWeight));
    EXPECT_EQ(quick->Read(), absl::StrCat("khoi-", bloc, "@", i + 1));
    if (i == kChanges / 10) memory = OfProcess("VmRSS");
  }
  EXPECT_LT(OfProcess("VmRSS") - memory, 64 << 10);
  std::map<std::string, int64_t> versions;
  int events = 0;
  for (bool latest = false; !latest; ++events) {
    ASSERT_NE(slow->Read(), "over");
    const v1::Ranking& ranking = slow->event.ranking().ranking();
    int64_t& version = versions[ranking.name()];
    EXPECT_LT(version, ranking.period_version());
    version = ranking.period_version();
    latest = versions.size() == kBlocs;
    for (const auto& [name, last] : versions) latest = latest && last > kChanges - kBlocs;
  }
  // What fitted into its connection, and the latest.
  EXPECT_LT(events, 200);
}

TEST(RankingWatchesCrowdTest, ComingAndGoingWhileRankingsChange) {
  constexpr int kBlocs = 8;
  constexpr int kThreads = 4;
  constexpr int kVisits = 60;
  const size_t one = SnapshotOf(*StandingOf(PeriodOf(1), 1), absl::UnixEpoch())->reply.size();
  // Replies are dropped and made again all the time.
  Board board(
      [&](const Snapshot& shown) -> absl::StatusOr<StandingPointer> {
        return StandingOf(shown.period, shown.version);
      },
      {.standing_bytes = 0, .reply_bytes = kBlocs / 2 * one});
  board.SetInSight(true);
  Served served(board);
  Counting::Tally tally;
  const auto stub = served.NewStub();
  std::deque<Counting> stay;
  for (int i = 0; i < 20; ++i) stay.emplace_back(tally, *stub, "");
  std::atomic<bool> over = false;
  std::thread changes([&] {
    std::mt19937 random(1);
    for (int64_t version = 1; !over; ++version) {
      const std::string period = PeriodOf(static_cast<int>(random() % kBlocs));
      switch (random() % 16) {
        case 0:
          board.Remove(period);
          break;
        case 1:
          board.PutBroken(period, absl::DataLossError("broken"));
          break;
        case 2:
          board.SetInSight(random() % 2 == 0);
          break;
        default:
          board.Put(StandingOf(period, version));
      }
      std::this_thread::yield();
    }
    board.SetInSight(true);
    for (int bloc = 0; bloc < kBlocs; ++bloc) {
      board.Put(StandingOf(PeriodOf(bloc), int64_t{1} << 40));
    }
  });
  std::vector<std::thread> visitors;
  for (int i = 0; i < kThreads; ++i) {
    visitors.emplace_back([&, i] {
      std::mt19937 random(static_cast<unsigned>(i));
      const auto own = served.NewStub();
      std::string token;
      std::map<std::string, int64_t> versions;
      for (int visit = 0; visit < kVisits; ++visit) {
        Watcher watcher(*own, "", token);
        // Gone at any moment, before the first event too.
        for (auto left = random() % 30; left > 0; --left) {
          if (watcher.ReadAny() == "over") break;
          token = watcher.event.resume_token();
          if (!watcher.event.has_ranking()) continue;
          const v1::Ranking& ranking = watcher.event.ranking().ranking();
          EXPECT_LE(versions[ranking.name()], ranking.period_version());
          versions[ranking.name()] = ranking.period_version();
        }
        watcher.Cancel();
        if (random() % 2 == 0) watcher.Finish();
      }
    });
  }
  for (std::thread& visitor : visitors) visitor.join();
  over = true;
  changes.join();
  for (int bloc = 0; bloc < kBlocs; ++bloc) {
    tally.Await(absl::StrCat("khoi-", bloc, "@", int64_t{1} << 40), 20);
  }
  {
    const absl::MutexLock lock(&tally.mutex);
    EXPECT_EQ(tally.fault, "");
  }
  board.feed().Close();
  tally.AwaitOver(20);
}

TEST(RankingWatchesCrowdTest, AServerThatStopsFirstLeavesNothingBehind) {
  Board board;
  board.SetInSight(true);
  board.Put(StandingOf(PeriodOf(1), 1, 16 << 20));
  board.Put(StandingOf(PeriodOf(2), 1));
  Counting::Tally tally;
  std::deque<Counting> watchers;
  Served served(board);
  const auto stub = served.NewStub();
  for (int i = 0; i < 50; ++i) {
    watchers.emplace_back(tally, *stub, "blocs/khoi-2/pacts/-/periods/-");
  }
  const auto slow = served.Watch();
  tally.Await("end", 50);
  served.Stop();
  tally.AwaitOver(50);
}

}  // namespace
}  // namespace thidua::scoring
