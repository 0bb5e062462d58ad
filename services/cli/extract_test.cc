// `thidua extract`: what it prints and writes, and the command itself.
#include "services/cli/extract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/cli/table.h"
#include "services/domain/report_tokens.h"

namespace thidua::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kReport[] =
    "Số: 45/BC-SYT\n"
    "Sở Du lịch: tổng doanh thu trên 4.268,5 tỷ đồng, đạt khoảng 62,4%; mở 893/1000 lớp \"A\", đạt "
    "98,3%;…\n"
    "Sở Y tế: Giảm sinh 0,20/00, tỷ lệ tăng dân số tự nhiên 5,00/00 đạt 100%; trình 05/4.\n";

domain::ReportReading Reading(const std::string& text) {
  absl::StatusOr<domain::ReportReading> reading = domain::ReadReport(text);
  EXPECT_TRUE(reading.ok()) << reading.status();
  return reading.ok() ? *std::move(reading) : domain::ReportReading();
}

TEST(ExtractPageTest, ShowsRowsTheirSourceAndWhatIsDoubtful) {
  const std::string page = ExtractPage(Reading(kReport), 120);
  EXPECT_THAT(page,
              AllOf(HasSubstr("4 dòng"), HasSubstr("chưa lưu vào đâu"), HasSubstr("trên 4.268,5"),
                    HasSubstr("khoảng 62,4%"), HasSubstr("tỷ đồng"), HasSubstr("3:20")));
  EXPECT_THAT(page, AllOf(HasSubstr("KHÔNG CHẮC LÀ SỐ LIỆU: 1"), HasSubstr("05/4")));
  EXPECT_THAT(page, Not(HasSubstr("45/BC-SYT")));
  for (const int width : {80, 100, 160}) {
    for (const absl::string_view line :
         absl::StrSplit(ExtractPage(Reading(kReport), width), '\n')) {
      EXPECT_LE(DisplayWidth(line), width) << line;
    }
  }
}

TEST(ExtractPageTest, SaysWhenThereIsNothing) {
  const std::string page = ExtractPage(Reading("Ngày 02/8/2019."), 100);
  EXPECT_THAT(page, AllOf(HasSubstr("0 dòng"), Not(HasSubstr("STT")), Not(HasSubstr("CHẮC"))));
}

TEST(ExtractJsonTest, NamesFieldsAsRowsDoAndKeepsNumbersExact) {
  const auto json = nlohmann::json::parse(ExtractJson(Reading(kReport)));
  ASSERT_EQ(json["proposals"].size(), 4u);
  const auto& revenue = json["proposals"][0];
  EXPECT_EQ(revenue["unitText"], "Sở Du lịch");
  EXPECT_EQ(revenue["targetText"], "Tổng doanh thu");
  EXPECT_EQ(revenue["actual"]["value"], "4268.5");
  EXPECT_EQ(revenue["actual"]["qualifier"], "QUALIFIER_AT_LEAST");
  EXPECT_EQ(revenue["actual"]["measure"], "tỷ đồng");
  EXPECT_EQ(revenue["actual"]["text"], "trên 4.268,5");
  EXPECT_EQ(revenue["target"], nullptr);
  EXPECT_EQ(revenue["statedPercent"]["value"], "62.4");
  EXPECT_EQ(revenue["statedPercent"]["qualifier"], "QUALIFIER_ABOUT");
  EXPECT_EQ(revenue["place"]["line"], 2);
  EXPECT_EQ(revenue["place"]["column"], 33);
  EXPECT_THAT(revenue["place"]["excerpt"].get<std::string>(), StartsWith("Sở Du lịch: tổng"));
  const auto& classes = json["proposals"][1];
  EXPECT_EQ(classes["target"]["value"], "1000");
  EXPECT_EQ(classes["remarks"][0]["reason"], "PERCENT_DISAGREES");
  EXPECT_EQ(classes["remarks"][0]["field"], "stated_percent");
  EXPECT_EQ(classes["remarks"][0]["suggestion"], "89,3%");
  ASSERT_EQ(json["doubtful"].size(), 1u);
  EXPECT_EQ(json["doubtful"][0]["reason"], "DATE_OR_ATTAINMENT");
  EXPECT_EQ(json["doubtful"][0]["place"]["line"], 3);
}

TEST(ExtractCsvTest, IsATableThatWaitsForAPersonsMark) {
  const std::vector<std::string> lines = absl::StrSplit(ExtractCsv(Reading(kReport)), "\r\n");
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0],
            "\uFEFFXác nhận,Đơn vị,Chỉ tiêu,Kết quả,Chỉ tiêu năm,Tỷ lệ,Đơn vị tính,Nguồn");
  EXPECT_THAT(lines[1],
              StartsWith(",Sở Du lịch,Tổng doanh thu,\"trên 4.268,5\",,\"khoảng 62,4%\",tỷ "
                         "đồng,\"dòng 2, cột 33: Sở Du lịch: "));
  EXPECT_THAT(lines[2], StartsWith(",Sở Du lịch,\"Mở lớp \"\"A\"\"\",893,1.000,\"98,3%\",lớp,"));
  EXPECT_THAT(lines[2], HasSubstr("[Lưu ý: Tỷ lệ đã ghi là 98,3%"));
  EXPECT_THAT(lines[3], StartsWith(",Sở Y tế,Giảm sinh,\"0,2\",,100%,‰,"));
  EXPECT_THAT(lines[4], StartsWith(",Sở Y tế,Tỷ lệ tăng dân số tự nhiên,\"5,0\",,100%,‰,"));
  EXPECT_EQ(lines[5], "");
}

TEST(ExtractCsvTest, NoCellIsAFormula) {
  domain::ReportReading reading = Reading("mở 5/6 lớp");
  for (const char* text : {"=1+1", "+1", "-1", "@A1", "\tA", "\rA"}) {
    reading.proposals[0].unit = text;
    const std::string csv = ExtractCsv(reading);
    EXPECT_THAT(csv, HasSubstr(absl::StrCat("'", text))) << text;
  }
  reading.proposals[0].unit = "Sở = Ban";
  EXPECT_THAT(ExtractCsv(reading), Not(HasSubstr("'")));
}

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

class ExtractCommandTest : public testing::Test {
 protected:
  ExtractCommandTest() {
    std::string pattern = testing::TempDir() + "extract-test-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ExtractCommandTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ / name; }

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
    return Path(name);
  }

  static std::string TextOf(const std::string& file) {
    std::stringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
  }

  // Runs the command by the shell; the arguments are the test's own.
  Outcome Run(const std::string& arguments) const {
    const std::string command = absl::StrCat("COLUMNS=100 ", THIDUA_COMMAND, " ", arguments, " >",
                                             Path("out"), " 2>", Path("err"));
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, TextOf(Path("out")), TextOf(Path("err"))};
  }

  std::filesystem::path folder_;
};

TEST_F(ExtractCommandTest, PrintsAPageOrJsonOfAFileOrOfStdin) {
  const std::string file = Write("bao-cao.txt", kReport);
  const Outcome page = Run(absl::StrCat("extract ", file));
  EXPECT_EQ(page.code, 0) << page.err;
  EXPECT_EQ(page.out, ExtractPage(Reading(kReport), 100));
  EXPECT_EQ(Run(absl::StrCat("extract - <", file)).out, page.out);
  const Outcome json = Run(absl::StrCat("--json extract ", file));
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_EQ(json.out, ExtractJson(Reading(kReport)));
}

TEST_F(ExtractCommandTest, WritesATableOnceAndNeverOverMarks) {
  const std::string file = Write("bao-cao.txt", kReport), table = Path("de-xuat.csv");
  const std::string arguments = absl::StrCat("extract ", file, " --csv=", table);
  const Outcome written = Run(arguments);
  EXPECT_EQ(written.code, 0) << written.err;
  EXPECT_THAT(written.err, AllOf(HasSubstr("4 dòng"), HasSubstr("Xác nhận")));
  EXPECT_EQ(TextOf(table), ExtractCsv(Reading(kReport)));
  Write("de-xuat.csv", "x,");
  const Outcome again = Run(arguments);
  EXPECT_EQ(again.code, 2);
  EXPECT_THAT(again.err, HasSubstr("đã có"));
  EXPECT_EQ(TextOf(table), "x,");
  const Outcome nowhere = Run(absl::StrCat("extract ", file, " --csv=", Path("khong-co/a.csv")));
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("không ghi được"));
}

TEST_F(ExtractCommandTest, SaysInVietnameseWhatItCannotRead) {
  const struct {
    std::string arguments;
    int code;
    const char* says;
  } kCases[] = {
      {absl::StrCat("extract ", Write("a.txt", "S\xE1\xBB")), 1, "không phải UTF-8 hợp lệ"},
      {absl::StrCat("extract ", Write("b.docx", "PK\x03\x04\xFF\xFE")), 1, "NOT_UTF8"},
      {absl::StrCat("extract ", Write("c.txt", std::string(domain::kReportMaxBytes + 1, ' '))), 1,
       "tối đa 16 MiB"},
      {absl::StrCat("extract ", Path("khong-co.txt")), 2, "không đọc được tệp"},
      {absl::StrCat("extract ", folder_.string()), 2, "không đọc được tệp"},
      {"extract", 2, "Gọi sai: extract"},
  };
  for (const auto& c : kCases) {
    const Outcome outcome = Run(c.arguments);
    EXPECT_EQ(outcome.code, c.code) << c.arguments;
    EXPECT_THAT(outcome.err, HasSubstr(c.says)) << c.arguments;
    EXPECT_EQ(outcome.out, "");
  }
}

}  // namespace
}  // namespace thidua::cli
