// Logs for machines: one JSON object a line on stderr.
//
//   Log(Severity::kInfo, "pact signed", {{"pact", name}});
//
// Never a figure that is not public yet, never a secret. Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_LOG_H_
#define THIDUA_SERVICES_PLATFORM_LOG_H_

#include <initializer_list>
#include <utility>

#include "absl/strings/string_view.h"

namespace thidua::platform {

enum class Severity { kInfo, kWarning, kError };

// Names the service in every line from now on, and brings gRPC's and protobuf's own messages into
// the same form. Called once, before other threads start.
void StartLogging(absl::string_view service);

void Log(Severity severity, absl::string_view message,
         std::initializer_list<std::pair<absl::string_view, absl::string_view>> fields = {});

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_LOG_H_
