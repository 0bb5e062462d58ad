// A slow oracle for scoring, ranking, classes and awards: what a scheme comes to by its definition
// (the comments of scheme.h, expression.h and their neighbours), in another shape than the engine.
//
// It shares no arithmetic and no structure with the engine. Fractions are pairs of Boost's big
// integers; criteria are rows of a flat table; each number is worked out when it is asked for, by
// the recursion that defines it; a rank is one more than the number of units that are better; a
// formula is a tree that was never a text. Nothing here is fast, and nothing is clever.
#ifndef THIDUA_SERVICES_DOMAIN_SCORING_ORACLE_TESTLIB_H_
#define THIDUA_SERVICES_DOMAIN_SCORING_ORACLE_TESTLIB_H_

#include <boost/multiprecision/cpp_int.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/domain/assessment.h"
#include "services/domain/award.h"
#include "services/domain/decimal.h"
#include "services/domain/pact.h"
#include "services/domain/result.h"

namespace thidua::domain::oracle {

using Integer = boost::multiprecision::cpp_int;

struct Fraction {
  Integer top = 0;
  Integer bottom = 1;  // > 0; always in lowest terms.

  Fraction() = default;
  Fraction(int64_t whole) : top(whole) {}  // NOLINT: 5 is a fraction.
  Fraction(const Decimal& decimal);        // NOLINT: so is 0.2.
  Fraction(Integer over, Integer under);   // `under` is not 0.

  bool is_zero() const { return top == 0; }
  bool is_negative() const { return top < 0; }
};
Fraction operator+(const Fraction& a, const Fraction& b);
Fraction operator-(const Fraction& a, const Fraction& b);
Fraction operator*(const Fraction& a, const Fraction& b);
Fraction operator/(const Fraction& a, const Fraction& b);  // b is not 0.
bool operator<(const Fraction& a, const Fraction& b);
bool operator==(const Fraction& a, const Fraction& b);
// As Rational prints it: "17893/35000", "5".
std::string Text(const Fraction& a);

// A formula as it was drawn. Conditions are 1 and 0.
struct Tree {
  enum class Kind {
    kNumber,
    kTruth,  // number 1 or 0
    kName,
    kLookup,
    kChoice,
    kOr,
    kAnd,
    kNot,
    kEqual,
    kUnequal,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kPlus,
    kMinus,
    kTimes,
    kOver,
    kNegative,
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
  Kind kind = Kind::kNumber;
  Decimal number = 0;
  std::string name;  // Of a name, a lookup, a list.
  std::string id;    // Of a lookup.
  int digits = 0;    // Of round.
  std::vector<Tree> parts = {};
  bool extra_parentheses = false;
};
// In the language of expression.h, with the parentheses that it needs.
std::string Text(const Tree& tree);

// A bloc, what its units reported and were given, and the trees of the scheme's formulas.
struct Case {
  Pact pact;
  std::vector<Result> results;
  std::vector<Assessment> given;
  std::vector<std::string> ineligible;                   // Units.
  std::map<std::pair<size_t, size_t>, VoteCount> votes;  // By award and unit.
  std::map<std::string, Tree> formulas;                  // By the text that the scheme has.
};

// One criterion for one unit. Numbers are 0 where it is not assigned.
struct Line {
  bool assigned = false;
  bool voided = false;
  bool excluded = false;
  unsigned limits = 0;  // A bit each.
  int place = 0;
  Fraction assigned_points, points, bonus;
  Fraction raw_points, raw_bonus;  // Before rounding, the maximum, the least, limits and the cap.
};

struct Ranked {
  size_t unit = 0;
  int rank = 0;
  bool shared = false;
  Fraction key;
  std::optional<size_t> decided_by;
  Fraction margin;
};

// As in award.h.
struct Candidate {
  size_t unit = 0;
  AwardCandidate::Standing standing = AwardCandidate::Standing::kProposed;
  size_t equals = 0, equals_for = 0;
  bool waits = false;
};
struct Candidates {
  std::vector<Candidate> in_order;
  size_t open = 0;
  bool waits = false;
};

struct Verdict {
  std::map<std::string, std::vector<Line>> lines;  // By criterion; of each unit.
  std::vector<Line> units;                         // Their sums.
  std::vector<Ranked> places;                      // In order.
  std::vector<std::string> classes;                // By unit; empty: none.
  std::vector<Candidates> awards;                  // Of each of the scheme's.
  std::map<std::string, bool> counted;  // By scored target under a criterion that is not voided.
};

// What an oracle may do wrong on purpose, so that a test can show that it would be found.
enum class Slip {
  kNone,
  kRoundsHalfDown,
  kForgetsAchievementCap,
  kForgetsBonusCap,
  kForgetsLeast,
  kForgetsLimits,
  kLeavesZerosAtTwice,  // T/A of 0, whatever others of the bloc came to.
  kForgetsStepsMost,
  kMeasuresByOwnBest,       // best_in_bloc: the unit's best for the bloc's.
  kCountsEventsWithoutEnd,  // Forgets most_times.
  kKeepsExtremes,           // Of raters.
  kPassesAtHalf,            // Half of the raters are enough.
  kPlacesTiesByOrder,       // Equal marks get one place after the other.
  kAddsUpChildren,          // highest_child_only.
  kTakesAbsentForZero,      // In formulas.
  kForgetsTieKeys,
  kSkipsAfterShared,  // Forgets `dense`.
  kWantsMoreThanBar,  // A class's bar must be passed, not reached.
  kProposesTied,
  kTiedHaveHadTheirTurn,  // For the next award too.
  kIgnoresVotes,          // Among equals.
};

// How often each feature was reached.
using Reached = std::map<std::string, int>;

Verdict Judge(const Case& one, Slip slip, Reached& reached);

}  // namespace thidua::domain::oracle

#endif  // THIDUA_SERVICES_DOMAIN_SCORING_ORACLE_TESTLIB_H_
