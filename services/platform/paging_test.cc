#include "services/platform/paging.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/domain/fault.h"

namespace thidua::platform {
namespace {

TEST(PagingTest, SizesArePutWithinBounds) {
  const struct {
    int32_t asked;
    int64_t served;
  } kCases[] = {{0, 100}, {1, 1}, {999, 999}, {1000, 1000}, {1001, 1000}, {2147483647, 1000}};
  for (const auto& c : kCases) EXPECT_EQ(*PageSize(c.asked), c.served);
}

TEST(PagingTest, ASizeBelowZeroIsRefused) {
  for (const int32_t asked : {-1, -2147483647}) {
    const std::vector<domain::Fault> faults = domain::FaultsOf(PageSize(asked).status());
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults[0].path, "page_size");
    EXPECT_EQ(faults[0].reason, "OUT_OF_RANGE");
  }
}

TEST(PagingTest, ATokenGivesBackTheLastKeyShown) {
  for (const std::string last : {"units/so-y-te", "7", "", "two\nlines", "ệ\xff"}) {
    EXPECT_EQ(*ReadPageToken("units", PageToken("units", last)), last);
  }
  EXPECT_EQ(*ReadPageToken("units", ""), "");
}

TEST(PagingTest, ATokenOfAnotherListIsRefused) {
  for (const std::string& token :
       {PageToken("revisions of a", "7"), PageToken("unit", "a"), PageToken("units/", "a"),
        std::string("?"), std::string("dW5pdHM"), std::string("x")}) {
    const std::vector<domain::Fault> faults =
        domain::FaultsOf(ReadPageToken("units", token).status());
    ASSERT_EQ(faults.size(), 1u) << token;
    EXPECT_EQ(faults[0].path, "page_token");
    EXPECT_EQ(faults[0].reason, "PAGE_TOKEN_UNKNOWN");
  }
}

}  // namespace
}  // namespace thidua::platform
