// Who may ask what, as OpenAPI has it: out of what each RPC requires of its caller
// (proto/thidua/access/v1/access.proto); and how pages sign in, of which no RPC tells.
#ifndef THIDUA_SERVICES_PORTAL_OPENAPI_CALLERS_H_
#define THIDUA_SERVICES_PORTAL_OPENAPI_CALLERS_H_

#include <google/protobuf/descriptor.h>

#include <nlohmann/json.hpp>

namespace thidua::portal {

inline constexpr char kSessionTag[] = "Session";

// Adds to an operation by which the RPC is asked: `security`, who may as the last paragraph of its
// description, and the answers to those who may not.
void AddCallers(const google::protobuf::MethodDescriptor& method,
                nlohmann::ordered_json& operation);

// `securitySchemes`, and the `responses` that AddCallers refers to.
nlohmann::ordered_json SecuritySchemes();
nlohmann::ordered_json RefusalsOfCallers();

// What stands at /session, with `schema` for what it answers.
nlohmann::ordered_json SessionOperations(const nlohmann::ordered_json& schema);
nlohmann::ordered_json SessionSchema();

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_OPENAPI_CALLERS_H_
