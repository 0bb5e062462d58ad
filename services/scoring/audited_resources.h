// What the audit's entries of scoring are about: finals, ineligibilities, award proposals, votes,
// reports; their names, and how they are stored.
//
//   {period}/finals/{number}                   {pact}/ineligibilities/{number}
//   {period}/awardProposals/{number}           {period}/awardProposals/{number}/votes/{number}
//   {period}/reports/{report}                  without its figures
//   {period}/reports/{report}/figures/{taking}, …/files/{format}      by their digests
//
// A final's record has the digests of its ranking and its scorecards: one of them damaged, the
// record is not held to be what it was.
#ifndef THIDUA_SERVICES_SCORING_AUDITED_RESOURCES_H_
#define THIDUA_SERVICES_SCORING_AUDITED_RESOURCES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/audit/stored_rows.h"
#include "services/messages/resource_names.h"
#include "services/storage/database.h"

namespace thidua::scoring {

std::string FinalResource(absl::string_view period, int64_t number);
std::string VotesResource(absl::string_view period, int64_t proposal, int64_t number);
std::string FiguresResource(const messages::ReportName& report, int64_t taking);
std::string FileResource(const messages::ReportName& report, int64_t format);

// Every revision of a report is held; of the rest there is one row each.
class AuditedResources : public audit::Resources {
 public:
  std::vector<audit::Rows> OfRoot(const std::string& root) const override;
  std::vector<audit::Rows> OfAllRoots() const override;
  audit::Kept KeptOf(absl::string_view resource) const override;
  // Of finals: whether all of them is what their records say.
  absl::Status Complete(storage::Transaction& transaction,
                        std::vector<audit::StoredRow>& rows) const override;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_AUDITED_RESOURCES_H_
