#include "services/audit/verification.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/audit/log.h"
#include "services/audit/trail.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/platform/digest.h"

namespace thidua::audit {
namespace {

using storage::Transaction;

constexpr Log::Limit kEntriesAtOnce = {1000, 8 * 1024 * 1024};
constexpr Log::Limit kCheckpointsAtOnce = {100, 4 * 1024 * 1024};
constexpr int64_t kHeadsAtOnce = 1000;
constexpr int64_t kRowsAtOnce = 1000;
constexpr int64_t kMissingAtOnce = 100;
constexpr int64_t kFaultsTold = 1000;
constexpr absl::Duration kProgressEvery = absl::Milliseconds(500);

// What has been found, and how far it has come.
class Findings {
 public:
  explicit Findings(absl::FunctionRef<absl::Status(const v1::VerifyAuditResponse&)> tell)
      : tell_(tell) {}

  void Add(v1::AuditFault::Kind kind, const Place& place, std::string message,
           const std::string& resource = "") {
    done.set_faults(done.faults() + 1);
    if (done.faults() > kFaultsTold) return;
    v1::AuditFault& fault = *untold_.emplace_back().mutable_fault();
    fault.set_kind(kind);
    fault.set_root(place.root);
    fault.set_number(place.number);
    fault.set_resource(resource);
    fault.set_message(std::move(message));
  }

  // Outside of any transaction, which is not to wait for whoever listens.
  absl::Status Tell() {
    for (const v1::VerifyAuditResponse& fault : std::exchange(untold_, {})) {
      RETURN_IF_ERROR(tell_(fault));
    }
    if (absl::Now() < next_progress_) return absl::OkStatus();
    next_progress_ = absl::Now() + kProgressEvery;
    v1::VerifyAuditResponse response;
    response.mutable_progress()->set_entries(done.entries());
    // It may have been written to meanwhile.
    response.mutable_progress()->set_of_entries(std::max(of_entries, done.entries()));
    return tell_(response);
  }

  absl::Status TellDone() {
    RETURN_IF_ERROR(Tell());
    v1::VerifyAuditResponse response;
    *response.mutable_done() = done;
    return tell_(response);
  }

  v1::VerifyAuditResponse::Done done;
  int64_t of_entries = 0;

 private:
  absl::FunctionRef<absl::Status(const v1::VerifyAuditResponse&)> tell_;
  std::vector<v1::VerifyAuditResponse> untold_;
  absl::Time next_progress_ = absl::InfinitePast();
};

// Goes through all chains from their ends to their beginnings: of what happened to a resource the
// last comes first. Of each change it remembers a hash of what it left; then it goes through the
// rows of the chain's root, each of which has to be one that was left, and the other way round.
class ChainWalk {
 public:
  ChainWalk(const Resources& resources, Findings& findings)
      : resources_(resources), findings_(findings) {}

  // The next entries or rows; false when there are none.
  absl::StatusOr<bool> Step(Transaction& transaction) {
    ++step_;
    int64_t rows_left = kRowsAtOnce;
    while (true) {
      switch (phase_) {
        case Phase::kEntries: {
          if (next_ == entries_.size()) {
            if (loaded_in_ == step_) return true;
            RETURN_IF_ERROR(Load(transaction));
            if (entries_.empty() && !in_chain_) return false;
          }
          if (entries_.empty() || (in_chain_ && chain_end_.root != entries_[next_].place.root)) {
            EndChain();
            break;
          }
          const StoredEntry& entry = entries_[next_++];
          if (!in_chain_) BeginChain(entry, heads_[entry.place.root]);
          Take(entry);
          break;
        }
        case Phase::kRows: {
          ASSIGN_OR_RETURN(const bool more, StepRows(transaction, rows_left));
          if (more) return true;
          FindMissing();
          break;
        }
        case Phase::kMissing: {
          ASSIGN_OR_RETURN(const bool more, StepMissing(transaction));
          if (more) return true;
          in_chain_ = false;
          phase_ = Phase::kEntries;
          break;
        }
      }
    }
  }

  bool found_heads_wrong() const { return found_heads_wrong_; }

 private:
  absl::Status Load(Transaction& transaction) {
    Log log(transaction);
    loaded_in_ = step_;
    next_ = 0;
    ASSIGN_OR_RETURN(entries_, log.EntriesBefore(last_, kEntriesAtOnce));
    std::vector<std::string> roots;
    for (const StoredEntry& entry : entries_) {
      if (roots.empty() || roots.back() != entry.place.root) roots.push_back(entry.place.root);
    }
    ASSIGN_OR_RETURN(heads_, log.Heads(roots));
    return absl::OkStatus();
  }

  void BeginChain(const StoredEntry& end, const Head& head) {
    in_chain_ = true;
    last_of_.clear();
    left_.clear();
    told_.clear();
    lasts_known_ = whole_ = true;
    begun_in_ = loaded_in_;
    chain_end_ = newest_ = end.place;
    successor_.reset();
    findings_.done.set_chains(findings_.done.chains() + 1);
    if (head.number == end.place.number && head.hash == end.hash) return;
    found_heads_wrong_ = true;
    if (head.number > end.place.number) {
      lasts_known_ = whole_ = false;
      findings_.Add(v1::AuditFault::KIND_ENTRY_MISSING, end.place,
                    absl::StrCat("Chuỗi phải đến bút toán số ", head.number,
                                 " nhưng chỉ còn đến số ", end.place.number, "."));
    } else if (head.number < end.place.number) {
      findings_.Add(v1::AuditFault::KIND_HEAD_DISAGREES, end.place,
                    absl::StrCat("Đầu chuỗi đang ghi là bút toán số ", head.number,
                                 " nhưng trong chuỗi có đến số ", end.place.number, "."));
    } else {
      findings_.Add(v1::AuditFault::KIND_HEAD_DISAGREES, end.place,
                    "Bút toán cuối chuỗi không có mã mà đầu chuỗi đang ghi.");
    }
  }

  void Take(const StoredEntry& stored) {
    findings_.done.set_entries(findings_.done.entries() + 1);
    const Place& place = stored.place;
    const std::string hash = platform::Sha256Hex(stored.message);
    const absl::StatusOr<v1::AuditEntry> entry = stored.Read();
    const bool sound = hash == stored.hash && entry.ok();
    const bool in_its_place =
        sound && entry->root() == place.root && entry->number() == place.number;
    if (!sound) {
      findings_.Add(v1::AuditFault::KIND_ENTRY_CHANGED, place,
                    "Nội dung bút toán không khớp với mã của nó.");
    } else if (!in_its_place) {
      findings_.Add(v1::AuditFault::KIND_ENTRY_MISPLACED, place,
                    absl::StrCat("Ở vị trí này là bút toán số ", entry->number(), " của “",
                                 entry->root(), "”."));
    }
    if (successor_.has_value()) CompareWithSuccessor(place, in_its_place ? hash : "");
    successor_ = {place.number, std::nullopt};
    if (in_its_place) successor_->previous_hash = entry->previous_hash();
    TakeChanges(entry, in_its_place);
    last_ = place;
  }

  // `hash`: "" of an entry that was told of already.
  void CompareWithSuccessor(const Place& place, const std::string& hash) {
    const Place successor = {place.root, successor_->number};
    if (place.number != successor.number - 1) {
      lasts_known_ = whole_ = false;
      std::string missing = absl::StrCat(place.number + 1);
      if (place.number + 1 < successor.number - 1) {
        absl::StrAppend(&missing, " đến ", successor.number - 1);
      }
      findings_.Add(v1::AuditFault::KIND_ENTRY_MISSING, successor,
                    absl::StrCat("Trước bút toán này thiếu số ", missing, "."));
    } else if (!hash.empty() && successor_->previous_hash.value_or(hash) != hash) {
      findings_.Add(v1::AuditFault::KIND_ENTRY_MISPLACED, successor,
                    absl::StrCat("Bút toán này không nối tiếp bút toán số ", place.number,
                                 ": một trong hai đã bị thay."));
    }
  }

  // Only what an entry says that is as it was written is to be believed; of another it is known at
  // most what it is about. Before one that is missing nothing is known to be a resource's last.
  void TakeChanges(const absl::StatusOr<v1::AuditEntry>& entry, bool believed) {
    if (!believed) whole_ = false;
    if (!entry.ok()) {
      lasts_known_ = false;
      return;
    }
    const auto& changes = entry->changes();
    for (int i = changes.size() - 1; i >= 0; --i) {
      const v1::AuditChange& change = changes[i];
      const Kept kept = resources_.KeptOf(change.resource());
      if (kept == Kept::kNothing) continue;
      const bool is_last =
          lasts_known_ &&
          last_of_.try_emplace(HashOf(change.resource()), believed ? entry->number() : 0).second;
      if (!believed) continue;
      if (is_last) findings_.done.set_resources(findings_.done.resources() + 1);
      if (!is_last && (kept == Kept::kLast || !change.has_after())) continue;
      left_.try_emplace(HashOfAfter(change), Left(entry->number(), is_last, !change.has_after()));
    }
  }

  void EndChain() {
    phase_ = Phase::kRows;
    rows_of_root_ = resources_.OfRoot(chain_end_.root);
    cursor_ = {};
    if (last_->number > 1) {
      whole_ = false;
      findings_.Add(v1::AuditFault::KIND_ENTRY_MISSING, *last_,
                    absl::StrCat("Đầu chuỗi thiếu các bút toán trước số ", last_->number, "."));
    } else if (!successor_->previous_hash.value_or("").empty()) {
      findings_.Add(v1::AuditFault::KIND_ENTRY_MISPLACED, *last_,
                    "Bút toán đầu tiên lại nối tiếp một bút toán khác.");
    }
  }

  // The next rows, as far as `rows_left` goes; false when there are no more.
  absl::StatusOr<bool> StepRows(Transaction& transaction, int64_t& rows_left) {
    // In the snapshot in which the chain's end was read there is nothing newer.
    if (begun_in_ != step_) RETURN_IF_ERROR(TakeNewer(transaction));
    while (rows_left > 0) {
      ASSIGN_OR_RETURN(std::vector<StoredRow> rows,
                       NextRows(transaction, rows_of_root_, cursor_, rows_left));
      if (rows.empty()) return false;
      rows_left -= static_cast<int64_t>(rows.size());
      RETURN_IF_ERROR(resources_.Complete(transaction, rows));
      for (const StoredRow& row : rows) TakeRow(row);
      if (cursor_.at == rows_of_root_.size()) return false;
    }
    return true;
  }

  // What was written after the chain was begun, and since this was asked last: rows of this
  // snapshot are as that left them. It is looked at by the next verification.
  absl::Status TakeNewer(Transaction& transaction) {
    Log log(transaction);
    while (true) {
      ASSIGN_OR_RETURN(const std::vector<StoredEntry> entries,
                       log.EntriesAfter(newest_.root, newest_, kEntriesAtOnce));
      if (entries.empty()) return absl::OkStatus();
      newest_ = entries.back().place;
      for (const StoredEntry& stored : entries) {
        const absl::StatusOr<v1::AuditEntry> entry = stored.Read();
        if (!entry.ok()) whole_ = false;
        if (entry.ok()) TakeNewerChanges(*entry);
      }
    }
  }

  // A row that is behind the walk already will not be met: none has to be found.
  void TakeNewerChanges(const v1::AuditEntry& entry) {
    for (const v1::AuditChange& change : entry.changes()) {
      const Kept kept = resources_.KeptOf(change.resource());
      if (kept == Kept::kNothing) continue;
      last_of_[HashOf(change.resource())] = entry.number();
      if (change.has_before()) {
        const auto before = left_.find(HashOf(change.resource(), change.before().value()));
        if (before != left_.end()) {
          before->second.is_last = false;
          if (kept == Kept::kLast) before->second.found = true;
        }
      }
      left_.insert_or_assign(HashOfAfter(change), Left(entry.number(), true, true));
    }
  }

  void TakeRow(const StoredRow& row) {
    const auto last = last_of_.find(HashOf(row.resource));
    const bool last_known = last != last_of_.end() && last->second > 0;
    const auto left = left_.find(HashOf(row.resource, row.bytes));
    if (left != left_.end()) {
      const bool as_it_has_to_be = left->second.is_last == row.standing || last == last_of_.end();
      if (as_it_has_to_be) left->second.found = true;
      // An earlier revision may be the same as the last one.
      if (as_it_has_to_be || !row.standing) return;
    }
    // What is not known to have no entry is no fault; that an entry is missing was told.
    if (!whole_ && !(row.standing && last_known)) return;
    std::string message = "Dữ liệu đang lưu khác với những gì bút toán này để lại.";
    if (!last_known) {
      message = "Không có bút toán nào để lại dữ liệu này: nó được đưa vào ngoài hệ thống.";
    } else if (!row.standing) {
      message = "Một bản trước của dữ liệu này không do bút toán nào để lại.";
    } else if (const auto none = left_.find(HashOfNone(row.resource));
               none != left_.end() && none->second.is_last) {
      message = "Dữ liệu đã xóa theo bút toán này nay lại có.";
    }
    Tell(row.resource, last_known ? last->second : 0, std::move(message));
  }

  // Each resource is told of once.
  void Tell(const std::string& resource, int64_t number, std::string message) {
    if (!told_.insert(HashOf(resource)).second) return;
    findings_.Add(v1::AuditFault::KIND_RESOURCE_CHANGED, {chain_end_.root, number},
                  std::move(message), resource);
  }

  // Which entries left what was not found.
  void FindMissing() {
    phase_ = Phase::kMissing;
    missing_.clear();
    for (const auto& [hash, left] : left_) {
      if (!left.found) missing_.push_back(static_cast<int64_t>(left.number));
    }
    std::sort(missing_.begin(), missing_.end(), std::greater<>());
    missing_.erase(std::unique(missing_.begin(), missing_.end()), missing_.end());
  }

  // Names what the next of them left.
  absl::StatusOr<bool> StepMissing(Transaction& transaction) {
    Log log(transaction);
    for (int64_t i = 0; i < kMissingAtOnce && !missing_.empty(); ++i) {
      const Place before = {chain_end_.root, missing_.back() - 1};
      missing_.pop_back();
      ASSIGN_OR_RETURN(const auto stored, log.EntriesAfter(before.root, before, {1, 1}));
      if (stored.empty()) continue;
      const absl::StatusOr<v1::AuditEntry> entry = stored[0].Read();
      if (!entry.ok()) continue;
      for (const v1::AuditChange& change : entry->changes()) {
        const auto left = left_.find(HashOfAfter(change));
        if (left == left_.end() || left->second.found) continue;
        left->second.found = true;
        Tell(change.resource(), entry->number(),
             left->second.is_last ? "Dữ liệu mà bút toán này để lại nay không còn."
                                  : "Bản mà bút toán này để lại nay không còn.");
      }
    }
    return !missing_.empty();
  }

  // By hashes that nobody can foresee: a row cannot be made to have that of another. The number
  // says what it is a hash of.
  size_t HashOf(absl::string_view resource) const { return absl::HashOf(secret_, 1, resource); }
  size_t HashOf(absl::string_view resource, absl::string_view bytes) const {
    return absl::HashOf(secret_, 2, resource, bytes);
  }
  size_t HashOfNone(absl::string_view resource) const { return absl::HashOf(secret_, 3, resource); }
  size_t HashOfAfter(const v1::AuditChange& change) const {
    if (!change.has_after()) return HashOfNone(change.resource());
    return HashOf(change.resource(), change.after().value());
  }

  enum class Phase { kEntries, kRows, kMissing };
  struct Successor {
    int64_t number = 0;
    std::optional<std::string> previous_hash;  // Nothing: it cannot be believed.
  };
  // What a change left of a resource; small, as there is one for each change.
  struct Left {
    Left(int64_t of_entry, bool last, bool needs_no_row)
        : number(static_cast<uint64_t>(of_entry) & kNumberMask),
          is_last(last),
          found(needs_no_row) {}
    static constexpr uint64_t kNumberMask = (uint64_t{1} << 62) - 1;
    uint64_t number : 62;  // Of its entry.
    bool is_last : 1;      // No change of the resource came after.
    bool found : 1;        // Or it does not have to be found.
  };

  const Resources& resources_;
  Findings& findings_;
  const uint64_t secret_ = absl::Uniform<uint64_t>(absl::BitGen());
  Phase phase_ = Phase::kEntries;
  int64_t step_ = 0;  // One a transaction.

  std::vector<StoredEntry> entries_;  // Those that were read at once…
  absl::flat_hash_map<std::string, Head> heads_;
  size_t next_ = 0;            // …of which this one is the next…
  int64_t loaded_in_ = 0;      // …in which step.
  std::optional<Place> last_;  // The entry that was looked at last.

  // Of one chain.
  bool in_chain_ = false;
  int64_t begun_in_ = 0;                // In which step its end was read.
  Place chain_end_;                     // The last entry of the chain when it was begun.
  std::optional<Successor> successor_;  // The entry that was looked at last, as `last_`.
  bool lasts_known_ = true;             // Those of all entries from here to the end.
  bool whole_ = true;                   // All entries up to here were believed.
  // By hashes of resources: the number of the last entry; 0: it is not to be believed.
  absl::flat_hash_map<size_t, int64_t> last_of_;
  absl::flat_hash_map<size_t, Left> left_;  // By hashes of resources and what was left of them.
  Place newest_;                            // The last that was read beyond its end.
  std::vector<Rows> rows_of_root_;
  RowCursor cursor_;
  std::vector<int64_t> missing_;      // Entries of which something was not found.
  absl::flat_hash_set<size_t> told_;  // Hashes of resources.
  bool found_heads_wrong_ = false;
};

// Goes through the roots of what is stored: one without a chain was put in.
class StrayRoots {
 public:
  StrayRoots(const Resources& resources, Findings& findings)
      : resources_(resources), findings_(findings), roots_(resources.OfAllRoots()) {}

  // The next roots, or rows of one of them; false when there are none.
  absl::StatusOr<bool> Step(Transaction& transaction) {
    if (!strays_.empty()) {
      RETURN_IF_ERROR(StepRows(transaction));
      return true;
    }
    ASSIGN_OR_RETURN(const std::vector<StoredRow> rows,
                     NextRows(transaction, roots_, cursor_, kRowsAtOnce));
    std::vector<std::string> roots;
    for (const StoredRow& row : rows) {
      std::string root = RootOf(row.resource);
      if (roots.empty() || roots.back() != root) roots.push_back(std::move(root));
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> strays, Log(transaction).WithoutChain(roots));
    for (const std::string& stray : strays) {
      if (told_.insert(stray).second) strays_.push_back(stray);
    }
    return !rows.empty();
  }

 private:
  absl::Status StepRows(Transaction& transaction) {
    const std::string& root = strays_.back();
    // One that was made meanwhile has a chain by now.
    ASSIGN_OR_RETURN(const auto still, Log(transaction).WithoutChain({root}));
    std::vector<StoredRow> rows;
    if (!still.empty()) {
      ASSIGN_OR_RETURN(rows,
                       NextRows(transaction, resources_.OfRoot(root), rows_cursor_, kRowsAtOnce));
    }
    for (const StoredRow& row : rows) {
      if (std::exchange(resource_, row.resource) == row.resource) continue;
      findings_.Add(v1::AuditFault::KIND_RESOURCE_CHANGED, {root, 0},
                    "Không có bút toán nào để lại dữ liệu này: nó được đưa vào ngoài hệ thống.",
                    row.resource);
    }
    if (!rows.empty()) return absl::OkStatus();
    strays_.pop_back();
    rows_cursor_ = {};
    return absl::OkStatus();
  }

  const Resources& resources_;
  Findings& findings_;
  const std::vector<Rows> roots_;
  RowCursor cursor_;
  std::vector<std::string> strays_;  // To be told of; the last one is gone through.
  RowCursor rows_cursor_;
  std::string resource_;  // That was told of last.
  absl::flat_hash_set<std::string> told_;
};

// Chains of which there is nothing left but what their head says.
class EmptyChains {
 public:
  explicit EmptyChains(Findings& findings) : findings_(findings) {}

  absl::StatusOr<bool> Step(Transaction& transaction) {
    ASSIGN_OR_RETURN(const std::vector<Place> heads,
                     Log(transaction).HeadsWithoutEntries(after_, kHeadsAtOnce));
    for (const Place& head : heads) {
      findings_.Add(v1::AuditFault::KIND_ENTRY_MISSING, head,
                    absl::StrCat("Cả chuỗi ", head.number, " bút toán không còn."));
      after_ = head.root;
    }
    return !heads.empty();
  }

 private:
  Findings& findings_;
  std::string after_;
};

// Goes through all checkpoints, and holds them against the chains.
class CheckpointWalk {
 public:
  CheckpointWalk(const v1::VerifyAuditRequest& request, Findings& findings) : findings_(findings) {
    for (const v1::AuditCheckpoint& kept : request.kept()) kept_.emplace(kept.number(), &kept);
  }

  // The next checkpoints; false when there are none. `heads_wrong`: what heads say of checkpoints
  // is worth nothing.
  absl::StatusOr<bool> Step(Transaction& transaction, bool heads_wrong) {
    Log log(transaction);
    ASSIGN_OR_RETURN(const std::vector<StoredCheckpoint> checkpoints,
                     log.CheckpointsAfter(number_, kCheckpointsAtOnce));
    for (const StoredCheckpoint& checkpoint : checkpoints) RETURN_IF_ERROR(Take(log, checkpoint));
    if (!checkpoints.empty()) return true;
    ASSIGN_OR_RETURN(const Log::Totals totals, log.HeadTotals());
    if (!heads_wrong && totals_known_ && disagreeing_.empty() &&
        (totals.bound_chains != chains_ || totals.bound_entries != entries_)) {
      Add(v1::AuditFault::KIND_CHECKPOINT_MISSING, number_ + 1,
          absl::StrCat("Các chuỗi đã được chốt đến nhiều hơn những gì mốc số ", number_,
                       " ghi: thiếu mốc sau đó."));
    }
    for (const auto& [number, kept] : kept_) {
      Add(v1::AuditFault::KIND_CHECKPOINT_MISSING, number,
          "Mốc đã lưu riêng này không còn trong cơ sở dữ liệu.");
    }
    return false;
  }

 private:
  void Add(v1::AuditFault::Kind kind, int64_t number, std::string message) {
    findings_.Add(kind, {"", number}, std::move(message));
  }

  absl::Status Take(Log& log, const StoredCheckpoint& stored) {
    findings_.done.set_checkpoints(findings_.done.checkpoints() + 1);
    const int64_t expected = number_ + 1;
    const std::string previous_hash = std::exchange(hash_, stored.hash);
    number_ = stored.number;
    CompareKept(stored);
    const absl::StatusOr<v1::AuditCheckpoint> checkpoint = stored.Read();
    totals_known_ = checkpoint.ok() && platform::Sha256Hex(stored.message) == stored.hash &&
                    checkpoint->number() == stored.number;
    if (!totals_known_) {
      Add(v1::AuditFault::KIND_CHECKPOINT_CHANGED, stored.number,
          "Nội dung mốc không khớp với mã của nó.");
      return absl::OkStatus();
    }
    chains_ = checkpoint->chains();
    entries_ = checkpoint->entries();
    if (stored.number != expected) {
      Add(v1::AuditFault::KIND_CHECKPOINT_MISSING, expected,
          absl::StrCat("Thiếu mốc trước mốc số ", stored.number, "."));
    } else if (checkpoint->previous_hash() != previous_hash) {
      Add(v1::AuditFault::KIND_CHECKPOINT_CHANGED, stored.number,
          absl::StrCat("Mốc này không nối tiếp mốc số ", stored.number - 1, "."));
    }
    for (const v1::AuditCheckpoint::Head& head : checkpoint->heads()) {
      RETURN_IF_ERROR(Hold(log, stored.number, head));
    }
    return absl::OkStatus();
  }

  void CompareKept(const StoredCheckpoint& stored) {
    const auto kept = kept_.find(stored.number);
    if (kept == kept_.end()) return;
    const v1::AuditCheckpoint& was = *kept->second;
    kept_.erase(kept);
    const absl::StatusOr<v1::AuditCheckpoint> is = stored.Read();
    const bool same =
        is.ok() && was.hash() == stored.hash &&
        (!was.has_time() || messages::ReadInstant(was.time()) == messages::ReadInstant(is->time()));
    if (same) return;
    Add(v1::AuditFault::KIND_CHECKPOINT_CHANGED, stored.number,
        "Mốc này khác với mốc đã lưu riêng.");
  }

  absl::Status Hold(Log& log, int64_t checkpoint, const v1::AuditCheckpoint::Head& head) {
    const Place place = {head.root(), head.number()};
    ASSIGN_OR_RETURN(const std::optional<std::string> hash, log.HashAt(place));
    if (hash == head.hash() || !disagreeing_.insert(head.root()).second) return absl::OkStatus();
    if (!hash.has_value()) {
      findings_.Add(
          v1::AuditFault::KIND_ENTRY_MISSING, place,
          absl::StrCat("Bút toán này đã có khi lập mốc số ", checkpoint, ", nay không còn."));
    } else {
      findings_.Add(v1::AuditFault::KIND_HEAD_DISAGREES, place,
                    absl::StrCat("Bút toán này không còn như khi lập mốc số ", checkpoint, "."));
    }
    return absl::OkStatus();
  }

  Findings& findings_;
  std::map<int64_t, const v1::AuditCheckpoint*> kept_;  // Those that were not met yet.
  int64_t number_ = 0;                                  // Of the last that was looked at…
  std::string hash_;                                    // …and its hash…
  int64_t chains_ = 0, entries_ = 0;                    // …and what it says of all chains.
  bool totals_known_ = true;
  absl::flat_hash_set<std::string> disagreeing_;  // Roots that a fault was told of.
};

}  // namespace

absl::Status Verify(storage::Database& database, const Resources& resources,
                    const v1::VerifyAuditRequest& request,
                    absl::FunctionRef<absl::Status(const v1::VerifyAuditResponse&)> tell,
                    absl::FunctionRef<absl::Status()> still_awaited) {
  Findings findings(tell);
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Log::Totals totals, Log(transaction).HeadTotals());
    findings.of_entries = totals.entries;
    return absl::OkStatus();
  }));
  const auto walk = [&](absl::FunctionRef<absl::StatusOr<bool>(Transaction&)> step) {
    for (bool more = true; more;) {
      RETURN_IF_ERROR(still_awaited());
      RETURN_IF_ERROR(findings.Tell());
      RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(more, step(transaction));
        return absl::OkStatus();
      }));
    }
    return absl::OkStatus();
  };
  ChainWalk chains(resources, findings);
  RETURN_IF_ERROR(walk([&](Transaction& transaction) { return chains.Step(transaction); }));
  EmptyChains empty(findings);
  RETURN_IF_ERROR(walk([&](Transaction& transaction) { return empty.Step(transaction); }));
  StrayRoots strays(resources, findings);
  RETURN_IF_ERROR(walk([&](Transaction& transaction) { return strays.Step(transaction); }));
  CheckpointWalk checkpoints(request, findings);
  RETURN_IF_ERROR(walk([&](Transaction& transaction) {
    return checkpoints.Step(transaction, chains.found_heads_wrong());
  }));
  return findings.TellDone();
}

}  // namespace thidua::audit
