// Which column is what, and what a row of an office's table reports.
#include "services/result_files/result_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/result_files/file_fault.h"

namespace thidua::result_files {
namespace {

using results::v1::ImportRow;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using type::v1::Quantity;

constexpr char kPact[] = "blocs/khoi-4/pacts/2019";
constexpr char kPeriod[] = "blocs/khoi-4/pacts/2019/periods/6-thang";

// A file of one text, gone with the test.
class TextFile {
 public:
  explicit TextFile(const std::string& text) {
    path_ = testing::TempDir() + "result-table-XXXXXX";
    close(mkstemp(path_.data()));
    std::ofstream(path_) << text;
  }
  ~TextFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

sheets::Row RowOf(const std::vector<std::string>& texts) {
  sheets::Row row;
  row.number = 4;
  for (const std::string& text : texts) {
    row.cells.push_back({text.empty() ? sheets::CellKind::kEmpty : sheets::CellKind::kText, text});
  }
  return row;
}

std::vector<std::string> ReasonsOf(const absl::Status& status) {
  std::vector<std::string> reasons;
  for (const domain::Fault& fault : domain::FaultsOf(status)) reasons.push_back(fault.reason);
  return reasons;
}

absl::StatusOr<std::vector<ImportRow>> ReadAll(const std::string& text,
                                               const ColumnsByField& columns = {},
                                               PassedOver* passed_over = nullptr) {
  const TextFile file(text);
  auto table = ResultTable::Open({file.path(), "", columns, kPeriod});
  if (!table.ok()) return table.status();
  std::vector<ImportRow> rows;
  while (true) {
    ImportRow row;
    const auto read = (*table)->Next(row);
    if (!read.ok()) return read.status();
    if (!*read) break;
    rows.push_back(row);
  }
  if (passed_over != nullptr) *passed_over = (*table)->passed_over();
  return rows;
}

TEST(ResultColumnsTest, HeadersAreKnownHoweverTheyAreTyped) {
  struct Case {
    const char* title;
    ResultField field;
  };
  const Case cases[] = {
      {"TÊN ĐƠN VỊ", ResultField::kUnit},
      {"Cơ quan", ResultField::kUnit},
      {"Mã chỉ tiêu", ResultField::kTargetCode},
      {"% đạt", ResultField::kPercent},
      {"Tỷ lệ (%)", ResultField::kPercent},
      {"Đạt tỷ lệ", ResultField::kPercent},
      {"ĐVT", ResultField::kMeasure},
      {"Đơn vị\ntính", ResultField::kMeasure},
      {"Ghi chú", ResultField::kNote},
      {"Lý do điều chỉnh", ResultField::kCorrectionReason},
      {"Giải trình", ResultField::kExplanation},
      {"Minh chứng", ResultField::kEvidence},
      {"Cảnh báo đã xem", ResultField::kAcknowledged},
      {"Kỳ", ResultField::kPeriod},
      {"Xác nhận", ResultField::kConfirmed},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.title);
    ColumnsByField needed = {
        {ResultField::kUnit, 7}, {ResultField::kTarget, 8}, {ResultField::kActual, 9}};
    needed.erase(c.field);
    ColumnsByField expected = needed;
    expected[c.field] = 1;
    const auto read = ReadHeader(RowOf({"STT", c.title, "Nguồn", "Chỉ tiêu năm"}), needed);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->columns, expected);
    EXPECT_THAT(read->unknown, IsEmpty());
  }
}

TEST(ResultColumnsTest, WhatIsMissingDoubledOrUnknownIsToldWithWhatWasFound) {
  struct Case {
    std::vector<std::string> titles;
    std::vector<std::string> reasons;
    const char* told;
  };
  const Case cases[] = {
      {{"Đơn vị", "Kết quả"},
       {"COLUMN_MISSING"},
       "“Chỉ tiêu”; đã tìm thấy: A “Đơn vị”, B “Kết quả”"},
      {{"Mã chỉ tiêu", "Ghi chú"}, {"COLUMN_MISSING"}, "“Kết quả” hoặc “Tỷ lệ”"},
      {{"Đơn vị", "Chỉ tiêu", "Kết quả", "Thực hiện"},
       {"COLUMN_DOUBLED"},
       "Cột C và cột D đều là “Kết quả”"},
      {{"Mã chỉ tiêu", "Tỷ lệ"}, {}, ""},
  };
  for (const Case& c : cases) {
    const auto read = ReadHeader(RowOf(c.titles), {});
    EXPECT_EQ(ReasonsOf(read.status()), c.reasons);
    for (const domain::Fault& fault : domain::FaultsOf(read.status())) {
      EXPECT_EQ(fault.path, "dòng 4");
      EXPECT_THAT(fault.message, HasSubstr(c.told));
    }
  }
  const auto read = ReadHeader(RowOf({"Mã chỉ tiêu", "Kết quả", "Người lập"}), {});
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(read->unknown, ElementsAre("Người lập"));
}

TEST(ResultColumnsTest, TheCallersColumnsCountBeforeTheHeader) {
  const auto told = ReadColumnsFlag("Kết quả=D, cơ quan=a");
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_THAT(*told,
              UnorderedElementsAre(Pair(ResultField::kActual, 3), Pair(ResultField::kUnit, 0)));
  const auto read = ReadHeader(RowOf({"Nơi báo", "Chỉ tiêu", "Kết quả", "Kết quả"}), *told);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->Find(ResultField::kActual), 3);
  EXPECT_EQ(read->Find(ResultField::kUnit), 0);
  EXPECT_EQ(read->Find(ResultField::kTarget), 1);
  for (const char* wrong : {"Kết quả=7", "Kết quả", "Màu=D", "Kết quả=D,Thực hiện=E"}) {
    EXPECT_THAT(ReasonsOf(ReadColumnsFlag(wrong).status()), ElementsAre("COLUMNS_INVALID"))
        << wrong;
  }
}

TEST(ResultTableTest, TheHeaderIsFoundUnderTitlesAndOverTheNumbersOfColumns) {
  const auto rows = ReadAll(
      "BÁO CÁO,,\nĐơn vị: Sở Y tế,,\n\nĐơn vị,Chỉ tiêu,Kết quả\n(1),(2),(3)\n"
      "Sở Y tế,Giường bệnh,17.893\n");
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_THAT(*rows, SizeIs(1));
  EXPECT_EQ((*rows)[0].place(), "C6");
  EXPECT_EQ((*rows)[0].row().unit_text(), "Sở Y tế");
  EXPECT_EQ((*rows)[0].row().target_text(), "Giường bệnh");
  EXPECT_EQ((*rows)[0].row().actual().text(), "17.893");
  EXPECT_EQ((*rows)[0].period(), "") << "it is the import's";
}

TEST(ResultTableTest, WithoutAHeaderNothingIsGuessed) {
  EXPECT_THAT(ReasonsOf(ReadAll("Sở Y tế,Giường bệnh,5\n").status()),
              ElementsAre("HEADER_MISSING"));
  const auto rows =
      ReadAll("Sở Y tế,Giường bệnh,5\n",
              {{ResultField::kUnit, 0}, {ResultField::kTarget, 1}, {ResultField::kActual, 2}});
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_THAT(*rows, SizeIs(1));
}

TEST(ResultTableTest, EveryColumnGoesWhereItBelongs) {
  const std::string sha(64, 'a');
  const auto rows = ReadAll(absl::StrCat(
      "Mã chỉ tiêu,Kết quả,Tỷ lệ,ĐVT,Ghi chú,Lý do sửa,Giải trình,Minh chứng,Cảnh báo đã xem,Kỳ\n"
      "y-te-1,\"1,5\",\"51,12%\",tỷ đồng,ghi,sửa,giải,",
      sha, "; ", kPact, "/evidence/", sha, ",PERCENT_DISAGREES CUMULATIVE_FELL,ca-nam\n"));
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_THAT(*rows, SizeIs(1));
  const ImportRow& read = (*rows)[0];
  EXPECT_EQ(read.period(), absl::StrCat(kPact, "/periods/ca-nam"));
  EXPECT_EQ(read.row().target(), absl::StrCat(kPact, "/targets/y-te-1"));
  EXPECT_EQ(read.row().actual().text(), "1,5");
  EXPECT_EQ(read.row().actual().measure(), "tỷ đồng");
  EXPECT_EQ(read.row().stated_percent().text(), "51,12%");
  EXPECT_EQ(read.row().note(), "ghi");
  EXPECT_EQ(read.row().correction_reason(), "sửa");
  EXPECT_EQ(read.row().explanation(), "giải");
  EXPECT_THAT(read.row().evidence(), ElementsAre(absl::StrCat(kPact, "/evidence/", sha),
                                                 absl::StrCat(kPact, "/evidence/", sha)));
  EXPECT_THAT(read.row().acknowledged_warnings(),
              ElementsAre("PERCENT_DISAGREES", "CUMULATIVE_FELL"));
}

TEST(ResultTableTest, WordsInTheFiguresPlaceAreStates) {
  PassedOver passed_over;
  const auto rows = ReadAll(
      "Đơn vị,Chỉ tiêu,Kết quả,Tỷ lệ\nSở Y tế,a,Không được giao,\n,b,không tính được,\n"
      ",c,CHƯA BÁO CÁO,\n,d,,\n,đ,chưa báo cáo,50%\nSở Du lịch,,,\n,e,0,\n",
      {}, &passed_over);
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_THAT(*rows, SizeIs(4));
  EXPECT_EQ((*rows)[0].row().actual().state(), Quantity::STATE_NOT_ASSIGNED);
  EXPECT_EQ((*rows)[1].row().actual().state(), Quantity::STATE_NOT_COMPUTABLE);
  EXPECT_EQ((*rows)[1].row().unit_text(), "Sở Y tế") << "a merged cell is written once";
  EXPECT_FALSE((*rows)[2].row().has_actual());
  EXPECT_EQ((*rows)[2].row().stated_percent().text(), "50%");
  EXPECT_EQ((*rows)[3].row().unit_text(), "Sở Du lịch");
  EXPECT_EQ((*rows)[3].row().actual().text(), "0") << "zero is a value";
  EXPECT_EQ(passed_over.without_figure, 2);
}

TEST(ResultTableTest, WhereRowsAreToBeConfirmedOnlyThoseCount) {
  PassedOver passed_over;
  const auto rows =
      ReadAll("Xác nhận,Đơn vị,Chỉ tiêu,Kết quả\nx,A,a,1\nX,A,b,2\ncó,A,c,3\n,A,d,4\nkhông,A,e,5\n",
              {}, &passed_over);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_THAT(*rows, SizeIs(3));
  EXPECT_EQ(passed_over.not_confirmed, 2);
}

TEST(ResultTableTest, WhatIsWrongWithTheFileIsToldApart) {
  const auto missing = ResultTable::Open({"/khong-co.csv", "", {}, kPeriod});
  EXPECT_TRUE(IsAboutTheFile(missing.status()));
  const TextFile file("Mã chỉ tiêu,Kết quả\na,1\n");
  const auto no_period = ResultTable::Open({file.path(), "", {}, ""});
  EXPECT_THAT(ReasonsOf(no_period.status()), ElementsAre("PERIOD_REQUIRED"));
  EXPECT_TRUE(IsAboutTheFile(no_period.status()));
  EXPECT_FALSE(IsAboutTheFile(absl::UnavailableError("away")));
}

}  // namespace
}  // namespace thidua::result_files
