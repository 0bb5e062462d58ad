#include "services/results_ingest/schema.h"

#include "services/audit/schema.h"
#include "services/platform/mutation.h"

namespace thidua::results_ingest {
namespace {

// What is known of the registry.
//   registry_watch  where the watch of the registry goes on from
//   pacts           the registry's pacts as they arrived here, with the store that counted them:
//   the
//                   newest, and every one in force that a version of a period refers to
//   units           units, for their names
constexpr char kMirror[] = R"sql(
  CREATE TABLE registry_watch (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    resume_token TEXT NOT NULL
  );
  CREATE TABLE pacts (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    registry_store_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    is_current BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (bloc, year, registry_store_id, version)
  );
  CREATE UNIQUE INDEX pacts_current ON pacts (bloc, year) WHERE is_current = 1;
  CREATE TABLE units (
    unit TEXT PRIMARY KEY,
    message BYTEA NOT NULL
  );
)sql";

// A resource is kept as the bytes of its message, with the columns that are asked for beside it.
// Everything of a period that changes says with which version of the period it came
// (period_version), so that the period can be shown as it was at any version.
//   periods          one row a period of a pact in force: its version, the store's number of its
//                    last change, and whether it is sealed
//   period_versions  which pact each version was of
//   seals            each time that a period was sealed, by the version that it had then
//   results          every revision ever reported; is_current marks the newest
//   assessments      the same for points by layer; rater is "" but in the layer of peers
//   submission_steps what was handed in, handed back, verified
//   evidence         documents, by what is in them; the bytes are files beside the database
constexpr char kPeriods[] = R"sql(
  CREATE TABLE periods (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    period TEXT NOT NULL,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    sealed BIGINT NOT NULL,
    PRIMARY KEY (bloc, year, period)
  );
  CREATE UNIQUE INDEX periods_by_sequence ON periods (sequence);
  CREATE TABLE period_versions (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    period TEXT NOT NULL,
    version BIGINT NOT NULL,
    registry_store_id TEXT NOT NULL,
    pact_version BIGINT NOT NULL,
    data_time_ms BIGINT NOT NULL,
    PRIMARY KEY (bloc, year, period, version)
  );
  CREATE TABLE seals (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    period TEXT NOT NULL,
    version BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (bloc, year, period, version)
  );
  CREATE TABLE results (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    period TEXT NOT NULL,
    target TEXT NOT NULL,
    revision BIGINT NOT NULL,
    is_current BIGINT NOT NULL,
    period_version BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (bloc, year, period, target, revision)
  );
  CREATE UNIQUE INDEX results_current ON results (bloc, year, period, target) WHERE is_current = 1;
  CREATE TABLE assessments (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    period TEXT NOT NULL,
    unit TEXT NOT NULL,
    criterion TEXT NOT NULL,
    layer BIGINT NOT NULL,
    rater TEXT NOT NULL,
    revision BIGINT NOT NULL,
    is_current BIGINT NOT NULL,
    period_version BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (bloc, year, period, unit, criterion, layer, rater, revision)
  );
  CREATE TABLE submission_steps (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    period TEXT NOT NULL,
    unit TEXT NOT NULL,
    step BIGINT NOT NULL,
    period_version BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (bloc, year, period, unit, step)
  );
  CREATE TABLE evidence (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    unit TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (bloc, year, sha256)
  );
  CREATE INDEX evidence_by_sequence ON evidence (bloc, year, sequence);
)sql";

// What is brought in as a stream of rows.
//   imports      one row an import; stream: which of its streams may go on with it
//   import_rows  in a plan every row with what it would become, in rows that are stored as they
//   come
//                what became of those that say something; result: the result that a planned row is
//                for, once in an import; kind_bit: 1 << the outcome's kind
constexpr char kImports[] = R"sql(
  CREATE TABLE imports (
    import TEXT PRIMARY KEY,
    stream BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    freshness_token TEXT NOT NULL,
    message BYTEA NOT NULL
  );
  CREATE INDEX imports_by_expiry ON imports (expires_at_ms);
  CREATE TABLE import_rows (
    import TEXT NOT NULL,
    number BIGINT NOT NULL,
    result TEXT NOT NULL,
    kind_bit BIGINT NOT NULL,
    warned BIGINT NOT NULL,
    message BYTEA NOT NULL,
    outcome BYTEA NOT NULL,
    PRIMARY KEY (import, number)
  );
  CREATE UNIQUE INDEX import_rows_by_result ON import_rows (import, result) WHERE result <> '';
)sql";

//   imports.caller  who began it; "": before callers were known
constexpr char kImportCallers[] = R"sql(
  ALTER TABLE imports ADD COLUMN caller TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace

storage::Migrations Schema() {
  static const char* const kMigrations[] = {
      platform::kRepliesSchema, kMirror, kPeriods, kImports, kImportCallers, audit::kSchema};
  return kMigrations;
}

}  // namespace thidua::results_ingest
