// Points by layer (điểm tự chấm, chấm chéo, khối chấm, tỉnh thẩm định): what may be given, and what
// counts. Every layer's points are kept beside one another; the scheme says whose count.
//
//   ValidateAssessment(pact, given)              may these points be given?
//   PeriodScore(pact, results, CountingPoints(pact, all_given))
//
// Pure; thread-safe.
#ifndef THIDUA_SERVICES_DOMAIN_ASSESSMENT_H_
#define THIDUA_SERVICES_DOMAIN_ASSESSMENT_H_

#include <string>
#include <vector>

#include "services/domain/assessment_layer.h"
#include "services/domain/decimal.h"
#include "services/domain/fault.h"
#include "services/domain/pact.h"
#include "services/domain/scoring.h"

namespace thidua::domain {

// What one layer gave one unit for one criterion: points, or the figures that its rule asks for.
struct Assessment {
  struct Figure {
    std::string id;  // Of the criterion's figures (scheme_formula.h).
    Decimal value;
    friend bool operator==(const Figure&, const Figure&) = default;
  };
  std::string unit;       // A member.
  std::string criterion;  // An assessed leaf.
  Layer layer = Layer::kSelf;
  std::string rater;                 // kPeer: another member. Empty in every other layer.
  Decimal points;                    // 0 to the criterion's maximum (or its scale's), in its steps.
  Decimal bonus = 0;                 // 0 to the criterion's bonus cap, in its steps.
  std::vector<Figure> figures = {};  // Each once.
};

// Faults of points to be given in that pact, in the order of the fields; empty: sound. Paths as the
// contract names them: "figures[2].figure_id" (FIGURE_UNKNOWN, DUPLICATE), "figures[2].value"
// (OUT_OF_RANGE, NOT_WHOLE), "figures" (REQUIRED: the rule asks for one), "points" (NOT_ALLOWED
// where only figures are given; NOT_PASS_OR_FAIL), "unit" (UNIT_UNKNOWN), "criterion_id"
// (CRITERION_UNKNOWN, CRITERION_NOT_ASSESSED, CRITERION_VOIDED), "rater" (REQUIRED of a peer,
// NOT_ALLOWED in the other layers, UNIT_UNKNOWN, OWN_UNIT: nobody is its own peer), "points" and
// "bonus" (OUT_OF_RANGE; NOT_A_STEP, its suggestion the nearest steps, "7.25; 7.50"). What may be
// given for a criterion that takes no points is not known: with a fault at "criterion_id" neither
// is looked at.
std::vector<Fault> ValidateAssessment(const Pact& pact, const Assessment& assessment);

// What counts of all that was given: for each unit and criterion the points of the first layer of
// the scheme's precedence that gave any; of peers the exact average, after what the rule says of
// raters (each one's rounding, extremes left out). In the order of the pact's members, then of the
// scheme's criteria; nothing where no layer of the precedence gave points.
//
// Of several for one unit, criterion and layer (and rater, for peers) the last counts. Passed over
// are units and criteria that the pact does not (or no longer) have, and voided ones. Bounds and
// steps are not looked at: what was sound when it was given is cut at its maximum by Score. Cost is
// linear in members × criteria and in assessments.
std::vector<AssessedPoints> CountingPoints(const Pact& pact,
                                           const std::vector<Assessment>& assessments);

// Whether some of the points that count are a unit's own word (SELF) that nobody has looked at yet.
bool RestOnOwnWord(const std::vector<AssessedPoints>& counting);

// One of those who gave points within a layer, and what becomes of it on the way to the average.
struct Voice {
  const Assessment* given = nullptr;
  Rational points, bonus;        // After the rounding of each rater's.
  bool points_left_out = false;  // An extreme that is not averaged…
  bool bonus_left_out = false;   // …likewise.
};

// Of all that one layer gave one unit for the criterion, a rater each; CountingPoints averages what
// is not left out.
std::vector<Voice> VoicesOf(const Criterion& criterion,
                            const std::vector<const Assessment*>& of_one_layer);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_ASSESSMENT_H_
