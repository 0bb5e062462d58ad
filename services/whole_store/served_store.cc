#include "services/whole_store/served_store.h"

#include "absl/strings/str_cat.h"
#include "services/registry/schema.h"
#include "services/results_ingest/schema.h"
#include "services/scoring/schema.h"

namespace thidua::whole_store {

absl::StatusOr<ServedStore> StoreOf(absl::string_view service) {
  const ServedStore stores[] = {
      {"registry", registry::Schema(), "registry.db", false},
      {"results-ingest", results_ingest::Schema(), "results.db", true},
      {"scoring", scoring::Schema(), "scoring.db", false},
  };
  for (const ServedStore& store : stores) {
    if (store.service == service) return store;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--service phải là registry, results-ingest hoặc scoring, không phải “", service, "”."));
}

absl::StatusOr<storage::Migrations> SchemaAt(const ServedStore& store, int64_t version) {
  if (version < 0 || version > static_cast<int64_t>(store.schema.size())) {
    return absl::FailedPreconditionError(absl::StrCat(
        "Kho dữ liệu ở phiên bản lược đồ ", version, "; bản thidua-store này chỉ biết tới ",
        store.schema.size(), " của ", store.service, ": hãy dùng bản mới hơn."));
  }
  return store.schema.subspan(0, static_cast<size_t>(version));
}

}  // namespace thidua::whole_store
