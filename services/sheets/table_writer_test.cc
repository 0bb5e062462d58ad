#include "services/sheets/table_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/sheets/container.h"
#include "services/sheets/memory_testlib.h"

namespace thidua::sheets {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// A folder of its own, gone with the test.
class TableWriterTest : public testing::Test {
 protected:
  TableWriterTest() {
    std::string pattern = testing::TempDir() + "sheets-test-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~TableWriterTest() override { std::filesystem::remove_all(folder_); }
  std::string Path(const std::string& name) const { return folder_ / name; }

  std::filesystem::path folder_;
};

std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string PartOf(const std::string& path, const char* name) {
  const auto container = Container::Open(TableSource::File(path));
  if (!container.ok()) return container.status().ToString();
  const auto part = (*container)->OpenPart(name);
  if (!part.ok()) return part.status().ToString();
  std::string bytes(static_cast<size_t>((*part)->size()), '\0');
  const auto read = (*part)->Read(bytes.data(), bytes.size());
  return read.ok() ? bytes.substr(0, *read) : read.status().ToString();
}

std::vector<std::vector<Cell>> ReadBack(const std::string& path) {
  std::vector<std::vector<Cell>> rows;
  const auto table = OpenTable(TableSource::File(path));
  EXPECT_TRUE(table.ok()) << table.status();
  Row row;
  while (table.ok()) {
    const auto read = (*table)->Next(row);
    EXPECT_TRUE(read.ok()) << read.status();
    if (!read.ok() || !*read) break;
    rows.push_back(row.cells);
  }
  return rows;
}

absl::Status WriteRows(const std::string& path, const std::vector<std::vector<MarkedCell>>& rows) {
  auto writer = CreateTable(path, {"Kết quả", {{"Đơn vị", 40}, {"Kết quả"}}});
  if (!writer.ok()) return writer.status();
  for (const auto& row : rows) {
    if (absl::Status status = (*writer)->Add(row); !status.ok()) return status;
  }
  return (*writer)->Close();
}

TEST_F(TableWriterTest, HeadingsStandBeforeTheTitles) {
  for (const char* name : {"a.xlsx", "a.csv"}) {
    SCOPED_TRACE(name);
    auto writer =
        CreateTable(Path(name), {"Hạng", {{"Hạng"}, {"Đơn vị", 40}}, {"XẾP HẠNG", "=1+1"}});
    ASSERT_TRUE(writer.ok()) << writer.status();
    const std::vector<MarkedCell> row = {{{CellKind::kNumber, "1"}},
                                         {{CellKind::kText, "Sở Y tế"}}};
    ASSERT_TRUE((*writer)->Add(row).ok());
    ASSERT_TRUE((*writer)->Close().ok());
    const auto rows = ReadBack(Path(name));
    ASSERT_EQ(rows.size(), 4);
    EXPECT_EQ(rows[0], (std::vector<Cell>{{CellKind::kText, "XẾP HẠNG"}}));
    EXPECT_EQ(rows[1], (std::vector<Cell>{{CellKind::kText, "=1+1"}}));
    EXPECT_EQ(rows[2][1].text, "Đơn vị");
    EXPECT_EQ(rows[3][1].text, "Sở Y tế");
  }
  EXPECT_THAT(PartOf(Path("a.xlsx"), "xl/worksheets/sheet1.xml"), HasSubstr("ySplit=\"3\""));
}

TEST_F(TableWriterTest, TextsComeBackAsTheyWere) {
  const char* texts[] = {
      "Sở Y tế",   "17.893", "=1+1",          "+84",     "-5",      "@x",
      "\tx",       "'=1",    "''-x",          "'tis",    "a\nb",    "a\r\nb",
      "say \"a\"", "a,b;c",  " spaces ",      "_x000D_", "_x005F_", "<&>",
      "\x1b[2J",   "😀 TE<5", "http://a.vn/b", "TRUE",    "0007",    "{=SUM(A1)}"};
  for (const char* name : {"a.csv", "a.xlsx"}) {
    for (const char* text : texts) {
      const std::string path = Path(name);
      ASSERT_TRUE(WriteRows(path, {{{{CellKind::kText, text}}, {{CellKind::kText, "x"}}}}).ok());
      const auto rows = ReadBack(path);
      ASSERT_EQ(rows.size(), 2u) << name << " " << text;
      EXPECT_EQ(rows[1][0], (Cell{CellKind::kText, text})) << name << " " << text;
    }
  }
}

TEST_F(TableWriterTest, NumbersAreNumbersWhereADoubleHoldsThem) {
  struct Case {
    const char* machine;
    Cell xlsx;
    const char* csv;
  };
  const Case cases[] = {
      {"17893", {CellKind::kNumber, "17893"}, "17893"},
      {"51.12", {CellKind::kNumber, "51.12"}, "51,12"},
      {"-0.1", {CellKind::kNumber, "-0.1"}, "-0,1"},
      {"99999999999999.9", {CellKind::kNumber, "99999999999999.9"}, "99999999999999,9"},
      {"123456789012345.678", {CellKind::kText, "123456789012345,678"}, "123456789012345,678"},
  };
  for (const Case& c : cases) {
    const std::vector<std::vector<MarkedCell>> rows = {{{{CellKind::kNumber, c.machine}}}};
    ASSERT_TRUE(WriteRows(Path("a.xlsx"), rows).ok());
    EXPECT_EQ(ReadBack(Path("a.xlsx"))[1][0], c.xlsx);
    ASSERT_TRUE(WriteRows(Path("a.csv"), rows).ok());
    EXPECT_EQ(ReadBack(Path("a.csv"))[1][0], (Cell{CellKind::kText, c.csv}));
  }
}

TEST_F(TableWriterTest, CsvIsWhatExcelOpensRight) {
  ASSERT_TRUE(WriteRows(Path("a.csv"),
                        {{{{CellKind::kText, "=cmd|' /C calc'!A0"}}, {{CellKind::kNumber, "-5"}}}})
                  .ok());
  EXPECT_EQ(BytesOf(Path("a.csv")),
            "\xEF\xBB\xBF\"Đơn vị\",\"Kết quả\"\r\n\"'=cmd|' /C calc'!A0\",-5\r\n");
}

TEST_F(TableWriterTest, MarkedCellsAreFilledAndCommented) {
  const std::string path = Path("a.xlsx");
  ASSERT_TRUE(WriteRows(path, {{{{CellKind::kText, "=x"}, Mark::kFaulty, "Không đọc được số."}},
                               {{{CellKind::kNumber, "5"}, Mark::kWarned, ""}},
                               {{{}, Mark::kFaulty, "Ô số để trống."}}})
                  .ok());
  EXPECT_THAT(PartOf(path, "xl/comments1.xml"),
              AllOf(HasSubstr("Không đọc được số."), HasSubstr("ref=\"A4\"")));
  EXPECT_THAT(PartOf(path, "xl/styles.xml"), AllOf(HasSubstr("F8CBAD"), HasSubstr("FFF2CC")));
  EXPECT_THAT(PartOf(path, "xl/worksheets/sheet1.xml"),
              AllOf(Not(HasSubstr("<f>")), HasSubstr("frozen"), HasSubstr("customWidth")));
  EXPECT_EQ(ReadBack(path).size(), 3u) << "an empty cell that is marked says nothing";
}

TEST_F(TableWriterTest, AFileAppearsWholeOrNotAtAll) {
  for (const std::string name : {"a.csv", "a.xlsx"}) {
    std::ofstream(Path(name)) << "as it was";
    {
      auto writer = CreateTable(Path(name), {"", {{"a"}}});
      ASSERT_TRUE(writer.ok());
      ASSERT_TRUE((*writer)->Add({{{CellKind::kText, "b"}}}).ok());
    }
    EXPECT_EQ(BytesOf(Path(name)), "as it was");
    std::filesystem::remove(Path(name));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_)) << "no draft is left";
}

TEST_F(TableWriterTest, RefusesWhatItCannotWrite) {
  const std::pair<std::string, const char*> cases[] = {{Path("a.ods"), "FORMAT_UNKNOWN"},
                                                       {Path("no/a.csv"), "FILE_UNWRITABLE"},
                                                       {Path("no/a.xlsx"), "FILE_UNWRITABLE"}};
  for (const auto& [path, reason] : cases) {
    const auto faults = domain::FaultsOf(WriteRows(path, {}));
    ASSERT_EQ(faults.size(), 1u) << path;
    EXPECT_EQ(faults[0].reason, reason) << path;
  }
  const auto long_text = domain::FaultsOf(
      WriteRows(Path("a.xlsx"), {{{{CellKind::kText, std::string(32'768, 'x')}}}}));
  ASSERT_EQ(long_text.size(), 1u);
  EXPECT_EQ(long_text[0].reason, "CELL_TOO_LONG");
}

TEST_F(TableWriterTest, AHundredThousandRowsAreWrittenAndReadInConstantMemory) {
  const int64_t before = PeakMemory();
  auto writer = CreateTable(Path("a.xlsx"), {"Kết quả", {{"Đơn vị"}, {"Kết quả"}}});
  ASSERT_TRUE(writer.ok());
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_TRUE((*writer)
                    ->Add({{{CellKind::kText, absl::StrCat("Đơn vị số ", i)}},
                           {{CellKind::kNumber, absl::StrCat(i)}, Mark::kFaulty, "Sai."}})
                    .ok());
  }
  ASSERT_TRUE((*writer)->Close().ok());
  writer->reset();
  const auto table = OpenTable(TableSource::File(Path("a.xlsx")));
  ASSERT_TRUE(table.ok()) << table.status();
  Row row;
  int64_t rows = 0;
  for (auto read = (*table)->Next(row); read.ok() && *read; read = (*table)->Next(row)) ++rows;
  EXPECT_EQ(rows, 100'001);
  EXPECT_EQ(row.number, 100'001);
  EXPECT_LT(PeakMemory() - before, 48 * 1024) << "KiB, comments and their shapes most";
}

}  // namespace
}  // namespace thidua::sheets
