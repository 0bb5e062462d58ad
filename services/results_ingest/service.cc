#include "services/results_ingest/service.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/pact.h"
#include "services/domain/return_if_error.h"
#include "services/messages/pact.h"
#include "services/messages/resource_names.h"
#include "services/platform/errors.h"
#include "services/platform/mutation.h"
#include "services/platform/paging.h"
#include "services/platform/watch.h"
#include "services/results_ingest/reported_rows.h"
#include "services/results_ingest/store.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;
using messages::PeriodName;
using platform::Sight;
using storage::Transaction;

constexpr int kRowsMax = 10'000;

// The pact whose results of that period are taken today, or why they are not.
absl::StatusOr<domain::Pact> OpenPact(Store& store, const PeriodName& name, domain::Date today) {
  ASSIGN_OR_RETURN(const std::optional<MirroredPact> mirrored, store.FindPact(name.pact));
  if (!mirrored.has_value()) {
    return platform::Refusal(
        absl::StatusCode::kNotFound, "period", "PACT_UNKNOWN",
        absl::StrCat("Không có giao ước thi đua “", name.pact.ToString(), "”."));
  }
  ASSIGN_OR_RETURN(domain::Pact pact, messages::ReadPact("", mirrored->message));
  const domain::Period* period = domain::FindPeriod(pact, name.period);
  if (period == nullptr) {
    return platform::Refusal(absl::StatusCode::kNotFound, "period", "PERIOD_UNKNOWN",
                             absl::StrCat("Giao ước không có kỳ báo cáo “", name.period, "”."));
  }
  if (mirrored->message.state() != registry::v1::Pact::STATE_IN_FORCE) {
    return platform::Refusal(absl::StatusCode::kFailedPrecondition, "period", "PACT_NOT_IN_FORCE",
                             "Giao ước chưa được tất cả đơn vị ký nên chưa nhận kết quả.");
  }
  if (today < period->opens_on) {
    return platform::Refusal(absl::StatusCode::kFailedPrecondition, "period", "PERIOD_NOT_YET_OPEN",
                             absl::StrCat("Kỳ “", period->name, "” nhận kết quả từ ngày ",
                                          domain::PrintDate(period->opens_on), "."));
  }
  // For some it may be open longer than for others: then each row is judged by its unit.
  const bool open_to_any =
      std::any_of(pact.members.begin(), pact.members.end(), [&](const domain::Member& member) {
        return domain::WindowOn(pact, *period, member.unit, today) != domain::PeriodWindow::kClosed;
      });
  if (!open_to_any) {
    return platform::Refusal(absl::StatusCode::kFailedPrecondition, "period", "PERIOD_CLOSED",
                             absl::StrCat("Kỳ “", period->name, "” đã khóa sau ngày ",
                                          domain::PrintDate(*period->closes_on), "."));
  }
  return pact;
}

v1::RowFault FaultMessage(const Fault& fault) {
  v1::RowFault message;
  message.set_field(fault.path);
  message.set_reason(fault.reason);
  message.set_message(fault.message);
  return message;
}

v1::RowOutcome OutcomeOf(const v1::ResultRow& row, const JudgedRow& judged) {
  v1::RowOutcome outcome;
  outcome.set_target(row.target());
  outcome.set_kind(judged.kind);
  if (judged.kind != v1::RowOutcome::KIND_REJECTED) {
    outcome.set_revision(judged.result.revision());
  }
  for (const Fault& fault : judged.faults) *outcome.add_faults() = FaultMessage(fault);
  for (const Fault& warning : judged.warnings) *outcome.add_warnings() = FaultMessage(warning);
  return outcome;
}

}  // namespace

ResultsService::ResultsService(storage::Database& database, platform::ChangeFeed& feed)
    : Endpoint(*v1::PutResultsRequest::descriptor()->file()->FindServiceByName("ResultsService")),
      database_(database),
      feed_(feed),
      store_id_(absl::StrCat("results:", database.store_id())) {
  Unary("PutResults", this, &ResultsService::PutResults);
  Unary("GetResult", this, &ResultsService::GetResult);
  Unary("ListResultRevisions", this, &ResultsService::ListResultRevisions);
  Unary("GetPeriodInputs", this, &ResultsService::GetPeriodInputs);
  ServerStream("WatchPeriodInputs", this, &ResultsService::WatchPeriodInputs);
}

// Tokens speak of the registry's pacts, which arrive here by watch, and of periods counted here.
absl::StatusOr<Sight> ResultsService::Look(const type::v1::FreshnessVector::Entry& entry) {
  int64_t version = 0;
  bool known = false, same_store = false;
  const auto pact = messages::ReadPactName("", entry.resource());
  const auto period = messages::ReadPeriodName("", entry.resource());
  if (!pact.ok() && !period.ok()) return Sight::kSeen;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    if (pact.ok()) {
      ASSIGN_OR_RETURN(const std::optional<PactVersion> here, store.FindPactVersion(*pact));
      known = here.has_value();
      if (!known) return absl::OkStatus();
      version = here->version;
      same_store = here->registry_store_id == entry.store_id();
    } else {
      ASSIGN_OR_RETURN(version, store.PeriodVersion(*period));
      known = true;
      same_store = entry.store_id() == store_id_;
    }
    return absl::OkStatus();
  }));
  if (!known) return Sight::kNotYet;
  if (!same_store) return Sight::kOtherStore;
  return version >= entry.version() ? Sight::kSeen : Sight::kNotYet;
}

absl::StatusOr<v1::PutResultsResponse> ResultsService::PutResults(
    const v1::PutResultsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PeriodName name, messages::ReadPeriodName("period", request.period()));
  if (request.rows().empty() || request.rows_size() > kRowsMax) {
    return Fault{"rows", request.rows().empty() ? "REQUIRED" : "TOO_MANY",
                 absl::StrCat("Mỗi lần báo cáo từ 1 đến ", kRowsMax, " dòng.")}
        .ToStatus();
  }
  ASSIGN_OR_RETURN(std::optional<v1::PutResultsResponse> first,
                   platform::FirstReply<v1::PutResultsResponse>(database_, request));
  if (first.has_value()) return *std::move(first);
  RETURN_IF_ERROR(platform::AwaitFreshness(request.freshness_token(), feed_, call,
                                           [this](const auto& entry) { return Look(entry); }));
  return platform::Mutate<v1::PutResultsResponse>(
      database_, feed_, request,
      [&](Transaction& transaction) -> absl::StatusOr<v1::PutResultsResponse> {
        const absl::Time now = absl::Now();
        Store store(transaction);
        ASSIGN_OR_RETURN(const domain::Pact pact,
                         OpenPact(store, name, absl::ToCivilDay(now, domain::VietnamTime())));
        ASSIGN_OR_RETURN(const auto current, store.CurrentResults(name));
        ASSIGN_OR_RETURN(const std::vector<JudgedRow> rows,
                         JudgeRows(request, name, pact, current, now));

        std::vector<Fault> refusals;
        bool changed = false;
        v1::PutResultsResponse response;
        for (size_t i = 0; i < rows.size(); ++i) {
          *response.add_outcomes() = OutcomeOf(request.rows(static_cast<int>(i)), rows[i]);
          if (rows[i].kind == v1::RowOutcome::KIND_REJECTED) {
            refusals.insert(refusals.end(), rows[i].faults.begin(), rows[i].faults.end());
          } else if (rows[i].kind != v1::RowOutcome::KIND_UNCHANGED) {
            RETURN_IF_ERROR(store.AppendResult({name, rows[i].target}, rows[i].result));
            changed = true;
          }
        }
        if (request.mode() != v1::PutResultsRequest::MODE_PER_UNIT) {
          RETURN_IF_ERROR(domain::FaultsToStatus(refusals));
        }
        if (changed) {
          ASSIGN_OR_RETURN(const int64_t version, store.AdvancePeriod(name, now));
          response.set_period_version(version);
        } else {
          ASSIGN_OR_RETURN(const int64_t version, store.PeriodVersion(name));
          response.set_period_version(version);
        }
        response.set_freshness_token(
            platform::FreshnessToken(store_id_, name.ToString(), response.period_version()));
        return response;
      });
}

absl::StatusOr<v1::GetResultResponse> ResultsService::GetResult(const v1::GetResultRequest& request,
                                                                const Call&) {
  ASSIGN_OR_RETURN(const messages::ResultName name,
                   messages::ReadResultName("name", request.name()));
  v1::GetResultResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<v1::Result> result,
                     Store(transaction).FindResult(name, request.revision()));
    if (!result.has_value()) {
      return platform::Refusal(absl::StatusCode::kNotFound, "name", "RESULT_UNKNOWN",
                               "Chỉ tiêu này chưa có kết quả như vậy.");
    }
    *response.mutable_result() = *std::move(result);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListResultRevisionsResponse> ResultsService::ListResultRevisions(
    const v1::ListResultRevisionsRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const messages::ResultName name,
                   messages::ReadResultName("name", request.name()));
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  v1::ListResultRevisionsResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t sequence, transaction.Sequence());
    ASSIGN_OR_RETURN(const platform::PageStart start,
                     platform::ReadPageToken(request, {sequence, "", ""}));
    // Newest first: what is added later comes before the first page.
    int64_t before = std::numeric_limits<int64_t>::max();
    if (!start.last.empty() && !absl::SimpleAtoi(start.last, &before)) before = 0;
    ASSIGN_OR_RETURN(std::vector<v1::Result> revisions,
                     Store(transaction).ListRevisions(name, before, size + 1));
    if (static_cast<int64_t>(revisions.size()) > size) {
      revisions.pop_back();
      response.set_next_page_token(platform::NextPageToken(
          request, {start.sequence, "", absl::StrCat(revisions.back().revision())}));
    }
    response.mutable_results()->Add(std::make_move_iterator(revisions.begin()),
                                    std::make_move_iterator(revisions.end()));
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::GetPeriodInputsResponse> ResultsService::GetPeriodInputs(
    const v1::GetPeriodInputsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PeriodName name, messages::ReadPeriodName("name", request.name()));
  RETURN_IF_ERROR(platform::AwaitFreshness(request.freshness_token(), feed_, call,
                                           [this](const auto& entry) { return Look(entry); }));
  v1::GetPeriodInputsResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<v1::PeriodInputs> inputs, Store(transaction).FindInputs(name));
    if (!inputs.has_value()) {
      return platform::Refusal(absl::StatusCode::kNotFound, "name", "PERIOD_UNKNOWN",
                               absl::StrCat("Không có kỳ báo cáo “", name.ToString(), "”."));
    }
    *response.mutable_inputs() = *std::move(inputs);
    return absl::OkStatus();
  }));
  response.set_store_id(store_id_);
  return response;
}

absl::Status ResultsService::WatchPeriodInputs(
    const v1::WatchPeriodInputsRequest& request, const Call& call,
    const platform::Send<v1::WatchPeriodInputsResponse>& send) {
  using Batch = platform::WatchBatch<v1::WatchPeriodInputsResponse>;
  return platform::ServeWatch<v1::WatchPeriodInputsResponse>(
      store_id_, feed_, request.resume_token(), call, send,
      [&](int64_t after) -> absl::StatusOr<Batch> {
        Batch batch;
        RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
          ASSIGN_OR_RETURN(batch.sequence, transaction.Sequence());
          ASSIGN_OR_RETURN(auto changed,
                           Store(transaction).InputsChangedAfter(after, platform::kWatchBatch));
          for (auto& [sequence, inputs] : changed) {
            v1::WatchPeriodInputsResponse event;
            *event.mutable_inputs() = std::move(inputs);
            event.set_store_epoch_ms(database_.store_epoch_ms());
            batch.changes.emplace_back(sequence, std::move(event));
          }
          return absl::OkStatus();
        }));
        return batch;
      });
}

}  // namespace thidua::results_ingest
