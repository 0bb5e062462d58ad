#include "services/messages/result.h"

#include "services/domain/return_if_error.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"

namespace thidua::messages {

absl::StatusOr<domain::Result> ReadResult(const results::v1::Result& message) {
  domain::Result result;
  ASSIGN_OR_RETURN(const TargetName target, ReadTargetName("target", message.target()));
  result.target = target.target;
  // A stored figure is in machine form already; its text is kept for the eye.
  type::v1::Quantity figure = message.actual();
  figure.clear_text();
  ASSIGN_OR_RETURN(result.actual, ReadQuantity("actual", figure, ""));
  result.actual.text = message.actual().text();
  if (message.has_stated_percent()) {
    figure = message.stated_percent();
    figure.clear_text();
    ASSIGN_OR_RETURN(const domain::Quantity stated, ReadQuantity("stated_percent", figure, ""));
    result.stated_percent = stated.value;
    result.stated_qualifier = stated.qualifier;
  }
  result.revision = message.revision();
  return result;
}

}  // namespace thidua::messages
