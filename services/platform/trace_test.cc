#include "services/platform/trace.h"

#include <gtest/gtest.h>

#include <thread>

namespace thidua::platform {
namespace {

constexpr char kGiven[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kId[] = "0af7651916cd43dd8448eb211c80319c";

TEST(TraceTest, ATraceparentIsOfOneShape) {
  EXPECT_TRUE(IsTraceparent(kGiven));
  for (const char* text : {"", "x", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                           "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0\n"}) {
    EXPECT_FALSE(IsTraceparent(text)) << text;
  }
}

TEST(TraceTest, TheLowestBitSaysThatItIsRecorded) {
  std::string text = kGiven;
  for (const auto& [digit, sampled] :
       {std::pair('0', false), {'1', true}, {'2', false}, {'3', true}, {'e', false}, {'f', true}}) {
    text.back() = digit;
    EXPECT_EQ(IsSampled(text), sampled) << text;
  }
}

TEST(TraceTest, AThreadKnowsWhatItWorksOnWhileItDoes) {
  EXPECT_EQ(Traced::TraceId(), "");
  {
    const Traced outer(kGiven);
    EXPECT_EQ(Traced::TraceId(), kId);
    EXPECT_EQ(Traced::Traceparent(), kGiven);
    {
      const Traced inner("what is none");
      EXPECT_EQ(Traced::TraceId(), "");
    }
    EXPECT_EQ(Traced::TraceId(), kId);
    std::thread([] { EXPECT_EQ(Traced::TraceId(), ""); }).join();
  }
  EXPECT_EQ(Traced::Traceparent(), "");
}

}  // namespace
}  // namespace thidua::platform
