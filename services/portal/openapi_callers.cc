#include "services/portal/openapi_callers.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "services/access/matrix.h"
#include "services/portal/session.h"
#include "thidua/access/v1/access.pb.h"

namespace thidua::portal {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kScheme[] = "token";

Json Text(const char* description) { return {{"type", "string"}, {"description", description}}; }

Json Reference(const char* kind, const char* name) {
  return {{"$ref", absl::StrCat("#/components/", kind, "/", name)}};
}

// "ROLE_REGISTRAR" as "registrar".
std::string NameOf(access::v1::Role role) {
  const std::string& name = access::v1::Role_Name(role);
  return absl::AsciiStrToLower(absl::StripPrefix(name, "ROLE_"));
}

// "reader (published); reporter, leader (own bloc); council": roles in a row that may the same are
// told together.
std::string CallersOf(const access::v1::Requirement& requirement) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;  // Terms, roles.
  for (int i = access::v1::Role_MIN + 1; i <= access::v1::Role_MAX; ++i) {
    const auto role = static_cast<access::v1::Role>(i);
    std::string terms = access::MatrixCell(requirement, role);
    if (terms.empty()) continue;
    if (groups.empty() || groups.back().first != terms) groups.push_back({std::move(terms), {}});
    groups.back().second.push_back(NameOf(role));
  }
  return absl::StrJoin(groups, "; ", [](std::string* out, const auto& group) {
    const auto& [terms, roles] = group;
    absl::StrAppend(out, absl::StrJoin(roles, ", "),
                    terms == "all" ? "" : absl::StrCat(" (", terms, ")"));
  });
}

Json Refusal(const char* description) {
  return {{"description", description},
          {"content", {{"application/json", {{"schema", Reference("schemas", "Error")}}}}}};
}

Json SessionOperation(const char* id, const char* summary, const char* description,
                      const Json& schema) {
  return {{"tags", Json::array({kSessionTag})},
          {"operationId", id},
          {"summary", summary},
          {"description", description},
          {"security", Json::array()},
          {"responses",
           {{"200",
             {{"description", "Who is signed in now."},
              {"content", {{"application/json", {{"schema", schema}}}}}}},
            {"default", Reference("responses", "Error")}}}};
}

}  // namespace

void AddCallers(const google::protobuf::MethodDescriptor& method, Json& operation) {
  const auto& requirement = method.options().GetExtension(access::v1::requirement);
  const std::string about = operation.value("description", "");
  operation["description"] =
      absl::StrCat(about, about.empty() ? "" : "\n\n", "Callers: ", CallersOf(requirement), ".");
  operation["security"] = Json::array();
  // Whoever says nothing of who they are is a reader.
  if (requirement.everybody() || requirement.everybody_published()) {
    operation["security"].push_back(Json::object());
  }
  operation["security"].push_back({{kScheme, Json::array()}});
  // Before the default.
  Json responses = Json::object();
  for (auto& [status, response] : operation["responses"].items()) {
    if (status == "default") {
      responses["401"] = Reference("responses", "Unauthenticated");
      responses["403"] = Reference("responses", "Forbidden");
    }
    responses[status] = std::move(response);
  }
  operation["responses"] = std::move(responses);
}

Json SecuritySchemes() {
  return {{kScheme,
           {{"type", "http"},
            {"scheme", "bearer"},
            {"bearerFormat", "JWT"},
            {"description",
             "A token of the province's sign-on, or of a system that the installation knows. "
             "The portal passes it on; the services judge it."}}}};
}

Json RefusalsOfCallers() {
  Json unauthenticated = Refusal(
      "Nobody was named (`NOT_SIGNED_IN`), or the token is not taken (`TOKEN_REFUSED`, "
      "`TOKEN_EXPIRED`).");
  unauthenticated["headers"]["WWW-Authenticate"] = {
      {"description", "`Bearer`; with `error=\"invalid_token\"` where one was brought."},
      {"schema", {{"type", "string"}}}};
  return {{"Unauthenticated", std::move(unauthenticated)},
          {"Forbidden", Refusal("The caller is known and may not: `NOT_ALLOWED`, `OWN_UNIT`, "
                                "`OWN_BLOC`.")}};
}

Json SessionSchema() {
  return {
      {"type", "object"},
      {"description", "As the token says of itself: for showing alone."},
      {"properties",
       {{"signedIn", {{"type", "boolean"}, {"description", "Whether the browser keeps a token."}}},
        {"name", Text("Whose it is; empty: not known.")},
        {"expires", Text("Until when, RFC 3339; empty: not known.")},
        {"signOnUrl", Text("Where people get a token; empty: they have one.")}}},
      {"required", Json::array({"signedIn", "name", "expires", "signOnUrl"})}};
}

Json SessionOperations(const Json& schema) {
  Json sign_in = SessionOperation(
      "SignIn", "Sign in",
      "Keeps a token in a cookie that no script can read, for pages of this site alone, once a "
      "service has taken it. Programs send `Authorization` with each request instead.",
      schema);
  sign_in["requestBody"] = {
      {"required", true},
      {"content",
       {{"application/json",
         {{"schema",
           {{"type", "object"},
            {"properties",
             {{"token",
               {{"type", "string"},
                {"maxLength", kSessionTokenBytesMax},
                {"pattern", "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$"}}}}},
            {"required", Json::array({"token"})}}}}}}}};
  return {{"get", SessionOperation("GetSession", "Get session", "Who is signed in.", schema)},
          {"post", std::move(sign_in)},
          {"delete", SessionOperation("SignOut", "Sign out", "Forgets the token.", schema)}};
}

}  // namespace thidua::portal
