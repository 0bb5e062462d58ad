// A bloc (khối thi đua): who belongs to it and who leads it, by dates. Values; safe to use from any
// thread.
#ifndef THIDUA_SERVICES_DOMAIN_BLOC_H_
#define THIDUA_SERVICES_DOMAIN_BLOC_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/domain/fault.h"
#include "services/domain/interval.h"
#include "services/domain/pact.h"

namespace thidua::domain {

struct Membership {
  std::string unit;
  Interval held;
  friend bool operator==(const Membership&, const Membership&) = default;
};

// The numbers are the contract's (registry/v1/bloc.proto).
enum class BlocRoleKind {
  kUnspecified = 0,
  kLeader = 1,   // Khối trưởng: a member, one at a time; competes too.
  kDeputy = 2,   // Khối phó: a member; there may be several.
  kWatcher = 3,  // Chuyên viên theo dõi khối: a person.
};

struct BlocRole {
  BlocRoleKind kind = BlocRoleKind::kUnspecified;
  std::string unit;      // Of a leader or deputy.
  std::string official;  // Of a watcher: the name.
  Interval held;
  friend bool operator==(const BlocRole&, const BlocRole&) = default;
};

struct Bloc {
  std::string id;
  std::string name;      // "Khối thi đua 4"
  std::string province;  // May be empty.
  std::vector<Membership> memberships;
  std::vector<BlocRole> roles;
  friend bool operator==(const Bloc&, const Bloc&) = default;
};

// Every fault, each with its path as the contract names the fields ("memberships[3].unit",
// "roles[0].valid_from"). Reasons: those of identifier.h, and REQUIRED (a role without a kind or
// its holder), TOO_MANY (1,000 memberships, 1,000 roles), OUT_OF_RANGE (an interval that ends
// before it begins; a unit for a watcher, an official for a leader), MEMBERSHIPS_OVERLAP (one unit
// twice at one time), TWO_LEADERS, ROLES_OVERLAP (one unit both leader and deputy, or the same role
// twice, at one time), ROLE_WITHOUT_MEMBERSHIP (a leader or deputy that is not a member all the
// time). Memberships of one unit that follow on one another without a gap count as one time.
std::vector<Fault> ValidateBloc(const Bloc& bloc);

// Who belongs to the bloc on that day, with its role, in the order of memberships. display_name is
// left empty: units know their names.
std::vector<Member> MembersOn(const Bloc& bloc, Date day);

// Hands leadership on: leaders and deputies of that day end the day before (those that would begin
// later and before `until` are taken out), and the new ones begin. Faults at "effective_on"
// (OUT_OF_RANGE), "leader", "deputies[i]" (UNIT_NOT_A_MEMBER, DUPLICATE), "until" (OUT_OF_RANGE).
// An empty leader leaves the office vacant.
absl::StatusOr<Bloc> RotateRoles(const Bloc& bloc, Date effective_on, const std::string& leader,
                                 const std::vector<std::string>& deputies,
                                 std::optional<Date> until);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_BLOC_H_
