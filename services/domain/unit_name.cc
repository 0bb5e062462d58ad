#include "services/domain/unit_name.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace thidua::domain {
namespace {

// Readings of one text at most: each token that may be a word or an abbreviation doubles them.
constexpr size_t kReadingsMax = 16;
constexpr absl::string_view kNamePrefix = "a:", kIdentifierPrefix = "i:";

// A word of a text, or one letter of an abbreviation.
struct Word {
  std::string folded;    // In small letters, with its marks.
  std::string unmarked;  // Without tone and vowel marks, đ as d.
  std::string initial;  // The first letter of `unmarked`; a number says nothing by its first digit.
  bool is_letter = false;
};

// One way to read a text, connectives left out.
using Reading = std::vector<Word>;

// A run of letters and digits as it was written.
struct Token {
  std::string folded;
  std::string unmarked;
  std::vector<std::string> letters;           // Each of `folded`.
  std::vector<std::string> unmarked_letters;  // Each of `unmarked`; bytes are not letters.
  bool is_capital = true;                     // All letters are.
  bool has_marked_vowel = false;
  std::string tone;  // Its combining mark; empty: level.
};

std::string Mapped(absl::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                             static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                             static_cast<utf8proc_option_t>(options));
  if (size < 0) return std::string(text);  // No UTF-8: as it is.
  std::string result(reinterpret_cast<const char*>(mapped), static_cast<size_t>(size));
  std::free(mapped);
  return result;
}

std::string Encoded(utf8proc_int32_t code_point) {
  std::array<utf8proc_uint8_t, 4> bytes;
  const utf8proc_ssize_t size = utf8proc_encode_char(code_point, bytes.data());
  return std::string(reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(size));
}

// A small letter taken apart.
struct Letter {
  utf8proc_int32_t base = 0;  // Without any mark, đ as d.
  utf8proc_int32_t without_tone = 0;
  utf8proc_int32_t tone = 0;  // Its combining mark; 0: level.
};

bool IsTone(utf8proc_int32_t mark) {
  return mark == 0x300 || mark == 0x301 || mark == 0x303 || mark == 0x309 || mark == 0x323;
}

Letter TakeApart(utf8proc_int32_t small_letter) {
  constexpr utf8proc_int32_t kD = 0x111;  // đ has no decomposition.
  Letter letter{small_letter, small_letter, 0};
  if (small_letter == kD) letter.base = 'd';
  std::array<utf8proc_int32_t, 8> parts;
  const utf8proc_ssize_t size = utf8proc_decompose_char(small_letter, parts.data(), parts.size(),
                                                        UTF8PROC_DECOMPOSE, nullptr);
  if (size < 2 || size > static_cast<utf8proc_ssize_t>(parts.size())) return letter;
  letter.base = letter.without_tone = parts[0];
  for (size_t i = 1; i < static_cast<size_t>(size); ++i) {
    if (IsTone(parts[i])) {
      letter.tone = parts[i];
      continue;
    }
    std::array<utf8proc_int32_t, 2> pair = {letter.without_tone, parts[i]};
    utf8proc_normalize_utf32(pair.data(), 2, UTF8PROC_COMPOSE);
    letter.without_tone = pair[0];
  }
  return letter;
}

// Up to here lies every letter of the language, each taken apart once.
constexpr size_t kLettersKnown = 0x2000;

Letter LetterOf(utf8proc_int32_t small_letter) {
  static const auto& known = *[] {
    auto* letters = new std::array<Letter, kLettersKnown>;
    for (size_t i = 0; i < kLettersKnown; ++i) {
      (*letters)[i] = TakeApart(static_cast<utf8proc_int32_t>(i));
    }
    return letters;
  }();
  const auto at = static_cast<size_t>(small_letter);
  return at < kLettersKnown ? known[at] : TakeApart(small_letter);
}

bool IsVowel(char c) { return absl::StrContains("aeiouy", absl::string_view(&c, 1)); }

std::vector<Token> TokensOf(absl::string_view given) {
  // "ở" may have been typed as three code points, and a word have a soft hyphen within it. Most
  // texts have neither: their bytes say so.
  const bool is_composed = std::none_of(given.begin(), given.end(), [](char byte) {
    const auto lead = static_cast<unsigned char>(byte);
    return lead == 0xC2 || lead == 0xCC || lead == 0xCD || lead >= 0xE2;
  });
  const std::string text =
      is_composed ? std::string(given)
                  : Mapped(given, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_IGNORE);
  std::vector<Token> tokens;
  bool in_token = false;
  size_t at = 0;
  while (at < text.size()) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t size =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                         static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    if (size <= 0) break;
    at += static_cast<size_t>(size);
    if (code_point == '&') {  // "&" is read as "và".
      tokens.push_back({"và", "va", {"v", "à"}, {"v", "a"}, false, true, ""});
      in_token = false;
      continue;
    }
    const utf8proc_category_t category = utf8proc_category(code_point);
    const bool is_letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
    const bool is_digit = category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
    if (!is_letter && !is_digit) {
      in_token = false;
      continue;
    }
    if (!in_token) tokens.emplace_back();
    in_token = true;
    Token& token = tokens.back();
    const utf8proc_int32_t small = utf8proc_tolower(code_point);
    const Letter letter = LetterOf(small);
    token.letters.push_back(Encoded(small));
    // A tone belongs to the syllable: "hoà" and "hòa" are one.
    token.folded += Encoded(letter.without_tone);
    if (letter.tone != 0) token.tone = Encoded(letter.tone);
    token.unmarked_letters.push_back(Encoded(letter.base));
    token.unmarked += token.unmarked_letters.back();
    token.is_capital = token.is_capital && is_letter && small != code_point;
    token.has_marked_vowel = token.has_marked_vowel || (small != letter.base && letter.base != 'd');
  }
  return tokens;
}

// Whether the letters could be a syllable of the language: "ban", "so", and not "lđtbxh", "ubnd".
bool IsSyllable(absl::string_view unmarked) {
  static constexpr absl::string_view kOnsets[] = {
      "",   "b",   "c",  "ch", "d",  "g", "gh", "h", "k", "kh", "l",  "m", "n",
      "ng", "ngh", "nh", "p",  "ph", "q", "r",  "s", "t", "th", "tr", "v", "x"};
  static constexpr absl::string_view kCodas[] = {"", "c", "ch", "m", "n", "ng", "nh", "p", "t"};
  size_t vowels = 0;
  while (vowels < unmarked.size() && !IsVowel(unmarked[vowels])) ++vowels;
  size_t coda = vowels;
  while (coda < unmarked.size() && IsVowel(unmarked[coda])) ++coda;
  const size_t count = coda - vowels;
  return count >= 1 && count <= 3 &&
         std::find(std::begin(kOnsets), std::end(kOnsets), unmarked.substr(0, vowels)) !=
             std::end(kOnsets) &&
         std::find(std::begin(kCodas), std::end(kCodas), unmarked.substr(coda)) != std::end(kCodas);
}

bool HasDigit(const Token& token) {
  return std::any_of(token.unmarked.begin(), token.unmarked.end(),
                     [](unsigned char c) { return absl::ascii_isdigit(c); });
}

bool MayBeAWord(const Token& token) {
  return token.has_marked_vowel || HasDigit(token) || IsSyllable(token.unmarked);
}

// A capital word without marks may be either: "BAN", "CA"; "Y" is a word, and the "H" of "H. Gò
// Quao" is none.
bool MayBeAnAbbreviation(const Token& token) {
  if (token.has_marked_vowel || HasDigit(token)) return false;
  return !IsSyllable(token.unmarked) || (token.is_capital && token.letters.size() > 1);
}

bool IsConnective(const Token& token) { return token.unmarked == "va"; }

std::vector<Reading> ReadingsOf(absl::string_view text) {
  std::vector<Reading> readings(1);
  for (const Token& token : TokensOf(text)) {
    if (IsConnective(token)) continue;
    const bool both =
        MayBeAWord(token) && MayBeAnAbbreviation(token) && 2 * readings.size() <= kReadingsMax;
    const size_t count = readings.size();
    if (both) readings.resize(2 * count);
    for (size_t i = count; i < readings.size(); ++i) readings[i] = readings[i - count];
    for (size_t i = 0; i < readings.size(); ++i) {
      const bool as_word = both ? i < count : MayBeAWord(token);
      if (as_word) {
        const bool is_number =
            absl::ascii_isdigit(static_cast<unsigned char>(token.unmarked[0])) != 0;
        readings[i].push_back({token.folded + token.tone, token.unmarked,
                               is_number ? token.unmarked : token.unmarked_letters[0], false});
        continue;
      }
      for (size_t k = 0; k < token.letters.size(); ++k) {
        const std::string& letter = token.unmarked_letters[k];
        readings[i].push_back({token.letters[k], letter, letter, true});
      }
    }
  }
  if (readings.front().empty()) readings.clear();
  return readings;
}

std::string KeyOf(const Reading& reading) {
  std::string key(kNamePrefix);
  for (const Word& word : reading) absl::StrAppend(&key, word.initial);
  return key;
}

std::string IdentifierKey(absl::string_view value) {
  return absl::StrCat(kIdentifierPrefix,
                      Mapped(absl::StripAsciiWhitespace(value),
                             UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
}

void AddKeysOfName(absl::string_view text, std::vector<std::string>& keys) {
  for (const Reading& reading : ReadingsOf(text)) keys.push_back(KeyOf(reading));
}

std::vector<std::string> WithoutDuplicates(std::vector<std::string> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

// How one reading fits another, word by word.
std::optional<NameMatch> FitOf(const Reading& asked, const Reading& name) {
  if (asked.size() != name.size()) return std::nullopt;
  NameMatch match = NameMatch::kName;
  for (size_t i = 0; i < asked.size(); ++i) {
    const Word &a = asked[i], &b = name[i];
    NameMatch one = NameMatch::kName;
    if (a.is_letter != b.is_letter) {
      if (a.initial != b.initial) return std::nullopt;
      one = NameMatch::kAbbreviation;
    } else if (a.unmarked != b.unmarked) {
      return std::nullopt;
    } else if (a.folded != b.folded) {
      // Marks that were typed and are others say another name: "Tân Hóa" is not "Tân Hòa".
      one = a.folded == a.unmarked ? NameMatch::kUnmarkedName : NameMatch::kOtherMarks;
    }
    match = std::max(match, one);
  }
  return match;
}

std::optional<NameMatch> FitOf(const std::vector<Reading>& asked, absl::string_view name) {
  std::optional<NameMatch> best;
  for (const Reading& reading : ReadingsOf(name)) {
    for (const Reading& one : asked) {
      const std::optional<NameMatch> fit = FitOf(one, reading);
      if (fit.has_value() && (!best.has_value() || *fit < *best)) best = fit;
    }
  }
  return best;
}

class Matcher {
 public:
  Matcher(absl::string_view text, Date day)
      : text_(absl::StripAsciiWhitespace(text)),
        day_(day),
        identifier_(IdentifierKey(text_)),
        readings_(ReadingsOf(text_)) {}

  std::optional<UnitMatch> Match(const Unit& unit) {
    best_.reset();
    unit_ = &unit;
    absl::string_view id = text_;
    absl::ConsumePrefix(&id, "units/");
    if (id == unit.id) Take(NameMatch::kId, unit.id);
    for (const UnitIdentifier& identifier : unit.identifiers) {
      if (IdentifierKey(identifier.value) == identifier_) {
        Take(OnDay(NameMatch::kIdentifier, identifier.held), identifier.value);
      }
    }
    for (const Naming& naming : unit.namings) {
      TakeName(naming.name, naming.held);
      TakeName(naming.short_name, naming.held);
    }
    for (const Alias& alias : unit.aliases) TakeName(alias.text, alias.held);
    return std::move(best_);
  }

 private:
  NameMatch OnDay(NameMatch match, const Interval& held) const {
    const bool is_of_the_day = held.Includes(day_) && StateOn(*unit_, day_) == UnitState::kActive;
    return is_of_the_day ? match : NameMatch::kOtherDay;
  }

  void TakeName(const std::string& name, const Interval& held) {
    const std::optional<NameMatch> fit = FitOf(readings_, name);
    if (fit.has_value()) Take(OnDay(*fit, held), name);
  }

  void Take(NameMatch match, const std::string& text) {
    if (!best_.has_value() || match < best_->match) best_ = UnitMatch{unit_, match, text};
  }

  const absl::string_view text_;
  const Date day_;
  const std::string identifier_;
  const std::vector<Reading> readings_;
  const Unit* unit_ = nullptr;
  std::optional<UnitMatch> best_;
};

}  // namespace

std::vector<std::string> KeysOf(const Unit& unit) {
  std::vector<std::string> keys;
  for (const Naming& naming : unit.namings) {
    AddKeysOfName(naming.name, keys);
    AddKeysOfName(naming.short_name, keys);
  }
  for (const Alias& alias : unit.aliases) AddKeysOfName(alias.text, keys);
  for (const UnitIdentifier& identifier : unit.identifiers) {
    keys.push_back(IdentifierKey(identifier.value));
  }
  return WithoutDuplicates(std::move(keys));
}

std::vector<std::string> LookupKeys(absl::string_view text) {
  std::vector<std::string> keys = {IdentifierKey(text)};
  AddKeysOfName(text, keys);
  return WithoutDuplicates(std::move(keys));
}

std::vector<UnitMatch> MatchUnits(absl::string_view text, Date day,
                                  const std::vector<Unit>& units) {
  Matcher matcher(text, day);
  std::vector<UnitMatch> matches;
  for (const Unit& unit : units) {
    if (std::optional<UnitMatch> match = matcher.Match(unit)) matches.push_back(*std::move(match));
  }
  std::sort(matches.begin(), matches.end(), [](const UnitMatch& a, const UnitMatch& b) {
    return std::pair(a.match, absl::string_view(a.unit->id)) <
           std::pair(b.match, absl::string_view(b.unit->id));
  });
  return matches;
}

const UnitMatch* BestMatch(const std::vector<UnitMatch>& matches) {
  if (matches.empty() || matches[0].match >= NameMatch::kOtherMarks) return nullptr;
  if (matches.size() > 1 && matches[1].match == matches[0].match) return nullptr;
  return &matches[0];
}

}  // namespace thidua::domain
