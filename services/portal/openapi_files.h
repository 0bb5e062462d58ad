// What the portal takes and gives as files, as OpenAPI has it: no RPC says this of itself.
#ifndef THIDUA_SERVICES_PORTAL_OPENAPI_FILES_H_
#define THIDUA_SERVICES_PORTAL_OPENAPI_FILES_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "services/portal/contracts.h"
#include "services/portal/openapi_schemas.h"

namespace thidua::portal {

inline constexpr char kFilesTag[] = "Files";

struct FileOperation {
  std::string verb;
  // As a google.api.http option has it: "/files/v1/{report=blocs/*/pacts/*/periods/*/reports/*}".
  std::string path;
  // The parameter {format} that follows with a dot; none: nothing follows.
  std::vector<std::string> formats;
  // By which the service is asked, whose word it is who may: "thidua.scoring.v1.….GetReport".
  std::string rpc;
  // Without its parameters in the path and its default response.
  nlohmann::ordered_json operation;
};

std::vector<FileOperation> FileOperations(const Contracts& contracts, OpenApiSchemas& schemas);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_OPENAPI_FILES_H_
