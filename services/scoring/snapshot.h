// What readers are shown of one period at one version, ready to be sent: as small as the ranking
// itself, so that all periods fit in memory. What explains it is its standing (standing.h), which
// is kept or computed again. Immutable; safe to read from any thread.
#ifndef THIDUA_SERVICES_SCORING_SNAPSHOT_H_
#define THIDUA_SERVICES_SCORING_SNAPSHOT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/scoring/standing.h"
#include "thidua/scoring/v1/ranking.pb.h"

namespace thidua::scoring {

struct Snapshot {
  std::string period;  // "blocs/…/pacts/…/periods/…"
  // What has arrived, and who counts these versions.
  std::string store_id;  // Of results-ingest.
  int64_t store_epoch_ms = 0;
  int64_t version = 0;
  std::string pact_store_id;
  int64_t pact_version = 0;
  int64_t finality = 0;  // PeriodFinality::number.

  bool is_final = false;  // A final stands, and it is the final's ranking.
  // What is ranked: of a final its own data, as far as the same stores counted it (0: another one);
  // otherwise the versions above.
  int64_t ranked_version = 0;
  int64_t ranked_pact_version = 0;
  bool ranks_anybody = false;
  // Whether everybody may see it: a final, or one in which no unit's own word counts that nobody
  // has looked at yet.
  bool is_public = false;
  std::string revision;  // The ranking's.
  absl::Time compute_time;
  // A GetRankingResponse: the ranking, its freshness token, and the record of a final; not stale.
  // Empty: it is not kept for now (Board::Get).
  std::string reply;
};

// As which a freshness token counts how often the period's ranking was made final or revoked.
std::string RankingResource(absl::string_view period);

std::shared_ptr<const Snapshot> SnapshotOf(const Standing& standing, absl::Time compute_time);

std::shared_ptr<const Snapshot> WithoutReply(const Snapshot& snapshot);

// How what is shown of a period goes on, as told by the same stores: a greater one is later. As
// revisions compare, which name the engine besides.
using StateOrder = std::tuple<int64_t, int64_t, int64_t>;
StateOrder OrderOf(const Snapshot& snapshot);
StateOrder OrderOf(const Standing& standing);

// Whether the standing is the one behind the snapshot.
bool IsBehind(const Standing& standing, const Snapshot& snapshot);
// Whether it is of an earlier state than that snapshot, told by the same store.
bool IsOlder(const ReceivedPeriod& received, const Snapshot& snapshot);
// Whether it is of the very state of that snapshot, scored by the same engine.
bool IsSame(const ReceivedPeriod& received, const Snapshot& snapshot);

// The ranking that is shown; of a snapshot with its reply.
v1::Ranking RankingIn(const Snapshot& snapshot);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_SNAPSHOT_H_
