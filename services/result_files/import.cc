#include "services/result_files/import.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"
#include "services/platform/patience.h"
#include "services/result_files/file_digest.h"

namespace thidua::result_files {
namespace {

using results::v1::CommitImportRequest;
using results::v1::CommitImportResponse;
using results::v1::ImportResultsRequest;
using results::v1::ImportResultsResponse;
using results::v1::ImportRow;
using results::v1::ResultsService;

constexpr int kChunkRows = 1000;
constexpr size_t kChunkBytes = size_t{1} << 20;
constexpr size_t kUnacknowledgedMax = 8;
constexpr char kService[] = "results-ingest";

// One stream of an import. The caller's thread writes; another one reads, so that neither side ever
// waits for the other to make room.
class ImportLine {
 public:
  ImportLine(ResultsService::Stub& stub, const platform::Caller& caller)
      : stream_(stub.ImportResults(caller.MakeReady(context_))), reader_([this] { Read(); }) {}
  ~ImportLine() {
    if (!reader_.joinable()) return;
    context_.TryCancel();
    End();
  }
  ImportLine(const ImportLine&) = delete;
  ImportLine& operator=(const ImportLine&) = delete;

  // The first row to be sent; nothing when the line was cut.
  std::optional<int64_t> Begin(const ImportJob& job) {
    ImportResultsRequest request;
    ImportResultsRequest::Start& start = *request.mutable_start();
    start.set_import(job.import);
    start.set_mode(job.mode);
    start.set_period(job.file.period);
    start.set_freshness_token(job.freshness_token);
    stream_->Write(request);
    const absl::MutexLock lock(&mutex_);
    const auto begun = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return next_row_.has_value() || ended_;
    };
    mutex_.Await(absl::Condition(&begun));
    return next_row_;
  }

  // Waits until there is room for one more. False when the line was cut.
  bool Send(const ImportResultsRequest& chunk) {
    {
      const absl::MutexLock lock(&mutex_);
      const auto room = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
        return unacknowledged_.size() < kUnacknowledgedMax || ended_;
      };
      mutex_.Await(absl::Condition(&room));
      if (ended_) return false;
      unacknowledged_.push_back(chunk.chunk().first_row() + chunk.chunk().rows_size());
    }
    return stream_->Write(chunk);
  }

  void Finish(int64_t rows) {
    ImportResultsRequest request;
    request.mutable_finish()->set_rows(rows);
    if (stream_->Write(request)) stream_->WritesDone();
  }

  // Waits for the other side to end the stream.
  grpc::Status End() {
    reader_.join();
    return stream_->Finish();
  }

  // After End.
  std::optional<ImportResultsResponse::Finished>& finished() { return finished_; }
  // As Begin answered it.
  std::optional<int64_t> first_row() {
    const absl::MutexLock lock(&mutex_);
    return next_row_;
  }
  // Whether a chunk of this line arrived.
  bool got_on() {
    const absl::MutexLock lock(&mutex_);
    return got_on_;
  }

 private:
  void Read() {
    ImportResultsResponse response;
    while (stream_->Read(&response)) {
      const absl::MutexLock lock(&mutex_);
      if (response.has_started()) next_row_ = response.started().next_row();
      if (response.has_progress()) {
        while (!unacknowledged_.empty() &&
               unacknowledged_.front() <= response.progress().next_row()) {
          unacknowledged_.pop_front();
          got_on_ = true;
        }
      }
      if (response.has_finished()) finished_ = std::move(*response.mutable_finished());
    }
    const absl::MutexLock lock(&mutex_);
    ended_ = true;
  }

  grpc::ClientContext context_;
  const std::unique_ptr<grpc::ClientReaderWriter<ImportResultsRequest, ImportResultsResponse>>
      stream_;
  absl::Mutex mutex_;
  std::optional<int64_t> next_row_ ABSL_GUARDED_BY(mutex_);
  std::deque<int64_t> unacknowledged_ ABSL_GUARDED_BY(mutex_);  // The row after each chunk.
  bool got_on_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<ImportResultsResponse::Finished> finished_;  // The reader's, then the caller's.
  std::thread reader_;
};

// Collects rows into chunks and sends them.
class Chunks {
 public:
  Chunks(ImportLine& line, int64_t first_row) : line_(line), next_(first_row) {}

  // False when the line was cut.
  bool Add(ImportRow row) {
    const size_t bytes = row.ByteSizeLong();
    if (bytes_ + bytes > kChunkBytes && !Flush()) return false;
    bytes_ += bytes;
    *request_.mutable_chunk()->add_rows() = std::move(row);
    return request_.chunk().rows_size() < kChunkRows || Flush();
  }

  bool Flush() {
    const int rows = request_.chunk().rows_size();
    if (rows == 0) return true;
    request_.mutable_chunk()->set_first_row(next_);
    const bool sent = line_.Send(request_);
    next_ += rows;
    bytes_ = 0;
    request_.Clear();
    return sent;
  }

 private:
  ImportLine& line_;
  int64_t next_;
  size_t bytes_ = 0;
  ImportResultsRequest request_;
};

bool HasFault(const absl::Status& status, absl::string_view reason) {
  return absl::c_any_of(domain::FaultsOf(status),
                        [reason](const domain::Fault& fault) { return fault.reason == reason; });
}

absl::Status FileChanged() {
  return domain::Fault{"", "FILE_CHANGED",
                       "Mã lần nhập này đã dùng cho một tệp có số dòng khác. Xin dùng mã khác."}
      .ToStatus();
}

// Sends what the service does not have yet. OK when the line was cut too: how, the line tells.
absl::Status SendRows(const ImportJob& job, ImportLine& line, const HowFar& how_far,
                      SentImport& sent) {
  ASSIGN_OR_RETURN(const auto table, ResultTable::Open(job.file));
  sent.columns = table->columns();
  sent.titles = table->titles();
  const std::optional<int64_t> first_row = line.Begin(job);
  if (!first_row.has_value()) return absl::OkStatus();
  Chunks chunks(line, *first_row);
  int64_t rows = 0;
  while (true) {
    ImportRow row;
    ASSIGN_OR_RETURN(const bool read, table->Next(row));
    if (!read) break;
    if (rows++ < *first_row) continue;
    if (!chunks.Add(std::move(row))) return absl::OkStatus();
    how_far(table->progress(), absl::StrCat("đã gửi ", rows, " dòng"));
  }
  if (rows < *first_row) return FileChanged();
  sent.passed_over = table->passed_over();
  sent.widest = table->widest();
  if (chunks.Flush()) line.Finish(rows);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ImportNameOf(const ResultFile& file, results::v1::Import::Mode mode) {
  constexpr size_t kDigits = 16;
  std::string sha256;
  if (file.bytes.has_value()) {
    sha256 = platform::Sha256Hex(*file.bytes);
  } else {
    ASSIGN_OR_RETURN(const FileDigest digest, DigestFile(file.path));
    sha256 = digest.sha256;
  }
  std::string how =
      absl::StrCat(sha256, "\n", file.period, "\n", file.sheet, "\n", static_cast<int>(mode));
  for (const auto& [field, column] : file.columns) {
    absl::StrAppend(&how, "\n", HeaderOf(field), "=", column);
  }
  return messages::ImportName(absl::StrCat("tep-", platform::Sha256Hex(how).substr(0, kDigits)));
}

absl::StatusOr<SentImport> SendTable(const ImportJob& job, platform::Caller& caller,
                                     const HowFar& how_far) {
  const auto stub = caller.NewResultsStub();
  platform::Patience patience = caller.NewPatience();
  std::optional<int64_t> known_rows;
  while (true) {
    ImportLine line(*stub, caller);
    SentImport sent;
    const absl::Status read = SendRows(job, line, how_far, sent);
    if (!read.ok()) return read;
    const grpc::Status status = line.End();
    if (!known_rows.has_value()) known_rows = line.first_row();
    if (status.ok() && line.finished().has_value()) {
      sent.import = std::move(*line.finished()->mutable_import());
      sent.freshness_token = line.finished()->freshness_token();
      sent.known_rows = known_rows.value_or(0);
      return sent;
    }
    if (line.got_on()) patience.Renew();
    const bool away = status.ok() || platform::IsAway(status);
    const auto pause = away ? patience.Pause(status) : std::nullopt;
    if (!pause.has_value()) {
      if (away) return platform::Unreached(kService, status);
      absl::Status refused = platform::FromGrpcStatus(status);
      // This side sends from where the service told: only a finished import has no room for more.
      return HasFault(refused, "ROWS_MISSING") ? FileChanged() : refused;
    }
    how_far(0, absl::StrCat("đang chờ ", kService, "…"));
    absl::SleepFor(*pause);
  }
}

absl::StatusOr<CommittedImport> CommitPlan(const std::string& import, bool skip_rejected,
                                           platform::Caller& caller, const HowFar& how_far) {
  CommitImportRequest request;
  request.set_import(import);
  request.set_skip_rejected(skip_rejected);
  // How many rows there are, to tell how far it has come.
  results::v1::GetImportRequest get;
  get.set_name(import);
  ASSIGN_OR_RETURN(const auto answer, caller.Call(get));
  const int64_t all = std::max<int64_t>(
      1, dynamic_cast<const results::v1::GetImportResponse&>(*answer).import().next_row());

  const auto stub = caller.NewResultsStub();
  platform::Patience patience = caller.NewPatience();
  while (true) {
    grpc::ClientContext context;
    const auto stream = stub->CommitImport(caller.MakeReady(context), request);
    CommitImportResponse response;
    while (stream->Read(&response)) {
      patience.Renew();
      how_far(static_cast<double>(response.progress().rows()) / static_cast<double>(all),
              "đang lưu");
      if (response.has_committed()) break;
    }
    const grpc::Status status = stream->Finish();
    const bool away = status.ok() ? !response.has_committed() : platform::IsAway(status);
    const auto pause = away ? patience.Pause(status) : std::nullopt;
    if (pause.has_value()) {
      absl::SleepFor(*pause);
      continue;
    }
    if (away) return platform::Unreached(kService, status);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return CommittedImport{std::move(*response.mutable_committed()->mutable_import()),
                           response.committed().freshness_token()};
  }
}

}  // namespace thidua::result_files
