// What becomes of each row of a report: read, checked against the pact and the figures already
// there, and either ready to be stored or rejected with every fault named. Stores nothing.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_REPORTED_ROWS_H_
#define THIDUA_SERVICES_RESULTS_INGEST_REPORTED_ROWS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/domain/fault.h"
#include "services/domain/result.h"
#include "services/domain/target_name.h"
#include "services/messages/resource_names.h"
#include "services/results_ingest/filing_rights.h"
#include "services/results_ingest/open_period.h"
#include "services/results_ingest/store.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::results_ingest {

using Rows = absl::Span<const v1::ResultRow* const>;

// A target that a row speaks of, or why it cannot be told.
using MeantTarget = absl::StatusOr<const domain::Target*>;

// Targets that rows name in words, in one pact after another: what was worked out for some rows
// serves the next, as long as pact and day are the same. For one caller at a time.
class TargetsInWords {
 public:
  MeantTarget Find(const v1::ResultRow& row, const OpenPeriod& open, domain::Date today,
                   Store& store);

 private:
  std::shared_ptr<const ReadyPact> pact_;
  domain::Date day_;
  std::optional<domain::TargetNames> names_;  // Of pact_; refers to it.
};

// What the rows of one period are judged against: read once, for those rows only.
struct Ground {
  messages::PeriodName name;
  // What names of targets and results begin with: "blocs/…/targets/", "blocs/…/results/".
  std::string targets_prefix, results_prefix;
  OpenPeriod open;
  absl::Time report_time;
  std::vector<MeantTarget> targets;  // Of each row.
  ResultsByTarget current;           // Present revisions, of those targets.
  // Of those targets that add up over the year: the newest result of the last earlier period.
  absl::flat_hash_map<std::string, domain::EarlierResult> earlier;
  // The periods that were looked through for those, as they were then.
  struct LookedAt {
    std::string period;
    int64_t version = 0;
  };
  std::vector<LookedAt> looked_at;
  absl::flat_hash_set<std::string> evidence;  // SHA-256 of documents that rows name and are here.
};
absl::StatusOr<Ground> ReadGround(Store& store, OpenPeriod open, const messages::PeriodName& name,
                                  Rows rows, absl::Time report_time, TargetsInWords& in_words);

struct JudgedRow {
  v1::RowOutcome::Kind kind = v1::RowOutcome::KIND_REJECTED;
  std::string target;  // The id; "" when the row's target could not be told.
  std::string unit;    // Whose target it is; "" likewise.
  v1::Result result;   // To be stored when CREATED or UPDATED; what is there when UNCHANGED.
  std::optional<v1::Result> before;     // What is there, when UPDATED.
  std::vector<domain::Fault> faults;    // Why it is rejected; paths within the row: "actual".
  std::vector<domain::Fault> warnings;  // What a person should look at.
};

// In the order of the rows, each alone but for a target that comes twice (DUPLICATE). Each is
// judged by its unit's window on the day of the report: PERIOD_CLOSED, or stored as late. A voided
// target takes no results (TARGET_VOIDED). DATA_LOSS when a present revision cannot be read.
absl::StatusOr<std::vector<JudgedRow>> JudgeRows(Rows rows, const Ground& ground);

// Keeps out the rows of other units (NOT_OWN_UNIT).
void RejectOtherUnits(const OwnUnits& own, std::vector<JudgedRow>& rows);

// Mode PER_UNIT: keeps all rows of a unit out with a rejected one (UNIT_REJECTED).
void RejectUnitsWithAFault(std::vector<JudgedRow>& rows);

// Stores what is CREATED or UPDATED, as of `version`: the one that this change gives to the period.
// The first rows of a change that are stored raise it.
absl::Status StoreJudged(Store& store, const Ground& ground, const std::vector<JudgedRow>& rows,
                         std::optional<int64_t>& version, audit::Trail& trail);

// Whether the result has a figure, and not what its target wants of one: a document, or that or an
// explanation. It may be reported so, and not handed in.
bool LacksEvidence(const domain::Target& target, const v1::Result& result);

// As answers tell it, fields under `path`: "rows[3].actual" under "rows[3]".
v1::RowOutcome OutcomeMessage(const messages::PeriodName& period, const JudgedRow& judged,
                              absl::string_view path);

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_REPORTED_ROWS_H_
