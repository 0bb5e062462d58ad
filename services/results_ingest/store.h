// The rows of results-ingest inside one transaction: mirrored pacts and units, periods with their
// versions, results and assessments with every revision. Decides nothing. Errors are the storage
// library's; what is not there is nothing. What callers change is told to the trail, as it is
// stored.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_STORE_H_
#define THIDUA_SERVICES_RESULTS_INGEST_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/audit/trail.h"
#include "services/messages/resource_names.h"
#include "services/storage/database.h"
#include "thidua/registry/v1/pact.pb.h"
#include "thidua/registry/v1/unit.pb.h"
#include "thidua/results/v1/assessment.pb.h"
#include "thidua/results/v1/evidence.pb.h"
#include "thidua/results/v1/period.pb.h"
#include "thidua/results/v1/result.pb.h"
#include "thidua/results/v1/submission.pb.h"

namespace thidua::results_ingest {

namespace v1 = results::v1;

// A pact as it arrived from the registry.
struct MirroredPact {
  std::string registry_store_id;
  registry::v1::Pact message;
};

// Where a mirrored pact stands, without reading it whole.
struct PactVersion {
  std::string registry_store_id;
  int64_t version = 0;
  friend bool operator==(const PactVersion&, const PactVersion&) = default;
};

// Where a period stands.
struct PeriodState {
  int64_t version = 0;
  bool sealed = false;
};

// One assessment among the others of its period. Parts are ids; rater is "" but of peers.
struct AssessmentKey {
  std::string unit;
  std::string criterion;
  int64_t layer = 0;
  std::string rater;
  friend bool operator==(const AssessmentKey&, const AssessmentKey&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const AssessmentKey& key) {
    return H::combine(std::move(h), key.unit, key.criterion, key.layer, key.rater);
  }
};
AssessmentKey KeyOf(const v1::Assessment& assessment);

// A place in the order of assessments; the first is before all of them.
struct AssessmentPlace {
  AssessmentKey key;
  int64_t revision = 0;
};

struct AssessmentFilter {
  std::string unit;  // "": any.
  int layer = 0;     // 0: any.
  bool every_revision = false;
};

using ResultsByTarget = absl::flat_hash_map<std::string, v1::Result>;  // By the target's id.

class Store {
 public:
  explicit Store(storage::Transaction& transaction) : transaction_(transaction) {}

  // Where the watch of the registry goes on from; "" before the first event.
  absl::StatusOr<std::string> RegistryResumeToken();
  absl::Status PutRegistryResumeToken(absl::string_view token);

  // The pact as it arrived last.
  absl::StatusOr<std::optional<MirroredPact>> FindPact(const messages::PactName& name);
  absl::StatusOr<std::optional<PactVersion>> FindPactVersion(const messages::PactName& name);
  absl::Status PutPact(const messages::PactName& name, const MirroredPact& pact);
  absl::Status PutUnit(absl::string_view unit, const registry::v1::Unit& message);
  // Of those ids; the ones that are not known are left out. In no order.
  absl::StatusOr<std::vector<registry::v1::Unit>> FindUnits(absl::Span<const std::string> units);

  absl::StatusOr<std::optional<PeriodState>> FindPeriodState(const messages::PeriodName& name);
  // Counts one more change of the period, as the store's next one, and answers its version: 1 for a
  // period not known before. It is of the pact as that is now.
  absl::StatusOr<int64_t> AdvancePeriod(const messages::PeriodName& name, absl::Time data_time);
  // Each time the period was sealed, in the order of time.
  absl::StatusOr<std::vector<v1::Seal>> Seals(const messages::PeriodName& name);
  // Keeps a seal, a new one or, of the same version, in the place of the one before; the period is
  // sealed unless it tells of a reopening.
  absl::Status PutSeal(const messages::PeriodName& name, const v1::Seal& seal, audit::Trail& trail);

  // The present revision of every reported target.
  absl::StatusOr<ResultsByTarget> CurrentResults(const messages::PeriodName& name);
  // The same of those targets only.
  absl::StatusOr<ResultsByTarget> CurrentResults(const messages::PeriodName& name,
                                                 absl::Span<const std::string> targets);
  // The revisions that were the present ones at that version of the period.
  absl::StatusOr<ResultsByTarget> ResultsAt(const messages::PeriodName& name, int64_t version);
  // The first revision of every reported target.
  absl::StatusOr<ResultsByTarget> FirstResults(const messages::PeriodName& name);
  // One revision; 0: the present one.
  absl::StatusOr<std::optional<v1::Result>> FindResult(const messages::ResultName& name,
                                                       int64_t revision);
  // Newest first, from the first older than `before`.
  absl::StatusOr<std::vector<v1::Result>> ListRevisions(const messages::ResultName& name,
                                                        int64_t before, int64_t limit);
  // Stores each as the present revision of its target, as of that version of the period; the one
  // before stays.
  absl::Status AppendResults(const messages::PeriodName& name, int64_t period_version,
                             absl::Span<const v1::Result* const> results, audit::Trail& trail);

  // Present revisions, in the order of units, criteria, layers, raters; at that version of the
  // period, 0: as it is.
  absl::StatusOr<std::vector<v1::Assessment>> AssessmentsAt(const messages::PeriodName& name,
                                                            int64_t version);

  // Those of the units, by their keys.
  absl::StatusOr<absl::flat_hash_map<AssessmentKey, v1::Assessment>> CurrentAssessments(
      const messages::PeriodName& name, absl::Span<const std::string> units);
  // In the order of keys and revisions, as they were at that version of the period; those behind
  // `after`.
  absl::StatusOr<std::vector<v1::Assessment>> ListAssessments(const messages::PeriodName& name,
                                                              int64_t version,
                                                              const AssessmentFilter& filter,
                                                              const AssessmentPlace& after,
                                                              int64_t limit);
  // Stores each as the present revision, as of that version of the period; the one before stays.
  absl::Status AppendAssessments(const messages::PeriodName& name, int64_t period_version,
                                 absl::Span<const v1::Assessment> assessments, audit::Trail& trail);

  // Every step of a unit's report, in their order.
  absl::StatusOr<std::vector<v1::Submission::Step>> Steps(const messages::PeriodName& name,
                                                          absl::string_view unit);
  // The last step of every unit that took one up to that version of the period; 0: up to now.
  absl::StatusOr<absl::flat_hash_map<std::string, v1::Submission::Step>> LastSteps(
      const messages::PeriodName& name, int64_t version);
  absl::Status AppendStep(const messages::PeriodName& name, absl::string_view unit, int64_t number,
                          const v1::Submission::Step& step, audit::Trail& trail);

  // The period whole but for its submissions, as this transaction sees it, at that version; 0: as
  // it is. Nothing when the period, or that version, is not known.
  absl::StatusOr<std::optional<v1::PeriodInputs>> FindInputs(const messages::PeriodName& name,
                                                             int64_t version = 0);
  // Periods last changed after `after`, in that order, each with its number.
  absl::StatusOr<std::vector<std::pair<int64_t, messages::PeriodName>>> PeriodsChangedAfter(
      int64_t after, int64_t limit);

  // A document of the pact.
  absl::StatusOr<std::optional<v1::Evidence>> FindEvidence(const messages::EvidenceName& name);
  // Which of the digests are of documents of the pact.
  absl::StatusOr<absl::flat_hash_set<std::string>> KnownEvidence(
      const messages::PactName& pact, absl::Span<const std::string> sha256s);
  // In the order of upload, each with its number in the store: those after `after`, and not after
  // `up_to`. unit: a slug, what it handed in; "": of all.
  absl::StatusOr<std::vector<std::pair<int64_t, v1::Evidence>>> ListEvidence(
      const messages::PactName& pact, absl::string_view unit, int64_t after, int64_t up_to,
      int64_t limit);
  // A document not known before, as the store's next change. unit: a slug.
  absl::Status PutEvidence(const messages::EvidenceName& name, absl::string_view unit,
                           const v1::Evidence& evidence, audit::Trail& trail);

 private:
  storage::Transaction& transaction_;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_STORE_H_
