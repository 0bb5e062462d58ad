// A scheme compiled for scoring: its tree laid flat, its formulas compiled, its numbers ready. Made
// once for a scheme, used for every bloc and period under it.
#ifndef THIDUA_SERVICES_DOMAIN_SCORING_PLAN_H_
#define THIDUA_SERVICES_DOMAIN_SCORING_PLAN_H_

#include <cstddef>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/domain/rational.h"
#include "services/domain/scheme.h"
#include "services/domain/scheme_formula.h"

namespace thidua::domain {

// Of a leaf with targets that is scored in proportion up to the target, and rounded half up to a
// decimal step: its points are whole numbers of steps. Likewise of the parent of such leaves, whose
// steps are alike; a leaf that is unlike the first is scored as any other.
struct ProRata {
  bool possible = false;        // Never of a parent.
  int64_t max_steps = 0;        // The maximum, in steps; of a parent, all of those below.
  int64_t steps_per_point = 1;  // 100: two digits after the mark.
};

// One criterion. Nodes stand in the order of the tree: a parent, then all that is below it.
struct PlanNode {
  const Criterion* criterion = nullptr;
  size_t parent = 0;  // Its own place at the top.
  size_t end = 0;     // One past the last node below it.
  size_t children = 0;
  bool is_content = false;
  bool is_leaf = false;
  Rational max_points;
  Rational bonus_cap;
  Rational min_points;  // Meaningful when `has_min`.
  bool has_min = false;
  Rational achievement_cap;  // TargetsRule: as a share; 1 is the target.
  ProRata pro_rata;
};

// Immutable; safe to use from any thread. Refers to the scheme, which must outlive it unmoved.
class ScoringPlan {
 public:
  // Of a sound scheme: where a formula does not compile, what it would say is absent.
  explicit ScoringPlan(const Scheme& scheme);

  const Scheme& scheme() const { return *scheme_; }
  const std::vector<PlanNode>& nodes() const { return nodes_; }
  const SchemeFormulas& formulas() const { return formulas_; }
  // The node of the criterion with that id; nodes().size() when there is none.
  size_t Find(absl::string_view criterion) const;

 private:
  void Add(const std::vector<Criterion>& criteria, size_t parent);
  void AlignSteps(size_t parent);

  const Scheme* scheme_;
  SchemeFormulas formulas_;
  std::vector<PlanNode> nodes_;
  absl::flat_hash_map<absl::string_view, size_t> places_;
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_SCORING_PLAN_H_
