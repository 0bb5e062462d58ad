#include "services/documents/layout.h"

#include <gtest/gtest.h>

#include <numeric>

#include "services/documents/characters.h"

namespace thidua::documents {
namespace {

// As the letters of Liberation Serif, which are as wide as those of Times New Roman, add up.
TEST(LayoutTest, MeasuresLinesAsTheyArePrinted) {
  EXPECT_NEAR(TextWidth(kMotto, 14, /*bold=*/true), 3428, 5);
  EXPECT_EQ(TextWidth(kNation, 13, /*bold=*/true), 5424);
  EXPECT_EQ(TextWidth("", 14, true), 0);
  EXPECT_EQ(TextWidth("ê", 14, false), TextWidth("e", 14, false));
  EXPECT_EQ(TextWidth("\u1EC7", 14, false), TextWidth("e", 14, false)) << "ệ";
  EXPECT_GT(TextWidth("Ư", 14, false), TextWidth("U", 14, false));
}

TEST(LayoutTest, TheNationalTitleFitsItsColumn) {
  EXPECT_GE(kHeadRight, 5600);
  EXPECT_LT(TextWidth(kNation, 13, /*bold=*/true), kHeadRight);
  EXPECT_EQ(kHeadLeft + kHeadRight, kTextWidth);
}

TEST(LayoutTest, LettersGiveWayByOnePointOnly) {
  EXPECT_EQ(FittingPoints({"UBND TỈNH KIÊN GIANG"}, 13, false, kHeadLeft), 13);
  EXPECT_EQ(FittingPoints({"ỦY BAN NHÂN DÂN TỈNH KIÊN GIANG"}, 13, false, kHeadLeft), 12);
}

TEST(LayoutTest, ARuleIsAThirdToAHalfOfItsLine) {
  const int line = TextWidth("KHỐI THI ĐUA 4", 13, true);
  const int rule = RuleUnder("KHỐI THI ĐUA 4", 13, kHeadLeft);
  EXPECT_GE(rule * 3, line);
  EXPECT_LE(rule * 2, line);
}

TEST(LayoutTest, ColumnsAddUpToTheWidth) {
  const Table table{{{"a", 1}, {"b", 1}, {"c", 1}}, {}};
  for (const int width : {100, 101, 9354}) {
    const std::vector<int> widths = ColumnWidths(table, width);
    EXPECT_EQ(std::accumulate(widths.begin(), widths.end(), 0), width);
  }
}

TEST(CharactersTest, CapitalsAndInitialsAreVietnamese) {
  EXPECT_EQ(Capitals("Khối thi đua 4 – ưởng"), "KHỐI THI ĐUA 4 – ƯỞNG");
  EXPECT_EQ(SmallFirst("Năm 2019"), "năm 2019");
  EXPECT_EQ(SmallFirst("Đạt"), "đạt");
  EXPECT_EQ(SmallFirst("6 tháng"), "6 tháng");
  EXPECT_EQ(SmallFirst(""), "");
  EXPECT_EQ(Initials("Khối thi đua 4"), "KTĐ4");
  EXPECT_EQ(Initials("Cụm thi đua - số 12"), "CTĐS12");
}

TEST(CharactersTest, EscapesWhatIsMarkup) {
  EXPECT_EQ(Escaped("TE<5 & \"a\" 'b'"), "TE&lt;5 &amp; &quot;a&quot; &#39;b&#39;");
  EXPECT_EQ(Escaped("&lt;"), "&amp;lt;");
  EXPECT_EQ(Printable(std::string("a\0b\r\nc", 6)), "ab\nc");
}

}  // namespace
}  // namespace thidua::documents
