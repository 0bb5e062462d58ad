#include "services/domain/vietnamese_number.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "services/domain/fault.h"

namespace thidua::domain {
namespace {

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

std::string ReasonOf(const absl::Status& status) {
  const std::vector<Fault> faults = FaultsOf(status);
  return faults.empty() ? std::string(status.message()) : faults[0].reason;
}

struct Readable {
  std::string text;
  std::string value;
  Qualifier qualifier = Qualifier::kExact;
  NumberMark mark = NumberMark::kNone;
  int magnitude = 0;
  std::string measure = "";
  bool ambiguous = false;
};

void ExpectAllRead(const std::vector<Readable>& rows) {
  for (const Readable& row : rows) {
    SCOPED_TRACE(row.text);
    const absl::StatusOr<NumberReading> reading = ReadNumber(row.text);
    ASSERT_TRUE(reading.ok()) << reading.status();
    EXPECT_EQ(reading->value.ToString(), row.value);
    EXPECT_EQ(reading->qualifier, row.qualifier);
    EXPECT_EQ(reading->mark, row.mark);
    EXPECT_EQ(reading->magnitude, row.magnitude);
    EXPECT_EQ(reading->measure, row.measure);
    EXPECT_EQ(reading->ambiguous, row.ambiguous);
  }
}

TEST(ReadNumber, ReadsTheFormsOfTheArticle) {
  ExpectAllRead({
      {.text = "17.893", .value = "17893", .ambiguous = true},
      {.text = "35.000", .value = "35000", .ambiguous = true},
      {.text = "51,12%", .value = "51.12", .mark = NumberMark::kPercent},
      {.text = "08", .value = "8"},
      {.text = "4", .value = "4"},
      {.text = "13,1", .value = "13.1"},
      {.text = "13,1%", .value = "13.1", .mark = NumberMark::kPercent},
      {.text = "0,20/00", .value = "0.2", .mark = NumberMark::kPerMille},
      {.text = "5,00/00", .value = "5.0", .mark = NumberMark::kPerMille},
      {.text = "405.509 lượt", .value = "405509", .measure = "lượt", .ambiguous = true},
      {.text = "trên 4.268 tỷ đồng",
       .value = "4268",
       .qualifier = Qualifier::kAtLeast,
       .magnitude = 9,
       .measure = "đồng",
       .ambiguous = true},
      {.text = "104,09%", .value = "104.09", .mark = NumberMark::kPercent},
      {.text = "770 học sinh", .value = "770", .measure = "học sinh"},
      {.text = "154%", .value = "154", .mark = NumberMark::kPercent},
      {.text = "50.460 người", .value = "50460", .measure = "người", .ambiguous = true},
      {.text = "05 văn bản", .value = "5", .measure = "văn bản"},
      {.text = "66,7%", .value = "66.7", .mark = NumberMark::kPercent},
  });
}

TEST(ReadNumber, ReadsTheFormsOfTheLanguage) {
  ExpectAllRead({
      {.text = "0", .value = "0"},
      {.text = "-5", .value = "-5"},
      {.text = "−5", .value = "-5"},
      {.text = "  12 ", .value = "12"},
      {.text = "51,12\u00a0%", .value = "51.12", .mark = NumberMark::kPercent},
      {.text = "1.250", .value = "1250", .ambiguous = true},
      {.text = "1,250", .value = "1.250", .ambiguous = true},
      {.text = "0,250", .value = "0.250"},
      {.text = "1250", .value = "1250"},
      {.text = "1.250,5", .value = "1250.5"},
      {.text = "1.250.000", .value = "1250000"},
      {.text = "hơn 12", .value = "12", .qualifier = Qualifier::kAtLeast},
      {.text = "gần 12", .value = "12", .qualifier = Qualifier::kNearly},
      {.text = "khoảng 12", .value = "12", .qualifier = Qualifier::kAbout},
      {.text = "ước đạt 12", .value = "12", .qualifier = Qualifier::kAbout},
      {.text = "1,5 triệu", .value = "1.5", .magnitude = 6},
      {.text = "20 nghìn đồng", .value = "20", .magnitude = 3, .measure = "đồng"},
      {.text = "5 ‰", .value = "5", .mark = NumberMark::kPerMille},
      {.text = "5 0/00", .value = "5", .mark = NumberMark::kPerMille},
      {.text = "100000000000000000", .value = "100000000000000000"},
  });
}

TEST(ReadNumber, RefusesWhatIsNoNumberWithItsReason) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", "NUMBER_EMPTY"},
      {"\u00a0 ", "NUMBER_EMPTY"},
      {"17.89.3", "NUMBER_UNREADABLE"},
      {"51.12", "NUMBER_UNREADABLE"},
      {"0.250", "NUMBER_UNREADABLE"},
      {"1.2500", "NUMBER_UNREADABLE"},
      {"1234.567", "NUMBER_UNREADABLE"},
      {".5", "NUMBER_UNREADABLE"},
      {",5", "NUMBER_UNREADABLE"},
      {"5,", "NUMBER_UNREADABLE"},
      {"1,2,3", "NUMBER_UNREADABLE"},
      {"--5", "NUMBER_UNREADABLE"},
      {"-", "NUMBER_UNREADABLE"},
      {"trên", "NUMBER_UNREADABLE"},
      {"đạt", "NUMBER_UNREADABLE"},
      {"17kg", "NUMBER_UNREADABLE"},
      {"5%%", "NUMBER_UNREADABLE"},
      {"5 6", "NUMBER_UNREADABLE"},
      {"0/00", "NUMBER_UNREADABLE"},
      {"1e5", "NUMBER_UNREADABLE"},
      {"08/10", "NUMBER_IS_TWO_FIGURES"},
      {"13,1/13,1%", "NUMBER_IS_TWO_FIGURES"},
      {"12/2018/QĐ-TTg", "NUMBER_IS_A_DATE_OR_CODE"},
      {"02/8/2019", "NUMBER_IS_A_DATE_OR_CODE"},
      {"6-14", "NUMBER_IS_A_DATE_OR_CODE"},
      {"1000000000000000000", "NUMBER_TOO_LONG"},
      {"0,1234567890", "NUMBER_TOO_LONG"},
  };
  for (const auto& [text, reason] : rows) {
    const absl::StatusOr<NumberReading> reading = ReadNumber(text);
    ASSERT_FALSE(reading.ok()) << text << " was read as " << reading->value.ToString();
    EXPECT_EQ(ReasonOf(reading.status()), reason) << text;
  }
}

TEST(ReadAttainment, SplitsActualAndTarget) {
  const auto labour = ReadAttainment("17.893/35.000");
  ASSERT_TRUE(labour.ok()) << labour.status();
  EXPECT_EQ(labour->actual.value, D("17893"));
  EXPECT_EQ(labour->target->value, D("35000"));

  const auto meetings = ReadAttainment("05/4 cuộc");
  ASSERT_TRUE(meetings.ok()) << meetings.status();
  EXPECT_EQ(meetings->actual.value, D("5"));
  EXPECT_EQ(meetings->target->value, D("4"));
  EXPECT_EQ(meetings->target->measure, "cuộc");
}

TEST(ReadAttainment, AppliesAMarkOnTheSecondFigureToBoth) {
  const auto rate = ReadAttainment("13,1/13,1%");
  ASSERT_TRUE(rate.ok()) << rate.status();
  EXPECT_EQ(rate->actual.mark, NumberMark::kPercent);
  EXPECT_EQ(rate->target->mark, NumberMark::kPercent);
}

TEST(ReadAttainment, NeverDividesByALostPerMille) {
  const auto births = ReadAttainment("0,20/00");
  ASSERT_TRUE(births.ok()) << births.status();
  EXPECT_FALSE(births->target.has_value());
  EXPECT_EQ(births->actual.value, D("0.2"));
  EXPECT_EQ(births->actual.mark, NumberMark::kPerMille);
}

TEST(ReadQuantity, KnowsItsMeasure) {
  struct Row {
    std::string text, measure, value;
  };
  for (const Row& row : std::vector<Row>{
           {"trên 4.268", "tỷ đồng", "4268"},
           {"trên 4.268 tỷ đồng", "tỷ đồng", "4268"},
           {"trên 4.268 tỷ đồng", "đồng", "4268000000000"},
           {"trên 4.268 tỷ", "đồng", "4268000000000"},
           {"1,5 triệu", "lượt", "1500000.0"},
           {"13,1", "%", "13.1"},
           {"13,1%", "%", "13.1"},
           {"0,20/00", "‰", "0.2"},
           {"08", "lớp", "8"},
       }) {
    const absl::StatusOr<Quantity> quantity = ReadQuantity(row.text, row.measure);
    ASSERT_TRUE(quantity.ok()) << row.text << ": " << quantity.status();
    EXPECT_EQ(quantity->value.ToString(), row.value) << row.text << " in " << row.measure;
    EXPECT_EQ(quantity->text, row.text);
  }
  EXPECT_EQ(ReasonOf(ReadQuantity("13,1%", "lớp").status()), "MEASURE_DISAGREES");
  EXPECT_EQ(ReasonOf(ReadQuantity("0,20/00", "%").status()), "MEASURE_DISAGREES");
  EXPECT_EQ(ReasonOf(ReadQuantity("08 lớp", "cuộc").status()), "MEASURE_DISAGREES");
  EXPECT_EQ(ReasonOf(ReadQuantity("1.000.000.000 tỷ", "đồng").status()), "NUMBER_TOO_LONG");
}

TEST(ReadPercent, KeepsThePrintedDigits) {
  EXPECT_EQ(ReadPercent("66,7%")->scale(), 1);
  EXPECT_EQ(ReadPercent("80")->scale(), 0);
  EXPECT_EQ(ReasonOf(ReadPercent("5‰").status()), "PERCENT_EXPECTED");
}

TEST(PrintNumber, GroupsAndMarks) {
  EXPECT_EQ(PrintNumber(D("17893")), "17.893");
  EXPECT_EQ(PrintNumber(D("999")), "999");
  EXPECT_EQ(PrintNumber(D("1000000")), "1.000.000");
  EXPECT_EQ(PrintNumber(D("-1234.50")), "-1.234,50");
  EXPECT_EQ(PrintNumber(D("-0.5")), "-0,5");
  EXPECT_EQ(PrintNumber(D("0")), "0");
}

TEST(PrintPercent, RoundsHalfUpToThePrintedDigits) {
  EXPECT_EQ(PrintPercent(Rational(17893) / Rational(35000), 2), "51,12%");
  EXPECT_EQ(PrintPercent(Rational(8) / Rational(12), 1), "66,7%");
  EXPECT_EQ(PrintPercent(Rational(1) / Rational(8), 0), "13%");
  EXPECT_EQ(PrintPercent(Rational(5) / Rational(4), 0), "125%");
}

// What is printed reads back as the same number, whatever the number.
TEST(PrintNumber, IsReadBackByReadNumber) {
  std::mt19937_64 random(20190805);
  for (int i = 0; i < 20000; ++i) {
    const auto digits = static_cast<int>(random() % 18);
    int64_t coefficient = 0;
    for (int d = 0; d <= digits; ++d) coefficient = coefficient * 10 + int64_t(random() % 10);
    if (random() % 2 == 0) coefficient = -coefficient;
    const Decimal value = *Decimal::FromParts(coefficient, static_cast<int>(random() % 10));
    const absl::StatusOr<NumberReading> reading = ReadNumber(PrintNumber(value));
    ASSERT_TRUE(reading.ok()) << value.ToString() << " printed " << PrintNumber(value);
    ASSERT_EQ(reading->value, value) << PrintNumber(value);
    ASSERT_EQ(reading->value.scale(), value.scale());
  }
}

}  // namespace
}  // namespace thidua::domain
