#include "services/scoring/number_wording.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/domain/identifier.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::scoring {
namespace {

using domain::Decimal;
using domain::Rational;

constexpr size_t kMaxParts = 6;
constexpr size_t kMaxFraction = 12;  // Characters; what is longer nobody can listen to.

// Rounded half up to at most `digits`, without trailing zeros.
Decimal Shortened(const Rational& value, int digits) {
  std::optional<Decimal> shortest = value.RoundHalfUp(digits);
  // Points are bounded by their scheme; what can be beyond what a decimal holds is an achievement,
  // and what a formula comes to before it is cut. It is then shown as the greatest that there is.
  if (!shortest.has_value()) {
    return *Decimal::Parse(value.is_negative() ? "-999999999999999999" : "999999999999999999");
  }
  while (digits > 0) {
    const std::optional<Decimal> shorter = value.RoundHalfUp(digits - 1);
    if (!shorter.has_value() || *shorter != *shortest) break;
    shortest = shorter;
    --digits;
  }
  return *shortest;
}

// Of digits alone, however many. Nothing of anything else.
std::optional<Rational> ReadWhole(absl::string_view digits) {
  if (digits.empty()) return std::nullopt;
  Rational whole = 0;
  for (const char digit : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return std::nullopt;
    whole = whole * 10 + (digit - '0');
  }
  return whole;
}

// "-100/3", as MachineExact writes it.
std::optional<Rational> ReadFraction(absl::string_view text) {
  const bool is_negative = absl::ConsumePrefix(&text, "-");
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('/', 1));
  const std::optional<Rational> top = ReadWhole(parts.first), bottom = ReadWhole(parts.second);
  if (!top.has_value() || !bottom.has_value() || bottom->is_zero()) return std::nullopt;
  const Rational value = *top / *bottom;
  return is_negative ? Rational(0) - value : value;
}

// "10 - 6 + 3"
std::string JoinSum(const std::vector<std::string>& parts) {
  std::string sum;
  for (const std::string& part : parts) {
    const bool is_negative = part.front() == '-';
    if (sum.empty()) {
      sum = part;
    } else {
      absl::StrAppend(&sum, is_negative ? " - " : " + ", is_negative ? part.substr(1) : part);
    }
  }
  return sum;
}

}  // namespace

std::string PrintShort(const Rational& value, int digits) {
  return domain::PrintNumber(Shortened(value, digits));
}

std::string MachineShort(const Rational& value, int digits) {
  return Shortened(value, digits).ToString();
}

std::string MachineExact(const Rational& value, int digits) {
  if (IsShort(value, digits)) return "";
  std::string exact = value.ToString();
  return exact.size() > kMaxExact ? "" : exact;
}

std::string PrintContract(absl::string_view machine, absl::string_view exact, int digits) {
  if (const std::optional<Rational> value = ReadFraction(exact); value.has_value()) {
    return AboutIfRounded(*value, digits);
  }
  const absl::StatusOr<Decimal> decimal = Decimal::Parse(machine);
  return decimal.ok() ? AboutIfRounded(*decimal, digits) : std::string(machine);
}

bool IsShort(const Rational& value, int digits) {
  return Rational(Shortened(value, digits)) == value;
}

std::string EqualsOrAbout(const Rational& value, int digits) {
  return absl::StrCat(IsShort(value, digits) ? "= " : "≈ ", PrintShort(value, digits));
}

std::string AboutIfRounded(const Rational& value, int digits) {
  return absl::StrCat(IsShort(value, digits) ? "" : "≈ ", PrintShort(value, digits));
}

std::string PrintExact(const Rational& value) {
  if (IsShort(value)) return PrintShort(value);
  const std::string exact = value.ToString();
  return exact.size() > kMaxFraction ? PrintShort(value) : exact;
}

std::string Percent(const Rational& share, int digits) {
  return absl::StrCat(PrintShort(share * 100, digits), "%");
}

std::string PrintSum(const std::vector<Rational>& parts, const Rational& sum) {
  if (parts.empty() || parts.size() > kMaxParts) return "";
  std::vector<std::string> printed(parts.size());
  for (const int digits : {2, 3, 4}) {
    Rational shown = 0;
    bool is_exact = IsShort(sum, digits);
    for (size_t i = 0; i < parts.size(); ++i) {
      const Decimal part = Shortened(parts[i], digits);
      shown += part;
      printed[i] = domain::PrintNumber(part);
    }
    if (shown != Rational(Shortened(sum, digits))) continue;
    return absl::StrCat(JoinSum(printed), is_exact ? " = " : " ≈ ", PrintShort(sum, digits));
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    printed[i] = IsShort(parts[i]) ? PrintShort(parts[i]) : parts[i].ToString();
    if (printed[i].size() > kMaxFraction) return "";
  }
  return absl::StrCat(JoinSum(printed), " ", EqualsOrAbout(sum));
}

std::string RoundingWords(const domain::Rounding& rounding) {
  const Decimal& step = rounding.step;
  std::string words;
  if (step.coefficient() != 1) {
    words = absl::StrCat("đến bội số của ", domain::PrintNumber(step));
  } else if (step.scale() == 0) {
    words = "thành số nguyên";
  } else {
    words = absl::StrCat("đến ", step.scale(), " chữ số thập phân");
  }
  switch (rounding.mode) {
    case domain::RoundingMode::kHalfUp:
      return words;
    case domain::RoundingMode::kHalfEven:
      return words + " (nửa về số chẵn)";
    case domain::RoundingMode::kDown:
      return words + " (bỏ phần lẻ)";
    case domain::RoundingMode::kUp:
      return words + " (phần lẻ tính lên)";
  }
  return words;
}

size_t CodePoints(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Quoted(absl::string_view name) { return absl::StrCat("“", domain::Excerpt(name), "”"); }

}  // namespace thidua::scoring
