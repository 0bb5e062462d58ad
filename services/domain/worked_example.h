// Worked examples of a scheme (ví dụ tính sẵn): cases worked out by hand, and what the scheme must
// make of them. A scheme is tried on them before it is published, with the same engine by which
// blocs are scored.
#ifndef THIDUA_SERVICES_DOMAIN_WORKED_EXAMPLE_H_
#define THIDUA_SERVICES_DOMAIN_WORKED_EXAMPLE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/assessment.h"
#include "services/domain/fault.h"
#include "services/domain/pact.h"
#include "services/domain/quantity.h"
#include "services/domain/rational.h"
#include "services/domain/scheme.h"

namespace thidua::domain {

// A number that was worked out by hand: exact, or as it was printed.
struct ExpectedNumber {
  Rational value;
  // So many digits after the mark were printed: what is computed is rounded half up to them first.
  // Nothing: compared exactly.
  std::optional<int> digits = std::nullopt;
  friend bool operator==(const ExpectedNumber&, const ExpectedNumber&) = default;
};

// "2.5" and "1/3" exactly, "~94.95" to its digits; decimals as Decimal has them. Faults with an
// empty path: NUMBER_UNREADABLE, NUMBER_TOO_LONG.
absl::StatusOr<ExpectedNumber> ReadExpectedNumber(absl::string_view text);

struct WorkedExample {
  struct Target {
    std::string criterion;
    Direction direction = Direction::kHigherIsBetter;
    Quantity value;   // Not reported: none was registered.
    Quantity actual;  // Not reported, and no percent: nothing came.
    std::optional<Decimal> stated_percent = std::nullopt;
    Qualifier stated_qualifier = Qualifier::kExact;
  };
  // Of one criterion; what is not there is not checked.
  struct CriterionPoints {
    std::string criterion;
    std::optional<ExpectedNumber> points = std::nullopt;
    std::optional<ExpectedNumber> bonus = std::nullopt;
    std::optional<ExpectedNumber> assigned_points = std::nullopt;  // 0: not the unit's.
  };
  struct Expected {
    std::vector<CriterionPoints> criteria = {};
    std::optional<ExpectedNumber> total = std::nullopt;  // Points and bonus.
    std::optional<ExpectedNumber> assigned_points = std::nullopt;
    std::optional<ExpectedNumber> percent = std::nullopt;  // Total over assigned points, × 100.
    std::optional<int> rank = std::nullopt;
    std::string class_id = {};  // kNone: in no class; empty: not checked.
    std::string award_id = {};  // Likewise.
  };
  struct Unit {
    std::string id;
    Role role = Role::kMember;
    std::vector<Target> targets = {};
    std::vector<Assessment> assessments = {};  // Without the unit, which is this one.
    std::string ineligibility = {};            // For awards; empty: it is eligible.
    Expected expected = {};
  };
  static constexpr absl::string_view kNone = "-";

  std::string name;  // What it shows, Vietnamese.
  std::vector<Unit> units;
};

inline constexpr size_t kMaxExamples = 100;
// Whatever was sent, so many say it: no more examples are tried then.
inline constexpr size_t kMaxExampleFaults = 100;

// What the examples have against a sound scheme, each under the path of the contract; empty: it
// gives all that they expect. At most 100 faults are told. Reasons:
//   EXAMPLE_DISAGREES        "examples[0].units[1].expected.total"; the sentence says what was
//                            expected and what was computed, the suggestion is what was computed
//   EXAMPLE_EXPECTS_NOTHING  "examples[0]", "….expected.criteria[2]"
// those of identifier.h, pact.h, result.h and assessment.h ("….targets[0].value",
// "….assessments[3].points"), DUPLICATE, TWO_LEADERS, CRITERION_UNKNOWN, CLASS_UNKNOWN,
// AWARD_UNKNOWN, OUT_OF_RANGE (a rank), and TOO_MANY (kMaxExamples; kMaxMembers units; or more work
// than examples are worth: the scheme's size times their units and targets). An example that is
// unsound in itself is not computed. Pure; thread-safe.
std::vector<Fault> CheckExamples(const Scheme& scheme, const std::vector<WorkedExample>& examples);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_WORKED_EXAMPLE_H_
