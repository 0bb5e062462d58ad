#include "services/domain/folded_text.h"

#include <gtest/gtest.h>

namespace thidua::domain {
namespace {

TEST(FoldedTextTest, SaysWhatTheTextSays) {
  struct Case {
    const char* text;
    const char* folded;
    const char* unmarked;
  };
  const Case cases[] = {
      {"", "", ""},
      {" — ; ", "", ""},
      {"Giải quyết việc làm", "giải quyết việc làm", "giai quyet viec lam"},
      {"  GIẢI  QUYẾT\u00a0VIỆC LÀM; ", "giải quyết việc làm", "giai quyet viec lam"},
      {"Gia\u0309i quye\u0302\u0301t", "giải quyết", "giai quyet"},  // Typed letter by letter.
      {"Đơn vị (ĐVT)", "đơn vị đvt", "don vi dvt"},
      {"TE<5 tuổi, 6-14", "te 5 tuổi 6 14", "te 5 tuoi 6 14"},
      {"Phường Hòa Bình", "phường hòa bình", "phuong hoa binh"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(FoldedWords(c.text), c.folded) << c.text;
    EXPECT_EQ(UnmarkedWords(c.text), c.unmarked) << c.text;
  }
}

TEST(FoldedTextTest, BytesThatAreNoTextAreLeftAsTheyAre) {
  EXPECT_EQ(FoldedWords("S\xde"), "S\xde");
  EXPECT_EQ(UnmarkedWords("S\xde"), "S\xde");
}

}  // namespace
}  // namespace thidua::domain
