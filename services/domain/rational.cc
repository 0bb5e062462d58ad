#include "services/domain/rational.h"

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdio>
#include <cstdlib>
#include <numeric>

namespace thidua::domain {
namespace {

using Integer = boost::multiprecision::cpp_int;
using Fraction = boost::multiprecision::cpp_rational;

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

// The whole number that `top / bottom` is rounded to; top ≥ 0, bottom > 0.
template <typename Whole>
Whole RoundedQuotient(const Whole& top, const Whole& bottom, RoundingMode mode) {
  Whole quotient = top / bottom;
  const Whole rest = top - quotient * bottom;
  const Whole other = bottom - rest;  // The way up; `rest` is the way down.
  bool up = false;
  switch (mode) {
    case RoundingMode::kHalfUp:
      up = rest >= other;
      break;
    case RoundingMode::kHalfEven:
      up = rest > other || (rest == other && quotient % 2 != 0);
      break;
    case RoundingMode::kDown:
      break;
    case RoundingMode::kUp:
      up = rest != 0;
      break;
  }
  if (up) quotient += 1;
  return quotient;
}

}  // namespace

// Between the two forms of a Rational.
struct RationalParts {
  static const Fraction* Owned(const Rational& a) {
    return reinterpret_cast<const Fraction*>(a.numerator_);  // NOLINT: see rational.h.
  }
  static Fraction Of(const Rational& a) {
    if (a.IsBig()) return *Owned(a);
    return Fraction(Integer(a.numerator_), Integer(a.denominator_));
  }
  // Small whenever it fits: a fraction of Boost's is in lowest terms.
  static Rational Make(Fraction value) {
    const Integer& top = boost::multiprecision::numerator(value);
    const Integer& bottom = boost::multiprecision::denominator(value);
    if (top > INT64_MIN && top <= INT64_MAX && bottom <= INT64_MAX) {
      return {top.convert_to<int64_t>(), bottom.convert_to<int64_t>()};
    }
    return {reinterpret_cast<int64_t>(new Fraction(std::move(value))), 0};  // NOLINT
  }
};

void Rational::CopyBig(const Rational& other) {
  numerator_ = reinterpret_cast<int64_t>(new Fraction(*RationalParts::Owned(other)));  // NOLINT
}

void Rational::FreeBig() { delete RationalParts::Owned(*this); }

bool Rational::BigIsNegative() const { return *RationalParts::Owned(*this) < 0; }

Rational Rational::Sum(const Rational& a, const Rational& b) {
  // One denominator is often a multiple of the other: 10 and 100, 1 and any.
  if (!a.IsBig() && !b.IsBig()) {
    const Rational& coarse = a.denominator_ < b.denominator_ ? a : b;
    const Rational& fine = a.denominator_ < b.denominator_ ? b : a;
    int64_t top = 0, sum = 0;
    if (fine.denominator_ % coarse.denominator_ == 0) {
      if (Multiplies(coarse.numerator_, fine.denominator_ / coarse.denominator_, top) &&
          Adds(top, fine.numerator_, sum)) {
        return {sum, fine.denominator_};
      }
    } else {
      // Lowest terms now, or a row of sums would soon not fit any more.
      const int64_t shared = std::gcd(coarse.denominator_, fine.denominator_);
      const int64_t coarse_factor = fine.denominator_ / shared;
      const int64_t fine_factor = coarse.denominator_ / shared;
      int64_t other = 0, bottom = 0;
      if (Multiplies(coarse.numerator_, coarse_factor, top) &&
          Multiplies(fine.numerator_, fine_factor, other) && Adds(top, other, sum) &&
          Multiplies(coarse.denominator_, coarse_factor, bottom)) {
        const int64_t divisor = std::gcd(sum, bottom);
        return {sum / divisor, bottom / divisor};
      }
    }
  }
  return RationalParts::Make(RationalParts::Of(a) + RationalParts::Of(b));
}

Rational Rational::Difference(const Rational& a, const Rational& b) {
  if (!b.IsBig()) return Sum(a, {-b.numerator_, b.denominator_});
  return RationalParts::Make(RationalParts::Of(a) - RationalParts::Of(b));
}

Rational Rational::Product(const Rational& a, const Rational& b) {
  return RationalParts::Make(RationalParts::Of(a) * RationalParts::Of(b));
}

Rational Rational::Quotient(const Rational& a, const Rational& b) {
  if (b.is_zero()) {
    std::fputs("thidua: a rational was divided by zero; the caller must decide first\n", stderr);
    std::abort();
  }
  return RationalParts::Make(RationalParts::Of(a) / RationalParts::Of(b));
}

std::strong_ordering Rational::CompareBig(const Rational& a, const Rational& b) {
  const int order = RationalParts::Of(a).compare(RationalParts::Of(b));
  if (order < 0) return std::strong_ordering::less;
  if (order > 0) return std::strong_ordering::greater;
  return std::strong_ordering::equal;
}

Rational Rational::RoundedTo(const Decimal& step, RoundingMode mode) const {
  const Rational by(step);
  if (by.numerator_ <= 0) return *this;
  if (!IsBig()) {
    // (n/d) / (s/t) = n·t / (d·s); in 64 bits nearly always, in 128 whenever it fits.
    int64_t top = 0, bottom = 0, rounded = 0;
    const int64_t magnitude = numerator_ < 0 ? -numerator_ : numerator_;
    if (Multiplies(magnitude, by.denominator_, top) &&
        Multiplies(denominator_, by.numerator_, bottom)) {
      const int64_t steps = RoundedQuotient<int64_t>(top, bottom, mode);
      if (Multiplies(steps, by.numerator_, rounded)) {
        return {numerator_ < 0 ? -rounded : rounded, by.denominator_};
      }
    }
  }
  const Fraction value = RationalParts::Of(*this), unit = RationalParts::Of(by);
  const Fraction ratio = value / unit;
  const bool negative = ratio < 0;
  const Integer top = abs(boost::multiprecision::numerator(ratio));
  const Integer steps =
      RoundedQuotient<Integer>(top, boost::multiprecision::denominator(ratio), mode);
  return RationalParts::Make(Fraction(negative ? Integer(-steps) : steps) * unit);
}

std::optional<Decimal> Rational::RoundHalfUp(int digits) const {
  if (digits < 0 || digits > Decimal::kMaxScale) return std::nullopt;
  const Fraction value = RationalParts::Of(*this);
  const Integer top = abs(boost::multiprecision::numerator(value)) * PowerOfTen(digits);
  const Integer rounded = RoundedQuotient<Integer>(top, boost::multiprecision::denominator(value),
                                                   RoundingMode::kHalfUp);
  if (rounded >= PowerOfTen(Decimal::kMaxDigits)) return std::nullopt;
  const auto coefficient = rounded.convert_to<int64_t>();
  return Decimal::FromParts(is_negative() ? -coefficient : coefficient, digits);
}

Rational Rational::Floor() const {
  if (!IsBig()) {
    int64_t quotient = numerator_ / denominator_;
    if (numerator_ < 0 && quotient * denominator_ != numerator_) --quotient;
    return quotient;
  }
  const Fraction& value = *RationalParts::Owned(*this);
  return RationalParts::Make(Fraction(FloorDivide(boost::multiprecision::numerator(value),
                                                  boost::multiprecision::denominator(value))));
}

std::string Rational::ToString() const { return RationalParts::Of(*this).str(); }

}  // namespace thidua::domain
