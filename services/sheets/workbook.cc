#include "services/sheets/workbook.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"
#include "services/domain/folded_text.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/sheets/xml_stream.h"

namespace thidua::sheets {
namespace {

using domain::Fault;

constexpr size_t kSheetsMax = 1000;
constexpr size_t kRelationshipsMax = 10'000;
constexpr size_t kFormatsMax = 65'536;
constexpr size_t kStringsMax = size_t{8} << 20;
constexpr size_t kNameBytesMax = 1024;

absl::Status ReadPart(const Container& container, absl::string_view name, XmlHandler& handler) {
  ASSIGN_OR_RETURN(std::unique_ptr<Part> part, container.OpenPart(name));
  return XmlStream(std::move(part), handler).Run().status();
}

// For parts that say everything in attributes.
class AttributeHandler : public XmlHandler {
 public:
  absl::StatusOr<bool> End(absl::string_view) override { return false; }
  absl::Status Text(absl::string_view) override { return absl::OkStatus(); }
};

std::string TextOf(const XmlAttributes& attributes, absl::string_view name) {
  return std::string(attributes.Find(name).value_or(""));
}

// "xl/worksheets/sheet1.xml" for "worksheets/sheet1.xml" or "/xl/worksheets/sheet1.xml" of a part
// in "xl".
std::string Resolve(absl::string_view folder, absl::string_view target) {
  std::vector<absl::string_view> steps;
  const std::string whole =
      absl::StartsWith(target, "/") ? std::string(target) : absl::StrCat(folder, "/", target);
  for (const absl::string_view step : absl::StrSplit(whole, '/', absl::SkipEmpty())) {
    if (step == "..") {
      if (!steps.empty()) steps.pop_back();
    } else if (step != ".") {
      steps.push_back(step);
    }
  }
  return absl::StrJoin(steps, "/");
}

struct Relationship {
  std::string type;  // The last word: "worksheet", "styles".
  std::string part;
};

class RelationshipHandler : public AttributeHandler {
 public:
  explicit RelationshipHandler(absl::string_view folder) : folder_(folder) {}

  absl::Status Begin(absl::string_view element, const XmlAttributes& attributes) override {
    if (element != "Relationship" || TextOf(attributes, "TargetMode") == "External") {
      return absl::OkStatus();
    }
    if (by_id.size() >= kRelationshipsMax) return Damaged("quá nhiều liên kết");
    const std::string type = TextOf(attributes, "Type");
    const std::string target = TextOf(attributes, "Target");
    if (target.size() > kNameBytesMax) return Damaged("liên kết quá dài");
    by_id[TextOf(attributes, "Id")] = {type.substr(type.rfind('/') + 1), Resolve(folder_, target)};
    return absl::OkStatus();
  }

  // The part of the first relationship of that type; "" when there is none.
  std::string PartOf(absl::string_view type) const {
    for (const auto& [id, relationship] : by_id) {
      if (relationship.type == type) return relationship.part;
    }
    return "";
  }

  std::map<std::string, Relationship> by_id;

 private:
  const std::string folder_;
};

class SheetsHandler : public AttributeHandler {
 public:
  SheetsHandler(const RelationshipHandler& relationships, Workbook& workbook)
      : relationships_(relationships), workbook_(workbook) {}

  absl::Status Begin(absl::string_view element, const XmlAttributes& attributes) override {
    if (element == "workbookPr") {
      const std::string since_1904 = TextOf(attributes, "date1904");
      workbook_.since_1904 = since_1904 == "1" || since_1904 == "true";
    }
    if (element != "sheet") return absl::OkStatus();
    Workbook::Sheet sheet;
    sheet.name = TextOf(attributes, "name");
    if (workbook_.sheets.size() >= kSheetsMax || sheet.name.size() > kNameBytesMax) {
      return Damaged("danh sách trang tính");
    }
    const std::string state = TextOf(attributes, "state");
    sheet.hidden = state == "hidden" || state == "veryHidden";
    const auto found = relationships_.by_id.find(TextOf(attributes, "r:id"));
    if (found == relationships_.by_id.end()) return Damaged("trang tính không có nội dung");
    if (found->second.type == "worksheet") sheet.part = found->second.part;
    workbook_.sheets.push_back(std::move(sheet));
    return absl::OkStatus();
  }

 private:
  const RelationshipHandler& relationships_;
  Workbook& workbook_;
};

class StylesHandler : public XmlHandler {
 public:
  explicit StylesHandler(std::vector<NumberFormat>& formats) : formats_(formats) {}

  absl::Status Begin(absl::string_view element, const XmlAttributes& attributes) override {
    int id = 0;
    if (element == "cellXfs") in_cell_formats_ = true;
    if (element != "numFmt" && (element != "xf" || !in_cell_formats_)) return absl::OkStatus();
    if (formats_.size() >= kFormatsMax || own_.size() >= kFormatsMax) {
      return Damaged("quá nhiều định dạng");
    }
    const std::string number = TextOf(attributes, "numFmtId");
    if (!number.empty() && !absl::SimpleAtoi(number, &id)) return Damaged("số hiệu định dạng");
    if (element == "numFmt") {
      own_[id] = ReadNumberFormat(TextOf(attributes, "formatCode"));
    } else {
      const auto own = own_.find(id);  // The formats' codes come before the cells' styles.
      formats_.push_back(own == own_.end() ? BuiltInNumberFormat(id) : own->second);
    }
    return absl::OkStatus();
  }
  absl::StatusOr<bool> End(absl::string_view element) override {
    if (element == "cellXfs") in_cell_formats_ = false;
    return false;
  }
  absl::Status Text(absl::string_view) override { return absl::OkStatus(); }

 private:
  std::vector<NumberFormat>& formats_;
  absl::flat_hash_map<int, NumberFormat> own_;
  bool in_cell_formats_ = false;
};

class StringsHandler : public XmlHandler {
 public:
  explicit StringsHandler(SharedStrings& strings) : strings_(strings) {}

  absl::Status Begin(absl::string_view element, const XmlAttributes&) override {
    if (element == "si") text_.clear();
    if (element == "rPh") in_phonetic_ = true;
    if (element == "t") in_text_ = !in_phonetic_;
    return absl::OkStatus();
  }
  absl::StatusOr<bool> End(absl::string_view element) override {
    if (element == "t") in_text_ = false;
    if (element == "rPh") in_phonetic_ = false;
    if (element == "si") RETURN_IF_ERROR(strings_.Add(Unescaped(text_)));
    return false;
  }
  absl::Status Text(absl::string_view text) override {
    if (!in_text_) return absl::OkStatus();
    absl::StrAppend(&text_, text);
    if (text_.size() <= kCellBytesMax) return absl::OkStatus();
    return Fault{"", "CELL_TOO_LONG", absl::StrCat("Có ô dài quá ", kCellBytesMax, " byte.")}
        .ToStatus();
  }

 private:
  SharedStrings& strings_;
  std::string text_;
  bool in_text_ = false;
  bool in_phonetic_ = false;
};

// "xl" and "workbook.xml" of "xl/workbook.xml".
std::pair<absl::string_view, absl::string_view> FolderAndName(absl::string_view part) {
  const size_t slash = part.rfind('/');
  if (slash == absl::string_view::npos) return {"", part};
  return {part.substr(0, slash), part.substr(slash + 1)};
}

// A ZIP that is something else than an XLSX workbook.
absl::Status CheckKind(const Container& container) {
  constexpr absl::string_view kSaveAs =
      "; hãy mở và lưu lại dạng “Excel Workbook (.xlsx)” hoặc “CSV UTF-8”.";
  if (container.Has("mimetype")) {
    ASSIGN_OR_RETURN(const std::unique_ptr<Part> part, container.OpenPart("mimetype"));
    std::array<char, 256> bytes;
    ASSIGN_OR_RETURN(const size_t read, part->Read(bytes.data(), bytes.size()));
    if (absl::StartsWith(absl::string_view(bytes.data(), read),
                         "application/vnd.oasis.opendocument")) {
      return Fault{"", "FORMAT_ODS",
                   absl::StrCat("Tệp thuộc định dạng OpenDocument (.ods)", kSaveAs)}
          .ToStatus();
    }
  }
  if (container.Has("xl/workbook.bin")) {
    return Fault{"", "FORMAT_XLSB", absl::StrCat("Tệp thuộc định dạng nhị phân .xlsb", kSaveAs)}
        .ToStatus();
  }
  if (!container.Has("[Content_Types].xml") || container.Has("word/document.xml") ||
      container.Has("ppt/presentation.xml")) {
    return Fault{"", "FORMAT_UNKNOWN", "Tệp không phải bảng tính; hãy gửi tệp .xlsx hoặc .csv."}
        .ToStatus();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SharedStrings::Add(absl::string_view text) {
  if (text_.size() + text.size() > kStringsBytesMax || ends_.size() >= kStringsMax) {
    return Fault{"", "STRINGS_TOO_LARGE",
                 "Tệp Excel có quá nhiều chữ; hãy chia thành nhiều tệp hoặc gửi dạng CSV UTF-8."}
        .ToStatus();
  }
  absl::StrAppend(&text_, text);
  ends_.push_back(static_cast<uint32_t>(text_.size()));
  return absl::OkStatus();
}

absl::optional<absl::string_view> SharedStrings::Find(size_t number) const {
  if (number >= ends_.size()) return absl::nullopt;
  const size_t begin = number == 0 ? 0 : ends_[number - 1];
  return absl::string_view(text_).substr(begin, ends_[number] - begin);
}

absl::StatusOr<const Workbook::Sheet*> Workbook::FindSheet(absl::string_view name) const {
  const std::string folded = domain::FoldedWords(name);
  std::vector<std::string> names;
  for (const Sheet& sheet : sheets) {
    if (sheet.part.empty()) continue;
    if (name.empty() ? !sheet.hidden : sheet.name == name) return &sheet;
    names.push_back(absl::StrCat("“", domain::Excerpt(sheet.name), "”"));
  }
  for (const Sheet& sheet : sheets) {
    if (!folded.empty() && !sheet.part.empty() && domain::FoldedWords(sheet.name) == folded) {
      return &sheet;
    }
  }
  constexpr size_t kToldMax = 20;
  if (names.size() > kToldMax) names.resize(kToldMax);
  return Fault{"", "SHEET_UNKNOWN",
               name.empty() ? "Tệp Excel không có trang tính nào đang hiện."
                            : absl::StrCat("Tệp Excel không có trang tính “", domain::Excerpt(name),
                                           "”; có: ", absl::StrJoin(names, ", "), ".")}
      .ToStatus();
}

absl::StatusOr<Workbook> ReadWorkbook(const Container& container) {
  RETURN_IF_ERROR(CheckKind(container));
  RelationshipHandler of_package("");
  RETURN_IF_ERROR(ReadPart(container, "_rels/.rels", of_package));
  const std::string part = of_package.PartOf("officeDocument");
  const auto [folder, name] = FolderAndName(part);
  RelationshipHandler of_workbook(folder);
  RETURN_IF_ERROR(
      ReadPart(container, Resolve(folder, absl::StrCat("_rels/", name, ".rels")), of_workbook));
  Workbook workbook;
  SheetsHandler sheets(of_workbook, workbook);
  RETURN_IF_ERROR(ReadPart(container, part, sheets));
  if (const std::string styles = of_workbook.PartOf("styles"); !styles.empty()) {
    StylesHandler handler(workbook.formats);
    RETURN_IF_ERROR(ReadPart(container, styles, handler));
  }
  if (const std::string strings = of_workbook.PartOf("sharedStrings"); !strings.empty()) {
    ASSIGN_OR_RETURN(std::unique_ptr<Part> opened, container.OpenPart(strings));
    // Room for all at once: a string that grows holds itself twice for a while.
    workbook.strings.Reserve(std::min(static_cast<size_t>(opened->size()), kStringsBytesMax));
    StringsHandler handler(workbook.strings);
    RETURN_IF_ERROR(XmlStream(std::move(opened), handler).Run().status());
  }
  return workbook;
}

std::string Unescaped(absl::string_view text) {
  constexpr size_t kSize = 7;  // "_x000D_"
  std::string plain;
  for (size_t at = 0; at < text.size();) {
    const absl::string_view escape = text.substr(at, kSize);
    int code = 0;
    const bool whole =
        escape.size() == kSize && absl::StartsWith(escape, "_x") && escape[6] == '_' &&
        std::all_of(escape.begin() + 2, escape.begin() + 6,
                    [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); });
    if (!whole || !absl::SimpleHexAtoi(escape.substr(2, 4), &code) || code == 0 ||
        (code >= 0xD800 && code <= 0xDFFF)) {
      plain += text[at++];
      continue;
    }
    std::array<utf8proc_uint8_t, 4> encoded;
    const utf8proc_ssize_t bytes = utf8proc_encode_char(code, encoded.data());
    plain.append(reinterpret_cast<const char*>(encoded.data()), static_cast<size_t>(bytes));
    at += kSize;
  }
  return plain;
}

}  // namespace thidua::sheets
