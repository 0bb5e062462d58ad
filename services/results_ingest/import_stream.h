// One stream of rows into an import (ImportResults): what it is for, and how far it has come.
//
//   ImportStream stream(database, feed, pacts, call, send);
//   RETURN_IF_ERROR(stream.Begin(start));
//   RETURN_IF_ERROR(stream.Take(chunk));  // As often as chunks come.
//   RETURN_IF_ERROR(stream.Finish(finish, finished));
//
// One chunk is judged while those before it are being stored, so that reading, judging and the disk
// work side by side; never more than these, at most kAhead + 1, are held in memory. A chunk is
// acknowledged when it is durable. Judged beside the writer, a chunk is judged again under its lock
// when anything that it was judged by has changed meanwhile.
//
// Called by one thread. A chunk that cannot be stored (the disk is full, another stream took the
// import over) ends the next call with why; when none is under way the stream is broken off.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_IMPORT_STREAM_H_
#define THIDUA_SERVICES_RESULTS_INGEST_IMPORT_STREAM_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/change_feed.h"
#include "services/platform/endpoint.h"
#include "services/results_ingest/import_store.h"
#include "services/results_ingest/imported_rows.h"
#include "services/results_ingest/raised_versions.h"
#include "services/results_ingest/ready_pacts.h"
#include "services/storage/database.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::results_ingest {

class ImportStream {
 public:
  // Chunks that are stored or wait for it while the next is judged.
  static constexpr size_t kAhead = 2;

  ImportStream(storage::Database& database, platform::ChangeFeed& feed, ReadyPacts& pacts,
               const platform::Call& call, const platform::Send<v1::ImportResultsResponse>& send);
  ~ImportStream();
  ImportStream(const ImportStream&) = delete;
  ImportStream& operator=(const ImportStream&) = delete;

  // Takes the import up, and tells from which row on.
  absl::Status Begin(const v1::ImportResultsRequest::Start& start);
  absl::Status Take(v1::ImportResultsRequest::Chunk chunk);
  // The import as it is once every row is there.
  absl::Status Finish(const v1::ImportResultsRequest::Finish& finish, v1::Import& finished);

  // Periods that were changed over this stream, by their names. After Finish.
  const std::map<std::string, int64_t>& versions() const { return versions_; }
  // Why a chunk could not be stored; OK while every one was.
  absl::Status failure();

 private:
  // A chunk on its way into the store.
  struct Judged {
    v1::ImportResultsRequest::Chunk chunk;
    std::vector<const v1::ImportRow*> rows;  // Of the chunk, those that are new.
    int64_t first = 0;                       // The number of the first of them.
    absl::Time now;
    ImportedRows outcome;
  };

  absl::StatusOr<StoredImport> FindMine(ImportStore& imports, absl::Time now) const;
  absl::Status AwaitIdle();  // Until every chunk is stored.
  void StoreChunks();        // The writer's thread.
  absl::Status StoreChunk(Judged& judged);
  // What became of the import itself.
  absl::Status PutOnRecord(storage::Transaction& transaction, std::optional<std::string> before,
                           const StoredImport& after) const;
  absl::StatusOr<bool> StillHolds(Store& store, const ImportedRows& outcome) const;
  absl::Status KeepRows(storage::Transaction& transaction, const Judged& judged,
                        std::vector<v1::ImportOutcome>& told) const;
  absl::Status TellProgress(const StoredImport& stored,
                            const std::vector<v1::ImportOutcome>& outcomes);
  absl::Status Tell(const v1::ImportResultsResponse& response);

  storage::Database& database_;
  platform::ChangeFeed& feed_;
  ReadyPacts& pacts_;
  const platform::Call& call_;
  const platform::Send<v1::ImportResultsResponse>& send_;

  // Set by Begin.
  std::string import_;
  v1::Import::Mode mode_ = v1::Import::MODE_PLAN;
  std::string period_;
  bool every_outcome_ = false;
  int64_t stream_ = 0;
  bool receiving_ = false;

  int64_t next_ = 0;  // The row after those taken, stored or not.
  TargetsInWords in_words_;

  // The writer's, and the caller's while it is idle.
  int64_t told_ = 0;
  std::map<std::string, int64_t> versions_;
  // What the last chunks that were stored changed, the newest first: as many as may be stored while
  // one is judged. By the period's name.
  struct Change {
    int64_t version = 0;                       // That the chunk gave to it.
    absl::flat_hash_set<std::string> targets;  // Of its rows.
  };
  using Changes = std::map<std::string, Change>;
  static Changes ChangesOf(const ImportedRows& rows, const std::map<std::string, int64_t>& raised);
  std::deque<Changes> recent_;
  TargetsInWords writers_in_words_;

  absl::Mutex mutex_;
  std::optional<Judged> waiting_ ABSL_GUARDED_BY(mutex_);
  bool storing_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool awaiting_other_side_ ABSL_GUARDED_BY(mutex_) = false;  // No call of ours is under way.
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::thread writer_;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_IMPORT_STREAM_H_
