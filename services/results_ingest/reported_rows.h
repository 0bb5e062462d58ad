// What becomes of each row of a report: read, checked against the pact and the figures already
// there, and either ready to be stored or rejected with every fault named. Stores nothing.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_REPORTED_ROWS_H_
#define THIDUA_SERVICES_RESULTS_INGEST_REPORTED_ROWS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/domain/fault.h"
#include "services/domain/pact.h"
#include "services/messages/resource_names.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::results_ingest {

namespace v1 = results::v1;

struct JudgedRow {
  v1::RowOutcome::Kind kind = v1::RowOutcome::KIND_REJECTED;
  std::string target;  // The id; "" when the row's target could not be told.
  std::string unit;    // Whose target it is; "" likewise.
  v1::Result result;   // To be stored when CREATED or UPDATED; what is there when UNCHANGED.
  std::vector<domain::Fault> faults;    // Why it is rejected.
  std::vector<domain::Fault> warnings;  // What a person should look at.
};

// In the order of the rows. `period` is one of the pact's; `current`: its present revisions by
// target id. Each row is judged by its unit's window on the day of `report_time`: PERIOD_CLOSED, or
// stored as late. A voided target takes no results (TARGET_VOIDED). Mode PER_UNIT keeps all rows of
// a unit out with its first rejected one (UNIT_REJECTED). DATA_LOSS when a present revision cannot
// be read.
absl::StatusOr<std::vector<JudgedRow>> JudgeRows(
    const v1::PutResultsRequest& request, const messages::PeriodName& period,
    const domain::Pact& pact, const absl::flat_hash_map<std::string, v1::Result>& current,
    absl::Time report_time);

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_REPORTED_ROWS_H_
