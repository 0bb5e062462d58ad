#include "services/domain/completeness.h"

namespace thidua::domain {

std::vector<Completeness> CompletenessOf(
    const Pact& pact, const absl::flat_hash_map<std::string, ReportedTarget>& reported) {
  std::vector<Completeness> units;
  units.reserve(pact.members.size());
  absl::flat_hash_map<absl::string_view, size_t> index;
  for (const Member& member : pact.members) {
    index.emplace(member.unit, units.size());
    units.emplace_back().unit = member.unit;
  }
  for (const Target& target : pact.targets) {
    const auto found = index.find(target.unit);
    if (found == index.end() || target.kind != TargetKind::kScored || target.voided ||
        IsVoided(pact, target.criterion)) {
      continue;
    }
    Completeness& unit = units[found->second];
    ++unit.expected;
    const auto report = reported.find(target.id);
    if (report == reported.end()) {
      ++unit.missing;
      unit.missing_targets.push_back(&target);
      continue;
    }
    ++unit.reported;
    ++(report->second.late ? unit.late : unit.in_time);
    if (report->second.not_assigned) ++unit.not_assigned;
  }
  return units;
}

Completeness TotalOf(const std::vector<Completeness>& units) {
  Completeness total;
  for (const Completeness& unit : units) {
    total.expected += unit.expected;
    total.reported += unit.reported;
    total.in_time += unit.in_time;
    total.late += unit.late;
    total.missing += unit.missing;
    total.not_assigned += unit.not_assigned;
  }
  return total;
}

}  // namespace thidua::domain
