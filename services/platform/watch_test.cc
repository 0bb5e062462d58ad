#include "services/platform/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"
#include "services/platform/local_server_testlib.h"
#include "thidua/registry/v1/registry_service.grpc.pb.h"

namespace thidua::platform {
namespace {

using registry::v1::RegistryService;
using registry::v1::WatchRequest;
using registry::v1::WatchResponse;
using testing::ElementsAre;
using testing::IsEmpty;

using Batch = WatchBatch<WatchResponse>;

// A store of pacts in memory: of each the number of its last change. Thread-safe.
class Pacts {
 public:
  explicit Pacts(std::string store_id = "store:1") : store_id_(std::move(store_id)) {}

  int64_t Change(const std::string& name) {
    const absl::MutexLock lock(&mutex_);
    pacts_[name] = ++sequence_;
    return sequence_;
  }

  // Something changed that no watch of pacts shows.
  int64_t ChangeSomethingElse() {
    const absl::MutexLock lock(&mutex_);
    return ++sequence_;
  }

  absl::StatusOr<Batch> Read(int64_t after) {
    const absl::MutexLock lock(&mutex_);
    ++reads_;
    Batch batch;
    batch.sequence = sequence_;
    for (const auto& [name, sequence] : pacts_) {
      if (sequence <= after) continue;
      WatchResponse event;
      event.mutable_pact()->set_name(name);
      event.mutable_pact()->set_version(sequence);
      batch.changes.emplace_back(sequence, std::move(event));
    }
    std::sort(batch.changes.begin(), batch.changes.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    batch.more = batch.changes.size() > kWatchBatch;
    if (batch.more) batch.changes.resize(kWatchBatch);
    return batch;
  }

  int64_t sequence() const {
    const absl::MutexLock lock(&mutex_);
    return sequence_;
  }
  int reads() const {
    const absl::MutexLock lock(&mutex_);
    return reads_;
  }
  const std::string& store_id() const { return store_id_; }

 private:
  const std::string store_id_;
  mutable absl::Mutex mutex_;
  int reads_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, int64_t> pacts_ ABSL_GUARDED_BY(mutex_);
};

// "a=3" for pact a at version 3, "end", "bookmark".
std::string Said(const WatchResponse& event) {
  if (event.has_snapshot_end()) return "end";
  if (event.has_bookmark()) return "bookmark";
  return absl::StrCat(event.pact().name(), "=", event.pact().version());
}

// Serves one watch on this thread. What happens meanwhile happens while an event is sent, so that
// every run is the same one.
class ServeWatchTest : public testing::Test {
 protected:
  // `react` hears each event, and says whether the caller is still there.
  absl::Status Serve(const std::string& resume_token,
                     const std::function<bool(const std::string& said)>& react) {
    said_.clear();
    const Send<WatchResponse> send = [&](const WatchResponse& event) {
      EXPECT_EQ(event.store_id(), pacts_.store_id());
      said_.push_back(Said(event));
      tokens_[said_.back()] = event.resume_token();
      return react(said_.back());
    };
    return ServeWatch<WatchResponse>(pacts_.store_id(), feed_, resume_token, call_, send,
                                     [&](int64_t after) { return pacts_.Read(after); });
  }

  // The same, until the caller goes.
  void Watch(const std::string& resume_token,
             const std::function<bool(const std::string& said)>& react) {
    EXPECT_EQ(Serve(resume_token, react).code(), absl::StatusCode::kCancelled);
  }

  void Change(const std::string& name) { feed_.Advance(pacts_.Change(name)); }

  Pacts pacts_;
  ChangeFeed feed_{0};
  grpc::ServerContext context_;
  const Call call_{context_};
  std::vector<std::string> said_;
  std::map<std::string, std::string> tokens_;  // By what was said.
};

TEST_F(ServeWatchTest, SendsThePresentStateThenItsEndThenWhatChanges) {
  Change("a");
  Change("b");
  const absl::Status ended = Serve("", [&](const std::string& said) {
    if (said == "end") Change("c");
    if (said == "c=3") Change("a");
    return said != "a=4";
  });
  EXPECT_THAT(said_, ElementsAre("a=1", "b=2", "end", "c=3", "a=4"));
  EXPECT_EQ(ended.code(), absl::StatusCode::kCancelled);
}

TEST_F(ServeWatchTest, AnEmptyStoreHasAnEndToo) {
  Watch("", [](const std::string&) { return false; });
  EXPECT_THAT(said_, ElementsAre("end"));
}

TEST_F(ServeWatchTest, WhatChangedSeveralTimesIsSentOnceAsItIsNow) {
  Change("a");
  Change("b");
  Change("a");
  Watch("", [&](const std::string& said) {
    if (said == "end") {
      for (int i = 0; i < 5; ++i) Change("b");
      Change("a");
    }
    return said != "a=9";
  });
  EXPECT_THAT(said_, ElementsAre("b=2", "a=3", "end", "b=8", "a=9"));
}

TEST_F(ServeWatchTest, AStoreOfManyBatchesIsSentWholeInOrder) {
  for (const int64_t objects : {kWatchBatch - 1, kWatchBatch, kWatchBatch + 1, 3 * kWatchBatch}) {
    SCOPED_TRACE(objects);
    while (pacts_.sequence() < objects) Change(absl::StrCat("p", pacts_.sequence()));
    const int64_t before = pacts_.sequence();
    Watch("", [&](const std::string& said) { return said != "end"; });
    ASSERT_EQ(static_cast<int64_t>(said_.size()), before + 1);
    for (int64_t i = 0; i < before; ++i) {
      EXPECT_EQ(said_[static_cast<size_t>(i)], absl::StrCat("p", i, "=", i + 1));
    }
    EXPECT_EQ(said_.back(), "end");
  }
}

TEST_F(ServeWatchTest, AChangeDuringTheSnapshotIsNotLost) {
  for (int i = 0; i < 2 * kWatchBatch; ++i) Change(absl::StrCat("p", i));
  const std::string last = absl::StrCat("p0=", 2 * kWatchBatch + 1);
  Watch("", [&](const std::string& said) {
    if (said == "p5=6") Change("p0");  // It was sent already, as it was.
    return said != last && said != "bookmark";
  });
  EXPECT_EQ(said_.back(), last);
  EXPECT_EQ(said_[0], "p0=1");
}

TEST_F(ServeWatchTest, WhileNothingChangesBookmarksComeAndTheirTokensGoOn) {
  Change("a");
  const absl::Time begun = absl::Now();
  Watch("", [&](const std::string& said) {
    if (said == "end") feed_.Advance(pacts_.ChangeSomethingElse());
    return said != "bookmark";
  });
  EXPECT_THAT(said_, ElementsAre("a=1", "end", "bookmark"));
  EXPECT_EQ(pacts_.reads(), 3) << "once a bookmark, not again and again for what is not shown";
  EXPECT_GE(absl::Now() - begun, kBookmarkEvery - absl::Milliseconds(50));
  EXPECT_EQ(*ReadResumeToken(tokens_["end"], pacts_.store_id(), 0, 2), 1);
  EXPECT_EQ(*ReadResumeToken(tokens_["bookmark"], pacts_.store_id(), 0, 2), 2);
}

// Another process on the same database: the store changes, and no feed here is told.
TEST_F(ServeWatchTest, WhatAnotherProcessCommitsIsToldWithinABookmarksTime) {
  Change("a");
  Watch("", [&](const std::string& said) {
    if (said == "end") pacts_.Change("b");
    return said != "b=2" && said != "bookmark";
  });
  EXPECT_THAT(said_, ElementsAre("a=1", "end", "b=2")) << "before the first bookmark";
  EXPECT_EQ(feed_.sequence(), 2) << "the other watches of this process are woken";
}

TEST_F(ServeWatchTest, ABookmarkIsAsFarAsTheStoreIs) {
  Change("a");
  Watch("", [&](const std::string& said) {
    if (said == "end") pacts_.ChangeSomethingElse();  // By another process, too.
    return said != "bookmark";
  });
  EXPECT_THAT(said_, ElementsAre("a=1", "end", "bookmark"));
  EXPECT_EQ(*ReadResumeToken(tokens_["bookmark"], pacts_.store_id(), 0, 2), 2);
}

TEST_F(ServeWatchTest, AStoreThatIsLostWhileNothingChangesEndsTheWatch) {
  bool lost = false;
  const Send<WatchResponse> send = [&](const WatchResponse& event) {
    lost = event.has_snapshot_end();
    return !event.has_bookmark();
  };
  const absl::Status ended = ServeWatch<WatchResponse>(pacts_.store_id(), feed_, "", call_, send,
                                                       [&](int64_t after) -> absl::StatusOr<Batch> {
                                                         if (lost)
                                                           return absl::UnavailableError("gone");
                                                         return pacts_.Read(after);
                                                       });
  EXPECT_EQ(ended.code(), absl::StatusCode::kUnavailable) << "who could say that nothing changed?";
}

TEST_F(ServeWatchTest, ResumesAfterTheLastEventReceived) {
  for (const char* name : {"a", "b", "c"}) Change(name);
  Watch("", [](const std::string& said) { return said != "c=3"; });
  Change("a");
  for (const auto& [from, rest] : std::map<std::string, std::vector<std::string>>{
           {"a=1", {"b=2", "c=3", "a=4", "end"}}, {"c=3", {"a=4", "end"}}}) {
    Watch(tokens_[from], [](const std::string& said) { return said != "end"; });
    EXPECT_EQ(said_, rest);
  }
  Watch(tokens_["end"], [](const std::string& said) { return said != "end"; });
  EXPECT_THAT(said_, ElementsAre("end")) << "nothing came after it";
}

TEST_F(ServeWatchTest, ATokenThatIsNotOfThisStoreIsOutOfRange) {
  Change("a");
  const std::string kTokens[] = {
      ResumeToken("store:2", 0, 1),
      ResumeToken("", 0, 1),
      ResumeToken(pacts_.store_id(), 0, 2),  // Of what an old backup does not have.
      ResumeToken(pacts_.store_id(), 0, -1),
      absl::WebSafeBase64Escape(pacts_.store_id()),
      absl::WebSafeBase64Escape("store:1@"),
      "?",
      // One that we give, spelt otherwise.
      absl::WebSafeBase64Escape(absl::StrCat(pacts_.store_id(), "#0@ 1")),
      absl::WebSafeBase64Escape(absl::StrCat(pacts_.store_id(), "#0@01")),
      absl::StrCat(ResumeToken(pacts_.store_id(), 0, 1), "\n"),
  };
  for (const std::string& token : kTokens) {
    const absl::Status refused = Serve(token, [](const std::string&) { return true; });
    EXPECT_EQ(refused.code(), absl::StatusCode::kOutOfRange) << token;
    ASSERT_EQ(domain::FaultsOf(refused).size(), 1u);
    EXPECT_EQ(domain::FaultsOf(refused)[0].reason, "RESUME_TOKEN_UNKNOWN");
    EXPECT_THAT(said_, IsEmpty());
  }
}

TEST_F(ServeWatchTest, AClosedFeedEndsTheWatchToBeTriedAgain) {
  const absl::Status ended = Serve("", [&](const std::string&) {
    feed_.Close();
    return true;
  });
  EXPECT_EQ(ended.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(said_, ElementsAre("end"));
}

TEST_F(ServeWatchTest, AnErrorOfTheStoreIsAnswered) {
  const Send<WatchResponse> send = [](const auto&) { return true; };
  const absl::Status ended = ServeWatch<WatchResponse>(
      "store:1", feed_, "", call_, send,
      [](int64_t) -> absl::StatusOr<Batch> { return absl::DataLossError("damaged"); });
  EXPECT_EQ(ended.code(), absl::StatusCode::kDataLoss);
}

// One life of a service that serves watches of a store.
class PactsService : public Endpoint {
 public:
  PactsService(Pacts& pacts, std::vector<std::string>& tokens_asked, absl::Mutex& mutex)
      : Endpoint(*WatchRequest::descriptor()->file()->FindServiceByName("RegistryService")),
        pacts_(pacts),
        tokens_asked_(tokens_asked),
        mutex_(mutex),
        feed_(pacts.sequence()) {
    ServerStream("Watch", this, &PactsService::Watch);
  }

  void Change(const std::string& name) { feed_.Advance(pacts_.Change(name)); }
  ChangeFeed& feed() { return feed_; }
  // Whoever asks from now on, until it is OK again.
  void Answer(absl::Status refusal) {
    const absl::MutexLock lock(&mutex_);
    refusal_ = std::move(refusal);
  }

 private:
  absl::Status Watch(const WatchRequest& request, const Call& call,
                     const Send<WatchResponse>& send) {
    {
      const absl::MutexLock lock(&mutex_);
      tokens_asked_.push_back(request.resume_token());
      if (!refusal_.ok()) return refusal_;
    }
    return ServeWatch<WatchResponse>(pacts_.store_id(), feed_, request.resume_token(), call, send,
                                     [&](int64_t after) { return pacts_.Read(after); });
  }

  Pacts& pacts_;
  std::vector<std::string>& tokens_asked_;
  absl::Mutex& mutex_;
  absl::Status refusal_ ABSL_GUARDED_BY(mutex_);
  ChangeFeed feed_;
};

// A follower of a service that is stopped and started again.
class WatchFollowerTest : public testing::Test {
 protected:
  using Follower = WatchFollower<WatchRequest, WatchResponse>;

  void TearDown() override {
    follower_ = nullptr;
    service_->feed().Close();  // A watch looks for its caller only with its bookmarks.
  }

  void StartService(Pacts& pacts) {
    service_ = std::make_unique<PactsService>(pacts, tokens_asked_, mutex_);
    if (server_ == nullptr) {
      server_ = std::make_unique<LocalServer>(*service_);
    } else {
      server_->Start(*service_);
    }
  }

  void StopService() {
    service_->feed().Close();
    server_->Stop();
  }

  void StartFollower() {
    stub_ = RegistryService::NewStub(server_->NewChannel());
    follower_ = std::make_unique<Follower>(
        Follower::Source{"registry",
                         [this](grpc::ClientContext* context, const WatchRequest& request) {
                           return stub_->Watch(context, request);
                         }},
        Follower::Follower{[this] {
                             const absl::MutexLock lock(&mutex_);
                             return token_;
                           },
                           [this] {
                             const absl::MutexLock lock(&mutex_);
                             token_.clear();
                             return absl::OkStatus();
                           },
                           [this](const WatchResponse& event) { return Apply(event); },
                           [this] {
                             const absl::MutexLock lock(&mutex_);
                             ++lost_;
                           }});
  }

  absl::Status Apply(const WatchResponse& event) {
    const absl::MutexLock lock(&mutex_);
    if (event.has_pact() && std::exchange(refuse_next_, false)) {
      return absl::UnavailableError("disk full");
    }
    if (!event.has_bookmark()) applied_.push_back(Said(event));
    token_ = event.resume_token();
    return absl::OkStatus();
  }

  // Until that many events, bookmarks aside, were taken in: all of them.
  std::vector<std::string> AwaitApplied(size_t count) {
    const absl::MutexLock lock(&mutex_);
    const auto there = [&] {
      mutex_.AssertReaderHeld();
      return applied_.size() >= count;
    };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&there), absl::Seconds(10)));
    return applied_;
  }

  void AwaitLost(int times) {
    const absl::MutexLock lock(&mutex_);
    const auto there = [&] {
      mutex_.AssertReaderHeld();
      return lost_ >= times;
    };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&there), absl::Seconds(10)));
  }

  int lost() {
    const absl::MutexLock lock(&mutex_);
    return lost_;
  }
  std::string token() {
    const absl::MutexLock lock(&mutex_);
    return token_;
  }

  absl::Mutex mutex_;
  std::vector<std::string> applied_ ABSL_GUARDED_BY(mutex_);
  std::string token_ ABSL_GUARDED_BY(mutex_);
  int lost_ ABSL_GUARDED_BY(mutex_) = 0;
  bool refuse_next_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::string> tokens_asked_ ABSL_GUARDED_BY(mutex_);

  std::unique_ptr<PactsService> service_;
  std::unique_ptr<LocalServer> server_;
  std::unique_ptr<RegistryService::Stub> stub_;
  std::unique_ptr<Follower> follower_;  // Ends before what it uses.
};

TEST_F(WatchFollowerTest, TakesInTheSnapshotAndEveryChange) {
  Pacts pacts;
  pacts.Change("a");
  StartService(pacts);
  StartFollower();
  AwaitApplied(2);
  service_->Change("b");
  AwaitApplied(3);
  service_->Change("a");
  EXPECT_THAT(AwaitApplied(4), ElementsAre("a=1", "end", "b=2", "a=3"));
  EXPECT_EQ(lost(), 0);
}

TEST_F(WatchFollowerTest, LosesNoEventWhileTheServiceIsAwayAndGoesOnFromItsToken) {
  Pacts pacts;
  pacts.Change("a");
  StartService(pacts);
  StartFollower();
  AwaitApplied(2);
  const std::string seen = token();
  for (int life = 0; life < 3; ++life) {
    const int lost_before = lost();
    StopService();
    AwaitLost(lost_before + 1);
    pacts.Change(absl::StrCat("while-away-", life));
    StartService(pacts);
    AwaitApplied(static_cast<size_t>(4 + 2 * life));  // The change, and the end once more.
  }
  EXPECT_THAT(AwaitApplied(8), ElementsAre("a=1", "end", "while-away-0=2", "end", "while-away-1=3",
                                           "end", "while-away-2=4", "end"));
  const absl::MutexLock lock(&mutex_);
  // A token that is asked with may be a bookmark's: it reads the same.
  ASSERT_GE(tokens_asked_.size(), 2u);
  EXPECT_EQ(tokens_asked_[0], "");
  EXPECT_EQ(tokens_asked_[1], seen);
  EXPECT_THAT(tokens_asked_, testing::Not(testing::Contains("").Times(testing::Gt(1))));
}

TEST_F(WatchFollowerTest, AStoreThatDoesNotKnowTheTokenIsReadFromTheBeginning) {
  Pacts old_store;
  for (const char* name : {"a", "b", "c"}) old_store.Change(name);
  StartService(old_store);
  StartFollower();
  AwaitApplied(4);
  StopService();
  Pacts new_store("store:2");
  new_store.Change("z");
  StartService(new_store);
  EXPECT_THAT(AwaitApplied(6), ElementsAre("a=1", "b=2", "c=3", "end", "z=1", "end"));
  {
    const absl::MutexLock lock(&mutex_);
    EXPECT_EQ(tokens_asked_.front(), "");
    EXPECT_EQ(tokens_asked_[1], ResumeToken("store:1", 0, 3));
    EXPECT_EQ(tokens_asked_.back(), "");
  }
  // And from there on with the new store's own tokens.
  StopService();
  new_store.Change("y");
  StartService(new_store);
  EXPECT_EQ(AwaitApplied(7)[6], "y=2");
  const absl::MutexLock lock(&mutex_);
  EXPECT_EQ(tokens_asked_.back(), ResumeToken("store:2", 0, 1));
}

TEST_F(WatchFollowerTest, AnEventThatWasNotTakenInComesAgain) {
  Pacts pacts;
  StartService(pacts);
  StartFollower();
  AwaitApplied(1);
  {
    const absl::MutexLock lock(&mutex_);
    refuse_next_ = true;
  }
  service_->Change("a");
  EXPECT_THAT(AwaitApplied(3), ElementsAre("end", "a=1", "end"));
  EXPECT_GE(lost(), 1);
}

TEST_F(WatchFollowerTest, FindsAServiceThatStartsLater) {
  Pacts pacts;
  pacts.Change("a");
  StartService(pacts);
  StopService();
  StartFollower();
  AwaitLost(1);
  StartService(pacts);
  EXPECT_THAT(AwaitApplied(2), ElementsAre("a=1", "end"));
}

TEST_F(WatchFollowerTest, WhyItIsNotLetInIsToldOnceAndNotAtEveryTrial) {
  Pacts pacts;
  StartService(pacts);
  service_->Answer(
      Refusal(absl::StatusCode::kPermissionDenied, "", "NOT_ALLOWED", "Không được phép."));
  testing::internal::CaptureStderr();
  StartFollower();
  AwaitLost(4);
  service_->Answer(absl::OkStatus());
  AwaitApplied(1);
  const std::string log = testing::internal::GetCapturedStderr();
  const size_t told = log.find("watch not opened");
  ASSERT_NE(told, std::string::npos) << log;
  EXPECT_NE(log.find("NOT_ALLOWED", told), std::string::npos) << log;
  EXPECT_EQ(log.find("watch not opened", told + 1), std::string::npos) << log;
}

TEST_F(WatchFollowerTest, StopsAtOnceInTheMiddleOfAStreamAndWhileTheServiceIsAway) {
  Pacts pacts;
  StartService(pacts);
  for (const bool away : {false, true}) {
    StartFollower();
    if (away) {
      AwaitLost(1);
    } else {
      AwaitApplied(1);
    }
    const absl::Time begun = absl::Now();
    follower_->Stop();
    EXPECT_LT(absl::Now() - begun, absl::Seconds(20)) << (away ? "away" : "in a stream");
    if (!away) StopService();
  }
}

}  // namespace
}  // namespace thidua::platform
