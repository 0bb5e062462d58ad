#include "services/portal/openapi_schemas.h"

#include <google/protobuf/descriptor.pb.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/portal/contract_comment.h"

namespace thidua::portal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;
using Json = OpenApiSchemas::Json;

constexpr char kTypeUrlPrefix[] = "type.googleapis.com/";

Json Text(const char* format) { return {{"type", "string"}, {"format", format}}; }

// Types that canonical JSON writes in a way of their own; null: written field by field.
Json WellKnown(const Descriptor& message) {
  const std::string& name = message.full_name();
  if (name == "google.protobuf.Timestamp") return Text("date-time");
  if (name == "google.protobuf.Duration") {
    return {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$"}, {"example", "1.5s"}};
  }
  if (name == "google.protobuf.FieldMask") {
    return {{"type", "string"}, {"example", "displayName,aliases"}};
  }
  return nullptr;
}

Json Reference(const std::string& name) {
  return {{"$ref", absl::StrCat("#/components/schemas/", name)}};
}

// Printed whether it is empty or not.
bool IsAlwaysPrinted(const FieldDescriptor& field) {
  if (field.is_repeated()) return true;
  return !field.has_presence();
}

// "At most one of `start`, `chunk`, `finish`."
std::string ChoiceOf(const OneofDescriptor& oneof) {
  std::vector<std::string> names;
  for (int i = 0; i < oneof.field_count(); ++i) {
    names.push_back(absl::StrCat("`", oneof.field(i)->json_name(), "`"));
  }
  const std::string comment = CommentOf(oneof);
  return absl::StrCat("At most one of ", absl::StrJoin(names, ", "), comment.empty() ? "." : ": ",
                      comment);
}

std::string Joined(const std::string& above, const std::string& below) {
  if (above.empty() || below.empty()) return above + below;
  return absl::StrCat(above, "\n\n", below);
}

}  // namespace

void Describe(Json& schema, absl::string_view description, bool deprecated) {
  if (description.empty() && !deprecated) return;
  if (schema.contains("$ref")) schema = {{"allOf", Json::array({schema})}};
  if (!description.empty()) schema["description"] = std::string(description);
  if (deprecated) schema["deprecated"] = true;
}

bool OpenApiSchemas::IsText(const Descriptor& message) { return !WellKnown(message).is_null(); }

void OpenApiSchemas::CarriedByRequests(const Descriptor& message) {
  if (!carried_by_requests_.insert(&message).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const Descriptor* const inner = message.field(i)->message_type();
    if (inner != nullptr) CarriedByRequests(*inner);
  }
}

template <typename AnyDescriptor>
std::string OpenApiSchemas::NameOf(const AnyDescriptor& descriptor) {
  const std::string& full = descriptor.full_name();
  const std::string& package = descriptor.file()->package();
  const std::string name = full.substr(package.empty() ? 0 : package.size() + 1);
  return full_names_.try_emplace(name, full).first->second == full ? name : full;
}

Json OpenApiSchemas::Of(const Descriptor& message) {
  if (Json known = WellKnown(message); !known.is_null()) return known;
  const std::string name = NameOf(message);
  // Taken before its fields are looked at, which may lead back to it.
  if (schemas_.try_emplace(name).second) schemas_[name] = Object(message, {}, "");
  return Reference(name);
}

Json OpenApiSchemas::OfBody(const Descriptor& request, const std::set<std::string>& in_path) {
  const std::string name = NameOf(request);
  if (schemas_.try_emplace(name).second) schemas_[name] = Object(request, in_path, "");
  return Reference(name);
}

Json OpenApiSchemas::OfDetail(const Descriptor& message) {
  const std::string name = NameOf(message);
  if (schemas_.try_emplace(name).second) {
    schemas_[name] = Object(message, {}, absl::StrCat(kTypeUrlPrefix, message.full_name()));
  }
  return Reference(name);
}

Json OpenApiSchemas::Of(const FieldDescriptor& field) {
  if (field.is_map()) {
    return {{"type", "object"},
            {"additionalProperties", Value(*field.message_type()->map_value())}};
  }
  if (field.is_repeated()) return {{"type", "array"}, {"items", Value(field)}};
  return Value(field);
}

Json OpenApiSchemas::Value(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::TYPE_STRING:
      return {{"type", "string"}};
    case FieldDescriptor::TYPE_BYTES:
      return Text("byte");
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SFIXED32:
      return {{"type", "integer"}, {"format", "int32"}};
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_FIXED32:
      return {{"type", "integer"}, {"format", "int64"}, {"minimum", 0}};
    // More than a number of JavaScript holds.
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_SFIXED64:
      return Text("int64");
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_FIXED64:
      return Text("uint64");
    case FieldDescriptor::TYPE_FLOAT:
      return {{"type", "number"}, {"format", "float"}};
    case FieldDescriptor::TYPE_DOUBLE:
      return {{"type", "number"}, {"format", "double"}};
    case FieldDescriptor::TYPE_ENUM:
      return Enum(*field.enum_type());
    case FieldDescriptor::TYPE_MESSAGE:
    case FieldDescriptor::TYPE_GROUP:
      return Of(*field.message_type());
  }
  return Json::object();
}

Json OpenApiSchemas::Enum(const EnumDescriptor& type) {
  const std::string name = NameOf(type);
  if (schemas_.count(name) > 0) return Reference(name);
  Json names = Json::array();
  std::vector<std::string> said;
  for (int i = 0; i < type.value_count(); ++i) {
    names.push_back(type.value(i)->name());
    if (const std::string comment = CommentOf(*type.value(i)); !comment.empty()) {
      said.push_back(absl::StrCat("- `", type.value(i)->name(), "`: ", comment));
    }
  }
  Json schema = {{"type", "string"}, {"enum", std::move(names)}};
  Describe(schema, Joined(CommentOf(type), absl::StrJoin(said, "\n")), type.options().deprecated());
  schemas_[name] = std::move(schema);
  return Reference(name);
}

Json OpenApiSchemas::Object(const Descriptor& message, const std::set<std::string>& without,
                            absl::string_view type_url) {
  Json properties = Json::object();
  Json required = Json::array();
  if (!type_url.empty()) {
    properties["@type"] = {{"type", "string"}, {"enum", Json::array({std::string(type_url)})}};
    required.push_back("@type");
  }
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (without.count(field.name()) > 0) continue;
    Json property = Of(field);
    Describe(property, CommentOf(field), field.options().deprecated());
    properties[field.json_name()] = std::move(property);
    if (IsAlwaysPrinted(field) && carried_by_requests_.count(&message) == 0) {
      required.push_back(field.json_name());
    }
  }
  std::string description = CommentOf(message);
  for (int i = 0; i < message.real_oneof_decl_count(); ++i) {
    description = Joined(description, ChoiceOf(*message.oneof_decl(i)));
  }
  Json schema = {{"type", "object"}};
  Describe(schema, description, message.options().deprecated());
  if (!properties.empty()) schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

void OpenApiSchemas::Add(const std::string& name, Json schema) {
  schemas_[name] = std::move(schema);
}

Json OpenApiSchemas::All() const {
  Json all = Json::object();
  for (const auto& [name, schema] : schemas_) all[name] = schema;
  return all;
}

}  // namespace thidua::portal
