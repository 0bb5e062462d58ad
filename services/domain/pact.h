// A pact (giao ước thi đua): what one bloc signs for one year. Its members, its scheme, its
// calendar, and what each unit registered. Values; safe to use from any thread.
#ifndef THIDUA_SERVICES_DOMAIN_PACT_H_
#define THIDUA_SERVICES_DOMAIN_PACT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/domain/date.h"
#include "services/domain/fault.h"
#include "services/domain/quantity.h"
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

struct Target {
  std::string id;         // Unique in the pact.
  std::string unit;       // A member.
  std::string criterion;  // A leaf with a TargetsRule; empty only for an informational target.
  std::string name;       // "Giải quyết việc làm"
  std::string measure;    // đơn vị tính; may be empty.
  TargetKind kind = TargetKind::kScored;
  Direction direction = Direction::kHigherIsBetter;
  Accumulation accumulation = Accumulation::kCumulative;
  // What was registered for the year. State kNotReported: the value is not known here (the
  // article prints "405.509 lượt đạt 63,4%" without it), and is never worked back from a percent.
  Quantity value;
};

enum class Role { kMember, kLeader, kDeputy };

struct Member {
  std::string unit;          // A slug: "so-y-te".
  std::string display_name;  // As it was called when the pact was signed.
  Role role = Role::kMember;
};

enum class PeriodKind { kMidYear, kYear, kQuarter };

struct Period {
  std::string id;    // A slug: "6-thang", "nam".
  std::string name;  // "6 tháng đầu năm 2019"
  PeriodKind kind = PeriodKind::kMidYear;
  Decimal pace_percent = 50;      // Share of the year's target due by now, 0 < pace ≤ 100.
  Date opens_on;                  // Results are taken from this day…
  std::optional<Date> closes_on;  // …to this day, both included; none: until sealed.
};

struct Pact {
  std::string bloc;
  int year = 0;
  int64_t version = 0;
  Scheme scheme;
  std::vector<Member> members;  // 1 to 100, in the order of the pact.
  std::vector<Period> periods;  // 1 to 20.
  std::vector<Target> targets;  // In the order they were registered.
};

// Faults of members and periods: those of identifier.h, and REQUIRED, DUPLICATE, OUT_OF_RANGE (a
// pace outside 0 < pace ≤ 100, or not 100 for a YEAR; a window that closes before it opens),
// TOO_MANY, TWO_LEADERS. Paths as the contract names the fields: "members[2].unit",
// "periods[0].period_id", "periods[0].pace_percent".
std::vector<Fault> ValidatePact(const Pact& pact);

// Faults of targets to be added to `pact`, those among themselves included; paths
// "targets[3].value"; the target's id is "targets[3].name". Reasons: those of identifier.h, and
// REQUIRED, DUPLICATE, TARGET_ALREADY_REGISTERED, UNIT_UNKNOWN, CRITERION_UNKNOWN,
// CRITERION_TAKES_NO_TARGETS, OUT_OF_RANGE (negative value; a value NOT_ASSIGNED), TARGET_ZERO (a
// target of 0 that higher is to reach; "none at all" with lower-is-better is sound),
// MEASURE_DISAGREES (the value's measure is neither empty nor the target's), TOO_MANY (more than
// 10,000 in the pact).
std::vector<Fault> ValidateNewTargets(const Pact& pact, const std::vector<Target>& targets);

const Target* FindTarget(const Pact& pact, absl::string_view id);
const Period* FindPeriod(const Pact& pact, absl::string_view id);
const Member* FindMember(const Pact& pact, absl::string_view unit);

// Whether results of the period are taken on that day.
enum class PeriodWindow { kNotYetOpen, kOpen, kClosed };
PeriodWindow WindowOn(const Period& period, Date today);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_PACT_H_
