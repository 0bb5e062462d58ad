// A change of the apparatus (sắp xếp tổ chức bộ máy), and everything that follows from it: what
// units, blocs and pacts become. Pure: it is handed what the registry knows and answers what the
// registry is to do.
//
// Real cases: on 24/02/2025 Kiên Giang's Sở LĐTBXH merged with Sở Nội vụ, Ban Dân tộc became Sở Dân
// tộc và Tôn giáo, Sở KH&CN absorbed Sở TT&TT; in other provinces the functions of Sở LĐTBXH went
// to four bodies.
#ifndef THIDUA_SERVICES_DOMAIN_REORGANISATION_H_
#define THIDUA_SERVICES_DOMAIN_REORGANISATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/domain/amendment.h"
#include "services/domain/bloc.h"
#include "services/domain/pact.h"
#include "services/domain/unit.h"

namespace thidua::domain {

// The numbers are the contract's (registry/v1/reorganisation.proto).
enum class ReorganisationKind {
  kUnspecified = 0,
  kRename = 1,
  kMerge = 2,
  kSplit = 3,
  kAbsorb = 4,
  kTransferFunction = 5,
};

struct FunctionTransfer {
  std::string function;       // A slug: "bao-tro-xa-hoi".
  std::string function_name;  // "Bảo trợ xã hội"
  std::string from;           // Unit ids.
  std::string to;
};

struct Successor {
  std::string unit;
  std::optional<Unit> new_unit;  // To be established; its namings' days are set here.
  // That it joins if it is in none; empty: a new unit that of the sources when it is one, and
  // another none.
  std::string bloc;
};

struct Reorganisation {
  std::string id;
  ReorganisationKind kind = ReorganisationKind::kUnspecified;
  Date effective_on;  // The first day on which it holds.
  std::string decision_number;
  std::string document;
  std::vector<std::string> sources;
  std::vector<Successor> successors;
  std::vector<FunctionTransfer> transfers;
  std::string remainder_to;
  std::optional<Naming> new_naming;
};

// What is wrong with it whatever the registry knows; paths as the contract names the fields
// ("name", "sources[1]", "successors[0].new_unit.display_name", "transfers[2].to", "new_naming",
// "remainder_to"). Reasons: those of identifier.h and unit.h, REQUIRED, TOO_MANY, DUPLICATE,
// OUT_OF_RANGE (a MERGE whose successor is a source, an ABSORB whose successor is one of those that
// end, a new unit that is a source or has another name than `unit`, a function transferred to the
// unit that has it), NOT_FOR_THIS_KIND (anything that the kind has no use for), UNIT_UNKNOWN (a
// transfer from none of the sources or to none of the successors; a remainder_to that is no
// successor).
std::vector<Fault> ValidateReorganisation(const Reorganisation& reorganisation);

// A pact that it may touch.
struct TouchedPact {
  const Pact* pact = nullptr;
  bool in_force = false;           // Signed; otherwise a draft.
  bool amendment_pending = false;  // Another change already waits for its signatures.
};

// What the registry knows of the units named, of every pact that names one of the sources, and of
// the blocs of these pacts, those in which the units ever were, and those that successors are to
// join.
struct RegistryView {
  std::vector<const Unit*> units;
  std::vector<const Bloc*> blocs;
  std::vector<TouchedPact> pacts;
};

enum class UnitChange { kEstablished = 1, kRenamed = 2, kEnded = 3, kContinues = 4 };
struct UnitEffect {
  Unit unit;  // As it is from then on.
  UnitChange change = UnitChange::kContinues;
};

enum class MembershipChange { kEnds = 1, kBegins = 2 };
struct MembershipEffect {
  std::string bloc;
  std::string unit;
  MembershipChange change = MembershipChange::kEnds;
};

enum class RoleChange { kFallsVacant = 1, kPasses = 2 };
struct RoleEffect {
  std::string bloc;
  BlocRoleKind role = BlocRoleKind::kLeader;
  std::string unit;
  RoleChange change = RoleChange::kFallsVacant;
  std::string to;  // With kPasses.
};

// What becomes of a target and of what was reported for it.
enum class ResultsChange {
  kStay = 1,
  kCarry = 2,  // The target goes to `to_unit`, its results with it.
  kSum = 3,    // Voided; its value is added to that of `to_target`, which reports the sum.
  kLeave = 4,  // Voided: the function left the bloc.
};
struct TargetEffect {
  std::string target;
  std::string from_unit;
  std::string to_unit;    // Empty with kStay.
  std::string to_target;  // With kSum.
  ResultsChange results = ResultsChange::kStay;
  std::string sentence;  // Vietnamese, for the people concerned.
};

enum class PactChange { kStays = 1, kRewritten = 2, kAmendmentProposed = 3 };
struct PactEffect {
  const Pact* pact = nullptr;  // Of the view given.
  PactChange change = PactChange::kStays;
  // Each of the sources' that was not voided before, and each that depended on one that ends and
  // now on its heir; in order.
  std::vector<TargetEffect> targets;
  // What to do with the pact (kRewritten: at once). Sound: domain::Amend takes it.
  std::optional<Amendment> amendment;
};

struct ReorganisationEffect {
  std::vector<UnitEffect> units;  // In the order: established, renamed, ended, continuing.
  std::vector<MembershipEffect> memberships;
  std::vector<RoleEffect> roles;
  std::vector<Bloc> blocs;  // Those that change, as they are from then on.
  std::vector<PactEffect> pacts;
};

// Everything that it does. The rules:
//
// - The day before `effective_on` is the last of a unit that ends, of its naming, aliases,
//   identifiers, memberships and roles; what was to begin later never does. A new unit's naming
//   begins on the day. A successor that is in no bloc on the day joins `successor.bloc`; without
//   that a new unit joins the bloc of the sources when all are in the same one. It stays until a
//   membership of its own that begins later.
// - A role of a unit that ends passes, from the day on or from its later beginning, to the one
//   successor of a MERGE or ABSORB, if that is a member of the bloc all the role's time and holds
//   no role in it; otherwise it falls vacant. Leadership passes before a deputy's office.
// - A pact of a year before that of `effective_on` stays as it is. A later one, or one of that
//   year, of which a source is a member, is rewritten when it is a draft, and otherwise gets an
//   amendment: units that end leave it, successors that are in its bloc (on the day, or when its
//   year begins) join it, with the role that passes, and targets go with their function, or with
//   their unit. A successor that is a member already and takes over a role is added again with it:
//   Amend puts it in the place of the one that is there.
// - By function: as a transfer from the target's unit says. Without one the target goes to
//   `remainder_to`; without that it stays with a unit that goes on.
// - A target that goes to a successor in the pact CARRIES: same id, another unit. But when the
//   successor has, or takes over from another source, a target of the same criterion, kind,
//   direction, accumulation, name and measure that adds up (cumulative or snapshot; both values
//   known, and their sum a Decimal), it is SUMMED into that one (the first in the pact's order
//   among those taken over). A target whose successor is not in the pact LEAVES; so does one of a
//   unit that ends under a criterion that was voided, which nobody could take over.
// - Who depended on a unit that ends depends on the one successor of a MERGE or ABSORB, nobody on
//   itself, in pacts of other blocs too: of such a pact nothing else changes, and it is named when
//   this does. Several successors: dependencies stay as they are.
// - A pact from which nobody leaves, to which nobody comes and none of whose targets moves stays
//   (RENAME: a pact keeps the names of its time).
//
// INVALID_ARGUMENT: what ValidateReorganisation says. FAILED_PRECONDITION: UNIT_NOT_ACTIVE at
// "sources[i]" (on the day before, or on the day) or "successors[i].unit" (on the day),
// UNIT_CHANGED_LATER at "sources[i]" (one that ends or is renamed has a naming that begins on the
// day or later: changes of a unit are recorded in order), AMENDMENT_PENDING (a pact in force that
// already waits for signatures), FUNCTION_UNDECIDED at "transfers" (a SPLIT whose source ends with
// a target whose function no transfer names, and no remainder_to), PACT_WOULD_BE_EMPTY (nobody
// would be left in it), BLOC_OVERLAP at "successors[i].bloc" (it would be in two blocs), and what
// would be too large: TOO_MANY under "units/…", "blocs/…" or "blocs/…/pacts/…". NOT_FOUND:
// UNIT_UNKNOWN, BLOC_UNKNOWN. ALREADY_EXISTS: UNIT_EXISTS for a new unit whose id is taken.
absl::StatusOr<ReorganisationEffect> EffectOf(const Reorganisation& reorganisation,
                                              const RegistryView& view);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_REORGANISATION_H_
