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
#include <set>
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
  // Of figures, corrections and imports: which of the unit's targets, each with what is reported,
  // which no other filing reports of it: so that each revision can be told by its figure.
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

// What was answered: which revision of which target holds which figure, and each unit's own points
// and hand-over, of which it files one each. Thread-safe.
class Ledger {
 public:
  explicit Ledger(const Provinces& provinces) : provinces_(provinces) {}

  // `revision` 0: the answer says that the figure is stored, and not as which.
  void Acknowledge(size_t unit, size_t target, int64_t revision, int64_t figure);
  void AcknowledgeOwnPoints(size_t unit, const results::v1::PutAssessmentsResponse& answer);
  void AcknowledgeHandOver(size_t unit, const results::v1::Submission& answer);
  // Of a call without an answer: what it brought may be there or not, until another answer
  // acknowledges it.
  void LeaveOpen(size_t unit, size_t target, int64_t figure);
  void LeaveOwnPointsOpen(size_t unit);
  // The newest version of a period that an answer named, with its token.
  void SawVersion(size_t bloc, int64_t version, const std::string& token);

  int64_t acknowledged() const;  // Figures.
  struct ReadBack {
    // What is wrong; empty when all that was acknowledged is there as it was acknowledged, every
    // figure exactly once, nothing else beside it, and each ranking is as new as its token.
    std::vector<std::string> faults;
    // How much was looked at.
    int64_t targets = 0, of_targets = 0, revisions = 0, own_points = 0, hand_overs = 0,
            rankings = 0;
  };
  // Reads back every target that was filed for more than once and one in so many of the others, all
  // own points and hand-overs, and each period's ranking under the newest token.
  ReadBack Check(tests::Suite& suite, size_t one_in = 1) const;

 private:
  struct OfTarget {
    std::map<int64_t, int64_t> revisions;  // By figure.
    std::set<int64_t> open;
    bool doubled = false;  // Two answers named two revisions for one figure.
  };
  struct OfUnit {
    std::vector<results::v1::Assessment> own_points;
    results::v1::Submission hand_over;  // Without a name: none was acknowledged.
    bool own_points_open = false;
  };
  using Wrong = std::function<void(std::string)>;
  // Each of one target, period or unit: how much was looked at.
  int64_t CheckTarget(tests::Suite& suite, size_t unit, size_t target, const OfTarget& of,
                      const Wrong& wrong) const;
  int64_t CheckOwnPoints(tests::Suite& suite, const Bloc& bloc,
                         const std::map<size_t, OfUnit>& units, const Wrong& wrong) const;
  void CheckHandOver(tests::Suite& suite, size_t unit, const OfUnit& of, const Wrong& wrong) const;
  void CheckRanking(tests::Suite& suite, size_t bloc, int64_t version, const std::string& token,
                    const Wrong& wrong) const;

  const Provinces& provinces_;
  mutable absl::Mutex mutex_;
  std::map<std::pair<size_t, size_t>, OfTarget> targets_ ABSL_GUARDED_BY(mutex_);
  std::map<size_t, OfUnit> units_ ABSL_GUARDED_BY(mutex_);
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
  // Rankings that were older than the token they were asked for with, answers that made no sense,
  // and repeats that were not answered with the first reply again, in words.
  std::vector<std::string> faults() const;
  // Filings that were sent twice and answered twice the same.
  int64_t same_again() const;

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

  const std::vector<Filing>* filings_ = nullptr;  // While Run goes on.
  std::map<size_t, std::string> bearers_;
  std::string name_;
  absl::Time began_;
  mutable absl::Mutex mutex_;
  std::vector<OfUnit> units_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> faults_ ABSL_GUARDED_BY(mutex_);
  size_t left_ ABSL_GUARDED_BY(mutex_) = 0;  // Filings and readings that have not ended.
  std::multimap<absl::Time, size_t> again_ ABSL_GUARDED_BY(mutex_);  // Filings to be sent again.
  std::map<size_t, std::string> first_replies_ ABSL_GUARDED_BY(mutex_);  // Of what is sent twice.
  int64_t same_again_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_FILING_H_
