// The rows of scoring, inside one transaction. Errors are the storage library's.
#ifndef THIDUA_SERVICES_SCORING_STORE_H_
#define THIDUA_SERVICES_SCORING_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/storage/database.h"
#include "thidua/results/v1/period.pb.h"

namespace thidua::scoring {

// A period as results-ingest sent it, with the store that counted its version.
struct ReceivedPeriod {
  results::v1::PeriodInputs inputs;
  std::string store_id;
  int64_t store_epoch_ms = 0;
};

class Store {
 public:
  explicit Store(storage::Transaction& transaction) : transaction_(transaction) {}

  absl::StatusOr<std::vector<std::string>> Periods();
  // Nothing when it was not received.
  absl::StatusOr<std::optional<ReceivedPeriod>> FindPeriod(absl::string_view period);
  // Takes the place of an older state, by epoch and version; a newer one stays.
  absl::Status PutPeriod(const ReceivedPeriod& period);
  absl::Status DeletePeriod(absl::string_view period);

 private:
  storage::Transaction& transaction_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_STORE_H_
