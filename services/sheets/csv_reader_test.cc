#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/domain/fault.h"
#include "services/sheets/csv_reader.h"
#include "services/sheets/memory_testlib.h"
#include "services/sheets/table.h"
#include "services/sheets/utf8_text.h"

namespace thidua::sheets {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Rows as "number: a|b|c"; the fault's "reason at path" last, where there is one.
std::vector<std::string> Read(absl::string_view bytes, const ReadOptions& options = {}) {
  std::vector<std::string> told;
  const auto tell = [&told](const absl::Status& status) {
    const auto faults = domain::FaultsOf(status);
    told.push_back(faults.empty() ? status.ToString()
                                  : absl::StrCat(faults[0].reason, " at ", faults[0].path));
    return told;
  };
  const auto table = OpenTable(TableSource::Bytes(bytes), options);
  if (!table.ok()) return tell(table.status());
  Row row;
  while (true) {
    const auto read = (*table)->Next(row);
    if (!read.ok()) return tell(read.status());
    if (!*read) return told;
    told.push_back(absl::StrCat(
        row.number, ": ", absl::StrJoin(row.cells, "|", [](std::string* out, const Cell& cell) {
          out->append(cell.text);
        })));
  }
}

std::string Utf16(const std::u16string& text, bool big_endian) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xFF), high = static_cast<char>(unit >> 8);
    bytes += big_endian ? high : low;
    bytes += big_endian ? low : high;
  }
  return bytes;
}

TEST(CsvReaderTest, ReadsWhatRfc4180AndSpreadsheetsWrite) {
  struct Case {
    const char* name;
    std::string text;
    std::vector<std::string> rows;
  };
  const Case cases[] = {
      {"nothing", "", {}},
      {"BOM alone", "\xEF\xBB\xBF", {}},
      {"BOM", "\xEF\xBB\xBF\"Đơn vị\",b", {"1: Đơn vị|b"}},
      {"LF", "a,b\nc,d\n", {"1: a|b", "2: c|d"}},
      {"CRLF", "a,b\r\nc,d\r\n", {"1: a|b", "2: c|d"}},
      {"CR", "a,b\rc,d", {"1: a|b", "2: c|d"}},
      {"quotes", "\"a,\"\"b\"\"\",c\n", {"1: a,\"b\"|c"}},
      {"new line in quotes", "\"a\nb\",c\nd,e", {"1: a\nb|c", "2: d|e"}},
      {"CRLF in quotes", "\"a\r\nb\",c\r\nd,e", {"1: a\r\nb|c", "2: d|e"}},
      {"a quote within bare text", "a \"b\" c,d\n", {"1: a \"b\" c|d"}},
      {"an empty quoted cell", "\"\",a\n", {"1: |a"}},
      {"blank lines count", "a,b\n\n,,\nc,d\n", {"1: a|b", "4: c|d"}},
      {"empty cells at the end", "a,b,,,\n", {"1: a|b"}},
      {"semicolons with decimal commas", "a;b\n1,5;2\n1,5;3\n", {"1: a|b", "2: 1,5|2", "3: 1,5|3"}},
      {"tabs", "a\tb\nc, d\te\n", {"1: a|b", "2: c, d|e"}},
      {"said", "sep=;\r\na;b,c\r\n", {"1: a|b,c"}},
      {"a title first",
       "BÁO CÁO, 6 tháng\na;b;c\nd;e;f\n",
       {"1: BÁO CÁO, 6 tháng", "2: a|b|c", "3: d|e|f"}},
      {"guarded formulas", "'=1+1,'-5,''=x,'tis\n", {"1: =1+1|-5|'=x|'tis"}},
      {"UTF-16 LE", "\xFF\xFE" + Utf16(u"Sở;b\r\n\U0001F600;c", false), {"1: Sở|b", "2: 😀|c"}},
      {"UTF-16 BE", "\xFE\xFF" + Utf16(u"Sở;b\n", true), {"1: Sở|b"}},
  };
  for (const Case& c : cases) EXPECT_EQ(Read(c.text), c.rows) << c.name;
}

TEST(CsvReaderTest, TellsWhatIsWrongAndOnWhichLine) {
  struct Case {
    const char* name;
    std::string text;
    const char* fault;
  };
  const std::string long_cell(kCellBytesMax + 1, 'x');
  const Case cases[] = {
      {"unclosed", "a,b\n\"c\nd,e\n", "QUOTE_UNCLOSED at dòng 2"},
      {"misplaced", "a,b\n\"c\nd\"e,f\n", "QUOTE_MISPLACED at dòng 3"},
      {"NUL", std::string("a,b\nc\0d\n and a long rest", 24), "NUL_BYTE at dòng 2"},
      {"UTF-16 without BOM", Utf16(u"a,b\n", false), "ENCODING_UTF16 at dòng 1"},
      {"half a surrogate", "\xFF\xFE" + Utf16({u'a', 0xD800, u'b'}, false),
       "ENCODING_UTF16 at dòng 1"},
      {"half a unit", "\xFF\xFE" + Utf16(u"ab", false) + "c", "ENCODING_UTF16 at dòng 1"},
      {"no UTF-8", "a,b\nc,\xFF\xFF\n", "ENCODING_NOT_UTF8 at dòng 2"},
      {"cut character", "a,b\nc,\xE1\xBB", "ENCODING_NOT_UTF8 at dòng 2"},
      {"an overlong form", "a,b\nc,\xC0\xAF\n", "ENCODING_NOT_UTF8 at dòng 2"},
      {"columns", "a\n" + std::string(10'000, ',') + "x\n", "TOO_MANY_COLUMNS at dòng 2"},
      {"a long cell", "a\n" + long_cell, "CELL_TOO_LONG at dòng 2"},
      {"a long quoted cell", "a\n\"" + long_cell, "CELL_TOO_LONG at dòng 2"},
      {"rows", absl::StrCat(std::string(kRowsMax, '\n'), "a"), "TOO_MANY_ROWS at dòng 1048577"},
  };
  for (const Case& c : cases) {
    const auto told = Read(c.text);
    ASSERT_FALSE(told.empty()) << c.name;
    EXPECT_EQ(told.back(), c.fault) << c.name;
  }
}

TEST(CsvReaderTest, IsTheSameInWhateverPiecesItIsRead) {
  struct Case {
    const char* name;
    std::string text;
    std::vector<std::string> told;
  };
  std::string encrypted = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
  for (const char c : std::string("EncryptedPackage")) encrypted += {c, '\0'};
  const Case cases[] = {
      {"quotes", "\"a\",\"b\"\n\"c\",d\n", {"1: a|b", "2: c|d"}},
      {"doubled quotes", "\"\"\"\"\"\",\"a\"\"\"\n\"\"\"\",b\n", {"1: \"\"|a\"", "2: \"|b"}},
      {"CRLF", "a,b\r\nc,d\r\n\r\ne,f\r\n", {"1: a|b", "2: c|d", "4: e|f"}},
      {"CRLF in quotes", "\"a\r\nb\",c\r\nd,e", {"1: a\r\nb|c", "2: d|e"}},
      {"CR alone", "a,b\r\rc,d\r", {"1: a|b", "3: c|d"}},
      {"characters of two to four bytes",
       "Đ,ệ,😀\nđịa,điểm,\"😀😀\"\n",
       {"1: Đ|ệ|😀", "2: địa|điểm|😀😀"}},
      {"BOM", "\xEF\xBB\xBF\"Đơn vị\";b\n", {"1: Đơn vị|b"}},
      {"BOM alone", "\xEF\xBB\xBF", {}},
      {"half a BOM", "\xEF\xBB", {"ENCODING_NOT_UTF8 at dòng 1"}},
      {"said", "\xEF\xBB\xBFsep=;\r\na,b;c\r\n", {"1: a,b|c"}},
      {"a title first",
       "BÁO CÁO, 6 tháng\na;b;c\nd;e;f\n",
       {"1: BÁO CÁO, 6 tháng", "2: a|b|c", "3: d|e|f"}},
      {"a guarded formula", "'=1+1,'-5\n", {"1: =1+1|-5"}},
      {"UTF-16 LE", "\xFF\xFE" + Utf16(u"Sở;b\r\n\U0001F600;c", false), {"1: Sở|b", "2: 😀|c"}},
      {"UTF-16 BE", "\xFE\xFF" + Utf16(u"Sở;\U0001F600\n", true), {"1: Sở|😀"}},
      {"unclosed", "a,b\r\n\"c\r\nd", {"1: a|b", "QUOTE_UNCLOSED at dòng 2"}},
      {"misplaced", "a,b\n\"c\r\nd\"e,f\n", {"1: a|b", "QUOTE_MISPLACED at dòng 3"}},
      {"cut character", "a,b\nc,\xE1\xBB", {"ENCODING_NOT_UTF8 at dòng 2"}},
      {"an overlong form", "a,b\nc,\xE0\x80\xAF\n", {"ENCODING_NOT_UTF8 at dòng 2"}},
      {"VNI",
       "\xD1\xF4n v\xF2,Ch\xE6 ti\xEAu,Ke\xE1t qua\xFB\nS\xF4\xFB Y te\xE1",
       {"ENCODING_VNI at dòng 1"}},
      {"NUL", std::string("a,b\nc\0d\n and a long rest", 24), {"NUL_BYTE at dòng 2"}},
      {"UTF-16 without BOM", Utf16(u"a,b\n", false), {"ENCODING_UTF16 at dòng 1"}},
      {"half a surrogate",
       "\xFF\xFE" + Utf16({u'a', 0xD800, u'b'}, false),
       {"ENCODING_UTF16 at dòng 1"}},
      {"encrypted", encrypted, {"WORKBOOK_ENCRYPTED at "}},
  };
  for (const Case& c : cases) {
    for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, kPieceBytes}) {
      EXPECT_EQ(Read(c.text, {.sheet = "", .piece_bytes = piece}), c.told)
          << c.name << ", pieces of " << piece;
    }
  }
}

TEST(CsvReaderTest, WhateverItHoldsItIsTheSameInWhateverPiecesItIsRead) {
  const std::vector<std::string> bits = {"a",  "1,5",  ",", ";", "\t", "\"",    "\"\"", "\r",
                                         "\n", "\r\n", "Đ", "ệ", "😀",  "sep=;", "'="};
  const std::vector<std::string> rare = {"\xEF\xBB\xBF", "\xFF\xFE", "\xE1\xBB", "\xED\xA0\x80",
                                         std::string(1, '\0')};
  std::mt19937 random(7);
  const auto any = [&random](const std::vector<std::string>& of) {
    return of[random() % of.size()];
  };
  int read = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text = random() % 8 == 0 ? any(rare) : "";
    for (size_t left = random() % 40; left > 0; --left) text += any(bits);
    if (random() % 8 == 0) text += any(rare) + any(bits);
    const std::vector<std::string> whole = Read(text);
    for (const size_t piece : {1, 2, 3, 7}) {
      ASSERT_EQ(Read(text, {.sheet = "", .piece_bytes = piece}), whole)
          << "pieces of " << piece << ": " << absl::CEscape(text);
    }
    if (whole.size() > 1) ++read;
  }
  EXPECT_GT(read, 500) << "most are refused at once";
}

TEST(CsvReaderTest, EveryCutOfAFileIsReadOrRefused) {
  const std::string text = "\xEF\xBB\xBF\"Đơn \"\"vị\",Kết quả\r\n\"Sở\nY tế\",17.893\r\n";
  for (size_t size = 0; size <= text.size(); ++size) Read(text.substr(0, size));
}

// The same words as they are typed in each encoding's fonts.
TEST(Utf8TextTest, RecognisesEncodingsFromBeforeUnicodeOnlyWhenSure) {
  const std::string windows_1258 =
      "\xD0\xF5n v\xF2,Ch\xD2\x69 ti\xEAu,K\xEA\xECt qua\xD2\nS\xF5\xD2 Y t\xEA\xEC,Gi\xE2\xD2i "
      "quy\xEA\xECt vi\xEA\xF2"
      "c la\xCCm";
  const std::string tcvn3 =
      "\xA7\xACn v\xDE,Ch\xD8 ti\xAAu,K\xD5t qu\xB6\nS\xEB Y t\xD5,Gi\xB6i quy\xD5t vi\xD6"
      "c l\xB5m";
  const std::string vni =
      "\xD1\xF4n v\xF2,Ch\xE6 ti\xEAu,Ke\xE1t qua\xFB\nS\xF4\xFB Y te\xE1,Gia\xFBi quye\xE1t "
      "vie\xE4"
      "c la\xF8m";
  EXPECT_EQ(RecogniseLegacyEncoding(windows_1258), LegacyEncoding::kWindows1258);
  EXPECT_EQ(RecogniseLegacyEncoding(tcvn3), LegacyEncoding::kTcvn3);
  EXPECT_EQ(RecogniseLegacyEncoding(vni), LegacyEncoding::kVni);
  EXPECT_EQ(RecogniseLegacyEncoding("caf\xE9,na\xEFve,\xFC"
                                    "ber"),
            LegacyEncoding::kUnknown);
  EXPECT_EQ(RecogniseLegacyEncoding("v\xE0"), LegacyEncoding::kUnknown)
      << "one word proves nothing";
  EXPECT_THAT(Read(windows_1258), ElementsAre("ENCODING_WINDOWS_1258 at dòng 1"));
  EXPECT_THAT(Read(tcvn3), ElementsAre("ENCODING_TCVN3 at dòng 1"));
  EXPECT_THAT(Read(vni), ElementsAre("ENCODING_VNI at dòng 1"));
  // Also where a piece of the file ends within its first words.
  std::string ascii;
  while (ascii.size() + 4 < kPieceBytes) ascii += "a,b\n";
  EXPECT_THAT(Read(ascii + vni), ElementsAre("ENCODING_VNI at dòng 16384"));
}

TEST(TableTest, WhatIsNoTableIsRefusedWithAdvice) {
  struct Case {
    std::string bytes;
    const char* reason;
  };
  std::string encrypted = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(100'000, 'x');
  for (const char c : std::string("EncryptedPackage")) encrypted += {c, '\0'};
  const Case cases[] = {{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 the rest", "FORMAT_XLS"},
                        {encrypted, "WORKBOOK_ENCRYPTED"},
                        {"\n <html><table>", "FORMAT_HTML"},
                        {"<?xml version=\"1.0\"?>", "FORMAT_HTML"},
                        {"%PDF-1.7", "FORMAT_UNKNOWN"}};
  for (const Case& c : cases) {
    const auto table = OpenTable(TableSource::Bytes(c.bytes));
    ASSERT_FALSE(table.ok()) << c.reason;
    EXPECT_EQ(domain::FaultsOf(table.status())[0].reason, c.reason);
  }
  EXPECT_TRUE(absl::IsNotFound(OpenTable(TableSource::File("/no/such/file.csv")).status()));
  EXPECT_EQ(domain::FaultsOf(OpenTable(TableSource::File("/tmp")).status())[0].reason,
            "FILE_UNREADABLE");
}

TEST(TableTest, ColumnsAreNamedAsSpreadsheetsDo) {
  const std::pair<int, const char*> cases[] = {
      {0, "A"}, {1, "B"}, {25, "Z"}, {26, "AA"}, {701, "ZZ"}, {702, "AAA"}, {16'383, "XFD"}};
  for (const auto& [column, letters] : cases) {
    EXPECT_EQ(ColumnLetters(column), letters);
    EXPECT_EQ(ReadColumnLetters(letters), column);
  }
  EXPECT_EQ(ReadColumnLetters("d"), 3);
  for (const char* wrong : {"", "A1", "ABCD", "Đ"}) EXPECT_FALSE(ReadColumnLetters(wrong)) << wrong;
  EXPECT_EQ(CellReference("Kết quả", 17, 1), "Kết quả!B17");
  EXPECT_EQ(CellReference("", 17, 1), "B17");
}

TEST(CsvReaderTest, AMillionRowsTakeNoMoreMemoryThanOne) {
  const std::string path = testing::TempDir() + "million.csv";
  {
    std::ofstream file(path);
    for (int i = 0; i < 1'000'000; ++i)
      file << "Sở Y tế,Chỉ tiêu số " << i << ",\"17.893,5\",ghi chú\n";
  }
  const int64_t before = PeakMemory();
  const auto table = OpenTable(TableSource::File(path));
  ASSERT_TRUE(table.ok()) << table.status();
  Row row;
  int64_t rows = 0;
  while (true) {
    const auto read = (*table)->Next(row);
    ASSERT_TRUE(read.ok()) << read.status();
    if (!*read) break;
    ++rows;
  }
  std::filesystem::remove(path);
  EXPECT_EQ(rows, 1'000'000);
  EXPECT_DOUBLE_EQ((*table)->progress(), 1);
  EXPECT_LT(PeakMemory() - before, 4 * 1024) << "KiB";
}

}  // namespace
}  // namespace thidua::sheets
