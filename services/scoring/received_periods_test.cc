#include "services/scoring/received_periods.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/scoring/finality_store.h"
#include "services/scoring/schema.h"
#include "services/storage/engines_testlib.h"

namespace thidua::scoring {
namespace {

using storage::Transaction;

ReceivedPeriod Received(int number, int64_t version, int64_t epoch = 1,
                        const std::string& store = "results:1") {
  ReceivedPeriod received{{}, store, epoch};
  received.inputs.set_name(absl::StrCat("blocs/b/pacts/2019/periods/ky-", number));
  received.inputs.set_version(version);
  return received;
}

template <typename Engine>
class ReceivedPeriodsTest : public testing::Test {
 protected:
  ReceivedPeriodsTest() {
    auto opened = storage::Database::Open(engine_.NewLocation(), Schema());
    EXPECT_TRUE(opened.ok()) << opened.status();
    database_ = *std::move(opened);
    received_ = std::make_unique<ReceivedPeriods>(*database_);
  }

  void Put(ReceivedPeriod received) {
    received_->Put(std::make_shared<const ReceivedPeriod>(std::move(received)));
  }
  void AwaitStored() {
    const absl::Status stored = received_->AwaitStored(absl::Now() + absl::Seconds(10));
    EXPECT_TRUE(stored.ok()) << stored;
  }
  // The version that is stored; 0: none.
  int64_t Stored(int number) {
    std::optional<ReceivedPeriod> found;
    const absl::Status read = database_->Read([&](Transaction& transaction) -> absl::Status {
      auto period = Store(transaction).FindPeriod(Received(number, 1).inputs.name());
      if (period.ok()) found = *std::move(period);
      return period.status();
    });
    EXPECT_TRUE(read.ok()) << read;
    return found.has_value() ? found->inputs.version() : 0;
  }
  void Execute(const char* statement) {
    const absl::Status done = database_->Write(
        [&](Transaction& transaction) { return transaction.Execute(statement, {}); });
    ASSERT_TRUE(done.ok()) << done;
  }

  Engine engine_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<ReceivedPeriods> received_;
};

TYPED_TEST_SUITE(ReceivedPeriodsTest, storage::Engines, storage::EngineNames);

TYPED_TEST(ReceivedPeriodsTest, TheNewestOfEachIsStored) {
  for (int64_t version = 1; version <= 5; ++version) {
    for (int number = 0; number < 200; ++number) this->Put(Received(number, version));
  }
  this->AwaitStored();
  for (int number = 0; number < 200; ++number) EXPECT_EQ(this->Stored(number), 5);
  EXPECT_EQ(this->received_->FindUnstored(Received(0, 1).inputs.name()), std::nullopt);
}

TYPED_TEST(ReceivedPeriodsTest, AnOlderStateNeverTakesTheNewersPlace) {
  this->Put(Received(1, 7, /*epoch=*/2));
  this->AwaitStored();
  this->Put(Received(1, 6, /*epoch=*/2));
  this->AwaitStored();
  EXPECT_EQ(this->Stored(1), 7);
  this->Put(Received(1, 9, /*epoch=*/1));  // Before results-ingest was started again.
  this->AwaitStored();
  EXPECT_EQ(this->Stored(1), 7);
  this->Put(Received(1, 3, /*epoch=*/3));  // An old backup was put back.
  this->AwaitStored();
  EXPECT_EQ(this->Stored(1), 3);
  this->Put(Received(1, 1, /*epoch=*/4, "results:2"));  // Another store took its place.
  this->AwaitStored();
  EXPECT_EQ(this->Stored(1), 1);
}

TYPED_TEST(ReceivedPeriodsTest, WhatTheDatabaseDoesNotTakeIsKeptAndTriedAgain) {
  this->Execute("ALTER TABLE periods RENAME TO away");
  this->Put(Received(1, 1));
  this->Put(Received(2, 1));
  // Until a try has failed, as the log tells.
  std::string logged;
  for (const absl::Time until = absl::Now() + absl::Seconds(60);
       !absl::StrContains(logged, "periods not stored") && absl::Now() < until;) {
    testing::internal::CaptureStderr();
    const absl::Status stored = this->received_->AwaitStored(absl::Now() + absl::Milliseconds(20));
    logged = testing::internal::GetCapturedStderr();
    ASSERT_TRUE(absl::IsDeadlineExceeded(stored)) << stored;
  }
  EXPECT_THAT(logged, testing::HasSubstr("periods not stored"));
  this->Put(Received(1, 2));
  const auto unstored = this->received_->FindUnstored(Received(1, 1).inputs.name());
  ASSERT_TRUE(unstored.has_value());
  EXPECT_EQ((*unstored)->inputs.version(), 2);
  this->Execute("ALTER TABLE away RENAME TO periods");
  this->AwaitStored();
  EXPECT_EQ(this->Stored(1), 2);
  EXPECT_EQ(this->Stored(2), 1);
}

TYPED_TEST(ReceivedPeriodsTest, WhatWaitsIsStoredBeforeTheEnd) {
  for (int number = 0; number < 300; ++number) this->Put(Received(number, 1));
  this->received_->Stop();
  for (int number = 0; number < 300; ++number) EXPECT_EQ(this->Stored(number), 1);
}

TYPED_TEST(ReceivedPeriodsTest, AFinalPeriodIsNotDeleted) {
  this->Put(Received(1, 1));
  this->Put(Received(2, 1));
  this->AwaitStored();
  v1::FinalRecord record;
  record.set_period(Received(1, 1).inputs.name());
  record.set_state(v1::FinalRecord::STATE_FINAL);
  const absl::Status made = this->database_->Write([&](Transaction& transaction) {
    audit::Trail trail(transaction, {}, "");
    return FinalityStore(transaction).Put(MakeFinal(1, {}, {}, record), trail);
  });
  ASSERT_TRUE(made.ok()) << made;
  this->received_->Delete(Received(1, 1).inputs.name());
  this->received_->Delete(Received(2, 1).inputs.name());
  this->AwaitStored();
  EXPECT_EQ(this->Stored(1), 1);
  EXPECT_EQ(this->Stored(2), 0);
}

}  // namespace
}  // namespace thidua::scoring
