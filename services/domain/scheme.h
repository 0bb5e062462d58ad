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
#include <utility>
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

// To a multiple of a step: 0.01 is two digits after the mark.
struct Rounding {
  Decimal step = *Decimal::FromParts(1, 2);  // > 0.
  RoundingMode mode = RoundingMode::kHalfUp;
  // 0 to 9 digits after the mark.
  static Rounding ToDigits(int digits, RoundingMode mode = RoundingMode::kHalfUp) {
    return {Decimal::FromParts(1, digits).value_or(Decimal(1)), mode};
  }
  friend bool operator==(const Rounding&, const Rounding&) = default;
};

// What above the target is measured by: the best of the bloc ("đơn vị cao nhất được điểm tối đa").
// The best is taken over all counted targets of all units under the criterion, so one unit's result
// moves the others' points. Nothing is cut at the rule's achievement cap.
struct BestInBloc {
  enum class Method {
    // Below the target `at_target_percent` of the points × achievement; at the target that
    // percentage;
    // above it the rest in proportion to the excess, all of it for the highest excess of the bloc.
    kExcessOverHighest,
    // The points in proportion to the highest achievement of the bloc.
    kShareOfHighest,
  };
  Method method = Method::kExcessOverHighest;
  Decimal at_target_percent = 50;  // 0 to 100; kExcessOverHighest only.
};

// What a target is worth that the unit has not registered a value for, and reports a figure of.
enum class WithoutTargetPolicy {
  kExclude,  // It leaves the share-out.
  // Its figure over the highest among those without a value, of the share; where lower is better
  // the lowest over its figure, and the whole for 0. Each direction is held against its own.
  // Nothing else of the rule looks at it but `each_rounding`; an accepted stated percent goes
  // before it.
  kShareOfHighest,
};

// Points for each whole percent that the achievement is above (or below) a percentage. Below the
// target they are taken off the target's points, above it they are bonus, unless the points say
// otherwise: what is positive adds to the bonus, what is negative takes off the points. What was
// not reported is 0 % to what takes off (silence is never better than a poor figure), and earns
// nothing.
struct PercentStep {
  bool above = true;  // Or below.
  Decimal from_percent = 100;
  Decimal every_percent = 1;  // > 0.
  Decimal points;             // For each; not 0.
  bool begun_counts = false;  // A step begun counts whole ("cứ 1% hoặc phần lẻ của 1%").
  // > 0: what all steps together add, or take off, at most.
  std::optional<Decimal> at_most = std::nullopt;
};

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
  std::optional<BestInBloc> best_in_bloc = std::nullopt;  // In the place of a curve.
  WithoutTargetPolicy without_target = WithoutTargetPolicy::kExclude;
  std::vector<PercentStep> steps = {};  // At most 20.
  // Of each target's points, before they are summed up.
  std::optional<Rounding> each_rounding = std::nullopt;
};

// How the points of several raters become one: their average. Of peers alone; the other layers
// speak with one voice. Points and bonus each on their own.
struct Raters {
  std::optional<Rounding> rounding = std::nullopt;  // Of each rater's, before the average.
  bool drop_extremes = false;  // From three raters on, one highest and one lowest are left out.
};

// Points given directly by an assessment, from 0 to the maximum, and a bonus up to the criterion's
// cap.
struct AssessedRule {
  // Points and bonus are multiples of it, > 0 ("cho điểm lẻ đến 0,25"); nothing: any.
  std::optional<Decimal> step = std::nullopt;
  // Points are given from 0 to this, and count in proportion ("chấm theo thang 10"); nothing: from
  // 0 to the criterion's maximum.
  std::optional<Decimal> scale_max = std::nullopt;
  Raters raters = {};
};

// Đạt hoặc không đạt: an assessment gives the whole maximum, or what is left to those who fail. Of
// several raters more than half must have passed it.
struct PassFailRule {
  Decimal fail_points = 0;  // 0 or more, less than the maximum.
};

// A figure that an assessment gives for a criterion: how often, which place, which mark.
struct FigureDefinition {
  std::string id;    // A slug, unique at the criterion.
  std::string name;  // Vietnamese.
  Decimal least = 0;
  Decimal most = 1'000'000;
  bool whole = false;
};

// Points for each thing that happened ("bị phê bình: trừ 3 điểm; được khen: cộng 3 điểm"). What is
// beyond the maximum is bonus, up to the criterion's cap; it never falls below `min_points`.
struct EventsRule {
  struct Event {
    std::string id;                                // A slug; the id of the figure that counts it.
    std::string name;                              // Vietnamese.
    Decimal points;                                // For each time; not 0.
    std::optional<int> most_times = std::nullopt;  // ≥ 1; more often counts no more.
  };
  Decimal starts_at = 0;      // 0 to the maximum: what a unit has when nothing happened.
  std::vector<Event> events;  // 1 to 100.
  // Only the one that brings most (or, when all take off, that takes most) counts, once: of those
  // that happened.
  bool only_greatest = false;
};

// Points by place: first, second, … Figures: kPlaceFigure or kMarkFigure.
struct PlacesRule {
  enum class Source {
    kGivenPlace,   // The place itself, 1 and up: say, in the ministry's own cluster. The average of
                   // raters who differ, when it is between two places, is the worse one.
    kHighestMark,  // Marks, averaged over the raters; then the bloc's units are placed, highest
                   // first.
    kLowestMark,   // Likewise, lowest first: raters who give places.
  };
  Source source = Source::kGivenPlace;
  std::vector<Decimal>
      points;          // Of the 1st, 2nd, … place; 1 to 100, none greater than the one before.
  Decimal beyond = 0;  // Of every further place.
  bool ties_share_average =
      false;  // Equals get the average of their places' points, not the best's.
};
inline constexpr absl::string_view kPlaceFigure = "place";
inline constexpr absl::string_view kMarkFigure = "mark";

// Points for the role itself. What is beyond the maximum is bonus, up to the cap.
struct RolesRule {
  Decimal leader = 0;
  Decimal deputy = 0;
  Decimal member = 0;
};

// What no named kind says: formulas (expression.h) over the names that scheme_formula.h lists. It
// waits for nothing but the targets that it takes: where `points` is absent (of each target: absent
// of all), the unit is one for which nothing was given. Otherwise an absent bonus is 0, and so are
// the absent points of one target among others.
//
// A target without a value is counted as well when a figure was reported: it has `actual` and no
// `achievement`.
struct FormulaRule {
  std::string points;            // A number: of the unit, or of each counted target.
  std::string bonus = {};        // Likewise; empty: none.
  std::string description = {};  // The rule in one Vietnamese sentence, read out with the points.
  bool each_target = false;      // Evaluated for each target, and summed up.
  LowerIsBetterFormula lower_is_better = LowerIsBetterFormula::kTargetOverActual;
  StatedPercentPolicy stated_percent = StatedPercentPolicy::kExclude;
  std::vector<FigureDefinition> figures = {};  // At most 20, from assessments.
  // Whether it is about targets at all: the unit must have some under the criterion.
  bool takes_targets = false;
};

// What an assessed leaf is worth to a unit for which nothing was given, and a leaf with targets to
// a unit that registered none. Targets that were registered and are all left out (not assigned, not
// computable, excluded) are not missing: the leaf leaves the denominator, whatever is said here.
enum class WhenMissing {
  kLeaveOut,  // It leaves the unit's denominator.
  kZero,      // It is owed: the unit has 0 of the maximum.
  kAsNone,    // As if figures of 0 were given: nothing happened. Events and formulas only; where a
              // formula comes to nothing even so, it is owed.
};

// A condition that cuts what a criterion earns ("có chỉ tiêu dưới 50% thì không có điểm thưởng").
// An absent one does not hold. What is cut is not rounded once more.
struct Limit {
  std::string when;  // A condition (expression.h).
  std::string name;  // Vietnamese: what is said when it holds.
  std::optional<Decimal> points_at_most_percent =
      std::nullopt;  // Of the assigned points, 0 to 100.
  bool no_bonus = false;
};

struct Criterion {
  std::string id;         // Unique in the scheme: "noi-dung-1", "noi-dung-1.2".
  std::string name;       // Vietnamese, as the scheme prints it.
  std::string clause;     // Where the legal basis says so: "Điều 6 khoản 2"; may be empty.
  Decimal max_points;     // ≥ 0; 0: it brings bonus, or takes points off, only.
  Decimal bonus_cap = 0;  // ≥ 0; what the criterion may earn beyond max_points.
  std::vector<Criterion> children;
  // A leaf has one; a parent none.
  std::variant<std::monostate, TargetsRule, AssessedRule, PassFailRule, EventsRule, PlacesRule,
               RolesRule, FormulaRule>
      rule;
  // Of the criterion's points, once, after they are summed up exactly; nothing: exact.
  std::optional<Rounding> rounding = std::nullopt;
  // The least that it may come to, ≤ 0: points taken off go so far below 0. Nothing: 0 at a leaf,
  // and whatever its children come to at a parent. Above 0 at events that start at the maximum
  // alone ("trừ tối đa 3 trên 10 điểm"): elsewhere points would be given for nothing.
  std::optional<Decimal> min_points = std::nullopt;
  WhenMissing when_missing = WhenMissing::kLeaveOut;  // Of a leaf.
  // Of a parent: only the child with the most points and bonus counts, not the sum; of equals the
  // first. The children's maxima need not add up, and none is above the parent's, all of which is
  // assigned as soon as one child is.
  bool highest_child_only = false;
  std::vector<std::string> not_assigned_units = {};  // It leaves their denominators.
  // A condition on the unit; empty: always; absent: no. Of leaves and parents.
  std::string assigned_if = {};
  std::vector<Limit> limits = {};  // At most 10, in order.
};

// What the order of units follows.
enum class RankingKey {
  kPoints,             // Points and bonus.
  kPercentOfAssigned,  // Points and bonus over the points assigned to the unit.
  kCappedPoints,       // Points and bonus, not more than the cap.
  kFormula,
};

// What tells equals apart, more is better: points of a criterion, or a formula (a count, say).
struct TieKey {
  TieKey() = default;
  TieKey(std::string id) : criterion(std::move(id)) {}  // NOLINT: a criterion is the usual key.
  TieKey(const char* id) : criterion(id) {}             // NOLINT
  std::string criterion = {};  // Anywhere in the tree, its points without bonus; or empty…
  std::string formula = {};    // …and a number over the unit's names.
  std::string name = {};       // Vietnamese, of a formula: "số chỉ tiêu vượt kế hoạch".
  bool less_is_better = false;
};

struct RankingRule {
  RankingKey key = RankingKey::kPoints;
  std::vector<TieKey> tie_keys = {};          // First key first; none: equals share a rank.
  std::optional<Decimal> cap = std::nullopt;  // kCappedPoints only.
  std::string formula = {};                   // kFormula only; absent counts as 0.
  std::string formula_name = {};              // What it is, Vietnamese.
  // Of the key, before units are compared; of kPercentOfAssigned the percentage is rounded.
  std::optional<Rounding> rounding = std::nullopt;
  bool dense = false;  // After two seconds comes the third, not the fourth.
};

// One class (mức xếp loại): the first of the scheme whose bar and condition hold.
struct ClassRule {
  std::string id;
  std::string name;            // "Hoàn thành xuất sắc nhiệm vụ"
  Decimal at_least = 0;        // Of what classes are measured by.
  std::string condition = {};  // Over the unit's names; empty: none.
};

struct Classes {
  enum class Measure { kPoints, kCappedPoints, kPercentOfAssigned };
  Measure measure = Measure::kPoints;         // Points and bonus; likewise capped, and in percent.
  std::optional<Decimal> cap = std::nullopt;  // kCappedPoints only.
  std::vector<ClassRule> classes = {};        // Best first; at most 20. None: units have no class.
};

// What is put forward after the ranking (cờ, bằng khen): the best eligible units first, each at
// most once. Rank is not award: units under discipline are passed over and keep their rank.
struct AwardRule {
  std::string id;
  std::string name;                       // "Cờ thi đua của UBND tỉnh"
  int at_most = 1;                        // Units, ≥ 1.
  std::vector<std::string> classes = {};  // Only units in one of these; none: in any.
  // Of the votes cast, 0 < percent ≤ 100; nothing: no vote is needed.
  std::optional<Decimal> votes_at_least_percent = std::nullopt;
};

// A number that formulas name by param("he-so"), the same for all units or their own.
struct Parameter {
  std::string id;
  std::string name;
  Decimal value = 0;
  std::vector<std::pair<std::string, Decimal>> of_units = {};  // By unit.
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
  Classes classes = {};
  std::vector<AwardRule> awards = {};      // At most 20, in the order in which they are given.
  std::vector<Parameter> parameters = {};  // At most 100.
};

// The layers whose points count, first one first: the scheme's own, or the province's before the
// bloc's before the peers' before the unit's.
std::vector<Layer> PrecedenceOf(const Scheme& scheme);

inline constexpr int kMaxCriterionDepth = 10;  // The deepest scheme known has 5.
inline constexpr int kMaxCriteria = 1000;      // The largest scheme known has 230.

// Every fault, each with its path as the contract names the fields
// ("contents[0].children[2].max_points", "….criterion_id", "….targets.steps[0].points"); empty:
// sound. Reasons: those of identifier.h and of scheme_formula.h, and REQUIRED (no content; a bonus
// without a cap, which would never be given; what a rule cannot do without), DUPLICATE,
// OUT_OF_RANGE, NOT_ALLOWED (what does not go with the kind of rule), CHILDREN_DO_NOT_ADD_UP,
// CHILD_ABOVE_PARENT, RULE_MISSING, RULE_ON_PARENT, CRITERION_UNKNOWN, CLASS_UNKNOWN, TOO_DEEP
// (10), TOO_MANY (1000 criteria), CURVE_NOT_MONOTONE (a curve that falls and does not say so),
// STEP_DOES_NOT_DIVIDE (the maximum or the bonus cap of an assessed criterion is no multiple of its
// step, and could never be given), RULE_UNREACHABLE (what the scheme says and no result or
// assessment can ever bring: a point of a curve beyond the achievement's cap, points under a curve
// that earns nothing, a bonus cap under which nothing gives a bonus, a class below one that takes
// all, a formula that is divided by 0 whatever the figures).
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
