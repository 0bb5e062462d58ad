// The rows of ineligibilities, award proposals and votes inside one transaction. Decides nothing.
// Errors are the storage library's; what is not there is nothing. What is stored is told to the
// trail.
//
// `at` is a sequence of the store: what is told is what there was then.
#ifndef THIDUA_SERVICES_SCORING_AWARD_STORE_H_
#define THIDUA_SERVICES_SCORING_AWARD_STORE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/audit/trail.h"
#include "services/storage/database.h"
#include "thidua/scoring/v1/award.pb.h"

namespace thidua::scoring {

struct StoredIneligibility {
  int64_t number = 0;
  int64_t lift_sequence = 0;       // 0: it holds.
  v1::Ineligibility message = {};  // Without its etag.
};

struct StoredProposal {
  int64_t number = 0;
  v1::AwardProposal message = {};  // Without state, outcome, notes and etag.
};

struct StoredVotes {
  int64_t number = 0;  // Of the proposal's votes, counted from 1.
  v1::AwardVotes message = {};
};

class AwardStore {
 public:
  explicit AwardStore(storage::Transaction& transaction) : transaction_(transaction) {}

  // The greatest number; 0 when the pact has none.
  absl::StatusOr<int64_t> NewestIneligibility(absl::string_view pact);
  absl::StatusOr<std::optional<StoredIneligibility>> FindIneligibility(absl::string_view pact,
                                                                       int64_t number);
  // Those that hold, in their order.
  absl::StatusOr<std::vector<v1::Ineligibility>> InForce(absl::string_view pact, int64_t at);
  // At most `limit` after that number. `unit`: of all when empty.
  absl::StatusOr<std::vector<StoredIneligibility>> IneligibilitiesAfter(absl::string_view pact,
                                                                        absl::string_view unit,
                                                                        bool in_force_only,
                                                                        int64_t after, int64_t at,
                                                                        int64_t limit);
  absl::Status PutIneligibility(absl::string_view pact, int64_t number, int64_t sequence,
                                const v1::Ineligibility& message, audit::Trail& trail);
  absl::Status LiftIneligibility(absl::string_view pact, int64_t number, int64_t sequence,
                                 const v1::Ineligibility& message, audit::Trail& trail);

  // The newest whose number is below `before`.
  absl::StatusOr<std::optional<StoredProposal>> ProposalBefore(absl::string_view period,
                                                               int64_t before, int64_t at);
  absl::StatusOr<std::optional<StoredProposal>> FindProposal(absl::string_view period,
                                                             int64_t number);
  absl::Status PutProposal(absl::string_view period, int64_t sequence,
                           const StoredProposal& proposal, audit::Trail& trail);

  // The greatest number; 0 when nobody has voted.
  absl::StatusOr<int64_t> NewestVotes(absl::string_view period, int64_t proposal, int64_t at);
  // The last revision of each award and unit.
  absl::StatusOr<std::vector<v1::AwardVotes>> PresentVotes(absl::string_view period,
                                                           int64_t proposal, int64_t at);
  // At most `limit` after that number. `award`, `unit`: of all when empty.
  absl::StatusOr<std::vector<StoredVotes>> VotesAfter(absl::string_view period, int64_t proposal,
                                                      absl::string_view award,
                                                      absl::string_view unit, int64_t after,
                                                      int64_t at, int64_t limit);
  absl::Status PutVotes(absl::string_view period, int64_t proposal, int64_t sequence,
                        const StoredVotes& votes, audit::Trail& trail);

 private:
  absl::StatusOr<int64_t> Number(absl::string_view sql,
                                 absl::Span<const storage::Parameter> values);

  storage::Transaction& transaction_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_AWARD_STORE_H_
