#include "services/portal/traceparent.h"

#include "absl/random/random.h"
#include "absl/strings/str_format.h"
#include "services/platform/trace.h"

namespace thidua::portal {
std::string TraceparentOf(absl::string_view header, bool sampled) {
  if (platform::IsTraceparent(header)) return std::string(header);
  static thread_local absl::InsecureBitGen random;
  const auto part = [] { return absl::Uniform<uint64_t>(random) | 1; };  // Never all zeros.
  return absl::StrFormat("00-%016x%016x-%016x-%02x", part(), part(), part(), sampled ? 1 : 0);
}

}  // namespace thidua::portal
