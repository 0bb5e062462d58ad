#include "services/domain/decimal.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "services/domain/fault.h"
#include "services/domain/rational.h"

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

TEST(Decimal, HasEighteenDigitsOfWhichNineAfterTheMark) {
  constexpr int64_t kGreatest = 999'999'999'999'999'999;
  for (const char* text : {"999999999999999999", "-999999999999999999", "100000000000000000",
                           "999999999.999999999", "-0.000000001", "0000000000000000000001"}) {
    EXPECT_TRUE(Decimal::Parse(text).ok()) << text;
  }
  EXPECT_EQ(Decimal::Parse("999999999.999999999")->ToString(), "999999999.999999999");
  EXPECT_EQ(Decimal::Parse("-999999999999999999")->coefficient(), -kGreatest);
  for (const char* text : {"1000000000000000000", "-1000000000000000000", "1.0000000000"}) {
    const std::vector<Fault> faults = FaultsOf(Decimal::Parse(text).status());
    ASSERT_EQ(faults.size(), 1U) << text;
    EXPECT_EQ(faults[0].reason, "NUMBER_TOO_LONG") << text;
  }
  for (const int64_t sign : {1, -1}) {
    EXPECT_TRUE(Decimal::FromParts(sign * kGreatest, 9).has_value());
    EXPECT_TRUE(Decimal::FromParts(sign * kGreatest, 0).has_value());
    EXPECT_FALSE(Decimal::FromParts(sign * (kGreatest + 1), 0).has_value());
  }
  EXPECT_FALSE(Decimal::FromParts(1, -1).has_value());
}

TEST(Decimal, ComparesWhateverTheDigitsAfterTheMark) {
  const char* const in_order[] = {"-999999999999999999", "-999999999.999999999",
                                  "-1.000000001",        "-1",
                                  "-0.999999999",        "0",
                                  "0.000000001",         "0.9",
                                  "0.999999999",         "1",
                                  "999999999.999999999", "1000000000",
                                  "999999999999999999"};
  for (size_t i = 0; i < std::size(in_order); ++i) {
    for (size_t j = 0; j < std::size(in_order); ++j) {
      EXPECT_EQ(*Decimal::Parse(in_order[i]) <=> *Decimal::Parse(in_order[j]), i <=> j)
          << in_order[i] << " and " << in_order[j];
    }
  }
}

TEST(Decimal, IsTheSameWithMoreZerosAfterTheMark) {
  std::string more = "7.";
  for (int digits = 1; digits <= 9; ++digits) {
    more += '0';
    EXPECT_EQ(*Decimal::Parse(more), Decimal(7)) << more;
    EXPECT_EQ(Rational(*Decimal::Parse(more)), Rational(7)) << more;
    EXPECT_EQ(Rational(7).RoundHalfUp(digits)->ToString(), more);
  }
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

TEST(Rational, RoundsToEveryDigitThatADecimalHasAndToNoOther) {
  const Rational seventh = Rational(1) / Rational(7);
  EXPECT_EQ(seventh.RoundHalfUp(9)->ToString(), "0.142857143");
  EXPECT_EQ(seventh.RoundHalfUp(0)->ToString(), "0");
  EXPECT_FALSE(seventh.RoundHalfUp(-1).has_value());
  const Rational greatest = 999'999'999'999'999'999;
  EXPECT_EQ(greatest.RoundHalfUp(0)->ToString(), "999999999999999999");
  EXPECT_EQ((Rational(0) - greatest).RoundHalfUp(0)->ToString(), "-999999999999999999");
  EXPECT_FALSE((greatest + 1).RoundHalfUp(0).has_value());
  EXPECT_FALSE((Rational(-1) - greatest).RoundHalfUp(0).has_value());
  EXPECT_FALSE((greatest + Rational(1) / 2).RoundHalfUp(0).has_value()) << "rounded it is too long";
  EXPECT_FALSE(greatest.RoundHalfUp(1).has_value());
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
           {"1.5%", "1.5"},
           {"1 000,5", "1000.5"},
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
