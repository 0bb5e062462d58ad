// Any bytes: the reader answers or refuses, never crashes, and what it reads it prints back as the
// same number.
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "services/domain/vietnamese_number.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace thidua::domain;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto reading = ReadNumber(text); reading.ok()) {
    const auto again = ReadNumber(PrintNumber(reading->value));
    if (!again.ok() || again->value != reading->value) std::abort();
  }
  (void)ReadAttainment(text);
  (void)ReadPercent(text);
  (void)ReadQuantity(text, "tỷ đồng");
  return 0;
}
