// Which column of a table of results holds what: by the headers that offices write, or as the
// caller says. Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_RESULT_FILES_RESULT_COLUMNS_H_
#define THIDUA_SERVICES_RESULT_FILES_RESULT_COLUMNS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/sheets/table.h"

namespace thidua::result_files {

enum class ResultField {
  kUnit,
  kTarget,
  kTargetCode,
  kActual,
  kPercent,
  kMeasure,
  kNote,
  kCorrectionReason,
  kExplanation,
  kEvidence,
  kAcknowledged,
  kPeriod,
  kConfirmed,
};

// The header that an export writes, and an import reads: "Mã chỉ tiêu".
absl::string_view HeaderOf(ResultField field);

// Columns that say something to people only; an import passes over them.
inline constexpr absl::string_view kYearTargetHeader = "Chỉ tiêu năm";
inline constexpr absl::string_view kRemarksHeader = "Lỗi / Gợi ý";

// By field: the column, counted from 0.
using ColumnsByField = std::map<ResultField, int>;

// "Kết quả=D,Đơn vị=A": a header or one of its synonyms, and the letters of its column. Fault
// COLUMNS_INVALID at "columns".
absl::StatusOr<ColumnsByField> ReadColumnsFlag(absl::string_view text);

// What a fault at "row.actual" or the like is about.
std::optional<ResultField> FieldOfFault(absl::string_view path);

struct ResultColumns {
  ColumnsByField columns;
  std::vector<std::string> unknown;  // Headers that are not read.

  std::optional<int> Find(ResultField field) const;
  // Where a fault at that path stands in the table.
  std::optional<int> OfFault(absl::string_view path) const;
};

// How many different headers of results stand in the row.
int CountHeaders(const sheets::Row& row);

// What the header row says, but for the columns in `told`, which count before it. Faults at the row
// ("dòng 4"), each naming what was found: COLUMN_MISSING, COLUMN_DOUBLED.
absl::StatusOr<ResultColumns> ReadHeader(const sheets::Row& header, const ColumnsByField& told);

}  // namespace thidua::result_files

#endif  // THIDUA_SERVICES_RESULT_FILES_RESULT_COLUMNS_H_
