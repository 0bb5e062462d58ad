// Who has reported what (tình hình nộp báo cáo): counts over the targets that a unit owes a figure
// for. Informational targets are not owed, voided ones not any more. Pure; thread-safe.
#ifndef THIDUA_SERVICES_DOMAIN_COMPLETENESS_H_
#define THIDUA_SERVICES_DOMAIN_COMPLETENESS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/domain/pact.h"

namespace thidua::domain {

// What became of one target.
struct ReportedTarget {
  bool late = false;          // Its first report came after the due day: a correction later on does
                              // not make late what was in time.
  bool not_assigned = false;  // Said now not to be the unit's.
};

struct Completeness {
  std::string unit;  // Empty: of all.
  int expected = 0;
  int reported = 0;  // in_time + late.
  int in_time = 0;
  int late = 0;
  int missing = 0;                             // expected − reported.
  int not_assigned = 0;                        // Of the reported.
  std::vector<const Target*> missing_targets;  // In the order of the pact; not of all.
};

// One a member, in the pact's order. `reported`: by the target's id; targets that are not in it are
// missing. Pointers refer to the pact.
std::vector<Completeness> CompletenessOf(
    const Pact& pact, const absl::flat_hash_map<std::string, ReportedTarget>& reported);

// The sum of them.
Completeness TotalOf(const std::vector<Completeness>& units);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_COMPLETENESS_H_
