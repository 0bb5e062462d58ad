#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "services/documents/document.h"
#include "services/documents/sample_document_testlib.h"
#include "services/documents/text_table.h"

namespace thidua::documents {
namespace {

using testing::HasSubstr;

TEST(TextTest, HasEverythingTheDocumentSays) {
  const std::string text = WriteText(SampleDocument());
  for (const char* said :
       {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "UBND TỈNH KIÊN GIANG",
        "KHỐI THI ĐUA 4", "Số:        /BC-KTĐ4", "Kiên Giang, ngày      tháng      năm 2019",
        "BÁO CÁO", "Kính gửi: Hội đồng Thi đua - Khen thưởng tỉnh Kiên Giang.", "\nI. KẾT QUẢ\n",
        "    Sở Y tế: Giảm tỷ lệ suy dinh dưỡng TE<5 tuổi & \"khác\" 'nữa' > 1\n", "Nguyễn Văn A",
        "- Lưu: VT.", "PHỤ LỤC", "Chỉ tiêu số 3"}) {
    EXPECT_THAT(text, HasSubstr(said));
  }
}

TEST(TextTest, TitlesOfATableGiveWayBeforeItsCells) {
  TextTable table({{"Đơn vị"}, {"Số chỉ tiêu đã đạt"}});
  table.Add({"Sở Khoa học và Công nghệ", "12"});
  EXPECT_EQ(table.Print(32),
            "Đơn vị                    Số chỉ\n"
            "                          tiêu\n"
            "                          đã đạt\n"
            "────────────────────────  ──────\n"
            "Sở Khoa học và Công nghệ  12\n");
}

TEST(TextTest, NoLineIsWiderThanAskedForAndNoneEndsInASpace) {
  for (const int width : {60, 80, 120}) {
    Document document = SampleDocument();
    document.annexes[0].landscape = false;
    const std::string text = WriteText(document, width);
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      EXPECT_LE(DisplayWidth(line), width) << line;
      EXPECT_FALSE(!line.empty() && line.back() == ' ') << line;
    }
  }
}

TEST(TextTest, SteersNoTerminal) {
  const std::string text = WriteText(SampleDocument());
  for (const char c : text) {
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  }
  EXPECT_THAT(text, HasSubstr("    hai\ndòng tab[31mhết\uFFFD\n"));
}

}  // namespace
}  // namespace thidua::documents
