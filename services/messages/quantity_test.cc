#include "services/messages/quantity.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"

namespace thidua::messages {
namespace {

using domain::Decimal;
using domain::Qualifier;
using domain::QuantityState;
using Message = type::v1::Quantity;

Message Of(Message::State state, const std::string& value, const std::string& text,
           Message::Qualifier qualifier = Message::QUALIFIER_UNSPECIFIED) {
  Message message;
  message.set_state(state);
  message.set_value(value);
  message.set_text(text);
  message.set_qualifier(qualifier);
  return message;
}

constexpr Message::State kUnspecified = Message::STATE_UNSPECIFIED;
constexpr Message::State kValue = Message::STATE_VALUE;

TEST(ReadQuantityTest, ReadsMachineFormsAndVietnameseTexts) {
  const struct {
    Message message;
    const char* value;
    Qualifier qualifier;
    bool ambiguous;
  } kCases[] = {
      {Of(kUnspecified, "17893", ""), "17893", Qualifier::kExact, false},
      {Of(kValue, "0", ""), "0", Qualifier::kExact, false},
      {Of(kUnspecified, "-3.50", ""), "-3.50", Qualifier::kExact, false},
      {Of(kUnspecified, "", "35.000"), "35000", Qualifier::kExact, true},
      {Of(kUnspecified, "", "1.250.000"), "1250000", Qualifier::kExact, false},
      {Of(kUnspecified, "", "13,1"), "13.1", Qualifier::kExact, false},
      {Of(kValue, "", "08"), "8", Qualifier::kExact, false},
      {Of(kUnspecified, "", "trên 4268"), "4268", Qualifier::kAtLeast, false},
      // The machine form says which reading is meant, and the qualifier which word.
      {Of(kUnspecified, "35000", "35.000"), "35000", Qualifier::kExact, false},
      {Of(kUnspecified, "4268", "trên 4268", Message::QUALIFIER_ABOUT), "4268", Qualifier::kAbout,
       false},
      {Of(kUnspecified, "7", "", Message::QUALIFIER_NEARLY), "7", Qualifier::kNearly, false},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.message.ShortDebugString());
    bool ambiguous = false;
    const auto quantity = ReadQuantity("actual", c.message, "lượt", &ambiguous);
    ASSERT_TRUE(quantity.ok()) << quantity.status();
    EXPECT_EQ(quantity->state, QuantityState::kValue);
    EXPECT_EQ(quantity->value.ToString(), c.value);
    EXPECT_EQ(quantity->qualifier, c.qualifier);
    EXPECT_EQ(ambiguous, c.ambiguous);
    EXPECT_EQ(quantity->text, c.message.text());
  }
}

TEST(ReadQuantityTest, TheFourStatesNeverStandForOneAnother) {
  const struct {
    Message::State state;
    QuantityState read;
  } kCases[] = {
      {Message::STATE_UNSPECIFIED, QuantityState::kNotReported},
      {Message::STATE_NOT_REPORTED, QuantityState::kNotReported},
      {Message::STATE_NOT_ASSIGNED, QuantityState::kNotAssigned},
      {Message::STATE_NOT_COMPUTABLE, QuantityState::kNotComputable},
  };
  for (const auto& c : kCases) {
    const auto quantity = ReadQuantity("actual", Of(c.state, "", ""), "lượt");
    ASSERT_TRUE(quantity.ok()) << quantity.status();
    EXPECT_EQ(quantity->state, c.read);
  }
}

TEST(ReadQuantityTest, RefusesAtItsPath) {
  const struct {
    Message message;
    const char* fault;
  } kCases[] = {
      {Of(kValue, "", ""), "actual: REQUIRED"},
      {Of(Message::STATE_NOT_REPORTED, "0", ""), "actual: STATE_AND_VALUE_DISAGREE"},
      {Of(Message::STATE_NOT_ASSIGNED, "", "5"), "actual: STATE_AND_VALUE_DISAGREE"},
      {Of(Message::STATE_NOT_COMPUTABLE, "5", "5"), "actual: STATE_AND_VALUE_DISAGREE"},
      {Of(kUnspecified, "17.893,0", ""), "actual.value: NUMBER_UNREADABLE"},
      {Of(kUnspecified, "1e3", ""), "actual.value: NUMBER_UNREADABLE"},
      {Of(kUnspecified, " 1", ""), "actual.value: NUMBER_UNREADABLE"},
      {Of(kUnspecified, "1234567890123456789", ""), "actual.value: NUMBER_TOO_LONG"},
      {Of(kUnspecified, "17.893", "17.893"), "actual: VALUE_AND_TEXT_DISAGREE"},
      {Of(kUnspecified, "", "rất nhiều"), "actual: NUMBER_UNREADABLE"},
      {Of(kUnspecified, "", "08/10"), "actual: NUMBER_IS_TWO_FIGURES"},
      {Of(kUnspecified, "", "5 người"), "actual: MEASURE_DISAGREES"},
      {Of(kUnspecified, "5", std::string(201, '5')), "actual.text: TOO_LONG"},
      {Of(kUnspecified, "5", "\x01"), "actual.text: CONTROL_CHARACTER"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = ReadQuantity("actual", c.message, "lượt").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    const std::vector<domain::Fault> faults = domain::FaultsOf(status);
    ASSERT_EQ(faults.size(), 1u) << c.message.ShortDebugString();
    EXPECT_EQ(absl::StrCat(faults[0].path, ": ", faults[0].reason), c.fault)
        << c.message.ShortDebugString();
  }
  Message measure = Of(kUnspecified, "5", "");
  measure.set_measure(std::string(101, 'm'));
  EXPECT_EQ(domain::FaultsOf(ReadQuantity("actual", measure, "").status())[0].path,
            "actual.measure");
}

TEST(ReadQuantityTest, TheMessagesOwnMeasureReadsItsTextWhenNoneIsGiven) {
  Message message = Of(kUnspecified, "", "4.268 tỷ đồng");
  message.set_measure("tỷ đồng");
  const auto quantity = ReadQuantity("actual", message, "");
  ASSERT_TRUE(quantity.ok()) << quantity.status();
  EXPECT_EQ(quantity->value, Decimal(4268));
  EXPECT_EQ(quantity->measure, "tỷ đồng");
}

TEST(QuantityMessageTest, ComesBackAsItWent) {
  const domain::Quantity kQuantities[] = {
      {},
      {QuantityState::kNotAssigned, 0, Qualifier::kExact, "lượt", ""},
      {QuantityState::kNotComputable, 0, Qualifier::kExact, "", ""},
      {QuantityState::kValue, 0, Qualifier::kExact, "lượt", ""},
      {QuantityState::kValue, *Decimal::Parse("0.20"), Qualifier::kAbout, "‰", "khoảng 0,20"},
      {QuantityState::kValue, 4268, Qualifier::kAtLeast, "tỷ đồng", "trên 4.268"},
      {QuantityState::kValue, 9, Qualifier::kNearly, "", ""},
  };
  for (const domain::Quantity& quantity : kQuantities) {
    const Message message = QuantityMessage(quantity);
    const auto back = ReadQuantity("actual", message, "");
    ASSERT_TRUE(back.ok()) << back.status() << message.ShortDebugString();
    EXPECT_EQ(*back, quantity) << message.ShortDebugString();
    EXPECT_EQ(back->value.ToString(), quantity.value.ToString()) << "printed digits are kept";
    EXPECT_EQ(message.state() == kValue, !message.value().empty());
  }
}

TEST(ReadDecimalTest, AnEmptyTextIsWhatItsAbsenceMeans) {
  EXPECT_EQ(*ReadDecimal("pace_percent", "", 50), Decimal(50));
  EXPECT_EQ(*ReadDecimal("pace_percent", "0", 50), Decimal(0));
  EXPECT_EQ(ReadDecimal("pace_percent", "62.40", 50)->ToString(), "62.40");
  const auto faults = domain::FaultsOf(ReadDecimal("pace_percent", "50%", 50).status());
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].path, "pace_percent");
}

}  // namespace
}  // namespace thidua::messages
