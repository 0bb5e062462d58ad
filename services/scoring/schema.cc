#include "services/scoring/schema.h"

#include "services/audit/schema.h"
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

// Who is not considered for awards, who was put forward, and how people voted. Each row is stored
// once and never changed, but for an ineligibility, which tells of its being lifted too. Sequences
// are the store's, at which a row was stored (and lifted; 0: it holds), so that every page of a
// list shows one state.
constexpr char kAwards[] = R"sql(
  CREATE TABLE ineligibilities (
    pact TEXT NOT NULL,
    number BIGINT NOT NULL,
    unit TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    lift_sequence BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (pact, number)
  );
  CREATE TABLE award_proposals (
    period TEXT NOT NULL,
    number BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (period, number)
  );
  CREATE TABLE award_votes (
    period TEXT NOT NULL,
    proposal BIGINT NOT NULL,
    number BIGINT NOT NULL,
    award TEXT NOT NULL,
    unit TEXT NOT NULL,
    revision BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (period, proposal, number)
  );
  CREATE UNIQUE INDEX award_votes_by_unit
    ON award_votes (period, proposal, award, unit, revision);
)sql";

// What several processes on one database need: that an older state of a period never takes the
// place of a newer one, and to find what others did to finals since the store's sequence was there.
constexpr char kReplicas[] = R"sql(
  ALTER TABLE periods ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
  ALTER TABLE finals ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
  CREATE INDEX finals_by_sequence ON finals (sequence);
)sql";

// Who began what is not finished; request_id is the key of platform::RequestKey.
constexpr char kIntentAuthors[] = R"sql(
  ALTER TABLE finality_intents ADD COLUMN actor TEXT NOT NULL DEFAULT '';
  ALTER TABLE finality_intents ADD COLUMN on_behalf_of TEXT NOT NULL DEFAULT '';
  ALTER TABLE finality_intents ADD COLUMN method TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace

storage::Migrations Schema() {
  static const char* const kMigrations[] = {
      kPeriods,  platform::kRepliesSchema, kFinals,       kReports, kAwards,
      kReplicas, audit::kSchema,           kIntentAuthors};
  return kMigrations;
}

}  // namespace thidua::scoring
