// A results-ingest in the test's own process that takes imports, cuts the line when it is told to,
// and keeps what it stored.
#ifndef THIDUA_SERVICES_RESULT_FILES_FAKE_IMPORTS_TESTLIB_H_
#define THIDUA_SERVICES_RESULT_FILES_FAKE_IMPORTS_TESTLIB_H_

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "services/domain/fault.h"
#include "services/messages/quantity.h"
#include "services/platform/errors.h"
#include "thidua/results/v1/results_service.grpc.pb.h"

namespace thidua::result_files {

class FakeImports : public results::v1::ResultsService::Service {
 public:
  FakeImports() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeImports() override { server_->Shutdown(); }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

  // Each of the next streams ends with this status when that many chunks came over it: they are
  // stored, the last one unacknowledged.
  struct Cut {
    size_t chunks = 0;
    grpc::Status status;
  };
  void CutStreams(std::deque<Cut> cuts) { cuts_ = std::move(cuts); }
  // Chunks are acknowledged only when that many wait; what may the other side send without?
  void AcknowledgeInRunsOf(size_t chunks) { run_ = chunks; }
  void AnswerCommits(std::deque<grpc::Status> answers) { commits_ = std::move(answers); }
  void SetInputs(results::v1::PeriodInputs inputs) { inputs_ = std::move(inputs); }

  // Rows received, in order, each once.
  const std::vector<results::v1::ImportRow>& rows() const { return rows_; }
  const std::vector<size_t>& chunk_bytes() const { return chunk_bytes_; }
  const results::v1::Import& import() const { return import_; }
  int streams() const { return streams_; }

  grpc::Status ImportResults(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<results::v1::ImportResultsResponse,
                               results::v1::ImportResultsRequest>* stream) override {
    const absl::MutexLock lock(&mutex_);
    ++streams_;
    results::v1::ImportResultsRequest request;
    results::v1::ImportResultsResponse response;
    stream->Read(&request);
    if (import_.name() != request.start().import()) {
      import_.Clear();
      import_.set_name(request.start().import());
      import_.set_mode(request.start().mode());
      import_.set_period(request.start().period());
      import_.set_state(results::v1::Import::STATE_RECEIVING);
      rows_.clear();
      outcomes_.clear();
    }
    response.mutable_started()->set_next_row(import_.next_row());
    stream->Write(response);
    Cut cut;
    if (!cuts_.empty()) {
      cut = cuts_.front();
      cuts_.pop_front();
    }
    if (!cut.status.ok() && cut.chunks == 0) return cut.status;
    std::vector<results::v1::ImportResultsResponse> waiting;
    size_t chunks = 0;
    while (stream->Read(&request)) {
      if (request.has_finish()) {
        for (const auto& one : waiting) stream->Write(one);
        if (import_.state() == results::v1::Import::STATE_RECEIVING) {
          import_.set_state(import_.mode() == results::v1::Import::MODE_STORE
                                ? results::v1::Import::STATE_STORED
                                : results::v1::Import::STATE_PLANNED);
        }
        response.Clear();
        *response.mutable_finished()->mutable_import() = import_;
        stream->Write(response);
        return grpc::Status::OK;
      }
      if (request.chunk().first_row() != import_.next_row() ||
          import_.state() != results::v1::Import::STATE_RECEIVING) {
        return platform::ToGrpcStatus(
            domain::Fault{"chunk", "ROWS_MISSING", "Xin gửi tiếp từ dòng khác."}.ToStatus());
      }
      chunk_bytes_.push_back(request.ByteSizeLong());
      for (const auto& row : request.chunk().rows()) Judge(row);
      if (!cut.status.ok() && ++chunks == cut.chunks) return cut.status;
      response.Clear();
      response.mutable_progress()->set_next_row(import_.next_row());
      waiting.push_back(response);
      if (waiting.size() < run_) continue;
      for (const auto& one : waiting) stream->Write(one);
      waiting.clear();
    }
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "REQUIRED");
  }

  grpc::Status GetImport(grpc::ServerContext*, const results::v1::GetImportRequest*,
                         results::v1::GetImportResponse* response) override {
    const absl::MutexLock lock(&mutex_);
    *response->mutable_import() = import_;
    return grpc::Status::OK;
  }

  grpc::Status ListImportOutcomes(grpc::ServerContext*,
                                  const results::v1::ListImportOutcomesRequest* request,
                                  results::v1::ListImportOutcomesResponse* response) override {
    const absl::MutexLock lock(&mutex_);
    size_t i = 0;
    if (!request->page_token().empty() && !absl::SimpleAtoi(request->page_token(), &i)) i = 0;
    for (; i < outcomes_.size(); ++i) {
      const auto& outcome = outcomes_[i].outcome();
      const auto& kinds = request->kinds();
      if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), outcome.kind()) == kinds.end()) {
        continue;
      }
      if (request->only_warned() && outcome.warnings().empty()) continue;
      // Pages smaller than asked for, as a service may answer them.
      if (response->outcomes_size() == 2) {
        response->set_next_page_token(absl::StrCat(i));
        break;
      }
      *response->add_outcomes() = outcomes_[i];
    }
    return grpc::Status::OK;
  }

  grpc::Status CommitImport(
      grpc::ServerContext*, const results::v1::CommitImportRequest*,
      grpc::ServerWriter<results::v1::CommitImportResponse>* writer) override {
    const absl::MutexLock lock(&mutex_);
    if (!commits_.empty()) {
      const grpc::Status answer = commits_.front();
      commits_.pop_front();
      return answer;
    }
    results::v1::CommitImportResponse response;
    response.mutable_progress()->set_rows(1);
    writer->Write(response);
    import_.set_state(results::v1::Import::STATE_STORED);
    *response.mutable_committed()->mutable_import() = import_;
    writer->Write(response);
    return grpc::Status::OK;
  }

  grpc::Status GetPeriodInputs(grpc::ServerContext*, const results::v1::GetPeriodInputsRequest*,
                               results::v1::GetPeriodInputsResponse* response) override {
    *response->mutable_inputs() = inputs_;
    for (auto& result : *response->mutable_inputs()->mutable_results()) {
      result.clear_note();
      result.clear_explanation();
      result.clear_correction_reason();
    }
    return grpc::Status::OK;
  }

  // The next uploads, or downloads, end so when half of them is over.
  void CutDocuments(std::deque<grpc::Status> cuts) { document_cuts_ = std::move(cuts); }
  const results::v1::UploadEvidenceRequest::Start& uploaded() const { return uploaded_; }
  std::string& document() { return document_; }

  grpc::Status UploadEvidence(grpc::ServerContext*,
                              grpc::ServerReader<results::v1::UploadEvidenceRequest>* reader,
                              results::v1::UploadEvidenceResponse* response) override {
    const absl::MutexLock lock(&mutex_);
    results::v1::UploadEvidenceRequest request;
    reader->Read(&request);
    uploaded_ = request.start();
    document_.clear();
    while (reader->Read(&request)) {
      document_ += request.data();
      if (!document_cuts_.empty()) return NextCut();
    }
    *response->mutable_evidence() = uploaded_.evidence();
    response->mutable_evidence()->set_name(
        absl::StrCat(uploaded_.pact(), "/evidence/", uploaded_.sha256()));
    return grpc::Status::OK;
  }

  grpc::Status DownloadEvidence(
      grpc::ServerContext*, const results::v1::DownloadEvidenceRequest* request,
      grpc::ServerWriter<results::v1::DownloadEvidenceResponse>* writer) override {
    const absl::MutexLock lock(&mutex_);
    results::v1::DownloadEvidenceResponse part;
    part.mutable_evidence()->set_name(request->name());
    part.mutable_evidence()->set_size(static_cast<int64_t>(document_.size()));
    writer->Write(part);
    const size_t half = document_.size() / 2;
    part.set_data(document_.substr(0, half));
    writer->Write(part);
    if (!document_cuts_.empty()) return NextCut();
    part.set_data(document_.substr(half));
    writer->Write(part);
    return grpc::Status::OK;
  }

  grpc::Status GetResult(grpc::ServerContext*, const results::v1::GetResultRequest* request,
                         results::v1::GetResultResponse* response) override {
    for (const auto& result : inputs_.results()) {
      if (result.name() == request->name()) *response->mutable_result() = result;
    }
    return grpc::Status::OK;
  }

 private:
  // A target reported already is the same or updated; "sai" is rejected, "1.250" warned of.
  void Judge(const results::v1::ImportRow& row) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    using results::v1::RowOutcome;
    results::v1::ImportOutcome told;
    told.set_row(import_.next_row());
    told.set_place(row.place());
    RowOutcome& outcome = *told.mutable_outcome();
    outcome.set_target(row.row().target());
    outcome.set_kind(RowOutcome::KIND_CREATED);
    results::v1::ImportCounts& counts = *import_.mutable_counts();
    if (row.row().actual().text() == "sai") {
      outcome.set_kind(RowOutcome::KIND_REJECTED);
      auto& fault = *outcome.add_faults();
      fault.set_field("row.actual");
      fault.set_reason("NUMBER_UNREADABLE");
      fault.set_message("Không đọc được số “sai”.");
      fault.set_suggestion("5");
      counts.set_rejected(counts.rejected() + 1);
    } else if (const results::v1::Result* known = Known(row.row().target())) {
      if (Same(*known, row.row())) {
        outcome.set_kind(RowOutcome::KIND_UNCHANGED);
        counts.set_unchanged(counts.unchanged() + 1);
      } else {
        outcome.set_kind(RowOutcome::KIND_UPDATED);
        *outcome.mutable_before() = *known;
        counts.set_updated(counts.updated() + 1);
      }
    } else {
      counts.set_created(counts.created() + 1);
    }
    if (row.row().actual().text() == "1.250") {
      auto& warning = *outcome.add_warnings();
      warning.set_field("row.actual");
      warning.set_reason("NUMBER_AMBIGUOUS");
      warning.set_message("“1.250” được hiểu là 1.250.");
      counts.set_warned(counts.warned() + 1);
      counts.set_ambiguous(counts.ambiguous() + 1);
    }
    rows_.push_back(row);
    outcomes_.push_back(std::move(told));
    import_.set_next_row(import_.next_row() + 1);
  }

  grpc::Status NextCut() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    grpc::Status cut = document_cuts_.front();
    document_cuts_.pop_front();
    return cut;
  }

  const results::v1::Result* Known(const std::string& target) const {
    for (const auto& result : inputs_.results()) {
      if (!target.empty() && result.target() == target) return &result;
    }
    return nullptr;
  }

  static bool SameFigure(const type::v1::Quantity& stored, const type::v1::Quantity& sent,
                         const std::string& measure) {
    const auto a = messages::ReadQuantity("", stored, measure);
    const auto b = messages::ReadQuantity("", sent, measure);
    return a.ok() && b.ok() && a->state == b->state && a->value == b->value &&
           a->qualifier == b->qualifier;
  }

  static bool Same(const results::v1::Result& stored, const results::v1::ResultRow& row) {
    return SameFigure(stored.actual(), row.actual(), stored.actual().measure()) &&
           SameFigure(stored.stated_percent(), row.stated_percent(), "%") &&
           stored.note() == row.note() && stored.explanation() == row.explanation() &&
           std::equal(stored.evidence().begin(), stored.evidence().end(), row.evidence().begin(),
                      row.evidence().end()) &&
           std::equal(stored.acknowledged_warnings().begin(), stored.acknowledged_warnings().end(),
                      row.acknowledged_warnings().begin(), row.acknowledged_warnings().end());
  }

  absl::Mutex mutex_;
  std::deque<Cut> cuts_;
  size_t run_ = 1;
  std::deque<grpc::Status> commits_;
  results::v1::PeriodInputs inputs_;
  results::v1::Import import_;
  std::vector<results::v1::ImportRow> rows_;
  std::vector<results::v1::ImportOutcome> outcomes_;
  std::vector<size_t> chunk_bytes_;
  int streams_ = 0;
  std::deque<grpc::Status> document_cuts_;
  results::v1::UploadEvidenceRequest::Start uploaded_;
  std::string document_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace thidua::result_files

#endif  // THIDUA_SERVICES_RESULT_FILES_FAKE_IMPORTS_TESTLIB_H_
