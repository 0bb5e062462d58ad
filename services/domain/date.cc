#include "services/domain/date.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"

namespace thidua::domain {
namespace {

// `width` digits from `begin`; −1 when one of them is no digit.
int DigitsAt(absl::string_view text, size_t begin, size_t width) {
  int number = 0;
  for (const char c : text.substr(begin, width)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

absl::TimeZone VietnamTime() { return absl::FixedTimeZone(7 * 60 * 60); }

absl::StatusOr<Date> ParseDate(absl::string_view text) {
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (shaped) {
    const int year = DigitsAt(text, 0, 4);
    const int month = DigitsAt(text, 5, 2);
    const int day = DigitsAt(text, 8, 2);
    if (year >= 1900 && month >= 1 && day >= 1) {
      const Date date(year, month, day);
      // CivilDay turns 31 February into March; such a day does not exist.
      if (date.year() == year && date.month() == month && date.day() == day) return date;
    }
  }
  return Fault{"", "DATE_UNREADABLE",
               absl::StrCat("Không đọc được ngày “", Excerpt(text),
                            "”: ghi năm-tháng-ngày của một ngày có thật, ví dụ 2019-06-30.")}
      .ToStatus();
}

std::string DateToString(Date date) { return absl::FormatCivilTime(date); }

std::string PrintDate(Date date) {
  // Official style (Nghị định 30/2020/NĐ-CP): a zero before days under 10 and months 1 and 2, so
  // that nobody can write a digit in front of them; no other month can be made another by one.
  return absl::StrCat(date.day() < 10 ? "0" : "", date.day(), "/", date.month() < 3 ? "0" : "",
                      date.month(), "/", date.year());
}

}  // namespace thidua::domain
