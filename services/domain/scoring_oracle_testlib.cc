#include "services/domain/scoring_oracle_testlib.h"

#include <algorithm>
#include <bit>
#include <climits>
#include <functional>
#include <iterator>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace thidua::domain::oracle {
namespace {

using Kind = Tree::Kind;
// Nothing: absent.
using Maybe = std::optional<Fraction>;

Fraction Percent(const Decimal& percent) { return Fraction(percent) / 100; }
Fraction Smaller(const Fraction& a, const Fraction& b) { return b < a ? b : a; }
Fraction Greater(const Fraction& a, const Fraction& b) { return a < b ? b : a; }
Fraction Size(const Fraction& a) { return a.is_negative() ? Fraction() - a : a; }

// The greatest whole number that is not greater.
Fraction Floor(const Fraction& a) {
  Integer whole = a.top / a.bottom;  // Towards zero.
  if (a.top < 0 && whole * a.bottom != a.top) --whole;
  return {whole, 1};
}
Fraction Ceil(const Fraction& a) { return Fraction() - Floor(Fraction() - a); }

// To a multiple of a step > 0.
Fraction Rounded(const Fraction& a, const Decimal& step, RoundingMode mode, Slip slip) {
  const Fraction steps = Size(a) / Fraction(step);
  const Fraction whole = Floor(steps);
  const Fraction twice_the_rest = (steps - whole) * 2;
  bool further = false;
  switch (mode) {
    case RoundingMode::kHalfUp:
      further = slip == Slip::kRoundsHalfDown ? Fraction(1) < twice_the_rest
                                              : !(twice_the_rest < Fraction(1));
      break;
    case RoundingMode::kHalfEven:
      further =
          Fraction(1) < twice_the_rest || (twice_the_rest == Fraction(1) && whole.top % 2 != 0);
      break;
    case RoundingMode::kDown:
      break;
    case RoundingMode::kUp:
      further = !twice_the_rest.is_zero();
      break;
  }
  const Fraction size = (whole + (further ? 1 : 0)) * Fraction(step);
  return a.is_negative() ? Fraction() - size : size;
}

// From the last point backwards, the first one reached.
Fraction Earned(const Curve& curve, const Fraction& achievement) {
  const Fraction percent = achievement * 100;
  for (size_t i = curve.points.size(); i-- > 0;) {
    const Fraction here = curve.points[i].achievement_percent;
    if (percent < here) continue;
    Fraction earned = curve.points[i].earned_percent;
    if (i + 1 < curve.points.size() && curve.between == Curve::Between::kLinear) {
      // (y0·(x1 − x) + y1·(x − x0)) / (x1 − x0)
      const Fraction next = curve.points[i + 1].achievement_percent;
      earned = (earned * (next - percent) +
                Fraction(curve.points[i + 1].earned_percent) * (percent - here)) /
               (next - here);
    }
    return earned / 100;
  }
  return 0;
}

const char* FeatureOf(Kind kind) {
  constexpr const char* kFeatures[] = {
      "",        "",        "",        "",       "?:",    "||",   "&&",    "!",     "==",
      "!=",      "<",       "<=",      ">",      ">=",    "+",    "-",     "*",     "/",
      "unary -", "min",     "max",     "abs",    "floor", "ceil", "round", "has",   "value_or",
      "sum",     "average", "highest", "lowest", "count", "all",  "any",   "first", "rank"};
  return kFeatures[static_cast<int>(kind)];
}

struct Row {
  const Criterion* criterion = nullptr;
  int parent = -1;  // A row; -1: a content.
  bool voided = false;
};

// A scored target under a criterion that counts.
struct Aim {
  const Target* target = nullptr;
  const Result* result = nullptr;  // The newest.
  size_t row = 0, unit = 0;
  bool reported = false;
  bool counted = false;
  bool without = false;  // Measured by its figure against the others that have no target.
  bool endless = false;  // T/A of 0: as far as anybody under the criterion came.
  Fraction share;        // 1 is the target; without one the figure.
};

// What counts of all that was given to a unit for a leaf.
struct Gift {
  Fraction points, bonus;
  int raters = 0, passed = 0;
  std::map<std::string, Fraction> figures;
  std::map<std::string, Fraction> by_layer;
};

// Where a formula stands, and so what it may speak of.
enum class Place { kAssignment, kUnit, kBlocUnit, kCriterion, kEachTarget, kTarget, kLeaf };
struct Stand {
  Place place = Place::kUnit;
  size_t unit = 0;
  size_t row = 0;
  const Aim* aim = nullptr;
};

constexpr const char* kLayerNames[] = {"self", "peer", "bloc", "province"};

class Oracle {
 public:
  Oracle(const Case& one, Slip slip, Reached& reached)
      : case_(one), pact_(one.pact), slip_(slip), reached_(reached) {
    Flatten(pact_.scheme.contents, -1);
    FindAims();
    memory_.resize(rows_.size() * pact_.members.size());
  }

  Verdict Run() {
    Verdict verdict;
    for (size_t row = 0; row < rows_.size(); ++row) {
      for (size_t unit = 0; unit < pact_.members.size(); ++unit) {
        verdict.lines[rows_[row].criterion->id].push_back(LineOf(row, unit));
      }
    }
    for (const Aim& aim : aims_) verdict.counted[aim.target->id] = aim.counted;
    for (size_t unit = 0; unit < pact_.members.size(); ++unit) {
      verdict.units.push_back(SumOf(unit));
      verdict.classes.push_back(ClassOf(unit));
    }
    verdict.places = RankAll();
    verdict.awards = Propose(verdict);
    return verdict;
  }

 private:
  void Count(const char* feature) { ++reached_[feature]; }

  void Flatten(const std::vector<Criterion>& criteria, int parent) {
    for (const Criterion& criterion : criteria) {
      const bool above = parent >= 0 && rows_[static_cast<size_t>(parent)].voided;
      const auto& gone = pact_.voided_criteria;
      const bool own = std::find(gone.begin(), gone.end(), criterion.id) != gone.end();
      rows_.push_back({&criterion, parent, above || own});
      Flatten(criterion.children, static_cast<int>(rows_.size()) - 1);
    }
  }

  size_t RowOf(const std::string& id) const {
    size_t row = 0;
    while (rows_.at(row).criterion->id != id) ++row;
    return row;
  }
  bool IsAtOrUnder(size_t row, size_t above) const {
    for (auto at = static_cast<int>(row); at >= 0; at = rows_[static_cast<size_t>(at)].parent) {
      if (at == static_cast<int>(above)) return true;
    }
    return false;
  }

  // --- What is known of targets.

  const Result* NewestOf(const std::string& target) const {
    const Result* newest = nullptr;
    for (const Result& one : case_.results) {
      if (one.target != target) continue;
      if (newest == nullptr || one.revision >= newest->revision) newest = &one;
    }
    return newest;
  }

  void FindAims() {
    for (size_t row = 0; row < rows_.size(); ++row) {
      if (rows_[row].voided) continue;
      const Criterion& leaf = *rows_[row].criterion;
      const auto* targets = std::get_if<TargetsRule>(&leaf.rule);
      const auto* formula = std::get_if<FormulaRule>(&leaf.rule);
      if (targets == nullptr && formula == nullptr) continue;
      for (size_t unit = 0; unit < pact_.members.size(); ++unit) {
        for (const Target& target : pact_.targets) {
          if (target.unit != pact_.members[unit].unit || target.criterion != leaf.id) continue;
          if (target.kind != TargetKind::kScored || target.voided) continue;
          Aim aim;
          aim.target = &target;
          aim.result = NewestOf(target.id);
          aim.row = row;
          aim.unit = unit;
          if (targets != nullptr) {
            Measure(aim, targets->lower_is_better, targets->stated_percent, targets->without_target,
                    /*of_formula=*/false);
          } else {
            Measure(aim, formula->lower_is_better, formula->stated_percent,
                    WithoutTargetPolicy::kExclude, /*of_formula=*/true);
          }
          if (IsExcluded(row, unit)) aim.counted = false;
          aims_.push_back(aim);
        }
      }
    }
    if (slip_ == Slip::kLeavesZerosAtTwice) return;
    const std::vector<Aim> measured = aims_;
    for (Aim& aim : aims_) {
      if (!aim.endless) continue;
      for (const Aim& other : measured) {
        if (other.row != aim.row || !other.counted || other.without) continue;
        if (aim.share < other.share) Count("targets: a zero as far as the farthest");
        aim.share = Greater(aim.share, other.share);
      }
    }
  }

  void Measure(Aim& aim, LowerIsBetterFormula formula, StatedPercentPolicy stated,
               WithoutTargetPolicy without, bool of_formula) {
    if (aim.result == nullptr) {
      aim.counted = true;
      return;
    }
    const Quantity& actual = aim.result->actual;
    const Quantity& wanted = aim.target->value;
    const bool lower = aim.target->direction == Direction::kLowerIsBetter;
    aim.reported =
        actual.state != QuantityState::kNotReported || aim.result->stated_percent.has_value();
    if (!aim.reported) {
      aim.counted = true;
      return;
    }
    if (actual.state == QuantityState::kNotAssigned) return;
    const Fraction figure = actual.has_value() ? Greater(actual.value, 0) : Fraction(0);
    if (actual.has_value() && wanted.has_value()) {
      const Fraction goal = wanted.value;
      if (goal.is_negative() || (goal.is_zero() && !lower)) return;
      aim.counted = true;
      if (!lower) {
        aim.share = figure / goal;
      } else if (goal.is_zero()) {
        aim.share = figure.is_zero() ? 1 : 0;
      } else if (figure.is_zero()) {
        aim.share = 2;
        aim.endless = formula == LowerIsBetterFormula::kTargetOverActual;
      } else if (formula == LowerIsBetterFormula::kTargetOverActual) {
        aim.share = goal / figure;
      } else {
        aim.share = Greater(Fraction(2) - figure / goal, 0);
      }
      if (lower) Count("targets: lower is better");
      return;
    }
    if (aim.result->stated_percent.has_value()) {
      const Fraction percent = Greater(*aim.result->stated_percent, 0);
      if (stated == StatedPercentPolicy::kAccept && (!lower || percent == Fraction(100))) {
        aim.counted = true;
        aim.share = percent / 100;
        Count("targets: stated percent accepted");
        return;
      }
      Count("targets: stated percent left out");
    }
    if (wanted.has_value() || !actual.has_value()) return;
    if (without == WithoutTargetPolicy::kShareOfHighest || of_formula) {
      aim.counted = true;
      aim.without = true;
      aim.share = figure;
    }
  }

  // The figure meets the target, by its qualifier too.
  Maybe IsReached(const Aim& aim) const {
    if (aim.without) return std::nullopt;
    if (!aim.reported) return 0;
    const Quantity& actual = aim.result->actual;
    if (actual.has_value() && aim.target->value.has_value()) {
      const Fraction a = actual.value, t = aim.target->value.value;
      const bool lower = aim.target->direction == Direction::kLowerIsBetter;
      if (a == t)
        return actual.qualifier == (lower ? Qualifier::kAtLeast : Qualifier::kNearly) ? 0 : 1;
      return (lower ? a < t : t < a) ? 1 : 0;
    }
    if (aim.share == Fraction(1)) return aim.result->stated_qualifier == Qualifier::kNearly ? 0 : 1;
    return Fraction(1) < aim.share ? 1 : 0;
  }

  // --- What was given.

  // The last of each rater; a layer other than the peers' speaks with one voice.
  std::vector<const Assessment*> VoicesOf(size_t row, size_t unit, Layer layer) const {
    std::vector<const Assessment*> voices;
    std::set<std::string> heard;
    for (size_t i = case_.given.size(); i-- > 0;) {
      const Assessment& one = case_.given[i];
      if (one.unit != pact_.members[unit].unit || one.criterion != rows_[row].criterion->id ||
          one.layer != layer) {
        continue;
      }
      if (heard.insert(layer == Layer::kPeer ? one.rater : "").second) voices.push_back(&one);
    }
    return voices;
  }

  // The average of what each said, after what the rule says of raters.
  Fraction AverageOf(std::vector<Fraction> said, Layer layer, const Criterion& leaf) {
    const auto* rule = std::get_if<AssessedRule>(&leaf.rule);
    if (rule != nullptr && layer == Layer::kPeer) {
      if (rule->raters.rounding.has_value()) {
        for (Fraction& one : said) {
          one = Rounded(one, rule->raters.rounding->step, rule->raters.rounding->mode, slip_);
        }
        Count("assessed: raters rounded");
      }
      if (rule->raters.drop_extremes && said.size() >= 3 && slip_ != Slip::kKeepsExtremes) {
        std::sort(said.begin(), said.end());
        said.pop_back();
        said.erase(said.begin());
        Count("assessed: extremes dropped");
      }
    }
    Fraction sum;
    for (const Fraction& one : said) sum = sum + one;
    return sum / static_cast<int64_t>(said.size());
  }

  std::optional<Gift> GiftOf(size_t row, size_t unit) {
    const Criterion& leaf = *rows_[row].criterion;
    std::vector<Layer> layers = pact_.scheme.assessment_precedence;
    if (layers.empty()) layers = {Layer::kProvince, Layer::kBloc, Layer::kPeer, Layer::kSelf};
    std::optional<Gift> gift;
    for (const Layer layer : layers) {
      const std::vector<const Assessment*> voices = VoicesOf(row, unit, layer);
      if (voices.empty() || gift.has_value()) continue;
      gift.emplace();
      gift->raters = static_cast<int>(voices.size());
      std::vector<Fraction> points, bonus;
      std::map<std::string, std::vector<Fraction>> figures;
      for (const Assessment* voice : voices) {
        points.push_back(voice->points);
        bonus.push_back(voice->bonus);
        if (!(Fraction(voice->points) < Fraction(leaf.max_points))) ++gift->passed;
        for (const Assessment::Figure& figure : voice->figures) {
          figures[figure.id].push_back(figure.value);
        }
      }
      gift->points = AverageOf(points, layer, leaf);
      gift->bonus = AverageOf(bonus, layer, leaf);
      for (const auto& [id, said] : figures) gift->figures[id] = AverageOf(said, layer, leaf);
      if (voices.size() > 1) Count("averages of raters");
    }
    if (!gift.has_value()) return gift;
    for (const Layer layer : {Layer::kSelf, Layer::kPeer, Layer::kBloc, Layer::kProvince}) {
      std::vector<Fraction> points;
      for (const Assessment* voice : VoicesOf(row, unit, layer)) points.push_back(voice->points);
      if (points.empty()) continue;
      gift->by_layer[kLayerNames[static_cast<int>(layer)]] = AverageOf(points, layer, leaf);
    }
    return gift;
  }

  // --- Whether a criterion is a unit's.

  bool IsExcluded(size_t row, size_t unit) {
    const Row& here = rows_[row];
    if (here.parent >= 0 && IsExcluded(static_cast<size_t>(here.parent), unit)) return true;
    const auto& without = here.criterion->not_assigned_units;
    if (std::find(without.begin(), without.end(), pact_.members[unit].unit) != without.end()) {
      return true;
    }
    if (here.criterion->assigned_if.empty()) return false;
    return !Holds(here.criterion->assigned_if, {Place::kAssignment, unit, row});
  }

  std::vector<const Aim*> AimsOf(size_t row, size_t unit) const {
    std::vector<const Aim*> aims;
    for (const Aim& aim : aims_) {
      if (aim.row == row && aim.unit == unit) aims.push_back(&aim);
    }
    return aims;
  }
  std::vector<const Aim*> CountedOf(size_t row, size_t unit) const {
    std::vector<const Aim*> aims = AimsOf(row, unit);
    std::erase_if(aims, [](const Aim* aim) { return !aim->counted; });
    return aims;
  }

  enum class Footing { kNotAssigned, kMissing, kKnown };

  // On what a unit stands at a leaf that may be its: what is needed is known, or is missing and the
  // scheme says what that is worth. Of a formula the targets only: what else it needs it says
  // itself.
  Footing FootingOf(size_t row, size_t unit) {
    const Criterion& leaf = *rows_[row].criterion;
    const Footing missing =
        leaf.when_missing == WhenMissing::kLeaveOut ? Footing::kNotAssigned : Footing::kMissing;
    const auto* formula = std::get_if<FormulaRule>(&leaf.rule);
    const bool takes_targets = formula != nullptr ? formula->each_target || formula->takes_targets
                                                  : std::holds_alternative<TargetsRule>(leaf.rule);
    if (takes_targets) {
      if (AimsOf(row, unit).empty()) return missing;
      return CountedOf(row, unit).empty() ? Footing::kNotAssigned : Footing::kKnown;
    }
    if (formula != nullptr || std::holds_alternative<RolesRule>(leaf.rule)) return Footing::kKnown;
    return GiftOf(row, unit).has_value() ? Footing::kKnown : missing;
  }

  std::vector<size_t> ChildrenOf(size_t row) const {
    std::vector<size_t> children;
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].parent == static_cast<int>(row)) children.push_back(i);
    }
    return children;
  }

  // --- Points.

  const Line& LineOf(size_t row, size_t unit) {
    std::unique_ptr<Line>& memory = memory_[row * pact_.members.size() + unit];
    if (memory == nullptr) memory = std::make_unique<Line>(Work(row, unit));
    return *memory;
  }

  Line Work(size_t row, size_t unit) {
    const Criterion& criterion = *rows_[row].criterion;
    Line line;
    line.voided = rows_[row].voided;
    line.excluded = IsExcluded(row, unit);
    if (line.voided) Count("voided");
    if (line.excluded) Count("not assigned by the scheme");
    if (line.voided || line.excluded) return line;
    if (criterion.children.empty()) {
      WorkLeaf(row, unit, line);
    } else {
      WorkParent(row, unit, line);
    }
    if (!line.assigned) return line;
    const Integer longest = INT64_MAX;
    if (Size(line.raw_points).top > longest || line.raw_points.bottom > longest)
      Count("beyond 64 bits");
    for (size_t i = 0; i < criterion.limits.size(); ++i) {
      const Limit& limit = criterion.limits[i];
      if (!Holds(limit.when, {Place::kCriterion, unit, row})) continue;
      line.limits |= 1U << i;
      Count("limits: held");
      if (slip_ == Slip::kForgetsLimits) continue;
      if (limit.points_at_most_percent.has_value()) {
        const Fraction most = line.assigned_points * Percent(*limit.points_at_most_percent);
        if (most < line.points) Count("limits: cut points");
        line.points = Smaller(line.points, most);
      }
      if (limit.no_bonus) {
        if (!line.bonus.is_zero()) Count("limits: cut a bonus");
        line.bonus = 0;
      }
    }
    return line;
  }

  void Round(const Criterion& criterion, Line& line) {
    if (!criterion.rounding.has_value()) return;
    const Fraction before = line.points;
    line.points = Rounded(line.points, criterion.rounding->step, criterion.rounding->mode, slip_);
    if (before == line.points) return;
    constexpr const char* kModes[] = {"rounding: half up", "rounding: half even", "rounding: down",
                                      "rounding: up"};
    Count(kModes[static_cast<int>(criterion.rounding->mode)]);
  }

  // From a leaf's raw points to what counts.
  void Finish(const Criterion& leaf, Line& line) {
    line.points = line.raw_points;
    Round(leaf, line);
    const Fraction most = leaf.max_points;
    if (most < line.points) Count("leaf: cut at the maximum");
    line.points = Smaller(line.points, most);
    const Fraction least = leaf.min_points.has_value() ? Fraction(*leaf.min_points) : Fraction();
    if (line.points < least) Count("leaf: raised to the least");
    if (line.points < least && Fraction() < least) Count("leaf: raised to a least above 0");
    if (slip_ != Slip::kForgetsLeast) line.points = Greater(line.points, least);
    if (line.points.is_negative()) Count("leaf: below 0");
    line.bonus = Greater(line.raw_bonus, 0);
    const Fraction cap = leaf.bonus_cap;
    if (cap < line.bonus && !cap.is_zero()) Count("leaf: cut at the bonus cap");
    if (slip_ != Slip::kForgetsBonusCap) line.bonus = Smaller(line.bonus, cap);
  }

  void WorkParent(size_t row, size_t unit, Line& line) {
    const Criterion& parent = *rows_[row].criterion;
    const Line* best = nullptr;
    for (const size_t child : ChildrenOf(row)) {
      const Line& below = LineOf(child, unit);
      if (!below.assigned) continue;
      line.assigned = true;
      if (parent.highest_child_only && slip_ != Slip::kAddsUpChildren) {
        line.assigned_points = parent.max_points;
        if (best != nullptr) Count("parent: highest of several");
        if (best == nullptr || best->points + best->bonus < below.points + below.bonus) {
          best = &below;
        }
        continue;
      }
      line.assigned_points = line.assigned_points + below.assigned_points;
      line.raw_points = line.raw_points + below.points;
      line.raw_bonus = line.raw_bonus + below.bonus;
    }
    if (best != nullptr) {
      line.raw_points = best->points;
      line.raw_bonus = best->bonus;
    }
    line.points = line.raw_points;
    Round(parent, line);
    if (line.assigned_points < line.points) Count("parent: cut at the maximum");
    line.points = Smaller(line.points, line.assigned_points);
    if (parent.min_points.has_value()) {
      if (line.points < Fraction(*parent.min_points)) Count("parent: raised to the least");
      line.points = Greater(line.points, *parent.min_points);
    }
    line.bonus = line.raw_bonus;
    const Fraction cap = parent.bonus_cap;
    if (!cap.is_zero() && cap < line.bonus) {
      Count("parent: cut at the bonus cap");
      line.bonus = cap;
    }
  }

  void WorkLeaf(size_t row, size_t unit, Line& line) {
    const Criterion& leaf = *rows_[row].criterion;
    const Footing footing = FootingOf(row, unit);
    const bool as_none = leaf.when_missing == WhenMissing::kAsNone;
    if (footing == Footing::kNotAssigned) return;
    line.assigned = true;
    line.assigned_points = leaf.max_points;
    if (footing == Footing::kMissing &&
        !(as_none && std::holds_alternative<EventsRule>(leaf.rule))) {
      Count("missing: owed");
      return;
    }
    if (footing == Footing::kMissing) Count("missing: as none");
    const Gift gift = GiftOf(row, unit).value_or(Gift());
    if (const auto* targets = std::get_if<TargetsRule>(&leaf.rule)) {
      WorkTargets(*targets, leaf, row, unit, line);
    } else if (const auto* assessed = std::get_if<AssessedRule>(&leaf.rule)) {
      WorkAssessed(*assessed, leaf, gift, line);
    } else if (const auto* pass_fail = std::get_if<PassFailRule>(&leaf.rule)) {
      const int enough = slip_ == Slip::kPassesAtHalf ? gift.raters : gift.raters + 1;
      const bool passes = 2 * gift.passed >= enough;
      Count(passes ? "pass/fail: passed" : "pass/fail: failed");
      if (2 * gift.passed == gift.raters) Count("pass/fail: half");
      line.raw_points = passes ? leaf.max_points : pass_fail->fail_points;
    } else if (const auto* events = std::get_if<EventsRule>(&leaf.rule)) {
      WorkEvents(*events, gift, line);
      Overflow(leaf, line);
    } else if (const auto* places = std::get_if<PlacesRule>(&leaf.rule)) {
      WorkPlaces(*places, row, unit, line);
      Overflow(leaf, line);
    } else if (const auto* roles = std::get_if<RolesRule>(&leaf.rule)) {
      const Role role = pact_.members[unit].role;
      line.raw_points = role == Role::kLeader   ? roles->leader
                        : role == Role::kDeputy ? roles->deputy
                                                : roles->member;
      Count(role == Role::kMember ? "roles: member" : "roles: leader or deputy");
      Overflow(leaf, line);
    } else if (const auto* formula = std::get_if<FormulaRule>(&leaf.rule)) {
      if (!WorkFormula(*formula, row, unit, line)) {
        Count("formula: points absent");
        line.raw_points = line.raw_bonus = 0;
        if (leaf.when_missing == WhenMissing::kLeaveOut) {
          line = Line();
          return;
        }
        Count("missing: owed");
      }
    }
    Finish(leaf, line);
  }

  // What is beyond the maximum is bonus.
  void Overflow(const Criterion& leaf, Line& line) {
    const Fraction beyond = line.raw_points - leaf.max_points;
    if (beyond.is_negative() || beyond.is_zero()) return;
    line.raw_bonus = beyond;
    line.raw_points = leaf.max_points;
    Count("beyond the maximum as bonus");
  }

  void WorkTargets(const TargetsRule& rule, const Criterion& leaf, size_t row, size_t unit,
                   Line& line) {
    const std::vector<const Aim*> counted = CountedOf(row, unit);
    const Fraction share_points = Fraction(leaf.max_points) / static_cast<int64_t>(counted.size());
    Count("targets");
    if (counted.size() > 1) Count("targets: several");
    // The highest of the bloc, of those with a target and of those without.
    Fraction highest, highest_figure;
    Maybe lowest_figure;  // Where lower is better.
    for (const Aim& aim : aims_) {
      if (aim.row != row || !aim.counted) continue;
      if (slip_ == Slip::kMeasuresByOwnBest && aim.unit != unit) continue;
      if (!aim.without) {
        highest = Greater(highest, aim.share);
      } else if (aim.target->direction == Direction::kHigherIsBetter) {
        highest_figure = Greater(highest_figure, aim.share);
      } else if (!lowest_figure.has_value() || aim.share < *lowest_figure) {
        lowest_figure = aim.share;
      }
    }
    for (const Aim* aim : counted) {
      if (aim->without) {
        Count("targets: without a target");
        Fraction beside;
        if (aim->target->direction == Direction::kLowerIsBetter) {
          Count("targets: without a target, lower is better");
          beside = aim->share.is_zero() ? Fraction(1) : *lowest_figure / aim->share;
        } else if (!highest_figure.is_zero()) {
          beside = aim->share / highest_figure;
        }
        Fraction points = share_points * beside;
        if (rule.each_rounding.has_value()) {
          points = Rounded(points, rule.each_rounding->step, rule.each_rounding->mode, slip_);
        }
        line.raw_points = line.raw_points + points;
        continue;
      }
      Fraction points = share_points * EarnedShare(rule, *aim, highest);
      const Fraction percent = aim->share * 100;
      if (Fraction(100) < percent) {
        line.raw_bonus =
            line.raw_bonus + Floor(percent - 100) * Fraction(rule.bonus_per_percent_above);
        if (rule.bonus_per_percent_above > 0) Count("targets: bonus per percent");
      }
      for (const PercentStep& step : rule.steps) {
        const Fraction way = step.above ? percent - Fraction(step.from_percent)
                                        : Fraction(step.from_percent) - percent;
        if (way.is_negative() || way.is_zero()) continue;
        const Fraction steps = way / Fraction(step.every_percent);
        const Fraction whole = step.begun_counts ? Ceil(steps) : Floor(steps);
        if (steps == whole) Count("targets: step exactly");
        Count(step.begun_counts ? "targets: steps begun" : "targets: steps whole");
        // Silence is never better than a figure of 0, nor does it earn anything.
        if (!aim->reported) {
          Count("targets: steps of what was not reported");
          if (step.points > 0) continue;
        }
        Fraction size = whole * Size(step.points);
        if (step.at_most.has_value() && Fraction(*step.at_most) < size) {
          Count("targets: steps up to the most");
          if (slip_ != Slip::kForgetsStepsMost) size = *step.at_most;
        }
        if (step.points > 0) {
          line.raw_bonus = line.raw_bonus + size;
        } else {
          points = points - size;
        }
      }
      if (rule.each_rounding.has_value()) {
        points = Rounded(points, rule.each_rounding->step, rule.each_rounding->mode, slip_);
        Count("targets: each rounded");
      }
      line.raw_points = line.raw_points + points;
    }
  }

  Fraction EarnedShare(const TargetsRule& rule, const Aim& aim, const Fraction& highest) {
    const Fraction& share = aim.share;
    if (rule.best_in_bloc.has_value()) {
      if (rule.best_in_bloc->method == BestInBloc::Method::kShareOfHighest) {
        Count("targets: share of highest");
        return highest.is_zero() ? Fraction() : share / highest;
      }
      Count("targets: excess over highest");
      const Fraction at = Percent(rule.best_in_bloc->at_target_percent);
      if (!(Fraction(1) < share)) return at * share;
      Count("targets: above the target under best_in_bloc");
      return at + (Fraction(1) - at) * (share - 1) / (highest - 1);
    }
    const Fraction cap = Percent(rule.achievement_cap_percent);
    if (share == cap) Count("targets: exactly at the cap");
    if (cap < share) Count("targets: above the cap");
    const Fraction cut = slip_ == Slip::kForgetsAchievementCap ? share : Smaller(share, cap);
    if (!rule.curve.has_value()) return cut;
    Count(rule.curve->between == Curve::Between::kLinear ? "targets: linear curve"
                                                         : "targets: curve of steps");
    for (const Curve::Point& point : rule.curve->points) {
      if (cut == Percent(point.achievement_percent)) Count("targets: exactly at a curve's point");
    }
    return aim.reported ? Earned(*rule.curve, cut) : Fraction();
  }

  void WorkAssessed(const AssessedRule& rule, const Criterion& leaf, const Gift& gift, Line& line) {
    Count("assessed");
    line.raw_points = Greater(gift.points, 0);
    if (rule.scale_max.has_value()) {
      Count("assessed: on a scale");
      line.raw_points = line.raw_points / Fraction(*rule.scale_max) * Fraction(leaf.max_points);
    }
    line.raw_bonus = gift.bonus;
  }

  void WorkEvents(const EventsRule& rule, const Gift& gift, Line& line) {
    line.raw_points = rule.starts_at;
    Count("events");
    std::vector<Fraction> happened;
    for (const EventsRule::Event& event : rule.events) {
      const auto figure = gift.figures.find(event.id);
      Fraction times = figure == gift.figures.end() ? Fraction() : figure->second;
      if (!(Fraction() < times)) continue;
      if (event.most_times.has_value() && Fraction(*event.most_times) < times &&
          slip_ != Slip::kCountsEventsWithoutEnd) {
        times = *event.most_times;
        Count("events: most times");
      }
      happened.push_back(event.points);
      if (!rule.only_greatest) line.raw_points = line.raw_points + times * Fraction(event.points);
    }
    if (!rule.only_greatest || happened.empty()) return;
    Count(happened.size() > 1 ? "events: only the greatest of several"
                              : "events: only the greatest");
    const Fraction highest = *std::max_element(happened.begin(), happened.end());
    const Fraction lowest = *std::min_element(happened.begin(), happened.end());
    line.raw_points = line.raw_points + (highest.is_negative() ? lowest : highest);
  }

  void WorkPlaces(const PlacesRule& rule, size_t row, size_t unit, Line& line) {
    const auto points_of = [&](int64_t place) {
      const auto at = static_cast<size_t>(place) - 1;
      return Fraction(at < rule.points.size() ? rule.points[at] : rule.beyond);
    };
    if (rule.source == PlacesRule::Source::kGivenPlace) {
      Count("places: given");
      const Fraction place = Ceil(GiftOf(row, unit)->figures.at("place"));
      line.place = place.top.convert_to<int>();
      line.raw_points = points_of(line.place);
      return;
    }
    const bool high = rule.source == PlacesRule::Source::kHighestMark;
    Count(high ? "places: by highest mark" : "places: by lowest mark");
    const Fraction own = GiftOf(row, unit)->figures.at("mark");
    int64_t better = 0, equal = 0, equal_before = 0;
    for (size_t other = 0; other < pact_.members.size(); ++other) {
      if (IsExcluded(row, other) || FootingOf(row, other) != Footing::kKnown) continue;
      const Fraction mark = GiftOf(row, other)->figures.at("mark");
      if (mark == own) {
        ++equal;
        if (other < unit) ++equal_before;
      } else if ((own < mark) == high) {
        ++better;
      }
    }
    line.place = static_cast<int>(better) + 1;
    if (slip_ == Slip::kPlacesTiesByOrder) {
      line.place += static_cast<int>(equal_before);
      equal = 1;
    }
    if (equal > 1) Count(rule.ties_share_average ? "places: tied, average" : "places: tied, best");
    if (!rule.ties_share_average) equal = 1;
    for (int64_t i = 0; i < equal; ++i) {
      line.raw_points = line.raw_points + points_of(line.place + i) / equal;
    }
  }

  // Whether it comes to anything.
  bool WorkFormula(const FormulaRule& rule, size_t row, size_t unit, Line& line) {
    if (!rule.each_target) {
      Count(rule.takes_targets ? "formula: over targets" : "formula: over figures");
      const Stand here = {Place::kCriterion, unit, row};
      const Maybe points = ValueOf(rule.points, here);
      line.raw_points = points.value_or(0);
      if (!rule.bonus.empty()) line.raw_bonus = ValueOf(rule.bonus, here).value_or(0);
      return points.has_value();
    }
    bool any = false;
    for (const Aim* aim : CountedOf(row, unit)) {
      Count("formula: of each target");
      const Stand here = {Place::kEachTarget, unit, row, aim};
      const Maybe points = ValueOf(rule.points, here);
      if (!points.has_value()) Count("formula: absent of a target");
      any = any || points.has_value();
      line.raw_points = line.raw_points + points.value_or(0);
      if (!rule.bonus.empty()) {
        line.raw_bonus = line.raw_bonus + ValueOf(rule.bonus, here).value_or(0);
      }
    }
    return any;
  }

  // --- Units, ranking, classes, awards.

  Line SumOf(size_t unit) {
    Line sum;
    for (size_t row = 0; row < rows_.size(); ++row) {
      if (rows_[row].parent >= 0) continue;
      const Line& line = LineOf(row, unit);
      sum.assigned_points = sum.assigned_points + line.assigned_points;
      sum.points = sum.points + line.points;
      sum.bonus = sum.bonus + line.bonus;
    }
    return sum;
  }
  Fraction TotalOf(size_t unit) {
    const Line sum = SumOf(unit);
    return sum.points + sum.bonus;
  }
  // Of what is assigned; 1 is all. Only of a ranked unit.
  Fraction ShareOf(size_t unit) { return TotalOf(unit) / SumOf(unit).assigned_points; }
  bool IsRanked(size_t unit) { return !SumOf(unit).assigned_points.is_zero(); }

  Maybe KeyOf(size_t unit) {
    const RankingRule& rule = pact_.scheme.ranking;
    Maybe key;
    Fraction scale = 1;
    switch (rule.key) {
      case RankingKey::kPoints:
        key = TotalOf(unit);
        break;
      case RankingKey::kPercentOfAssigned:
        key = ShareOf(unit);
        scale = 100;
        break;
      case RankingKey::kCappedPoints:
        key = Smaller(TotalOf(unit), *rule.cap);
        break;
      case RankingKey::kFormula:
        key = ValueOf(rule.formula, {Place::kUnit, unit, 0});
        if (!key.has_value()) Count("ranking: key absent");
        key = key.value_or(0);
        break;
    }
    if (key.has_value() && rule.rounding.has_value()) {
      key = Rounded(*key * scale, rule.rounding->step, rule.rounding->mode, slip_) / scale;
    }
    return key;
  }

  Maybe TieValueOf(const TieKey& tie_key, size_t unit) {
    if (!tie_key.formula.empty()) return ValueOf(tie_key.formula, {Place::kUnit, unit, 0});
    return LineOf(RowOf(tie_key.criterion), unit).points;
  }

  // A unit with its keys, the ranking's own first; each is such that more is better.
  struct Contender {
    size_t unit = 0;
    std::vector<Maybe> keys;
  };
  Contender ContenderOf(size_t unit) {
    Contender contender{unit, {KeyOf(unit)}};
    if (slip_ == Slip::kForgetsTieKeys) return contender;
    for (const TieKey& tie_key : pact_.scheme.ranking.tie_keys) {
      Maybe value = TieValueOf(tie_key, unit);
      if (value.has_value() && tie_key.less_is_better) value = Fraction() - *value;
      contender.keys.push_back(value);
    }
    return contender;
  }

  // The first key by which `a` is better than `b`; nothing if it is not.
  static std::optional<size_t> BetterBy(const Contender& a, const Contender& b) {
    for (size_t i = 0; i < a.keys.size(); ++i) {
      const Maybe &left = a.keys[i], &right = b.keys[i];
      if (!left.has_value() && !right.has_value()) continue;
      if (!left.has_value()) return std::nullopt;
      if (!right.has_value() || *right < *left) return i;
      if (*left < *right) return std::nullopt;
    }
    return std::nullopt;
  }

  std::vector<Ranked> RankAll() {
    const RankingRule& rule = pact_.scheme.ranking;
    std::vector<Contender> contenders;
    std::vector<Ranked> places, unranked;
    for (size_t unit = 0; unit < pact_.members.size(); ++unit) {
      if (IsRanked(unit)) {
        contenders.push_back(ContenderOf(unit));
      } else {
        Ranked none;
        none.unit = unit;
        unranked.push_back(none);
        Count("ranking: unranked");
      }
    }
    for (const Contender& own : contenders) {
      Ranked place;
      place.unit = own.unit;
      place.rank = 1;
      place.key = own.keys[0].value_or(0);
      const Contender* next = nullptr;  // The best of those that are worse.
      for (size_t i = 0; i < contenders.size(); ++i) {
        const Contender& other = contenders[i];
        if (other.unit == own.unit) continue;
        if (BetterBy(other, own).has_value()) {
          // When dense, equals that are better count once: for the first of them.
          bool counted = false;
          for (size_t k = 0; k < i && rule.dense && slip_ != Slip::kSkipsAfterShared; ++k) {
            counted = counted || (!BetterBy(contenders[k], other).has_value() &&
                                  !BetterBy(other, contenders[k]).has_value());
          }
          if (!counted) ++place.rank;
          if (counted) Count("ranking: dense");
        } else if (const std::optional<size_t> by = BetterBy(own, other); by.has_value()) {
          if (next == nullptr || BetterBy(other, *next).has_value()) next = &other;
          if (*by == 0 && own.keys[0].has_value()) {
            const Fraction lead = place.key - other.keys[0].value_or(0);
            if (place.margin.is_zero() || lead < place.margin) place.margin = lead;
          }
        } else {
          place.shared = true;
        }
      }
      if (next != nullptr) {
        const size_t by = *BetterBy(own, *next);
        if (by > 0) {
          place.decided_by = by - 1;
          Count(rule.tie_keys[by - 1].formula.empty() ? "ranking: decided by a criterion"
                                                      : "ranking: decided by a formula");
          if (rule.tie_keys[by - 1].less_is_better) Count("ranking: decided by less");
        }
      }
      if (place.shared) Count("ranking: shared");
      constexpr const char* kKeys[] = {"ranking: points", "ranking: percent", "ranking: capped",
                                       "ranking: formula"};
      Count(kKeys[static_cast<int>(rule.key)]);
      if (rule.rounding.has_value()) Count("ranking: key rounded");
      places.push_back(place);
    }
    std::stable_sort(places.begin(), places.end(),
                     [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
    places.insert(places.end(), unranked.begin(), unranked.end());
    return places;
  }

  std::string ClassOf(size_t unit) {
    if (!IsRanked(unit)) return "";
    const Classes& classes = pact_.scheme.classes;
    Fraction measure = TotalOf(unit);
    if (classes.measure == Classes::Measure::kCappedPoints)
      measure = Smaller(measure, *classes.cap);
    if (classes.measure == Classes::Measure::kPercentOfAssigned) measure = ShareOf(unit) * 100;
    for (const ClassRule& one : classes.classes) {
      const Fraction bar = one.at_least;
      if (measure < bar) continue;
      if (measure == bar) Count("classes: exactly at the bar");
      if (measure == bar && slip_ == Slip::kWantsMoreThanBar) continue;
      if (!one.condition.empty()) {
        if (!Holds(one.condition, {Place::kUnit, unit, 0})) {
          Count("classes: kept out by a condition");
          continue;
        }
        Count("classes: let in by a condition");
      }
      Count("classes: given");
      return one.id;
    }
    if (!classes.classes.empty()) Count("classes: none reached");
    return "";
  }

  // --- Awards: every course is followed that votes still to come may give them.

  // Who has an award by then, and who of them the one that is being given out.
  struct Course {
    std::set<size_t> have, have_this;
    friend bool operator<(const Course& a, const Course& b) {
      return std::tie(a.have, a.have_this) < std::tie(b.have, b.have_this);
    }
  };
  using Courses = std::set<Course>;

  std::vector<Candidates> Propose(const Verdict& verdict) {
    std::vector<Candidates> all;
    Courses courses = {{}};
    int unknown_from = INT_MAX;  // A rank: who of it has an award is not followed further.
    for (size_t award = 0; award < pact_.scheme.awards.size(); ++award) {
      Courses before;
      for (const Course& course : courses) before.insert({course.have, {}});
      courses = before;
      all.push_back(ProposeOne(award, verdict, courses, unknown_from));
      for (const Candidate& one : all.back().in_order) {
        constexpr const char* kStandings[] = {"awards: proposed",   "awards: tied",
                                              "awards: ineligible", "awards: other class",
                                              "awards: voted down", "awards: not chosen"};
        Count(kStandings[static_cast<int>(one.standing)]);
        if (one.waits) Count("awards: tied, and for the one before");
      }
      if (all.back().waits) Count("awards: wait");
      if (all.back().open > 0) Count("awards: for nobody");
    }
    return all;
  }

  Candidates ProposeOne(size_t award, const Verdict& verdict, Courses& courses, int& unknown_from) {
    using Standing = AwardCandidate::Standing;
    Candidates list;
    std::vector<Candidate> passed_over;
    std::set<int> ranks;
    for (const Ranked& place : verdict.places) ranks.insert(place.rank);
    ranks.erase(0);
    const auto left = [&] {
      return static_cast<size_t>(pact_.scheme.awards[award].at_most) -
             courses.begin()->have_this.size();
    };
    for (const int rank : ranks) {
      if (left() == 0) break;
      if (rank >= unknown_from) {
        list.waits = true;
        break;
      }
      std::vector<size_t> turn;
      std::set<size_t> maybe;  // They have one in some courses only.
      bool all_fit = true;     // Those do.
      for (const Ranked& place : verdict.places) {
        const size_t unit = place.unit;
        const auto having = std::count_if(courses.begin(), courses.end(), [&](const Course& one) {
          return one.have.count(unit) > 0;
        });
        if (place.rank != rank || having == std::ssize(courses)) continue;
        if (having > 0) maybe.insert(unit);
        const std::optional<Standing> why_not = PassedOver(award, unit, verdict);
        if (why_not.has_value()) {
          passed_over.push_back({unit, *why_not});
          all_fit = all_fit && having == 0;
        } else {
          turn.push_back(unit);
        }
      }
      if (turn.empty()) continue;
      list.in_order.insert(list.in_order.end(), passed_over.begin(), passed_over.end());
      passed_over.clear();
      const bool known = std::none_of(turn.begin(), turn.end(),
                                      [&](size_t unit) { return maybe.count(unit) > 0; });
      if (!known && !all_fit) {  // How many are in line is another number in each course.
        for (const size_t unit : turn) {
          list.in_order.push_back(
              {unit, Standing::kTied, turn.size(), left(), maybe.count(unit) > 0});
        }
        unknown_from = rank;
        list.waits = true;
        break;
      }
      GiveTo(award, turn, maybe, left(), courses, list);
    }
    if (left() > 0)
      list.in_order.insert(list.in_order.end(), passed_over.begin(), passed_over.end());
    if (!list.waits) list.open = left();
    return list;
  }

  // Those whose turn it is get what is left, in each course.
  void GiveTo(size_t award, std::vector<size_t> turn, const std::set<size_t>& maybe, size_t left,
              Courses& courses, Candidates& list) {
    using Standing = AwardCandidate::Standing;
    const auto yes = [&](size_t unit) { return case_.votes.at({award, unit}).yes; };
    // Votes tell equals apart when it is known who they are.
    const bool known =
        std::none_of(turn.begin(), turn.end(), [&](size_t unit) { return maybe.count(unit) > 0; });
    std::set<std::string> sessions;
    const bool by_votes = known && turn.size() > left && slip_ != Slip::kIgnoresVotes &&
                          std::all_of(turn.begin(), turn.end(),
                                      [&](size_t unit) {
                                        const auto votes = case_.votes.find({award, unit});
                                        if (votes == case_.votes.end()) return false;
                                        sessions.insert(votes->second.session);
                                        return true;
                                      }) &&
                          sessions.size() == 1;
    if (sessions.size() > 1) Count("awards: voted on in two sessions");
    Courses after;
    for (const Course& course : courses) {
      std::vector<size_t> sure, open;
      for (const size_t unit : turn) {
        if (course.have.count(unit) > 0) continue;
        const auto better = std::count_if(turn.begin(), turn.end(), [&](size_t other) {
          return by_votes && yes(other) > yes(unit);
        });
        const auto as_good = std::count_if(turn.begin(), turn.end(), [&](size_t other) {
          return by_votes && other != unit && yes(other) >= yes(unit);
        });
        if (by_votes && as_good < static_cast<std::ptrdiff_t>(left)) {
          sure.push_back(unit);
        } else if (!by_votes || better < static_cast<std::ptrdiff_t>(left)) {
          open.push_back(unit);
        }
      }
      const size_t takers = std::min(open.size(), left - sure.size());
      for (unsigned chosen = 0; chosen < (1u << open.size()); ++chosen) {
        if (static_cast<size_t>(std::popcount(chosen)) != takers) continue;
        Course then = course;
        for (size_t i = 0; i < open.size(); ++i) {
          if ((chosen >> i & 1) != 0) then.have_this.insert(open[i]);
        }
        then.have_this.insert(sure.begin(), sure.end());
        then.have.insert(then.have_this.begin(), then.have_this.end());
        after.insert(then);
      }
    }
    courses = after;
    if (by_votes) {
      Count("awards: voted on among equals");
      std::stable_sort(turn.begin(), turn.end(),
                       [&](size_t a, size_t b) { return yes(a) > yes(b); });
    }
    std::vector<Candidate> here;
    size_t tied = 0, tied_get = 0;
    for (const size_t unit : turn) {
      const auto getting = std::count_if(courses.begin(), courses.end(), [&](const Course& one) {
        return one.have_this.count(unit) > 0;
      });
      Candidate& one = here.emplace_back();
      one.unit = unit;
      if (getting == std::ssize(courses)) continue;
      one.standing = getting == 0 ? Standing::kNotChosen : Standing::kTied;
      if (getting == 0) continue;
      ++tied;
      tied_get += courses.begin()->have_this.count(unit);
      one.waits = maybe.count(unit) > 0;
    }
    for (Candidate& one : here) {
      const bool is_tied = one.standing == Standing::kTied;
      if (is_tied || by_votes) {
        one.equals = is_tied ? tied : turn.size();
        one.equals_for = is_tied ? tied_get : left;
      }
      if (is_tied && slip_ == Slip::kProposesTied) one.standing = Standing::kProposed;
      if (is_tied && slip_ == Slip::kTiedHaveHadTheirTurn) {
        Courses gone;
        for (Course course : courses) {
          course.have.insert(one.unit);
          gone.insert(course);
        }
        courses = gone;
      }
      list.in_order.push_back(one);
    }
  }

  std::optional<AwardCandidate::Standing> PassedOver(size_t award, size_t unit,
                                                     const Verdict& verdict) {
    using Standing = AwardCandidate::Standing;
    const AwardRule& rule = pact_.scheme.awards[award];
    const std::vector<std::string>& out = case_.ineligible;
    if (std::find(out.begin(), out.end(), pact_.members[unit].unit) != out.end()) {
      return Standing::kIneligible;
    }
    const std::vector<std::string>& wanted = rule.classes;
    if (!wanted.empty() &&
        std::find(wanted.begin(), wanted.end(), verdict.classes[unit]) == wanted.end()) {
      return Standing::kOtherClass;
    }
    const auto votes = case_.votes.find({award, unit});
    if (votes == case_.votes.end() || !rule.votes_at_least_percent.has_value()) return std::nullopt;
    const VoteCount& count = votes->second;
    const Fraction share = Fraction(count.yes) / Fraction(count.yes + count.no + count.blank);
    if (share < Percent(*rule.votes_at_least_percent)) return Standing::kVotedDown;
    return std::nullopt;
  }

  // --- Formulas.

  Maybe ValueOf(const std::string& formula, const Stand& stand) {
    return ValueOf(case_.formulas.at(formula), stand);
  }
  bool Holds(const std::string& condition, const Stand& stand) {
    const Maybe value = ValueOf(condition, stand);
    if (!value.has_value()) Count("formulas: condition absent");
    return value.has_value() && !value->is_zero();
  }

  static Maybe Truth(bool truth) { return Fraction(truth ? 1 : 0); }
  static bool IsTrue(const Maybe& value) { return value.has_value() && !value->is_zero(); }
  static bool IsFalse(const Maybe& value) { return value.has_value() && value->is_zero(); }

  Maybe ValueOf(const Tree& tree, const Stand& stand) {
    Maybe value = ValueOfKind(tree, stand);
    if (tree.kind >= Kind::kChoice) {
      Count(FeatureOf(tree.kind));
    } else if (tree.kind >= Kind::kName) {
      ++reached_[tree.name];
    }
    if (!value.has_value() && slip_ == Slip::kTakesAbsentForZero) return Fraction(0);
    return value;
  }

  Maybe ValueOfKind(const Tree& tree, const Stand& stand) {
    const auto part = [&](size_t i) { return ValueOf(tree.parts.at(i), stand); };
    switch (tree.kind) {
      case Kind::kNumber:
      case Kind::kTruth:
        return Fraction(tree.number);
      case Kind::kName:
        return OfName(tree.name, stand);
      case Kind::kLookup:
        return OfLookup(tree.name, tree.id, stand);
      case Kind::kChoice: {
        const Maybe condition = part(0);
        if (!condition.has_value()) return std::nullopt;
        return part(condition->is_zero() ? 2 : 1);
      }
      case Kind::kOr: {
        const Maybe a = part(0), b = part(1);
        if (IsTrue(a) || IsTrue(b)) return Truth(true);
        if (!a.has_value() || !b.has_value()) return std::nullopt;
        return Truth(false);
      }
      case Kind::kAnd: {
        const Maybe a = part(0), b = part(1);
        if (IsFalse(a) || IsFalse(b)) return Truth(false);
        if (!a.has_value() || !b.has_value()) return std::nullopt;
        return Truth(true);
      }
      case Kind::kHas:
        return Truth(part(0).has_value());
      case Kind::kValueOr: {
        const Maybe a = part(0);
        Count(a.has_value() ? "formulas: value_or, there" : "formulas: value_or, absent");
        return a.has_value() ? a : part(1);
      }
      case Kind::kSum:
      case Kind::kAverage:
      case Kind::kHighest:
      case Kind::kLowest:
      case Kind::kCount:
      case Kind::kAll:
      case Kind::kAny:
      case Kind::kFirst:
      case Kind::kRank:
        return OfList(tree, stand);
      default:
        break;
    }
    // What is made of an absent value is absent.
    std::vector<Fraction> made_of;
    for (size_t i = 0; i < tree.parts.size(); ++i) {
      const Maybe value = part(i);
      if (!value.has_value()) return std::nullopt;
      made_of.push_back(*value);
    }
    const Fraction& a = made_of[0];
    switch (tree.kind) {
      case Kind::kNot:
        return Truth(a.is_zero());
      case Kind::kEqual:
        return Truth(a == made_of[1]);
      case Kind::kUnequal:
        return Truth(!(a == made_of[1]));
      case Kind::kLess:
        return Truth(a < made_of[1]);
      case Kind::kLessOrEqual:
        return Truth(!(made_of[1] < a));
      case Kind::kGreater:
        return Truth(made_of[1] < a);
      case Kind::kGreaterOrEqual:
        return Truth(!(a < made_of[1]));
      case Kind::kPlus:
        return a + made_of[1];
      case Kind::kMinus:
        return a - made_of[1];
      case Kind::kTimes:
        return a * made_of[1];
      case Kind::kOver:
        if (made_of[1].is_zero()) {
          Count("formulas: divided by zero");
          return std::nullopt;
        }
        return a / made_of[1];
      case Kind::kNegative:
        return Fraction() - a;
      case Kind::kMin:
        return *std::min_element(made_of.begin(), made_of.end());
      case Kind::kMax:
        return *std::max_element(made_of.begin(), made_of.end());
      case Kind::kAbs:
        return Size(a);
      case Kind::kFloor:
        return Floor(a);
      case Kind::kCeil:
        return Ceil(a);
      case Kind::kRound: {
        Integer parts = 1;
        for (int i = 0; i < tree.digits; ++i) parts *= 10;
        const Fraction raised = Floor(Size(a) * Fraction(parts, 1) + Fraction(1, 2));
        // More digits than a Decimal has.
        if (!(raised < Fraction(1'000'000'000'000'000'000))) {
          Count("formulas: rounded to too many digits");
          return std::nullopt;
        }
        const Fraction size = raised / Fraction(parts, 1);
        return a.is_negative() ? Fraction() - size : size;
      }
      default:
        return std::nullopt;
    }
  }

  std::vector<Stand> ElementsOf(const std::string& list, const Stand& stand) {
    std::vector<Stand> elements;
    const bool at_unit = stand.place == Place::kUnit || stand.place == Place::kBlocUnit;
    if (list == "targets") {
      for (const Aim& aim : aims_) {
        if (aim.unit != stand.unit || !aim.counted) continue;
        if (!at_unit && !IsAtOrUnder(aim.row, stand.row)) continue;
        elements.push_back({Place::kTarget, aim.unit, aim.row, &aim});
      }
    } else if (list == "criteria") {
      Count("formulas: over criteria");
      for (size_t row = 0; row < rows_.size(); ++row) {
        if (rows_[row].criterion->children.empty() && LineOf(row, stand.unit).assigned) {
          elements.push_back({Place::kLeaf, stand.unit, row});
        }
      }
    } else if (stand.place == Place::kEachTarget) {
      for (const Aim& aim : aims_) {
        if (aim.row == stand.row && aim.counted) {
          elements.push_back({Place::kTarget, aim.unit, aim.row, &aim});
        }
      }
    } else {
      for (size_t unit = 0; unit < pact_.members.size(); ++unit) {
        if (at_unit ? IsRanked(unit) : !IsExcluded(stand.row, unit)) {
          elements.push_back({at_unit ? Place::kBlocUnit : Place::kCriterion, unit, stand.row});
        }
      }
    }
    return elements;
  }

  Maybe OfList(const Tree& tree, const Stand& stand) {
    const std::vector<Stand> elements = ElementsOf(tree.name, stand);
    std::vector<Fraction> values;  // Those that are there.
    bool absent = false;
    for (const Stand& element : elements) {
      const Maybe value = ValueOf(tree.parts.at(0), element);
      if (!value.has_value()) {
        absent = true;
        continue;
      }
      if (tree.kind == Kind::kFirst && !value->is_zero()) {
        const Maybe x = ValueOf(tree.parts.at(1), element);
        if (x.has_value()) return x;
      }
      values.push_back(*value);
    }
    const auto is_true = [](const Fraction& value) { return !value.is_zero(); };
    Count(elements.empty() ? "formulas: aggregate of nothing" : "formulas: aggregate");
    if (absent) Count("formulas: aggregate with absent elements");
    Fraction sum;
    for (const Fraction& value : values) sum = sum + value;
    switch (tree.kind) {
      case Kind::kSum:
        return sum;
      case Kind::kCount:
        return Fraction(std::count_if(values.begin(), values.end(), is_true));
      case Kind::kAll:
        if (!std::all_of(values.begin(), values.end(), is_true)) return Truth(false);
        return absent ? Maybe() : Truth(true);
      case Kind::kAny:
        if (std::any_of(values.begin(), values.end(), is_true)) return Truth(true);
        return absent ? Maybe() : Truth(false);
      case Kind::kFirst:
        return std::nullopt;
      case Kind::kRank: {
        const Maybe own = ValueOf(tree.parts.at(0), stand);
        if (!own.has_value()) return std::nullopt;
        int64_t rank = 1;
        for (const Fraction& value : values) rank += *own < value ? 1 : 0;
        return Fraction(rank);
      }
      default:
        break;
    }
    if (values.empty()) return std::nullopt;
    if (tree.kind == Kind::kAverage) return sum / static_cast<int64_t>(values.size());
    if (tree.kind == Kind::kHighest) return *std::max_element(values.begin(), values.end());
    return *std::min_element(values.begin(), values.end());
  }

  Maybe OfName(const std::string& name, const Stand& stand) {
    const Member& member = pact_.members[stand.unit];
    if (name == "is_leader") return Truth(member.role == Role::kLeader);
    if (name == "is_deputy") return Truth(member.role == Role::kDeputy);
    if (stand.place == Place::kTarget || stand.place == Place::kEachTarget) {
      const Aim& aim = *stand.aim;
      const bool has_actual = aim.result != nullptr && aim.result->actual.has_value();
      if (name == "achievement") return aim.without ? Maybe() : Maybe(aim.share);
      if (name == "percent") return aim.without ? Maybe() : Maybe(aim.share * 100);
      if (name == "actual") return has_actual ? Maybe(aim.result->actual.value) : Maybe();
      if (name == "target") {
        return aim.target->value.has_value() ? Maybe(aim.target->value.value) : Maybe();
      }
      if (name == "reported") return Truth(aim.reported);
      if (name == "has_target") return Truth(aim.target->value.has_value());
      if (name == "reached") return IsReached(aim);
    }
    const Criterion& criterion = *rows_[stand.row].criterion;
    if (name == "max_points") return Fraction(criterion.max_points);
    if (name == "bonus_cap") return Fraction(criterion.bonus_cap);
    if (name == "points") return LineOf(stand.row, stand.unit).points;
    if (name == "bonus") return LineOf(stand.row, stand.unit).bonus;
    if (name == "share_points") {
      return Fraction(criterion.max_points) /
             static_cast<int64_t>(CountedOf(stand.row, stand.unit).size());
    }
    if (name == "total") return TotalOf(stand.unit);
    if (name == "assigned_points") return SumOf(stand.unit).assigned_points;
    if (name == "percent") {
      return IsRanked(stand.unit) ? Maybe(ShareOf(stand.unit) * 100) : Maybe();
    }
    std::abort();  // A name that is drawn and not answered.
  }

  Maybe OfLookup(const std::string& name, const std::string& id, const Stand& stand) {
    if (name == "param") {
      for (const Parameter& parameter : pact_.scheme.parameters) {
        if (parameter.id != id) continue;
        for (const auto& [unit, value] : parameter.of_units) {
          if (unit == pact_.members[stand.unit].unit) return Fraction(value);
        }
        return Fraction(parameter.value);
      }
    }
    if (name == "under") return Truth(IsAtOrUnder(stand.aim->row, RowOf(id)));
    if (name == "figure" || name == "given") {
      const Gift gift = GiftOf(stand.row, stand.unit).value_or(Gift());
      const auto& from = name == "figure" ? gift.figures : gift.by_layer;
      const auto found = from.find(id);
      if (found != from.end()) return found->second;
      const bool as_none = rows_[stand.row].criterion->when_missing == WhenMissing::kAsNone;
      return name == "figure" && as_none ? Maybe(Fraction(0)) : Maybe();
    }
    const Line& line = LineOf(RowOf(id), stand.unit);
    if (name == "assigned") return Truth(line.assigned);
    if (!line.assigned) return std::nullopt;
    if (name == "points") return line.points;
    if (name == "bonus") return line.bonus;
    if (line.assigned_points.is_zero()) return std::nullopt;
    return line.points / line.assigned_points * 100;  // percent_of
  }

  const Case& case_;
  const Pact& pact_;
  const Slip slip_;
  Reached& reached_;
  std::vector<Row> rows_;
  std::vector<Aim> aims_;
  std::vector<std::unique_ptr<Line>> memory_;
};

// How strongly a kind binds: a part that binds less stands in parentheses.
int BindingOf(Kind kind) {
  switch (kind) {
    case Kind::kChoice:
      return 0;
    case Kind::kOr:
      return 1;
    case Kind::kAnd:
      return 2;
    case Kind::kEqual:
    case Kind::kUnequal:
    case Kind::kLess:
    case Kind::kLessOrEqual:
    case Kind::kGreater:
    case Kind::kGreaterOrEqual:
      return 3;
    case Kind::kPlus:
    case Kind::kMinus:
      return 4;
    case Kind::kTimes:
    case Kind::kOver:
      return 5;
    case Kind::kNot:
    case Kind::kNegative:
      return 6;
    default:
      return 7;
  }
}

const char* SignOf(Kind kind) {
  constexpr const char* kSigns[] = {
      "",     "",        "",        "",       "",      " || ", " && ",  "!",     " == ",
      " != ", " < ",     " <= ",    " > ",    " >= ",  " + ",  " - ",   " * ",   " / ",
      "-",    "min",     "max",     "abs",    "floor", "ceil", "round", "has",   "value_or",
      "sum",  "average", "highest", "lowest", "count", "all",  "any",   "first", "rank"};
  return kSigns[static_cast<int>(kind)];
}

std::string Print(const Tree& tree, int least);

std::string PrintParts(const Tree& tree) {
  std::string text = "(";
  for (size_t i = 0; i < tree.parts.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", Print(tree.parts[i], 0));
  }
  return text;
}

std::string PrintBare(const Tree& tree) {
  const int own = BindingOf(tree.kind);
  switch (tree.kind) {
    case Kind::kNumber:
      return tree.number.ToString();
    case Kind::kTruth:
      return tree.number.is_zero() ? "false" : "true";
    case Kind::kName:
      return tree.name;
    case Kind::kLookup:
      return absl::StrCat(tree.name, "(\"", tree.id, "\")");
    case Kind::kChoice:
      return absl::StrCat(Print(tree.parts[0], 1), " ? ", Print(tree.parts[1], 1), " : ",
                          Print(tree.parts[2], 0));
    case Kind::kNot:
    case Kind::kNegative:
      return SignOf(tree.kind) + Print(tree.parts[0], 7);
    case Kind::kRound:
      return absl::StrCat(SignOf(tree.kind), PrintParts(tree), ", ", tree.digits, ")");
    default:
      break;
  }
  if (own < 7) {
    return absl::StrCat(Print(tree.parts[0], own), SignOf(tree.kind),
                        Print(tree.parts[1], own + 1));
  }
  return absl::StrCat(tree.name, tree.name.empty() ? "" : ".", SignOf(tree.kind), PrintParts(tree),
                      ")");
}

std::string Print(const Tree& tree, int least) {
  const std::string bare = PrintBare(tree);
  if (tree.extra_parentheses || BindingOf(tree.kind) < least) return "(" + bare + ")";
  return bare;
}

}  // namespace

Fraction::Fraction(const Decimal& decimal) : top(decimal.coefficient()) {
  for (int i = 0; i < decimal.scale(); ++i) bottom *= 10;
  *this = Fraction(top, bottom);
}

Fraction::Fraction(Integer over, Integer under) : top(std::move(over)), bottom(std::move(under)) {
  const Integer divisor = boost::multiprecision::gcd(top, bottom) * (bottom < 0 ? -1 : 1);
  if (divisor == 1) return;
  top /= divisor;
  bottom /= divisor;
}

Fraction operator+(const Fraction& a, const Fraction& b) {
  return {a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom};
}
Fraction operator-(const Fraction& a, const Fraction& b) {
  return {a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom};
}
Fraction operator*(const Fraction& a, const Fraction& b) {
  return {a.top * b.top, a.bottom * b.bottom};
}
Fraction operator/(const Fraction& a, const Fraction& b) {
  return {a.top * b.bottom, a.bottom * b.top};
}
bool operator<(const Fraction& a, const Fraction& b) { return a.top * b.bottom < b.top * a.bottom; }
bool operator==(const Fraction& a, const Fraction& b) {
  return a.top == b.top && a.bottom == b.bottom;
}
std::string Text(const Fraction& a) {
  return a.bottom == 1 ? a.top.str() : a.top.str() + "/" + a.bottom.str();
}

std::string Text(const Tree& tree) { return Print(tree, 0); }

Verdict Judge(const Case& one, Slip slip, Reached& reached) {
  return Oracle(one, slip, reached).Run();
}

}  // namespace thidua::domain::oracle
