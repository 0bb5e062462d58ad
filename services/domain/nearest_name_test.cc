#include "services/domain/nearest_name.h"

#include <gtest/gtest.h>

namespace thidua::domain {
namespace {

TEST(NearestName, IsTheOneThatWasProbablyMeant) {
  const std::vector<std::string> names = {"max_points", "min_points", "bonus_cap", "roles"};
  EXPECT_EQ(NearestName("max_pionts", names), "max_points");
  EXPECT_EQ(NearestName("MAX_POINTS", names), "max_points");
  EXPECT_EQ(NearestName("mix_points", names), "max_points") << "the first of equals";
  EXPECT_EQ(NearestName("role", names), "roles");
  EXPECT_EQ(NearestName("trong_so", names), "");
  EXPECT_EQ(NearestName("", names), "");
  EXPECT_EQ(NearestName("max_points", {}), "");
}

}  // namespace
}  // namespace thidua::domain
