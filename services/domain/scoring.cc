#include "services/domain/scoring.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "services/domain/scoring_inputs.h"

namespace thidua::domain {
namespace {

// Scores one bloc: criterion by criterion, in the plan's order, for all units.
class Engine {
 public:
  Engine(const ScoringPlan& plan, const PeriodFigures& figures, bool detailed, ScoreSheet& sheet)
      : plan_(plan), figures_(figures), sheet_(sheet), units_(figures.units), detailed_(detailed) {
    sheet.plan = &plan;
    sheet.figures = &figures;
    sheet.detailed = detailed;
    const size_t size = plan.nodes().size() * units_;
    sheet.flags.assign(size, 0);
    sheet.assigned_points.resize(size);
    sheet.points.resize(size);
    sheet.bonus.resize(size);
    sheet.lane_steps.resize(size);
    sheet.lane_sums.resize(plan.nodes().size());
    sheet.units.resize(units_);
    // A formula of each target finds the target's share of the points there, whoever asks.
    sheet.targets.resize(figures.targets.size());
    sheet.details.assign(detailed ? size : 0, {});
    if (detailed) std::fill(sheet.targets.begin(), sheet.targets.end(), TargetPoints());
  }

  void Run() {
    for (size_t n = 0; n < plan_.nodes().size(); ++n) {
      // A leaf at the top is its own parent, and nobody looks at its sums.
      if (plan_.nodes()[n].is_leaf && !plan_.nodes()[n].is_content) continue;
      sheet_.lane_sums[n] = {};
      std::fill_n(sheet_.lane_steps.data() + At(n, 0), units_, 0);  // There may be no units.
    }
    for (const size_t n : plan_.formulas().order) {
      const PlanNode& node = plan_.nodes()[n];
      if (figures_.voided[n]) continue;
      if (!node.is_leaf) {
        AddUpChildren(n, node);
      } else if (HasLane(n)) {
        ScoreLane(n, node);
      } else {
        std::visit([&](const auto& rule) { ScoreLeaf(n, node, rule); }, node.criterion->rule);
      }
      if (!node.criterion->limits.empty()) ApplyLimits(n, node);
    }
    AddUpContents();
  }

 private:
  size_t At(size_t n, size_t u) const { return n * units_ + u; }
  bool Excluded(size_t n, size_t u) const { return figures_.excluded[At(n, u)]; }
  const AssessedPoints* Given(size_t n, size_t u) const { return figures_.assessed[At(n, u)]; }

  // The points of a leaf, and what is beyond them.
  void Settle(const PlanNode& node, size_t at, Rational points, Rational bonus) {
    sheet_.flags[at] = ScoreSheet::kAssigned;
    Cut(node, at, node.max_points, std::move(points), std::move(bonus));
  }

  // Likewise of what runs over: above the maximum it is bonus.
  void SettleRunningOver(const PlanNode& node, size_t at, Rational points) {
    Rational over = 0;
    if (points > node.max_points) {
      over = points - node.max_points;
      points = node.max_points;
    }
    Settle(node, at, std::move(points), std::move(over));
  }

  // Once, after everything is summed up: parts that were rounded would not add up to the whole.
  void Cut(const PlanNode& node, size_t at, const Rational& most, Rational points, Rational bonus) {
    if (detailed_) {
      sheet_.details[at].raw_points = points;
      sheet_.details[at].raw_bonus = bonus;
    }
    Round(node.criterion->rounding, points);
    if (points > most) points = most;
    if (node.has_min && points < node.min_points) points = node.min_points;
    if (bonus.is_negative()) bonus = 0;
    if (bonus > node.bonus_cap && (node.is_leaf || !node.bonus_cap.is_zero())) {
      bonus = node.bonus_cap;
    }
    sheet_.points[at] = std::move(points);
    if (bonus.is_zero()) return;
    sheet_.flags[at] |= ScoreSheet::kHasBonus;
    sheet_.bonus[at] = std::move(bonus);
  }

  // Nothing was given for the unit: what the scheme says that is worth.
  void Miss(size_t n, size_t u, const PlanNode& node) {
    if (node.criterion->when_missing == WhenMissing::kLeaveOut || Excluded(n, u)) return;
    if (detailed_) sheet_.details[At(n, u)].by_default = true;
    Settle(node, At(n, u), 0, 0);
  }

  void AddUpChildren(size_t n, const PlanNode& node) {
    if (node.criterion->highest_child_only) {
      TakeHighestChild(n, node);
      return;
    }
    const size_t first = At(n, 0), end = At(n + 1, 0);
    const ScoreSheet::LaneSum& lanes = sheet_.lane_sums[n];
    const int64_t steps_per_point = node.pro_rata.steps_per_point;
    for (size_t at = first; at < end; ++at) {
      sheet_.points[at].SetInt64s(sheet_.lane_steps[at], steps_per_point);
      sheet_.assigned_points[at].SetInt64s(lanes.max_steps, steps_per_point);
      sheet_.flags[at] = lanes.number > 0 ? ScoreSheet::kAssigned : 0;
    }
    if (lanes.number < node.children) {
      for (size_t child = n + 1; child < node.end; child = plan_.nodes()[child].end) {
        if (!HasLane(child)) AddUp(plan_.nodes()[child], At(child, 0), first);
      }
    }
    const bool as_is = !detailed_ && !node.criterion->rounding.has_value() && !node.has_min;
    for (size_t at = first; at < end; ++at) {
      // The points of each child are within what it assigns, and so is their sum.
      if (sheet_.flags[at] == 0 || (as_is && sheet_.flags[at] == ScoreSheet::kAssigned)) continue;
      Rational bonus = BonusAt(at);
      sheet_.flags[at] = ScoreSheet::kAssigned;
      Cut(node, at, sheet_.assigned_points[at], std::move(sheet_.points[at]), std::move(bonus));
    }
  }

  // One child to its parent's sums.
  void AddUp(const PlanNode& child, size_t part, size_t sum) {
    for (size_t end = part + units_; part < end; ++part, ++sum) {
      if (sheet_.flags[part] == 0) continue;
      sheet_.flags[sum] |= ScoreSheet::kAssigned;
      sheet_.points[sum] += sheet_.points[part];
      sheet_.assigned_points[sum] += AssignedPoints(child, part);
      if ((sheet_.flags[part] & ScoreSheet::kHasBonus) == 0) continue;
      sheet_.bonus[sum] = BonusAt(sum) + sheet_.bonus[part];
      sheet_.flags[sum] |= ScoreSheet::kHasBonus;
    }
  }

  const Rational& AssignedPoints(const PlanNode& node, size_t at) const {
    return node.is_leaf ? node.max_points : sheet_.assigned_points[at];
  }
  Rational BonusAt(size_t at) const {
    return (sheet_.flags[at] & ScoreSheet::kHasBonus) != 0 ? sheet_.bonus[at] : Rational(0);
  }

  void TakeHighestChild(size_t n, const PlanNode& node) {
    for (size_t u = 0; u < units_; ++u) {
      std::optional<size_t> highest;
      for (size_t child = n + 1; child < node.end; child = plan_.nodes()[child].end) {
        const size_t part = At(child, u);
        if (sheet_.flags[part] == 0) continue;
        if (!highest.has_value() ||
            sheet_.points[part] + BonusAt(part) > sheet_.points[*highest] + BonusAt(*highest)) {
          highest = part;
        }
      }
      if (!highest.has_value()) continue;
      sheet_.assigned_points[At(n, u)] = node.max_points;
      Settle(node, At(n, u), sheet_.points[*highest], BonusAt(*highest));
    }
  }

  // Derivations need what a lane leaves out.
  bool HasLane(size_t n) const {
    return !detailed_ && figures_.lane_begin[n] != PeriodFigures::kNoLane;
  }

  // The common case in whole numbers alone, the hottest loop of scoring: each unit has one target
  // under the leaf, and earns max_steps × min(share, 1) steps, rounded half up. They are added to
  // those of the parent's other children while they are at hand.
  void ScoreLane(size_t n, const PlanNode& node) {
    const Rational::Int64s* shares = &figures_.lanes[figures_.lane_begin[n]];
    Rational* points = &sheet_.points[At(n, 0)];
    int64_t* sums = &sheet_.lane_steps[At(node.parent, 0)];
    const int64_t steps_per_point = node.pro_rata.steps_per_point;
    const auto max_steps = static_cast<uint64_t>(node.pro_rata.max_steps);
    const size_t units = units_;
    for (size_t u = 0; u < units; ++u) {
      const auto bottom = static_cast<uint64_t>(shares[u].denominator);
      const uint64_t top = std::min(static_cast<uint64_t>(shares[u].numerator), bottom);
      const auto steps = static_cast<int64_t>((max_steps * top + bottom / 2) / bottom);
      points[u].SetInt64s(steps, steps_per_point);
      sums[u] += steps;
    }
    std::fill_n(&sheet_.flags[At(n, 0)], units, ScoreSheet::kAssigned);
    ScoreSheet::LaneSum& sum = sheet_.lane_sums[node.parent];
    sum.max_steps += node.pro_rata.max_steps;
    ++sum.number;
  }

  void ScoreLeaf(size_t, const PlanNode&, const std::monostate&) {}

  void ScoreLeaf(size_t n, const PlanNode& node, const TargetsRule& rule) {
    const Highest highest =
        rule.best_in_bloc.has_value() || rule.without_target != WithoutTargetPolicy::kExclude
            ? HighestOf(n)
            : Highest();
    for (size_t u = 0; u < units_; ++u) {
      const size_t begin = figures_.target_begin[n * units_ + u];
      const size_t end = figures_.target_begin[n * units_ + u + 1];
      int64_t counted = 0;
      for (size_t t = begin; t < end; ++t) counted += figures_.targets[t].counted ? 1 : 0;
      if (counted == 0) {  // Nothing to share the points among…
        for (size_t t = begin; t < end; ++t) sheet_.targets[t] = TargetPoints();
        if (begin == end) Miss(n, u, node);  // …and what was registered and left out is not owed.
        continue;
      }
      const Rational share_points = counted == 1 ? node.max_points : node.max_points / counted;
      Rational points = 0, bonus = 0;
      for (size_t t = begin; t < end; ++t) {
        TargetPoints& one = sheet_.targets[t];
        one.points = one.bonus = 0;
        one.capped = false;
        if (!figures_.targets[t].counted) {
          one.share_points = 0;
          continue;
        }
        one.share_points = share_points;
        if (figures_.targets[t].basis == AchievementBasis::kNotReported) {
          ScoreUnreported(rule, one);
        } else {
          ScoreTarget(node, rule, highest, figures_.targets[t], one);
        }
        points += one.points;
        bonus += one.bonus;
      }
      // With a cap above 100 % one target makes up for another; the criterion is never worth more
      // than its maximum. What goes beyond it is bonus alone.
      Settle(node, At(n, u), std::move(points), std::move(bonus));
    }
  }

  // The best of the bloc under one criterion.
  struct Highest {
    Rational share;                  // Of the counted with a target; 0: there is none.
    Rational figure;                 // Of those without one…
    std::optional<Rational> lowest;  // …and of those where lower is better.
  };

  Highest HighestOf(size_t n) const {
    Highest highest;
    for (size_t t = figures_.target_begin[n * units_]; t < figures_.target_begin[(n + 1) * units_];
         ++t) {
      const TargetFigure& figure = figures_.targets[t];
      if (!figure.counted) continue;  // What was not reported has a share of nothing.
      if (!figure.without_target) {
        highest.share = std::max(highest.share, figure.share);
        continue;
      }
      if (figures_.sources[t].target->direction == Direction::kHigherIsBetter) {
        highest.figure = std::max(highest.figure, figure.share);
      } else {
        highest.lowest = std::min(highest.lowest.value_or(figure.share), figure.share);
      }
    }
    return highest;
  }

  // What a figure without a target earns beside the others without one.
  static Rational BesideTheHighest(const Highest& highest, const Target& target,
                                   const Rational& figure) {
    if (target.direction == Direction::kLowerIsBetter) {
      return figure.is_zero() ? Rational(1) : *highest.lowest / figure;
    }
    return highest.figure.is_zero() ? Rational(0) : figure / highest.figure;
  }

  static Rational BesideTheBest(const BestInBloc& best, const Rational& highest,
                                const Rational& share) {
    if (best.method == BestInBloc::Method::kShareOfHighest) {
      return highest.is_zero() ? Rational(0) : share / highest;
    }
    const Rational at_target = Rational(best.at_target_percent) / 100;
    if (share <= 1) return at_target * share;
    return at_target + (Rational(1) - at_target) * ((share - 1) / (highest - 1));
  }

  void ScoreTarget(const PlanNode& node, const TargetsRule& rule, const Highest& highest,
                   const TargetFigure& figure, TargetPoints& one) const {
    const Rational& share = figure.share;
    if (figure.without_target) {
      const size_t t = static_cast<size_t>(&figure - figures_.targets.data());
      one.points = one.share_points * BesideTheHighest(highest, *figures_.sources[t].target, share);
    } else if (rule.best_in_bloc.has_value()) {
      one.points = one.share_points * BesideTheBest(*rule.best_in_bloc, highest.share, share);
    } else {
      one.capped = share > node.achievement_cap;
      const Rational& reached = one.capped ? node.achievement_cap : share;
      one.points =
          one.share_points * (rule.curve.has_value() ? EarnedBy(*rule.curve, reached) : reached);
    }
    if (!figure.without_target) {
      if (!rule.bonus_per_percent_above.is_zero() && share > 1) {
        one.bonus = ((share - 1) * 100).Floor() * rule.bonus_per_percent_above;
      }
      for (const PercentStep& step : rule.steps) TakeSteps(step, share * 100, one);
    }
    Round(rule.each_rounding, one.points);
  }

  // Silence earns nothing, and is never better than a figure of 0: what takes off takes off here
  // too.
  static void ScoreUnreported(const TargetsRule& rule, TargetPoints& one) {
    for (const PercentStep& step : rule.steps) TakeSteps(step, 0, one);
    one.bonus = 0;
    Round(rule.each_rounding, one.points);
  }

  static void Round(const std::optional<Rounding>& rounding, Rational& points) {
    if (rounding.has_value()) points = points.RoundedTo(rounding->step, rounding->mode);
  }

  static void TakeSteps(const PercentStep& step, const Rational& percent, TargetPoints& one) {
    const Rational way =
        step.above ? percent - step.from_percent : Rational(step.from_percent) - percent;
    if (way.is_negative() || way.is_zero() || step.every_percent <= 0) return;
    const Rational steps = way / step.every_percent;
    Rational whole = steps.Floor();
    if (step.begun_counts && whole != steps) whole += 1;
    Rational points = whole * step.points;
    if (step.at_most.has_value()) {
      const Rational most = *step.at_most;
      points = std::clamp(points, Rational(0) - most, most);
    }
    (step.points.is_negative() ? one.points : one.bonus) += points;
  }

  void ScoreLeaf(size_t n, const PlanNode& node, const AssessedRule& rule) {
    for (size_t u = 0; u < units_; ++u) {
      const AssessedPoints* given = Given(n, u);
      if (given == nullptr) {
        Miss(n, u, node);
        continue;
      }
      // Whatever the least is: nothing is taken off by giving less than nothing.
      Rational points = std::max(Rational(0), given->points);
      if (rule.scale_max.has_value() && *rule.scale_max > 0) {
        points = points * node.max_points / *rule.scale_max;
      }
      Settle(node, At(n, u), std::move(points), given->bonus);
    }
  }

  void ScoreLeaf(size_t n, const PlanNode& node, const PassFailRule& rule) {
    for (size_t u = 0; u < units_; ++u) {
      const AssessedPoints* given = Given(n, u);
      if (given == nullptr) {
        Miss(n, u, node);
        continue;
      }
      const bool passed = 2 * given->passed > given->raters;
      Settle(node, At(n, u), passed ? node.max_points : Rational(rule.fail_points), 0);
    }
  }

  void ScoreLeaf(size_t n, const PlanNode& node, const EventsRule& rule) {
    for (size_t u = 0; u < units_; ++u) {
      const AssessedPoints* given = Given(n, u);
      const bool as_none = node.criterion->when_missing == WhenMissing::kAsNone;
      if (Excluded(n, u) || (given == nullptr && !as_none)) {
        Miss(n, u, node);
        continue;
      }
      if (detailed_) sheet_.details[At(n, u)].by_default = given == nullptr;
      Rational all = 0;
      std::optional<Rational> greatest;
      for (size_t e = 0; given != nullptr && e < rule.events.size(); ++e) {
        if (e >= given->figures.size() || !given->figures[e].has_value()) continue;
        Rational times = *given->figures[e];
        if (times.is_zero()) continue;
        const EventsRule::Event& event = rule.events[e];
        const Rational each = event.points;
        if (event.most_times.has_value()) times = std::min(times, Rational(*event.most_times));
        all += times * each;
        if (!greatest.has_value() || IsGreater(each, *greatest)) greatest = each;
      }
      SettleRunningOver(
          node, At(n, u),
          Rational(rule.starts_at) + (rule.only_greatest ? greatest.value_or(0) : all));
    }
  }

  // Which of two events is the one that counts: what brings most, before what takes off most.
  static bool IsGreater(const Rational& a, const Rational& b) {
    if (a.is_negative() && b.is_negative()) return a < b;
    return a > b;
  }

  void ScoreLeaf(size_t n, const PlanNode& node, const PlacesRule& rule) {
    // The marks of those who have one, best first.
    std::vector<std::pair<Rational, size_t>> marks;
    for (size_t u = 0; u < units_; ++u) {
      const AssessedPoints* given = Given(n, u);
      if (given == nullptr || given->figures.empty() || !given->figures[0].has_value()) {
        Miss(n, u, node);
      } else {
        marks.emplace_back(*given->figures[0], u);
      }
    }
    if (rule.source == PlacesRule::Source::kGivenPlace) {
      for (const auto& [mark, u] : marks) {
        // Between two places (raters who differ) it is the worse one.
        const Rational whole = mark.Floor();
        const Decimal last = UINT16_MAX;  // All places from there on look alike.
        const Decimal place = (whole == mark ? whole : whole + 1).RoundHalfUp(0).value_or(last);
        const auto at = static_cast<size_t>(std::clamp(place, Decimal(1), last).coefficient() - 1);
        SettlePlace(n, node, u, at, PointsOf(rule, at));
      }
      return;
    }
    const bool highest_first = rule.source == PlacesRule::Source::kHighestMark;
    std::stable_sort(marks.begin(), marks.end(), [&](const auto& a, const auto& b) {
      return highest_first ? a.first > b.first : a.first < b.first;
    });
    for (size_t first = 0, end = 0; first < marks.size(); first = end) {
      while (end < marks.size() && marks[end].first == marks[first].first) ++end;
      Rational points = PointsOf(rule, first);
      if (rule.ties_share_average) {
        for (size_t i = first + 1; i < end; ++i) points += PointsOf(rule, i);
        points = points / static_cast<int64_t>(end - first);
      }
      for (size_t i = first; i < end; ++i) SettlePlace(n, node, marks[i].second, first, points);
    }
  }

  static Rational PointsOf(const PlacesRule& rule, size_t at) {
    return at < rule.points.size() ? rule.points[at] : rule.beyond;
  }
  void SettlePlace(size_t n, const PlanNode& node, size_t u, size_t at, const Rational& points) {
    if (detailed_) sheet_.details[At(n, u)].place = static_cast<uint16_t>(at + 1);
    SettleRunningOver(node, At(n, u), points);
  }

  void ScoreLeaf(size_t n, const PlanNode& node, const RolesRule& rule) {
    for (size_t u = 0; u < units_; ++u) {
      if (Excluded(n, u)) continue;
      const Role role = figures_.roles[u];
      SettleRunningOver(node, At(n, u),
                        role == Role::kLeader   ? rule.leader
                        : role == Role::kDeputy ? rule.deputy
                                                : rule.member);
    }
  }

  void ScoreLeaf(size_t n, const PlanNode& node, const FormulaRule& rule) {
    const CriterionFormulas& formulas = plan_.formulas().of_criteria[n];
    if (!formulas.points.has_value()) return;
    Evaluation points(*formulas.points);
    std::optional<Evaluation> bonus;
    if (formulas.bonus.has_value()) bonus.emplace(*formulas.bonus);
    if (rule.each_target) {
      for (size_t u = 0; u < units_; ++u) ShareOutByFormula(n, node, u);
    }
    for (size_t u = 0; u < units_; ++u) {
      if (Excluded(n, u)) continue;
      const size_t begin = figures_.target_begin[n * units_ + u];
      const size_t end = figures_.target_begin[n * units_ + u + 1];
      // What was registered and left out is not owed.
      if (begin != end && !HasCounted(begin, end)) continue;
      Value sum, more;
      if (rule.each_target) {
        for (size_t t = begin; t < end; ++t) {
          if (!figures_.targets[t].counted) continue;
          const ScoringInputs inputs = ScoringInputs::OfTarget(sheet_, n, u, t);
          TargetPoints& one = sheet_.targets[t];
          const Value own = points.Of(inputs);
          if (own.has_value()) sum = sum.value_or(0) + *own;
          one.points = own.value_or(0);
          if (bonus.has_value()) one.bonus = bonus->Of(inputs).value_or(0);
          more = more.value_or(0) + one.bonus;
        }
      } else if (!rule.takes_targets || HasCounted(begin, end)) {
        const ScoringInputs inputs = ScoringInputs::AtCriterion(sheet_, n, u);
        sum = points.Of(inputs);
        if (bonus.has_value()) more = bonus->Of(inputs);
      }
      if (sum.has_value()) {
        Settle(node, At(n, u), *std::move(sum), more.value_or(0));
      } else {
        Miss(n, u, node);
      }
    }
  }

  bool HasCounted(size_t begin, size_t end) const {
    for (size_t t = begin; t < end; ++t) {
      if (figures_.targets[t].counted) return true;
    }
    return false;
  }

  void ShareOutByFormula(size_t n, const PlanNode& node, size_t u) {
    const size_t begin = figures_.target_begin[n * units_ + u];
    const size_t end = figures_.target_begin[n * units_ + u + 1];
    int64_t counted = 0;
    for (size_t t = begin; t < end; ++t) counted += figures_.targets[t].counted ? 1 : 0;
    for (size_t t = begin; t < end; ++t) {
      sheet_.targets[t] = TargetPoints();
      if (figures_.targets[t].counted) sheet_.targets[t].share_points = node.max_points / counted;
    }
  }

  void ApplyLimits(size_t n, const PlanNode& node) {
    const std::vector<Limit>& limits = node.criterion->limits;
    for (size_t i = 0; i < limits.size() && i < 16; ++i) {
      const std::optional<Expression>& when = plan_.formulas().of_criteria[n].limits[i];
      if (!when.has_value()) continue;
      Evaluation evaluation(*when);
      for (size_t u = 0; u < units_; ++u) {
        const size_t at = At(n, u);
        if (sheet_.flags[at] == 0) continue;
        const Value holds = evaluation.Of(ScoringInputs::AtCriterion(sheet_, n, u));
        if (!holds.has_value() || holds->is_zero()) continue;
        if (detailed_) {
          uint16_t& held = sheet_.details[at].limits;
          held = static_cast<uint16_t>(held | (1u << i));
        }
        if (limits[i].no_bonus) sheet_.flags[at] &= static_cast<uint8_t>(~ScoreSheet::kHasBonus);
        if (limits[i].points_at_most_percent.has_value()) {
          Rational most = AssignedPoints(node, at) * *limits[i].points_at_most_percent / 100;
          if (sheet_.points[at] > most) sheet_.points[at] = std::move(most);
        }
      }
    }
  }

  void AddUpContents() {
    for (size_t u = 0; u < units_; ++u) {
      UnitPoints& unit = sheet_.units[u];
      unit.assigned_points = unit.points = unit.bonus = 0;
    }
    for (size_t n = 0; n < plan_.nodes().size(); n = plan_.nodes()[n].end) {
      for (size_t u = 0; u < units_; ++u) {
        const size_t at = At(n, u);
        if (sheet_.flags[at] == 0) continue;
        UnitPoints& unit = sheet_.units[u];
        unit.assigned_points += AssignedPoints(plan_.nodes()[n], at);
        unit.points += sheet_.points[at];
        unit.bonus += BonusAt(at);
      }
    }
  }

  const ScoringPlan& plan_;
  const PeriodFigures& figures_;
  ScoreSheet& sheet_;
  const size_t units_;
  const bool detailed_;
};

CriterionScore DeriveCriterion(const ScoreSheet& sheet, size_t n, size_t u) {
  const PlanNode& node = sheet.plan->nodes()[n];
  const PeriodFigures& figures = *sheet.figures;
  const size_t at = n * figures.units + u;
  CriterionScore score;
  score.criterion = node.criterion;
  score.voided = figures.voided[n];
  score.excluded = figures.excluded[at];
  score.numbers = sheet.At(n, u);
  score.assigned = score.numbers.assigned;
  score.assigned_points = score.numbers.assigned_points;
  score.points = score.numbers.points;
  score.bonus = score.numbers.bonus;
  if (score.voided) return score;  // Nor does what is below it count.
  score.assessed = figures.assessed[at];
  for (size_t t = figures.target_begin[at]; t < figures.target_begin[at + 1]; ++t) {
    const TargetFigure& figure = figures.targets[t];
    const TargetPoints& points = sheet.targets[t];
    score.targets.push_back({figures.sources[t].target,
                             figures.sources[t].result,
                             {figure.basis, figure.without_target ? Rational(0) : figure.share},
                             figure.counted,
                             figure.without_target,
                             points.share_points,
                             points.points,
                             points.bonus,
                             points.capped});
  }
  for (size_t child = n + 1; child < node.end; child = sheet.plan->nodes()[child].end) {
    score.children.push_back(DeriveCriterion(sheet, child, u));
  }
  return score;
}

}  // namespace

CriterionPoints ScoreSheet::At(size_t node, size_t unit) const {
  const size_t at = node * figures->units + unit;
  CriterionPoints one;
  one.assigned = flags[at] != 0;
  if (one.assigned) {
    const PlanNode& of = plan->nodes()[node];
    one.assigned_points = of.is_leaf ? of.max_points : assigned_points[at];
    one.points = points[at];
  }
  if ((flags[at] & kHasBonus) != 0) one.bonus = bonus[at];
  if (detailed) {
    const Detail& detail = details[at];
    one.by_default = detail.by_default;
    one.limits = detail.limits;
    one.place = detail.place;
    one.raw_points = detail.raw_points;
    one.raw_bonus = detail.raw_bonus;
  }
  return one;
}

void FillSheet(const ScoringPlan& plan, const PeriodFigures& figures, SheetDetail detail,
               ScoreSheet& sheet) {
  Engine(plan, figures, detail == SheetDetail::kDerivations, sheet).Run();
}

std::optional<Rational> UnitScore::share() const {
  if (assigned_points.is_zero()) return std::nullopt;
  return total() / assigned_points;
}

PeriodScore::PeriodScore(const Pact& pact, const std::vector<Result>& results,
                         const std::vector<AssessedPoints>& assessed)
    : plan_(pact.scheme), figures_(plan_, pact, results, assessed) {
  FillSheet(plan_, figures_, SheetDetail::kDerivations, sheet_);
  units_.reserve(figures_.units);
  for (size_t u = 0; u < figures_.units; ++u) {
    const UnitPoints& points = sheet_.units[u];
    UnitScore& unit = units_.emplace_back();
    unit.member = figures_.members[u];
    unit.assigned_points = points.assigned_points;
    unit.points = points.points;
    unit.bonus = points.bonus;
    for (size_t n = 0; n < plan_.nodes().size(); n = plan_.nodes()[n].end) {
      unit.contents.push_back(DeriveCriterion(sheet_, n, u));
    }
  }
}

Value OfUnit(const Expression& formula, const ScoreSheet& sheet, size_t unit) {
  return Evaluation(formula).Of(ScoringInputs::OfUnit(sheet, unit));
}

}  // namespace thidua::domain
