// Rows that come in bulk, of one period or of several: judged as PutResults judges them, period by
// period. Stores nothing.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_IMPORTED_ROWS_H_
#define THIDUA_SERVICES_RESULTS_INGEST_IMPORTED_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/results_ingest/ready_pacts.h"
#include "services/results_ingest/reported_rows.h"
#include "services/results_ingest/store.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::results_ingest {

// The rows of one period among those that were judged together.
struct ImportedPeriod {
  messages::PeriodName name;
  std::vector<size_t> places;  // Of its rows among all.
  absl::Status refusal;        // What keeps all of them out; then nothing was judged.
  Ground ground;
  std::vector<JudgedRow> judged;  // As `places`.
};

// Rows with what becomes of each.
class ImportedRows {
 public:
  // In the order in which rows speak of them. A row whose period cannot be told is in none.
  const std::vector<ImportedPeriod>& periods() const { return periods_; }
  size_t size() const { return rows_.size(); }

  v1::RowOutcome::Kind kind(size_t row) const;
  bool warned(size_t row) const;
  bool warned_of(size_t row, absl::string_view reason) const;
  // Fields of faults are within the row: "row.actual".
  v1::RowOutcome Outcome(size_t row) const;
  // "{period}/results/{target}"; "" of a row that is rejected.
  std::string Result(size_t row) const;
  // Rejects a row that was not, for what its fellows say; `why` within the reported row: "target".
  void Reject(size_t row, domain::Fault why);

 private:
  friend absl::StatusOr<ImportedRows> JudgeImported(Store&, ReadyPacts&,
                                                    absl::Span<const v1::ImportRow* const>,
                                                    absl::string_view, absl::Time,
                                                    const access::Principal&, TargetsInWords&);
  struct Row {
    absl::Status refusal;  // When its period cannot be told.
    size_t period = 0;     // Among periods_…
    size_t place = 0;      // …and its place there.
  };
  void Sort(absl::Span<const v1::ImportRow* const> rows, absl::string_view period);
  const JudgedRow* Judged(size_t row) const;  // Null: refused unjudged.
  const absl::Status& RefusalOf(size_t row) const;

  std::vector<ImportedPeriod> periods_;
  std::vector<Row> rows_;
};

// `period`: of rows that name none; may be "" (fault REQUIRED at "period"). What keeps a whole
// period out (PERIOD_SEALED, PACT_UNKNOWN, …) is a fault of each of its rows. `caller`: who brings
// them.
absl::StatusOr<ImportedRows> JudgeImported(Store& store, ReadyPacts& pacts,
                                           absl::Span<const v1::ImportRow* const> rows,
                                           absl::string_view period, absl::Time now,
                                           const access::Principal& caller,
                                           TargetsInWords& in_words);

// What is different now about a row that a plan has judged, as a Vietnamese sentence; "" when it
// would still become what the plan says.
std::string WhatMoved(const v1::RowOutcome& planned, const v1::RowOutcome& now);

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_IMPORTED_ROWS_H_
