// Figures between their message and their domain form.
#ifndef THIDUA_SERVICES_MESSAGES_QUANTITY_H_
#define THIDUA_SERVICES_MESSAGES_QUANTITY_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/decimal.h"
#include "services/domain/quantity.h"
#include "thidua/type/v1/quantity.pb.h"

namespace thidua::messages {

// The figure that a message gives, in `measure` (empty: in the message's own). `text` is read by
// Vietnamese convention, `value` in machine form; both must agree (fault VALUE_AND_TEXT_DISAGREE).
// The paths of faults start with `path`. `ambiguous`, if not null, is set when another convention
// would read `text` as another number.
absl::StatusOr<domain::Quantity> ReadQuantity(absl::string_view path,
                                              const type::v1::Quantity& message,
                                              absl::string_view measure, bool* ambiguous = nullptr);

// As answers carry it.
type::v1::Quantity QuantityMessage(const domain::Quantity& quantity);

// A decimal in machine form; `absent` when the text is empty. Faults at `path`.
absl::StatusOr<domain::Decimal> ReadDecimal(absl::string_view path, absl::string_view text,
                                            domain::Decimal absent);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_QUANTITY_H_
