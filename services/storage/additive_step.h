// Steps of a schema that older builds go on beside (Migrations in database.h).
#ifndef THIDUA_SERVICES_STORAGE_ADDITIVE_STEP_H_
#define THIDUA_SERVICES_STORAGE_ADDITIVE_STEP_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace thidua::storage {

// Whether the step says that it only adds.
bool SaysAdditive(absl::string_view step);

// INTERNAL, with the statement, when a step that says so does more than
//   CREATE TABLE …                          without REFERENCES
//   CREATE [UNIQUE] INDEX … ON …            UNIQUE over the step's own tables only
//   ALTER TABLE … ADD COLUMN …              with a DEFAULT where it is NOT NULL; nor UNIQUE,
//                                           REFERENCES or CHECK
absl::Status CheckAdditive(absl::string_view step);

}  // namespace thidua::storage

#endif  // THIDUA_SERVICES_STORAGE_ADDITIVE_STEP_H_
