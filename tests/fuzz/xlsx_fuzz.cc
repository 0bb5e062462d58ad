// Any bytes as a workbook: the reader answers rows within its limits or refuses, never crashes; a
// cell's text is of its kind; and what is read once is read the same again, in whatever pieces.
//
// A ZIP of random bytes is refused before any XML of it is read. So what does not begin as a ZIP is
// the parts of a workbook, each behind the line that ends the one before:
//
//   <row r="1"><c r="A1" t="s"><v>0</v></c></row>      of the sheet, within its <sheetData>
//   <?part?>                                           then the shared strings, within <sst>; the
//   <si><t>Sở Y tế</t></si>                            styles, within <styleSheet>; the attributes
//   <?part?>                                           and elements of <workbook> before its sheets
#include <zlib.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/domain/date.h"
#include "services/domain/fault.h"
#include "services/domain/vietnamese_number.h"
#include "services/sheets/number_format.h"
#include "services/sheets/table.h"
#include "tests/fuzz/hold.h"
#include "tests/fuzz/table_rows.h"

namespace {

using namespace thidua::sheets;
using namespace thidua::tests;

constexpr char kNamespaces[] =
    R"( xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" )"
    R"(xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships")";

// What a ZIP has to have to be taken for a workbook; nothing of it is read.
constexpr char kContentTypes[] =
    R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>)";

// Of the target's own grammar.
Goal number_read("a number of a sheet");
Goal shared_text_read("a text of the shared strings");
Goal date_read("a date by its style");
Goal percent_read("a percentage by its style");

// A ZIP whose parts are stored as they are (APPNOTE 4.3).
class StoredZip {
 public:
  void Add(absl::string_view name, absl::string_view bytes) {
    const auto crc = static_cast<uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
    std::string common;
    Put(common, 20, 2);       // The version that is needed to read it.
    Put(common, 1 << 11, 2);  // The name is UTF-8.
    Put(common, 0, 2);        // Stored.
    Put(common, 0, 2);        // Its time, and its day: 1980-01-01.
    Put(common, 0x21, 2);
    Put(common, crc, 4);
    Put(common, bytes.size(), 4);
    Put(common, bytes.size(), 4);
    Put(common, name.size(), 2);
    Put(common, 0, 2);
    const size_t at = zip_.size();
    absl::StrAppend(&zip_, "PK\x03\x04", common, name, bytes);
    absl::StrAppend(&directory_, "PK\x01\x02");
    Put(directory_, 20, 2);
    directory_ += common;
    Put(directory_, 0, 2 + 2 + 2 + 4);
    Put(directory_, at, 4);
    absl::StrAppend(&directory_, name);
    ++parts_;
  }

  std::string Finish() {
    std::string end = "PK\x05\x06";
    Put(end, 0, 4);
    Put(end, parts_, 2);
    Put(end, parts_, 2);
    Put(end, directory_.size(), 4);
    Put(end, zip_.size(), 4);
    Put(end, 0, 2);
    return absl::StrCat(zip_, directory_, end);
  }

 private:
  static void Put(std::string& to, uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      to += static_cast<char>(number & 0xFF);
      number >>= 8;
    }
  }

  std::string zip_;
  std::string directory_;
  uint64_t parts_ = 0;
};

std::string Relationships(const std::vector<std::pair<const char*, const char*>>& targets) {
  std::string xml =
      R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)";
  int number = 0;
  for (const auto& [type, target] : targets) {
    absl::StrAppend(
        &xml, R"(<Relationship Id="r)", ++number,
        R"(" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/)", type,
        R"(" Target=")", target, R"("/>)");
  }
  return absl::StrCat(xml, "</Relationships>");
}

std::string WorkbookOf(absl::string_view input) {
  const std::vector<absl::string_view> parts = absl::StrSplit(input, "<?part?>");
  const auto part = [&parts](size_t i) { return i < parts.size() ? parts[i] : ""; };
  static const std::string* const root =
      new std::string(Relationships({{"officeDocument", "xl/workbook.xml"}}));
  static const std::string* const of_workbook =
      new std::string(Relationships({{"worksheet", "worksheets/sheet1.xml"},
                                     {"styles", "styles.xml"},
                                     {"sharedStrings", "sharedStrings.xml"}}));
  StoredZip zip;
  zip.Add("[Content_Types].xml", kContentTypes);
  zip.Add("_rels/.rels", *root);
  zip.Add(
      "xl/workbook.xml",
      absl::StrCat("<workbook", kNamespaces, part(3).empty() ? ">" : part(3),
                   R"(<sheets><sheet name="Kết quả" sheetId="1" r:id="r1"/></sheets></workbook>)"));
  zip.Add("xl/_rels/workbook.xml.rels", *of_workbook);
  zip.Add("xl/styles.xml", absl::StrCat("<styleSheet", kNamespaces, ">", part(2), "</styleSheet>"));
  zip.Add("xl/sharedStrings.xml", absl::StrCat("<sst", kNamespaces, ">", part(1), "</sst>"));
  zip.Add("xl/worksheets/sheet1.xml", absl::StrCat("<worksheet", kNamespaces, "><sheetData>",
                                                   part(0), "</sheetData></worksheet>"));
  return zip.Finish();
}

// "30/06/2019", "30/06/2019 14:05", "14:05".
bool IsDate(absl::string_view text) {
  absl::string_view time = text;
  if (absl::StartsWith(text, "29/02/1900")) return true;  // Of Excel's calendar alone.
  if (text.size() >= 10 && text[2] == '/') {
    if (text[5] != '/' ||
        !thidua::domain::ParseDate(
             absl::StrCat(text.substr(6, 4), "-", text.substr(3, 2), "-", text.substr(0, 2)))
             .ok()) {
      return false;
    }
    time = text.substr(10);
    if (time.empty()) return true;
    if (time[0] != ' ') return false;
    time.remove_prefix(1);
  }
  return time.size() == 5 && time[2] == ':' && time.substr(0, 2) < "24" && time.substr(3) < "60";
}

void ReachGoals(const Cell& cell) {
  if (cell.kind == CellKind::kNumber) number_read.Reach();
  if (cell.kind == CellKind::kDate) date_read.Reach();
  if (cell.kind == CellKind::kPercent) percent_read.Reach();
  if (cell.text == "Sở Y tế") shared_text_read.Reach();  // As kept inputs have it only there.
}

void CheckCell(const Cell& cell) {
  Hold(cell.text.empty() == cell.empty(), "what is empty has no text");
  switch (cell.kind) {
    case CellKind::kNumber:
      Hold(MachineDecimal(cell.text) == cell.text, "a number is in its machine form");
      break;
    case CellKind::kPercent:
      Hold(absl::EndsWith(cell.text, "%"), "a percentage says that it is one");
      break;
    case CellKind::kDate:
      Hold(IsDate(cell.text), "a day of the calendar, a time of the day");
      break;
    case CellKind::kBoolean:
      Hold(cell.text == "TRUE" || cell.text == "FALSE", "true or false");
      break;
    case CellKind::kEmpty:
    case CellKind::kText:
    case CellKind::kError:
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const InputTime time;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const bool is_zip = absl::StartsWith(bytes, "PK");
  const std::string workbook = is_zip ? std::string(bytes) : WorkbookOf(bytes);
  const TableRows told = ReadTable(workbook);
  CheckRows(told);
  for (const Row& row : told.rows) {
    for (const Cell& cell : row.cells) {
      CheckCell(cell);
      if (!is_zip) ReachGoals(cell);
    }
  }
  if (!told.status.ok() && !is_zip) {
    Hold(thidua::domain::FaultsOf(told.status)[0].reason != "FORMAT_UNKNOWN",
         "what we put together is a workbook");
  }
  // What others packed may be long.
  const size_t piece = is_zip ? kPieceBytes : kSmallPieceOfPart;
  CheckSame(told, ReadTable(workbook, {.sheet = "", .piece_bytes = piece}));
  return 0;
}
