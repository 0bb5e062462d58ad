// Any bytes as the JSON body of a request to the portal: the first line names the RPC, the rest is
// its body. Refused with faults, or a message that holds what the JSON said and nothing else, and
// that is printed and read again as the same. Never a crash.
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "services/platform/digest.h"
#include "tests/fuzz/asked_rpc.h"

namespace {

using namespace thidua::portal;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using nlohmann::json;
using thidua::tests::Goal;
using thidua::tests::Hold;
using thidua::tests::ThePortal;

Goal body_printed("a body that is printed and read again");

const std::vector<const Route*>& RoutesWithBody() {
  static const auto* const kRoutes = [] {
    auto* routes = new std::vector<const Route*>;
    for (const Route& route : ThePortal().routes.all()) {
      if (!route.binding.body.empty()) routes->push_back(&route);
    }
    return routes;
  }();
  return *kRoutes;
}

// Of a name that is none, some RPC: no input is wasted.
const Route& RouteNamed(absl::string_view name) {
  for (const Route* route : RoutesWithBody()) {
    if (route->method->name() == name) return *route;
  }
  const size_t number = name.empty() ? 0 : static_cast<unsigned char>(name[0]);
  return *RoutesWithBody()[number % RoutesWithBody().size()];
}

// Every "*" of the path is "a".
Routes::Found FoundAt(const Route& route) {
  Routes::Found found{&route, {}};
  for (const auto& variable : route.path.variables()) {
    std::vector<std::string> segments;
    for (size_t i = variable.begin; i < variable.end; ++i) {
      const std::string& segment = route.path.segments()[i];
      segments.push_back(segment == "*" ? "a" : segment);
    }
    found.values.push_back(absl::StrJoin(segments, "/"));
  }
  return found;
}

// Whether each field that is set has a value in the object; `of_path`: of these the path told.
void CheckSaid(const Message& message, const json& object, const std::string& place,
               const std::vector<std::string>& of_path) {
  Hold(object.is_object(), "a message is an object");
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string here = absl::StrCat(place, place.empty() ? "" : ".", field->name());
    bool told = false;
    for (const std::string& path : of_path) {
      told = told || path == here || absl::StartsWith(path, here + ".");
    }
    if (told) continue;
    auto found = object.find(field->name());
    if (found == object.end()) found = object.find(field->json_name());
    Hold(found != object.end() && !found->is_null(), "nothing is set that nobody has said");
    if (field->message_type() == nullptr || field->is_map() ||
        IsWrittenAsText(*field->message_type())) {
      if (field->is_repeated() && !field->is_map()) {
        Hold(found->is_array() && static_cast<size_t>(message.GetReflection()->FieldSize(
                                      message, field)) == found->size(),
             "a list is as long as it was said");
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        Hold(*found == message.GetReflection()->GetString(message, field),
             "a text is what was said");
      }
      continue;
    }
    if (!field->is_repeated()) {
      CheckSaid(message.GetReflection()->GetMessage(message, field), *found, here, of_path);
      continue;
    }
    Hold(found->is_array() && static_cast<size_t>(message.GetReflection()->FieldSize(
                                  message, field)) == found->size(),
         "a list is as long as it was said");
    for (size_t i = 0; i < found->size(); ++i) {
      CheckSaid(message.GetReflection()->GetRepeatedMessage(message, field, static_cast<int>(i)),
                (*found)[i], here, {});
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const thidua::tests::InputTime time;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = input.find('\n');
  if (end == absl::string_view::npos) return 0;
  const Route& route = RouteNamed(input.substr(0, end));
  const absl::string_view body = input.substr(end + 1);
  const Routes::Found found = FoundAt(route);
  const Transcoding& transcoding = ThePortal().transcoding;

  const auto request = transcoding.RequestOf(found, {}, body);
  if (!request.ok()) {
    const auto faults = thidua::domain::FaultsOf(request.status());
    Hold(!faults.empty(), "what is refused has a fault");
    for (const auto& fault : faults) {
      Hold(thidua::platform::IsUtf8(fault.path) && thidua::platform::IsUtf8(fault.message),
           "a fault is text");
    }
    return 0;
  }
  thidua::tests::CheckAdmissible(**request);
  if (body.empty()) return 0;
  const json said = json::parse(body, nullptr, /*allow_exceptions=*/false);
  Hold(said.is_object(), "what is taken is JSON");

  const bool whole = route.binding.body == "*";
  const FieldDescriptor* const part =
      whole ? nullptr : (*request)->GetDescriptor()->FindFieldByName(route.binding.body);
  const Message& message =
      whole ? **request : (*request)->GetReflection()->GetMessage(**request, part);
  std::vector<std::string> of_path;
  for (const auto& variable : route.path.variables()) of_path.push_back(variable.field);
  CheckSaid(message, said, whole ? "" : route.binding.body, of_path);

  const auto printed = transcoding.JsonOf(*message.GetDescriptor(), message.SerializeAsString());
  Hold(printed.ok(), "what is taken is printed");
  const auto again = transcoding.RequestOf(found, {}, *printed);
  Hold(again.ok() && thidua::platform::DeterministicBytes(**again) ==
                         thidua::platform::DeterministicBytes(**request),
       "and is read again as the same");
  if (!said.empty()) body_printed.Reach();
  return 0;
}
