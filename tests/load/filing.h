// What units file, when, and what they were answered.
//
// A filing is one call of a unit's reporter: figures, corrections, an import, the unit's own
// points, the hand-over. Filings are sent when they are due, whatever became of those of other
// units (open loop); of one unit each waits for the answer to the one before, as a person does.
// Latency is counted from when a filing was due.
#ifndef THIDUA_TESTS_LOAD_FILING_H_
#define THIDUA_TESTS_LOAD_FILING_H_

#include <grpcpp/channel.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/load/provinces.h"
#include "tests/load/recorder.h"
#include "thidua/results/v1/results_service.grpc.pb.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::load {

struct Filing {
  enum What { kFigures, kCorrection, kImport, kOwnPoints, kHandOver };
  What what = kFigures;
  size_t unit = 0;
  absl::Duration due;  // From the beginning.
  // Of figures, corrections and imports: which of the unit's targets, each with what is reported.
  std::vector<std::pair<size_t, int64_t>> figures;
  // Sent twice, as by somebody who pressed again: the same request, of the same id.
  bool twice = false;
};

// All that every unit files at a deadline, ordered by when it is due: moments come denser and
// denser until the end, where they are about three times as dense as on average; those that would
// come after the deadline come right before it. `whole`: how long the hour is here. `window_from`,
// a share of it: only what is due from then on, with the beginning moved there.
std::vector<Filing> DeadlineRush(const Provinces& provinces, absl::Duration whole, uint64_t seed,
                                 double window_from = 0);
// Corrections of any units, evenly: so many a second.
std::vector<Filing> Steady(const Provinces& provinces, double per_second, absl::Duration whole,
                           uint64_t seed, const std::vector<size_t>& units);

// What was answered: which revision of which target holds which figure. Thread-safe.
class Ledger {
 public:
  explicit Ledger(const Provinces& provinces) : provinces_(provinces) {}

  void Acknowledge(size_t unit, size_t target, int64_t revision, int64_t figure);
  // Of a call without an answer: the figure may be there or not.
  void LeaveOpen(size_t unit, size_t target, int64_t figure);
  // The newest version of a period that an answer named, with its token.
  void SawVersion(size_t bloc, int64_t version, const std::string& token);

  int64_t acknowledged() const;
  // Reads back every target that was filed for more than once and one in so many of the others, and
  // each period's ranking under the newest token. What is wrong, in words; empty when every
  // acknowledged figure is there exactly once and each ranking is as new as its token.
  std::vector<std::string> Check(tests::Suite& suite, size_t one_in = 1) const;

 private:
  struct OfTarget {
    std::map<int64_t, int64_t> figures;  // By revision.
    std::vector<int64_t> open;
    bool two_said = false;  // Two answers named one revision with different figures.
  };
  const Provinces& provinces_;
  mutable absl::Mutex mutex_;
  std::map<std::pair<size_t, size_t>, OfTarget> targets_ ABSL_GUARDED_BY(mutex_);
  std::map<size_t, std::pair<int64_t, std::string>> newest_ ABSL_GUARDED_BY(mutex_);
  int64_t acknowledged_ ABSL_GUARDED_BY(mutex_) = 0;
};

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
  // Rankings that were older than the token they were asked for with, and answers that made no
  // sense, in words.
  std::vector<std::string> faults() const;

 private:
  class Import;
  struct OfUnit {
    int under_way = 0;           // Calls of one filing.
    std::deque<size_t> waiting;  // Filings that are due.
  };

  template <typename Request, typename Response>
  struct Asked;

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
  void Fault(std::string fault);
  void Prepare(grpc::ClientContext& context, size_t unit) const;
  results::v1::ResultsService::Stub& StubOf(size_t unit) const;
  // What became of the filing's figures, in their order.
  void TakeOutcome(size_t filing, size_t figure, const results::v1::RowOutcome& outcome);
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

  const std::vector<Filing>* filings_ = nullptr;  // While Run goes on.
  std::map<size_t, std::string> bearers_;
  std::string name_;
  absl::Time began_;
  mutable absl::Mutex mutex_;
  std::vector<OfUnit> units_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> faults_ ABSL_GUARDED_BY(mutex_);
  size_t left_ ABSL_GUARDED_BY(mutex_) = 0;  // Filings and readings that have not ended.
  std::multimap<absl::Time, size_t> again_ ABSL_GUARDED_BY(mutex_);  // Filings to be sent again.
};

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_FILING_H_
