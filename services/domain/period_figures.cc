#include "services/domain/period_figures.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace thidua::domain {
namespace {

// What a leaf says of achievements, whichever kind of rule it has.
struct AchievementTerms {
  LowerIsBetterFormula lower_is_better = LowerIsBetterFormula::kTargetOverActual;
  StatedPercentPolicy stated_percent = StatedPercentPolicy::kExclude;
  WithoutTargetPolicy without_target = WithoutTargetPolicy::kExclude;
  bool counts_all = false;  // A formula sees them all, and says itself what they are worth.
};

AchievementTerms TermsOf(const Criterion& criterion) {
  AchievementTerms terms;
  if (const auto* rule = std::get_if<TargetsRule>(&criterion.rule)) {
    terms = {rule->lower_is_better, rule->stated_percent, rule->without_target, false};
  } else if (const auto* formula = std::get_if<FormulaRule>(&criterion.rule)) {
    terms = {formula->lower_is_better, formula->stated_percent, {}, true};
  }
  return terms;
}

TargetFigure FigureOf(const AchievementTerms& terms, const PeriodFigures::Source& source) {
  const Achievement achievement =
      AchievementOf(*source.target, source.result, terms.lower_is_better);
  TargetFigure figure;
  figure.basis = achievement.basis;
  figure.share = achievement.share;
  switch (achievement.basis) {
    case AchievementBasis::kComputed:
    case AchievementBasis::kNotReported:  // Owed and not shown: it earns nothing, and still counts.
      figure.counted = true;
      return figure;
    case AchievementBasis::kStated:
      figure.counted = terms.stated_percent == StatedPercentPolicy::kAccept;
      break;
    case AchievementBasis::kNotAssigned:
      return figure;
    case AchievementBasis::kNotComputable:
      break;
  }
  const bool has_figure_only =
      source.result->actual.has_value() && !source.target->value.has_value();
  if (!figure.counted && has_figure_only) {
    if (terms.without_target == WithoutTargetPolicy::kShareOfHighest) {
      figure.counted = figure.without_target = true;
      figure.share = std::max(Rational(0), Rational(source.result->actual.value));
    }
  }
  if (terms.counts_all && !figure.counted) {
    figure.counted = has_figure_only;
    figure.basis = AchievementBasis::kNotComputable;
  }
  return figure;
}

// Whether the hottest loop of scoring can reckon with it unchecked: it has a bit more than this,
// which holds the half that it adds to round.
bool Fits(const ProRata& terms, const Rational::Int64s& share) {
  int64_t product = 0;
  return share.numerator >= 0 &&
         !__builtin_mul_overflow(terms.max_steps, std::min(share.numerator, share.denominator),
                                 &product);
}

// What decides whether a criterion is a unit's at all is known before anything is scored.
class AssignmentInputs : public Inputs {
 public:
  AssignmentInputs(const PeriodFigures& figures, size_t unit) : figures_(figures), unit_(unit) {}
  Value OfName(int slot) const override {
    const Role role =
        static_cast<FormulaSlot>(slot) == FormulaSlot::kIsLeader ? Role::kLeader : Role::kDeputy;
    return Rational(figures_.roles[unit_] == role ? 1 : 0);
  }
  Value OfLookup(int, int index) const override {
    return figures_.parameters[static_cast<size_t>(index) * figures_.units + unit_];
  }
  size_t SizeOf(int) const override { return 0; }
  const Inputs& ElementOf(int, size_t) const override { return *this; }

 private:
  const PeriodFigures& figures_;
  const size_t unit_;
};

}  // namespace

PeriodFigures::PeriodFigures(const ScoringPlan& plan, const Pact& pact,
                             const std::vector<Result>& results,
                             const std::vector<AssessedPoints>& given)
    : units(pact.members.size()) {
  const std::vector<PlanNode>& nodes = plan.nodes();
  const auto is_pro_rata = [](const PlanNode& node) { return node.pro_rata.possible; };
  lanes.reserve(units *
                static_cast<size_t>(std::count_if(nodes.begin(), nodes.end(), is_pro_rata)));

  absl::flat_hash_map<absl::string_view, size_t> unit_places;
  for (const Member& member : pact.members) {
    unit_places.emplace(member.unit, members.size());
    members.push_back(&member);
    roles.push_back(member.role);
  }

  for (const Parameter& parameter : plan.scheme().parameters) {
    const size_t first = parameters.size();
    parameters.resize(first + units, parameter.value);
    for (const auto& [unit, value] : parameter.of_units) {
      const auto found = unit_places.find(unit);
      if (found != unit_places.end()) parameters[first + found->second] = value;
    }
  }

  const absl::flat_hash_set<absl::string_view> voided_ids(pact.voided_criteria.begin(),
                                                          pact.voided_criteria.end());
  voided.resize(nodes.size());
  excluded.resize(nodes.size() * units);
  for (size_t n = 0; n < nodes.size(); ++n) {  // Parents come first.
    voided[n] = voided_ids.contains(nodes[n].criterion->id) || voided[nodes[n].parent];
    for (size_t u = 0; u < units; ++u) {
      excluded[n * units + u] = excluded[nodes[n].parent * units + u];
    }
    if (const std::optional<Expression>& condition = plan.formulas().of_criteria[n].assigned_if) {
      for (size_t u = 0; u < units; ++u) {
        const Value holds = Evaluation(*condition).Of(AssignmentInputs(*this, u));
        if (!holds.has_value() || holds->is_zero()) excluded[n * units + u] = true;
      }
    }
    for (const std::string& unit : nodes[n].criterion->not_assigned_units) {
      const auto found = unit_places.find(unit);
      if (found != unit_places.end()) excluded[n * units + found->second] = true;
    }
  }

  // Counted first, then laid in place: each node and unit has its targets in the pact's order.
  const auto newest = NewestByTarget(results);
  std::vector<size_t> places(pact.targets.size(), nodes.size() * units);
  target_begin.assign(nodes.size() * units + 1, 0);
  for (size_t t = 0; t < pact.targets.size(); ++t) {
    const Target& target = pact.targets[t];
    if (target.kind != TargetKind::kScored || target.voided) continue;
    const size_t node = plan.Find(target.criterion);
    const auto unit = unit_places.find(target.unit);
    if (node == nodes.size() || unit == unit_places.end()) continue;
    if (voided[node] || excluded[node * units + unit->second]) continue;
    if (!TakesTargets(*nodes[node].criterion)) continue;
    places[t] = node * units + unit->second;
    ++target_begin[places[t] + 1];
  }
  for (size_t i = 1; i < target_begin.size(); ++i) target_begin[i] += target_begin[i - 1];
  std::vector<uint32_t> next(target_begin.begin(), target_begin.end() - 1);
  sources.resize(target_begin.back());
  targets.resize(target_begin.back());
  for (size_t t = 0; t < pact.targets.size(); ++t) {
    if (places[t] == nodes.size() * units) continue;
    const auto reported = newest.find(pact.targets[t].id);
    const uint32_t at = next[places[t]]++;
    sources[at] = {&pact.targets[t], reported == newest.end() ? nullptr : reported->second};
    targets[at] = FigureOf(TermsOf(*nodes[places[t] / units].criterion), sources[at]);
  }

  RaiseZeros(plan);

  lane_begin.assign(nodes.size(), kNoLane);
  for (size_t n = 0; n < nodes.size(); ++n) LayLane(nodes[n].pro_rata, n);

  assessed.resize(nodes.size() * units);
  for (const AssessedPoints& points : given) {
    const size_t node = plan.Find(points.criterion);
    const auto unit = unit_places.find(points.unit);
    if (node == nodes.size() || unit == unit_places.end()) continue;
    const size_t at = node * units + unit->second;
    if (!voided[node] && !excluded[at] && IsAssessed(*nodes[node].criterion)) {
      assessed[at] = &points;
    }
  }
}

void PeriodFigures::RaiseZeros(const ScoringPlan& plan) {
  for (size_t n = 0; n < plan.nodes().size(); ++n) {
    const size_t begin = target_begin[n * units], end = target_begin[(n + 1) * units];
    if (begin == end) continue;
    const LowerIsBetterFormula formula = TermsOf(*plan.nodes()[n].criterion).lower_is_better;
    const auto is_zero = [&](size_t t) {
      return IsZeroOverWhichNothingGoes(*sources[t].target, sources[t].result, formula) &&
             targets[t].basis == AchievementBasis::kComputed;
    };
    size_t zero = begin;
    while (zero < end && !is_zero(zero)) ++zero;
    if (zero == end) continue;
    Rational highest = targets[zero].share;
    for (size_t t = begin; t < end; ++t) {
      const TargetFigure& figure = targets[t];
      const bool is_measured = figure.counted && !figure.without_target &&
                               (figure.basis == AchievementBasis::kComputed ||
                                figure.basis == AchievementBasis::kStated);
      if (is_measured && figure.share > highest) highest = figure.share;
    }
    for (; zero < end; ++zero) {
      if (is_zero(zero)) targets[zero].share = highest;
    }
  }
}

void PeriodFigures::LayLane(const ProRata& terms, size_t node) {
  if (!terms.possible) return;
  const size_t first = lanes.size();
  for (size_t i = node * units; i < (node + 1) * units; ++i) {
    // Where a unit has no target, that of the next, or none.
    const TargetFigure* figure = targets.data() + target_begin[i];
    const bool is_one =
        target_begin[i + 1] - target_begin[i] == 1 && figure->counted && !figure->without_target;
    const std::optional<Rational::Int64s> share = is_one ? figure->share.InInt64s() : std::nullopt;
    if (!share.has_value() || !Fits(terms, *share)) {
      lanes.resize(first);
      return;
    }
    lanes.push_back(*share);
  }
  if (units > 0) lane_begin[node] = static_cast<uint32_t>(first);
}

}  // namespace thidua::domain
