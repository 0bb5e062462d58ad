#include "services/messages/result.h"

#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"

namespace thidua::messages {

absl::StatusOr<domain::Result> ReadResult(const results::v1::Result& message) {
  domain::Result result;
  absl::StatusOr<TargetName> target = ReadTargetName("target", message.target());
  if (!target.ok()) return target.status();
  result.target = target->target;
  // A stored figure is in machine form already; its text is kept for the eye.
  type::v1::Quantity figure = message.actual();
  figure.clear_text();
  absl::StatusOr<domain::Quantity> actual = ReadQuantity("actual", figure, "");
  if (!actual.ok()) return actual.status();
  result.actual = *std::move(actual);
  result.actual.text = message.actual().text();
  if (!message.stated_percent().empty()) {
    absl::StatusOr<domain::Decimal> percent =
        ReadDecimal("stated_percent", message.stated_percent(), 0);
    if (!percent.ok()) return percent.status();
    result.stated_percent = *percent;
  }
  result.revision = message.revision();
  return result;
}

}  // namespace thidua::messages
