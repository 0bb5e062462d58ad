#include "services/audit/stored_rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"

namespace thidua::audit {
namespace {

using storage::Parameter;
using storage::Row;

Parameter ParameterOf(const KeyValue& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) return *integer;
  return absl::string_view(std::get<std::string>(value));
}

}  // namespace

absl::StatusOr<std::vector<StoredRow>> NextRows(storage::Transaction& transaction,
                                                const std::vector<Rows>& list, RowCursor& cursor,
                                                int64_t limit) {
  std::vector<StoredRow> found;
  while (found.empty() && cursor.at < list.size()) {
    const Rows& rows = list[cursor.at];
    std::vector<Parameter> parameters;
    for (const KeyValue& value : rows.parameters) parameters.push_back(ParameterOf(value));
    std::string names, places;
    for (const Rows::Key& column : rows.key) {
      absl::StrAppend(&names, names.empty() ? "" : ", ", column.name);
    }
    for (const KeyValue& value : cursor.key) {
      parameters.push_back(ParameterOf(value));
      absl::StrAppend(&places, places.empty() ? "$" : ", $", parameters.size());
    }
    std::string sql = rows.sql;
    if (!places.empty()) absl::StrAppend(&sql, " AND (", names, ") > (", places, ")");
    const int64_t count = std::min(limit, rows.at_once);
    parameters.emplace_back(count);
    absl::StrAppend(&sql, " ORDER BY ", names, " LIMIT $", parameters.size());
    std::vector<KeyValue> last;
    RETURN_IF_ERROR(transaction.Query(sql, parameters, [&](const Row& row) {
      found.push_back(rows.read(row));
      last.clear();
      for (size_t i = 0; i < rows.key.size(); ++i) {
        const int column = static_cast<int>(i);
        if (rows.key[i].type == Rows::Column::kInteger) {
          last.emplace_back(row.Integer(column));
        } else {
          last.emplace_back(row.Text(column));
        }
      }
      return absl::OkStatus();
    }));
    cursor.key = std::move(last);
    if (static_cast<int64_t>(found.size()) < count) cursor = {cursor.at + 1, {}};
  }
  return found;
}

}  // namespace thidua::audit
