#include "services/domain/scheme_formula.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"

namespace thidua::domain {
namespace {

constexpr ValueKind kNumber = ValueKind::kNumber;
constexpr ValueKind kCondition = ValueKind::kCondition;

int SlotOf(FormulaSlot slot) { return static_cast<int>(slot); }

// What some formula may speak of, wherever it stands.
const std::vector<std::string>& AllNames() {
  static const auto* const kNames = new std::vector<std::string>{
      "achievement", "percent",         "actual",     "target",     "reported",
      "has_target",  "reached",         "under",      "is_leader",  "is_deputy",
      "param",       "points",          "bonus",      "percent_of", "assigned",
      "total",       "assigned_points", "max_points", "bonus_cap",  "share_points",
      "figure",      "given",           "targets",    "bloc",       "criteria"};
  return *kNames;
}

// What every formula of one scheme may speak of, by its place. Vocabularies refer to one another
// and live as long as this.
class Vocabularies {
 public:
  explicit Vocabularies(const std::vector<const Criterion*>& criteria, const Scheme& scheme) {
    for (const Criterion* criterion : criteria) ids_.push_back(criterion->id);
    for (const Parameter& parameter : scheme.parameters) params_.push_back(parameter.id);
    AddTarget(target_);
    leaf_.names = {{"points", kNumber, SlotOf(FormulaSlot::kOwnPoints)},
                   {"bonus", kNumber, SlotOf(FormulaSlot::kOwnBonus)},
                   {"max_points", kNumber, SlotOf(FormulaSlot::kMaxPoints)}};
    leaf_.elsewhere = &AllNames();
    AddUnit(assignment_);
    AddUnit(bloc_unit_);
    AddResult(bloc_unit_);
    bloc_unit_.lists.push_back({"targets", SlotOf(FormulaSlot::kTargets), &target_, false});
    bloc_unit_.lists.push_back({"criteria", SlotOf(FormulaSlot::kCriteria), &leaf_, false});
    unit_ = bloc_unit_;
    unit_.lists.push_back({"bloc", SlotOf(FormulaSlot::kBloc), &bloc_unit_, true});
  }

  // Whether a criterion is a unit's at all: before anything is scored.
  const FormulaVocabulary& assignment() const { return assignment_; }
  // Classes, ranking and tie keys: after everything is.
  const FormulaVocabulary& unit() const { return unit_; }

  // The points of a criterion, and its limits.
  const FormulaVocabulary& OfCriterion(const Criterion& criterion) {
    FormulaVocabulary& element = *owned_.emplace_back(std::make_unique<FormulaVocabulary>());
    AddUnit(element);
    AddCriterion(element, criterion);
    element.lists.push_back({"targets", SlotOf(FormulaSlot::kTargets), &target_, false});
    FormulaVocabulary& whole = *owned_.emplace_back(std::make_unique<FormulaVocabulary>(element));
    whole.lists.push_back({"bloc", SlotOf(FormulaSlot::kBloc), &element, true});
    return whole;
  }

  // Of each target under a criterion.
  const FormulaVocabulary& OfEachTarget(const Criterion& criterion) {
    FormulaVocabulary& whole = *owned_.emplace_back(std::make_unique<FormulaVocabulary>());
    AddUnit(whole);
    AddCriterion(whole, criterion);
    AddTarget(whole);
    whole.names.push_back({"share_points", kNumber, SlotOf(FormulaSlot::kSharePoints)});
    whole.lists.push_back({"bloc", SlotOf(FormulaSlot::kBloc), &target_, true});
    return whole;
  }

 private:
  void AddTarget(FormulaVocabulary& to) const {
    to.names.insert(to.names.end(), {{"achievement", kNumber, SlotOf(FormulaSlot::kAchievement)},
                                     {"percent", kNumber, SlotOf(FormulaSlot::kPercent)},
                                     {"actual", kNumber, SlotOf(FormulaSlot::kActual)},
                                     {"target", kNumber, SlotOf(FormulaSlot::kTarget)},
                                     {"reported", kCondition, SlotOf(FormulaSlot::kReported)},
                                     {"has_target", kCondition, SlotOf(FormulaSlot::kHasTarget)},
                                     {"reached", kCondition, SlotOf(FormulaSlot::kReached)}});
    to.lookups.push_back({"under", kCondition, SlotOf(FormulaSlot::kUnder), ids_});
    to.elsewhere = &AllNames();
  }
  void AddUnit(FormulaVocabulary& to) const {
    to.names.push_back({"is_leader", kCondition, SlotOf(FormulaSlot::kIsLeader)});
    to.names.push_back({"is_deputy", kCondition, SlotOf(FormulaSlot::kIsDeputy)});
    to.lookups.push_back({"param", kNumber, SlotOf(FormulaSlot::kParam), params_});
    to.elsewhere = &AllNames();
  }
  void AddScores(FormulaVocabulary& to) const {
    to.lookups.insert(to.lookups.end(),
                      {{"points", kNumber, SlotOf(FormulaSlot::kPoints), ids_},
                       {"bonus", kNumber, SlotOf(FormulaSlot::kBonus), ids_},
                       {"percent_of", kNumber, SlotOf(FormulaSlot::kPercentOf), ids_},
                       {"assigned", kCondition, SlotOf(FormulaSlot::kAssigned), ids_}});
  }
  void AddResult(FormulaVocabulary& to) const {
    AddScores(to);
    to.names.insert(to.names.end(),
                    {{"total", kNumber, SlotOf(FormulaSlot::kTotal)},
                     {"percent", kNumber, SlotOf(FormulaSlot::kUnitPercent)},
                     {"assigned_points", kNumber, SlotOf(FormulaSlot::kAssignedPoints)}});
  }
  void AddCriterion(FormulaVocabulary& to, const Criterion& criterion) const {
    AddScores(to);
    to.names.push_back({"max_points", kNumber, SlotOf(FormulaSlot::kMaxPoints)});
    to.names.push_back({"bonus_cap", kNumber, SlotOf(FormulaSlot::kBonusCap)});
    std::vector<std::string> figures;
    for (const FigureDefinition& figure : FiguresOf(criterion)) figures.push_back(figure.id);
    if (!figures.empty()) {
      to.lookups.push_back({"figure", kNumber, SlotOf(FormulaSlot::kFigure), std::move(figures)});
    }
    // As the layers are numbered.
    to.lookups.push_back(
        {"given", kNumber, SlotOf(FormulaSlot::kGiven), {"self", "peer", "bloc", "province"}});
  }

  std::vector<std::string> ids_, params_;
  FormulaVocabulary target_, leaf_, assignment_, bloc_unit_, unit_;
  std::vector<std::unique_ptr<FormulaVocabulary>> owned_;
};

// Each criterion with its path, a parent before what is below it.
void Flatten(const std::vector<Criterion>& criteria, const std::string& path,
             std::vector<const Criterion*>& flat, std::vector<std::string>& paths) {
  for (size_t i = 0; i < criteria.size(); ++i) {
    const std::string place = absl::StrCat(path, "[", i, "]");
    flat.push_back(&criteria[i]);
    paths.push_back(place);
    Flatten(criteria[i].children, place + ".children", flat, paths);
  }
}

std::optional<Expression> Compile(const std::string& source, ValueKind kind,
                                  const FormulaVocabulary& vocabulary, const std::string& path,
                                  std::vector<Fault>& faults) {
  if (source.empty()) return std::nullopt;
  absl::StatusOr<Expression> compiled = Expression::Compile(source, kind, vocabulary);
  if (compiled.ok()) {
    if (compiled->NeverHasAValue()) {
      faults.push_back(
          {path, "RULE_UNREACHABLE", "Công thức không bao giờ có giá trị, vì chia cho 0."});
    }
    return *std::move(compiled);
  }
  for (Fault& fault : FaultsOf(compiled.status())) {
    fault.path = path;
    faults.push_back(std::move(fault));
  }
  return std::nullopt;
}

// Puts what a criterion waits for before it; a circle is told once, where it was closed.
class Ordering {
 public:
  Ordering(SchemeFormulas& formulas, const std::vector<std::string>& paths,
           std::vector<Fault>& faults)
      : formulas_(formulas), paths_(paths), faults_(faults), states_(paths.size(), State::kUnseen) {
    for (size_t i = 0; i < formulas.criteria.size(); ++i) places_[formulas.criteria[i]] = i;
  }

  void Run() {
    for (size_t i = 0; i < states_.size(); ++i) Visit(i);
  }

 private:
  enum class State : char { kUnseen, kOpen, kDone };

  void Visit(size_t at) {
    if (states_[at] != State::kUnseen) return;
    states_[at] = State::kOpen;
    const CriterionFormulas& own = formulas_.of_criteria[at];
    for (const Criterion& child : formulas_.criteria[at]->children) Visit(places_.at(&child));
    Follow(own.points, at);
    Follow(own.bonus, at);
    for (const std::optional<Expression>& limit : own.limits) Follow(limit, at);
    states_[at] = State::kDone;
    formulas_.order.push_back(at);
  }

  void Follow(const std::optional<Expression>& formula, size_t from) {
    if (!formula.has_value()) return;
    for (const Expression::Reference& reference : formula->References()) {
      const auto slot = static_cast<FormulaSlot>(reference.slot);
      if (slot != FormulaSlot::kPoints && slot != FormulaSlot::kBonus &&
          slot != FormulaSlot::kPercentOf && slot != FormulaSlot::kAssigned) {
        continue;
      }
      const auto to = static_cast<size_t>(reference.index);
      if (states_[to] == State::kOpen) {
        faults_.push_back(
            {paths_[from], "FORMULA_CYCLE",
             absl::StrCat("Công thức của tiêu chí “", Excerpt(formulas_.criteria[from]->name),
                          "” cần điểm của “", Excerpt(formulas_.criteria[to]->name),
                          "”, mà điểm ấy lại cần chính tiêu chí này.")});
        continue;
      }
      Visit(to);
    }
  }

  SchemeFormulas& formulas_;
  const std::vector<std::string>& paths_;
  std::vector<Fault>& faults_;
  std::vector<State> states_;
  absl::flat_hash_map<const Criterion*, size_t> places_;
};

}  // namespace

SchemeFormulas CompileFormulas(const Scheme& scheme, std::vector<Fault>& faults) {
  SchemeFormulas formulas;
  std::vector<std::string> paths;
  Flatten(scheme.contents, "contents", formulas.criteria, paths);
  Vocabularies vocabularies(formulas.criteria, scheme);
  for (size_t i = 0; i < formulas.criteria.size(); ++i) {
    const Criterion& criterion = *formulas.criteria[i];
    CriterionFormulas& compiled = formulas.of_criteria.emplace_back();
    compiled.assigned_if = Compile(criterion.assigned_if, kCondition, vocabularies.assignment(),
                                   paths[i] + ".assigned_if", faults);
    if (const auto* rule = std::get_if<FormulaRule>(&criterion.rule)) {
      const FormulaVocabulary& vocabulary = rule->each_target ? vocabularies.OfEachTarget(criterion)
                                                              : vocabularies.OfCriterion(criterion);
      compiled.points =
          Compile(rule->points, kNumber, vocabulary, paths[i] + ".formula.points", faults);
      compiled.bonus =
          Compile(rule->bonus, kNumber, vocabulary, paths[i] + ".formula.bonus", faults);
    }
    if (criterion.limits.empty()) continue;
    const FormulaVocabulary& vocabulary = vocabularies.OfCriterion(criterion);
    for (size_t k = 0; k < criterion.limits.size(); ++k) {
      compiled.limits.push_back(Compile(criterion.limits[k].when, kCondition, vocabulary,
                                        absl::StrCat(paths[i], ".limits[", k, "].when"), faults));
    }
  }
  Ordering(formulas, paths, faults).Run();
  const FormulaVocabulary& unit = vocabularies.unit();
  formulas.ranking = Compile(scheme.ranking.formula, kNumber, unit, "ranking.formula", faults);
  for (size_t i = 0; i < scheme.ranking.tie_keys.size(); ++i) {
    formulas.tie_keys.push_back(Compile(scheme.ranking.tie_keys[i].formula, kNumber, unit,
                                        absl::StrCat("ranking.tie_keys[", i, "].formula"), faults));
  }
  for (size_t i = 0; i < scheme.classes.classes.size(); ++i) {
    formulas.classes.push_back(Compile(scheme.classes.classes[i].condition, kCondition, unit,
                                       absl::StrCat("classes.classes[", i, "].condition"), faults));
  }
  return formulas;
}

std::vector<FigureDefinition> FiguresOf(const Criterion& criterion) {
  if (const auto* events = std::get_if<EventsRule>(&criterion.rule)) {
    std::vector<FigureDefinition> figures;
    for (const EventsRule::Event& event : events->events) {
      figures.push_back({event.id, event.name, 0, 1'000'000, /*whole=*/true});
    }
    return figures;
  }
  if (const auto* places = std::get_if<PlacesRule>(&criterion.rule)) {
    if (places->source == PlacesRule::Source::kGivenPlace) {
      return {{std::string(kPlaceFigure), "Thứ hạng", 1, 1'000'000, /*whole=*/true}};
    }
    return {{std::string(kMarkFigure), "Điểm chấm", 0, 1'000'000, /*whole=*/false}};
  }
  if (const auto* formula = std::get_if<FormulaRule>(&criterion.rule)) return formula->figures;
  return {};
}

bool IsAssessed(const Criterion& criterion) {
  if (const auto* formula = std::get_if<FormulaRule>(&criterion.rule)) {
    return !formula->figures.empty() || !TakesTargets(criterion);
  }
  return criterion.children.empty() && !std::holds_alternative<std::monostate>(criterion.rule) &&
         !std::holds_alternative<TargetsRule>(criterion.rule) &&
         !std::holds_alternative<RolesRule>(criterion.rule);
}

bool TakesTargets(const Criterion& criterion) {
  if (!criterion.children.empty()) return false;
  if (const auto* formula = std::get_if<FormulaRule>(&criterion.rule)) {
    return formula->takes_targets || formula->each_target;
  }
  return std::holds_alternative<TargetsRule>(criterion.rule);
}

}  // namespace thidua::domain
