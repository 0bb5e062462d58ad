// By what id the logs of all services, and the audit, tell of one request: that of its trace, as
// W3C Trace Context passes it on ("traceparent").
//
//   const Traced traced(TraceparentOf(context));
//   … whatever this thread logs now names the trace …
#ifndef THIDUA_SERVICES_PLATFORM_TRACE_H_
#define THIDUA_SERVICES_PLATFORM_TRACE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace thidua::platform {

// The header's name, and gRPC's for it.
inline constexpr char kTraceparent[] = "traceparent";

// Whether that is one (version 00).
bool IsTraceparent(absl::string_view text);
// Of one: the trace's id, 32 hexadecimal digits.
absl::string_view TraceIdIn(absl::string_view traceparent);
// Of one: whether whoever began the trace wants it to be recorded.
bool IsSampled(absl::string_view traceparent);

// What this thread works on, for as long as it lives. Where the text is no traceparent, nothing is
// known of the trace.
class Traced {
 public:
  explicit Traced(absl::string_view traceparent);
  ~Traced();
  Traced(const Traced&) = delete;
  Traced& operator=(const Traced&) = delete;

  // The whole, to be passed on; "": none.
  static const std::string& Traceparent();
  // Of that; "": none.
  static absl::string_view TraceId();

 private:
  std::string before_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_TRACE_H_
