// Periods: who has reported, closed for every change and opened again, and told whole to scoring.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/completeness.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/messages/pact.h"
#include "services/platform/errors.h"
#include "services/platform/mutation.h"
#include "services/platform/watch.h"
#include "services/results_ingest/open_period.h"
#include "services/results_ingest/service.h"
#include "services/results_ingest/store.h"
#include "services/results_ingest/unit_report.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;
using messages::PeriodName;
using platform::Refusal;
using storage::Transaction;

// A watch reads no further ahead of its reader than about this many bytes; one period always goes.
constexpr size_t kWatchBatchBytes = 8 * 1024 * 1024;

v1::CompletenessRow RowOf(const PeriodName& name, const domain::Completeness& counted) {
  v1::CompletenessRow row;
  if (!counted.unit.empty()) row.set_unit(messages::UnitName(counted.unit));
  row.set_expected(counted.expected);
  row.set_reported(counted.reported);
  row.set_in_time(counted.in_time);
  row.set_late(counted.late);
  row.set_missing(counted.missing);
  row.set_not_assigned(counted.not_assigned);
  for (const domain::Target* target : counted.missing_targets) {
    row.add_missing_targets(messages::TargetName{name.pact, target->id}.ToString());
  }
  return row;
}

// "units/{unit}" of each.
std::vector<std::string> MembersOf(const OpenPeriod& open) {
  std::vector<std::string> units;
  for (const domain::Member& member : open.pact->pact.members) {
    units.push_back(messages::UnitName(member.unit));
  }
  return units;
}

// 0: whatever it is.
absl::Status CheckSeen(int64_t seen, int64_t version) {
  if (seen == 0 || seen == version) return absl::OkStatus();
  return Refusal(
      absl::StatusCode::kAborted, "period_version", "PERIOD_CHANGED",
      absl::StrCat("Kỳ này đã thay đổi: nay là phiên bản ", version, ", không phải ", seen, "."));
}

}  // namespace

absl::StatusOr<v1::PeriodInputs> ResultsService::ReadWholePeriod(Store& store,
                                                                 const PeriodName& name,
                                                                 int64_t version) {
  ASSIGN_OR_RETURN(std::optional<v1::PeriodInputs> inputs, ReadInputs(store, name, version));
  if (inputs.has_value()) return *std::move(inputs);
  ASSIGN_OR_RETURN(const OpenPeriod open, FindPeriodOfPact(store, pacts_, name));
  return Refusal(absl::StatusCode::kNotFound, "version", "VERSION_UNKNOWN",
                 absl::StrCat("Kỳ này mới đến phiên bản ", open.version, "."));
}

absl::StatusOr<v1::GetCompletenessResponse> ResultsService::GetCompleteness(
    const v1::GetCompletenessRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PeriodName name, messages::ReadPeriodName("period", request.period()));
  RETURN_IF_ERROR(AwaitFreshness(request.freshness_token(), call));
  v1::PeriodInputs inputs;
  ResultsByTarget first;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(inputs, ReadWholePeriod(store, name, 0));
    ASSIGN_OR_RETURN(first, store.FirstResults(name));
    return absl::OkStatus();
  }));

  ASSIGN_OR_RETURN(const domain::Pact pact, messages::ReadPact("", inputs.pact()));
  absl::flat_hash_map<std::string, domain::ReportedTarget> reported;
  for (const v1::Result& result : inputs.results()) {
    ASSIGN_OR_RETURN(const messages::TargetName target,
                     messages::ReadTargetName("", result.target()));
    reported[target.target] = {first[target.target].late(),
                               result.actual().state() == type::v1::Quantity::STATE_NOT_ASSIGNED};
  }
  const std::vector<domain::Completeness> units = domain::CompletenessOf(pact, reported);
  v1::GetCompletenessResponse response;
  for (size_t i = 0; i < units.size(); ++i) {
    v1::CompletenessRow& row = *response.add_units();
    row = RowOf(name, units[i]);
    row.set_submission(inputs.submissions(static_cast<int>(i)).state());
  }
  *response.mutable_total() = RowOf(name, domain::TotalOf(units));
  response.set_period_version(inputs.version());
  response.set_store_id(store_id_);
  response.set_sealed(!inputs.seals().empty() && !inputs.seals().rbegin()->has_reopen_time());
  return response;
}

absl::StatusOr<v1::SealPeriodResponse> ResultsService::SealPeriod(
    const v1::SealPeriodRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PeriodName name, messages::ReadPeriodName("period", request.period()));
  if (auto fault = domain::CheckReason("reason", request.reason())) return fault->ToStatus();
  if (auto fault = domain::CheckName("authority", request.authority())) return fault->ToStatus();
  return platform::Mutate<v1::SealPeriodResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction, audit::Trail& trail) -> absl::StatusOr<v1::SealPeriodResponse> {
        const absl::Time now = absl::Now();
        Store store(transaction);
        ASSIGN_OR_RETURN(const OpenPeriod open, FindOpenPeriod(store, pacts_, name, now));
        RETURN_IF_ERROR(call.CheckNoMember(MembersOf(open)));
        RETURN_IF_ERROR(CheckSeen(request.period_version(), open.version));
        ASSIGN_OR_RETURN(const int64_t version, store.AdvancePeriod(name, now));
        v1::SealPeriodResponse response;
        v1::Seal& seal = *response.mutable_seal();
        seal.set_version(version);
        *seal.mutable_seal_time() = messages::InstantMessage(now);
        seal.set_reason(request.reason());
        seal.set_authority(request.authority());
        RETURN_IF_ERROR(store.PutSeal(name, seal, trail));
        response.set_period_version(version);
        response.set_freshness_token(TokenOf(name, version));
        return response;
      });
}

absl::StatusOr<v1::ReopenPeriodResponse> ResultsService::ReopenPeriod(
    const v1::ReopenPeriodRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PeriodName name, messages::ReadPeriodName("period", request.period()));
  if (auto fault = domain::CheckReason("reason", request.reason())) return fault->ToStatus();
  if (auto fault = domain::CheckName("authority", request.authority())) return fault->ToStatus();
  return platform::Mutate<v1::ReopenPeriodResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::ReopenPeriodResponse> {
        const absl::Time now = absl::Now();
        Store store(transaction);
        ASSIGN_OR_RETURN(const OpenPeriod open, FindPeriodOfPact(store, pacts_, name));
        RETURN_IF_ERROR(call.CheckNoMember(MembersOf(open)));
        if (!open.sealed) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "period", "PERIOD_NOT_SEALED",
                         absl::StrCat("Kỳ “", open.period->name, "” chưa khóa sổ."));
        }
        RETURN_IF_ERROR(CheckSeen(request.period_version(), open.version));
        // The period takes up the pact as it is now: it may have been amended meanwhile.
        ASSIGN_OR_RETURN(const int64_t version, store.AdvancePeriod(name, now));
        ASSIGN_OR_RETURN(std::vector<v1::Seal> seals, store.Seals(name));
        if (seals.empty()) return absl::DataLossError("a sealed period without its seal");
        v1::ReopenPeriodResponse response;
        v1::Seal& seal = *response.mutable_seal();
        seal = std::move(seals.back());
        *seal.mutable_reopen_time() = messages::InstantMessage(now);
        seal.set_reopen_reason(request.reason());
        seal.set_reopen_authority(request.authority());
        seal.set_reopen_version(version);
        RETURN_IF_ERROR(store.PutSeal(name, seal, trail));
        response.set_period_version(version);
        response.set_freshness_token(TokenOf(name, version));
        return response;
      });
}

absl::StatusOr<v1::GetPeriodInputsResponse> ResultsService::GetPeriodInputs(
    const v1::GetPeriodInputsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PeriodName name, messages::ReadPeriodName("name", request.name()));
  if (request.version() < 0) {
    return Fault{"version", "OUT_OF_RANGE", "Số phiên bản của kỳ không thể âm."}.ToStatus();
  }
  RETURN_IF_ERROR(AwaitFreshness(request.freshness_token(), call));
  v1::GetPeriodInputsResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(*response.mutable_inputs(), ReadWholePeriod(store, name, request.version()));
    return absl::OkStatus();
  }));
  response.set_store_id(store_id_);
  response.set_store_epoch_ms(database_.store_epoch_ms());
  return response;
}

absl::Status ResultsService::WatchPeriodInputs(const v1::WatchPeriodInputsRequest& request,
                                               const Call& call,
                                               const platform::Send<PeriodEvent>& send) {
  using Batch = platform::WatchBatch<PeriodEvent>;
  return platform::ServeWatch<PeriodEvent>(
      store_id_, feed_, request.resume_token(), call, send,
      [&](int64_t after) -> absl::StatusOr<Batch> {
        Batch batch;
        RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
          Store store(transaction);
          ASSIGN_OR_RETURN(batch.sequence, transaction.Sequence());
          ASSIGN_OR_RETURN(const auto changed,
                           store.PeriodsChangedAfter(after, platform::kWatchBatch));
          batch.more = static_cast<int64_t>(changed.size()) == platform::kWatchBatch;
          size_t bytes = 0;
          for (const auto& [sequence, name] : changed) {
            if (bytes > kWatchBatchBytes) {
              batch.more = true;
              break;
            }
            ASSIGN_OR_RETURN(const auto event, period_events_.Find(store, name, sequence));
            bytes += event->size();
            batch.changes.emplace_back(sequence, PeriodEvent(event, *event));
          }
          return absl::OkStatus();
        }));
        return batch;
      });
}

}  // namespace thidua::results_ingest
