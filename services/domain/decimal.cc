#include "services/domain/decimal.h"

#include <algorithm>
#include <cstdlib>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"

namespace thidua::domain {
namespace {

constexpr int64_t kPowersOfTen[] = {1,      10,      100,      1000,      10000,
                                    100000, 1000000, 10000000, 100000000, 1000000000};
constexpr int64_t kLimit = 1'000'000'000'000'000'000;  // 10^18, exclusive.

// As a Vietnamese official writes a number, in machine form; empty: it is not one either.
std::string MachineForm(absl::string_view text) {
  std::string form(absl::StripAsciiWhitespace(text));
  if (absl::EndsWith(form, "%")) form.pop_back();
  if (absl::StrContains(form, ",")) {
    form = absl::StrReplaceAll(form, {{".", ""}, {" ", ""}, {",", "."}});
  } else if (std::count(form.begin(), form.end(), '.') > 1) {
    form = absl::StrReplaceAll(form, {{".", ""}});
  }
  return form != text && Decimal::Parse(form).ok() ? form : "";
}

absl::Status Unreadable(absl::string_view text) {
  const std::string form = MachineForm(text);
  return Fault{"", "NUMBER_UNREADABLE",
               absl::StrCat("Không đọc được số “", Excerpt(text), "”",
                            form.empty() ? "" : absl::StrCat(": viết ", form), "."),
               form}
      .ToStatus();
}

}  // namespace

std::optional<Decimal> Decimal::FromParts(int64_t coefficient, int scale) {
  if (scale < 0 || scale > kMaxScale || coefficient <= -kLimit || coefficient >= kLimit) {
    return std::nullopt;
  }
  return Decimal(coefficient, scale);
}

absl::StatusOr<Decimal> Decimal::Parse(absl::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  const absl::string_view digits = negative ? text.substr(1) : text;
  int64_t coefficient = 0;
  int scale = 0;
  int after_mark = 0;
  int before_mark = 0;
  bool mark = false;
  for (const char c : digits) {
    if (c == '.' && !mark && before_mark > 0) {
      mark = true;
      continue;
    }
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      before_mark = 0;
      break;
    }
    if (coefficient >= kLimit / 10 || (mark && after_mark == kMaxScale)) {
      return Fault{"", "NUMBER_TOO_LONG",
                   absl::StrCat("Số dài quá: tối đa ", kMaxDigits, " chữ số, trong đó tối đa ",
                                kMaxScale, " chữ số thập phân.")}
          .ToStatus();
    }
    coefficient = coefficient * 10 + (c - '0');
    ++(mark ? after_mark : before_mark);
  }
  scale = after_mark;
  if (before_mark == 0 || (mark && after_mark == 0)) {
    return Unreadable(text);
  }
  return Decimal(negative ? -coefficient : coefficient, scale);
}

std::string Decimal::ToString() const {
  std::string digits = absl::StrCat(std::abs(coefficient_));
  if (scale_ > 0) {
    const size_t scale = static_cast<size_t>(scale_);
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale, 1, '.');
  }
  return coefficient_ < 0 ? "-" + digits : digits;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  // At most 10^18 × 10^9: fits 128 bits.
  const absl::int128 left = absl::int128(a.coefficient_) * kPowersOfTen[b.scale_];
  const absl::int128 right = absl::int128(b.coefficient_) * kPowersOfTen[a.scale_];
  if (left < right) return std::strong_ordering::less;
  if (left > right) return std::strong_ordering::greater;
  return std::strong_ordering::equal;
}

}  // namespace thidua::domain
