// Dated intervals between their messages and their domain form: any message with valid_from and
// valid_until.
#ifndef THIDUA_SERVICES_MESSAGES_INTERVAL_H_
#define THIDUA_SERVICES_MESSAGES_INTERVAL_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/date.h"
#include "services/domain/interval.h"

namespace thidua::messages {

// A day; empty: `absent`. Fault DATE_UNREADABLE at `path`.
absl::StatusOr<domain::Date> ReadDay(absl::string_view path, absl::string_view text,
                                     domain::Date absent);

// Faults at `path`.valid_from and `path`.valid_until, both at once.
absl::StatusOr<domain::Interval> ReadInterval(absl::string_view path, absl::string_view valid_from,
                                              absl::string_view valid_until);

template <typename Message>
absl::StatusOr<domain::Interval> ReadInterval(absl::string_view path, const Message& message) {
  return ReadInterval(path, message.valid_from(), message.valid_until());
}

template <typename Message>
void SetInterval(const domain::Interval& interval, Message& message) {
  message.clear_valid_from();
  message.clear_valid_until();
  if (interval.from.has_value()) message.set_valid_from(domain::DateToString(*interval.from));
  if (interval.until.has_value()) message.set_valid_until(domain::DateToString(*interval.until));
}

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_INTERVAL_H_
