// Logs for machines: one JSON object a line on stderr.
//
//   Log(Severity::kInfo, "pact signed", {{"pact", name}});
//
// A line names the trace that its thread works on (trace.h). Never a figure that is not public yet,
// never a secret. Thread-safe.
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

// The same for lines that whoever calls can cause at will: of each kind so many a second, and then
// how many more there were.
inline constexpr int kCallersLinesPerSecond = 200;
enum class CallersLine {
  kFailure,  // By a fault of ours.
  kTrace,    // Of somebody known, who had it recorded.
  kLine,     // Of the line itself: the library tells.
};
void LogOfCaller(
    CallersLine kind, Severity severity, absl::string_view message,
    std::initializer_list<std::pair<absl::string_view, absl::string_view>> fields = {});

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_LOG_H_
