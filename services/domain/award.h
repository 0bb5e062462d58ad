// Who is put forward for what (suy tôn; đề nghị cờ thi đua, bằng khen) once a bloc is ranked. Rank
// is not award: a unit under discipline, investigation or inspection keeps its rank and is passed
// over (Nghị định 98/2023, Điều 4), and people decide by vote what points leave open. Pure;
// thread-safe.
//
//   const auto contenders = ContendersOf(sheet, Rank(sheet), {"so-y-te"});
//   ProposeAwards(scheme.awards, contenders);         // before anybody has voted
//   ProposeAwards(scheme.awards, contenders, votes);  // what the votes leave of it
#ifndef THIDUA_SERVICES_DOMAIN_AWARD_H_
#define THIDUA_SERVICES_DOMAIN_AWARD_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "services/domain/ranking.h"

namespace thidua::domain {

// One unit in line, with all that awards are decided by.
struct Contender {
  std::string unit;
  int rank = 0;               // 0: not ranked, and in no line.
  std::string class_id = {};  // Empty: none.
  bool ineligible = false;
};

// One a unit, in the order of the places. `ineligible` are units.
std::vector<Contender> ContendersOf(const ScoreSheet& sheet, const std::vector<Place>& places,
                                    absl::Span<const std::string> ineligible);

// The votes on one unit for one award, as they were counted.
struct VoteCount {
  int64_t yes = 0;
  int64_t no = 0;
  int64_t blank = 0;
  // At which vote: equals are compared by counts of one and the same.
  std::string session = {};
  int64_t cast() const { return yes + no + blank; }
  friend bool operator==(const VoteCount&, const VoteCount&) = default;
};

// Whether the votes are enough for the award: yes over all cast, exactly. An award that needs no
// vote has enough of any; one that does is not given without.
bool VotesSuffice(const AwardRule& award, const VoteCount& votes);

// By award and contender, as they are numbered in what is asked.
using AwardVotes = std::map<std::pair<size_t, size_t>, VoteCount>;

// One unit beside one award.
struct AwardCandidate {
  enum class Standing {
    kProposed,    // It is its turn. Votes that were counted are enough.
    kTied,        // Equal with others for fewer awards than they are: people decide, by vote.
    kIneligible,  // It would be its turn, and it is passed over.
    kOtherClass,  // Likewise: the award is for other classes.
    kVotedDown,   // Likewise: the votes are not enough.
    kNotChosen,   // Equals with more votes took the awards that were left.
  };
  size_t contender = 0;
  Standing standing = Standing::kProposed;
  std::optional<VoteCount> votes = std::nullopt;
  // Where equals had to be told apart: how many they were and for how many awards; of those who are
  // still tied after a vote, the rest. 0 otherwise.
  size_t equals = 0;
  size_t equals_for = 0;
  // kTied: it may yet get an award before this one, and is in line for this one if it does not.
  bool waits = false;
  // kProposed, kTied, kNotChosen: so it is if all who still lack votes that they need get them, and
  // it may be otherwise if they do not. Its own missing votes are no part of it.
  bool provisional = false;
};

// One award of the scheme, and who is in line for it: in the order of the ranking, and of equals
// who were voted on, of their votes.
struct AwardLine {
  std::vector<AwardCandidate> candidates;
  size_t open = 0;  // Awards for which nobody is left.
  // It cannot be told further before equals were voted on for an award before this one.
  bool waits = false;
  // Who is in it, and `open`, may change by votes that are missing for awards before this one.
  bool provisional = false;
};

// One line an award. The awards are given out in their order, each to the best who has none yet;
// those who are passed over for one stand in its line with the reason, up to the last one whose
// turn it was, and are in line for the next award again.
//
// Votes decide among equals once all of them were voted on in one session: most yes votes first,
// and those with as many stay tied. Who is not chosen, and whose votes are not enough, is passed
// over like the others.
//
// Who still lacks votes that it needs is taken to get them, so that there is something to vote on.
// Whoever may be put out, or in, when it does not is provisional; who is not is proposed in the end
// however the votes go that are still to come, but for its own.
std::vector<AwardLine> ProposeAwards(absl::Span<const AwardRule> awards,
                                     absl::Span<const Contender> contenders,
                                     const AwardVotes& votes = {});

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_AWARD_H_
