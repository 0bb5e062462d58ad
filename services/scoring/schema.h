// The tables of scoring, forward only: a step that was released is never changed.
#ifndef THIDUA_SERVICES_SCORING_SCHEMA_H_
#define THIDUA_SERVICES_SCORING_SCHEMA_H_

#include "services/storage/database.h"

namespace thidua::scoring {

storage::Migrations Schema();

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_SCHEMA_H_
