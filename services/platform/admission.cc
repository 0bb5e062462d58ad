#include "services/platform/admission.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"

namespace thidua::platform {
namespace {

using domain::Fault;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// Where a field stands, put into words only when there is something to say about it.
struct Place {
  const Place* parent;  // Null: the request itself.
  const FieldDescriptor* field;
  int index;
};

std::string Join(absl::string_view path, const FieldDescriptor& field, int index) {
  std::string joined =
      path.empty() ? std::string(field.name()) : absl::StrCat(path, ".", field.name());
  if (field.is_repeated()) absl::StrAppend(&joined, "[", index, "]");
  return joined;
}

std::string PathOf(const Place* place) {
  return place == nullptr ? "" : Join(PathOf(place->parent), *place->field, place->index);
}

Fault NotUtf8(std::string path) {
  return {std::move(path), "TEXT_NOT_UTF8",
          "Văn bản gửi lên không đúng mã UTF-8; xin lưu lại tệp bằng bảng mã Unicode (UTF-8)."};
}

Fault TooLong(std::string path, size_t bytes) {
  return {std::move(path), "TOO_LONG",
          absl::StrCat("Văn bản quá dài (", bytes, " byte); không trường nào nhận hơn ",
                       kTextBytesMax, " byte.")};
}

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// In NFC, or nothing when the bytes are not UTF-8.
std::optional<std::string> Compose(absl::string_view text) {
  utf8proc_uint8_t* composed = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &composed,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(composed, &std::free);
  if (length < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(composed), static_cast<size_t>(length));
}

// Checks one text and answers what is to stand in its place, if another.
absl::Status AdmitText(const std::string& text, absl::FunctionRef<std::string()> path,
                       std::optional<std::string>& instead) {
  if (text.size() > kTextBytesMax) return TooLong(path(), text.size()).ToStatus();
  if (IsAscii(text)) return absl::OkStatus();
  std::optional<std::string> composed = Compose(text);
  if (!composed.has_value()) return NotUtf8(path()).ToStatus();
  if (*composed != text) instead = std::move(composed);
  return absl::OkStatus();
}

absl::Status AdmitFields(Message& message, const Place* parent) {
  const Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) {
    return Fault{PathOf(parent), "FIELD_UNKNOWN",
                 absl::StrCat("Yêu cầu có trường số ",
                              reflection.GetUnknownFields(message).field(0).number(),
                              " mà dịch vụ này không biết.")}
        .ToStatus();
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const Place place = {parent, field, i};
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        const int value = field->is_repeated() ? reflection.GetRepeatedEnumValue(message, field, i)
                                               : reflection.GetEnumValue(message, field);
        if (field->enum_type()->FindValueByNumber(value) == nullptr) {
          return Fault{PathOf(&place), "ENUM_UNKNOWN",
                       absl::StrCat("Giá trị số ", value, " không có trong danh mục.")}
              .ToStatus();
        }
      }
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Message* child = field->is_repeated()
                             ? reflection.MutableRepeatedMessage(&message, field, i)
                             : reflection.MutableMessage(&message, field);
        if (absl::Status status = AdmitFields(*child, &place); !status.ok()) return status;
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        std::string scratch;
        const std::string& text =
            field->is_repeated()
                ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                : reflection.GetStringReference(message, field, &scratch);
        std::optional<std::string> instead;
        absl::Status status = AdmitText(
            text, [&place] { return PathOf(&place); }, instead);
        if (!status.ok()) return status;
        if (!instead.has_value()) continue;
        if (field->is_repeated()) {
          reflection.SetRepeatedString(&message, field, i, *std::move(instead));
        } else {
          reflection.SetString(&message, field, *std::move(instead));
        }
      }
    }
  }
  return absl::OkStatus();
}

// Deeper than any request of the contracts. What is nested within itself for ever would otherwise
// be paid for with our stack and, level by level, with a copy of the rest of it.
constexpr int kDepthMax = 32;

// protobuf refuses a message with a text that is not UTF-8 without saying which: look for it in the
// bare fields.
std::optional<Fault> FindFault(const UnknownFieldSet& fields, const Descriptor& descriptor,
                               absl::string_view path, int depth) {
  absl::flat_hash_map<int, int> seen;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& unknown = fields.field(i);
    const FieldDescriptor* field = descriptor.FindFieldByNumber(unknown.number());
    if (field == nullptr || unknown.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    const std::string field_path = Join(path, *field, seen[unknown.number()]++);
    const std::string& bytes = unknown.length_delimited();
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      std::optional<std::string> instead;
      const absl::Status status = AdmitText(
          bytes, [&] { return field_path; }, instead);
      if (!status.ok()) return domain::FaultsOf(status).front();
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      UnknownFieldSet inner;
      if (depth == kDepthMax || !inner.ParseFromString(bytes)) continue;
      std::optional<Fault> fault = FindFault(inner, *field->message_type(), field_path, depth + 1);
      if (fault.has_value()) return fault;
    }
  }
  return std::nullopt;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  const auto* rest = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(rest, left, &point);
    if (length < 0) return false;
    rest += length;
    left -= length;
  }
  return true;
}

absl::Status AdmitMessage(Message& message) { return AdmitFields(message, nullptr); }

absl::Status AdmitRequest(absl::string_view bytes, Message& request) {
  if (request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return AdmitMessage(request);
  }
  UnknownFieldSet fields;
  if (fields.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    std::optional<Fault> fault = FindFault(fields, *request.GetDescriptor(), "", 1);
    if (fault.has_value()) return fault->ToStatus();
  }
  return Fault{"", "REQUEST_UNREADABLE", "Không đọc được yêu cầu gửi lên."}.ToStatus();
}

}  // namespace thidua::platform
