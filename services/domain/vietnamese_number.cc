#include "services/domain/vietnamese_number.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"

namespace thidua::domain {
namespace {

struct QualifierWord {
  absl::string_view word;
  Qualifier qualifier;
};
constexpr QualifierWord kQualifierWords[] = {
    {"trên ", Qualifier::kAtLeast}, {"Trên ", Qualifier::kAtLeast}, {"hơn ", Qualifier::kAtLeast},
    {"Hơn ", Qualifier::kAtLeast},  {"gần ", Qualifier::kNearly},   {"Gần ", Qualifier::kNearly},
    {"khoảng ", Qualifier::kAbout}, {"Khoảng ", Qualifier::kAbout}, {"ước ", Qualifier::kAbout},
    {"Ước ", Qualifier::kAbout},
};

struct MagnitudeWord {
  absl::string_view word;
  int magnitude;
};
constexpr MagnitudeWord kMagnitudeWords[] = {
    {"tỷ", 9}, {"tỉ", 9}, {"triệu", 6}, {"nghìn", 3}, {"ngàn", 3}};

// One plain space wherever there was white space of any kind; none at the ends.
std::string Tidy(absl::string_view text) {
  std::string plain = absl::StrReplaceAll(text, {{"\u00a0", " "},    // no-break space
                                                 {"\u202f", " "},    // narrow no-break
                                                 {"\u2212", "-"}});  // minus sign
  absl::RemoveExtraAsciiWhitespace(&plain);
  return plain;
}

absl::Status Unreadable(absl::string_view text) {
  return Fault{"", "NUMBER_UNREADABLE",
               absl::StrCat("Không đọc được số “", Excerpt(text),
                            "”: dấu chấm phân nhóm nghìn, dấu phẩy trước phần thập phân, ví dụ "
                            "17.893 hoặc 51,12.")}
      .ToStatus();
}

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

struct Digits {
  Decimal value;
  bool ambiguous = false;
};

// "17.893", "1.250.000,5", "08", "51,12": digits with Vietnamese grouping and decimal mark.
absl::StatusOr<Digits> ReadDigits(absl::string_view form, absl::string_view whole_text) {
  const bool negative = absl::ConsumePrefix(&form, "-");
  const std::vector<absl::string_view> parts = absl::StrSplit(form, ',');
  if (parts.size() > 2) return Unreadable(whole_text);
  const std::vector<absl::string_view> groups = absl::StrSplit(parts[0], '.');
  for (size_t i = 0; i < groups.size(); ++i) {
    const absl::string_view group = groups[i];
    const bool grouped = groups.size() > 1;
    // A grouped number starts with 1 to 3 digits, not with a zero, and goes on by threes.
    if (group.empty() || (grouped && i == 0 && (group.size() > 3 || group[0] == '0')) ||
        (i > 0 && group.size() != 3)) {
      return Unreadable(whole_text);
    }
  }
  std::string machine = absl::StrReplaceAll(parts[0], {{".", ""}});
  if (parts.size() == 2) {
    if (parts[1].empty()) return Unreadable(whole_text);
    absl::StrAppend(&machine, ".", parts[1]);
  }
  absl::StatusOr<Decimal> value = Decimal::Parse((negative ? "-" : "") + machine);
  if (!value.ok()) return value.status();
  // One group, or exactly three decimals after one to three digits that a stranger could take for
  // a group: the other convention reads another number.
  const bool could_be_point = groups.size() == 2 && parts.size() == 1;
  const bool could_be_group = groups.size() == 1 && parts.size() == 2 && parts[1].size() == 3 &&
                              parts[0].size() <= 3 && parts[0][0] != '0';
  return Digits{*value, could_be_point || could_be_group};
}

}  // namespace

absl::StatusOr<NumberReading> ReadNumber(absl::string_view text) {
  const std::string tidy = Tidy(text);
  absl::string_view rest = tidy;
  if (rest.empty()) return Fault{"", "NUMBER_EMPTY", "Ô số để trống."}.ToStatus();

  NumberReading reading;
  for (const QualifierWord& word : kQualifierWords) {
    if (absl::ConsumePrefix(&rest, word.word)) {
      reading.qualifier = word.qualifier;
      absl::ConsumePrefix(&rest, "đạt ");  // "ước đạt 12"
      break;
    }
  }

  size_t end = rest.empty() || rest[0] != '-' ? 0 : 1;
  while (end < rest.size() && (IsDigit(rest[end]) || rest[end] == '.' || rest[end] == ',')) ++end;
  absl::string_view form = rest.substr(0, end);
  rest.remove_prefix(end);

  // "0,20/00" is "0,2" and a lost ‰; the zero before the slash belongs to the mark.
  absl::string_view after_slash = rest;
  if (absl::ConsumePrefix(&after_slash, "/00") && absl::EndsWith(form, "0") &&
      (after_slash.empty() || after_slash[0] == ' ')) {
    form.remove_suffix(1);
    if (form.empty()) {  // "5 0/00" was cut at the space; "0/00" alone has no figure.
      return Unreadable(text);
    }
    reading.mark = NumberMark::kPerMille;
    rest = after_slash;
  } else if (absl::StartsWith(rest, " 0/00")) {
    reading.mark = NumberMark::kPerMille;
    rest.remove_prefix(5);
  }
  if (form.empty() || form == "-") return Unreadable(text);

  if (!rest.empty() && (rest[0] == '/' || rest[0] == '-') && rest.size() > 1) {
    const bool second_slash = rest.find('/', 1) != absl::string_view::npos;
    if (rest[0] == '/' && IsDigit(rest[1]) && !second_slash) {
      return Fault{"", "NUMBER_IS_TWO_FIGURES",
                   absl::StrCat("“", Excerpt(tidy), "” gồm hai số: ghi riêng kết quả và chỉ tiêu.")}
          .ToStatus();
    }
    return Fault{"", "NUMBER_IS_A_DATE_OR_CODE",
                 absl::StrCat("“", Excerpt(tidy),
                              "” là ngày, khoảng hoặc số hiệu văn bản, không phải một con số.")}
        .ToStatus();
  }

  absl::StatusOr<Digits> digits = ReadDigits(form, tidy);
  if (!digits.ok()) return digits.status();
  reading.value = digits->value;
  reading.ambiguous = digits->ambiguous;

  absl::ConsumePrefix(&rest, " ");
  if (reading.mark == NumberMark::kNone) {
    if (absl::ConsumePrefix(&rest, "%"))
      reading.mark = NumberMark::kPercent;
    else if (absl::ConsumePrefix(&rest, "‰"))
      reading.mark = NumberMark::kPerMille;
    else if (!rest.empty() && rest.data()[-1] != ' ')
      return Unreadable(text);  // A word grown onto the number: "17kg", "5x".
  }
  if (!rest.empty() && rest[0] != ' ' && reading.mark != NumberMark::kNone) return Unreadable(text);
  absl::ConsumePrefix(&rest, " ");
  // A second number is never taken for a measure.
  for (const char c : rest) {
    if (IsDigit(c) || c == '%') return Unreadable(text);
  }
  reading.words = std::string(rest);
  for (const MagnitudeWord& word : kMagnitudeWords) {
    absl::string_view after = rest;
    if (absl::ConsumePrefix(&after, word.word) && (after.empty() || after[0] == ' ')) {
      reading.magnitude = word.magnitude;
      absl::ConsumePrefix(&after, " ");
      rest = after;
      break;
    }
  }
  reading.measure = std::string(rest);
  return reading;
}

absl::StatusOr<Quantity> ReadQuantity(absl::string_view text, absl::string_view measure) {
  absl::StatusOr<NumberReading> reading = ReadNumber(text);
  if (!reading.ok()) return reading.status();
  Quantity quantity{QuantityState::kValue, reading->value, reading->qualifier, std::string(measure),
                    std::string(text)};

  const absl::string_view wanted = measure;
  const bool marked = reading->mark != NumberMark::kNone;
  const bool mark_fits = !marked || (reading->mark == NumberMark::kPercent && wanted == "%") ||
                         (reading->mark == NumberMark::kPerMille && wanted == "‰");
  const bool words_fit = reading->words.empty() || reading->words == wanted;
  if (mark_fits && words_fit) return quantity;
  if (mark_fits && reading->magnitude > 0 &&
      (reading->measure.empty() || reading->measure == wanted)) {
    Rational scaled = reading->value;
    for (int i = 0; i < reading->magnitude; ++i) scaled = scaled * 10;
    const std::optional<Decimal> value = scaled.RoundHalfUp(reading->value.scale());
    if (!value.has_value()) {
      return Fault{"", "NUMBER_TOO_LONG", "Số dài quá: tối đa 18 chữ số."}.ToStatus();
    }
    quantity.value = *value;
    return quantity;
  }
  return Fault{"", "MEASURE_DISAGREES",
               absl::StrCat("“", Excerpt(text), "” không theo đơn vị tính đã đăng ký “",
                            Excerpt(wanted), "”.")}
      .ToStatus();
}

absl::StatusOr<AttainmentReading> ReadAttainment(absl::string_view text) {
  const std::string tidy = Tidy(text);
  absl::StatusOr<NumberReading> lone = ReadNumber(tidy);
  if (lone.ok()) return AttainmentReading{*std::move(lone), std::nullopt};
  const std::vector<Fault> faults = FaultsOf(lone.status());
  if (faults.empty() || faults[0].reason != "NUMBER_IS_TWO_FIGURES") return lone.status();

  const size_t slash = tidy.find('/');
  absl::StatusOr<NumberReading> actual = ReadNumber(absl::string_view(tidy).substr(0, slash));
  if (!actual.ok()) return actual.status();
  absl::StatusOr<NumberReading> target = ReadNumber(absl::string_view(tidy).substr(slash + 1));
  if (!target.ok()) return target.status();
  if (actual->mark == NumberMark::kNone) actual->mark = target->mark;
  return AttainmentReading{*std::move(actual), *std::move(target)};
}

absl::StatusOr<Decimal> ReadPercent(absl::string_view text) {
  absl::StatusOr<NumberReading> reading = ReadNumber(text);
  if (!reading.ok()) return reading.status();
  if (reading->mark == NumberMark::kPerMille || !reading->words.empty()) {
    return Fault{"", "PERCENT_EXPECTED",
                 absl::StrCat("“", Excerpt(text), "” không phải là tỷ lệ phần trăm.")}
        .ToStatus();
  }
  return reading->value;
}

std::string PrintNumber(const Decimal& value) {
  const std::string text = value.ToString();
  absl::string_view digits = text;
  const bool negative = absl::ConsumePrefix(&digits, "-");
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(digits, absl::MaxSplits('.', 1));
  std::string whole(parts.first);
  for (size_t end = whole.size(); end > 3; end -= 3) whole.insert(end - 3, 1, '.');
  return absl::StrCat(negative ? "-" : "", whole, parts.second.empty() ? "" : ",", parts.second);
}

std::string PrintPercent(const Rational& share, int digits) {
  const std::optional<Decimal> percent = (share * 100).RoundHalfUp(digits);
  return percent.has_value() ? PrintNumber(*percent) + "%" : share.ToString();
}

}  // namespace thidua::domain
