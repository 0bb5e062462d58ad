#include "services/domain/expression.h"

#include <utf8proc.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/decimal.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/nearest_name.h"
#include "services/domain/return_if_error.h"

namespace thidua::domain {
namespace {

enum class Op {
  kLiteral,
  kName,
  kLookup,
  kChain,  // Operands with operators of one precedence between them: a - b + c.
  kNot,
  kMinus,
  kChoice,  // c, a, c, a, …, b: the first a whose c holds, else b.
  kMin,
  kMax,
  kAbs,
  kFloor,
  kCeil,
  kRound,
  kHas,
  kValueOr,
  kSum,
  kAverage,
  kHighest,
  kLowest,
  kCount,
  kAll,
  kAny,
  kFirst,
  kRank,
};

// How an operand is joined to what stands left of it.
enum class Join {
  kNone,
  kOr,
  kAnd,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kPlus,
  kMinus,
  kTimes,
  kOver,
};

}  // namespace

// Operands are a list: `first`, then `next` of each. A chain or a choice of a thousand operands is
// thus no deeper than one of two, and only parentheses make the tree deep.
struct Expression::Node {
  Op op = Op::kLiteral;
  Join join = Join::kNone;  // To the operand before it in the chain.
  int first = -1;
  int next = -1;
  int own = -1;     // Of rank: x as it is asked of this one.
  int slot = 0;     // Of a name, a lookup, or an aggregate's list.
  int index = 0;    // Of a lookup: the id's. Of round: the digits.
  int kept = -1;    // Of an aggregate over a shared list: its place in the evaluation.
  Rational number;  // Of a literal.
  // Of a name, a lookup or an aggregate: where it is written, in bytes, and its kind.
  size_t begin = 0, end = 0;
  ValueKind kind = ValueKind::kNumber;
};

namespace {

using Node = Expression::Node;

// ---- Words and signs ----

struct Operator {
  absl::string_view sign;
  Join join;
  int level;  // Of precedence: the greater binds closer.
};
constexpr Operator kOperators[] = {
    {"||", Join::kOr, 0},
    {"&&", Join::kAnd, 1},
    {"==", Join::kEqual, 2},
    {"!=", Join::kNotEqual, 2},
    {"<=", Join::kLessOrEqual, 2},
    {"<", Join::kLess, 2},
    {">=", Join::kGreaterOrEqual, 2},
    {">", Join::kGreater, 2},
    {"+", Join::kPlus, 3},
    {"-", Join::kMinus, 3},
    {"*", Join::kTimes, 4},
    {"/", Join::kOver, 4},
};
constexpr int kLevels = 5;

// Of two signs that begin alike the longer stands first.
constexpr absl::string_view kSigns[] = {"||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-",
                                        "*",  "/",  "!",  "?",  ":",  "(",  ")", ",", "."};

// What is typed, or made of it by a word processor, for a sign that there is.
struct Mistaken {
  absl::string_view sign, right;
};
constexpr Mistaken kMistaken[] = {{"=<", "<="}, {"=>", ">="}, {"=", "=="}, {"&", "&&"},
                                  {"|", "||"},  {"≤", "<="},  {"≥", ">="}, {"≠", "!="},
                                  {"×", "*"},   {"÷", "/"},   {"−", "-"},  {"–", "-"},
                                  {"“", "\""},  {"”", "\""},  {"'", "\""}};

// Words that other languages have for a sign, or our own.
constexpr Mistaken kMistakenWords[] = {{"and", "&&"},
                                       {"or", "||"},
                                       {"not", "!"},
                                       {"và", "&&"},
                                       {"hoặc", "||"},
                                       {"không", "!"},
                                       {"if", "điều-kiện ? nếu-đúng : nếu-sai"},
                                       {"nếu", "điều-kiện ? nếu-đúng : nếu-sai"}};

// What a sign that there is not was meant for.
struct Foreign {
  absl::string_view sign, hint;
};
constexpr Foreign kForeign[] = {
    {"%", "không có dấu %: 80% viết là 0.8, hoặc là 80 khi so với percent"},
    {"^", "không có phép lũy thừa: viết x * x"},
    {";", "giữa các đối số viết dấu phẩy, cuối công thức không có dấu gì"},
    {"[", "không có dấu [: một phần tử của danh sách lấy bằng first(…)"},
    {"\u00A0", "có dấu cách lạ (dấu cách không ngắt): xóa đi và gõ lại dấu cách thường"}};

struct Function {
  absl::string_view name;
  Op op;
  size_t least, most;  // Arguments.
};
constexpr Function kFunctions[] = {
    {"min", Op::kMin, 2, kMaxFormula}, {"max", Op::kMax, 2, kMaxFormula},
    {"abs", Op::kAbs, 1, 1},           {"floor", Op::kFloor, 1, 1},
    {"ceil", Op::kCeil, 1, 1},         {"round", Op::kRound, 2, 2},
    {"has", Op::kHas, 1, 1},           {"value_or", Op::kValueOr, 2, 2},
};
constexpr Function kAggregates[] = {
    {"sum", Op::kSum, 1, 1},       {"average", Op::kAverage, 1, 1}, {"highest", Op::kHighest, 1, 1},
    {"lowest", Op::kLowest, 1, 1}, {"count", Op::kCount, 1, 1},     {"all", Op::kAll, 1, 1},
    {"any", Op::kAny, 1, 1},       {"first", Op::kFirst, 2, 2},     {"rank", Op::kRank, 1, 1},
};

template <typename List>
auto FindNamed(const List& list, absl::string_view name) {
  const auto found = std::find_if(std::begin(list), std::end(list),
                                  [&](const auto& one) { return one.name == name; });
  return found == std::end(list) ? nullptr : &*found;
}

template <typename List>
void AddNames(const List& list, std::vector<std::string>& names) {
  for (const auto& one : list) names.emplace_back(one.name);
}

// ---- Tokens ----

enum class TokenKind { kSign, kNumber, kWord, kText, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  absl::string_view text;  // Of a text: what is between the quotes.
  int column = 1;
};

absl::Status FaultAt(absl::string_view reason, absl::string_view what, int column,
                     absl::string_view why, absl::string_view suggestion = "") {
  return Fault{"", std::string(reason),
               absl::StrCat("Công thức ", what, " ở ký tự ", column, ": ", why, "."),
               std::string(suggestion)}
      .ToStatus();
}

absl::Status Unreadable(int column, absl::string_view why, absl::string_view suggestion = "") {
  return FaultAt("FORMULA_UNREADABLE", "không đọc được", column, why, suggestion);
}

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsWordCharacter(char c) {
  return c == '_' || absl::ascii_isalnum(static_cast<unsigned char>(c));
}

class Tokenizer {
 public:
  explicit Tokenizer(absl::string_view source) : rest_(source) {}

  absl::StatusOr<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      while (!rest_.empty() && absl::ascii_isspace(static_cast<unsigned char>(rest_.front()))) {
        Take(1);
      }
      Token token;
      token.column = column_;
      if (!rest_.empty()) {
        RETURN_IF_ERROR(Read(token));
      }
      tokens.push_back(token);
      if (token.kind == TokenKind::kEnd) return tokens;
    }
  }

 private:
  // Bytes of whole ASCII characters.
  absl::string_view Take(size_t size) {
    const absl::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    column_ += static_cast<int>(size);
    return taken;
  }

  absl::string_view TakeWhile(bool (*belongs)(char)) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), belongs);
    return Take(static_cast<size_t>(end - rest_.begin()));
  }

  absl::Status Read(Token& token) {
    const char c = rest_.front();
    if (IsDigit(c)) return ReadNumber(token);
    if (c == '"') return ReadText(token);
    RETURN_IF_ERROR(RefuseMistakenWord());
    if (IsWordCharacter(c)) {
      token.kind = TokenKind::kWord;
      token.text = TakeWhile(IsWordCharacter);
      return absl::OkStatus();
    }
    for (const absl::string_view sign : kSigns) {
      if (!absl::StartsWith(rest_, sign)) continue;
      token.kind = TokenKind::kSign;
      token.text = Take(sign.size());
      return absl::OkStatus();
    }
    for (const Mistaken& mistaken : kMistaken) {
      if (!absl::StartsWith(rest_, mistaken.sign)) continue;
      return Unreadable(
          column_,
          absl::StrCat("thay “", mistaken.sign, "” hãy viết ",
                       mistaken.right == "\"" ? "dấu ngoặc kép thẳng" : mistaken.right),
          mistaken.right);
    }
    for (const Foreign& foreign : kForeign) {
      if (absl::StartsWith(rest_, foreign.sign)) return Unreadable(column_, foreign.hint);
    }
    const absl::string_view letter = LetterHere();
    if (letter.empty()) return Unreadable(column_, "có ký tự không dùng trong công thức");
    return Unreadable(column_, absl::StrCat("ký tự “", letter, "” không dùng trong công thức"));
  }

  // A whole letter that can be printed; empty: there is none.
  absl::string_view LetterHere() const {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t size =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(rest_.data()),
                         static_cast<utf8proc_ssize_t>(rest_.size()), &code_point);
    const bool is_seen =
        size > 0 && code_point > ' ' && code_point != 0x7F && utf8proc_charwidth(code_point) > 0;
    return is_seen ? rest_.substr(0, static_cast<size_t>(size)) : absl::string_view();
  }

  absl::Status RefuseMistakenWord() const {
    // Letters beyond ASCII belong to the word.
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), [](char c) {
      return IsWordCharacter(c) || (static_cast<unsigned char>(c) & 0x80) != 0;
    });
    const std::string word =
        absl::AsciiStrToLower(rest_.substr(0, static_cast<size_t>(end - rest_.begin())));
    for (const Mistaken& mistaken : kMistakenWords) {
      if (word != mistaken.sign) continue;
      return Unreadable(column_, absl::StrCat("thay “", word, "” hãy viết ", mistaken.right),
                        mistaken.right);
    }
    return absl::OkStatus();
  }

  absl::Status ReadNumber(Token& token) {
    const absl::string_view all = rest_;
    size_t size = TakeWhile(IsDigit).size();
    if (rest_.size() >= 2 && rest_[0] == '.' && IsDigit(rest_[1])) {
      Take(1);
      size += 1 + TakeWhile(IsDigit).size();
    }
    token.kind = TokenKind::kNumber;
    token.text = all.substr(0, size);
    if (!rest_.empty() && (IsWordCharacter(rest_.front()) || rest_.front() == '.')) {
      return Unreadable(token.column, "số chỉ gồm chữ số và một dấu chấm thập phân");
    }
    return absl::OkStatus();
  }

  absl::Status ReadText(Token& token) {
    Take(1);
    token.kind = TokenKind::kText;
    const absl::string_view all = rest_;
    while (!rest_.empty() && rest_.front() != '"') {
      utf8proc_int32_t code_point = 0;
      const utf8proc_ssize_t size =
          utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(rest_.data()),
                           static_cast<utf8proc_ssize_t>(rest_.size()), &code_point);
      if (size <= 0 || code_point < ' ' || code_point == 0x7F || code_point == '\\') {
        return Unreadable(column_, "có ký tự không dùng trong mã");
      }
      rest_.remove_prefix(static_cast<size_t>(size));
      ++column_;
    }
    token.text = all.substr(0, all.size() - rest_.size());
    if (rest_.empty()) return Unreadable(token.column, "cần dấu ngoặc kép đóng sau mã");
    Take(1);
    return absl::OkStatus();
  }

  absl::string_view rest_;
  int column_ = 1;
};

// ---- From tokens to nodes ----

class Compiler {
 public:
  Compiler(absl::string_view source, std::vector<Token> tokens, const FormulaVocabulary& vocabulary)
      : source_(source), tokens_(std::move(tokens)), vocabulary_(&vocabulary) {}

  absl::StatusOr<int> Run(ValueKind wanted) {
    ASSIGN_OR_RETURN(const Operand whole, Conditional());
    if (Here().kind != TokenKind::kEnd) {
      return Unexpected("cần một dấu phép tính hoặc hết công thức");
    }
    RETURN_IF_ERROR(CheckKind(whole, wanted));
    return whole.node;
  }

  std::vector<Node> TakeNodes() { return std::move(nodes_); }
  int kept() const { return kept_; }

 private:
  struct Operand {
    int node = -1;
    ValueKind kind = ValueKind::kNumber;
    int column = 1;
  };

  // A rank compiles its argument for two places. Where each has lists of the other, ranks within
  // ranks could double the nodes each time.
  static constexpr size_t kMaxNodes = 4 * kMaxFormula;

  const Token& Here() const { return tokens_[at_]; }
  bool IsSign(absl::string_view sign) const {
    return Here().kind == TokenKind::kSign && Here().text == sign;
  }
  bool TakeSign(absl::string_view sign) {
    const bool taken = IsSign(sign);
    if (taken) ++at_;
    return taken;
  }
  absl::Status Unexpected(absl::string_view wanted) const {
    // "0,25" is how everybody here writes it.
    const bool comma = IsSign(",") && at_ > 0 && tokens_[at_ - 1].kind == TokenKind::kNumber;
    return Unreadable(
        Here().column,
        comma ? absl::StrCat(wanted, "; phần thập phân viết sau dấu chấm, không phải dấu phẩy")
              : std::string(wanted));
  }

  int Add(Node node) {
    nodes_.push_back(std::move(node));
    return static_cast<int>(nodes_.size()) - 1;
  }
  int Add(Op op, const std::vector<Operand>& operands) {
    for (size_t i = 1; i < operands.size(); ++i) {
      NodeAt(operands[i - 1].node).next = operands[i].node;
    }
    Node node;
    node.op = op;
    node.first = operands.front().node;
    return Add(std::move(node));
  }
  Node& NodeAt(int node) { return nodes_[static_cast<size_t>(node)]; }

  static absl::string_view NameOf(ValueKind kind) {
    return kind == ValueKind::kNumber ? "số" : "điều kiện";
  }
  static absl::Status CheckKind(const Operand& operand, ValueKind wanted) {
    if (operand.kind == wanted) return absl::OkStatus();
    return FaultAt(
        "FORMULA_KIND_DISAGREES", "sai loại", operand.column,
        absl::StrCat("cần một ", NameOf(wanted), ", không phải một ", NameOf(operand.kind)));
  }
  static absl::Status Arguments(int column, absl::string_view why) {
    return FaultAt("FORMULA_ARGUMENTS", "sai đối số", column, why);
  }
  absl::Status UnknownName(const Token& token, absl::string_view what,
                           const std::vector<std::string>& names) const {
    const std::vector<std::string>* elsewhere = vocabulary_->elsewhere;
    if (elsewhere != nullptr && token.kind == TokenKind::kWord &&
        std::find(elsewhere->begin(), elsewhere->end(), token.text) != elsewhere->end()) {
      return FaultAt("FORMULA_NAME_UNKNOWN", "có tên lạ", token.column,
                     absl::StrCat("“", token.text, "” không dùng được ở đây"));
    }
    const std::string nearest = NearestName(token.text, names);
    return FaultAt(
        "FORMULA_NAME_UNKNOWN", "có tên lạ", token.column,
        absl::StrCat("không có ", what, " “", Excerpt(token.text), "”",
                     nearest.empty() ? "" : absl::StrCat("; gần nhất là “", nearest, "”")),
        nearest);
  }

  // c ? a : c ? a : … : b
  absl::StatusOr<Operand> Conditional() {
    ASSIGN_OR_RETURN(Operand one, Binary(0));
    if (!IsSign("?")) return one;
    Operand whole = one;
    std::vector<Operand> operands;
    while (TakeSign("?")) {
      RETURN_IF_ERROR(CheckKind(one, ValueKind::kCondition));
      operands.push_back(one);
      ASSIGN_OR_RETURN(one, Binary(0));
      if (operands.size() == 1) whole.kind = one.kind;
      RETURN_IF_ERROR(CheckKind(one, whole.kind));
      operands.push_back(one);
      if (!TakeSign(":")) {
        return Unexpected(IsSign("?") ? "“? :” đứng giữa ? và : thì để trong ngoặc tròn"
                                      : "cần dấu hai chấm của “? :”");
      }
      ASSIGN_OR_RETURN(one, Binary(0));
    }
    RETURN_IF_ERROR(CheckKind(one, whole.kind));
    operands.push_back(one);
    whole.node = Add(Op::kChoice, operands);
    return whole;
  }

  const Operator* OperatorHere(int level) const {
    if (Here().kind != TokenKind::kSign) return nullptr;
    for (const Operator& one : kOperators) {
      if (one.sign == Here().text) return one.level == level ? &one : nullptr;
    }
    return nullptr;
  }

  absl::StatusOr<Operand> Binary(int level) {
    if (level == kLevels) return Unary();
    ASSIGN_OR_RETURN(Operand left, Binary(level + 1));
    int last = left.node;
    while (const Operator* one = OperatorHere(level)) {
      const bool logical = one->join == Join::kAnd || one->join == Join::kOr;
      const bool of_one_kind = one->join == Join::kEqual || one->join == Join::kNotEqual;
      const ValueKind wanted = of_one_kind ? left.kind
                               : logical   ? ValueKind::kCondition
                                           : ValueKind::kNumber;
      if (one->level == 2 && last != left.node && wanted != left.kind) {  // a < b < c
        return FaultAt("FORMULA_KIND_DISAGREES", "sai loại", left.column,
                       "mỗi phép so sánh chỉ có hai vế: a < b < c viết là a < b && b < c");
      }
      RETURN_IF_ERROR(CheckKind(left, wanted));
      ++at_;
      ASSIGN_OR_RETURN(const Operand right, Binary(level + 1));
      RETURN_IF_ERROR(CheckKind(right, wanted));
      if (last == left.node) left.node = Add(Op::kChain, {left});
      NodeAt(right.node).join = one->join;
      NodeAt(last).next = right.node;
      last = right.node;
      if (one->level == 2) left.kind = ValueKind::kCondition;
    }
    return left;
  }

  // Any number of ! or of -, but not both: a condition has no minus.
  absl::StatusOr<Operand> Unary() {
    const int column = Here().column;
    const bool negates = IsSign("!");
    int signs = 0;
    while (TakeSign(negates ? "!" : "-")) ++signs;
    ASSIGN_OR_RETURN(Operand operand, Primary());
    if (signs == 0) return operand;
    RETURN_IF_ERROR(CheckKind(operand, negates ? ValueKind::kCondition : ValueKind::kNumber));
    operand.column = column;
    if (signs % 2 != 0) operand.node = Add(negates ? Op::kNot : Op::kMinus, {operand});
    return operand;
  }

  absl::StatusOr<Operand> Primary() {
    if (nodes_.size() > kMaxNodes) {
      return FaultAt("FORMULA_TOO_LONG", "dài quá", Here().column,
                     "hạng lồng trong hạng quá nhiều");
    }
    const Token& token = Here();
    if (token.kind == TokenKind::kNumber) return Number();
    if (token.kind == TokenKind::kWord) return Placed(token);
    if (!IsSign("(")) return Unexpected("cần một giá trị");
    RETURN_IF_ERROR(Open());
    ASSIGN_OR_RETURN(Operand inside, Conditional());
    RETURN_IF_ERROR(Close());
    inside.column = token.column;
    return inside;
  }

  absl::Status Open() {
    if (++depth_ > kMaxFormulaNesting) {
      return FaultAt("FORMULA_TOO_LONG", "lồng quá sâu", Here().column,
                     absl::StrCat("tối đa ", kMaxFormulaNesting, " tầng ngoặc"));
    }
    ++at_;
    return absl::OkStatus();
  }
  absl::Status Close() {
    if (!TakeSign(")")) return Unexpected("cần dấu đóng ngoặc");
    --depth_;
    return absl::OkStatus();
  }

  absl::StatusOr<Operand> Number() {
    const Token& token = tokens_[at_++];
    const absl::StatusOr<Decimal> decimal = Decimal::Parse(token.text);
    if (!decimal.ok()) {
      return Unreadable(token.column, absl::StrCat("số có tối đa ", Decimal::kMaxDigits,
                                                   " chữ số, trong đó tối đa ", Decimal::kMaxScale,
                                                   " chữ số thập phân"));
    }
    Node node;
    node.number = *decimal;
    return Operand{Add(std::move(node)), ValueKind::kNumber, token.column};
  }

  absl::StatusOr<Operand> Placed(const Token& token) {
    ASSIGN_OR_RETURN(const Operand operand, Word());
    const absl::string_view last = tokens_[at_ - 1].text;  // The word itself, or a bracket.
    Node& node = NodeAt(operand.node);
    node.begin = static_cast<size_t>(token.text.data() - source_.data());
    node.end = static_cast<size_t>(last.data() + last.size() - source_.data());
    node.kind = operand.kind;
    return operand;
  }

  absl::StatusOr<Operand> Word() {
    const Token& token = tokens_[at_++];
    if (IsSign("(")) return Call(token);
    if (IsSign(".")) return Aggregate(token);
    Node node;
    if (token.text == "true" || token.text == "false") {
      node.number = token.text == "true" ? 1 : 0;
      return Operand{Add(std::move(node)), ValueKind::kCondition, token.column};
    }
    if (const auto* name = FindNamed(vocabulary_->names, token.text)) {
      node.op = Op::kName;
      node.slot = name->slot;
      return Operand{Add(std::move(node)), name->kind, token.column};
    }
    if (FindNamed(vocabulary_->lists, token.text) != nullptr) {
      return Arguments(token.column,
                       absl::StrCat("sau danh sách “", token.text,
                                    "” cần dấu chấm và một hàm, như ", token.text, ".count(…)"));
    }
    if (FindNamed(kFunctions, token.text) != nullptr ||
        FindNamed(vocabulary_->lookups, token.text) != nullptr) {
      return Arguments(token.column, absl::StrCat("sau “", token.text, "” cần đối số trong ngoặc"));
    }
    std::vector<std::string> names = {"true", "false"};
    AddNames(vocabulary_->names, names);
    return UnknownName(token, "tên nào là", names);
  }

  absl::StatusOr<Operand> Call(const Token& token) {
    if (const auto* function = FindNamed(kFunctions, token.text)) {
      return CallFunction(token, *function);
    }
    if (const auto* lookup = FindNamed(vocabulary_->lookups, token.text)) {
      return LookUp(token, *lookup);
    }
    std::vector<std::string> names;
    AddNames(kFunctions, names);
    AddNames(vocabulary_->lookups, names);
    return UnknownName(token, "hàm nào tên", names);
  }

  absl::StatusOr<Operand> LookUp(const Token& token, const FormulaVocabulary::Lookup& lookup) {
    ++at_;
    const Token& id = Here();
    if (id.kind != TokenKind::kText) {
      return Arguments(
          id.column, absl::StrCat("trong ngoặc của “", lookup.name, "” là một mã giữa ngoặc kép"));
    }
    const auto found = std::find(lookup.ids.begin(), lookup.ids.end(), id.text);
    if (found == lookup.ids.end()) return UnknownName(id, "mã nào là", lookup.ids);
    ++at_;
    if (IsSign(",")) {
      return Arguments(Here().column, absl::StrCat("“", lookup.name, "” chỉ nhận một mã"));
    }
    if (!TakeSign(")")) return Unexpected("cần dấu đóng ngoặc");
    Node node;
    node.op = Op::kLookup;
    node.slot = lookup.slot;
    node.index = static_cast<int>(found - lookup.ids.begin());
    return Operand{Add(std::move(node)), lookup.kind, token.column};
  }

  // ( a, b, … ), as many as the function takes.
  absl::StatusOr<std::vector<Operand>> TakeArguments(const Token& token, const Function& function) {
    std::vector<Operand> arguments;
    RETURN_IF_ERROR(Open());
    if (!IsSign(")")) {
      do {
        ASSIGN_OR_RETURN(const Operand argument, Conditional());
        arguments.push_back(argument);
      } while (TakeSign(","));
    }
    RETURN_IF_ERROR(Close());
    if (arguments.size() < function.least || arguments.size() > function.most) {
      return Arguments(token.column, absl::StrCat("“", function.name, "” cần ",
                                                  function.most > function.least ? "ít nhất " : "",
                                                  function.least, " đối số"));
    }
    return arguments;
  }

  absl::StatusOr<Operand> CallFunction(const Token& token, const Function& function) {
    ASSIGN_OR_RETURN(const std::vector<Operand> arguments, TakeArguments(token, function));
    Operand result{-1, ValueKind::kNumber, token.column};
    if (function.op == Op::kHas) {
      result.kind = ValueKind::kCondition;
    } else {
      if (function.op == Op::kValueOr) result.kind = arguments[0].kind;
      for (const Operand& argument : arguments) RETURN_IF_ERROR(CheckKind(argument, result.kind));
    }
    if (function.op != Op::kRound) {
      result.node = Add(function.op, arguments);
      return result;
    }
    // The argument is one token if the token before the bracket is where it began.
    const Token& digits = tokens_[at_ - 2];
    if (digits.column != arguments[1].column || digits.kind != TokenKind::kNumber ||
        digits.text.size() != 1) {
      return Arguments(arguments[1].column,
                       "số chữ số thập phân phải là một chữ số từ 0 đến 9, viết thẳng ra");
    }
    result.node = Add(function.op, {arguments[0]});
    NodeAt(result.node).index = digits.text[0] - '0';
    return result;
  }

  absl::StatusOr<Operand> Aggregate(const Token& token) {
    const FormulaVocabulary& outside = *vocabulary_;
    const auto* list = FindNamed(outside.lists, token.text);
    if (list == nullptr) {
      std::vector<std::string> names;
      AddNames(outside.lists, names);
      return UnknownName(token, "danh sách nào tên", names);
    }
    ++at_;
    const Token& called = Here();
    if (called.kind != TokenKind::kWord) return Unexpected("cần tên một hàm của danh sách");
    const Function* function = FindNamed(kAggregates, called.text);
    if (function == nullptr) {
      std::vector<std::string> names;
      AddNames(kAggregates, names);
      return UnknownName(called, "hàm nào của danh sách tên", names);
    }
    ++at_;
    if (!IsSign("(")) {
      return Arguments(called.column,
                       absl::StrCat("sau “", called.text, "” cần đối số trong ngoặc"));
    }
    const size_t open = at_;
    vocabulary_ = list->element;
    ASSIGN_OR_RETURN(const std::vector<Operand> arguments, TakeArguments(called, *function));
    vocabulary_ = &outside;

    Operand result{-1, ValueKind::kNumber, token.column};
    switch (function->op) {
      case Op::kAll:
      case Op::kAny:
        result.kind = ValueKind::kCondition;
        [[fallthrough]];
      case Op::kCount:
        RETURN_IF_ERROR(CheckKind(arguments[0], ValueKind::kCondition));
        break;
      case Op::kFirst:
        RETURN_IF_ERROR(CheckKind(arguments[0], ValueKind::kCondition));
        result.kind = arguments[1].kind;
        break;
      default:
        RETURN_IF_ERROR(CheckKind(arguments[0], ValueKind::kNumber));
    }
    int own = arguments[0].node;
    if (function->op == Op::kRank && list->element != &outside) {
      at_ = open;
      ASSIGN_OR_RETURN(const std::vector<Operand> again, TakeArguments(called, *function));
      RETURN_IF_ERROR(CheckKind(again[0], ValueKind::kNumber));
      own = again[0].node;
    }
    result.node = Add(function->op, arguments);
    Node& node = NodeAt(result.node);
    node.slot = list->slot;
    node.own = own;
    if (list->shared) node.kept = kept_++;
    return result;
  }

  absl::string_view source_;   // The tokens are parts of it.
  std::vector<Token> tokens_;  // The last one is the end.
  const FormulaVocabulary* vocabulary_;
  size_t at_ = 0;
  int depth_ = 0;
  int kept_ = 0;
  std::vector<Node> nodes_;
};

// ---- Values ----

bool IsTrue(const Value& condition) { return condition.has_value() && !condition->is_zero(); }
bool IsFalse(const Value& condition) { return condition.has_value() && condition->is_zero(); }
Rational Condition(bool holds) { return holds ? 1 : 0; }

// Whether nothing that may follow changes `left`.
bool IsDecided(const Value& left, Join join) {
  return (join == Join::kAnd && IsFalse(left)) || (join == Join::kOr && IsTrue(left));
}

Value Joined(const Value& left, Join join, const Value& right) {
  if (IsDecided(left, join)) return left;
  if (IsDecided(right, join)) return right;
  if (!left.has_value() || !right.has_value()) return std::nullopt;
  switch (join) {
    case Join::kAnd:
    case Join::kOr:
      return right;  // Neither decides, so both say the same.
    case Join::kEqual:
      return Condition(*left == *right);
    case Join::kNotEqual:
      return Condition(*left != *right);
    case Join::kLess:
      return Condition(*left < *right);
    case Join::kLessOrEqual:
      return Condition(*left <= *right);
    case Join::kGreater:
      return Condition(*left > *right);
    case Join::kGreaterOrEqual:
      return Condition(*left >= *right);
    case Join::kPlus:
      return *left + *right;
    case Join::kMinus:
      return *left - *right;
    case Join::kTimes:
      return *left * *right;
    case Join::kOver:
      if (right->is_zero()) return std::nullopt;
      return *left / *right;
    case Join::kNone:
      break;
  }
  return std::nullopt;
}

// ---- Evaluating ----

// A value, and how many digits its numerator and its denominator have at most. To know it exactly a
// number must be printed, so it is estimated until it may be too long.
struct Sized {
  Value value;
  size_t digits = 0;

  static Sized Measured(Value value) {
    const size_t digits = value.has_value() ? value->ToString().size() : 0;
    return {std::move(value), digits};
  }
  static Sized Truth(bool holds) { return {Condition(holds), 1}; }
};

}  // namespace

struct Evaluation::Kept {
  bool known = false;
  bool too_long = false;
  Sized drawn;                   // Of any aggregate but rank.
  std::vector<Rational> sorted;  // Of rank: every x, ascending.
};

namespace {

using Kept = Evaluation::Kept;

class Evaluator {
 public:
  Evaluator(const std::vector<Node>& nodes, std::vector<Kept>& kept) : nodes_(nodes), kept_(kept) {}

  // Were a number too long only absent, a sum would pass over it and be wrong.
  Value WholeOf(int root, const Inputs& inputs) {
    Sized whole = ValueOf(root, inputs);
    return too_long_ ? std::nullopt : std::move(whole.value);
  }

 private:
  const Node& NodeAt(int node) const { return nodes_[static_cast<size_t>(node)]; }

  Sized ValueOf(int at, const Inputs& inputs) {
    if (too_long_) return {};
    const Node& node = NodeAt(at);
    switch (node.op) {
      case Op::kLiteral:
        return Sized::Measured(node.number);
      case Op::kName:
        return Sized::Measured(inputs.OfName(node.slot));
      case Op::kLookup:
        return Sized::Measured(inputs.OfLookup(node.slot, node.index));
      case Op::kChain:
        return ChainOf(node, inputs);
      case Op::kChoice:
        return ChoiceOf(node, inputs);
      case Op::kNot:
      case Op::kMinus:
      case Op::kAbs:
      case Op::kFloor:
      case Op::kCeil:
      case Op::kRound:
        return Changed(node, ValueOf(node.first, inputs));
      case Op::kMin:
      case Op::kMax:
        return ExtremeOf(node, inputs);
      case Op::kHas:
        return Sized::Truth(ValueOf(node.first, inputs).value.has_value());
      case Op::kValueOr: {
        Sized first = ValueOf(node.first, inputs);
        return first.value.has_value() ? first : ValueOf(NodeAt(node.first).next, inputs);
      }
      case Op::kRank:
        return RankOf(node, inputs);
      default:
        return AggregateOf(node, inputs);
    }
  }

  Sized JoinedWith(const Sized& left, Join join, const Sized& right) {
    Sized joined{Joined(left.value, join, right.value), 1};
    if (join < Join::kPlus || !joined.value.has_value()) return joined;
    // Whatever is made of two fractions, its numerator and its denominator are made of one product,
    // or the sum of two products, of a number of the left and one of the right.
    joined.digits = left.digits + right.digits + 1;
    if (2 * joined.digits <= kMaxFormulaNumber) return joined;
    joined = Sized::Measured(std::move(joined.value));
    too_long_ = too_long_ || joined.digits > kMaxFormulaNumber;
    return joined;
  }

  Sized ChainOf(const Node& node, const Inputs& inputs) {
    Sized left = ValueOf(node.first, inputs);
    for (int at = NodeAt(node.first).next; at >= 0; at = NodeAt(at).next) {
      const Join join = NodeAt(at).join;
      if (!IsDecided(left.value, join)) left = JoinedWith(left, join, ValueOf(at, inputs));
    }
    return left;
  }

  Sized ChoiceOf(const Node& node, const Inputs& inputs) {
    int at = node.first;
    while (true) {
      const int then = NodeAt(at).next;
      if (then < 0) return ValueOf(at, inputs);
      const Value condition = ValueOf(at, inputs).value;
      if (!condition.has_value()) return {};
      if (IsTrue(condition)) return ValueOf(then, inputs);
      at = NodeAt(then).next;
    }
  }

  static Sized Changed(const Node& node, Sized operand) {
    if (!operand.value.has_value()) return {};
    Rational& number = *operand.value;
    switch (node.op) {
      case Op::kNot:
        return Sized::Truth(number.is_zero());
      case Op::kMinus:
        number = Rational(0) - number;
        return operand;
      case Op::kAbs:
        if (number.is_negative()) number = Rational(0) - number;
        return operand;
      case Op::kFloor:
        number = number.Floor();
        return operand;
      case Op::kCeil:
        number = Rational(0) - (Rational(0) - number).Floor();
        return operand;
      default: {
        const std::optional<Decimal> rounded = number.RoundHalfUp(node.index);
        if (!rounded.has_value()) return {};
        return Sized::Measured(Rational(*rounded));
      }
    }
  }

  Sized ExtremeOf(const Node& node, const Inputs& inputs) {
    Sized extreme;
    for (int at = node.first; at >= 0; at = NodeAt(at).next) {
      Sized one = ValueOf(at, inputs);
      if (!one.value.has_value()) return {};
      const bool better =
          !extreme.value.has_value() ||
          (node.op == Op::kMin ? *one.value < *extreme.value : *one.value > *extreme.value);
      if (better) extreme = std::move(one);
    }
    return extreme;
  }

  // Works out what is kept if nobody did. Who does not need it is not concerned by its length.
  template <typename WorkOut>
  Kept& Keep(const Node& node, WorkOut work_out) {
    Kept& kept = kept_[static_cast<size_t>(node.kept)];
    if (!kept.known) {
      work_out(kept);
      kept.too_long = too_long_;  // Nothing was before, or it would not have come here.
      kept.known = true;
    }
    too_long_ = kept.too_long;
    return kept;
  }

  Sized AggregateOf(const Node& node, const Inputs& inputs) {
    if (node.kept < 0) return DrawFrom(node, inputs);
    return Keep(node, [&](Kept& kept) { kept.drawn = DrawFrom(node, inputs); }).drawn;
  }

  Sized DrawFrom(const Node& node, const Inputs& inputs) {
    const size_t size = inputs.SizeOf(node.slot);
    Sized drawn;
    if (node.op == Op::kAll || node.op == Op::kAny) drawn = Sized::Truth(node.op == Op::kAll);
    if (node.op == Op::kSum) drawn = Sized::Measured(Rational(0));
    int64_t count = 0;
    for (size_t i = 0; i < size && !too_long_; ++i) {
      const Inputs& element = inputs.ElementOf(node.slot, i);
      Sized one = ValueOf(node.first, element);
      if (node.op == Op::kAll || node.op == Op::kAny) {
        const Join join = node.op == Op::kAll ? Join::kAnd : Join::kOr;
        drawn = JoinedWith(drawn, join, one);
        if (IsDecided(drawn.value, join)) return drawn;
      } else if (node.op == Op::kCount) {
        count += IsTrue(one.value) ? 1 : 0;
      } else if (node.op == Op::kFirst) {
        if (!IsTrue(one.value)) continue;
        drawn = ValueOf(NodeAt(node.first).next, element);
        if (drawn.value.has_value()) return drawn;
      } else if (one.value.has_value()) {
        ++count;
        const bool adds = node.op == Op::kSum || node.op == Op::kAverage;
        if (adds && drawn.value.has_value()) {
          drawn = JoinedWith(drawn, Join::kPlus, one);
        } else if (!drawn.value.has_value() ||
                   (node.op == Op::kHighest ? *one.value > *drawn.value
                                            : *one.value < *drawn.value)) {
          drawn = std::move(one);
        }
      }
    }
    Sized counted = Sized::Measured(Rational(count));
    if (node.op == Op::kCount) return counted;
    return node.op == Op::kAverage ? JoinedWith(drawn, Join::kOver, counted) : drawn;
  }

  Sized RankOf(const Node& node, const Inputs& inputs) {
    const Sized own = ValueOf(node.own, inputs);
    if (!own.value.has_value() || too_long_) return {};
    const auto sort = [&](Kept& kept) {
      for (size_t i = 0, size = inputs.SizeOf(node.slot); i < size && !too_long_; ++i) {
        Sized one = ValueOf(node.first, inputs.ElementOf(node.slot, i));
        if (one.value.has_value()) kept.sorted.push_back(*std::move(one.value));
      }
      std::sort(kept.sorted.begin(), kept.sorted.end());
    };
    Kept of_this_call;
    if (node.kept < 0) sort(of_this_call);
    const std::vector<Rational>& sorted =
        node.kept < 0 ? of_this_call.sorted : Keep(node, sort).sorted;
    const auto greater = std::upper_bound(sorted.begin(), sorted.end(), *own.value);
    return Sized::Measured(Rational(1 + static_cast<int64_t>(sorted.end() - greater)));
  }

  const std::vector<Node>& nodes_;
  std::vector<Kept>& kept_;
  bool too_long_ = false;  // A number that was met on the way.
};

bool IsAggregate(Op op) {
  return std::any_of(std::begin(kAggregates), std::end(kAggregates),
                     [&](const Function& one) { return one.op == op; });
}

// Visits a node and, while `visit` says so, what is below it, in the order in which it is read.
template <typename Visit>
void Walk(const std::vector<Node>& nodes, int at, const Visit& visit) {
  if (!visit(at)) return;
  const Node& node = nodes[static_cast<size_t>(at)];
  for (int one = node.first; one >= 0; one = nodes[static_cast<size_t>(one)].next) {
    Walk(nodes, one, visit);
  }
  if (node.own >= 0 && node.own != node.first) Walk(nodes, node.own, visit);
}

}  // namespace

absl::StatusOr<Expression> Expression::Compile(absl::string_view source, ValueKind wanted,
                                               const FormulaVocabulary& vocabulary) {
  if (source.size() > kMaxFormula) {
    return Fault{"", "FORMULA_TOO_LONG",
                 "Công thức dài quá: tối đa 2.000 ký tự không dấu, kể cả dấu cách."}
        .ToStatus();
  }
  Expression expression;
  expression.source_ = std::string(source);
  ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokenizer(source).Run());
  Compiler compiler(source, std::move(tokens), vocabulary);
  expression.kind_ = wanted;
  ASSIGN_OR_RETURN(expression.root_, compiler.Run(wanted));
  expression.nodes_ = std::make_shared<const std::vector<Node>>(compiler.TakeNodes());
  expression.kept_ = compiler.kept();
  return expression;
}

std::vector<Expression::Reference> Expression::References() const {
  std::vector<Reference> references;
  const auto visit = [&](int at) {
    const Node& node = (*nodes_)[static_cast<size_t>(at)];
    const Reference reference{node.slot, node.index};
    if (node.op == Op::kLookup &&
        std::find(references.begin(), references.end(), reference) == references.end()) {
      references.push_back(reference);
    }
    return true;
  };
  Walk(*nodes_, root_, visit);
  return references;
}

namespace {

bool IsNever(const std::vector<Node>& nodes, int at) {
  const Node& node = nodes[static_cast<size_t>(at)];
  const auto next = [&](int one) { return nodes[static_cast<size_t>(one)].next; };
  const auto any_is = [&] {
    for (int one = node.first; one >= 0; one = next(one)) {
      if (IsNever(nodes, one)) return true;
    }
    return false;
  };
  switch (node.op) {
    case Op::kChain: {
      bool all = IsNever(nodes, node.first), any = all, decides = false;
      for (int one = next(node.first); one >= 0; one = next(one)) {
        const Node& operand = nodes[static_cast<size_t>(one)];
        const bool by_zero =
            operand.join == Join::kOver && operand.op == Op::kLiteral && operand.number.is_zero();
        const bool never = by_zero || IsNever(nodes, one);
        any = any || never;
        all = all && never;
        // What is absent on one side of && and || may be decided by the other.
        decides = operand.join == Join::kAnd || operand.join == Join::kOr;
      }
      return decides ? all : any;
    }
    case Op::kNot:
    case Op::kMinus:
    case Op::kMin:
    case Op::kMax:
    case Op::kAbs:
    case Op::kFloor:
    case Op::kCeil:
    case Op::kRound:
    case Op::kAverage:
    case Op::kHighest:
    case Op::kLowest:
    case Op::kFirst:
      return any_is();
    case Op::kRank:
      return IsNever(nodes, node.own);
    case Op::kValueOr:
      return IsNever(nodes, node.first) && IsNever(nodes, next(node.first));
    case Op::kChoice: {
      int condition = node.first;
      while (true) {
        const int then = next(condition);
        if (then < 0) return IsNever(nodes, condition);  // The last branch; none before had one.
        if (IsNever(nodes, condition)) return true;
        if (!IsNever(nodes, then)) return false;
        condition = next(then);
      }
    }
    default:  // Sums and counts of nothing are 0, and whether a value is there is always known.
      return false;
  }
}

}  // namespace

bool Expression::NeverHasAValue() const { return IsNever(*nodes_, root_); }

std::vector<Expression> Expression::Parts() const {
  std::vector<Expression> parts;
  const auto visit = [&](int at) {
    const Node& node = (*nodes_)[static_cast<size_t>(at)];
    const bool is_part = node.op == Op::kName || node.op == Op::kLookup || IsAggregate(node.op);
    if (!is_part) return true;
    Expression part = *this;
    part.root_ = at;
    part.kind_ = node.kind;
    part.source_ = source_.substr(node.begin - begin_, node.end - node.begin);
    part.begin_ = node.begin;
    const bool known = std::any_of(parts.begin(), parts.end(), [&](const Expression& other) {
      return other.source_ == part.source_;
    });
    if (!known) parts.push_back(std::move(part));
    return false;
  };
  Walk(*nodes_, root_, visit);
  return parts;
}

Evaluation::Evaluation(const Expression& expression)
    : expression_(expression), kept_(static_cast<size_t>(expression.kept_)) {}
Evaluation::~Evaluation() = default;
Evaluation::Evaluation(Evaluation&&) noexcept = default;

Value Evaluation::Of(const Inputs& inputs) {
  return Evaluator(*expression_.nodes_, kept_).WholeOf(expression_.root_, inputs);
}

}  // namespace thidua::domain
