// What one unit reports for one period, as a whole (báo cáo của đơn vị): what is in it, and where
// it stands between the unit and who checks it.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_UNIT_REPORT_H_
#define THIDUA_SERVICES_RESULTS_INGEST_UNIT_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/pact.h"
#include "services/messages/resource_names.h"
#include "services/results_ingest/store.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::results_ingest {

struct UnitReport {
  std::vector<v1::Result> results;          // In the order of the pact's targets.
  std::vector<v1::Assessment> assessments;  // The unit's own points, in the order of criteria.
};

// What `unit` reports among all that was reported for a period of the pact.
UnitReport ReportOf(const domain::Pact& pact, absl::string_view unit,
                    const ResultsByTarget& results, const std::vector<v1::Assessment>& assessments);

// "v1:" and the SHA-256 of what the report says: figures, percentages, remarks, explanations,
// evidence and own points. When and how often it was said does not count: who goes back to what was
// verified is verified again.
std::string DigestOf(const UnitReport& report);

// Targets that the unit owes a figure for and has reported none of, in the order of the pact; ids.
std::vector<std::string> MissingTargets(const domain::Pact& pact, absl::string_view unit,
                                        const UnitReport& report);

// What the later report says that the earlier did not; without its digest. Nothing that was ever
// reported goes away again, so what is in `before` is in `after`.
v1::DiffSinceResponse DiffOf(const UnitReport& before, const UnitReport& after);

// Where a report of that digest stands, by its last step; null: none was taken.
v1::Submission::State StateOf(const v1::Submission::Step* last, absl::string_view digest);

// A unit's report as this transaction sees it, with every step.
struct StoredReport {
  UnitReport report;
  v1::Submission submission;
};
absl::StatusOr<StoredReport> ReadReport(Store& store, const messages::PeriodName& name,
                                        const domain::Pact& pact, absl::string_view unit);

// Everything that scoring needs of the period, as Store::FindInputs, with its submissions and
// without long texts that no point depends on.
absl::StatusOr<std::optional<v1::PeriodInputs>> ReadInputs(Store& store,
                                                           const messages::PeriodName& name,
                                                           int64_t version);

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_UNIT_REPORT_H_
