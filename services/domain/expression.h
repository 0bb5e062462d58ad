// Formulas of a scheme (công thức): a small total language over exact fractions, written in a
// subset of CEL's syntax, for what no named kind of rule says.
//
//   achievement < 1 ? max_points / 2 * achievement
//                   : max_points / 2 * (1 + (achievement - 1) / bloc.highest(achievement - 1))
//
//   c ? a : b    || && !    == != < <= > >=    + - * / and unary -    ( )
//   12  0.25  true  false           numbers are exact decimals; there is no exponent
//   max_points                      a name of the place where the formula stands
//   points("noi-dung-1")            a lookup by id; compiling checks that there is such an id
//   min(a, b, …)  max(a, b, …)  abs(x)  floor(x)  ceil(x)
//   round(x, digits)                half away from zero; digits a literal 0 to 9
//   has(x)                          whether x is there
//   value_or(x, y)                  x if it is there, else y
//   targets.sum(x)  .average(x)  .highest(x)  .lowest(x)  .count(c)  .all(c)  .any(c)
//   bloc.first(c, x)                x of the first element for which c holds
//   bloc.rank(x)                    1 + how many elements have a greater x than this one
//
// Operators bind as in CEL: comparisons all alike and from the left, so a < b == c is (a < b) == c;
// between ? and : stands no other ?: but in parentheses.
//
// What stands inside an aggregate speaks of the element, in the names, lookups and lists of the
// element and in no others. The x of rank alone is asked of two: of each element, and of this one,
// in whose own place the formula stands; its names must be found in both.
//
// There are numbers and conditions, and they are told apart when the formula is compiled; == and !=
// compare two of one kind. Unlike in CEL all numbers are fractions: 1 / 2 is a half. There are no
// loops, no recursion and no texts but the ids of lookups, so every formula ends, in time linear in
// its length times the elements of its lists; of a list within a list, the elements of all
// together.
//
// Any value may be absent: not reported, not computable, divided by zero, rounded to more digits
// than a Decimal has. What is made of an absent value is absent, but: has and value_or; the branch
// of ?: not taken (an absent c makes all absent); false && x and x && false are false, true || x
// and x || true are true, whatever x is. Elements whose x (or c) is absent are passed over by sum,
// average, highest, lowest, count, first and rank; `all` passes over nothing: it is false if c is
// false anywhere, else absent if absent anywhere; `any` is true if c is true anywhere, else absent
// if absent anywhere. sum and count of nothing are 0, all is true, any is false; average, highest,
// lowest and first of nothing are absent. rank is absent when this one's own x is.
#ifndef THIDUA_SERVICES_DOMAIN_EXPRESSION_H_
#define THIDUA_SERVICES_DOMAIN_EXPRESSION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/rational.h"

namespace thidua::domain {

enum class ValueKind { kNumber, kCondition };

// Nothing: absent. A condition is 1 or 0.
using Value = std::optional<Rational>;

// What the formulas of one place of a scheme may speak of. Slots are the place's own numbers,
// handed back to its Inputs.
struct FormulaVocabulary {
  struct Name {
    std::string name;
    ValueKind kind = ValueKind::kNumber;
    int slot = 0;
  };
  // points("noi-dung-1"): the ids there are; the index of the one named is handed back.
  struct Lookup {
    std::string name;
    ValueKind kind = ValueKind::kNumber;
    int slot = 0;
    std::vector<std::string> ids;
  };
  struct List {
    std::string name;
    int slot = 0;
    const FormulaVocabulary* element = nullptr;  // Of what is inside; never null.
    // The same elements whichever Inputs are asked (the bloc's units): what is drawn from it once
    // holds for all. A list that can be reached from its own elements must be, or formulas could
    // go through it within itself any number of times.
    bool shared = false;
  };
  std::vector<Name> names;
  std::vector<Lookup> lookups;
  std::vector<List> lists;
  // What formulas elsewhere may speak of, so that a name out of place is not called unknown. May be
  // null; outlives the vocabulary.
  const std::vector<std::string>* elsewhere = nullptr;
};

// Where the values of one evaluation come from.
class Inputs {
 public:
  virtual ~Inputs() = default;
  virtual Value OfName(int slot) const = 0;
  virtual Value OfLookup(int slot, int index) const = 0;
  virtual size_t SizeOf(int list) const = 0;
  // The element's own inputs; valid until the next call for the same list of these inputs.
  // Meanwhile lists of the element are asked, and they may be the same: bloc.sum(bloc.rank(x)).
  virtual const Inputs& ElementOf(int list, size_t index) const = 0;
};

inline constexpr size_t kMaxFormula = 2000;  // Bytes.
inline constexpr int kMaxFormulaNesting = 50;
// Characters of a number on the way to the result, as Rational prints it. A sum of fractions within
// sums of fractions multiplies their length by the elements each time; where a longer number is
// met, the whole formula is absent. The exact average of a thousand shares has half of it.
inline constexpr size_t kMaxFormulaNumber = 20'000;

// Compiled once, evaluated often. Immutable; safe to use from any thread.
class Expression {
 public:
  // Faults with an empty path, each sentence saying the column (1 for the first character):
  // FORMULA_UNREADABLE (syntax, or a literal too long for a Decimal; suggests the right sign for
  // one mistaken), FORMULA_TOO_LONG (kMaxFormula, kMaxFormulaNesting), FORMULA_NAME_UNKNOWN (also
  // of a lookup's id; suggests the nearest name), FORMULA_KIND_DISAGREES (a number where a
  // condition is wanted, or the other way round), FORMULA_ARGUMENTS (too many, too few, none at
  // all, or no literal).
  static absl::StatusOr<Expression> Compile(absl::string_view source, ValueKind wanted,
                                            const FormulaVocabulary& vocabulary);

  const std::string& source() const { return source_; }
  ValueKind kind() const { return kind_; }

  // The lookups in it, each once, in order of appearance, whether of its own place or of elements
  // (slots tell them apart): what a formula depends on.
  struct Reference {
    int slot = 0;
    int index = 0;
    friend bool operator==(const Reference&, const Reference&) = default;
  };
  std::vector<Reference> References() const;

  // What it asks for in its own place, each once, in order of appearance: names, lookups, and what
  // is drawn from lists, as a whole. Each is an expression of that place: what explains a value.
  std::vector<Expression> Parts() const;

  // Whether it is absent whatever the inputs: all that it could come to is divided by a written 0.
  bool NeverHasAValue() const;

  struct Node;  // Of the compiled form; expression.cc's own.

 private:
  friend class Evaluation;
  std::string source_;
  ValueKind kind_ = ValueKind::kNumber;
  std::shared_ptr<const std::vector<Node>> nodes_;
  int root_ = 0;
  size_t begin_ = 0;  // Of a part: where it stands in the whole.
  int kept_ = 0;      // How many aggregates over shared lists there are.
};

// One formula evaluated for many inputs of one bloc: what is drawn from shared lists is worked out
// at first need and kept. The inputs are of the place for which the formula was compiled. Used by
// one thread; the expression outlives it.
class Evaluation {
 public:
  explicit Evaluation(const Expression& expression);
  ~Evaluation();
  Evaluation(Evaluation&&) noexcept;
  Value Of(const Inputs& inputs);

  struct Kept;  // Of one aggregate; expression.cc's own.

 private:
  const Expression& expression_;
  std::vector<Kept> kept_;
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_EXPRESSION_H_
