// What would be, were something otherwise: computed for the one who asks, stored and shown nowhere.
#include <utility>

#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/scoring/comparison_message.h"
#include "services/scoring/overlay.h"
#include "services/scoring/service.h"
#include "services/scoring/wording.h"

namespace thidua::scoring {
namespace {

const char kSupposedNote[] =
    "Xếp hạng giả định để tham khảo: không được lưu, không được công bố và không thay đổi số liệu "
    "nào.";

// A ranking that is nobody's: without what would let it be taken for one.
v1::Ranking Nameless(v1::Ranking ranking) {
  ranking.clear_name();
  ranking.clear_revision();
  ranking.clear_state();
  google::protobuf::RepeatedPtrField<std::string> notes = std::move(*ranking.mutable_notes());
  ranking.clear_notes();
  ranking.add_notes(kSupposedNote);
  for (std::string& note : notes) {
    if (note != kProvisionalNote) ranking.add_notes(std::move(note));
  }
  return ranking;
}

}  // namespace

absl::StatusOr<v1::SimulateRankingResponse> ScoringService::SimulateRanking(
    const v1::SimulateRankingRequest& request, const Call& call) {
  if (!request.has_overlay()) {
    return domain::Fault{"overlay", "REQUIRED", "Phải nêu điều giả định."}.ToStatus();
  }
  ASSIGN_OR_RETURN(const auto present,
                   AwaitData(request.period(), request.freshness_token(), call));
  absl::StatusOr<Supposed> supposed = Suppose(*present, request.overlay());
  if (!supposed.ok()) return domain::UnderPath("overlay", supposed.status());
  // What was checked here and cannot be read there is a fault of ours, not of the one who asks.
  const auto simulated = ComputeStanding(std::move(supposed->received), absl::Now());
  if (!simulated.ok()) return absl::InternalError(simulated.status().ToString());
  v1::SimulateRankingResponse response;
  *response.mutable_ranking() = Nameless((*simulated)->ranking);
  *response.mutable_comparison() =
      ComparisonMessage({*present, ""}, {**simulated, ""}, /*same_period=*/false);
  // Neither side is what is shown: the one is data, the other a thought.
  *response.mutable_comparison()->mutable_notes(0) = kSupposedNote;
  for (const domain::Fault& warning : supposed->warnings) {
    v1::SimulationWarning& to = *response.add_warnings();
    to.set_field("overlay." + warning.path);
    to.set_reason(warning.reason);
    to.set_message(warning.message);
  }
  response.set_stale(!board_.in_sight());
  return response;
}

}  // namespace thidua::scoring
