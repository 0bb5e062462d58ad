#include "services/scoring/snapshot.h"

#include <tuple>
#include <utility>

#include "services/platform/digest.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::scoring {

std::shared_ptr<const Snapshot> SnapshotOf(const Standing& standing, absl::Time compute_time) {
  const ReceivedPeriod& received = standing.received;
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->period = received.inputs.name();
  snapshot->store_id = received.store_id;
  snapshot->store_epoch_ms = received.store_epoch_ms;
  snapshot->version = received.inputs.version();
  snapshot->pact_store_id = received.inputs.pact_store_id();
  snapshot->pact_version = received.inputs.pact().version();
  snapshot->finality = standing.finality.number;
  snapshot->is_final = standing.finality.official != nullptr;
  snapshot->ranks_anybody = RanksAnybody(standing.ranking);
  snapshot->revision = standing.ranking.revision();
  snapshot->compute_time = compute_time;
  v1::GetRankingResponse reply;
  *reply.mutable_ranking() = standing.ranking;
  if (snapshot->is_final) *reply.mutable_record() = standing.finality.official->record;
  snapshot->reply = platform::DeterministicBytes(reply);
  snapshot->reply.shrink_to_fit();
  return snapshot;
}

bool IsBehind(const Standing& standing, const Snapshot& snapshot) {
  return IsSame(standing.received, snapshot) && standing.finality.number == snapshot.finality;
}

bool IsOlder(const ReceivedPeriod& received, const Snapshot& snapshot) {
  return received.store_id == snapshot.store_id &&
         std::make_tuple(received.store_epoch_ms, received.inputs.version()) <
             std::make_tuple(snapshot.store_epoch_ms, snapshot.version);
}

bool IsSame(const ReceivedPeriod& received, const Snapshot& snapshot) {
  return received.store_id == snapshot.store_id &&
         received.store_epoch_ms == snapshot.store_epoch_ms &&
         received.inputs.version() == snapshot.version;
}

v1::Ranking RankingIn(const Snapshot& snapshot) {
  v1::GetRankingResponse reply;
  reply.ParseFromString(snapshot.reply);  // Of our own making.
  return std::move(*reply.mutable_ranking());
}

}  // namespace thidua::scoring
