// A pact (giao ước thi đua): what one bloc signs for one year. Its members, its scheme, its
// calendar, and what each unit registered. Values; safe to use from any thread.
#ifndef THIDUA_SERVICES_DOMAIN_PACT_H_
#define THIDUA_SERVICES_DOMAIN_PACT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/domain/date.h"
#include "services/domain/fault.h"
#include "services/domain/quantity.h"
#include "services/domain/rational.h"
#include "services/domain/scheme.h"

namespace thidua::domain {

enum class Direction { kHigherIsBetter, kLowerIsBetter };

enum class TargetKind {
  kScored,
  kInformational,  // Shown in reviews and reports, never scored.
};

enum class Accumulation {
  kCumulative,  // Since 1 January.
  kSnapshot,    // As it stands on the day.
  kRate,        // A ratio that does not add up over the year: pace does not apply to it.
};

// A point of a target's own pace: so much of the year's target is due by the end of that month.
struct PacePoint {
  int month = 0;    // 1 to 12, each later than the one before.
  Decimal percent;  // 0 to 100, not less than the one before.
  friend bool operator==(const PacePoint&, const PacePoint&) = default;
};

// What a reported figure must have with it.
enum class EvidenceRule { kNone, kRequired, kRequiredOrExplained };

// Another unit without whose work the target is not reached.
struct Dependency {
  std::string unit;
  std::string note;  // May be empty.
  friend bool operator==(const Dependency&, const Dependency&) = default;
};

struct Target {
  std::string id;         // Unique in the pact.
  std::string unit;       // A member.
  std::string criterion;  // A leaf that takes targets; empty only for an informational target.
  std::string name;       // "Giải quyết việc làm"
  std::string measure;    // đơn vị tính; may be empty.
  TargetKind kind = TargetKind::kScored;
  Direction direction = Direction::kHigherIsBetter;
  Accumulation accumulation = Accumulation::kCumulative;
  // What was registered for the year. State kNotReported: the value is not known here (the
  // article prints "405.509 lượt đạt 63,4%" without it), and is never worked back from a percent.
  Quantity value;
  Quantity baseline;            // Of the year before; not reported: not known.
  std::vector<PacePoint> pace;  // Its own pace; none: the period's.
  EvidenceRule evidence = EvidenceRule::kNone;
  std::string function;  // A slug; goes with the function to another unit. May be empty.
  std::vector<Dependency> dependencies;  // At most 20.
  bool voided = false;                   // By an amendment: shown, scored no more.
  friend bool operator==(const Target&, const Target&) = default;
};

enum class Role { kMember, kLeader, kDeputy };

struct Member {
  std::string unit;          // A slug: "so-y-te".
  std::string display_name;  // As it was called when the pact was signed.
  Role role = Role::kMember;
  friend bool operator==(const Member&, const Member&) = default;
};

enum class PeriodKind { kMidYear, kYear, kQuarter };

struct Period {
  std::string id;    // A slug: "6-thang", "nam".
  std::string name;  // "6 tháng đầu năm 2019"
  PeriodKind kind = PeriodKind::kMidYear;
  // Share of the year's target due by now, 0 < pace ≤ 100; nothing: through_month in twelfths.
  std::optional<Decimal> pace_percent;
  // The month whose end the figures reach, 1 to 12. 0: not said, by a quarter with a pace_percent.
  int through_month = 6;
  Date opens_on;                  // Results are taken from this day…
  std::optional<Date> due_on;     // …in time to this day; none: nothing is late…
  std::optional<Date> closes_on;  // …and late to this day, both included; none: until sealed.
  friend bool operator==(const Period&, const Period&) = default;
};

// A window of results kept open longer, by a decision with reason.
struct PeriodException {
  std::string period;
  std::string unit;  // Empty: every member.
  Date open_until;
  std::string reason;
  std::string document;  // May be empty.
};

inline constexpr size_t kMaxMembers = 100;
inline constexpr size_t kMaxPeriods = 20;

struct Pact {
  std::string bloc;
  int year = 0;
  int64_t version = 0;
  Scheme scheme;
  std::vector<Member> members;  // 1 to kMaxMembers, in the order of the pact.
  std::vector<Period> periods;  // 1 to kMaxPeriods.
  std::vector<Target> targets;  // In the order they were registered.
  // Of the scheme, at any depth: they count for nobody any more.
  std::vector<std::string> voided_criteria;
  std::vector<PeriodException> exceptions;  // In the order granted; at most 1,000.
};

// Faults of members and periods: those of identifier.h, and REQUIRED, DUPLICATE, OUT_OF_RANGE (a
// pace outside 0 < pace ≤ 100, or not 100 for a YEAR; a month outside 1 to 12, or not 12 for a
// YEAR; a window that is due before it opens, or closes before it is due), TOO_MANY, TWO_LEADERS.
// Paths as the contract names the fields: "members[2].unit", "periods[0].period_id",
// "periods[0].pace_percent".
std::vector<Fault> ValidatePact(const Pact& pact);

// Faults of targets to be added to `pact`, those among themselves included; paths
// "targets[3].value"; the target's id is "targets[3].name". Reasons: those of identifier.h, and
// REQUIRED, DUPLICATE, TARGET_ALREADY_REGISTERED, UNIT_UNKNOWN, CRITERION_UNKNOWN,
// CRITERION_TAKES_NO_TARGETS, CRITERION_VOIDED, OUT_OF_RANGE (negative value; a value NOT_ASSIGNED;
// a pace that falls, or goes outside its months or 0 to 100), TARGET_ZERO (a target of 0 that
// higher is to reach; "none at all" with lower-is-better is sound), MEASURE_DISAGREES (the value's
// or the baseline's measure is neither empty nor the target's), PACE_OF_A_RATE, DEPENDS_ON_ITSELF,
// TOO_MANY (more than 10,000 in the pact).
std::vector<Fault> ValidateNewTargets(const Pact& pact, const std::vector<Target>& targets);

// Faults of a further exception of the pact; paths "period_id", "unit", "open_until", "reason",
// "document". Reasons: those of identifier.h, and PERIOD_UNKNOWN, UNIT_UNKNOWN, OUT_OF_RANGE (not
// later than the period's own last day; a period without one needs none), TOO_MANY.
std::vector<Fault> ValidateException(const Pact& pact, const PeriodException& exception);

const Target* FindTarget(const Pact& pact, absl::string_view id);
const Period* FindPeriod(const Pact& pact, absl::string_view id);
const Member* FindMember(const Pact& pact, absl::string_view unit);

// Whether a criterion counts for nobody any more: itself, or one above it, was voided.
bool IsVoided(const Pact& pact, absl::string_view criterion);

// The share of the year's target that is due by the end of the period, 0 to 1: by the target's own
// pace, straight between its points from 0 at the year's beginning; without one, or when the period
// does not say its month, by the period's. A YEAR demands the whole, whatever else is said.
Rational PaceOf(const Target& target, const Period& period);

// Whether results of the unit for the period are taken on that day.
enum class PeriodWindow {
  kNotYetOpen,
  kOpen,
  kLate,  // Taken, and marked late: in the days of grace, or by an exception.
  kClosed,
};
PeriodWindow WindowOn(const Pact& pact, const Period& period, absl::string_view unit, Date today);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_PACT_H_
