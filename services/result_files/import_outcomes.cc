#include "services/result_files/import_outcomes.h"

#include <utility>

#include "services/domain/return_if_error.h"

namespace thidua::result_files {
namespace {

using results::v1::ImportOutcome;
using results::v1::ListImportOutcomesRequest;
using results::v1::ListImportOutcomesResponse;

constexpr int kPageMax = 1000;

ListImportOutcomesRequest RequestOf(const std::string& import, int page_size) {
  ListImportOutcomesRequest request;
  request.set_import(import);
  request.set_page_size(page_size);
  return request;
}

ListImportOutcomesRequest OfKinds(const std::string& import,
                                  const std::vector<results::v1::RowOutcome::Kind>& kinds,
                                  int page_size) {
  ListImportOutcomesRequest request = RequestOf(import, page_size);
  for (const auto kind : kinds) request.add_kinds(kind);
  return request;
}

ListImportOutcomesRequest Warned(const std::string& import, int page_size) {
  ListImportOutcomesRequest request = RequestOf(import, page_size);
  request.set_only_warned(true);
  return request;
}

}  // namespace

absl::StatusOr<const ImportOutcome*> OutcomePages::Peek() {
  while (at_ == page_.outcomes_size()) {
    if (last_) return nullptr;
    ASSIGN_OR_RETURN(const auto answer, caller_->Call(request_));
    page_ = std::move(dynamic_cast<ListImportOutcomesResponse&>(*answer));
    request_.set_page_token(page_.next_page_token());
    last_ = page_.next_page_token().empty();
    at_ = 0;
  }
  return &page_.outcomes(at_);
}

OutcomesOfNote::OutcomesOfNote(platform::Caller& caller, const std::string& import,
                               const std::vector<results::v1::RowOutcome::Kind>& kinds,
                               int page_size)
    : of_kinds_(caller, OfKinds(import, kinds, page_size)),
      warned_(caller, Warned(import, page_size)) {}

absl::StatusOr<const ImportOutcome*> OutcomesOfNote::Peek() {
  ASSIGN_OR_RETURN(const ImportOutcome* of_kind, of_kinds_.Peek());
  ASSIGN_OR_RETURN(const ImportOutcome* warned, warned_.Peek());
  if (of_kind == nullptr) return warned;
  return warned == nullptr || of_kind->row() <= warned->row() ? of_kind : warned;
}

absl::Status OutcomesOfNote::Pop() {
  ASSIGN_OR_RETURN(const ImportOutcome* next, Peek());
  if (next == nullptr) return absl::OkStatus();
  const int64_t row = next->row();
  for (OutcomePages* pages : {&of_kinds_, &warned_}) {
    ASSIGN_OR_RETURN(const ImportOutcome* outcome, pages->Peek());
    if (outcome != nullptr && outcome->row() == row) pages->Pop();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<int64_t, std::string>> PlacesOf(platform::Caller& caller,
                                                        const std::string& import,
                                                        const std::set<int64_t>& rows) {
  std::map<int64_t, std::string> places;
  OutcomePages pages(caller, RequestOf(import, kPageMax));
  while (places.size() < rows.size()) {
    ASSIGN_OR_RETURN(const ImportOutcome* outcome, pages.Peek());
    if (outcome == nullptr) break;
    if (rows.contains(outcome->row())) places.emplace(outcome->row(), outcome->place());
    pages.Pop();
  }
  return places;
}

}  // namespace thidua::result_files
