// The portal's API in OpenAPI 3.0.3, out of the contracts: for people, and for tools that generate
// clients. docs/integration/openapi.json is what it says today.
#ifndef THIDUA_SERVICES_PORTAL_OPENAPI_H_
#define THIDUA_SERVICES_PORTAL_OPENAPI_H_

#include <nlohmann/json.hpp>

#include "services/portal/contracts.h"

namespace thidua::portal {

// The same document for the same contracts. Each RPC with a google.api.http option is an operation
// of its service's tag; /files/v1 is added to them. 3.0.3 and not 3.1 is what generators and LGSP
// platforms read.
nlohmann::ordered_json OpenApiDocument(const Contracts& contracts);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_OPENAPI_H_
