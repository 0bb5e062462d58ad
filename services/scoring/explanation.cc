#include "services/scoring/explanation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/scoring_inputs.h"

namespace thidua::scoring {
namespace {

using domain::Assessment;
using domain::BestInBloc;
using domain::Layer;
using domain::Rational;
using Kind = Adjustment::Kind;

// Rules of which what is beyond the maximum is bonus.
bool RunsOver(const Spot& spot) {
  return spot.rule<domain::EventsRule>() != nullptr || spot.rule<domain::PlacesRule>() != nullptr ||
         spot.rule<domain::RolesRule>() != nullptr;
}

// Nothing was given, and the scheme says that nothing happened.
bool TakesNothingForNone(const Spot& spot) {
  const auto* formula = spot.rule<domain::FormulaRule>();
  return spot.criterion().when_missing == domain::WhenMissing::kAsNone && formula != nullptr &&
         !formula->figures.empty() && spot.given() == nullptr;
}

// Makes the adjustments one after the other.
class Adjuster {
 public:
  explicit Adjuster(const Spot& spot) : now_(RawOf(spot)) {}

  void ChangePoints(Kind kind, Rational after, const domain::Rounding* rounding = nullptr) {
    if (after == now_.points) return;
    adjustments_.push_back({kind, Adjustment::Change{now_.points, after}, {}, rounding, nullptr});
    now_.points = std::move(after);
  }
  void ChangeBonus(Kind kind, Rational after) {
    if (after == now_.bonus) return;
    adjustments_.push_back({kind, {}, Adjustment::Change{now_.bonus, after}, nullptr, nullptr});
    now_.bonus = std::move(after);
  }
  void RunOver(const Rational& most) {
    if (now_.points <= most) return;
    const Rational over = now_.points - most;
    adjustments_.push_back({Kind::kRunOverToBonus, Adjustment::Change{now_.points, most},
                            Adjustment::Change{now_.bonus, over}, nullptr, nullptr});
    now_ = {most, over};
  }
  void Limit(const domain::Limit& limit, const Spot& spot) {
    Adjustment one{Kind::kLimited, {}, {}, nullptr, &limit};
    if (limit.no_bonus && !now_.bonus.is_zero()) {
      one.bonus = {now_.bonus, 0};
      now_.bonus = 0;
    }
    if (limit.points_at_most_percent.has_value()) {
      const Rational most = MostUnder(limit, spot);
      if (now_.points > most) {
        one.points = {now_.points, most};
        now_.points = most;
      }
    }
    if (one.points.has_value() || one.bonus.has_value()) adjustments_.push_back(std::move(one));
  }
  void Say(Kind kind) { adjustments_.push_back({kind, {}, {}, nullptr, nullptr}); }

  const PointsAndBonus& now() const { return now_; }
  std::vector<Adjustment> Take() { return std::move(adjustments_); }

 private:
  PointsAndBonus now_;
  std::vector<Adjustment> adjustments_;
};

// The targets under the criterion that count and were reported, of all units.
template <typename Visit>
void VisitReported(const Spot& spot, const Visit& visit) {
  const domain::PeriodFigures& figures = spot.figures();
  for (size_t u = 0; u < figures.units; ++u) {
    const Spot other{spot.sheet, spot.node, u};
    for (size_t t = other.first_target(); t < other.end_target(); ++t) {
      const domain::TargetFigure& figure = figures.targets[t];
      if (!figure.counted || figure.basis == domain::AchievementBasis::kNotReported) continue;
      visit(u, t, figure);
    }
  }
}

void Better(std::optional<Best>& best, size_t unit, const Rational& value, bool higher) {
  if (best.has_value() && best->value == value) {
    ++best->shared_by;
  } else if (!best.has_value() || (higher ? value > best->value : value < best->value)) {
    best = Best{unit, value, 1};
  }
}

Rational EarnedByAchievement(const TargetSpot& target, const domain::TargetsRule& rule) {
  const Rational& share = target.figure().share;
  const Rational& all = target.points().share_points;
  if (target.figure().without_target) {
    const domain::Direction direction = target.source().target->direction;
    const std::optional<Best> best = BestWithoutTarget(target.spot, direction);
    if (!best.has_value()) return 0;
    if (direction == domain::Direction::kLowerIsBetter) {
      return share.is_zero() ? all : all * (best->value / share);
    }
    return best->value.is_zero() ? Rational(0) : all * (share / best->value);
  }
  if (rule.best_in_bloc.has_value()) {
    const std::optional<Best> best = BestWithTarget(target.spot);
    if (!best.has_value()) return 0;
    if (rule.best_in_bloc->method == BestInBloc::Method::kShareOfHighest) {
      return best->value.is_zero() ? Rational(0) : all * (share / best->value);
    }
    const Rational at_target = Rational(rule.best_in_bloc->at_target_percent) / 100;
    if (share <= 1) return all * (at_target * share);
    return all * (at_target + (Rational(1) - at_target) * ((share - 1) / (best->value - 1)));
  }
  const Rational reached = std::min(share, Rational(rule.achievement_cap_percent) / 100);
  return all * (rule.curve.has_value() ? domain::EarnedBy(*rule.curve, reached) : reached);
}

std::optional<TargetParts::Step> StepOf(const domain::PercentStep& rule, const Rational& percent) {
  const Rational way =
      rule.above ? percent - rule.from_percent : Rational(rule.from_percent) - percent;
  if (way.is_negative() || way.is_zero() || rule.every_percent <= 0) return std::nullopt;
  const Rational steps = way / rule.every_percent;
  Rational times = steps.Floor();
  if (rule.begun_counts && times != steps) times += 1;
  if (times.is_zero()) return std::nullopt;
  Rational points = times * rule.points;
  if (rule.at_most.has_value()) {
    const Rational most = *rule.at_most;
    points = std::clamp(points, Rational(0) - most, most);
  }
  return TargetParts::Step{&rule, std::move(times), points};
}

// ---- Names of formulas ----

constexpr std::pair<absl::string_view, absl::string_view> kNames[] = {
    {"max_points", "điểm tối đa"},
    {"bonus_cap", "điểm thưởng tối đa"},
    {"share_points", "điểm của chỉ tiêu"},
    {"achievement", "mức đạt"},
    {"percent", "tỷ lệ phần trăm"},
    {"actual", "kết quả"},
    {"target", "chỉ tiêu"},
    {"reported", "đã báo cáo"},
    {"has_target", "có chỉ tiêu"},
    {"reached", "đạt chỉ tiêu"},
    {"is_leader", "là Khối trưởng"},
    {"is_deputy", "là Khối phó"},
    {"total", "tổng điểm"},
    {"assigned_points", "tổng điểm được giao"},
};

// Before the name of a criterion.
constexpr std::pair<absl::string_view, absl::string_view> kOfCriteria[] = {
    {"points", "điểm"},        {"bonus", "điểm thưởng"}, {"percent_of", "tỷ lệ phần trăm điểm"},
    {"assigned", "được giao"}, {"under", "thuộc"},
};

constexpr std::pair<absl::string_view, absl::string_view> kLayers[] = {
    {"self", "điểm đơn vị tự chấm"},
    {"peer", "điểm chấm chéo"},
    {"bloc", "điểm khối chấm"},
    {"province", "điểm tỉnh thẩm định"},
};

template <size_t size>
absl::string_view Find(const std::pair<absl::string_view, absl::string_view> (&names)[size],
                       absl::string_view name) {
  for (const auto& [one, said] : names) {
    if (one == name) return said;
  }
  return "";
}

std::string DisplayNameOf(const Spot& spot, absl::string_view written) {
  const size_t bracket = written.find('(');
  const size_t dot = written.find('.');
  if (dot < bracket) return "";  // Of a list.
  if (bracket == absl::string_view::npos) return std::string(Find(kNames, written));
  const size_t open = written.find('"'), close = written.rfind('"');
  if (open == absl::string_view::npos || close <= open) return "";
  const absl::string_view id = written.substr(open + 1, close - open - 1);
  absl::string_view function = written.substr(0, bracket);
  function = function.substr(0, function.find_first_of(" \t\r\n"));
  if (function == "figure") {
    for (const domain::FigureDefinition& figure : domain::FiguresOf(spot.criterion())) {
      if (figure.id == id) return domain::Excerpt(figure.name);
    }
    return "";
  }
  if (function == "given") return std::string(Find(kLayers, id));
  if (function == "param") {
    for (const domain::Parameter& parameter : spot.scheme().parameters) {
      if (parameter.id == id) return domain::Excerpt(parameter.name);
    }
    return "";
  }
  const domain::Criterion* criterion = domain::FindCriterion(spot.scheme(), id);
  if (criterion == nullptr) return "";
  return absl::StrCat(Find(kOfCriteria, function), " “", domain::Excerpt(criterion->name), "”");
}

void AddInputs(const std::optional<domain::Expression>& formula, const domain::Inputs& inputs,
               const Spot& spot, std::vector<FormulaInput>& list) {
  if (!formula.has_value()) return;
  for (const domain::Expression& part : formula->Parts()) {
    const bool known = std::any_of(list.begin(), list.end(), [&](const FormulaInput& one) {
      return one.name == part.source();
    });
    if (known) continue;
    list.push_back({part.source(), DisplayNameOf(spot, part.source()),
                    domain::Evaluation(part).Of(inputs),
                    part.kind() == domain::ValueKind::kCondition});
  }
}

const domain::CriterionFormulas& FormulasOf(const Spot& spot) {
  return spot.sheet->plan->formulas().of_criteria[spot.node];
}

}  // namespace

std::vector<Spot> Spot::Children() const {
  std::vector<Spot> children;
  const std::vector<domain::PlanNode>& nodes = sheet->plan->nodes();
  for (size_t child = node + 1; child < nodes[node].end; child = nodes[child].end) {
    children.push_back({sheet, child, unit});
  }
  return children;
}

PointsAndBonus RawOf(const Spot& spot) {
  const domain::CriterionPoints numbers = spot.numbers();
  if (RunsOver(spot)) return {numbers.raw_points + numbers.raw_bonus, 0};
  return {numbers.raw_points, numbers.raw_bonus};
}

std::vector<Adjustment> AdjustmentsOf(const Spot& spot) {
  Adjuster adjuster(spot);
  const domain::CriterionPoints numbers = spot.numbers();
  if (!numbers.assigned) {
    adjuster.Say(spot.voided()     ? Kind::kVoided
                 : spot.excluded() ? Kind::kExcluded
                                   : Kind::kLeftOut);
    return adjuster.Take();
  }
  const domain::PlanNode& plan = spot.plan();
  if (numbers.by_default || TakesNothingForNone(spot)) adjuster.Say(Kind::kByDefault);
  if (RunsOver(spot)) adjuster.RunOver(plan.max_points);
  if (const std::optional<domain::Rounding>& rounding = spot.criterion().rounding;
      rounding.has_value()) {
    adjuster.ChangePoints(Kind::kRounded,
                          adjuster.now().points.RoundedTo(rounding->step, rounding->mode),
                          &*rounding);
  }
  if (adjuster.now().points > numbers.assigned_points) {
    adjuster.ChangePoints(Kind::kCutAtMaximum, numbers.assigned_points);
  }
  if (plan.has_min && adjuster.now().points < plan.min_points) {
    adjuster.ChangePoints(Kind::kRaisedToMinimum, plan.min_points);
  }
  if (adjuster.now().bonus.is_negative()) adjuster.ChangeBonus(Kind::kRaisedToMinimum, 0);
  if (adjuster.now().bonus > plan.bonus_cap && (plan.is_leaf || !plan.bonus_cap.is_zero())) {
    adjuster.ChangeBonus(Kind::kBonusCut, plan.bonus_cap);
  }
  for (const size_t limit : HeldLimits(spot)) {
    adjuster.Limit(spot.criterion().limits[limit], spot);
  }
  return adjuster.Take();
}

std::vector<size_t> HeldLimits(const Spot& spot) {
  std::vector<size_t> held;
  const uint16_t limits = spot.numbers().limits;
  for (size_t i = 0; i < spot.criterion().limits.size() && i < 16; ++i) {
    if ((limits >> i & 1) != 0) held.push_back(i);
  }
  return held;
}

Rational MostUnder(const domain::Limit& limit, const Spot& spot) {
  return spot.numbers().assigned_points * limit.points_at_most_percent.value_or(100) / 100;
}

std::optional<Spot> CountedChild(const Spot& spot) {
  std::optional<Spot> highest;
  Rational most;
  for (const Spot& child : spot.Children()) {
    const domain::CriterionPoints numbers = child.numbers();
    if (!numbers.assigned) continue;
    Rational total = numbers.points + numbers.bonus;
    if (highest.has_value() && total <= most) continue;
    highest = child;
    most = std::move(total);
  }
  return highest;
}

std::vector<EventPart> EventsOf(const Spot& spot) {
  const auto& rule = *spot.rule<domain::EventsRule>();
  const domain::AssessedPoints* given = spot.given();
  std::vector<EventPart> parts;
  size_t greatest = rule.events.size();
  for (size_t e = 0; e < rule.events.size(); ++e) {
    EventPart& part = parts.emplace_back();
    part.event = &rule.events[e];
    if (given == nullptr || e >= given->figures.size() || !given->figures[e].has_value()) continue;
    part.times = given->figures[e];
    if (part.times->is_zero()) continue;
    part.counted = *part.times;
    if (part.event->most_times.has_value()) {
      part.counted = std::min(part.counted, Rational(*part.event->most_times));
    }
    part.points = part.counted * part.event->points;
    const domain::Decimal each = part.event->points;
    if (greatest == rule.events.size()) {
      greatest = e;
    } else {
      const domain::Decimal& best = rule.events[greatest].points;
      if (each < 0 && best < 0 ? each < best : each > best) greatest = e;
    }
  }
  if (!rule.only_greatest) return parts;
  for (size_t e = 0; e < parts.size(); ++e) {
    const bool counts = e == greatest;
    parts[e].counted = counts ? 1 : 0;
    parts[e].points = counts ? Rational(parts[e].event->points) : Rational(0);
  }
  return parts;
}

std::vector<Placed> PlacedBloc(const Spot& spot) {
  std::vector<Placed> bloc;
  const auto& rule = *spot.rule<domain::PlacesRule>();
  for (size_t u = 0; u < spot.figures().units; ++u) {
    const domain::AssessedPoints* given = Spot{spot.sheet, spot.node, u}.given();
    if (given == nullptr || given->figures.empty() || !given->figures[0].has_value()) continue;
    bloc.push_back({u, *given->figures[0], 0});
  }
  const bool highest_first = rule.source == domain::PlacesRule::Source::kHighestMark;
  std::stable_sort(bloc.begin(), bloc.end(), [&](const Placed& a, const Placed& b) {
    return highest_first ? a.mark > b.mark : a.mark < b.mark;
  });
  for (size_t i = 0; i < bloc.size(); ++i) {
    const bool as_before = i > 0 && bloc[i].mark == bloc[i - 1].mark;
    bloc[i].place = as_before ? bloc[i - 1].place : static_cast<int>(i) + 1;
  }
  return bloc;
}

std::optional<Best> BestWithTarget(const Spot& spot) {
  std::optional<Best> best;
  VisitReported(spot, [&](size_t unit, size_t, const domain::TargetFigure& figure) {
    if (!figure.without_target) Better(best, unit, figure.share, /*higher=*/true);
  });
  return best;
}

std::optional<Best> BestWithoutTarget(const Spot& spot, domain::Direction direction) {
  std::optional<Best> best;
  const bool higher = direction == domain::Direction::kHigherIsBetter;
  VisitReported(spot, [&](size_t unit, size_t t, const domain::TargetFigure& figure) {
    const bool alike = spot.figures().sources[t].target->direction == direction;
    if (figure.without_target && alike) Better(best, unit, figure.share, higher);
  });
  return best;
}

bool TargetSpot::has_points() const {
  const auto* formula = spot.rule<domain::FormulaRule>();
  return formula == nullptr || formula->each_target;
}

TargetParts PartsOf(const TargetSpot& spot) {
  TargetParts parts;
  const auto* rule = spot.spot.rule<domain::TargetsRule>();
  if (rule == nullptr || !spot.figure().counted) return parts;
  // Silence earns nothing, and what takes off takes off here too.
  const bool is_reported = spot.figure().basis != domain::AchievementBasis::kNotReported;
  if (is_reported) parts.earned = EarnedByAchievement(spot, *rule);
  parts.before_rounding = parts.earned;
  if (spot.figure().without_target) return parts;
  const Rational share = is_reported ? spot.figure().share : Rational(0);
  if (!rule->bonus_per_percent_above.is_zero() && share > 1) {
    parts.whole_percents = ((share - 1) * 100).Floor();
    parts.percent_bonus = parts.whole_percents * rule->bonus_per_percent_above;
  }
  for (const domain::PercentStep& step : rule->steps) {
    std::optional<TargetParts::Step> taken = StepOf(step, share * 100);
    if (!taken.has_value()) continue;
    if (!is_reported && !taken->points.is_negative()) continue;
    if (taken->points.is_negative()) parts.before_rounding += taken->points;
    parts.steps.push_back(*std::move(taken));
  }
  return parts;
}

std::vector<FormulaInput> FormulaInputs(const Spot& spot) {
  std::vector<FormulaInput> list;
  const auto* rule = spot.rule<domain::FormulaRule>();
  if (rule == nullptr || rule->each_target) return list;
  const auto inputs = domain::ScoringInputs::AtCriterion(*spot.sheet, spot.node, spot.unit);
  AddInputs(FormulasOf(spot).points, inputs, spot, list);
  AddInputs(FormulasOf(spot).bonus, inputs, spot, list);
  return list;
}

std::vector<FormulaInput> FormulaInputs(const TargetSpot& spot) {
  std::vector<FormulaInput> list;
  const auto* rule = spot.spot.rule<domain::FormulaRule>();
  if (rule == nullptr || !rule->each_target || !spot.figure().counted) return list;
  const auto inputs = domain::ScoringInputs::OfTarget(*spot.spot.sheet, spot.spot.node,
                                                      spot.spot.unit, spot.target);
  AddInputs(FormulasOf(spot.spot).points, inputs, spot.spot, list);
  AddInputs(FormulasOf(spot.spot).bonus, inputs, spot.spot, list);
  return list;
}

std::vector<FormulaInput> LimitInputs(const Spot& spot, size_t limit) {
  std::vector<FormulaInput> list;
  const auto inputs = domain::ScoringInputs::AtCriterion(*spot.sheet, spot.node, spot.unit);
  AddInputs(FormulasOf(spot).limits[limit], inputs, spot, list);
  return list;
}

GivenPoints::GivenPoints(const std::vector<Assessment>& assessments, absl::string_view unit) {
  for (const Assessment& one : assessments) {
    if (one.unit != unit) continue;
    std::vector<const Assessment*>& here = by_criterion_[one.criterion];
    const auto same = std::find_if(here.begin(), here.end(), [&](const Assessment* earlier) {
      return earlier->layer == one.layer &&
             (one.layer != Layer::kPeer || earlier->rater == one.rater);
    });
    if (same == here.end()) {
      here.push_back(&one);
    } else {
      *same = &one;
    }
  }
  for (auto& [criterion, given] : by_criterion_) {
    std::stable_sort(given.begin(), given.end(), [](const Assessment* a, const Assessment* b) {
      return static_cast<int>(a->layer) < static_cast<int>(b->layer);
    });
  }
}

std::vector<const Assessment*> GivenPoints::Of(const std::string& criterion) const {
  const auto found = by_criterion_.find(criterion);
  if (found == by_criterion_.end()) return {};
  return found->second;
}

std::vector<const Assessment*> GivenPoints::Of(const std::string& criterion, Layer layer) const {
  std::vector<const Assessment*> of_layer;
  for (const Assessment* one : Of(criterion)) {
    if (one->layer == layer) of_layer.push_back(one);
  }
  return of_layer;
}

}  // namespace thidua::scoring
