#include "services/storage/table.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace thidua::storage {
namespace {

std::optional<Table::Type> TypeNamed(const std::string& name) {
  const std::string type = absl::AsciiStrToLower(name);
  if (type == "bigint" || type == "integer") return Table::Type::kInteger;
  if (type == "text") return Table::Type::kText;
  if (type == "bytea") return Table::Type::kBytes;
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::vector<Table>> ReadTables(Transaction& transaction,
                                              absl::string_view catalogue) {
  std::vector<Table> tables;
  std::vector<std::vector<std::pair<int64_t, size_t>>> keys;
  absl::Status status = transaction.Query(catalogue, {}, [&](const Row& row) {
    if (tables.empty() || tables.back().name != row.Text(0)) {
      tables.emplace_back().name = row.Text(0);
      keys.emplace_back();
    }
    const std::optional<Table::Type> type = TypeNamed(row.Text(2));
    if (!type.has_value()) {
      return absl::InternalError(absl::StrCat("a store has no columns of type ", row.Text(2), ": ",
                                              row.Text(0), ".", row.Text(1)));
    }
    Table& table = tables.back();
    if (row.Integer(3) > 0) keys.back().emplace_back(row.Integer(3), table.columns.size());
    table.columns.push_back({row.Text(1), *type});
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  for (size_t i = 0; i < tables.size(); ++i) {
    std::sort(keys[i].begin(), keys[i].end());
    for (const auto& [place, column] : keys[i]) tables[i].key.push_back(column);
    if (!keys[i].empty()) continue;
    tables[i].key.resize(tables[i].columns.size());
    std::iota(tables[i].key.begin(), tables[i].key.end(), 0);
  }
  return tables;
}

std::string SelectInOrder(const Table& table, absl::string_view collation) {
  std::string columns, order;
  for (const Table::Column& column : table.columns) {
    absl::StrAppend(&columns, columns.empty() ? "" : ", ", column.name);
  }
  for (const size_t place : table.key) {
    const Table::Column& column = table.columns[place];
    absl::StrAppend(&order, order.empty() ? "" : ", ", column.name,
                    column.type == Table::Type::kText ? collation : "");
  }
  return absl::StrCat("SELECT ", columns, " FROM ", table.name, " ORDER BY ", order);
}

}  // namespace thidua::storage
