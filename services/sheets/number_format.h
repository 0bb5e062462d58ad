// Numbers of a workbook as an official sees them: exact digits, percentages and dates by the cell's
// number format.
//
//   MachineDecimal("0.30000000000000004")              "0.3": the 15 digits that Excel shows
//   MachineDecimal("1.7893E4")                         "17893"
//   ReadNumberFormat("0.00%")                          kPercent, 2 decimals
//   DisplayedPercent("0.5112", {kPercent, 2})          "51,12%"
//   DisplayedDate("43646", kDate, false)               "30/06/2019"
//
// Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_SHEETS_NUMBER_FORMAT_H_
#define THIDUA_SERVICES_SHEETS_NUMBER_FORMAT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace thidua::sheets {

struct NumberFormat {
  enum class Kind { kNumber, kPercent, kDate, kTime };
  Kind kind = Kind::kNumber;
  int decimals = 0;           // kPercent: printed after the mark,
  int optional_decimals = 0;  // of which so many are dropped while they are zeros ('#').
  friend bool operator==(const NumberFormat&, const NumberFormat&) = default;
};

// A format's code: "0.00%", "dd/mm/yyyy", "#,##0.0 \"tỷ đồng\"". Its first section decides.
NumberFormat ReadNumberFormat(absl::string_view code);
// One of the formats that have a number only (ECMA-376, 18.8.30).
NumberFormat BuiltInNumberFormat(int id);

// A cell's number in machine form, without an exponent: its digits as they stand, up to 15; beyond,
// rounded to 15, since a cell is a binary double and the rest is its noise. Beyond 10^40 either way
// it keeps its exponent. Nothing for what is no number.
absl::optional<std::string> MachineDecimal(absl::string_view text);

// Rounded half up in the decimal digits, with a decimal comma. `machine` as above.
std::string DisplayedPercent(absl::string_view machine, const NumberFormat& format);

// A serial day, of 1900 or 1904; nothing when it is no day that Excel has.
absl::optional<std::string> DisplayedDate(absl::string_view machine, const NumberFormat& format,
                                          bool since_1904);

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_NUMBER_FORMAT_H_
