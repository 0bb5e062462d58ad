#include "services/scoring/snapshot.h"

#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/digest.h"
#include "services/platform/freshness.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::scoring {

namespace {

// "blocs/{bloc}/pacts/{year}" of one of its periods.
std::string PactOf(absl::string_view period) {
  return std::string(period.substr(0, period.rfind("/periods/")));
}

std::string FreshnessTokenOf(const Standing& standing) {
  const ReceivedPeriod& received = standing.received;
  type::v1::FreshnessVector vector;
  const auto add = [&vector](const std::string& store_id, const std::string& resource,
                             int64_t version, int64_t store_epoch_ms = 0) {
    auto& entry = *vector.add_entries();
    entry.set_store_id(store_id);
    entry.set_resource(resource);
    entry.set_version(version);
    entry.set_store_epoch_ms(store_epoch_ms);
  };
  if (const Final* official = standing.finality.official.get(); official != nullptr) {
    // Whatever arrives while it stands, it is of what it was computed from; and it stands through
    // every life of the stores, so that no epoch is told.
    const v1::FinalRecord& record = official->record;
    add(record.results_store_id(), received.inputs.name(), record.period_version());
    add(record.pact_store_id(), PactOf(received.inputs.name()), record.pact_version());
  } else {
    add(received.store_id, received.inputs.name(), received.inputs.version(),
        received.store_epoch_ms);
    add(received.inputs.pact_store_id(), received.inputs.pact().name(),
        received.inputs.pact().version());
  }
  if (standing.finality.number > 0) {
    add(standing.finality.store_id, RankingResource(received.inputs.name()),
        standing.finality.number);
  }
  return platform::FreshnessToken(vector);
}

}  // namespace

std::string RankingResource(absl::string_view period) { return absl::StrCat(period, "/ranking"); }

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
  snapshot->ranked_version = snapshot->version;
  snapshot->ranked_pact_version = snapshot->pact_version;
  if (snapshot->is_final) {
    const v1::FinalRecord& record = standing.finality.official->record;
    snapshot->ranked_version =
        record.results_store_id() == snapshot->store_id ? record.period_version() : 0;
    snapshot->ranked_pact_version =
        record.pact_store_id() == snapshot->pact_store_id ? record.pact_version() : 0;
  }
  snapshot->ranks_anybody = RanksAnybody(standing.ranking);
  snapshot->is_public = snapshot->is_final || !domain::RestOnOwnWord(standing.assessed);
  snapshot->revision = standing.ranking.revision();
  snapshot->compute_time = compute_time;
  v1::GetRankingResponse reply;
  *reply.mutable_ranking() = standing.ranking;
  if (snapshot->is_final) *reply.mutable_record() = standing.finality.official->record;
  reply.set_freshness_token(FreshnessTokenOf(standing));
  snapshot->reply = platform::DeterministicBytes(reply);
  snapshot->reply.shrink_to_fit();
  return snapshot;
}

std::shared_ptr<const Snapshot> WithoutReply(const Snapshot& snapshot) {
  auto without = std::make_shared<Snapshot>(snapshot);
  without->reply.clear();
  without->reply.shrink_to_fit();
  return without;
}

StateOrder OrderOf(const Snapshot& snapshot) {
  return {snapshot.finality, snapshot.store_epoch_ms, snapshot.version};
}

StateOrder OrderOf(const Standing& standing) {
  return {standing.finality.number, standing.received.store_epoch_ms,
          standing.received.inputs.version()};
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
