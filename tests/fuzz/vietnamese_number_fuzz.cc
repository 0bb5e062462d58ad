// Any bytes: the reader answers or refuses, never crashes, and what it reads it prints back as the
// same number, of a percentage and of a figure in its measure too.
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/domain/vietnamese_number.h"
#include "tests/fuzz/hold.h"

namespace {

using namespace thidua::domain;
using thidua::tests::Goal;
using thidua::tests::Hold;

Goal number_read("a number");
Goal attainment_read("a figure of its target");
Goal percent_read("a percentage");
Goal quantity_read("a figure in a measure");

void CheckReading(const NumberReading& reading) {
  number_read.Reach();
  const auto again = ReadNumber(PrintNumber(reading.value));
  Hold(again.ok() && again->value == reading.value, "a number reads as it is printed");
  Hold(reading.magnitude >= 0 && reading.magnitude <= 18, "a magnitude that words have");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const thidua::tests::InputTime time;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto reading = ReadNumber(text); reading.ok()) CheckReading(*reading);
  if (const auto reading = ReadAttainment(text); reading.ok()) {
    CheckReading(reading->actual);
    if (reading->target.has_value()) {
      attainment_read.Reach();
      CheckReading(*reading->target);
    }
  }
  if (const auto percent = ReadPercent(text); percent.ok()) {
    percent_read.Reach();
    const auto again = ReadPercent(absl::StrCat(PrintNumber(*percent), "%"));
    Hold(again.ok() && *again == *percent && again->scale() == percent->scale(),
         "a percentage reads as it is printed, to its last digit");
  }
  for (const char* measure : {"tỷ đồng", "đồng", ""}) {
    const auto quantity = ReadQuantity(text, measure);
    if (!quantity.ok() || !quantity->has_value()) continue;
    quantity_read.Reach();
    const auto again =
        ReadQuantity(absl::StrCat(PrintNumber(quantity->value), " ", measure), measure);
    Hold(again.ok() && again->value == quantity->value, "a figure reads as it is printed");
  }
  return 0;
}
