#include "services/registry/schema.h"

#include "services/audit/schema.h"
#include "services/platform/mutation.h"
#include "services/registry/store.h"

namespace thidua::registry {
namespace {

// A resource is kept as the bytes of its message, with the columns that are asked for beside it:
// its shape is the contract's, and is written down once. Every revision stays, so that a page, an
// edition or a change of long ago is read as what was there.
//
//   revisions        units, blocs, schemes, pacts (without their targets) and reorganisations. One
//                    row a change: `since` is the store's number of that change, `until` that of
//                    the next one of the same resource, and the largest number while there is none.
//                    `facet` is what lists go by: a pact's bloc, a scheme's id, the day of a
//                    reorganisation.
//   targets          of pacts, by the changes of their pact
//   scheme_drafts    of the next versions; nobody's business but their authors'
//   unit_keys        under which keys a unit is found (domain/unit_name.h), as it is now; and
//                    "kind:1" for each kind that it is, was or will be, for good
//   memberships      the dated members of all blocs, as they are now
//   unit_reorganisations  which reorganisations a unit was part of
constexpr char kResources[] = R"sql(
  CREATE TABLE revisions (
    collection BIGINT NOT NULL,
    id TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    version BIGINT NOT NULL,
    change_time_ms BIGINT NOT NULL,
    facet TEXT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (collection, id, since)
  );
  CREATE UNIQUE INDEX revisions_by_change ON revisions (since);
  CREATE INDEX revisions_by_facet ON revisions (collection, facet, id) WHERE facet <> '';
  CREATE TABLE targets (
    pact TEXT NOT NULL,
    target TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    position BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (pact, target, since)
  );
  CREATE TABLE scheme_drafts (
    scheme TEXT PRIMARY KEY,
    message BYTEA NOT NULL
  );
  CREATE TABLE unit_keys (
    key TEXT NOT NULL,
    unit TEXT NOT NULL,
    PRIMARY KEY (key, unit)
  );
  CREATE TABLE memberships (
    unit TEXT NOT NULL,
    bloc TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    PRIMARY KEY (unit, bloc, valid_from)
  );
  CREATE TABLE unit_reorganisations (
    unit TEXT NOT NULL,
    reorganisation TEXT NOT NULL,
    PRIMARY KEY (unit, reorganisation)
  );
)sql";

//   pact_units       which pacts name a unit, as a member or as one that a target depends on; a
//                    bloc's memberships may have been changed since they were signed
constexpr char kPactUnits[] = R"sql(
  CREATE TABLE pact_units (
    unit TEXT NOT NULL,
    pact TEXT NOT NULL,
    PRIMARY KEY (unit, pact)
  );
)sql";

}  // namespace

storage::Migrations Schema() {
  static const char* const kMigrations[] = {platform::kRepliesSchema, kResources, kPactUnits,
                                            audit::kSchema};
  return kMigrations;
}

absl::Status CompleteSchema(storage::Database& database) {
  return database.Write(
      [](storage::Transaction& transaction) { return Store(transaction).IndexPacts(); });
}

}  // namespace thidua::registry
