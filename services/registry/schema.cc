#include "services/registry/schema.h"

#include "services/platform/mutation.h"

namespace thidua::registry {
namespace {

// A resource is kept as the bytes of its message, with the columns that are asked for beside it:
// its shape is the contract's, and is written down once. `sequence` is the store's number of the
// pact's last change, which watches follow.
constexpr char kResources[] = R"sql(
  CREATE TABLE units (
    unit TEXT PRIMARY KEY,
    message BYTEA NOT NULL
  );
  CREATE TABLE blocs (
    bloc TEXT PRIMARY KEY,
    message BYTEA NOT NULL
  );
  CREATE TABLE schemes (
    scheme TEXT NOT NULL,
    version BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (scheme, version)
  );
  CREATE TABLE pacts (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (bloc, year)
  );
  CREATE UNIQUE INDEX pacts_by_sequence ON pacts (sequence);
  CREATE TABLE targets (
    bloc TEXT NOT NULL,
    year BIGINT NOT NULL,
    position BIGINT NOT NULL,
    target TEXT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (bloc, year, position)
  );
  CREATE UNIQUE INDEX targets_by_name ON targets (bloc, year, target);
)sql";

}  // namespace

storage::Migrations Schema() {
  static const char* const kMigrations[] = {platform::kRepliesSchema, kResources};
  return kMigrations;
}

}  // namespace thidua::registry
