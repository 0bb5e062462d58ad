// Makes rankings final and revokes them, in steps that may each be killed and repeated:
//
//   final      intent on record; period sealed in results-ingest; computed at the sealed version
//   and
//              stored with its digest, the reply with it, the intent gone; shown and published
//   revoked    intent on record; period reopened in results-ingest; stored as revoked, the reply
//   with
//              it, the intent gone; provisional again, shown and published
//
// An intent is finished by the request that is sent again, or by a thread of this class once
// results-ingest is in sight, after a restart too; a refusal takes it off the record
// (docs/decisions/0021). One request of a period is at work at a time; where other processes are at
// work on it too, whoever takes its intent off the record has decided it, and the others nothing.
// The same thread shows the finals that other processes on this database made or revoked.
// Thread-safe.
#ifndef THIDUA_SERVICES_SCORING_FINALITY_H_
#define THIDUA_SERVICES_SCORING_FINALITY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/change_feed.h"
#include "services/scoring/board.h"
#include "services/scoring/finality_store.h"
#include "services/scoring/period_keeper.h"
#include "services/scoring/stage.h"
#include "services/storage/database.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::scoring {

class Finality {
 public:
  Finality(storage::Database& database, Board& board, Stage& stage,
           std::unique_ptr<PeriodKeeper> results);
  ~Finality() { Stop(); }
  Finality(const Finality&) = delete;
  Finality& operator=(const Finality&) = delete;

  // Takes up what was begun before this process started; before the first call.
  absl::Status Recall();
  void Stop();

  // The RPCs, of requests whose fields were checked. Errors as the contract says.
  absl::StatusOr<v1::FinaliseRankingResponse> Finalise(const v1::FinaliseRankingRequest& asked,
                                                       const audit::Author& author,
                                                       absl::Time deadline);
  absl::StatusOr<v1::RevokeFinalResponse> Revoke(const v1::RevokeFinalRequest& asked,
                                                 const audit::Author& author, absl::Time deadline);

  // The period as results-ingest had it at that version: what a final was computed from.
  absl::StatusOr<ReceivedPeriod> InputsAt(const std::string& period, int64_t version,
                                          absl::Time until) {
    return results_->Inputs(period, version, until);
  }

  // Shows what is stored of the period's finality if that is newer than what is shown: another
  // process may have stored it.
  absl::Status RecallNewer(const std::string& period);

  // The store that counts how often rankings were made final or revoked, in freshness tokens.
  const std::string& store_id() const { return store_id_; }

 private:
  // Holds a period for one request; gives it back.
  class Turn;

  absl::StatusOr<std::unique_ptr<Turn>> TakeTurn(const std::string& period, absl::Time until);

  // What became of the request before: its reply; or its intent, the one on record, or a new one
  // once `may_begin` allows it. In one transaction of the writer's, so that no other process
  // answers it in between.
  template <typename Response>
  struct Begun {
    std::optional<Response> reply;
    Intent intent;
  };
  template <typename Response, typename Request>
  absl::StatusOr<Begun<Response>> Begin(Intent::Kind kind, const Request& request,
                                        const audit::Author& author,
                                        absl::FunctionRef<absl::Status(FinalityStore&)> may_begin);
  // Ends an attempt: what was refused is off the record, what was not finished is tried again, and
  // what another process finished meanwhile is answered as it did.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Conclude(const Request& request, const Intent& intent,
                                    absl::StatusOr<Response> outcome);
  // Whether the intent is on record, and its request not answered; ABORTED when not: before each
  // step in results-ingest, where what another process has finished would be done anew.
  template <typename Request>
  absl::Status CheckStands(const Request& request, const Intent& intent);

  // Whether what is shown is what the request would have final.
  absl::Status CheckShown(const v1::FinaliseRankingRequest& request);
  // The steps in results-ingest, then the one here.
  absl::StatusOr<v1::FinaliseRankingResponse> CarryOut(const v1::FinaliseRankingRequest& request,
                                                       const Intent& intent, absl::Time until);
  absl::StatusOr<v1::RevokeFinalResponse> CarryOut(const v1::RevokeFinalRequest& request,
                                                   const Intent& intent, absl::Time until);
  // The period as it is sealed, by this request if by nobody else.
  absl::StatusOr<ReceivedPeriod> SealedInputs(const v1::FinaliseRankingRequest& request,
                                              const Intent& intent, absl::Time until);
  // Stores in one transaction what `put` puts, what was received (may be null) and the reply, and
  // takes the intent off the record; ABORTED when it was there no more. `kept` becomes true when
  // this was done here and now: not when it was only validated, nor when another process answered
  // first, whose reply it then is.
  template <typename Request, typename Response>
  absl::Status Keep(const Request& request, const Intent& intent, const ReceivedPeriod* received,
                    Response& reply, bool& kept,
                    absl::FunctionRef<absl::Status(FinalityStore&, audit::Trail&)> put);
  // The same id at each attempt, so that results-ingest does once what is asked twice.
  std::string RequestIdOf(const Intent& intent, int64_t version) const;
  std::string TokenOf(const std::string& period, const ReceivedPeriod* received,
                      int64_t number) const;

  absl::StatusOr<std::optional<FinalHead>> Newest(const std::string& period);

  // Shows what other processes on this database made of finals since, and takes up what they began
  // and left lying.
  absl::Status FollowOthers();
  void Run();
  // Those of which no request is at work.
  void ResumeAll();
  absl::Status Resume(const std::string& period);
  void SetUnfinished(const std::string& period, bool unfinished);

  storage::Database& database_;
  Board& board_;
  Stage& stage_;
  const std::unique_ptr<PeriodKeeper> results_;
  const std::string store_id_;  // "scoring:…"
  platform::ChangeFeed replies_{0};

  int64_t followed_;  // The store's sequence up to which others were followed.

  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<std::string> busy_ ABSL_GUARDED_BY(mutex_);
  // Periods of which something was begun and may not be finished.
  absl::flat_hash_set<std::string> unfinished_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_FINALITY_H_
