#include "services/portal/visitor_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/domain/fault.h"
#include "services/platform/errors.h"

namespace thidua::portal {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::make_address;

// "TOO_MANY_STREAMS"; "" of none.
std::string ReasonOf(const absl::Status& status) {
  if (status.ok()) return "";
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_GT(platform::RetryDelayOf(platform::ToGrpcStatus(status)), absl::ZeroDuration());
  return domain::FaultsOf(status)[0].reason;
}

TEST(VisitorLimitsTest, StreamsAreCountedByTheNetworkThatTheyComeFrom) {
  const struct {
    const char* first;
    const char* other;
    bool one_place;
  } kCases[] = {
      {"192.0.2.7", "192.0.2.7", true},
      {"192.0.2.7", "192.0.2.8", false},
      {"192.0.2.7", "::ffff:192.0.2.7", true},
      {"2001:db8:1:2:3::1", "2001:db8:1:2:ffff::9", true},
      {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
  };
  for (const auto& test : kCases) {
    VisitorLimits limits({.streams_per_address = 1});
    const auto held = limits.EnterStream(make_address(test.first));
    ASSERT_TRUE(held.ok());
    EXPECT_EQ(ReasonOf(limits.EnterStream(make_address(test.other)).status()),
              test.one_place ? "TOO_MANY_STREAMS" : "")
        << test.first << " " << test.other;
  }
}

TEST(VisitorLimitsTest, WhatEndsMakesRoomAndWhatIsRefusedTakesNone) {
  VisitorLimits limits({.streams = 3, .streams_per_address = 2, .calls = 1});
  const address here = make_address("192.0.2.1"), there = make_address("192.0.2.2");
  std::vector<VisitorLimits::Hold> held;
  for (const address& peer : {here, here, there}) {
    auto stream = limits.EnterStream(peer);
    ASSERT_TRUE(stream.ok());
    held.push_back(*std::move(stream));
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ReasonOf(limits.EnterStream(there).status()), "TOO_MANY_STREAMS") << "altogether";
  }
  held.erase(held.begin());
  EXPECT_TRUE(limits.EnterStream(there).ok());
  held.pop_back();
  held.push_back(*limits.EnterStream(here));
  EXPECT_EQ(ReasonOf(limits.EnterStream(here).status()), "TOO_MANY_STREAMS") << "from here";
  EXPECT_TRUE(limits.EnterStream(there).ok());
  // Calls have room of their own.
  const auto call = limits.EnterCall();
  EXPECT_TRUE(call.ok());
  EXPECT_EQ(ReasonOf(limits.EnterCall().status()), "TOO_MANY_CALLS");
}

TEST(VisitorLimitsTest, AfterRefusalsWhoComesFromThereIsNotListenedTo) {
  VisitorLimits limits({.refusals = {0.001, 2}});
  const address here = make_address("192.0.2.1"), there = make_address("192.0.2.2");
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(limits.CheckCredentials(here).ok());
    limits.CountRefusal(here);
  }
  EXPECT_EQ(ReasonOf(limits.CheckCredentials(here)), "TOO_MANY_REFUSALS");
  EXPECT_TRUE(limits.CheckCredentials(there).ok());
}

TEST(VisitorLimitsTest, BehindAProxyNobodyPaysForAnother) {
  VisitorLimits limits(
      {.streams = 2, .streams_per_address = 1, .refusals = {0.001, 1}, .behind_proxy = true});
  const address proxy = make_address("127.0.0.1");
  const auto one = limits.EnterStream(proxy), two = limits.EnterStream(proxy);
  EXPECT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(ReasonOf(limits.EnterStream(proxy).status()), "TOO_MANY_STREAMS") << "altogether";
  for (int i = 0; i < 3; ++i) limits.CountRefusal(proxy);
  EXPECT_TRUE(limits.CheckCredentials(proxy).ok());
}

}  // namespace
}  // namespace thidua::portal
