// Any bytes: a report is read or refused, never crashes, and no proposal is without a name or a
// figure.
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "services/domain/report_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace thidua::domain;
  const auto reading = ReadReport(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!reading.ok()) return 0;
  for (const Proposal& proposal : reading->proposals) {
    const bool says_something = proposal.actual.has_value() || proposal.stated_percent.has_value();
    if (proposal.name.empty() || !says_something) std::abort();
  }
  return 0;
}
