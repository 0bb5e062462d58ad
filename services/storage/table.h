// How an engine's catalogue is read, and a table whole.
#ifndef THIDUA_SERVICES_STORAGE_TABLE_H_
#define THIDUA_SERVICES_STORAGE_TABLE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/storage/database.h"

namespace thidua::storage {

// `catalogue` answers a row for each column of each table: table, column, type, its place in the
// primary key from 1 or 0; by name, and within a table in order. INTERNAL for a type that no store
// has.
absl::StatusOr<std::vector<Table>> ReadTables(Transaction& transaction,
                                              absl::string_view catalogue);

// `collation` follows each column of text that rows are put in order by.
std::string SelectInOrder(const Table& table, absl::string_view collation);

}  // namespace thidua::storage

#endif  // THIDUA_SERVICES_STORAGE_TABLE_H_
