#include "services/domain/required_effort.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/ranking.h"
#include "services/domain/return_if_error.h"
#include "services/domain/scoring.h"

namespace thidua::domain {
namespace {

constexpr int64_t kFigureMax = 999'999'999'999'999'999;  // 18 digits: more no Decimal has.
constexpr int64_t kStepsOfGap = 10'000;                  // 0.01 % each.
// So many efforts are tried one by one where more need not earn more.
constexpr int64_t kTriedEach = 500;
// So many times its target a figure may be: where less is better, nothing else says how bad one
// that was not reported may have been.
constexpr int64_t kRoomOverTarget = 1000;

int64_t Whole(const Rational& whole) {
  const std::optional<Decimal> decimal = whole.RoundHalfUp(0);
  return decimal.has_value() ? decimal->coefficient() : kFigureMax;
}

int64_t PowerOfTen(int digits) {
  int64_t power = 1;
  for (int i = 0; i < digits; ++i) power *= 10;
  return power;
}

// A figure as a number of its smallest digit.
struct Digits {
  int scale = 0;

  Digits(const Target& target, const std::optional<Decimal>& now) {
    Rational greatest = 1;
    for (const std::optional<Decimal>& known :
         {target.value.has_value() ? std::optional(target.value.value) : std::nullopt, now}) {
      if (!known.has_value()) continue;
      scale = std::max(scale, known->scale());
      greatest = std::max(greatest, Rational(*known));
    }
    // Coarser where figures well beyond the target have no room for as many digits.
    while (scale > 0 && greatest * kRoomOverTarget * PowerOfTen(scale) > Rational(kFigureMax)) {
      --scale;
    }
  }
  int64_t AtMost(const Rational& figure) const {
    return Whole((figure * PowerOfTen(scale)).Floor());
  }
  int64_t AtLeast(const Rational& figure) const {
    return Whole(Rational(0) - (Rational(0) - figure * PowerOfTen(scale)).Floor());
  }
  Decimal Of(int64_t steps) const {
    return Decimal::FromParts(std::clamp<int64_t>(steps, 0, kFigureMax), scale).value_or(0);
  }
};

bool IsUp(const Target& target) { return target.direction == Direction::kHigherIsBetter; }

// The state with other figures of one unit, scored.
class Trial {
 public:
  Trial(const PeriodState& state, size_t unit, const EffortGoal& goal)
      : state_(state),
        unit_(unit),
        goal_(goal),
        plan_(state.pact.scheme),
        assessed_(CountingPoints(state.pact, state.assessments)),
        newest_(NewestByTarget(state.results)) {}

  struct Figure {
    const Target* target = nullptr;
    Decimal value;
  };

  struct Outcome {
    UnitPlace place;
    // Of what the goal is about, more is better; nothing: there is none of it.
    std::optional<Rational> measure;
  };

  // `aims`: whose targets are to be met.
  Outcome Of(const std::vector<Figure>& figures, const std::vector<const Target*>& aims) {
    const std::vector<Result> results = ResultsWith(figures);
    const PeriodFigures flat(plan_, state_.pact, results, assessed_);
    FillSheet(plan_, flat, SheetDetail::kNumbers, sheet_);
    const UnitPoints& points = sheet_.units[unit_];
    Outcome outcome;
    outcome.place = {0, points.points, points.bonus, points.assigned_points};
    if (AnythingKnown(flat)) {
      for (const Place& place : Rank(sheet_)) {
        if (place.unit == unit_) outcome.place.rank = place.rank;
      }
    }
    outcome.measure = MeasureOf(outcome.place, results, aims);
    return outcome;
  }

  bool Reaches(const Outcome& outcome, size_t aims) const {
    return outcome.measure.has_value() && *outcome.measure >= Wanted(aims);
  }

  const Result* Reported(const Target& target) const {
    const auto found = newest_.find(target.id);
    return found == newest_.end() ? nullptr : found->second;
  }
  std::optional<Decimal> Now(const Target& target) const {
    const Result* reported = Reported(target);
    if (reported == nullptr || !reported->actual.has_value()) return std::nullopt;
    return std::max(Decimal(0), reported->actual.value);
  }

  // How the unit's targets stand, in the pact's order: those that are scored at all.
  struct Scored {
    const Target* target = nullptr;
    TargetFigure figure;
  };
  std::vector<Scored> ScoredWith(const std::vector<Figure>& figures) const {
    const std::vector<Result> results = ResultsWith(figures);
    const PeriodFigures flat(plan_, state_.pact, results, assessed_);
    std::vector<Scored> scored;
    for (size_t t = 0; t < flat.sources.size(); ++t) {
      const Target* target = flat.sources[t].target;
      if (target->unit == state_.pact.members[unit_].unit) {
        scored.push_back({target, flat.targets[t]});
      }
    }
    std::sort(scored.begin(), scored.end(),
              [](const Scored& a, const Scored& b) { return std::less<>()(a.target, b.target); });
    return scored;
  }

 private:
  Rational Wanted(size_t aims) const {
    switch (goal_.kind) {
      case EffortGoal::Kind::kTarget:
        return static_cast<int64_t>(aims);
      case EffortGoal::Kind::kPercent:
        return Rational(goal_.amount) / 100;
      case EffortGoal::Kind::kPoints:
        return goal_.amount;
      case EffortGoal::Kind::kRank:
        break;
    }
    return -goal_.rank;
  }

  std::optional<Rational> MeasureOf(const UnitPlace& place, const std::vector<Result>& results,
                                    const std::vector<const Target*>& aims) const {
    switch (goal_.kind) {
      case EffortGoal::Kind::kTarget: {
        const auto newest = NewestByTarget(results);
        return std::count_if(aims.begin(), aims.end(), [&](const Target* aim) {
          const auto found = newest.find(aim->id);
          return found != newest.end() && MeetsTarget(*aim, *found->second).value_or(false);
        });
      }
      case EffortGoal::Kind::kPercent:
        if (place.assigned_points.is_zero()) return std::nullopt;
        return place.total() / place.assigned_points;
      case EffortGoal::Kind::kPoints:
        return place.total();
      case EffortGoal::Kind::kRank:
        if (place.rank == 0) return std::nullopt;
        return Rational(-place.rank);
    }
    return std::nullopt;
  }

  std::vector<Result> ResultsWith(const std::vector<Figure>& figures) const {
    std::vector<Result> results = state_.results;
    for (const Figure& figure : figures) {
      const Result* reported = Reported(*figure.target);
      Result result;
      result.target = figure.target->id;
      result.actual.state = QuantityState::kValue;
      result.actual.value = figure.value;
      result.revision = reported == nullptr ? 1 : reported->revision + 1;
      results.push_back(std::move(result));
    }
    return results;
  }

  const PeriodState state_;
  const size_t unit_;
  const EffortGoal goal_;
  const ScoringPlan plan_;
  const std::vector<AssessedPoints> assessed_;
  const absl::flat_hash_map<absl::string_view, const Result*> newest_;
  ScoreSheet sheet_;
};

// Efforts counted from 1, each more than the one before; 0 is none.
class Efforts {
 public:
  virtual ~Efforts() = default;
  virtual int64_t most() const = 0;
  virtual std::vector<Trial::Figure> FiguresOf(int64_t effort) const = 0;
};

// Figures of one target, from where it is in steps of its smallest digit.
class OneTarget : public Efforts {
 public:
  OneTarget(const Target& target, const std::optional<Decimal>& now)
      : target_(target), digits_(target, now), up_(IsUp(target)) {
    // Unreported, the first effort is to report the worst.
    if (now.has_value()) {
      none_ = up_ ? digits_.AtMost(*now) : digits_.AtLeast(*now);
    } else if (up_) {
      none_ = -1;
    } else {
      const Rational wanted = target.value.has_value() ? target.value.value : Decimal(1);
      none_ = digits_.AtMost(std::max(wanted, Rational(1)) * kRoomOverTarget) + 1;
    }
  }
  int64_t most() const override { return up_ ? kFigureMax - std::max<int64_t>(none_, 0) : none_; }
  std::vector<Trial::Figure> FiguresOf(int64_t effort) const override {
    return {{&target_, digits_.Of(up_ ? none_ + effort : none_ - effort)}};
  }
  // The last effort is a figure of 0, which lower-is-better measures by a rule of its own: it may
  // be worth less than the figure before.
  bool ends_at_zero() const { return !up_; }

 private:
  const Target& target_;
  const Digits digits_;
  const bool up_;
  int64_t none_ = 0;
};

// A target that counts, and how far it is.
struct Gap {
  const Target* target = nullptr;
  bool is_open = true;
  Rational share;  // Open: less than 1, or 1 and not quite ("gần").
  LowerIsBetterFormula formula = LowerIsBetterFormula::kTargetOverActual;
  std::optional<Decimal> now;
};

// All of them at once: those that are open each by the same part of what it lacks; then, if they
// may go beyond, all of them to the same share of their targets.
class Evenly : public Efforts {
 public:
  Evenly(const std::vector<Gap>& gaps, bool beyond)
      : gaps_(gaps),
        to_targets_(
            std::any_of(gaps.begin(), gaps.end(), [](const Gap& gap) { return gap.is_open; })
                ? kStepsOfGap
                : 0),
        beyond_(beyond && !gaps.empty() ? kStepsBeyond + 1 : 0) {}

  int64_t most() const override { return to_targets_ + beyond_; }
  // The last effort is as far as figures are looked at: it tells what no effort does.
  bool is_beyond_reason(int64_t effort) const { return beyond_ > 0 && effort == most(); }
  // The share of their targets that all have at least; nothing: up to the targets.
  std::optional<Rational> LevelOf(int64_t effort) const {
    if (effort <= to_targets_) return std::nullopt;
    if (is_beyond_reason(effort)) return Rational(kRoomOverTarget);
    return Rational(1) + Rational(effort - to_targets_) / kStepsOfGap;
  }

  std::vector<Trial::Figure> FiguresOf(int64_t effort) const override {
    const std::optional<Rational> level = LevelOf(effort);
    std::vector<Trial::Figure> figures;
    for (const Gap& gap : gaps_) {
      if (level.has_value() ? gap.share >= *level : !gap.is_open) continue;
      const Rational share =
          level.value_or(gap.share + (Rational(1) - gap.share) * effort / kStepsOfGap);  // Above 0.
      figures.push_back({gap.target, FigureAt(gap, share)});
    }
    return figures;
  }

 private:
  static constexpr int64_t kStepsBeyond = kStepsOfGap * (kPercentOfTargetsMax - 100) / 100;

  static Decimal FigureAt(const Gap& gap, const Rational& share) {
    const Rational wanted = gap.target->value.value;
    const Digits digits(*gap.target, gap.now);
    if (IsUp(*gap.target)) return digits.Of(digits.AtLeast(share * wanted));
    if (gap.formula == LowerIsBetterFormula::kTargetOverActual) {
      return digits.Of(digits.AtMost(wanted / share));
    }
    return digits.Of(digits.AtMost(std::max(Rational(0), (Rational(2) - share) * wanted)));
  }

  const std::vector<Gap>& gaps_;
  const int64_t to_targets_, beyond_;
};

// Looks for the least effort that does.
class Search {
 public:
  Search(Trial& trial, const Efforts& efforts, const std::vector<const Target*>& aims,
         bool ends_at_zero)
      : trial_(trial), efforts_(efforts), aims_(aims), ends_at_zero_(ends_at_zero) {}

  Trial::Outcome At(int64_t effort) {
    if (effort == 0) return trial_.Of({}, aims_);
    return trial_.Of(efforts_.FiguresOf(effort), aims_);
  }

  using Does = std::function<bool(const Trial::Outcome&)>;

  // Of what does more and more: 0 when no effort does. No effort does not.
  int64_t Least(const Does& does) {
    const int64_t last = efforts_.most() - (ends_at_zero_ ? 1 : 0);
    int64_t fails = 0;
    for (int64_t effort = 1; last > 0;) {
      if (does(At(effort))) return Between(fails, effort, does);
      fails = effort;
      if (effort == last) break;
      effort = effort > last / 2 ? last : effort * 2;
    }
    return ends_at_zero_ && efforts_.most() > 0 && does(At(efforts_.most())) ? efforts_.most() : 0;
  }

  // Of whatever: tries them one by one, as many as there is time for, up to `until`; then at equal
  // distances. `each` becomes true when it has tried every one.
  int64_t LeastTried(const Does& does, int64_t until, bool& each) {
    each = until <= kTriedEach;
    for (int64_t effort = 1; effort <= std::min(until, kTriedEach); ++effort) {
      if (does(At(effort))) {
        each = true;  // All before it.
        return effort;
      }
    }
    constexpr int64_t kDistances = 100;
    if (each || until > kTriedEach * kDistances) return 0;
    const int64_t distance = (until + kTriedEach - 1) / kTriedEach;
    for (int64_t effort = distance; effort <= until; effort += distance) {
      if (does(At(effort))) return Between(effort - distance, effort, does);
    }
    return 0;
  }

 private:
  int64_t Between(int64_t fails, int64_t does_it, const Does& does) {
    while (does_it - fails > 1) {
      const int64_t middle = fails + (does_it - fails) / 2;
      (does(At(middle)) ? does_it : fails) = middle;
    }
    return does_it;
  }

  Trial& trial_;
  const Efforts& efforts_;
  const std::vector<const Target*>& aims_;
  const bool ends_at_zero_;
};

bool IsMonotone(const TargetsRule& rule, int targets_of_unit) {
  if (rule.curve.has_value() && rule.curve->may_fall) return false;
  for (const PercentStep& step : rule.steps) {
    if (step.above == step.points.is_negative()) return false;  // More would cost, or less pay.
  }
  // The unit's better target would push its own other one down.
  const bool by_others =
      rule.best_in_bloc.has_value() || rule.without_target == WithoutTargetPolicy::kShareOfHighest;
  return !by_others || targets_of_unit <= 1;
}

bool IsMonotone(const Pact& pact, absl::string_view unit, const std::vector<Criterion>& criteria) {
  return std::all_of(criteria.begin(), criteria.end(), [&](const Criterion& criterion) {
    if (!criterion.limits.empty() || criterion.highest_child_only) return false;
    if (std::holds_alternative<FormulaRule>(criterion.rule)) return false;
    if (const auto* rule = std::get_if<TargetsRule>(&criterion.rule)) {
      const auto targets =
          std::count_if(pact.targets.begin(), pact.targets.end(), [&](const Target& target) {
            return target.unit == unit && target.criterion == criterion.id &&
                   target.kind == TargetKind::kScored && !target.voided;
          });
      if (!IsMonotone(*rule, static_cast<int>(targets))) return false;
    }
    return IsMonotone(pact, unit, criterion.children);
  });
}

absl::Status CheckGoal(const Pact& pact, const EffortGoal& goal) {
  switch (goal.kind) {
    case EffortGoal::Kind::kTarget:
      return absl::OkStatus();
    case EffortGoal::Kind::kPercent:
    case EffortGoal::Kind::kPoints:
      if (!goal.amount.is_negative()) return absl::OkStatus();
      return Fault{goal.kind == EffortGoal::Kind::kPercent ? "percent_of_assigned" : "total",
                   "OUT_OF_RANGE", "Mức cần đạt không được là số âm."}
          .ToStatus();
    case EffortGoal::Kind::kRank:
      break;
  }
  const int64_t units = static_cast<int64_t>(pact.members.size());
  if (goal.rank >= 1 && goal.rank <= units) return absl::OkStatus();
  return Fault{"rank", "OUT_OF_RANGE", absl::StrCat("Hạng phải từ 1 đến ", units, ".")}.ToStatus();
}

absl::Status Refused(absl::string_view reason, const Target& target, absl::string_view why) {
  return Fault{"target", std::string(reason),
               absl::StrCat("Chỉ tiêu “", Excerpt(target.name), "” ", why, ".")}
      .ToStatus(absl::StatusCode::kFailedPrecondition);
}

// The target, when a figure of it counts.
absl::StatusOr<const Target*> TargetToRaise(const Pact& pact, absl::string_view unit,
                                            absl::string_view id, const EffortGoal& goal,
                                            const Trial& trial) {
  const Target* target = FindTarget(pact, id);
  if (target == nullptr) {
    return Fault{
        "target", "TARGET_UNKNOWN",
        absl::StrCat("Chỉ tiêu “", Excerpt(std::string(id)), "” không có trong giao ước này.")}
        .ToStatus(absl::StatusCode::kNotFound);
  }
  if (target->unit != unit) {
    return Refused("TARGET_OF_ANOTHER_UNIT", *target, "là của đơn vị khác");
  }
  const auto is_it = [&](const Trial::Scored& one) { return one.target == target; };
  const auto now = trial.ScoredWith({});
  const auto with = trial.ScoredWith({{target, Decimal(1)}});
  const auto scored = std::find_if(now.begin(), now.end(), is_it);
  if (scored == now.end() || scored->figure.basis == AchievementBasis::kNotAssigned) {
    return Refused("TARGET_NOT_SCORED", *target, "không tính điểm cho đơn vị này");
  }
  const bool counts = std::find_if(with.begin(), with.end(), is_it)->figure.counted;
  if (!counts || (goal.kind == EffortGoal::Kind::kTarget && !target->value.has_value())) {
    return Refused("TARGET_VALUE_UNKNOWN", *target,
                   "không có con số đăng ký, nên không biết còn thiếu bao nhiêu");
  }
  return target;
}

// The unit's targets that count and are registered with a value: those that are not reached, and
// with `reached` the others too.
std::vector<Gap> GapsOf(const Pact& pact, const Trial& trial, bool reached) {
  std::vector<Gap> gaps;
  for (const Trial::Scored& scored : trial.ScoredWith({})) {
    const Target& target = *scored.target;
    if (!target.value.has_value()) continue;
    const Result* reported = trial.Reported(target);
    bool is_open = false;
    switch (scored.figure.basis) {
      case AchievementBasis::kComputed:
        is_open = !MeetsTarget(target, *reported).value_or(true);
        break;
      case AchievementBasis::kStated:
        is_open = scored.figure.share < 1;
        break;
      case AchievementBasis::kNotReported:
        is_open = true;
        break;
      case AchievementBasis::kNotAssigned:
      case AchievementBasis::kNotComputable:
        continue;
    }
    // There is nothing beyond a target of 0.
    if (!is_open && (!reached || target.value.value.is_zero())) continue;
    gaps.push_back({&target, is_open,
                    is_open ? std::min(Rational(1), scored.figure.share) : scored.figure.share,
                    FormulaOf(pact, target), trial.Now(target)});
  }
  return gaps;
}

}  // namespace

bool MoreIsNeverLess(const Pact& pact, absl::string_view unit, EffortGoal::Kind goal) {
  const RankingRule& rule = pact.scheme.ranking;
  const bool plain_ranking =
      rule.key != RankingKey::kFormula &&
      std::none_of(rule.tie_keys.begin(), rule.tie_keys.end(),
                   [](const TieKey& key) { return !key.formula.empty() || key.less_is_better; });
  return goal == EffortGoal::Kind::kTarget || ((goal != EffortGoal::Kind::kRank || plain_ranking) &&
                                               IsMonotone(pact, unit, pact.scheme.contents));
}

absl::StatusOr<Effort> FindRequiredEffort(const PeriodState& state, absl::string_view unit,
                                          absl::string_view target, const EffortGoal& goal) {
  const std::vector<Member>& members = state.pact.members;
  const auto member = std::find_if(members.begin(), members.end(),
                                   [&](const Member& one) { return one.unit == unit; });
  if (member == members.end()) {
    return Fault{
        "unit", "UNIT_NOT_A_MEMBER",
        absl::StrCat("Đơn vị “", Excerpt(std::string(unit)), "” không thuộc giao ước này.")}
        .ToStatus(absl::StatusCode::kNotFound);
  }
  RETURN_IF_ERROR(CheckGoal(state.pact, goal));

  Trial trial(state, static_cast<size_t>(member - members.begin()), goal);
  std::vector<Gap> gaps;
  std::vector<const Target*> aims;
  std::unique_ptr<Efforts> efforts;
  const Evenly* evenly = nullptr;
  bool ends_at_zero = false;
  if (!target.empty()) {
    ASSIGN_OR_RETURN(const Target* one, TargetToRaise(state.pact, unit, target, goal, trial));
    aims = {one};
    auto figures = std::make_unique<OneTarget>(*one, trial.Now(*one));
    ends_at_zero = figures->ends_at_zero();
    efforts = std::move(figures);
  } else {
    const bool beyond = goal.kind != EffortGoal::Kind::kTarget;
    gaps = GapsOf(state.pact, trial, beyond);
    for (const Gap& gap : gaps) {
      if (gap.is_open) aims.push_back(gap.target);
    }
    auto all = std::make_unique<Evenly>(gaps, beyond);
    evenly = all.get();
    efforts = std::move(all);
  }

  Search search(trial, *efforts, aims, ends_at_zero);
  const Search::Does reaches = [&](const Trial::Outcome& outcome) {
    return trial.Reaches(outcome, aims.size());
  };
  const Trial::Outcome now = search.At(0);
  Effort effort;
  effort.now = now.place;
  if (reaches(now)) return effort;

  const bool more_is_never_less = MoreIsNeverLess(state.pact, unit, goal.kind);
  int64_t found = search.Least(reaches);
  bool tried_each = more_is_never_less;
  if (!more_is_never_less) {
    const int64_t until = found > 0 ? found - 1 : efforts->most();
    const int64_t earlier = search.LeastTried(reaches, until, tried_each);
    if (earlier > 0) found = earlier;
  }
  const bool beyond_reason = evenly != nullptr && evenly->is_beyond_reason(found);
  if (beyond_reason) found = 0;
  effort.is_least = tried_each;
  const auto put_figures = [&](int64_t at) {
    const std::vector<Trial::Figure> figures = efforts->FiguresOf(at);
    for (const Trial::Figure& figure : figures) {
      EffortFigure put{figure.target, trial.Now(*figure.target), figure.value, std::nullopt};
      if (!target.empty() && at > 1) put.short_of = efforts->FiguresOf(at - 1)[0].value;
      effort.figures.push_back(put);
    }
    if (evenly != nullptr) {
      const std::optional<Rational> level = evenly->LevelOf(at);
      if (level.has_value()) {
        effort.percent_of_targets = (*level * 100).RoundHalfUp(2);
      } else {
        effort.percent_of_gap = Decimal::FromParts(at, 2);
      }
    }
    effort.then = search.At(at).place;
  };
  if (found > 0) {
    effort.outcome = Effort::Outcome::kReachable;
    put_figures(found);
    if (found > 1) effort.with_step_less = search.At(found - 1).place;
    return effort;
  }

  effort.outcome =
      tried_each && !beyond_reason ? Effort::Outcome::kImpossible : Effort::Outcome::kNotFound;
  if (beyond_reason) return effort;
  // The best that there is, and the least that it takes.
  std::optional<Rational> best = now.measure;
  for (const int64_t last : {efforts->most() - 1, efforts->most()}) {
    if (last > 0) best = std::max(best, search.At(last).measure);
  }
  if (best > now.measure) {
    const int64_t least =
        search.Least([&](const Trial::Outcome& outcome) { return outcome.measure >= best; });
    if (least > 0) put_figures(least);
  }
  for (EffortFigure& figure : effort.figures) figure.short_of.reset();
  return effort;
}

}  // namespace thidua::domain
