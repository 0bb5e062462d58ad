#include "services/scoring/number_wording.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/scoring/khoi4_2019_scored_testlib.h"

namespace thidua::scoring {
namespace {

using domain::Rational;

TEST(NumberWordingTest, RoundsHalfUpWithoutTrailingZeros) {
  const struct {
    Rational value;
    const char* vietnamese;  // 2 digits
    const char* machine;     // 4 digits
  } kCases[] = {
      {0, "0", "0"},
      {650, "650", "650"},
      {17893, "17.893", "17893"},
      {Rational(6646) / 20, "332,3", "332.3"},
      {Rational(17893) * 650 / 35000, "332,3", "332.2986"},
      {Rational(2) / 3, "0,67", "0.6667"},
      {Rational(1) / 8, "0,13", "0.125"},
      {Rational(1) / 32, "0,03", "0.0313"},
      {Rational(-1) / 8, "-0,13", "-0.125"},
      {Rational(1) / 100000, "0", "0"},
      {Rational(99999) / 1000, "100", "99.999"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(PrintShort(c.value), c.vietnamese) << c.value.ToString();
    EXPECT_EQ(MachineShort(c.value), c.machine) << c.value.ToString();
  }
  EXPECT_EQ(PrintShort(Rational(2) / 3, 0), "1");
  EXPECT_EQ(MachineShort(Rational(2) / 3, 9), "0.666666667");
}

TEST(NumberWordingTest, WhatAContractRoundedIsNotRoundedAgain) {
  const struct {
    const char* machine;
    const char* exact;
    const char* printed;
  } kCases[] = {
      {"48.995", "9750/199", "≈ 48,99"},   // 48,99497…
      {"91.665", "18058/197", "≈ 91,66"},  // 91,66497…
      {"-48.995", "-9750/199", "≈ -48,99"},
      {"48.995", "", "≈ 49"},  // That is all of it.
      {"332.3", "", "332,3"},
      {"17893", "", "17.893"},
      {"0.6667", "2/3", "≈ 0,67"},
      {"0", "1/100000", "≈ 0"},
      {"33.3333", "100/0", "≈ 33,33"},
      {"", "", ""},
      {"–", "a/b", "–"},
      {"0.3333", "111111111111111111111111111111/333333333333333333333333333333", "≈ 0,33"},
  };
  for (const auto& c : kCases) EXPECT_EQ(PrintContract(c.machine, c.exact), c.printed);
}

}  // namespace
}  // namespace thidua::scoring
