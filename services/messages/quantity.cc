#include "services/messages/quantity.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::messages {
namespace {

using domain::Qualifier;
using domain::QuantityState;
using Message = type::v1::Quantity;

Qualifier ToDomain(Message::Qualifier qualifier) {
  switch (qualifier) {
    case Message::QUALIFIER_AT_LEAST:
      return Qualifier::kAtLeast;
    case Message::QUALIFIER_NEARLY:
      return Qualifier::kNearly;
    case Message::QUALIFIER_ABOUT:
      return Qualifier::kAbout;
    default:
      return Qualifier::kExact;
  }
}

Message::Qualifier ToMessage(Qualifier qualifier) {
  switch (qualifier) {
    case Qualifier::kExact:
      return Message::QUALIFIER_EXACT;
    case Qualifier::kAtLeast:
      return Message::QUALIFIER_AT_LEAST;
    case Qualifier::kNearly:
      return Message::QUALIFIER_NEARLY;
    case Qualifier::kAbout:
      return Message::QUALIFIER_ABOUT;
  }
  return Message::QUALIFIER_EXACT;
}

QuantityState ToDomain(Message::State state) {
  switch (state) {
    case Message::STATE_VALUE:
      return QuantityState::kValue;
    case Message::STATE_NOT_ASSIGNED:
      return QuantityState::kNotAssigned;
    case Message::STATE_NOT_COMPUTABLE:
      return QuantityState::kNotComputable;
    default:
      return QuantityState::kNotReported;
  }
}

Message::State ToMessage(QuantityState state) {
  switch (state) {
    case QuantityState::kNotReported:
      return Message::STATE_NOT_REPORTED;
    case QuantityState::kValue:
      return Message::STATE_VALUE;
    case QuantityState::kNotAssigned:
      return Message::STATE_NOT_ASSIGNED;
    case QuantityState::kNotComputable:
      return Message::STATE_NOT_COMPUTABLE;
  }
  return Message::STATE_NOT_REPORTED;
}

absl::Status FaultAt(absl::string_view path, absl::string_view reason, std::string message) {
  return domain::Fault{std::string(path), std::string(reason), std::move(message)}.ToStatus();
}

}  // namespace

absl::StatusOr<domain::Decimal> ReadDecimal(absl::string_view path, absl::string_view text,
                                            domain::Decimal absent) {
  if (text.empty()) return absent;
  absl::StatusOr<domain::Decimal> decimal = domain::Decimal::Parse(text);
  if (!decimal.ok()) return domain::UnderPath(path, decimal.status());
  return decimal;
}

absl::StatusOr<domain::Quantity> ReadQuantity(absl::string_view path, const Message& message,
                                              absl::string_view measure, bool* ambiguous) {
  domain::Quantity quantity;
  quantity.measure = message.measure();
  if (auto fault =
          domain::CheckText(absl::StrCat(path, ".measure"), message.measure(), domain::kMeasureMax);
      fault.has_value()) {
    return fault->ToStatus();
  }
  if (auto fault =
          domain::CheckText(absl::StrCat(path, ".text"), message.text(), domain::kFigureTextMax);
      fault.has_value()) {
    return fault->ToStatus();
  }
  const bool given = !message.value().empty() || !message.text().empty();
  if (!given) {
    if (message.state() == Message::STATE_VALUE) {
      return FaultAt(path, "REQUIRED", "Thiếu con số.");
    }
    quantity.state = ToDomain(message.state());
    return quantity;
  }
  if (message.state() != Message::STATE_UNSPECIFIED && message.state() != Message::STATE_VALUE) {
    return FaultAt(path, "STATE_AND_VALUE_DISAGREE",
                   "Đã ghi con số thì không thể đồng thời ghi là không có.");
  }
  if (measure.empty()) measure = message.measure();
  if (!message.text().empty()) {
    absl::StatusOr<domain::Quantity> read = domain::ReadQuantity(message.text(), measure);
    if (!read.ok()) return domain::UnderPath(path, read.status());
    const absl::StatusOr<domain::NumberReading> reading = domain::ReadNumber(message.text());
    if (ambiguous != nullptr && reading.ok()) *ambiguous = reading->ambiguous;
    if (!message.measure().empty()) read->measure = message.measure();
    quantity = *std::move(read);
  }
  if (!message.value().empty()) {
    ASSIGN_OR_RETURN(domain::Decimal value,
                     ReadDecimal(absl::StrCat(path, ".value"), message.value(), 0));
    if (quantity.has_value() && quantity.value != value) {
      return FaultAt(path, "VALUE_AND_TEXT_DISAGREE",
                     absl::StrCat("Con số ", domain::PrintNumber(value), " khác với chữ đã ghi “",
                                  domain::Excerpt(message.text()), "”."));
    }
    quantity.state = QuantityState::kValue;
    quantity.value = value;
    if (ambiguous != nullptr) *ambiguous = false;  // The machine form says which is meant.
  }
  if (message.qualifier() != Message::QUALIFIER_UNSPECIFIED) {
    quantity.qualifier = ToDomain(message.qualifier());
  }
  return quantity;
}

Message QuantityMessage(const domain::Quantity& quantity) {
  Message message;
  message.set_state(ToMessage(quantity.state));
  message.set_measure(quantity.measure);
  if (!quantity.has_value()) return message;
  message.set_value(quantity.value.ToString());
  message.set_qualifier(ToMessage(quantity.qualifier));
  message.set_text(quantity.text);
  return message;
}

}  // namespace thidua::messages
