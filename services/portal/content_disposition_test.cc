#include "services/portal/content_disposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace thidua::portal {
namespace {

TEST(ContentDispositionTest, NamesThatAnybodyMadeAreSafe) {
  struct Case {
    const char* name;
    std::string safe;
  };
  const Case cases[] = {
      {"Báo cáo 123-BC-SYT.pdf", "Báo cáo 123-BC-SYT.pdf"},
      {"../../etc/passwd", "passwd"},
      {"C:\\fakepath\\a.pdf", "a.pdf"},
      {"..", "tep"},
      {"", "tep"},
      {" . .", "tep"},
      {"a/", "tep"},
      {".bashrc", "bashrc"},
      {"a.pdf. ", "a.pdf"},
      {"a\r\nSet-Cookie: x=1.pdf", "a__Set-Cookie_ x=1.pdf"},
      {"a\tb\x7F\xC2\x85.pdf", "a_b__.pdf"},
      {"a\"b;c'.pdf", "a_b;c'.pdf"},
      // U+202E turns what follows: shown as "hoa-donexe.pdf".
      {"hoa-don\xE2\x80\xAE"
       "fdp.exe",
       "hoa-don_fdp.exe"},
      {"a\xE2\x80\x8B"
       "b\xE2\x81\xA6"
       "c\xEF\xBB\xBF"
       "d\xE2\x80\xA8"
       "e",
       "a_b_c_d_e"},
      {"a\xFF\xC3.pdf", "a__.pdf"},
      {"a?b*c<d>e|f:g.pdf", "a_b_c_d_e_f_g.pdf"},
  };
  for (const Case& c : cases) EXPECT_EQ(SafeFileName(c.name), c.safe) << c.name;
}

TEST(ContentDispositionTest, ALongNameIsCutBetweenCharactersAndKeepsItsEnding) {
  std::string name;
  for (int i = 0; i < 300; ++i) absl::StrAppend(&name, "ệ");
  const std::string safe = SafeFileName(absl::StrCat("a", name, ".pdf"));
  EXPECT_LE(safe.size(), 200u);
  EXPECT_GT(safe.size(), 195u);
  EXPECT_TRUE(absl::EndsWith(safe, "ệ.pdf")) << safe;
  EXPECT_EQ(SafeFileName(std::string(300, 'a')).size(), 200u);
  EXPECT_EQ(SafeFileName(absl::StrCat(".", std::string(300, 'a'))).size(), 200u);
  EXPECT_EQ(SafeFileName(absl::StrCat("a.", std::string(300, 'b'))).size(), 200u);
}

TEST(ContentDispositionTest, TheHeaderTellsOldAndNewReaders) {
  EXPECT_EQ(ContentDisposition("Báo cáo.pdf", false),
            "attachment; filename=\"B_o c_o.pdf\"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o.pdf");
  EXPECT_EQ(ContentDisposition("bao-cao-1.html", true),
            "inline; filename=\"bao-cao-1.html\"; filename*=UTF-8''bao-cao-1.html");
  EXPECT_EQ(ContentDisposition("50%(1)'.pdf", false),
            "attachment; filename=\"50_(1)'.pdf\"; filename*=UTF-8''50%25%281%29%27.pdf");
}

TEST(ContentDispositionTest, NoNameEndsTheHeader) {
  for (int c = 0; c < 256; ++c) {
    const std::string header =
        ContentDisposition(absl::StrCat("a", std::string(1, static_cast<char>(c)), "b.pdf"), false);
    for (const char each : header) {
      EXPECT_TRUE(each >= 0x20 && each < 0x7F) << c;
    }
    EXPECT_EQ(std::count(header.begin(), header.end(), '"'), 2) << c;
    EXPECT_FALSE(absl::StrContains(header, "\\")) << c;
  }
}

}  // namespace
}  // namespace thidua::portal
