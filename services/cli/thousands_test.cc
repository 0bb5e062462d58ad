#include "services/cli/thousands.h"

#include <gtest/gtest.h>

#include <string>

namespace thidua::cli {
namespace {

TEST(ThousandsTest, ANumberThatIsReadInTwoWaysIsAskedBack) {
  const struct {
    const char* text;
    const char* whole;  // "" for a number that is read in one way.
    const char* fraction;
  } kCases[] = {{"1.000", "1000", "1.0"},
                {"12.500", "12500", "12.5"},
                {"12.345", "12345", "12.3450"},
                {"-3.000", "-3000", "-3.0"},
                {"999.100", "999100", "999.1"},
                {"1000", "", ""},
                {"0.125", "", ""},
                {"1.0", "", ""},
                {"12.3450", "", ""},
                {"1234.567", "", ""},
                {"~66.667", "", ""},
                {"1.00a", "", ""}};
  for (const auto& c : kCases) {
    registry::v1::Scheme scheme;
    scheme.add_contents()->add_children()->set_max_points(c.text);
    const std::vector<domain::Fault> faults = AmbiguousNumbers(scheme);
    ASSERT_EQ(faults.size(), *c.whole == '\0' ? 0U : 1U) << c.text;
    if (faults.empty()) continue;
    EXPECT_EQ(faults[0].path, "contents[0].children[0].max_points");
    EXPECT_EQ(faults[0].reason, "NUMBER_AMBIGUOUS");
    EXPECT_EQ(faults[0].message, std::string("“") + c.text + "” đọc được hai cách: viết " +
                                     c.whole + " nếu dấu chấm ngăn hàng nghìn, viết " + c.fraction +
                                     " nếu là dấu thập phân.");
  }
}

TEST(ThousandsTest, PercentagesAreNoThousands) {
  registry::v1::Scheme scheme;
  auto& targets = *scheme.add_contents()->mutable_targets();
  targets.set_achievement_cap_percent("33.333");
  targets.add_steps()->set_every_percent("2.125");
  EXPECT_TRUE(AmbiguousNumbers(scheme).empty());
  targets.mutable_steps(0)->set_points("2.125");
  scheme.add_contents()->mutable_places()->add_points("1.000");
  auto& target = *scheme.add_examples()->add_units()->add_targets();
  target.set_value("35.000");
  target.set_actual("17.893");
  EXPECT_EQ(AmbiguousNumbers(scheme).size(), 4U);
}

}  // namespace
}  // namespace thidua::cli
