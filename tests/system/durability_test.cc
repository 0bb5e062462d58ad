// What results-ingest has answered is there for ever: killed at random moments in a stream of
// acknowledged writes, none is lost and none is doubled.
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <random>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

constexpr int kRows = 1000;
constexpr int kKillsMin = 6;

std::string TargetId(int i) { return absl::StrFormat("so-%04d", i); }

// The real pact, with a thousand targets more.
std::filesystem::path LargePact(const std::filesystem::path& folder) {
  const std::filesystem::path load = folder / "load";
  std::filesystem::create_directories(load);
  for (const auto& entry : std::filesystem::directory_iterator(Khoi4Folder())) {
    const std::string name = entry.path().filename().string();
    if (!absl::EndsWith(name, ".json") || absl::StrContains(name, "results")) continue;
    std::filesystem::copy(entry.path(), load / name);
  }
  registry::v1::RegisterTargetsRequest request;
  request.set_pact(kPact2019);
  for (int i = 0; i < kRows; ++i) {
    registry::v1::Target& target = *request.add_targets();
    target.set_name(absl::StrCat(kPact2019, "/targets/", TargetId(i)));
    target.set_unit("units/so-y-te");
    target.set_criterion_id("noi-dung-1");
    target.set_display_name(absl::StrCat("Chỉ tiêu số ", i));
    target.set_kind(registry::v1::Target::KIND_SCORED);
    target.set_direction(registry::v1::Target::DIRECTION_HIGHER_IS_BETTER);
    target.set_accumulation(registry::v1::Target::ACCUMULATION_SNAPSHOT);
    target.mutable_value()->set_value("10");
  }
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(request, &json).ok());
  std::ofstream(load / "05-targets-more.json")
      << "{\"@type\": \"thidua.registry.v1.RegisterTargetsRequest\", " << json.substr(1);
  return load;
}

class DurabilityTest : public testing::Test {
 protected:
  DurabilityTest() {
    const CommandOutcome load = suite_.Command({"load", LargePact(suite_.folder()).string()});
    EXPECT_EQ(load.exit_code, 0) << load.err;
    // results-ingest has the pact by now, or waits for it.
    results::v1::PutResultsRequest request;
    request.set_period(kYear2019);
    request.add_rows()->set_target(absl::StrCat(kPact2019, "/targets/", TargetId(0)));
    request.mutable_rows(0)->mutable_actual()->set_value("1");
    request.set_validate_only(true);
    const absl::Time until = absl::Now() + absl::Seconds(20);
    grpc::Status status;
    do {
      grpc::ClientContext context;
      results::v1::PutResultsResponse response;
      status = suite_.results().PutResults(&context, request, &response);
    } while (!status.ok() && absl::Now() < until);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  // Kills results-ingest at random moments of the work, and starts it again, until the work is
  // done. It is started by the test's own thread, with which it ends.
  void KillDuring(const std::function<void()>& work) {
    std::thread worker([&] {
      work();
      const absl::MutexLock lock(&mutex_);
      done_ = true;
    });
    KillUntilDone();
    worker.join();
    EXPECT_GE(kills_, kKillsMin);
  }
  void KillUntilDone() {
    std::mt19937 random(seed_);
    while (true) {
      {
        // After some more answers, so that each life of the process has its share of them.
        const absl::MutexLock lock(&mutex_);
        const int64_t at = acknowledged_ + std::uniform_int_distribution<int64_t>(1, 120)(random);
        const auto come = [this, at]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
          return acknowledged_ >= at || done_ || (kills_awaited_ && kills_ < kKillsMin);
        };
        mutex_.AwaitWithTimeout(absl::Condition(&come), absl::Seconds(60));
        if (done_) return;
      }
      suite_.Kill(Suite::kResults, SIGKILL);
      suite_.Start(Suite::kResults);
      const absl::MutexLock lock(&mutex_);
      ++kills_;
    }
  }
  void Acknowledge(int64_t rows) {
    const absl::MutexLock lock(&mutex_);
    acknowledged_ += rows;
  }
  int64_t acknowledged() {
    const absl::MutexLock lock(&mutex_);
    return acknowledged_;
  }
  // The last rows wait until there were blows enough.
  void AwaitKills() {
    const absl::MutexLock lock(&mutex_);
    const auto enough = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return kills_ >= kKillsMin; };
    kills_awaited_ = true;
    mutex_.Await(absl::Condition(&enough));
  }
  void ExpectEachRowOnce(const std::string& period) {
    results::v1::GetPeriodInputsRequest request;
    request.set_name(period);
    results::v1::GetPeriodInputsResponse response;
    grpc::Status status;
    do {  // A connection of the last life breaks once more.
      grpc::ClientContext context;
      context.set_wait_for_ready(true);
      status = suite_.results().GetPeriodInputs(&context, request, &response);
    } while (status.error_code() == grpc::StatusCode::UNAVAILABLE);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(response.inputs().results_size(), kRows);
    for (int i = 0; i < kRows; ++i) {
      const results::v1::Result& result = response.inputs().results(i);
      EXPECT_EQ(result.target(), absl::StrCat(kPact2019, "/targets/", TargetId(i)));
      EXPECT_EQ(result.actual().value(), absl::StrCat(i));
      EXPECT_EQ(result.revision(), 1) << "doubled";
    }
  }

  // One stream of the import, as far as it comes; whether that is its end.
  bool ImportOn() {
    constexpr int kChunk = 10;
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    const auto stream = suite_.results().ImportResults(&context);
    results::v1::ImportResultsRequest request;
    request.mutable_start()->set_import("imports/durability");
    request.mutable_start()->set_mode(results::v1::Import::MODE_STORE);
    request.mutable_start()->set_period(kYear2019);
    results::v1::ImportResultsResponse event;
    bool alive = stream->Write(request) && stream->Read(&event);
    int64_t row = event.started().next_row();
    if (alive) {
      EXPECT_GE(row, acknowledged()) << "an acknowledged chunk is gone";
    }
    while (alive && row < kRows) {
      if (row > kRows * 3 / 4) AwaitKills();
      request.Clear();
      request.mutable_chunk()->set_first_row(row);
      for (int64_t i = row; i < row + kChunk; ++i) {
        results::v1::ResultRow& to = *request.mutable_chunk()->add_rows()->mutable_row();
        to.set_target(absl::StrCat(kPact2019, "/targets/", TargetId(static_cast<int>(i))));
        to.mutable_actual()->set_value(absl::StrCat(i));
      }
      alive = stream->Write(request) && stream->Read(&event);
      if (!alive) break;
      EXPECT_EQ(event.progress().counts().rejected(), 0);
      row = event.progress().next_row();
      Acknowledge(kChunk);
    }
    bool finished = false;
    if (alive) {
      request.mutable_finish()->set_rows(kRows);
      stream->Write(request);
      stream->WritesDone();
      while (stream->Read(&event)) finished = event.has_finished();
    }
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok() || status.error_code() == grpc::StatusCode::UNAVAILABLE)
        << status.error_message();
    return finished;
  }

  const unsigned seed_ =
      testing::UnitTest::GetInstance()->random_seed() != 0
          ? static_cast<unsigned>(testing::UnitTest::GetInstance()->random_seed())
          : std::random_device()();
  Suite suite_;

 private:
  absl::Mutex mutex_;
  int64_t acknowledged_ ABSL_GUARDED_BY(mutex_) = 0;
  int kills_ ABSL_GUARDED_BY(mutex_) = 0;
  bool kills_awaited_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
};

// What a lost answer leaves open is asked again under the same id.
TEST_F(DurabilityTest, AThousandAcknowledgedWritesSurviveEveryKill) {
  SCOPED_TRACE(absl::StrCat("seed ", seed_));
  std::atomic<int> next = 0;
  const auto write = [&] {
    for (int i = next++; i < kRows; i = next++) {
      results::v1::PutResultsRequest request;
      request.set_period(kYear2019);
      request.set_request_id(absl::StrCat("durability-", i));
      request.add_rows()->set_target(absl::StrCat(kPact2019, "/targets/", TargetId(i)));
      request.mutable_rows(0)->mutable_actual()->set_value(absl::StrCat(i));
      results::v1::PutResultsResponse response;
      grpc::Status status;
      do {
        grpc::ClientContext context;
        context.set_wait_for_ready(true);
        status = suite_.results().PutResults(&context, request, &response);
      } while (status.error_code() == grpc::StatusCode::UNAVAILABLE);
      EXPECT_TRUE(status.ok()) << status.error_message();
      EXPECT_EQ(response.outcomes(0).kind(), results::v1::RowOutcome::KIND_CREATED);
      Acknowledge(1);
      if (i > kRows * 3 / 4) AwaitKills();
    }
  };
  KillDuring([&] {
    std::vector<std::thread> writers;
    for (int w = 0; w < 8; ++w) writers.emplace_back(write);
    for (std::thread& writer : writers) writer.join();
  });
  ExpectEachRowOnce(kYear2019);
}

// A cut stream is taken up where its last acknowledged chunk ended, or behind it.
TEST_F(DurabilityTest, AThousandImportedRowsSurviveEveryKill) {
  SCOPED_TRACE(absl::StrCat("seed ", seed_));
  KillDuring([&] {
    bool finished = false;
    const absl::Time until = absl::Now() + absl::Seconds(120);
    while (!finished && absl::Now() < until) finished = ImportOn();
    EXPECT_TRUE(finished);
  });
  ExpectEachRowOnce(kYear2019);
}

}  // namespace
}  // namespace thidua::tests
