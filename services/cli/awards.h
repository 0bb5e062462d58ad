// The commands by which units are put forward for awards, and people's votes on them are recorded.
#ifndef THIDUA_SERVICES_CLI_AWARDS_H_
#define THIDUA_SERVICES_CLI_AWARDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/platform/caller.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::cli {

// What there is to be seen: of a period its newest proposal when that stands, and otherwise who
// would be proposed now; of a proposal itself.
struct ShownAwards {
  scoring::v1::AwardProposal proposal;
  bool stale = false;
  // The newest one, which stands no more; empty: there is none.
  std::string superseded;
};
absl::StatusOr<ShownAwards> FindAwards(const std::string& period_or_proposal,
                                       const std::string& freshness_token,
                                       platform::Caller& caller);

// What `awards propose` is asked.
struct ProposalWish {
  std::string period;
  std::string revision;  // Of the final that was seen; empty: of the one that is shown now.
  std::string authority;
  std::string replaces;  // May be empty.
  bool validate_only = false;
};

// What `vote` is asked.
struct VoteWish {
  std::string proposal;
  std::string award;
  std::string unit;
  std::string yes, no, blank;
  std::string session;
  std::string correction_reason;
  bool validate_only = false;
};

// The same wish has the same request id: given again after a lost answer, it tells the first one.
// Votes that were changed since are another matter: the same count is then recorded anew.
absl::StatusOr<scoring::v1::ProposeAwardsResponse> ProposeAwards(const ProposalWish& wish,
                                                                 platform::Caller& caller);
// INVALID_ARGUMENT (NUMBER_UNREADABLE) for a count that is no whole number.
absl::StatusOr<scoring::v1::RecordVotesResponse> RecordVotes(const VoteWish& wish,
                                                             platform::Caller& caller);

std::string AwardsPage(const ShownAwards& shown, int width);
std::string ProposedPage(const scoring::v1::ProposeAwardsResponse& response, int width);
std::string VotesPage(const scoring::v1::RecordVotesResponse& response, int width);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_AWARDS_H_
