// An exact fraction of any size. Points, shares and percentages stay rationals from the figures to
// the rank, and become decimals only where a scheme or a printed page rounds them.
//
//   Rational share = Rational(17893) / Rational(35000);
//   (share * 100).RoundHalfUp(2)->ToString();   // "51.12"
//
// Nearly every fraction of a ranking fits two 64-bit integers, and is kept in them without looking
// for its lowest terms; what does not fit is carried by Boost.Multiprecision (docs/decisions/0003).
// No overflow, no lost remainder, and nobody sees which of the two it is. A value; safe to use from
// any thread.
#ifndef THIDUA_SERVICES_DOMAIN_RATIONAL_H_
#define THIDUA_SERVICES_DOMAIN_RATIONAL_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "services/domain/decimal.h"

namespace thidua::domain {

// How a number is brought to a multiple of a step.
enum class RoundingMode {
  kHalfUp,    // To the nearest; a half goes away from zero.
  kHalfEven,  // To the nearest; a half goes to the even multiple.
  kDown,      // Towards zero: what is beyond is cut off.
  kUp,        // Away from zero.
};

class Rational {
 public:
  Rational() = default;
  Rational(int64_t whole) {  // NOLINT: 5 is a rational.
    if (whole == INT64_MIN) {
      *this = Difference(INT64_MIN + 1, 1);
    } else {
      numerator_ = whole;
    }
  }
  Rational(const Decimal& decimal)  // NOLINT: so is 0.2.
      : numerator_(decimal.coefficient()), denominator_(kPowersOfTen[decimal.scale()]) {}
  Rational(const Rational& other) : numerator_(other.numerator_), denominator_(other.denominator_) {
    if (other.IsBig()) CopyBig(other);
  }
  Rational(Rational&& other) noexcept
      : numerator_(other.numerator_), denominator_(other.denominator_) {
    other.denominator_ = 1;
  }
  Rational& operator=(const Rational& other) {
    if (IsBig() || other.IsBig()) {
      Rational copy(other);
      return *this = std::move(copy);
    }
    numerator_ = other.numerator_;
    denominator_ = other.denominator_;
    return *this;
  }
  Rational& operator=(Rational&& other) noexcept {
    std::swap(numerator_, other.numerator_);
    std::swap(denominator_, other.denominator_);
    return *this;
  }
  ~Rational() {
    if (IsBig()) FreeBig();
  }

  bool is_zero() const { return !IsBig() && numerator_ == 0; }
  bool is_negative() const { return IsBig() ? BigIsNegative() : numerator_ < 0; }

  friend Rational operator+(const Rational& a, const Rational& b) {
    int64_t sum = 0;
    if (a.denominator_ == b.denominator_ && !a.IsBig()) {
      if (Adds(a.numerator_, b.numerator_, sum)) return Rational(sum, a.denominator_);
    }
    if (b.numerator_ == 0) return a;
    if (a.numerator_ == 0) return b;
    return Sum(a, b);
  }
  friend Rational operator-(const Rational& a, const Rational& b) {
    int64_t difference = 0;
    if (a.denominator_ == b.denominator_ && !a.IsBig()) {
      if (Adds(a.numerator_, -b.numerator_, difference)) {
        return Rational(difference, a.denominator_);
      }
    }
    return Difference(a, b);
  }
  friend Rational operator*(const Rational& a, const Rational& b) {
    int64_t top = 0, bottom = 0;
    if (!a.IsBig() && !b.IsBig() && Multiplies(a.numerator_, b.numerator_, top) &&
        Multiplies(a.denominator_, b.denominator_, bottom)) {
      return Rational(top, bottom);
    }
    return Product(a, b);
  }
  // b must not be zero: a caller decides what a division by zero means before it divides.
  friend Rational operator/(const Rational& a, const Rational& b) {
    int64_t top = 0, bottom = 0;
    if (!a.IsBig() && !b.IsBig() && b.numerator_ > 0 &&
        Multiplies(a.numerator_, b.denominator_, top) &&
        Multiplies(a.denominator_, b.numerator_, bottom)) {
      return Rational(top, bottom);
    }
    return Quotient(a, b);
  }
  Rational& operator+=(const Rational& other) {
    if (other.numerator_ == 0) return *this;  // A big one is never at address 0.
    if (denominator_ == other.denominator_ && !IsBig()) {
      int64_t sum = 0;
      if (Adds(numerator_, other.numerator_, sum)) {
        numerator_ = sum;
        return *this;
      }
    } else if (numerator_ == 0) {
      return *this = other;
    }
    return *this = Sum(*this, other);
  }

  friend bool operator==(const Rational& a, const Rational& b) { return (a <=> b) == 0; }
  friend std::strong_ordering operator<=>(const Rational& a, const Rational& b) {
    if (a.IsBig() || b.IsBig()) return CompareBig(a, b);
    if (a.denominator_ == b.denominator_) return a.numerator_ <=> b.numerator_;
    const Wide left = Wide{a.numerator_} * b.denominator_;
    const Wide right = Wide{b.numerator_} * a.denominator_;
    return left < right   ? std::strong_ordering::less
           : left > right ? std::strong_ordering::greater
                          : std::strong_ordering::equal;
  }

  // To `digits` (0 to 9) after the mark; a half goes away from zero. Nothing when the rounded
  // number does not fit a Decimal.
  std::optional<Decimal> RoundHalfUp(int digits) const;

  // The multiple of `step` (> 0) that it is rounded to; itself when there is no such step.
  Rational RoundedTo(const Decimal& step, RoundingMode mode) const;

  // The fraction as two integers, not always in lowest terms, the denominator above 0; nothing when
  // it does not fit them. With SetInt64s the way out and in for loops that reckon in integers.
  struct Int64s {
    int64_t numerator = 0;
    int64_t denominator = 1;
  };
  std::optional<Int64s> InInt64s() const {
    if (IsBig()) return std::nullopt;
    return Int64s{numerator_, denominator_};
  }
  // The denominator must be above 0, the numerator above INT64_MIN.
  void SetInt64s(int64_t numerator, int64_t denominator) {
    if (IsBig()) FreeBig();
    numerator_ = numerator;
    denominator_ = denominator;
  }

  // The greatest whole number that is not greater.
  Rational Floor() const;

  // "17893/35000" in lowest terms, or "5": exact, for records and digests.
  std::string ToString() const;

 private:
  friend struct RationalParts;  // rational.cc's way in.

  __extension__ using Wide = __int128;

  static constexpr int64_t kPowersOfTen[] = {
      1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

  Rational(int64_t numerator, int64_t denominator)
      : numerator_(numerator), denominator_(denominator) {}

  // Whether the result is one that is kept small; INT64_MIN is not, so that signs can be changed.
  static bool Adds(int64_t a, int64_t b, int64_t& sum) {
    return !__builtin_add_overflow(a, b, &sum) && sum != INT64_MIN;
  }
  static bool Multiplies(int64_t a, int64_t b, int64_t& product) {
    return !__builtin_mul_overflow(a, b, &product) && product != INT64_MIN;
  }

  bool IsBig() const { return denominator_ == 0; }
  void CopyBig(const Rational& other);
  void FreeBig();
  bool BigIsNegative() const;
  static Rational Sum(const Rational& a, const Rational& b);
  static Rational Difference(const Rational& a, const Rational& b);
  static Rational Product(const Rational& a, const Rational& b);
  static Rational Quotient(const Rational& a, const Rational& b);
  static std::strong_ordering CompareBig(const Rational& a, const Rational& b);

  // numerator_ / denominator_, not always in lowest terms; with a denominator of 0 the numerator is
  // the address of a Boost rational that this value owns.
  int64_t numerator_ = 0;
  int64_t denominator_ = 1;
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_RATIONAL_H_
