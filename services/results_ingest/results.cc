// Reported figures: judged row by row, stored with every revision.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/pact.h"
#include "services/domain/return_if_error.h"
#include "services/platform/errors.h"
#include "services/platform/mutation.h"
#include "services/platform/paging.h"
#include "services/results_ingest/open_period.h"
#include "services/results_ingest/reported_rows.h"
#include "services/results_ingest/service.h"
#include "services/results_ingest/store.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;
using messages::PeriodName;
using storage::Transaction;

constexpr int kRowsMax = 10'000;

// For some units a period may be open longer than for others: then each row is judged by its unit.
absl::Status CheckOpenToAny(const OpenPeriod& open, absl::Time now) {
  const domain::Date today = absl::ToCivilDay(now, domain::VietnamTime());
  const domain::Pact& pact = open.pact->pact;
  const bool open_to_any =
      std::any_of(pact.members.begin(), pact.members.end(), [&](const domain::Member& member) {
        return domain::WindowOn(pact, *open.period, member.unit, today) !=
               domain::PeriodWindow::kClosed;
      });
  if (open_to_any) return absl::OkStatus();
  return platform::Refusal(absl::StatusCode::kFailedPrecondition, "period", "PERIOD_CLOSED",
                           absl::StrCat("Kỳ “", open.period->name, "” đã khóa sau ngày ",
                                        domain::PrintDate(*open.period->closes_on), "."));
}

// Every fault of every rejected row, by the path of its field in the request.
absl::Status RefusalOf(const std::vector<JudgedRow>& rows) {
  std::vector<Fault> refusals;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].kind != v1::RowOutcome::KIND_REJECTED) continue;
    const absl::Status placed =
        domain::UnderPath(absl::StrCat("rows[", i, "]"), domain::FaultsToStatus(rows[i].faults));
    for (Fault& fault : domain::FaultsOf(placed)) refusals.push_back(std::move(fault));
  }
  return domain::FaultsToStatus(refusals);
}

}  // namespace

absl::StatusOr<v1::PutResultsResponse> ResultsService::PutResults(
    const v1::PutResultsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PeriodName name, messages::ReadPeriodName("period", request.period()));
  if (request.rows().empty() || request.rows_size() > kRowsMax) {
    return Fault{"rows", request.rows().empty() ? "REQUIRED" : "TOO_MANY",
                 absl::StrCat("Mỗi lần báo cáo từ 1 đến ", kRowsMax, " dòng.")}
        .ToStatus();
  }
  ASSIGN_OR_RETURN(std::optional<v1::PutResultsResponse> first,
                   platform::FirstReply<v1::PutResultsResponse>(database_, request, call.author()));
  if (first.has_value()) return *std::move(first);
  RETURN_IF_ERROR(AwaitFreshness(request.freshness_token(), call));
  const std::vector<const v1::ResultRow*> rows(request.rows().pointer_begin(),
                                               request.rows().pointer_end());
  return platform::Mutate<v1::PutResultsResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction, audit::Trail& trail) -> absl::StatusOr<v1::PutResultsResponse> {
        const absl::Time now = absl::Now();
        Store store(transaction);
        ASSIGN_OR_RETURN(const OpenPeriod open, FindOpenPeriod(store, pacts_, name, now));
        RETURN_IF_ERROR(CheckOpenToAny(open, now));
        TargetsInWords in_words;
        ASSIGN_OR_RETURN(const Ground ground, ReadGround(store, open, name, rows, now, in_words));
        ASSIGN_OR_RETURN(std::vector<JudgedRow> judged, JudgeRows(rows, ground));
        RejectOtherUnits(OwnUnitsOf(call.caller(), call.terms()), judged);
        if (request.mode() == v1::PutResultsRequest::MODE_PER_UNIT) {
          RejectUnitsWithAFault(judged);
        } else {
          RETURN_IF_ERROR(RefusalOf(judged));
        }

        v1::PutResultsResponse response;
        std::optional<int64_t> version;
        RETURN_IF_ERROR(StoreJudged(store, ground, judged, version, trail));
        response.set_period_version(version.value_or(open.version));
        for (size_t i = 0; i < judged.size(); ++i) {
          *response.add_outcomes() = OutcomeMessage(name, judged[i], absl::StrCat("rows[", i, "]"));
        }
        response.set_freshness_token(TokenOf(name, response.period_version()));
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
    ASSIGN_OR_RETURN(const int64_t before,
                     platform::LastNumber(start, std::numeric_limits<int64_t>::max()));
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

}  // namespace thidua::results_ingest
