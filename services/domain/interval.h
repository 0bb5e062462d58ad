// Days from one to another, both included; an open end holds for ever.
#ifndef THIDUA_SERVICES_DOMAIN_INTERVAL_H_
#define THIDUA_SERVICES_DOMAIN_INTERVAL_H_

#include <optional>

#include "services/domain/date.h"

namespace thidua::domain {

struct Interval {
  std::optional<Date> from;   // The first day; nothing: since ever.
  std::optional<Date> until;  // The last day; nothing: for ever.

  bool Includes(Date day) const {
    return (!from.has_value() || *from <= day) && (!until.has_value() || day <= *until);
  }
  // All of `other`.
  bool Includes(const Interval& other) const {
    return (!from.has_value() || (other.from.has_value() && *from <= *other.from)) &&
           (!until.has_value() || (other.until.has_value() && *other.until <= *until));
  }
  bool Overlaps(const Interval& other) const {
    return (!from.has_value() || !other.until.has_value() || *from <= *other.until) &&
           (!other.from.has_value() || !until.has_value() || *other.from <= *until);
  }
  // Whether it ends before it begins: it would hold on no day.
  bool IsEmpty() const { return from.has_value() && until.has_value() && *until < *from; }
  friend bool operator==(const Interval&, const Interval&) = default;
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_INTERVAL_H_
