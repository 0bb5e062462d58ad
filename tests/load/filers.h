// Reporters who send their filings. Filings are sent when they are due, whatever became of those of
// other units (open loop); of one unit each waits for the answer to the one before, as a person
// does. Latency is counted from when a filing was due.
#ifndef THIDUA_TESTS_LOAD_FILERS_H_
#define THIDUA_TESTS_LOAD_FILERS_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/load/faults.h"
#include "tests/load/filings.h"
#include "tests/load/ledger.h"
#include "tests/load/provinces.h"
#include "tests/load/recorder.h"
#include "thidua/results/v1/results_service.grpc.pb.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::load {

// Sends filings when they are due, and again, under the same request id, what was turned away or
// not answered in time, as a client should. Each call has a deadline, and so has all that a filing
// takes, so that Run ends.
class Filers {
 public:
  // `fresh_every`: after each so-and-so-manieth answer the ranking is asked for under its token; 0:
  // never.
  Filers(tests::GuardedSuite& guard, const Provinces& provinces, Ledger& ledger, Recorder& recorder,
         int fresh_every);

  // Comes back when all are answered. `name`: what request ids begin with, so that those of two
  // runs differ.
  void Run(const std::vector<Filing>& filings, const std::string& name);
  // Rankings that were older than the token they were asked for with, answers that made no sense,
  // and repeats that were not answered with the first reply again, in words.
  std::vector<std::string> faults() const { return faults_.all(); }
  // Filings that were sent twice and answered twice the same.
  int64_t same_again() const;

 private:
  class Import;
  struct OfUnit {
    int under_way = 0;           // Calls of one filing.
    std::deque<size_t> waiting;  // Filings that are due.
  };

  // Waits for the next filing to be sent, one of `filings` from `next` on or one to be
  // sent again, and sends it. False: all have ended.
  bool SendNext(size_t& next);
  void Due(size_t filing);
  void Send(size_t filing);
  void SendOnce(size_t filing);
  void SendRows(size_t filing);
  void SendOwnPoints(size_t filing);
  void SendHandOver(size_t filing);
  void ReadFresh(size_t unit, const std::string& token, int64_t version);
  // One of the filing's calls was answered; with the last of them the unit goes on.
  void Answered(size_t filing, const grpc::Status& status);
  void Ended();
  results::v1::ResultsService::Stub& StubOf(size_t unit) const;
  void TakeOutcomes(size_t filing, const results::v1::PutResultsResponse& answer);
  // What became of one of the filing's figures.
  void TakeOutcome(size_t filing, size_t figure, const results::v1::RowOutcome& outcome);
  void TakeOwnPoints(size_t filing, const results::v1::PutAssessmentsRequest& asked,
                     const results::v1::PutAssessmentsResponse& answer);
  void TakeHandOver(size_t filing, const results::v1::SubmitResultsResponse& answer);
  // Of a filing that was sent twice: one id has one reply.
  void TakeReply(size_t filing, std::string reply);
  void TakeRefusal(size_t filing, const grpc::Status& status);
  void TakeToken(size_t filing, const std::string& token);
  std::string IdOf(size_t filing) const;

  tests::GuardedSuite& guard_;
  const Provinces& provinces_;
  Ledger& ledger_;
  Recorder& recorder_;
  const int fresh_every_;
  std::vector<std::unique_ptr<results::v1::ResultsService::Stub>> results_;
  std::vector<std::unique_ptr<scoring::v1::ScoringService::Stub>> scoring_;
  std::atomic<int> answers_ = 0;
  Faults faults_;

  const std::vector<Filing>* filings_ = nullptr;  // While Run goes on.
  std::map<size_t, std::string> tokens_;          // By unit.
  std::string name_;
  absl::Time began_;
  mutable absl::Mutex mutex_;
  std::vector<OfUnit> units_ ABSL_GUARDED_BY(mutex_);
  size_t left_ ABSL_GUARDED_BY(mutex_) = 0;  // Filings and readings that have not ended.
  std::multimap<absl::Time, size_t> again_ ABSL_GUARDED_BY(mutex_);  // Filings to be sent again.
  std::map<size_t, std::string> first_replies_ ABSL_GUARDED_BY(mutex_);  // Of what is sent twice.
  int64_t same_again_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_FILERS_H_
