#include "services/results_ingest/plan_commit.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;
using platform::Refusal;
using storage::Transaction;

constexpr int64_t kRowsAtOnce = 1000;
constexpr size_t kMovedShown = 100;

}  // namespace

PlanCommit::PlanCommit(storage::Database& database, platform::ChangeFeed& feed, ReadyPacts& pacts,
                       std::string store_id, const platform::Call& call, std::string import,
                       bool skip_rejected)
    : database_(database),
      feed_(feed),
      pacts_(pacts),
      store_id_(std::move(store_id)),
      call_(call),
      import_(std::move(import)),
      skip_rejected_(skip_rejected),
      thread_([this] { Run(); }) {}

PlanCommit::~PlanCommit() { thread_.join(); }

bool PlanCommit::AwaitEnd(absl::Duration at_most) {
  const absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&ended_), at_most);
}

int64_t PlanCommit::rows_gone_through() const {
  const absl::MutexLock lock(&mutex_);
  return rows_;
}

void PlanCommit::Run() {
  StoredImport committed;
  int64_t sequence = 0;
  const absl::Status status = database_.Write([&](Transaction& transaction) -> absl::Status {
    audit::Trail trail(transaction, call_.author(), "");
    ASSIGN_OR_RETURN(committed, Commit(transaction, trail));
    RETURN_IF_ERROR(trail.Close());
    ASSIGN_OR_RETURN(sequence, transaction.Sequence());
    return absl::OkStatus();
  });
  if (status.ok()) {
    feed_.Advance(sequence);
    outcome_ = std::move(committed);
  } else {
    outcome_ = status;
  }
  const absl::MutexLock lock(&mutex_);
  ended_ = true;
}

absl::StatusOr<StoredImport> PlanCommit::Commit(Transaction& transaction, audit::Trail& trail) {
  const absl::Time now = absl::Now();
  ImportStore imports(transaction);
  ASSIGN_OR_RETURN(StoredImport stored, FindImportOf(call_, imports, "import", import_, now));
  if (stored.message.mode() != v1::Import::MODE_PLAN) {
    return Refusal(absl::StatusCode::kFailedPrecondition, "import", "NOT_A_PLAN",
                   "Lần nhập này lưu từng phần ngay khi nhận, không có dự kiến để lưu.");
  }
  if (stored.message.state() == v1::Import::STATE_STORED) return stored;
  RETURN_IF_ERROR(CheckPlan(stored.message));

  RaisedVersions raised;
  std::vector<Fault> moved;
  const int64_t rows = stored.message.next_row();
  for (int64_t first = 0; first < rows && moved.size() < kMovedShown; first += kRowsAtOnce) {
    if (call_.cancelled()) return absl::CancelledError("caller gone");
    RETURN_IF_ERROR(
        CommitRows(transaction, trail, stored.message.period(), first, now, raised, moved));
    const absl::MutexLock lock(&mutex_);
    rows_ = std::min(first + kRowsAtOnce, rows);
  }
  if (moved.size() > kMovedShown) moved.resize(kMovedShown);
  RETURN_IF_ERROR(domain::FaultsToStatus(moved, absl::StatusCode::kAborted));

  std::string planned = stored.message.SerializeAsString();
  stored.message.set_state(v1::Import::STATE_STORED);
  stored.freshness_token =
      platform::FreshnessToken(store_id_, raised.All(), database_.store_epoch_ms());
  RETURN_IF_ERROR(KeepImport(imports, import_, stored, now));
  RETURN_IF_ERROR(trail.Changed<v1::Import>(stored.message.name(), std::move(planned),
                                            stored.message.SerializeAsString()));
  return stored;
}

absl::Status PlanCommit::CheckPlan(const v1::Import& plan) const {
  if (plan.state() != v1::Import::STATE_PLANNED) {
    return Refusal(absl::StatusCode::kFailedPrecondition, "import", "PLAN_INCOMPLETE",
                   "Lần nhập này chưa gửi hết các dòng.");
  }
  if (plan.counts().rejected() > 0 && !skip_rejected_) {
    return Refusal(absl::StatusCode::kFailedPrecondition, "import", "ROWS_REJECTED",
                   absl::StrCat("Có ", plan.counts().rejected(),
                                " dòng bị từ chối; xin sửa lại, hoặc cho phép bỏ qua."));
  }
  return absl::OkStatus();
}

// Rows first to first + kRowsAtOnce, but those that were rejected: judged again as things are now,
// and stored unless that is not what the plan says.
absl::Status PlanCommit::CommitRows(Transaction& transaction, audit::Trail& trail,
                                    const std::string& period, int64_t first, absl::Time now,
                                    RaisedVersions& raised, std::vector<Fault>& moved) {
  Store store(transaction);
  ASSIGN_OR_RETURN(const std::vector<StoredImportRow> planned,
                   ImportStore(transaction).Rows(import_, first, kRowsAtOnce));
  std::vector<const StoredImportRow*> wanted;
  std::vector<const v1::ImportRow*> rows;
  for (const StoredImportRow& row : planned) {
    if (row.outcome.outcome().kind() == v1::RowOutcome::KIND_REJECTED) continue;
    wanted.push_back(&row);
    rows.push_back(&row.row);
  }
  ASSIGN_OR_RETURN(const ImportedRows judged,
                   JudgeImported(store, pacts_, rows, period, now, call_.caller(), in_words_));
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string what = WhatMoved(wanted[i]->outcome.outcome(), judged.Outcome(i));
    if (what.empty()) continue;
    moved.push_back(
        {absl::StrCat("rows[", wanted[i]->outcome.row(), "]"), "PLAN_MOVED", std::move(what)});
  }
  return moved.empty() ? raised.StoreRows(store, judged, trail) : absl::OkStatus();
}

}  // namespace thidua::results_ingest
