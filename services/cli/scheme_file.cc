#include "services/cli/scheme_file.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "services/cli/file_text.h"
#include "services/cli/scheme_text.h"
#include "services/cli/thousands.h"
#include "services/domain/scheme.h"
#include "services/domain/worked_example.h"
#include "services/messages/scheme.h"
#include "services/platform/admission.h"
#include "services/platform/contracts.h"

namespace thidua::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;
using google::protobuf::util::MessageDifferencer;
using registry::v1::Criterion;
using registry::v1::Scheme;

std::string ShortText(const Message& message, const FieldDescriptor& field, int index) {
  std::string text;
  TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.SetSingleLineMode(true);
  if (field.is_repeated() == (index >= 0)) {
    printer.PrintFieldValueToString(message, &field, index, &text);
  }
  return text;
}

// A message whole, on one line.
std::string ShortText(const Message& message) {
  std::string text;
  TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.SetSingleLineMode(true);
  printer.PrintToString(message, &text);
  return std::string(absl::StripTrailingAsciiWhitespace(text));
}

// Lists of which each message is known by one of its fields, wherever it stands.
struct KeyedList {
  const FieldDescriptor* list;
  const FieldDescriptor* key;
};

std::vector<KeyedList> KeyedLists() {
  const auto keyed = [](const google::protobuf::Descriptor* owner, const char* list,
                        const char* key) {
    const FieldDescriptor* field = owner->FindFieldByName(list);
    return KeyedList{field, field->message_type()->FindFieldByName(key)};
  };
  namespace v1 = registry::v1;
  return {keyed(Scheme::descriptor(), "contents", "criterion_id"),
          keyed(Criterion::descriptor(), "children", "criterion_id"),
          keyed(v1::EventsRule::descriptor(), "events", "event_id"),
          keyed(v1::FormulaRule::descriptor(), "figures", "figure_id"),
          keyed(v1::Classes::descriptor(), "classes", "class_id"),
          keyed(Scheme::descriptor(), "awards", "award_id"),
          keyed(Scheme::descriptor(), "parameters", "parameter_id"),
          keyed(v1::Parameter::descriptor(), "of_units", "unit"),
          keyed(Scheme::descriptor(), "examples", "display_name"),
          keyed(v1::WorkedExample::descriptor(), "units", "unit_id")};
}

// What tells the message from the others of the list; empty: its place does.
std::string KeyIn(const FieldDescriptor& list, const Message& message) {
  static const std::vector<KeyedList>* const lists = new std::vector<KeyedList>(KeyedLists());
  for (const KeyedList& keyed : *lists) {
    if (keyed.list == &list) return message.GetReflection()->GetString(message, keyed.key);
  }
  return "";
}

// Which of these numbers, all different, are in a longest ascending row.
std::vector<bool> LongestAscending(const std::vector<int>& numbers) {
  // Of the longest row that ends with each: its length, and the one before it.
  std::vector<size_t> lengths(numbers.size(), 1), before(numbers.size());
  size_t last = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    before[i] = i;
    for (size_t k = 0; k < i; ++k) {
      if (numbers[k] < numbers[i] && lengths[k] + 1 > lengths[i]) {
        lengths[i] = lengths[k] + 1;
        before[i] = k;
      }
    }
    if (lengths[i] > lengths[last]) last = i;
  }
  std::vector<bool> is_in(numbers.size(), false);
  for (size_t i = last; i < numbers.size(); i = before[i]) {
    is_in[i] = true;
    if (before[i] == i) break;
  }
  return is_in;
}

// Writes what differs, each place told by the nearest criterion's id and the fields below it.
class Changes : public MessageDifferencer::Reporter {
 public:
  using Path = std::vector<MessageDifferencer::SpecificField>;

  Changes(const Scheme& before, const Scheme& after) : before_(before), after_(after) {}

  // What is reported are the innermost messages; places are told from the outermost.
  void ReportAdded(const Message&, const Message&, const Path& path) override {
    Report("thêm", after_, path, /*is_new=*/true);
  }
  void ReportDeleted(const Message&, const Message&, const Path& path) override {
    Report("bớt ", before_, path, /*is_new=*/false);
  }
  void ReportModified(const Message&, const Message&, const Path& path) override {
    // Of what is made up of other fields, those that changed are reported themselves.
    if (path.back().field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return;
    const Place was = Follow(before_, path, false), is = Follow(after_, path, true);
    lines_.push_back(absl::StrCat("sửa   ", was.name, " ", was.value, " → ", is.value));
  }
  // What stands in another place among those that are in both, in these lists and below them. As
  // few as may be: what was put in or taken out before it has moved nobody.
  void TellMoved(const Message& before, const Message& after, const char* list) {
    const FieldDescriptor& field = *before.GetDescriptor()->FindFieldByName(list);
    const google::protobuf::Reflection& reflection = *before.GetReflection();
    // A key that is there several times, which is a fault, stands for the first, the second …
    absl::flat_hash_map<std::string, std::deque<int>> places;
    for (int i = 0; i < reflection.FieldSize(before, &field); ++i) {
      places[KeyIn(field, reflection.GetRepeatedMessage(before, &field, i))].push_back(i);
    }
    std::vector<const Message*> in_both;  // As they stand now…
    std::vector<int> places_before;       // …and where each of them stood.
    for (int i = 0; i < reflection.FieldSize(after, &field); ++i) {
      const Message& message = reflection.GetRepeatedMessage(after, &field, i);
      const auto found = places.find(KeyIn(field, message));
      if (found == places.end() || found->second.empty()) continue;
      in_both.push_back(&message);
      places_before.push_back(found->second.front());
      found->second.pop_front();
    }
    const std::vector<bool> stays = LongestAscending(places_before);
    for (size_t i = 0; i < in_both.size(); ++i) {
      if (!stays[i]) {
        lines_.push_back(absl::StrCat(
            "dời   ", KeyIn(field, *in_both[i]), " “",
            platform::GetText(*in_both[i], "display_name"), "” ",
            i == 0 ? "lên đầu" : absl::StrCat("đến sau ", KeyIn(field, *in_both[i - 1]))));
      }
      if (in_both[i]->GetDescriptor() != Criterion::descriptor()) continue;
      TellMoved(reflection.GetRepeatedMessage(before, &field, places_before[i]), *in_both[i],
                "children");
    }
  }

  std::string text() const {
    return lines_.empty() ? "" : absl::StrCat(absl::StrJoin(lines_, "\n"), "\n");
  }

 private:
  struct Place {
    std::string name;
    std::string value;
  };

  void Report(const char* what, const Message& root, const Path& path, bool is_new) {
    const Place place = Follow(root, path, is_new);
    lines_.push_back(absl::StrCat(what, "  ", place.name,
                                  place.value.empty() ? "" : absl::StrCat(" ", place.value)));
  }

  static Place Follow(const Message& root, const Path& path, bool is_new) {
    const Message* message = &root;
    std::string criterion;
    std::vector<std::string> fields;
    Place place;
    for (const MessageDifferencer::SpecificField& step : path) {
      const FieldDescriptor& field = *step.field;
      const int index = field.is_repeated() ? (is_new ? step.new_index : step.index) : -1;
      const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      if (!is_message) {
        fields.push_back(std::string(field.name()));
        place.value = ShortText(*message, field, index);
        break;
      }
      message = field.is_repeated()
                    ? &message->GetReflection()->GetRepeatedMessage(*message, &field, index)
                    : &message->GetReflection()->GetMessage(*message, &field);
      if (message->GetDescriptor() == Criterion::descriptor()) {
        criterion = platform::GetText(*message, "criterion_id");
        fields.clear();
        place.value = absl::StrCat("“", platform::GetText(*message, "display_name"), "”");
      } else {
        const std::string key = field.is_repeated() ? KeyIn(field, *message) : "";
        fields.push_back(!key.empty()          ? absl::StrCat(field.name(), "[", key, "]")
                         : field.is_repeated() ? absl::StrCat(field.name(), "[", index, "]")
                                               : std::string(field.name()));
        place.value = absl::StrCat("{ ", ShortText(*message), " }");
      }
    }
    place.name = criterion;
    if (!fields.empty()) {
      absl::StrAppend(&place.name, criterion.empty() ? "" : ": ", absl::StrJoin(fields, "."));
    }
    return place;
  }

  const Scheme& before_;
  const Scheme& after_;
  std::vector<std::string> lines_;
};

}  // namespace

absl::StatusOr<SchemeForm> FormOf(const std::filesystem::path& file) {
  if (file.extension() == ".json") return SchemeForm::kJson;
  if (file.extension() == ".textproto" || file.extension() == ".txtpb") return SchemeForm::kText;
  return absl::InvalidArgumentError(
      absl::StrCat(file.string(), ": tệp thang điểm phải là .json, .textproto hoặc .txtpb"));
}

absl::StatusOr<Scheme> ReadSchemeFile(const std::filesystem::path& file) {
  if (const auto form = FormOf(file); !form.ok()) return form.status();
  std::ifstream stream(file);
  if (!stream) return absl::NotFoundError(absl::StrCat("không đọc được tệp ", file.string()));
  std::stringstream bytes;
  bytes << stream.rdbuf();
  return ReadSchemeBytes(file, bytes.str());
}

namespace {

// As a service would let it in: what is UTF-8 in the file may be none behind its escapes ("\377").
absl::StatusOr<Scheme> Admitted(const std::filesystem::path& file, Scheme scheme) {
  const absl::Status admitted = platform::AdmitMessage(scheme);
  if (admitted.ok()) return scheme;
  const std::vector<domain::Fault> faults = domain::FaultsOf(admitted);
  const auto told = [&](std::string* out, const domain::Fault& fault) {
    absl::StrAppend(out, file.string(), ": ", fault.path, ": ", fault.message);
  };
  return absl::InvalidArgumentError(absl::StrJoin(faults, "\n", told));
}

}  // namespace

absl::StatusOr<Scheme> ReadSchemeBytes(const std::filesystem::path& file, absl::string_view bytes) {
  const absl::StatusOr<SchemeForm> form = FormOf(file);
  if (!form.ok()) return form.status();
  const absl::StatusOr<std::string> text = FileText(bytes);
  if (!text.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(file.string(), ": ", text.status().message()));
  }
  Scheme scheme;
  if (*form == SchemeForm::kJson) {
    const absl::Status read = platform::ReadJson(*text, scheme);
    if (!read.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(file.string(), ": ", read.message()));
    }
    return Admitted(file, std::move(scheme));
  }
  const std::vector<std::string> faults = ReadSchemeText(*text, scheme);
  if (faults.empty()) return Admitted(file, std::move(scheme));
  const auto told = [&](std::string* out, const std::string& fault) {
    absl::StrAppend(out, file.string(), ": ", fault, ".");
  };
  return absl::InvalidArgumentError(absl::StrJoin(faults, "\n", told));
}

std::string PrintScheme(const Scheme& scheme, SchemeForm form) {
  Scheme content = scheme;
  content.clear_name();
  content.clear_digest();
  if (form == SchemeForm::kJson) return platform::PrintJson(content);
  std::string text;
  TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.PrintToString(content, &text);
  // Who reads a file that was exported years ago wants to know what it was.
  if (scheme.name().empty()) return text;
  return absl::StrCat("# ", scheme.name(), "  sha256 ", scheme.digest(), "\n", text);
}

std::vector<domain::Fault> CheckScheme(const Scheme& scheme) {
  std::vector<domain::Fault> faults = AmbiguousNumbers(scheme);
  // It gets its id when it is published.
  for (domain::Fault& fault : messages::FaultsOfScheme(scheme, "thang-diem")) {
    faults.push_back(std::move(fault));
  }
  return faults;
}

std::string CriterionNameAt(const Scheme& scheme, absl::string_view path) {
  const google::protobuf::RepeatedPtrField<Criterion>* among = &scheme.contents();
  absl::string_view list = "contents[";
  std::string name;
  while (absl::ConsumePrefix(&path, list)) {
    int index = 0;
    const size_t end = path.find(']');
    if (!absl::SimpleAtoi(path.substr(0, end), &index) || index < 0 || index >= among->size()) {
      break;
    }
    const Criterion& criterion = among->Get(index);
    name = criterion.display_name();
    path.remove_prefix(std::min(path.size(), end + 1));
    absl::ConsumePrefix(&path, ".");
    among = &criterion.children();
    list = "children[";
  }
  return name;
}

ExamplesHeld CountExamples(const Scheme& scheme, const std::vector<domain::Fault>& faults) {
  ExamplesHeld held;
  held.all = scheme.examples_size();
  int tried = held.all;
  absl::flat_hash_set<int> failed;
  for (const domain::Fault& fault : faults) {
    // "examples[3].units[0]…"; of a scheme with any other fault no example was tried.
    absl::string_view path = fault.path;
    int example = 0;
    if (!absl::ConsumePrefix(&path, "examples[") ||
        !absl::SimpleAtoi(path.substr(0, path.find(']')), &example)) {
      return held;
    }
    failed.insert(example);
    // Where trying them would cost too much, those from there on were not; nor were those after so
    // many faults that no more is said.
    if (fault.reason == "TOO_MANY" && path.size() == path.find(']') + 1)
      tried = std::min(tried, example);
    if (faults.size() >= domain::kMaxExampleFaults) tried = std::min(tried, example + 1);
  }
  held.tried = tried;
  held.held = tried - static_cast<int>(std::count_if(failed.begin(), failed.end(),
                                                     [&](int one) { return one < tried; }));
  return held;
}

std::string ExamplesSentence(const ExamplesHeld& examples) {
  if (examples.all == 0) return "Chưa có ví dụ nào để kiểm chứng.";
  const std::string held = absl::StrCat("Ví dụ tính đúng: ", examples.held, "/", examples.tried);
  if (examples.tried == examples.all) return held + ".";
  return absl::StrCat(held, " ví dụ đã tính thử; chưa tính thử ", examples.all - examples.tried,
                      " ví dụ.");
}

std::string DiffSchemes(const Scheme& before, const Scheme& after) {
  MessageDifferencer differencer;
  Changes changes(before, after);
  differencer.ReportDifferencesTo(&changes);
  const auto* scheme = Scheme::descriptor();
  differencer.IgnoreField(scheme->FindFieldByName("name"));
  differencer.IgnoreField(scheme->FindFieldByName("digest"));
  for (const KeyedList& keyed : KeyedLists()) differencer.TreatAsMap(keyed.list, keyed.key);
  differencer.Compare(before, after);
  changes.TellMoved(before, after, "contents");
  // Which comes first matters there too.
  changes.TellMoved(before.classes(), after.classes(), "classes");
  changes.TellMoved(before, after, "awards");
  return changes.text();
}

}  // namespace thidua::cli
