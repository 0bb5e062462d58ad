// What was acknowledged, noted as it is answered; and the judge of whether what is stored in the
// end is that: every figure exactly once and as it was answered, and nothing that nobody was told
// of.
#ifndef THIDUA_TESTS_LOAD_LEDGER_H_
#define THIDUA_TESTS_LOAD_LEDGER_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "thidua/results/v1/assessment.pb.h"
#include "thidua/results/v1/submission.pb.h"

namespace thidua::load {

// Of one target. No figure is reported of it twice, so that each revision can be told by its
// figure.
struct AcknowledgedFigures {
  std::map<int64_t, int64_t> revisions;  // By figure; 0: it was not said as which.
  std::set<int64_t> open;                // May be there or not.
  bool doubled = false;                  // Two answers named two revisions for one figure.
};

// Of one unit, which files its own points and its hand-over once each.
struct AcknowledgedOfUnit {
  std::vector<results::v1::Assessment> own_points;
  bool own_points_open = false;       // May be there or not.
  results::v1::Submission hand_over;  // Without a name: none was acknowledged.
};

// The newest version of a period that an answer named.
struct AcknowledgedVersion {
  int64_t version = 0;
  std::string token;
};

// Thread-safe.
class Ledger {
 public:
  // `revision` 0: the answer says that the figure is stored, and not as which.
  void Acknowledge(size_t unit, size_t target, int64_t revision, int64_t figure);
  void AcknowledgeOwnPoints(size_t unit, std::vector<results::v1::Assessment> answered);
  void AcknowledgeHandOver(size_t unit, const results::v1::Submission& answered);
  // Of a call without an answer: what it brought may be there or not, until another answer
  // acknowledges it.
  void LeaveOpen(size_t unit, size_t target, int64_t figure);
  void LeaveOwnPointsOpen(size_t unit);
  void SawVersion(size_t bloc, int64_t version, const std::string& token);

  int64_t acknowledged() const;  // Figures.
  // Each once, with its unit and target; with its unit; with its bloc.
  std::vector<std::pair<std::pair<size_t, size_t>, AcknowledgedFigures>> figures() const;
  std::map<size_t, AcknowledgedOfUnit> units() const;
  std::vector<std::pair<size_t, AcknowledgedVersion>> versions() const;

 private:
  mutable absl::Mutex mutex_;
  std::map<std::pair<size_t, size_t>, AcknowledgedFigures> figures_ ABSL_GUARDED_BY(mutex_);
  std::map<size_t, AcknowledgedOfUnit> units_ ABSL_GUARDED_BY(mutex_);
  std::map<size_t, AcknowledgedVersion> versions_ ABSL_GUARDED_BY(mutex_);
  int64_t acknowledged_ ABSL_GUARDED_BY(mutex_) = 0;
};

struct StoredFigure {
  int64_t revision = 0;
  std::string value;  // As it is stored, digit by digit.
};

// What is wrong, in words; empty: nothing.
// `stored`: every revision of the target, as listed.
std::vector<std::string> JudgeFigures(const AcknowledgedFigures& acknowledged,
                                      const std::vector<StoredFigure>& stored);
// Of a period. `open`: names of units whose own points may be there or not; `stored`: every
// revision, as listed.
std::vector<std::string> JudgeOwnPoints(const std::vector<results::v1::Assessment>& acknowledged,
                                        const std::set<std::string>& open,
                                        const std::vector<results::v1::Assessment>& stored);
// Of what the unit files the hand-over comes last, so that nothing of it moves afterwards: state,
// content and steps.
std::vector<std::string> JudgeHandOver(const results::v1::Submission& acknowledged,
                                       const results::v1::Submission& stored);
// Of the version of a period that a ranking shows under a token.
std::vector<std::string> JudgeVersion(int64_t of_token, int64_t shown);

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_LEDGER_H_
