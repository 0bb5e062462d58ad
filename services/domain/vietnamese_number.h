// Reads and prints numbers as Vietnamese officials write them.
//
//   ReadNumber("17.893")          17893, ambiguous (a stranger's 17.893 would read 17,893)
//   ReadNumber("08")              8
//   ReadNumber("trên 4.268 tỷ")   4268 × 10^9, at least
//   ReadNumber("0,20/00")         0.2 per mille: "0/00" is a lost ‰, never a division by 00
//   PrintNumber(17893)            "17.893"
//
// Text is NFC UTF-8; no-break spaces count as spaces. Pure functions; safe from any thread.
#ifndef THIDUA_SERVICES_DOMAIN_VIETNAMESE_NUMBER_H_
#define THIDUA_SERVICES_DOMAIN_VIETNAMESE_NUMBER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/decimal.h"
#include "services/domain/quantity.h"
#include "services/domain/rational.h"

namespace thidua::domain {

enum class NumberMark { kNone, kPercent, kPerMille };

struct NumberReading {
  Decimal value;                            // Before the word of magnitude is applied.
  Qualifier qualifier = Qualifier::kExact;  // From trên, hơn, gần, khoảng, ước.
  NumberMark mark = NumberMark::kNone;      // %, ‰ or its lost form 0/00.
  int magnitude = 0;                        // 3 for nghìn, 6 triệu, 9 tỷ: a power of ten.
  std::string words;                        // What follows the number, magnitude word included.
  std::string measure;                      // What follows the magnitude word.
  // Two conventions would read this form as two different numbers ("1.250", "1,250"): read by
  // Vietnamese convention, and to be shown to a person before it counts.
  bool ambiguous = false;
};

// One number, with nothing else before it than a qualifier. Faults: NUMBER_EMPTY,
// NUMBER_UNREADABLE, NUMBER_TOO_LONG, NUMBER_IS_TWO_FIGURES ("08/10"), NUMBER_IS_A_DATE_OR_CODE
// ("02/8/2019", "6-14", "12/2018/QĐ-TTg").
absl::StatusOr<NumberReading> ReadNumber(absl::string_view text);

// A number given in a measure: "4.268", "4.268 tỷ đồng" and "4.268.000.000.000 đồng" under the
// measures "tỷ đồng", "tỷ đồng" and "đồng". The answer holds the value in that measure and the
// text. Faults: those of ReadNumber, and MEASURE_DISAGREES.
absl::StatusOr<Quantity> ReadQuantity(absl::string_view text, absl::string_view measure);

// "17.893/35.000", "05/4", "13,1/13,1%" (the mark stands for both), or a lone figure.
struct AttainmentReading {
  NumberReading actual;
  std::optional<NumberReading> target;
};
absl::StatusOr<AttainmentReading> ReadAttainment(absl::string_view text);

// A stated percentage: "51,12%", "154 %"; the mark may be missing. The scale of the answer is the
// number of printed digits. Faults as ReadNumber, and PERCENT_EXPECTED for a ‰.
absl::StatusOr<Decimal> ReadPercent(absl::string_view text);

// '.' between thousands, ',' before decimals; the scale is kept: 62.40 prints "62,40".
std::string PrintNumber(const Decimal& value);

// `share` × 100 rounded half up: PrintPercent(8/12, 1) is "66,7%".
std::string PrintPercent(const Rational& share, int digits);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_VIETNAMESE_NUMBER_H_
