#include "services/domain/identifier.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace thidua::domain {
namespace {

constexpr size_t kMaxIdentifier = 63;
constexpr size_t kMaxName = 300;
constexpr size_t kMaxExcerpt = 60;
constexpr char32_t kReplacement = 0xFFFD;

// Takes one code point off the front; a byte that begins none is taken alone, as U+FFFD. `text`
// must not be empty.
char32_t TakeCodePoint(absl::string_view& text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  size_t length = 1;
  char32_t code_point = first;
  char32_t least = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2, code_point = first & 0x1F, least = 0x80;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3, code_point = first & 0x0F, least = 0x800;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4, code_point = first & 0x07, least = 0x10000;
  } else if (first >= 0x80) {
    code_point = kReplacement;
  }
  if (text.size() < length) {
    text.remove_prefix(1);
    return kReplacement;
  }
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      text.remove_prefix(1);
      return kReplacement;
    }
    code_point = (code_point << 6) | (byte(i) & 0x3F);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < least || code_point > 0x10FFFF || surrogate) {
    text.remove_prefix(1);
    return kReplacement;
  }
  text.remove_prefix(length);
  return code_point;
}

bool IsControl(char32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F);
}

struct Survey {
  size_t code_points = 0;
  bool blank = true;
  bool control = false;
};

Survey SurveyOf(absl::string_view text, bool lines_allowed) {
  Survey survey;
  while (!text.empty()) {
    const char32_t code_point = TakeCodePoint(text);
    ++survey.code_points;
    if (code_point != ' ' && code_point != 0xA0) survey.blank = false;
    const bool allowed = lines_allowed && (code_point == '\n' || code_point == '\t');
    if (IsControl(code_point) && !allowed) survey.control = true;
  }
  return survey;
}

Fault TooLong(absl::string_view path, absl::string_view text, size_t limit) {
  return Fault{std::string(path), "TOO_LONG",
               absl::StrCat("Nội dung “", Excerpt(text), "” dài quá: tối đa ", limit, " ký tự.")};
}

Fault ControlCharacter(absl::string_view path, absl::string_view text) {
  return Fault{std::string(path), "CONTROL_CHARACTER",
               absl::StrCat("“", Excerpt(text),
                            "” có ký tự điều khiển không nhìn thấy được; hãy nhập lại.")};
}

}  // namespace

std::optional<Fault> CheckIdentifier(absl::string_view path, absl::string_view id) {
  if (id.empty()) {
    return Fault{std::string(path), "REQUIRED", "Phải ghi mã định danh."};
  }
  if (id.size() > kMaxIdentifier) {
    return Fault{
        std::string(path), "TOO_LONG",
        absl::StrCat("Mã “", Excerpt(id), "” dài quá: tối đa ", kMaxIdentifier, " ký tự.")};
  }
  const auto is_end = [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c));
  };
  bool sound = is_end(id.front()) && is_end(id.back());
  for (const char c : id) sound = sound && (is_end(c) || c == '.' || c == '-');
  if (sound) return std::nullopt;
  return Fault{std::string(path), "IDENTIFIER_INVALID",
               absl::StrCat("Mã “", Excerpt(id),
                            "” chỉ được gồm chữ thường không dấu, chữ số, dấu chấm và dấu gạch "
                            "nối, bắt đầu và kết thúc bằng chữ hoặc số.")};
}

std::optional<Fault> CheckName(absl::string_view path, absl::string_view text) {
  const Survey survey = SurveyOf(text, /*lines_allowed=*/false);
  if (survey.blank) return Fault{std::string(path), "REQUIRED", "Phải ghi tên gọi."};
  if (survey.code_points > kMaxName) return TooLong(path, text, kMaxName);
  if (survey.control) return ControlCharacter(path, text);
  return std::nullopt;
}

std::optional<Fault> CheckText(absl::string_view path, absl::string_view text,
                               size_t max_code_points) {
  const Survey survey = SurveyOf(text, /*lines_allowed=*/true);
  if (survey.code_points > max_code_points) return TooLong(path, text, max_code_points);
  if (survey.control) return ControlCharacter(path, text);
  return std::nullopt;
}

std::optional<Fault> CheckReason(absl::string_view path, absl::string_view text) {
  constexpr size_t kReasonMax = 2000;
  if (absl::StripAsciiWhitespace(text).empty()) {
    return Fault{std::string(path), "REQUIRED", "Phải ghi lý do."};
  }
  return CheckText(path, text, kReasonMax);
}

std::string Excerpt(absl::string_view text) {
  std::string excerpt;
  for (size_t taken = 0; !text.empty(); ++taken) {
    if (taken == kMaxExcerpt) return excerpt + "…";
    const absl::string_view before = text;
    const char32_t code_point = TakeCodePoint(text);
    if (IsControl(code_point)) {
      // A control character could end a fault's field inside a status (fault.cc).
      excerpt += ' ';
    } else if (code_point == kReplacement) {
      excerpt += "\uFFFD";
    } else {
      absl::StrAppend(&excerpt, before.substr(0, before.size() - text.size()));
    }
  }
  return excerpt;
}

}  // namespace thidua::domain
