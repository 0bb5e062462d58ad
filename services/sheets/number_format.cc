#include "services/sheets/number_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"

namespace thidua::sheets {
namespace {

using Kind = NumberFormat::Kind;

constexpr int kDigitsMax = 15;
constexpr int kExponentMax = 40;

// ±0.digits × 10^point, without zeros at either end of the digits.
struct Digits {
  bool negative = false;
  std::string digits;
  int point = 0;
};

void Trim(Digits& number) {
  const size_t zeros = std::min(number.digits.find_first_not_of('0'), number.digits.size());
  number.digits.erase(0, zeros);
  number.point -= static_cast<int>(zeros);
  number.digits.erase(number.digits.find_last_not_of('0') + 1);
  if (number.digits.empty()) number.point = 0;
}

absl::optional<Digits> ReadDigits(absl::string_view text) {
  Digits number;
  number.negative = absl::ConsumePrefix(&text, "-");
  if (!number.negative) absl::ConsumePrefix(&text, "+");
  bool after_mark = false;
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !after_mark) {
      after_mark = true;
    } else if (absl::ascii_isdigit(static_cast<unsigned char>(text[at]))) {
      number.digits += text[at];
      if (!after_mark) ++number.point;
    } else {
      break;
    }
  }
  if (number.digits.empty()) return absl::nullopt;
  absl::string_view rest = text.substr(at);
  if (!rest.empty()) {
    int exponent = 0;
    if (!absl::ConsumePrefix(&rest, "E") && !absl::ConsumePrefix(&rest, "e")) return absl::nullopt;
    if (!absl::SimpleAtoi(rest, &exponent) || std::abs(exponent) > 10'000) return absl::nullopt;
    number.point += exponent;
  }
  Trim(number);
  return number;
}

// Rounds half away from zero to so many digits, as the digits say it.
void RoundTo(Digits& number, int digits) {
  if (digits >= static_cast<int>(number.digits.size())) return;
  if (digits < 0) {
    number = {};
    return;
  }
  const bool up = number.digits[static_cast<size_t>(digits)] >= '5';
  number.digits.resize(static_cast<size_t>(digits));
  if (up) {
    size_t at = number.digits.size();
    while (at > 0 && number.digits[at - 1] == '9') number.digits[--at] = '0';
    if (at > 0) {
      ++number.digits[at - 1];
    } else {
      number.digits.insert(0, 1, '1');
      ++number.point;
    }
  }
  Trim(number);
}

// Digits before and after the mark: "0", "3" of 0.3.
std::pair<std::string, std::string> Halves(const Digits& number) {
  if (number.digits.empty()) return {"0", ""};
  const auto size = static_cast<int>(number.digits.size());
  if (number.point <= 0) {
    return {"0", std::string(static_cast<size_t>(-number.point), '0') + number.digits};
  }
  if (number.point >= size) {
    return {number.digits + std::string(static_cast<size_t>(number.point - size), '0'), ""};
  }
  const auto point = static_cast<size_t>(number.point);
  return {number.digits.substr(0, point), number.digits.substr(point)};
}

// The format's first section without what is quoted, escaped, padded or in brackets; "[h]" counts
// hours and stays as h.
std::string Bare(absl::string_view code) {
  std::string bare;
  for (size_t at = 0; at < code.size(); ++at) {
    const char c = code[at];
    if (c == ';') break;
    if (c == '"') {
      at = code.find('"', at + 1);
      if (at == absl::string_view::npos) break;
    } else if (c == '\\' || c == '_' || c == '*') {
      ++at;
    } else if (c == '[') {
      const size_t end = code.find(']', at);
      if (end == absl::string_view::npos) break;
      const char first = absl::ascii_tolower(static_cast<unsigned char>(code[at + 1]));
      if (first == 'h' || first == 's') bare += 'h';
      at = end;
    } else {
      bare += absl::ascii_tolower(static_cast<unsigned char>(c));
    }
  }
  return bare;
}

}  // namespace

NumberFormat ReadNumberFormat(absl::string_view code) {
  const std::string bare = Bare(code);
  if (absl::StrContains(bare, "general") || bare == "@") return {};
  if (bare.find_first_of("0#?") == std::string::npos ||
      bare.find_first_of("yd") != std::string::npos) {
    if (bare.find_first_of("yd") != std::string::npos) return {Kind::kDate};
    if (bare.find_first_of("hs") != std::string::npos) return {Kind::kTime};
    if (absl::StrContains(bare, "m")) return {Kind::kDate};
    return {};
  }
  // "mm:ss.0" has a digit, and is a time all the same.
  if (bare.find_first_of("hs") != std::string::npos && absl::StrContains(bare, ":")) {
    return {Kind::kTime};
  }
  const size_t percent = bare.find('%');
  if (percent == std::string::npos) return {};
  NumberFormat format{Kind::kPercent};
  const size_t mark = bare.find('.');
  if (mark == std::string::npos || mark > percent) return format;
  for (const char c : bare.substr(mark + 1, percent - mark - 1)) {
    if (c == '0' || c == '#' || c == '?') ++format.decimals;
    if (c == '#' || c == '?') ++format.optional_decimals;
  }
  return format;
}

NumberFormat BuiltInNumberFormat(int id) {
  if (id == 9) return {Kind::kPercent, 0};
  if (id == 10) return {Kind::kPercent, 2};
  if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
      (id >= 50 && id <= 58)) {
    return {Kind::kDate};
  }
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) {
    return {Kind::kTime};
  }
  return {};
}

absl::optional<std::string> MachineDecimal(absl::string_view text) {
  absl::optional<Digits> number = ReadDigits(absl::StripAsciiWhitespace(text));
  if (!number.has_value()) return absl::nullopt;
  RoundTo(*number, kDigitsMax);
  if (std::abs(number->point) > kExponentMax) {
    return absl::StrFormat("%s0.%sE%d", number->negative ? "-" : "", number->digits, number->point);
  }
  const auto [whole, decimals] = Halves(*number);
  const bool negative = number->negative && !number->digits.empty();
  return absl::StrCat(negative ? "-" : "", whole, decimals.empty() ? "" : ".", decimals);
}

std::string DisplayedPercent(absl::string_view machine, const NumberFormat& format) {
  absl::optional<Digits> number = ReadDigits(machine);
  if (!number.has_value()) return std::string(machine);
  if (!number->digits.empty()) number->point += 2;
  RoundTo(*number, number->point + format.decimals);
  auto [whole, decimals] = Halves(*number);
  const auto least = static_cast<size_t>(format.decimals - format.optional_decimals);
  if (decimals.size() < least) decimals.resize(least, '0');
  const bool negative = number->negative && !number->digits.empty();
  return absl::StrCat(negative ? "-" : "", whole, decimals.empty() ? "" : ",", decimals, "%");
}

absl::optional<std::string> DisplayedDate(absl::string_view machine, const NumberFormat& format,
                                          bool since_1904) {
  constexpr double kLastDay = 2'958'465;  // 31/12/9999
  double serial = 0;
  if (!absl::SimpleAtod(machine, &serial) || serial < 0 || serial >= kLastDay + 1) {
    return absl::nullopt;
  }
  constexpr int64_t kMinutes = 24 * 60;
  const auto all_minutes =
      static_cast<int64_t>(std::llround(serial * static_cast<double>(kMinutes)));
  int64_t day = all_minutes / kMinutes;
  const int64_t minute = all_minutes % kMinutes;
  const std::string time = absl::StrFormat("%02d:%02d", minute / 60, minute % 60);
  if (format.kind == Kind::kTime && day == 0) return time;
  absl::CivilDay date;
  if (since_1904) {
    date = absl::CivilDay(1904, 1, 1) + day;
  } else {
    // Excel's calendar has a 29/02/1900 (its day 60), which the real one had not.
    if (day == 60) return "29/02/1900";
    if (day == 0) return absl::nullopt;  // Its day before the first.
    date = absl::CivilDay(1899, 12, day < 60 ? 31 : 30) + day;
  }
  // Rounded beyond the last day, or counted from 1904 on.
  if (date.year() > 9999) return absl::nullopt;
  const std::string text = absl::StrFormat("%02d/%02d/%04d", date.day(), date.month(), date.year());
  return minute == 0 ? text : absl::StrCat(text, " ", time);
}

}  // namespace thidua::sheets
