#include "services/results_ingest/schema.h"

#include "services/platform/mutation.h"

namespace thidua::results_ingest {
namespace {

// A resource is kept as the bytes of its message, with the columns that are asked for beside it.
//   registry_watch   where the watch of the registry goes on from
//   pacts            the registry's pacts as they arrived here, with the store that counted them
//   periods          one row a period of a pact in force: its version, and the store's number of
//   its last change results          every revision ever reported; is_current marks the newest
constexpr char kResults[] = R"sql(
  CREATE TABLE registry_watch (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    resume_token TEXT NOT NULL
  );
  CREATE TABLE pacts (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    registry_store_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (bloc, year)
  );
  CREATE TABLE periods (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    period TEXT NOT NULL,
    version BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    data_time_ms BIGINT NOT NULL,
    PRIMARY KEY (bloc, year, period)
  );
  CREATE UNIQUE INDEX periods_by_sequence ON periods (sequence);
  CREATE TABLE results (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    period TEXT NOT NULL,
    target TEXT NOT NULL,
    revision BIGINT NOT NULL,
    is_current BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (bloc, year, period, target, revision)
  );
  CREATE UNIQUE INDEX results_current ON results (bloc, year, period, target) WHERE is_current = 1;
)sql";

}  // namespace

storage::Migrations Schema() {
  static const char* const kMigrations[] = {platform::kRepliesSchema, kResults};
  return kMigrations;
}

}  // namespace thidua::results_ingest
