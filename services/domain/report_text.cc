#include "services/domain/report_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/domain/rational.h"
#include "services/domain/report_lexicon.h"
#include "services/domain/report_tokens.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

using Tokens = std::vector<Token>;

// How far a word may stand from the number that it says something about, in tokens.
constexpr size_t kNear = 12;
// How far a percentage may stand from its figure: names of indicators are long.
constexpr size_t kFar = 80;
constexpr size_t kNameMax = 300;                            // Code points.
constexpr int kListedMax = 5;                               // Nouns after the first of a measure.
constexpr size_t kFigureBytesMax = 60;                      // What is longer is no figure.
constexpr size_t kExcerptBefore = 60, kExcerptAfter = 100;  // Code points.

const ReportLexicon& Words() { return ReportLexicon::Get(); }

// Why a number is shown to a person and not proposed.
struct Doubt {
  const char* reason;
  const char* message;
};
constexpr Doubt kDateOrAttainment = {"DATE_OR_ATTAINMENT",
                                     "Có thể là ngày tháng, có thể là kết quả trên chỉ tiêu."};
constexpr Doubt kAfterTimeWord = {"AFTER_TIME_WORD",
                                  "Đứng ngay sau từ chỉ thời gian, không rõ là số liệu hay thời "
                                  "điểm."};
constexpr Doubt kRange = {"RANGE",
                          "Là một khoảng hoặc mức thay đổi “từ … đến …”, không phải một "
                          "con số."};
constexpr Doubt kYearOrCount = {"YEAR_OR_COUNT", "Có thể là năm, có thể là số lượng."};
constexpr Doubt kAdjacent = {
    "ADJACENT_NUMBERS",
    "Nhiều số đứng liền nhau, không rõ số nào là kết quả (bảng hoặc số viết "
    "cách quãng)."};
constexpr Doubt kFraction = {"FRACTION",
                             "Là một phần của tổng số, không rõ là kết quả trên chỉ tiêu."};
constexpr Doubt kGrowth = {"GROWTH",
                           "Là mức tăng, giảm hoặc tỷ trọng, không phải tỷ lệ đạt chỉ tiêu."};
constexpr Doubt kInDocumentName = {"IN_DOCUMENT_NAME", "Nằm trong phần nói về một văn bản."};
constexpr Doubt kPartOfAnother = {"PART_OF_ANOTHER", "Là một phần của con số đứng trước."};
constexpr Doubt kNotReadable = {"NUMBER_UNREADABLE",
                                "Không đọc được theo cách viết số của Việt Nam (dấu chấm phân nhóm "
                                "nghìn, dấu phẩy trước phần thập phân)."};
constexpr Doubt kGlued = {"NUMBER_GLUED_TO_WORD", "Số viết dính liền với chữ."};
constexpr Doubt kTargetIsZero = {"TARGET_IS_ZERO", "Chỉ tiêu bằng 0."};
constexpr Doubt kPlanned = {"PLANNED", "Có thể là mục tiêu, dự kiến, chưa phải kết quả."};
constexpr Doubt kTargetAlone = {"TARGET_WITHOUT_RESULT",
                                "Là chỉ tiêu, nhưng không rõ của kết quả nào."};
constexpr Doubt kBound = {"BOUND", "Là mức tối thiểu hoặc tối đa, không phải kết quả."};
constexpr Doubt kPercentOfWhat = {"PERCENT_OF_WHAT",
                                  "Không rõ là tỷ lệ đạt chỉ tiêu hay tỷ lệ khác."};
constexpr Doubt kPercentOfDoubtful = {"PERCENT_OF_DOUBTFUL", "Là tỷ lệ của một con số chưa rõ."};
constexpr Doubt kMeasureUnknown = {"MEASURE_UNKNOWN",
                                   "Không rõ đếm gì: không nhận ra đơn vị tính, cũng không có chỉ "
                                   "tiêu hay tỷ lệ."};
constexpr Doubt kCompound = {"NUMBER_COMPOUND", "Một số viết bằng nhiều phần (tỷ, triệu …)."};
constexpr Doubt kNameMissing = {"NAME_MISSING", "Không rõ là kết quả của chỉ tiêu nào."};
constexpr Doubt kListNumberOrCount = {"LIST_NUMBER_OR_COUNT",
                                      "Có thể là số thứ tự, có thể là số lượng."};
constexpr Doubt kParticipants = {"PARTICIPANTS", "Là số tham dự một cuộc họp, hội nghị."};
constexpr Doubt kDuration = {"DURATION", "Có thể là khoảng thời gian."};

enum class Shape {
  kCode,        // Has letters, several slashes, a dash, leading zeros: never a figure.
  kUnreadable,  // Digits that Vietnamese convention does not write.
  kLone,
  kPair,  // Two figures about one slash.
};

enum class Role {
  kUndecided,
  kSilent,    // No figure.
  kDoubtful,  // `doubt` says why.
  kValue,     // A result, lone or with its target.
  kPercent,   // Of attainment.
  kTarget,    // Of the value before it.
};

struct Figure {
  size_t first = 0;  // Token: the qualifier's, or the number's.
  size_t token = 0;  // The number's.
  size_t end = 0;    // Token after it, a mark that stands apart included.
  std::string text;
  Shape shape = Shape::kCode;
  AttainmentReading reading;  // Of kLone and kPair.
  Role role = Role::kUndecided;
  const Doubt* doubt = nullptr;

  NumberMark mark() const { return reading.actual.mark; }
  bool is_lone() const { return shape == Shape::kLone; }
  bool is_pair() const { return shape == Shape::kPair; }
  bool is_lone_percent() const { return is_lone() && mark() == NumberMark::kPercent; }
  bool is_unmarked() const { return mark() == NumberMark::kNone; }
  bool is_live() const {
    return role == Role::kUndecided || role == Role::kValue || role == Role::kPercent;
  }
};

// One item of a sentence, between semicolons, and what is known of where it stands.
struct Item {
  const ReportTokens* report = nullptr;
  size_t begin = 0, end = 0;  // Tokens.
  size_t sentence_begin = 0, sentence_end = 0;
  bool begins_paragraph = false;
  bool begins_with_document = false;  // "Nghị quyết số … quy định …"
  bool is_planned = false;            // Stands under a heading of plans.
  bool is_part = false;               // Lists the parts of a figure before it.
  size_t part_from = 0;               // From here on "trong đó …"; `end`: nowhere.
  std::string unit;
  std::vector<Figure> figures;

  const Tokens& tokens() const { return report->tokens; }
  const Token& at(size_t i) const { return report->tokens[i]; }
  TokenKind kind(size_t i) const {
    return i >= begin && i < end ? report->tokens[i].kind : TokenKind::kBreak;
  }
  absl::string_view TextOf(size_t i) const { return report->TextOf(report->tokens[i]); }
};

size_t From(const Phrases& phrases, const Item& item, size_t at) {
  return phrases.From(item.tokens(), at, item.end);
}
size_t Before(const Phrases& phrases, const Item& item, size_t at) {
  return phrases.Before(item.tokens(), item.begin, at);
}

// Whether one of the phrases stands in [begin, end), looking at no more than `most` tokens from the
// back.
bool HasNear(const Phrases& phrases, const Item& item, size_t begin, size_t end,
             size_t most = kNear) {
  if (end - std::min(begin, end) > most) begin = end - most;
  for (size_t i = begin; i < end; ++i) {
    if (phrases.From(item.tokens(), i, end) > 0) return true;
  }
  return false;
}

// The text of the tokens on one line, as written but for its white space.
std::string Slice(const Item& item, size_t begin, size_t end) {
  std::string text;
  for (size_t i = begin; i < end; ++i) {
    if (item.at(i).kind == TokenKind::kBreak) continue;
    if (item.at(i).spaced && !text.empty()) text += ' ';
    absl::StrAppend(&text, item.TextOf(i));
  }
  return text;
}

// ---------------------------------------------------------------------------------------------
// Numbers as they are written.

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// The whole number that the text is, ungrouped; -1 when it is none of 1 to 4 digits.
int SmallNumber(absl::string_view text) {
  int number = 0;
  if (text.empty() || text.size() > 4 || !std::all_of(text.begin(), text.end(), IsDigit) ||
      !absl::SimpleAtoi(text, &number)) {
    return -1;
  }
  return number;
}

bool IsYear(absl::string_view text) {
  const int number = SmallNumber(text);
  return text.size() == 4 && number >= 1900 && number <= 2100;
}

bool IsDayOfMonth(absl::string_view text) {
  const int number = SmallNumber(text);
  return text.size() <= 2 && number >= 1 && number <= 31;
}

bool IsMonth(absl::string_view text) {
  const int number = SmallNumber(text);
  return text.size() <= 2 && number >= 1 && number <= 12;
}

// "05/4" and "6/2019", but not "17.893/35.000".
bool MayBeADate(absl::string_view pair) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(pair, absl::MaxSplits('/', 1));
  return (IsDayOfMonth(parts.first) && IsMonth(parts.second)) ||
         (IsMonth(parts.first) && IsYear(parts.second));
}

bool HasCodeShape(absl::string_view text) {
  if (text.size() > kFigureBytesMax) return true;
  const absl::string_view known = "0123456789.,/% ";
  absl::string_view digits = text;
  if (absl::EndsWith(digits, "‰")) digits.remove_suffix(absl::string_view("‰").size());
  if (digits.find_first_not_of(known) != absl::string_view::npos) return true;
  if (std::count(text.begin(), text.end(), '/') > 1 && !absl::EndsWith(text, "0/00")) return true;
  // "0912345678", "0912.345.678", "007": a count is padded to two digits at most.
  const bool padded =
      text.size() > 2 && text[0] == '0' && IsDigit(text[1]) && (IsDigit(text[2]) || text[2] == '.');
  return padded;
}

void ReadFigure(Figure& figure, absl::string_view number, absl::string_view qualifier) {
  figure.text = std::string(number);
  if (HasCodeShape(number)) return;
  absl::StatusOr<AttainmentReading> reading = ReadAttainment(
      qualifier.empty() ? std::string(number) : absl::StrCat(qualifier, " ", number));
  if (!reading.ok()) {
    figure.shape = Shape::kUnreadable;
    return;
  }
  figure.reading = *std::move(reading);
  figure.shape = figure.reading.target.has_value() ? Shape::kPair : Shape::kLone;
}

struct Measure {
  size_t noun = 0;  // Token after its word of magnitude.
  size_t end = 0;   // Token after it.
  bool is_known = false;
  bool is_physical = false;  // Money, areas, weights: nothing that a name needs.
};

// A noun that is counted; "giải" of "giải quyết" is none.
size_t NounFrom(const Item& item, size_t at) {
  const size_t size = From(Words().measure, item, at);
  const size_t verb =
      std::max(From(Words().takes_object, item, at), From(Words().starts_indicator, item, at));
  return verb > size ? 0 : size;
}

// "tấn/ha", "đồng/người/năm": one word.
bool IsRatioUnit(const Item& item, size_t at) {
  return item.kind(at) == TokenKind::kWord && !item.at(at).capital && item.at(at).word == 0 &&
         absl::StrContains(item.TextOf(at), "/");
}

// The measure from token `at` on; nothing known: `end` is `at`.
Measure MeasureFrom(const Item& item, size_t at) {
  const ReportLexicon& words = Words();
  Measure measure;
  size_t end = at + From(words.magnitude, item, at);
  const bool has_magnitude = end > at;
  const size_t noun = end;
  if (const size_t turn = From(words.turn, item, end); turn > 0) {
    end += turn;
    end += NounFrom(item, end);  // "lượt khách"
  } else if (IsRatioUnit(item, end)) {
    measure.is_physical = true;
    ++end;
  } else {
    measure.is_physical = From(words.physical, item, end) > 0;
    const size_t listed = From(words.listed_measure, item, end);
    const size_t size = NounFrom(item, end);
    end += size;
    // "khu phố, ấp", "cơ quan, đơn vị, doanh nghiệp": one count of several kinds.
    for (int more = 0; listed > 0 && listed >= size && more < kListedMax; ++more) {
      const bool goes_on = item.kind(end) == TokenKind::kComma || From(words.joins, item, end) > 0;
      const size_t next = goes_on ? From(words.listed_measure, item, end + 1) : 0;
      if (next == 0) break;
      end += 1 + next;
    }
  }
  measure.is_known = has_magnitude || end > noun;
  measure.is_physical = measure.is_physical || (has_magnitude && end == noun);
  measure.noun = noun;
  measure.end = end;
  return measure;
}

// The figures of an item: "51,12 %", "05 / 4" and "17.893 lượt/35.000 lượt" are one each.
void FindFigures(Item& item) {
  for (size_t i = item.begin; i < item.end; ++i) {
    if (item.kind(i) != TokenKind::kFigure) continue;
    Figure figure;
    figure.token = i;
    figure.end = i + 1;
    std::string number(item.TextOf(i));
    const bool is_whole = number.find_first_not_of("0123456789.,") == std::string::npos;
    if (item.kind(i + 1) == TokenKind::kPercent) {
      absl::StrAppend(&number, item.TextOf(i + 1));
      figure.end = i + 2;
    } else if (is_whole && number.size() <= kFigureBytesMax) {
      const size_t slash = MeasureFrom(item, i + 1).end;
      if (item.kind(slash) == TokenKind::kSlash && item.kind(slash + 1) == TokenKind::kFigure) {
        const absl::string_view second = item.TextOf(slash + 1);
        if (second.find('/') == absl::string_view::npos) {
          absl::StrAppend(&number, "/", second);
          figure.end = slash + 2;
        }
      }
    }
    const size_t qualifier =
        Before(Words().not_qualifier, item, i) > 0 ? 0 : Before(Words().qualifier, item, i);
    figure.first = i - qualifier;
    // "ước đạt 12": the verb stands between.
    ReadFigure(figure, number,
               qualifier > 0 ? absl::AsciiStrToLower(Slice(item, figure.first, i)) : "");
    if (figure.shape == Shape::kUnreadable && qualifier > 0) ReadFigure(figure, number, "");
    i = figure.end - 1;
    item.figures.push_back(std::move(figure));
  }
}

// ---------------------------------------------------------------------------------------------
// What is around a number.

bool MeasureFollows(const Item& item, const Figure& figure) {
  return MeasureFrom(item, figure.end).is_known;
}

// "so với cùng kỳ" right after the number, before anything else is said.
bool IsHeldAgainstThePast(const Item& item, const Figure& figure) {
  const size_t end = std::min(item.end, figure.end + kNear);
  for (size_t i = figure.end; i < end; ++i) {
    const TokenKind kind = item.kind(i);
    if (From(Words().earlier, item, i) > 0) return true;
    if (kind == TokenKind::kComma || kind == TokenKind::kFigure || kind == TokenKind::kClose) break;
  }
  return false;
}

// The first token of "đạt 51,12%", "(đạt 51,12%)"; nothing when the percentage is not said to be
// attained.
std::optional<size_t> AttainedFrom(const Item& item, const Figure& figure) {
  if (!figure.is_lone_percent()) return std::nullopt;
  const size_t size = Before(Words().attain, item, figure.first);
  if (size == 0) return std::nullopt;
  const size_t first = figure.first - size;
  const bool in_brackets = first > item.begin && item.kind(first - 1) == TokenKind::kOpen;
  return in_brackets ? first - 1 : first;
}

// The token after "chỉ tiêu năm" of "51,12% so với chỉ tiêu năm": where the next thing may begin.
size_t EndOfPercent(const Item& item, const Figure& figure) {
  const size_t end = std::min(item.end, figure.end + kFar);
  for (size_t i = figure.end; i < end; ++i) {
    const TokenKind kind = item.kind(i);
    if (kind == TokenKind::kComma || kind == TokenKind::kColon) return i + 1;
    if (kind == TokenKind::kFigure && !IsYear(item.TextOf(i))) {
      return i;
    }
    if (From(Words().joins, item, i) > 0) return i + 1;
  }
  return end;
}

bool SaysOfTarget(const Item& item, const Figure& percent) {
  const size_t end = std::min(item.end, percent.end + 5);
  for (size_t i = percent.end; i < end; ++i) {
    if (item.kind(i) == TokenKind::kComma) break;
    if (From(Words().target_word, item, i) > 0) return true;
  }
  return false;
}

// ---------------------------------------------------------------------------------------------
// The rules, one function a rule. Each answers for one number or leaves it to the next; earlier
// numbers of the item are decided already by the rules of the same table.

struct Verdict {
  Role role;
  const Doubt* doubt = nullptr;
};
using Ruling = std::optional<Verdict>;
using Rule = Ruling (*)(const Item&, size_t f);
constexpr Verdict kSilence = {Role::kSilent};
Verdict Doubted(const Doubt& doubt) { return {Role::kDoubtful, &doubt}; }

// A title's "30%" is the title's.
Ruling InQuotes(const Item& item, size_t f) {
  if (item.at(item.figures[f].token).quoted) return kSilence;
  return std::nullopt;
}

// "1.", "2.1.", "3)", "(1)", or a page's number alone.
Ruling ListNumber(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  const size_t i = figure.token;
  if (i == item.begin && (i + 1 == item.end || item.kind(i + 1) == TokenKind::kClose)) {
    return kSilence;
  }
  if (item.kind(i + 1) == TokenKind::kClose && !item.at(i + 1).bracketed) return kSilence;
  // "2 Kết quả"; but "05 Nghị quyết" counts.
  const bool heads = i == item.begin && SmallNumber(figure.text) >= 0 && figure.text[0] != '0' &&
                     item.kind(i + 1) == TokenKind::kWord && item.at(i + 1).capital;
  if (heads) return MeasureFollows(item, figure) ? Doubted(kListNumberOrCount) : kSilence;
  if (item.kind(i + 1) == TokenKind::kClose && i > item.begin &&
      item.kind(i - 1) == TokenKind::kOpen && figure.is_unmarked() && !figure.is_pair()) {
    // "(05) văn bản" repeats a number that was written in words.
    return MeasureFrom(item, i + 2).is_known ? Doubted(kPartOfAnother) : kSilence;
  }
  return std::nullopt;
}

// "12/2018/QĐ-TTg", "02/8/2019", "6-14", "0912345678".
Ruling Code(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (figure.shape != Shape::kCode) return std::nullopt;
  // "120ha", but not "10h30" or "5a".
  const absl::string_view text = figure.text;
  const size_t letters = text.find_first_not_of("0123456789.,");
  if (letters != absl::string_view::npos &&
      text.find_first_of("0123456789", letters) == text.npos) {
    const uint16_t word = Words().vocabulary.Find(text.substr(letters));
    Token token;
    token.word = word;
    const Tokens alone = {token};
    if (Words().measure.From(alone, 0, 1) > 0 || Words().magnitude.From(alone, 0, 1) > 0) {
      return Before(Words().naming, item, figure.first) > 0 ? kSilence : Doubted(kGlued);
    }
  }
  return kSilence;
}

// "Nghị quyết 26", "khoản 2 Điều 6", "Khối 4", "Số: 45", "hạng 12/63".
Ruling AfterNamingWord(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (!figure.is_unmarked() && figure.shape != Shape::kUnreadable) return std::nullopt;
  size_t at = figure.first;
  if (item.kind(at - 1) == TokenKind::kColon || item.kind(at - 1) == TokenKind::kStop) {
    if (Before(Words().counting, item, at - 1) > 0) return std::nullopt;
    if (Before(Words().naming_with_colon, item, at - 1) > 0) return kSilence;
    return std::nullopt;
  }
  if (Before(Words().counting, item, at) > 0) return std::nullopt;
  if (Before(Words().naming, item, at) > 0) return kSilence;
  if (Before(Words().naming_unless_measured, item, at) == 0 || figure.is_pair()) {
    return std::nullopt;
  }
  return MeasureFollows(item, figure) ? Ruling() : kSilence;
}

// "ngày 05/4", "tháng 6/2019", "năm 2019".
Ruling AfterTimeWord(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (!figure.is_unmarked() || Before(Words().time_before, item, figure.first) == 0) {
    return std::nullopt;
  }
  const bool is_time = IsDayOfMonth(figure.text) || IsYear(figure.text) || MayBeADate(figure.text);
  return is_time ? kSilence : Doubted(kAfterTimeWord);
}

// "Điều 6, 7 và 8", "ngày 05/4 và 08/4".
Ruling GoesOnWithNames(const Item& item, size_t f) {
  if (f == 0) return std::nullopt;
  const Figure &figure = item.figures[f], &last = item.figures[f - 1];
  if (last.role != Role::kSilent || last.end + 1 != figure.token || !figure.is_unmarked()) {
    return std::nullopt;
  }
  const size_t between = last.end;
  const bool joined =
      item.kind(between) == TokenKind::kComma || item.kind(between) == TokenKind::kSlash ||
      From(Words().joins, item, between) > 0 || From(Words().gap_to, item, between) > 0;
  if (!joined || MeasureFollows(item, figure)) return std::nullopt;
  return kSilence;
}

// "14 tuổi", "6 tháng đầu năm", "05 năm", "gấp 1,5 lần".
Ruling BeforeTimeWord(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (!figure.is_unmarked()) return std::nullopt;
  if (From(Words().time_after, item, figure.end) > 0) {
    return figure.is_pair() && !MayBeADate(figure.text) ? Doubted(kDuration) : kSilence;
  }
  constexpr absl::string_view kTimes = "lần";
  const bool times = item.kind(figure.end) == TokenKind::kWord &&
                     absl::EqualsIgnoreCase(item.TextOf(figure.end), kTimes);
  if (times && Before(Words().times, item, figure.first) > 0) return kSilence;
  return std::nullopt;
}

// "TE<5", "±2".
Ruling Compared(const Item& item, size_t f) {
  if (item.kind(item.figures[f].token - 1) == TokenKind::kCompare) return kSilence;
  return std::nullopt;
}

// "6 - 14 tuổi", "từ 15 đến 25 tuổi", "từ 50 lớp lên 60 lớp".
Ruling RangeOfNumbers(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  const auto is_age = [&](const Figure& last) {
    return From(Words().time_after, item, last.end) > 0;
  };
  // The first of two: what stands between them?
  if (f + 1 < item.figures.size()) {
    const Figure& next = item.figures[f + 1];
    if (next.token == figure.end + 1 && item.kind(figure.end) == TokenKind::kDash) {
      return is_age(next) || figure.is_unmarked() ? kSilence : Doubted(kRange);
    }
    if (Before(Words().gap_from, item, figure.first) > 0 && next.first - figure.end <= 4 &&
        Before(Words().gap_to, item, next.first) > 0) {
      return is_age(next) || MayBeADate(figure.text) || figure.shape == Shape::kCode
                 ? kSilence
                 : Doubted(kRange);
    }
  }
  if (f == 0) return std::nullopt;
  const Figure& last = item.figures[f - 1];
  if (last.end + 1 == figure.token && item.kind(last.end) == TokenKind::kDash) {
    return Verdict{last.role == Role::kUndecided ? Role::kSilent : last.role, last.doubt};
  }
  const bool closes = Before(Words().gap_from, item, last.first) > 0 &&
                      figure.first - std::min(last.end, figure.first) <= 4 &&
                      Before(Words().gap_to, item, figure.first) > 0;
  if (!closes || last.role == Role::kUndecided) return std::nullopt;
  return Verdict{last.role, last.doubt};
}

// "giao ước 2019".
Ruling Year(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (!IsYear(figure.text)) return std::nullopt;
  return MeasureFollows(item, figure) ? Doubted(kYearOrCount) : kSilence;
}

// "0297 3863 123", a table's row, "12 345 678".
Ruling Adjacent(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  const bool after = f > 0 && item.figures[f - 1].end == figure.token;
  const bool before = f + 1 < item.figures.size() && item.figures[f + 1].token == figure.end;
  if (!after && !before) return std::nullopt;
  if (after) {
    const Figure& last = item.figures[f - 1];
    const bool in_run = last.doubt == &kAdjacent || last.shape == Shape::kCode ||
                        (f > 1 && item.figures[f - 2].end == last.token);
    if (in_run) return kSilence;
    // "năm 2019 405.509 lượt": a number that is decided by itself says nothing of its neighbour.
    if (last.role == Role::kSilent && !before) return std::nullopt;
  }
  return Doubted(kAdjacent);
}

// "tỷ lệ 1/500", "24/24 giờ", "1/3 số hộ".
Ruling Fraction(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (!figure.is_pair() || !figure.is_unmarked()) return std::nullopt;
  if (figure.text == "24/24" || figure.text == "24/7") return kSilence;
  if (absl::StartsWith(figure.text, "1/") && Before(Words().rate_word, item, figure.first) > 0) {
    return kSilence;
  }
  if (From(Words().of_total, item, figure.end) > 0) return Doubted(kFraction);
  return std::nullopt;
}

// "Trong 10 chỉ tiêu đăng ký, …": what something is a part of.
Ruling OutOf(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  const bool is_base =
      figure.is_lone() && figure.is_unmarked() && Before(Words().out_of, item, figure.first) > 0;
  return is_base ? Ruling(Doubted(kFraction)) : std::nullopt;
}

// "tăng 5% so với cùng kỳ", "bằng 105% cùng kỳ", "cùng kỳ 300.000 lượt".
Ruling HeldAgainstThePast(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (Before(Words().earlier, item, figure.first) > 0) return kSilence;
  const bool is_change = figure.is_lone_percent() || Before(Words().change, item, figure.first) > 0;
  return is_change && IsHeldAgainstThePast(item, figure) ? Ruling(kSilence) : std::nullopt;
}

// Within the name of a document or a programme.
Ruling InDocumentName(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  const bool is_attained = AttainedFrom(item, figure).has_value();
  if (item.begins_with_document) {
    const bool may_count = figure.is_pair() && MeasureFollows(item, figure);
    return is_attained || may_count ? Doubted(kInDocumentName) : kSilence;
  }
  if (!figure.is_lone_percent() || is_attained) return std::nullopt;
  size_t clause = figure.first;
  while (clause > item.begin && figure.first - clause < kNear &&
         item.kind(clause - 1) != TokenKind::kComma) {
    --clause;
  }
  if (HasNear(Words().document, item, clause, figure.first)) return kSilence;
  return std::nullopt;
}

// "có 07 đơn vị tham dự": of a meeting, and no result.
Ruling Participants(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (!figure.is_lone() || !figure.is_unmarked()) return std::nullopt;
  const size_t after = MeasureFrom(item, figure.end).end;
  return From(Words().take_part, item, after) > 0 ? Ruling(Doubted(kParticipants)) : std::nullopt;
}

// "…, gồm: 03 nghị quyết", "(trong đó nữ 8.500 người)".
Ruling Part(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (AttainedFrom(item, figure).has_value()) return std::nullopt;
  const bool in_parts = item.is_part || figure.token >= item.part_from;
  if (in_parts) {
    const size_t from = item.is_part ? item.begin : item.part_from;
    const bool may_count = figure.is_pair() && MeasureFollows(item, figure);
    const bool is_named = HasNear(Words().document, item, from, figure.token, 2 * kNear);
    return is_named && !may_count ? kSilence : Doubted(kPartOfAnother);
  }
  if (!item.at(figure.token).bracketed) return std::nullopt;
  const bool is_bare_percent = figure.is_lone_percent() &&
                               item.kind(figure.first - 1) == TokenKind::kOpen &&
                               item.kind(figure.end) == TokenKind::kClose;
  // "(51,12%)" and "(kế hoạch 35.000)" are told below.
  const bool is_target = Before(Words().target_word, item, figure.first) > 0;
  return is_bare_percent || is_target ? std::nullopt : Ruling(Doubted(kPartOfAnother));
}

Ruling Unreadable(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (figure.shape == Shape::kUnreadable) {
    // "2.1 Kết quả": a numbered heading.
    const bool heads = figure.token == item.begin && item.begins_paragraph;
    return heads ? kSilence : Doubted(kNotReadable);
  }
  if (figure.is_pair() && figure.reading.target->value.is_zero()) return Doubted(kTargetIsZero);
  return std::nullopt;
}

// What is no figure, whatever stands beside it. The first rule that answers decides.
constexpr Rule kNoFigures[] = {
    InQuotes,      ListNumber,         Compared,       RangeOfNumbers, Code,     AfterNamingWord,
    AfterTimeWord, GoesOnWithNames,    Fraction,       BeforeTimeWord, Adjacent, OutOf,
    Year,          HeldAgainstThePast, InDocumentName, Participants,   Part,     Unreadable};

// What the remaining numbers are needs their neighbours: these look past what is no figure.

const Figure* NextLive(const Item& item, size_t f) {
  for (size_t k = f + 1; k < item.figures.size() && k <= f + kNear; ++k) {
    if (item.figures[k].is_live()) return &item.figures[k];
  }
  return nullptr;
}

const Figure* LastLive(const Item& item, size_t f) {
  for (size_t k = f; k > 0 && f - k < kNear; --k) {
    if (item.figures[k - 1].is_live()) return &item.figures[k - 1];
  }
  return nullptr;
}

// The first token of "so với kế hoạch giao là 35.000"; nothing when no target is named.
std::optional<size_t> TargetFrom(const Item& item, const Figure& figure) {
  size_t at = figure.first;
  size_t word = Before(Words().target_word, item, at);
  while (word == 0) {
    const size_t tail = Before(Words().target_tail, item, at);
    if (tail == 0) return std::nullopt;
    at -= tail;
    word = Before(Words().target_word, item, at);
  }
  at -= word;
  at -= Before(Words().target_against, item, at);
  return at;
}

// Whether the next thing said with a number is that so much was attained.
bool PercentFollows(const Item& item, size_t f) {
  const Figure* next = NextLive(item, f);
  if (next == nullptr || next->token - item.figures[f].end > kFar) return false;
  if (AttainedFrom(item, *next).has_value()) return true;
  return item.figures[f].is_pair() && next->is_lone_percent() &&
         (item.kind(next->first - 1) == TokenKind::kOpen ||
          Before(Words().rate_word, item, next->first) > 0);
}

// Whether the number right before may be what the percentage is of, but could not be told apart.
bool IsOfADoubtful(const Item& item, size_t f) {
  static constexpr const Doubt* kMayBeResults[] = {
      &kDateOrAttainment, &kAfterTimeWord, &kRange,        &kYearOrCount, &kAdjacent, &kFraction,
      &kNotReadable,      &kGlued,         &kTargetIsZero, &kBound,       &kCompound, &kDuration};
  for (size_t k = f; k > 0 && f - k < kNear; --k) {
    const Figure& last = item.figures[k - 1];
    if (last.is_live()) return false;
    if (last.role != Role::kDoubtful || item.figures[f].token - last.end > kFar) continue;
    if (std::find(std::begin(kMayBeResults), std::end(kMayBeResults), last.doubt) !=
        std::end(kMayBeResults)) {
      return true;
    }
  }
  return false;
}

bool PlanIsNear(const Item& item, const Figure& figure) {
  return HasNear(Words().plan, item, item.begin, figure.first);
}

// "kế hoạch giao là 35.000 lượt", "(chỉ tiêu 35.000)".
Ruling TargetOfTheLast(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (!figure.is_lone()) return std::nullopt;
  if (!TargetFrom(item, figure).has_value()) return std::nullopt;
  const Figure* last = LastLive(item, f);
  const bool fits = last != nullptr && last->is_lone() && !AttainedFrom(item, *last).has_value() &&
                    last->mark() == figure.mark() && figure.token - last->end <= kNear;
  if (fits) return Verdict{Role::kTarget};
  // "chỉ tiêu: 08/10" is a pair and no case of this; a percentage is told below.
  return figure.is_lone_percent() ? std::nullopt : Ruling(Doubted(kTargetAlone));
}

Ruling BoundOfATarget(const Item& item, size_t f) {
  if (Before(Words().bound, item, item.figures[f].first) > 0) return Doubted(kBound);
  return std::nullopt;
}

// A date and an attainment may look the same: what stands around says which it is.
Ruling DateOrAttainment(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (!figure.is_pair() || !figure.is_unmarked() || !MayBeADate(figure.text)) return std::nullopt;
  const bool measured = MeasureFollows(item, figure);
  const bool attained = PercentFollows(item, f);
  if (Before(Words().date_before, item, figure.first) > 0) {
    return measured || attained ? Doubted(kDateOrAttainment) : kSilence;
  }
  const absl::string_view second = absl::string_view(figure.text).substr(figure.text.find('/') + 1);
  if (IsYear(second)) return measured ? Doubted(kDateOrAttainment) : kSilence;
  if (measured || attained) return std::nullopt;
  if (HasNear(Words().feast, item, item.begin, figure.first)) return kSilence;
  return Doubted(kDateOrAttainment);
}

// Which percentages are attainment, and which are results that are rates themselves.
Ruling Percentage(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (!figure.is_lone_percent()) return std::nullopt;
  const Figure* next = NextLive(item, f);
  const bool attained_next =
      next != nullptr && AttainedFrom(item, *next).has_value() && next->token - figure.end <= kFar;
  if (const std::optional<size_t> from = AttainedFrom(item, figure)) {
    if (PlanIsNear(item, figure) && !SaysOfTarget(item, figure)) return Doubted(kPlanned);
    if (IsOfADoubtful(item, f)) return Doubted(kPercentOfDoubtful);
    // "Tỷ lệ bao phủ đạt 90,5%, đạt 101% kế hoạch": the first is the result.
    const Figure* last = LastLive(item, f);
    const bool is_result = attained_next && !SaysOfTarget(item, figure) &&
                           *AttainedFrom(item, *next) - figure.end <= 1 && last == nullptr;
    return Verdict{is_result ? Role::kValue : Role::kPercent};
  }
  const Figure* last = LastLive(item, f);
  const bool after_pair = last != nullptr && last->is_pair() && figure.token - last->end <= kFar;
  const bool is_said = item.kind(figure.first - 1) == TokenKind::kOpen ||
                       Before(Words().rate_word, item, figure.first) > 0;
  if (after_pair && is_said) return Verdict{Role::kPercent};
  if (Before(Words().change, item, figure.first) > 0) return Doubted(kGrowth);
  if (attained_next && last == nullptr) return Verdict{Role::kValue};
  return Doubted(kPercentOfWhat);
}

Ruling Compound(const Item& item, size_t f) {
  const auto joins_next = [&](size_t k) {
    const Figure& figure = item.figures[k];
    const size_t magnitude = From(Words().magnitude, item, figure.end);
    return magnitude > 0 && k + 1 < item.figures.size() &&
           item.figures[k + 1].token == figure.end + magnitude;
  };
  if (joins_next(f) || (f > 0 && joins_next(f - 1))) return Doubted(kCompound);
  return std::nullopt;
}

// A lone number counts when it says what, and is a result when nothing says that it is a plan.
Ruling LoneCount(const Item& item, size_t f) {
  const Figure& figure = item.figures[f];
  if (!figure.is_lone() || PercentFollows(item, f)) return std::nullopt;
  if (item.is_planned || PlanIsNear(item, figure)) return Doubted(kPlanned);
  if (!figure.is_unmarked() || MeasureFollows(item, figure)) return std::nullopt;
  const bool counts = HasNear(Words().counting, item, item.begin, figure.first);
  return counts ? std::nullopt : Ruling(Doubted(kMeasureUnknown));
}

Ruling Value(const Item&, size_t) { return Verdict{Role::kValue}; }

// What the others are.
constexpr Rule kFigures[] = {
    BoundOfATarget, Compound, TargetOfTheLast, DateOrAttainment, Percentage, LoneCount, Value};

void Decide(Item& item) {
  const auto run = [&item](const auto& rules) {
    for (size_t f = 0; f < item.figures.size(); ++f) {
      Figure& figure = item.figures[f];
      if (figure.role != Role::kUndecided) continue;
      for (const Rule rule : rules) {
        const Ruling ruling = rule(item, f);
        if (!ruling.has_value()) continue;
        figure.role = ruling->role;
        figure.doubt = ruling->doubt;
        break;
      }
    }
  };
  run(kNoFigures);
  run(kFigures);
}

// ---------------------------------------------------------------------------------------------
// Names.

struct Span {
  size_t begin = 0, end = 0;
  bool empty() const { return begin >= end; }
};

// The token after "Trong 6 tháng đầu năm 2019," when a phrase about time begins at `at`; else `at`.
size_t AfterTimePhrase(const Item& item, size_t at, size_t end) {
  const ReportLexicon& words = Words();
  size_t i = at;
  bool has_noun = false;
  const size_t start = words.time_start.From(item.tokens(), at, end);
  if (start == 0 && !(item.kind(at) == TokenKind::kFigure &&
                      words.time_after.From(item.tokens(), at + 1, end) > 0)) {
    return at;
  }
  for (size_t k = at; k < at + start; ++k) {
    has_noun = has_noun || words.time_noun.From(item.tokens(), k, at + start) > 0;
  }
  i += start;
  while (i < end) {
    const bool is_numeral =
        item.kind(i) == TokenKind::kFigure ||
        (item.kind(i) == TokenKind::kWord && item.at(i).all_capital &&
         item.TextOf(i).find_first_not_of("IVX/0123456789") == std::string::npos);
    const size_t size = words.time_more.From(item.tokens(), i, end);
    if (!is_numeral && size == 0 && item.kind(i) != TokenKind::kDash) break;
    has_noun = has_noun || words.time_noun.From(item.tokens(), i, end) > 0;
    i += std::max<size_t>(size, 1);
  }
  if (!has_noun) return at;
  if (i < end && item.kind(i) == TokenKind::kComma) ++i;
  return i;
}

bool IsPunctuation(TokenKind kind) {
  return kind != TokenKind::kWord && kind != TokenKind::kFigure && kind != TokenKind::kPercent &&
         kind != TokenKind::kQuote;
}

Span WithoutItsEnd(const Item& item, Span span) {
  while (!span.empty()) {
    const size_t filler = Words().filler_last.Before(item.tokens(), span.begin, span.end);
    const TokenKind last = item.kind(span.end - 1);
    if (IsPunctuation(last) && last != TokenKind::kClose) {
      --span.end;
    } else if (filler > 0) {
      span.end -= filler;
    } else {
      break;
    }
  }
  return span;
}

// Without what a name neither begins nor ends with.
Span Trimmed(const Item& item, Span span) {
  const ReportLexicon& words = Words();
  while (!span.empty()) {
    const size_t filler = words.filler_first.From(item.tokens(), span.begin, span.end);
    const size_t after_time = AfterTimePhrase(item, span.begin, span.end);
    if (IsPunctuation(item.kind(span.begin))) {
      ++span.begin;
    } else if (after_time > span.begin) {
      span.begin = after_time;
    } else if (filler > 0) {
      span.begin += filler;
    } else {
      break;
    }
  }
  return WithoutItsEnd(item, span);
}

// What follows a measure, up to where the sentence turns to something else.
Span MoreOfTheName(const Item& item, size_t begin, size_t end) {
  const ReportLexicon& words = Words();
  end = std::min(end, begin + kFar);
  size_t i = begin;
  for (; i < end; ++i) {
    const TokenKind kind = item.kind(i);
    if (kind == TokenKind::kOpen || kind == TokenKind::kColon) break;
    if (kind == TokenKind::kDash && item.at(i).spaced) break;
    if (words.part.From(item.tokens(), i, end) > 0) break;
    if (kind != TokenKind::kComma) continue;
    if (i == begin || words.aside.From(item.tokens(), i + 1, end) > 0 ||
        words.starts_indicator.From(item.tokens(), i + 1, end) > 0) {
      break;
    }
  }
  while (begin < i && IsPunctuation(item.kind(begin))) ++begin;
  return WithoutItsEnd(item, {begin, i});
}

// Whether the words of `part` stand together in `whole`.
bool Contains(const Item& item, Span whole, Span part) {
  const size_t size = part.end - part.begin;
  if (part.empty()) return false;
  for (size_t i = whole.begin; i + size <= whole.end; ++i) {
    size_t k = 0;
    while (k < size && item.at(i + k).word != 0 &&
           item.at(i + k).word == item.at(part.begin + k).word) {
      ++k;
    }
    if (k == size) return true;
  }
  return false;
}

std::string JoinedName(std::initializer_list<std::string> parts) {
  std::string name;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!name.empty()) name += ' ';
    name += part;
  }
  // Cut, and its first letter made a capital one: names are compared without capitals, and read
  // with them.
  std::string result;
  size_t at = 0;
  for (size_t count = 0; at < name.size() && count < kNameMax; ++count) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t size =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(name.data()) + at,
                         static_cast<utf8proc_ssize_t>(name.size() - at), &code_point);
    if (size <= 0) break;
    if (at == 0) {
      std::array<utf8proc_uint8_t, 4> bytes;
      const utf8proc_ssize_t length =
          utf8proc_encode_char(utf8proc_toupper(code_point), bytes.data());
      result.append(reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(length));
    } else {
      result.append(name, at, static_cast<size_t>(size));
    }
    at += static_cast<size_t>(size);
  }
  return result;
}

// ---------------------------------------------------------------------------------------------
// Rows.

struct Row {
  const Figure* value = nullptr;  // Null: the percentage is all there is.
  const Figure* percent = nullptr;
  const Figure* target = nullptr;
  bool percent_is_shared = false;
  bool percent_may_be_shared = false;
  Span before;      // What may be the name, before the figure.
  Span after;       // And after its measure.
  Span measure;     // Empty: a mark, or nothing.
  size_t noun = 0;  // Of the measure: where its word of magnitude ends.
  bool is_physical = false;
  bool measure_is_known = true;
  std::string before_all;  // "tổ chức lớp tập huấn cho" of the second of two figures.
};

// Where in [begin, end) one figure's words end and the next one's begin: at the last comma, or the
// last "và"; nothing where they are one clause.
std::optional<Span> SplitOf(const Item& item, size_t begin, size_t end) {
  for (size_t i = end; i > begin; --i) {
    if (item.kind(i - 1) == TokenKind::kComma || item.kind(i - 1) == TokenKind::kColon) {
      return Span{i - 1, i};
    }
  }
  for (size_t i = end; i > begin; --i) {
    if (Words().joins.From(item.tokens(), i - 1, end) > 0) return Span{i - 1, i};
  }
  // "Giảm sinh 0,2 ‰ tỷ lệ tăng dân số 5 ‰": the comma was forgotten.
  if (Words().starts_indicator.From(item.tokens(), begin, end) > 0) return Span{begin, begin};
  return std::nullopt;
}

// Whether a new indicator begins in the last clause of [begin, end).
bool BeginsIndicator(const Item& item, size_t begin, size_t end) {
  size_t clause = end;
  while (clause > begin && item.kind(clause - 1) != TokenKind::kComma) --clause;
  if (clause == begin) return false;
  while (clause < end && (Words().filler_first.From(item.tokens(), clause, end) > 0)) {
    clause += Words().filler_first.From(item.tokens(), clause, end);
  }
  return Words().starts_indicator.From(item.tokens(), clause, end) > 0;
}

void TakeMeasure(const Item& item, Row& row) {
  const Figure& value = *row.value;
  if (!value.is_unmarked()) {
    row.measure = {value.end, value.end};
    row.noun = value.end;
    return;
  }
  const Measure measure = MeasureFrom(item, value.end);
  row.measure = {value.end, measure.end};
  row.measure_is_known = measure.is_known;
  row.noun = measure.noun;
  row.is_physical = measure.is_physical;
  if (measure.is_known) return;
  // "17.893 lượt/35.000": said once, before the slash.
  const Measure inner = MeasureFrom(item, value.token + 1);
  if (inner.is_known && inner.end < value.end) {
    row.measure = {value.token + 1, inner.end};
    row.noun = inner.noun;
    row.measure_is_known = true;
    row.is_physical = inner.is_physical;
    return;
  }
  // An unknown noun of up to three words, if nothing more is said, is the measure.
  size_t end = value.end;
  while (end < item.end && item.kind(end) == TokenKind::kWord && end - value.end < 4 &&
         Words().attain.From(item.tokens(), end, item.end) == 0) {
    ++end;
  }
  if (end > value.end && end - value.end <= 3) row.measure = {value.end, end};
}

// Where what follows a row's figure and measure begins.
size_t AfterMeasure(const Row& row) { return std::max(row.measure.end, row.value->end); }

std::string NameOf(const Item& item, const Row& row) {
  if (!row.before_all.empty()) {
    return JoinedName({row.before_all, Slice(item, row.noun, row.measure.end),
                       Slice(item, row.after.begin, row.after.end)});
  }
  const Span before = Trimmed(item, row.before);
  const std::string said_before = Slice(item, before.begin, before.end);
  const std::string said_after = Slice(item, row.after.begin, row.after.end);
  const Span measure = {row.noun, row.measure.end};
  const bool has_noun = !measure.empty() && !row.is_physical;
  if (!has_noun || Contains(item, before, measure)) return JoinedName({said_before, said_after});
  const std::string noun = Slice(item, measure.begin, measure.end);
  const bool verb_last = !before.empty() && Before(Words().takes_object, item, before.end) > 0 &&
                         Before(Words().no_verb, item, before.end) == 0;
  if (!row.after.empty() || before.empty() || verb_last) {
    // "Chi trả trợ cấp cho 50.460 người có công": its "cho" was trimmed with the other endings.
    const bool keeps_preposition = !row.after.empty() && !before.empty() &&
                                   Before(Words().preposition, item, row.before.end) > 0;
    return JoinedName({keeps_preposition ? Slice(item, before.begin, row.before.end) : said_before,
                       noun, said_after});
  }
  return said_before.empty() ? JoinedName({noun}) : JoinedName({said_before});
}

// The percentage of a row is also of the rows right before it, when all are rates: "Giảm sinh
// 0,2 ‰, tỷ lệ tăng dân số 5 ‰, đạt 100%". Of counts nobody can say.
void SharePercent(std::vector<Row>& rows) {
  Row& last = rows.back();
  const auto is_lone_rate = [](const Row& row) {
    return row.value != nullptr && row.value->is_lone() && !row.value->is_unmarked();
  };
  for (size_t k = rows.size() - 1; k > 0; --k) {
    Row& row = rows[k - 1];
    if (row.percent != nullptr || row.target != nullptr || row.value == nullptr) break;
    if (row.value->is_pair()) break;
    if (is_lone_rate(last) && is_lone_rate(row)) {
      row.percent = last.percent;
      row.percent_is_shared = last.percent_is_shared = true;
    } else {
      row.percent_may_be_shared = true;
    }
  }
}

std::vector<Row> RowsOf(const Item& item) {
  std::vector<Row> rows;
  size_t cursor = item.begin;  // What is before it belongs to a row already.
  bool is_open = false;        // The last row's name may go on.
  for (const Figure& figure : item.figures) {
    if (figure.role == Role::kTarget) {
      if (!rows.empty() && rows.back().value != nullptr && rows.back().target == nullptr) {
        Row& row = rows.back();
        if (is_open)
          row.after = MoreOfTheName(item, cursor,
                                    std::max(cursor, TargetFrom(item, figure).value_or(cursor)));
        row.target = &figure;
        is_open = false;
        cursor = std::max(MeasureFrom(item, figure.end).end, cursor);
      }
      continue;
    }
    if (figure.role == Role::kPercent) {
      std::optional<size_t> from = AttainedFrom(item, figure);
      const size_t first = std::max(cursor, from.value_or(figure.first));
      Row* last = rows.empty() || rows.back().value == nullptr || rows.back().percent != nullptr
                      ? nullptr
                      : &rows.back();
      if (last != nullptr && !BeginsIndicator(item, cursor, first)) {
        if (is_open) last->after = MoreOfTheName(item, cursor, first);
        last->percent = &figure;
        SharePercent(rows);
      } else {
        Row row;
        row.percent = &figure;
        row.before = {cursor, first};
        if (is_open && last != nullptr) {
          const std::optional<Span> split = SplitOf(item, cursor, first);
          last->after = MoreOfTheName(item, cursor, split ? split->begin : first);
          row.before.begin = split ? split->end : cursor;
        }
        rows.push_back(std::move(row));
      }
      is_open = false;
      cursor = EndOfPercent(item, figure);
      continue;
    }
    if (figure.role != Role::kValue) continue;
    Row row;
    row.value = &figure;
    row.before = {std::min(cursor, figure.first), figure.first};
    if (is_open) {
      Row& last = rows.back();
      if (const std::optional<Span> split = SplitOf(item, cursor, figure.first)) {
        last.after = MoreOfTheName(item, cursor, split->begin);
        row.before.begin = split->end;
        // "khen thưởng 860 tập thể và 2.500 cá nhân": one verb for both.
        if (row.before.empty() && !last.before.empty()) row.before = last.before;
      } else {
        // "tổ chức 05 lớp tập huấn cho 250 học viên": one clause, two counts.
        last.after = MoreOfTheName(item, cursor, figure.first);
        const Span whole = Trimmed(item, last.before);
        row.before_all = JoinedName({Slice(item, whole.begin, whole.end),
                                     Slice(item, last.noun, last.measure.end),
                                     Slice(item, cursor, std::min(figure.first, cursor + kFar))});
      }
    }
    TakeMeasure(item, row);
    cursor = AfterMeasure(row);
    is_open = true;
    rows.push_back(std::move(row));
  }
  if (is_open) rows.back().after = MoreOfTheName(item, cursor, item.end);
  return rows;
}

// ---------------------------------------------------------------------------------------------
// Proposals.

// Whether `percent` is `share` as it would be printed with the same digits.
bool Prints(const Rational& share, const Decimal& percent) {
  return (share * 100).RoundHalfUp(percent.scale()) == percent;
}

// The same check as WarningsOf (result.h), before the target's direction is known: for a rate, or
// what is to be reduced, the unit may have worked it out the other way round.
std::optional<Fault> PercentDisagrees(const Proposal& proposal) {
  if (!proposal.actual.has_value() || !proposal.target.has_value() ||
      !proposal.stated_percent.has_value() || proposal.stated_qualifier != Qualifier::kExact ||
      proposal.actual.qualifier != Qualifier::kExact || proposal.target.value.is_zero()) {
    return std::nullopt;
  }
  const Rational actual = proposal.actual.value, target = proposal.target.value;
  const Decimal& stated = *proposal.stated_percent;
  const Rational share = actual / target;
  if (Prints(share, stated)) return std::nullopt;
  const bool may_be_lower_is_better =
      proposal.actual.measure == "%" || proposal.actual.measure == "‰" ||
      absl::StrContains(proposal.name, "giảm") || absl::StartsWith(proposal.name, "Giảm");
  if (may_be_lower_is_better && ((!actual.is_zero() && Prints(target / actual, stated)) ||
                                 Prints(Rational(2) - share, stated))) {
    return std::nullopt;
  }
  const std::string computed = PrintPercent(share, stated.scale());
  return Fault{"stated_percent", "PERCENT_DISAGREES",
               absl::StrCat("Tỷ lệ đã ghi là ", PrintNumber(stated), "%, nhưng ",
                            PrintNumber(proposal.actual.value), " so với chỉ tiêu ",
                            PrintNumber(proposal.target.value), " là ", computed, "."),
               computed};
}

class Reader {
 public:
  explicit Reader(const ReportTokens& report) : report_(report), tokens_(report.tokens) {
    shows_convention_ = ShowsConvention();
  }

  absl::StatusOr<ReportReading> Run() {
    size_t begin = 0;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].kind != TokenKind::kBreak) continue;
      if (i > begin) ReadParagraph(begin, i);
      begin = i + 1;
    }
    if (IsFull()) {
      return Fault{"", "TOO_MANY_FIGURES",
                   absl::StrCat("Văn bản có hơn ", kReportMaxFigures,
                                " con số: đây không phải là một báo cáo.")}
          .ToStatus();
    }
    // A doubt may be found after others that stand behind it.
    std::stable_sort(reading_.doubtful.begin(), reading_.doubtful.end(),
                     [](const DoubtfulNumber& a, const DoubtfulNumber& b) {
                       return std::pair(a.place.line, a.place.column) <
                              std::pair(b.place.line, b.place.column);
                     });
    return std::move(reading_);
  }

 private:
  // How deep a paragraph stands, by its mark: "I." 0, "1." 1, "1.2." 2, none 5, "a)" 6, "-" 7,
  // "+" 8.
  struct Level {
    int rank = 5;
    size_t body = 0;  // The token after the mark.
  };

  // What holds from a paragraph on, until one that stands as high.
  struct Scope {
    bool holds = false;
    int rank = 0;
    bool is_heading = false;

    bool EndsAt(const Level& level) const {
      return level.rank < rank || (level.rank == rank && !(is_heading && rank == 5));
    }
  };

  // Some number of the report that can be read in one way only, and has both marks or the decimal
  // one: the others are written likewise.
  bool ShowsConvention() const {
    for (const Token& token : tokens_) {
      if (token.kind != TokenKind::kFigure || token.size > kFigureBytesMax) continue;
      const absl::string_view text = report_.TextOf(token);
      if (HasCodeShape(text)) continue;
      const absl::StatusOr<AttainmentReading> reading = ReadAttainment(text);
      if (!reading.ok()) continue;
      for (const NumberReading* number :
           {&reading->actual, reading->target.has_value() ? &*reading->target : nullptr}) {
        if (number != nullptr && !number->ambiguous && number->value.scale() > 0) return true;
      }
      if (std::count(text.begin(), text.end(), '.') >= 2 && !reading->target.has_value())
        return true;
    }
    return false;
  }

  TokenKind KindAt(size_t i, size_t end) const {
    return i < end ? tokens_[i].kind : TokenKind::kBreak;
  }

  Level LevelOf(size_t begin, size_t end) const {
    Level level;
    level.body = begin;
    const TokenKind next = KindAt(begin + 1, end);
    const absl::string_view text = report_.TextOf(tokens_[begin]);
    const bool marked = next == TokenKind::kStop || next == TokenKind::kClose;
    switch (tokens_[begin].kind) {
      case TokenKind::kDash:
        return {7, begin + 1};
      case TokenKind::kOther:
        return {text == "+" ? 8 : 7, begin + 1};
      case TokenKind::kOpen:  // "(1) Kết quả"
        if (KindAt(begin + 2, end) == TokenKind::kClose && text == "(" &&
            report_.TextOf(tokens_[begin + 1]).size() <= 2) {
          return {6, begin + 3};
        }
        return level;
      case TokenKind::kWord: {
        if (!marked || text.size() > 5) return level;
        const bool is_roman =
            tokens_[begin].all_capital && text.find_first_not_of("IVX") == absl::string_view::npos;
        if (is_roman || (text.size() == 1 && tokens_[begin].capital)) return {0, begin + 2};
        if (text.size() == 1 || text == "đ") return {6, begin + 2};
        return level;
      }
      case TokenKind::kFigure: {
        if (text.size() > 12 || text.find_first_not_of("0123456789.") != absl::string_view::npos) {
          return level;
        }
        const bool heads_words =
            next == TokenKind::kWord && tokens_[begin + 1].capital && text[0] != '0';
        if (!marked && !heads_words) return level;
        const auto dots = static_cast<int>(std::count(text.begin(), text.end(), '.'));
        return {std::min(1 + dots, 4), marked ? begin + 2 : begin + 1};
      }
      default:
        return level;
    }
  }

  void ReadParagraph(size_t begin, size_t end) {
    const Level level = LevelOf(begin, end);
    if (unit_scope_.holds && unit_scope_.EndsAt(level)) {
      unit_scope_ = {};
      unit_.clear();
    }
    if (plan_scope_.holds && plan_scope_.EndsAt(level)) plan_scope_ = {};
    if (level.body >= end) return;
    if (IsPlanTitle(level.body, end)) plan_scope_ = {true, level.rank, true};
    level_ = level;
    size_t sentence = level.body;
    for (size_t i = level.body; i <= end; ++i) {
      if (i < end && !EndsSentence(i, end)) continue;
      if (i > sentence) ReadSentence(sentence, i, sentence == level.body, end);
      sentence = i + 1;
    }
  }

  bool IsPlanTitle(size_t begin, size_t end) const {
    if (end - begin > 3 * kNear) return false;
    return Words().plan_title.From(tokens_, begin, end) > 0;
  }

  bool EndsSentence(size_t i, size_t end) const {
    if (tokens_[i].kind != TokenKind::kStop || tokens_[i].quoted) return false;
    if (i + 1 < end && !tokens_[i + 1].spaced && tokens_[i + 1].kind != TokenKind::kWord) {
      return false;
    }
    return i == 0 || Words().abbreviation.Before(tokens_, 0, i) == 0;
  }

  void ReadSentence(size_t begin, size_t end, bool begins_paragraph, size_t paragraph_end) {
    in_parts_ = false;
    size_t item = begin;
    for (size_t i = begin; i <= end; ++i) {
      const bool ends = i == end || tokens_[i].kind == TokenKind::kEllipsis ||
                        tokens_[i].kind == TokenKind::kSemicolon;
      if (!ends || (i < end && (tokens_[i].quoted || tokens_[i].bracketed))) continue;
      if (i > item) {
        Item one;
        one.report = &report_;
        one.begin = item;
        one.end = i;
        one.sentence_begin = begin;
        one.sentence_end = end;
        one.begins_paragraph = begins_paragraph && item == begin;
        const bool is_whole = item == begin && begins_paragraph && i == end && end == paragraph_end;
        ReadItem(std::move(one), is_whole);
      }
      item = i + 1;
    }
    last_row_.reset();
  }

  bool IsFull() const {
    return reading_.proposals.size() + reading_.doubtful.size() > kReportMaxFigures;
  }

  void ReadItem(Item item, bool is_whole_paragraph) {
    if (IsFull()) return;
    const bool follows = item.begin > item.sentence_begin;
    if (!follows) last_row_.reset();
    TakeUnit(item, is_whole_paragraph);
    SkipLead(item);
    if (item.begin >= item.end) return;
    item.unit = unit_;
    item.is_planned = plan_scope_.holds;
    size_t first = item.begin;
    while (first < item.end && IsPunctuation(item.kind(first))) ++first;
    item.begins_with_document =
        From(Words().document, item, first) > 0 && From(Words().starts_indicator, item, first) == 0;
    item.is_part =
        in_parts_ && (item.begins_with_document || item.kind(first) == TokenKind::kFigure);
    in_parts_ = item.is_part;
    FindFigures(item);
    if (item.figures.empty()) {
      NoteParts(item);
      return;
    }
    NoteParts(item);
    Decide(item);
    Propose(item);
  }

  // From where on the item tells the parts of a figure before.
  void NoteParts(Item& item) {
    item.part_from = item.end;
    const size_t from = item.figures.empty() ? item.begin : item.figures.front().end;
    for (size_t i = from; i < item.end; ++i) {
      const size_t size = From(Words().part, item, i);
      if (size == 0 || item.at(i).quoted || item.at(i).bracketed) continue;
      if (!item.figures.empty()) item.part_from = i + size;
      // "gồm:" goes on after semicolons.
      if (item.kind(i + size) == TokenKind::kColon) in_parts_ = true;
      return;
    }
  }

  // An agency's name with which the item begins is the unit of what follows.
  void TakeUnit(Item& item, bool is_whole_paragraph) {
    size_t at = item.begin;
    while (at < item.end && item.kind(at) == TokenKind::kDash) ++at;
    at = AfterTimePhrase(item, at, item.end);
    if (Words().not_one_agency.From(tokens_, at, item.end) > 0) {
      unit_.clear();
      unit_scope_ = {};
      return;
    }
    size_t name = at;
    if (const size_t prefix = Words().agency_before.From(tokens_, at, item.end)) name += prefix;
    const size_t end = EndOfAgency(name, item.end);
    if (end == name) return;
    Item whole = item;
    size_t after = end;
    while (after < item.end &&
           (item.kind(after) == TokenKind::kColon || item.kind(after) == TokenKind::kStop)) {
      ++after;
    }
    const bool is_heading = is_whole_paragraph && after == item.end;
    unit_ = Slice(whole, name, end);
    unit_scope_ = {true, level_.rank, is_heading};
    item.begin = end;
    if (item.kind(end) == TokenKind::kColon || item.kind(end) == TokenKind::kComma) ++item.begin;
  }

  bool IsCapitalWord(size_t i, size_t end) const {
    return i < end && tokens_[i].kind == TokenKind::kWord && tokens_[i].capital;
  }

  // One word of an agency's name, of up to two syllables: "Y tế", "Lao động", "Kiên Giang", or an
  // abbreviation; `at` when there is none.
  size_t EndOfNameWord(size_t at, size_t end) const {
    if (!IsCapitalWord(at, end)) return at;
    if (Words().starts_indicator.From(tokens_, at, end) > 0) return at;
    const bool is_abbreviation =
        tokens_[at].all_capital && tokens_[at].word == 0 && tokens_[at].size > 2;
    const bool is_mixed = report_.TextOf(tokens_[at]).find('&') != absl::string_view::npos;
    if (is_abbreviation || is_mixed) return at + 1;
    const bool second = at + 1 < end && tokens_[at + 1].kind == TokenKind::kWord &&
                        Words().joins.From(tokens_, at + 1, end) == 0;
    return second ? at + 2 : at + 1;
  }

  // The token after an agency's name that begins at `at`; `at` when none does.
  size_t EndOfAgency(size_t at, size_t end) const {
    const size_t head = Words().agency.From(tokens_, at, end);
    if (head == 0 || !tokens_[at].capital || Words().not_agency.From(tokens_, at, end) > 0)
      return at;
    size_t i = at + head;
    const bool has_place = Words().place_word.From(tokens_, i, end) > 0;
    if (!IsCapitalWord(i, end) && !has_place) return at;
    for (size_t words = 0; words < 10; ++words) {
      const size_t place = Words().place_word.From(tokens_, i, end);
      const size_t tail = Words().agency_tail.From(tokens_, i, end);
      if (place > 0 && IsCapitalWord(i + place, end)) {
        i = EndOfNameWord(i + place, end);
        continue;
      }
      if (place > 0 || tail > 0) {
        i += std::max(place, tail);
        continue;
      }
      size_t word = i;
      bool after_comma = false;
      if (words > 0) {
        const TokenKind kind = KindAt(i, end);
        const bool joined = Words().joins.From(tokens_, i, end) > 0 || kind == TokenKind::kDash ||
                            kind == TokenKind::kComma;
        if (joined) ++word;
        after_comma = kind == TokenKind::kComma;
      }
      if (Words().agency.From(tokens_, word, end) > 0 && word > i) break;  // The next agency.
      const size_t word_end = EndOfNameWord(word, end);
      if (word_end == word) break;
      // "Sở Lao động, Thương binh và Xã hội": a comma belongs to a list that ends with "và".
      if (after_comma && Words().joins.From(tokens_, word_end, end) == 0) break;
      i = word_end;
    }
    return i;
  }

  // "Kết quả đạt được: …": a lead without figures is no part of a name, unless it names the figure
  // right after it: "Số lượng học sinh giỏi: 770 học sinh".
  void SkipLead(Item& item) const {
    for (size_t i = item.begin; i < item.end; ++i) {
      const TokenKind kind = item.kind(i);
      if (item.at(i).quoted) continue;
      if (kind == TokenKind::kFigure && !IsYear(item.TextOf(i)) &&
          Words().time_after.From(tokens_, i + 1, item.end) == 0) {
        return;
      }
      if (kind != TokenKind::kColon) continue;
      const size_t next = i + 1 + Words().qualifier.From(tokens_, i + 1, item.end);
      const size_t attained = Words().attain.From(tokens_, next, item.end);
      if (item.kind(next) == TokenKind::kFigure ||
          (attained > 0 && item.kind(next + attained) == TokenKind::kFigure)) {
        return;
      }
      if (item.begin < i && Words().document.From(tokens_, item.begin, i) > 0) return;
      item.begin = i + 1;
    }
  }

  ReportPlace PlaceOf(const Item& item, const Figure& figure) const {
    const Token& token = tokens_[figure.token];
    ReportPlace place;
    place.line = token.line;
    place.column = token.column;
    const size_t sentence_begin = tokens_[item.sentence_begin].begin;
    const Token& last = tokens_[item.sentence_end - 1];
    const size_t sentence_end = last.begin + last.size;
    const absl::string_view text = report_.text;
    size_t begin = token.begin, end = token.begin;
    const auto is_middle = [&](size_t i) {
      return (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
    };
    for (size_t n = 0; n < kExcerptBefore && begin > sentence_begin; ++n) {
      --begin;
      while (begin > sentence_begin && is_middle(begin)) --begin;
    }
    for (size_t n = 0; n < kExcerptAfter && end < sentence_end; ++n) {
      ++end;
      while (end < sentence_end && is_middle(end)) ++end;
    }
    // Between words, where there are any.
    if (begin > sentence_begin) {
      const size_t space = text.substr(begin, token.begin - begin).find(' ');
      if (space != absl::string_view::npos) begin += space + 1;
    }
    if (end < sentence_end) {
      const size_t space = text.substr(token.begin, end - token.begin).rfind(' ');
      if (space != absl::string_view::npos && space > token.size) end = token.begin + space;
    }
    std::string excerpt = begin > sentence_begin ? "…" : "";
    absl::StrAppend(&excerpt, OnOneLine(text.substr(begin, end - begin)));
    if (end < sentence_end) excerpt += "…";
    place.excerpt = std::move(excerpt);
    return place;
  }

  // White space of any kind, and control characters, as one space each run.
  static std::string OnOneLine(absl::string_view text) {
    std::string line;
    bool spaced = false;
    for (size_t at = 0; at < text.size();) {
      utf8proc_int32_t code_point = 0;
      const utf8proc_ssize_t size =
          utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                           static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
      if (size <= 0) break;
      const utf8proc_category_t category = utf8proc_category(code_point);
      if (category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
          category == UTF8PROC_CATEGORY_ZP || category == UTF8PROC_CATEGORY_CC) {
        spaced = true;
      } else {
        if (spaced && !line.empty()) line += ' ';
        spaced = false;
        line.append(text.data() + at, static_cast<size_t>(size));
      }
      at += static_cast<size_t>(size);
    }
    return line;
  }

  void AddDoubt(const Item& item, const Figure& figure, const Doubt& doubt) {
    if (IsFull()) return;
    reading_.doubtful.push_back({Slice(item, figure.first, figure.end), doubt.reason, doubt.message,
                                 PlaceOf(item, figure)});
  }

  void Propose(const Item& item) {
    const std::vector<Row> rows = RowsOf(item);
    for (const Figure& figure : item.figures) {
      if (figure.role == Role::kDoubtful) AddDoubt(item, figure, *figure.doubt);
    }
    bool is_first = true;
    for (const Row& row : rows) {
      AddRow(item, row, is_first);
      is_first = false;
    }
    if (rows.empty()) last_row_.reset();
  }

  void AddRow(const Item& item, const Row& row, bool is_first) {
    if (IsFull()) return;
    Proposal proposal;
    proposal.unit = item.unit;
    proposal.name = NameOf(item, row);
    const Figure& shown = row.value != nullptr ? *row.value : *row.percent;
    if (proposal.name.empty()) {
      // "…; đạt 51,12% chỉ tiêu năm": it goes on with the item before.
      if (row.value == nullptr && is_first && last_row_.has_value() &&
          !reading_.proposals[*last_row_].stated_percent.has_value()) {
        Proposal& last = reading_.proposals[*last_row_];
        SetPercent(*row.percent, last);
        AddPercentRemarks(last);
      } else {
        AddDoubt(item, shown, kNameMissing);
      }
      last_row_.reset();
      return;
    }
    if (row.value != nullptr) SetValue(item, row, proposal);
    if (row.percent != nullptr) SetPercent(*row.percent, proposal);
    proposal.place = PlaceOf(item, shown);
    AddRemarks(item, row, proposal);
    last_row_ = reading_.proposals.size();
    reading_.proposals.push_back(std::move(proposal));
  }

  static Quantity QuantityOf(const NumberReading& number, const std::string& measure,
                             std::string text) {
    return {QuantityState::kValue, number.value, number.qualifier, measure, std::move(text)};
  }

  static void SetValue(const Item& item, const Row& row, Proposal& proposal) {
    const Figure& value = *row.value;
    std::string measure = value.mark() == NumberMark::kPercent    ? "%"
                          : value.mark() == NumberMark::kPerMille ? "‰"
                                                                  : "";
    if (value.is_unmarked()) measure = Slice(item, row.measure.begin, row.measure.end);
    const std::string qualifier = Slice(item, value.first, value.token);
    const size_t slash = value.is_pair() ? value.text.find('/') : value.text.size();
    std::string said =
        absl::StrCat(qualifier, qualifier.empty() ? "" : " ", value.text.substr(0, slash));
    proposal.actual = QuantityOf(value.reading.actual, measure, std::move(said));
    if (value.is_pair()) {
      proposal.target = QuantityOf(*value.reading.target, measure, value.text.substr(slash + 1));
    } else if (row.target != nullptr) {
      proposal.target = QuantityOf(row.target->reading.actual, measure, row.target->text);
    }
  }

  static void SetPercent(const Figure& percent, Proposal& proposal) {
    proposal.stated_percent = percent.reading.actual.value;
    proposal.stated_qualifier = percent.reading.actual.qualifier;
  }

  static void AddPercentRemarks(Proposal& proposal) {
    if (std::optional<Fault> fault = PercentDisagrees(proposal)) {
      proposal.remarks.push_back(*std::move(fault));
    }
  }

  void AddRemarks(const Item& item, const Row& row, Proposal& proposal) const {
    const auto remark = [&](const char* path, const char* reason, std::string message) {
      proposal.remarks.push_back({path, reason, std::move(message)});
    };
    const auto is_ambiguous = [&](const NumberReading& number) {
      return number.ambiguous && !shows_convention_;
    };
    if (row.value != nullptr && is_ambiguous(row.value->reading.actual)) {
      remark("actual", "NUMBER_AMBIGUOUS",
             absl::StrCat("“", proposal.actual.text, "” có thể đọc hai cách; đã đọc là ",
                          PrintNumber(proposal.actual.value), "."));
    }
    const NumberReading* target = row.target != nullptr ? &row.target->reading.actual
                                  : row.value != nullptr && row.value->is_pair()
                                      ? &*row.value->reading.target
                                      : nullptr;
    if (target != nullptr && is_ambiguous(*target)) {
      remark("target", "NUMBER_AMBIGUOUS",
             absl::StrCat("“", proposal.target.text, "” có thể đọc hai cách; đã đọc là ",
                          PrintNumber(proposal.target.value), "."));
    }
    AddPercentRemarks(proposal);
    if (row.percent_is_shared) {
      remark("stated_percent", "PERCENT_SHARED", "Một tỷ lệ ghi chung cho nhiều con số.");
    }
    if (row.percent_may_be_shared) {
      remark("stated_percent", "PERCENT_MAY_BE_SHARED",
             "Tỷ lệ ghi sau con số kế tiếp có thể là của cả con số này.");
    }
    const bool names_a_rate =
        absl::StartsWith(proposal.name, "Tỷ lệ") || absl::StartsWith(proposal.name, "Tỉ lệ");
    if (row.value == nullptr && names_a_rate && !SaysOfTarget(item, *row.percent)) {
      remark("stated_percent", "PERCENT_MAY_BE_A_RATE",
             "Có thể chính là kết quả (một tỷ lệ), không phải tỷ lệ đạt chỉ tiêu.");
    }
    if (!row.measure_is_known) {
      remark("measure", "MEASURE_UNCLEAR", "Không chắc đơn vị tính.");
    }
  }

  const ReportTokens& report_;
  const Tokens& tokens_;
  bool shows_convention_ = false;
  ReportReading reading_;
  Level level_;
  std::string unit_;
  Scope unit_scope_;
  Scope plan_scope_;
  bool in_parts_ = false;
  std::optional<size_t> last_row_;  // Of the item before in the sentence: its last proposal.
};

}  // namespace

absl::StatusOr<ReportReading> ReadReport(absl::string_view text) {
  absl::StatusOr<ReportTokens> report = TokensOf(text, Words().vocabulary);
  if (!report.ok()) return report.status();
  return Reader(*report).Run();
}

}  // namespace thidua::domain
