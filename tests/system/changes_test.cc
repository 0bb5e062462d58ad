// What the registry promises to those who follow it: every change, in commit order, never an older
// state after a newer one, whoever writes at the same time and whichever end dies.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

using registry::v1::WatchRequest;
using registry::v1::WatchResponse;

constexpr absl::Duration kPatience = absl::Seconds(60);

class ChangesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { suite_ = new Suite; }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static registry::v1::RegistryService::Stub& registry() { return suite_->registry(); }

  // Asked again under the same id until it is answered.
  static registry::v1::Unit Create(const std::string& id) {
    registry::v1::CreateUnitRequest request;
    request.mutable_unit()->set_name("units/" + id);
    request.mutable_unit()->set_display_name("Sở " + id);
    request.mutable_unit()->set_kind(registry::v1::Unit::KIND_DEPARTMENT);
    request.set_request_id("create-" + id);
    registry::v1::CreateUnitResponse response;
    grpc::Status status;
    do {
      grpc::ClientContext context;
      context.set_wait_for_ready(true);
      context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
      status = registry().CreateUnit(&context, request, &response);
    } while (status.error_code() == grpc::StatusCode::UNAVAILABLE);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.unit();
  }

  static std::vector<registry::v1::Change> AllChanges() {
    std::vector<registry::v1::Change> changes;
    registry::v1::ListChangesRequest request;
    request.set_page_size(1000);
    do {
      grpc::ClientContext context;
      registry::v1::ListChangesResponse response;
      EXPECT_TRUE(registry().ListChanges(&context, request, &response).ok());
      changes.insert(changes.end(), response.changes().begin(), response.changes().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return changes;
  }

  static Suite* suite_;
};
Suite* ChangesTest::suite_ = nullptr;

// Follows the units of the registry, through any number of broken lines.
class Follower {
 public:
  explicit Follower(registry::v1::RegistryService::Stub& stub)
      : stub_(stub), thread_([this] { Run(); }) {}
  ~Follower() { Stop(); }

  // Waits until this version of the unit, or a newer one, was told.
  bool AwaitVersion(const std::string& unit, int64_t version) {
    const absl::MutexLock lock(&mutex_);
    const auto told = [&] {
      mutex_.AssertReaderHeld();
      const auto found = versions_.find(unit);
      return found != versions_.end() && found->second >= version;
    };
    return mutex_.AwaitWithTimeout(absl::Condition(&told), kPatience);
  }
  // The client's end dies; it comes back by itself.
  void CutTheLine() {
    const absl::MutexLock lock(&mutex_);
    if (context_ != nullptr) context_->TryCancel();
  }
  void Stop() {
    {
      const absl::MutexLock lock(&mutex_);
      stopping_ = true;
      if (context_ != nullptr) context_->TryCancel();
    }
    if (thread_.joinable()) thread_.join();
  }
  std::map<std::string, int64_t> versions() {
    const absl::MutexLock lock(&mutex_);
    return versions_;
  }
  int connections() const { return connections_; }
  int resumed() const { return resumed_; }

 private:
  void Run() {
    while (true) {
      grpc::ClientContext context;
      context.set_wait_for_ready(true);
      {
        const absl::MutexLock lock(&mutex_);
        if (stopping_) return;
        context_ = &context;
      }
      WatchRequest request;
      request.set_resume_token(token_);
      request.add_collections(registry::v1::COLLECTION_UNITS);
      const auto reader = stub_.Watch(&context, request);
      ++connections_;
      resumed_ += token_.empty() ? 0 : 1;
      WatchResponse event;
      while (reader->Read(&event)) {
        token_ = event.resume_token();
        if (!event.has_unit()) continue;
        const absl::MutexLock lock(&mutex_);
        int64_t& version = versions_[event.unit().name()];
        // A start from the beginning tells again what is known; it never tells what is older.
        EXPECT_GE(event.unit().version(), version) << event.unit().name();
        version = event.unit().version();
      }
      if (reader->Finish().error_code() == grpc::StatusCode::OUT_OF_RANGE) token_.clear();
      const absl::MutexLock lock(&mutex_);
      context_ = nullptr;
    }
  }

  registry::v1::RegistryService::Stub& stub_;
  absl::Mutex mutex_;
  bool stopping_ = false;
  grpc::ClientContext* context_ = nullptr;
  std::map<std::string, int64_t> versions_;
  std::string token_;
  std::atomic<int> connections_ = 0, resumed_ = 0;
  std::thread thread_;
};

TEST_F(ChangesTest, SixteenWritersAndAWatcherThatMissesNothing) {
  constexpr int kWriters = 16, kUpdates = 40, kUnits = 5;
  for (int i = 0; i < kUnits; ++i) Create(absl::StrCat("chung-", i));
  Follower follower(registry());
  std::atomic<int> acknowledged[kUnits] = {};
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < kUpdates; ++i) {
        const int which = (w + i) % kUnits;
        registry::v1::UpdateUnitRequest request;
        request.mutable_unit()->set_name(absl::StrCat("units/chung-", which));
        request.mutable_unit()->set_short_name(absl::StrCat(w, ".", i));
        registry::v1::UpdateUnitResponse response;
        grpc::ClientContext context;
        const grpc::Status status = registry().UpdateUnit(&context, request, &response);
        ASSERT_TRUE(status.ok()) << status.error_message();
        ++acknowledged[which];
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (int i = 0; i < kUnits; ++i) {
    EXPECT_TRUE(follower.AwaitVersion(absl::StrCat("units/chung-", i), 1 + acknowledged[i]));
  }
  std::map<std::string, int64_t> counted;
  int64_t sequence = 0;
  for (const registry::v1::Change& change : AllChanges()) {
    EXPECT_EQ(change.sequence(), ++sequence) << "no gap, no number twice";
    EXPECT_EQ(change.version(), ++counted[change.resource()]) << change.resource();
  }
  for (int i = 0; i < kUnits; ++i) {
    EXPECT_EQ(counted[absl::StrCat("units/chung-", i)], 1 + acknowledged[i]);
  }
}

TEST_F(ChangesTest, NeitherEndsDeathLosesAChange) {
  constexpr int kUnits = 400, kBlows = 8;
  std::atomic<int> written = 0;
  Follower follower(registry());
  std::thread writer([&] {
    for (int i = 0; i < kUnits; ++i) {
      Create(absl::StrCat("ben-bi-", i));
      ++written;
    }
  });
  for (int blow = 1; blow <= kBlows; ++blow) {
    const int due = kUnits * blow / (kBlows + 1);
    while (written < due)
      absl::SleepFor(absl::Milliseconds(1));  // Progress made by another thread.
    if (blow % 2 == 0) {
      follower.CutTheLine();
    } else {
      suite_->Kill(Suite::kRegistry, SIGKILL);
      suite_->Start(Suite::kRegistry);
    }
  }
  writer.join();
  for (int i = 0; i < kUnits; ++i) {
    EXPECT_TRUE(follower.AwaitVersion(absl::StrCat("units/ben-bi-", i), 1)) << i;
  }
  follower.Stop();
  EXPECT_GT(follower.connections(), kBlows / 2) << "the line was cut";
  EXPECT_GT(follower.resumed(), 0) << "it went on from a token";
  int64_t sequence = 0;
  for (const registry::v1::Change& change : AllChanges()) {
    EXPECT_EQ(change.sequence(), ++sequence);
    if (change.resource().rfind("units/ben-bi-", 0) == 0) {
      EXPECT_EQ(change.version(), 1) << "asked twice, done once";
    }
  }
}

}  // namespace
}  // namespace thidua::tests
