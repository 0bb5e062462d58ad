// An exact decimal number as people write it: 17893, 0.20, 51.12.
//
//   Decimal d = *Decimal::Parse("0.20");   // coefficient 20, scale 2
//   d == *Decimal::Parse("0.2");           // true: equality is of values
//   d.ToString();                          // "0.20": the digits as written are kept
//
// Range: at most 18 significant digits, at most 9 of them after the mark. Never binary floating
// point. A value; safe to use from any thread.
#ifndef THIDUA_SERVICES_DOMAIN_DECIMAL_H_
#define THIDUA_SERVICES_DOMAIN_DECIMAL_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

#include "absl/status/statusor.h"

namespace thidua::domain {

class Decimal {
 public:
  static constexpr int kMaxDigits = 18;
  static constexpr int kMaxScale = 9;

  constexpr Decimal() = default;
  // Any value within ±(10^18 − 1); a literal beyond that is a programmer's error.
  constexpr Decimal(int64_t whole) : coefficient_(whole) {}  // NOLINT: 5 is a decimal.

  // coefficient × 10^-scale, or nothing when it is out of range.
  static std::optional<Decimal> FromParts(int64_t coefficient, int scale);

  // The machine form: optional '-', digits, optional '.' and digits. No grouping, no exponent.
  // Fault NUMBER_UNREADABLE (suggests the machine form of "50,5") or NUMBER_TOO_LONG otherwise.
  // Vietnamese forms: vietnamese_number.h.
  static absl::StatusOr<Decimal> Parse(absl::string_view text);

  int64_t coefficient() const { return coefficient_; }
  int scale() const { return scale_; }
  bool is_zero() const { return coefficient_ == 0; }
  bool is_negative() const { return coefficient_ < 0; }

  std::string ToString() const;

  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

 private:
  constexpr Decimal(int64_t coefficient, int scale) : coefficient_(coefficient), scale_(scale) {}

  int64_t coefficient_ = 0;
  int scale_ = 0;
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_DECIMAL_H_
