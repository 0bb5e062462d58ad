// JSON that comes from outside and decides who somebody is: read strictly. Pure functions;
// thread-safe.
#ifndef THIDUA_SERVICES_ACCESS_JSON_OBJECT_H_
#define THIDUA_SERVICES_ACCESS_JSON_OBJECT_H_

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::access {

// Objects and lists within each other, the outermost included.
inline constexpr int kJsonObjectDepthMax = 16;

// The object that the text is. INVALID_ARGUMENT, in words for the log, for what is no JSON
// (RFC 8259) in UTF-8 or no object, is nested deeper, or has an object that says one name twice:
// of two readers each would believe another one.
absl::StatusOr<nlohmann::json> ReadJsonObject(absl::string_view text);

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_JSON_OBJECT_H_
