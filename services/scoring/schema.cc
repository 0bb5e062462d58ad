#include "services/scoring/schema.h"

#include "services/platform/mutation.h"

namespace thidua::scoring {
namespace {

// What results-ingest last sent of each period, so that a restart while it is away still answers.
// Provisional rankings are computed from it again: nothing is kept twice.
constexpr char kPeriods[] = R"sql(
  CREATE TABLE periods (
    period TEXT PRIMARY KEY,
    store_id TEXT NOT NULL,
    store_epoch_ms BIGINT NOT NULL,
    inputs BYTEA NOT NULL
  );
)sql";

// Every final as it was stored, never changed but for its record, which tells of its revocation
// too; and what was begun and is not finished (finality.h). A number is how often the period's
// ranking had been made final or revoked by then.
constexpr char kFinals[] = R"sql(
  CREATE TABLE finals (
    period TEXT NOT NULL,
    number BIGINT NOT NULL,
    revision TEXT NOT NULL,
    record BYTEA NOT NULL,
    ranking BYTEA NOT NULL,
    PRIMARY KEY (period, number)
  );
  CREATE TABLE final_scorecards (
    period TEXT NOT NULL,
    number BIGINT NOT NULL,
    place BIGINT NOT NULL,
    scorecard BYTEA NOT NULL,
    PRIMARY KEY (period, number, place)
  );
  CREATE TABLE finality_intents (
    period TEXT PRIMARY KEY,
    kind BIGINT NOT NULL,
    begun_at_ms BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    request BYTEA NOT NULL
  );
)sql";

// Reports (docs/decisions/0022). Every revision stays: `since` is the store's number of the change
// that made it, `until` that of the next one, and the largest number while there is none.
//   reports         without their figures, which are many and seldom change
//   report_figures  each taking of them
//   report_files    of final reports: the bytes of each form, as they were
constexpr char kReports[] = R"sql(
  CREATE TABLE reports (
    period TEXT NOT NULL,
    report BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (period, report, since)
  );
  CREATE TABLE report_figures (
    period TEXT NOT NULL,
    report BIGINT NOT NULL,
    taking BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (period, report, taking)
  );
  CREATE TABLE report_files (
    period TEXT NOT NULL,
    report BIGINT NOT NULL,
    format BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (period, report, format)
  );
)sql";

}  // namespace

storage::Migrations Schema() {
  static const char* const kMigrations[] = {kPeriods, platform::kRepliesSchema, kFinals, kReports};
  return kMigrations;
}

}  // namespace thidua::scoring
