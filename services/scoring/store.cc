#include "services/scoring/store.h"

#include "services/domain/return_if_error.h"
#include "services/platform/stored_message.h"

namespace thidua::scoring {

absl::StatusOr<std::vector<std::string>> Store::Periods() {
  std::vector<std::string> periods;
  RETURN_IF_ERROR(transaction_.Query("SELECT period FROM periods ORDER BY period", {},
                                     [&](const storage::Row& row) -> absl::Status {
                                       periods.push_back(row.Text(0));
                                       return absl::OkStatus();
                                     }));
  return periods;
}

absl::StatusOr<std::optional<ReceivedPeriod>> Store::FindPeriod(absl::string_view period) {
  std::optional<ReceivedPeriod> found;
  RETURN_IF_ERROR(
      transaction_.Query("SELECT store_id, store_epoch_ms, inputs FROM periods WHERE period = $1",
                         {period}, [&](const storage::Row& row) -> absl::Status {
                           found.emplace();
                           found->store_id = row.Text(0);
                           found->store_epoch_ms = row.Integer(1);
                           return platform::ReadStored(row, 2, found->inputs);
                         }));
  return found;
}

absl::Status Store::DeletePeriod(absl::string_view period) {
  return transaction_.Execute("DELETE FROM periods WHERE period = $1", {period});
}

absl::Status Store::PutPeriod(const ReceivedPeriod& period) {
  return transaction_.Execute(
      "INSERT INTO periods (period, store_id, store_epoch_ms, version, inputs) "
      "VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (period) DO UPDATE SET store_id = excluded.store_id, "
      "store_epoch_ms = excluded.store_epoch_ms, version = excluded.version, "
      "inputs = excluded.inputs "
      "WHERE periods.store_epoch_ms < excluded.store_epoch_ms "
      "OR (periods.store_epoch_ms = excluded.store_epoch_ms "
      "AND periods.version <= excluded.version)",
      {period.inputs.name(), period.store_id, period.store_epoch_ms, period.inputs.version(),
       storage::Bytes{period.inputs.SerializeAsString()}});
}

}  // namespace thidua::scoring
