// W3C Trace Context: one id by which the logs of all services tell of one request.
#ifndef THIDUA_SERVICES_PORTAL_TRACEPARENT_H_
#define THIDUA_SERVICES_PORTAL_TRACEPARENT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace thidua::portal {

// What the caller sent where it is a traceparent (version 00), else one that begins a trace here;
// `sampled`: which every service then leaves a line of. Thread-safe.
std::string TraceparentOf(absl::string_view header, bool sampled);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_TRACEPARENT_H_
