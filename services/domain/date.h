// A day of the calendar, in the province's time (UTC+7). The domain has no clock: a caller says
// what day it is.
#ifndef THIDUA_SERVICES_DOMAIN_DATE_H_
#define THIDUA_SERVICES_DOMAIN_DATE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace thidua::domain {

using Date = absl::CivilDay;

// Vietnam has no other time than UTC+7, summer and winter.
absl::TimeZone VietnamTime();

// "2019-06-30"; years 1900 to 9999. Fault DATE_UNREADABLE for another form or a day that does not
// exist.
absl::StatusOr<Date> ParseDate(absl::string_view text);
std::string DateToString(Date date);  // "2019-06-30"
// As officials write it, with a zero before days under 10 and before months 1 and 2:
// "30/6/2019", "05/3/2019", "05/02/2019".
std::string PrintDate(Date date);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_DATE_H_
