#include "services/sheets/xlsx_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/sheets/memory_testlib.h"
#include "services/sheets/table.h"

namespace thidua::sheets {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

using Parts = std::map<std::string, std::string>;

constexpr char kMain[] = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr char kStrictMain[] = "http://purl.oclc.org/ooxml/spreadsheetml/main";

std::string Sheet(const std::string& rows) {
  return absl::StrCat(R"(<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns=")", kMain,
                      R"("><cols><col min="1" max="2" width="9"/></cols><sheetData>)", rows,
                      "</sheetData></worksheet>");
}

std::string Relationships(const std::string& list) {
  return absl::StrCat(
      R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)",
      list, "</Relationships>");
}

std::string Relationship(const std::string& id, const std::string& type,
                         const std::string& target) {
  return absl::StrCat(
      R"(<Relationship Id=")", id,
      R"(" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/)", type,
      R"(" Target=")", target, R"("/>)");
}

// A workbook as Excel lays it out: a hidden sheet, a sheet "Kết quả", styles 0 General, 1 0.00%,
// 2 dd/mm/yyyy, and some shared strings.
Parts Workbook(const std::string& rows) {
  return {
      {"[Content_Types].xml", "<Types/>"},
      {"_rels/.rels", Relationships(Relationship("r1", "officeDocument", "xl/workbook.xml"))},
      {"xl/workbook.xml",
       absl::StrCat(
           R"(<workbook xmlns=")", kMain,
           R"(" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>)",
           R"(<sheet name="Danh mục" sheetId="1" state="hidden" r:id="r1"/>)",
           R"(<sheet name="Kết quả" sheetId="2" r:id="r2"/></sheets></workbook>)")},
      {"xl/_rels/workbook.xml.rels",
       Relationships(absl::StrCat(Relationship("r1", "worksheet", "worksheets/sheet1.xml"),
                                  Relationship("r2", "worksheet", "/xl/worksheets/sheet2.xml"),
                                  Relationship("r3", "styles", "styles.xml"),
                                  Relationship("r4", "sharedStrings", "sharedStrings.xml")))},
      {"xl/worksheets/sheet1.xml", Sheet(R"(<row><c t="str"><v>ẩn</v></c></row>)")},
      {"xl/worksheets/sheet2.xml", Sheet(rows)},
      {"xl/styles.xml",
       absl::StrCat(
           R"(<styleSheet xmlns=")", kMain,
           R"("><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>)",
           R"(<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>)",
           R"(<cellXfs><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="164"/></cellXfs>)",
           "</styleSheet>")},
      {"xl/sharedStrings.xml",
       absl::StrCat(R"(<sst xmlns=")", kMain, R"("><si><t>Sở Y tế</t></si>)",
                    R"(<si><r><t>Sở </t></r><r><rPr><b/></rPr><t>Du lịch</t></r>)",
                    R"(<rPh sb="0" eb="1"><t>đọc</t></rPh></si>)",
                    R"(<si><t xml:space="preserve"> a_x000D_b </t></si><si><t/></si></sst>)")}};
}

// The bytes of a ZIP with such parts.
std::string Zip(const Parts& parts, zip_int32_t method = ZIP_CM_DEFLATE) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* archive = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(archive);
  zip_t* zip = zip_open_from_source(archive, ZIP_TRUNCATE, &error);
  for (const auto& [name, bytes] : parts) {
    const zip_int64_t at = zip_file_add(
        zip, name.c_str(), zip_source_buffer(zip, bytes.data(), bytes.size(), 0), ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(zip, static_cast<zip_uint64_t>(at), method, 0);
  }
  EXPECT_EQ(zip_close(zip), 0);
  std::string packed;
  zip_stat_t stat;
  EXPECT_EQ(zip_source_stat(archive, &stat), 0);
  packed.resize(stat.size);
  zip_source_open(archive);
  zip_source_read(archive, packed.data(), packed.size());
  zip_source_close(archive);
  zip_source_free(archive);
  return packed;
}

// Cells as "B17=kind:text"; the fault's "reason at path" last, where there is one.
std::vector<std::string> Read(const std::string& bytes, const ReadOptions& options = {}) {
  static constexpr const char* kKinds[] = {"empty", "text", "number", "percent",
                                           "date",  "bool", "error"};
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
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      if (cell.empty()) continue;
      told.push_back(absl::StrCat(CellReference("", row.number, static_cast<int>(i)), "=",
                                  kKinds[static_cast<int>(cell.kind)], ":", cell.text));
    }
  }
}

std::vector<std::string> ReadRows(const std::string& rows) { return Read(Zip(Workbook(rows))); }

TEST(XlsxReaderTest, ReadsEveryKindOfCell) {
  struct Case {
    const char* cell;
    std::vector<std::string> told;
  };
  const Case cases[] = {
      {R"(<c r="A1"><v>17893.5</v></c>)", {"A1=number:17893.5"}},
      {R"(<c r="A1"><v>0.30000000000000004</v></c>)", {"A1=number:0.3"}},
      {R"(<c r="A1" s="1"><v>0.5112</v></c>)", {"A1=percent:51,12%"}},
      {R"(<c r="A1" s="2"><v>43646</v></c>)", {"A1=date:30/06/2019"}},
      {R"(<c r="A1" s="2"><v>-5</v></c>)", {"A1=number:-5"}},
      {R"(<c r="A1" s="99"><v>5</v></c>)", {"A1=number:5"}},
      {R"(<c r="A1" t="d"><v>2019-06-30T00:00:00</v></c>)", {"A1=date:30/06/2019"}},
      {R"(<c r="A1" t="s"><v>0</v></c>)", {"A1=text:Sở Y tế"}},
      {R"(<c r="A1" t="s"><v>1</v></c>)", {"A1=text:Sở Du lịch"}},
      {R"(<c r="A1" t="s"><v>2</v></c>)", {"A1=text: a\rb "}},
      {R"(<c r="A1" t="s"><v>3</v></c>)", {}},
      {R"(<c r="A1" t="inlineStr"><is><r><t>17</t></r><r><t>.893</t></r></is></c>)",
       {"A1=text:17.893"}},
      {R"(<c r="A1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>)", {"A1=text:ab"}},
      {R"(<c r="A1" t="str"><f>""</f><v></v></c>)", {}},
      {R"(<c r="A1"><f>1+1</f><v>2</v></c>)", {"A1=number:2"}},
      {R"(<c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c>)",
       {"A1=bool:TRUE", "B1=bool:FALSE"}},
      {R"(<c r="A1" t="e"><v>#REF!</v></c>)", {"A1=error:#REF!"}},
      {R"(<c r="B1"><v>1</v></c><c><v>2</v></c><c r="E1"><v>3</v></c>)",
       {"B1=number:1", "C1=number:2", "E1=number:3"}},
      {R"(<c r="A1" s="1"/><c r="XFD1" s="1"/>)", {}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ReadRows(absl::StrCat("<row r=\"1\">", c.cell, "</row>")), c.told) << c.cell;
  }
}

TEST(XlsxReaderTest, RowsCountWhetherOrNotTheySayTheirNumber) {
  EXPECT_THAT(ReadRows("<row><c><v>1</v></c></row><row/><row><c><v>2</v></c></row>"
                       "<row r=\"17\"><c><v>3</v></c></row><row><c><v>4</v></c></row>"),
              ElementsAre("A1=number:1", "A3=number:2", "A17=number:3", "A18=number:4"));
}

TEST(XlsxReaderTest, PrefixesAndTheStrictFormSayTheSame) {
  Parts parts = Workbook("");
  parts["xl/worksheets/sheet2.xml"] =
      absl::StrCat(R"(<x:worksheet xmlns:x=")", kStrictMain,
                   R"(" xmlns:o="urn:other"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v>)",
                   R"(<o:v>2</o:v></x:c></x:row></x:sheetData></x:worksheet>)");
  EXPECT_THAT(Read(Zip(parts)), ElementsAre("A1=number:1"));
}

TEST(XlsxReaderTest, ASheetIsFoundByItsNameOrIsTheFirstInSight) {
  const std::string bytes = Zip(Workbook("<row><c><v>1</v></c></row>"));
  EXPECT_THAT(Read(bytes), ElementsAre("A1=number:1"));
  EXPECT_THAT(Read(bytes, {.sheet = "kết  QUẢ"}), ElementsAre("A1=number:1"));
  EXPECT_THAT(Read(bytes, {.sheet = "Danh mục"}), ElementsAre("A1=text:ẩn"));
  EXPECT_THAT(Read(bytes, {.sheet = "Tổng hợp"}), ElementsAre("SHEET_UNKNOWN at "));
  EXPECT_EQ((*OpenTable(TableSource::Bytes(bytes)))->sheet(), "Kết quả");
}

TEST(XlsxReaderTest, DaysMayCountFrom1904) {
  Parts parts = Workbook(R"(<row r="1"><c r="A1" s="2"><v>42184</v></c></row>)");
  std::string& workbook = parts["xl/workbook.xml"];
  workbook = absl::StrReplaceAll(workbook, {{"<sheets>", "<workbookPr date1904=\"1\"/><sheets>"}});
  EXPECT_THAT(Read(Zip(parts)), ElementsAre("A1=date:30/06/2019"));
}

TEST(XlsxReaderTest, TellsWhatIsWrongAndAtWhichCell) {
  struct Case {
    const char* name;
    std::string rows;
    const char* fault;
  };
  const std::string far = absl::StrCat("<c r=\"", ColumnLetters(9'999), "1\"><v>1</v></c>");
  std::string ten_thousand;
  for (int i = 0; i < 10'000; ++i) absl::StrAppend(&ten_thousand, "<c><v>1</v></c>");
  const Case cases[] = {
      {"formula", R"(<row r="17"><c r="B17"><f>A1</f></c></row>)",
       "FORMULA_WITHOUT_VALUE at Kết quả!B17"},
      {"shared formula", R"(<row r="2"><c r="B2" t="str"><f t="shared" si="0"/></c></row>)",
       "FORMULA_WITHOUT_VALUE at Kết quả!B2"},
      {"far column", "<row r=\"1\">" + far + "</row>", "TOO_MANY_COLUMNS at Kết quả!NTP1"},
      {"10,000 columns", "<row r=\"1\">" + ten_thousand + "</row>",
       "TOO_MANY_COLUMNS at Kết quả!IW1"},
      {"no column", R"(<row r="1"><c r="ABCD1"><v>1</v></c></row>)",
       "WORKBOOK_DAMAGED at Kết quả!A1"},
      {"another row's cell", R"(<row r="1"><c r="A2"><v>1</v></c></row>)",
       "WORKBOOK_DAMAGED at Kết quả!A1"},
      {"cells backwards", R"(<row r="1"><c r="B1"/><c r="A1"/></row>)",
       "WORKBOOK_DAMAGED at Kết quả!C1"},
      {"rows backwards", R"(<row r="2"/><row r="1"/>)", "WORKBOOK_DAMAGED at "},
      {"a row in a row", R"(<row r="1"><c><v>1</v><row r="2"/></c></row>)", "WORKBOOK_DAMAGED at "},
      {"a cell in a cell", R"(<row r="1"><c><c><v>1</v></c></c></row>)",
       "WORKBOOK_DAMAGED at Kết quả!A1"},
      {"two values in a cell", R"(<row r="1"><c><v>1</v><v>2</v></c></row>)",
       "WORKBOOK_DAMAGED at Kết quả!A1"},
      {"too many rows", R"(<row r="1048577"/>)", "TOO_MANY_ROWS at Kết quả!1048577"},
      {"no string", R"(<row r="1"><c r="A1" t="s"><v>4</v></c></row>)",
       "WORKBOOK_DAMAGED at Kết quả!A1"},
      {"no number", R"(<row r="1"><c r="A1"><v>1,5</v></c></row>)",
       "WORKBOOK_DAMAGED at Kết quả!A1"},
      {"no kind", R"(<row r="1"><c r="A1" t="?"><v>1</v></c></row>)",
       "WORKBOOK_DAMAGED at Kết quả!A1"},
      {"long",
       absl::StrCat(R"(<row r="1"><c r="A1" t="str"><v>)", std::string(kCellBytesMax + 1, 'x'),
                    "</v></c></row>"),
       "CELL_TOO_LONG at Kết quả!A1"},
      {"not well-formed", R"(<row r="1"><c></row>)", "WORKBOOK_DAMAGED at "},
      {"control character", "<row><c t=\"str\"><v>\x01</v></c></row>", "WORKBOOK_DAMAGED at "},
  };
  for (const Case& c : cases) {
    const auto told = ReadRows(c.rows);
    ASSERT_FALSE(told.empty()) << c.name;
    EXPECT_EQ(told.back(), c.fault) << c.name;
  }
}

TEST(XlsxReaderTest, IsTheSameInWhateverPiecesItIsRead) {
  const std::string row =
      R"(<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" s="1"><v>0.5112</v></c>)"
      R"(<c r="C2" s="2"><v>43646</v></c><c r="D2" t="str"><v>a&amp;&#x1EC7; 😀&lt;</v></c></row>)";
  struct Case {
    const char* name;
    Parts parts;
    std::vector<std::string> told;
  };
  const std::vector<std::string> read = {"A2=text:Sở Du lịch", "B2=percent:51,12%",
                                         "C2=date:30/06/2019", "D2=text:a&ệ 😀<"};
  const auto and_then = [&read](const std::string& told) {
    std::vector<std::string> all = read;
    all.push_back(told);
    return all;
  };
  Parts of_another_kind = Workbook(row);
  of_another_kind["mimetype"] = "application/vnd.oasis.opendocument.spreadsheet";
  const Case cases[] = {
      {"sound", Workbook(row), read},
      {"two rows", Workbook(row + "<row><c><v>7</v></c></row>"), and_then("A3=number:7")},
      {"a fault", Workbook(row + "<row><c t=\"s\"><v>9</v></c></row>"),
       and_then("WORKBOOK_DAMAGED at Kết quả!A3")},
      {"not well-formed", Workbook(row + "<row></c></row>"), and_then("WORKBOOK_DAMAGED at ")},
      {"no UTF-8", Workbook(row + "\xE1\xBB<row/>"), and_then("WORKBOOK_DAMAGED at ")},
      {"of another kind", of_another_kind, {"FORMAT_ODS at "}},
  };
  for (const Case& c : cases) {
    for (const zip_int32_t method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
      for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, kPieceBytes}) {
        EXPECT_EQ(Read(Zip(c.parts, method), {.sheet = "", .piece_bytes = piece}), c.told)
            << c.name << ", pieces of " << piece;
      }
    }
  }
}

TEST(XlsxReaderTest, APartThatIsMissingOrSomethingElseIsTold) {
  for (const char* part : {"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                           "xl/worksheets/sheet2.xml", "xl/styles.xml", "xl/sharedStrings.xml"}) {
    Parts parts = Workbook("");
    parts.erase(part);
    EXPECT_THAT(Read(Zip(parts)), ElementsAre("WORKBOOK_DAMAGED at ")) << part;
    parts[part] = "not XML";
    EXPECT_THAT(Read(Zip(parts)), ElementsAre("WORKBOOK_DAMAGED at ")) << part;
  }
  Parts workbook = Workbook("");
  const auto with = [&workbook](const std::string& name, const std::string& bytes) {
    Parts parts = workbook;
    parts[name] = bytes;
    return Read(Zip(parts));
  };
  EXPECT_THAT(with("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
              ElementsAre("FORMAT_ODS at "));
  EXPECT_THAT(with("xl/workbook.bin", "x"), ElementsAre("FORMAT_XLSB at "));
  EXPECT_THAT(with("word/document.xml", "x"), ElementsAre("FORMAT_UNKNOWN at "));
  EXPECT_THAT(Read(Zip({{"a.txt", "x"}})), ElementsAre("FORMAT_UNKNOWN at "));
}

// Answers at once, and holds little: what a hostile file could otherwise take.
class HostileTest : public testing::Test {
 protected:
  HostileTest() : begun_(absl::Now()), before_(PeakMemory()) {}
  ~HostileTest() override {
    EXPECT_LT(absl::Now() - begun_, absl::Seconds(5));
    EXPECT_LT(PeakMemory() - before_, 96 * 1024) << "KiB";
  }

  const absl::Time begun_;
  const int64_t before_;
};

TEST_F(HostileTest, XmlBombs) {
  std::string entities = "<!ENTITY e0 \"lol\">";
  for (int i = 1; i < 10; ++i) {
    std::string ten;
    for (int j = 0; j < 10; ++j) absl::StrAppend(&ten, "&e", i - 1, ";");
    absl::StrAppend(&entities, "<!ENTITY e", i, " \"", ten, "\">");
  }
  Parts parts = Workbook("");
  parts["xl/worksheets/sheet2.xml"] =
      absl::StrCat("<!DOCTYPE worksheet [", entities, "]><worksheet>&e9;</worksheet>");
  EXPECT_THAT(Read(Zip(parts)), ElementsAre("XML_DOCTYPE at "));
  parts["xl/worksheets/sheet2.xml"] = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>";
  EXPECT_THAT(Read(Zip(parts)), ElementsAre("XML_DOCTYPE at "));

  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  parts["xl/worksheets/sheet2.xml"] = deep;
  EXPECT_THAT(Read(Zip(parts)), ElementsAre("XML_TOO_DEEP at "));

  // Random bytes, so that only the length of the tag is against it.
  std::string tag = "<worksheet a=\"";
  unsigned seed = 1;
  for (int i = 0; i < 8 << 20; ++i) tag += static_cast<char>('a' + rand_r(&seed) % 26);
  parts["xl/worksheets/sheet2.xml"] = tag + "\"/>";
  EXPECT_THAT(Read(Zip(parts)), ElementsAre("XML_TOKEN_TOO_LARGE at "));
}

TEST_F(HostileTest, ZipBombs) {
  Parts parts = Workbook("");
  parts["xl/worksheets/sheet2.xml"] = std::string(32 << 20, ' ');
  const std::string bomb = Zip(parts);
  EXPECT_LT(bomb.size(), size_t{100'000});
  EXPECT_THAT(Read(bomb), ElementsAre("COMPRESSION_SUSPICIOUS at "));
}

// The place of a field of the central directory's entry for `name`.
size_t EntryOf(const std::string& zip, const std::string& name) {
  const size_t at = zip.rfind(name);
  EXPECT_NE(at, std::string::npos);
  return at - 46;
}

void Put32(std::string& bytes, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i));
}

TEST_F(HostileTest, HeadersThatLie) {
  const std::string sheet = "xl/worksheets/sheet2.xml";
  const std::string sound = Zip(Workbook("<row><c><v>1</v></c></row>"));
  ASSERT_THAT(Read(sound), ElementsAre("A1=number:1"));
  struct Case {
    const char* name;
    size_t field;
    uint32_t value;
    const char* reason;
  };
  const Case cases[] = {{"less than there is", 24, 10, "WORKBOOK_DAMAGED"},
                        {"more than there is", 24, 100'000, "WORKBOOK_DAMAGED"},
                        {"more than is taken", 24, 0x7FFFFFFF, "WORKBOOK_TOO_LARGE"},
                        {"an impossible ratio", 24, 0x10000000, "COMPRESSION_SUSPICIOUS"},
                        {"another checksum", 16, 0x12345678, "WORKBOOK_DAMAGED"},
                        {"encrypted", 8, 0x00080001, "WORKBOOK_ENCRYPTED"},
                        {"another place", 42, 0x7FFFFFFF, "WORKBOOK_DAMAGED"}};
  for (const Case& c : cases) {
    std::string lying = sound;
    Put32(lying, EntryOf(lying, sheet) + c.field, c.value);
    const auto told = Read(lying);
    ASSERT_FALSE(told.empty()) << c.name;
    EXPECT_THAT(told.back(), StartsWith(c.reason)) << c.name;
  }
  std::string crowded = sound;
  crowded[crowded.size() - 22 + 10] = '\xFF';
  crowded[crowded.size() - 22 + 11] = '\xEF';
  EXPECT_THAT(Read(crowded), ElementsAre("TOO_MANY_PARTS at "));
}

TEST_F(HostileTest, TwoPartsOfOneName) {
  Parts parts = Workbook("");
  parts["XL/Worksheets/Sheet2.xml"] = parts["xl/worksheets/sheet2.xml"];
  EXPECT_THAT(Read(Zip(parts)), ElementsAre("WORKBOOK_DAMAGED at "));
}

TEST_F(HostileTest, ManyParts) {
  Parts parts = Workbook("");
  for (int i = 0; i < 10'001; ++i) parts[absl::StrCat("x", i)] = "";
  EXPECT_THAT(Read(Zip(parts)), ElementsAre("TOO_MANY_PARTS at "));
}

TEST_F(HostileTest, EveryCutAndManyBrokenBytesAreReadOrRefused) {
  const std::string sound = Zip(Workbook("<row><c t=\"s\"><v>0</v></c><c><v>1</v></c></row>"));
  for (size_t size = 4; size < sound.size(); size += 7) {
    const auto told = Read(sound.substr(0, size));
    EXPECT_THAT(told, ElementsAre("WORKBOOK_DAMAGED at ")) << size;
  }
  unsigned seed = 1;
  for (int i = 0; i < 2000; ++i) {
    std::string broken = sound;
    for (int j = 0; j < 3; ++j) {
      broken[4 + static_cast<size_t>(rand_r(&seed)) % (broken.size() - 4)] =
          static_cast<char>(rand_r(&seed));
    }
    Read(broken);
  }
}

TEST(SharedStringsTest, AreBoundedTogether) {
  Parts parts = Workbook("");
  std::string strings = absl::StrCat(R"(<sst xmlns=")", kMain, R"(">)");
  const std::string text(100'000, 'x');
  const std::string one = absl::StrCat("<si><t>", text, "</t></si>");
  for (size_t bytes = 0; bytes <= kStringsBytesMax; bytes += text.size()) strings += one;
  parts["xl/sharedStrings.xml"] = strings + "</sst>";
  EXPECT_THAT(Read(Zip(parts, ZIP_CM_STORE)), ElementsAre("STRINGS_TOO_LARGE at "));
}

}  // namespace
}  // namespace thidua::sheets
