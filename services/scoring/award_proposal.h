// Award proposals: made of a standing and what holds against its units, and read again with the
// votes. Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_SCORING_AWARD_PROPOSAL_H_
#define THIDUA_SERVICES_SCORING_AWARD_PROPOSAL_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scoring/standing.h"
#include "thidua/scoring/v1/award.pb.h"

namespace thidua::scoring {

// Who is put forward by the standing's ranking, a preview without name, time and notes.
// `in_force`: the ineligibilities of its pact that hold. FAILED_PRECONDITION: NO_AWARDS;
// SCHEME_MOVED when a final stands and the standing's pact is not of its scheme,
// INPUTS_NOT_COMPUTABLE when it is and cannot be read.
absl::StatusOr<v1::AwardProposal> MakeProposal(const Standing& standing,
                                               const std::vector<v1::Ineligibility>& in_force);

// Puts in the outcome: what the votes leave of the proposal, by nothing but what is stored in it.
// `votes`: the last revision of each award and unit. DATA_LOSS when it is not what MakeProposal
// makes.
absl::Status AddOutcome(const std::vector<v1::AwardVotes>& votes, v1::AwardProposal& proposal);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_AWARD_PROPOSAL_H_
