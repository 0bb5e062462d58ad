// Imports: rows streamed in, chunk by chunk, as a plan to be looked at and committed, or stored as
// they come.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/platform/paging.h"
#include "services/results_ingest/import_store.h"
#include "services/results_ingest/import_stream.h"
#include "services/results_ingest/plan_commit.h"
#include "services/results_ingest/service.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;
using storage::Transaction;

constexpr absl::Duration kProgressEvery = absl::Milliseconds(200);

}  // namespace

absl::Status ResultsService::ImportResults(
    const platform::Receive<v1::ImportResultsRequest>& receive, const Call& call,
    const platform::Send<v1::ImportResultsResponse>& send) {
  ASSIGN_OR_RETURN(std::optional<v1::ImportResultsRequest> request, receive());
  if (!request.has_value() || !request->has_start()) {
    return Fault{"start", "REQUIRED", "Lời đầu tiên phải nói nhập gì và theo cách nào."}.ToStatus();
  }
  RETURN_IF_ERROR(AwaitFreshness(request->start().freshness_token(), call));
  ImportStream stream(database_, feed_, pacts_, call, send);
  RETURN_IF_ERROR(stream.Begin(request->start()));
  while (true) {
    absl::StatusOr<std::optional<v1::ImportResultsRequest>> next = receive();
    if (!next.ok()) {
      RETURN_IF_ERROR(stream.failure());
      return next.status();
    }
    if (!next->has_value()) {
      return Fault{"finish", "REQUIRED", "Lần nhập bị dừng giữa chừng; có thể gửi tiếp sau."}
          .ToStatus();
    }
    request = *std::move(next);
    if (request->has_chunk()) {
      RETURN_IF_ERROR(stream.Take(std::move(*request->mutable_chunk())));
    } else if (request->has_finish()) {
      v1::ImportResultsResponse response;
      v1::ImportResultsResponse::Finished& finished = *response.mutable_finished();
      RETURN_IF_ERROR(stream.Finish(request->finish(), *finished.mutable_import()));
      finished.set_freshness_token(
          platform::FreshnessToken(store_id_, stream.versions(), database_.store_epoch_ms()));
      return send(response) ? absl::OkStatus() : absl::CancelledError("caller gone");
    } else {
      return Fault{"start", "NOT_ALLOWED", "Chỉ được bắt đầu một lần."}.ToStatus();
    }
  }
}

absl::StatusOr<v1::GetImportResponse> ResultsService::GetImport(const v1::GetImportRequest& request,
                                                                const Call& call) {
  ASSIGN_OR_RETURN(const std::string import, messages::ReadImportName("name", request.name()));
  v1::GetImportResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ImportStore imports(transaction);
    ASSIGN_OR_RETURN(StoredImport stored, FindImportOf(call, imports, "name", import, absl::Now()));
    *response.mutable_import() = std::move(stored.message);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListImportOutcomesResponse> ResultsService::ListImportOutcomes(
    const v1::ListImportOutcomesRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const std::string import, messages::ReadImportName("import", request.import()));
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  ImportStore::OutcomeFilter filter;
  filter.only_warned = request.only_warned();
  for (int i = 0; i < request.kinds_size(); ++i) {
    if (request.kinds(i) == v1::RowOutcome::KIND_UNSPECIFIED) {
      return Fault{absl::StrCat("kinds[", i, "]"), "REQUIRED", "Chưa ghi loại kết quả nào."}
          .ToStatus();
    }
    filter.kinds.insert(request.kinds(i));
  }
  v1::ListImportOutcomesResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ImportStore imports(transaction);
    ASSIGN_OR_RETURN(const StoredImport stored,
                     FindImportOf(call, imports, "import", import, absl::Now()));
    // Rows are only ever added: what the first page saw of them is a state.
    ASSIGN_OR_RETURN(platform::PageStart page,
                     platform::ReadPageToken(request, {stored.message.next_row(), "", ""}));
    ASSIGN_OR_RETURN(const int64_t first, platform::LastNumber(page, 0));
    ASSIGN_OR_RETURN(std::vector<v1::ImportOutcome> outcomes,
                     imports.Outcomes(import, first, page.sequence, filter, size + 1));
    size_t bytes = 0;
    for (v1::ImportOutcome& outcome : outcomes) {
      if (response.outcomes_size() == size || bytes > kOutcomeBytesAtOnce) {
        page.last = absl::StrCat(outcome.row());
        response.set_next_page_token(platform::NextPageToken(request, page));
        break;
      }
      bytes += outcome.ByteSizeLong();
      *response.add_outcomes() = std::move(outcome);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::Status ResultsService::CommitImport(const v1::CommitImportRequest& request, const Call& call,
                                          const platform::Send<v1::CommitImportResponse>& send) {
  ASSIGN_OR_RETURN(std::string import, messages::ReadImportName("import", request.import()));
  PlanCommit commit(database_, feed_, pacts_, store_id_, call, std::move(import),
                    request.skip_rejected());
  v1::CommitImportResponse response;
  while (!commit.AwaitEnd(kProgressEvery)) {
    response.mutable_progress()->set_rows(commit.rows_gone_through());
    send(response);  // That the caller has gone is noticed by the commit itself.
  }
  RETURN_IF_ERROR(commit.outcome().status());
  *response.mutable_committed()->mutable_import() = commit.outcome()->message;
  response.mutable_committed()->set_freshness_token(commit.outcome()->freshness_token);
  return send(response) ? absl::OkStatus() : absl::CancelledError("caller gone");
}

}  // namespace thidua::results_ingest
