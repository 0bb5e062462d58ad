#include "services/platform/contracts.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/str_cat.h"
#include "thidua/registry/v1/registry_service.pb.h"
#include "thidua/results/v1/results_service.pb.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::platform {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

std::vector<const MethodDescriptor*> AllMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const auto* file : {registry::v1::CreateUnitRequest::descriptor()->file(),
                           results::v1::PutResultsRequest::descriptor()->file(),
                           scoring::v1::GetRankingRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(file->service(s)->method(m));
      }
    }
  }
  return methods;
}

absl::StatusOr<const MethodDescriptor*> MethodNamed(absl::string_view name) {
  for (const MethodDescriptor* method : AllMethods()) {
    if (method->name() == name ||
        absl::StrCat(method->service()->full_name(), "/", method->name()) == name) {
      return method;
    }
  }
  return absl::NotFoundError(absl::StrCat("không có RPC “", name, "”"));
}

absl::StatusOr<const MethodDescriptor*> MethodTaking(absl::string_view message) {
  for (const MethodDescriptor* method : AllMethods()) {
    if (method->input_type()->full_name() == message) return method;
  }
  return absl::NotFoundError(absl::StrCat("không có RPC nào nhận “", message, "”"));
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

absl::Status ReadJson(const std::string& json, Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage(json, &message);
  if (status.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(std::string(status.message()));
}

std::string PrintJson(const Message& message, bool on_one_line) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = !on_one_line;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}\n";
  if (on_one_line) json += '\n';
  return json;
}

const FieldDescriptor* TextField(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->type() != FieldDescriptor::TYPE_STRING) {
    return nullptr;
  }
  return field;
}

std::string GetText(const Message& message, const std::string& field) {
  const FieldDescriptor* descriptor = TextField(message, field);
  return descriptor == nullptr ? "" : message.GetReflection()->GetString(message, descriptor);
}

void SetText(Message& message, const std::string& field, const std::string& value) {
  const FieldDescriptor* descriptor = TextField(message, field);
  if (descriptor != nullptr) message.GetReflection()->SetString(&message, descriptor, value);
}

}  // namespace thidua::platform
