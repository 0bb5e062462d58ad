// The Vietnamese sentences of award proposals: why a unit stands where it does in the line for an
// award, and what is to be known of a proposal. At most kMaxSentence (number_wording.h) code points
// each: of long names the beginning. Pure functions.
#ifndef THIDUA_SERVICES_SCORING_AWARD_WORDING_H_
#define THIDUA_SERVICES_SCORING_AWARD_WORDING_H_

#include <string>
#include <vector>

#include "services/domain/award.h"
#include "thidua/scoring/v1/award.pb.h"

namespace thidua::scoring {

// "Xếp thứ 1, được đề nghị Cờ thi đua của UBND tỉnh." `of_its_rank`: how many have the contender's
// rank, whether they are in line or not. `after_votes`: of an outcome, otherwise of what is
// proposed.
std::string AwardSentence(const v1::ProposedAward& award, const v1::AwardContender& contender,
                          size_t of_its_rank, const domain::AwardRule& rule,
                          const domain::AwardCandidate& candidate, bool after_votes);

// "đang bị thanh tra (Quyết định 5/QĐ-TTr)", "… và 1 việc khác": what stands against a unit, short
// enough for a sentence; "" when nothing does.
std::string IneligibleBecause(const std::vector<v1::Ineligibility>& in_force);

// What is to be known of the proposal as it stands now, but for ineligibilities.
std::vector<std::string> ProposalNotes(const v1::AwardProposal& proposal);

// That a unit's eligibility is no longer what it was when the proposal was made.
std::string NowIneligibleNote(const v1::AwardContender& contender, const std::string& because);
std::string EligibleAgainNote(const v1::AwardContender& contender);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_AWARD_WORDING_H_
