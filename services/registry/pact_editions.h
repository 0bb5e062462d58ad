// What parties sign of a pact, and how an amendment makes the next edition of it.
#ifndef THIDUA_SERVICES_REGISTRY_PACT_EDITIONS_H_
#define THIDUA_SERVICES_REGISTRY_PACT_EDITIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/domain/interval.h"
#include "services/registry/store.h"
#include "thidua/registry/v1/pact.pb.h"

namespace thidua::registry {

// "v1:…" over everything that binds the parties, and nothing that changes after.
std::string DigestOf(const v1::Pact& pact);

// The members that have not signed.
std::vector<std::string> UnsignedUnits(
    const google::protobuf::RepeatedPtrField<v1::Member>& members,
    const google::protobuf::RepeatedPtrField<v1::Signature>& signatures);

// The pact as the amendment makes it: the next edition, in force, unsigned, with the amendment on
// its list. Faults under `path`: of domain::Amend, and SCHEME_UNKNOWN, SCHEME_NOT_VALID.
absl::StatusOr<v1::Pact> Amended(Store& store, absl::string_view path, const v1::Pact& pact,
                                 const v1::Amendment& amendment);

// The scheme that a pact of that year may be under. Faults at `path`: RESOURCE_NAME_INVALID,
// SCHEME_UNKNOWN, SCHEME_NOT_VALID.
absl::StatusOr<v1::Scheme> SchemeFor(Store& store, absl::string_view path,
                                     const std::string& scheme, int year);

// Whether the units on which targets depend are registered: UNIT_UNKNOWN at
// "`path`[i].dependencies[k].unit".
absl::Status CheckDependencies(Store& store, absl::string_view path,
                               const google::protobuf::RepeatedPtrField<v1::Target>& targets);

// From 1 January to 31 December.
domain::Interval DaysOf(int year);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_PACT_EDITIONS_H_
