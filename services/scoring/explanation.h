// What is behind the points of one criterion at one unit, taken apart for whoever explains them:
// the numbers of a detailed sheet, read again step by step as scoring went. Facts only; sentences
// are criterion_wording.h's and target_wording.h's. Pure; thread-safe.
#ifndef THIDUA_SERVICES_SCORING_EXPLANATION_H_
#define THIDUA_SERVICES_SCORING_EXPLANATION_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/domain/assessment.h"
#include "services/domain/scoring.h"

namespace thidua::scoring {

// One criterion at one unit, in a detailed sheet.
struct Spot {
  const domain::ScoreSheet* sheet = nullptr;
  size_t node = 0;
  size_t unit = 0;

  const domain::PlanNode& plan() const { return sheet->plan->nodes()[node]; }
  const domain::Scheme& scheme() const { return sheet->plan->scheme(); }
  const domain::Criterion& criterion() const { return *plan().criterion; }
  const domain::PeriodFigures& figures() const { return *sheet->figures; }
  size_t at() const { return node * figures().units + unit; }
  domain::CriterionPoints numbers() const { return sheet->At(node, unit); }
  const domain::AssessedPoints* given() const { return figures().assessed[at()]; }
  bool voided() const { return figures().voided[node]; }
  bool excluded() const { return figures().excluded[at()]; }
  size_t first_target() const { return figures().target_begin[at()]; }
  size_t end_target() const { return figures().target_begin[at() + 1]; }
  const std::string& unit_name(size_t of) const { return figures().members[of]->display_name; }
  template <typename Rule>
  const Rule* rule() const {
    return std::get_if<Rule>(&criterion().rule);
  }
  std::vector<Spot> Children() const;
};

// ---- From what was worked out to what counts ----

struct PointsAndBonus {
  domain::Rational points, bonus;
};

// What the rule comes to, before anything is rounded, cut or moved: of a parent the sum of its
// children, or the one that counts.
PointsAndBonus RawOf(const Spot& spot);

struct Adjustment {
  enum class Kind {
    kVoided,
    kExcluded,
    kLeftOut,
    kByDefault,
    kRunOverToBonus,
    kRounded,
    kCutAtMaximum,
    kRaisedToMinimum,
    kBonusCut,
    kLimited,
  };
  struct Change {
    domain::Rational before, after;
  };
  Kind kind = Kind::kLeftOut;
  std::optional<Change> points = std::nullopt;  // Nothing: they stay what they are.
  std::optional<Change> bonus = std::nullopt;
  const domain::Rounding* rounding = nullptr;  // kRounded.
  const domain::Limit* limit = nullptr;        // kLimited.
};

// In the order in which scoring makes them, each taking up where the one before left off, from
// RawOf to the numbers of the sheet.
std::vector<Adjustment> AdjustmentsOf(const Spot& spot);

// The limits that hold, in order.
std::vector<size_t> HeldLimits(const Spot& spot);
domain::Rational MostUnder(const domain::Limit& limit, const Spot& spot);

// Of a parent of which only the highest child counts, that child; nothing when none is assigned.
std::optional<Spot> CountedChild(const Spot& spot);

// ---- What a rule goes by ----

// One kind of event, and what it brings.
struct EventPart {
  const domain::EventsRule::Event* event = nullptr;
  std::optional<domain::Rational> times;  // Nothing: not given.
  domain::Rational counted;               // How often it counts.
  domain::Rational points;
};
std::vector<EventPart> EventsOf(const Spot& spot);  // In the order of the rule.

// The bloc's units that have a mark for places, best first.
struct Placed {
  size_t unit = 0;
  domain::Rational mark;
  int place = 0;
};
std::vector<Placed> PlacedBloc(const Spot& spot);

// The best of the bloc under a criterion with targets.
struct Best {
  size_t unit = 0;  // The first in the pact's order.
  domain::Rational value;
  int shared_by = 1;  // Targets that are as good, this one included.
};
std::optional<Best> BestWithTarget(const Spot& spot);
// Of those without a value, each direction on its own: the highest figure, or the lowest where
// lower is better.
std::optional<Best> BestWithoutTarget(const Spot& spot, domain::Direction direction);

// One target of the unit at a criterion with targets.
struct TargetSpot {
  Spot spot;
  size_t target = 0;  // As the figures have them.

  const domain::TargetFigure& figure() const { return spot.figures().targets[target]; }
  const domain::PeriodFigures::Source& source() const { return spot.figures().sources[target]; }
  const domain::TargetPoints& points() const { return spot.sheet->targets[target]; }
  // Whether the target has points of its own, and not the criterion as a whole.
  bool has_points() const;
};

// What a target of a TargetsRule earns, step by step.
struct TargetParts {
  struct Step {
    const domain::PercentStep* rule = nullptr;
    domain::Rational times;
    domain::Rational points;  // Negative: off the points; else bonus.
  };
  domain::Rational earned;          // Of the share, by achievement.
  std::vector<Step> steps;          // Those that take effect.
  domain::Rational whole_percents;  // Above 100, each with a bonus; 0: none.
  domain::Rational percent_bonus;   // What they bring.
  domain::Rational before_rounding;
};
TargetParts PartsOf(const TargetSpot& spot);

// ---- What formulas ask for ----

struct FormulaInput {
  std::string name;          // As written: "figure(\"so-vu\")".
  std::string display_name;  // "Số vụ"; empty: nothing but what is written says what it is.
  domain::Value value;
  bool is_condition = false;
};
// Of a formula of the criterion: its points and bonus, each input once.
std::vector<FormulaInput> FormulaInputs(const Spot& spot);
std::vector<FormulaInput> FormulaInputs(const TargetSpot& spot);  // Of a formula of each target.
std::vector<FormulaInput> LimitInputs(const Spot& spot, size_t limit);

// ---- What was given ----

// All points and figures given to one unit, found by criterion; of several by one hand the last.
// Refers to the assessments.
class GivenPoints {
 public:
  GivenPoints() = default;
  GivenPoints(const std::vector<domain::Assessment>& assessments, absl::string_view unit);
  // In the order of the layers; of peers in that of arrival.
  std::vector<const domain::Assessment*> Of(const std::string& criterion) const;
  std::vector<const domain::Assessment*> Of(const std::string& criterion,
                                            domain::Layer layer) const;

 private:
  absl::flat_hash_map<absl::string_view, std::vector<const domain::Assessment*>> by_criterion_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_EXPLANATION_H_
