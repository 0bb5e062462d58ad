// What the audit's entries of results-ingest are about: results, assessments, steps of reports,
// seals, evidence, imports; their names, and how they are stored.
//
//   {period}/results/{target}         {period}/assessments/{unit}/{criterion}/{layer}/{rater}
//   {period}/seals/{version}          {period}/submissions/{unit}/steps/{number}
//   {pact}/evidence/{sha256}          imports/{import}
//
// A rater is "-" but of peers. Of an import its beginning, its end and its commit are on record; it
// is removed in time, and so not held against its last entry.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_AUDITED_RESOURCES_H_
#define THIDUA_SERVICES_RESULTS_INGEST_AUDITED_RESOURCES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/audit/stored_rows.h"
#include "services/messages/resource_names.h"
#include "services/results_ingest/store.h"

namespace thidua::results_ingest {

std::string AssessmentResource(const messages::PeriodName& period, const AssessmentKey& key);
std::string SealResource(const messages::PeriodName& period, int64_t version);
std::string StepResource(const messages::PeriodName& period, absl::string_view unit,
                         int64_t number);

// Every revision of results and assessments is held; of the rest there is one row each.
class AuditedResources : public audit::Resources {
 public:
  std::vector<audit::Rows> OfRoot(const std::string& root) const override;
  std::vector<audit::Rows> OfAllRoots() const override;
  audit::Kept KeptOf(absl::string_view resource) const override;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_AUDITED_RESOURCES_H_
