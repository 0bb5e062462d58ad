// Messages and enums of the contracts as schemas of OpenAPI 3.0, in the JSON that the portal
// speaks.
//
// Answers always print numbers, texts, flags, enums and lists, empty ones too; only messages and
// members of a oneof may be absent. So that who reads need not ask for each whether it is there, a
// schema that only answers carry says that these are required. One that requests carry as well (a
// Unit, a Quantity) requires nothing: a second schema of each for answers would double them all,
// and what is read could not be sent back.
#ifndef THIDUA_SERVICES_PORTAL_OPENAPI_SCHEMAS_H_
#define THIDUA_SERVICES_PORTAL_OPENAPI_SCHEMAS_H_

#include <google/protobuf/descriptor.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "absl/strings/string_view.h"

namespace thidua::portal {

class OpenApiSchemas {
 public:
  using Json = nlohmann::ordered_json;

  // First all that requests carry, then whatever is asked for.
  void CarriedByRequests(const google::protobuf::Descriptor& message);

  // A $ref to the message's schema, or what stands for a well-known type.
  Json Of(const google::protobuf::Descriptor& message);
  // A field's value, its comment aside.
  Json Of(const google::protobuf::FieldDescriptor& field);
  // A $ref to the schema of a request without the fields that its path says.
  Json OfBody(const google::protobuf::Descriptor& request, const std::set<std::string>& in_path);
  // A $ref to a message as it stands in a google.protobuf.Any: with its @type.
  Json OfDetail(const google::protobuf::Descriptor& message);

  // Whether a message is one text in JSON: a time, a mask.
  static bool IsText(const google::protobuf::Descriptor& message);

  void Add(const std::string& name, Json schema);
  // In the order of names.
  Json All() const;

 private:
  // The name of a message or enum within its package: the contracts have each once. Should two
  // meet, the second is called by its full name.
  template <typename Descriptor>
  std::string NameOf(const Descriptor& descriptor);
  Json Value(const google::protobuf::FieldDescriptor& field);
  Json Enum(const google::protobuf::EnumDescriptor& type);
  Json Object(const google::protobuf::Descriptor& message, const std::set<std::string>& without,
              absl::string_view type_url);

  std::set<const google::protobuf::Descriptor*> carried_by_requests_;
  std::map<std::string, std::string> full_names_;  // By name.
  std::map<std::string, Json> schemas_;            // By name.
};

// Adds what is said of a field or parameter to its schema. Nothing may stand beside a $ref.
void Describe(nlohmann::ordered_json& schema, absl::string_view description, bool deprecated);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_OPENAPI_SCHEMAS_H_
