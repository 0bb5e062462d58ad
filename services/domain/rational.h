// An exact fraction of any size. Points, shares and percentages stay rationals from the figures to
// the rank, and become decimals only where a scheme or a printed page rounds them.
//
//   Rational share = Rational(17893) / Rational(35000);
//   (share * 100).RoundHalfUp(2)->ToString();   // "51.12"
//
// Boost.Multiprecision carries the digits (docs/decisions/0003): no overflow, no lost remainder.
// A value; safe to use from any thread.
#ifndef THIDUA_SERVICES_DOMAIN_RATIONAL_H_
#define THIDUA_SERVICES_DOMAIN_RATIONAL_H_

#include <boost/multiprecision/cpp_int.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "services/domain/decimal.h"

namespace thidua::domain {

class Rational {
 public:
  Rational() = default;
  // Not inline: GCC 12 loses track of Boost's small integers when it inlines both ends of their
  // life, and takes them for uninitialised.
  Rational(int64_t whole);           // NOLINT: 5 is a rational.
  Rational(const Decimal& decimal);  // NOLINT: so is 0.2.

  bool is_zero() const { return value_ == 0; }
  bool is_negative() const { return value_ < 0; }

  friend Rational operator+(const Rational& a, const Rational& b) {
    return Of(a.value_ + b.value_);
  }
  friend Rational operator-(const Rational& a, const Rational& b) {
    return Of(a.value_ - b.value_);
  }
  friend Rational operator*(const Rational& a, const Rational& b) {
    return Of(a.value_ * b.value_);
  }
  // b must not be zero: a caller decides what a division by zero means before it divides.
  friend Rational operator/(const Rational& a, const Rational& b);
  Rational& operator+=(const Rational& other) {
    value_ += other.value_;
    return *this;
  }

  friend bool operator==(const Rational& a, const Rational& b) { return a.value_ == b.value_; }
  friend std::strong_ordering operator<=>(const Rational& a, const Rational& b);

  // To `digits` (0 to 9) after the mark; a half goes away from zero. Nothing when the rounded
  // number does not fit a Decimal.
  std::optional<Decimal> RoundHalfUp(int digits) const;

  // The greatest whole number that is not greater.
  Rational Floor() const;

  // "17893/35000" in lowest terms, or "5": exact, for records and digests.
  std::string ToString() const;

 private:
  using Value = boost::multiprecision::cpp_rational;
  static Rational Of(Value value) {
    Rational rational;
    rational.value_ = std::move(value);
    return rational;
  }

  Value value_ = 0;
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_RATIONAL_H_
