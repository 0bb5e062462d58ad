#include "services/scoring/store.h"

#include "services/domain/return_if_error.h"
#include "services/platform/stored_message.h"

namespace thidua::scoring {

absl::StatusOr<std::vector<ReceivedPeriod>> Store::AllPeriods() {
  std::vector<ReceivedPeriod> periods;
  RETURN_IF_ERROR(transaction_.Query("SELECT store_id, store_epoch_ms, inputs FROM periods", {},
                                     [&](const storage::Row& row) -> absl::Status {
                                       ReceivedPeriod& period = periods.emplace_back();
                                       period.store_id = row.Text(0);
                                       period.store_epoch_ms = row.Integer(1);
                                       return platform::ReadStored(row, 2, period.inputs);
                                     }));
  return periods;
}

absl::Status Store::DeletePeriod(absl::string_view period) {
  return transaction_.Execute("DELETE FROM periods WHERE period = $1", {period});
}

absl::Status Store::PutPeriod(const ReceivedPeriod& period) {
  return transaction_.Execute(
      "INSERT INTO periods (period, store_id, store_epoch_ms, inputs) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (period) DO UPDATE SET store_id = excluded.store_id, "
      "store_epoch_ms = excluded.store_epoch_ms, inputs = excluded.inputs",
      {period.inputs.name(), period.store_id, period.store_epoch_ms,
       storage::Bytes{period.inputs.SerializeAsString()}});
}

}  // namespace thidua::scoring
