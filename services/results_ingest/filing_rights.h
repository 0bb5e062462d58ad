// Whose figures a caller may bring into a period: as PutResults would take them, whichever way they
// come. Imports bring rows of several periods, long after they began or were planned; what counts
// is what the caller may do now, period by period. Thread-safe.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_FILING_RIGHTS_H_
#define THIDUA_SERVICES_RESULTS_INGEST_FILING_RIGHTS_H_

#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "services/access/principal.h"
#include "services/access/requirement.h"
#include "services/messages/resource_names.h"

namespace thidua::results_ingest {

// The ids of the units; nothing: anybody's.
using OwnUnits = std::optional<absl::flat_hash_set<std::string>>;

// On such terms.
OwnUnits OwnUnitsOf(const access::Principal& caller, const access::Terms& terms);

// PERMISSION_DENIED (NOT_ALLOWED, at "period") for one who may file nothing there.
absl::StatusOr<OwnUnits> MayFile(const access::Principal& caller,
                                 const messages::PeriodName& period);

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_FILING_RIGHTS_H_
