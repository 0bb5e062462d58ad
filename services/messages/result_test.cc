#include "services/messages/result.h"

#include <gtest/gtest.h>

#include <string>

#include "services/domain/fault.h"

namespace thidua::messages {
namespace {

results::v1::Result Stored() {
  results::v1::Result message;
  message.set_target("blocs/khoi-4/pacts/2019/targets/doanh-thu");
  message.set_revision(2);
  auto& actual = *message.mutable_actual();
  actual.set_state(type::v1::Quantity::STATE_VALUE);
  actual.set_value("4268");
  actual.set_qualifier(type::v1::Quantity::QUALIFIER_AT_LEAST);
  actual.set_measure("tỷ đồng");
  actual.set_text("trên 4.268");
  auto& percent = *message.mutable_stated_percent();
  percent.set_state(type::v1::Quantity::STATE_VALUE);
  percent.set_value("62.40");
  percent.set_qualifier(type::v1::Quantity::QUALIFIER_NEARLY);
  percent.set_text("gần 62,40%");
  return message;
}

TEST(ReadResultTest, ReadsWhatWasStored) {
  const auto result = ReadResult(Stored());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->target, "doanh-thu");
  EXPECT_EQ(result->revision, 2);
  EXPECT_EQ(result->actual,
            (domain::Quantity{domain::QuantityState::kValue, 4268, domain::Qualifier::kAtLeast,
                              "tỷ đồng", "trên 4.268"}));
  EXPECT_EQ(result->stated_percent->ToString(), "62.40") << "printed digits are kept";
  EXPECT_EQ(result->stated_qualifier, domain::Qualifier::kNearly);
}

// The figure was read once, when it was reported: its text is for the eye from then on.
TEST(ReadResultTest, TheStoredTextIsNotReadAgain) {
  results::v1::Result message = Stored();
  message.mutable_actual()->set_text("0,20/00");
  const auto result = ReadResult(message);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->actual.value, domain::Decimal(4268));
  EXPECT_EQ(result->actual.text, "0,20/00");
}

TEST(ReadResultTest, NoPercentIsNotZeroPercent) {
  results::v1::Result message = Stored();
  message.clear_stated_percent();
  EXPECT_FALSE(ReadResult(message)->stated_percent.has_value());
  message.mutable_stated_percent()->set_value("0");
  EXPECT_EQ(ReadResult(message)->stated_percent, domain::Decimal(0));
}

TEST(ReadResultTest, APercentOnlyResultHasNoFigure) {
  results::v1::Result message = Stored();
  message.clear_actual();
  const auto result = ReadResult(message);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->actual.state, domain::QuantityState::kNotReported);
  EXPECT_TRUE(result->stated_percent.has_value());
}

TEST(ReadResultTest, RefusesWhatNoServiceStored) {
  const auto path_of = [](const results::v1::Result& message) {
    const auto faults = domain::FaultsOf(ReadResult(message).status());
    return faults.size() == 1 ? faults[0].path : "";
  };
  results::v1::Result message = Stored();
  message.set_target("doanh-thu");
  EXPECT_EQ(path_of(message), "target");
  message = Stored();
  message.mutable_actual()->set_value("4.268,0");
  EXPECT_EQ(path_of(message), "actual.value");
  message = Stored();
  message.mutable_stated_percent()->set_value("62,40%");
  EXPECT_EQ(path_of(message), "stated_percent.value");
}

}  // namespace
}  // namespace thidua::messages
