#include "services/scoring/schema.h"

namespace thidua::scoring {
namespace {

// What results-ingest last sent of each period, so that a restart while it is away still answers.
// Rankings are computed from it again: nothing is kept twice.
constexpr char kPeriods[] = R"sql(
  CREATE TABLE periods (
    period TEXT PRIMARY KEY,
    store_id TEXT NOT NULL,
    store_epoch_ms BIGINT NOT NULL,
    inputs BYTEA NOT NULL
  );
)sql";

}  // namespace

storage::Migrations Schema() {
  static const char* const kMigrations[] = {kPeriods};
  return kMigrations;
}

}  // namespace thidua::scoring
