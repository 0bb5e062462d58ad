// What the formulas of a scheme find out while a bloc is scored: the names and lookups that
// scheme_formula.h lists, answered from the figures and from what is scored already.
#ifndef THIDUA_SERVICES_DOMAIN_SCORING_INPUTS_H_
#define THIDUA_SERVICES_DOMAIN_SCORING_INPUTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "services/domain/expression.h"
#include "services/domain/scheme_formula.h"
#include "services/domain/scoring.h"

namespace thidua::domain {

// Used by one thread; refers to the sheet.
class ScoringInputs : public Inputs {
 public:
  // A unit when all is scored.
  static ScoringInputs OfUnit(const ScoreSheet& sheet, size_t unit) {
    return {sheet, unit, kNone, kNone};
  }
  // A unit at a criterion.
  static ScoringInputs AtCriterion(const ScoreSheet& sheet, size_t node, size_t unit) {
    return {sheet, unit, node, kNone};
  }
  // One target of a unit at a criterion.
  static ScoringInputs OfTarget(const ScoreSheet& sheet, size_t node, size_t unit, size_t target) {
    return {sheet, unit, node, target};
  }

  Value OfName(int slot) const override;
  Value OfLookup(int slot, int index) const override;
  size_t SizeOf(int list) const override;
  const Inputs& ElementOf(int list, size_t index) const override;

 private:
  static constexpr size_t kNone = SIZE_MAX;

  // Where an element of a list stands.
  struct Place {
    size_t unit, node, target;
  };

  ScoringInputs(const ScoreSheet& sheet, size_t unit, size_t node, size_t target)
      : sheet_(sheet), unit_(unit), node_(node), target_(target) {}

  std::vector<Place> FindTargets() const;
  std::vector<Place> FindBloc() const;
  std::vector<Place> FindCriteria() const;
  Value OfTargetName(FormulaSlot slot) const;

  const ScoreSheet& sheet_;
  size_t unit_, node_, target_;
  struct List {
    bool found = false;
    std::vector<Place> places;
    std::unique_ptr<ScoringInputs> element;
  };
  List& Found(FormulaSlot list) const;

  mutable List targets_, bloc_, criteria_;
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_SCORING_INPUTS_H_
