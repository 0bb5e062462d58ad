// The stores that the suite's services have, as whoever looks after them from outside needs to know
// them.
#ifndef THIDUA_SERVICES_WHOLE_STORE_SERVED_STORE_H_
#define THIDUA_SERVICES_WHOLE_STORE_SERVED_STORE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/storage/database.h"

namespace thidua::whole_store {

struct ServedStore {
  const char* service;         // The binary's name without "thidua-".
  storage::Migrations schema;  // As this build's service has it.
  const char* file;            // In --data_dir, without --database.
  bool has_evidence;           // With files in --data_dir besides.
};

// INVALID_ARGUMENT, in words for who typed it.
absl::StatusOr<ServedStore> StoreOf(absl::string_view service);

// The schema as it was at that version. FAILED_PRECONDITION for one that this build does not know.
absl::StatusOr<storage::Migrations> SchemaAt(const ServedStore& store, int64_t version);

}  // namespace thidua::whole_store

#endif  // THIDUA_SERVICES_WHOLE_STORE_SERVED_STORE_H_
