// The period that a change is for, or why there is none to change.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_OPEN_PERIOD_H_
#define THIDUA_SERVICES_RESULTS_INGEST_OPEN_PERIOD_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/messages/resource_names.h"
#include "services/results_ingest/ready_pacts.h"
#include "services/results_ingest/store.h"

namespace thidua::results_ingest {

struct OpenPeriod {
  std::shared_ptr<const ReadyPact> pact;
  const domain::Period* period = nullptr;  // Of the pact.
  bool sealed = false;
  int64_t version = 0;
};

// The period of a pact, sealed or not, whoever asks: NOT_FOUND (PACT_UNKNOWN, PERIOD_UNKNOWN) and
// FAILED_PRECONDITION (PACT_NOT_IN_FORCE), with fault path "period".
absl::StatusOr<OpenPeriod> FindPeriodOfPact(Store& store, ReadyPacts& pacts,
                                            const messages::PeriodName& name);

// The same for one who would change something in it at `now`: PERIOD_SEALED and PERIOD_NOT_YET_OPEN
// besides.
absl::StatusOr<OpenPeriod> FindOpenPeriod(Store& store, ReadyPacts& pacts,
                                          const messages::PeriodName& name, absl::Time now);

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_OPEN_PERIOD_H_
