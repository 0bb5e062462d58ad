// Why rankings differ: two states of one pact, each computed from its own data, compared.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/errors.h"
#include "services/scoring/comparison_message.h"
#include "services/scoring/service.h"

namespace thidua::scoring {
namespace {

using platform::Refusal;

// Whether the engine of today comes to the ranking that was stored.
bool Reproduces(const v1::Ranking& computed, const v1::Ranking& stored) {
  if (computed.rows_size() != stored.rows_size()) return false;
  for (int i = 0; i < stored.rows_size(); ++i) {
    const v1::RankingRow& a = computed.rows(i);
    const v1::RankingRow& b = stored.rows(i);
    const bool same = a.unit() == b.unit() && a.rank() == b.rank() && a.points() == b.points() &&
                      a.bonus() == b.bonus() && a.assigned_points() == b.assigned_points() &&
                      a.exact().total() == b.exact().total();
    if (!same) return false;
  }
  return true;
}

// Computed for a reader alone: never on the board.
absl::StatusOr<std::shared_ptr<const Standing>> Computed(absl::StatusOr<ReceivedPeriod> received) {
  RETURN_IF_ERROR(received.status());
  return ComputeStanding(*std::move(received), absl::Now());
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Standing>> ScoringService::AwaitData(
    const std::string& period, const std::string& freshness_token, const Call& call) {
  ASSIGN_OR_RETURN(auto standing, Await(period, freshness_token, call, Of::kData));
  if (standing->period == nullptr) {
    return absl::DataLossError(absl::StrCat("not computed: ", period));
  }
  return standing;
}

absl::StatusOr<std::shared_ptr<const Standing>> ScoringService::StandingAt(
    const v1::RankingMoment& moment, const std::string& freshness_token, const Call& call) {
  if (!moment.revision().empty() && moment.period_version() != 0) {
    return domain::Fault{"period_version", "NOT_ALLOWED",
                         "Chỉ nêu một trong hai: phiên bản kết quả chính thức hoặc phiên bản số "
                         "liệu."}
        .ToStatus();
  }
  if (moment.period_version() < 0) {
    return domain::Fault{"period_version", "OUT_OF_RANGE", "Phiên bản không được là số âm."}
        .ToStatus();
  }
  const std::string& period = moment.period();
  if (!moment.revision().empty()) {
    ASSIGN_OR_RETURN(const Final found, FindFinal(period, moment.revision()));
    auto received = finality_.InputsAt(period, found.record.period_version(), call.deadline());
    const bool is_there = received.ok() && received->store_id == found.record.results_store_id();
    if (!is_there && (received.ok() || absl::IsNotFound(received.status()))) {
      return Refusal(absl::StatusCode::kFailedPrecondition, "revision", "OTHER_STORE",
                     "Kết quả chính thức này được tính từ một kho kết quả khác kho hiện nay, nên "
                     "không còn số liệu để so sánh.");
    }
    ASSIGN_OR_RETURN(auto standing, Computed(std::move(received)));
    if (!Reproduces(standing->ranking, found.ranking)) {
      return Refusal(absl::StatusCode::kFailedPrecondition, "revision", "FINAL_NOT_REPRODUCED",
                     "Cách tính hiện nay không cho ra đúng kết quả chính thức này, nên không nêu "
                     "được nguyên nhân thay đổi.");
    }
    return standing;
  }
  if (moment.period_version() == 0) return AwaitData(period, freshness_token, call);
  // There must be such a period, and it may be the one that is here.
  ASSIGN_OR_RETURN(auto present, board_.GetStanding(period));
  if (present->received.inputs.version() == moment.period_version() && present->period != nullptr) {
    return present;
  }
  auto received = finality_.InputsAt(period, moment.period_version(), call.deadline());
  if (absl::IsNotFound(received.status())) {
    return Refusal(absl::StatusCode::kNotFound, "period_version", "VERSION_UNKNOWN",
                   absl::StrCat("Kỳ này chưa có phiên bản ", moment.period_version(), "."));
  }
  return Computed(std::move(received));
}

absl::StatusOr<v1::CompareRankingsResponse> ScoringService::CompareRankings(
    const v1::CompareRankingsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const messages::PeriodName from,
                   messages::ReadPeriodName("before.period", request.before().period()));
  ASSIGN_OR_RETURN(const messages::PeriodName to,
                   messages::ReadPeriodName("after.period", request.after().period()));
  if (!(from.pact == to.pact)) {
    return domain::Fault{"after.period", "OTHER_PACT",
                         "Chỉ so sánh được các kỳ của cùng một giao ước."}
        .ToStatus();
  }
  const auto before = StandingAt(request.before(), request.freshness_token(), call);
  if (!before.ok()) return domain::UnderPath("before", before.status());
  const auto after = StandingAt(request.after(), request.freshness_token(), call);
  if (!after.ok()) return domain::UnderPath("after", after.status());
  v1::CompareRankingsResponse response;
  *response.mutable_comparison() =
      ComparisonMessage({**before, request.before().revision()},
                        {**after, request.after().revision()}, from.period == to.period);
  const auto is_present = [](const v1::RankingMoment& moment) {
    return moment.revision().empty() && moment.period_version() == 0;
  };
  response.set_stale((is_present(request.before()) || is_present(request.after())) &&
                     !board_.in_sight());
  return response;
}

}  // namespace thidua::scoring
