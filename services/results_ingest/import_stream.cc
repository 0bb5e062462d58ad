#include "services/results_ingest/import_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/errors.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;
using storage::Transaction;

constexpr int kChunkRowsMax = 10'000;
constexpr size_t kPlaceMax = 100;
constexpr int64_t kExpiredAtOnce = 1000;
constexpr int kOutcomesAtOnce = 1000;

void Count(const ImportedRows& rows, v1::ImportCounts& counts) {
  for (size_t i = 0; i < rows.size(); ++i) {
    switch (rows.kind(i)) {
      case v1::RowOutcome::KIND_CREATED:
        counts.set_created(counts.created() + 1);
        break;
      case v1::RowOutcome::KIND_UPDATED:
        counts.set_updated(counts.updated() + 1);
        break;
      case v1::RowOutcome::KIND_UNCHANGED:
        counts.set_unchanged(counts.unchanged() + 1);
        break;
      default:
        counts.set_rejected(counts.rejected() + 1);
        continue;
    }
    if (rows.warned(i)) counts.set_warned(counts.warned() + 1);
    if (rows.warned_of(i, "NUMBER_AMBIGUOUS")) counts.set_ambiguous(counts.ambiguous() + 1);
  }
}

bool SaysSomething(const ImportedRows& rows, size_t i) {
  const v1::RowOutcome::Kind kind = rows.kind(i);
  return kind == v1::RowOutcome::KIND_REJECTED || kind == v1::RowOutcome::KIND_UPDATED ||
         rows.warned(i);
}

// The same target in two rows of a plan: which of them would it be?
absl::Status RejectKnown(ImportStore& imports, const std::string& import, ImportedRows& rows) {
  std::vector<std::string> results;
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string result = rows.Result(i);
    if (!result.empty()) results.push_back(std::move(result));
  }
  ASSIGN_OR_RETURN(const auto known, imports.KnownResults(import, results));
  if (known.empty()) return absl::OkStatus();
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!known.contains(rows.Result(i))) continue;
    rows.Reject(
        i, {"target", "DUPLICATE", "Chỉ tiêu này đã có ở một dòng trước trong cùng lần nhập."});
  }
  return absl::OkStatus();
}

absl::Status RowsMissing(absl::string_view path, int64_t next) {
  return Fault{std::string(path), "ROWS_MISSING",
               absl::StrCat("Hệ thống đã nhận ", next, " dòng; xin gửi tiếp từ dòng ", next,
                            " (tính từ 0), không nhiều hơn số dòng đã báo.")}
      .ToStatus();
}

}  // namespace

ImportStream::ImportStream(storage::Database& database, platform::ChangeFeed& feed,
                           ReadyPacts& pacts, const platform::Call& call,
                           const platform::Send<v1::ImportResultsResponse>& send)
    : database_(database), feed_(feed), pacts_(pacts), call_(call), send_(send), writer_([this] {
        StoreChunks();
      }) {}

ImportStream::~ImportStream() {
  {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
    awaiting_other_side_ = false;
  }
  writer_.join();
}

absl::Status ImportStream::Begin(const v1::ImportResultsRequest::Start& start) {
  ASSIGN_OR_RETURN(import_, messages::ReadImportName("start.import", start.import()));
  mode_ = start.mode() == v1::Import::MODE_UNSPECIFIED ? v1::Import::MODE_PLAN : start.mode();
  period_ = start.period();
  every_outcome_ = start.every_outcome();
  if (!period_.empty()) {
    RETURN_IF_ERROR(messages::ReadPeriodName("start.period", period_).status());
  }
  RETURN_IF_ERROR(database_.Write([&](Transaction& transaction) -> absl::Status {
    const absl::Time now = absl::Now();
    ImportStore imports(transaction);
    RETURN_IF_ERROR(imports.RemoveExpired(now, kExpiredAtOnce));
    ASSIGN_OR_RETURN(std::optional<StoredImport> known, imports.Find(import_));
    if (known.has_value() && Expired(*known, now)) {
      RETURN_IF_ERROR(imports.Remove(import_));
      known.reset();
    }
    StoredImport stored;
    if (known.has_value()) {
      stored = *std::move(known);
      if (stored.message.mode() != mode_ || stored.message.period() != period_ ||
          stored.caller != call_.caller().name()) {
        return Fault{"start.import", "IMPORT_DIFFERS",
                     "Mã lần nhập này đã dùng cho kỳ khác, theo cách khác, hoặc bởi người khác."}
            .ToStatus();
      }
    } else {
      stored = NewImport(import_, mode_, period_, call_, now);
    }
    const bool is_new = stored.stream == 0;
    stream_ = ++stored.stream;
    next_ = told_ = stored.message.next_row();
    receiving_ = stored.message.state() == v1::Import::STATE_RECEIVING;
    RETURN_IF_ERROR(KeepImport(imports, import_, stored, now));
    return is_new ? PutOnRecord(transaction, std::nullopt, stored) : absl::OkStatus();
  }));
  v1::ImportResultsResponse response;
  response.mutable_started()->set_next_row(next_);
  return Tell(response);
}

absl::Status ImportStream::Take(v1::ImportResultsRequest::Chunk chunk) {
  {
    const absl::MutexLock lock(&mutex_);
    awaiting_other_side_ = false;
  }
  if (chunk.rows().empty() || chunk.rows_size() > kChunkRowsMax) {
    return Fault{"chunk.rows", chunk.rows().empty() ? "REQUIRED" : "TOO_MANY",
                 absl::StrCat("Mỗi lần gửi từ 1 đến ", kChunkRowsMax, " dòng.")}
        .ToStatus();
  }
  if (chunk.first_row() < 0 || chunk.first_row() > next_) return RowsMissing("chunk", next_);
  const int64_t known = std::min<int64_t>(next_ - chunk.first_row(), chunk.rows_size());
  if (known < chunk.rows_size() && !receiving_) {
    return RowsMissing("chunk", next_);  // It was finished: it has no more rows than these.
  }
  for (const v1::ImportRow& row : chunk.rows()) {
    if (auto fault = domain::CheckText("chunk.rows.place", row.place(), kPlaceMax)) {
      return fault->ToStatus();
    }
  }

  Judged judged;
  judged.chunk = std::move(chunk);
  judged.rows.assign(judged.chunk.rows().pointer_begin() + known,
                     judged.chunk.rows().pointer_end());
  judged.first = next_;
  judged.now = absl::Now();
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ImportStore imports(transaction);
    Store store(transaction);
    RETURN_IF_ERROR(FindMine(imports, judged.now).status());
    ASSIGN_OR_RETURN(judged.outcome, JudgeImported(store, pacts_, judged.rows, period_, judged.now,
                                                   call_.caller(), in_words_));
    return absl::OkStatus();
  }));
  next_ += static_cast<int64_t>(judged.rows.size());
  const absl::MutexLock lock(&mutex_);
  const auto room = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return !waiting_.has_value() || !failure_.ok();
  };
  mutex_.Await(absl::Condition(&room));
  if (!failure_.ok()) return failure_;
  waiting_ = std::move(judged);
  awaiting_other_side_ = true;
  return absl::OkStatus();
}

absl::Status ImportStream::Finish(const v1::ImportResultsRequest::Finish& finish,
                                  v1::Import& finished) {
  RETURN_IF_ERROR(AwaitIdle());
  return database_.Write([&](Transaction& transaction) -> absl::Status {
    const absl::Time now = absl::Now();
    ImportStore imports(transaction);
    ASSIGN_OR_RETURN(StoredImport stored, FindMine(imports, now));
    if (finish.rows() != stored.message.next_row()) {
      return RowsMissing("finish.rows", stored.message.next_row());
    }
    if (stored.message.state() == v1::Import::STATE_RECEIVING) {
      std::string before = stored.message.SerializeAsString();
      stored.message.set_state(mode_ == v1::Import::MODE_STORE ? v1::Import::STATE_STORED
                                                               : v1::Import::STATE_PLANNED);
      RETURN_IF_ERROR(KeepImport(imports, import_, stored, now));
      RETURN_IF_ERROR(PutOnRecord(transaction, std::move(before), stored));
    }
    finished = std::move(stored.message);
    return absl::OkStatus();
  });
}

absl::Status ImportStream::failure() {
  const absl::MutexLock lock(&mutex_);
  return failure_;
}

// The import, unless another stream goes on with it by now.
absl::StatusOr<StoredImport> ImportStream::FindMine(ImportStore& imports, absl::Time now) const {
  ASSIGN_OR_RETURN(StoredImport stored, FindImport(imports, "start.import", import_, now));
  if (stored.stream == stream_) return stored;
  return platform::Refusal(absl::StatusCode::kAborted, "start.import", "IMPORT_TAKEN_OVER",
                           "Một kết nối khác đang gửi tiếp lần nhập này.");
}

absl::Status ImportStream::AwaitIdle() {
  const absl::MutexLock lock(&mutex_);
  const auto idle = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return (!waiting_.has_value() && !storing_) || !failure_.ok();
  };
  awaiting_other_side_ = false;
  mutex_.Await(absl::Condition(&idle));
  return failure_;
}

void ImportStream::StoreChunks() {
  const auto work = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return waiting_.has_value() || ending_;
  };
  while (true) {
    Judged judged;
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&work));
      if (!waiting_.has_value()) return;
      judged = *std::exchange(waiting_, std::nullopt);
      storing_ = true;
    }
    const absl::Status status = StoreChunk(judged);
    const absl::MutexLock lock(&mutex_);
    storing_ = false;
    if (status.ok()) continue;
    failure_ = status;
    // The other side may wait for this chunk, and send nothing more.
    if (awaiting_other_side_) call_.BreakOff();
    return;
  }
}

absl::Status ImportStream::StoreChunk(Judged& judged) {
  StoredImport stored;
  std::vector<v1::ImportOutcome> told;
  RaisedVersions raised;
  int64_t sequence = 0;
  RETURN_IF_ERROR(database_.Write([&](Transaction& transaction) -> absl::Status {
    ImportStore imports(transaction);
    Store store(transaction);
    RETURN_IF_ERROR(imports.RemoveExpired(judged.now, kExpiredAtOnce));
    ASSIGN_OR_RETURN(stored, FindMine(imports, judged.now));
    if (judged.rows.empty()) return absl::OkStatus();  // All here already: acknowledged once more.
    ASSIGN_OR_RETURN(const bool holds, StillHolds(store, judged.outcome));
    if (!holds) {
      ASSIGN_OR_RETURN(judged.outcome,
                       JudgeImported(store, pacts_, judged.rows, period_, judged.now,
                                     call_.caller(), writers_in_words_));
    }
    if (mode_ == v1::Import::MODE_STORE) {
      audit::Trail trail(transaction, call_.author(), "");
      RETURN_IF_ERROR(raised.StoreRows(store, judged.outcome, trail));
      RETURN_IF_ERROR(trail.Close());
    } else {
      RETURN_IF_ERROR(RejectKnown(imports, import_, judged.outcome));
    }
    Count(judged.outcome, *stored.message.mutable_counts());
    RETURN_IF_ERROR(KeepRows(transaction, judged, told));
    stored.message.set_next_row(judged.first + static_cast<int64_t>(judged.rows.size()));
    RETURN_IF_ERROR(KeepImport(imports, import_, stored, judged.now));
    ASSIGN_OR_RETURN(sequence, transaction.Sequence());
    return absl::OkStatus();
  }));
  feed_.Advance(sequence);
  const std::map<std::string, int64_t> versions = raised.All();
  recent_.push_front(ChangesOf(judged.outcome, versions));
  if (recent_.size() > kAhead) recent_.pop_back();
  for (const auto& [period, version] : versions) versions_[period] = version;
  return TellProgress(stored, told);
}

ImportStream::Changes ImportStream::ChangesOf(const ImportedRows& rows,
                                              const std::map<std::string, int64_t>& raised) {
  Changes changes;
  for (const ImportedPeriod& period : rows.periods()) {
    const auto version = raised.find(period.name.ToString());
    if (version == raised.end()) continue;
    Change& change = changes[version->first];
    change.version = version->second;
    for (const JudgedRow& row : period.judged) change.targets.insert(row.target);
  }
  return changes;
}

// Whether what the rows were judged by is still so. Chunks before may have been stored meanwhile:
// then they must be about other results.
absl::StatusOr<bool> ImportStream::StillHolds(Store& store, const ImportedRows& outcome) const {
  for (const ImportedPeriod& period : outcome.periods()) {
    if (!period.refusal.ok()) return false;
    ASSIGN_OR_RETURN(const std::optional<PeriodState> state, store.FindPeriodState(period.name));
    if (!state.has_value() || state->sealed) return false;
    for (const Ground::LookedAt& earlier : period.ground.looked_at) {
      ASSIGN_OR_RETURN(const auto now, store.FindPeriodState({period.name.pact, earlier.period}));
      if (!now.has_value() || now->version != earlier.version) return false;
    }
    int64_t version = state->version;
    for (const Changes& changes : recent_) {
      const auto change = changes.find(period.name.ToString());
      if (version == period.ground.open.version || change == changes.end()) continue;
      if (change->second.version != version) return false;
      for (const JudgedRow& row : period.judged) {
        if (change->second.targets.contains(row.target)) return false;
      }
      --version;
    }
    if (version != period.ground.open.version) return false;
  }
  return true;
}

// In a plan every row is kept with what it would become; of rows that are stored, what became of
// those that say something.
absl::Status ImportStream::KeepRows(Transaction& transaction, const Judged& judged,
                                    std::vector<v1::ImportOutcome>& told) const {
  const bool planning = mode_ != v1::Import::MODE_STORE;
  std::vector<StoredImportRow> kept;
  for (size_t i = 0; i < judged.rows.size(); ++i) {
    const bool says_something = SaysSomething(judged.outcome, i);
    if (!planning && !says_something && !every_outcome_) continue;
    v1::ImportOutcome outcome;
    outcome.set_row(judged.first + static_cast<int64_t>(i));
    outcome.set_place(judged.rows[i]->place());
    *outcome.mutable_outcome() = judged.outcome.Outcome(i);
    if (says_something || every_outcome_) told.push_back(outcome);
    if (planning) {
      kept.push_back({*judged.rows[i], std::move(outcome), judged.outcome.Result(i)});
    } else if (says_something) {
      kept.push_back({{}, std::move(outcome), ""});
    }
  }
  return ImportStore(transaction).AppendRows(import_, kept);
}

// Several messages when there is much to tell; next_row rises with the last.
absl::Status ImportStream::TellProgress(const StoredImport& stored,
                                        const std::vector<v1::ImportOutcome>& outcomes) {
  v1::ImportResultsResponse response;
  v1::ImportResultsResponse::Progress& progress = *response.mutable_progress();
  *progress.mutable_counts() = stored.message.counts();
  size_t bytes = 0;
  for (const v1::ImportOutcome& outcome : outcomes) {
    if (progress.outcomes_size() == kOutcomesAtOnce || bytes > kOutcomeBytesAtOnce) {
      progress.set_next_row(told_);
      RETURN_IF_ERROR(Tell(response));
      progress.clear_outcomes();
      bytes = 0;
    }
    bytes += outcome.ByteSizeLong();
    *progress.add_outcomes() = outcome;
  }
  told_ = stored.message.next_row();
  progress.set_next_row(told_);
  return Tell(response);
}

absl::Status ImportStream::PutOnRecord(Transaction& transaction, std::optional<std::string> before,
                                       const StoredImport& after) const {
  audit::Trail trail(transaction, call_.author(), "");
  RETURN_IF_ERROR(trail.Changed<v1::Import>(after.message.name(), std::move(before),
                                            after.message.SerializeAsString()));
  return trail.Close();
}

absl::Status ImportStream::Tell(const v1::ImportResultsResponse& response) {
  return send_(response) ? absl::OkStatus() : absl::CancelledError("caller gone");
}

}  // namespace thidua::results_ingest
