#include "services/cli/scheme_text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "services/domain/identifier.h"
#include "services/domain/nearest_name.h"

namespace thidua::cli {
namespace {

using domain::Excerpt;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// How deep messages may stand in one another, as in JSON and on the wire: deeper than any sound
// scheme, and less deep than the parser's own stack.
constexpr int kDepthMax = 100;
constexpr size_t kMaxFaults = 20;
constexpr absl::string_view kNoSuchChoice = "Unknown enumeration value";

// What the parser says, with its own columns: bytes, and tabs reach to the next multiple of 8.
struct Complaint {
  int line = 0;
  int column = 0;
  std::string message;
};

class Complaints : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    // The rest follow from the first.
    if (!std::exchange(broken_, true)) all_.push_back({line, column, message});
  }
  // Of a name that nobody knows; the parser goes on after it.
  void AddWarning(int line, int column, const std::string& message) override {
    if (!broken_) all_.push_back({line, column, message});
  }
  const std::vector<Complaint>& all() const { return all_; }

 private:
  bool broken_ = false;
  std::vector<Complaint> all_;
};

// ---- The messages of schemes ----

void AddMessages(const Descriptor* message, std::set<const Descriptor*>& messages) {
  if (!messages.insert(message).second) return;
  for (int i = 0; i < message->field_count(); ++i) {
    const Descriptor* below = message->field(i)->message_type();
    if (below != nullptr) AddMessages(below, messages);
  }
}

// Every field that a scheme has anywhere.
std::vector<const FieldDescriptor*> AllFields() {
  std::set<const Descriptor*> messages;
  AddMessages(registry::v1::Scheme::descriptor(), messages);
  std::vector<const FieldDescriptor*> fields;
  for (const Descriptor* message : messages) {
    for (int i = 0; i < message->field_count(); ++i) fields.push_back(message->field(i));
  }
  return fields;
}

std::string OrNearest(absl::string_view written, const std::vector<std::string>& names) {
  const std::string nearest = domain::NearestName(written, names);
  return nearest.empty() ? "" : absl::StrCat("; gần nhất là “", nearest, "”");
}

// ---- Sentences ----

// The text between the first quotes, or the second ones.
std::string Quoted(absl::string_view message, int number) {
  const std::vector<absl::string_view> parts = absl::StrSplit(message, '"');
  const auto at = static_cast<size_t>(2 * number + 1);
  return at < parts.size() ? std::string(parts[at]) : "";
}

std::string NoSuchField(const std::string& type, const std::string& name) {
  std::vector<std::string> here;
  bool elsewhere = false;
  for (const FieldDescriptor* field : AllFields()) {
    if (field->containing_type()->full_name() == type) here.push_back(std::string(field->name()));
    elsewhere = elsewhere || field->name() == name;
  }
  const std::string nearest = OrNearest(name, here);
  if (elsewhere) return absl::StrCat("mục “", name, "” không đặt được ở đây", nearest);
  return absl::StrCat("không có mục “", Excerpt(name), "”", nearest);
}

std::string NoSuchChoice(const std::string& field_name, const std::string& value) {
  std::vector<std::string> choices;
  for (const FieldDescriptor* field : AllFields()) {
    if (field->name() != field_name || field->enum_type() == nullptr) continue;
    for (int i = 1; i < field->enum_type()->value_count(); ++i) {  // 0 says nothing.
      const std::string choice(field->enum_type()->value(i)->name());
      if (std::find(choices.begin(), choices.end(), choice) == choices.end()) {
        choices.push_back(choice);
      }
    }
  }
  return absl::StrCat("mục “", field_name, "” không có lựa chọn “", Excerpt(value),
                      "”; chọn một trong: ", absl::StrJoin(choices, ", "));
}

// What stands outside of quotes and is no sign of the language, the letter itself.
std::string Misplaced(absl::string_view letter) {
  if (letter == "“" || letter == "”" || letter == "‘" || letter == "’" || letter == "„" ||
      letter == "″") {
    return absl::StrCat("thay dấu ", letter, " hãy viết dấu ngoặc kép thẳng \"");
  }
  if (letter == "\u00A0" || letter == "\u200B" || letter == "\uFEFF") {
    return "có dấu cách lạ (dấu cách không ngắt): xóa đi và gõ lại dấu cách thường";
  }
  return absl::StrCat("“", letter, "” đứng ngoài ngoặc kép: chữ tiếng Việt phải nằm trong \"…\"");
}

std::string NotAName(absl::string_view got) {
  if (got.empty()) return "tệp hết khi còn thiếu dấu đóng ngoặc }";
  if (got == "}") return "thừa dấu đóng ngoặc }";
  if (got.front() == '"' || got.front() == '\'') {
    return absl::StrCat("chỗ này viết một tên, không có ngoặc kép: ",
                        Excerpt(got.substr(1, got.size() - std::min<size_t>(2, got.size()))));
  }
  return absl::StrCat("chỗ này phải là tên một mục, không phải “", Excerpt(got), "”");
}

std::string NotTheSign(absl::string_view wanted, absl::string_view found) {
  const std::string instead =
      found.empty() ? "tệp đã hết" : absl::StrCat("lại gặp “", Excerpt(found), "”");
  if (wanted == ":") return absl::StrCat("sau tên mục thiếu dấu hai chấm, ", instead);
  if (wanted == "{") return absl::StrCat("mục này gồm nhiều mục con trong ngoặc { }, ", instead);
  if (wanted == ",") {
    return absl::StrCat("trong danh sách [ ] thiếu dấu phẩy hoặc dấu đóng ngoặc ], ", instead);
  }
  return absl::StrCat("thiếu dấu ", wanted, ", ", instead);
}

// `letter`: what stands where the parser stopped.
std::string SentenceOf(absl::string_view message, absl::string_view letter) {
  const auto got = [&] {
    const size_t at = message.find("got: ");
    return at == absl::string_view::npos ? absl::string_view() : message.substr(at + 5);
  };
  if (absl::StartsWith(message, "Message type ")) {
    return NoSuchField(Quoted(message, 0), Quoted(message, 1));
  }
  if (absl::StartsWith(message, kNoSuchChoice)) {
    return NoSuchChoice(Quoted(message, 1), Quoted(message, 0));
  }
  if (absl::StartsWith(message, "Non-repeated field")) {
    return absl::StrCat("mục “", Quoted(message, 0), "” ghi hai lần");
  }
  if (absl::StrContains(message, "another member of oneof")) {
    return absl::StrCat("“", Quoted(message, 0), "” không đi cùng “", Quoted(message, 1),
                        "”: chỉ chọn một");
  }
  if (absl::StartsWith(message, "Invalid value for boolean")) {
    return absl::StrCat("mục “", Quoted(message, 0), "” chỉ nhận true (có) hoặc false (không)");
  }
  if (absl::StartsWith(message, "Expected string")) {
    return absl::StrCat("giá trị của mục này viết trong ngoặc kép: \"", Excerpt(got()), "\"");
  }
  if (absl::StartsWith(message, "Expected identifier")) return NotAName(got());
  if (absl::StartsWith(message, "Expected integer or identifier")) {
    return absl::StrCat("chỗ này viết một lựa chọn, không có ngoặc kép, không phải “",
                        Excerpt(got()), "”");
  }
  if (absl::StartsWith(message, "Expected integer")) {
    return absl::StrCat("chỗ này viết một số nguyên, không có ngoặc kép, không phải “",
                        Excerpt(got()), "”");
  }
  if (absl::StartsWith(message, "Integer out of range")) return "số nguyên lớn quá";
  if (absl::StartsWith(message, "Expected \"")) {
    return NotTheSign(Quoted(message, 0), Quoted(message, 1));
  }
  if (absl::StartsWith(message, "Message is too deep")) {
    return absl::StrCat("các mục lồng vào nhau quá ", kDepthMax, " tầng");
  }
  if (absl::StartsWith(message, "Interpreting non ascii")) return Misplaced(letter);
  if (absl::StartsWith(message, "Unexpected end of string") ||
      absl::StartsWith(message, "String literals cannot cross")) {
    return "thiếu dấu ngoặc kép đóng: chữ trong ngoặc kép không được xuống dòng";
  }
  if (absl::StartsWith(message, "Invalid escape sequence")) {
    return "trong ngoặc kép, sau dấu \\ chỉ viết được \\\" (dấu ngoặc kép) hoặc \\\\";
  }
  if (absl::StartsWith(message, "Need space between number")) {
    return "số dính liền với chữ: giá trị của mục viết trong ngoặc kép";
  }
  return absl::StrCat("không đúng cú pháp (", message, ")");
}

// ---- Places ----

// The byte of the text at the parser's line and column.
size_t ByteAt(absl::string_view text, const Complaint& complaint) {
  size_t byte = 0;
  for (int line = 0; line < complaint.line && byte < text.size(); ++byte) {
    if (text[byte] == '\n') ++line;
  }
  for (int at = 0; byte < text.size() && text[byte] != '\n' && at < complaint.column; ++byte) {
    at += text[byte] == '\t' ? 8 - at % 8 : 1;
  }
  return byte;
}

// What the complaint is about: of a name or a choice the parser stands at what follows it.
size_t PlaceOf(absl::string_view text, const Complaint& complaint) {
  const size_t byte = ByteAt(text, complaint);
  const absl::string_view before = absl::StripTrailingAsciiWhitespace(text.substr(0, byte));
  for (const int quoted : {0, 1}) {
    const std::string name = Quoted(complaint.message, quoted);
    if (!name.empty() && absl::EndsWith(before, name)) return before.size() - name.size();
  }
  return byte;
}

bool BeginsLetter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

absl::string_view LetterAt(absl::string_view text, size_t byte) {
  size_t size = byte < text.size() ? 1 : 0;
  while (byte + size < text.size() && !BeginsLetter(text[byte + size])) ++size;
  return text.substr(byte, size);
}

std::string Told(absl::string_view text, size_t place, const Complaint& complaint) {
  const absl::string_view before = text.substr(0, place);
  const size_t end = before.rfind('\n');
  const absl::string_view line = end == absl::string_view::npos ? before : before.substr(end + 1);
  return absl::StrCat("dòng ", 1 + std::count(before.begin(), before.end(), '\n'), ", cột ",
                      1 + std::count_if(line.begin(), line.end(), BeginsLetter), ": ",
                      SentenceOf(complaint.message, LetterAt(text, place)));
}

// ---- Reading ----

std::vector<Complaint> Parse(const std::string& text, registry::v1::Scheme& scheme) {
  google::protobuf::TextFormat::Parser parser;
  Complaints complaints;
  parser.RecordErrorsTo(&complaints);
  parser.SetRecursionLimit(kDepthMax);
  // So that one file shows all of its unknown names at once; each is a fault all the same.
  parser.AllowUnknownField(true);
  if (parser.ParseFromString(text, &scheme) || !complaints.all().empty()) return complaints.all();
  return {{0, 0, "?"}};
}

// At an unknown choice the parser stops. Puts 0, which every choice has, in its place, so that it
// may go on: whether it was one.
bool PassOverChoice(const Complaint& complaint, std::string& text) {
  if (!absl::StartsWith(complaint.message, kNoSuchChoice)) return false;
  const std::string choice = Quoted(complaint.message, 0);
  const size_t place = PlaceOf(text, complaint);
  if (choice.empty() || text.compare(place, choice.size(), choice) != 0) return false;
  text.replace(place, choice.size(), absl::StrCat("0", std::string(choice.size() - 1, ' ')));
  return true;
}

}  // namespace

std::vector<std::string> ReadSchemeText(const std::string& text, registry::v1::Scheme& scheme) {
  std::string rest = text;
  std::vector<Complaint> all, choices;
  while (true) {
    all = Parse(rest, scheme);
    if (all.empty() || choices.size() == kMaxFaults || !PassOverChoice(all.back(), rest)) break;
    choices.push_back(all.back());
  }
  all.insert(all.end(), choices.begin(), choices.end());
  std::vector<std::pair<size_t, std::string>> told;
  for (const Complaint& complaint : all) {
    const size_t place = PlaceOf(text, complaint);
    told.emplace_back(place, Told(text, place, complaint));
  }
  std::stable_sort(told.begin(), told.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> faults;
  for (auto& [place, fault] : told) {
    if (faults.size() < kMaxFaults) faults.push_back(std::move(fault));
  }
  return faults;
}

}  // namespace thidua::cli
