#include "services/domain/rational.h"

#include <cstdio>
#include <cstdlib>

namespace thidua::domain {
namespace {

using Integer = boost::multiprecision::cpp_int;

Integer PowerOfTen(int exponent) {
  Integer power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Toward minus infinity; cpp_int divides toward zero. The denominator is positive.
Integer FloorDivide(const Integer& numerator, const Integer& denominator) {
  Integer quotient = numerator / denominator;
  if (numerator < 0 && quotient * denominator != numerator) --quotient;
  return quotient;
}

}  // namespace

Rational::Rational(int64_t whole) : value_(whole) {}

Rational::Rational(const Decimal& decimal)
    : value_(Integer(decimal.coefficient()), PowerOfTen(decimal.scale())) {}

Rational operator/(const Rational& a, const Rational& b) {
  if (b.is_zero()) {
    std::fputs("thidua: a rational was divided by zero; the caller must decide first\n", stderr);
    std::abort();
  }
  return Rational::Of(a.value_ / b.value_);
}

std::strong_ordering operator<=>(const Rational& a, const Rational& b) {
  const int order = a.value_.compare(b.value_);
  if (order < 0) return std::strong_ordering::less;
  if (order > 0) return std::strong_ordering::greater;
  return std::strong_ordering::equal;
}

std::optional<Decimal> Rational::RoundHalfUp(int digits) const {
  if (digits < 0 || digits > Decimal::kMaxScale) return std::nullopt;
  const bool negative = is_negative();
  const Integer numerator = abs(boost::multiprecision::numerator(value_)) * PowerOfTen(digits);
  const Integer denominator = boost::multiprecision::denominator(value_);
  const Integer rounded = (2 * numerator + denominator) / (2 * denominator);
  if (rounded >= PowerOfTen(Decimal::kMaxDigits)) return std::nullopt;
  const auto coefficient = rounded.convert_to<int64_t>();
  return Decimal::FromParts(negative ? -coefficient : coefficient, digits);
}

Rational Rational::Floor() const {
  return Of(Value(FloorDivide(boost::multiprecision::numerator(value_),
                              boost::multiprecision::denominator(value_))));
}

std::string Rational::ToString() const { return value_.str(); }

}  // namespace thidua::domain
