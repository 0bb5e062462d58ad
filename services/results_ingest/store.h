// The rows of results-ingest: mirrored pacts, periods with their versions, results with every
// revision, inside one transaction. Decides nothing. Errors are the storage library's; what is not
// there is nothing.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_STORE_H_
#define THIDUA_SERVICES_RESULTS_INGEST_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/messages/resource_names.h"
#include "services/storage/database.h"
#include "thidua/registry/v1/pact.pb.h"
#include "thidua/results/v1/result.pb.h"

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
};

class Store {
 public:
  explicit Store(storage::Transaction& transaction) : transaction_(transaction) {}

  // Where the watch of the registry goes on from; "" before the first event.
  absl::StatusOr<std::string> RegistryResumeToken();
  absl::Status PutRegistryResumeToken(absl::string_view token);

  absl::StatusOr<std::optional<MirroredPact>> FindPact(const messages::PactName& name);
  absl::StatusOr<std::optional<PactVersion>> FindPactVersion(const messages::PactName& name);
  absl::Status PutPact(const messages::PactName& name, const MirroredPact& pact);

  // Counts one more change of the period, as the store's next one, and answers its version: 1 for a
  // period not known before.
  absl::StatusOr<int64_t> AdvancePeriod(const messages::PeriodName& name, absl::Time data_time);
  // The period's version; 0 when it is not known.
  absl::StatusOr<int64_t> PeriodVersion(const messages::PeriodName& name);

  // The present revision of every reported target, by the target's id.
  absl::StatusOr<absl::flat_hash_map<std::string, v1::Result>> CurrentResults(
      const messages::PeriodName& name);
  // One revision; 0: the present one.
  absl::StatusOr<std::optional<v1::Result>> FindResult(const messages::ResultName& name,
                                                       int64_t revision);
  // Newest first, from the first older than `before`.
  absl::StatusOr<std::vector<v1::Result>> ListRevisions(const messages::ResultName& name,
                                                        int64_t before, int64_t limit);
  // Stores `result` as the present revision of its target; the one before stays.
  absl::Status AppendResult(const messages::ResultName& name, const v1::Result& result);

  // Everything that scoring needs of the period, as this transaction sees it.
  absl::StatusOr<std::optional<v1::PeriodInputs>> FindInputs(const messages::PeriodName& name);
  // Periods last changed after `after`, in that order, each with its number.
  absl::StatusOr<std::vector<std::pair<int64_t, v1::PeriodInputs>>> InputsChangedAfter(
      int64_t after, int64_t limit);

 private:
  storage::Transaction& transaction_;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_STORE_H_
