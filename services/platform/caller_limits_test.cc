#include "services/platform/caller_limits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/errors.h"
#include "services/platform/refusal_testlib.h"

namespace thidua::platform {
namespace {

constexpr char kAn[] = "token:https://sso|an";
constexpr char kBinh[] = "token:https://sso|binh";
constexpr char kTooManyCalls[] = "RESOURCE_EXHAUSTED : TOO_MANY_CALLS";

class CallerLimitsTest : public testing::Test {
 protected:
  static CallerLimitsConfig Config() {
    CallerLimitsConfig config;
    config.calls = {10, 3};
    config.calls_at_a_time = 2;
    config.uploads_at_a_time = 1;
    config.streams_at_a_time = 3;
    config.refusals = {1, 2};
    return config;
  }

  // A call that is over at once.
  std::string Call(const std::string& caller) {
    return Said(ToGrpcStatus(limits_.Enter(caller, CallerLimits::kCall).status()));
  }
  std::string Begin(const std::string& caller, CallerLimits::Kind kind) {
    absl::StatusOr<CallerLimits::Hold> hold = limits_.Enter(caller, kind);
    if (hold.ok()) held_.push_back(*std::move(hold));
    return Said(ToGrpcStatus(hold.status()));
  }
  absl::Status Check(const std::string& address) {
    return limits_.CheckCredentials([&] { return address; });
  }
  void Pass(absl::Duration time) { now_ += absl::ToInt64Nanoseconds(time); }

  int64_t now_ = 0;
  CallerLimits limits_{Config(), [this] { return now_; }};
  std::vector<CallerLimits::Hold> held_;
};

TEST_F(CallerLimitsTest, CallsKeepToTheirRateWithABurstAfterARest) {
  const struct {
    absl::Duration rest;
    int let_in;  // Of ten at once.
  } kSteps[] = {
      {absl::ZeroDuration(), 3},   {absl::ZeroDuration(), 0},    {absl::Milliseconds(99), 0},
      {absl::Milliseconds(1), 1},  {absl::Milliseconds(200), 2}, {absl::Milliseconds(250), 2},
      {absl::Milliseconds(50), 1},  // The half that was left of the step before.
      {absl::Hours(24 * 365), 3},
  };
  for (size_t step = 0; step < std::size(kSteps); ++step) {
    Pass(kSteps[step].rest);
    int let_in = 0;
    for (int i = 0; i < 10; ++i) let_in += Call(kAn) == "OK" ? 1 : 0;
    EXPECT_EQ(let_in, kSteps[step].let_in) << "step " << step;
  }
}

TEST_F(CallerLimitsTest, ARefusalSaysWhenTheNextCallIsLetIn) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Call(kAn), "OK");
  Pass(absl::Milliseconds(30));
  const grpc::Status refused = ToGrpcStatus(limits_.Enter(kAn, CallerLimits::kCall).status());
  EXPECT_EQ(Said(refused), kTooManyCalls);
  EXPECT_EQ(RetryDelayOf(refused), absl::Milliseconds(70));
  Pass(absl::Milliseconds(69));
  EXPECT_EQ(Call(kAn), kTooManyCalls);
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(Call(kAn), "OK");
}

TEST_F(CallerLimitsTest, OneCallersHasteIsNotAnothers) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Call(kAn), "OK");
  EXPECT_EQ(Call(kAn), kTooManyCalls);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Call(kBinh), "OK");
}

TEST_F(CallerLimitsTest, WhatIsUnderWayIsBoundedByKindAndGivenBack) {
  const struct {
    CallerLimits::Kind kind;
    int at_a_time;
    const char* refusal;
  } kKinds[] = {
      {CallerLimits::kCall, 2, kTooManyCalls},
      {CallerLimits::kUpload, 1, "RESOURCE_EXHAUSTED : TOO_MANY_UPLOADS"},
      {CallerLimits::kStream, 3, "RESOURCE_EXHAUSTED : TOO_MANY_STREAMS"},
  };
  for (const auto& [kind, at_a_time, refusal] : kKinds) {
    Pass(absl::Seconds(10));
    for (int i = 0; i < at_a_time; ++i) {
      ASSERT_EQ(Begin(kAn, kind), "OK");
      Pass(absl::Milliseconds(100));
    }
    EXPECT_EQ(Begin(kAn, kind), refusal);
    Pass(absl::Hours(1));
    EXPECT_EQ(Begin(kAn, kind), refusal) << "time gives nothing back";
    EXPECT_EQ(Begin(kBinh, kind), "OK");
    // One goes: one comes. The other kinds were never touched.
    Pass(absl::Seconds(1));
    held_.front() = CallerLimits::Hold();
    EXPECT_EQ(Begin(kAn, kind), "OK");
    EXPECT_EQ(Begin(kAn, kind), refusal);
    held_.clear();
  }
}

TEST_F(CallerLimitsTest, AHoldThatMovedIsGivenBackOnce) {
  absl::StatusOr<CallerLimits::Hold> first = limits_.Enter(kAn, CallerLimits::kCall);
  ASSERT_TRUE(first.ok());
  CallerLimits::Hold moved = *std::move(first);
  CallerLimits::Hold again;
  again = std::move(moved);
  moved = CallerLimits::Hold();
  ASSERT_EQ(Begin(kAn, CallerLimits::kCall), "OK");
  EXPECT_EQ(Begin(kAn, CallerLimits::kCall), kTooManyCalls) << "both are under way";
  again = CallerLimits::Hold();
  Pass(absl::Seconds(1));
  EXPECT_EQ(Begin(kAn, CallerLimits::kCall), "OK");
  EXPECT_EQ(Begin(kAn, CallerLimits::kCall), kTooManyCalls);
}

TEST_F(CallerLimitsTest, AnAddressOfManyRefusalsIsNotListenedTo) {
  EXPECT_TRUE(limits_
                  .CheckCredentials([]() -> std::string {
                    ADD_FAILURE() << "nobody was refused yet";
                    return "";
                  })
                  .ok());
  limits_.CountRefusal("192.0.2.7");
  EXPECT_TRUE(Check("192.0.2.7").ok());
  limits_.CountRefusal("192.0.2.7");
  const grpc::Status refused = ToGrpcStatus(Check("192.0.2.7"));
  EXPECT_EQ(Said(refused), "RESOURCE_EXHAUSTED : TOO_MANY_REFUSALS");
  EXPECT_EQ(RetryDelayOf(refused), absl::Seconds(1));
  EXPECT_TRUE(Check("192.0.2.8").ok());
  // Asking in vain costs nothing more; one may be tried a second later, and is not a pardon.
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(Check("192.0.2.7").ok());
  Pass(absl::Seconds(1));
  EXPECT_TRUE(Check("192.0.2.7").ok());
  limits_.CountRefusal("192.0.2.7");
  EXPECT_FALSE(Check("192.0.2.7").ok());
  Pass(absl::Minutes(1));
  limits_.CountRefusal("192.0.2.7");
  EXPECT_TRUE(Check("192.0.2.7").ok());
}

TEST_F(CallerLimitsTest, ARateOfZeroIsWithoutEnd) {
  CallerLimitsConfig config = Config();
  config.calls.per_second = 0;
  config.refusals.per_second = 0;
  CallerLimits limits(config, [] { return int64_t{0}; });
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(limits.Enter(kAn, CallerLimits::kCall).ok());
    limits.CountRefusal("192.0.2.7");
  }
  EXPECT_TRUE(limits.CheckCredentials([] { return std::string("192.0.2.7"); }).ok());
}

TEST_F(CallerLimitsTest, WhoRestedIsForgottenAndWhoHoldsIsNot) {
  ASSERT_EQ(Begin(kAn, CallerLimits::kStream), "OK");
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_EQ(Call(absl::StrCat("token:https://sso|", i)), "OK");
    limits_.CountRefusal(absl::StrCat("192.0.2.", i));
    Pass(absl::Milliseconds(10));
  }
  EXPECT_LT(limits_.kept(), 5'000u);
  ASSERT_EQ(Begin(kAn, CallerLimits::kStream), "OK");
  ASSERT_EQ(Begin(kAn, CallerLimits::kStream), "OK");
  EXPECT_EQ(Begin(kAn, CallerLimits::kStream), "RESOURCE_EXHAUSTED : TOO_MANY_STREAMS");
}

TEST_F(CallerLimitsTest, ManyThreadsTakeNoMoreThanThereIs) {
  CallerLimitsConfig config = Config();
  config.calls_at_a_time = 8;
  config.calls = {1, 1000};  // At a clock that stands still: a thousand, and no more.
  CallerLimits limits(config, [] { return int64_t{0}; });
  std::atomic<int> let_in{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 1000; ++call) {
        let_in += limits.Enter(kAn, CallerLimits::kCall).ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(let_in, 1000);
}

TEST(AddressOfPeerTest, IsWhatOneMachineCannotChangeAtWill) {
  const struct {
    const char* peer;
    const char* address;
  } kPeers[] = {
      {"ipv4:192.0.2.7:50312", "192.0.2.7"},
      {"ipv6:%5B2001:db8:1:2:3:4:5:6%5D:443", "2001:db8:1:2::/64"},
      {"ipv6:[2001:db8:1:2:ffff::9]:443", "2001:db8:1:2::/64"},
      {"ipv6:%5Bfe80::1%25eth0%5D:443", "fe80::/64"},
      {"ipv6:%5B::1%5D:443", "::/64"},
      {"ipv6:%5B::ffff:192.0.2.7%5D:443", "192.0.2.7"},
      {"unix:/run/thidua.sock", "unix:/run/thidua.sock"},
      {"", ""},
  };
  for (const auto& [peer, address] : kPeers) EXPECT_EQ(AddressOfPeer(peer), address) << peer;
}

}  // namespace
}  // namespace thidua::platform
