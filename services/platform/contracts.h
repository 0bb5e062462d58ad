// The contracts as descriptors: every RPC of the suite, found by its name or by what it
// takes. Nothing here names one RPC: a new one needs no new code.
#ifndef THIDUA_SERVICES_PLATFORM_CONTRACTS_H_
#define THIDUA_SERVICES_PLATFORM_CONTRACTS_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::platform {

// Every RPC, in the order of the services: registry, results, scoring.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods();

// "GetRanking" or "thidua.scoring.v1.ScoringService/GetRanking"; NOT_FOUND otherwise.
absl::StatusOr<const google::protobuf::MethodDescriptor*> MethodNamed(absl::string_view name);

// The RPC that takes that message ("thidua.registry.v1.CreateUnitRequest"); NOT_FOUND otherwise.
absl::StatusOr<const google::protobuf::MethodDescriptor*> MethodTaking(absl::string_view message);

// An empty message of that type.
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);

// protobuf JSON. INVALID_ARGUMENT says what is wrong and where.
absl::Status ReadJson(const std::string& json, google::protobuf::Message& message);
// Vietnamese as it is; zeros are shown.
std::string PrintJson(const google::protobuf::Message& message, bool on_one_line = false);

// The text field of that name, or null when the message has none.
const google::protobuf::FieldDescriptor* TextField(const google::protobuf::Message& message,
                                                   const std::string& name);
std::string GetText(const google::protobuf::Message& message, const std::string& field);
void SetText(google::protobuf::Message& message, const std::string& field,
             const std::string& value);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_CONTRACTS_H_
