// A report's text as words, figures and marks, each with its place: what report_text.h reads.
//
//   Vocabulary vocabulary;
//   const Phrases time_words(vocabulary, {"ngày", "tháng"});
//   absl::StatusOr<ReportTokens> report = TokensOf("Đến ngày 05/4, mở 05/4 lớp", vocabulary);
//   time_words.Before(report->tokens, 0, 2);   // 1: "ngày" stands before the third token
//
// Pure; thread-safe once a vocabulary is complete.
#ifndef THIDUA_SERVICES_DOMAIN_REPORT_TOKENS_H_
#define THIDUA_SERVICES_DOMAIN_REPORT_TOKENS_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::domain {

enum class TokenKind : uint8_t {
  kWord,    // Begins with a letter: "lượt", "TB&XH", "COVID-19", "QĐ-TTg", "I/2019".
  kFigure,  // Begins with a digit: "17.893/35.000", "13,1/13,1%", "12/2018/QĐ-TTg", "6-14".
  kPercent,
  kStop,      // . ! ?
  kEllipsis,  // … or ...
  kComma,
  kSemicolon,
  kColon,
  kOpen,
  kClose,
  kQuote,  // Of any kind, opening and closing.
  kDash,   // Hyphens and dashes, and the minus sign.
  kSlash,
  kCompare,  // < > ≤ ≥ ± ~
  kOther,
  kBreak,  // A paragraph ends.
};

struct Token {
  uint32_t begin = 0;   // Of the text, in bytes.
  uint32_t size = 0;    // Likewise.
  uint32_t line = 0;    // From 1.
  uint32_t column = 0;  // In characters, from 1.
  uint16_t word = 0;    // Its number in the vocabulary, whatever its capitals; 0: none.
  TokenKind kind = TokenKind::kOther;
  bool spaced = false;       // White space stands before it.
  bool capital = false;      // Its first letter is one.
  bool all_capital = false;  // All its letters are.
  bool quoted = false;       // Stands between quotation marks of one paragraph.
  bool bracketed = false;    // Stands between brackets of one paragraph.
};

// The words that phrases are made of.
class Vocabulary {
 public:
  uint16_t Add(absl::string_view word);         // In small letters.
  uint16_t Find(absl::string_view word) const;  // 0: none of them.

 private:
  absl::flat_hash_map<std::string, uint16_t> words_;
};

// A set of phrases, found in texts whatever their capitals; the longest that fits counts.
class Phrases {
 public:
  // In small letters, with one space between words.
  Phrases(Vocabulary& vocabulary, std::initializer_list<absl::string_view> phrases);

  // How many tokens from `at` on, and before `end`, are a phrase; 0: none.
  size_t From(const std::vector<Token>& tokens, size_t at, size_t end) const;
  // How many tokens right before `at`, and not before `begin`, are a phrase; 0: none.
  size_t Before(const std::vector<Token>& tokens, size_t begin, size_t at) const;

 private:
  using Phrase = std::vector<uint16_t>;
  absl::flat_hash_map<uint16_t, std::vector<Phrase>> by_first_;
  absl::flat_hash_map<uint16_t, std::vector<Phrase>> by_last_;
};

struct ReportTokens {
  std::string text;           // NFC; what cannot be seen (soft hyphens, byte order marks) left out.
  std::vector<Token> tokens;  // In order; the last one is a kBreak.

  absl::string_view TextOf(const Token& token) const {
    return absl::string_view(text).substr(token.begin, token.size);
  }
};

// The largest text that is read.
inline constexpr size_t kReportMaxBytes = size_t{16} << 20;

// Takes time and space in proportion to the text. A line that goes on in the next one ends no
// paragraph: the next begins with a small letter, or, in a text that is broken at a page's width,
// with a word that did not fit. Faults: TOO_LONG, NOT_UTF8 (with the line),
// NOT_A_TEXT (more than 30 combining marks on one letter).
absl::StatusOr<ReportTokens> TokensOf(absl::string_view text, const Vocabulary& vocabulary);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_REPORT_TOKENS_H_
