#include "services/sheets/number_format.h"

#include <gtest/gtest.h>

namespace thidua::sheets {
namespace {

using Kind = NumberFormat::Kind;

TEST(NumberFormatTest, NumbersKeepTheDigitsThatExcelShows) {
  const std::pair<const char*, const char*> cases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"17893.5", "17893.5"},
      {"0.30000000000000004", "0.3"},
      {"51.119999999999997", "51.12"},
      {"1.7893E4", "17893"},
      {"5E-2", "0.05"},
      {"-12.50", "-12.5"},
      {"123456789012345", "123456789012345"},
      {"1234567890123456", "1234567890123460"},
      {"0.99999999999999999", "1"},
      {"4268000000000", "4268000000000"},
      {"1E300", "0.1E301"},
  };
  for (const auto& [text, machine] : cases) EXPECT_EQ(MachineDecimal(text), machine) << text;
  for (const char* wrong : {"", "-", "a", "1,5", "1.2.3", "1E", "1E999999", "0x10", "NaN", "INF"}) {
    EXPECT_FALSE(MachineDecimal(wrong).has_value()) << wrong;
  }
}

TEST(NumberFormatTest, TheCodeOfAFormatSaysWhatItShows) {
  const std::pair<const char*, NumberFormat> cases[] = {
      {"General", {}},
      {"0", {}},
      {"#,##0.00", {}},
      {"#,##0 \"đồng/ngày\"", {}},
      {"0.00\\d", {}},
      {"[Red]0.0", {}},
      {"@", {}},
      {"0%", {Kind::kPercent, 0}},
      {"0.00%", {Kind::kPercent, 2}},
      {"0.0#%", {Kind::kPercent, 2, 1}},
      {"0.0%;[Red]-0.0%", {Kind::kPercent, 1}},
      {"0\"%\"", {}},
      {"dd/mm/yyyy", {Kind::kDate}},
      {"[$-42A]dd mmmm yyyy;@", {Kind::kDate}},
      {"mmm", {Kind::kDate}},
      {"d/m/yyyy h:mm", {Kind::kDate}},
      {"hh:mm", {Kind::kTime}},
      {"[h]:mm", {Kind::kTime}},
      {"mm:ss.0", {Kind::kTime}},
      {"", {}},
      {"\"", {}},
      {"[", {}},
      {"\\", {}},
  };
  for (const auto& [code, format] : cases) EXPECT_EQ(ReadNumberFormat(code), format) << code;
  EXPECT_EQ(BuiltInNumberFormat(10), (NumberFormat{Kind::kPercent, 2}));
  EXPECT_EQ(BuiltInNumberFormat(14), NumberFormat{Kind::kDate});
  EXPECT_EQ(BuiltInNumberFormat(20), NumberFormat{Kind::kTime});
  EXPECT_EQ(BuiltInNumberFormat(4), NumberFormat{});
}

TEST(NumberFormatTest, PercentagesAreShownTheVietnameseWay) {
  struct Case {
    const char* machine;
    NumberFormat format;
    const char* shown;
  };
  const Case cases[] = {
      {"0.5112", {Kind::kPercent, 2}, "51,12%"},
      {"0.5112", {Kind::kPercent, 0}, "51%"},
      {"0.5", {Kind::kPercent, 2}, "50,00%"},
      {"0.5", {Kind::kPercent, 2, 1}, "50,0%"},
      {"0.666666666666667", {Kind::kPercent, 1}, "66,7%"},
      {"1.54", {Kind::kPercent, 0}, "154%"},
      {"0", {Kind::kPercent, 1}, "0,0%"},
      {"-0.005", {Kind::kPercent, 0}, "-1%"},
      {"0.00004", {Kind::kPercent, 1}, "0,0%"},
      {"0.9999", {Kind::kPercent, 1}, "100,0%"},
      {"0.005", {Kind::kPercent, 1}, "0,5%"},
      {"12.5", {Kind::kPercent, 0}, "1250%"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(DisplayedPercent(c.machine, c.format), c.shown) << c.machine;
}

TEST(NumberFormatTest, SerialDaysAreDates) {
  const NumberFormat date{Kind::kDate}, time{Kind::kTime};
  EXPECT_EQ(DisplayedDate("43646", date, false), "30/06/2019");
  EXPECT_EQ(DisplayedDate("42184", date, true), "30/06/2019");
  EXPECT_EQ(DisplayedDate("43646.5", date, false), "30/06/2019 12:00");
  EXPECT_EQ(DisplayedDate("1", date, false), "01/01/1900");
  EXPECT_EQ(DisplayedDate("59", date, false), "28/02/1900");
  EXPECT_EQ(DisplayedDate("60", date, false), "29/02/1900");
  EXPECT_EQ(DisplayedDate("61", date, false), "01/03/1900");
  EXPECT_EQ(DisplayedDate("0.25", time, false), "06:00");
  EXPECT_EQ(DisplayedDate("-1", date, false), absl::nullopt);
  EXPECT_EQ(DisplayedDate("99999999", date, false), absl::nullopt);
}

TEST(NumberFormatTest, TheCalendarHasAFirstAndALastDay) {
  const NumberFormat date{Kind::kDate}, time{Kind::kTime};
  EXPECT_EQ(DisplayedDate("2958465", date, false), "31/12/9999");
  EXPECT_EQ(DisplayedDate("2958465.99999", date, false), absl::nullopt) << "is rounded beyond it";
  EXPECT_EQ(DisplayedDate("2957003", date, true), "31/12/9999");
  EXPECT_EQ(DisplayedDate("2957004", date, true), absl::nullopt);
  EXPECT_EQ(DisplayedDate("0", date, true), "01/01/1904");
  // Excel shows 00/01/1900.
  EXPECT_EQ(DisplayedDate("0", date, false), absl::nullopt);
  EXPECT_EQ(DisplayedDate("0.5", date, false), absl::nullopt);
  EXPECT_EQ(DisplayedDate("0.99999", time, false), "01/01/1900") << "is rounded to the next day";
}

}  // namespace
}  // namespace thidua::sheets
