// What is known of one bloc in one period, laid flat in the order in which it is scored: criterion
// by criterion, and within each the units in the pact's order.
#ifndef THIDUA_SERVICES_DOMAIN_PERIOD_FIGURES_H_
#define THIDUA_SERVICES_DOMAIN_PERIOD_FIGURES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "services/domain/achievement.h"
#include "services/domain/assessment_layer.h"
#include "services/domain/pact.h"
#include "services/domain/rational.h"
#include "services/domain/result.h"
#include "services/domain/scoring_plan.h"

namespace thidua::domain {

inline constexpr size_t kLayers = 4;

// What was given to one unit for one criterion and counts (assessment.h).
struct AssessedPoints {
  std::string unit;
  std::string criterion;
  Rational points;     // 0 to the criterion's maximum; more counts as the maximum, less as 0.
  Rational bonus = 0;  // 0 to the criterion's cap; likewise.
  Layer layer = Layer::kProvince;  // Whose they are…
  int raters = 1;                  // …and of how many they are the average: 1 but for kPeer.
  int passed = 0;                  // PassFailRule: how many of the raters passed it.
  // In the order of the criterion's figures (scheme_formula.h); nothing: not given.
  std::vector<std::optional<Rational>> figures = {};
  // The points of each layer that gave any, whichever counts.
  std::array<std::optional<Rational>, kLayers> by_layer = {};
};

// How one target was reached.
struct TargetFigure {
  // As Achievement::share; without a target the figure itself. A zero where lower is better under
  // T/A has no ratio: it is the highest share of the bloc under the criterion, and no less than 2.
  Rational share;
  AchievementBasis basis = AchievementBasis::kNotReported;
  bool counted = false;         // In the share-out.
  bool without_target = false;  // Measured against the others without a target.
};

// Immutable but by whoever builds it; refers to the plan, the pact, the results and the
// assessments.
struct PeriodFigures {
  PeriodFigures() = default;
  // Of several results for one target the newest revision counts, of several assessments for one
  // unit and criterion the last. Results of unknown targets and assessments of unknown units or
  // criteria are passed over; so are voided targets, and everything under a voided criterion.
  PeriodFigures(const ScoringPlan& plan, const Pact& pact, const std::vector<Result>& results,
                const std::vector<AssessedPoints>& assessed);

  // Few, and so within: a pass over many blocs waits for every other place in memory.
  template <typename T>
  using ByNode = absl::InlinedVector<T, 40>;

  size_t units = 0;
  ByNode<bool> voided;
  // Again the shares of nodes scored in proportion under which every unit has exactly one target,
  // all of them counted against their values: side by side, for the hottest loop of scoring. Of a
  // node: from lane_begin[node] so many as there are units; kNoLane: it is not such a node, or
  // max_steps × min(share, 1) of one of them cannot be reckoned in 64 bits.
  ByNode<uint32_t> lane_begin;
  std::vector<Rational::Int64s> lanes;
  static constexpr uint32_t kNoLane = UINT32_MAX;
  std::vector<const Member*> members;
  std::vector<Role> roles;
  std::vector<bool> excluded;  // By node × unit: it is not assigned to the unit.
  // The targets of a node and unit: from target_begin[node × units + unit] to the next.
  std::vector<uint32_t> target_begin;
  std::vector<TargetFigure> targets;
  struct Source {
    const Target* target = nullptr;
    const Result* result = nullptr;  // Null when nothing was reported.
  };
  std::vector<Source> sources;                  // Of each of the targets.
  std::vector<const AssessedPoints*> assessed;  // By node × unit; null: nothing was given.
  std::vector<Rational> parameters;             // By parameter × unit.

 private:
  void RaiseZeros(const ScoringPlan& plan);
  void LayLane(const ProRata& terms, size_t node);
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_PERIOD_FIGURES_H_
