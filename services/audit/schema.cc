#include "services/audit/schema.h"

namespace thidua::audit {

//   audit_entries      every entry, never changed, never removed; message: its bytes without the
//   hash,
//                      of which the hash is made
//   audit_heads        the last entry of each chain; bound: that of the last checkpoint which has
//   it audit_checkpoints  as the entries
const char kSchema[] = R"sql(
  CREATE TABLE audit_entries (
    root TEXT NOT NULL,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (root, number)
  );
  CREATE TABLE audit_heads (
    root TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    bound BIGINT NOT NULL
  );
  CREATE INDEX audit_heads_unbound ON audit_heads (root) WHERE number > bound;
  CREATE TABLE audit_checkpoints (
    number BIGINT PRIMARY KEY,
    hash TEXT NOT NULL,
    message BYTEA NOT NULL
  );
)sql";

}  // namespace thidua::audit
