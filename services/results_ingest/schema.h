// The tables of results-ingest, forward only: a step that was released is never changed.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_SCHEMA_H_
#define THIDUA_SERVICES_RESULTS_INGEST_SCHEMA_H_

#include "services/storage/database.h"

namespace thidua::results_ingest {

storage::Migrations Schema();

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_SCHEMA_H_
