#include "services/domain/decimal.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/domain/rational.h"

#include "services/domain/fault.h"

namespace thidua::domain {
namespace {

TEST(Decimal, KeepsItsDigitsAndComparesByValue) {
  EXPECT_EQ(Decimal::Parse("0.20")->ToString(), "0.20");
  EXPECT_EQ(*Decimal::Parse("0.20"), *Decimal::Parse("0.2"));
  EXPECT_LT(*Decimal::Parse("-0.5"), Decimal(0));
  EXPECT_GT(*Decimal::Parse("999999999999999999"), *Decimal::Parse("999999999999999998"));
  EXPECT_EQ(Decimal::Parse("-0.05")->ToString(), "-0.05");
}

TEST(Decimal, RefusesWhatIsNotTheMachineForm) {
  for (const char* text : {"", "-", ".", "1.", ".5", "1,5", "1.2.3", "+1", " 1", "1e3", "0x1"}) {
    EXPECT_FALSE(Decimal::Parse(text).ok()) << text;
  }
  EXPECT_FALSE(Decimal::Parse("1000000000000000000").ok());
  EXPECT_FALSE(Decimal::Parse("0.0000000001").ok());
  EXPECT_FALSE(Decimal::FromParts(1, 10).has_value());
}

TEST(Rational, IsExactWhereFloatingPointIsNot) {
  Rational sum = 0;
  for (int i = 0; i < 10; ++i) sum += Rational(*Decimal::Parse("0.1"));
  EXPECT_EQ(sum, Rational(1));
  EXPECT_GT(Rational(950) / Rational(1000), Rational(940) / Rational(990));
}

TEST(Rational, RoundsAHalfAwayFromZero) {
  const Rational half = Rational(1) / Rational(2);
  EXPECT_EQ(half.RoundHalfUp(0)->ToString(), "1");
  EXPECT_EQ((Rational(0) - half).RoundHalfUp(0)->ToString(), "-1");
  EXPECT_EQ((Rational(2) / Rational(3)).RoundHalfUp(2)->ToString(), "0.67");
  EXPECT_EQ((Rational(1) / Rational(3)).RoundHalfUp(2)->ToString(), "0.33");
  EXPECT_EQ(Rational(5).RoundHalfUp(2)->ToString(), "5.00");
  EXPECT_FALSE(Rational(5).RoundHalfUp(10).has_value());
  Rational huge = 1;
  for (int i = 0; i < 40; ++i) huge = huge * 10;
  EXPECT_FALSE(huge.RoundHalfUp(0).has_value());
}

TEST(Rational, FloorsTowardMinusInfinity) {
  EXPECT_EQ((Rational(7) / Rational(2)).Floor(), Rational(3));
  EXPECT_EQ((Rational(-7) / Rational(2)).Floor(), Rational(-4));
  EXPECT_EQ(Rational(-4).Floor(), Rational(-4));
}

TEST(Decimal, SaysHowANumberOfAnOfficialIsWritten) {
  for (const auto& [text, form] : std::vector<std::pair<std::string, std::string>>{
           {"50,5", "50.5"},
           {"1.000,5", "1000.5"},
           {"1.000.000", "1000000"},
           {" 5", "5"},
           {"80%", "80"},
           {"năm", ""},
           {"1,2,3", ""},
           {"-", ""},
           {"", ""},
       }) {
    const std::vector<Fault> faults = FaultsOf(Decimal::Parse(text).status());
    ASSERT_EQ(faults.size(), 1U) << text;
    EXPECT_EQ(faults[0].reason, "NUMBER_UNREADABLE");
    EXPECT_EQ(faults[0].suggestion, form);
    EXPECT_EQ(faults[0].message,
              "Không đọc được số “" + text + "”" + (form.empty() ? "" : ": viết " + form) + ".");
  }
}

}  // namespace
}  // namespace thidua::domain
