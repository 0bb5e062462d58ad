#include "services/domain/report_tokens.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"

namespace thidua::domain {
namespace {

using CodePoint = utf8proc_int32_t;

// As in Unicode's stream-safe texts. utf8proc sorts the marks of one letter in quadratic time.
constexpr int kMarksMax = 30;
// A word of the vocabulary is not longer, in bytes.
constexpr size_t kWordMax = 32;

struct Character {
  CodePoint code_point = 0;  // -1: the text is at its end.
  size_t size = 0;           // In bytes.
};

// The character at `at`; text must be UTF-8.
Character CharacterAt(absl::string_view text, size_t at) {
  if (at >= text.size()) return {-1, 0};
  CodePoint code_point = 0;
  const utf8proc_ssize_t size =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                       static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
  return {code_point, static_cast<size_t>(std::max<utf8proc_ssize_t>(size, 1))};
}

bool IsDigit(CodePoint c) { return c >= '0' && c <= '9'; }

bool IsLetter(CodePoint c) {
  if (c < 0) return false;
  const utf8proc_category_t category = utf8proc_category(c);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME;  // Marks included.
}

bool IsCapital(CodePoint c) { return c >= 0 && utf8proc_category(c) == UTF8PROC_CATEGORY_LU; }

bool IsNewLine(CodePoint c) {
  return (c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// Control characters say nothing in a report.
bool IsSpace(CodePoint c) {
  if (c < 0) return false;
  const utf8proc_category_t category = utf8proc_category(c);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_CC;
}

bool IsDash(CodePoint c) {
  return c == 0x2212 || (c >= 0 && utf8proc_category(c) == UTF8PROC_CATEGORY_PD);
}

TokenKind KindOf(CodePoint c) {
  switch (c) {
    case '%':
    case 0x2030:
      return TokenKind::kPercent;
    case '.':
    case '!':
    case '?':
      return TokenKind::kStop;
    case 0x2026:
      return TokenKind::kEllipsis;
    case ',':
      return TokenKind::kComma;
    case ';':
      return TokenKind::kSemicolon;
    case ':':
      return TokenKind::kColon;
    case '(':
    case '[':
      return TokenKind::kOpen;
    case ')':
    case ']':
      return TokenKind::kClose;
    case '"':
    case 0xAB:
    case 0xBB:
    case 0x201C:
    case 0x201D:
    case 0x201E:
      return TokenKind::kQuote;
    case '/':
      return TokenKind::kSlash;
    case '<':
    case '>':
    case 0x2264:
    case 0x2265:
    case 0xB1:
    case '~':
      return TokenKind::kCompare;
    default:
      return IsDash(c) ? TokenKind::kDash : TokenKind::kOther;
  }
}

// Finds what keeps the bytes from being read as a text; counts lines on the way.
absl::Status CheckReadable(absl::string_view text) {
  if (text.size() > kReportMaxBytes) {
    return Fault{"", "TOO_LONG",
                 absl::StrCat("Văn bản dài quá: tối đa ", kReportMaxBytes >> 20, " MiB.")}
        .ToStatus();
  }
  size_t line = 1;
  int marks = 0;
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      line += text[at] == '\n' ? 1 : 0;
      marks = 0;
      ++at;
      continue;
    }
    CodePoint code_point = 0;
    const utf8proc_ssize_t size =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                         static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    if (size <= 0) {
      return Fault{"", "NOT_UTF8",
                   absl::StrCat("Văn bản không phải UTF-8 hợp lệ, từ dòng ", line,
                                ": hãy lưu lại dưới dạng văn bản Unicode (UTF-8).")}
          .ToStatus();
    }
    const bool is_mark = utf8proc_get_property(code_point)->combining_class != 0;
    marks = is_mark ? marks + 1 : 0;
    if (marks > kMarksMax) {
      return Fault{"", "NOT_A_TEXT",
                   absl::StrCat("Dòng ", line, " có hơn ", kMarksMax,
                                " dấu trên cùng một chữ: đây không phải là văn bản.")}
          .ToStatus();
    }
    at += static_cast<size_t>(size);
  }
  return absl::OkStatus();
}

std::string Composed(absl::string_view text) {
  const bool is_ascii = std::all_of(text.begin(), text.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii) return std::string(text);
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &mapped,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_IGNORE));
  if (size < 0) return std::string();
  std::string composed(reinterpret_cast<const char*>(mapped), static_cast<size_t>(size));
  std::free(mapped);
  return composed;
}

class Tokenizer {
 public:
  Tokenizer(std::string text, const Vocabulary& vocabulary) : vocabulary_(vocabulary) {
    report_.text = std::move(text);
    text_ = report_.text;
    SurveyLines();
  }

  ReportTokens Run() {
    while (at_ < text_.size()) {
      const Character c = Current();
      if (IsNewLine(c.code_point)) {
        TakeNewLine(c);
      } else if (IsSpace(c.code_point)) {
        spaced_ = true;
        Advance(c.size);
      } else {
        if (new_lines_ > 0) EndLine();
        TakeToken(c);
      }
    }
    Break();
    // Moving the text may move its bytes.
    text_ = absl::string_view();
    return std::move(report_);
  }

 private:
  Character Current() const { return CharacterAt(text_, at_); }
  Character Next(size_t after) const { return CharacterAt(text_, at_ + after); }

  // Whether the lines are those of a page, and how wide it is: a text with several lines that begin
  // with a small letter was broken at its width.
  void SurveyLines() {
    int going_on = 0;
    size_t width = 0;
    bool is_first = true;
    for (size_t at = 0; at < text_.size();) {
      const Character c = CharacterAt(text_, at);
      at += c.size;
      if (IsNewLine(c.code_point)) {
        width = 0;
        is_first = true;
        continue;
      }
      page_width_ = std::max(page_width_, ++width);
      if (IsSpace(c.code_point)) continue;
      const CodePoint second = CharacterAt(text_, at).code_point;
      const bool goes_on =
          IsLetter(c.code_point) && !IsCapital(c.code_point) && second != ')' && second != '.';
      if (is_first && goes_on) ++going_on;
      is_first = false;
    }
    constexpr size_t kWidthMin = 40, kWidthMax = 140;
    is_page_ = going_on >= 2 && page_width_ >= kWidthMin && page_width_ <= kWidthMax;
  }

  // Whether the word at this place would not have fitted into the line before.
  bool WasBrokenOff() const {
    if (!is_page_) return false;
    size_t width = 0;
    for (size_t at = at_; at < text_.size() && width <= page_width_; ++width) {
      const Character c = CharacterAt(text_, at);
      if (IsSpace(c.code_point) || IsNewLine(c.code_point)) break;
      at += c.size;
    }
    return last_width_ + 1 + width > page_width_;
  }

  // Passes one character.
  void Advance(size_t size) {
    at_ += size;
    ++column_;
  }

  void TakeNewLine(const Character& c) {
    if (new_lines_ == 0) last_width_ = column_ - 1;
    at_ += c.size;
    if (c.code_point == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
    column_ = 1;
    ++new_lines_;
    spaced_ = true;
  }

  void Break() {
    if (!report_.tokens.empty() && report_.tokens.back().kind == TokenKind::kBreak) return;
    MarkPairs();
    Token token;
    token.begin = static_cast<uint32_t>(at_);
    token.line = line_;
    token.column = column_;
    token.kind = TokenKind::kBreak;
    report_.tokens.push_back(token);
    paragraph_ = report_.tokens.size();
  }

  // At the first character of a new line: whether it goes on with the paragraph. Text that was
  // copied from a page is broken anywhere; text of a word processor only between paragraphs.
  void EndLine() {
    const bool blank_line_between = new_lines_ > 1;
    new_lines_ = 0;
    if (report_.tokens.empty()) return;
    if (blank_line_between || !GoesOn()) Break();
  }

  bool GoesOn() const {
    const TokenKind last = report_.tokens.back().kind;
    if (last == TokenKind::kStop || last == TokenKind::kSemicolon || last == TokenKind::kColon ||
        last == TokenKind::kEllipsis || last == TokenKind::kBreak) {
      return false;
    }
    const Character c = Current();
    const Character second = Next(c.size);
    if (IsLetter(c.code_point)) {
      const bool is_list_letter = second.code_point == ')' || second.code_point == '.';
      return !is_list_letter &&
             (!IsCapital(c.code_point) || last == TokenKind::kComma || WasBrokenOff());
    }
    if (c.code_point == '%' || c.code_point == 0x2030 || c.code_point == '(') return true;
    return IsDigit(c.code_point) && !BeginsNumberedLine();
  }

  // "2. Kết quả", "2.1 Kết quả", "3) ", or a page's number alone.
  bool BeginsNumberedLine() const {
    size_t at = at_;
    while (at < text_.size() && at - at_ < 12 && (IsDigit(text_[at]) || text_[at] == '.')) ++at;
    if (at < text_.size() && text_[at] == ')') return true;
    if (text_[at - 1] == '.') return true;
    Character c = CharacterAt(text_, at);
    if (IsNewLine(c.code_point) || c.code_point < 0) return true;
    if (!IsSpace(c.code_point)) return false;
    c = CharacterAt(text_, at + c.size);
    return IsCapital(c.code_point);
  }

  void TakeToken(const Character& c) {
    Token token;
    token.begin = static_cast<uint32_t>(at_);
    token.line = line_;
    token.column = column_;
    token.spaced = spaced_;
    spaced_ = false;
    if (IsDigit(c.code_point)) {
      token.kind = TokenKind::kFigure;
      TakeFigure();
    } else if (IsLetter(c.code_point)) {
      token.kind = TokenKind::kWord;
      token.capital = IsCapital(c.code_point);
      TakeWord(token);
    } else {
      token.kind = KindOf(c.code_point);
      Advance(c.size);
      if (c.code_point == '.' && absl::StartsWith(text_.substr(at_), "..")) {
        token.kind = TokenKind::kEllipsis;
        while (at_ < text_.size() && text_[at_] == '.') Advance(1);
      }
    }
    token.size = static_cast<uint32_t>(at_ - token.begin);
    report_.tokens.push_back(token);
  }

  // Digits with whatever has grown onto them, for only the whole says what it is: "12" of
  // "12/2018/QĐ-TTg" is no figure.
  void TakeFigure() {
    bool letters = false;
    while (at_ < text_.size()) {
      const Character c = Current();
      const Character next = Next(c.size);
      const bool joins_any = c.code_point == '/' || c.code_point == '_' || IsDash(c.code_point);
      if (IsDigit(c.code_point)) {
        Advance(1);
      } else if ((c.code_point == '.' || c.code_point == ',') && IsDigit(next.code_point)) {
        Advance(1);
      } else if (joins_any && (IsDigit(next.code_point) || IsLetter(next.code_point))) {
        Advance(c.size);
      } else if (IsLetter(c.code_point)) {
        letters = true;
        Advance(c.size);
      } else if (!letters && (c.code_point == '%' || c.code_point == 0x2030)) {
        Advance(c.size);
        const bool goes_on = Current().code_point == '/' && IsDigit(Next(1).code_point);
        if (!goes_on) return;
      } else {
        break;
      }
    }
    TakeLostPerMille(letters);
  }

  // "5 0/00": what is left of "5 ‰".
  void TakeLostPerMille(bool letters) {
    const Character space = Current();
    if (letters || space.code_point < 0 || !IsSpace(space.code_point)) return;
    constexpr absl::string_view kLost = "0/00";
    if (!absl::StartsWith(text_.substr(at_ + space.size), kLost)) return;
    const Character after = CharacterAt(text_, at_ + space.size + kLost.size());
    if (IsDigit(after.code_point) || IsLetter(after.code_point) || after.code_point == '/') return;
    Advance(space.size);
    for (size_t i = 0; i < kLost.size(); ++i) Advance(1);
  }

  void TakeWord(Token& token) {
    std::string folded;
    bool capitals = true;
    bool is_plain = true;  // Letters only.
    while (at_ < text_.size()) {
      const Character c = Current();
      const Character next = Next(c.size);
      const bool letter_next = IsLetter(next.code_point);
      const bool digit_next = IsDigit(next.code_point);
      const bool joins =
          (c.code_point == '&' || IsDash(c.code_point)) && (letter_next || digit_next);
      // "người/tháng" is one word and so is "I/2019", but "lượt/35.000 lượt" is two figures.
      const bool slash = c.code_point == '/' && (letter_next || (digit_next && capitals));
      const bool dot = c.code_point == '.' && letter_next && capitals;  // "TP.HCM"
      if (IsLetter(c.code_point)) {
        capitals = capitals && IsCapital(c.code_point);
        if (folded.size() <= kWordMax) AppendFolded(c.code_point, folded);
      } else if (IsDigit(c.code_point) || joins || slash || dot) {
        is_plain = false;
      } else {
        break;
      }
      Advance(c.size);
    }
    token.all_capital = capitals;
    if (is_plain && folded.size() <= kWordMax) token.word = vocabulary_.Find(folded);
  }

  static void AppendFolded(CodePoint c, std::string& folded) {
    std::array<utf8proc_uint8_t, 4> bytes;
    const utf8proc_ssize_t size = utf8proc_encode_char(utf8proc_tolower(c), bytes.data());
    folded.append(reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(size));
  }

  // What quotation marks and brackets of the paragraph enclose; one without its other encloses
  // nothing.
  void MarkPairs() {
    std::vector<Token>& tokens = report_.tokens;
    std::vector<size_t> open_brackets;
    std::vector<int> depth_change(tokens.size() - paragraph_ + 1, 0);
    std::optional<size_t> open_quote;
    for (size_t i = paragraph_; i < tokens.size(); ++i) {
      const absl::string_view mark = report_.TextOf(tokens[i]);
      if (tokens[i].kind == TokenKind::kQuote) {
        const bool closes_only = mark == "”" || mark == "»";
        const bool opens_only = mark == "“" || mark == "«" || mark == "„";
        if (open_quote.has_value() && !opens_only) {
          for (size_t k = *open_quote; k <= i; ++k) tokens[k].quoted = true;
          open_quote.reset();
        } else if (!closes_only) {
          open_quote = i;
        }
      } else if (tokens[i].kind == TokenKind::kOpen) {
        open_brackets.push_back(i);
      } else if (tokens[i].kind == TokenKind::kClose && !open_brackets.empty()) {
        ++depth_change[open_brackets.back() - paragraph_];
        --depth_change[i + 1 - paragraph_];
        open_brackets.pop_back();
      }
    }
    int depth = 0;
    for (size_t i = paragraph_; i < tokens.size(); ++i) {
      depth += depth_change[i - paragraph_];
      tokens[i].bracketed = depth > 0;
    }
  }

  const Vocabulary& vocabulary_;
  ReportTokens report_;
  absl::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  uint32_t column_ = 1;
  int new_lines_ = 0;  // Since the last token.
  bool spaced_ = true;
  size_t paragraph_ = 0;  // Its first token.
  bool is_page_ = false;  // Lines are broken at `page_width_`, in characters.
  size_t page_width_ = 0;
  size_t last_width_ = 0;  // Of the line before this one.
};

}  // namespace

uint16_t Vocabulary::Add(absl::string_view word) {
  return words_.try_emplace(std::string(word), static_cast<uint16_t>(words_.size() + 1))
      .first->second;
}

uint16_t Vocabulary::Find(absl::string_view word) const {
  const auto found = words_.find(word);
  return found == words_.end() ? uint16_t{0} : found->second;
}

Phrases::Phrases(Vocabulary& vocabulary, std::initializer_list<absl::string_view> phrases) {
  for (const absl::string_view text : phrases) {
    Phrase phrase;
    for (const absl::string_view word : absl::StrSplit(text, ' ')) {
      phrase.push_back(vocabulary.Add(word));
    }
    by_first_[phrase.front()].push_back(phrase);
    by_last_[phrase.back()].push_back(phrase);
  }
  for (auto* index : {&by_first_, &by_last_}) {
    for (auto& [word, list] : *index) {
      std::sort(list.begin(), list.end(),
                [](const Phrase& a, const Phrase& b) { return a.size() > b.size(); });
    }
  }
}

size_t Phrases::From(const std::vector<Token>& tokens, size_t at, size_t end) const {
  if (at >= end || tokens[at].word == 0) return 0;
  const auto found = by_first_.find(tokens[at].word);
  if (found == by_first_.end()) return 0;
  for (const Phrase& phrase : found->second) {
    if (phrase.size() > end - at) continue;
    bool fits = true;
    for (size_t i = 1; i < phrase.size() && fits; ++i) fits = tokens[at + i].word == phrase[i];
    if (fits) return phrase.size();
  }
  return 0;
}

size_t Phrases::Before(const std::vector<Token>& tokens, size_t begin, size_t at) const {
  if (at <= begin || tokens[at - 1].word == 0) return 0;
  const auto found = by_last_.find(tokens[at - 1].word);
  if (found == by_last_.end()) return 0;
  for (const Phrase& phrase : found->second) {
    if (phrase.size() > at - begin) continue;
    bool fits = true;
    const size_t first = at - phrase.size();
    for (size_t i = 0; i + 1 < phrase.size() && fits; ++i)
      fits = tokens[first + i].word == phrase[i];
    if (fits) return phrase.size();
  }
  return 0;
}

absl::StatusOr<ReportTokens> TokensOf(absl::string_view text, const Vocabulary& vocabulary) {
  if (absl::Status status = CheckReadable(text); !status.ok()) return status;
  return Tokenizer(Composed(text), vocabulary).Run();
}

}  // namespace thidua::domain
