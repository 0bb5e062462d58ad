// The report as it comes out of an office program on paper: converted to PDF by LibreOffice, and
// looked at page by page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/documents/document.h"
#include "services/scoring/khoi4_2019_report_testlib.h"
#include "tests/system/process.h"

namespace thidua::scoring {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

// The lines of one page, without the spaces around them and without empty ones.
using Page = std::vector<std::string>;

std::string OnOneLine(const Page& page) {
  std::string text;
  for (const std::string& line : page) {
    for (absl::string_view word : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
      absl::StrAppend(&text, text.empty() ? "" : " ", word);
    }
  }
  return text;
}

class ReportPagesTest : public testing::Test {
 protected:
  ReportPagesTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-report-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~ReportPagesTest() override {
    // To look at what came out: THIDUA_KEEP_PAGES=/some/folder.
    if (const char* kept = getenv("THIDUA_KEEP_PAGES")) {
      std::error_code error;
      std::filesystem::copy(
          folder_ / "report.pdf",
          absl::StrCat(kept, "/", testing::UnitTest::GetInstance()->current_test_info()->name(),
                       ".pdf"),
          std::filesystem::copy_options::overwrite_existing, error);
    }
    std::filesystem::remove_all(folder_);
  }

  std::string Run(const std::vector<std::string>& words) {
    tests::Process process(words, (folder_ / "stderr").string());
    const std::string out = process.ReadAll();
    EXPECT_EQ(process.Wait(), 0) << words[0];
    return out;
  }

  // Converts it, and reads the pages back.
  std::vector<Page> Print(const v1::Report& report) {
    const auto document = ComposeReport(report);
    EXPECT_TRUE(document.ok()) << document.status();
    const std::string docx = (folder_ / "report.docx").string();
    std::ofstream(docx, std::ios::binary) << documents::WriteDocx(*document);
    Run({"timeout", "180", "soffice",
         absl::StrCat("-env:UserInstallation=file://", (folder_ / "profile").string()),
         "--headless", "--convert-to", "pdf", "--outdir", folder_.string(), docx});
    const std::string text = Run({"pdftotext", "-layout", pdf(), "-"});
    std::vector<Page> pages;
    for (const absl::string_view page : absl::StrSplit(text, '\f')) {
      Page& lines = pages.emplace_back();
      for (absl::string_view line : absl::StrSplit(page, '\n')) {
        line = absl::StripAsciiWhitespace(line);
        if (!line.empty()) lines.emplace_back(line);
      }
    }
    pages.pop_back();  // After the last page's end.
    return pages;
  }

  std::string pdf() const { return (folder_ / "report.pdf").string(); }

  void ExpectOneFontEmbedded() {
    const std::vector<std::string> lines =
        absl::StrSplit(Run({"pdffonts", pdf()}), '\n', absl::SkipEmpty());
    ASSERT_GT(lines.size(), 2u);
    for (size_t i = 2; i < lines.size(); ++i) {
      EXPECT_THAT(lines[i], HasSubstr("LiberationSerif")) << "a glyph came from elsewhere";
      const std::vector<std::string> words = absl::StrSplit(lines[i], ' ', absl::SkipEmpty());
      ASSERT_GE(words.size(), 5u);
      EXPECT_EQ(words[words.size() - 5], "yes") << "embedded: " << lines[i];
    }
  }

  // The head, the titles and the signatures are as they have to be.
  void ExpectFrame(const std::vector<Page>& pages, const std::string& subject) {
    std::string first;
    for (const std::string& line : pages.at(0)) absl::StrAppend(&first, line, "\n");
    for (const std::string& whole :
         {std::string("UBND TỈNH KIÊN GIANG"), std::string("KHỐI THI ĐUA 4"),
          std::string("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
          std::string("Độc lập - Tự do - Hạnh phúc"), std::string("/BC-KTĐ4"),
          std::string("BÁO CÁO"), subject}) {
      EXPECT_THAT(first, HasSubstr(whole)) << "not on one line";
    }
    EXPECT_NE(pages[0][0], "1") << "the first page has no number";
    int signature_pages = 0;
    for (size_t i = 0; i < pages.size(); ++i) {
      const std::string page = OnOneLine(pages[i]);
      ASSERT_FALSE(page.empty()) << "page " << i + 1 << " is empty";
      if (!absl::StrContains(page, "Nơi nhận:")) continue;
      ++signature_pages;
      for (const char* together : {"./.", "TM. KHỐI THI ĐUA 4", "KHỐI TRƯỞNG", "- Lưu: VT."}) {
        EXPECT_THAT(page, HasSubstr(together)) << "the signatures are torn apart";
      }
    }
    EXPECT_EQ(signature_pages, 1);
    // A title is followed by something on its page.
    for (const Page& page : pages) {
      EXPECT_FALSE(absl::StartsWith(page.back(), "I. ") || absl::StartsWith(page.back(), "II. ") ||
                   absl::StartsWith(page.back(), "III. "))
          << page.back();
    }
  }

  std::filesystem::path folder_;
};

// From the page with the annex's title on.
size_t AnnexFrom(const std::vector<Page>& pages) {
  for (size_t i = 0; i < pages.size(); ++i) {
    if (std::find(pages[i].begin(), pages[i].end(), "PHỤ LỤC") != pages[i].end()) return i;
  }
  ADD_FAILURE() << "no annex";
  return 0;
}

TEST_F(ReportPagesTest, Khoi4) {
  const std::vector<Page> pages = Print(khoi4_2019::Drafted(khoi4_2019::Received()));
  ExpectOneFontEmbedded();
  ExpectFrame(pages, "Sơ kết thực hiện giao ước thi đua 6 tháng đầu năm 2019");
  EXPECT_GE(pages.size(), 4u);
  EXPECT_LE(pages.size(), 7u);
  for (size_t i = 1; i < AnnexFrom(pages); ++i) EXPECT_EQ(pages[i][0], absl::StrCat(i + 1));
  std::string all;
  for (const Page& page : pages) absl::StrAppend(&all, OnOneLine(page), " ");
  EXPECT_THAT(all, HasSubstr("17.893/35.000 lượt lao động, đạt 51,12% chỉ tiêu năm"));
  EXPECT_THAT(all, HasSubstr("TE<5 tuổi"));
}

TEST_F(ReportPagesTest, TwoHundredIndicatorsOfAYear) {
  ReceivedPeriod received = khoi4_2019::ReceivedMany(200);
  received.inputs.set_name(khoi4_2019::kYearName);
  const std::vector<Page> pages = Print(khoi4_2019::Drafted(received));
  ExpectOneFontEmbedded();
  ExpectFrame(pages, "Tổng kết thực hiện giao ước thi đua năm 2019");
  const size_t annex = AnnexFrom(pages);
  ASSERT_GE(pages.size(), annex + 5);
  EXPECT_LE(pages.size(), 70u);
  // Its pages are numbered for themselves, and the header stands on each.
  for (size_t i = annex; i < pages.size(); ++i) {
    SCOPED_TRACE(i);
    const std::string page = OnOneLine(pages[i]);
    if (i > annex) {
      EXPECT_EQ(pages[i][0], absl::StrCat(i - annex + 1));
    }
    for (const char* title : {"STT", "Đơn vị tính", "Thực hiện", "Đánh giá", "Nguồn số liệu"}) {
      EXPECT_THAT(page, HasSubstr(title));
    }
  }
  EXPECT_THAT(OnOneLine(pages.back()), HasSubstr("Chỉ tiêu thứ 200"));
}

}  // namespace
}  // namespace thidua::scoring
