// Versions that one change gives to periods: each rises once, however many rows the change has.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_RAISED_VERSIONS_H_
#define THIDUA_SERVICES_RESULTS_INGEST_RAISED_VERSIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "services/results_ingest/imported_rows.h"
#include "services/results_ingest/reported_rows.h"
#include "services/results_ingest/store.h"

namespace thidua::results_ingest {

class RaisedVersions {
 public:
  // Stores what was judged of every period.
  absl::Status StoreRows(Store& store, const ImportedRows& rows, audit::Trail& trail) {
    for (const ImportedPeriod& period : rows.periods()) {
      absl::Status status = StoreJudged(store, period.ground, period.judged,
                                        versions_[period.name.ToString()], trail);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // Periods that rose, by their names.
  std::map<std::string, int64_t> All() const {
    std::map<std::string, int64_t> all;
    for (const auto& [name, version] : versions_) {
      if (version.has_value()) all.emplace(name, *version);
    }
    return all;
  }

 private:
  absl::flat_hash_map<std::string, std::optional<int64_t>> versions_;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_RAISED_VERSIONS_H_
