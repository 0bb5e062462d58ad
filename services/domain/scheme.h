// A scoring scheme (thang bảng điểm): the rules of one bloc and year, as data. No province is
// named in code; what one province does and another does not is a field here.
//
// The tree has contents (nội dung) on top and criteria of any depth below. A leaf carries one
// rule. Children's maximum points add up to their parent's. Values; safe to use from any thread.
#ifndef THIDUA_SERVICES_DOMAIN_SCHEME_H_
#define THIDUA_SERVICES_DOMAIN_SCHEME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/domain/assessment_layer.h"
#include "services/domain/decimal.h"
#include "services/domain/fault.h"
#include "services/domain/interval.h"
#include "services/domain/rational.h"

namespace thidua::domain {

// How far a lower-is-better target was reached. No source states a formula, so the scheme names
// one: with T = 10 and A = 8, the first gives 125 %, the second 120 %.
enum class LowerIsBetterFormula { kTargetOverActual, kTwoMinusActualOverTarget };

// What a percentage is worth that a unit states without the target it was worked out from.
enum class StatedPercentPolicy {
  kExclude,  // The target leaves the unit's share-out: nothing earned, nothing owed.
  kAccept,   // Scored as stated, and said so in the derivation.
};

// From achievement to what it earns, both in percent. Nothing below the first point; from the last
// on, what the last says; in between on the straight line, or as the last point reached says.
struct Curve {
  struct Point {
    Decimal achievement_percent;  // ≥ 0, each greater than the one before.
    Decimal earned_percent;       // 0 to 10,000.
    friend bool operator==(const Point&, const Point&) = default;
  };
  enum class Between { kLinear, kStep };
  std::vector<Point> points;  // 1 to 50.
  Between between = Between::kLinear;
  bool may_fall = false;  // More achievement may earn less, and the scheme says so.
};

// What an achievement (1 is the year's target) earns of the points (1 is all of them), exactly.
Rational EarnedBy(const Curve& curve, const Rational& achievement);

// The criterion's points are shared equally among the unit's scored targets registered under it;
// each earns its share × achievement, up to `achievement_cap_percent`.
struct TargetsRule {
  Decimal achievement_cap_percent = 100;  // > 0; 100: nothing above the share from achievement.
  LowerIsBetterFormula lower_is_better = LowerIsBetterFormula::kTargetOverActual;
  StatedPercentPolicy stated_percent = StatedPercentPolicy::kExclude;
  // Bonus points for each whole percent of achievement above 100 (not the share: the points
  // themselves), summed over the targets and cut at the criterion's bonus cap. 0: no bonus.
  Decimal bonus_per_percent_above = 0;
  // What an achievement, cut at the cap, earns of its share; nothing: as much as was achieved.
  std::optional<Curve> curve = std::nullopt;
};

// Points given directly by an assessment, from 0 to the maximum, and a bonus up to the criterion's
// cap. Until they are given the criterion is not assigned: it leaves the unit's denominator.
struct AssessedRule {
  // Points and bonus are multiples of it, > 0 ("cho điểm lẻ đến 0,25"); nothing: any.
  std::optional<Decimal> step = std::nullopt;
};

struct Criterion {
  std::string id;         // Unique in the scheme: "noi-dung-1", "noi-dung-1.2".
  std::string name;       // Vietnamese, as the scheme prints it.
  std::string clause;     // Where the legal basis says so: "Điều 6 khoản 2"; may be empty.
  Decimal max_points;     // > 0.
  Decimal bonus_cap = 0;  // ≥ 0; what the criterion may earn beyond max_points.
  std::vector<Criterion> children;
  std::variant<std::monostate, TargetsRule, AssessedRule> rule;  // A leaf has one; a parent none.
  // Digits to which a leaf's points are rounded half up, once, after they are summed up exactly (0
  // to 9); nothing: exact.
  std::optional<int> rounding_digits = std::nullopt;
};

// What the order of units follows.
enum class RankingKey {
  kPoints,             // Points and bonus.
  kPercentOfAssigned,  // Points and bonus over the points assigned to the unit.
};

struct RankingRule {
  RankingKey key = RankingKey::kPoints;
  // Criteria anywhere in the tree whose points (without bonus) decide between equals, first key
  // first; none: equals share a rank.
  std::vector<std::string> tie_break_criteria;
};

struct Scheme {
  std::string id;
  int64_t version = 0;  // 1, 2, …; immutable once published.
  std::string name;
  std::string legal_basis;  // "QĐ 809/QĐ-UBND ngày 04/4/2019"; may be empty.
  std::vector<Criterion> contents;
  RankingRule ranking;
  Interval valid = {};  // The days on which pacts may be under it.
  // Whose points count for an assessed criterion: those of the first layer that gave any; of a
  // layer that is not here, nobody's. Each once; empty: as PrecedenceOf says.
  std::vector<Layer> assessment_precedence = {};
};

// The layers whose points count, first one first: the scheme's own, or the province's before the
// bloc's before the peers' before the unit's.
std::vector<Layer> PrecedenceOf(const Scheme& scheme);

inline constexpr int kMaxCriterionDepth = 10;  // The deepest scheme known has 5.

// Every fault, in the order of the scheme, each with its path as the contract names the fields
// ("contents[0].children[2].max_points", "….criterion_id", "….rounding.digits"); empty:
// sound. Reasons: those of identifier.h, and REQUIRED (no content; a bonus without a cap, which
// would never be given), DUPLICATE, OUT_OF_RANGE, CHILDREN_DO_NOT_ADD_UP, RULE_MISSING,
// RULE_ON_PARENT, ROUNDING_ON_PARENT, CRITERION_UNKNOWN, TOO_DEEP (10), TOO_MANY (1000 criteria),
// CURVE_NOT_MONOTONE (a curve that falls and does not say so), STEP_DOES_NOT_DIVIDE (the maximum or
// the bonus cap of an assessed criterion is no multiple of its step, and could never be given),
// RULE_UNREACHABLE (what the scheme says and no result or assessment can ever bring: a point of a
// curve beyond the achievement's cap, points under a curve that earns nothing, a bonus cap under
// which nothing gives a bonus).
//
// The contents of a scheme need not add up to anything: Kiên Giang's three make 950 of 1.000.
//
// `unreadable`: faults of fields of which nobody knows the values, so that the scheme has others in
// their places. Nothing more is said of these fields, nor of what depends on them.
std::vector<Fault> ValidateScheme(const Scheme& scheme, absl::Span<const Fault> unreadable = {});

// The criterion with that id anywhere in the tree; null when there is none. The pointer lives as
// long as the scheme is neither moved nor changed.
const Criterion* FindCriterion(const Scheme& scheme, absl::string_view id);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_SCHEME_H_
