#include "services/messages/interval.h"

#include <string>
#include <vector>

#include "services/domain/fault.h"
#include "services/messages/reading.h"

namespace thidua::messages {

absl::StatusOr<domain::Date> ReadDay(absl::string_view path, absl::string_view text,
                                     domain::Date absent) {
  if (text.empty()) return absent;
  absl::StatusOr<domain::Date> day = domain::ParseDate(text);
  if (!day.ok()) return domain::UnderPath(path, day.status());
  return day;
}

absl::StatusOr<domain::Interval> ReadInterval(absl::string_view path, absl::string_view valid_from,
                                              absl::string_view valid_until) {
  domain::Interval interval;
  std::vector<domain::Fault> faults;
  const auto read = [&](const char* field, absl::string_view text,
                        std::optional<domain::Date>& day) {
    if (text.empty()) return;
    const absl::StatusOr<domain::Date> parsed = domain::ParseDate(text);
    if (parsed.ok()) {
      day = *parsed;
      return;
    }
    const absl::Status placed = domain::UnderPath(Under(path, field), parsed.status());
    for (domain::Fault& fault : domain::FaultsOf(placed)) {
      faults.push_back(std::move(fault));
    }
  };
  read("valid_from", valid_from, interval.from);
  read("valid_until", valid_until, interval.until);
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return interval;
}

}  // namespace thidua::messages
