#include "services/portal/transcoding.h"

#include <google/protobuf/util/json_util.h>

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/portal/json_check.h"
#include "services/portal/path_template.h"

namespace thidua::portal {
namespace {

using domain::Fault;
using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Of what is JSON of the right shape protobuf complains of values only, and says first where:
// "(kind): invalid value "X" for type …", "(rows[0]) count: …".
absl::Status ValueFault(absl::string_view path, absl::string_view complaint) {
  std::vector<std::string> parts;
  if (!path.empty()) parts.emplace_back(path);
  if (const size_t close = complaint.find(')');
      absl::StartsWith(complaint, "(") && close != absl::string_view::npos) {
    if (close > 1) parts.emplace_back(complaint.substr(1, close - 1));
    complaint.remove_prefix(close + 1);
    const absl::string_view field = complaint.substr(0, complaint.find(':'));
    if (absl::StartsWith(field, " ") && field.size() < complaint.size()) {
      parts.emplace_back(field.substr(1));
    }
  }
  constexpr absl::string_view kBefore = "invalid value ";
  std::string value = " ";
  if (const size_t at = complaint.find(kBefore); at != absl::string_view::npos) {
    const absl::string_view rest = complaint.substr(at + kBefore.size());
    value = absl::StrCat(" ", domain::Excerpt(rest.substr(0, rest.rfind(" for type"))), " ");
  }
  return Fault{absl::StrJoin(parts, "."), "VALUE_INVALID",
               absl::StrCat("Giá trị", value, "không hợp lệ ở trường này.")}
      .ToStatus();
}

absl::Status Unknown(const std::string& name) {
  return Fault{name, "PARAMETER_UNKNOWN",
               absl::StrCat("Không có tham số \"", domain::Excerpt(name), "\" trong yêu cầu này.")}
      .ToStatus();
}

absl::Status Unreadable(const std::string& name, const std::string& value) {
  return Fault{name, "PARAMETER_INVALID",
               absl::StrCat("Giá trị \"", domain::Excerpt(value), "\" của tham số không đọc được.")}
      .ToStatus();
}

template <typename Number, typename Set, typename Add>
bool SetNumber(const std::string& value, bool repeated, Set set, Add add) {
  Number number = 0;
  if (!absl::SimpleAtoi(value, &number)) return false;
  repeated ? add(number) : set(number);
  return true;
}

// False when the text is no value of the field's type.
bool SetField(Message& message, const FieldDescriptor& field, const std::string& value) {
  const Reflection& r = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return false;
      repeated ? r.AddString(&message, &field, value) : r.SetString(&message, &field, value);
      return true;
    case FieldDescriptor::CPPTYPE_BOOL:
      if (value != "true" && value != "false") return false;
      repeated ? r.AddBool(&message, &field, value == "true")
               : r.SetBool(&message, &field, value == "true");
      return true;
    case FieldDescriptor::CPPTYPE_INT32:
      return SetNumber<int32_t>(
          value, repeated, [&](int32_t n) { r.SetInt32(&message, &field, n); },
          [&](int32_t n) { r.AddInt32(&message, &field, n); });
    case FieldDescriptor::CPPTYPE_INT64:
      return SetNumber<int64_t>(
          value, repeated, [&](int64_t n) { r.SetInt64(&message, &field, n); },
          [&](int64_t n) { r.AddInt64(&message, &field, n); });
    case FieldDescriptor::CPPTYPE_UINT32:
      return SetNumber<uint32_t>(
          value, repeated, [&](uint32_t n) { r.SetUInt32(&message, &field, n); },
          [&](uint32_t n) { r.AddUInt32(&message, &field, n); });
    case FieldDescriptor::CPPTYPE_UINT64:
      return SetNumber<uint64_t>(
          value, repeated, [&](uint64_t n) { r.SetUInt64(&message, &field, n); },
          [&](uint64_t n) { r.AddUInt64(&message, &field, n); });
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* known = field.enum_type()->FindValueByName(value);
      if (known == nullptr) return false;
      repeated ? r.AddEnum(&message, &field, known) : r.SetEnum(&message, &field, known);
      return true;
    }
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return false;  // No number of the suite is a binary one; messages: SetParameter.
  }
  return false;
}

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

// The message that holds the last field of the path, made where it is not there yet.
Message* HolderOf(Message& message, const std::vector<const FieldDescriptor*>& path) {
  Message* holder = &message;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(holder, path[i]);
  }
  return holder;
}

// Empty when there is no such field, or it lies within a list.
std::vector<const FieldDescriptor*> PathOf(const Descriptor& type, const std::string& name) {
  std::vector<const FieldDescriptor*> path;
  const Descriptor* at = &type;
  for (const absl::string_view part : absl::StrSplit(name, '.')) {
    if (at == nullptr || (!path.empty() && path.back()->is_repeated())) return {};
    const FieldDescriptor* field = FieldBy(*at, std::string(part));
    if (field == nullptr) return {};
    path.push_back(field);
    at = field->message_type();
  }
  return path;
}

}  // namespace

absl::StatusOr<QueryParameters> ReadQuery(absl::string_view query) {
  QueryParameters parameters;
  for (const absl::string_view pair : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const size_t equals = pair.find('=');
    const absl::string_view value =
        equals == absl::string_view::npos ? absl::string_view() : pair.substr(equals + 1);
    auto name = PercentDecoded(absl::StrReplaceAll(pair.substr(0, equals), {{"+", " "}}));
    auto decoded = PercentDecoded(absl::StrReplaceAll(value, {{"+", " "}}));
    if (!name.has_value() || !decoded.has_value()) {
      return Fault{"", "QUERY_UNREADABLE", "Phần sau dấu ? của địa chỉ không đọc được."}.ToStatus();
    }
    parameters.emplace_back(*std::move(name), *std::move(decoded));
  }
  return parameters;
}

std::unique_ptr<Message> Transcoding::NewMessage(const Descriptor& type) const {
  return std::unique_ptr<Message>(factory_.GetPrototype(&type)->New());
}

absl::Status Transcoding::ReadJson(absl::string_view path, absl::string_view json,
                                   Message& message) const {
  RETURN_IF_ERROR(CheckJson(*message.GetDescriptor(), path, json));
  return ReadValue(path, json, message);
}

absl::Status Transcoding::ReadValue(absl::string_view path, absl::string_view json,
                                    Message& message) const {
  std::string bytes;
  const auto read = google::protobuf::util::JsonToBinaryString(
      &contracts_.resolver(), Contracts::TypeUrlOf(*message.GetDescriptor()),
      google::protobuf::StringPiece(json.data(), json.size()), &bytes);
  if (!read.ok()) {
    return ValueFault(path, absl::string_view(read.message().data(), read.message().size()));
  }
  if (!message.ParseFromString(bytes)) return ValueFault(path, "");
  return absl::OkStatus();
}

absl::Status Transcoding::SetParameter(const std::string& name, const std::string& value,
                                       const Route& route, Message& request) const {
  const auto path = PathOf(*request.GetDescriptor(), name);
  if (path.empty() || route.binding.body == "*" ||
      (!route.binding.body.empty() && path[0]->name() == route.binding.body)) {
    return Unknown(name);
  }
  for (const auto& variable : route.path.variables()) {
    if (path == PathOf(*request.GetDescriptor(), variable.field)) return Unknown(name);
  }
  const FieldDescriptor& field = *path.back();
  Message* holder = HolderOf(request, path);
  const Reflection& reflection = *holder->GetReflection();
  if (const auto* oneof = field.real_containing_oneof();
      oneof != nullptr && reflection.HasOneof(*holder, oneof)) {
    return Fault{name, "PARAMETER_REPEATED",
                 "Chỉ được ghi một trong các tham số thay thế nhau của yêu cầu này."}
        .ToStatus();
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated() &&
      IsWrittenAsText(*field.message_type())) {
    return ReadValue(name, Quoted(value), *reflection.MutableMessage(holder, &field)).ok()
               ? absl::OkStatus()
               : Unreadable(name, value);
  }
  return SetField(*holder, field, value) ? absl::OkStatus() : Unreadable(name, value);
}

absl::StatusOr<std::unique_ptr<Message>> Transcoding::RequestOf(const Routes::Found& found,
                                                                const QueryParameters& query,
                                                                absl::string_view body) const {
  const Route& route = *found.route;
  std::unique_ptr<Message> request = NewMessage(*route.method->input_type());
  if (route.binding.body == "*") {
    if (!body.empty()) RETURN_IF_ERROR(ReadJson("", body, *request));
  } else if (!route.binding.body.empty()) {
    const FieldDescriptor* field = request->GetDescriptor()->FindFieldByName(route.binding.body);
    Message* part = request->GetReflection()->MutableMessage(request.get(), field);
    if (!body.empty()) RETURN_IF_ERROR(ReadJson(route.binding.body, body, *part));
  } else if (!body.empty()) {
    return Fault{"", "BODY_UNEXPECTED", "Yêu cầu này không có phần nội dung."}.ToStatus();
  }
  std::vector<std::string> seen;
  for (const auto& [name, value] : query) {
    const auto path = PathOf(*request->GetDescriptor(), name);
    if (!path.empty() && !path.back()->is_repeated()) {
      for (const std::string& other : seen) {
        if (PathOf(*request->GetDescriptor(), other) == path) {
          return Fault{name, "PARAMETER_REPEATED", "Tham số này chỉ được ghi một lần."}.ToStatus();
        }
      }
    }
    RETURN_IF_ERROR(SetParameter(name, value, route, *request));
    seen.push_back(name);
  }
  for (size_t i = 0; i < found.values.size(); ++i) {
    const auto path = PathOf(*request->GetDescriptor(), route.path.variables()[i].field);
    Message* holder = HolderOf(*request, path);
    const Reflection& reflection = *holder->GetReflection();
    const std::string said = reflection.GetString(*holder, path.back());
    if (!said.empty() && said != found.values[i]) {
      return Fault{route.path.variables()[i].field, "PATH_CONTRADICTED",
                   "Tên trong địa chỉ và tên trong nội dung không giống nhau."}
          .ToStatus();
    }
    reflection.SetString(holder, path.back(), found.values[i]);
  }
  return request;
}

absl::StatusOr<std::string> Transcoding::JsonOf(const Descriptor& type,
                                                const std::string& bytes) const {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto printed = google::protobuf::util::BinaryToJsonString(
      &contracts_.resolver(), Contracts::TypeUrlOf(type), bytes, &json, options);
  if (!printed.ok()) {
    return absl::InternalError(absl::StrCat(type.full_name(), " as JSON: ", printed.ToString()));
  }
  return json;
}

bool SetTextWhereEmpty(Message& message, const std::string& field, const std::string& value) {
  const FieldDescriptor* found = message.GetDescriptor()->FindFieldByName(field);
  if (found == nullptr || found->is_repeated() || found->type() != FieldDescriptor::TYPE_STRING) {
    return false;
  }
  const Reflection& reflection = *message.GetReflection();
  const std::string said = reflection.GetString(message, found);
  if (!said.empty()) return said == value;
  reflection.SetString(&message, found, value);
  return true;
}

std::string TextOf(const Message& message, const std::string& field) {
  const FieldDescriptor* found = message.GetDescriptor()->FindFieldByName(field);
  if (found == nullptr || found->is_repeated() || found->type() != FieldDescriptor::TYPE_STRING) {
    return "";
  }
  return message.GetReflection()->GetString(message, found);
}

}  // namespace thidua::portal
