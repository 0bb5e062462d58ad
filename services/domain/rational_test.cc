// Fractions, above all where they stop fitting 64 bits: everything is held against Boost's.
#include "services/domain/rational.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace thidua::domain {
namespace {

using Fraction = boost::multiprecision::cpp_rational;
using Integer = boost::multiprecision::cpp_int;

struct Pair {
  Rational ours;
  Fraction theirs;
};

// Few digits and many, and the edges of 64 bits.
int64_t SomeWhole(std::mt19937_64& random) {
  switch (random() % 5) {
    case 0:
      return static_cast<int64_t>(random() % 21) - 10;
    case 1:
      return INT64_MAX - static_cast<int64_t>(random() % 3);
    case 2:
      return INT64_MIN + static_cast<int64_t>(random() % 3);
    case 3:
      return static_cast<int64_t>(random() % 2'000'000) - 1'000'000;
    default:
      return static_cast<int64_t>(random());
  }
}

Pair SomeFraction(std::mt19937_64& random) {
  const int64_t top = SomeWhole(random);
  int64_t bottom = SomeWhole(random);
  if (bottom == 0) bottom = 7;
  return {Rational(top) / Rational(bottom), Fraction(Integer(top)) / Integer(bottom)};
}

TEST(Rational, AgreesWithBoostWhereverSixtyFourBitsEnd) {
  std::mt19937_64 random(20190805);
  for (int round = 0; round < 20'000; ++round) {
    Pair sum = SomeFraction(random);
    for (int step = 0; step < 6; ++step) {
      const Pair other = SomeFraction(random);
      switch (random() % 4) {
        case 0:
          sum = {sum.ours + other.ours, sum.theirs + other.theirs};
          break;
        case 1:
          sum = {sum.ours - other.ours, sum.theirs - other.theirs};
          break;
        case 2:
          sum = {sum.ours * other.ours, sum.theirs * other.theirs};
          break;
        default:
          if (other.ours.is_zero()) break;
          sum = {sum.ours / other.ours, sum.theirs / other.theirs};
      }
      ASSERT_EQ(sum.ours.ToString(), sum.theirs.str());
      ASSERT_EQ(sum.ours.is_negative(), sum.theirs < 0);
      ASSERT_EQ(sum.ours.is_zero(), sum.theirs == 0);
      ASSERT_EQ(sum.ours == other.ours, sum.theirs == other.theirs);
      ASSERT_EQ(sum.ours < other.ours, sum.theirs < other.theirs);
      ASSERT_LE(sum.ours.Floor(), sum.ours);
      ASSERT_GT(sum.ours.Floor() + 1, sum.ours);
    }
  }
}

TEST(Rational, IsTheSameWhateverItWasMadeOf) {
  EXPECT_EQ(Rational(), Rational(0)) << "what nobody gave points is 0";
  EXPECT_EQ(Rational().ToString(), "0");
  EXPECT_EQ(Rational(2) / 4, Rational(1) / 2);
  EXPECT_EQ((Rational(2) / 4).ToString(), "1/2");
  EXPECT_EQ(Rational(INT64_MIN).ToString(), "-9223372036854775808");
  const Rational big = Rational(INT64_MAX) * INT64_MAX;
  EXPECT_EQ(big / INT64_MAX, Rational(INT64_MAX));
}

TEST(Rational, CopiesAndMovesWhatDoesNotFit) {
  Rational big = Rational(INT64_MAX) * 4;
  Rational copy = big;
  copy += 1;
  EXPECT_EQ(copy - big, Rational(1));
  Rational moved = std::move(copy);
  EXPECT_EQ(moved, big + 1);
  const Rational& itself = moved;
  moved = itself;
  EXPECT_EQ(moved, big + 1);
  moved = Rational(3);
  EXPECT_EQ(moved, Rational(3));
  std::vector<Rational> many(10, big);
  many.resize(1000, big);
  EXPECT_EQ(many.front(), many.back());
}

// What scoring's loops reckon in is there whenever it can be, whatever it was computed from.
TEST(Rational, ComesBackToTwoIntegersAsSoonAsItFits) {
  const Rational big = Rational(INT64_MAX) * INT64_MAX;
  EXPECT_FALSE(big.InInt64s().has_value());
  const auto parts = [](const Rational& value) {
    const std::optional<Rational::Int64s> two = value.InInt64s();
    return two.has_value() ? std::pair(two->numerator, two->denominator)
                           : std::pair<int64_t, int64_t>();
  };
  using Parts = std::pair<int64_t, int64_t>;
  EXPECT_EQ(parts(big / INT64_MAX), Parts(INT64_MAX, 1));
  EXPECT_EQ(parts(Rational(0) - big / INT64_MAX), Parts(-INT64_MAX, 1));
  EXPECT_EQ(parts(big - big), Parts(0, 1));
  EXPECT_EQ(parts(big / big), Parts(1, 1));
  EXPECT_EQ(parts(Rational(INT64_MAX - 1) / big * INT64_MAX), Parts(INT64_MAX - 1, INT64_MAX));
  EXPECT_FALSE((Rational(1) / big).InInt64s().has_value());
  EXPECT_FALSE((Rational(-INT64_MAX) - 1).InInt64s().has_value())
      << "its sign could not be changed";
  EXPECT_FALSE((Rational(INT64_MAX) + 1).InInt64s().has_value());
}

TEST(Rational, ARowOfSumsStaysInTwoIntegers) {
  Rational sum = 0;
  for (int round = 0; round < 30; ++round) {
    for (const int64_t of : {3, 7, 10, 12, 100, 1'000, 35'000}) sum += Rational(1) / of;
  }
  EXPECT_TRUE(sum.InInt64s().has_value());
  EXPECT_EQ(sum * 35'000, Rational(30) * (Rational(35'000) / 3 + 5'000 + 3'500 +
                                          Rational(35'000) / 12 + 350 + 35 + 1));
}

TEST(Rational, IsNegativeOnlyBelowZero) {
  const Rational big = Rational(INT64_MAX) * INT64_MAX;
  EXPECT_FALSE(Rational(0).is_negative());
  EXPECT_TRUE(Rational(-1).is_negative());
  EXPECT_TRUE((Rational(0) - big).is_negative());
  EXPECT_FALSE(big.is_negative());
  EXPECT_FALSE((big - big).is_negative());
}

struct RoundingCase {
  const char* value;
  const char* step;
  RoundingMode mode;
  const char* rounded;
};

TEST(Rational, RoundsToAStep) {
  constexpr RoundingMode kHalfUp = RoundingMode::kHalfUp, kHalfEven = RoundingMode::kHalfEven,
                         kDown = RoundingMode::kDown, kUp = RoundingMode::kUp;
  const RoundingCase cases[] = {
      {"3.125", "0.01", kHalfUp, "3.13"},   {"3.125", "0.01", kHalfEven, "3.12"},
      {"3.135", "0.01", kHalfEven, "3.14"}, {"3.129", "0.01", kDown, "3.12"},
      {"3.121", "0.01", kUp, "3.13"},       {"3.12", "0.01", kUp, "3.12"},
      {"-3.125", "0.01", kHalfUp, "-3.13"}, {"-3.129", "0.01", kDown, "-3.12"},
      {"-3.121", "0.01", kUp, "-3.13"},     {"7.375", "0.25", kHalfUp, "7.5"},
      {"7.375", "0.25", kHalfEven, "7.5"},  {"7.125", "0.25", kHalfEven, "7"},
      {"7.3", "0.5", kHalfUp, "7.5"},       {"2.4", "5", kHalfUp, "0"},
      {"2.5", "5", kHalfUp, "5"},           {"0", "0.01", kUp, "0"},
  };
  for (const RoundingCase& c : cases) {
    SCOPED_TRACE(c.value);
    EXPECT_EQ(Rational(*Decimal::Parse(c.value)).RoundedTo(*Decimal::Parse(c.step), c.mode),
              Rational(*Decimal::Parse(c.rounded)));
  }
  const Rational third = Rational(INT64_MAX) / 3 * 7;
  EXPECT_EQ(third.RoundedTo(*Decimal::Parse("0.01"), kDown) * 100, (third * 100).Floor());
  const Rational below = Rational(0) - third;
  EXPECT_EQ(below.RoundedTo(*Decimal::Parse("0.01"), kUp) * 100, (below * 100).Floor());
  for (const char* no_step : {"0", "-0.01"}) {
    EXPECT_EQ(third.RoundedTo(*Decimal::Parse(no_step), kUp), third);
    EXPECT_EQ((Rational(1) / 3).RoundedTo(*Decimal::Parse(no_step), kUp), Rational(1) / 3);
  }
}

}  // namespace
}  // namespace thidua::domain
