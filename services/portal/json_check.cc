#include "services/portal/json_check.h"

#include <google/protobuf/descriptor.pb.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"

namespace thidua::portal {
namespace {

using domain::Fault;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::json;

constexpr char kTakesObject[] = "Trường này nhận một đối tượng JSON { }.";
constexpr char kTakesList[] = "Trường này nhận một danh sách JSON [ ].";
constexpr char kTakesText[] =
    "Trường này nhận văn bản trong dấu ngoặc kép, kể cả khi đó là một số.";
constexpr char kTakesBool[] = "Trường này nhận true hoặc false.";
constexpr char kTakesWhole[] = "Trường này nhận một số nguyên.";

// Hears a document from its first byte to its last, and stops at the first fault.
class Check : public json::json_sax_t {
 public:
  Check(const Descriptor& type, absl::string_view path) : type_(type), path_(path) {}

  const absl::Status& status() const { return status_; }

  bool null() override { return Begin(Kind::kNull); }
  bool boolean(bool) override { return Begin(Kind::kBool); }
  bool number_integer(int64_t) override { return Begin(Kind::kWhole); }
  bool number_unsigned(uint64_t) override { return Begin(Kind::kWhole); }
  bool number_float(double, const std::string&) override { return Begin(Kind::kFraction); }
  bool string(std::string&) override { return Begin(Kind::kText); }
  bool binary(json::binary_t&) override { return false; }  // No JSON has it.

  bool start_object(size_t) override {
    const FieldDescriptor* field = levels_.empty() ? nullptr : levels_.back().field;
    const Descriptor* type = levels_.empty()    ? &type_
                             : field == nullptr ? nullptr
                                                : field->message_type();
    if (!Begin(Kind::kObject)) return false;
    return Push({type, type != nullptr && type->options().map_entry(), false, nullptr, "", 0, {}});
  }
  bool key(std::string& key) override {
    Level& level = levels_.back();
    level.key = key;
    level.field = nullptr;
    if (level.type == nullptr) return true;
    level.field = level.map ? level.type->FindFieldByName("value") : FieldBy(*level.type, key);
    if (level.field == nullptr) {
      return Refuse("FIELD_UNKNOWN", "Hợp đồng của dịch vụ không có trường này.");
    }
    if (!level.said.insert(level.map ? key : level.field->name()).second) {
      return Refuse("FIELD_REPEATED", "Trường này chỉ được ghi một lần.");
    }
    return true;
  }
  bool end_object() override { return Pop(); }
  bool start_array(size_t) override {
    const FieldDescriptor* field = levels_.empty() ? nullptr : levels_.back().field;
    if (!Begin(Kind::kList)) return false;
    return Push({nullptr, false, true, field, "", 0, {}});
  }
  bool end_array() override { return Pop(); }
  bool parse_error(size_t position, const std::string&, const json::exception&) override {
    return Refuse("JSON_INVALID",
                  absl::StrCat("Nội dung JSON không đúng cú pháp ở byte thứ ", position, "."));
  }

 private:
  enum class Kind { kNull, kBool, kWhole, kFraction, kText, kObject, kList };
  struct Level {
    const Descriptor* type;  // Of an object; null: whatever it says is let pass.
    bool map;
    bool list;
    const FieldDescriptor* field;  // Whose values come here.
    std::string key;
    size_t index;  // Of the next value of a list.
    absl::flat_hash_set<std::string> said;
  };

  // A value begins where the document stands.
  bool Begin(Kind kind) {
    if (levels_.empty()) {
      return kind == Kind::kObject ||
             Refuse("JSON_INVALID", "Nội dung phải là một đối tượng JSON.");
    }
    Level& level = levels_.back();
    const FieldDescriptor* field = level.field;
    if (level.list) ++level.index;
    if (field == nullptr || kind == Kind::kNull) return true;
    if (const auto* oneof = field->real_containing_oneof();
        oneof != nullptr && !level.list && !level.said.insert(oneof->full_name()).second) {
      return Refuse("FIELD_REPEATED", "Chỉ được ghi một trong các trường thay thế nhau.");
    }
    const char* expected = ExpectedOf(*field, level.list, kind);
    return expected == nullptr || Refuse("VALUE_INVALID", expected);
  }

  // Null: that kind may stand there.
  static const char* ExpectedOf(const FieldDescriptor& field, bool in_list, Kind kind) {
    const auto unless = [](bool fits, const char* sentence) { return fits ? nullptr : sentence; };
    if (field.is_map()) return unless(kind == Kind::kObject, kTakesObject);
    if (field.is_repeated() && !in_list) return unless(kind == Kind::kList, kTakesList);
    const bool text = kind == Kind::kText;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return unless(text, kTakesText);
      case FieldDescriptor::CPPTYPE_BOOL:
        return unless(kind == Kind::kBool, kTakesBool);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return IsWrittenAsText(*field.message_type()) ? unless(text, kTakesText)
                                                      : unless(kind == Kind::kObject, kTakesObject);
      case FieldDescriptor::CPPTYPE_ENUM:
        return unless(text || kind == Kind::kWhole, kTakesText);
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_UINT32:
      case FieldDescriptor::CPPTYPE_UINT64:
        return unless(text || kind == Kind::kWhole, kTakesWhole);
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return nullptr;  // No contract has one.
    }
    return nullptr;
  }

  bool Push(Level level) {
    levels_.push_back(std::move(level));
    return levels_.size() <= kJsonDepthMax ||
           Refuse("JSON_TOO_DEEP",
                  absl::StrCat("Nội dung JSON lồng nhau quá ", kJsonDepthMax, " tầng."));
  }
  bool Pop() {
    levels_.pop_back();
    return true;
  }

  bool Refuse(absl::string_view reason, absl::string_view sentence) {
    if (status_.ok()) {
      status_ = Fault{Path(), std::string(reason), std::string(sentence)}.ToStatus();
    }
    return false;
  }
  // "rows[3].actual": where the document stands.
  std::string Path() const {
    std::string at = path_;
    for (const Level& level : levels_) {
      if (level.list) {
        if (level.index > 0) absl::StrAppend(&at, "[", level.index - 1, "]");
      } else if (!level.key.empty()) {
        absl::StrAppend(&at, at.empty() ? "" : ".", domain::Excerpt(level.key));
      }
    }
    return at;
  }

  const Descriptor& type_;
  const std::string path_;
  std::vector<Level> levels_;
  absl::Status status_;
};

}  // namespace

absl::Status CheckJson(const Descriptor& type, absl::string_view path,
                       absl::string_view json_text) {
  Check check(type, path);
  json::sax_parse(json_text, &check);
  return check.status();
}

const FieldDescriptor* FieldBy(const Descriptor& type, const std::string& name) {
  if (const FieldDescriptor* field = type.FindFieldByName(name)) return field;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == name) return type.field(i);
  }
  return nullptr;
}

bool IsWrittenAsText(const Descriptor& type) {
  return type.full_name() == "google.protobuf.FieldMask" ||
         type.full_name() == "google.protobuf.Timestamp" ||
         type.full_name() == "google.protobuf.Duration";
}

}  // namespace thidua::portal
