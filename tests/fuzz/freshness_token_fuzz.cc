// Any bytes as a freshness token, and as the message within one: read or refused with one fault,
// never a crash, and what is read is written and read again as the same.
#include <cstdint>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "services/domain/fault.h"
#include "services/platform/admission.h"
#include "services/platform/digest.h"
#include "services/platform/freshness.h"
#include "tests/fuzz/hold.h"

namespace {

using namespace thidua;
using tests::Goal;
using tests::Hold;

Goal token_read("a token with entries");

void Check(absl::string_view token) {
  const auto vector = platform::ReadFreshnessToken(token);
  if (!vector.ok()) {
    Hold(domain::FaultsOf(vector.status()).size() == 1, "what is refused has one fault");
    return;
  }
  if (vector->entries_size() > 0) token_read.Reach();
  Hold(vector->entries_size() <= platform::kFreshnessEntriesMax,
       "no more entries than there may be");
  for (const auto& entry : vector->entries()) {
    Hold(platform::IsUtf8(entry.store_id()) && platform::IsUtf8(entry.resource()),
         "entries are text");
  }
  const auto again = platform::ReadFreshnessToken(platform::FreshnessToken(*vector));
  Hold(again.ok() && platform::DeterministicBytes(*again) == platform::DeterministicBytes(*vector),
       "a token is read as it was written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const tests::InputTime time;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  Check(bytes);
  Check(absl::WebSafeBase64Escape(bytes));
  return 0;
}
